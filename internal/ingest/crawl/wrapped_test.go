package crawl

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// TestTextIn holds that a page is read by what its bytes are where it names its encoding
// wrongly, and where letters were cut in two.
func TestTextIn(t *testing.T) {
	const words = "云杉街道办事处政府信息公开工作年度报告，公开政府信息若干件。"
	gbk, _ := simplifiedchinese.GBK.NewEncoder().String(words)
	big5, _ := traditionalchinese.Big5.NewEncoder().String("政府資訊公開年度報告")
	for _, c := range []struct{ name, body, header, want string }{
		{"UTF-8", words, "text/html; charset=gbk", words},
		{"UTF-8, a letter cut", words + words[:4] + "…", "", words + "云\uFFFD…"},
		{"GBK", gbk, "", words},
		{"GBK said to be western", `<meta charset="windows-1252">` + gbk, "", words},
		{"GBK said to be Big5", gbk, "text/html; charset=big5", words},
		{"GBK said to be UTF-16", `<meta charset="utf-16le">` + gbk + " ", "", words},
		{"GBK, a letter cut", gbk + gbk[:3] + "<", "text/html; charset=utf-8", words + "云\uFFFD<"},
		{"Big5", big5, "text/html; charset=big5", "政府資訊公開年度報告"},
	} {
		got := text([]byte(c.body), c.header, "")
		if _, after, found := strings.Cut(got, ">"); found && strings.HasPrefix(c.body, "<meta") {
			got = strings.TrimSuffix(after, " ")
		}
		if got != c.want {
			t.Errorf("%s: %q; want %q", c.name, got, c.want)
		}
	}
}

// FuzzWrapped holds that no answer makes the unwrapping or the patterns of records panic.
func FuzzWrapped(f *testing.F) {
	f.Add([]byte(`add("a","/b")`), byte(0))
	f.Add([]byte(`YWRkKCJhIiwiL2IiKQ==`), byte(1))
	f.Add([]byte(`add(%22a%22,%22/b%22)`), byte(2))
	f.Add([]byte("add(&quot;\xd4\xc6&quot;,&quot;/b&quot;)"), byte(3))
	record := regexp.MustCompile(`add\("(?P<title>[^"]*)","(?P<link>[^"]*)"\)`)
	f.Fuzz(func(t *testing.T, body []byte, how byte) {
		l := List{Read: "text", record: record}
		if n := int(how) % 4; n > 0 {
			l.Decode = []string{wrappings()[n-1]}
		}
		p, err := readPage(&Fetched{URL: "http://a.test/", Body: body}, l)
		if err != nil {
			return
		}
		r := &rules{link: []pick{{source: "link"}}, title: []pick{{source: "title"}}}
		for _, it := range p.items(r, l, nil) {
			if it.url == nil {
				t.Errorf("an item without an address: %+v", it)
			}
		}
	})
}
