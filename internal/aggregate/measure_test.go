package aggregate

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestGroundsUsed: of the worked example's 730 refusals the shares give 4.2 of 8
// grounds.
func TestGroundsUsed(t *testing.T) {
	v := worked()
	f := newCells(v).figure(indicator("grounds_used"), v)
	if got := fmt.Sprintf("%.1f", f.Value); got != "4.2" || f.Denominator != report.Count(730) || f.Numerator.String() != "4.2" || f.Code != "A" {
		t.Errorf("grounds_used is %s of %v (%s), want 4.2 of 730", got, f.Denominator, f.Code)
	}
	one := printed(standard.F2021, map[standard.CellCode]int64{"outcome.denied.process/total": 40})
	if f := newCells(one).figure(indicator("grounds_used"), one); f.Value != 1 || f.Small != "" {
		t.Errorf("one ground for all refusals gives %+v", f)
	}
	none := printed(standard.F2021, nil)
	if f := newCells(none).figure(indicator("grounds_used"), none); f.Defined || f.Code != "D" {
		t.Errorf("without refusals it is %+v", f)
	}
	set(&v, "outcome.denied.process/total", report.Value{State: report.Words})
	if f := newCells(v).figure(indicator("grounds_used"), v); f.Known || f.Code != "M" {
		t.Errorf("a ground in words gives %+v", f)
	}
}

// figureOf asks for one figure of one unit.
func figureOf(t *testing.T, s *Service, unit, id string, year int) Figure {
	t.Helper()
	c, err := s.Compare(context.Background(), CompareQuery{Units: []string{unit}, Indicator: id, From: year, To: year})
	if err != nil {
		t.Fatal(err)
	}
	return c.Series[0].Figures[0]
}

// TestShares: a unit's part of the whole, the part of the three largest, and the
// unit that brings over half.
func TestShares(t *testing.T) {
	f := newFixture(t)
	found := at(2024, time.January, 20)
	for i, n := range []int64{60, 20, 10, 10} {
		f.publish(report.AgencyID(fmt.Sprintf("99010100%d", i+1)), 2023, n, report.Verified, report.Date{}, found)
	}
	s := New(f.db, today)
	if got := figureOf(t, s, "990101001", "unit_share", 2023); got.Value != 60 || got.Denominator != report.Count(100) {
		t.Errorf("share of the first unit: %+v", got)
	}
	if got := figureOf(t, s, "990101", "concentration", 2023); got.Value != 90 {
		t.Errorf("the three largest of 60, 20, 10, 10 are %v %% of the sum", got.Value)
	}
	for unit, id := range map[string]string{"990101": "unit_share", "990101002": "concentration"} {
		if got := figureOf(t, s, unit, id, 2023); got.Known || got.Reason == "" {
			t.Errorf("%s of %s: %+v", id, unit, got)
		}
	}
	d := figureOf(t, s, "990101", "requests_new", 2023).Dominant
	if d == nil || d.Agency.ID != "990101001" || d.Share != 0.6 || d.Without.Numerator != report.Count(40) {
		t.Errorf("dominant unit: %+v", d)
	}
	open := figureOf(t, s, "990101", "open_rate", 2023).Dominant
	if open == nil || open.Without.Denominator != report.Count(40) || open.Without.Value != 50 {
		t.Errorf("dominant unit of a ratio: %+v", open)
	}
	f.publish("990101002", 2023, 60, report.Verified, report.Date{}, found)
	if d := figureOf(t, s, "990101", "requests_new", 2023).Dominant; d != nil {
		t.Errorf("60 of 140 is dominant: %+v", d)
	}
}

// TestTiming: the four parts of a year's publication add up to 100 %.
func TestTiming(t *testing.T) {
	f := newFixture(t)
	f.watch("990101001", "990101002", "990101003", "990101004")
	f.look(at(2023, time.January, 5), true)
	f.publish("990101001", 2022, 10, report.Verified, report.Date{}, at(2023, time.January, 22)) // before its deadline
	f.look(at(2023, time.February, 10), true)
	f.publish("990101002", 2022, 10, report.Verified, report.Date{}, at(2023, time.February, 12)) // looked for after the deadline
	s := New(f.db, today)
	want := map[string]int64{"on_time_rate": 1, "late_rate": 1, "untold_rate": 0, "missing_rate": 2, "coverage": 2}
	sum := 0.0
	for id, n := range want {
		got := figureOf(t, s, "990101", id, 2022)
		if got.Numerator != report.Count(n) || got.Denominator != report.Count(4) {
			t.Errorf("%s is %v of %v, want %d of 4", id, got.Numerator, got.Denominator, n)
		}
		if id != "coverage" {
			sum += got.Value
		}
	}
	if math.Abs(sum-100) > 1e-9 {
		t.Errorf("the four parts add up to %v", sum)
	}
	if got := figureOf(t, s, "990101002", "publication_day", 2022); got.Value != 43 || got.Low != 41 || got.High != 43 {
		t.Errorf("published between day %v and day %v, shown at %v; want 41 to 43", got.Low, got.High, got.Value)
	}
}

// TestReportMeasures follows what is said of the reports themselves.
func TestReportMeasures(t *testing.T) {
	f := newFixture(t)
	f.watch("990101001", "990101002", "990101003", "990101004")
	found := at(2024, time.January, 20)
	f.publish("990101001", 2022, 10, report.Verified, report.Date{}, at(2023, time.January, 20))
	f.publish("990101001", 2023, 10, report.Verified, report.Date{}, found)
	f.publish("990101001", 2023, 12, report.Verified, report.Date{}, found)
	f.publish("990101002", 2023, 10, report.Inconsistent, report.Date{}, found)
	f.look(at(2024, time.February, 10), true)
	s := New(f.db, today)
	for _, c := range []struct {
		unit, id string
		n, d     int64
	}{
		{"990101", "revisions", 1, 2},
		{"990101", "clean_rate", 2, 2},
		{"990101", "errors_by_rule", 0, 2},
		{"990101", "machine_readable", 2, 2},
		{"990101001", "carry_consistency", 1, 1},
		{"990101001", "blank_share", 0, int64(len(standard.FormOf(standard.F2021).Cells))},
		{"990101", "verified_share", int64(len(standard.FormOf(standard.F2021).Cells)), 4 * int64(len(standard.FormOf(standard.F2021).Cells))},
	} {
		got := figureOf(t, s, c.unit, c.id, 2023)
		if got.Numerator != report.Count(c.n) || got.Denominator != report.Count(c.d) {
			t.Errorf("%s of %s is %v of %v, want %d of %d", c.id, c.unit, got.Numerator, got.Denominator, c.n, c.d)
		}
	}
	if got := figureOf(t, s, "990101003", "blank_share", 2023); got.Known || got.Code != "M" {
		t.Errorf("blank share of a missing report: %+v", got)
	}
}

// TestPool: figures are summed over the years of one form, never across forms, and
// what counts cases twice is not.
func TestPool(t *testing.T) {
	f := newFixture(t)
	for year, n := range map[int]int64{2020: 100, 2021: 10, 2022: 12, 2023: 14} {
		f.publish("990101001", year, n, report.Verified, report.Date{}, at(year+1, time.January, 20))
	}
	s := New(f.db, today)
	ask := func(id string) Comparison {
		c, err := s.Compare(context.Background(), CompareQuery{Units: []string{"990101001", "990101"}, Indicator: id, Pool: true})
		f.must(err)
		return c
	}
	c := ask("open_rate")
	if len(c.Pools) != 2 || c.Pools[1] != (Pool{standard.F2021, 2021, 2023}) || c.Pools[1].Name().ZH != "2021—2023 年合计" {
		t.Fatalf("spans %+v", c.Pools)
	}
	for _, series := range c.Series {
		got := series.Figures[1]
		if got.Numerator != report.Count(18) || got.Denominator != report.Count(36) || got.Small != "" || got.From != 2021 || got.Basis.Usable != 3 {
			t.Errorf("%s: %v of %v from %d, %d reports", series.Name, got.Numerator, got.Denominator, got.From, got.Basis.Usable)
		}
		if first := series.Figures[0]; first.Denominator != report.Count(100) {
			t.Errorf("%s in F2019: %+v", series.Name, first)
		}
	}
	for _, series := range ask("case_load").Series {
		if got := series.Figures[1]; got.Known || got.Reason == "" {
			t.Errorf("the case load was summed over years: %+v", got)
		}
	}
}

// TestPooledRanking: units too small for a rank in one year have one over several.
func TestPooledRanking(t *testing.T) {
	f := newFixture(t)
	for year := 2021; year <= 2023; year++ {
		f.publish("990101001", year, 12, report.Verified, report.Date{}, at(year+1, time.January, 20))
		f.publish("990101002", year, 4, report.Verified, report.Date{}, at(year+1, time.January, 20))
	}
	f.publish("990101001", 2020, 500, report.Verified, report.Date{}, at(2021, time.January, 20))
	s := New(f.db, today)
	one, err := s.Ranking(context.Background(), "990101", "open_rate", 2023, 0)
	f.must(err)
	pooled, err := s.PooledRanking(context.Background(), "990101", "open_rate", 2023, 0)
	f.must(err)
	for _, e := range one.Entries {
		if e.Rank != 0 {
			t.Errorf("%s has a rank with 12 decided", e.Agency.ID)
		}
	}
	if e := pooled.Entries[0]; e.Agency.ID != "990101001" || e.Rank != 1 || e.Figure.Denominator != report.Count(36) || e.Figure.From != 2021 {
		t.Errorf("first of the sums: %+v", e)
	}
	if pooled.Pool == nil || pooled.Pool.From != 2021 || pooled.Entries[1].Rank != 0 {
		t.Errorf("span %+v, second %+v", pooled.Pool, pooled.Entries[1])
	}
	if _, err := s.PooledRanking(context.Background(), "990101", "nothing", 2023, 0); err == nil {
		t.Error("an unknown indicator is ranked")
	}
}
