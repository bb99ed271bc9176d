package crawl_test

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"
	"time"

	"gongkai/internal/demo"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
)

// The demonstration portal has every kind of trouble that the product promises to
// survive, so that it is the first thing the crawler is held against.
func TestDemo(t *testing.T) {
	s, err := demo.Start(t.Context(), "", demo.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	start := time.Now()
	var requests int
	c := crawl.New(crawl.Options{Backoff: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler), OnRequest: func(crawl.RequestLog) { requests++ }})
	defer c.Close()
	found := map[string]*crawl.Fetched{}
	portals := map[string]*crawl.Portal{}
	for _, f := range s.Portals() {
		p, err := crawl.ReadPortal(f.Name, bytes.NewReader(f.Data))
		if err != nil {
			t.Fatal(err)
		}
		look, err := c.Look(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		checkLook(t, look)
		for _, cand := range look.Candidates {
			portals[cand.URL] = p
			got, err := c.Fetch(t.Context(), p, cand.URL, nil)
			if err != nil {
				t.Errorf("%s: %v", cand.Title, err)
				continue
			}
			found[cand.URL] = got
		}
	}
	for _, want := range s.Truth() {
		_, ok := found[want.URL]
		if had := want.Case != demo.Missing && want.Case != demo.Blocked; ok != had {
			t.Errorf("%s %d (%s): found %v, want %v", want.Agency, want.Year, want.Case, ok, had)
		}
		delete(found, want.URL)
	}
	for url := range found {
		t.Errorf("%s is no report and was taken for one", url)
	}
	t.Logf("%d requests in %s", requests, time.Since(start))
}

func checkLook(t *testing.T, look *crawl.Look) {
	t.Helper()
	if look.Portal.ID == "demo-dongli" {
		if !look.Good || look.State != crawl.LookOK || len(look.Candidates) != 1 {
			t.Errorf("%s: good %v, state %s, %d candidates, %v", look.Portal.ID, look.Good, look.State, len(look.Candidates), look.Problems)
		}
		return
	}
	if look.Good || look.State != crawl.LookBlocked || len(look.Entries) != 2 || !look.Entries[0].Good {
		t.Errorf("%s: good %v, state %s, entries %+v, problems %v", look.Portal.ID, look.Good, look.State, look.Entries, look.Problems)
	}
	if !look.GoodFor("990101006") || look.GoodFor("990101104") {
		t.Errorf("good for the units of the list: %v, for the blocked unit: %v; want true, false", look.GoodFor("990101006"), look.GoodFor("990101104"))
	}
	if len(look.Problems) != 1 || !errors.Is(look.Problems[0].Err, report.ErrBlocked) {
		t.Errorf("problems %v; want the one blocked list", look.Problems)
	}
	var words int
	for _, r := range look.Rejected {
		if r.Rule != "accept.title" {
			words++
		}
	}
	if words < 40 {
		t.Errorf("%d links rejected by a rule; the portal has 40 notices", words)
	}
	for _, cand := range look.Candidates {
		if cand.Year == 0 || cand.Unit == "" || cand.ListDate.IsZero() {
			t.Errorf("%q: year %d, unit %q, date %v", cand.Title, cand.Year, cand.Unit, cand.ListDate)
		}
	}
}
