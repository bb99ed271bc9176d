package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A yearCase is two or three years and what one rule says of the last.
type yearCase struct {
	rule, subject, why string
	want               report.Result
	severity           report.Severity
	now, last, then    *report.Reading
}

func at(format standard.Format, year int, pairs ...string) *report.Reading {
	return set(zeros(format, year), pairs...)
}

func yearCases() []yearCase {
	const f14, f19, f21 = standard.F2014, standard.F2019, standard.F2021
	eight := []string{"requests.new/*=3", "outcome.total/*=3"}
	return []yearCase{
		{"year.requests_carry", "total", "carried over", report.Pass, "", at(f21, 2022, "requests.carried_in/total=3"), at(f21, 2021, "requests.carried_out/total=3"), nil},
		{"year.requests_carry", "total", "lost, across the forms", report.Fail, "error", at(f21, 2021), at(f19, 2020, "requests.carried_out/total=3"), nil},
		{"year.requests_carry", "natural", "lost in a column", report.Fail, "warning", at(f21, 2022), at(f21, 2021, "requests.carried_out/natural=3"), nil},
		{"year.requests_carry", "total", "a blank", report.Open, "", at(f21, 2022, "requests.carried_in/total="), at(f21, 2021, "requests.carried_out/total=3"), nil},
		{"year.requests_carry", "", "2018 has no carry row", report.NotApplicable, "", at(f19, 2019), at(f14, 2018), nil},
		{"year.documents_stock", "disclosure.normative", "follows", report.Pass, "", at(f21, 2022, "disclosure.normative.in_force=11", "disclosure.normative.issued=2", "disclosure.normative.repealed=1"), at(f21, 2021, "disclosure.normative.in_force=10"), nil},
		{"year.documents_stock", "disclosure.normative", "does not", report.Fail, "warning", at(f21, 2022, "disclosure.normative.in_force=14"), at(f21, 2021, "disclosure.normative.in_force=10"), nil},
		{"year.documents_stock", "disclosure.normative", "a blank", report.Open, "", at(f21, 2022, "disclosure.normative.issued=", "disclosure.normative.in_force=14"), at(f21, 2021, "disclosure.normative.in_force=10"), nil},
		{"year.documents_stock", "", "across the forms", report.NotApplicable, "", at(f21, 2021, "disclosure.normative.in_force=14"), at(f19, 2020), nil},
		{"year.repeal_bound", "disclosure.normative", "enough to repeal", report.Pass, "", at(f21, 2022, "disclosure.normative.repealed=2"), at(f21, 2021, "disclosure.normative.in_force=2"), nil},
		{"year.repeal_bound", "disclosure.normative", "too many", report.Fail, "warning", at(f21, 2022, "disclosure.normative.repealed=5"), at(f21, 2021, "disclosure.normative.in_force=2"), nil},
		{"year.repeal_bound", "disclosure.normative", "a blank", report.Open, "", at(f21, 2022, "disclosure.normative.repealed=5"), at(f21, 2021, "disclosure.normative.in_force="), nil},
		{"year.items_stock", "disclosure.penalty", "follows", report.Pass, "", at(f19, 2020, "disclosure.penalty.prior_items=17"), at(f19, 2019, "disclosure.penalty.prior_items=20", "disclosure.penalty.change=-3"), nil},
		{"year.items_stock", "disclosure.penalty", "does not", report.Fail, "warning", at(f19, 2020, "disclosure.penalty.prior_items=20"), at(f19, 2019, "disclosure.penalty.prior_items=20", "disclosure.penalty.change=-3"), nil},
		{"year.items_stock", "disclosure.penalty", "a blank change may be negative", report.Open, "", at(f19, 2020, "disclosure.penalty.prior_items=17"), at(f19, 2019, "disclosure.penalty.prior_items=20", "disclosure.penalty.change="), nil},
		{"year.public_total", "disclosure.normative", "grew", report.Pass, "", at(f19, 2020, "disclosure.normative.public_total=22"), at(f19, 2019, "disclosure.normative.public_total=21"), nil},
		{"year.public_total", "disclosure.normative", "fell", report.Fail, "notice", at(f19, 2020, "disclosure.normative.public_total=15"), at(f19, 2019, "disclosure.normative.public_total=21"), nil},
		{"year.public_total", "disclosure.normative", "a blank", report.Open, "", at(f19, 2020, "disclosure.normative.public_total="), at(f19, 2019, "disclosure.normative.public_total=21"), nil},
		{"year.appeals_pending", "review", "go on", report.Pass, "", at(f21, 2022, "review.total=3"), at(f21, 2021, "review.pending=3"), nil},
		{"year.appeals_pending", "review", "gone", report.Fail, "notice", at(f21, 2022, "review.total=1"), at(f21, 2021, "review.pending=3"), nil},
		{"year.appeals_pending", "review", "a blank", report.Open, "", at(f21, 2022, "review.total="), at(f21, 2021, "review.pending=3"), nil},
		{"year.same_numbers", "", "another figure", report.Pass, "", at(f21, 2022, append(eight, "review.total=1")...), at(f21, 2021, eight...), nil},
		{"year.same_numbers", "", "all the same", report.Fail, "warning", at(f21, 2022, eight...), at(f21, 2021, eight...), nil},
		{"year.same_numbers", "", "the same, but few", report.Pass, "", at(f21, 2022, "requests.new/*=3"), at(f21, 2021, "requests.new/*=3"), nil},
		{"year.jump", "", "small figures", report.Pass, "", at(f21, 2022, "review.total=19"), at(f21, 2021, "review.total=1"), nil},
		{"year.jump", "review.total", "up", report.Fail, "notice", at(f21, 2022, "review.total=31"), at(f21, 2021, "review.total=4"), nil},
		{"year.jump", "review.total", "down to 0", report.Fail, "notice", at(f21, 2022), at(f21, 2021, "review.total=31"), nil},
		{"year.jump", "outcome.other/total", "three rows against one", report.Fail, "notice", at(f21, 2021, "outcome.other.no_correction/total=20", "outcome.other.rest/total=11"), at(f19, 2020, "outcome.other/total=4"), nil},
		{"year.jump", "disclosure.", "across the forms", report.NotApplicable, "", at(f21, 2021, "disclosure.penalty.decisions=500"), at(f19, 2020, "disclosure.penalty.decisions=3"), nil},
		{"year.scale_slip", "disclosure.fee.amount", "元 and 万元", report.Fail, "warning", at(f21, 2022, "disclosure.fee.amount=251000"), at(f21, 2021, "disclosure.fee.amount=25.1"), nil},
		{"year.scale_slip", "", "a factor of 7", report.Pass, "", at(f21, 2022, "review.total=700"), at(f21, 2021, "review.total=100"), nil},
		{"year.sudden_zero", "review.total", "after two years", report.Fail, "notice", at(f21, 2023), at(f21, 2022, "review.total=36"), at(f21, 2021, "review.total=40")},
		{"year.sudden_zero", "", "after one year", report.Pass, "", at(f21, 2023), at(f21, 2022, "review.total=36"), at(f21, 2021, "review.total=4")},
	}
}

func TestYears(t *testing.T) {
	for _, c := range yearCases() {
		t.Run(c.rule+"/"+strings.ReplaceAll(c.why, "/", " "), func(t *testing.T) {
			one := ruleCase{c.rule, c.subject, c.why, c.want, c.severity, c.now, Context{Kind: standard.Street, Previous: c.last, Earlier: c.then}}
			out := Report(one.r, one.with)
			if got := resultOf(t, out, c.rule, c.subject); got.Result != c.want || (c.want == report.NotApplicable) != (got.Why.ZH != "") {
				t.Errorf("%s, why %q; want %s, and a reason exactly where a break switches it off", got.Result, got.Why.ZH, c.want)
			}
			found := findingsOf(out, c.rule)
			if (len(found) > 0) != (c.want == report.Fail) {
				t.Fatalf("%d findings, want them exactly where the rule fails", len(found))
			}
			for _, f := range found {
				if f.Subject == c.subject && c.severity != "" && f.Severity != c.severity {
					t.Errorf("severity %s, want %s", f.Severity, c.severity)
				}
			}
			if alone := Report(one.r, street); out.Status != alone.Status {
				t.Errorf("status %s, without the year before %s: no year rule touches it", out.Status, alone.Status)
			}
		})
	}
}

// TestReasons holds that a change across a break in meaning names the reason, and
// that one with a total that moved alike is said once.
func TestReasons(t *testing.T) {
	out := Report(at(standard.F2021, 2024, "review.total=40"), Context{Previous: at(standard.F2021, 2023)})
	found := findingsOf(out, "year.jump")
	if len(found) != 1 || !strings.Contains(found[0].Text, "行政复议法") || !strings.Contains(found[0].TextEN, "Article 23") {
		t.Errorf("a jump of reviews into 2024: %+v", found)
	}
	out = Report(at(standard.F2021, 2022, "disclosure.penalty.decisions=40"),
		Context{Kind: standard.Town, Previous: at(standard.F2021, 2021)})
	if found := findingsOf(out, "year.jump"); len(found) != 1 || !strings.Contains(found[0].Text, "执法权") {
		t.Errorf("a jump of a town's penalties: %+v", found)
	}
	out = Report(row(at(standard.F2021, 2022), "requests.new", "40 0 0 0 0 0 40"), Context{Previous: at(standard.F2021, 2021)})
	if found := findingsOf(out, "year.jump"); len(found) != 1 || found[0].Subject != "requests.new/total" {
		t.Errorf("a jump in a row: %+v", found)
	}
}

// TestYearText pins the sentence and operands of a comparison.
func TestYearText(t *testing.T) {
	out := Report(at(standard.F2021, 2021), Context{Previous: at(standard.F2019, 2020, "requests.carried_out/total=3")})
	found := findingsOf(out, "year.requests_carry")
	if len(found) != 1 {
		t.Fatalf("%d findings, want one", len(found))
	}
	f := found[0]
	want := []string{"上年结转（总计） 0；上年结转下年度（总计） 3。", "Carried in (Total) 0; the year before carried out (Total) 3.", "0", "3", "-3"}
	if diff := cmp.Diff(want, []string{f.Text, f.TextEN, f.Left, f.Right, f.Difference}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(f.Operands) != 2 || f.Operands[1].Cell != "requests.carried_out/total[y-1]" || f.Operands[1].Value.Amount != report.Count(3) {
		t.Errorf("operands %+v", f.Operands)
	}
}

func TestGaps(t *testing.T) {
	if diff := cmp.Diff([]int{2017, 2020}, Gaps([]int{2021, 2016, 2018, 2019, 2021})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Gaps(nil); got != nil {
		t.Errorf("Gaps(nil) = %v", got)
	}
}

// TestExtent: no year is compared across a merger or split, with the reason; a new
// name is no break.
func TestExtent(t *testing.T) {
	agency := &report.Agency{ID: "990101002", Kind: standard.Street}
	for became, cut := range map[report.Succession]bool{report.Merged: true, report.Split: true, report.Renamed: false} {
		for until, next := range map[int]bool{2021: true, 2020: false, 2022: false} {
			with := Context{Agency: agency, Previous: at(standard.F2021, 2021, "requests.carried_out/total=3"),
				Register: []report.Agency{{ID: "990101001", Until: until, Became: became, Heir: agency.ID}}}
			out := Report(at(standard.F2021, 2022), with)
			i := slices.IndexFunc(out.Results, func(r RuleResult) bool { return r.Rule == "year.requests_carry" && r.Why.ZH != "" })
			if off := len(findingsOf(out, "year.requests_carry")) == 0; off != (cut && next) || off != (i >= 0) {
				t.Errorf("%s until %d: off %v, reason %v", became, until, off, i >= 0)
			}
		}
	}
}
