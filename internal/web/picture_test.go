package web

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// chartFiles are charts of each kind.
func chartFiles() []string {
	return []string{"regions/990101/outcomes", "regions/990101/requests", "regions/990101/reviews", "regions/990101/procurement",
		"agencies/990101003/outcomes", "agencies/990101003/open_rate", "compare/lines", "compare/bars?chart=bar", "compare/dot?chart=dot", "compare/rank?chart=rank&indicator=open_rate", "compare/multiples?chart=multiples", "compare/asking?chart=asking&units=990101003,990101",
		"reports/990101003/2024/flow", "requests/990101/2024/flow", "requests/990101003/2021/chain", "requests/990101/2024/asking", "requests/990101003/2021/split",
		"regions/990101/matrix?year=2024", "regions/990101/strips", "regions/990101/grounds?year=2024", "regions/990101/movers?year=2022",
		"indicators/open_rate/ranking?region=990101&year=2024", "indicators/requests_new/spread?region=990101&year=2024", "indicators/open_rate/ranking?pool=form", "status/990101/2024/curve"}
}

// under puts an ending behind the path of an address.
func under(root, spot, ending string) string {
	path, query, has := strings.Cut(spot, "?")
	if has {
		query = "?" + query
	}
	return root + path + ending + query
}

// TestPictures holds that each chart is a page, an image that stands alone and carries
// what it must, and a frame that others may use.
func TestPictures(t *testing.T) {
	s := newFixture(t)
	for _, spot := range chartFiles() {
		for _, tongue := range []string{"", englishRoot} {
			w := get(t, s, http.MethodGet, under(tongue+"/charts/", spot, ".svg"))
			svg := w.Body.String()
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" {
				t.Fatalf("%s%s answers %d %s", tongue, spot, w.Code, svg)
			}
			d := xml.NewDecoder(strings.NewReader(svg))
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s: %v", spot, err)
				}
			}
			path, _, _ := strings.Cut(spot, "?")
			for _, want := range []string{"<title>", "Gongkai", tongue + "/charts/" + path, "as_of="} {
				if !strings.Contains(svg, want) {
					t.Errorf("%s%s: no %q in the picture", tongue, spot, want)
				}
			}
			if strings.Contains(svg, "var(--") || strings.Contains(svg, "NaN") {
				t.Errorf("%s: the picture needs a style sheet or a number", spot)
			}
			if again := get(t, s, http.MethodGet, under(tongue+"/charts/", spot, ".svg")).Body.String(); again != svg {
				t.Errorf("%s: drawn differently again", spot)
			}
		}
		page := get(t, s, http.MethodGet, under("/charts/", spot, "")).Body.String()
		for _, want := range []string{"GB/T 7714", "BibTeX", "&lt;iframe src=", "<table", "download"} {
			if !strings.Contains(page, want) {
				t.Errorf("page of %s: no %q", spot, want)
			}
		}
	}
}

// TestFrames holds that frames may stand on any page and need no script, and that
// nothing else may.
func TestFrames(t *testing.T) {
	s := newFixture(t)
	frames := []string{"/embed/cells/990101003/2024/requests.new/natural", "/embed/tables/990101003/2024/requests", "/embed/headlines/990101/requests_new"}
	for _, spot := range chartFiles() {
		frames = append(frames, under("/embed/", spot, ""))
	}
	for _, path := range frames {
		for _, tongue := range []string{"", englishRoot} {
			w := get(t, s, http.MethodGet, tongue+path)
			if w.Code != http.StatusOK {
				t.Errorf("%s answers %d", tongue+path, w.Code)
			}
			if !strings.Contains(w.Header().Get("Content-Security-Policy"), "frame-ancestors *") {
				t.Errorf("%s may not be framed", path)
			}
			if strings.Contains(w.Body.String(), "<script") {
				t.Errorf("%s needs a script", path)
			}
		}
	}
	if policy := get(t, s, http.MethodGet, "/regions/990101").Header().Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("any page may be framed: %s", policy)
	}
	for _, path := range []string{"/embed/cells/990101003/2024/nothing", "/embed/tables/990101003/2024/nothing", "/embed/headlines/990101/nothing",
		"/embed/regions/990101/nothing", "/charts/regions/990101/nothing.svg", "/charts/agencies/nobody/outcomes.svg", "/card/nothing.png"} {
		if w := get(t, s, http.MethodGet, path); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d, want 404", path, w.Code)
		}
	}
	if w := get(t, s, http.MethodGet, "/charts/regions/990101/outcomes.svg?width=9"); w.Code != http.StatusBadRequest {
		t.Errorf("a width of 9 answers %d", w.Code)
	}
}

// TestNewer holds that a pinned frame says when newer data exist, and only then.
func TestNewer(t *testing.T) {
	s := newFixture(t)
	if body := get(t, s, http.MethodGet, "/embed/regions/990101/outcomes?as_of=1").Body.String(); !strings.Contains(body, "已有更新的数据") {
		t.Error("a frame of run 1 does not say that there are newer data")
	}
	if body := get(t, s, http.MethodGet, "/embed/regions/990101/outcomes").Body.String(); strings.Contains(body, "已有更新的数据") {
		t.Error("a live frame says that there are newer data")
	}
}

// TestCards holds that each page names a card that is an image.
func TestCards(t *testing.T) {
	s := newFixture(t)
	for _, path := range []string{"/", "/regions/990101?year=2018", "/en/agencies/990101003", "/methods"} {
		card := ""
		for _, n := range elements(t, get(t, s, http.MethodGet, path).Body.String()) {
			if name, _ := attr(n, "property"); name == "og:image" {
				card, _ = attr(n, "content")
			}
		}
		w := get(t, s, http.MethodGet, strings.TrimPrefix(card, "http://example.com"))
		if _, err := png.Decode(bytes.NewReader(w.Body.Bytes())); err != nil {
			t.Errorf("card of %s, %q: %d %v", path, card, w.Code, err)
		}
	}
}

// TestFictitiousFirst holds that what is fictitious says so before a card can cut it
// off, in both languages, and that sentences do not run into each other.
func TestFictitiousFirst(t *testing.T) {
	s := newFixture(t)
	for path, want := range map[string]string{"/regions/990101": "示例：区划、单位和数字均为虚构。来源：",
		"/en/regions/990101": "Example: region, agencies and figures are fictitious. Source: "} {
		for _, n := range elements(t, get(t, s, http.MethodGet, path).Body.String()) {
			name, _ := attr(n, "name")
			if content, _ := attr(n, "content"); name == "gongkai:source" && !strings.HasPrefix(content, want) {
				t.Errorf("%s: source %q; want %q first", path, content, want)
			}
		}
	}
}

// TestPapers holds that a circular is a page and a .docx, that a check sheet's
// pictures have addresses, and that the place of a figure is a picture.
func TestPapers(t *testing.T) {
	s := newFixture(t)
	for path, kind := range map[string]string{
		"/papers/circular/990101/2024": "text/html; charset=UTF-8", "/papers/circular/990101/2024.docx": docxType,
		"/papers/sheet/990101005/2024": "text/html; charset=UTF-8", "/en/papers/sheet/990101005/2024.docx": docxType,
	} {
		w := get(t, s, http.MethodGet, path)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind {
			t.Errorf("%s answers %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
	}
	for path, want := range map[string]int{"/papers/circular/990101/x": http.StatusBadRequest, "/papers/circular/999999/2024": http.StatusNotFound,
		"/papers/sheet/nobody/2024": http.StatusNotFound, "/papers/sheet/990101005/2024?picture=0": http.StatusBadRequest,
		"/originals/" + strings.Repeat("0", 64) + "/picture?table=1&row=1&column=1": http.StatusNotFound} {
		if w := get(t, s, http.MethodGet, path); w.Code != want {
			t.Errorf("%s answers %d, want %d", path, w.Code, want)
		}
	}
	original := "/originals/" + strings.Repeat("0", 62) + "1f/picture"
	w := get(t, s, http.MethodGet, original+"?table=2&row=15&column=2")
	if _, err := png.Decode(bytes.NewReader(w.Body.Bytes())); err != nil {
		t.Errorf("the place is no picture: %d %v", w.Code, err)
	}
	if w := get(t, s, http.MethodGet, original); w.Code != http.StatusBadRequest {
		t.Errorf("a picture of no place answers %d", w.Code)
	}
}

// TestReaderLeft holds that a reader who leaves before the answer is no error of ours.
func TestReaderLeft(t *testing.T) {
	s := newFixture(t)
	var said bytes.Buffer
	s.Log = slog.New(slog.NewTextHandler(&said, nil))
	ctx, leave := context.WithCancel(t.Context())
	leave()
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/charts/regions/990101/outcomes.svg", nil))
	if strings.Contains(said.String(), "ERROR") {
		t.Errorf("logged: %s", said.String())
	}
}
