package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
)

// TestPhonePictures: a picture that is asked for in the width of a phone is drawn for
// it: nothing of it lies outside, and it is not the wide drawing made smaller.
func TestPhonePictures(t *testing.T) {
	s := newFixture(t)
	drawn := regexp.MustCompile(`<svg width="(\d+)" height="\d+" class="(drawn|flow|spread|dots|units-grid)[^"]*" viewBox="(-?\d+) 0 ([\d.]+) ([\d.]+)"`)
	placed := regexp.MustCompile(`<text class="[^"]*" x="([\d.]+)" y="[\d.]+" text-anchor="(start|end)">`)
	for _, path := range []string{"/charts/regions/990101/matrix", "/charts/regions/990101/grounds", "/charts/regions/990101/movers", "/charts/regions/990101/strips",
		"/charts/requests/990101/2024/asking", "/charts/requests/990101/2024/split", "/charts/requests/990101/2024/flow", "/charts/requests/990101/2024/chain", "/charts/status/990101/2024/curve",
		"/charts/indicators/open_rate/ranking", "/charts/indicators/requests_new/spread", "/charts/compare/asking?chart=asking&units=990101001,990101",
		"/charts/compare/multiples?chart=multiples&units=990101001,990101", "/charts/compare/dot?chart=dot&units=990101001,990101"} {
		for _, root := range []string{"", "/en"} {
			at, query, _ := strings.Cut(path, "?")
			w := get(t, s, http.MethodGet, root+at+".svg?width=360&region=990101&"+query)
			body := w.Body.String()
			found := drawn.FindStringSubmatch(body)
			if w.Code != http.StatusOK || found == nil {
				t.Errorf("%s%s: status %d, no drawing", root, path, w.Code)
				continue
			}
			if whole := regexp.MustCompile(`^<svg [^>]*? width="(\d+)"`).FindStringSubmatch(body); whole == nil || whole[1] != "360" {
				t.Errorf("%s%s is %v wide", root, path, whole)
			}
			if room, _ := strconv.ParseFloat(found[4], 64); room > 360 && found[2] != "flow" {
				t.Errorf("%s%s: a drawing %s wide is made smaller", root, path, found[4])
			}
			if found[2] != "drawn" {
				continue
			}
			for _, text := range placed.FindAllStringSubmatch(body[strings.Index(body, found[0]):], -1) {
				if x, _ := strconv.ParseFloat(text[1], 64); x > phoneWidth || x == phoneWidth && text[2] == "start" {
					t.Errorf("%s%s: a text at %s lies outside", root, path, text[1])
				}
			}
		}
	}
}

// TestYearsTogether: years without a figure are said together, by their reason.
func TestYearsTogether(t *testing.T) {
	var s aggregate.PeerSeries
	for i, reason := range []string{"该年格式没有此项", "该年格式没有此项", "", "该年格式没有此项", "未发布"} {
		s.Figures = append(s.Figures, aggregate.Figure{Year: 2015 + i, Reason: reason, Known: reason == "", Defined: reason == "", Numerator: 7 * report.One})
	}
	p := page{Lang: zh}
	if _, year, words := p.latest(s); year != "2017" || words != "2017 年 7；2015—2016、2018 年：该年格式没有此项；2019 年：未发布" {
		t.Errorf("%s: %s", year, words)
	}
	p.Lang = en
	if _, _, words := p.latest(s); words != "2017: 7; 2015–2016, 2018: the form of that year has no such item; 2019: not published" {
		t.Errorf("%s", words)
	}
}

// TestLater: a sentence that goes on in another begins without a capital, where that is
// no abbreviation and no language but English.
func TestLater(t *testing.T) {
	for in, want := range map[string]string{"Could not look": "could not look", "CSV files": "CSV files", "": "", "没有": "没有"} {
		if got := en.later(in); got != want {
			t.Errorf("%q becomes %q", in, got)
		}
	}
	if got := zh.later("Could"); got != "Could" {
		t.Errorf("Chinese: %q", got)
	}
}

// TestNamedByContent: what is the same for every run has an ETag too.
func TestNamedByContent(t *testing.T) {
	s := newFixture(t)
	for _, path := range []string{"/favicon.ico", "/site.webmanifest", "/en/site.webmanifest"} {
		first := get(t, s, http.MethodGet, path)
		if tag := first.Header().Get("ETag"); first.Code != http.StatusOK || tag == "" || !strings.Contains(first.Body.String(), "svg") {
			t.Errorf("%s: status %d, ETag %q", path, first.Code, tag)
		}
	}
}
