package ingest_test

import (
	"slices"
	"strings"

	"gongkai/internal/ingest/extract"
)

// extractorFaults lists the faults by what they touch.
func extractorFaults() []extractorFault {
	return slices.Concat(digitFaults(), markFaults(), cellFaults(), rowFaults(), labelFaults(), gridFaults())
}

// digitFaults touch the digits of one figure.
func digitFaults() []extractorFault {
	return []extractorFault{
		{name: "first digit lost", plant: onText(isPlain, func(_ dice, s string) string { return s[1:] })},
		{name: "last digit lost", plant: onText(isPlain, func(_ dice, s string) string { return s[:len(s)-1] })},
		{name: "zero lost", plant: onText(func(p gridPlace) bool { return p.cell().Text == "0" }, func(dice, string) string { return "" })},
		{name: "digit changed", plant: onText(isPlain, func(d dice, s string) string {
			i := d(len(s))
			return s[:i] + string('0'+(s[i]-'0'+1+byte(d(9)))%10) + s[i+1:]
		})},
		{name: "digit doubled", plant: onText(isFigure, func(_ dice, s string) string { return s[:1] + s })},
		{name: "digits exchanged", plant: onText(isPlain, func(_ dice, s string) string {
			n := len(s) - 1
			return s[n:] + s[min(n, 1):n] + s[:min(n, 1)]
		})},
		{name: "zero added", plant: onText(isPlain, func(_ dice, s string) string { return s + "0" })},
		{name: "zero read as eight", plant: onText(hasText("0"), func(_ dice, s string) string { return strings.Replace(s, "0", "8", 1) })},
		{name: "number cut in two lines", plant: onText(func(p gridPlace) bool { return isPlain(p) && len(p.cell().Text) > 1 },
			func(_ dice, s string) string { return s[:1] + "\n" + s[1:] })},
	}
}

// markFaults touch the signs, points and units of a figure.
func markFaults() []extractorFault {
	lost := func(mark string) func(d dice, f *faulty) bool {
		return onText(hasText(mark), func(_ dice, s string) string { return strings.Replace(s, mark, "", 1) })
	}
	return []extractorFault{
		{name: "minus lost", plant: lost("-")},
		{name: "减 lost", plant: lost("减")},
		{name: "decimal point lost", plant: lost(".")},
		{name: "decimal point moved", plant: onText(func(p gridPlace) bool {
			i := strings.Index(p.cell().Text, ".")
			return isFigure(p) && i > 1
		}, func(_ dice, s string) string {
			i := strings.Index(s, ".")
			return s[:i-1] + "." + s[i-1:i] + s[i+1:]
		})},
		{name: "元 lost", plant: onText(func(p gridPlace) bool { return hasText("元")(p) && !hasText("万元")(p) && !hasText("亿元")(p) },
			func(_ dice, s string) string { return strings.TrimSuffix(s, "元") })},
		{name: "万 lost", plant: lost("万")},
		{name: "亿元 lost", plant: lost("亿元")},
		{name: "万元 lost", plant: lost("万元"), same: "a bare amount is in 万元"},
		{name: "minus added", plant: onText(isPlain, func(_ dice, s string) string { return "-" + s })},
		{name: "decimal point added", plant: onText(func(p gridPlace) bool { return isPlain(p) && len(p.cell().Text) > 1 },
			func(_ dice, s string) string { return s[:1] + "." + s[1:] })},
	}
}

// cellFaults touch single cells.
func cellFaults() []extractorFault {
	return []extractorFault{
		{name: "neighbours swapped", plant: beside(isFigure, swapTexts)},
		{name: "figures of two rows swapped", plant: func(d dice, f *faulty) bool {
			a, ok := f.pick(d, isNonzero)
			b, also := f.pick(d, func(p gridPlace) bool {
				return isFigure(p) && p.grid == a.grid && p.cell().Row != a.cell().Row && p.cell().Column == a.cell().Column && p.cell().Text != a.cell().Text
			})
			if !ok || !also {
				return false
			}
			swapTexts(a.grid, a.at, b.at)
			return true
		}},
		{name: "neighbours merged", plant: beside(isFigure, func(g *extract.Grid, a, b int) {
			g.Cells[a].Text += g.Cells[b].Text
			g.Cells[a].ColSpan += g.Cells[b].ColSpan
			g.Cells = slices.Delete(g.Cells, b, b+1)
		})},
		{name: "neighbours merged, one left blank", plant: beside(isFigure, func(g *extract.Grid, a, b int) {
			g.Cells[a].Text, g.Cells[b].Text = g.Cells[a].Text+g.Cells[b].Text, ""
		})},
		{name: "number over two cells", plant: func(d dice, f *faulty) bool {
			p, ok := f.pick(d, func(p gridPlace) bool {
				return isPlain(p) && len(p.cell().Text) > 1 && p.at+1 < len(p.grid.Cells) && p.grid.Cells[p.at+1].Row == p.cell().Row
			})
			if !ok {
				return false
			}
			next := &p.grid.Cells[p.at+1]
			next.Text, p.cell().Text = p.cell().Text[1:], p.cell().Text[:1]
			return true
		}},
		{name: "cell blanked", plant: onText(isFigure, func(dice, string) string { return "" })},
		{name: "cell lost", plant: func(d dice, f *faulty) bool {
			p, ok := f.pick(d, isFigure)
			if ok {
				p.grid.Cells = slices.Delete(p.grid.Cells, p.at, p.at+1)
			}
			return ok
		}},
		{name: "stray figure in a blank or dash", plant: onText(func(p gridPlace) bool { return strings.Trim(p.cell().Text, "-—/－") == "" && p.cell().Row > 0 },
			func(dice, string) string { return "3" })},
		{name: "stray figure behind another", plant: onText(isPlain, func(_ dice, s string) string { return s + " 3" })},
		{name: "figure replaced by a copy of its neighbour", plant: beside(isFigure, func(g *extract.Grid, a, b int) {
			g.Cells[b].Text = g.Cells[a].Text
		})},
		{name: "figure moved over a blank or a dash", words: true, plant: func(d dice, f *faulty) bool {
			p, ok := f.pick(d, func(p gridPlace) bool {
				return isFigure(p) && p.at+1 < len(p.grid.Cells) && strings.Trim(p.grid.Cells[p.at+1].Text, "-—/－") == "" &&
					p.grid.Cells[p.at+1].Row == p.cell().Row
			})
			if ok {
				swapTexts(p.grid, p.at, p.at+1)
			}
			return ok
		}},
	}
}

// rowFaults touch whole rows and columns.
func rowFaults() []extractorFault {
	return []extractorFault{
		{name: "row lost", plant: onRow(deleteRow)},
		{name: "row of zeros lost", plant: func(d dice, f *faulty) bool {
			p, ok := f.pick(d, func(p gridPlace) bool { return p.cell().Text == "0" })
			if ok {
				deleteRow(p.grid, p.cell().Row)
			}
			return ok
		}},
		{name: "row doubled", plant: onRow(func(g *extract.Grid, row int) {
			for _, c := range slices.Clone(g.Cells) {
				if c.Row == row {
					c.Row, c.RowSpan = g.Rows, 1
					g.Cells = append(g.Cells, c)
				}
			}
			g.Rows++
		})},
		{name: "row shifted right by one column", plant: onRow(func(g *extract.Grid, row int) {
			last := ""
			for i := range g.Cells {
				if c := &g.Cells[i]; c.Row == row && figureForm.MatchString(c.Text) {
					c.Text, last = last, c.Text
				}
			}
		})},
		{name: "row shifted left by one column", plant: onRow(func(g *extract.Grid, row int) {
			last := ""
			for i := len(g.Cells) - 1; i >= 0; i-- {
				if c := &g.Cells[i]; c.Row == row && figureForm.MatchString(c.Text) {
					c.Text, last = last, c.Text
				}
			}
		})},
		{name: "row turned", plant: func(d dice, f *faulty) bool {
			p, ok := f.pick(d, isNonzero)
			if !ok {
				return false
			}
			var at []int
			var before, after []string
			for i, c := range p.grid.Cells {
				if c.Row == p.cell().Row && figureForm.MatchString(c.Text) {
					at, before, after = append(at, i), append(before, c.Text), append(after, c.Text)
				}
			}
			slices.Reverse(after)
			for k, i := range at {
				p.grid.Cells[i].Text = after[k]
			}
			return !slices.Equal(before, after)
		}},
		{name: "column lost", plant: func(d dice, f *faulty) bool {
			p, ok := f.pick(d, isNonzero)
			if ok {
				column := p.cell().Column
				p.grid.Cells = slices.DeleteFunc(p.grid.Cells, func(c extract.Cell) bool { return c.Column == column && c.ColSpan == 1 })
			}
			return ok
		}},
		{name: "column of figures lost, head kept", plant: func(d dice, f *faulty) bool {
			p, ok := f.pick(d, isNonzero)
			if ok {
				column := p.cell().Column
				p.grid.Cells = slices.DeleteFunc(p.grid.Cells, func(c extract.Cell) bool { return c.Column == column && figureForm.MatchString(c.Text) })
			}
			return ok
		}},
		{name: "rows of figures swapped", plant: func(d dice, f *faulty) bool {
			a, ok := f.pick(d, func(p gridPlace) bool { return isNonzero(p) && p.grid.Cells[p.at].Row+1 < p.grid.Rows })
			if !ok {
				return false
			}
			row := a.cell().Row
			changed := false
			for i := range a.grid.Cells {
				for k := range a.grid.Cells {
					x, y := &a.grid.Cells[i], &a.grid.Cells[k]
					if x.Row == row && y.Row == row+1 && x.Column == y.Column && figureForm.MatchString(x.Text) && figureForm.MatchString(y.Text) && x.Text != y.Text {
						x.Text, y.Text, changed = y.Text, x.Text, true
					}
				}
			}
			return changed
		}},
		{name: "last row lost", plant: func(d dice, f *faulty) bool {
			g := f.grids[d(len(f.grids))]
			deleteRow(g, g.Rows-1)
			return true
		}},
	}
}
