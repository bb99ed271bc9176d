package ingest_test

import (
	"slices"
	"strings"

	"gongkai/internal/ingest/extract"
)

// labelFaults touch labels and heads.
func labelFaults() []extractorFault {
	return []extractorFault{
		{name: "two row labels swapped", words: true, plant: func(d dice, f *faulty) bool {
			a, ok := f.pick(d, isLabel)
			b, also := f.pick(d, func(p gridPlace) bool {
				return isLabel(p) && p.grid == a.grid && p.cell().Row == a.cell().Row+1 && p.cell().Text != a.cell().Text && p.cell().Column == a.cell().Column
			})
			if !ok || !also {
				return false
			}
			swapTexts(a.grid, a.at, b.at)
			return true
		}},
		{name: "row label lost", words: true, plant: onText(isLabel, func(dice, string) string { return "" })},
		{name: "row label cut off", words: true, plant: onText(isLabel, func(_ dice, s string) string {
			rs := []rune(s)
			return string(rs[:len(rs)/3])
		})},
		{name: "row label repeated in the next row", words: true, plant: func(d dice, f *faulty) bool {
			a, ok := f.pick(d, isLabel)
			b, also := f.pick(d, func(p gridPlace) bool {
				return isLabel(p) && p.grid == a.grid && p.cell().Row == a.cell().Row+1 && p.cell().Text != a.cell().Text && p.cell().Column == a.cell().Column
			})
			if !ok || !also {
				return false
			}
			b.cell().Text = a.cell().Text
			return true
		}},
		{name: "labels moved down by one row", words: true, plant: func(d dice, f *faulty) bool {
			a, ok := f.pick(d, isLabel)
			if !ok {
				return false
			}
			last, moved := "", 0
			for i := range a.grid.Cells {
				if p := (gridPlace{a.grid, i}); isLabel(p) && p.cell().Column == a.cell().Column && p.cell().Row >= a.cell().Row {
					p.cell().Text, last = last, p.cell().Text
					moved++
				}
			}
			return moved > 1
		}},
		{name: "head lost", words: true, plant: func(d dice, f *faulty) bool {
			p, ok := f.pick(d, isHead)
			if ok {
				p.grid.Cells = slices.Delete(p.grid.Cells, p.at, p.at+1)
			}
			return ok
		}},
		{name: "head blanked", words: true, plant: onText(isHead, func(dice, string) string { return "" })},
		{name: "heads swapped", words: true, plant: beside(isHead, swapTexts)},
		{name: "header row lost", words: true, plant: func(d dice, f *faulty) bool {
			p, ok := f.pick(d, isHead)
			if ok {
				deleteRow(p.grid, p.cell().Row)
			}
			return ok
		}},
		{name: "unit of an amount lost from its head", plant: onText(func(p gridPlace) bool {
			return !isFigure(p) && strings.Contains(p.cell().Text, "万元") && strings.Contains(p.cell().Text, "单位")
		}, func(_ dice, s string) string {
			return strings.NewReplacer("（单位：万元）", "", "万元", "").Replace(s)
		}),
			same: "a bare amount is in 万元"},
	}
}

// gridFaults touch whole tables and the text around them.
func gridFaults() []extractorFault {
	blockOf := func(f *faulty, g *extract.Grid) int {
		return slices.IndexFunc(f.doc.Blocks, func(b extract.Block) bool { return b.Grid == g })
	}
	return []extractorFault{
		{name: "table lost", plant: func(d dice, f *faulty) bool {
			i := blockOf(f, f.grids[d(len(f.grids))])
			f.doc.Blocks = slices.Delete(f.doc.Blocks, i, i+1)
			return true
		}},
		{name: "all tables lost", plant: func(_ dice, f *faulty) bool {
			f.doc.Blocks = slices.DeleteFunc(f.doc.Blocks, func(b extract.Block) bool { return b.Grid != nil })
			return true
		}},
		{name: "table moved to the end", plant: func(d dice, f *faulty) bool {
			if len(f.grids) < 2 {
				return false
			}
			i := blockOf(f, f.grids[d(len(f.grids)-1)])
			b := f.doc.Blocks[i]
			f.doc.Blocks = append(slices.Delete(f.doc.Blocks, i, i+1), b)
			return true
		}},
		{name: "tables swapped", same: "every row keeps its label and its heads", plant: func(d dice, f *faulty) bool {
			if len(f.grids) < 2 {
				return false
			}
			n := d(len(f.grids) - 1)
			i, k := blockOf(f, f.grids[n]), blockOf(f, f.grids[n+1])
			f.doc.Blocks[i], f.doc.Blocks[k] = f.doc.Blocks[k], f.doc.Blocks[i]
			return true
		}},
		{name: "table doubled", plant: func(d dice, f *faulty) bool {
			i := blockOf(f, f.grids[d(len(f.grids))])
			f.doc.Blocks = slices.Insert(f.doc.Blocks, i, f.doc.Blocks[i])
			return true
		}},
		{name: "tables joined", same: "every row keeps its label and its heads", plant: func(d dice, f *faulty) bool {
			if len(f.grids) < 2 {
				return false
			}
			n := d(len(f.grids) - 1)
			a, b := f.grids[n], f.grids[n+1]
			for _, c := range b.Cells {
				c.Row += a.Rows
				a.Cells = append(a.Cells, c)
			}
			a.Rows, a.Columns = a.Rows+b.Rows, max(a.Columns, b.Columns)
			i := blockOf(f, b)
			f.doc.Blocks = slices.Delete(f.doc.Blocks, i, i+1)
			return true
		}},
		{name: "end of a table lost", plant: func(d dice, f *faulty) bool {
			g := f.grids[d(len(f.grids))]
			last, before := g.Rows/2+d(g.Rows/4+1), len(g.Cells)
			g.Cells = slices.DeleteFunc(g.Cells, func(c extract.Cell) bool { return c.Row > last })
			g.Rows = last + 1
			return len(g.Cells) < before
		}},
		{name: "beginning of a table lost", words: true, plant: func(d dice, f *faulty) bool {
			g := f.grids[d(len(f.grids))]
			for range 2 + d(max(g.Rows/3, 1)) {
				deleteRow(g, 0)
			}
			return true
		}},
		{name: "table as one paragraph", plant: func(d dice, f *faulty) bool {
			g := f.grids[d(len(f.grids))]
			var texts []string
			for _, c := range g.Cells {
				texts = append(texts, c.Text)
			}
			i := blockOf(f, g)
			f.doc.Blocks[i] = extract.Block{Paragraph: &extract.Paragraph{Text: strings.Join(texts, " ")}}
			return true
		}},
		{name: "title lost", same: "the period and the signature name year and agency", plant: func(_ dice, f *faulty) bool {
			for i, b := range f.doc.Blocks {
				if b.Paragraph != nil && strings.Contains(b.Paragraph.Text, "年度报告") {
					f.doc.Blocks = slices.Delete(f.doc.Blocks, i, i+1)
					return true
				}
			}
			return false
		}},
		{name: "a digit of the year lost in the title", same: "the period, the page's title and the signature name the year", plant: func(_ dice, f *faulty) bool {
			changed := false
			for _, b := range f.doc.Blocks {
				if b.Paragraph != nil && strings.Contains(b.Paragraph.Text, "年度报告") && strings.Contains(b.Paragraph.Text, "20") {
					b.Paragraph.Text, changed = strings.Replace(b.Paragraph.Text, "20", "2", 1), true
				}
			}
			return changed
		}},
	}
}
