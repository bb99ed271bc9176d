package check

import (
	"fmt"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// procurementUnit doubts the unit of the procurement amount (checks.md §4).
func (s *run) procurementUnit() {
	const rule = "disclosure.procurement_unit"
	at := s.plan.at("disclosure.procurement.amount")
	projects := s.plan.at("disclosure.procurement.projects")
	suspect, why := s.unitSuspect(rule, at)
	if amount, ok := s.values[at].Known(); ok && !suspect {
		per := report.Amount(s.threshold(rule, "per_project"))
		if n, ok := s.values[projects].Known(); ok && n > 0 && amount/per > n {
			suspect = true
			why = standard.Label{ZH: fmt.Sprintf("采购项目 %v 个，平均每个超过 %d 万元", n, per),
				EN: fmt.Sprintf("%v projects, more than %d 万元 each", n, per)}
		}
	}
	s.unitFinding(rule, []int32{at, projects}, suspect, why)
}

// feeUnit doubts the unit of the amount of fees, also by what the text states.
func (s *run) feeUnit() {
	const rule = "disclosure.fee_unit"
	at := s.plan.at("disclosure.fee.amount")
	suspect, why := s.unitSuspect(rule, at)
	if amount, ok := s.values[at].Known(); ok && !suspect && amount > 0 {
		for i := range s.r.Narrative {
			said := &s.r.Narrative[i]
			if said.Says == "disclosure.fee.amount" && said.Value > 0 && amount/10000 == said.Value {
				suspect = true
				why = standard.Label{ZH: fmt.Sprintf("正文写 %v 万元", said.Value), EN: fmt.Sprintf("the text says %v 万元", said.Value)}
			}
		}
	}
	s.unitFinding(rule, []int32{at}, suspect, why)
}

// unitSuspect applies the tests that all amounts share, and says which one found
// something.
func (s *run) unitSuspect(rule string, at int32) (bool, standard.Label) {
	amount, ok := s.values[at].Known()
	if !ok {
		return false, standard.Label{}
	}
	if unitInside(s.values[at].Text) == "元" {
		return true, standard.Label{ZH: "格内单位为元", EN: "the cell is in 元"}
	}
	small := report.Amount(s.threshold(rule, "small"))
	if s.small() && amount/small > report.One {
		return true, standard.Label{
			ZH: fmt.Sprintf("街道、乡镇的金额超过 %d 万元", small), EN: fmt.Sprintf("more than %d 万元 for a street or town", small)}
	}
	digits := int(s.threshold(rule, "digits"))
	if text := amount.String(); amount.Whole() && len(text) >= digits && strings.HasSuffix(text, "000") {
		return true, standard.Label{
			ZH: fmt.Sprintf("%d 位以上且末三位为 000 的整数", digits), EN: fmt.Sprintf("an integer of %d digits or more ending in 000", digits)}
	}
	return false, standard.Label{}
}

// unitFinding reports a doubtful unit. An amount that prints its unit is read as it
// says; without one nobody knows, and the version needs review (checks.md §10).
func (s *run) unitFinding(rule string, cells []int32, suspect bool, why standard.Label) {
	v := &s.values[cells[0]]
	if v.State != report.Printed {
		s.result(rule, "", report.NotApplicable)
		return
	}
	s.judged(rule, "", suspect)
	if !suspect {
		return
	}
	f := s.finding(rule, "", cells)
	f.Threshold, f.Left = s.limits(rule), v.Text
	var b sentence
	b.label(s.plan.names[cells[0]].full).add("原文“"+v.Text+"”，", " reads \""+v.Text+"\"; ").label(why)
	if unitInside(v.Text) == "" {
		f.Attribution = report.ByUnknown
		s.unitDoubt = fmt.Sprintf("%s“%s”未写单位，%s", s.plan.names[cells[0]].full.ZH, v.Text, why.ZH)
	}
	s.say(f, &b)
}
