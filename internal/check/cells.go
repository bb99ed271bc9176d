package check

import (
	"strconv"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A tally gathers what the cell rules report once for a table.
type tally struct {
	present             bool
	tokens, blanks      []int32
	units               []int32 // cells with the unit of the form printed inside
	foreign             []int32 // cells with another unit
	fractions, negative []int32
	years, long         []int32
}

// cells applies the rules that look at one cell alone (checks.md §3).
func (s *run) cells() {
	tallies := make([]tally, len(s.plan.tables))
	digits := s.threshold("cell.too_long", "digits")
	limit := report.One
	for i := 1; i < int(digits); i++ {
		limit *= 10
	}
	for i := range s.values {
		v := &s.values[i]
		if v.State == report.Absent {
			continue
		}
		t := &tallies[s.plan.facets[i].table]
		t.present = true
		switch v.State {
		case report.Blank:
			t.blanks = append(t.blanks, int32(i))
		case report.Dash, report.Words:
			t.tokens = append(t.tokens, int32(i))
		case report.Printed:
			if len(v.Text) > 1 || v.Amount >= 10*report.One || v.Amount < 0 {
				s.number(t, int32(i), v, limit)
			}
		}
	}
	for i := range tallies {
		s.tally(&s.plan.tables[i], &tallies[i])
	}
}

// number looks at one printed number.
func (s *run) number(t *tally, at int32, v *report.Value, limit report.Amount) {
	facet := s.plan.facets[at]
	if v.Amount < 0 && !facet.signed {
		t.negative = append(t.negative, at)
	}
	if !facet.money && !v.Amount.Whole() {
		t.fractions = append(t.fractions, at)
	}
	if unit := unitInside(v.Text); unit == s.plan.form.Cells[at].Unit {
		t.units = append(t.units, at)
	} else if unit != "" {
		t.foreign = append(t.foreign, at)
	}
	year := report.Count(int64(s.r.Year))
	if !facet.money && s.r.Year > 0 && (v.Amount == year || v.Amount == year-report.One) {
		t.years = append(t.years, at)
	}
	if !facet.money && s.small() && v.Amount >= limit || likeTelephoneOrDate(v.Amount) {
		t.long = append(t.long, at)
	}
}

// unitInside returns the unit that stands behind the number in a cell, and "" for
// a bare number.
func unitInside(text string) standard.Unit {
	text = strings.TrimSpace(text)
	if text == "" || text[len(text)-1] < 0x80 {
		return ""
	}
	for _, unit := range []standard.Unit{"亿元", "万元", "元", "人次", "件次", "件", "项", "条", "次", "篇", "个", "人", "份", "宗", "起"} {
		if strings.HasSuffix(text, string(unit)) {
			return unit
		}
	}
	return ""
}

// likeTelephoneOrDate reports whether a number has the shape of a mobile number or
// of a date such as 20200131.
func likeTelephoneOrDate(a report.Amount) bool {
	if !a.Whole() {
		return false
	}
	n := int64(a / report.One)
	if n >= 13_000_000_000 && n <= 19_999_999_999 {
		return true
	}
	year, month, day := n/10000, n/100%100, n%100
	return year >= 1990 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// tally turns what was gathered of a table into results and findings.
func (s *run) tally(p *tablePlan, t *tally) {
	subject := string(p.table)
	if !t.present {
		return
	}
	s.perCell("cell.not_integer", subject, t.fractions, "不是整数", "is no integer", "")
	s.perCell("cell.negative", subject, t.negative, "小于 0", "is below 0", "")
	smaller := report.Severity("")
	if s.small() {
		smaller = report.Warning
	}
	s.perCell("cell.year_like", subject, t.years, "与报告年度或上一年度相同", "equals the report year or the year before", smaller)
	s.perCell("cell.too_long", subject, t.long, "位数过多，或形似电话、日期", "has many digits, or looks like a telephone number or a date", "")
	s.judged("cell.token", subject, len(t.tokens) > 0)
	s.listed("cell.token", subject, t.tokens, p.name, "格为符号或文字", "cells hold a sign or words", "")
	s.blanks(p, t.blanks)
	s.units(p, t)
}

// perCell reports each of some cells for itself.
func (s *run) perCell(rule, subject string, cells []int32, zh, en string, severity report.Severity) {
	s.judged(rule, subject, len(cells) > 0)
	for _, at := range cells {
		f := s.finding(rule, string(s.plan.form.Cells[at].Code), []int32{at})
		f.Left, f.Threshold = s.values[at].Amount.String(), s.limits(rule)
		if severity != "" {
			f.Severity = severity
		}
		var b sentence
		b.label(s.plan.names[at].full).number(s.values[at].Amount).add(" "+zh, " "+en)
		s.say(f, &b)
	}
}

// listed reports some cells of a table in one finding.
func (s *run) listed(rule, subject string, cells []int32, table standard.Label, zh, en string, severity report.Severity) {
	if len(cells) == 0 {
		return
	}
	f := s.finding(rule, subject, cells)
	f.Left = strconv.Itoa(len(cells))
	if severity != "" {
		f.Severity = severity
	}
	var b sentence
	b.label(table).add(" "+f.Left+" "+zh+"：", ", "+f.Left+" "+en+": ")
	s.nameSome(&b, cells)
	s.say(f, &b)
}

// nameSome names the first few of some cells.
func (s *run) nameSome(b *sentence, cells []int32) {
	const most = 4
	for i, at := range cells {
		if i == most {
			b.add(" 等", " and others")
			return
		}
		if i > 0 {
			b.add("、", ", ")
		}
		b.label(s.plan.names[at].full)
	}
}

// blanks reports the blanks of a table, as a warning where a whole row or column
// is blank.
func (s *run) blanks(p *tablePlan, blanks []int32) {
	var severity report.Severity
	if len(blanks) > 1 {
		for _, l := range p.lines {
			if s.all(l, report.Blank) {
				severity = report.Warning
				break
			}
		}
	}
	s.judged("cell.blank", string(p.table), len(blanks) > 0)
	s.listed("cell.blank", string(p.table), blanks, p.name, "格空白", "blank cells", severity)
}

// all reports whether all of some cells are in a state.
func (s *run) all(cells []int32, state report.State) bool {
	for _, at := range cells {
		if s.values[at].State != state {
			return false
		}
	}
	return true
}

// units reports units inside cells: counts in one finding a table, a warning where
// the form counts in another unit, and each amount of money with its value as taken.
func (s *run) units(p *tablePlan, t *tally) {
	const rule = "cell.unit_in_cell"
	s.judged(rule, string(p.table), len(t.units)+len(t.foreign) > 0)
	var other, money []int32
	for _, at := range t.foreign {
		if s.plan.facets[at].money {
			money = append(money, at)
			continue
		}
		other = append(other, at)
	}
	s.listed(rule, string(p.table), t.units, p.name, "格内带单位", "cells have a unit inside", "")
	s.listed(rule, string(p.table)+" unit", other, p.name, "格内单位与表定单位不同", "cells have another unit than the form inside", report.Warning)
	for _, at := range money {
		cell := s.plan.form.Cells[at]
		v := s.values[at]
		f := s.finding(rule, string(cell.Code), []int32{at})
		f.Severity = report.Warning
		f.Left, f.Right = v.Text, v.Amount.String()+string(cell.Unit)
		var b sentence
		b.label(s.plan.names[at].full).add("原文“"+v.Text+"”，按", " reads \""+v.Text+"\", taken as").number(v.Amount)
		b.add(" "+string(cell.Unit)+"计", " "+string(cell.Unit))
		s.say(f, &b)
	}
}

// judged notes pass or fail.
func (s *run) judged(rule, subject string, failed bool) {
	result := report.Pass
	if failed {
		result = report.Fail
	}
	s.result(rule, subject, result)
}

// say ends the sentence of a finding and keeps it.
func (s *run) say(f report.Finding, b *sentence) {
	text := b.end()
	f.Text, f.TextEN = text.ZH, text.EN
	s.out.Findings = append(s.out.Findings, f)
}

// threshold returns the number a rule compares with.
func (s *run) threshold(rule, name string) float64 { return s.with.Thresholds.Of(rule, name) }

// limits writes the thresholds of a rule as they were used, "" where it has none.
func (s *run) limits(rule string) string { return s.with.Thresholds.Used(rule) }
