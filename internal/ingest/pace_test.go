package ingest_test

import (
	"testing"
	"time"

	"gongkai/internal/ingest"
)

// TestPace holds that a refresh right after another keeps the pace of the last request
// of that one: nothing but the database joins them, as two processes.
func TestPace(t *testing.T) {
	s := newSite(t)
	s.put("/robots.txt", answer{body: "User-agent: *\nCrawl-delay: 0.5\n"})
	s.list("云杉街道 2020 /a.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.refresh(t, ingest.Options{})
	first, err := s.Store.Runs(t.Context(), 1)
	must(t, err)
	s.refresh(t, ingest.Options{})
	runs, err := s.Store.Runs(t.Context(), 1)
	must(t, err)
	before, err := s.Store.Requests(t.Context(), first[0].ID)
	must(t, err)
	after, err := s.Store.Requests(t.Context(), runs[0].ID)
	must(t, err)
	if gap := after[0].At.Sub(before[len(before)-1].At); gap < 500*time.Millisecond {
		t.Errorf("%v between the last request of a run and the first of the next; want half a second", gap)
	}
}
