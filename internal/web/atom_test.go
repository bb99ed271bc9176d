package web

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
)

// TestAtom holds that the feed is one, that its ids differ, that its links arrive
// and that what is fictitious says so.
func TestAtom(t *testing.T) {
	s := newFixture(t)
	w := get(t, s, http.MethodGet, "/changes.atom")
	if kind := w.Header().Get("Content-Type"); w.Code != http.StatusOK || !strings.HasPrefix(kind, "application/atom+xml") {
		t.Fatalf("%d, type %q", w.Code, kind)
	}
	var f atomFeed
	if err := xml.Unmarshal(w.Body.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Entries) < 100 || f.ID == "" || f.Updated == "" {
		t.Fatalf("feed %q, %q with %d entries", f.ID, f.Updated, len(f.Entries))
	}
	seen := make(map[string]bool)
	for _, e := range f.Entries {
		if seen[e.ID] {
			t.Errorf("id %s twice", e.ID)
		}
		seen[e.ID] = true
		if demo := strings.Contains(e.Link.Href, "/990101"); demo != strings.HasPrefix(e.Title, "［示例］") {
			t.Errorf("%s: %s", e.Link.Href, e.Title)
		}
	}
	path := strings.TrimPrefix(f.Entries[0].Link.Href, "http://example.com")
	if got := get(t, s, http.MethodGet, path); got.Code != http.StatusOK {
		t.Errorf("%s answers %d", path, got.Code)
	}
}
