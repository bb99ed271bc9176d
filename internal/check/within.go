package check

import (
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A truth is what intervals say of a statement.
type truth uint8

const (
	no truth = iota
	yes
	unknown
	nothing // a cell is absent or unread
)

// positive says whether the counts of a side come to more than 0.
func (s side) positive() truth {
	switch {
	case s.missing:
		return nothing
	case s.known > 0:
		return yes
	case s.unknown > 0:
		return unknown
	}
	return no
}

// notZero says whether a side with a signed cell differs from 0.
func (s side) notZero() truth {
	switch {
	case s.missing:
		return nothing
	case s.unknown > 0:
		return unknown
	case s.known != 0:
		return yes
	}
	return no
}

// needs judges that a is so only where b is so too.
func needs(a, b truth) report.Result {
	switch {
	case a == nothing || b == nothing:
		return report.NotApplicable
	case a == no || b == yes:
		return report.Pass
	case a == yes && b == no:
		return report.Fail
	}
	return report.Open
}

// disclosureRelations lays out the bounds of the disclosure table that only add.
func (p *plan) disclosureRelations() {
	if p.form.Format == standard.F2021 {
		for _, x := range []standard.CellCode{"disclosure.rules", "disclosure.normative"} {
			p.add(relation{rule: "disclosure.stock_bound", subject: string(x), op: opAtMost, term: byBoth,
				left: p.all(x + ".issued"), right: p.all(x+".in_force", x+".repealed")})
		}
		return
	}
	for _, x := range []standard.CellCode{"disclosure.rules", "disclosure.normative"} {
		p.add(relation{rule: "disclosure.public_total", subject: string(x), op: opAtMost, term: byBoth,
			left: p.all(x + ".published"), right: p.all(x + ".public_total")})
	}
	p.add(relation{rule: "disclosure.unpublished_rules", op: opAtMost, term: byBoth,
		left: p.all("disclosure.rules.made"), right: p.all("disclosure.rules.published")})
	for _, x := range itemKinds() {
		p.add(relation{rule: "disclosure.items_negative", subject: "disclosure." + x, op: opNotNegative, term: byBoth,
			left: p.items(x)})
	}
}

// itemKinds returns what F2019 counts in items with a change.
func itemKinds() []string { return []string{"license", "other_service", "penalty", "coercion", "fee"} }

// items returns the cells of prior items and their change.
func (p *plan) items(kind string) []int32 {
	row := standard.CellCode("disclosure." + kind)
	return p.all(row+".prior_items", row+".change")
}

// within applies the rules that look at several cells of one report in other ways
// than adding them up (checks.md §2 and §4).
func (s *run) within() {
	switch s.r.Format {
	case standard.F2014:
		s.training()
		return
	case standard.F2019:
		s.procurementPair()
		s.decisionsWithoutItems()
		s.itemsAsDecisions()
		s.unpublishedNormative()
		s.procurementUnit()
	case standard.F2021:
		s.feeUnit()
	}
	s.rulesByBody()
	s.appealsWithoutRequests()
	s.appealsExceedDecisions()
	s.allZero()
	s.suspiciousRow()
}

// sideOf adds up cells by code.
func (s *run) sideOf(codes ...standard.CellCode) (side, []int32) {
	cells := s.plan.all(codes...)
	return s.side(cells), cells
}

// needed notes what a rule of the kind "a needs b" says.
func (s *run) needed(rule, subject string, a, b truth, cells []int32) bool {
	result := needs(a, b)
	if result == report.Open {
		s.open(rule, subject, s.unknowns(cells))
		return false
	}
	s.result(rule, subject, result)
	return result == report.Fail
}

// list writes some cells with their figures.
func (s *run) list(b *sentence, cells []int32) {
	for i, at := range cells {
		if i > 0 {
			b.add("，", ", ")
		}
		b.label(s.plan.names[at].full)
		s.valueWords(b, at)
	}
}

// figures reports cells whose figures do not go together, as they are.
func (s *run) figures(rule, subject string, cells []int32, severity report.Severity) {
	f := s.finding(rule, subject, cells)
	if severity != "" {
		f.Severity = severity
	}
	var b sentence
	s.list(&b, cells)
	s.say(f, &b)
}

// training asks for a course or a meeting where people were trained.
func (s *run) training() {
	people, a := s.sideOf("training.people")
	held, b := s.sideOf("training.courses", "training.meetings")
	if s.needed("statistics.training", "", people.positive(), held.positive(), join(a, b)) {
		s.figures("statistics.training", "", join(a, b), "")
	}
}

// procurementPair judges both directions: an amount without projects weighs more
// than projects without an amount.
func (s *run) procurementPair() {
	const rule = "disclosure.procurement_pair"
	projects, a := s.sideOf("disclosure.procurement.projects")
	amount, b := s.sideOf("disclosure.procurement.amount")
	cells := join(a, b)
	forward, back := needs(amount.positive(), projects.positive()), needs(projects.positive(), amount.positive())
	switch {
	case forward == report.Fail:
		s.result(rule, "", report.Fail)
		s.figures(rule, "", cells, report.Error)
	case back == report.Fail:
		s.result(rule, "", report.Fail)
		s.figures(rule, "", cells, report.Warning)
	case forward == report.Open || back == report.Open:
		s.open(rule, "", s.unknowns(cells))
	default:
		s.result(rule, "", forward) // both pass, or both lack a cell
	}
}

// decisionsWithoutItems asks for items where decisions were taken. A change may be
// negative, so only printed items can show that there are none.
func (s *run) decisionsWithoutItems() {
	const rule = "disclosure.decisions_without_items"
	for _, x := range []string{"license", "other_service", "penalty", "coercion"} {
		subject := "disclosure." + x
		items := s.plan.items(x)
		decisions := s.plan.all(standard.CellCode(subject + ".decisions"))
		cells := join(items, decisions)
		if s.needed(rule, subject, s.side(decisions).positive(), s.side(items).notZero(), cells) {
			s.figures(rule, subject, cells, "")
		}
	}
}

// itemsAsDecisions tells where the decisions are the items after their change: small
// numbers do so by chance, and without a change the items say it already.
func (s *run) itemsAsDecisions() {
	const rule = "disclosure.items_as_decisions"
	least := report.Count(int64(s.threshold(rule, "least")))
	for _, subject := range []standard.CellCode{"disclosure.license", "disclosure.other_service", "disclosure.penalty", "disclosure.coercion"} {
		change, one := s.sideOf(subject + ".change")
		items, two := s.sideOf(subject + ".prior_items")
		decisions, three := s.sideOf(subject + ".decisions")
		switch {
		case items.missing || change.missing || decisions.missing:
			s.result(rule, string(subject), report.NotApplicable)
		case decisions.unknown == 0 && decisions.known < least, change.unknown == 0 && change.known == 0:
			s.result(rule, string(subject), report.Pass)
		case items.unknown+change.unknown+decisions.unknown > 0:
			s.open(rule, string(subject), s.unknowns(join(join(two, one), three)))
		case items.known+change.known != decisions.known:
			s.result(rule, string(subject), report.Pass)
		default:
			s.result(rule, string(subject), report.Fail)
			s.figures(rule, string(subject), join(join(two, one), three), "")
		}
	}
}

// unpublishedNormative asks for something public where normative documents were made.
func (s *run) unpublishedNormative() {
	const rule = "disclosure.unpublished_normative"
	made, a := s.sideOf("disclosure.normative.made")
	public, b := s.sideOf("disclosure.normative.published", "disclosure.normative.public_total")
	if s.needed(rule, "", made.positive(), public.positive(), join(a, b)) {
		s.figures(rule, "", join(a, b), "")
	}
}

// belowCity reports whether the agency is of a county or below, which makes no
// 规章; false also where nobody knows.
func (s *run) belowCity() bool {
	if s.small() {
		return true
	}
	if s.with.Agency != nil {
		level := s.with.Agency.Region.Level()
		return level == standard.CountyLevel || level == standard.StreetLevel
	}
	name := s.r.Agency
	return strings.HasSuffix(name, "县人民政府") || strings.HasSuffix(name, "旗人民政府") ||
		strings.HasSuffix(name, "区人民政府") && !strings.HasSuffix(name, "自治区人民政府")
}

// rulesByBody finds 规章 reported by an agency that makes none.
func (s *run) rulesByBody() {
	const rule = "disclosure.rules_by_body"
	if !s.belowCity() {
		s.result(rule, "", report.NotApplicable)
		return
	}
	var above []int32
	missing := true
	for _, at := range s.plan.tables[0].rows[0].cells {
		v := &s.values[at]
		missing = missing && v.State == report.Absent
		if v.State == report.Printed && v.Amount > 0 {
			above = append(above, at)
		}
	}
	if missing {
		s.result(rule, "", report.NotApplicable)
		return
	}
	s.judged(rule, "", len(above) > 0)
	if len(above) > 0 {
		s.figures(rule, "", above, "")
	}
}

// appealsWithoutRequests needs the year before: without it the rule stays open.
func (s *run) appealsWithoutRequests() {
	const rule = "cross.appeals_without_requests"
	appeals, a := s.sideOf("review.total", "suit_direct.total", "suit_after_review.total")
	codes := []standard.CellCode{"requests.new/total", "requests.carried_in/total"}
	requests, b := s.sideOf(codes...)
	if requests.positive() == no && appeals.positive() == yes {
		if s.with.Previous == nil {
			s.open(rule, "", []standard.CellCode{yearBefore(codes[0]), yearBefore(codes[1])})
			return
		}
		for _, code := range codes {
			v := s.with.Previous.Value(code)
			requests.add(&v)
		}
	}
	if s.needed(rule, "", appeals.positive(), requests.positive(), join(a, b)) {
		s.figures(rule, "", join(a, b), "")
	}
}

// appealsExceedDecisions compares with the decisions of two years. Where those of
// this year suffice, the year before is not needed.
func (s *run) appealsExceedDecisions() {
	const rule = "cross.appeals_exceed_decisions"
	appeals, a := s.sideOf("review.total", "suit_direct.total")
	decided, b := s.sideOf("outcome.total/total")
	var before report.Value
	if s.with.Previous != nil {
		before = s.with.Previous.Value("outcome.total/total")
		decided.add(&before)
	} else if appeals.known > decided.known {
		s.open(rule, "", []standard.CellCode{yearBefore("outcome.total/total")})
		return
	}
	result := atMost(appeals, decided)
	if result == report.Open {
		s.open(rule, "", s.unknowns(join(a, b)))
		return
	}
	s.result(rule, "", result)
	if result != report.Fail {
		return
	}
	f := s.finding(rule, "", join(a, b))
	f.Left, f.Right = appeals.known.String(), decided.known.String()
	f.Difference = (appeals.known - decided.known).String()
	var text sentence
	s.list(&text, a)
	text.add("；", "; ")
	s.list(&text, b)
	text.add("，上年办理结果总计", ", total decided the year before").number(before.Amount)
	s.say(f, &text)
}

// allZero lists a report whose tables hold nothing but 0 and blanks. It weighs
// more where the text states something.
func (s *run) allZero() {
	const rule = "cross.all_zero"
	for i := range s.values {
		switch v := &s.values[i]; v.State {
		case report.Absent, report.Unread, report.Words:
			s.result(rule, "", report.NotApplicable)
			return
		case report.Printed:
			if v.Amount != 0 {
				s.result(rule, "", report.Pass)
				return
			}
		}
	}
	s.result(rule, "", report.Fail)
	f := s.finding(rule, "", nil)
	var b sentence
	b.add("三张表各格均为 0 或空白", "every cell of the three tables is 0 or blank")
	for i := range s.r.Narrative {
		if said := &s.r.Narrative[i]; said.Says != "" && said.Value > 0 {
			f.Severity, f.Left, f.Right = report.Error, said.Value.String(), "0"
			b.add("，正文写有：“"+said.Sentence+"”", "; the text says: \""+said.Sentence+"\"")
			break
		}
	}
	s.say(f, &b)
}

// suspiciousRow finds the traces that a row shifted by a column leaves.
func (s *run) suspiciousRow() {
	const rule = "cross.suspicious_row"
	row := s.plan.row("requests.new")
	_, total := s.sideOf("requests.new/total")
	organisations, others := 0, report.Amount(0)
	for i, at := range append(row, total...) {
		v := &s.values[at]
		if v.State != report.Printed {
			s.result(rule, "", report.NotApplicable)
			return
		}
		if i > 0 && i < len(row) && v.Amount > 0 {
			organisations++
		}
		if i < len(row)-1 {
			others += v.Amount
		}
	}
	last := s.values[row[len(row)-1]].Amount
	shifted := s.values[row[0]].Amount == 0 && organisations >= int(s.threshold(rule, "organisations"))
	heaped := others == 0 && last >= report.Count(int64(s.threshold(rule, "load")))
	s.judged(rule, "", shifted || heaped)
	if !shifted && !heaped {
		return
	}
	f := s.finding(rule, "", append(row, total...))
	f.Threshold = s.limits(rule)
	var b sentence
	b.label(s.plan.names[row[0]].row).add("：", ": ")
	for i, at := range row {
		if i > 0 {
			b.add("、", ", ")
		}
		b.label(s.plan.names[at].column)
		s.valueWords(&b, at)
	}
	s.say(f, &b)
}
