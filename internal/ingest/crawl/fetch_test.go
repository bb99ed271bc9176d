package crawl

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
)

// A farSide is the portal of a test: a real server, since what matters happens on
// the wire.
type farSide struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string // path of each request, robots.txt left out
	head []http.Header
}

func serve(t *testing.T, handler func(n int, w http.ResponseWriter, r *http.Request)) *farSide {
	t.Helper()
	f := &farSide{}
	var count atomic.Int32
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		f.mu.Lock()
		f.seen = append(f.seen, r.URL.RequestURI())
		f.head = append(f.head, r.Header)
		f.mu.Unlock()
		handler(int(count.Add(1)), w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *farSide) paths() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen
}

func (f *farSide) portal(t *testing.T, more string) *Portal {
	t.Helper()
	p, err := ReadPortal("test", strings.NewReader(strings.ReplaceAll(`id: test
name: 测试
region: "990101"
entries:
  - {url: "{base}/gknb/"}
networks: ["127.0.0.0/8"]
`+more, "{base}", f.URL)))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(more, "polite") {
		p.Polite.Delay = 0
	}
	return p
}

func crawler(t *testing.T, opts Options) *Crawler {
	t.Helper()
	fill(&opts.Backoff, time.Millisecond)
	fill(&opts.UnknownDelay, time.Millisecond)
	opts.Log = slog.New(slog.DiscardHandler)
	c := New(opts)
	t.Cleanup(c.Close)
	return c
}

func kindOf(err error) Kind {
	var fe *FetchError
	if errors.As(err, &fe) {
		return fe.Kind
	}
	return ""
}

const goodPage = "<!DOCTYPE html><html><body><p>云杉街道办事处2020年政府信息公开工作年度报告</p></body></html>"

// What a portal does, what comes of it, and how often it was asked.
func TestFetch(t *testing.T) {
	write := func(w http.ResponseWriter, s string) { _, _ = w.Write([]byte(s)) }
	for _, c := range []struct {
		name  string
		do    func(n int, w http.ResponseWriter, r *http.Request)
		want  Kind
		asked int
	}{
		{"page", func(_ int, w http.ResponseWriter, _ *http.Request) { write(w, goodPage) }, "", 1},
		{"503 once", func(n int, w http.ResponseWriter, _ *http.Request) {
			if n == 1 {
				w.WriteHeader(503)
				return
			}
			write(w, goodPage)
		}, "", 2},
		{"503 always", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, Temporary, 3},
		{"long Retry-After", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(503)
		}, Temporary, 1},
		{"429", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, Temporary, 3},
		{"reset once", func(n int, w http.ResponseWriter, _ *http.Request) {
			if n == 1 {
				cut(w, "")
				return
			}
			write(w, goodPage)
		}, "", 2},
		{"reset in the body", func(_ int, w http.ResponseWriter, _ *http.Request) {
			cut(w, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<html")
		}, Temporary, 3},
		{"shorter than announced", func(_ int, w http.ResponseWriter, _ *http.Request) {
			cut(w, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(goodPage)+100, goodPage))
		}, Temporary, 3},
		{"empty once", func(n int, w http.ResponseWriter, _ *http.Request) {
			if n > 1 {
				write(w, goodPage)
			}
		}, "", 2},
		{"empty always", func(_ int, _ http.ResponseWriter, _ *http.Request) {}, Temporary, 3},
		{"404", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, Gone, 1},
		{"410", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }, Gone, 1},
		{"soft 404", func(_ int, w http.ResponseWriter, _ *http.Request) {
			write(w, "<html><body><div>对不起，您访问的页面不存在或已被删除。<a href=/>返回首页</a></div></body></html>")
		}, Gone, 1},
		{"a report that says 不存在", func(_ int, w http.ResponseWriter, _ *http.Request) {
			write(w, "<html><body>"+strings.Repeat("本年度办理的申请中，信息不存在或者已被删除的情形如下表所列。", 30)+"</body></html>")
		}, "", 1},
		{"redirect to the home page", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/index.html", http.StatusFound)
		}, Gone, 1},
		{"redirect to 404.html", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/404.html", http.StatusFound)
		}, Gone, 1},
		{"412", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "FSSBBIl1UgzbN7N80S=1; path=/")
			w.WriteHeader(412)
		}, Blocked, 1},
		{"521", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(521) }, Blocked, 1},
		{"script with status 200", func(_ int, w http.ResponseWriter, _ *http.Request) {
			write(w, "<html><script>var arg1='1';document.cookie='acw_sc__v2='+arg1;location.reload()</script></html>")
		}, Blocked, 1},
		{"a protected site's good page", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "__jsluid_s=1; path=/")
			write(w, goodPage)
		}, "", 1},
		{"403", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, Blocked, 1},
		{"401", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, Blocked, 1},
		{"loop", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/a.html?r=1", http.StatusFound)
		}, Broken, 3},
		{"endless", func(n int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, fmt.Sprintf("/%d.html", n), http.StatusFound)
		}, Broken, 6},
		{"other host", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://other.test/", http.StatusFound)
		}, Foreign, 1},
		{"bomb", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(gzipped(bytes.Repeat([]byte("<p> </p>"), 1<<20)))
		}, TooLarge, 1},
		{"too long", func(_ int, w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("x"), 3<<20)) }, TooLarge, 1},
		{"gzip", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(gzipped([]byte(goodPage)))
		}, "", 1},
		{"teapot", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) }, Broken, 1},
		{"too slow", func(_ int, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, Temporary, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			far := serve(t, c.do)
			var logged int
			patience := time.Minute
			if c.name == "too slow" {
				patience = 200 * time.Millisecond
			}
			crawl := crawler(t, Options{MaxBody: 2 << 20, TotalTimeout: patience, OnRequest: func(l RequestLog) {
				if !strings.HasSuffix(l.URL, "/robots.txt") {
					logged++
				}
			}})
			f, err := crawl.Fetch(t.Context(), far.portal(t, ""), far.URL+"/a.html", nil)
			if kindOf(err) != c.want || (err == nil) != (c.want == "") {
				t.Fatalf("error %v; want kind %q", err, c.want)
			}
			if err == nil && (len(f.Body) < len(goodPage) || f.Status != 200 || f.FetchedAt.IsZero()) {
				t.Errorf("%d bytes, status %d at %v", len(f.Body), f.Status, f.FetchedAt)
			}
			if n := len(far.paths()); n != c.asked || logged != n {
				t.Errorf("%d requests came, %d were logged; want %d: %q", n, logged, c.asked, far.paths())
			}
			if got := errors.Is(err, report.ErrBlocked); got != (c.want == Blocked) {
				t.Errorf("is report.ErrBlocked: %v", got)
			}
		})
	}
}

// cut sends raw bytes and resets the connection.
func cut(w http.ResponseWriter, raw string) {
	conn, buf, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_, _ = buf.WriteString(raw)
	_ = buf.Flush()
	time.Sleep(5 * time.Millisecond) // let the bytes arrive before the reset
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

// A kept connection that breaks is asked again in turn, not behind our back.
func TestFetchKeptConnection(t *testing.T) {
	far := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 2 {
			cut(w, "")
			return
		}
		_, _ = w.Write([]byte(goodPage))
	})
	var logged []string
	c := crawler(t, Options{OnRequest: func(l RequestLog) { logged = append(logged, fmt.Sprint(l.Status, l.Outcome)) }})
	p := far.portal(t, "")
	for _, name := range []string{"/1.html", "/2.html"} {
		if _, err := c.Fetch(t.Context(), p, far.URL+name, nil); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"404gone", "200", "0temporary", "200"}
	if diff := cmp.Diff(want, logged); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// The evidence of a challenge is kept, and after a row of them the host is left
// alone.
func TestFetchBlocked(t *testing.T) {
	far := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Via-JSL", "abc")
		w.WriteHeader(521)
		_, _ = w.Write([]byte("<script>challenge</script>"))
	})
	c := crawler(t, Options{MaxRefusals: 2})
	p := far.portal(t, "")
	for i := range 4 {
		_, err := c.Fetch(t.Context(), p, fmt.Sprintf("%s/%d.html", far.URL, i), nil)
		var fe *FetchError
		if !errors.As(err, &fe) || fe.Kind != Blocked {
			t.Fatalf("request %d: %v", i, err)
		}
		if i == 0 && (fe.Answer == nil || fe.Answer.Status != 521 || fe.Answer.Header.Get("X-Via-JSL") != "abc" || !strings.Contains(string(fe.Answer.Body), "challenge")) {
			t.Errorf("evidence %+v", fe.Answer)
		}
	}
	if n := len(far.paths()); n != 2 {
		t.Errorf("%d requests after the challenge; want 2", n)
	}
}

// A host that is down is not asked for every report in turn, and one that recovers
// is.
func TestFetchDown(t *testing.T) {
	for _, c := range []struct {
		name  string
		after string
		bad   int // requests that fail before the host recovers
		asked int
		want  Kind
	}{
		{"down", "", 1000, 10, Temporary},
		{"down and says for how long", "3600", 1000, 2, Temporary},
		{"recovers", "", 8, 20, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			far := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
				if n <= c.bad {
					if c.after != "" {
						w.Header().Set("Retry-After", c.after)
					}
					w.WriteHeader(503)
					return
				}
				_, _ = w.Write([]byte(goodPage))
			})
			crawl := crawler(t, Options{})
			p := far.portal(t, "")
			var err error
			for i := range 14 {
				_, err = crawl.Fetch(t.Context(), p, fmt.Sprintf("%s/%d.html", far.URL, i), nil)
			}
			if n := len(far.paths()); kindOf(err) != c.want || n != c.asked {
				t.Errorf("%d requests, the last ended with %v; want %d and %q", n, err, c.asked, c.want)
			}
		})
	}
}

func TestFetchConditional(t *testing.T) {
	far := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` && r.Header.Get("If-Modified-Since") == "then" {
			w.WriteHeader(304)
			return
		}
		_, _ = w.Write([]byte(goodPage))
	})
	c := crawler(t, Options{Contact: "https://operator.test/"})
	p := far.portal(t, "")
	f, err := c.Fetch(t.Context(), p, far.URL+"/a.html", nil)
	if err != nil || f.NotModified {
		t.Fatalf("not modified %v, err %v", f, err)
	}
	known := ValidatorsOf(f.Header)
	if diff := cmp.Diff(&Validators{ETag: `"1"`}, known); diff != "" {
		t.Errorf("validators (-want +got):\n%s", diff)
	}
	known.LastModified = "then"
	f, err = c.Fetch(t.Context(), p, far.URL+"/a.html", known)
	if err != nil || !f.NotModified || len(f.Body) != 0 {
		t.Errorf("second: %+v, err %v; want not modified", f, err)
	}
	if got := f.RequestHeader.Get("User-Agent"); got != "gongkai/1.0 (+https://operator.test/)" {
		t.Errorf("user agent %q", got)
	}
	if got := f.RequestHeader.Get("Referer"); got != far.URL+"/gknb/" {
		t.Errorf("referer %q; want the list", got)
	}
}

// A session that wants its cookie first, a shell that refreshes and a script that
// jumps on all lead to the goodPage, and the way is kept.
func TestFetchShells(t *testing.T) {
	far := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		say := func(s string) { _, _ = w.Write([]byte(s)) }
		switch r.URL.Path {
		case "/cookie.asp":
			if _, err := r.Cookie("SESSION"); err != nil {
				http.SetCookie(w, &http.Cookie{Name: "SESSION", Value: "1", Path: "/"})
				http.Redirect(w, r, "/cookie.asp", http.StatusFound)
				return
			}
			say(goodPage)
		case "/refresh/":
			say(`<html><head><meta http-equiv="Refresh" content="0; URL='./script.html'"></head></html>`)
		case "/refresh/script.html":
			say(`<script>window.location.replace("/page.html")</script>`)
		default:
			say(goodPage)
		}
	})
	c := crawler(t, Options{})
	p := far.portal(t, "")
	f, err := c.Fetch(t.Context(), p, far.URL+"/cookie.asp", nil)
	if err != nil || len(f.Shells) != 1 {
		t.Errorf("session: shells %v, err %v", f, err)
	}
	f, err = c.Fetch(t.Context(), p, far.URL+"/refresh/", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{far.URL + "/refresh/", far.URL + "/refresh/script.html"}
	if diff := cmp.Diff(want, f.Shells); diff != "" || f.URL != far.URL+"/page.html" || f.RequestedURL != far.URL+"/refresh/" {
		t.Errorf("at %s, shells (-want +got):\n%s", f.URL, diff)
	}
}
