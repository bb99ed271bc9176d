package ingest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/ingest"
	"gongkai/internal/store"
)

// told returns the kinds of the changes of the spruce street's reports, newest first.
func (s *site) told(t *testing.T) (kinds []store.Change) {
	t.Helper()
	changes, err := s.Store.Changes(t.Context(), spruce.Region, 0)
	must(t, err)
	for _, c := range changes {
		kinds = append(kinds, c.Kind)
	}
	return kinds
}

// versions returns how many versions the spruce street's report for 2020 has.
func (s *site) versions(t *testing.T) int {
	t.Helper()
	r, err := s.Store.Report(t.Context(), spruce.ID, 2020, 0)
	must(t, err)
	return len(r.Versions)
}

// TestMoved holds that a report which appears under a new address is the same report,
// and that nobody is told it was removed: in the refresh that finds it there, and in
// those that find it unchanged there.
func TestMoved(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /z.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.put("/z.html", answer{body: page("雪松街道", 2020, 5), etag: `"1"`})
	s.refresh(t, ingest.Options{})
	s.list("云杉街道 2020 /b.html", "雪松街道 2020 /z.html")
	s.put("/a.html", answer{status: 404})
	s.put("/b.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	for range 3 {
		s.refresh(t, ingest.Options{})
	}
	if diff := cmp.Diff([]store.Change{store.ChangeNew}, s.told(t)); diff != "" || s.versions(t) != 1 {
		t.Errorf("%d versions; changes (-want +got):\n%s", s.versions(t), diff)
	}
	s.list("雪松街道 2020 /z.html")
	s.put("/b.html", answer{status: 404})
	s.refresh(t, ingest.Options{})
	if p, err := s.Store.Page(t.Context(), s.url+"/b.html"); err != nil || p.State != store.PageMissed {
		t.Errorf("the new address, once it is gone: %s, %v; want missed", p.State, err)
	}
	if diff := cmp.Diff([]store.Change{store.ChangeSuspected, store.ChangeNew}, s.told(t)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// TestMovedLater holds that an old address which goes away long after the report had a
// new one does not remove it.
func TestMovedLater(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.refresh(t, ingest.Options{})
	s.list("云杉街道 2020 /a.html", "云杉街道 2020 /b.html")
	s.put("/b.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.refresh(t, ingest.Options{})
	s.list("云杉街道 2020 /b.html")
	s.put("/a.html", answer{status: 404})
	s.refresh(t, ingest.Options{})
	if diff := cmp.Diff([]store.Change{store.ChangeNew}, s.told(t)); diff != "" || s.versions(t) != 1 {
		t.Errorf("%d versions; changes (-want +got):\n%s", s.versions(t), diff)
	}
}

// TestTwoAddresses holds that a revision which is met under two addresses, whichever
// comes first, is one version.
func TestTwoAddresses(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /b.html", "云杉街道 2020 /a.html")
	for _, path := range []string{"/a.html", "/b.html"} {
		s.put(path, answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	}
	s.refresh(t, ingest.Options{})
	for _, listed := range [][]string{{"云杉街道 2020 /a.html", "云杉街道 2020 /b.html"}, {"云杉街道 2020 /b.html", "云杉街道 2020 /a.html"}} {
		s.list(listed...)
		before := s.versions(t)
		for _, path := range []string{"/a.html", "/b.html"} {
			s.put(path, answer{body: page("云杉街道", 2020, 6+before), etag: listed[0]})
		}
		s.refresh(t, ingest.Options{})
		if s.versions(t) != before+1 {
			t.Errorf("revised: %d versions; want %d", s.versions(t), before+1)
		}
	}
}

// TestTwin holds that pages which call themselves by one address are asked for once,
// and by the other address where that one cannot be had.
func TestTwin(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /b.html", "云杉街道 2020 /a.html", "云杉街道 2021 /c.html")
	named := func(year, n int) string {
		return strings.Replace(page("云杉街道", year, n), "<head>", `<head><link rel="canonical" href="/a.html">`, 1)
	}
	for _, path := range []string{"/a.html", "/b.html"} {
		s.put(path, answer{body: named(2020, 5), etag: `"1"`})
	}
	s.put("/c.html", answer{body: named(2021, 5), etag: `"1"`}) // names the other by mistake
	s.refresh(t, ingest.Options{})
	s.requests()
	s.refresh(t, ingest.Options{})
	asked := slices.DeleteFunc(s.requests(), func(path string) bool { return !strings.HasSuffix(path, ".html") })
	slices.Sort(asked)
	if diff := cmp.Diff([]string{"if /a.html", "if /c.html"}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	s.put("/a.html", answer{status: 404})
	s.refresh(t, ingest.Options{})
	if asked := s.requests(); !slices.Contains(asked, "if /b.html") {
		t.Errorf("asked %v; want the other address where the first is gone", asked)
	}
	if kinds := s.told(t); slices.Contains(kinds, store.ChangeSuspected) {
		t.Errorf("changes %v; want none removed", kinds)
	}
}
