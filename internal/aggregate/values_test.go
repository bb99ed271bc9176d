package aggregate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// TestValues: what is exported of every indicator is what a comparison shows, for each
// agency and each region above it; a question about a street has its agency alone.
func TestValues(t *testing.T) {
	f := newFixture(t)
	f.watch("990101001", "990101002", "990101003", "990101004", "990101-gov")
	f.look(today(), true)
	for i, agency := range []report.AgencyID{"990101001", "990101002", "990101003"} {
		f.publish(agency, 2022, int64(20*i+4), report.Verified, report.Date{Year: 2023, Month: 1, Day: 20}, today())
	}
	f.publish("990101001", 2023, 60, report.NeedsReview, report.Date{Year: 2024, Month: 1, Day: 20}, today())
	s := New(f.db, today)
	got := make(map[string]Series)
	var order []string
	f.must(s.Values(t.Context(), store.Query{}, func(one Series) error {
		unit := string(one.Region)
		if one.Agency.ID != "" {
			unit = string(one.Agency.ID)
		}
		if one.Indicator.ID == "requests_new" {
			order = append(order, unit)
		}
		got[unit+" "+one.Indicator.ID] = one
		return nil
	}))
	if want := "99 9901 990101 990101001 990101002 990101003 990101004 990101-gov"; strings.Join(order, " ") != want {
		t.Errorf("units in the order %v, want %s", order, want)
	}
	if want := 8 * len(standard.Indicators()); len(got) != want {
		t.Errorf("%d series, want %d", len(got), want)
	}
	for _, id := range []string{"requests_new", "review_corrected_rate", "clean_rate", "late_rate"} {
		for _, unit := range order {
			c, err := s.Compare(t.Context(), CompareQuery{Units: []string{unit}, Indicator: id})
			f.must(err)
			if diff := cmp.Diff(sayings(c.Series[0]), sayings(got[unit+" "+id])); diff != "" {
				t.Errorf("%s of %s (-compared +exported):\n%s", id, unit, diff)
			}
		}
	}
	n := 0
	f.must(s.Values(t.Context(), store.Query{Region: "990101002"}, func(one Series) error {
		if n++; one.Agency.ID != "990101002" {
			t.Errorf("a street has the series of %s", one.Name)
		}
		return nil
	}))
	if n != len(standard.Indicators()) {
		t.Errorf("a street has %d series", n)
	}
}

// sayings are what a series says, year by year.
func sayings(s Series) []string {
	var all []string
	for _, f := range s.Figures {
		all = append(all, fmt.Sprint(f.Year, f.Known, f.Numerator, f.Denominator, f.Value, f.Low, f.High, f.Code, f.Reason, f.Break, f.Basis.Usable, f.Basis.Due))
	}
	return all
}
