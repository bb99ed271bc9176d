package crawl

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gongkai/tests/pipenet"
)

// TestTimeouts holds how long each step of a request may take: to connect, until the
// header is there, without a byte of the body, and in all; and that a body which comes
// slowly but comes is waited for. The time is counted, not measured.
func TestTimeouts(t *testing.T) {
	drip := func(each time.Duration, n int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for range n {
				if _, err := fmt.Fprint(w, strings.Repeat("年报", 100)); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				select {
				case <-time.After(each):
				case <-r.Context().Done():
					return
				}
			}
		}
	}
	for _, c := range []struct {
		name   string
		do     http.HandlerFunc
		dial   bool          // nobody takes the connection
		took   time.Duration // when it is given up; 0 where the answer is had
		reason string
	}{
		{"connect", nil, true, 10 * time.Second, "no connection for 10s"},
		{"header", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, false, 30 * time.Second, "no header came for 30s"},
		{"body", drip(time.Hour, 2), false, 30 * time.Second, "nothing came for 30s"},
		{"whole", drip(20*time.Second, 100), false, 2 * time.Minute, "not done after 2m0s"},
		{"slow", drip(20*time.Second, 5), false, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				far := pipenet.New()
				far.Serve(t, "a.test", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/robots.txt" {
						http.NotFound(w, r)
						return
					}
					w.Header().Set("Content-Type", "text/html; charset=utf-8")
					c.do(w, r)
				}))
				opts := Options{Tries: 1, Dial: far.Dial}
				if c.dial {
					opts.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
				}
				p := (&farSide{Server: &httptest.Server{URL: "http://a.test"}}).portal(t, "")
				began := time.Now()
				_, err := crawler(t, opts).Fetch(t.Context(), p, "http://a.test/a.html", nil)
				took := time.Since(began)
				if c.took == 0 && err != nil {
					t.Errorf("%v; want the answer", err)
				}
				if c.took != 0 && (kindOf(err) != Temporary || took != c.took || !strings.Contains(err.Error(), c.reason)) {
					t.Errorf("%v after %v; want temporary after %v, with %q", err, took, c.took, c.reason)
				}
			})
		})
	}
}

// TestBackoff holds that what fails for a time is tried again after a second or two, then
// after longer, never twice alike, and only so often.
func TestBackoff(t *testing.T) {
	seen := make(map[time.Duration]bool)
	for range 5 {
		synctest.Test(t, func(t *testing.T) {
			far, times := pipenet.New(), []time.Time(nil)
			far.Serve(t, "a.test", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/robots.txt" {
					http.NotFound(w, r)
					return
				}
				times = append(times, time.Now()) // one at a time is asked for
				w.WriteHeader(http.StatusServiceUnavailable)
			}))
			p := (&farSide{Server: &httptest.Server{URL: "http://a.test"}}).portal(t, "")
			if _, err := crawler(t, Options{Dial: far.Dial, Backoff: time.Second}).Fetch(t.Context(), p, "http://a.test/a.html", nil); kindOf(err) != Temporary {
				t.Errorf("%v; want temporary", err)
			}
			if len(times) != 3 {
				t.Fatalf("asked %d times; want 3", len(times))
			}
			first, second := times[1].Sub(times[0]), times[2].Sub(times[1])
			if first < time.Second || first > 2*time.Second || second < 3*time.Second/2 || second > 3*time.Second {
				t.Errorf("tried again after %v and %v; want 1 s to 2 s, then 1.5 s to 3 s", first, second)
			}
			seen[first] = true
		})
	}
	if len(seen) < 4 {
		t.Errorf("of five waits %d differ; want jitter", len(seen))
	}
}
