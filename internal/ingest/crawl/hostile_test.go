package crawl

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// hostilePortals are of makes that nobody has described, each with something in its way:
// state that scripts hold, data wrapped twice, addresses that only a script could make,
// a charset that is none. A file alone leads to all of their reports.
func hostilePortals() []madeUp {
	return []madeUp{
		{name: "Vue with its state in a script, more by POST with a token", do: vueState, file: `
entries: [{url: "{base}/nb/"}]
list:
  read: json
  within: '<script id="__STATE__"[^>]*>([\s\S]*?)</script>'
  item: page.list|data.page.list
  title: attributes.name
  open: {url: "/detail/{kind}/{id}", values: {kind: attributes.type, id: id}}
  values: {token: page.token|data.page.token}
  next: {url: /api/v2/articles/search, body: '{"pageToken":"{token}","filter":\{"channel":[37]}}'}
`, want: allFour, urls: []string{"/detail/post/1001", "/detail/post/1002", "/detail/file/1003", "/detail/post/1004"}},
		{name: "page object in an attribute", pages: map[string]string{
			"/nb/":            `<div id="app" data-page="` + html.EscapeString(fmt.Sprintf(`{"props":{"items":[{"title":%q,"href":"\/i\/1001.htm"},{"title":%q,"href":"\/i\/1002.htm"}],"next":"\/nb\/?page=2&x=1"}}`, ys24, lw24)) + `"></div>`,
			"/nb/?page=2&x=1": `<div id="app" data-page="` + html.EscapeString(fmt.Sprintf(`{"props":{"items":[{"title":%q,"href":"/i/1003.htm"},{"title":%q,"href":"/i/1004.htm"}],"next":null}}`, ys23, lw23)) + `"></div>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
list: {read: json, within: 'data-page="([^"]*)"', decode: [html], item: props.items, title: title, link: href, next: {link: props.next}}
`, want: allFour},
		{name: "data within a text within data", pages: map[string]string{
			"/api": `{"code":200,"data":` + strconv.Quote(fmt.Sprintf(`{"rows":"[{\"bt\":\"%s\",\"lj\":\"/i/1001.htm\"},{\"bt\":\"%s\",\"lj\":\"/i/1002.htm\"}]"}`, ys24, lw24)) + `}`,
		}, file: `
entries: [{url: "{base}/api"}]
list: {read: json, item: data.rows, title: bt, link: lj}
`, want: []string{"云杉街道办事处 2024", "芦苇镇人民政府 2024"}, urls: []string{"/i/1001.htm", "/i/1002.htm"}},
		{name: "XML island in GB18030 under a wrong charset", do: xmlIsland, file: `
entries: [{url: "{base}/nb/list.asp"}]
list: {read: xml, within: '<xml id="?dso"?>([\s\S]*?)</xml>', item: root.row, title: "@bt", link: "@lj", date: fbrq, next: {pattern: '第(?P<page>\d+)页/共(?P<pages>\d+)页', url: "list.asp?p={n}"}}
`, want: allFour},
		{name: "postback whose target is another for each page, units chosen in a form", do: postbackUnits, file: `
entries: [{url: "{base}/gk/list.aspx", unit: by-column, through: [{item: "#ddlUnit option[value!='0']", title: ".", open: {url: "{address}", values: {u: "@value"}}, form: "#form1", body: "__EVENTTARGET=ddlUnit&ddlUnit={u}"}]}]
list:
  next:
    pattern: 'href="javascript:__doPostBack\(&#39;(?P<target>[^&]+)&#39;,&#39;&#39;\)">下页'
    form: "#form1"
    body: "__EVENTTARGET={target}"
`, want: bareFour, urls: []string{"/gk/show.aspx?id=1001", "/gk/show.aspx?id=1003", "/gk/show.aspx?id=1002", "/gk/show.aspx?id=1004"}},
		{name: "year tabs whose address a script computes", pages: map[string]string{
			"/nb/":            `<ul><li class="on" onclick="tab(this, 2024, 'a7')">2024</li><li onclick="tab(this, 2023, 'a7')">2023</li></ul><script>function tab(e,y,c){$('#l').load('/nb/'+c+'/p'+(y-2000)+'.inc')}</script>`,
			"/nb/a7/p24.inc":  links("../i/1001.htm", ys24, "../i/1002.htm", lw24),
			"/nb/a7/p23.inc":  links("../i/1003.htm", ys23, "../i/1004.htm", lw23),
			"/nb/index_2.htm": "",
		}, file: `
entries: [{url: "{base}/nb/", through: [{item: "li[onclick]", link: "@onclick", open: {pattern: 'tab\(this, (\d+), ''(\w+)''\)', url: "/nb/{2}/p{1-2000}.inc"}}]}]
`, want: allFour, urls: []string{"/nb/i/1001.htm", "/nb/i/1002.htm", "/nb/i/1003.htm", "/nb/i/1004.htm"}},
		{name: "records that a script adds one by one", pages: map[string]string{
			"/nb/": "<ul id=l></ul><script>\nvar L=new List('l');\nL.add(new Item(\"" + ys24 + "\", \"i/1001\", \"2025-01-20\"));\nL.add(new Item('" + lw24 + `', 'i\/1002', ''));` +
				"\nL.add(new Item(\"" + tz + "\", \"i/9\", \"2025-01-02\"));L.pages = 2; L.src = 'more_{0}.js';</script>",
			"/nb/more_2.js": `L.add(new Item("` + `\u4e91\u6749\u8857\u9053\u529e\u4e8b\u5904` + `2023年政府信息公开工作年度报告","i/1003","2024-01-20"));L.add(new Item("` + lw23 + `","i/1004",""));`,
		}, file: `
entries: [{url: "{base}/nb/"}]
list:
  read: text
  item: 'new Item\(["''](?P<title>[^"'']*)["''],\s*["''](?P<path>[^"'']*)["''],\s*["''](?P<date>[^"'']*)'
  open: {url: "{path}.shtml"}
  next: {pattern: 'L\.pages = (?P<pages>\d+)', url: "more_{n}.js"}
`, want: allFour, urls: []string{"/nb/i/1001.shtml", "/nb/i/1002.shtml", "/nb/i/1003.shtml", "/nb/i/1004.shtml"}},
		{name: "list in base64, links in base64 too", pages: map[string]string{
			"/nb/": `<div id=list></div><script>render(atob("` + base64.StdEncoding.EncodeToString([]byte(
				`<a data-u="`+base64.URLEncoding.EncodeToString([]byte("/i/1001.htm"))+`">`+ys24+`</a><a data-u="`+base64.URLEncoding.EncodeToString([]byte("/i/1002.htm"))+`">`+lw24+`</a>`)) + `"))</script>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
list: {within: 'atob\("([^"]*)"\)', decode: [base64], item: a, title: ".", open: {url: "{u|unbase64}", values: {u: "@data-u"}}}
`, want: []string{"云杉街道办事处 2024", "芦苇镇人民政府 2024"}, urls: []string{"/i/1001.htm", "/i/1002.htm"}},
		{name: "files whose titles stand in attributes", pages: map[string]string{
			"/nb/": `<div class="pdfs"><div class="f" data-file="/f/1.pdf" aria-label="` + ys24 + `"><img src="pdf.png"></div><object data="/f/2.pdf" title="` + lw24 + `"></object>` +
				`<embed src="/f/9.pdf" title="云杉街道2024年部门预算"></div>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
list: {item: ".f, object, embed", link: "@data-file|@data|@src", title: "@aria-label|@title"}
`, want: []string{"云杉街道办事处 2024", "芦苇镇人民政府 2024"}, urls: []string{"/f/1.pdf", "/f/2.pdf"}},
		{name: "GBK with titles cut in the middle of a letter, said to be another encoding", do: cutLettersPage, file: `
entries: [{url: "{base}/nb/"}]
`, want: []string{"云杉街道办事处 2024", "芦苇镇人民政府 2024"}},
		{name: "data- attributes and a template in the page", pages: map[string]string{
			"/nb/": `<table id="t" data-tpl="/zwgk/:cat/:id.html"><tr data-cat="nb" data-id="1001"><td>` + ys24 + `</td></tr><tr data-cat="nb" data-id="1002"><td>` + lw24 + `</td></tr></table>`,
		}, file: `
entries: [{url: "{base}/nb/"}]
list: {take: ['data-tpl="(?P<root>/[^/"]+)/'], item: "tr[data-id]", title: td, open: {url: "{root}/{cat}/{id}.html", values: {cat: "@data-cat", id: "@data-id"}}}
`, want: []string{"云杉街道办事处 2024", "芦苇镇人民政府 2024"}, urls: []string{"/zwgk/nb/1001.html", "/zwgk/nb/1002.html"}},
	}
}

// vueState serves a page whose first records are the state of a program, and the rest
// from a search that wants the token of the answer before.
func vueState(w http.ResponseWriter, r *http.Request) bool {
	record := func(id int, kind, title string) string {
		return fmt.Sprintf(`{"id":%d,"attributes":{"name":%q,"type":%q,"publishedAt":"2025-01-20T08:00:00+08:00"}}`, id, title, kind)
	}
	switch r.URL.Path {
	case "/nb/":
		fmt.Fprintf(w, `<div id="app"></div><script id="__STATE__" type="application/json">{"page":{"list":[%s,%s],"token":"t\u002b2=="},"user":null}</script><script src="/app.js"></script>`,
			record(1001, "post", ys24), record(1002, "post", lw24))
	case "/api/v2/articles/search":
		var q struct {
			PageToken string
			Filter    struct{ Channel []int }
		}
		if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&q) != nil || len(q.Filter.Channel) != 1 || q.PageToken != "t+2==" {
			w.WriteHeader(http.StatusBadRequest)
			return true
		}
		fmt.Fprintf(w, `{"code":0,"data":{"page":{"list":[%s,%s],"token":null}}}`, record(1003, "file", ys23), record(1004, "post", lw23))
	default:
		return false
	}
	return true
}

// xmlIsland serves data of an old browser's data island, in GB18030 with letters beyond
// GBK, which header and page call by two other names.
func xmlIsland(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/nb/list.asp" {
		return false
	}
	rows := [][2]string{{ys24, "show.asp?id=1001"}, {lw24, "show.asp?id=1002"}}
	page := "1"
	if r.URL.Query().Get("p") == "2" {
		page, rows = "2", [][2]string{{ys23, "show.asp?id=1003"}, {lw23, "show.asp?id=1004"}}
	}
	var b strings.Builder
	b.WriteString(`<META http-equiv="Content-Type" content="text/html; charset=windows-1252"><H1>㐂䶮政务</H1><xml id=dso><root>`)
	for _, row := range rows {
		fmt.Fprintf(&b, `<row bt="%s" lj="%s"><fbrq>2025-1-20</fbrq></row>`, row[0], row[1])
	}
	fmt.Fprintf(&b, `</root></xml><table datasrc="#dso"><tr><td><span datafld="bt"></span></td></tr></table>第%s页/共2页`, page)
	text, _ := simplifiedchinese.GB18030.NewEncoder().String(b.String())
	w.Header().Set("Content-Type", "text/html; charset=Big5")
	_, _ = io.WriteString(w, text)
	return true
}

// postbackUnits serves a list whose unit is chosen by posting a form, and whose pages are
// asked for by the name of a control that is another on each. State that is not what the
// last page gave is refused.
func postbackUnits(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/gk/list.aspx" {
		return false
	}
	unit, page := "0", "1"
	if r.Method == http.MethodPost {
		state := strings.Split(strings.TrimPrefix(r.PostFormValue("__VIEWSTATE"), "/wEP+"), "/")
		switch target := r.PostFormValue("__EVENTTARGET"); {
		case len(state) != 2:
			w.WriteHeader(http.StatusInternalServerError)
			return true
		case target == "ddlUnit":
			unit = r.PostFormValue("ddlUnit")
		case target == "ctl00$pg$b2" && state[1] == "1" && r.PostFormValue("ddlUnit") == state[0]:
			unit, page = state[0], "2"
		default:
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
	}
	body, next := "", ""
	if unit != "0" {
		id := map[string]int{"u1": 1001, "u2": 1002}[unit]
		year := 2024
		if page == "1" {
			next = `<a href="javascript:__doPostBack(&#39;ctl00$pg$b2&#39;,&#39;&#39;)">下页</a>`
		} else {
			id, year = id+2, 2023
		}
		body = links(fmt.Sprintf("show.aspx?id=%d", id), fmt.Sprintf("%d年政府信息公开工作年度报告", year))
	}
	choose := `<select name="ddlUnit" id="ddlUnit" onchange="setTimeout('__doPostBack(\'ddlUnit\',\'\')',0)"><option value="0">请选择</option><option value="u1">云杉街道</option><option value="u2">芦苇镇</option></select>`
	fmt.Fprintf(w, `<form method="post" action="./list.aspx" id="form1"><input type="hidden" name="__VIEWSTATE" value="/wEP+%s/%s">%s%s%s</form>`,
		unit, page, strings.Replace(choose, `value="`+unit+`"`, `selected value="`+unit+`"`, 1), body, next)
	return true
}

// cutLettersPage serves titles that were cut by bytes, with the whole ones in attributes.
func cutLettersPage(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/nb/" {
		return false
	}
	gbk := func(s string) string { t, _ := simplifiedchinese.GBK.NewEncoder().String(s); return t }
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, `<meta charset="utf-8"><a href="/i/1001.htm" title="`+gbk(ys24)+`">`+gbk(ys24)[:21]+`...</a><a href="/i/1002.htm" title="`+gbk(lw24)+`">`+gbk(lw24)[:19]+`...</a>`)
	return true
}
