package crawl

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// A name that is harmless when it is looked at and private when it is dialled is
// refused: the guard judges what is dialled, each time.
func TestRebinding(t *testing.T) {
	var asked atomic.Int32
	far := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, goodPage) })
	resolver := nameServer(t, func() netip.Addr {
		if asked.Add(1) == 1 {
			return netip.MustParseAddr("8.8.8.8")
		}
		return netip.MustParseAddr("127.0.0.1")
	})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(far.URL, "http://"))
	p := far.portal(t, "")
	p.Networks, p.Entries[0].URL = nil, "http://rebind.test:"+port+"/"
	c := crawler(t, Options{Tries: 1, ConnectTimeout: time.Second})
	s := c.session(p)
	guarded := c.dialer(p)
	guarded.Resolver = resolver
	s.transport.DialContext = guarded.DialContext
	if got, err := resolver.LookupHost(t.Context(), "rebind.test"); err != nil || got[0] != "8.8.8.8" {
		t.Fatalf("first answer %v, %v", got, err)
	}
	_, err := c.Fetch(t.Context(), p, p.Entries[0].URL, nil)
	if kindOf(err) != Private || len(far.paths()) != 0 {
		t.Errorf("%v, %d requests came; want private and none", err, len(far.paths()))
	}
}

// nameServer is a resolver whose every answer is decided when it is asked.
func nameServer(t *testing.T, answer func() netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body: &dnsmessage.AResource{A: answer().As4()}}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// Addresses that are no place of the portal are not asked, whatever they pretend.
func TestForeignAddresses(t *testing.T) {
	far := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(302)
			return
		}
		fmt.Fprint(w, goodPage)
	})
	p := far.portal(t, "")
	host := strings.TrimPrefix(far.URL, "http://")
	for _, to := range []string{"file:///etc/passwd", "gopher://127.0.0.1:70/x", "javascript:alert(1)", "data:text/html,x", "ftp://" + host + "/a",
		"http://" + host + "@evil.test/", "http://evil.test#@" + host, "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://[::1]/", "http://[::ffff:127.0.0.1]:1/",
		"//evil.test/x", `\\evil.test\x`, "http://" + host + ".evil.test/", "http://例子.测试/", "http://evil。test/", "http://127.0.0.1:1/"} {
		for how, address := range map[string]string{"linked": to, "redirected": far.URL + "/a?to=" + strings.NewReplacer("#", "%23", "&", "%26", "\\", "%5C").Replace(to)} {
			before := len(far.paths())
			_, err := crawler(t, Options{Tries: 1}).Fetch(t.Context(), p, address, nil)
			want := 0
			if how == "redirected" {
				want = 1
			}
			if k := kindOf(err); k != Foreign && k != Broken && k != Private || len(far.paths())-before != want {
				t.Errorf("%s %s: %v after %d requests", how, to, err, len(far.paths())-before)
			}
		}
	}
}

// A name in another script is one host with its form in ASCII, and no other.
func TestHostNames(t *testing.T) {
	p := portal(t, "hosts: [例子.中国]\n")
	for address, want := range map[string]string{
		"http://例子.中国/年报.html":             "http://xn--fsqu00a.xn--fiqs8s/%E5%B9%B4%E6%8A%A5.html",
		"HTTP://XN--FSQU00A.xn--fiqs8s:80": "http://xn--fsqu00a.xn--fiqs8s/",
		"http://user:pw@a.test/%e5%b9%b4":  "http://a.test/%E5%B9%B4",
		"http://a.test/%E5%B9%B4#x":        "http://a.test/%E5%B9%B4",
		"http://a.test/a%2fb%C4%EA":        "http://a.test/a%2Fb%C4%EA",
	} {
		u, err := resolve(nil, address)
		if err != nil || u.String() != want || !p.allows(u.Host) {
			t.Errorf("%s: %v, %v; want %s, allowed", address, u, err, want)
		}
	}
	if u, err := resolve(nil, "http://еxample.test/"); err == nil && p.allows(u.Host) {
		t.Errorf("a Cyrillic letter: %v", u)
	}
}

// Answers made to exhaust: each ends within its limit, and says which.
func TestExhausting(t *testing.T) {
	nested := func(depth int) []byte {
		b := bytes.Repeat([]byte("<p> </p>\n"), 1<<18)
		for range depth {
			b = gzipped(b)
		}
		return b
	}
	for _, c := range []struct {
		name string
		do   func(n int, w http.ResponseWriter, r *http.Request)
		want Kind
	}{
		{"bomb in several members", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			for range 40 {
				_, _ = w.Write(nested(1))
			}
		}, TooLarge},
		{"gzip that is cut", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			b := gzipped([]byte(goodPage))
			_, _ = w.Write(b[:len(b)-9])
		}, Temporary},
		{"gzip in gzip is left as it is", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(nested(2))
		}, ""},
		{"coding that nobody asked for", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			fmt.Fprint(w, "x")
		}, Broken},
		{"gzip that is none", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, goodPage)
		}, Temporary},
		{"endless header", func(_ int, w http.ResponseWriter, _ *http.Request) {
			conn, buf, _ := w.(http.Hijacker).Hijack()
			defer conn.Close()
			_, _ = buf.WriteString("HTTP/1.1 200 OK\r\n")
			for i := range 1 << 15 {
				if _, err := fmt.Fprintf(buf, "X-%d: %s\r\n", i, strings.Repeat("a", 1000)); err != nil {
					return
				}
			}
		}, Temporary},
		{"endless drip", func(_ int, w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte("x")); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		}, Temporary},
		{"longer than announced", func(_ int, w http.ResponseWriter, _ *http.Request) {
			cut(w, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/html\r\n\r\n<p>ab</p>and more")
		}, ""},
		{"no HTTP", func(_ int, w http.ResponseWriter, _ *http.Request) { cut(w, "SSH-2.0-x\r\n") }, Temporary},
	} {
		t.Run(c.name, func(t *testing.T) {
			far := serve(t, c.do)
			patience := time.Minute
			if c.name == "endless drip" {
				patience = 300 * time.Millisecond
			}
			_, err := crawler(t, Options{Tries: 1, TotalTimeout: patience, MaxUnpacked: 4 << 20}).Fetch(t.Context(), far.portal(t, ""), far.URL+"/a.html", nil)
			if kindOf(err) != c.want || (err == nil) != (c.want == "") {
				t.Errorf("%v; want %q", err, c.want)
			}
		})
	}
}

// A calendar without an end is left after list.max pages, and the look is not good; a
// list that shows the same for ever ends at once.
func TestEndlessLists(t *testing.T) {
	far := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `%s<a href="/gknb/?day=%d">下一页</a>`, links(fmt.Sprintf("/i/%d.htm", 10000+n), fmt.Sprintf("第%d天的工作动态情况", n)), n)
	})
	look, err := crawler(t, Options{}).Look(t.Context(), far.portal(t, "list: {max: 30}\n"))
	if err != nil || look.Good || len(far.paths()) != 30 || !strings.Contains(fmt.Sprint(look.Problems), "list.max") {
		t.Errorf("%v, good %v after %d requests: %v", err, look.Good, len(far.paths()), look.Problems)
	}
	same := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `%s<a href="/gknb/?p=%d">下一页</a>`, links("/i/10001.htm", ys24), n)
	})
	look, err = crawler(t, Options{}).Look(t.Context(), same.portal(t, ""))
	if err != nil || !look.Good || len(same.paths()) != 2 {
		t.Errorf("%v, good %v after %d requests: %v", err, look.Good, len(same.paths()), look.Problems)
	}
}
