package crawl

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestColumns: a report that several lists link keeps each of them with its column,
// named by the portal file, by the page's own tag, or by its title.
func TestColumns(t *testing.T) {
	const link = `<li><a href="/art/t20250120_1234567.html">云杉街道办事处2024年政府信息公开工作年度报告</a></li>`
	far := listing{pages: map[string]string{
		"/gknb/":  "<html><head><title>政府信息公开年报</title></head><body><ul>" + link + "</ul></body></html>",
		"/tzgg/":  `<html><head><meta name="columnname" content="通知公告"><title>云杉街道</title></head><body><ul>` + link + "</ul></body></html>",
		"/given/": "<html><head><title>首页</title></head><body><ul>" + link + "</ul></body></html>",
		"/none/":  "<html><body><ul>" + link + "</ul></body></html>",
	}}
	served := serve(t, far.serve)
	p := served.portal(t, "")
	p.Entries = append(p.Entries, Entry{URL: served.URL + "/tzgg/"}, Entry{URL: served.URL + "/given/", Column: "专栏"}, Entry{URL: served.URL + "/none/"})
	look, err := crawler(t, Options{}).Look(t.Context(), p)
	if err != nil || len(look.Candidates) != 1 {
		t.Fatalf("%+v, err %v; want the one report", look, err)
	}
	var names []string
	for _, l := range look.Candidates[0].Listings {
		names = append(names, l.Column)
	}
	if diff := cmp.Diff([]string{"政府信息公开年报", "通知公告", "专栏", ""}, names); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}
