package crawl

import (
	"net/http"
	"testing"
	"time"
)

func TestShellTarget(t *testing.T) {
	for _, c := range []struct{ name, markup, want string }{
		{"refresh", `<meta http-equiv="Refresh" content="0; URL='./zxjd2021/'">`, "./zxjd2021/"},
		{"attributes the other way round", `<META CONTENT="0;url=/a/" HTTP-EQUIV=refresh>`, "/a/"},
		{"half a second", `<meta http-equiv=refresh content="0.5; url=/a/">`, "/a/"},
		{"reload after minutes", `<meta http-equiv="refresh" content="300; url=/a/">`, ""},
		{"no address", `<meta http-equiv="refresh" content="0">`, ""},
		{"replace", `<script>window.location.replace("/page.html")</script>`, "/page.html"},
		{"href", `<script language=javascript>location.href='index_1.html';</script>`, "index_1.html"},
		{"telephones", `<script>if(/Android/i.test(navigator.userAgent)){location.href="/m/"}</script>`, ""},
		{"search box", `<script>function go(){location.href="/search/"}</script>`, ""},
		{"a page to read", `<p>云杉街道办事处依照条例编写本报告，统计期限为全年，数据由各科室提供并经办公室核对，供社会公众查阅和监督，如有疑问请与办公室联系，联系方式见页面底部。</p><script>location.href='/x'</script>`, ""},
	} {
		if got := shellTarget(c.markup); got != c.want {
			t.Errorf("%s: %q; want %q", c.name, got, c.want)
		}
	}
}

func TestShowsMoreThan(t *testing.T) {
	for markup, want := range map[string]int{
		"":                                   0,
		"甲乙":                                 6,
		"<p>甲 乙</p>":                         6,
		"<script>var a='<p>甲</p>'</script>甲": 3,
		"<!-- a > b 甲 -->甲<style>p{}</style>": 3,
		"<a href='x'":               0,
		"<SCRIPT>甲</SCRIPT>乙":       3,
		"<":                         0,
		"甲<script>never closed</p>": 3,
	} {
		if want > 0 && !showsMoreThan([]byte(markup), want-1) || showsMoreThan([]byte(markup), want) {
			t.Errorf("%s does not show %d bytes", markup, want)
		}
	}
}

// What a page says of being gone is found however its words are written.
func TestSaysGone(t *testing.T) {
	for markup, want := range map[string]string{
		"<p>页面不存在</p>":                 "页面不存在",
		"<p>页面不<b>存在</b></p>":          "页面不存在",
		"<p>页面&#19981;存在</p>":          "页面不存在",
		"<title>404 Not Found</title>": "404 Not Found",
		"<p>PAGE NOT FOUND":            "PAGE NOT FOUND",
		"<p>文章已被删除":                    "文章已被删除",
		"<p>链接已过期":                     "链接已过期",
		"<p>您访问的内容不存在或者已被移动":           "内容不存在",
		"<script>'页面不存在'</script>报告":   "",
		"<p>年度报告":                      "",
		"<p>有效期限":                      "",
	} {
		if got := saysGone(&Fetched{Status: http.StatusOK, Header: http.Header{}, Body: []byte(markup)}); got != want {
			t.Errorf("%s: %q; want %q", markup, got, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 20, 3, 0, 0, 0, time.UTC)
	for v, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, "-3": 0, "soon": 0, "9999999": (1 << 20) * time.Second,
		"Tue, 20 Jan 2026 03:00:05 GMT": 6 * time.Second, "Tue, 20 Jan 2026 02:00:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {v}}, now); got != want {
			t.Errorf("%q: %s; want %s", v, got, want)
		}
	}
}
