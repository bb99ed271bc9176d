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

// TestCompareSwitches: a way to count that a reader switched on stands in the title, in
// the form and in every address of the page; an unknown one is an error.
func TestCompareSwitches(t *testing.T) {
	s := newFixture(t)
	plain := get(t, s, http.MethodGet, "/compare?units=990101&indicator=requests_new").Body.String()
	if strings.Contains(plain, "blanks=zero") || strings.Contains(plain, "blank_as_zero=1") || strings.Contains(plain, "<h1>比较：<wbr>新收申请，") {
		t.Error("a switch is on that nobody asked for")
	}
	on := get(t, s, http.MethodGet, "/compare?units=990101&indicator=requests_new&blanks=zero&review=counted").Body.String()
	for _, want := range []string{"<title>", "空白按零计", `name="blanks" value="zero" checked`, `name="review" value="counted" checked`,
		"blank_as_zero=1", "review=1", "blanks=zero", "chart=rank&amp;indicator=requests_new&amp;review=counted"} {
		if !strings.Contains(on, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if i := strings.Index(on, "<h1>"); i < 0 || !strings.Contains(on[i:i+200], "空白按零计") || !strings.Contains(on[i:i+200], "计入待复核") {
		t.Error("the title does not say what is on")
	}
	if w := get(t, s, http.MethodGet, "/compare?units=990101&indicator=requests_new&blanks=yes"); w.Code != http.StatusBadRequest {
		t.Errorf("blanks=yes: status %d", w.Code)
	}
}
