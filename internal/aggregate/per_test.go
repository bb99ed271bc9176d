package aggregate

import (
	"context"
	"math"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// counted is a fixture in which three streets have reports that count.
func counted(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	f.watch("990101001", "990101002", "990101003")
	printed := report.Date{Year: 2024, Month: 1, Day: 18}
	for i, id := range []report.AgencyID{"990101001", "990101002", "990101003"} {
		f.publish(id, 2023, int64(40-15*i), report.Verified, printed, at(2024, time.January, 20))
	}
	return f
}

// TestPer holds that a count is set against the requests decided of the same reports,
// and that a ratio is not.
func TestPer(t *testing.T) {
	f := counted(t)
	s := New(f.db, today)
	ask := func(ind string, per Per) (Comparison, error) {
		return s.Compare(context.Background(), CompareQuery{Units: []string{"990101001", "990101"}, Indicator: ind, From: 2023, To: 2023, Per: per})
	}
	if _, err := ask("open_rate", PerDecided); err == nil {
		t.Error("a rate was set against a count")
	}
	plain, err := ask("reviews", "")
	f.must(err)
	closed, err := ask("requests_closed", "")
	f.must(err)
	per, err := ask("reviews", PerDecided)
	f.must(err)
	share, err := ask("reviews", PerReport)
	f.must(err)
	for i := range per.Series {
		n, d, got := plain.Series[i].Figures[0], closed.Series[i].Figures[0], per.Series[i].Figures[0]
		if !got.Known || got.Numerator != n.Numerator || got.Denominator != d.Numerator || math.Abs(got.Value-100*n.Value/d.Value) > 1e-9 {
			t.Errorf("%d: %+v of %+v over %+v", i, got, n, d)
		}
	}
	region := share.Series[1].Figures[0]
	if region.Basis.Usable < 2 || math.Abs(region.Value-plain.Series[1].Figures[0].Value/float64(region.Basis.Usable)) > 1e-9 {
		t.Errorf("each report: %+v", region)
	}
	if ind, _ := standard.IndicatorOf("requests_new"); PerDecided.Fits(ind) {
		t.Error("requests received are no share of those decided")
	}
}

// TestRanked holds that the units of a comparison are ranked as all are.
func TestRanked(t *testing.T) {
	f := counted(t)
	s := New(f.db, today)
	c, err := s.Compare(context.Background(), CompareQuery{Units: []string{"990101001", "990101002", "990101003"}, Indicator: "open_rate", From: 2023, To: 2023})
	f.must(err)
	ranked := c.Ranked(2023)
	if len(ranked) != 3 {
		t.Fatalf("%d of 3 units", len(ranked))
	}
	for i, e := range ranked {
		if e.Agency.ID != c.Series[e.At].Agency.ID {
			t.Errorf("entry %d is not its series", i)
		}
		if (e.Rank > 0) != e.Figure.ranked() {
			t.Errorf("%s: rank %d of %+v", e.Agency.ID, e.Rank, e.Figure)
		}
	}
	if len(c.Ranked(1999)) != 0 {
		t.Error("a year that was not asked for was ranked")
	}
}
