package standard

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestFamilies writes the families out: one indicator for each parameter, with
// its own cells and a name that says which it is.
func TestFamilies(t *testing.T) {
	for family, want := range map[string]int{"organisation_mix": 6, "ground_share": 8, "outcome_by_applicant": 6,
		"pending_share": 3, "dispute_load": 3, "document_turnover": 2, "": 0, "open_rate": 0} {
		names := make(map[string]bool)
		for _, i := range Family(family) {
			names[i.Name.ZH] = true
			names[i.Name.EN] = true
		}
		if got := len(Family(family)); got != want || len(names) != 2*want {
			t.Errorf("family %q has %d members with %d names, want %d", family, got, len(names)/2, want)
		}
	}
	process, _ := IndicatorOf("ground_share.process")
	if process.Name.ZH != "不予公开理由构成：属于四类过程性信息" {
		t.Errorf("ground_share.process is called %s", process.Name.ZH)
	}
	f := process.Formulas[F2021]
	if len(f.Numerator) != 1 || f.Numerator[0].Cell != "outcome.denied.process/total" || len(f.Denominator) != 8 {
		t.Errorf("ground_share.process is %s", f)
	}
}

// TestMeasures holds that what is no ratio of sums says in words what it is, and
// stands with its group.
func TestMeasures(t *testing.T) {
	var groups []string
	for _, i := range Indicators() {
		if n := len(groups); n == 0 || groups[n-1] != i.Group {
			groups = append(groups, i.Group)
		}
		for format, f := range i.Formulas {
			if (i.Measure != "") != (f.Words.ZH != "" && f.Words.EN != "") {
				t.Errorf("%s %s: measure %q, words %+v", i.ID, format, i.Measure, f.Words)
			}
		}
		if i.Measure.OfReports() != (i.Group == "reports") {
			t.Errorf("%s of group %s has measure %q", i.ID, i.Group, i.Measure)
		}
	}
	if sorted := slices.Compact(slices.Sorted(slices.Values(groups))); len(sorted) != len(groups) {
		t.Errorf("a group stands in two places: %v", groups)
	}
	for id, want := range map[string]bool{"open_rate": true, "case_load": false, "documents_in_force": false, "coverage": false, "grounds_used": true, "unit_share": false} {
		i, ok := IndicatorOf(id)
		if !ok || i.Pools() != want {
			t.Errorf("%s: found %v, may be summed over years %v, want %v", id, ok, i.Pools(), want)
		}
	}
}

// TestSpecifiedIndicators holds that every indicator of the specification is there:
// by its id, or as a family.
func TestSpecifiedIndicators(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(filepath.Dir(specification(t)), "indicators.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, line := range strings.Split(string(text), "\n") {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), "|")
		if !strings.HasPrefix(line, "| `") || strings.Contains(first, ".") {
			continue
		}
		for _, match := range regexp.MustCompile("`([a-z_0-9]{2,})`").FindAllStringSubmatch(first, -1) {
			found++
			if _, ok := IndicatorOf(match[1]); !ok && len(Family(match[1])) == 0 {
				t.Errorf("%s is not in the catalogue", match[1])
			}
		}
	}
	if found < 60 {
		t.Errorf("%d indicators found in the specification; want more than 60", found)
	}
}
