package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestCompareChange: a change is told between the years of the comparison; across a
// break the page has the reason and no number. Its address gives the same as CSV.
func TestCompareChange(t *testing.T) {
	s := newFixture(t)
	section := func(path string) string {
		body := get(t, s, http.MethodGet, path).Body.String()
		from := strings.Index(body, `id="change"`)
		if from < 0 {
			t.Fatalf("%s has no changes", path)
		}
		return body[from : from+strings.Index(body[from:], "</section>")]
	}
	plain := section("/compare?units=990101&indicator=requests_new&years=2022-2024")
	if !regexp.MustCompile(`<b>[+−]?\d+</b>`).MatchString(plain) || !strings.Contains(plain, "/api/v1/differences?") {
		t.Errorf("no change: %s", plain)
	}
	across := section("/compare?units=990101&indicator=requests_new&years=2016-2024")
	if strings.Contains(across, "<b>") || !strings.Contains(across, "2019 年起") {
		t.Errorf("across a break: %s", across)
	}
	for change, want := range map[float64]string{0.004: "0", 12: "+12", -3.456: "−3.46", 0: "0"} {
		if got := step(change); got != want {
			t.Errorf("%v is written %s, want %s", change, got, want)
		}
	}
}

// TestPeersKept: the peers that a reader chose stay chosen in the sheet and in the
// figures to take away.
func TestPeersKept(t *testing.T) {
	s := newFixture(t)
	body := get(t, s, http.MethodGet, "/agencies/990101001?peers=parent").Body.String()
	for _, want := range []string{"/agencies/990101001/sheet?peers=parent", "/api/v1/peers?agency=990101001&amp;peers=parent"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	sheet := get(t, s, http.MethodGet, "/agencies/990101001/sheet?peers=parent").Body.String()
	if !strings.Contains(sheet, "全部单位，") || !strings.Contains(sheet, "peers=parent") {
		t.Error("the sheet is among other peers")
	}
	if w := get(t, s, http.MethodGet, "/agencies/990101001/sheet?peers=size"); w.Code != http.StatusBadRequest {
		t.Errorf("unknown peers: status %d", w.Code)
	}
}
