package ingest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/ingest"
	"gongkai/internal/store"
)

// TestRemoved holds that a report whose page and link are gone stays, and that its
// going is told once.
func TestRemoved(t *testing.T) {
	s := newSite(t)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 5)})
	s.refresh(t, ingest.Options{})
	s.list("雪松街道 2020 /b.html")
	s.put("/a.html", answer{status: 404})
	for range 3 {
		s.refresh(t, ingest.Options{Full: true})
	}
	changes, err := s.Store.Changes(t.Context(), spruce.Region, 0)
	must(t, err)
	var kinds []store.Change
	for _, c := range changes {
		kinds = append(kinds, c.Kind)
	}
	if diff := cmp.Diff([]store.Change{store.ChangeRemoved, store.ChangeNew}, kinds); diff != "" || s.requested(t, spruce, 2020) != 5 {
		t.Errorf("%d requests, changes (-want +got):\n%s", s.requested(t, spruce, 2020), diff)
	}
}

// TestReturned holds that a page which was gone is asked for again a week later, and
// that its coming back is told.
func TestReturned(t *testing.T) {
	s := newSite(t)
	both := []string{"云杉街道 2020 /a.html", "雪松街道 2020 /b.html"}
	s.list(both...)
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 5)})
	s.refresh(t, ingest.Options{})
	s.list(both[1])
	s.put("/a.html", answer{status: 404})
	s.refresh(t, ingest.Options{})
	s.requests()
	s.refresh(t, ingest.Options{})
	if asked := s.requests(); slices.Contains(asked, "/a.html") {
		t.Errorf("asked %v; want the page that is gone left alone for a week", asked)
	}
	p, err := s.Store.Page(t.Context(), s.url+"/a.html")
	must(t, err)
	p.SeenAt = time.Now().Add(-7 * 24 * time.Hour)
	must(t, s.Store.PutPage(t.Context(), p))
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.refresh(t, ingest.Options{})
	changes, err := s.Store.Changes(t.Context(), spruce.Region, 0)
	must(t, err)
	var kinds []store.Change
	for _, c := range changes {
		kinds = append(kinds, c.Kind)
	}
	if diff := cmp.Diff([]store.Change{store.ChangeReturned, store.ChangeRemoved, store.ChangeNew}, kinds); diff != "" || len(s.failures(t)) != 0 {
		t.Errorf("failures %v, changes (-want +got):\n%s", s.failures(t), diff)
	}
}
