package check

import (
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A before is a reading of an earlier year, with the place of each cell of this
// year's form in its own.
type before struct {
	r      *report.Reading
	values []report.Value
	at     []int32 // by position in this form; -1 where the other form has no such cell
}

// value returns what the earlier year has in a cell of this year's form.
func (b *before) value(cell int32) report.Value {
	if at := b.at[cell]; at >= 0 {
		return b.values[at]
	}
	return report.Value{}
}

// earlier prepares the reading of an earlier year, nil where there is none of that
// year or it has no figures.
func (s *run) earlier(r *report.Reading, years int) *before {
	if r == nil || s.r.Year == 0 || r.Year != s.r.Year-years {
		return nil
	}
	form := standard.FormOf(r.Format)
	if form == nil || len(r.Values) != len(form.Cells) {
		return nil
	}
	return &before{r: r, values: r.Values, at: s.plan.against[r.Format]}
}

// placesIn returns for each cell of a form its position in another form.
func placesIn(form, other *standard.Form) []int32 {
	at := make([]int32, len(form.Cells))
	for i, cell := range form.Cells {
		at[i] = -1
		if there, ok := other.Cell(cell.Code); ok {
			at[i] = int32(there.Index)
		}
	}
	return at
}

// yearRules are the rules that need the year before.
var yearRules = [...]string{"year.requests_carry", "year.documents_stock", "year.repeal_bound", "year.items_stock",
	"year.public_total", "year.appeals_pending", "year.same_numbers", "year.jump", "year.scale_slip", "year.sudden_zero"}

// years applies the rules of checks.md §5. A change is never computed across a
// break in the series; the result says why.
func (s *run) years() {
	last := s.earlier(s.with.Previous, 1)
	if last == nil {
		return
	}
	why, cut := s.cutFrom(last)
	if !cut {
		why, cut = s.extent(1)
	}
	if cut {
		for _, rule := range yearRules {
			s.switchedOff(rule, "", why)
		}
		return
	}
	if s.r.Format != standard.F2014 && last.r.Format != standard.F2014 {
		s.carry(last)
		s.appealsPending(last)
		s.disclosureYears(last)
	}
	s.sameNumbers(last)
	earlier := s.earlier(s.with.Earlier, 2)
	if _, cut := s.extent(2); cut {
		earlier = nil
	}
	s.changes(last, earlier)
}

// extent reports whether the agency's figures were of another extent some years before.
func (s *run) extent(years int) (standard.Label, bool) {
	if s.with.Agency == nil {
		return standard.Label{}, false
	}
	return s.with.Agency.Extent(s.with.Register, s.r.Year-years, s.r.Year)
}

// switchedOff notes that a break keeps a rule from being computed.
func (s *run) switchedOff(rule, subject string, why standard.Label) {
	s.out.Results = append(s.out.Results, RuleResult{Rule: rule, Subject: subject, Result: report.NotApplicable, Why: why})
}

// cutFrom reports whether no series goes on from an earlier reading to this one: the
// years lie on two sides of a hard break, or one still has the table of before it.
func (s *run) cutFrom(b *before) (standard.Label, bool) {
	if (s.r.Format == standard.F2014) != (b.r.Format == standard.F2014) {
		return seriesEnds(2018, 2019)
	}
	return seriesEnds(b.r.Year, s.r.Year)
}

// seriesEnds reports whether no series goes on from one year to the next.
func seriesEnds(from, to int) (standard.Label, bool) {
	for _, b := range standard.Breaks() {
		if b.Hard && from <= b.Before && to >= b.After {
			return b.Reason, true
		}
	}
	return standard.Label{}, false
}

// A yearBreak is a break between two readings for some rows. Off says that no
// change is computed; otherwise a change carries the reason.
type yearBreak struct {
	rows   []string
	reason standard.Label
	off    bool
}

// breaksTo returns the breaks between an earlier reading and this one. A break at
// which the form changes switches rules off, also where the forms used changed in
// another year than the prescribed ones; one within a form is a reason to give.
func (s *run) breaksTo(b *before) []yearBreak {
	var all []yearBreak
	for _, one := range standard.Breaks() {
		if one.Hard {
			continue
		}
		old, _ := standard.FormatForYear(one.Before)
		next, _ := standard.FormatForYear(one.After)
		crossed := b.r.Year <= one.Before && s.r.Year >= one.After
		swapped := old != next && b.r.Format != s.r.Format
		if crossed || swapped {
			all = append(all, yearBreak{rows: wholeTable(one.Rows), reason: one.Reason, off: old != next})
		}
	}
	if s.small() && s.r.Year >= 2021 {
		all = append(all, yearBreak{rows: []string{"disclosure.penalty.decisions", "disclosure.coercion.decisions"},
			reason: standard.Label{ZH: "2021 年起街道、乡镇陆续承接行政执法权", EN: "from 2021 enforcement powers were handed down to streets and towns, place by place"}})
	}
	return all
}

// wholeTable widens a break in the disclosure table to all of it: no change of that
// table is computed across it (checks.md §11), although decisions are counted alike
// on both sides.
func wholeTable(rows []string) []string {
	for _, row := range rows {
		if strings.HasPrefix(row, "disclosure.") {
			return []string{"disclosure."}
		}
	}
	return rows
}

// breakAt returns the break that concerns a cell, nil for none. One that switches
// off comes before one that explains.
func breakAt(breaks []yearBreak, code standard.CellCode) *yearBreak {
	var found *yearBreak
	for i := range breaks {
		for _, row := range breaks[i].rows {
			if strings.HasPrefix(string(code), row) && (found == nil || breaks[i].off) {
				found = &breaks[i]
			}
		}
	}
	return found
}

// A comparison is one relation between this year and the one before.
type comparison struct {
	rule, subject string
	left, right   []int32 // cells of this year
	leftOld       []int32 // cells of the year before, by position in this year's form
	rightOld      []int32
	op            op
	severity      report.Severity
}

// compare judges a comparison.
func (s *run) compare(last *before, c comparison) {
	left, right := s.side(c.left), s.side(c.right)
	for _, at := range c.leftOld {
		v := last.value(at)
		left.add(&v)
	}
	for _, at := range c.rightOld {
		v := last.value(at)
		right.add(&v)
	}
	result, mark := report.Result(""), Mark(0)
	if c.op == opEqual {
		result, mark = equal(left, right)
	} else {
		result = atMost(left, right)
	}
	noted := RuleResult{Rule: c.rule, Subject: c.subject, Result: result, Mark: mark}
	if result == report.Open {
		noted.Need = append(s.unknowns(c.left), s.unknowns(c.right)...)
		noted.Need = append(append(noted.Need, s.unknownsBefore(last, c.leftOld)...), s.unknownsBefore(last, c.rightOld)...)
	}
	s.out.Results = append(s.out.Results, noted)
	if result == report.Fail {
		s.compared(last, c, left, right)
	}
}

// yearBefore is how the code of a cell of the year before is written.
func yearBefore(code standard.CellCode) standard.CellCode { return code + "[y-1]" }

// unknownsBefore returns the cells of the year before that hold no number.
func (s *run) unknownsBefore(last *before, cells []int32) []standard.CellCode {
	var need []standard.CellCode
	for _, at := range cells {
		if last.value(at).State != report.Printed {
			need = append(need, yearBefore(s.plan.form.Cells[at].Code))
		}
	}
	return need
}

// compared makes the finding of a comparison.
func (s *run) compared(last *before, c comparison, left, right side) {
	f := s.finding(c.rule, c.subject, join(c.left, c.right))
	if c.severity != "" {
		f.Severity = c.severity
	}
	s.oldOperands(&f, last, join(c.leftOld, c.rightOld))
	f.Left, f.Right = left.known.String(), right.known.String()
	f.Difference = (left.known - right.known).String()
	var b sentence
	s.list(&b, join(c.left, c.right))
	for _, at := range join(c.leftOld, c.rightOld) {
		b.add("；上年", "; the year before ").label(s.plan.names[at].full)
		s.oldWords(&b, last, at)
	}
	s.say(f, &b)
}

// oldOperands adds cells of the year before to a finding, and doubts it where
// their reading is doubtful.
func (s *run) oldOperands(f *report.Finding, last *before, cells []int32) {
	for _, at := range cells {
		code := s.plan.form.Cells[at].Code
		f.Operands = append(f.Operands, report.Operand{Cell: yearBefore(code), Value: last.value(at)})
		for _, doubt := range last.r.Doubts {
			if doubt.Cell == code {
				f.Attribution = report.ByReading
			}
		}
	}
	if f.Attribution == report.ByAgency && slices.ContainsFunc(last.r.Doubts, func(d report.Doubt) bool { return readsFigures(d.Rule) }) {
		f.Attribution = report.ByUnknown
	}
}

// oldWords writes what the year before has in a cell.
func (s *run) oldWords(b *sentence, last *before, at int32) {
	v := last.value(at)
	if a, ok := v.Known(); ok {
		b.number(a)
		return
	}
	b.add("无数", " without a number")
}

// carry compares what is carried in with what the year before carried out.
func (s *run) carry(last *before) {
	for _, c := range standard.Columns() {
		severity := report.Warning
		if c == standard.Total {
			severity = report.Error
		}
		s.compare(last, comparison{rule: "year.requests_carry", subject: string(c), op: opEqual, severity: severity,
			left: s.plan.column(c, "requests.carried_in"), rightOld: s.plan.column(c, "requests.carried_out")})
	}
}

// appealsPending looks for the cases that were open at the end of the year before.
func (s *run) appealsPending(last *before) {
	for _, kind := range standard.AppealKinds() {
		k := standard.CellCode(kind)
		s.compare(last, comparison{rule: "year.appeals_pending", subject: kind, op: opAtMost,
			leftOld: s.plan.all(k + ".pending"), right: s.plan.all(k + ".total")})
	}
}

// disclosureYears follows the stocks of the disclosure table, within one form.
func (s *run) disclosureYears(last *before) {
	breaks := s.breaksTo(last)
	if b := breakAt(breaks, "disclosure.rules"); b != nil && b.off {
		for _, rule := range []string{"year.documents_stock", "year.repeal_bound", "year.items_stock", "year.public_total"} {
			s.switchedOff(rule, "", b.reason)
		}
		return
	}
	if s.r.Format == standard.F2019 {
		s.itemsYears(last)
		return
	}
	for _, x := range []standard.CellCode{"disclosure.rules", "disclosure.normative"} {
		inForce, issued, repealed := s.plan.all(x+".in_force"), s.plan.all(x+".issued"), s.plan.all(x+".repealed")
		s.compare(last, comparison{rule: "year.documents_stock", subject: string(x), op: opEqual,
			left: join(inForce, repealed), right: issued, rightOld: inForce})
		s.compare(last, comparison{rule: "year.repeal_bound", subject: string(x), op: opAtMost,
			left: repealed, right: issued, rightOld: inForce})
	}
}

// itemsYears are the stocks of F2019. A change that is not known may be negative,
// so the rule about items stays open without it.
func (s *run) itemsYears(last *before) {
	for _, x := range itemKinds() {
		items := s.plan.items(x)
		subject := "disclosure." + x
		if v := last.value(items[1]); v.State == report.Blank || v.State == report.Dash || v.State == report.Words {
			s.out.Results = append(s.out.Results, RuleResult{Rule: "year.items_stock", Subject: subject, Result: report.Open,
				Need: s.unknownsBefore(last, items)})
			continue
		}
		s.compare(last, comparison{rule: "year.items_stock", subject: subject, op: opEqual,
			left: items[:1], rightOld: items})
	}
	for _, x := range []standard.CellCode{"disclosure.rules", "disclosure.normative"} {
		total := s.plan.all(x + ".public_total")
		s.compare(last, comparison{rule: "year.public_total", subject: string(x), op: opAtMost, leftOld: total, right: total})
	}
}

// sameNumbers finds a report that repeats the figures of the year before.
func (s *run) sameNumbers(last *before) {
	const rule = "year.same_numbers"
	if s.r.Format != last.r.Format {
		s.result(rule, "", report.NotApplicable)
		return
	}
	least, filled := int(s.threshold(rule, "cells")), 0
	for i := range s.values {
		v, old := &s.values[i], &last.values[i]
		if v.State != old.State || v.Amount != old.Amount {
			s.result(rule, "", report.Pass)
			return
		}
		if v.State == report.Printed && v.Amount != 0 {
			filled++
		}
	}
	s.judged(rule, "", filled >= least)
	if filled < least {
		return
	}
	f := s.finding(rule, "", nil)
	f.Left, f.Threshold = fmt.Sprint(filled), s.limits(rule)
	var b sentence
	b.add(fmt.Sprintf("%d 个非零格与 %d 年报告全部相同", filled, last.r.Year),
		fmt.Sprintf("all %d cells above 0 equal those of the report for %d", filled, last.r.Year))
	s.say(f, &b)
}

// Gaps returns the years between the first and the last published one that have no
// report (rule year.gap).
func Gaps(published []int) []int {
	years := slices.Sorted(slices.Values(published))
	var gaps []int
	for i := 1; i < len(years); i++ {
		for year := years[i-1] + 1; year < years[i]; year++ {
			gaps = append(gaps, year)
		}
	}
	return gaps
}
