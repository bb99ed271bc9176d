package ingest_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gongkai/internal/check"
	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// yearRules are the rules against other years that the report of the spruce street for
// a year failed, as things stood after a run.
func (s *site) yearRules(t *testing.T, year int, asOf store.RunID) (rules []string, r store.Report) {
	t.Helper()
	r, err := s.Store.Report(t.Context(), spruce.ID, year, asOf)
	must(t, err)
	for _, f := range r.Current.Findings {
		if len(f.Rule) > 5 && f.Rule[:5] == "year." && !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	return rules, r
}

// TestYears holds that a report is compared with the two before it, that what
// contradicts them changes when one of them does, and that neither a version nor a
// status comes of that.
func TestYears(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2024 /d.html", "云杉街道 2023 /c.html", "云杉街道 2022 /b.html", "云杉街道 2021 /a.html")
	s.put("/a.html", answer{body: page("云杉街道", 2021, 5), etag: `"1"`})
	s.put("/b.html", answer{body: page("云杉街道", 2022, 60), etag: `"1"`})
	s.put("/c.html", answer{body: page("云杉街道", 2023, 50), etag: `"1"`})
	s.put("/d.html", answer{body: page("云杉街道", 2024, 0), etag: `"1"`})
	s.refresh(t, ingest.Options{})
	first, err := s.Store.DataVersion(t.Context())
	must(t, err)
	s.put("/a.html", answer{body: page("云杉街道", 2021, 58), etag: `"2"`})
	s.put("/b.html", answer{body: page("云杉街道", 2022, 1), etag: `"2"`})
	if got := s.refresh(t, ingest.Options{}); got.Revised != 2 || got.New != 0 {
		t.Errorf("%+v; want two revised", got)
	}
	for _, c := range []struct {
		year      int
		was, is   []string
		wasN, isN int // versions
	}{
		{year: 2021, wasN: 1, isN: 2},
		{year: 2022, was: []string{"year.jump"}, is: []string{"year.jump"}, wasN: 1, isN: 2},
		{year: 2023, is: []string{"year.jump"}, wasN: 1, isN: 1},
		// A sudden zero comes after two years of many.
		{year: 2024, was: []string{"year.sudden_zero"}, is: []string{"year.jump"}, wasN: 1, isN: 1},
	} {
		was, before := s.yearRules(t, c.year, first)
		is, now := s.yearRules(t, c.year, 0)
		if diff := cmp.Diff([][]string{c.was, c.is}, [][]string{was, is}, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%d (-want +got):\n%s", c.year, diff)
		}
		if len(before.Versions) != c.wasN || len(now.Versions) != c.isN || before.Current.Status != report.Verified || now.Current.Status != report.Verified {
			t.Errorf("%d: %d and %d versions, %s and %s; want %d and %d, verified", c.year, len(before.Versions), len(now.Versions),
				before.Current.Status, now.Current.Status, c.wasN, c.isN)
		}
	}
	changes, err := s.Store.Changes(t.Context(), "", 0)
	must(t, err)
	if len(changes) != 6 {
		t.Errorf("%d changes; want four new and two revised", len(changes))
	}
	got, err := s.Reread(t.Context(), ingest.RereadOptions{All: true})
	must(t, err)
	if got.Same != 4 {
		t.Errorf("read again: %+v; want all four alike, findings too", got)
	}
}

// TestStoredReading holds that a stored reading is judged as it was when it was fresh,
// so that what a recheck changes comes from other years alone.
func TestStoredReading(t *testing.T) {
	b := newBench(t, demo.Options{Seed: 1})
	b.refresh(t, ingest.Options{})
	ids, err := b.Store.ReadByOthers(t.Context(), "", nil)
	must(t, err)
	for _, id := range ids {
		v, err := b.Store.Version(t.Context(), id)
		must(t, err)
		if v.Format == "" {
			continue
		}
		out := check.Report(&v.Reading, b.context(t, v))
		if diff := cmp.Diff(v.Findings, out.Findings, cmpopts.EquateEmpty()); diff != "" || out.Status != v.Status {
			t.Errorf("%s %d: status %s, was %s, findings (-kept +now):\n%s", v.Agency, v.VersionHead.Year, out.Status, v.Status, diff)
		}
	}
	if len(ids) == 0 {
		t.Error("no versions")
	}
}

// context is what a check knows of a stored version.
func (b *bench) context(t *testing.T, v store.Version) check.Context {
	t.Helper()
	year := v.VersionHead.Year
	before, err := b.Store.Readings(t.Context(), v.VersionHead.Agency, year-2, year-1)
	must(t, err)
	own, err := b.Store.Agency(t.Context(), v.VersionHead.Agency)
	must(t, err)
	with := check.Context{Agency: &own, Kind: own.Kind, Previous: before[year-1].Reading, Earlier: before[year-2].Reading}
	all, err := b.Store.Agencies(t.Context(), own.Region[:6])
	must(t, err)
	for _, a := range all {
		if a.ID != own.ID && a.Demo == own.Demo {
			with.Neighbours = append(with.Neighbours, a.Name)
		}
	}
	return with
}
