package web

import (
	"regexp"

	"golang.org/x/net/html"

	"fmt"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// englishOf is the address of a page in English.
func englishOf(path string) string { return englishRoot + path }

// TestEnglishAddresses holds that every page answers in English below /en, names
// itself in both languages, and leads out of English only where it says so.
func TestEnglishAddresses(t *testing.T) {
	s := newFixture(t)
	for _, path := range routes() {
		w := get(t, s, http.MethodGet, englishOf(path))
		if w.Code != http.StatusOK {
			t.Errorf("%s answers %d", englishOf(path), w.Code)
			continue
		}
		alternates := make(map[string]string)
		for _, n := range elements(t, w.Body.String()) {
			href, _ := attr(n, "href")
			tongue, _ := attr(n, "hreflang")
			if got, _ := attr(n, "lang"); n.Data == "html" && got != "en" {
				t.Errorf("%s: lang %q", path, got)
			}
			if n.Data == "link" && tongue != "" {
				alternates[tongue] = href
			}
			if n.Data == "form" {
				href, _ = attr(n, "action")
			}
			if tongue == "" && strings.HasPrefix(href, "/") && !free(href) && !strings.HasPrefix(href, "/en/") {
				t.Errorf("%s leads to %s, which is Chinese", englishOf(path), href)
			}
		}
		if alternates["en"] != "http://example.com/en"+path || alternates["zh-CN"] != "http://example.com"+path {
			t.Errorf("%s names as its languages %v", path, alternates)
		}
	}
}

// free reports whether an address is of no language: data, static files, the bytes
// of an original.
func free(href string) bool {
	return outside(href) || strings.HasPrefix(href, "/originals/") && !strings.Contains(href, "/view")
}

// TestLanguageOfAnswers holds what else an address decides: the tag of a page, the
// language of an error, where a redirect goes, and what is of no language.
func TestLanguageOfAnswers(t *testing.T) {
	s := newFixture(t)
	tag := func(path string) string { return get(t, s, http.MethodGet, path).Header().Get("ETag") }
	if tag("/methods") == tag("/en/methods") {
		t.Error("both languages have one ETag")
	}
	if tag("/en") != tag("/en/") || get(t, s, http.MethodGet, "/en").Code != http.StatusOK {
		t.Error("/en is not /en/")
	}
	for path, says := range map[string]string{"/en/nowhere": `lang="en"`, "/nowhere": `lang="zh-CN"`, "/english": `lang="zh-CN"`} {
		if w := get(t, s, http.MethodGet, path); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s answers %d and does not say %s", path, w.Code, says)
		}
	}
	if got := get(t, s, http.MethodGet, "/en/status").Header().Get("Location"); !strings.HasPrefix(got, "/en/status/") {
		t.Errorf("/en/status leads to %q", got)
	}
	if w := get(t, s, http.MethodGet, "/en/api/v1/regions"); w.Code != http.StatusNotFound {
		t.Errorf("data below a language answer %d", w.Code)
	}
}

// TestNoChinese holds that English pages have no Chinese outside of elements marked
// lang="zh". Where no element may stand, in attributes, titles and the data of
// charts, names of the fixture are let through, and so is what stands in quotation
// marks.
func TestNoChinese(t *testing.T) {
	s := newFixture(t)
	for _, path := range append(routes(), "/en-nowhere", "/agencies/none", "/reports/990101006/2024", "/reports/990101010/2024",
		"/compare?chart=pie", "/compare?per=head", "/indicators/open_rate?pool=x", "/regions/990101?part=x", "/regions/990101?year=1900", "/?as_of=x", "/status/990101/2024?show=x", "/status/990101/2024?sort=x") {
		body := get(t, s, http.MethodGet, englishOf(path)).Body.String()
		for _, text := range chineseIn(t, body) {
			t.Errorf("%s says %q", englishOf(path), text)
		}
	}
}

// TestNoEnglish holds that Chinese pages say nothing in English but codes, names of
// formats and what the sources themselves say.
func TestNoEnglish(t *testing.T) {
	s := newFixture(t)
	sentence := regexp.MustCompile(`(?:\b[A-Za-z]{2,}[ ,;]+){4,}[A-Za-z]{2,}`)
	for _, path := range routes() {
		root, err := html.Parse(strings.NewReader(get(t, s, http.MethodGet, path).Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Type == html.TextNode && !ofCode(n.Parent) && sentence.MatchString(n.Data) {
				t.Errorf("%s says %q", path, n.Data)
			}
		}
	}
}

func ofCode(n *html.Node) bool { return n.Data == "script" || n.Data == "code" || n.Data == "style" }

// quoted is what stands in quotation marks, and in the fields that hold the words of
// a source.
var quoted = regexp.MustCompile(`“[^”]*”|"[^"]*"|&#34;.*?&#34;`)

// chineseIn lists the Chinese of a page that is not marked.
func chineseIn(t *testing.T, body string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	say := func(n *html.Node, text string) {
		for _, name := range append(fixtureNames, "军粮城街道", "张贵庄街道", "东丽区", "天津市", "示例区", "办事处", "人民政府") {
			text = strings.ReplaceAll(text, name, "")
		}
		if strings.ContainsFunc(text, isChinese) {
			all = append(all, n.Data+": "+strings.TrimSpace(text))
		}
	}
	for n := range root.Descendants() {
		switch {
		case marked(n):
		case n.Type == html.TextNode && strings.ContainsFunc(n.Data, isChinese):
			if inAttributes(n.Parent) {
				say(n.Parent, quoted.ReplaceAllString(n.Data, ""))
			} else if n.Parent.Data == "script" {
				say(n.Parent, n.Data)
			} else {
				all = append(all, n.Parent.Data+": "+strings.TrimSpace(n.Data))
			}
		case n.Type == html.ElementNode:
			for _, a := range n.Attr {
				if a.Key != "data-raw" && a.Key != "href" && a.Key != "value" && a.Key != "data-name" {
					say(n, quoted.ReplaceAllString(a.Val, ""))
				}
			}
		}
	}
	return all
}

// inAttributes reports whether an element holds text alone.
func inAttributes(n *html.Node) bool { return wholly[n.Data] && n.Data != "script" }

func marked(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if l, ok := attr(n, "lang"); ok && n.Type == html.ElementNode {
			return strings.HasPrefix(l, "zh")
		}
	}
	return false
}

// TestMarks holds how marks become elements.
func TestMarks(t *testing.T) {
	name := en.asWritten("立春街道")
	for in, want := range map[string]string{
		"<p>" + name + " x</p>":                           `<p><span lang="zh">立春街道</span> x</p>`,
		`<a title="` + name + `">` + name + `</a>`:        `<a title="立春街道"><span lang="zh">立春街道</span></a>`,
		"<title>" + name + "</title>":                     "<title>立春街道</title>",
		"<svg><text>" + name + "</text></svg>" + name:     `<svg><text><tspan lang="zh">立春街道</tspan></text></svg><span lang="zh">立春街道</span>`,
		"<svg><svg></svg><text>" + name + "</text></svg>": `<svg><svg></svg><text><tspan lang="zh">立春街道</tspan></text></svg>`,
		"<p>" + name[:len(name)-3] + "</p>":               `<p><span lang="zh">立春街道</span></p>`,
		"<p>\uFDD1x</p>" + name:                           `<p>x</p><span lang="zh">立春街道</span>`,
	} {
		if got := string(markup([]byte(in))); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := marks.Replace(en.quoting("From 2021 the row 其他处理 is split")); got != "From 2021 the row 其他处理 is split" {
		t.Errorf("quoting changed a text: %q", got)
	}
	if got := string(markup([]byte(en.quoting("says “第3项，其他” of 规章")))); got != `says “<span lang="zh">第3项，其他</span>” of <span lang="zh">规章</span>` {
		t.Errorf("quoting: %q", got)
	}
}

// TestRetell holds that a sentence of the database finds its English, its quotations
// marked, and that what the catalogue lacks stays as it is.
func TestRetell(t *testing.T) {
	p := page{Lang: en}
	for in, want := range map[string]string{
		"发现 2024 年度报告":                       "Report for 2024 found",
		"标题写作立春街道，落款为雨水街道":                   `The title names <span lang="zh">立春街道</span>, the signature <span lang="zh">雨水街道</span>`,
		"未能查看：robots.txt forbids /x":         "could not be looked at: robots.txt forbids /x",
		"文中没有这张表：政府信息公开情况统计表":                `The text lacks this table: <span lang="zh">政府信息公开情况统计表</span>`,
		"一句没有人写过的话":                          "一句没有人写过的话",
		"表中没有这一行：三、本年度办理结果/（三）不予公开/1.属于国家秘密": "",
		"两种读法不一致：本年新收（自然人） 3 / 缺项":           "",
	} {
		got := string(markup([]byte(p.retell(in))))
		if want != "" && got != want {
			t.Errorf("%q is told %q, want %q", in, got, want)
		}
		t.Log(got)
	}
	if got := (page{Lang: zh}).retell("发现 2024 年度报告"); got != "发现 2024 年度报告" {
		t.Errorf("in Chinese %q", got)
	}
}

// TestRetellCells holds that what readers doubted of a cell, of any form, is told with the
// cell's English labels.
func TestRetellCells(t *testing.T) {
	p := page{Lang: en}
	for _, format := range standard.Formats() {
		for _, cell := range standard.FormOf(format).Cells {
			row, column := cell.RowLabel, cell.ColumnLabel
			row.EN, column.EN = plainTerm(row.EN), plainTerm(column.EN)
			for _, c := range []struct {
				doubt string
				want  []string
			}{
				{"无法确读：" + row.ZH + "（" + column.ZH + "）", []string{row.EN, column.EN}}, {"无法确读：" + row.ZH + "（" + column.ZH + "） “3o”", []string{row.EN, column.EN, "3o"}},
				{"两种读法不一致：" + row.ZH + "（" + column.ZH + "） 3 / 缺项", []string{row.EN, column.EN, "3 / absent"}},
				{"从原文件直接取出的数字中找不到这一数字，或次序不符：" + row.ZH + "（" + column.ZH + "） “8”", []string{row.EN, column.EN, "8"}},
				{"“" + row.ZH + "”出现两次，数值不同", []string{row.EN}}, {"表中没有这一行：" + row.ZH, []string{row.EN}},
				{"表中没有“" + row.ZH + "”一行，而正文中有其项目和栏目名称，表格可能未能成形", []string{row.EN}},
				{"“" + row.ZH + "”上方未找到栏目名称，按格式规定的顺序读入", []string{row.EN}}, {"“" + column.ZH + "”一栏的名称出现两次", []string{column.EN}},
			} {
				told := p.retell(c.doubt)
				for _, want := range c.want {
					if !strings.Contains(told, want) {
						t.Errorf("%s %q is told %q, without %q", format, c.doubt, told, want)
					}
				}
				if strings.ContainsFunc(told, isChinese) {
					t.Errorf("%s %q is told %q", format, c.doubt, told)
				}
			}
			if t.Failed() {
				break
			}
		}
	}
}

// TestErrorsInBothLanguages holds the errors that no address alone can ask for: they
// are pages in the language asked, with the headers that machines go by.
func TestErrorsInBothLanguages(t *testing.T) {
	s := newFixture(t)
	ask := func(method, path string, length int64) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.ContentLength = length
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for _, tc := range []struct {
		method, path string
		length       int64
		code         int
		says, header string
	}{
		{"DELETE", "/methods", 0, 405, "不接受", "Allow"},
		{"DELETE", "/en/methods", 0, 405, "does not take", "Allow"},
		{"POST", "/check", maxDraft + 1, 413, "文件太大", ""},
		{"POST", "/en/check", maxDraft + 1, 413, "The file is too large", ""},
		{"POST", "/check", 0, 400, "一个文件", ""},
		{"POST", "/en/check", 0, 400, "one file of at most 50 MB", ""},
	} {
		w := ask(tc.method, tc.path, tc.length)
		if w.Code != tc.code || !strings.Contains(w.Body.String(), tc.says) || !strings.Contains(w.Body.String(), `class="masthead"`) {
			t.Errorf("%s %s answers %d without %q: %.400s", tc.method, tc.path, w.Code, tc.says, w.Body)
		}
		if tc.header != "" && w.Header().Get(tc.header) == "" {
			t.Errorf("%s %s has no %s", tc.method, tc.path, tc.header)
		}
	}
	for l, says := range map[lang]string{zh: "数据库正忙", en: "The database is busy"} {
		w := httptest.NewRecorder()
		c := s.echo.NewContext(httptest.NewRequest("GET", "/", nil), w)
		c.Set(langKey, l)
		s.showError(fmt.Errorf("read: %w", report.ErrBusy), c)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), says) {
			t.Errorf("busy in %s: %d, %v", l, w.Code, w.Header())
		}
	}
}

// TestWeight holds that no page is heavier on the wire than 150 KB, in either language.
func TestWeight(t *testing.T) {
	s := newFixture(t)
	const most = 150 << 10
	heaviest, weight := "", 0
	for _, path := range routes() {
		for _, p := range []string{path, englishOf(path)} {
			n := get(t, s, http.MethodGet, p, "Accept-Encoding", "gzip").Body.Len()
			if n > most {
				t.Errorf("%s is %d bytes compressed", p, n)
			}
			if n > weight {
				heaviest, weight = p, n
			}
		}
	}
	t.Logf("heaviest: %s, %d bytes", heaviest, weight)
}
