package recognise

import (
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A seqHeader is a header under way, and once closed the order of the figures that
// it promises.
type seqHeader struct {
	open  bool
	slots []seqSlot

	order []seqSlot // columns in the order of the figures
	whole []seqSlot // the same with blanks and unknown columns between them
	guess string    // what the header lacks and the form had to say, for the doubt
}

// A seqSlot is one text of a header.
type seqSlot struct {
	column  string // name of the column: natural, published, review.upheld
	group   string // name of a group
	blank   bool
	unknown bool
	unit    seqUnit
	at      int // token
}

func (h *seqHeader) named() bool {
	return slices.ContainsFunc(h.slots, func(s seqSlot) bool { return s.column != "" })
}

// unused takes a misspelt column for the one that its label names or, where that
// stands in the header already, for the next one on the form: 本年新 may be 制作 or
// 公开, and is each once.
func (h *seqHeader) unused(form *standard.Form, l *seqLabel) string {
	has := func(name string) bool {
		return slices.ContainsFunc(h.slots, func(s seqSlot) bool { return s.column == name })
	}
	if !has(l.name) || l.table != standard.Disclosure {
		return l.name
	}
	return seqAfter(form, l.name)
}

// seqAfter returns the column that stands behind another on the form.
func seqAfter(form *standard.Form, name string) string {
	cells := form.TableCells(standard.Disclosure)
	for i := range cells {
		_, column := seqNames(&cells[i])
		if column == name && i+1 < len(cells) && cells[i+1].Row == cells[i].Row && cells[i+1].Block == cells[i].Block {
			_, column = seqNames(&cells[i+1])
			return column
		}
	}
	return name
}

// openHeader begins the header of a table.
func (w *seqWalk) openHeader(t standard.Table) {
	if w.head.open && w.table == t && t != standard.Disclosure {
		return
	}
	w.table = t
	w.head = seqHeader{open: true}
}

// closeHeader works out the order of the columns.
func (w *seqWalk) closeHeader() {
	h := &w.head
	if !h.open {
		return
	}
	h.open = false
	switch w.table {
	case standard.Disclosure, standard.Statistics:
		h.plain()
	case standard.Requests:
		if h.applicants() {
			w.loose = h.order
		}
	case standard.Appeals:
		h.disputes()
	}
}

// plain is a header of one line.
func (h *seqHeader) plain() {
	for i, s := range h.slots {
		if s.column == "" {
			if len(h.order) > 0 || s.unknown {
				h.whole = append(h.whole, s)
			}
			continue
		}
		if slices.ContainsFunc(h.order, func(o seqSlot) bool { return o.column == s.column }) {
			if i > 0 && h.slots[i-1].column == s.column {
				continue // a merged label written twice
			}
			h.guess = "“" + s.column + "”一栏的名称出现两次"
		}
		h.order = append(h.order, s)
		h.whole = append(h.whole, s)
	}
}

// applicants is the header of the requests table. 法人或其他组织 holds the place of
// the columns whose names stand below it, which the source gives later; where every
// line is written out in full, the last one has them all. loose says that 总计 is not
// last, and that nothing in the header confirms it.
func (h *seqHeader) applicants() (loose bool) {
	from := len(h.slots) // of the last slots that repeat no column
	for from > 0 && !seqHas(h.slots[from:], h.slots[from-1].column) {
		from--
	}
	var line []seqSlot
	grouped := -1
	for _, s := range h.slots[from:] {
		switch {
		case s.group == seqOrganisations && grouped < 0:
			grouped = len(line)
		case s.column != "":
			line = append(line, s)
		}
	}
	switch {
	case from > 0 && (seqHas(line, string(standard.Natural)) && !seqHas(h.slots[:from], string(standard.Natural)) ||
		seqHas(line, string(standard.Total)) && !seqHas(h.slots[:from], string(standard.Total))):
		return false // neither one line nor all of them: the order is not known
	case from == 0 && grouped >= 0:
		line = seqUngroup(line, grouped)
	}
	h.order, h.whole = line, line
	at := slices.IndexFunc(line, func(s seqSlot) bool { return s.column == string(standard.Total) })
	h.fillApplicant()
	return from == 0 && grouped < 0 && at >= 0 && at < len(line)-1
}

// seqHas reports whether a column that has a name is among the slots.
func seqHas(slots []seqSlot, column string) bool {
	return column != "" && slices.ContainsFunc(slots, func(s seqSlot) bool { return s.column == column })
}

// seqUngroup puts the columns of organisations in the place of their group.
func seqUngroup(line []seqSlot, at int) []seqSlot {
	organisation := func(s seqSlot) bool {
		return s.column != string(standard.Natural) && s.column != string(standard.Total)
	}
	var order, inside []seqSlot
	for _, s := range line {
		if organisation(s) {
			inside = append(inside, s)
		}
	}
	placed := false
	for i, s := range line {
		if i == at {
			order, placed = append(order, inside...), true
		}
		if !organisation(s) {
			order = append(order, s)
		}
	}
	if !placed {
		order = append(order, inside...)
	}
	return order
}

// fillApplicant names the one column whose label the header lacks, where the
// others stand in the order of the form.
func (h *seqHeader) fillApplicant() {
	columns := standard.Columns()
	if len(h.order) != len(columns)-1 {
		return
	}
	missing, at := "", 0
	for _, c := range columns {
		switch {
		case at < len(h.order) && h.order[at].column == string(c):
			at++
		case missing == "":
			missing = string(c)
		default:
			return
		}
	}
	i := slices.Index(columns, standard.Applicant(missing))
	h.whole = slices.Insert(slices.Clone(h.order), i, seqSlot{column: missing})
}

// disputes is the header of the appeals table: three groups of results. The groups
// stand in the order of 行政复议 and of what stands for 行政诉讼.
func (h *seqHeader) disputes() {
	var groups, suits []string
	var runs [][]seqSlot
	for _, s := range h.slots {
		switch {
		case s.group == seqSuits || s.group == "review":
			if !slices.Contains(groups, s.group) {
				groups = append(groups, s.group)
			}
		case s.group != "":
			if !slices.Contains(suits, s.group) {
				suits = append(suits, s.group)
			}
		case s.column != "":
			n := len(runs) - 1
			if n < 0 || slices.ContainsFunc(runs[n], func(o seqSlot) bool { return o.column == s.column }) {
				runs, n = append(runs, nil), n+1
			}
			runs[n] = append(runs[n], s)
		}
	}
	if len(runs) == 4 {
		runs = runs[1:] // the line of results is given whole below one that begins it
	}
	kinds := seqKinds(groups, suits)
	if len(kinds) != 3 || len(runs) != 3 {
		return
	}
	if kinds[0] != "review" && !seqSameRuns(runs) {
		return // which run is whose is then not certain
	}
	for i, kind := range kinds {
		for _, s := range runs[i] {
			s.column = kind + "." + s.column
			h.order = append(h.order, s)
		}
	}
	h.whole = h.order
}

// seqKinds is the order of the three groups, nil if one was not found.
func seqKinds(groups, suits []string) []string {
	if len(suits) != 2 {
		return nil
	}
	var kinds []string
	for _, g := range groups {
		if g == seqSuits {
			kinds = append(kinds, suits...)
		} else {
			kinds = append(kinds, g)
		}
	}
	return kinds
}

func seqSameRuns(runs [][]seqSlot) bool {
	same := func(a, b seqSlot) bool { return a.column == b.column }
	return slices.EqualFunc(runs[0], runs[1], same) && slices.EqualFunc(runs[0], runs[2], same)
}

// meaning picks what a label means here, nil where it means nothing.
func (w *seqWalk) meaning(t *seqToken) *seqLabel {
	if len(t.labels) == 1 {
		if l := &w.x.labels[t.labels[0]]; !l.weak || l.role != seqColumn {
			return l
		}
	}
	var pick *seqLabel
	score := 0
	for _, i := range t.labels {
		l := &w.x.labels[i]
		if n := w.fit(l, t); n > score {
			pick, score = l, n
		}
	}
	return pick
}

// fit says how well a meaning fits here, 0 for not at all. 总计 and 其他 are columns
// while a header is open and rows of the requests table otherwise, or where they are
// numbered; 被依法纠错数 belongs to the dispute that was named last.
func (w *seqWalk) fit(l *seqLabel, t *seqToken) int {
	switch {
	case l.table != w.table:
		return 0
	case l.role == seqRow && l.table == standard.Statistics:
		if strings.HasPrefix(l.name, w.kind+".") && w.kind != "" {
			return 2
		}
		return 0
	case l.role == seqRow && t.number > 0 && l.table == standard.Requests:
		return 4
	case l.role == seqColumn && (w.head.open && !w.row.open || w.table == standard.Appeals):
		return 3
	case l.role == seqRow && !w.head.open:
		return 2
	case l.role == seqColumn && w.columnFollows():
		return 3
	}
	return 0
}

// columnFollows reports whether the next label is a column and nothing else.
func (w *seqWalk) columnFollows() bool {
	for i := w.at + 1; i < len(w.s); i++ {
		t := &w.s[i]
		if t.kind == seqIsMark && t.mark.state == report.Blank {
			continue
		}
		if t.kind != seqIsLabel || len(t.labels) != 1 {
			return false
		}
		l := &w.x.labels[t.labels[0]]
		return l.table == w.table && (l.role == seqColumn || l.name == seqOrganisations)
	}
	return false
}

// seqKindOf follows which dispute of F2014 the rows are about.
func seqKindOf(row, kind string) string {
	before, _, _ := strings.Cut(row, ".")
	if before == "review" || before == "suit" {
		return before
	}
	if kind != "" && row != "" {
		return ""
	}
	return kind
}
