package crawl

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// A madeUp portal is of a make that no preset knows. Its file alone must lead to all
// of its reports and to nothing else.
type madeUp struct {
	name  string
	pages map[string]string // address → page
	do    func(w http.ResponseWriter, r *http.Request) bool
	file  string   // what follows id, name and region
	want  []string // unit and year of each report, sorted; with the address where that matters
	urls  []string // addresses of the reports, where they matter
}

const (
	ys24 = "云杉街道办事处2024年政府信息公开工作年度报告"
	ys23 = "云杉街道办事处2023年政府信息公开工作年度报告"
	lw24 = "芦苇镇人民政府2024年政府信息公开工作年度报告"
	lw23 = "芦苇镇人民政府2023年政府信息公开工作年度报告"
	tz   = "关于做好2024年政府信息公开工作年度报告编制工作的通知"
)

var allFour = []string{"云杉街道办事处 2023", "云杉街道办事处 2024", "芦苇镇人民政府 2023", "芦苇镇人民政府 2024"}

var bareFour = []string{"云杉街道 2023", "云杉街道 2024", "芦苇镇 2023", "芦苇镇 2024"}

func TestMadeUpFamilies(t *testing.T) {
	for _, c := range slices.Concat(staticPortals(), dataPortals(), scriptPortals(), tablePortals(), hostilePortals()) {
		t.Run(c.name, func(t *testing.T) {
			far := serve(t, c.serve)
			file := strings.ReplaceAll("id: test\nname: 测试\nregion: \"990101\"\nnetworks: [\"127.0.0.0/8\"]\npolite: {delay: 0s}\n"+c.file, "{base}", far.URL)
			p, err := ReadPortal("test", strings.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			look, err := crawler(t, Options{}).Look(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			var got, urls []string
			for _, found := range look.Candidates {
				got = append(got, fmt.Sprint(found.Unit, " ", found.Year))
				urls = append(urls, strings.TrimPrefix(found.URL, far.URL))
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" || !look.Good {
				t.Errorf("good %v, problems %v, reports (-want +got):\n%s\nasked %q\nrejected %q", look.Good, look.Problems, diff, far.paths(), look.Rejected)
			}
			if diff := cmp.Diff(c.urls, urls); c.urls != nil && diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
			if n := len(far.paths()); n > 25 {
				t.Errorf("%d requests: %q", n, far.paths())
			}
		})
	}
}

func (c madeUp) serve(_ int, w http.ResponseWriter, r *http.Request) {
	if c.do != nil && c.do(w, r) {
		return
	}
	page, ok := c.pages[r.URL.RequestURI()]
	if !ok || r.Method != http.MethodGet {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = io.WriteString(w, strings.ReplaceAll(page, "{base}", "http://"+r.Host))
}

func links(pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		fmt.Fprintf(&b, `<li><a href="%s">%s</a> 2025-01-20</li>`, pairs[i], pairs[i+1])
	}
	return "<ul>" + b.String() + "</ul>"
}

func staticPortals() []madeUp {
	return []madeUp{
		{name: "blog with ?paged=", pages: map[string]string{
			"/?cat=7":         links("/?p=101", ys24, "/?p=102", lw24, "/?p=90", tz),
			"/?cat=7&paged=2": links("/?p=51", ys23, "/?p=52", lw23),
		}, file: `
entries: [{url: "{base}/?cat=7"}]
list: {next: "{address}&paged={n}"}
`, want: allFour},
		{name: "view with page=0 and a last page for every number beyond", do: func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Query().Get("page") == "" || r.URL.Query().Get("page") == "0" {
				fmt.Fprint(w, links("/node/101", ys24, "/node/102", lw24))
			} else {
				fmt.Fprint(w, links("/node/51", ys23, "/node/52", lw23))
			}
			return true
		}, file: `
entries: [{url: "{base}/nianbao"}]
list: {next: "{stem}?page={n} from 1"}
`, want: allFour},
		{name: "numbered downwards with the count in words", pages: map[string]string{
			"/nb/list.htm":   links("/i/101.htm", ys24) + "共有 4 条记录，分 4 页",
			"/nb/list_3.htm": links("/i/102.htm", lw24), "/nb/list_2.htm": links("/i/51.htm", ys23), "/nb/list_1.htm": links("/i/52.htm", lw23),
		}, file: `
entries: [{url: "{base}/nb/list.htm"}]
list: {next: {pattern: '分\s*(?P<pages>\d+)\s*页', url: "{stem}_{pages-n+1}.{ext}"}}
`, want: allFour},
		{name: "a next link that is only an icon", pages: map[string]string{
			"/nb/":          links("/i/101.htm", ys24, "/i/102.htm", lw24) + `<a class="pg next" href="p-002.htm"><i></i></a>`,
			"/nb/p-002.htm": links("/i/51.htm", ys23, "/i/52.htm", lw23) + `<a class="pg next" href="p-002.htm"><i></i></a>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
list: {next: {link: "a.next@href"}}
`, want: allFour},
		{name: "page numbers of three digits", pages: map[string]string{
			"/nb/001.htm": links("/i/101.htm", ys24, "/i/102.htm", lw24), "/nb/002.htm": links("/i/51.htm", ys23, "/i/52.htm", lw23),
		}, file: `
entries: [{url: "{base}/nb/001.htm"}]
list: {next: "{dir}{n|3}.htm"}
`, want: allFour},
		{name: "pages in a choice box", pages: map[string]string{
			"/nb/":       `<select onchange="go()"><option value="1.htm">第1页</option><option value="2.htm">第2页</option></select>`,
			"/nb/1.htm":  links("/i/101.htm", ys24, "/i/102.htm", lw24),
			"/nb/2.htm":  links("/i/51.htm", ys23, "/i/52.htm", lw23),
			"/index.htm": "",
		}, file: `
entries: [{url: "{base}/nb/", through: [{link: "select option@value"}]}]
`, want: allFour},
		{name: "folders of a web server", pages: map[string]string{
			"/nb/":      `<h1>Index of /nb/</h1><pre><a href="../">../</a><a href="2023/">2023/</a><a href="2024/">2024/</a></pre>`,
			"/nb/2023/": `<pre><a href="../">../</a><a href="%E4%BA%91%E6%9D%89%E8%A1%97%E9%81%93%E5%8A%9E%E4%BA%8B%E5%A4%84%E5%B9%B4%E5%BA%A6%E6%8A%A5%E5%91%8A.doc">云杉街道办事处..&gt;</a></pre>`,
			"/nb/2024/": `<pre><a href="../">../</a><a href="%d4%c6%c9%bc%bd%d6%b5%c0%b0%ec%ca%c2%b4%a6%c4%ea%b6%c8%b1%a8%b8%e6.doc">云杉街道办事处..&gt;</a></pre>`,
		}, file: `
entries: [{url: "{base}/nb/", year: by-folder, through: [{link: a, text: '^20\d\d/$'}]}]
list: {title: "@href"}
`, want: []string{"云杉街道办事处 2023", "云杉街道办事处 2024"}},
		{name: "base href, spaces, Chinese paths written in two ways", pages: map[string]string{
			"/nb/": `<base href="/files/">` + links("a b/云杉 1001.htm", ys24, "a%20b/%e4%ba%91%e6%9d%89%201001.htm", ys24, "a b/1002.htm", lw24),
		}, file: `
entries: [{url: "{base}/nb/"}]
`, want: []string{"云杉街道办事处 2024", "芦苇镇人民政府 2024"}, urls: []string{"/files/a%20b/%E4%BA%91%E6%9D%89%201001.htm", "/files/a%20b/1002.htm"}},
		{name: "GBK with Chinese in queries and a posted form", do: func(w http.ResponseWriter, r *http.Request) bool {
			body := links("/show?t=云杉1001", ys24)
			if r.Method == http.MethodPost {
				_ = r.ParseForm()
				if r.PostForm.Get("栏目") != "" || r.PostForm.Get("\xc0\xb8\xc4\xbf") != "\xc4\xea\xb1\xa8" || r.PostForm.Get("page") != "2" {
					body = ""
				} else {
					body = links("/show?t=云杉1002", ys23)
				}
			}
			gbk, _ := simplifiedchinese.GBK.NewEncoder().String(`<meta charset=gb2312>` + body + `<form id=f method=post action="/list.asp"><input type=hidden name="栏目" value="年报"><input type=submit name=go value=1></form>`)
			_, _ = io.WriteString(w, gbk)
			return true
		}, file: `
entries: [{url: "{base}/list.asp"}]
list: {next: {form: "#f", body: "page={n}"}, max: 5}
`, want: []string{"云杉街道办事处 2023", "云杉街道办事处 2024"}, urls: []string{"/show?t=%D4%C6%C9%BC1001", "/show?t=%D4%C6%C9%BC1002"}},
		{name: "headings above lists, titles that say nothing", pages: map[string]string{
			"/nb/": `<h3>2024年</h3><div><ul><li><a href="/i/1001.htm">云杉街道</a></li><li><a href="/i/1002.htm">芦苇镇</a></li></ul></div>
				<h3>2023年</h3><ul><li><a href="/i/1003.htm">云杉街道</a></li><li><a href="/i/1004.htm">芦苇镇</a></li></ul><a href="/">首页</a>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
list: {item: "li a", year: "< h3"}
accept: {title: '(街道|镇|乡)$'}
`, want: bareFour},
		{name: "tabs with hidden panels", pages: map[string]string{
			"/nb/": `<ul class=tabs><li>2024</li><li>2023</li></ul><div class="panel" id="y2024" style="display:none"><a href="/i/1001.htm">云杉街道</a><a href="/i/1002.htm">芦苇镇</a></div>
				<div class="panel" id="y2023" hidden><a href="/i/1003.htm">云杉街道</a><a href="/i/1004.htm">芦苇镇</a></div>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
list: {item: ".panel a", year: "^ .panel@id"}
accept: {title: '(街道|镇|乡)$'}
`, want: bareFour},
		{name: "all years in one page", pages: map[string]string{
			"/ys.htm": `<title>云杉街道政府信息公开工作年度报告</title><a href="#2024">2024</a><a name="2024"></a><h2>2024年</h2><table></table><a name="2023"></a><h2>2023年</h2>`,
		}, file: `
entries: [{url: "{base}/ys.htm", page: true}]
`, want: []string{"云杉街道 0"}, urls: []string{"/ys.htm"}},
		{name: "nested frames, a shell and a redirecting servlet", pages: map[string]string{
			"/nb/":        `<frameset><frame name=l src="/m.htm"><frame name=r src="/r.htm"></frameset>`,
			"/r.htm":      `<meta http-equiv=refresh content="0; url=/r/main.htm">`,
			"/r/main.htm": `<iframe src="inner.htm" width=100%></iframe>`,
			"/r/inner.htm": `<a href="javascript:void(0)" onclick="javascript:jump('/servlet/go?id=1001&amp;to=%2Fi%2F1001.htm')">` + ys24 + `</a>` +
				`<a href="javascript:openWin('/servlet/go?id=1002')" title="` + lw24 + `">芦苇镇人民政府2024年政府信…</a>`,
		}, file: `
entries: [{url: "{base}/nb/", through: [{link: "frame[name=r]@src"}, {link: "iframe@src"}]}]
`, want: []string{"云杉街道办事处 2024", "芦苇镇人民政府 2024"}, urls: []string{"/servlet/go?id=1001&to=%2Fi%2F1001.htm", "/servlet/go?id=1002"}},
	}
}

func dataPortals() []madeUp {
	graph := func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/graphql" {
			return false
		}
		var q struct {
			Query     string
			Variables struct {
				Cat   string
				After *string
			}
		}
		if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&q) != nil || !strings.Contains(q.Query, "{title url}") || q.Variables.Cat != "37" {
			w.WriteHeader(400)
			return true
		}
		if q.Variables.After == nil || *q.Variables.After == "" {
			fmt.Fprintf(w, `{"data":{"docs":{"edges":[{"node":{"title":%q,"url":"\/i\/1001.htm"}},{"node":{"title":%q,"url":"/i/1002.htm"}}],"pageInfo":{"end":"a+\"b="}}}}`, ys24, lw24)
		} else if *q.Variables.After == `a+"b=` {
			fmt.Fprintf(w, `{"data":{"docs":{"edges":[{"node":{"title":%q,"url":"/i/1003.htm"}},{"node":{"title":%q,"url":"/i/1004.htm"}}],"pageInfo":{"end":null}}}}`, ys23, lw23)
		}
		return true
	}
	return []madeUp{
		{name: "JSON with nested items and a cursor", pages: map[string]string{
			"/api?ch=37":                    fmt.Sprintf(`{"data":{"list":[{"doc":{"t":%q,"u":"/i/1001.htm"},"org":"x"},{"doc":{"t":%q,"u":"/i/1002.htm"}}],"next":"a+b/=="}}`, ys24, lw24),
			"/api?ch=37&cur=a%2Bb%2F%3D%3D": fmt.Sprintf(`{"data":{"list":[{"doc":{"t":%q,"u":"/i/1003.htm"}},{"doc":{"t":%q,"u":"/i/1004.htm"}}],"next":""}}`, ys23, lw23),
		}, file: `
entries: [{url: "{base}/api?ch=37"}]
list: {read: json, item: data.list, link: doc.u, title: doc.t, values: {cursor: data.next}, next: {url: "{address}&cur={cursor|query}"}}
`, want: allFour},
		{name: "JSON that links its next page", pages: map[string]string{
			"/api/1":         fmt.Sprintf(`{"items":[{"t":%q,"u":"/i/1001.htm"},{"t":%q,"u":"/i/1002.htm"}],"links":{"next":"\/api\/2?k=a\u0026b=1"}}`, ys24, lw24),
			"/api/2?k=a&b=1": fmt.Sprintf(`{"items":[{"t":%q,"u":"/i/1003.htm"},{"t":%q,"u":"/i/1004.htm"}],"links":{"next":null}}`, ys23, lw23),
		}, file: `
entries: [{url: "{base}/api/1"}]
list: {read: json, item: items, link: u, title: t, next: {link: links.next}}
`, want: allFour},
		{name: "JSONP, addresses made of two fields", pages: map[string]string{
			"/l?cb=f&p=1": "/**/f({total:4,rows:[{id:1001,cat:'a',title:'" + ys24 + "',},{id:1002,cat:'b',title:'" + lw24 + "'}]});",
			"/l?cb=f&p=2": "/**/f({total:4,rows:[{id:1003,cat:'a',title:'" + ys23 + "'},{id:1004,cat:'b',title:'" + lw23 + "'}]});",
		}, file: `
entries: [{url: "{base}/l?cb=f&p=1"}]
list: {read: json, item: rows, title: title, open: {url: "/show/{cat}/{id}.html", values: {cat: cat, id: id}}, values: {records: total}, next: "{stem}?cb={cb}&p={n}"}
`, want: allFour, urls: []string{"/show/a/1001.html", "/show/b/1002.html", "/show/a/1003.html", "/show/b/1004.html"}},
		{name: "POST of a query language with a cursor", do: graph, pages: map[string]string{"/": `<div id=app data-channel="37"></div>`}, file: `
entries: [{url: "{base}/"}]
list:
  take: ['data-channel="(?P<channel>\d+)"']
  values: {after: data.docs.pageInfo.end}
  source: /graphql
  body: '{"query":"query($cat:ID,$after:String)\{docs(cat:$cat)\{edges\{node\{title url}}}}","variables":{"cat":"{channel}","after":"{after}"}}'
  read: json
  item: data.docs.edges
  link: node.url
  title: node.title
`, want: allFour},
		{name: "groups by year and by unit in JSON", pages: map[string]string{
			"/api": `{"years":{"2024":[{"org":"云杉街道","docs":[{"u":"/i/1001.htm","t":"年度报告"}]},{"org":"芦苇镇","docs":[{"u":"/i/1002.htm","t":"年度报告"}]}],
				"2023":[{"org":"云杉街道","docs":[{"u":"/i/1003.htm","t":"年度报告"}]},{"org":"芦苇镇","docs":[{"u":"/i/1004.htm","t":"年度报告"},{"u":"/i/1005.htm","t":"部门预算"}]}]}}`,
		}, file: `
entries: [{url: "{base}/api"}]
list: {read: json, item: years.*.docs, link: u, title: t, unit: ^org, year: ^@key}
`, want: bareFour},
		{name: "Atom feed with links to the next", pages: map[string]string{
			"/f.xml": `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="/f.xml"/><link rel="next" href="/f2.xml?a=1&amp;b=2"/>` +
				`<entry><title type="html">` + ys24 + `</title><link rel="alternate" href="/i/1001.htm"/><link rel="enclosure" href="/x"/><updated>2025-01-20T08:00:00Z</updated></entry><entry><title type="html">` + lw24 + `</title><link href="/i/1002.htm"/></entry></feed>`,
			"/f2.xml?a=1&b=2": `<feed><entry><title type="html">` + ys23 + `</title><link href="/i/1003.htm"/></entry><entry><title>` + lw23 + `</title><link href="/i/1004.htm"/></entry></feed>`,
		}, file: `
entries: [{url: "{base}/f.xml"}]
list: {read: xml, item: feed.entry, link: link.@href|link.0.@href, title: title, date: updated, next: {pattern: 'rel="next" href="(?P<more>[^"]+)"', url: "{more}"}}
`, want: allFour},
		{name: "sitemap of sitemaps", pages: map[string]string{
			"/sitemap.xml": `<?xml version="1.0"?><sitemapindex><sitemap><loc>{base}/news.xml</loc></sitemap><sitemap><loc>{base}/nb.xml</loc></sitemap></sitemapindex>`,
			"/nb.xml":      `<urlset><url><loc>{base}/nb/1001.htm</loc></url><url><loc>{base}/nb/1002.htm</loc></url><url><loc>{base}/xw/1003.htm</loc></url></urlset>`,
		}, file: `
entries: [{url: "{base}/sitemap.xml", through: [{read: xml, item: sitemapindex.sitemap, link: loc, title: loc, text: 'nb\.xml$'}]}]
list: {read: xml, item: urlset.url, link: loc}
accept: {url: '/nb/\d+\.htm'}
`, want: []string{" 0", " 0"}},
		{name: "more by a button: fragments in JSON", do: func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/more" {
				return false
			}
			if r.Header.Get("X-Requested-With") != "XMLHttpRequest" || r.FormValue("ch") != "37" {
				w.WriteHeader(403)
				return true
			}
			html, more := "", false
			switch r.FormValue("offset") {
			case "0":
				html, more = links("/i/1001.htm", ys24, "/i/1002.htm", lw24), true
			case "2":
				html = links("/i/1003.htm", ys23, "/i/1004.htm", lw23)
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"html": html, "more": more})
			return true
		}, pages: map[string]string{"/nb/": `<div id=list></div><button data-ch=37>更多</button>`}, file: `
entries: [{url: "{base}/nb/", values: {ch: "37"}}]
list: {source: "/more?ch={ch}&offset={have}", read: json, html: html, headers: {X-Requested-With: XMLHttpRequest}}
`, want: allFour},
		{name: "directory of units as JSON", pages: map[string]string{
			"/units.json": `{"units":[{"name":"云杉街道","code":"ys"},{"name":"芦苇镇","code":"lw"},{"name":"全部","code":"all"}]}`,
			"/u/ys.htm":   links("/i/1001.htm", "2024年政府信息公开工作年度报告", "/i/1003.htm", "2023年政府信息公开工作年度报告"),
			"/u/lw.htm":   links("/i/1002.htm", "2024年政府信息公开工作年度报告", "/i/1004.htm", "2023年政府信息公开工作年度报告"),
		}, file: `
entries: [{url: "{base}/units.json", unit: by-column, through: [{read: json, item: units, title: name, reject: 全部, open: {url: "/u/{code}.htm", values: {code: code}}}]}]
`, want: bareFour},
	}
}

func scriptPortals() []madeUp {
	postback := func(w http.ResponseWriter, r *http.Request) bool {
		page := "1"
		if r.Method == http.MethodPost {
			page = r.PostFormValue("__EVENTARGUMENT")
			if r.PostFormValue("__VIEWSTATE") != "/wEP+"+string(page[0]-1)+"==" || r.PostFormValue("__EVENTTARGET") != "ctl00$Pager" || r.PostFormValue("q") != "a&b" {
				w.WriteHeader(500)
				return true
			}
		}
		body := map[string]string{"1": links("d.aspx?id=1001", ys24, "d.aspx?id=1002", lw24), "2": links("d.aspx?id=1003", ys23, "d.aspx?id=1004", lw23)}[page]
		fmt.Fprintf(w, `<form id="aspnetForm" method=post action="./list.aspx?c=3"><input type="hidden" name="__VIEWSTATE" value="/wEP+%s=="><input type="hidden" name="__EVENTTARGET" value=""><input name=q value="a&amp;b"><input type=submit name=go value=go>%s<a href="javascript:__doPostBack('ctl00$Pager','2')">下一页</a>共2页</form>`, page, body)
		return true
	}
	return []madeUp{
		{name: "postback with hidden state", do: postback, file: `
entries: [{url: "{base}/list.aspx?c=3"}]
list: {next: {pattern: '共(?P<pages>\d+)页', form: "#aspnetForm", body: "__EVENTTARGET=ctl00%24Pager&__EVENTARGUMENT={n}"}}
`, want: allFour},
		{name: "list in a variable of a script", pages: map[string]string{
			"/nb/": "<script>var cfg={a:1};\nvar docs = [ // newest first\n{t:'" + ys24 + "', u:'./1001.htm'}, {t:\"" + lw24 + "\", u:\"./1002.htm\"},{t:'" + tz + "',u:'./9.htm'},];\nrender(docs);</script>",
		}, file: `
entries: [{url: "{base}/nb/"}]
list: {read: json, within: 'var docs = (\[[\s\S]*?\]);', item: ".", link: u, title: t}
`, want: []string{"云杉街道办事处 2024", "芦苇镇人民政府 2024"}, urls: []string{"/nb/1001.htm", "/nb/1002.htm"}},
		{name: "list that a script writes", pages: map[string]string{
			"/nb/": `<div><script>document.write("<ul><li><a href=\"1001.htm\" title='` + ys24 + `'>云杉…<\/a>" + "<\/li>");
				document.writeln('<li><a href="1002.htm">` + lw24 + `<\/a><\/li><\/ul>');document.write(new Date());</script></div>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
`, want: []string{"云杉街道办事处 2024", "芦苇镇人民政府 2024"}},
		{name: "markup in a text of a script", pages: map[string]string{
			"/nb/": `<script>$("#list").html("<a href=\"\/nb\/1001.htm\">\u4e91\u6749\u8857\u9053\u529e\u4e8b\u59042024年政府信息公开工作年度报告<\/a>");</script>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
list: {within: '\.html\("(.*)"\);'}
`, want: []string{"云杉街道办事处 2024"}, urls: []string{"/nb/1001.htm"}},
		{name: "data attributes and a template", pages: map[string]string{
			"/nb/": `<div class=row data-id=1001 data-d=20250120><b>` + ys24 + `</b></div><div class=row data-id=1002 data-d=20250121><b>` + lw24 + `</b></div><div class=row><b>` + ys23 + `</b></div>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
list: {item: .row, title: b, open: {url: "/c/{day}/t{day}_{id}.html", values: {id: "@data-id", day: "@data-d"}}}
`, want: []string{"云杉街道办事处 2024", "芦苇镇人民政府 2024"}, urls: []string{"/c/20250120/t20250120_1001.html", "/c/20250121/t20250121_1002.html"}},
		{name: "links for those without scripts", pages: map[string]string{
			"/nb/": `<div id=app></div><noscript>` + links("/i/1001.htm", ys24) + `</noscript><template>` + links("/i/1002.htm", lw24) + `</template>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
`, want: []string{"云杉街道办事处 2024", "芦苇镇人民政府 2024"}},
	}
}

func tablePortals() []madeUp {
	return []madeUp{
		{name: "table of units with serial numbers and spans", pages: map[string]string{
			"/nb/": `<table><tr><td colspan=4>年度报告一览</td></tr><tr><th>序号</th><th>单位</th><th>2024年</th><th>2023年</th></tr>
				<tr><td>1</td><td>云杉街道</td><td><a href="/i/1001.htm">查看</a></td><td><a href="/i/1003.htm">查看</a></td></tr>
				<tr><td>2</td><td>芦苇镇</td><td><a href="/i/1002.htm">查看</a> <a href="/i/9.htm">部门预算</a></td><td><a href="/i/1004.htm"><img></a></td></tr></table>`,
		}, file: `
entries: [{url: "{base}/nb/", unit: by-row}]
family: matrix
`, want: bareFour},
		{name: "table whose rows are years", pages: map[string]string{
			"/nb/": `<table><tr><th>年份</th><th>云杉街道</th><th>芦苇镇</th></tr>
				<tr><th>2024年</th><td><a href="/i/1001.htm">查看</a></td><td><a href="/i/1002.htm">查看</a></td></tr>
				<tr><th>2023年</th><td><a href="/i/1003.htm">查看</a></td><td><a href="/i/1004.htm">查看</a></td></tr></table>`,
		}, file: `
entries: [{url: "{base}/nb/", unit: by-row}]
family: matrix
`, want: bareFour},
		{name: "one table of an accordion, the unit over several rows", pages: map[string]string{
			"/nb/": `<table><tr><td rowspan=2>云杉街道</td><td>2024年</td><td><a href="/i/1001.htm">正文</a></td></tr><tr><td>2023年</td><td><a href="/i/1003.htm">正文</a></td></tr>
				<tr><td rowspan=2>芦苇镇</td><td>2024年</td><td><a href="/i/1002.htm">正文</a></td></tr><tr><td>2023年</td><td><a href="/i/1004.htm">正文</a></td></tr></table>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
list: {item: "table a", unit: "< td[rowspan]", year: "< td:contains('年')"}
accept: {title: 正文}
`, want: bareFour},
	}
}
