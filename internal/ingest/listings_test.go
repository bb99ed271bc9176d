package ingest_test

import (
	"strings"
	"testing"

	"gongkai/internal/ingest"
	"gongkai/internal/store"
)

// TestListings: every list that links a report is kept with its column, from the run
// that found it to the one that did not.
func TestListings(t *testing.T) {
	s := newSite(t)
	notices := s.Portals[0].Entries[0]
	notices.URL, notices.Column = s.url+"/tzgg/", "通知公告"
	s.Portals[0].Entries = append(s.Portals[0].Entries, notices)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/tzgg/", s.pages["/gknb/"])
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5)})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 5)})
	s.refresh(t, ingest.Options{})
	first, err := s.Store.DataVersion(t.Context())
	must(t, err)
	s.list("雪松街道 2020 /b.html")
	s.refresh(t, ingest.Options{})
	columns := func(asOf store.RunID) string {
		all, err := s.Store.Listings(t.Context(), store.Query{Region: spruce.Region, AsOf: asOf})
		must(t, err)
		var names []string
		for _, l := range all {
			names = append(names, strings.TrimPrefix(l.Entry, s.url)+l.Column)
		}
		return strings.Join(names, " ")
	}
	if before, now := columns(first), columns(0); before != "/gknb/年报 /tzgg/通知公告" || now != "/tzgg/通知公告" {
		t.Errorf("listed under %q and then %q; want both columns and then the notices alone", before, now)
	}
}
