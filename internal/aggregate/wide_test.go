package aggregate

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// settle makes the sums of regions where no run works, as the end of a run does, and notes
// the state.
func (h *history) settle() {
	h.Helper()
	h.must(New(h.db, time.Now).Settle(h.Context())) // runs end by that clock too
	state, err := h.db.SettledAt(h.Context(), tallyMade(), 0)
	if errors.Is(err, report.ErrNotFound) {
		return
	}
	h.must(err)
	if !slices.Contains(h.settled, state.Run) {
		h.settled = append(h.settled, state.Run)
	}
}

// wideService tells every region by the regions in it.
func (h *history) wideService() *Service {
	s := h.service()
	s.wideUnits = -1
	return s
}

// keptWide are the bytes of the sums of regions that hold.
func (h *history) keptWide() map[string]store.RegionSum {
	all := make(map[string]store.RegionSum)
	state, err := h.db.SettledAt(h.Context(), tallyMade(), 0)
	h.must(err)
	for _, region := range []standard.RegionCode{standard.Country, "99", "99.", "9901", "9901.", "990101", "990102"} {
		h.must(h.db.EachRegionSum(h.Context(), region, state.Run, tallyMade(), func(s store.RegionSum) error {
			s.Body = slices.Clone(s.Body)
			all[fmt.Sprint(region, " ", s.Year)] = s
			return nil
		}))
	}
	return all
}

// compareWide asks what wide regions say after each state that was settled, by their sums
// and by all reports.
func (h *history) compareWide() {
	h.Helper()
	ctx, s := h.Context(), h.wideService()
	if len(h.settled) == 0 {
		h.Fatal("no state was settled")
	}
	for _, run := range h.settled {
		for _, region := range []standard.RegionCode{standard.Country, "99", "9901"} {
			plain, err := s.load(ctx, region, store.Query{AsOf: run})
			if errors.Is(err, report.ErrNotFound) {
				continue
			}
			h.must(err)
			want, err := s.overview(ctx, plain, 0)
			h.must(err)
			got, err := s.Overview(ctx, region, 0, run)
			h.must(err)
			if !got.Wide {
				h.Fatalf("%s as of %d is not told by the regions in it", region, run)
			}
			want.Changes = want.Changes[:min(len(want.Changes), wideChangesRead)]
			if diff := cmp.Diff(wideForm(want), wideForm(got)); diff != "" {
				h.Fatalf("overview of %s as of %d (-from reports +from sums):\n%s", region, run, diff)
			}
			h.childrenAddUp(got)
			h.compareWideTable(plain, got.Year, run)
			if region == standard.Country {
				h.compareWideUnits(plain, got.Year, run)
			}
		}
	}
}

// wideForm leaves out of an overview what wide regions do not have.
func wideForm(o Overview) Overview {
	o.Matrix, o.Movers, o.ProcurementByAgency, o.Children, o.Wide = nil, nil, nil, nil, false
	o.Grounds.Units, o.Grounds.Max = nil, 0
	for i := range o.Headline {
		h := &o.Headline[i]
		h.MatchedN, h.MatchedNow, h.MatchedBefore = 0, Figure{}, Figure{}
	}
	o.dropTicks()
	return o
}

// countErrant says what ticks say as a wide region does.
func (b *Basis) countErrant() {
	for _, t := range b.Ticks {
		if t == TickInconsistent {
			b.Errant++
		}
	}
	b.Ticks = nil
}

// dropTicks leaves out which unit brings what.
func (o *Overview) dropTicks() {
	drop := func(list []Figure) {
		for i := range list {
			list[i].Basis.countErrant()
		}
	}
	for i := range o.ByYear {
		o.ByYear[i].countErrant()
	}
	for i := range o.Headline {
		o.Headline[i].Figure.Basis.countErrant()
		o.Headline[i].Previous.Basis.countErrant()
	}
	for _, s := range append(append([]Series{o.Demand}, o.Disputes...), o.Activity...) {
		drop(s.Figures)
	}
	drop(o.Correction)
	drop(o.Procurement)
	for _, list := range [][]YearParts{o.Outcomes, o.Appeals, o.Suits} {
		for i := range list {
			list[i].Basis.Ticks = nil
		}
	}
	o.Grounds.Basis.Ticks, o.Asking.Basis.Ticks = nil, nil
}

// childrenAddUp holds that the regions in a region make it up.
func (h *history) childrenAddUp(o Overview) {
	h.Helper()
	for i, year := range o.Years {
		var sum Basis
		for _, child := range o.Children {
			sum.addCounts(child.Years[i])
		}
		sum.Errant = sum.Inconsistent
		if diff := cmp.Diff(o.ByYear[i], sum); diff != "" {
			h.Errorf("%s in %d (-itself +the regions in it):\n%s", o.Region.Code, year, diff)
		}
	}
}

// compareWideTable compares the statutory tables.
func (h *history) compareWideTable(plain *world, year int, run store.RunID) {
	h.Helper()
	s := h.wideService()
	want, err := s.rollUp(h.Context(), plain, year)
	h.must(err)
	got, err := s.RollUp(h.Context(), plain.region.Code, year, run)
	h.must(err)
	if want.Format != got.Format {
		return // as many reports are of both forms
	}
	want.Members, want.Explain, got.Wide = nil, nil, false
	want.Basis.countErrant()
	for i := range want.Cells {
		want.Cells[i].Explain = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		h.Fatalf("roll-up of %s in %d as of %d (-from reports +from sums):\n%s", plain.region.Code, year, run, diff)
	}
}

// TestWide: who asks for a wide region while a run works is told the last settled state,
// and told which one that is.
func TestWide(t *testing.T) {
	f := newFixture(t)
	f.publish("990101001", 2022, 40, report.Verified, report.Date{}, at(2023, time.January, 20))
	s := New(f.db, today)
	s.wideUnits = 0
	f.must(s.Settle(t.Context()))
	before, err := s.Overview(t.Context(), "9901", 2022, 0)
	f.must(err)
	run, err := f.db.StartRun(t.Context(), "refresh", 0, false)
	f.must(err)
	f.run = run
	f.publish("990101002", 2022, 2, report.Verified, report.Date{}, at(2023, time.January, 21))
	during, err := s.Overview(t.Context(), "9901", 2022, 0)
	f.must(err)
	if diff := cmp.Diff(before.Demand, during.Demand); diff != "" || during.AsOf != before.AsOf {
		t.Errorf("while a run works (-before +during), as of %d and %d:\n%s", before.AsOf, during.AsOf, diff)
	}
	f.must(f.db.FinishRun(t.Context(), run, store.RunOK, ""))
	f.must(s.Settle(t.Context()))
	after, err := s.Overview(t.Context(), "9901", 2022, 0)
	f.must(err)
	if n := after.ByYear[len(after.ByYear)-1].Published; n != 2 || after.AsOf == before.AsOf {
		t.Errorf("after it: %d published as of %d; want 2, after %d", n, after.AsOf, before.AsOf)
	}
}

// compareWideUnits compares the series and the ranking of every plain indicator.
func (h *history) compareWideUnits(plain *world, year int, run store.RunID) {
	h.Helper()
	ctx, s := h.Context(), h.wideService()
	for i, ind := range tallied() {
		if i%6 != int(run)%6 {
			continue // others after other runs
		}
		c, err := s.Compare(ctx, CompareQuery{Units: []string{string(plain.region.Code)}, Indicator: ind.ID, AsOf: run})
		h.must(err)
		want := Overview{Demand: plain.regionSeries(ind, plain.years())}
		want.dropTicks()
		if diff := cmp.Diff(want.Demand, c.Series[0]); diff != "" {
			h.Fatalf("%s of %s as of %d (-from reports +from sums):\n%s", ind.ID, plain.region.Code, run, diff)
		}
		narrow := h.service()
		narrow.wideUnits = 1 << 30
		ranked, err := narrow.Ranking(ctx, plain.region.Code, ind.ID, year, run)
		h.must(err)
		_, entries, err := s.Ranked(ctx, plain.region.Code, ind.ID, year, run)
		h.must(err)
		var got []RankEntry
		for e, err := range entries {
			h.must(err)
			got = append(got, e)
		}
		if diff := cmp.Diff(ranked.Entries, got); diff != "" {
			h.Fatalf("ranking of %s in %d by %s as of %d (-from reports +from sums):\n%s", plain.region.Code, year, ind.ID, run, diff)
		}
	}
}
