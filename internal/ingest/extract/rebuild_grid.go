package extract

import (
	"cmp"
	"slices"
	"strings"
)

// A lostRow is a row as its tokens show it: labels, then figures.
type lostRow struct {
	kind   labelKind // of its first label; noLabel where it has none
	labels []lostToken
	values []lostToken
}

// rowsOf groups tokens into rows. A label begins a row unless the row so far is labels
// only and the new one stands below them in the hierarchy of the form, or is another
// column's name.
func rowsOf(tokens []lostToken) []lostRow {
	var rows []lostRow
	var head lostHead
	for _, t := range tokens {
		last := len(rows) - 1
		switch {
		case t.value && last < 0:
		case t.value && rows[last].kind == titleLabel && t.text == "":
		case t.value:
			rows = addValue(rows, t, head)
		case last >= 0 && rows[last].takes(t, head.kind):
			rows[last].add(t)
		default:
			rows = append(rows, lostRow{kind: kindOf(t), labels: []lostToken{t}})
			if t.kind == headLabel {
				head = lostHead{}
			}
		}
		if t.kind == headLabel {
			head.columns++
			head.kind = max(head.kind, kindOfHead(t))
		}
	}
	return rows
}

// A lostHead is what the labels of the columns that hold now say of the rows below.
type lostHead struct {
	columns int // labels
	kind    lostKind
}

// figures returns how many figures a row has, 0 where the labels do not say.
func (h lostHead) figures() int {
	switch h.kind {
	case requestsTable:
		return 7
	case appealsTable:
		return 15
	}
	return max(0, h.columns-1)
}

// kindOf takes an unknown label for that of a row.
func kindOf(t lostToken) labelKind {
	if t.kind == noLabel {
		return rowLabel
	}
	return t.kind
}

// takes reports whether a label belongs to the row so far, in a table of a kind.
func (r *lostRow) takes(t lostToken, kind lostKind) bool {
	if len(r.values) > 0 && !(r.kind == headLabel && t.kind == headLabel && allEmpty(r.values)) {
		return false
	}
	last := r.labels[len(r.labels)-1]
	switch {
	case r.kind == titleLabel:
		return false
	case r.kind == headLabel && t.kind == headLabel:
		return labelKey(t.text) != "信息内容"
	case r.kind == headLabel || t.kind == headLabel || t.kind == titleLabel:
		return false
	case t.kind == noLabel && numbering(t.text) == 0 && (last.kind == noLabel || openBracket(last.text) || strings.ContainsRune("(（", firstRune(t.text))):
		return true // the rest of a label in other words, or its note
	}
	level, above := numbering(t.text), numbering(last.text)
	return kind == requestsTable && level > above && above > 0
}

// add adds a label; the rest of a broken one goes to its beginning.
func (r *lostRow) add(t lostToken) {
	last := &r.labels[len(r.labels)-1]
	if r.kind == rowLabel && t.kind == noLabel && numbering(t.text) == 0 {
		last.text += "\n" + t.text
		if kind := labelOf(last.text); kind != noLabel {
			last.kind = kind
		}
		return
	}
	r.values = nil // empty cells among the names of columns
	r.labels = append(r.labels, t)
}

// allEmpty reports whether only empty cells were marked.
func allEmpty(tokens []lostToken) bool {
	for _, t := range tokens {
		if t.text != "" {
			return false
		}
	}
	return true
}

// addValue adds a figure to the last row. Once that has as many as it has columns,
// empty cells only lead up to the next row, and figures are one without a label.
func addValue(rows []lostRow, t lostToken, head lostHead) []lostRow {
	last := &rows[len(rows)-1]
	want := head.figures()
	switch {
	case last.kind == headLabel && t.text != "":
		return append(rows, lostRow{values: []lostToken{t}})
	case last.kind == headLabel:
		last.values = append(last.values, t)
	case want > 0 && len(last.values) >= want && t.text == "":
	default:
		last.values = append(last.values, t)
	}
	return rows
}

// A lostKind is the kind of a table whose rows were lost.
type lostKind uint8

const (
	plainTable lostKind = iota // a name in the first column and a figure in each other
	requestsTable
	appealsTable
)

// kindOfHead tells the kind of a table from one of its column labels.
func kindOfHead(t lostToken) lostKind {
	switch labelKey(t.text) {
	case "自然人", "商业企业", "科研机构", "申请人情况":
		return requestsTable
	case "结果维持", "结果纠正", "尚未审结":
		return appealsTable
	}
	return plainTable
}

// A lostTable is the rows of one table.
type lostTable []lostRow

// tablesOf begins a table at each title, and at the names of columns that follow
// figures.
func tablesOf(rows []lostRow) []lostTable {
	var tables []lostTable
	for i, r := range rows {
		begins := i == 0 || r.kind == titleLabel ||
			r.kind == headLabel && rows[i-1].kind != titleLabel && rows[i-1].kind != headLabel
		if begins {
			tables = append(tables, nil)
		}
		last := len(tables) - 1
		tables[last] = append(tables[last], r)
	}
	return tables
}

// grid lays the rows of a table on a grid as the form has them.
func (t lostTable) grid() *Grid {
	var head []lostToken
	for _, r := range t {
		if r.kind == headLabel {
			head = append(head, r.labels...)
		}
	}
	g := &lostGrid{grid: &Grid{Rebuilt: true}, labels: 1}
	kind := plainTable
	for _, t := range head {
		kind = max(kind, kindOfHead(t))
	}
	switch kind {
	case requestsTable:
		g.labels = 3
		g.requestsHead(head)
	case appealsTable:
		g.labels = 0
		g.appealsHead(head)
	}
	for _, r := range t {
		switch {
		case r.kind == headLabel && kind != plainTable:
		case r.kind == headLabel:
			g.flatRow(r.labels)
		case r.kind == titleLabel:
			g.cell(r.labels[0], g.grid.Rows, 0, 1, max(1, len(head)))
			for i, v := range r.values {
				g.cell(v, g.grid.Rows, max(1, len(head))+i, 1, 1)
			}
			g.grid.Rows++
		default:
			g.dataRow(r)
		}
	}
	g.mergeLabels()
	g.finish()
	return g.grid
}

// A lostGrid is a grid being rebuilt.
type lostGrid struct {
	grid   *Grid
	labels int // columns of labels
}

// cell puts a token into the grid; its place tells the line it stood on.
func (g *lostGrid) cell(t lostToken, row, column, rows, columns int) {
	place := t.place
	place.Row, place.Column = row+1, column+1
	g.grid.Cells = append(g.grid.Cells, Cell{
		Row: row, Column: column, RowSpan: rows, ColSpan: columns, Text: t.text, Header: t.kind == headLabel || t.kind == titleLabel, Place: place,
	})
}

// flatRow puts each token in a column of its own.
func (g *lostGrid) flatRow(tokens []lostToken) {
	for i, t := range tokens {
		g.cell(t, g.grid.Rows, i, 1, 1)
	}
	g.grid.Rows++
}

// dataRow puts each label in the column of its level, the last one over the rest of
// the label columns, and the figures behind them.
func (g *lostGrid) dataRow(r lostRow) {
	row, column := g.grid.Rows, 0
	for i, t := range r.labels {
		if g.labels == 0 {
			break
		}
		at := min(max(column, numbering(t.text)-1), g.labels-1)
		if g.labels == 1 {
			t.text, at = joined(r.labels), 0
		}
		end := g.labels
		if i+1 < len(r.labels) && g.labels > 1 {
			end = min(max(at+1, numbering(r.labels[i+1].text)-1), g.labels)
		}
		g.cell(t, row, at, 1, max(1, end-at))
		column = end
		if g.labels == 1 {
			break
		}
	}
	for i, t := range r.values {
		g.cell(t, row, g.labels+i, 1, 1)
	}
	g.grid.Rows++
}

// requestsHead lays out the columns of the requests table: the six applicants, five of
// them under 法人或其他组织, and the total.
func (g *lostGrid) requestsHead(head []lostToken) {
	var note, group []lostToken // the note in the corner; names over several columns
	var leaves []lostToken
	for _, t := range head {
		switch key := labelKey(t.text); {
		case strings.Contains(key, "勾稽关系"), strings.Contains(key, "本列数据"), key == "信息内容":
			note = append(note, t)
		case key == "申请人情况", key == "法人或其他组织":
			group = append(group, t)
		default:
			leaves = append(leaves, t)
		}
	}
	leaves = totalLast(leaves)
	if len(leaves) != 7 || len(note) > 1 || len(group) > 2 {
		g.flatRow(head)
		return
	}
	if len(note) == 1 {
		g.cell(note[0], 0, 0, 3, 3)
	}
	for _, t := range group {
		if labelKey(t.text) == "申请人情况" {
			g.cell(t, 0, 3, 1, 7)
		} else {
			g.cell(t, 1, 4, 1, 5)
		}
	}
	for i, t := range leaves {
		if i == 0 || i == 6 {
			g.cell(t, 1, 3+i, 2, 1)
		} else {
			g.cell(t, 2, 3+i, 1, 1)
		}
	}
	g.grid.Rows = 3
}

// totalLast moves 总计 behind the others where it stands second: its cell spans the row
// of the other names and so precedes them in the order of the source.
func totalLast(leaves []lostToken) []lostToken {
	for i, t := range leaves {
		if labelKey(t.text) == "总计" && i == 1 {
			return append(append(append([]lostToken{}, leaves[:i]...), leaves[i+1:]...), t)
		}
	}
	return leaves
}

// appealsHead lays out the columns of the appeals table: five results for each of three
// kinds of dispute.
func (g *lostGrid) appealsHead(head []lostToken) {
	var kinds, results []lostToken
	for _, t := range head {
		switch labelKey(t.text) {
		case "行政复议", "行政诉讼", "未经复议直接起诉", "复议后起诉":
			kinds = append(kinds, t)
		default:
			results = append(results, t)
		}
	}
	if len(kinds) != 4 || len(results) != 15 {
		g.flatRow(head)
		return
	}
	for _, t := range kinds {
		switch labelKey(t.text) {
		case "行政复议":
			g.cell(t, 0, 0, 1, 5)
		case "行政诉讼":
			g.cell(t, 0, 5, 1, 10)
		case "未经复议直接起诉":
			g.cell(t, 1, 5, 1, 5)
		case "复议后起诉":
			g.cell(t, 1, 10, 1, 5)
		}
	}
	for i, t := range results {
		if i < 5 {
			g.cell(t, 1, i, 2, 1)
		} else {
			g.cell(t, 2, i, 1, 1)
		}
	}
	g.grid.Rows = 3
}

// mergeLabels stretches the label of a group over the rows below it that have none of
// its level or above, as the form does.
func (g *lostGrid) mergeLabels() {
	if g.labels < 2 {
		return
	}
	cells := g.grid.Cells
	for i := range cells {
		c := &cells[i]
		if c.Header || c.Column+c.ColSpan >= g.labels {
			continue
		}
		end := g.grid.Rows
		for j := i + 1; j < len(cells); j++ {
			if cells[j].Row > c.Row && cells[j].Column <= c.Column {
				end = cells[j].Row
				break
			}
		}
		c.RowSpan = end - c.Row
	}
}

// finish counts the columns and puts the cells in the order of their rows.
func (g *lostGrid) finish() {
	for i := range g.grid.Cells {
		c := &g.grid.Cells[i]
		g.grid.Columns = max(g.grid.Columns, c.Column+c.ColSpan)
	}
	slices.SortStableFunc(g.grid.Cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column))
	})
}
