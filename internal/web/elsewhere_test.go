package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// TestNothingOfElsewhere holds that where reading is closed a reader of one region sees no
// other region and none of its units, not in what pages offer beside what was asked for.
func TestNothingOfElsewhere(t *testing.T) {
	c := newCrowd(t, Access{Closed: true})
	other := report.Agency{ID: "980202001", Name: "远方街道办事处", Short: "远方街道", Kind: standard.Street, Region: "980202001", Watched: true}
	if err := c.Store.PutAgencies(t.Context(), []report.Agency{other}); err != nil {
		t.Fatal(err)
	}
	if err := c.Store.SetRegionName(t.Context(), "980202", "远方区"); err != nil {
		t.Fatal(err)
	}
	home := string(fixtureRegion)
	run, err := c.Store.StartRun(t.Context(), "refresh", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Store.PutPortalRun(t.Context(), run, store.PortalRun{Portal: "real", Name: "远方区人民政府", State: store.PortalOK}),
		c.Store.FinishRun(t.Context(), run, store.RunFailed, "远方区人民政府：读不到")); err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, path := range []string{"/data", "/en/data", "/changes?region=" + home, "/corrections?region=" + home, "/leads?region=" + home, "/search?region=" + home + "&q=远",
		"/compare?units=990101001", "/compare/reports?a=990101001/2023&b=990101004/2023", "/indicators/requests_new?region=" + home, "/report-error?agency=980202001", "/regions/" + home,
		"/status/" + home + "/2023", "/agencies/990101001", "/reports/990101001/2023"} {
		if strings.Contains(c.get(path, "u-viewer").Body.String(), "远方") {
			told++
		}
		if w := c.get(path, "u-reader"); w.Code != http.StatusOK && w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "远方") {
			t.Errorf("%s tells a reader of %s of another region: %d", path, home, w.Code)
		}
	}
	if told < 5 {
		t.Errorf("%d pages tell anybody of the other region: the test holds little", told)
	}
	w := c.post("/report-error", "u-reader", url.Values{"agency": {"980202001"}, "text": {"这里写错了"}})
	if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "远方") {
		t.Errorf("an error of another region: %d", w.Code)
	}
}
