package aggregate

import (
	"context"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// becoming makes one merge into two, and three report as four from 2023 on.
func becoming(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	f.watch(one, two, three, four)
	all, err := f.db.Agencies(context.Background(), "990101")
	f.must(err)
	for i := range all {
		switch all[i].ID {
		case one:
			all[i].Until, all[i].Became, all[i].Heir = 2022, report.Merged, two
		case three:
			all[i].Until, all[i].Became, all[i].Heir = 2022, report.Renamed, four
		case four:
			all[i].From = 2023
		}
	}
	f.must(f.db.PutAgencies(context.Background(), all))
	for id, n := range map[report.AgencyID]int64{one: 40, two: 50, three: 60} {
		f.tell(told{agency: id, year: 2022, numbers: requests(n)})
	}
	f.tell(told{agency: two, year: 2023, numbers: requests(95)})
	f.tell(told{agency: four, year: 2023, numbers: requests(66)})
	return f
}

// TestSuccessions: a merger cuts the series and gives its reason in place of a change;
// a new name carries the series on and says so; who ended says why nothing follows.
func TestSuccessions(t *testing.T) {
	s := New(becoming(t).db, today)
	ctx := context.Background()
	units := []string{string(one), string(two), string(four)}
	c, err := s.Compare(ctx, CompareQuery{Units: units, Indicator: "requests_new", From: 2022, To: 2023})
	if err != nil {
		t.Fatal(err)
	}
	ended, merged, renamed := c.Series[0].Figures, c.Series[1].Figures, c.Series[2].Figures
	if f := ended[1]; f.Known || f.Reason != report.EndedReason().ZH || f.Code == "L" {
		t.Errorf("after its end: %+v", f)
	}
	if f := merged[1]; f.Break != report.MergedReason().ZH || !f.Cut || f.Numerator != report.Count(95) {
		t.Errorf("after the merger: %+v", f)
	}
	if renamed[0].Numerator != report.Count(60) || renamed[1].Break != report.RenamedReason().ZH || renamed[1].Cut {
		t.Errorf("renamed: %+v", renamed)
	}
	changes, err := s.Differences(ctx, CompareQuery{Units: append(units, "990101"), Indicator: "requests_new", From: 2022, To: 2023})
	if err != nil {
		t.Fatal(err)
	}
	if changes[0].Known || changes[1].Known || changes[1].Reason != report.MergedReason() {
		t.Errorf("changes across the merger: %+v", changes[:2])
	}
	if !changes[2].Known || changes[2].Change != 6 {
		t.Errorf("change of the renamed unit: %+v", changes[2])
	}
	// The matched set is of units of the same extent: none is left here.
	if whole := changes[3]; !whole.Known || whole.Change != 11 || whole.MatchedN != 0 {
		t.Errorf("the region: %+v", whole)
	}
	v, err := s.Agency(ctx, four, 0)
	if err != nil || len(v.Reports) != 3 || v.Reports[1].Agency.ID != three || v.Reports[2].Agency.ID != four || len(v.Carry) != 1 {
		t.Errorf("page of the renamed unit: %d reports, carry %+v, err %v", len(v.Reports), v.Carry, err)
	}
	if v, err := s.Agency(ctx, two, 0); err != nil || len(v.Carry) != 0 {
		t.Errorf("carry across a merger: %+v, err %v", v.Carry, err)
	}
}

// TestMovers leaves out units whose extent changed.
func TestMovers(t *testing.T) {
	f := becoming(t)
	w, err := New(f.db, today).load(t.Context(), "990101", store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if list := w.movers(indicator("requests_new"), 2023); len(list) != 0 {
		t.Errorf("%+v moved; a merger is no move", list)
	}
}
