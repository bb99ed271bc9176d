package extract

import (
	"slices"
	"strings"

	"gongkai/internal/report"
)

// A table that goes on overleaf is one table. Where the page ends a browser draws no
// ruling, so what no ruling ends goes on. A word processor closes both parts; there a
// label that only both parts together spell shows that the page broke a row, and an
// empty cell of several rows that it broke a merged cell.

// A joint is a table while its parts are joined.
type joint struct {
	columns []float64
	rows    int
	cells   []jointCell
}

// A jointCell is a cell on its way into a Grid.
type jointCell struct {
	Cell
	goesOn, fromAbove bool
}

// joinTables makes one grid of the parts of a table.
func joinTables(parts []*pageTable) *Grid {
	var xs []float64
	for _, t := range parts {
		xs = append(xs, t.xs...)
	}
	j := joint{columns: distinct(xs)}
	var head []jointCell
	for i, t := range parts {
		cells := j.lay(t)
		rows := len(t.ys) - 1
		if i > 0 && rows > 1 && blankRow(cells, 0) {
			cells, rows = withoutRow(cells, 0), rows-1
		}
		if i+1 < len(parts) && rows > 1 && blankRow(cells, rows-1) {
			cells, rows = withoutRow(cells, rows-1), rows-1
		}
		if i == 0 {
			head = cells
		} else if n := repeated(head, cells); n > 0 && n < rows {
			cells, rows = below(cells, n), rows-n
		}
		j.append(cells, rows)
	}
	g := &Grid{Rows: j.rows, Columns: max(1, len(j.columns)-1), Cells: make([]Cell, len(j.cells))}
	for i, c := range j.cells {
		c.Place.Row, c.Place.Column = c.Row+1, c.Column+1
		g.Cells[i] = c.Cell
	}
	return g
}

// lay puts the cells of a part in the common columns.
func (j *joint) lay(t *pageTable) []jointCell {
	out := make([]jointCell, len(t.cells))
	for i, c := range t.cells {
		left, right := nearest(j.columns, t.xs[c.column]), nearest(j.columns, t.xs[c.column+c.columns])
		out[i] = jointCell{
			Cell: Cell{
				Row: c.row, Column: left, RowSpan: c.rows, ColSpan: max(1, right-left),
				Text:  glyphText(c.glyphs),
				Place: report.Place{Page: t.page, Box: c.box.box()},
			},
			goesOn: c.goesOn, fromAbove: c.fromAbove,
		}
	}
	return out
}

// blankRow reports whether nothing stands in the cells of one row: where a page breaks a
// row it may leave an empty strip of it.
func blankRow(cells []jointCell, row int) bool {
	return !slices.ContainsFunc(cells, func(c jointCell) bool { return c.Row == row && c.RowSpan == 1 && c.Text != "" })
}

// withoutRow returns the cells without one row; those of several rows lose it.
func withoutRow(cells []jointCell, row int) []jointCell {
	var out []jointCell
	for _, c := range cells {
		switch {
		case c.Row == row && c.RowSpan == 1:
			continue
		case c.Row <= row && c.Row+c.RowSpan > row:
			c.RowSpan--
		case c.Row > row:
			c.Row--
		}
		out = append(out, c)
	}
	return out
}

// repeated returns how many rows on top of a page repeat the head of the table: the
// same words in the same columns, and no figure among them.
func repeated(head, cells []jointCell) int {
	n, reach := 0, 0
	for i := range min(len(head), len(cells)) {
		a, b := head[i], cells[i]
		if a.Row != b.Row || a.Column != b.Column || a.RowSpan != b.RowSpan || a.ColSpan != b.ColSpan ||
			strings.Join(strings.Fields(a.Text), "") != strings.Join(strings.Fields(b.Text), "") || isValue(a.Text) {
			break
		}
		reach = max(reach, a.Row+a.RowSpan)
		if i+1 == len(cells) || cells[i+1].Row > a.Row && reach <= cells[i+1].Row {
			n = reach
		}
	}
	return n
}

// below returns the cells without the first n rows.
func below(cells []jointCell, n int) []jointCell {
	var out []jointCell
	for _, c := range cells {
		if c.Row >= n {
			c.Row -= n
			out = append(out, c)
		}
	}
	return out
}

// append adds the rows of the next page.
func (j *joint) append(cells []jointCell, rows int) {
	pairs := j.pairs(cells)
	shift := j.rows
	if oneRow(pairs) {
		shift--
		for _, p := range pairs {
			p.above.merge(p.below, p.below.RowSpan-1)
		}
	} else {
		for i, p := range pairs {
			if p.below == nil || !p.goesOn() {
				pairs[i] = seamPair{}
				continue
			}
			p.above.merge(p.below, p.below.RowSpan)
		}
	}
	merged := map[*jointCell]bool{}
	for _, p := range pairs {
		merged[p.below] = true
	}
	var more []jointCell
	for i := range cells {
		if !merged[&cells[i]] {
			c := cells[i]
			c.Row += shift
			more = append(more, c)
		}
	}
	j.cells = append(j.cells, more...)
	j.rows = shift + rows
}

// A seamPair is a cell that ends with a page, and the one in the same columns that the
// next page begins with, nil if there is none.
type seamPair struct{ above, below *jointCell }

// pairs returns what meets between the rows so far and those of the next page.
func (j *joint) pairs(cells []jointCell) []seamPair {
	var out []seamPair
	for i := range j.cells {
		a := &j.cells[i]
		if a.Row+a.RowSpan < j.rows || j.rows == 0 {
			continue
		}
		p := seamPair{above: a}
		for k := range cells {
			if b := &cells[k]; b.Row == 0 && b.Column == a.Column && b.ColSpan == a.ColSpan {
				p.below = b
			}
		}
		out = append(out, p)
	}
	return out
}

// goesOn reports whether a cell goes on though its row ends with the page.
func (p seamPair) goesOn() bool {
	open := p.above.goesOn && p.below.fromAbove
	return open || p.below.Text == "" && (p.above.RowSpan > 1 || p.below.RowSpan > 1)
}

// oneRow reports whether the page broke a row: every cell of it goes on.
func oneRow(pairs []seamPair) bool {
	open, label := len(pairs) > 0, false
	for _, p := range pairs {
		if p.below == nil {
			return false
		}
		a, b := p.above.Text, p.below.Text
		open = open && p.above.goesOn && p.below.fromAbove
		switch {
		case isValue(a) && b != "":
			return false
		case a != "" && b != "":
			if isValue(b) || labelOf(b) != noLabel || labelOf(a+b) == noLabel {
				return open
			}
			label = true
		}
	}
	return open || label
}

// merge adds a cell of the next page, which brings so many rows more.
func (c *jointCell) merge(o *jointCell, rows int) {
	c.RowSpan += rows
	c.goesOn = o.goesOn
	if o.Text != "" {
		c.Text = strings.TrimPrefix(c.Text+"\n"+o.Text, "\n")
	}
}
