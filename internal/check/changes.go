package check

import (
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A change is one cell over two or three years.
type change struct {
	cell            int32
	now, last, then report.Amount
	three           bool // the year two before is known too
	reason          standard.Label
}

// A mover is what makes a change a finding: a rule with its numbers.
type mover struct {
	rule  string
	judge func(change) bool
	text  standard.Label
}

// changes applies the rules about how cells move. A change of an applicant is left
// out where the total of its row moved alike: the total says it.
func (s *run) changes(last, then *before) {
	breaks := s.breaksTo(last)
	if then != nil {
		if _, cut := s.cutFrom(then); cut {
			then = nil
		}
	}
	movers := s.movers()
	said := make(map[int32]bool) // cells that a more telling rule has reported
	var older []yearBreak
	if then != nil {
		older = s.breaksTo(then)
	}
	for i := range breaks {
		if breaks[i].off {
			for _, m := range movers {
				s.switchedOff(m.rule, breaks[i].rows[0], breaks[i].reason)
			}
		}
	}
	for _, m := range movers {
		moved := false
		for _, at := range s.plan.order {
			c, ok := s.changeOf(at, last, then, breaks, older)
			if !ok || !m.judge(c) {
				continue
			}
			moved = true
			if said[at] || said[s.totalOf(at)] {
				continue
			}
			said[at] = true
			s.moved(m, c, last)
		}
		if !moved {
			s.result(m.rule, "", report.Pass)
		}
	}
	s.otherOutcomes(last, movers)
}

// movers returns the rules, the more telling first.
func (s *run) movers() []mover {
	tolerance, slip := s.threshold("year.scale_slip", "tolerance"), s.threshold("year.scale_slip", "floor")
	zero := report.Count(int64(s.threshold("year.sudden_zero", "floor")))
	floor, ratio := report.Count(int64(s.threshold("year.jump", "floor"))), s.threshold("year.jump", "ratio")
	return []mover{
		{"year.scale_slip", func(c change) bool { return scaleSlip(c.now, c.last, tolerance, slip) },
			standard.Label{ZH: "，比值接近 10 的整数次方", EN: ", a ratio near a power of ten"}},
		{"year.sudden_zero", func(c change) bool { return c.three && c.now == 0 && c.last >= zero && c.then >= zero },
			standard.Label{ZH: "，此前两年均不为零", EN: ", after two years above 0"}},
		{"year.jump", func(c change) bool { return jump(c.now, c.last, floor, ratio) },
			standard.Label{}},
	}
}

// jump reports a change by a factor of ratio or more where the larger figure is
// not small.
func jump(now, last, floor report.Amount, ratio float64) bool {
	large, small := max(now, last), min(now, last)
	return small >= 0 && large >= floor && large.Float() >= ratio*small.Float()
}

// scaleSlip reports a ratio near 10, 100, 1,000 or 10,000.
func scaleSlip(now, last report.Amount, tolerance, floor float64) bool {
	large, small := max(now, last).Float(), min(now, last).Float()
	if small <= 0 || large < floor {
		return false
	}
	for _, power := range []float64{10, 100, 1000, 10000} {
		if r := large / small / power; r >= 1-tolerance && r <= 1+tolerance {
			return true
		}
	}
	return false
}

// orderOf puts the totals of rows before their applicants.
func orderOf(form *standard.Form) []int32 {
	var totals, others []int32
	for i, cell := range form.Cells {
		if cell.Signed() {
			continue
		}
		if cell.Code.Column() == standard.Total {
			totals = append(totals, int32(i))
			continue
		}
		others = append(others, int32(i))
	}
	return append(totals, others...)
}

// totalOf returns the total of the row that an applicant's cell stands in, and the
// cell itself elsewhere.
func (s *run) totalOf(at int32) int32 {
	code := s.plan.form.Cells[at].Code
	if code.Column() == "" || code.Column() == standard.Total {
		return at
	}
	return at + int32(len(standard.Columns())-1-applicantIndex(code.Column()))
}

// applicantIndex returns the position of a column in its row.
func applicantIndex(c standard.Applicant) int {
	for i, one := range standard.Columns() {
		if one == c {
			return i
		}
	}
	return 0
}

// changeOf returns the figures of a cell, and false where a year has none or a
// break switches the comparison off.
func (s *run) changeOf(at int32, last, then *before, breaks, older []yearBreak) (change, bool) {
	now, ok := s.values[at].Known()
	if !ok {
		return change{}, false
	}
	old := last.value(at)
	was, ok := old.Known()
	if !ok {
		return change{}, false
	}
	c := change{cell: at, now: now, last: was}
	code := s.plan.form.Cells[at].Code
	if b := breakAt(breaks, code); b != nil {
		if b.off {
			return change{}, false
		}
		c.reason = b.reason
	}
	if then != nil {
		if b := breakAt(older, code); b == nil || !b.off {
			v := then.value(at)
			c.then, c.three = v.Known()
		}
	}
	return c, true
}

// moved makes the finding of a change.
func (s *run) moved(m mover, c change, last *before) {
	code := s.plan.form.Cells[c.cell].Code
	s.result(m.rule, string(code), report.Fail)
	f := s.finding(m.rule, string(code), []int32{c.cell})
	s.oldOperands(&f, last, []int32{c.cell})
	s.movedText(f, m, c, s.plan.names[c.cell].full, last.r.Year)
}

// movedText ends the finding of a change: both years and, where the meaning of the
// cell changed between them, the reason.
func (s *run) movedText(f report.Finding, m mover, c change, name standard.Label, year int) {
	f.Left, f.Right, f.Difference, f.Threshold = c.now.String(), c.last.String(), (c.now - c.last).String(), s.limits(m.rule)
	var b sentence
	b.label(name).add(fmt.Sprintf("：%d 年", year), fmt.Sprintf(": %d", year)).number(c.last)
	b.add(fmt.Sprintf("，%d 年", s.r.Year), fmt.Sprintf(", %d", s.r.Year)).number(c.now).label(m.text)
	if c.reason.ZH != "" {
		b.add("；"+c.reason.ZH, "; "+c.reason.EN)
		f.Severity = report.Notice
	}
	s.say(f, &b)
}

// otherOutcomes compares 其他处理 as a sum where one form has it in one row and the
// other in three.
func (s *run) otherOutcomes(last *before, movers []mover) {
	if s.r.Format == last.r.Format || s.r.Format == standard.F2014 || last.r.Format == standard.F2014 {
		return
	}
	now, ok := otherSum(s.r)
	if !ok {
		return
	}
	was, ok := otherSum(last.r)
	if !ok {
		return
	}
	c := change{now: now, last: was}
	for _, m := range movers {
		if m.judge(c) {
			const subject = "outcome.other/total"
			s.result(m.rule, subject, report.Fail)
			s.movedText(s.finding(m.rule, subject, nil), m, c, standard.Label{ZH: "其他处理（合计）", EN: "otherwise ended (sum)"}, last.r.Year)
			return
		}
	}
}

// otherSum returns the total of 其他处理 over its rows.
func otherSum(r *report.Reading) (sum report.Amount, ok bool) {
	for _, row := range standard.OtherOutcomes(r.Format) {
		a, known := r.Value(standard.At(row, standard.Total)).Known()
		if !known {
			return 0, false
		}
		sum += a
	}
	return sum, true
}
