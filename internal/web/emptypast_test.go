package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestNothingYet: as things stood before anything was found, no page speaks of a year 0
// or of a run 0, and none of a region draws what is not there.
func TestNothingYet(t *testing.T) {
	s := newFixture(t)
	zero := regexp.MustCompile(`[^0-9.,]0 年度|第 0 次|[^0-9]0—0|run 0\b`)
	for _, path := range routes() {
		if strings.HasPrefix(path, "/originals/") || strings.Contains(path, "as_of=") {
			continue
		}
		for _, past := range []string{"", "as_of=1"} {
			for _, tongue := range []string{"", englishRoot} {
				at := tongue + path
				if past != "" {
					at += map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + past
				}
				w := get(t, s, http.MethodGet, at)
				if w.Code == http.StatusOK {
					if found := zero.FindString(w.Body.String()); found != "" {
						t.Errorf("%s speaks of %q", at, found)
					}
				}
			}
		}
	}
}

// TestSingular: what counts one is in the singular, and nothing else is touched.
func TestSingular(t *testing.T) {
	for text, want := range map[string]string{
		"1 reports are due":           "1 report is due",
		"11 reports, 1 of them":       "11 reports, 1 of them",
		"1 were found":                "1 was found",
		"1 agencies":                  "1 agency",
		"2,001 requests":              "2,001 requests",
		"in 2021 requests rose":       "in 2021 requests rose",
		"1 further sentences":         "1 further sentence",
		"0.1 cases":                   "0.1 cases",
		"1 requests ended, 2 pages":   "1 request ended, 2 pages",
		"of 1–1 reports, 10 are late": "of 1–1 reports, 10 are late",
	} {
		if got := singular(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"相差 -3 件（-7.1%）": "相差 −3 件（−7.1%）", "2019-2020": "2019-2020"} {
		if got := minus(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
