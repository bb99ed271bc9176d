package crawl

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDraftUnknown holds that the address of a column of no known make is enough where
// its page tells how it is read, and that the file says precisely what is left to be
// written where it does not.
func TestDraftUnknown(t *testing.T) {
	all := make(map[string]madeUp)
	for _, c := range slices.Concat(staticPortals(), dataPortals(), scriptPortals(), tablePortals(), hostilePortals(), askingPortals()) {
		all[c.name] = c
	}
	entry := regexp.MustCompile(`url: "\{base\}([^"]*)"`)
	for name, want := range map[string]struct {
		found int
		says  string // what stands in the file; a list that is not whole is left out of refreshes
		whole bool
	}{
		"numbered downwards with the count in words":                             {4, `url: '{stem}_{pages-n+1}.{ext}'`, true},
		"pages in a choice box":                                                  {0, `through: [{link: "select option@value"}]`, false},
		"nested frames, a shell and a redirecting servlet":                       {2, `{link: "frame[name=r]@src"}, {link: "iframe@src"}`, true},
		"JSON with nested items and a cursor":                                    {2, `list.values: {token: data.next}`, false},
		"JSON that links its next page":                                          {4, `next: {link: 'links.next'}`, true},
		"JSONP, addresses made of two fields":                                    {0, `values: {cat: 'cat', id: 'id'}`, false},
		"Atom feed with links to the next":                                       {2, `link: 'link.@href'`, true},
		"postback with hidden state":                                             {4, `body: "__EVENTTARGET=ctl00%24Pager&__EVENTARGUMENT={n}"`, true},
		"list in a variable of a script":                                         {2, `within: 'docs\s*=\s*`, true},
		"markup in a text of a script":                                           {1, `脚本文字中的网页片段`, true},
		"table of units with serial numbers and spans":                           {4, `read: matrix`, true},
		"Vue with its state in a script, more by POST with a token":              {0, `values: {type: 'attributes.type', id: 'id'}`, false},
		"page object in an attribute":                                            {4, `decode: [html]`, true},
		"data within a text within data":                                         {2, `item: 'data.rows'`, true},
		"XML island in GB18030 under a wrong charset":                            {2, `列表写明共 2 页，只读到第一页`, false},
		"postback whose target is another for each page, units chosen in a form": {0, `body: '__EVENTTARGET=ddlUnit&ddlUnit={v}'`, false},
		"year tabs whose address a script computes":                              {4, `url: '/nb/{3}/p{2-2000}.inc'`, true},
		"records that a script adds one by one":                                  {2, `read: text`, true},
		"list in base64, links in base64 too":                                    {0, `decode: [base64]`, false},
		"files whose titles stand in attributes":                                 {2, `div.f[data-file], object[data]`, true},
		"data- attributes and a template in the page":                            {2, `url: '/zwgk/{cat}/{id}.html'`, true},
		"links of a function that the page defines":                              {2, `url: '/art/{1}/art_{2}.html'`, true},
		"data- attributes that a script joins":                                   {2, `values: {day: '@data-day', id: '@data-id'}`, true},
		"a list that a script asks for":                                          {4, `source: '/web/list.do?ch=37&pageNo={n}'`, true},
		"a list that a script posts for":                                         {4, `body: '{"channel":"nb","page":{n},"size":2}'`, true},
		"pages that a variable counts and a script joins":                        {4, `url: 'more-{n}.html'`, true},
		"pages that a variable counts, joined in a script of its own":            {4, `url: 'l/p{n-1}.htm'`, true},
		"a list that a script of its own asks for":                               {4, `source: '/web/list.do?ch=37&pageNo={n}'`, true},
	} {
		t.Run(name, func(t *testing.T) {
			c, known := all[name]
			if !known {
				t.Fatal("no such portal")
			}
			far := serve(t, c.serve)
			d, err := crawler(t, Options{}).Draft(t.Context(), Column{ID: "test", Name: "云杉区", Region: "990101", URL: far.URL + entry.FindStringSubmatch(c.file)[1],
				Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Delay: time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			text := string(d.Text)
			if len(d.Look.Candidates) != want.found || !strings.Contains(text, want.says) || d.Look.Good != want.whole || strings.Contains(text, "enabled: false") == want.whole {
				t.Errorf("found %d, good %v, %v; want %d, %v, and in the file %q\n%s\nasked %q", len(d.Look.Candidates), d.Look.Good, d.Look.Problems, want.found, want.whole, want.says, text, far.paths())
			}
			if n := len(far.paths()); n > 12 {
				t.Errorf("%d requests: %q", n, far.paths())
			}
		})
	}
}

// askingPortals are columns whose scripts tell how the list or the addresses are had.
func askingPortals() []madeUp {
	rows := func(page int) string {
		if page == 1 {
			return fmt.Sprintf(`[{"t":%q,"u":"/i/1001.htm"},{"t":%q,"u":"/i/1002.htm"}]`, ys24, lw24)
		}
		return fmt.Sprintf(`[{"t":%q,"u":"/i/1003.htm"},{"t":%q,"u":"/i/1004.htm"}]`, ys23, lw23)
	}
	list := func(page int, more string) string {
		titles, first := []string{ys24, lw24}, 1001
		if page == 2 {
			titles, first = []string{ys23, lw23}, 1003
		}
		return fmt.Sprintf(`<ul><li><a href="/i/%d.htm">%s</a></li><li><a href="/i/%d.htm">%s</a></li></ul>%s`, first, titles[0], first+1, titles[1], more)
	}
	lists := func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/web/list.do" || r.FormValue("ch") != "37" {
			return false
		}
		fmt.Fprintf(w, `{"total":4,"rows":%s}`, rows(int(r.FormValue("pageNo")[0]-'0')))
		return true
	}
	return []madeUp{
		{name: "pages that a variable counts and a script joins", pages: map[string]string{
			"/nb/":            list(1, `<script>var pageCount = 2; function go(i) { location.href = "more-" + i + ".html"; }</script>`),
			"/nb/more-2.html": list(2, ""),
		}, file: `url: "{base}/nb/"`},
		{name: "pages that a variable counts, joined in a script of its own", pages: map[string]string{
			"/nb/":         list(1, `<script>var conf = {totalPage: 2, current: 1}</script><script src="/js/jquery.js"></script><script src="/js/turn.js"></script>`),
			"/js/turn.js":  `function turn(i) { location.href = 'l/p' + i + '.htm'; }`,
			"/nb/l/p1.htm": list(2, ""),
		}, file: `url: "{base}/nb/"`},
		{name: "a list that a script of its own asks for", do: lists, pages: map[string]string{
			"/nb/":        `<div id=l></div><script src="/js/jquery.js"></script><script src="../js/list.js"></script>`,
			"/js/list.js": `$.getJSON("/web/list.do?ch=37&pageNo=1", show)`,
		}, file: `url: "{base}/nb/"`},
		{name: "links of a function that the page defines", pages: map[string]string{
			"/nb/": `<script>function openArt(c, id) { var u = '/art/' + c + "/art_" + id + ".html"; window.open(u); }</script>` +
				`<a href="javascript:void(0)" onclick="openArt('nb', 1001)">` + ys24 + `</a><a href="javascript:void(0)" onclick="openArt('nb', 1002)">` + lw24 + `</a>`,
		}, file: `url: "{base}/nb/"`},
		{name: "data- attributes that a script joins", pages: map[string]string{
			"/nb/": `<ul><li class="row" data-id="1001" data-day="20250120">` + ys24 + `</li><li class="row" data-id="1002" data-day="20250121">` + lw24 + `</li></ul>` +
				`<script>$('.row').click(function(){ location.href = '/c/' + $(this).data('day') + '/t_' + this.dataset.id + '.html' })</script>`,
		}, file: `url: "{base}/nb/"`},
		{name: "a list that a script asks for", do: lists, pages: map[string]string{"/nb/": `<div id=l></div><script>$.getJSON("/web/list.do?ch=37&pageNo=1", show)</script>`}, file: `url: "{base}/nb/"`},
		{name: "a list that a script posts for", do: func(w http.ResponseWriter, r *http.Request) bool {
			var q struct {
				Channel    string
				Page, Size int
			}
			if r.URL.Path != "/api/articles" || r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&q) != nil || q.Channel != "nb" || q.Size != 2 {
				return false
			}
			fmt.Fprintf(w, `{"data":{"totalCount":4,"list":%s}}`, rows(q.Page))
			return true
		}, pages: map[string]string{"/nb/": `<div id=app></div><script>var ch = "nb"; axios.post("/api/articles", {channel: ch, page: page, size: 2}).then(show)</script>`}, file: `url: "{base}/nb/"`},
	}
}
