package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// routes are the pages that every check of pages walks through; they show every
// publication, every status and every state of a cell.
func routes() []string {
	original := "/originals/" + fmt.Sprintf("%064x", 31)
	return []string{
		"/", "/?as=share", "/regions/990101", "/regions/990101?year=2018", "/regions/120110",
		"/agencies/990101003", "/agencies/990101011", "/agencies/120110001",
		"/reports/990101003/2024", "/reports/990101005/2024", "/reports/990101007/2018", "/reports/990101008/2023",
		"/reports/990101002/2022", "/reports/990101002/2022?version=1", "/reports/990101001/2016", "/reports/120110008/2020",
		"/compare", "/compare?chart=bar", "/changes?run=1", "/regions/990101?sort=pinyin", "/indicators/open_rate?sort=pinyin&pool=form", "/compare?chart=dot&indicator=open_rate", "/compare?chart=rank&indicator=open_rate&year=2024", "/compare?chart=multiples&units=990101001,990101002,990101003,990101004", "/compare?chart=asking&units=990101003,990101", "/compare?indicator=reviews&per=decided", "/compare?indicator=requests_new&per=report&units=990101,990101001", "/compare/sheet?indicator=open_rate&units=990101,990101001", "/compare/sheet?chart=asking", "/compare?units=990101001,990101&indicator=open_rate&years=2019-2024", "/compare?indicator=procurement_total",
		"/status/990101/2024", "/status/990101/2024?sort=-published&show=late", "/status/120110/2020",
		"/rollup/990101/2024", "/rollup/990101/2016", "/rollup/990101/2024?cell=requests.new/total", "/indicators", "/indicators/open_rate", "/indicators/requests_new?year=2016",
		"/papers/circular/990101/2024", "/papers/sheet/990101005/2024",
		"/charts/regions/990101/outcomes", "/charts/agencies/990101003/open_rate", "/charts/compare/bars?chart=bar",
		"/charts/reports/990101003/2024/flow", "/charts/requests/990101003/2021/chain", "/charts/status/990101/2024/curve",
		"/charts/regions/990101/matrix", "/charts/regions/990101/grounds?year=2024", "/charts/indicators/open_rate/ranking?year=2024", "/charts/requests/990101/2024/asking",
		"/search", "/search?q=zlw", "/search?q=%E7%AD%94%E5%A4%8D&year=2024", "/search?status=inconsistent&kind=town", "/search?q=%E7%AD%94", "/leads", "/leads?kind=mover&year=2022",
		"/reports/990101003/2024/cells/outcome.unavailable.not_held/total", "/reports/990101005/2024/cells/requests.new/business", "/reports/990101002/2022/cells/disclosure.penalty.decisions?version=1",
		"/compare/reports?a=990101002/2022/1&b=990101002/2022", "/compare/reports?a=990101003/2023&b=990101003/2024", "/compare/reports?a=990101003/2020&b=990101004/2021&cells=all",
		"/agencies/990101003?peers=load", "/agencies/990101003?peers=all", "/indicators/open_rate?pool=form", "/regions/990101?part=9", "/agencies/990101003/sheet", "/agencies/990101003/sheet?year=2016", "/agencies/120110001/sheet", "/requests/990101/2024", "/requests/990101003/2021", "/requests/990101003/2016", "/copies/990101/2024", "/procurement/990101", "/report-error?page=/leads", "/report-error?agency=990101003&year=2024&cell=requests.new/total&version=1",
		"/methods", "/check", "/data", "/data/guide", "/data/dictionary", "/data/api", "/changes", "/changes?region=120110", "/corrections", "/corrections?region=990101", original + "/view", original + "/view?table=2&row=15&column=2",
	}
}

// get asks a server for a page.
func get(t *testing.T, s http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// attr returns an attribute of an element.
func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// elements returns all elements of a page.
func elements(t *testing.T, body string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func TestPages(t *testing.T) {
	s := newFixture(t)
	for _, path := range routes() {
		t.Run(path, func(t *testing.T) {
			w := get(t, s, http.MethodGet, path)
			if w.Code != http.StatusOK {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			body := w.Body.String()
			checkNesting(t, body)
			all := elements(t, body)
			checkIDs(t, all)
			checkPolicy(t, all)
			checkCharts(t, all)
			if n := len(body); n > 600_000 {
				t.Errorf("%d bytes; a page should stay small", n)
			}
		})
	}
}

// checkNesting finds elements that are closed out of order or never, which a
// browser would mend without a word.
func checkNesting(t *testing.T, body string) {
	t.Helper()
	empty := map[string]bool{"meta": true, "source": true, "link": true, "input": true, "br": true, "wbr": true, "img": true, "col": true, "hr": true}
	var open []string
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("never closed: %v", open)
			}
			return
		case html.StartTagToken:
			if name, _ := z.TagName(); !empty[string(name)] {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if n := len(open); n == 0 || open[n-1] != string(name) {
				t.Fatalf("</%s> closes %v", name, open[max(0, n-5):])
			}
			open = open[:len(open)-1]
		}
	}
}

// checkIDs holds that ids are unique and that links within the page arrive.
func checkIDs(t *testing.T, all []*html.Node) {
	t.Helper()
	seen := make(map[string]bool)
	for _, n := range all {
		if id, ok := attr(n, "id"); ok {
			if seen[id] {
				t.Errorf("id %q stands twice", id)
			}
			seen[id] = true
		}
	}
	for _, n := range all {
		href, _ := attr(n, "href")
		if target, ok := strings.CutPrefix(href, "#"); ok && target != "" && !seen[target] {
			t.Errorf("link to #%s, which is not on the page", target)
		}
	}
}

// checkPolicy holds that nothing needs an exception from the content policy.
func checkPolicy(t *testing.T, all []*html.Node) {
	t.Helper()
	for _, n := range all {
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s %s=%q> would be blocked", n.Data, a.Key, a.Val)
			}
		}
		kind, _ := attr(n, "type")
		_, src := attr(n, "src")
		if n.Data == "script" && !src && kind != "application/json" && kind != "application/ld+json" || n.Data == "style" {
			t.Errorf("inline <%s> would be blocked", n.Data)
		}
	}
}

// checkCharts holds that every chart has a name, an option that is JSON, and its
// table beside it.
func checkCharts(t *testing.T, all []*html.Node) {
	t.Helper()
	options := make(map[string]string)
	for _, n := range all {
		if id, _ := attr(n, "id"); n.Data == "script" && n.FirstChild != nil {
			options[id] = n.FirstChild.Data
		}
	}
	for _, n := range all {
		name, ok := attr(n, "data-chart")
		if !ok {
			continue
		}
		if label, _ := attr(n, "aria-label"); label == "" {
			t.Errorf("chart %s has no name", name)
		}
		if !json.Valid([]byte(options[name])) {
			t.Errorf("chart %s: its option is not JSON: %.80s", name, options[name])
		}
		tables := 0
		for d := range n.Parent.Descendants() {
			if d.Data == "table" {
				tables++
			}
		}
		if tables == 0 {
			t.Errorf("chart %s has no table", name)
		}
	}
}

// TestLinks follows every link of every page once.
func TestLinks(t *testing.T) {
	s := newFixture(t)
	asked := make(map[string]bool)
	for _, path := range routes() {
		for _, n := range elements(t, get(t, s, http.MethodGet, path).Body.String()) {
			href, ok := attr(n, "href")
			if src, is := attr(n, "src"); is {
				href, ok = src, true
			}
			href, _, _ = strings.Cut(href, "#")
			if !ok || !strings.HasPrefix(href, "/") || strings.HasPrefix(href, "/api/") || asked[href] {
				continue
			}
			asked[href] = true
			if len(asked) > 1500 {
				continue
			}
			if w := get(t, s, http.MethodHead, href); w.Code != http.StatusOK && w.Code != http.StatusFound {
				t.Errorf("%s links %s, which answers %d", path, href, w.Code)
			}
		}
	}
	if len(asked) < 200 {
		t.Errorf("only %d links were followed", len(asked))
	}
}

// TestErrors holds that every error is a page of the house that says what to do.
func TestErrors(t *testing.T) {
	s := newFixture(t)
	cases := []struct {
		path string
		code int
		says string
	}{
		{"/nowhere", 404, "没有这一页"},
		{"/agencies/000", 404, "没有这一页"},
		{"/reports/990101006/2024", 404, "期限已过"},
		{"/reports/990101010/2024", 404, "页面需要人机验证"},
		{"/reports/990101006/2031", 404, "没有这一页"},
		{"/reports/990101001/abcd", 400, "abcd"},
		{"/reports/990101001/2020?version=9", 400, "版本序号"},
		{"/regions/990101?as=pie", 400, "count"},
		{"/regions/990101?year=1900", 400, "2008"},
		{"/compare?indicator=nothing", 400, "nothing"},
		{"/compare?chart=pie", 400, "line"},
		{"/status/990101/2024?sort=colour", 400, "urgency"},
		{"/status/990101/2024?show=best", 400, "missing"},
		{"/?as_of=yesterday", 400, "as_of"},
		{"/originals/xyz/view", 404, "没有这一页"},
		{"/originals/" + fmt.Sprintf("%064x", 31) + "/view?row=-1", 400, "row"},
		{"/static/nothing.js", 404, "没有这一页"},
		{"/indicators/nothing", 404, "没有这一页"},
	}
	for _, tc := range cases {
		w := get(t, s, http.MethodGet, tc.path)
		body := w.Body.String()
		if w.Code != tc.code || !strings.Contains(body, tc.says) || !strings.Contains(body, `class="masthead"`) {
			t.Errorf("%s answers %d, want %d with %q: %.300s", tc.path, w.Code, tc.code, tc.says, body)
		}
		if w.Header().Get("ETag") != "" {
			t.Errorf("%s: an error has an ETag", tc.path)
		}
		checkNesting(t, body)
	}
}

// TestHeaders holds the policy of pages and of originals, and that what did not
// change is not sent again.
func TestHeaders(t *testing.T) {
	s := newFixture(t)
	w := get(t, s, http.MethodGet, "/methods")
	h := w.Header()
	if got := h.Get("Content-Security-Policy"); got != policy || strings.Contains(got, "unsafe") {
		t.Errorf("policy of pages: %q", got)
	}
	if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" {
		t.Errorf("headers: %v", h)
	}
	again := get(t, s, http.MethodGet, "/methods", "If-None-Match", h.Get("ETag"))
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("asked again: %d with %d bytes", again.Code, again.Body.Len())
	}
	zipped := get(t, s, http.MethodGet, "/methods", "Accept-Encoding", "gzip")
	if zipped.Header().Get("Content-Encoding") != "gzip" || zipped.Body.Len()*3 > w.Body.Len() {
		t.Errorf("compressed: %v, %d of %d bytes", zipped.Header(), zipped.Body.Len(), w.Body.Len())
	}
	original := get(t, s, http.MethodGet, "/originals/"+fmt.Sprintf("%064x", 31)).Header()
	if got := original.Get("Content-Security-Policy"); got != originalPolicy || !strings.HasPrefix(got, "sandbox;") {
		t.Errorf("policy of originals: %q", got)
	}
}

// TestServedAs holds that a browser shows no foreign type but pages and text.
func TestServedAs(t *testing.T) {
	cases := []struct {
		in, kind string
		inline   bool
	}{
		{"text/html; charset=gbk", "text/html; charset=gbk", true},
		{"text/plain", "text/plain", true},
		{"application/pdf", "application/pdf", false},
		{"image/svg+xml", "image/svg+xml", false},
		{"", "application/octet-stream", false},
		{"text/html; charset=\"", "application/octet-stream", false},
	}
	for _, tc := range cases {
		kind, inline := servedAs(tc.in)
		if kind != tc.kind || inline != tc.inline {
			t.Errorf("servedAs(%q) = %q, %v; want %q, %v", tc.in, kind, inline, tc.kind, tc.inline)
		}
	}
}

// TestCharts holds that ECharts is loaded only where a chart is.
func TestCharts(t *testing.T) {
	s := newFixture(t)
	for _, path := range routes() {
		body := get(t, s, http.MethodGet, path).Body.String()
		has, loads := strings.Contains(body, "data-chart="), strings.Contains(body, "echarts.min.")
		if has != loads {
			t.Errorf("%s: charts %v, script %v", path, has, loads)
		}
	}
}

// TestMarked holds that a cell's link leads to the very cell of the original.
func TestMarked(t *testing.T) {
	s := newFixture(t)
	body := get(t, s, http.MethodGet, "/reports/990101003/2024").Body.String()
	for _, n := range elements(t, body) {
		code, ok := attr(n, "data-code")
		if !ok || code != "disclosure.penalty.decisions" {
			continue
		}
		raw, _ := attr(n, "data-raw")
		href, _ := attr(n, "href")
		href, _, _ = strings.Cut(href, "#")
		for _, cell := range elements(t, get(t, s, http.MethodGet, href).Body.String()) {
			if id, _ := attr(cell, "id"); id == "hit" {
				if got := cell.FirstChild.Data; got != raw {
					t.Errorf("%s marks %q, want %q", href, got, raw)
				}
				return
			}
		}
		t.Fatalf("%s marks nothing", href)
	}
	t.Fatal("the cell is not on the page")
}
