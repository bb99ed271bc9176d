package ingest_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// twoStreets is a site with a report of each of two streets, refreshed once, and one of
// them gone since.
func twoStreets(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 5)})
	s.refresh(t, ingest.Options{})
	s.list("雪松街道 2020 /b.html")
	s.put("/a.html", answer{status: 404})
	return s
}

// kinds returns the changes of a region, the newest first.
func (s *site) kinds(t *testing.T) (kinds []store.Change) {
	t.Helper()
	changes, err := s.Store.Changes(t.Context(), spruce.Region, 0)
	must(t, err)
	for _, c := range changes {
		kinds = append(kinds, c.Kind)
	}
	return kinds
}

// weekLater lets a week go by for what is known of a page.
func (s *site) weekLater(t *testing.T, path string) {
	t.Helper()
	p, err := s.Store.Page(t.Context(), s.url+path)
	must(t, err)
	p.SeenAt = p.SeenAt.Add(-7 * 24 * time.Hour)
	must(t, s.Store.PutPage(t.Context(), p))
}

// TestRemoved holds that a report whose page and link are gone stays, that it is
// suspected to be removed at one look and is so at a good one a week later, and that
// each is told once.
func TestRemoved(t *testing.T) {
	s := twoStreets(t)
	told := []store.Change{store.ChangeNew}
	hold := func(when string, more ...store.Change) {
		t.Helper()
		told = append(more, told...)
		if diff := cmp.Diff(told, s.kinds(t)); diff != "" || s.requested(t, spruce, 2020) != 5 {
			t.Errorf("%s: %d requests, changes (-want +got):\n%s", when, s.requested(t, spruce, 2020), diff)
		}
		gone, err := s.Store.Gone(t.Context(), spruce.ID, 2020, 0)
		if want := told[0]; want == store.ChangeNew && !errors.Is(err, report.ErrNotFound) || want != store.ChangeNew && gone.Kind != want {
			t.Errorf("%s: gone %q, err %v; want %q", when, gone.Kind, err, want)
		}
		r, err := s.Store.Report(t.Context(), spruce.ID, 2020, 0)
		must(t, err)
		if _, _, err := s.Archive.Get(t.Context(), r.Current.Original); err != nil {
			t.Errorf("%s: its original: %v", when, err)
		}
	}
	hold("before")
	s.refresh(t, ingest.Options{Full: true})
	hold("at one look", store.ChangeSuspected)
	s.refresh(t, ingest.Options{Full: true})
	hold("at another look the same week")
	s.weekLater(t, "/a.html")
	s.put("/gknb/", answer{status: 503})
	if _, err := s.Refresh(t.Context(), ingest.Options{Full: true}); err == nil {
		t.Error("a refresh without its list: no error")
	}
	hold("a week later, where the list could not be read")
	s.list("雪松街道 2020 /b.html")
	s.refresh(t, ingest.Options{Full: true})
	hold("at a good look a week later", store.ChangeRemoved)
	s.weekLater(t, "/a.html")
	s.refresh(t, ingest.Options{Full: true})
	hold("two weeks later")
}

// TestRemovedListed holds the same of a report that the list still links.
func TestRemovedListed(t *testing.T) {
	s := twoStreets(t)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	for range 3 {
		s.refresh(t, ingest.Options{Full: true})
	}
	if diff := cmp.Diff([]store.Change{store.ChangeSuspected, store.ChangeNew}, s.kinds(t)); diff != "" {
		t.Errorf("three looks within a week, changes (-want +got):\n%s", diff)
	}
	s.weekLater(t, "/a.html")
	s.refresh(t, ingest.Options{Full: true})
	if diff := cmp.Diff([]store.Change{store.ChangeRemoved, store.ChangeSuspected, store.ChangeNew}, s.kinds(t)); diff != "" {
		t.Errorf("a week later, changes (-want +got):\n%s", diff)
	}
}

// TestReturned holds that a page which was gone is asked for again a week later, and
// that its coming back is told.
func TestReturned(t *testing.T) {
	s := twoStreets(t)
	s.refresh(t, ingest.Options{})
	s.requests()
	s.refresh(t, ingest.Options{})
	if asked := s.requests(); slices.Contains(asked, "/a.html") {
		t.Errorf("asked %v; want the page that is gone left alone for a week", asked)
	}
	s.weekLater(t, "/a.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.refresh(t, ingest.Options{})
	if diff := cmp.Diff([]store.Change{store.ChangeReturned, store.ChangeSuspected, store.ChangeNew}, s.kinds(t)); diff != "" || len(s.failures(t)) != 0 {
		t.Errorf("failures %v, changes (-want +got):\n%s", s.failures(t), diff)
	}
}
