package web

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestFeeds holds every feed in both forms and languages: it parses, its ids differ and are
// the same in each form, the newest stands first, links arrive, and what is fictitious says
// so.
func TestFeeds(t *testing.T) {
	s := newFixture(t)
	for path, least := range map[string]int{
		"/changes": 100, "/feeds/all": 100, "/feeds/reports": 100, "/feeds/revisions": 1, "/feeds/findings": 3, "/feeds/corrections": 0,
		"/feeds/reports?region=990101": 50, "/feeds/all?agency=990101003": 5, "/feeds/findings?agency=990101003": 2,
		"/feeds/findings?rule=requests.column_sum": 2, "/feeds/all?indicator=requests_new&region=990101": 20,
	} {
		name, query, _ := strings.Cut(path, "?")
		ids := make(map[string]string)
		for _, root := range []string{"", "/en"} {
			w := get(t, s, http.MethodGet, root+name+".atom?"+query)
			var a atomFeed
			if err := xml.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != http.StatusOK || w.Header().Get("ETag") == "" {
				t.Fatalf("%s%s: %d, %v: %.300s", root, path, w.Code, err, w.Body)
			}
			if len(a.Entries) < least || a.ID == "" || a.Title == "" {
				t.Errorf("%s%s: %q with %d entries, want %d", root, path, a.Title, len(a.Entries), least)
			}
			seen, last := make(map[string]bool), time.Now().Add(time.Hour)
			for _, e := range a.Entries {
				at, err := time.Parse(time.RFC3339, e.Updated)
				if err != nil || at.After(last) || seen[e.ID] || !strings.HasPrefix(e.ID, "tag:gongkai,2026:") {
					t.Errorf("%s%s: entry %s at %s, after one at %s", root, path, e.ID, e.Updated, last)
				}
				seen[e.ID], last = true, at
				mark := map[string]string{"": "［示例］", "/en": "[Example] "}[root]
				if demo := strings.Contains(e.Link.Href, "/990101"); demo != strings.HasPrefix(e.Title, mark) {
					t.Errorf("%s: %q", e.Link.Href, e.Title)
				}
				if was, ok := ids[e.ID]; ok && was != e.Updated {
					t.Errorf("%s is of %s in one language and of %s in the other", e.ID, was, e.Updated)
				}
				ids[e.ID] = e.Updated
			}
			if len(a.Entries) > 0 {
				if a.Updated != a.Entries[0].Updated {
					t.Errorf("%s%s was updated %s, its newest entry %s", root, path, a.Updated, a.Entries[0].Updated)
				}
				to := strings.TrimPrefix(a.Entries[0].Link.Href, "http://example.com")
				if got := get(t, s, http.MethodGet, to); got.Code != http.StatusOK {
					t.Errorf("%s answers %d", to, got.Code)
				}
			}
			checkJSONFeed(t, s, root+name+".json?"+query, a)
		}
	}
}

// checkJSONFeed holds that the other form says the same.
func checkJSONFeed(t *testing.T, s http.Handler, path string, a atomFeed) {
	t.Helper()
	w := get(t, s, http.MethodGet, path)
	var j jsonFeed
	if err := json.Unmarshal(w.Body.Bytes(), &j); err != nil || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/feed+json") {
		t.Fatalf("%s: %d, %v", path, w.Code, err)
	}
	if j.Version != "https://jsonfeed.org/version/1.1" || j.Title != a.Title || len(j.Items) != len(a.Entries) {
		t.Fatalf("%s: %q %q with %d items, Atom has %d", path, j.Version, j.Title, len(j.Items), len(a.Entries))
	}
	for i, item := range j.Items {
		if e := a.Entries[i]; item.ID != e.ID || item.Title != e.Title || item.URL != e.Link.Href || item.Published != e.Updated {
			t.Errorf("%s: item %+v, Atom has %+v", path, item, e)
		}
	}
}

// TestFeedsAreFound: pages name the feed of what they show.
func TestFeedsAreFound(t *testing.T) {
	s := newFixture(t)
	for path, want := range map[string]string{"/": "", "/regions/990101": "region=990101", "/agencies/990101003": "agency=990101003", "/indicators/open_rate": "indicator=open_rate",
		"/reports/990101003/2024": "agency=990101003", "/status/990101/2024": "region=990101"} {
		found := make(map[string]string)
		for _, n := range elements(t, get(t, s, http.MethodGet, path).Body.String()) {
			if kind, _ := attr(n, "type"); n.Data == "link" && strings.Contains(kind, "json") || strings.Contains(kind, "atom") {
				href, _ := attr(n, "href")
				found[href] = kind
				if w := get(t, s, http.MethodGet, href); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) {
					t.Errorf("%s: %s answers %d as %s", path, href, w.Code, w.Header().Get("Content-Type"))
				}
			}
		}
		if found["/changes.atom"] == "" || found["/changes.json"] == "" || want != "" && found["/feeds/all.atom?"+want] == "" {
			t.Errorf("%s names the feeds %v", path, found)
		}
	}
}

// TestFeedsRefuse: what there is not is an error, and no feed that stays empty.
func TestFeedsRefuse(t *testing.T) {
	s := newFixture(t)
	for path, want := range map[string]int{
		"/feeds/nothing.atom": 404, "/feeds/all": 404, "/feeds/all.rss": 404, "/feeds/all.atom?region=98": 400, "/feeds/all.atom?agency=x": 400,
		"/feeds/findings.atom?rule=no.rule": 400, "/feeds/corrections.atom?rule=requests.balance": 400, "/feeds/findings.json?indicator=requests_new": 400, "/feeds/reports.json?indicator=requests_new": 200, "/feeds/all.json?indicator=happiness": 400,
	} {
		if w := get(t, s, http.MethodGet, path); w.Code != want {
			t.Errorf("%s answers %d, want %d", path, w.Code, want)
		}
	}
}
