package crawl

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Portals of makes that no preset knows are followed by rules of their file alone.
func TestUnknownFamilies(t *testing.T) {
	link := func(year int) string {
		return fmt.Sprintf(`<li><a href="/art/%d001.html">云杉街道办事处%d年政府信息公开工作年度报告</a></li>`, year, year)
	}
	for _, c := range []struct {
		name  string
		do    func(n int, w http.ResponseWriter, r *http.Request)
		rules string
		years []int
	}{
		{"JSON by POST with the page in the body", func(_ int, w http.ResponseWriter, r *http.Request) {
			var q struct {
				PageNo int
				Query  struct{ Channel string }
			}
			if r.Method != http.MethodPost {
				fmt.Fprint(w, `<div id="app" data-channel="c&quot;7"></div>`)
				return
			}
			if r.Header.Get("Content-Type") != "application/json" || json.NewDecoder(r.Body).Decode(&q) != nil || q.Query.Channel != "c7" {
				w.WriteHeader(400)
				return
			}
			rows := ""
			if q.PageNo <= 3 {
				rows = fmt.Sprintf(`{"name":"云杉街道%d年政府信息公开工作年度报告","path":"/art/%d001.html"}`, 2025-q.PageNo, 2025-q.PageNo)
			}
			fmt.Fprintf(w, `{"result":{"count":3,"rows":[%s]}}`, rows)
		}, `
list:
  take: ['data-channel="(?P<a>\w)&quot;(?P<b>\d)', '"count":(?P<records>\d+)']
  source: /api/list
  body: '{"pageNo":{n},"query":{"channel":"{a}{b}"},"more":{}}'
  read: json
  item: result.rows
  link: path
  title: name
`, []int{2022, 2023, 2024}},
		{"form with hidden state", func(_ int, w http.ResponseWriter, r *http.Request) {
			n, state := "1", "a+b/1="
			if r.Method == http.MethodPost {
				n = r.FormValue("page")
				if r.FormValue("__VIEWSTATE") != fmt.Sprintf("a+b/%d=", n[0]-'1') {
					w.WriteHeader(500)
					return
				}
				state = "a+b/" + n + "="
			}
			fmt.Fprintf(w, `<form><input name="__VIEWSTATE" value="%s"></form><ul>%s</ul>第%s/3页`, state, link(2025-int(n[0]-'0')), n)
		}, `
list:
  take: ['name="__VIEWSTATE" value="(?P<state>[^"]*)"']
  next: {pattern: '第\d+/(?P<pages>\d+)页', url: "{address}", body: "__VIEWSTATE={state}&page={n}"}
`, []int{2022, 2023, 2024}},
		{"list in a frame", func(_ int, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/gknb/" {
				fmt.Fprint(w, `<frameset><frame src="/menu.html"><frame src="/list.html"></frameset>`)
				return
			}
			fmt.Fprint(w, link(2024))
		}, `through: [{link: "frame[src*=list]@src"}]`, []int{2024}},
		{"rows opened by a function of two numbers", func(_ int, w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `<table><tr onclick="show('17', 2024001)"><td class="t">云杉街道2024年政府信息公开工作年度报告</td><td>2025-01-20</td></tr></table>`)
		}, `
list: {item: tr, link: "@onclick", title: ".t", open: {pattern: 'show\(''(\d+)'', (?P<id>\d+)\)', url: "/art/{1}/{id}.html"}}
`, []int{2024}},
		{"folder of the year of publication", func(_ int, w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `<a href="/nb/2025n78/10001.html">云杉街道政府信息公开工作年度报告</a>`)
		}, ``, []int{2024}},
	} {
		t.Run(c.name, func(t *testing.T) {
			far := serve(t, c.do)
			p := far.portal(t, c.rules)
			if c.rules == "" {
				p.Entries[0].Year, p.Entries[0].Offset = ByFolder, -1
			}
			look, err := crawler(t, Options{}).Look(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.years, yearsOf(look)); diff != "" || !look.Good {
				t.Errorf("good %v, problems %v, years (-want +got):\n%s\n%q", look.Good, look.Problems, diff, slices.Compact(far.paths()))
			}
		})
	}
}
