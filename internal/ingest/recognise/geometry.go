package recognise

import (
	"slices"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// readGeometry is the reader that goes by where the texts stand. Every row of a grid
// is a header, which names columns, or has a label, which names a row; a cell of the
// form is where a label and a column head meet. Spans say which head stands over a
// cell; where the spans of heads and cells contradict each other, a row that has as
// many cells as there are heads is read in the order of the heads, and any other row
// is left unread.
func readGeometry(blocks []extract.Block) tableReading {
	g := newGeometry()
	for i := range blocks {
		if blocks[i].Grid != nil {
			g.readGrid(i, blocks)
		}
	}
	return g.finish()
}

// A geometry gathers what the grids of one report say.
type geometry struct {
	forms  *formIndex
	placed []placed
	at     [][maxColumns]int16 // position in placed, plus 1, by row and column
	heads  map[standard.Table]headers
	doubts []report.Doubt
	extra  []extraRow

	columns []report.Note // columns that the form does not have

	firstGrid, lastGrid int // blocks of the first and the last grid of the form

	again    bool   // the grid repeats an earlier one, or is of another form
	earlier  int    // cells placed before this grid
	onlyFrom [3]int // first cell that only this form has, plus 1

	// What follows is of the grid being read.
	grid       *extract.Grid
	number     int // of grids read so far
	cells      []gridCell
	rows       []gridRow
	group      []headCell // header cells since the last row of data
	open       bool       // the last row was a header
	cur        headers    // heads of the rows that follow
	last       uint8      // last row label that was read, also in the grid before
	labelCol   int        // where it stands
	blank      []gridCell // a row of blanks that may be the figures of the appeals table
	blankHeads headers
	hits       int       // labels and heads that the grid shares with the form
	behind     int       // blanks behind the figures of a row, -1 before the first
	ahead      [3]int    // blanks before the figures, by depth of the label
	counted    [3]bool   // a row of that depth was seen
	unit       moneyUnit // that a line over the table names
	rowUnit    moneyUnit // that the label of the row names
	buf        []byte
}

// A placed value is one that a row and a column of the form claim.
type placed struct {
	row, col uint8
	cell     *extract.Cell // nil where no one cell holds it
	where    *report.Place // of a figure without a cell, which is rare and a Place large
	order    int           // where the cell stands in the document
	unit     moneyUnit
	unread   bool // something about its place is in doubt
}

func newGeometry() *geometry {
	x := theForms()
	return &geometry{
		forms:  x,
		placed: make([]placed, 0, 256),
		at:     make([][maxColumns]int16, len(x.rows)),
		heads:  make(map[standard.Table]headers, 4),
		buf:    make([]byte, 0, 256),

		firstGrid: -1,
	}
}

// readGrid reads one grid, and reports whether it says again what an earlier grid said
// or belongs to another form. What it doubts counts only where the grid turns out to
// be part of the form: other tables stand on the same pages. at is its position among
// the blocks of the report.
func (g *geometry) readGrid(at int, blocks []extract.Block) (again bool) {
	grid := blocks[at].Grid
	g.unit = unitLine(grid.Caption)
	if at > 0 && blocks[at-1].Paragraph != nil && g.unit == noUnit {
		g.unit = unitLine(blocks[at-1].Paragraph.Text)
	}
	g.number++
	g.grid, g.again, g.earlier = grid, false, len(g.placed)
	g.cells, g.rows = g.cells[:0], g.rows[:0]
	g.behind, g.counted, g.labelCol = -1, [3]bool{}, 0
	g.group, g.open, g.cur, g.blank, g.hits = g.group[:0], false, headers{}, nil, 0
	doubts, extra, columns, before := len(g.doubts), len(g.extra), len(g.columns), len(g.placed)
	g.classify()
	for i := range g.rows {
		g.readRow(&g.rows[i])
	}
	g.flushBlank()
	if len(g.placed) == before && g.hits < 3 {
		g.doubts, g.extra, g.columns = g.doubts[:doubts], g.extra[:extra], g.columns[:columns]
	} else {
		if g.firstGrid < 0 {
			g.firstGrid = at
		}
		g.lastGrid = at
	}
	return g.again
}

// readRow reads one row by what it is: a header, figures, or neither.
func (g *geometry) readRow(row *gridRow) {
	cells := g.cells[row.from:row.to]
	switch row.kind {
	case headerRow:
		if !g.open {
			g.group = g.group[:0]
		}
		g.open = true
		for i := range cells {
			g.group = append(g.group, headCell{gridCell: &cells[i], line: row.number})
		}
	case dataRow, bareRow:
		if g.open {
			g.open, g.behind, g.counted = false, -1, [3]bool{}
			g.cur = g.newHeaders(g.group)
			g.labelCol = stubColumn(g.group, g.labelCol)
			if g.cur.table != "" {
				g.heads[g.cur.table] = g.cur
			}
		}
		if row.kind == bareRow {
			g.readBare(cells)
		} else {
			g.readLabelled(cells)
		}
	case idleRow:
		if u := unitLine(cells[0].src.Text); u != noUnit && len(cells) == 1 {
			g.unit = u
		}
		if !g.open && g.cur.table != "" && len(cells) > 1 && !cells[0].wide {
			g.readUnknown(cells)
		}
	}
}

// doubt records a reading rule that fired at a place.
func (g *geometry) doubt(rule string, place report.Place, text string) {
	g.doubts = append(g.doubts, report.Doubt{Rule: rule, Place: place, Text: text})
}

// place gives a cell of the form the text of a cell of the grid. A second text for
// the same cell puts both in doubt.
func (g *geometry) place(row, col uint8, c *gridCell, unit moneyUnit, unread bool) {
	if n := int(g.at[row][col]); n != 0 {
		g.again = g.again || n <= g.earlier
		first := &g.placed[n-1]
		first.unread = true
		g.doubt("read.anchors", c.src.Place, "同一统计项在文中出现两次："+g.forms.rows[row].key)
		return
	}
	g.again = g.again || g.otherForm(g.forms.slots[row][col])
	g.placed = append(g.placed, placed{row: row, col: col, cell: c.src, order: c.order, unit: unit, unread: unread})
	g.at[row][col] = int16(len(g.placed))
}

// otherForm reports whether a cell that only one form has follows, in a later grid,
// cells that only another form has.
func (g *geometry) otherForm(s slot) bool {
	only := 0
	for n := range s {
		if s[n] != 0 {
			if only != 0 {
				return false // two forms have it
			}
			only = n + 1
		}
	}
	if g.onlyFrom[only-1] == 0 {
		g.onlyFrom[only-1] = len(g.placed) + 1
	}
	for n, from := range g.onlyFrom {
		if n != only-1 && from != 0 && from <= g.earlier {
			return true
		}
	}
	return false
}

// stubColumn returns the column under the head of the labels, such as 指标名称, and old
// where no head is one.
func stubColumn(group []headCell, old int) int {
	for _, h := range group {
		if slices.ContainsFunc(h.means, func(m meaning) bool { return m.role == stubRole }) {
			return h.col
		}
	}
	return old
}
