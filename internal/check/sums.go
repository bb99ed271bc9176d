package check

import (
	"sync"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// An op is the kind of a relation.
type op uint8

const (
	opSum         op = iota // Σ left = the one cell on the right
	opEqual                 // Σ left = Σ right
	opAtMost                // Σ left <= Σ right
	opEach                  // every cell on the left <= the one on the right
	opNotNegative           // Σ left >= 0
)

// A relation is one arithmetic rule over the cells of one form: data that the
// evaluator in relation.go adds up. Cells are positions in Form.Cells, so that a
// check looks nothing up by name.
type relation struct {
	rule, subject string
	op            op
	left, right   []int32
	// violation says that a failure is one of the identities that decide the
	// status (design.md §4).
	violation bool
	// above and below replace the severity of the catalogue where the left side is
	// above or below the right.
	above, below report.Severity
	title        standard.Label // the subject in words
	term         term           // which label tells the cells of this relation apart
	sum          standard.Label // what the left side is the sum of
}

// name is the relation's name in violations.
func (r *relation) name() string {
	return report.Finding{Rule: r.rule, Subject: r.subject}.Violation()
}

// A term says by which of its labels a cell is named in a sentence.
type term uint8

const (
	byRow term = iota
	byColumn
	byBoth
)

// A plan holds what is computed once for a format.
type plan struct {
	form      *standard.Form
	relations []relation
	names     []cellName // of the cells, by position
	facets    []facet    // of the cells, by position
	tables    []tablePlan
	columns   []line  // of the requests table
	order     []int32 // cells in the order in which changes are looked at
	against   map[standard.Format][]int32
}

var plans = sync.OnceValue(func() map[standard.Format]*plan {
	all := make(map[standard.Format]*plan)
	for _, format := range standard.Formats() {
		all[format] = compile(format)
	}
	return all
})

// compile lays out the rules of one format. A code that the form lacks is a fault
// of the build.
func compile(format standard.Format) *plan {
	form := standard.FormOf(format)
	p := &plan{form: form, names: namesOf(form)}
	p.layout()
	p.order = orderOf(form)
	p.against = make(map[standard.Format][]int32)
	for _, other := range standard.Formats() {
		p.against[other] = placesIn(form, standard.FormOf(other))
	}
	if format == standard.F2014 {
		p.statistics()
		return p
	}
	p.requests(format)
	p.appeals()
	p.disclosureRelations()
	return p
}

// at returns the position of a cell.
func (p *plan) at(code standard.CellCode) int32 {
	cell, ok := p.form.Cell(code)
	if !ok {
		panic("check: " + string(p.form.Format) + " has no cell " + string(code))
	}
	return int32(cell.Index)
}

// all returns the positions of some cells.
func (p *plan) all(codes ...standard.CellCode) []int32 {
	list := make([]int32, len(codes))
	for i, code := range codes {
		list[i] = p.at(code)
	}
	return list
}

// column returns the cells of some rows in one column of the requests table.
func (p *plan) column(c standard.Applicant, rows ...string) []int32 {
	list := make([]int32, len(rows))
	for i, row := range rows {
		list[i] = p.at(standard.At(row, c))
	}
	return list
}

// row returns the cells of one row under the six kinds of applicant.
func (p *plan) row(row string) []int32 {
	list := make([]int32, 0, 6)
	for _, a := range standard.Applicants() {
		list = append(list, p.at(standard.At(row, a)))
	}
	return list
}

// sum lays out a sum that the form requires.
func (p *plan) sum(s standard.Sum) relation {
	return relation{rule: s.Rule, subject: s.Subject, op: opSum, violation: true, left: p.all(s.Parts...), right: p.all(s.Total)}
}

// sums lays out those of one rule.
func (p *plan) sums(rule string) (all []relation) {
	for _, s := range standard.Sums(p.form.Format) {
		if s.Rule == rule {
			all = append(all, p.sum(s))
		}
	}
	return all
}

func (p *plan) add(r relation) { p.relations = append(p.relations, r) }

// requests lays out the rules of the requests table: identities first, in the
// order in which violations are listed.
func (p *plan) requests(format standard.Format) {
	outcomes := standard.Outcomes(format)
	for _, c := range standard.Columns() {
		p.add(relation{rule: "requests.balance", subject: string(c), op: opEqual, violation: true, title: columnName(c),
			left: p.column(c, "requests.new", "requests.carried_in"), right: p.column(c, "outcome.total", "requests.carried_out")})
	}
	for _, s := range p.sums("requests.outcome_sum") {
		s.title, s.sum = columnName(standard.Applicant(s.subject)), standard.Label{ZH: "各项办理结果", EN: "the outcomes"}
		p.add(s)
	}
	for _, s := range p.sums("requests.column_sum") {
		s.title, s.term, s.sum = p.names[s.right[0]].row, byColumn, standard.Label{ZH: "六类申请人", EN: "the six kinds of applicant"}
		p.add(s)
	}
	for _, c := range standard.Columns() {
		p.add(relation{rule: "requests.part_exceeds_total", subject: string(c), op: opEach, title: columnName(c),
			left: p.column(c, outcomes...), right: p.column(c, "outcome.total")})
	}
	for _, row := range standard.RequestRows(format) {
		total := p.column(standard.Total, row)
		p.add(relation{rule: "requests.part_exceeds_total", subject: row, op: opEach, title: p.names[total[0]].row,
			left: p.row(row), right: total, term: byColumn})
	}
	for _, c := range standard.Columns() {
		p.add(relation{rule: "requests.carry_bound", subject: string(c), op: opAtMost, title: columnName(c),
			left: p.column(c, "requests.carried_out"), right: p.column(c, "requests.new", "requests.carried_in")})
	}
}

// appeals lays out the rules of the appeals table.
func (p *plan) appeals() {
	for _, s := range p.sums("appeals.sum") {
		s.title, s.term, s.sum = p.names[s.right[0]].row, byColumn, standard.Label{ZH: "各项结果", EN: "the results"}
		p.add(s)
		p.add(relation{rule: "appeals.part_exceeds_total", subject: s.subject, op: opEach, title: s.title,
			left: s.left, right: s.right, term: byColumn})
	}
}

// statistics lays out the rules of the table of 2014 to 2018. All sums of its
// identities are equations, as design.md §4 takes them; the severities tell the
// direction.
func (p *plan) statistics() {
	part := standard.Label{ZH: "各分项", EN: "the parts"}
	for _, s := range standard.Sums(standard.F2014) {
		r := p.sum(s)
		r.title, r.sum = p.names[r.right[0]].row, part
		switch s.Rule {
		case "statistics.denied":
			r.above = report.Warning
		case "statistics.review", "statistics.suit":
			r.below = report.Notice
		}
		p.add(r)
	}
	p.statisticsBounds()
}

// statisticsBounds lays out the rules of that table that are no identities.
func (p *plan) statisticsBounds() {
	p.add(relation{rule: "statistics.replies_closed", op: opEqual,
		left: p.all("replies.total"), right: p.all("requests.closed")})
	p.add(relation{rule: "statistics.closed_bound", op: opAtMost,
		left: p.all("requests.closed"), right: p.all("requests.received")})
	for _, x := range []string{"response.press_conferences", "response.web_interviews"} {
		p.add(relation{rule: "statistics.by_head", subject: x, op: opAtMost,
			left: p.all(standard.CellCode(x + "_by_head")), right: p.all(standard.CellCode(x))})
	}
	p.add(relation{rule: "statistics.normative", op: opAtMost,
		left: p.all("proactive.normative"), right: p.all("proactive.total")})
	p.add(relation{rule: "statistics.channel_bound", op: opEach, right: p.all("proactive.total"),
		left: p.all("proactive.via_gazette", "proactive.via_website", "proactive.via_weibo",
			"proactive.via_wechat", "proactive.via_other")})
}
