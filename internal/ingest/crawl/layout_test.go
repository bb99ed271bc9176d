package crawl

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// listPage is a list of n reports as one make of portal has it.
func listPage(n int, more string) string {
	var b strings.Builder
	b.WriteString(`<html><body><div class="header"><div class="logo"><img></div><ul class="nav"><li><a>首页</a></li></ul></div>` + more)
	b.WriteString(`<div class="main"><div class="left"><h2 class="title">年报</h2></div><div class="list"><ul class="news">`)
	for i := range n {
		fmt.Fprintf(&b, `<li class="item i%d"><span class="date">2024-01-%02d</span><a href="/%d.html" title="x">x</a></li>`, i, i+1, i)
	}
	b.WriteString(`</ul></div></div><div class="footer"><p class="copy">x</p><div class="links"><a>y</a></div></div></body></html>`)
	return b.String()
}

func layoutOf(t *testing.T, body, read string) string {
	t.Helper()
	p, err := readPage(&Fetched{URL: "http://a.test/", Body: []byte(body), Header: http.Header{}}, List{Read: read})
	if err != nil {
		t.Fatal(err)
	}
	s := shape{}
	s.of(p)
	return s.sketch()
}

// TestLayout holds that a list is like itself with more reports, other texts and a new
// banner, and unlike one that was rebuilt; and records by their keys.
func TestLayout(t *testing.T) {
	was := layoutOf(t, listPage(20, ""), "")
	if len(was) != 4*sketchSize {
		t.Fatalf("layout %q", was)
	}
	banner := `<div class="banner"><a class="close">x</a><p>春节放假</p></div>`
	for name, now := range map[string]string{"same": listPage(20, ""), "shorter": listPage(1, ""), "none": strings.ReplaceAll(listPage(0, ""), "年报", "公告"), "banner": listPage(21, banner)} {
		if got := layoutOf(t, now, ""); !Alike(was, got) {
			t.Errorf("%s: %s is not like %s", name, got, was)
		}
	}
	rebuilt := `<html><body><header class="top"><nav><a class="brand">x</a></nav></header><main class="wrap"><section class="panel"><table class="grid"><tbody><tr><td class="name"><a href="/1">x</a></td><td class="day">1</td></tr></tbody></table></section></main><footer><small>x</small></footer></body></html>`
	if got := layoutOf(t, rebuilt, ""); Alike(was, got) {
		t.Errorf("rebuilt: %s is like %s", got, was)
	}
	records := layoutOf(t, `{"data":{"rows":[{"title":"a","url":"/1","date":"x"},{"title":"b","url":"/2"}],"total":2}}`, "json")
	if got := layoutOf(t, `{"data":{"rows":[{"title":"c","url":"/9","date":"y"}],"total":1}}`, "json"); !Alike(records, got) {
		t.Errorf("records: %s is not like %s", got, records)
	}
	if got := layoutOf(t, `{"code":401,"msg":"login","result":null,"success":false,"trace":"x","time":1}`, "json"); Alike(records, got) {
		t.Errorf("a refusal: %s is like %s", got, records)
	}
	if !Alike("", was) || !Alike(was, "") {
		t.Error("a layout that is not known is unlike another")
	}
}

// FuzzLayout holds that no page stops the sketch.
func FuzzLayout(f *testing.F) {
	f.Add(listPage(2, ""), "")
	f.Add(`{"a":[[[{"b":1}]]]}`, "json")
	f.Add(strings.Repeat("<div class='1 a'>", 600), "")
	f.Add("<a><b/></a>", "xml")
	f.Fuzz(func(t *testing.T, body, read string) {
		p, err := readPage(&Fetched{URL: "http://a.test/", Body: []byte(body), Header: http.Header{}}, List{Read: read})
		if err != nil {
			return
		}
		s := shape{}
		s.of(p)
		if got := s.sketch(); got != "" && len(got) != 4*sketchSize || !Alike(got, got) {
			t.Errorf("layout %q", got)
		}
	})
}
