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
	members := j.w.memberVersions(year)
	for _, cell := range whole.cells.form.Cells {
		total, ok := whole.cells.value(cell.Code).Known()
		if !ok || cell.Signed() {
			continue
		}
		sum := memberSum{cell: cell, due: members.due}
		for _, v := range members.counted {
			sum.add(v)
		}
		j.sum(o, whole, sum, total)
		j.parts(o, whole, sum, total)
	}
}

// memberVersions are the members whose reports a year's sum counts, out of those
// that owe one.
type memberVersions struct {
	due     int
	counted []*version
}

func (w *world) memberVersions(year int) memberVersions {
	var m memberVersions
	for _, row := range w.members() {
		o := w.owed(row, year)
		if o.Publication == "" || o.Publication == report.NotDue {
			continue
		}
		m.due++
		if v := w.counted(o); v != nil {
			m.counted = append(m.counted, v)
		}
	}
	return m
}

// A memberSum is one cell over the members.
type memberSum struct {
	cell    standard.Cell
	due     int
	known   int
	sum     report.Amount
	largest *version
	most    report.Amount
}

func (m *memberSum) add(v *version) {
	a, ok, _ := v.cells.amount(m.cell.Code)
	if !ok {
		return
	}
	m.known++
	m.sum += a
	if m.largest == nil || a > m.most {
		m.largest, m.most = v, a
	}
}

// missing is how many members' figures are not known.
func (m *memberSum) missing() int { return m.due - m.known }

// sum fails only where the members known exceed the whole, or all are known and do
// not make it up.
func (j *judge) sum(o Owed, whole *version, m memberSum, total report.Amount) {
	const rule = "rollup.sum"
	rest := total - m.sum
	switch subject := string(m.cell.Code); {
	case rest == 0 && m.missing() == 0:
		j.say(o, rule, subject, report.Pass, "")
	case rest >= 0 && m.missing() > 0:
		j.say(o, rule, subject, report.Open, fmt.Sprintf("%d 个单位未计入，余数 %v", m.missing(), rest))
	default:
		j.fail(o, report.Finding{Rule: rule, Subject: subject,
			Operands: []report.Operand{{Cell: m.cell.Code, Value: whole.cells.value(m.cell.Code)}},
			Left:     total.String(), Right: m.sum.String(), Difference: rest.String(),
			Text:   fmt.Sprintf("%s：本级 %v，%d 个单位合计 %v，相差 %v。", m.cell.RowLabel.ZH, total, m.known, m.sum, rest),
			TextEN: fmt.Sprintf("%s: the whole %v, %d members together %v, a difference of %v.", m.cell.RowLabel.EN, total, m.known, m.sum, rest)})
	}
}

// parts holds the largest member against the whole.
func (j *judge) parts(o Owed, whole *version, m memberSum, total report.Amount) {
	const rule = "rollup.part_exceeds_whole"
	switch subject := string(m.cell.Code); {
	case m.largest == nil:
		j.say(o, rule, subject, report.Open, "没有单位有数字")
	case m.most <= total && m.missing() > 0:
		j.say(o, rule, subject, report.Open, fmt.Sprintf("%d 个单位未计入", m.missing()))
	case m.most <= total:
		j.say(o, rule, subject, report.Pass, "")
	default:
		row, _ := j.w.find(m.largest.Agency)
		j.fail(o, report.Finding{Rule: rule, Subject: subject,
			Operands: []report.Operand{{Cell: m.cell.Code, Value: whole.cells.value(m.cell.Code)}},
			Left:     m.most.String(), Right: total.String(), Difference: (m.most - total).String(),
			Text:   fmt.Sprintf("%s：%s %v，本级 %v。", m.cell.RowLabel.ZH, row.Agency.Short, m.most, total),
			TextEN: fmt.Sprintf("%s: %s has %v, the whole %v.", m.cell.RowLabel.EN, row.Agency.Short, m.most, total)})
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
	members := j.w.memberVersions(year)
	m := memberSum{cell: cell, due: members.due}
	for _, v := range members.counted {
		m.add(v)
	}
	switch rest := total - m.sum; {
	case !known:
		j.say(o, rule, "", report.Open, "本级上年结转下年度没有数字")
	case rest == 0 && m.missing() == 0:
		j.say(o, rule, "", report.Pass, "")
	case rest >= 0 && m.missing() > 0:
		j.say(o, rule, "", report.Open, fmt.Sprintf("%d 个单位未计入，余数 %v", m.missing(), rest))
	default:
		j.fail(o, report.Finding{Rule: rule, Operands: []report.Operand{{Cell: "requests.carried_out/total[y-1]", Value: out}},
			Left: m.sum.String(), Right: total.String(), Difference: (m.sum - total).String(),
			Text:   fmt.Sprintf("%d 个单位上年结转合计 %v，本级上年报告结转下年度 %v。", m.known, m.sum, total),
			TextEN: fmt.Sprintf("%d members carried in %v together, the whole carried out %v the year before.", m.known, m.sum, total)})
	}
}
