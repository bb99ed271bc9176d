package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
)

// TestAnchors: findings about the same have names of their own, and others do not change
// them.
func TestAnchors(t *testing.T) {
	same := report.Finding{Rule: "requests.balance", Subject: "natural"}
	got := anchors([]report.Finding{same, {Rule: "publish.late"}, same})
	want := []string{"finding-requests.balance-natural", "finding-publish.late", "finding-requests.balance-natural-2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFindingLinks: every link to a finding leads to one that stands on the page.
func TestFindingLinks(t *testing.T) {
	s := newFixture(t)
	body := func(path string) string {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		return w.Body.String()
	}
	links := regexp.MustCompile(`href="([^"#]+)#(finding-[^"]+)"`)
	pages, found := make(map[string]string), 0
	for _, year := range []string{"2020", "2021", "2022", "2023", "2024"} {
		for _, m := range links.FindAllStringSubmatch(body("/status/"+string(fixtureRegion)+"/"+year), -1) {
			if pages[m[1]] == "" {
				pages[m[1]] = body(m[1])
			}
			if found++; !strings.Contains(pages[m[1]], `id="`+m[2]+`"`) {
				t.Errorf("%s has no %s", m[1], m[2])
			}
		}
	}
	if found == 0 {
		t.Error("no board links a finding")
	}
}

// TestFiguresLead: in regions of every width each number of the movers, of the grounds and
// of who asked leads to its cell, or to the cells that it is made of.
func TestFiguresLead(t *testing.T) {
	s := newFixture(t)
	parts := map[string]*regexp.Regexp{
		"movers":  regexp.MustCompile(`(?s)<div class="dumbbells">.*?\n</div>`),
		"grounds": regexp.MustCompile(`(?s)<table class="lens">.*?</table>`),
		"asked":   regexp.MustCompile(`(?s)<table class="[^"]*asked">.*?</table>`),
	}
	number := regexp.MustCompile(`<(td|span)[^>]*>(?:<b>)?(?:<span[^>]*>)?[\d,]+<`)
	leads := regexp.MustCompile(`href="([^"]*(?:/cells/|\?cell=)[^"]*)"`)
	for _, region := range []string{string(fixtureRegion), string(fixtureRegion[:4]), string(fixtureRegion[:2])} {
		body := get(t, s, http.MethodGet, "/regions/"+region+"?year=2024").Body.String()
		for name, part := range parts {
			found := part.FindString(body)
			hrefs := leads.FindAllStringSubmatch(found, -1)
			if len(hrefs) < 4 {
				t.Errorf("%s, %s: %d numbers lead to cells", region, name, len(hrefs))
				continue
			}
			if alone := number.FindAllString(found, -1); len(alone) > 0 && name != "grounds" {
				t.Errorf("%s, %s: %d numbers lead nowhere: %q", region, name, len(alone), alone[0])
			}
			at, _, _ := strings.Cut(strings.ReplaceAll(hrefs[len(hrefs)-1][1], "&amp;", "&"), "#")
			w := get(t, s, http.MethodGet, at)
			if w.Code != http.StatusOK || strings.Contains(at, "?cell=") && !strings.Contains(w.Body.String(), `id="cell"`) {
				t.Errorf("%s, %s: %s answers %d without its cells", region, name, at, w.Code)
			}
		}
	}
}
