package recognise

import (
	"gongkai/internal/ingest/extract"
	"gongkai/internal/standard"
)

// A gridCell is a cell of the grid with what its text is.
type gridCell struct {
	src      *extract.Cell
	order    int // where it stands among the cells of the report
	col, end int // columns it covers, end excluded
	kind     cellKind
	number   int // number of its label in a list
	unit     moneyUnit
	means    []meaning
	wide     bool // covers the whole width of the grid
}

// A cellKind says what the text of a cell is, before anything is known of its place.
type cellKind uint8

const (
	blankCell  cellKind = iota
	figureCell          // a number, or a dash in the place of one
	labelCell           // a label of the form
	textCell            // other text
)

// A gridRow is a row of the grid: the cells that begin in it.
type gridRow struct {
	number   int
	from, to int
	kind     rowKind
}

// A rowKind says how a row is to be read.
type rowKind uint8

const (
	idleRow   rowKind = iota // nothing for the form: prose, a group title, blanks before any head
	headerRow                // names columns
	dataRow                  // a label and its figures
	bareRow                  // figures or blanks without a label
)

// classify says of each cell and row of the grid what it is.
func (g *geometry) classify() {
	cells := g.grid.Cells
	if cap(g.cells) < len(cells) {
		g.cells = make([]gridCell, 0, len(cells))
	}
	var tables tableSet
	unknown := 0
	for i := range cells {
		c := g.newCell(&cells[i])
		c.order = g.number<<32 + i
		for _, m := range c.means {
			tables.add(m.table)
		}
		if c.kind == textCell {
			unknown++
		}
		g.cells = append(g.cells, c)
		if n := len(g.rows); n == 0 || g.rows[n-1].number != cells[i].Row {
			g.rows = append(g.rows, gridRow{number: cells[i].Row, from: i})
		}
		g.rows[len(g.rows)-1].to = i + 1
	}
	if tables.empty() {
		g.rows = g.rows[:0]
		return
	}
	if unknown > 0 {
		g.repairLabels(tables)
	}
	for i := range g.rows {
		g.rows[i].kind = g.kindOf(g.cells[g.rows[i].from:g.rows[i].to])
	}
}

// newCell classifies one cell by its text alone.
func (g *geometry) newCell(src *extract.Cell) gridCell {
	c := gridCell{src: src, col: src.Column, end: src.Column + max(src.ColSpan, 1)}
	c.wide = c.end-c.col >= g.grid.Columns && g.grid.Columns > 1
	switch textKind(src.Text) {
	case blankCell:
		return c
	case figureCell:
		c.kind = figureCell
		return c
	}
	if len(src.Text) > maxLabel {
		c.kind = textCell
		return c
	}
	p := plain(g.buf, src.Text)
	c.number, c.unit = p.number, p.unit
	c.means, c.kind = g.forms.lookup(p.key), labelCell
	if c.means == nil || isUnit(&c) {
		if startsAsFigure(src.Text) {
			c.means, c.kind = nil, figureCell // 3件 is no label 件
		} else if c.means == nil {
			c.kind = textCell
		}
	}
	return c
}

// maxLabel is the length in bytes beyond which a text is prose: a label with its
// longest note has some 100 characters.
const maxLabel = 450

// maxUnknown bounds the texts of one grid that are compared with every label. A form
// filled in has some fifty that are none.
const maxUnknown = 400

// repairLabels looks again at texts that are no label as they stand, now that the
// tables of the grid are known.
func (g *geometry) repairLabels(tables tableSet) {
	looked := 0
	for i := range g.cells {
		c := &g.cells[i]
		if c.kind != textCell || len(c.src.Text) > maxLabel || c.wide {
			continue
		}
		if looked++; looked > maxUnknown {
			return
		}
		if means := g.forms.near(plain(g.buf, c.src.Text).key, tables.has); means != nil {
			c.means, c.kind = means, labelCell
		}
	}
}

// kindOf says what a row is. A row with a label of a row and figures, or cells where
// figures belong, is data; a row that names columns and holds no figure is a header.
func (g *geometry) kindOf(cells []gridCell) rowKind {
	var heads, rows, figures, blanks, texts, parents int
	for i := range cells {
		c := &cells[i]
		switch c.kind {
		case blankCell:
			blanks++
		case figureCell:
			figures++
		case textCell:
			texts++
		default:
			head, row := false, false
			for _, m := range c.means {
				head = head || m.col != 0
				row = row || m.row != 0 && m.table != standard.Appeals
				if m.role == parentRole || m.role == stubRole || m.row != 0 && m.table == standard.Appeals {
					parents++
				}
			}
			if head && !row {
				heads++
			} else if head && row {
				// 其他 and 总计 are rows and columns
				heads++
				rows++
			} else if row {
				rows++
			}
		}
	}
	switch {
	case figures == 0 && (heads >= 2 || heads == 1 && rows == 0):
		return headerRow
	case figures == 0 && rows == 0 && parents > 0:
		return headerRow
	case rows > 0 || parents > 0 && figures > 0:
		return dataRow
	case figures > 0 && texts+blanks+figures == len(cells):
		return bareRow
	case figures == 0 && blanks == len(cells) && blanks > 1:
		return bareRow
	case figures > 0:
		return dataRow
	}
	return idleRow
}

// A tableSet is a set of statutory tables.
type tableSet struct{ list [4]standard.Table }

func (s *tableSet) add(t standard.Table) {
	for i := range s.list {
		if s.list[i] == t {
			return
		}
		if s.list[i] == "" {
			s.list[i] = t
			return
		}
	}
}

func (s *tableSet) empty() bool { return s.list[0] == "" }

func (s tableSet) has(t standard.Table) bool {
	for _, have := range s.list {
		if have == t {
			return true
		}
	}
	return false
}
