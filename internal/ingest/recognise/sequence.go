package recognise

import (
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// readSequence reads the tables of one report by the order of their texts alone:
// the labels of a header say in which order the figures of each row follow its
// label. Where a text stands in a grid, and over how many rows and columns, is
// never asked. A row whose texts do not fit its header in number is a doubt and
// not a guess.
func readSequence(blocks []extract.Block, format standard.Format) tableReading {
	reading := tableReading{format: format}
	form := standard.FormOf(format)
	if form == nil {
		return reading
	}
	x := seqLabels()
	s := seqStream(blocks, x)
	w := &seqWalk{s: s, x: x, form: form, rows: seqForms()[format], values: make([]report.Value, len(form.Cells))}
	if vote := seqVote(s, x); vote != "" && vote != format {
		w.doubts = append(w.doubts, report.Doubt{
			Rule: "read.disagreement",
			Text: fmt.Sprintf("表中项目名称多数属于 %s 格式，而非 %s 格式", vote, format),
		})
	}
	seqKeep(s, x, seqBit(format))
	seqSerials(s)
	seqMend(s, x, seqBit(format))
	w.run()
	reading.values, reading.doubts, reading.notes = w.values, w.doubts, w.notes
	return reading
}

// A seqWalk goes once through the stream.
type seqWalk struct {
	s    []seqToken
	x    *seqIndex
	form *standard.Form
	rows seqRows

	at    int            // token it stands at
	table standard.Table // table of the last label that told
	head  seqHeader      // header of table, as far as it was read
	row   seqPending
	last  string // row of the form that was read last
	kind  string // F2014: review or suit, whichever label came last
	known bool   // the grid has a label that no other kind of table has

	layouts  [4]seqLayout // by depth of the label: what blanks surround the figures
	loose    []seqSlot    // columns of a requests table that its sums must confirm
	deferred []seqPending // rows whose blanks are settled by the layout of others
	unnamed  []seqPending // rows that the form does not know, with figures
	silent   []seqPending // rows of the form that no text followed

	spare []int // the texts of the last row, whose room the next one takes

	values []report.Value
	doubts []report.Doubt
	notes  []report.Note
}

// A seqPending is a row that is being collected: its label, and the texts that
// follow it up to the next label.
type seqPending struct {
	open   bool
	table  standard.Table
	name   string // of the row on the form, "" for one that the form does not know
	label  string // as printed
	number int    // in front of it
	orphan bool   // figures with no label before them
	group  bool   // the label stands over others: it has no figures of its own
	near   bool
	at     int // token of its label, or of the first figure without one
	unit   seqUnit
	texts  []int // tokens
	head   seqHeader
	depth  int
	after  string // the row of the form that was read last
}

// seqAppeals names the one row of the appeals table, which has no label.
const seqAppeals = "appeals"

func (w *seqWalk) run() {
	for w.at = range w.s {
		t := &w.s[w.at]
		switch t.kind {
		case seqIsBreak:
			w.flush()
			if w.head.named() {
				w.closeHeader()
			}
			w.enterGrid()
		case seqIsMark:
			w.mark(t)
		case seqIsUnit:
			w.row.unit = t.unit
		case seqIsLabel:
			if w.known {
				w.label(t)
			}
		case seqIsText:
			w.text(t)
		case seqIsVoid:
			if t.mark.state == report.Unread && w.next().kind == seqIsMark {
				w.mark(t) // (5) among figures is no number of a list
			}
		}
	}
	w.settle()
	w.adopt()
	w.settle()
	w.judge()
}

// next returns the token after the one it stands at, which is never the last but
// for the break that ends the stream.
func (w *seqWalk) next() *seqToken {
	if w.at+1 < len(w.s) {
		return &w.s[w.at+1]
	}
	return &w.s[w.at]
}

// enterGrid looks ahead whether the grid that begins here is a statutory one: it
// has a label that stands nowhere else. Words that may stand elsewhere, and misspelt
// labels, show it only where a table goes on and the grid has no other texts.
func (w *seqWalk) enterGrid() {
	w.known = false
	likely, others := 0, 0
	for i := w.at + 1; i < len(w.s) && w.s[i].kind != seqIsBreak; i++ {
		t := &w.s[i]
		if t.kind == seqIsText {
			others++
		}
		if t.kind != seqIsLabel {
			continue
		}
		likely++
		if !t.near && slices.ContainsFunc(t.labels, func(l int16) bool { return !w.x.labels[l].weak }) {
			w.known = true
			return
		}
	}
	w.known = likely > 0 && others == 0 && w.table != ""
}

// mark adds a figure to the row, or to the header where it is blank.
func (w *seqWalk) mark(t *seqToken) {
	if !w.known {
		return
	}
	if !w.row.open {
		if w.head.open && w.table != standard.Appeals {
			if t.mark.state == report.Blank {
				w.head.slots = append(w.head.slots, seqSlot{blank: true})
				return
			}
			w.closeHeader()
		}
		w.row = seqPending{open: true, table: w.table, orphan: true, at: w.at, head: w.head}
		if w.table == standard.Appeals && w.head.open {
			w.row.orphan, w.row.name, w.row.label = false, seqAppeals, "行政复议、行政诉讼"
		}
	}
	if w.row.texts == nil {
		w.row.texts = w.spare[:0]
	}
	w.row.texts = append(w.row.texts, w.at)
	w.spare = w.row.texts
}

// text meets a text that is no label. Within a row it may be words in place of a
// figure: it is where the figures before and behind it leave room for just that.
func (w *seqWalk) text(t *seqToken) {
	if !w.known {
		return
	}
	if w.row.open && w.row.name != "" {
		before, want := len(w.row.texts), w.want()
		figures, all := w.ahead()
		note := before == 0 && seqIsNote(t.text())
		switch {
		case note && (figures >= want || all == want):
			return // a note in a cell of its own
		case before+1+figures == want && want > 1, before+1+all == want:
			t.mark.state = report.Words
			if strings.ContainsAny(t.text(), "0123456789０１２３４５６７８９") {
				t.mark.state = report.Unread
			}
			w.mark(t)
			return
		}
	}
	if w.head.open && !w.row.open && w.head.named() && (w.table == standard.Appeals || !w.figuresAhead()) {
		w.head.slots = append(w.head.slots, seqSlot{unknown: true})
		return
	}
	w.flush()
	w.row = seqPending{open: true, table: w.table, label: t.text(), number: t.number, at: w.at, head: w.head}
}

// ahead counts the figures up to the next text, and the figures and texts up to the
// next label; no further than a row can go.
func (w *seqWalk) ahead() (figures, all int) {
	texts := 0
	for i := w.at + 1; i < min(len(w.s), w.at+seqLongestRow); i++ {
		switch w.s[i].kind {
		case seqIsMark:
			all++
			if texts == 0 {
				figures++
			}
		case seqIsText:
			all++
			texts++
		case seqIsUnit, seqIsVoid:
		default:
			return figures, all
		}
	}
	return figures, all
}

// seqLongestRow is more texts than any row of the forms has.
const seqLongestRow = 64

// figuresAhead reports whether figures follow before the next text or label.
func (w *seqWalk) figuresAhead() bool {
	for i := w.at + 1; i < len(w.s) && (w.s[i].kind == seqIsMark || w.s[i].kind == seqIsUnit); i++ {
		if w.s[i].kind == seqIsMark && w.s[i].mark.state != report.Blank {
			return true
		}
	}
	return false
}

// want is the number of figures that the row under way should have.
func (w *seqWalk) want() int {
	if w.row.table == standard.Statistics {
		return 1
	}
	return len(w.row.head.order)
}

// seqIsNote reports whether the whole text stands in brackets.
func seqIsNote(text string) bool {
	for _, r := range text {
		if !seqSpace(r) {
			return seqOpens(r) || r == '注'
		}
	}
	return true
}

// label meets a label and acts on the meaning it has here.
func (w *seqWalk) label(t *seqToken) {
	l := w.meaning(t)
	if l == nil {
		w.text(t)
		return
	}
	switch l.role {
	case seqHead:
		w.flush()
		if l.name == seqTop && w.head.named() {
			w.head.open = false // the header again, with no row between
		}
		w.openHeader(l.table)
	case seqColumn:
		w.column(l, t)
	case seqRow:
		w.startRow(l, t)
	case seqGroup:
		w.group(l, t)
	}
}

// column adds a column to the header, and begins a new header where rows have
// been read since the last.
func (w *seqWalk) column(l *seqLabel, t *seqToken) {
	w.enterHeader(l.table)
	name := l.name
	if t.near {
		name = w.head.unused(w.form, l)
	}
	w.head.slots = append(w.head.slots, seqSlot{column: name, unit: seqMoneyIn(t.text()), at: w.at})
}

// group meets a label that stands over others: over columns, or over rows.
func (w *seqWalk) group(l *seqLabel, t *seqToken) {
	if l.table == standard.Appeals || l.name == seqOrganisations {
		w.enterHeader(l.table)
		w.head.slots = append(w.head.slots, seqSlot{group: l.name, at: w.at})
		return
	}
	w.flush()
	w.closeHeader()
	w.row = seqPending{open: true, table: w.table, label: t.text(), group: true, at: w.at, head: w.head}
}

// enterHeader ends the row under way and has a header of the table open. The one
// row of the appeals table has no label, so blank cells of its header look like
// the row until the header goes on.
func (w *seqWalk) enterHeader(table standard.Table) {
	if w.row.open && w.row.name == seqAppeals && w.allBlank(w.row.texts) {
		w.row = seqPending{}
	}
	w.flush()
	if !w.head.open || w.table != table {
		w.openHeader(table)
	}
}

// startRow begins a row of the form. A label printed twice before its figures, as
// merged cells are sometimes written, is one.
func (w *seqWalk) startRow(l *seqLabel, t *seqToken) {
	if l.table == standard.Statistics {
		w.kind = seqKindOf(l.name, w.kind)
	}
	if w.row.open && w.row.name == l.name && w.row.table == l.table && len(w.row.texts) == 0 {
		return
	}
	w.flush()
	w.closeHeader()
	if w.table != l.table {
		w.table, w.head = l.table, seqHeader{}
	}
	w.row = seqPending{
		open: true, table: l.table, name: l.name, label: t.text(), near: t.near,
		at: w.at, unit: seqMoneyIn(t.text()), head: w.head, depth: seqDepth(l.name),
	}
}

// seqDepth is the number of group labels that stand before a row's own label.
func seqDepth(row string) int {
	depth := 0
	for i := range len(row) {
		if row[i] == '.' {
			depth++
		}
	}
	if depth == 1 && row[:2] == "re" {
		return 0 // requests.new and the like stand alone
	}
	return depth
}

// flush ends the row under way.
func (w *seqWalk) flush() {
	row := w.row
	w.row = seqPending{}
	if !row.open {
		return
	}
	if row.name == seqAppeals {
		w.closeHeader()
		row.head = w.head
	}
	switch {
	case row.name == "":
		w.unknownRow(&row)
	case len(row.texts) == 0:
		w.silent = append(w.silent, row)
	default:
		w.knownRow(&row)
	}
}

// unknownRow keeps a row that the form does not know, if it has figures. Figures
// without any label are a doubt.
func (w *seqWalk) unknownRow(row *seqPending) {
	figures := 0
	for _, i := range row.texts {
		if s := w.s[i].mark.state; s == report.Printed || s == report.Unread {
			figures++
		}
	}
	row.after = w.last
	if figures == 0 || row.table == "" {
		return
	}
	if row.orphan {
		w.doubt("", row.at, "表中有 %d 个数字前面没有可辨认的项目名称，未读入", figures)
		return
	}
	row.texts = slices.Clone(row.texts)
	w.unnamed = append(w.unnamed, *row)
}

func (w *seqWalk) allBlank(texts []int) bool {
	return !slices.ContainsFunc(texts, func(i int) bool { return w.s[i].mark.state != report.Blank })
}

// seqMostDoubts bounds what a hostile document can make of doubts and notes.
const seqMostDoubts = 400

// doubt records that a reading rule fired.
func (w *seqWalk) doubt(cell standard.CellCode, at int, format string, args ...any) {
	if len(w.doubts) >= seqMostDoubts {
		return
	}
	w.doubts = append(w.doubts, report.Doubt{
		Rule: "read.anchors", Cell: cell, Place: w.s[at].place(), Text: fmt.Sprintf(format, args...),
	})
}
