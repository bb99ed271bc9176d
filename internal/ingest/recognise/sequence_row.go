package recognise

import (
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A seqLayout is what decidable rows of one depth have shown: how many blank
// cells, left by merged labels, stand between the label and the figures.
type seqLayout struct {
	seen  bool
	mixed bool
	lead  int
}

// knownRow assigns the texts of a row to its cells.
func (w *seqWalk) knownRow(row *seqPending) {
	w.last = row.name
	order := w.orderOf(row)
	n := len(row.texts)
	if len(order) == 0 {
		w.misfit(row, "未找到该行的栏目名称")
		return
	}
	switch whole := row.head.whole; {
	case n == len(order):
		w.layout(row.depth, 0)
		w.assign(row, order, row.texts)
	case n == len(whole) && row.table != standard.Appeals:
		if w.fitsWhole(row.texts, whole) {
			w.assign(row, whole, row.texts)
		} else {
			w.misfit(row, "该行的空白与栏目的空白位置不一")
		}
	case n < len(order) && w.allBlank(row.texts) && row.name != seqAppeals:
		w.assignBlank(row, order)
	case n < len(order):
		if row.name == seqAppeals && w.allBlank(row.texts) {
			return // blank cells of a header without figures
		}
		w.misfit(row, "该行的数值少于栏目数")
	case row.table == standard.Requests && len(order) < len(standard.Columns()):
		w.misfit(row, "该行的数值多于可辨认的栏目")
	default:
		w.fitWindow(row, order)
	}
}

// orderOf returns the columns of the row's figures. Without a header the form's own
// order is taken, and doubted.
func (w *seqWalk) orderOf(row *seqPending) []seqSlot {
	switch {
	case row.table == standard.Statistics:
		return seqOneColumn
	case len(row.head.order) > 0 || row.table == standard.Appeals:
		return row.head.order
	}
	var order []seqSlot
	for _, cell := range w.rows[row.name] {
		_, column := seqNames(cell)
		order = append(order, seqSlot{column: column})
	}
	w.doubt("", row.at, "“%s”上方未找到栏目名称，按格式规定的顺序读入", seqBrief(row.label))
	return order
}

var seqOneColumn = []seqSlot{{}}

// fitsWhole reports whether the blanks of a row stand where its header has blanks.
func (w *seqWalk) fitsWhole(texts []int, whole []seqSlot) bool {
	for i, s := range whole {
		if s.blank && w.s[texts[i]].mark.state != report.Blank {
			return false
		}
	}
	return true
}

// fitWindow assigns a row with more texts than columns: the figures stand together
// and blank cells of merged labels before or behind them. Where that can be said in
// more than one way, rows like it decide, once all are read.
func (w *seqWalk) fitWindow(row *seqPending, order []seqSlot) {
	lead, ways := w.window(row.texts, len(order))
	switch {
	case ways == 0:
		w.misfit(row, "该行的数值多于栏目数")
	case ways == 1 || w.allBlank(row.texts):
		w.layout(row.depth, lead)
		w.assign(row, order, row.texts[lead:lead+len(order)])
	default:
		row.texts = slices.Clone(row.texts)
		w.deferred = append(w.deferred, *row)
	}
}

// window finds the places at which size texts can stand with nothing but blanks
// around them: the first, and how many there are.
func (w *seqWalk) window(texts []int, size int) (first, ways int) {
	figure := func(i int) bool { return w.s[i].mark.state != report.Blank }
	from, to := slices.IndexFunc(texts, figure), len(texts)
	if from < 0 {
		return 0, len(texts) - size + 1
	}
	for !figure(texts[to-1]) {
		to--
	}
	first = max(0, to-size)
	return first, max(0, min(from, len(texts)-size)-first+1)
}

func (w *seqWalk) layout(depth, lead int) {
	l := &w.layouts[min(depth, len(w.layouts)-1)]
	l.mixed = l.mixed || l.seen && l.lead != lead
	l.seen, l.lead = true, lead
}

// settle assigns the rows that waited for others.
func (w *seqWalk) settle() {
	waiting := w.deferred
	w.deferred = nil
	for i := range waiting {
		row := &waiting[i]
		order := w.orderOf(row)
		l := w.layouts[min(row.depth, len(w.layouts)-1)]
		if !l.seen || l.mixed || l.lead+len(order) > len(row.texts) ||
			!w.allBlank(row.texts[:l.lead]) || !w.allBlank(row.texts[l.lead+len(order):]) {
			w.misfit(row, "该行的空白单元格多于栏目数，无法确定数值属于哪一栏")
			continue
		}
		w.assign(row, order, row.texts[l.lead:l.lead+len(order)])
	}
}

// assign gives each text to its cell.
func (w *seqWalk) assign(row *seqPending, order []seqSlot, texts []int) {
	if row.head.guess != "" {
		w.doubt("", row.at, "%s", row.head.guess)
	}
	if row.table == standard.Requests && len(order) > len(row.head.order) {
		w.doubt("", row.at, "申请人情况缺少一栏名称，按格式规定的顺序读入“%s”", seqBrief(row.label))
	}
	cells := w.rows[row.name]
	for i := range order {
		slot := &order[i]
		if slot.blank || slot.unknown {
			continue
		}
		t := &w.s[texts[i]]
		cell := seqCell(cells, slot.column)
		if cell == nil {
			if t.mark.state == report.Printed || t.mark.state == report.Unread {
				w.doubt("", texts[i], "“%s”行多出一个数字“%s”，格式中没有对应的单元格", seqBrief(row.label), seqBrief(t.text()))
			}
			continue
		}
		given := row.unit
		if slot.unit != seqNoUnit || given < seqYuan {
			given = slot.unit
		}
		v := report.Value{Text: t.text(), Place: t.place()}
		v.State, v.Amount = seqValue(t.mark, cell, given)
		w.put(cell, v)
	}
}

// assignBlank takes a row of fewer texts than columns, all blank, for a row of
// blank cells that were merged.
func (w *seqWalk) assignBlank(row *seqPending, order []seqSlot) {
	for _, slot := range order {
		if cell := seqCell(w.rows[row.name], slot.column); cell != nil {
			w.put(cell, report.Value{State: report.Blank, Place: w.s[row.texts[0]].place()})
		}
	}
}

// misfit leaves the cells of a row unread.
func (w *seqWalk) misfit(row *seqPending, why string) {
	cells := w.rows[row.name]
	for _, cell := range cells {
		if w.values[cell.Index].State == report.Absent {
			w.values[cell.Index] = report.Value{State: report.Unread, Place: w.s[row.at].place()}
		}
	}
	w.doubt(cells[0].Code, row.at, "“%s”：%s", seqBrief(row.label), why)
}

// put keeps a value. A cell that is found twice and does not say the same both
// times is unread.
func (w *seqWalk) put(cell *standard.Cell, v report.Value) {
	have := &w.values[cell.Index]
	if have.State == report.Absent {
		*have = v
		return
	}
	if have.State != report.Unread && (have.State != v.State || have.Amount != v.Amount) {
		w.doubts = append(w.doubts, report.Doubt{
			Rule: "read.anchors", Cell: cell.Code, Place: v.Place, Proposals: []report.Value{*have, v},
			Text: "“" + cell.RowLabel.ZH + "”出现两次，数值不同",
		})
		*have = report.Value{State: report.Unread, Text: have.Text, Place: have.Place}
	}
}

// judge weighs, once all is read, what was found against the form.
func (w *seqWalk) judge() {
	for _, row := range w.silent {
		if w.missing(row.name) {
			w.doubt("", row.at, "“%s”后面没有数值", seqBrief(row.label))
		}
	}
	for _, row := range w.unnamed {
		if w.inPlaceOfRow(&row) {
			w.doubt("", row.at, "“%s”一行不是格式规定的名称，其位置上缺少规定的一行", seqBrief(row.label))
		}
		if len(w.notes) >= seqMostDoubts {
			continue
		}
		w.notes = append(w.notes, report.Note{
			Rule: "form.row_set", Subject: seqBrief(row.label), Place: w.s[row.at].place(),
			Text: "“" + seqBrief(row.label) + "”一行为格式以外的项目，未计入",
		})
	}
	w.judgeOrder()
}

// seqInPlace is the least likeness at which a row that stands where a row of the
// form is missing is taken for that row.
const seqInPlace = 0.5

// adopt reads rows under names that the form does not know, where they fill a gap
// between known rows one for one, with the same numbers and some of the words.
func (w *seqWalk) adopt() {
	for i := 0; i < len(w.unnamed); {
		row := &w.unnamed[i]
		same := i + 1
		for same < len(w.unnamed) && w.unnamed[same].after == row.after && w.unnamed[same].table == row.table {
			same++
		}
		gap := w.gap(row.table, row.after)
		if len(gap) != same-i || !w.fits(w.unnamed[i:same], gap) {
			i = same
			continue
		}
		for n, name := range gap {
			known := &w.unnamed[i+n]
			known.name, known.depth = name, seqDepth(name)
			w.knownRow(known)
		}
		w.unnamed = slices.Delete(w.unnamed, i, same)
	}
}

// gap lists the rows of the form missing directly behind a row.
func (w *seqWalk) gap(table standard.Table, after string) []string {
	var gap []string
	for name := w.rowAfter(table, after); name != "" && w.missing(name); name = w.rowAfter(table, name) {
		gap = append(gap, name)
	}
	return gap
}

// fits reports whether each row is like the row of the form in its place.
func (w *seqWalk) fits(rows []seqPending, gap []string) bool {
	var full, brief [seqLongest]byte
	for i, name := range gap {
		if rows[i].group || rows[i].number == 0 {
			return false
		}
		key := seqKeyOf(rows[i].label, full[:], brief[:])
		if !slices.ContainsFunc(w.x.labels, func(l seqLabel) bool {
			return l.role == seqRow && l.name == name && l.number == rows[i].number &&
				max(seqLikeness(key.full, l.key, seqInPlace), seqLikeness(key.brief, l.key, seqInPlace)) >= seqInPlace
		}) {
			return false
		}
	}
	return true
}

// inPlaceOfRow reports whether a row that the form does not know stands directly
// behind a known one, in the same block, where the form has a row that is missing.
func (w *seqWalk) inPlaceOfRow(row *seqPending) bool {
	next := w.rowAfter(row.table, row.after)
	if next == "" || row.group || !w.missing(next) {
		return false
	}
	before := w.rows[row.after]
	return len(before) == 0 || before[0].Table != row.table || before[0].Block == w.rows[next][0].Block
}

// missing reports whether no cell of a row of the form was found.
func (w *seqWalk) missing(row string) bool {
	for _, cell := range w.rows[row] {
		if w.values[cell.Index].State != report.Absent {
			return false
		}
	}
	return true
}

// rowAfter returns the row that stands behind another on the form; the first of
// the table behind none, "" behind the last.
func (w *seqWalk) rowAfter(table standard.Table, row string) string {
	found := row == ""
	for i := range w.form.Cells {
		name, _ := seqNames(&w.form.Cells[i])
		if w.form.Cells[i].Table == table && found && name != row {
			return name
		}
		found = found || name == row
	}
	return ""
}

// judgeOrder doubts a requests table whose header puts 总计 before other columns
// without saying that they stand there: the sums of the rows may show that it does
// not.
func (w *seqWalk) judgeOrder() {
	if len(w.loose) == 0 {
		return
	}
	for _, row := range standard.RequestRows(w.form.Format) {
		var sum, total, last report.Amount
		for _, slot := range w.loose {
			cell := seqCell(w.rows[row], slot.column)
			if cell == nil {
				continue
			}
			last, _ = w.values[cell.Index].Known()
			if slot.column == string(standard.Total) {
				total = last
			}
			sum += last
		}
		if sum != 2*total && sum == 2*last {
			w.doubt("", w.loose[0].at, "“总计”一栏的位置与各行合计不符，栏目顺序不能确定")
			return
		}
	}
}

// seqBrief shortens a printed label for a message.
func seqBrief(label string) string {
	var brief []rune
	for _, r := range label {
		if seqSpace(r) {
			continue
		}
		if len(brief) == 24 {
			return string(brief) + "…"
		}
		brief = append(brief, r)
	}
	return string(brief)
}
