package check

import (
	"slices"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// neverOpen are the rules that have no open answer, each with what its text says that
// leaves none: checks.md §1 gives open to relations that a blank could mend.
func neverOpen() map[string]string {
	const (
		shown = "it is about what stands in a cell, which is seen"
		form  = "it is about what the document has, which is seen"
		words = "it is about words, which stand there or do not"
		pairs = "it compares printed figures and leaves the others out"
		doubt = "it fires only on doubt (§10)"
	)
	all := map[string]string{
		"disclosure.rules_by_body": "any cell above 0 fails it; a blank is above nothing",
		"cross.all_zero":           "a blank counts as the rule says: a printed 0 or blank",
		"cross.suspicious_row":     "it is the trace of printed figures",
		"year.gap":                 "a year has a report or has none",
	}
	for reason, rules := range map[string]string{
		shown: "cell.not_integer cell.negative cell.token cell.blank cell.unit_in_cell cell.year_like cell.too_long disclosure.procurement_unit disclosure.fee_unit",
		form: "form.year_format form.missing_section form.section_order form.missing_table form.image_table form.row_set form.column_set form.total_blank " +
			"form.label_drift form.duplicate_table form.template_left",
		words: "text.info_fee text.period text.stale_year text.unit_name text.problems text.supervision text.typo",
		pairs: "year.same_numbers year.jump year.scale_slip year.sudden_zero",
		doubt: "read.disagreement read.grid read.anchors read.near_repair read.confidence read.encoding read.hidden read.truncated publish.wrong_year publish.wrong_unit",
	} {
		for _, rule := range strings.Fields(rules) {
			all[rule] = reason
		}
	}
	return all
}

// silentCases are reports of which a rule says nothing, because nothing is wrong: rules
// that answer only where the readers noted something pass so.
func silentCases() []ruleCase {
	var cases []ruleCase
	for _, rule := range standard.Rules() {
		quiet := slices.Contains([]string{"form.image_table", "form.label_drift", "form.duplicate_table"}, rule.ID)
		if rule.Scope == standard.ScopeReading || !rule.AcrossReports() && rule.Scope == standard.ScopePublication || quiet {
			cases = append(cases, ruleCase{rule: rule.ID, why: "nothing was noted", want: report.Pass, r: sectioned(f21(), six()...), with: street})
		}
	}
	return cases
}

func TestSilent(t *testing.T) {
	for _, c := range silentCases() {
		if found := findingsOf(Report(c.r, c.with), c.rule); len(found) > 0 {
			t.Errorf("%s: %+v of a tidy report", c.rule, found)
		}
	}
}

// ruleCases are all cases of the rules of one report and its years.
func ruleCases() []ruleCase {
	all := slices.Concat(cellCases(), formCases(), withinCases(), narrativeCases(), proseCases(), openTextCases(), readingCases(), silentCases())
	for _, c := range figureCases() {
		all = append(all, ruleCase{rule: c.rule, want: c.want})
	}
	for _, c := range yearCases() {
		all = append(all, ruleCase{rule: c.rule, want: c.want})
	}
	// Those with a test of their own: TestNearRepair and TestGaps.
	return append(all, ruleCase{rule: "read.near_repair", want: report.Fail}, ruleCase{rule: "year.gap", want: report.Fail}, ruleCase{rule: "year.gap", want: report.Pass})
}

// TestEveryRule holds that the cases answer every rule of one report with pass, fail and
// open, but for the open of those whose text leaves none; such a reason is not kept for a
// rule that has an open case after all.
func TestEveryRule(t *testing.T) {
	answers := make(map[string]map[report.Result]bool)
	for _, c := range ruleCases() {
		if answers[c.rule] == nil {
			answers[c.rule] = make(map[report.Result]bool)
		}
		answers[c.rule][c.want] = true
	}
	counted := 0
	for _, rule := range standard.Rules() {
		if rule.AcrossReports() {
			continue // internal/aggregate holds these the same way
		}
		counted++
		for _, want := range []report.Result{report.Pass, report.Fail, report.Open} {
			why := neverOpen()[rule.ID]
			switch {
			case want == report.Open && why != "" && answers[rule.ID][want]:
				t.Errorf("%s has an open case, though %s", rule.ID, why)
			case want == report.Open && why != "":
			case !answers[rule.ID][want]:
				t.Errorf("%s: no case that is %s", rule.ID, want)
			}
		}
	}
	if counted < 80 {
		t.Errorf("%d rules of one report; the catalogue should hold more", counted)
	}
	for id := range answers {
		if _, ok := standard.RuleOf(id); !ok {
			t.Errorf("%s: the catalogue has no such rule", id)
		}
	}
	for id := range neverOpen() {
		if _, ok := standard.RuleOf(id); !ok {
			t.Errorf("%s has a reason and is no rule", id)
		}
	}
}
