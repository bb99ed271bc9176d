package check

import (
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// relations applies the arithmetic of the form.
func (s *run) relations() {
	for i := range s.plan.relations {
		s.relation(&s.plan.relations[i])
	}
}

// side adds up the cells of one side.
func (s *run) side(cells []int32) side {
	var sum side
	for _, i := range cells {
		sum.add(&s.values[i])
	}
	return sum
}

// relation judges one relation, notes the result and, where it fails, the finding.
func (s *run) relation(r *relation) {
	if r.op == opEach {
		s.each(r)
		return
	}
	left, right := s.side(r.left), s.side(r.right)
	var result report.Result
	var mark Mark
	switch r.op {
	case opSum:
		result, mark = sum(left, right)
	case opEqual:
		result, mark = equal(left, right)
	case opNotNegative:
		result = atMost(right, left)
	default:
		result = atMost(left, right)
	}
	s.note(r, result, mark)
	if result == report.Fail {
		s.fail(r, left, right)
	}
}

// note records what a relation said and, where it is open, the cells it needs.
func (s *run) note(r *relation, result report.Result, mark Mark) {
	noted := RuleResult{Rule: r.rule, Subject: r.subject, Result: result, Mark: mark}
	if result == report.Open {
		noted.Need = append(s.unknowns(r.left), s.unknowns(r.right)...)
	}
	s.out.Results = append(s.out.Results, noted)
}

// unknowns returns the codes of the cells that hold no number.
func (s *run) unknowns(cells []int32) []standard.CellCode {
	n := 0
	for _, i := range cells {
		if s.values[i].State != report.Printed {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	need := make([]standard.CellCode, 0, n)
	for _, i := range cells {
		if s.values[i].State != report.Printed {
			need = append(need, s.plan.form.Cells[i].Code)
		}
	}
	return need
}

// each judges that every cell on the left is at most the one on the right. Cells
// that the document lacks are passed over: the others can still be compared.
func (s *run) each(r *relation) {
	right := s.side(r.right)
	result := report.NotApplicable
	var above []int32
	for _, i := range r.left {
		var left side
		left.add(&s.values[i])
		switch atMost(left, right) {
		case report.Fail:
			above = append(above, i)
			result = report.Fail
		case report.Open:
			if result != report.Fail {
				result = report.Open
			}
		case report.Pass:
			if result == report.NotApplicable {
				result = report.Pass
			}
		}
	}
	s.note(r, result, 0)
	if result == report.Fail {
		s.failEach(r, above)
	}
}

// fail makes the finding of a relation between two sums.
func (s *run) fail(r *relation, left, right side) {
	f := s.finding(r.rule, r.subject, join(r.left, r.right))
	switch {
	case left.known > right.known && r.above != "":
		f.Severity = r.above
	case left.known < right.known && r.below != "":
		f.Severity = r.below
	}
	f.Left, f.Right = left.known.String(), right.known.String()
	f.Difference = (left.known - right.known).String()
	text := s.sentence(r, left, right)
	f.Text, f.TextEN = text.ZH, text.EN
	s.out.Findings = append(s.out.Findings, f)
	if r.violation {
		s.out.Violations = append(s.out.Violations, f.Violation())
	}
}

// failEach makes the finding of parts above their total.
func (s *run) failEach(r *relation, above []int32) {
	f := s.finding(r.rule, r.subject, join(above, r.right))
	var largest report.Amount
	for _, i := range above {
		largest = max(largest, s.values[i].Amount)
	}
	total := s.values[r.right[0]].Amount
	f.Left, f.Right, f.Difference = largest.String(), total.String(), (largest - total).String()
	text := s.eachSentence(r, above)
	f.Text, f.TextEN = text.ZH, text.EN
	s.out.Findings = append(s.out.Findings, f)
}

// join returns the cells of both lists in a new one.
func join(a, b []int32) []int32 {
	all := make([]int32, 0, len(a)+len(b))
	return append(append(all, a...), b...)
}

// finding begins a finding of a rule with what the catalogue says of it.
func (s *run) finding(id, subject string, cells []int32) report.Finding {
	rule, _ := standard.RuleOf(id)
	f := report.Finding{
		Rule: id, RuleVersion: rule.Version, Subject: subject,
		Severity: report.Severity(rule.Severity), Formula: rule.Formula.ZH,
		Attribution: s.attribute(cells),
	}
	if len(cells) > 0 {
		f.Operands = make([]report.Operand, len(cells))
		for i, at := range cells {
			f.Operands[i] = report.Operand{Cell: s.plan.form.Cells[at].Code, Value: s.values[at]}
		}
	}
	return f
}
