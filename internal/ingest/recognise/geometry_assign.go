package recognise

import (
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// readLabelled reads a row with labels. Most rows have one; a row with two parts side
// by side has a label for each.
func (g *geometry) readLabelled(cells []gridCell) {
	label := -1
	for i := 0; i < len(cells); i++ {
		if g.rowOf(&cells[i]) != 0 {
			label = i
			if i+1 == len(cells) || g.rowOf(&cells[i+1]) == 0 {
				break
			}
		}
	}
	if label < 0 {
		g.readUnknown(cells)
		return
	}
	for label < len(cells) {
		next := label + 1
		for next < len(cells) && g.rowOf(&cells[next]) == 0 {
			next++
		}
		g.readFigures(&cells[label], cells[label+1:next])
		label = next
		for label+1 < len(cells) && g.rowOf(&cells[label+1]) != 0 {
			label++
		}
	}
}

// rowOf returns the row that a label names, and 0 where it names none or several. A
// label that stands in several places of the form is settled by its number in the
// list and by the row before it.
func (g *geometry) rowOf(c *gridCell) uint8 {
	var found uint8
	several := false
	for _, m := range c.means {
		switch {
		case m.row == 0:
		case found == 0 || g.cur.table != "" && m.table == g.cur.table && g.forms.rows[found].table != m.table:
			found, several = m.row, false
		case g.cur.table != "" && g.forms.rows[found].table == g.cur.table && m.table != g.cur.table:
		default:
			several = true
		}
	}
	if found == 0 {
		return 0
	}
	key, last := g.forms.rows[found].key, g.forms.rows[g.last].key
	switch {
	case several:
		return g.sameFamily(c)
	case key == "outcome.other.rest":
		if c.number != 3 && !strings.HasPrefix(last, "outcome.other.") {
			return 0
		}
	case key == "outcome.total":
		if c.number != 7 && !strings.HasPrefix(last, "outcome.") {
			return 0
		}
	}
	return found
}

// sameFamily picks the meaning that belongs to the part of the form that the last row
// belongs to: 其他情形数 after 行政复议数量 counts reviews.
func (g *geometry) sameFamily(c *gridCell) uint8 {
	family := func(key string) string {
		head, _, _ := strings.Cut(key, ".")
		return head
	}
	last := g.forms.rows[g.last]
	if g.last == 0 {
		return 0
	}
	var found uint8
	for _, m := range c.means {
		r := g.forms.rows[m.row]
		if m.row != 0 && r.table == last.table && family(r.key) == family(last.key) {
			if found != 0 {
				return 0
			}
			found = m.row
		}
	}
	return found
}

// readUnknown looks at a row without a label of the form. Figures with some other
// label are a row that the form does not have; figures without any are left over.
func (g *geometry) readUnknown(cells []gridCell) {
	label, figures, group := -1, 0, false
	for i := range cells {
		c := &cells[i]
		switch {
		case c.end <= g.labelCol: // a serial number, not a figure
		case c.kind == figureCell && !onlyDash(c.src.Text):
			figures++
		case c.kind == textCell && figures == 0:
			label = i
		case c.kind == labelCell:
			group = true
		}
	}
	switch {
	case label >= 0:
		g.addExtra(g.cur.table, cells[label:], figures > 0)
	case figures == 0:
	case !group || figures > 1 || g.cur.table != "":
		g.doubt("read.anchors", cells[0].src.Place, "这一行有数字而没有可识别的行标签")
	}
}

func onlyDash(text string) bool {
	var buf [16]byte
	if len(text) > 12 {
		return false
	}
	_, state := squeeze(buf[:0], text)
	return state == report.Dash
}

// readFigures reads the cells behind a label.
func (g *geometry) readFigures(label *gridCell, cells []gridCell) {
	row := g.rowOf(label)
	r := g.forms.rows[row]
	g.hits++
	heads, carried := g.cur, false
	if heads.table != r.table {
		heads, carried = g.heads[r.table], true
	}
	if subLabel(cells, len(heads.list)) {
		g.addExtra(r.table, cells, true)
		return
	}
	g.closeExtra(row)
	g.last, g.labelCol = row, label.col
	switch {
	case r.table == standard.Statistics && len(heads.list) == 0:
		g.readCount(row, label, cells)
	case len(heads.list) == 0:
		if len(cells) > 0 {
			g.doubt("read.anchors", label.src.Place, "未找到这一行所属的表头："+label.src.Text)
		}
	default:
		g.match(row, label, cells, heads, carried)
	}
}

// subLabel reports whether the first of the cells is one more label: a row that
// divides a row of the form.
func subLabel(cells []gridCell, heads int) bool {
	if len(cells) <= heads || heads == 0 || cells[0].kind != textCell {
		return false
	}
	rest, _ := cutNumber(cells[0].src.Text)
	return !strings.ContainsAny(rest, "0123456789") && wordsOrUnread(squeezed(rest), false) != report.Dash && strings.ContainsFunc(rest, isHan)
}

func isHan(r rune) bool { return r >= firstHan && r <= lastHan }

// readCount reads a row of the statistics table without a header: at most a unit and
// one figure.
func (g *geometry) readCount(row uint8, label *gridCell, cells []gridCell) {
	unit := label.unit
	for len(cells) > 0 && isUnit(&cells[0]) {
		unit = unitInNote(cells[0].src.Text)
		cells = cells[1:]
	}
	behind := 0
	for len(cells) > 1 && cells[len(cells)-1].kind == blankCell {
		cells = cells[:len(cells)-1]
		behind++
	}
	g.countBlanks(row, label, 0, behind)
	if len(cells) != 1 {
		g.unreadRow(row, label, headers{list: []header{{col: 1}}})
		return
	}
	g.place(row, 1, &cells[0], unit, false)
}

func isUnit(c *gridCell) bool {
	return slices.ContainsFunc(c.means, func(m meaning) bool { return m.role == unitRole })
}

// readBare reads a row of figures without a label: the figures of the appeals table,
// whose header names every cell.
func (g *geometry) readBare(cells []gridCell) {
	values := cells
	for len(values) > 0 && values[0].kind == textCell {
		values = values[1:]
	}
	blank := !slices.ContainsFunc(cells, func(c gridCell) bool { return c.kind != blankCell })
	named := g.cur.table == standard.Appeals && len(g.cur.list) > 0 && g.cur.list[0].row != 0
	switch {
	case blank && named && len(values) == len(g.cur.list):
		g.blank, g.blankHeads = values, g.cur
	case blank:
	case named:
		g.match(0, &cells[0], values, g.cur, false)
	default:
		g.readUnknown(cells)
	}
}

// flushBlank takes a row of blanks under the header of the appeals table for its
// figures, when no other row followed.
func (g *geometry) flushBlank() {
	if g.blank == nil {
		return
	}
	for _, h := range g.blankHeads.list {
		if g.at[h.row][h.col] != 0 {
			return
		}
	}
	g.match(0, &g.blank[0], g.blank, g.blankHeads, false)
}

// match brings cells and heads together.
func (g *geometry) match(row uint8, label *gridCell, cells []gridCell, heads headers, carried bool) {
	n := len(heads.list)
	g.rowUnit = label.unit
	var ahead, behind int
	if len(cells) > n && !heads.loose {
		cells, ahead, behind = dropBlanks(cells, heads)
	}
	if len(cells) == n {
		g.countBlanks(row, label, ahead, behind)
	}
	g.judgeColumns(row, label, heads)
	switch {
	case len(cells) == n && inOrder(cells, heads.list):
		for i := range cells {
			g.assign(row, heads.list[i], &cells[i], cells)
		}
	case carried || heads.loose || !g.matchByPlace(row, label, cells, heads):
		g.unreadRow(row, label, heads)
	}
}

// judgeColumns looks at the columns that the form does not have. Where the form has
// another one for the row that was not found, it may be that one under a damaged
// label, and is a doubt; else it is a fact about the document.
func (g *geometry) judgeColumns(row uint8, label *gridCell, heads headers) {
	for _, h := range heads.list {
		if h.text == "" || h.col != 0 {
			continue
		}
		of := max(row, h.row)
		if of != 0 && !g.complete(of, heads) {
			g.doubt("read.anchors", label.src.Place, "列标签无法识别，而格式要求的一列缺失："+oneLine(h.text))
			return
		}
		g.columns = append(g.columns, report.Note{Rule: "form.column_set", Subject: oneLine(h.text), Place: label.src.Place,
			Text: "格式以外的一列：" + oneLine(h.text)})
		return
	}
}

// complete reports whether some form has for a row just the columns that were found.
func (g *geometry) complete(row uint8, heads headers) bool {
	var found [maxColumns]bool
	for _, h := range heads.list {
		if h.col != 0 && (h.row == 0 || h.row == row) {
			found[h.col] = true
		}
	}
forms:
	for form := range g.forms.forms {
		for col, s := range g.forms.slots[row] {
			if found[col] != (s[form] != 0) {
				continue forms
			}
		}
		return true
	}
	return false
}

// dropBlanks leaves out the blank cells that stand before the first head, where a
// merged label was written as single cells, and those behind the last one. Those
// before count only where the row ends as the header does: a row that was shifted
// may begin with a blank figure there.
func dropBlanks(cells []gridCell, heads headers) (rest []gridCell, ahead, behind int) {
	first, last := heads.list[0], heads.list[len(heads.list)-1]
	for len(cells) > 0 && cells[len(cells)-1].kind == blankCell && cells[len(cells)-1].col >= last.to {
		cells = cells[:len(cells)-1]
		behind++
	}
	if len(cells) > 0 && cells[len(cells)-1].end == last.to {
		for len(cells) > 0 && cells[0].kind == blankCell && cells[0].end <= first.from {
			cells = cells[1:]
			ahead++
		}
	}
	return cells, ahead, behind
}

// countBlanks compares the blanks around the figures with those of the rows before,
// the blanks ahead with rows whose labels are merged over as many columns. In all
// rows alike they are the layout; in one row alone they say that it was shifted.
func (g *geometry) countBlanks(row uint8, label *gridCell, ahead, behind int) {
	depth := g.forms.rows[row].depth
	if !g.counted[depth] {
		g.counted[depth], g.ahead[depth] = true, ahead
	}
	if g.behind < 0 {
		g.behind = behind
	}
	if ahead != g.ahead[depth] || behind != g.behind {
		g.doubt("read.grid", label.src.Place, "这一行的格数与其他行不同："+strings.TrimSpace(label.src.Text))
	}
}

// inOrder reports whether cells, as many as there are heads, may be read in their
// order. They may not where a cell covers more columns than its head and the whole
// row another width than the header: then two cells were merged and one was added.
func inOrder(cells []gridCell, heads []header) bool {
	wider := false
	for i := range cells {
		if cells[i].end-cells[i].col > heads[i].to-heads[i].from {
			wider = true
		}
	}
	if !wider {
		return true
	}
	last := len(cells) - 1
	return cells[last].end-cells[0].col == heads[last].to-heads[0].from
}

// matchByPlace assigns cells to the heads above them. Every cell must stand exactly
// under one head, or be blank and stand exactly under several. It reports false, and
// assigns nothing, where a cell does not.
func (g *geometry) matchByPlace(row uint8, label *gridCell, cells []gridCell, heads headers) bool {
	owner := make([]*gridCell, len(heads.list))
	for i := range cells {
		c := &cells[i]
		from := slices.IndexFunc(heads.list, func(h header) bool { return h.from == c.col })
		to := slices.IndexFunc(heads.list, func(h header) bool { return h.to == c.end })
		if from < 0 || to < from {
			if c.kind == blankCell && (c.end <= heads.list[0].from || c.col >= heads.list[len(heads.list)-1].to) {
				continue
			}
			return false
		}
		for k := from; k <= to; k++ {
			owner[k] = c
		}
	}
	if !slices.ContainsFunc(owner, func(c *gridCell) bool { return c != nil }) {
		return false
	}
	for k, h := range heads.list {
		switch c := owner[k]; {
		case c == nil:
			g.placeUnread(row, h, label.src.Place)
			g.doubt("read.grid", label.src.Place, "这一行比表头少一格："+label.src.Text)
		case c.kind != blankCell && (c.col != h.from || c.end != h.to):
			g.placeUnread(row, h, c.src.Place)
			if c.col == h.from {
				g.doubt("read.grid", c.src.Place, "数字写在合并的单元格里，无法确定属于哪一列："+strings.TrimSpace(c.src.Text))
			}
		default:
			g.assign(row, h, c, nil)
		}
	}
	return true
}

// assign places one figure. beside are the cells of its row, where a unit may stand.
func (g *geometry) assign(row uint8, h header, c *gridCell, beside []gridCell) {
	if h.col == 0 {
		return
	}
	if h.row != 0 {
		row = h.row
	}
	if row == 0 || g.forms.slots[row][h.col] == (slot{}) {
		if c.kind == figureCell && !onlyDash(c.src.Text) {
			g.doubt("read.anchors", c.src.Place, "行标签与列标签不属于同一张表："+strings.TrimSpace(c.src.Text))
		}
		return
	}
	unit := h.unit
	for i := range beside {
		if isUnit(&beside[i]) {
			unit = unitInNote(beside[i].src.Text)
		}
	}
	for _, around := range [...]moneyUnit{g.rowUnit, g.unit} {
		if unit == noUnit {
			unit = around
		}
	}
	g.place(row, h.col, c, unit, h.twice)
}

// placeUnread marks a cell of the form as there and not read.
func (g *geometry) placeUnread(row uint8, h header, where report.Place) {
	if h.row != 0 {
		row = h.row
	}
	if h.col == 0 || row == 0 || g.forms.slots[row][h.col] == (slot{}) || g.at[row][h.col] != 0 {
		return
	}
	g.placed = append(g.placed, placed{row: row, col: h.col, where: &where, unread: true})
	g.at[row][h.col] = int16(len(g.placed))
}

// unreadRow marks all cells of a row as not read.
func (g *geometry) unreadRow(row uint8, label *gridCell, heads headers) {
	for _, h := range heads.list {
		g.placeUnread(row, h, label.src.Place)
	}
	g.doubt("read.grid", label.src.Place, "这一行的格数与表头不符，无法逐列对应："+strings.TrimSpace(label.src.Text))
}
