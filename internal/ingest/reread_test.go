package ingest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/archive"
	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// olderReading makes the current version of a report look as if older readers had read
// n in its first cell.
func (s *site) olderReading(t *testing.T, path string, n int64) {
	t.Helper()
	r, err := s.Store.Report(t.Context(), spruce.ID, 2020, 0)
	must(t, err)
	old := store.NewVersion{Agency: spruce.ID, Year: 2020, Reading: r.Current.Reading, Status: r.Current.Status,
		Findings: r.Current.Findings, Original: r.Current.Original, URL: r.Current.URL, Reader: "0", FoundAt: time.Now()}
	old.Reading.Values[0].Amount = report.Count(n)
	run, err := s.Store.StartRun(t.Context(), "refresh", 0, false)
	must(t, err)
	_, err = s.Store.AddReading(t.Context(), run, r.Current.ID, old)
	must(t, err)
	must(t, s.Store.FinishRun(t.Context(), run, store.RunOK, ""))
	known, err := s.Store.Page(t.Context(), s.url+path)
	must(t, err)
	known.Reader = "0"
	must(t, s.Store.PutPage(t.Context(), known))
}

// lastChange returns the latest change.
func (s *site) lastChange(t *testing.T) store.ChangeRow {
	t.Helper()
	changes, err := s.Store.Changes(t.Context(), "", 1)
	must(t, err)
	if len(changes) != 1 {
		t.Fatalf("%d changes; want one", len(changes))
	}
	return changes[0]
}

// TestReread holds that what older readers read is compared first and published only
// where that is asked for, as a change of ours from which no version comes.
func TestReread(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 5), etag: `"1"`})
	s.refresh(t, ingest.Options{})
	s.olderReading(t, "/a.html", 9)
	if got := s.refresh(t, ingest.Options{}); got.New+got.Revised != 0 || got.Unchanged != 2 {
		t.Errorf("refresh: %+v; want two unchanged", got)
	}
	s.requests()
	for i, c := range []struct {
		opts ingest.RereadOptions
		want ingest.RereadSummary
	}{
		{ingest.RereadOptions{}, ingest.RereadSummary{Versions: 1, Differ: 1, CellsNot: 1}},
		{ingest.RereadOptions{All: true, Portals: []string{s.Portals[0].ID}}, ingest.RereadSummary{Versions: 2, Same: 1, Differ: 1, CellsNot: 1}},
		{ingest.RereadOptions{Publish: true}, ingest.RereadSummary{Versions: 1, Differ: 1, CellsNot: 1, Published: 1}},
		{ingest.RereadOptions{Publish: true}, ingest.RereadSummary{}},
		{ingest.RereadOptions{All: true, Publish: true}, ingest.RereadSummary{Versions: 2, Same: 2}},
	} {
		var shown []string
		c.opts.Each = func(c ingest.Comparison) {
			if c.Err != nil || !c.Difference.None() {
				shown = append(shown, fmt.Sprintf("%s %d, readers %s: %s", c.Agency.Short, c.Version.Year, c.Reader, c.Difference.String()))
			}
		}
		got, err := s.Reread(t.Context(), c.opts)
		must(t, err)
		if c.want.Differ > 0 && (len(shown) != 1 || shown[0] != "云杉街道 2020, readers 0: disclosure.rules.made：9→0") {
			t.Errorf("step %d: shown %q; want the cell that was read otherwise", i, shown)
		}
		got.Run, got.Cells = 0, 0
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", i, diff)
		}
	}
	r, err := s.Store.Report(t.Context(), spruce.ID, 2020, 0)
	must(t, err)
	if len(r.Versions) != 1 || r.Current.Reader != ingest.ReaderVersion || r.Current.Reading.Values[0].Amount != 0 {
		t.Errorf("%d versions, reader %s, first cell %v; want 1, %s, 0", len(r.Versions), r.Current.Reader,
			r.Current.Reading.Values[0].Amount, ingest.ReaderVersion)
	}
	if c := s.lastChange(t); c.Kind != store.ChangeReread || !strings.Contains(c.Text, "9→0") {
		t.Errorf("change %+v; want the cell that was read otherwise", c)
	}
	if asked := s.requests(); len(asked) != 0 {
		t.Errorf("asked %q; want nothing", asked)
	}
}

// TestRereadLost holds that a version whose original is lost or damaged keeps its
// reading, and that this is told.
func TestRereadLost(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.refresh(t, ingest.Options{})
	s.olderReading(t, "/a.html", 9)
	var err error
	s.Archive, err = archive.Open(t.Context(), t.TempDir())
	must(t, err)
	got, err := s.Reread(t.Context(), ingest.RereadOptions{Publish: true, Each: func(c ingest.Comparison) {
		if !errors.Is(c.Err, report.ErrNotFound) {
			t.Errorf("%v; want not found", c.Err)
		}
	}})
	must(t, err)
	r, err := s.Store.Report(t.Context(), spruce.ID, 2020, 0)
	must(t, err)
	if got.Failed != 1 || got.Published != 0 || r.Current.Reading.Values[0].Amount != report.Count(9) {
		t.Errorf("%+v, first cell %v; want one failed, 9", got, r.Current.Reading.Values[0].Amount)
	}
	if _, err := s.Reread(t.Context(), ingest.RereadOptions{Portals: []string{"x"}}); !errors.Is(err, report.ErrBadRequest) {
		t.Errorf("unknown portal: %v; want a bad request", err)
	}
}

// TestRereadBeforeRevision holds that new bytes are compared with what these readers
// make of the old ones: what older readers read otherwise is ours, not the agency's.
func TestRereadBeforeRevision(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.refresh(t, ingest.Options{})
	s.olderReading(t, "/a.html", 9)
	s.put("/a.html", answer{body: strings.Replace(page("云杉街道", 2020, 5), "来源：", "浏览次数：7 来源：", 1), etag: `"2"`})
	if got := s.refresh(t, ingest.Options{}); got.New+got.Revised != 0 || got.Unchanged != 1 {
		t.Errorf("%+v; want one unchanged", got)
	}
	if c := s.lastChange(t); c.Kind != store.ChangeReread || !strings.Contains(c.Text, "9→0") {
		t.Errorf("change %+v; want the cell that was read otherwise", c)
	}
}
