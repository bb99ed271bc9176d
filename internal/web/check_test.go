package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// post sends a draft as the form does.
func post(t *testing.T, s http.Handler, field, name, body string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/check", &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// TestCheck holds that a draft is answered with its findings or with why it could
// not be read, that no answer is kept, and that the page keeps to the policy.
func TestCheck(t *testing.T) {
	s := newFixture(t)
	form := standard.FormOf(standard.F2019)
	values := make([]report.Value, len(form.Cells))
	for i := range values {
		values[i] = report.Value{State: report.Printed, Text: "0"}
	}
	cell, _ := form.Cell("review.total")
	values[cell.Index].Text = "7"
	draft := fixturePage(store.NewVersion{Reading: report.Reading{Title: "立春街道办事处2020年政府信息公开工作年度报告", Format: standard.F2019, Values: values}})
	cases := []struct {
		name, body, says string
	}{
		{"empty.html", "", "文件为空"},
		{"noise.bin", "\x00\x01\x02\x03\xff", "读不出来"},
		{"page.html", "<html><body><p>没有表格</p></body></html>", "草稿核对"},
		{"draft.html", draft, "draft.html"},
	}
	for _, tc := range cases {
		w := post(t, s, "draft", tc.name, tc.body)
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, tc.says) {
			t.Errorf("%s answers %d without %q: %.400s", tc.name, w.Code, tc.says, body)
		}
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: cache control %q", tc.name, got)
		}
		checkNesting(t, body)
		all := elements(t, body)
		checkIDs(t, all)
		checkPolicy(t, all)
	}
	if w := post(t, s, "other", "x.html", "x"); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "draft") {
		t.Errorf("a form without a draft answers %d", w.Code)
	}
}
