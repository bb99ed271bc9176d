package aggregate

import (
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// rollUps judges the reports of governments against those of their members.
func (j *judge) rollUps(q store.Query) error {
	own, ok := j.w.own()
	if !ok {
		return nil
	}
	for _, year := range j.w.asked(q) {
		o := j.w.owed(own, year)
		if o.Publication == "" {
			continue
		}
		j.covered(o, year)
		whole := j.w.counted(o)
		if whole == nil || whole.Format == standard.F2014 {
			continue
		}
		scope, err := j.s.scope(j.ctx, o.Version, j.w.run)
		if err != nil {
			return err
		}
		j.scope(o, scope)
		if !scope.Known || !scope.Whole {
			for _, rule := range []string{"rollup.sum", "rollup.part_exceeds_whole", "rollup.carry"} {
				j.say(o, rule, "", report.NotApplicable, "本级报告没有说明汇总各单位")
			}
			continue
		}
		j.sums(o, whole, year)
		j.carryIn(o, year)
	}
	return nil
}

// covered gives the four numbers of a roll-up.
func (j *judge) covered(o Owed, year int) {
	const rule = "rollup.coverage"
	b := j.w.basis(year)
	readable := b.Published - b.Unreadable
	switch {
	case b.Unknown > 0 && b.Published+b.Unknown == b.Due:
		j.say(o, rule, "", report.Open, fmt.Sprintf("%d 个单位未能查看", b.Unknown))
	case b.Verified == b.Due:
		j.say(o, rule, "", report.Pass, "")
	default:
		j.fail(o, report.Finding{Rule: rule, Left: fmt.Sprint(b.Verified), Right: fmt.Sprint(b.Due),
			Text:   fmt.Sprintf("应有 %d 个单位，找到 %d 份报告，可读 %d 份，已核验 %d 份。", b.Due, b.Published, readable, b.Verified),
			TextEN: fmt.Sprintf("%d units expected, %d reports found, %d readable, %d verified.", b.Due, b.Published, readable, b.Verified)})
	}
}

func (j *judge) scope(o Owed, scope Scope) {
	const rule = "rollup.scope"
	if scope.Known {
		j.say(o, rule, "", report.Pass, scope.Says.Text)
		return
	}
	j.fail(o, report.Finding{Rule: rule, Attribution: report.ByAgency,
		Text:   "报告没有说明其数字是本级一家还是包括所属单位，不与各单位合计核对。",
		TextEN: "The report does not say whether its figures are its own office's or include its units; they are not held against the sum of the members."})
}

// sums holds every additive cell of the whole against the members that are there.
func (j *judge) sums(o Owed, whole *version, year int) {
	members := j.w.rollUpMembers(year)
	for _, cell := range whole.cells.form.Cells {
		total, ok := whole.cells.value(cell.Code).Known()
		if !ok || cell.Signed() {
			continue
		}
		c := sumCell(members, whole.cells.form, cell)
		c.Own, c.Diff = whole.cells.value(cell.Code), total-c.Sum
		j.sum(o, c, j.w.explain(c, members))
		j.parts(o, c, members)
	}
}

// sum fails only where the members known exceed the whole, or all are known and do
// not make it up. It names the units that would explain the gap.
func (j *judge) sum(o Owed, c RollUpCell, by []Explanation) {
	const rule = "rollup.sum"
	total, _ := c.Own.Known()
	switch subject := string(c.Cell.Code); c.Interval().holds(total) {
	case report.Pass:
		j.say(o, rule, subject, report.Pass, "")
	case report.Open:
		j.say(o, rule, subject, report.Open, fmt.Sprintf("%d 个单位未计入，余数 %v", c.LeftOut, c.Diff))
	default:
		zh, en := explained(by)
		j.fail(o, report.Finding{Rule: rule, Subject: subject,
			Operands: []report.Operand{{Cell: c.Cell.Code, Value: c.Own}},
			Left:     total.String(), Right: c.Sum.String(), Difference: c.Diff.String(),
			Text:   fmt.Sprintf("%s：本级 %v，%d 个单位合计 %v，相差 %v。", c.Cell.RowLabel.ZH, total, c.Counted, c.Sum, c.Diff) + zh,
			TextEN: fmt.Sprintf("%s: the whole %v, %d members together %v, a difference of %v.", c.Cell.RowLabel.EN, total, c.Counted, c.Sum, c.Diff) + en})
	}
}

// parts holds the largest member against the whole.
func (j *judge) parts(o Owed, c RollUpCell, members []memberYear) {
	const rule = "rollup.part_exceeds_whole"
	most, largest := report.Amount(0), (*Owed)(nil)
	for _, m := range members {
		if m.counted == nil {
			continue
		}
		if a, ok, _ := m.counted.cells.amount(c.Cell.Code); ok && (largest == nil || a > most) {
			most, largest = a, m.owed
		}
	}
	total, _ := c.Own.Known()
	switch subject := string(c.Cell.Code); {
	case largest == nil:
		j.say(o, rule, subject, report.Open, "没有单位有数字")
	case most <= total && c.LeftOut > 0:
		j.say(o, rule, subject, report.Open, fmt.Sprintf("%d 个单位未计入", c.LeftOut))
	case most <= total:
		j.say(o, rule, subject, report.Pass, "")
	default:
		name := largest.Agency.Short
		j.fail(o, report.Finding{Rule: rule, Subject: subject,
			Operands: []report.Operand{{Cell: c.Cell.Code, Value: c.Own}},
			Left:     most.String(), Right: total.String(), Difference: (most - total).String(),
			Text:   fmt.Sprintf("%s：%s %v，本级 %v。", c.Cell.RowLabel.ZH, name, most, total),
			TextEN: fmt.Sprintf("%s: %s has %v, the whole %v.", c.Cell.RowLabel.EN, name, most, total)})
	}
}

// carryIn holds what the members carried in against what the whole carried out of
// the year before.
func (j *judge) carryIn(o Owed, year int) {
	const rule = "rollup.carry"
	before := j.w.versions[owedKey{o.Agency.ID, year - 1}]
	if before == nil || before.Format == standard.F2014 || !before.Status.Counts() {
		j.say(o, rule, "", report.NotApplicable, "本级没有可用的上年报告")
		return
	}
	out := before.cells.value(standard.At("requests.carried_out", standard.Total))
	total, known := out.Known()
	cell, _ := standard.FormOf(standard.F2021).Cell(standard.At("requests.carried_in", standard.Total))
	c := sumCell(j.w.rollUpMembers(year), standard.FormOf(standard.F2021), cell)
	result := c.Interval().holds(total)
	switch {
	case !known:
		j.say(o, rule, "", report.Open, "本级上年结转下年度没有数字")
	case result == report.Pass:
		j.say(o, rule, "", report.Pass, "")
	case result == report.Open:
		j.say(o, rule, "", report.Open, fmt.Sprintf("%d 个单位未计入，余数 %v", c.LeftOut, total-c.Sum))
	default:
		j.fail(o, report.Finding{Rule: rule, Operands: []report.Operand{{Cell: "requests.carried_out/total[y-1]", Value: out}},
			Left: c.Sum.String(), Right: total.String(), Difference: (c.Sum - total).String(),
			Text:   fmt.Sprintf("%d 个单位上年结转合计 %v，本级上年报告结转下年度 %v。", c.Counted, c.Sum, total),
			TextEN: fmt.Sprintf("%d members carried in %v together, the whole carried out %v the year before.", c.Counted, c.Sum, total)})
	}
}
