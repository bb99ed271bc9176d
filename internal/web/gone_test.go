package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestGone holds that the page of a report says since when it is not where it was, in
// both languages, and that it keeps its figures and its original.
func TestGone(t *testing.T) {
	s := newFixture(t)
	const path = "/reports/990101003/2024"
	whole := get(t, s, http.MethodGet, path).Body.String()
	runs, err := s.Store.Runs(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		kind    store.Change
		zh, inE string
	}{
		{store.ChangeSuspected, "网页不在原处，尚待再次查看", "yet to be looked at again"},
		{store.ChangeRemoved, "网页仍不在原处", "either; the archived original stays"},
		{store.ChangeReturned, "", ""},
	} {
		err := s.Store.AddChange(t.Context(), store.ChangeRow{Run: runs[0].ID, At: time.Now().AddDate(0, 0, 7*i), Kind: c.kind,
			Agency: report.AgencyID("990101003"), Year: 2024})
		if err != nil {
			t.Fatal(err)
		}
		body, english := get(t, s, http.MethodGet, path).Body.String(), get(t, s, http.MethodGet, "/en"+path).Body.String()
		if c.zh == "" {
			if undated(body) != undated(whole) {
				t.Errorf("%s: the page is not what it was", c.kind)
			}
			continue
		}
		if !strings.Contains(body, c.zh) || !strings.Contains(english, c.inE) {
			t.Errorf("%s: no word of it on the page", c.kind)
		}
		if strings.Count(body, "<td") != strings.Count(whole, "<td") || !strings.Contains(body, "/originals/") {
			t.Errorf("%s: the figures or the original are not on the page any more", c.kind)
		}
	}
}

// undated is a page without the line that says when something last changed.
func undated(body string) string {
	before, rest, found := strings.Cut(body, `<p class="fresh`)
	if !found {
		return body
	}
	_, after, _ := strings.Cut(rest, "</p>")
	return before + after
}
