package crawl

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A listing serves pages by path; a path it has not is missing, softly or not.
type listing struct {
	pages map[string]string
	soft  bool
}

func (l listing) serve(_ int, w http.ResponseWriter, r *http.Request) {
	text, ok := l.pages[r.URL.RequestURI()]
	switch {
	case ok && text == "503":
		w.WriteHeader(503)
	case ok && text == "412":
		w.WriteHeader(412)
	case ok:
		fmt.Fprint(w, text)
	case l.soft:
		fmt.Fprint(w, "<html><body>您访问的页面不存在</body></html>")
	default:
		w.WriteHeader(404)
	}
}

// trsList is a page of a list that links the reports of some years.
func trsList(pager string, years ...int) string {
	var b strings.Builder
	b.WriteString("<html><body><a href='/'>首页</a><a href='/gknb/'>政府信息公开年报</a><ul>")
	for _, y := range years {
		fmt.Fprintf(&b, "<li><a href='/gknb/t%d0120_1234567.html'>云杉街道办事处%d年政府信息公开工作年度报告</a><span>%d-01-20</span></li>", y+1, y, y+1)
	}
	b.WriteString("</ul><script>" + pager + "</script></body></html>")
	return b.String()
}

func yearsOf(l *Look) []int {
	var years []int
	for _, c := range l.Candidates {
		years = append(years, c.Year)
	}
	slices.Sort(years)
	return years
}

// The pagers of the TRS make, as they are met, and lists that end badly.
func TestLook(t *testing.T) {
	zero := func(pages, n int) string { return fmt.Sprintf(`createPageHTML(%d, %d, "index", "html");`, pages, n) }
	one := func(pages, n int) string {
		return fmt.Sprintf(`createPageHTML('page_div',%d, %d,'index','shtml',45);`, pages, n)
	}
	for _, c := range []struct {
		name  string
		far   listing
		more  string
		years []int
		state LookState
	}{
		{"counted from 0", listing{pages: map[string]string{
			"/gknb/": trsList(zero(3, 0), 2024, 2023), "/gknb/index_1.html": trsList(zero(3, 1), 2022, 2021), "/gknb/index_2.html": trsList(zero(3, 2), 2020)}},
			"", []int{2020, 2021, 2022, 2023, 2024}, LookOK},
		{"counted from 1, second page _1", listing{pages: map[string]string{
			"/gknb/": trsList(one(2, 1), 2024), "/gknb/index_1.shtml": trsList(one(2, 2), 2023)}},
			"", []int{2023, 2024}, LookOK},
		{"counted from 1, second page _2", listing{pages: map[string]string{
			"/gknb/": trsList(one(3, 1), 2024), "/gknb/index_2.shtml": trsList(one(3, 2), 2023), "/gknb/index_3.shtml": trsList(one(3, 3), 2022)}},
			"", []int{2022, 2023, 2024}, LookOK},
		{"page 1 again under _1", listing{pages: map[string]string{
			"/gknb/": trsList(one(2, 1), 2024), "/gknb/index_1.shtml": trsList(one(2, 1), 2024), "/gknb/index_2.shtml": trsList(one(2, 2), 2023)}},
			"", []int{2023, 2024}, LookOK},
		{"missing softly under _1", listing{soft: true, pages: map[string]string{
			"/gknb/": trsList(one(2, 1), 2024), "/gknb/index_2.shtml": trsList(one(2, 2), 2023)}},
			"", []int{2023, 2024}, LookOK},
		{"a page of the count is missing", listing{pages: map[string]string{"/gknb/": trsList(zero(2, 0), 2024)}},
			"", []int{2024}, LookChanged},
		{"a page is overloaded", listing{pages: map[string]string{
			"/gknb/": trsList(zero(2, 0), 2024), "/gknb/index_1.html": "503"}},
			"", []int{2024}, LookBroken},
		{"a page is challenged", listing{pages: map[string]string{
			"/gknb/": trsList(zero(2, 0), 2024), "/gknb/index_1.html": "412"}},
			"", []int{2024}, LookBlocked},
		{"the column is gone", listing{pages: map[string]string{}}, "", nil, LookChanged},
		{"no report", listing{pages: map[string]string{"/gknb/": trsList(zero(1, 0))}}, "", nil, LookEmpty},
		{"none of those expected", listing{pages: map[string]string{"/gknb/": trsList(zero(1, 0))}}, "expect: 5\n", nil, LookEmpty},
		{"fewer than expected", listing{pages: map[string]string{"/gknb/": trsList(zero(1, 0), 2024)}}, "expect: 5\n", []int{2024}, LookChanged},
		{"plain template", listing{pages: map[string]string{
			"/gknb/": trsList("", 2024), "/gknb/p2.html": trsList("", 2023), "/gknb/p3.html": trsList("", 2022)}},
			"list: {next: \"p{n}.html from 2\"}\n", []int{2022, 2023, 2024}, LookOK},
		{"calendar without end", listing{pages: map[string]string{
			"/gknb/": trsList("", 2024), "/gknb/p2.html": trsList("", 2023), "/gknb/p3.html": trsList("", 2022)}},
			"list: {max: 2, next: \"p{n}.html from 2\"}\n", []int{2023, 2024}, LookBroken},
	} {
		t.Run(c.name, func(t *testing.T) {
			far := serve(t, c.far.serve)
			look, err := crawler(t, Options{}).Look(t.Context(), far.portal(t, "family: trs\n"+c.more))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.years, yearsOf(look)); diff != "" {
				t.Errorf("years (-want +got):\n%s", diff)
			}
			if look.State != c.state || look.Good != (c.state == LookOK) {
				t.Errorf("state %s, good %v, problems %v; want %s", look.State, look.Good, look.Problems, c.state)
			}
			if (len(look.Problems) == 0) != (c.state == LookOK) {
				t.Errorf("problems %v", look.Problems)
			}
		})
	}
}

// Every answer that lists something is kept, the failed one too, and every link
// that was left out has its rule.
func TestLookEvidence(t *testing.T) {
	far := serve(t, listing{pages: map[string]string{
		"/gknb/":             trsList(`createPageHTML(2, 0, "index", "html");`, 2024) + "<a href='http://b.test/x1234.html'>云杉街道2020年政府信息公开工作年度报告</a><a href='/t1234.html'>关于做好年度报告的通知</a>",
		"/gknb/index_1.html": "412"}}.serve)
	look, err := crawler(t, Options{}).Look(t.Context(), far.portal(t, "family: trs\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(look.Pages) != 2 || look.Pages[0].Status != 200 || look.Pages[1].Status != 412 {
		t.Errorf("%d pages kept", len(look.Pages))
	}
	got := map[string]string{}
	for _, r := range look.Rejected {
		got[strings.TrimPrefix(r.URL, far.URL)] = r.Rule
	}
	want := map[string]string{"/": "accept.title", "/gknb/": "bare_title.column",
		"http://b.test/x1234.html": "hosts: b.test", "/t1234.html": "reject.title: 通知"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rejected (-want +got):\n%s", diff)
	}
}

// A report that two entries link is one candidate, and both entries found it. An
// entry that fails takes nothing from the others.
func TestLookEntries(t *testing.T) {
	far := serve(t, listing{pages: map[string]string{"/gknb/": trsList("", 2024, 2023), "/ysjd/": trsList("", 2024), "/yxjd/": "412"}}.serve)
	p := far.portal(t, "family: trs\n")
	p.Entries = append(p.Entries, Entry{URL: far.URL + "/ysjd/", Unit: "990101001"}, Entry{URL: far.URL + "/yxjd/", Unit: "990101002"})
	look, err := crawler(t, Options{}).Look(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range look.Entries {
		got = append(got, fmt.Sprintf("%s %v %d", e.State, e.Good, e.Found))
	}
	if diff := cmp.Diff([]string{"ok true 2", "ok true 1", "blocked false 0"}, got); diff != "" || len(look.Candidates) != 2 {
		t.Errorf("%d candidates, entries (-want +got):\n%s", len(look.Candidates), diff)
	}
	if !look.GoodFor("990101001") || look.GoodFor("990101002") || !look.GoodFor("990101-gov") || look.Good {
		t.Errorf("good for the units: %v %v %v, good %v; want true, false, true, false",
			look.GoodFor("990101001"), look.GoodFor("990101002"), look.GoodFor("990101-gov"), look.Good)
	}
}

// A directory of units leads to lists with bare titles: unit and year come from
// the links on the way.
func TestLookThrough(t *testing.T) {
	far := serve(t, listing{pages: map[string]string{
		"/gknb/":            `<ul class="units"><li><a href="/ys/">云杉街道</a></li><li><a href="/lw/">芦苇镇</a></li><li><a href="/x/">更多</a></li></ul>`,
		"/ys/":              `<a href="/ys/2020/">2020年</a> <a href="/ys/2021/">2021年</a>`,
		"/lw/":              `<a href="/lw/2021/">2021年</a>`,
		"/ys/2020/":         `<li><a href="/ys/2020/content_10001.html">政府信息公开工作年度报告</a></li>`,
		"/ys/2021/":         `<li><a href="/ys/2021/content_10002.html">政府信息公开工作年度报告</a></li>`,
		"/lw/2021/":         `<li><a href="/lw/2021/content_10003.html">政府信息公开工作年度报告</a></li>`,
		"/x/":               "never to be read",
		"/index.html?ref=1": "",
	}}.serve)
	p := far.portal(t, "through: [{link: \".units a\", reject: 更多}, {link: a, text: '^20\\d\\d年$'}]\n")
	p.Entries[0].Unit, p.Entries[0].Year = ByColumn, ByColumn
	look, err := crawler(t, Options{}).Look(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range look.Candidates {
		got = append(got, fmt.Sprintf("%s %d", c.Unit, c.Year))
	}
	if diff := cmp.Diff([]string{"云杉街道 2020", "云杉街道 2021", "芦苇镇 2021"}, got); diff != "" || !look.Good {
		t.Errorf("good %v, problems %v, candidates (-want +got):\n%s", look.Good, look.Problems, diff)
	}
	if slices.Contains(far.paths(), "/x/") {
		t.Error("a link that the rules reject was followed")
	}
}

// A look hands its pages on as they come and keeps none of their bytes; who cannot
// take one ends it.
func TestLookAt(t *testing.T) {
	far := serve(t, listing{pages: map[string]string{
		"/gknb/":             trsList(`createPageHTML(3, 0, "index", "html");`, 2024, 2023),
		"/gknb/index_1.html": trsList(`createPageHTML(3, 1, "index", "html");`, 2022),
	}}.serve)
	var kept []string
	look, err := crawler(t, Options{}).LookAt(t.Context(), far.portal(t, "family: trs\n"), func(f *Fetched) error {
		kept = append(kept, fmt.Sprintf("%d %s %v", f.Status, strings.TrimPrefix(f.URL, far.URL), len(f.Body) > 0))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"200 /gknb/ true", "200 /gknb/index_1.html true", "404 /gknb/index_2.html false"}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if len(look.Pages) != len(want) || len(look.Candidates) != 3 {
		t.Errorf("%d pages, %d candidates; want %d, 3", len(look.Pages), len(look.Candidates), len(want))
	}
	for _, f := range look.Pages {
		if f.Body != nil || f.URL == "" {
			t.Errorf("%s keeps %d bytes", f.URL, len(f.Body))
		}
	}
	full := errors.New("the disk is full")
	for n := range 3 {
		calls := 0
		_, err := crawler(t, Options{}).LookAt(t.Context(), far.portal(t, "family: trs\n"), func(*Fetched) error {
			if calls++; calls > n {
				return full
			}
			return nil
		})
		if !errors.Is(err, full) || calls != n+1 {
			t.Errorf("%v after %d pages; want the error of page %d", err, calls, n+1)
		}
	}
}

// Of the picks of a hop the first that finds a link counts.
func TestHopPicks(t *testing.T) {
	reports := trsList("", 2024)
	far := serve(t, listing{pages: map[string]string{
		"/gknb/":  `<iframe src="/frame/"></iframe><a class="list" href="/other/">列表</a>`,
		"/bare/":  `<a class="list" href="/frame/">列表</a>`,
		"/frame/": reports,
	}}.serve)
	for _, entry := range []string{"/gknb/", "/bare/"} {
		p := far.portal(t, "through: [{link: \"iframe@src | a.list@href\"}]\n")
		p.Entries[0].URL = far.URL + entry
		if look, err := crawler(t, Options{}).Look(t.Context(), p); err != nil || len(look.Candidates) != 1 || !look.Good {
			t.Errorf("%s: %+v, %v; want the list behind it", entry, look, err)
		}
	}
}
