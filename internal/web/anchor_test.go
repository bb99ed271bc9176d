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
