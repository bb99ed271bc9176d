package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gongkai/internal/store"
)

// TestDecideAcross decides on what rules across reports found of a report and of one that
// is missing; the decision stands on the page of the report, in both languages.
func TestDecideAcrossReports(t *testing.T) {
	c := newCrowd(t, Access{})
	key := regexp.MustCompile(`name="finding" value="((?:publish|peer|revision|copy|rollup)\.[^"]+)"`)
	shown := 0
	for _, agency := range []string{"990101001", "990101002", "990101003", "990101004", "990101006", "990101009"} {
		path := "/admin/findings/" + agency + "/2024"
		page := c.get(path, "u-local")
		m := key.FindStringSubmatch(page.Body.String())
		if page.Code != http.StatusOK || m == nil {
			continue
		}
		form := url.Values{"finding": {m[1]}, "verdict": {string(store.FindingDismissed)}}
		if w := c.post(path, "u-local", form); w.Code != http.StatusBadRequest {
			t.Errorf("%s dismissed without a reason: %d", m[1], w.Code)
		}
		form.Set("reason", "已经电话核对")
		if w := c.post(path, "u-local", form); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", m[1], w.Code, w.Body)
		}
		if n := strings.Count(c.get(path, "u-local").Body.String(), "已经电话核对"); n != 2 { // the decision, and the field
			t.Errorf("%s: the decision stands %d times on the page of the office", m[1], n)
		}
		for _, lang := range []string{"", "/en"} {
			report := c.get(lang+"/reports/"+agency+"/2024", "")
			if report.Code == http.StatusOK && strings.Contains(report.Body.String(), "已经电话核对") {
				shown++
			}
		}
	}
	if shown < 2 {
		t.Errorf("decisions across reports stand on %d pages of reports", shown)
	}
}
