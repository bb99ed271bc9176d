package check

import "gongkai/internal/standard"

// A facet is what the cell rules need to know of a cell, by position.
type facet struct {
	table  uint8 // position in plan.tables
	money  bool
	signed bool
}

// A tablePlan is one table of the form: its cells, and the rows and columns of at
// least two cells in which a reader would see a gap.
type tablePlan struct {
	table standard.Table
	name  standard.Label
	cells []int32
	rows  []line // every row, named for the rule about missing rows
	lines [][]int32
}

// A line is a row or a column of a table.
type line struct {
	name  string // row of the cell code, or applicant
	label standard.Label
	cells []int32
}

// tableName is what sentences call a table.
func tableName(t standard.Table) standard.Label {
	switch t {
	case standard.Disclosure:
		return standard.Label{ZH: "主动公开表", EN: "disclosure table"}
	case standard.Requests:
		return standard.Label{ZH: "申请办理表", EN: "requests table"}
	case standard.Appeals:
		return standard.Label{ZH: "复议诉讼表", EN: "appeals table"}
	}
	return standard.Label{ZH: "统计表", EN: "statistics table"}
}

// layout fills the facets and tables of a plan.
func (p *plan) layout() {
	p.facets = make([]facet, len(p.form.Cells))
	for at, table := range p.form.Tables() {
		t := tablePlan{table: table, name: tableName(table)}
		for _, cell := range p.form.TableCells(table) {
			t.cells = append(t.cells, int32(cell.Index))
			p.facets[cell.Index] = facet{table: uint8(at), money: cell.Unit.Money(), signed: cell.Signed()}
		}
		t.rows = p.rowsOf(t.cells)
		for _, l := range append(p.columnsOf(t.cells), t.rows...) {
			if len(l.cells) > 1 {
				t.lines = append(t.lines, l.cells)
			}
		}
		p.tables = append(p.tables, t)
	}
	if p.form.Format != standard.F2014 {
		for _, c := range standard.Columns() {
			p.columns = append(p.columns, line{name: string(c), label: columnName(c),
				cells: p.column(c, standard.RequestRows(p.form.Format)...)})
		}
	}
}

// rowsOf groups the cells of a table by the row they stand in: by the row of the
// code in the requests table, by the thing counted elsewhere.
func (p *plan) rowsOf(cells []int32) []line {
	var lines []line
	for _, at := range cells {
		cell := p.form.Cells[at]
		label := cell.RowLabel.ZH
		if n := len(lines); n > 0 && p.form.Cells[lines[n-1].cells[0]].RowLabel.ZH == label {
			lines[n-1].cells = append(lines[n-1].cells, at)
			continue
		}
		lines = append(lines, line{name: cell.Code.Row(), label: p.names[at].row, cells: []int32{at}})
	}
	return lines
}

// columnsOf groups the cells of a table by block and column.
func (p *plan) columnsOf(cells []int32) []line {
	type key struct{ block, column int }
	index := make(map[key]int)
	var lines []line
	for _, at := range cells {
		cell := p.form.Cells[at]
		k := key{cell.Block, cell.Column}
		i, ok := index[k]
		if !ok {
			i = len(lines)
			index[k] = i
			lines = append(lines, line{name: string(cell.Code.Column()), label: p.names[at].column})
		}
		lines[i].cells = append(lines[i].cells, at)
	}
	return lines
}
