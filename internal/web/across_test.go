package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/report"
)

// TestDecideAcross: what rules across reports find is on the page of the report, a
// reviewer can decide on it, and the decision stands with it; of a report that is not
// there too.
func TestDecideAcross(t *testing.T) {
	c := newCrowd(t, Access{})
	all, err := c.Store.Agencies(t.Context(), fixtureRegion)
	if err != nil {
		t.Fatal(err)
	}
	told, missing := "", ""
	for _, a := range all {
		for year := 2015; year <= 2024; year++ {
			found, err := c.Figures.Beside(t.Context(), a, year, 0)
			if err != nil {
				t.Fatal(err)
			}
			at := string(a.ID) + "/" + strconv.Itoa(year)
			for _, f := range found {
				if strings.HasPrefix(f.Rule, "publish.missing") {
					missing = at
				} else if told == "" {
					told = at
				}
			}
			if told == at {
				c.decideAcross(a.ID, year, found[0])
			}
		}
	}
	if told == "" {
		t.Fatal("the fixture has no finding across reports")
	}
	if missing != "" {
		if w := c.get("/admin/findings/"+missing, "u-reviewer"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "publish.missing") {
			t.Errorf("findings of a report that is not there: status %d", w.Code)
		}
	}
}

func (c *crowd) decideAcross(id report.AgencyID, year int, f report.Finding) {
	c.t.Helper()
	at, key := "/"+string(id)+"/"+strconv.Itoa(year), f.Key(id, year)
	if body := c.get("/reports"+at, "").Body.String(); !strings.Contains(body, "与其他报告相比") || !strings.Contains(body, "/methods#"+f.Rule) {
		c.t.Errorf("the page of %s does not tell %s", at, f.Rule)
	}
	if body := c.get("/en/reports"+at, "").Body.String(); !strings.Contains(body, "Beside other reports") {
		c.t.Errorf("the English page of %s does not tell it", at)
	}
	form := url.Values{"finding": {key}, "verdict": {"dismissed"}, "reason": {"另有原因，已向单位核实"}}
	if w := c.post("/admin/findings"+at, "u-viewer", form); w.Code < 400 {
		c.t.Errorf("a viewer decides: status %d", w.Code)
	}
	if w := c.post("/admin/findings"+at, "u-reviewer", form); w.Code != http.StatusSeeOther {
		c.t.Fatalf("deciding on %s: status %d: %s", key, w.Code, w.Body)
	}
	if body := c.get("/reports"+at, "").Body.String(); !strings.Contains(body, "另有原因，已向单位核实") {
		c.t.Errorf("the decision on %s does not stand with it", key)
	}
	form.Set("finding", "publish.nothing@"+string(id))
	if w := c.post("/admin/findings"+at, "u-reviewer", form); w.Code != http.StatusNotFound {
		c.t.Errorf("a finding that is none: status %d", w.Code)
	}
}
