package ingest_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/aggregate"
	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// computed is all that is computed from the reports of the demonstration's district, as
// bytes.
func (b *bench) computed(t *testing.T) string {
	t.Helper()
	s, ctx, region := aggregate.New(b.Store, func() time.Time { return time.Date(2025, 6, 1, 0, 0, 0, 0, standard.China()) }), t.Context(), standard.RegionCode("990101")
	var all []any
	keep := func(v any, err error) {
		t.Helper()
		must(t, err)
		all = append(all, v)
	}
	for _, year := range []int{2016, 2020, 2023, 2024} {
		keep(s.Overview(ctx, region, year, 0))
		keep(s.RollUpSheet(ctx, region, year, 0))
		keep(s.Findings(ctx, region, year, 0))
		keep(s.Leads(ctx, region, year, 0))
		keep(s.Ranking(ctx, region, "open_rate", year, 0))
	}
	for _, ind := range standard.Indicators() {
		keep(s.Compare(ctx, aggregate.CompareQuery{Units: []string{string(region), "990101007"}, Indicator: ind.ID}))
	}
	for _, v := range all {
		if _, err := json.Marshal(v); err != nil {
			t.Errorf("%T: %v", v, err)
		}
	}
	out, err := json.MarshalIndent(all, "", " ")
	must(t, err)
	return string(out)
}

// figures are the sums alone, which do not tell how often a report was revised.
func (b *bench) figures(t *testing.T) map[string]report.Amount {
	t.Helper()
	s := aggregate.New(b.Store, func() time.Time { return time.Date(2025, 6, 1, 0, 0, 0, 0, standard.China()) })
	sums := make(map[string]report.Amount)
	for year := 2015; year <= 2024; year++ {
		r, err := s.RollUp(t.Context(), "990101", year, 0)
		must(t, err)
		for _, c := range r.Cells {
			sums[time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006 ")+string(c.Cell.Code)] = c.Sum
		}
	}
	return sums
}

// TestRecompute: a refresh that changes one report recomputes what depends on it, and
// computing everything again, sums and readings and findings, gives the same bytes; so
// does a database that has only ever seen the changed report give the same figures.
func TestRecompute(t *testing.T) {
	b := newBench(t, demo.Options{Seed: 1})
	b.refresh(t, ingest.Options{})
	before := b.computed(t)
	b.portal.Revise()
	if got := b.refresh(t, ingest.Options{Full: true}); got.Total().Revised == 0 {
		t.Fatalf("nothing was revised: %+v", got.Total())
	}
	step := b.computed(t)
	if step == before {
		t.Fatal("a revised report changes nothing")
	}
	must(t, b.Store.DropSums(t.Context()))
	if again := b.computed(t); again != step {
		t.Errorf("sums made again (-step +again):\n%s", cmp.Diff(step, again))
	}
	got, err := b.Reread(t.Context(), ingest.RereadOptions{All: true, Publish: true})
	must(t, err)
	if got.Same == 0 {
		t.Fatalf("read again: %+v", got)
	}
	must(t, b.Store.DropSums(t.Context()))
	if again := b.computed(t); again != step {
		t.Errorf("read and judged again (-step +again):\n%s", cmp.Diff(step, again))
	}
	fresh := newBench(t, demo.Options{Seed: 1})
	fresh.portal.Revise()
	fresh.refresh(t, ingest.Options{})
	if diff := cmp.Diff(fresh.figures(t), b.figures(t)); diff != "" {
		t.Errorf("figures of a database that saw the changed report alone (-fresh +step):\n%s", diff)
	}
}
