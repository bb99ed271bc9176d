package extract

import "strings"

// A flowStack rebuilds tables from a text that marks the ends of paragraphs, cells
// and rows, each with its depth: 0 outside tables, 1 in a table, 2 in a table in
// its cell. Word's binary format and RTF both keep tables so.
type flowStack struct {
	blocks []flowBlock  // outside tables
	open   []*flowDepth // open tables, outermost first
	held   int          // cells and paragraphs so far
}

// A flowDepth is a table whose end has not come.
type flowDepth struct {
	table   flowTable
	cells   [][]flowBlock // of the open row
	content []flowBlock   // of the open cell
}

// maxFlowDepth bounds how deep tables may lie in each other.
const maxFlowDepth = 30

// A rowFormat says how a row is divided. It is known only when the row ends.
type rowFormat struct {
	cells   []flowCell // without content
	left    int        // edge of the first cell
	header  bool
	deleted bool // its mark does not show: it is not there if its cells say nothing
}

// end returns where the next cell begins.
func (f *rowFormat) end() int {
	if n := len(f.cells); n > 0 {
		return f.cells[n-1].right
	}
	return f.left
}

// at opens and closes tables until depth of them are open, and returns where
// paragraphs go.
func (s *flowStack) at(depth int) *[]flowBlock {
	depth = max(0, min(depth, maxFlowDepth))
	for len(s.open) > depth {
		s.closeTable()
	}
	for len(s.open) < depth {
		s.open = append(s.open, &flowDepth{})
	}
	if depth == 0 {
		return &s.blocks
	}
	return &s.open[depth-1].content
}

// paragraph ends a paragraph.
func (s *flowStack) paragraph(depth int, b flowBlock) {
	to := s.at(depth)
	if s.held++; s.full() || strings.TrimSpace(b.text) == "" {
		return
	}
	*to = append(*to, b)
}

// full reports that the text holds more than is kept; the rest is dropped and the
// document refused.
func (s *flowStack) full() bool { return s.held > mostCells+mostBlocks }

// cell ends a cell of the innermost table at depth.
func (s *flowStack) cell(depth int) {
	s.at(max(1, depth))
	if s.held++; s.full() {
		return
	}
	d := s.open[len(s.open)-1]
	d.cells = append(d.cells, d.content)
	d.content = nil
}

// row ends a row of the innermost table at depth.
func (s *flowStack) row(depth int, f rowFormat) {
	s.at(max(1, depth))
	s.open[len(s.open)-1].endRow(f)
}

// endRow gives the cells their edges. Cells beyond those that the format divides
// the row into stand to the right of them; those without a text are blank.
func (d *flowDepth) endRow(f rowFormat) {
	row := flowRow{header: f.header, cells: f.cells}
	right := f.end()
	for len(row.cells) < len(d.cells) {
		row.cells = append(row.cells, flowCell{left: right, right: right + 1000})
		right += 1000
	}
	for i, content := range d.cells {
		row.cells[i].content = content
	}
	d.cells, d.content = nil, nil
	if row.shows() && !(f.deleted && row.says() == "") {
		d.table.rows = append(d.table.rows, row)
	}
}

// shows reports whether any cell of the row is left.
func (r flowRow) shows() bool {
	for i := range r.cells {
		if !r.cells[i].gone {
			return true
		}
	}
	return false
}

// says returns the texts of the row's cells.
func (r flowRow) says() string {
	var b strings.Builder
	for i := range r.cells {
		b.WriteString(r.cells[i].text())
	}
	return b.String()
}

// closeTable ends the innermost table and puts it where its paragraphs would go.
func (s *flowStack) closeTable() {
	n := len(s.open)
	d := s.open[n-1]
	s.open = s.open[:n-1]
	rest := d.content
	if len(d.cells) > 0 { // a row without its end
		if len(rest) > 0 {
			d.cells = append(d.cells, rest)
			rest = nil
		}
		d.endRow(rowFormat{})
	}
	to := &s.blocks
	if n > 1 {
		to = &s.open[n-2].content
	}
	if len(d.table.rows) > 0 {
		*to = append(*to, flowBlock{table: &d.table})
	}
	*to = append(*to, rest...) // paragraphs marked as in a table that has no cell
}

// done closes all tables and returns the blocks.
func (s *flowStack) done() []flowBlock {
	s.at(0)
	return s.blocks
}
