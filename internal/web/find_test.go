package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestSearch finds units by pinyin and former ways of writing, sentences by their words,
// and says so where nothing is found.
func TestSearch(t *testing.T) {
	s := newFixture(t)
	for path, want := range map[string]string{
		"/search?q=jlc":                            "/agencies/120110008",
		"/search?q=答复&year=2024":                   "<mark>答复</mark>",
		"/search?q=答复&year=2024&kind=town":         `href="/reports/`,
		"/search?status=inconsistent":              "/reports/990101003/2024",
		"/search?q=答复&status=inconsistent&as_of=1": "没有符合全部条件的报告",
		"/search?q=答":                              "正文检索至少两个字",
		"/search?q=没有的词语":                          "没有这样的报告",
	} {
		w := get(t, s, http.MethodGet, asTyped(path))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: status %d, without %q", path, w.Code, want)
		}
	}
	for _, path := range []string{"/search?q=%E7%AD%94%E5%A4%8D&year=x", "/search?q=a&page=0", "/search?q=" + strings.Repeat("a", 101)} {
		if w := get(t, s, http.MethodGet, path); w.Code != http.StatusBadRequest {
			t.Errorf("%s: status %d, want 400", path, w.Code)
		}
	}
}

// asTyped is an address whose Chinese is written as a browser sends it.
func asTyped(path string) string {
	before, query, _ := strings.Cut(path, "?")
	q, err := url.ParseQuery(query)
	if err != nil {
		panic(err)
	}
	return before + "?" + q.Encode()
}

// TestCellPage shows a cell with its readings, versions and findings, and says what the form
// of the year does not have.
func TestCellPage(t *testing.T) {
	s := newFixture(t)
	for path, wants := range map[string][]string{
		"/reports/990101005/2024/cells/requests.new/business":                  {"未能确读", "按表格位置读", "按文字次序读", "report-error"},
		"/reports/990101003/2024/cells/outcome.unavailable.not_held/total":     {"finding-requests", "无此项", "SHA-256"},
		"/reports/990101002/2022/cells/disclosure.penalty.decisions?version=1": {"第 2 版", "version=1"},
		"/reports/990101008/2023/cells/disclosure.fee.amount":                  {"原文没有这一栏"},
		"/reports/990101008/2023/cells/outcome.unprocessed.reconfirm/legal":    {"原文此格空白"},
	} {
		w := get(t, s, http.MethodGet, path)
		for _, want := range wants {
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: status %d, without %q", path, w.Code, want)
			}
		}
	}
	for path, want := range map[string]int{
		"/reports/990101003/2024/cells/no.such/cell":                 http.StatusNotFound,
		"/reports/990101007/2018/cells/requests.new/total":           http.StatusNotFound,
		"/reports/990101006/2024/cells/requests.new/total":           http.StatusNotFound,
		"/reports/990101003/2024/cells/requests.new/total?version=9": http.StatusBadRequest,
	} {
		if w := get(t, s, http.MethodGet, path); w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
}

// TestErrorReport keeps what a reader of ours sends and refuses other sites, empty
// words, and a client that sends too much.
func TestErrorReport(t *testing.T) {
	s := newFixture(t)
	post := func(text, site string) int {
		form := url.Values{"agency": {"990101003"}, "year": {"2024"}, "cell": {"requests.new/total"}, "version": {"1"}, "page": {"/leads"}, "text": {text}}
		r := httptest.NewRequest(http.MethodPost, "/report-error", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if site != "" {
			r.Header.Set("Origin", site)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	for _, c := range []struct {
		text, site string
		want       int
	}{
		{"总计应为 12", "http://example.com", http.StatusOK}, {"总计应为 12", "http://other.example", http.StatusForbidden},
		{"总计应为 12", "", http.StatusForbidden}, {"错", "http://example.com", http.StatusBadRequest},
	} {
		if got := post(c.text, c.site); got != c.want {
			t.Errorf("%q from %q: status %d, want %d", c.text, c.site, got, c.want)
		}
	}
	all, err := s.Store.ErrorReports(t.Context(), "open", 10)
	if err != nil || len(all) != 1 || all[0].Cell != "requests.new/total" || all[0].Version != 1 {
		t.Fatalf("kept %+v, err %v", all, err)
	}
	last := 0
	for range 6 {
		last = post("总计应为 12", "http://example.com")
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the seventh report in a row: status %d, want 429", last)
	}
}

// TestPace lets a client again after a while and forgets the many.
func TestPace(t *testing.T) {
	p, now := newPace(time.Minute, 2), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, want := range []bool{true, true, false} {
		if p.allow("a", now) != want {
			t.Errorf("try %d: want %v", i+1, want)
		}
	}
	if !p.allow("b", now) || !p.allow("a", now.Add(time.Minute)) {
		t.Error("another client, or the same a minute later, was refused")
	}
}
