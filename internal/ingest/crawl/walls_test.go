package crawl

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// What stands before a list is told from lists that only look like it.
func TestWalls(t *testing.T) {
	gbk := func(s string) string {
		out, _ := simplifiedchinese.GBK.NewEncoder().String(s)
		return out
	}
	nav := strings.Repeat(`<a href="/x.html">栏目</a>`, 8)
	for _, c := range []struct {
		name, page string
		status     int
		header     string
		want       Kind
	}{
		{name: "list with a captcha in its search form", page: nav + `<form>验证码<input name=c><img src="/captcha/1.png"></form><a href=/i/1001.htm>` + ys24 + `</a>`},
		{name: "short list with a box for logging in", page: nav + `<form>用户<input name=u>密码<input type=password></form><p>暂无内容</p>`},
		{name: "notice that speaks of safety", page: nav + `<p>网站安全验证工作通知</p>`},
		{name: "report about blocking", page: `<h1>年度报告</h1>` + strings.Repeat("访问被拦截的申请已经办理。", 30)},
		{name: "slider", page: `<html><p>请完成安全验证</p><div id=slider></div></html>`, want: Blocked},
		{name: "slider in GBK", page: gbk(`<meta charset=gbk><p>为了您的账号安全，请先完成滑动验证后继续访问</p>`), want: Blocked},
		{name: "login in place of the page", page: `<title>统一登录</title><form>用户名<input name=u>密码<input type="password" name=p></form><a href=/f>忘记密码</a>`, want: Blocked},
		{name: "script of one line", page: `<html><script>$_ts=window["$_ts"];$_ts=window.a</script></html>`, want: Blocked},
		{name: "Ruishu", page: `<html><script>$_ts=window['$_ts'];</script><script>$_ts=window.$_ts||{}</script></html>`, status: 202, header: "Set-Cookie: FSSBBIl1UgzbN7N80S=1", want: Blocked},
		{name: "Ruishu with 400", page: `<html><script>x()</script></html>`, status: 400, header: "Set-Cookie: FSSBBIl1UgzbN7N80S=1", want: Blocked},
		{name: "firewall with 405", page: `<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>`, status: 405, want: Blocked},
		{name: "cloud firewall with 503", page: `<title>Just a moment...</title>`, status: 503, header: "Cf-Mitigated: challenge", want: Blocked},
		{name: "overload", page: `<p>服务繁忙</p>`, status: 503, want: Temporary},
		{name: "column that is no more", page: `<p>您访问的栏目已经被删除</p><a href=/>首页</a>`, want: Gone},
	} {
		t.Run(c.name, func(t *testing.T) {
			far := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
				if name, v, ok := strings.Cut(c.header, ": "); ok {
					w.Header().Set(name, v)
				}
				w.Header().Set("Content-Type", "text/html")
				if c.status != 0 {
					w.WriteHeader(c.status)
				}
				_, _ = io.WriteString(w, c.page)
			})
			_, err := crawler(t, Options{Tries: 1}).Fetch(t.Context(), far.portal(t, ""), far.URL+"/a.html", nil)
			if kindOf(err) != c.want || (err == nil) != (c.want == "") {
				t.Errorf("%v; want %q", err, c.want)
			}
			var fe *FetchError
			if errors.As(err, &fe) && (fe.Answer == nil || len(fe.Answer.Body) == 0) {
				t.Error("without the answer as evidence")
			}
		})
	}
	far := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a.html" {
			http.Redirect(w, r, "/user/login?back=a", http.StatusFound)
			return
		}
		fmt.Fprint(w, nav+ys24)
	})
	_, err := crawler(t, Options{}).Fetch(t.Context(), far.portal(t, ""), far.URL+"/a.html", nil)
	if kindOf(err) != Blocked {
		t.Errorf("redirected to a login: %v; want blocked", err)
	}
}

// How a look ended is told apart, with what made it so.
func TestLookStates(t *testing.T) {
	closed := serve(t, func(int, http.ResponseWriter, *http.Request) {})
	dead := closed.URL
	closed.Close()
	for _, c := range []struct {
		name  string
		do    func(n int, w http.ResponseWriter, r *http.Request)
		rules string
		entry string
		want  LookState
		kind  Kind
	}{
		{"empty", func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<p>暂无</p>") }, "", "", LookEmpty, ""},
		{"fewer than expected", func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, links("/i/1001.htm", ys24)) }, "expect: 3\n", "", LookChanged, ""},
		{"vanished", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, "", "", LookChanged, Gone},
		{"moved to another host", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://b.test/", http.StatusMovedPermanently)
		}, "", "", LookChanged, Foreign},
		{"blocked", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(412) }, "", "", LookBlocked, Blocked},
		{"overloaded", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, "", "", LookBroken, Temporary},
		{"cut off", func(_ int, w http.ResponseWriter, _ *http.Request) {
			cut(w, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<p>")
		}, "", "", LookBroken, Temporary},
		{"no JSON", func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<p>error</p>") }, "list: {read: json}\n", "", LookBroken, ""},
		{"nothing listens", nil, "", dead, LookUnreachable, Temporary},
		{"no such name", nil, "", "http://none.invalid/", LookUnreachable, ""},
		{"private address", nil, "", "http://10.0.0.1/", LookUnreachable, Private},
		{"address of metadata", nil, "", "http://169.254.169.254/latest/", LookUnreachable, Private},
	} {
		t.Run(c.name, func(t *testing.T) {
			far := serve(t, func(n int, w http.ResponseWriter, r *http.Request) { c.do(n, w, r) })
			p := far.portal(t, c.rules)
			if c.entry != "" {
				p.Entries[0].URL = c.entry
			}
			look, err := crawler(t, Options{Tries: 2}).Look(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if look.State != c.want || look.Good {
				t.Fatalf("%s, good %v, problems %v; want %s", look.State, look.Good, look.Problems, c.want)
			}
			if c.kind == "" {
				return
			}
			if got := kindOf(look.Entries[0].Err); got != c.kind {
				t.Errorf("made so by %v; want %s", look.Entries[0].Err, c.kind)
			}
		})
	}
}
