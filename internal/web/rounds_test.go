package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/demo"
	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// hand sends a file with a form of ours as somebody.
func (c *crowd) hand(path, who, field, name string, body []byte, fields map[string]string) *httptest.ResponseRecorder {
	c.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	fields["token"] = c.tokens[who]
	for k, v := range fields {
		if err := form.WriteField(k, v); err != nil {
			c.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		c.t.Fatal(err)
	}
	_, _ = part.Write(body)
	_ = form.Close()
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", c.cookies[who])
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w
}

// draftOf is a draft of zeros, in which one sum does not hold where it is not to.
func draftOf(year int, holds bool) []byte {
	printed := demo.Printed{}
	for _, cell := range standard.FormOf(standard.F2021).Cells {
		printed[cell.Code] = "0"
	}
	if !holds {
		printed["review.total"] = "7"
	}
	title := "立春街道办事处" + strconv.Itoa(year) + "年政府信息公开工作年度报告"
	return demo.Page(demo.Article{Site: "示例区人民政府", Title: title, Source: "立春街道办事处", Published: report.Date{Year: year + 1, Month: 1, Day: 9},
		Parts: demo.Body(standard.F2021, printed, "", nil), Signature: "立春街道办事处"})
}

// TestRounds walks a round in the browser: begun, a draft that does not hold handed in,
// checked with a word, replaced, the file given back as it was, and all of it gone at the
// end; in both languages, and for nobody of another region.
func TestRounds(t *testing.T) {
	c := newCrowd(t, Access{})
	if _, err := c.People.Add(t.Context(), people.Actor{}, people.NewAccount{Name: "u-unit", Role: store.Reviewer, Regions: []standard.RegionCode{"990101001"}, Password: crowdPassword}); err != nil {
		t.Fatal(err)
	}
	c.signIn("u-unit", "")
	begin := url.Values{"region": {"990101"}, "year": {"2024"}, "due": {"2025-01-10"}}
	if w := c.post("/admin/rounds", "u-unit", begin); w.Code != http.StatusForbidden {
		t.Errorf("a unit begins a round: %d", w.Code)
	}
	if w := c.post("/admin/rounds", "u-local", url.Values{"region": {"990101"}, "year": {"2024"}, "due": {"soon"}}); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "2026-01-15") {
		t.Errorf("a wrong date: %d", w.Code)
	}
	w := c.post("/admin/rounds", "u-local", begin)
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/admin/rounds/1") {
		t.Fatalf("begin: %d %s", w.Code, w.Header().Get("Location"))
	}
	const round, unit = "/admin/rounds/1", "990101001"
	draft := draftOf(2024, false)
	if w := c.hand(round+"/hand-in", "u-unit", "draft", "../../草稿 一.html", draft, map[string]string{"agency": unit}); w.Code != http.StatusSeeOther {
		t.Fatalf("hand in: %d %s", w.Code, w.Body)
	}
	for _, bad := range []struct {
		who, agency string
		want        int
	}{{"u-unit", "990101002", 403}, {"u-viewer", unit, 403}, {"u-local", "120110008", 403}, {"u-administrator", "120110008", 404}, {"u-local", "nobody", 404}} {
		if w := c.hand(round+"/hand-in", bad.who, "draft", "x.html", draft, map[string]string{"agency": bad.agency}); w.Code != bad.want {
			t.Errorf("%s hands in for %s: %d, want %d", bad.who, bad.agency, w.Code, bad.want)
		}
	}
	page := c.get(round+"/"+unit, "u-local")
	for _, want := range []string{"review.total", "草稿 一.html", "勾稽不符"} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("the page of the draft does not say %q", want)
		}
	}
	c.checkInBrowser(round + "/" + unit)
	file := c.get(round+"/"+unit+"/file", "u-unit")
	if !bytes.Equal(file.Body.Bytes(), draft) || !strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment") || !strings.Contains(file.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the file: %d bytes, %v", file.Body.Len(), file.Header())
	}
	for _, path := range []string{"/admin/rounds", round, round + "/" + unit, round + "?agency=" + unit} {
		for _, text := range chineseIn(t, c.get(englishOf(path), "u-local").Body.String()) {
			if !strings.Contains(text, "示例") && !strings.Contains(text, "草稿 一") {
				t.Errorf("%s says %q", englishOf(path), text)
			}
		}
		body := c.get(path, "u-local").Body.String()
		checkNesting(t, body)
		checkIDs(t, elements(t, body))
		checkPolicy(t, elements(t, body))
		if w := c.get(path, "u-viewer"); w.Code != http.StatusForbidden {
			t.Errorf("%s as a viewer: %d", path, w.Code)
		}
	}
	if w := c.post(round, "u-local", nil); w.Code != http.StatusBadRequest {
		t.Errorf("end without the tick: %d", w.Code)
	}
	if w := c.post(round, "u-unit", url.Values{"sure": {"1"}}); w.Code != http.StatusForbidden {
		t.Errorf("a unit ends the round: %d", w.Code)
	}
	if w := c.post(round, "u-local", url.Values{"sure": {"1"}}); w.Code != http.StatusSeeOther {
		t.Errorf("end: %d", w.Code)
	}
	if w := c.get(round+"/"+unit, "u-local"); w.Code != http.StatusNotFound {
		t.Errorf("the draft after the end: %d", w.Code)
	}
	if w := c.get(round, "u-local"); !strings.Contains(w.Body.String(), "提交 1 份，核对 1 份") {
		t.Error("the round does not say how many there were")
	}
}

// checkInBrowser marks a draft with an inconsistency as checked: not without a word.
func (c *crowd) checkInBrowser(path string) {
	c.t.Helper()
	body := c.get(path, "u-local").Body.String()
	_, after, _ := strings.Cut(body, `name="seen" value="`)
	seen, _, _ := strings.Cut(after, `"`)
	form := url.Values{"seen": {seen}, "do": {"checked"}}
	if w := c.post(path, "u-local", form); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "写明为什么可以发布") {
		c.t.Errorf("checked without a word: %d", w.Code)
	}
	form.Set("note", "按口径 <script>")
	if w := c.post(path, "u-unit", form); w.Code != http.StatusForbidden {
		c.t.Errorf("a unit checks its own draft: %d", w.Code)
	}
	if w := c.post(path, "u-local", form); w.Code != http.StatusSeeOther {
		c.t.Errorf("check: %d %s", w.Code, w.Body)
	}
	form.Set("seen", "1")
	if w := c.post(path, "u-local", form); w.Code != http.StatusBadRequest {
		c.t.Errorf("checked a draft that is no more: %d", w.Code)
	}
}

// TestDraftsAreOfTheOffice holds that no public answer has anything of a draft.
func TestDraftsAreOfTheOffice(t *testing.T) {
	c := newCrowd(t, Access{})
	c.post("/admin/rounds", "u-local", url.Values{"region": {"990101"}, "year": {"2024"}})
	const secret = "只给办公室看的草稿"
	body := bytes.ReplaceAll(draftOf(2024, true), []byte("政府信息公开工作年度报告"), []byte("政府信息公开工作年度报告"+secret))
	if w := c.hand("/admin/rounds/1/hand-in", "u-local", "draft", secret+".html", body, map[string]string{"agency": "990101001"}); w.Code != http.StatusSeeOther {
		t.Fatalf("hand in: %d", w.Code)
	}
	if !strings.Contains(c.get("/admin/rounds/1", "u-local").Body.String(), secret) {
		t.Fatal("the office's own page does not say it; the test looks for the wrong text")
	}
	for _, path := range append(c.publicPaths(), "/reports/990101001/2024") {
		if strings.Contains(c.get(path, "").Body.String(), secret) {
			t.Errorf("%s says what a draft says", path)
		}
	}
}

// TestDraftOfOthers hands in for a unit what is another unit's and another year's: the
// round and the draft say so in both languages, and nobody checks it without a word on why.
// The unit's own, with or without the regions before its name, is not flagged.
func TestDraftOfOthers(t *testing.T) {
	c := newCrowd(t, Access{})
	if w := c.post("/admin/rounds", "u-local", url.Values{"region": {"990101"}, "year": {"2024"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("begin: %d", w.Code)
	}
	const round = "/admin/rounds/1"
	for _, d := range []struct {
		agency string
		year   int
		wrong  []string
	}{
		{"990101002", 2023, []string{"写的是立春街道办事处", "写的是 2023 年度"}},
		{"990101001", 2023, []string{"写的是 2023 年度"}},
		{"990101001", 2024, nil},
		{"990101002", 2024, []string{"写的是立春街道办事处"}},
	} {
		if w := c.hand(round+"/hand-in", "u-local", "draft", "a.html", draftOf(d.year, true), map[string]string{"agency": d.agency}); w.Code != http.StatusSeeOther {
			t.Fatalf("hand in: %d %s", w.Code, w.Body)
		}
		path := round + "/" + d.agency
		page := c.get(path, "u-local").Body.String()
		if n := strings.Count(page, "</i>写的是"); n != len(d.wrong) {
			t.Errorf("%s of %d is flagged %d times; want %d", d.agency, d.year, n, len(d.wrong))
		}
		for _, want := range d.wrong {
			if !strings.Contains(page, want) || !strings.Contains(c.get(round, "u-local").Body.String(), want) {
				t.Errorf("%s of %d is not flagged %q", d.agency, d.year, want)
			}
		}
		if english := c.get("/en"+path, "u-local").Body.String(); len(d.wrong) > 0 && !strings.Contains(english, "calls itself") && !strings.Contains(english, "2023") {
			t.Errorf("/en%s does not say so", path)
		}
		seen := regexp.MustCompile(`name="seen" value="(\d+)"`).FindStringSubmatch(page)
		if seen == nil {
			t.Fatal("no form to check the draft")
		}
		want := http.StatusSeeOther
		if d.wrong != nil {
			want = http.StatusBadRequest
		}
		if w := c.post(path, "u-local", url.Values{"seen": {seen[1]}, "do": {"checked"}}); w.Code != want {
			t.Errorf("%s of %d checked without a word: %d; want %d", d.agency, d.year, w.Code, want)
		}
	}
}
