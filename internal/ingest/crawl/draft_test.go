package crawl

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDraft(t *testing.T) {
	far := serve(t, listing{pages: map[string]string{
		"/units.html":      `<ul id="units"><li><a href="/ys/">云杉街道</a></li><li><a href="/lw/">芦苇镇</a></li><li><a href="/qj/">云杉区</a></li></ul>`,
		"/ys/":             trsList(`createPageHTML(2, 0, "index", "html");`, 2024, 2023),
		"/ys/index_1.html": trsList(`createPageHTML(2, 1, "index", "html");`, 2022, 2021),
		"/lw/":             "<p>暂无</p>",
		"/qj/":             "<p>暂无</p>",
		"/none.html":       `<p>暂无</p><script>$.get("/api/list.do", show)</script>`,
	}}.serve)
	c := crawler(t, Options{Clock: func() time.Time { return time.Date(2026, 1, 20, 3, 0, 0, 0, time.UTC) }})
	column := Column{ID: "test", Name: `云杉"区"`, Region: "990101", URL: far.URL + "/units.html",
		Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Delay: time.Millisecond}
	d, err := c.Draft(t.Context(), column)
	if err != nil {
		t.Fatal(err)
	}
	want := `id: test
name: "云杉\"区\""
region: "990101"
family: trs
note: "由列表页特征识别：createPageHTML("
entries:
  - {url: "{base}/units.html", unit: by-column, through: [{link: "#units a"}]}
networks: ["127.0.0.0/8"]
polite: {delay: 1ms}
expect: 3
tried: 2026-01-20
`
	if diff := cmp.Diff(strings.ReplaceAll(want, "{base}", far.URL), string(d.Text)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	if len(d.Look.Candidates) != 4 || !d.Look.Good {
		t.Errorf("%d candidates, problems %v", len(d.Look.Candidates), d.Look.Problems)
	}

	column.URL = far.URL + "/none.html"
	d, err = c.Draft(t.Context(), column)
	if err == nil && (!strings.Contains(string(d.Text), "# 线索：脚本中有数据地址 /api/list.do") || !strings.Contains(string(d.Text), "#   item:")) {
		t.Errorf("a page without reports drafts\n%s\nwant what was seen, and rules to begin with", d.Text)
	}
	if err != nil || d.Family != presetBase || d.Look.State != LookEmpty || !strings.Contains(string(d.Text), "\nenabled: false\n") {
		t.Errorf("a page without reports: %+v, %v; want a file that is left out of refreshes", d, err)
	}
	column.URL = far.URL + "/missing.html"
	if _, err := c.Draft(t.Context(), column); kindOf(err) != Gone {
		t.Errorf("a missing page: %v; want gone", err)
	}
	column.URL, column.ID = far.URL+"/units.html", "No Id"
	if _, err := c.Draft(t.Context(), column); err == nil || !strings.Contains(err.Error(), "id") {
		t.Errorf("a bad id: %v", err)
	}
}

// Whose portal it is is found in the page's title where the person leaves it out; of
// districts with one name it is the one whose city the page names.
func TestDraftWhose(t *testing.T) {
	for _, c := range []struct{ name, page, region, portal, fault string }{
		{"one of the name", "<title>政府信息公开年报-天津市东丽区人民政府</title>", "120110", "天津市东丽区人民政府", ""},
		{"site name", `<meta name="SiteName" content="天津市东丽区人民政府"><title>年报</title>`, "120110", "天津市东丽区人民政府", ""},
		{"city names", "<title>和平区政府信息公开年报</title><p>主办：沈阳市和平区人民政府</p>", "210102", "辽宁省沈阳市和平区人民政府", ""},
		{"several", "<title>和平区政府信息公开年报</title>", "", "", "whose portal"},
		{"none", "<title>政府信息公开年报</title>", "", "", "--name"},
		{"for practice", "<title>政府信息公开年报-蘅坪区人民政府</title>", "99", "蘅坪区人民政府", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			far := serve(t, listing{pages: map[string]string{"/": c.page}}.serve)
			d, err := crawler(t, Options{}).Draft(t.Context(), Column{URL: far.URL + "/",
				Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Delay: time.Millisecond})
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Fatalf("%v; want an error with %q", err, c.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if p := d.Look.Portal; !strings.HasPrefix(string(p.Region), c.region) || p.Name != c.portal || p.ID != d.ID {
				t.Errorf("region %s, name %s, id %s; want %s, %s", p.Region, p.Name, p.ID, c.region, c.portal)
			}
		})
	}
	for host, want := range map[string]string{"www.tjdl.gov.cn": "tjdl", "zwgk.tjdl.gov.cn": "zwgk-tjdl", "127.0.0.1:8080": "127-0-0-1"} {
		if got := idFrom(host); got != want {
			t.Errorf("id of %s: %s; want %s", host, got, want)
		}
	}
}

// A list behind several pages is found behind all of them: units, then years, then a
// frame.
func TestDraftThrough(t *testing.T) {
	far := serve(t, listing{pages: map[string]string{
		"/":                  `<ul class="dw"><li><a href="/ys/">云杉街道</a></li><li><a href="/lw/">芦苇镇</a></li></ul>`,
		"/ys/":               `<a href="/ys/2024/">2024年</a> <a href="/ys/2023/">2023年</a>`,
		"/lw/":               `<a href="/lw/2024/">2024年</a>`,
		"/ys/2024/":          `<html><frameset><frame src="list.html"></frameset></html>`,
		"/ys/2023/":          `<html><frameset><frame src="list.html"></frameset></html>`,
		"/lw/2024/":          `<html><frameset><frame src="list.html"></frameset></html>`,
		"/ys/2024/list.html": `<a href="t20250120_100001.html">2024年政府信息公开工作年度报告</a>`,
		"/ys/2023/list.html": `<a href="t20240120_100002.html">2023年政府信息公开工作年度报告</a>`,
		"/lw/2024/list.html": `<a href="t20250120_100003.html">2024年政府信息公开工作年度报告</a>`,
	}}.serve)
	d, err := crawler(t, Options{}).Draft(t.Context(), Column{ID: "test", Name: "云杉区", Region: "990101", URL: far.URL + "/",
		Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Delay: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, c := range d.Look.Candidates {
		found = append(found, fmt.Sprint(c.Unit, c.Year))
	}
	if diff := cmp.Diff([]string{"云杉街道2024", "云杉街道2023", "芦苇镇2024"}, found); diff != "" || !d.Look.Good {
		t.Errorf("good %v, %v, found (-want +got):\n%s\n%s", d.Look.Good, d.Look.Problems, diff, d.Text)
	}
}
