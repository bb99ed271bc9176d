package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestBeside: units stand beside each other below each applicant, in the page as in the
// picture; one without the table is told with its reason and has no bar and no zero.
func TestBeside(t *testing.T) {
	s := newFixture(t)
	body := get(t, s, http.MethodGet, "/compare?chart=asking&units=990101003,990101&year=2024").Body.String()
	if n := strings.Count(body, `<tr class="who">`); n != 7 {
		t.Errorf("%d applicants, want 7", n)
	}
	for _, want := range []string{`href="/charts/compare/asking?as_of=`, "/api/v1/applicants?units=990101003%2C990101&amp;year=2024", "format=xlsx", "data-png=", "BibTeX", "<h1>比较：<wbr>谁申请、得到什么"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	picture := get(t, s, http.MethodGet, "/charts/compare/asking.svg?chart=asking&units=990101003,990101&year=2024").Body.String()
	for _, class := range []string{"c-granted", "c-denied"} {
		if !regexp.MustCompile(`<rect class="`+class+`" x="[0-9.]+" y="[0-9.]+" width="[0-9.]+" height="14`).MatchString(picture) || !strings.Contains(body, `class="`+class+`" x=`) {
			t.Errorf("nothing is filled as %s", class)
		}
	}
	old := get(t, s, http.MethodGet, "/compare?chart=asking&units=990101003,990101&year=2016").Body.String()
	if !strings.Contains(old, "2014 格式没有申请人与办理结果的交叉表") || strings.Contains(old, `<tr class="who">`) {
		t.Error("a year of the old form has applicants")
	}
	if w := get(t, s, http.MethodGet, "/charts/compare/asking.svg?chart=asking&units=990101003&year=2016"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), `class="c-granted"`) {
		t.Errorf("the picture of a year without the table: %d", w.Code)
	}
}

// TestBesideFew: of more units than can stand beside each other the page says so.
func TestBesideFew(t *testing.T) {
	s := newFixture(t)
	units := "990101,990101001,990101002,990101003,990101004,990101005,990101006,990101007,990101008"
	body := get(t, s, http.MethodGet, "/compare?chart=asking&year=2024&units="+units).Body.String()
	if !strings.Contains(body, "只并列前 8 个单位，所选有 9 个。") || strings.Count(body, `class="unit-asking"`) != 8 {
		t.Error("nine units, and the page does not say that it shows eight")
	}
}
