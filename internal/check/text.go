package check

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A claim is how a figure of the prose is judged: the rule, what the figure may be
// equal to, and the subject that keeps findings apart.
type claim struct {
	rule, subject string
	admissible    []string // sums of cell codes, as in Statement.Says
}

// claimOf returns the rule for a statement about a cell or a sum of cells.
func claimOf(says string) claim {
	switch says {
	case "requests.new/total", "requests.new/total+requests.carried_in/total":
		return claim{"text.requests_received", "", []string{"requests.new/total", "requests.new/total+requests.carried_in/total"}}
	case "requests.received":
		return claim{"text.requests_received", "", []string{says}}
	case "outcome.total/total", "requests.closed", "replies.total":
		return claim{"text.requests_replied", "", []string{says}}
	case "requests.carried_in/total", "requests.carried_out/total":
		return claim{"text.carried", says, []string{says}}
	case "review.total":
		return claim{"text.appeals", "review", []string{says}}
	case "suit.total", "suit_direct.total+suit_after_review.total":
		return claim{"text.appeals", "suit", []string{says}}
	case "disclosure.normative.issued", "disclosure.normative.made", "proactive.normative_issued":
		return claim{"text.normative", "", []string{says}}
	}
	return claim{"text.figure", says, []string{says}}
}

// narrative compares the figures of the prose with the tables (checks.md §7).
func (s *run) narrative() {
	for i := range s.r.Narrative {
		said := &s.r.Narrative[i]
		if said.Says == "" {
			continue
		}
		if rule := claimOf(said.Says).rule; said.Value == 0 && negated(said.Verb) &&
			(rule == "text.requests_received" || rule == "text.appeals") {
			continue // 未收到, 未发生: denials judges it
		}
		s.statement(said)
	}
}

// negated reports whether the words of a statement deny it.
func negated(verb string) bool {
	return strings.Contains(verb, "未") || strings.Contains(verb, "没") || strings.HasPrefix(verb, "无")
}

// statement judges one figure of the prose.
func (s *run) statement(said *report.Statement) {
	c := claimOf(said.Says)
	result, cells := s.admits(c.admissible, said.Value)
	if result == report.Fail {
		if whole := s.wholeOf(said); whole != said.Value {
			if together, _ := s.admits(c.admissible, whole); together == report.Pass {
				result = together
			}
		}
	}
	if (result == report.Fail || result == report.Open) && c.rule == "text.requests_replied" {
		if withdrawn, ok := s.withdrawn(said); ok {
			s.withdrawnStatement(said, withdrawn, cells)
			if result == report.Fail {
				return
			}
		}
	}
	noted := RuleResult{Rule: c.rule, Subject: c.subject, Result: result}
	if result == report.Open {
		noted.Need = s.unknowns(cells)
	}
	s.out.Results = append(s.out.Results, noted)
	if result != report.Fail || s.alreadySaid(c.rule, said.Value) {
		return
	}
	f := s.finding(c.rule, s.apart(c.rule, c.subject, said.Value), cells)
	if c.rule == "text.requests_received" && strings.Contains(said.Verb, "新收") {
		f.Severity = report.Error
	}
	s.quote(f, said.Value, said.Sentence, said.Paragraph, cells)
}

// wholeOf adds up the figures that a sentence states for one cell: received online
// 5, by letter 3.
func (s *run) wholeOf(said *report.Statement) report.Amount {
	var whole report.Amount
	for i := range s.r.Narrative {
		if one := &s.r.Narrative[i]; one.Says == said.Says && one.Paragraph == said.Paragraph && one.Sentence == said.Sentence {
			whole += one.Value
		}
	}
	return whole
}

// quote ends a finding about a figure of the prose: the figure, its sentence, and
// what the table has.
func (s *run) quote(f report.Finding, value report.Amount, sentenceText string, paragraph int, cells []int32) {
	table := s.expand(cells)
	f.Left, f.Right = value.String(), table.known.String()
	f.Difference = (value - table.known).String()
	f.Place = report.Place{Paragraph: paragraph}
	var b sentence
	b.add("正文写", "the text says").number(value)
	if said := excerpt(sentenceText, value); said != "" {
		b.add("（“"+said+"”）", " (\""+said+"\")")
	}
	b.add("，表中", "; the table has ")
	s.list(&b, cells)
	s.say(f, &b)
}

// excerpt returns a sentence, or of a long one the clauses around the figure.
func excerpt(text string, value report.Amount) string {
	const around = 120 // bytes: some 40 characters on each side
	at := max(0, strings.Index(text, value.String()))
	from, to := max(0, at-around), min(len(text), at+around)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	cut := text[from:to]
	if from > 0 {
		cut = "…" + cut
	}
	if to < len(text) {
		cut += "…"
	}
	return cut
}

// admits judges whether a figure equals one of some sums of cells. It returns the
// cells of the first sum, with which a finding compares.
func (s *run) admits(sums []string, value report.Amount) (report.Result, []int32) {
	result, first := report.NotApplicable, []int32(nil)
	for _, codes := range sums {
		cells, ok := s.cellsOf(codes)
		if !ok {
			continue
		}
		if first == nil {
			first = cells
		}
		one, _ := equal(side{known: value}, s.expand(cells))
		switch {
		case one == report.Pass:
			return one, first
		case one == report.Open, one == report.Fail && result != report.Open:
			result = one
		}
	}
	return result, first
}

// cellsOf returns the cells of a sum written as a+b.
func (s *run) cellsOf(codes string) ([]int32, bool) {
	var cells []int32
	for code := range strings.SplitSeq(codes, "+") {
		cell, ok := s.plan.form.Cell(standard.CellCode(code))
		if !ok {
			return nil, false
		}
		cells = append(cells, int32(cell.Index))
	}
	return cells, true
}

// expand adds up cells, taking a blank total of the requests table for what its
// applicants are known to hold, which bounds it from below.
func (s *run) expand(cells []int32) side {
	var sum side
	for _, at := range cells {
		v := &s.values[at]
		code := s.plan.form.Cells[at].Code
		if v.State != report.Printed && v.State != report.Unread && code.Column() == standard.Total {
			if parts := s.side(s.plan.row(code.Row())); !parts.missing {
				sum.known += parts.known
				sum.unknown++
				continue
			}
		}
		sum.add(v)
	}
	return sum
}

// alreadySaid reports whether a finding of a rule already quotes a figure.
func (s *run) alreadySaid(rule string, value report.Amount) bool {
	for i := range s.out.Findings {
		if f := &s.out.Findings[i]; f.Rule == rule && f.Left == value.String() {
			return true
		}
	}
	return false
}

// apart keeps the keys of several findings of one rule apart: the first has the
// subject alone, the others the figure too.
func (s *run) apart(rule, subject string, value report.Amount) string {
	for i := range s.out.Findings {
		if f := &s.out.Findings[i]; f.Rule == rule && f.Subject == subject {
			return strings.TrimPrefix(subject+" "+value.String(), " ")
		}
	}
	return subject
}

// withdrawn returns the number of withdrawn requests that the sentence of a
// statement, or its paragraph, gives.
func (s *run) withdrawn(said *report.Statement) (report.Amount, bool) {
	for i := range s.prose.hits {
		h := &s.prose.hits[i]
		if h.word.topic != saysWithdrawn {
			continue
		}
		if h.paragraph != said.Paragraph && !strings.Contains(said.Sentence, h.word.text) {
			continue
		}
		for _, q := range quantities(h.clause()) {
			if !q.vague && (q.unit == "件" || q.unit == "项" || q.unit == "份") {
				return q.value, true
			}
		}
	}
	return 0, false
}

// withdrawnStatement judges handled + withdrawn = total decided.
func (s *run) withdrawnStatement(said *report.Statement, withdrawn report.Amount, cells []int32) {
	const rule = "text.withdrawn"
	result, _ := equal(side{known: said.Value + withdrawn}, s.expand(cells))
	if result == report.Open {
		s.open(rule, "", s.unknowns(cells))
		return
	}
	s.result(rule, "", result)
	if result != report.Fail {
		return
	}
	f := s.finding(rule, "", cells)
	table := s.expand(cells)
	f.Left, f.Right = (said.Value + withdrawn).String(), table.known.String()
	f.Difference = (said.Value + withdrawn - table.known).String()
	f.Place = report.Place{Paragraph: said.Paragraph}
	var b sentence
	b.add("正文写办结", "the text says handled").number(said.Value).add("、撤回", ", withdrawn").number(withdrawn)
	b.add("，合计", ", together").number(said.Value+withdrawn).add("，表中", "; the table has ")
	s.list(&b, cells)
	s.say(f, &b)
}
