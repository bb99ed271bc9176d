package crawl

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// Two portals on one host share its pace, and it is that of the more careful one.
func TestHostShared(t *testing.T) {
	c := crawler(t, Options{})
	h := c.hostOf("a.test", Polite{Concurrency: 3, Budget: 100})
	var turns []*turn
	for range 3 {
		turns = append(turns, enter(t, h))
	}
	if same := c.hostOf("a.test", Polite{Concurrency: 1, Delay: 20 * time.Millisecond}); same != h {
		t.Fatal("another host of the same name")
	}
	for _, one := range turns {
		one.leave()
	}
	if n := len(h.slots); n != 2 {
		t.Errorf("%d slots are kept after the three were left; want 2, so that one is free", n)
	}
	one := enter(t, h)
	if n := len(h.slots); n != cap(h.slots) {
		t.Errorf("%d of %d slots taken while one request runs; want all", n, cap(h.slots))
	}
	one.leave()
	begin := time.Now()
	for range 3 {
		enter(t, h).leave()
	}
	if took := time.Since(begin); took < 40*time.Millisecond {
		t.Errorf("three requests within %s; the delay is 20ms", took)
	}
}

func enter(t *testing.T, h *host) *turn {
	t.Helper()
	one, err := h.enter(t.Context(), 100)
	if one == nil || err != nil {
		t.Fatalf("entered %v, %v", one, err)
	}
	return one
}

// TestHostDelay holds the delay as the host sees it, whatever holds a request up: a
// slow dialer, or a host that comes to read it late. That a gap is longer is nobody's
// fault here, so that load cannot fail the test.
func TestHostDelay(t *testing.T) {
	const delay = 60 * time.Millisecond
	for _, c := range []struct {
		name        string
		concurrency int
		dial, read  func(n int) time.Duration // what the n-th request is held up
	}{
		{"slow dialer", 1, odd(2 * delay), odd(0)},
		{"busy host", 1, odd(0), odd(2 * delay)},
		{"both", 1, odd(delay / 2), odd(delay)},
		{"slow dialer, two at a time", 2, odd(3 * delay), odd(0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var mu sync.Mutex
			var reached []time.Time
			far := &farSide{Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				n := len(reached)
				mu.Unlock()
				time.Sleep(c.read(n))
				mu.Lock()
				reached = append(reached, time.Now())
				mu.Unlock()
				w.Header().Set("Connection", "close") // so that the next one has to be dialled
				if r.URL.Path == "/robots.txt" {
					w.WriteHeader(http.StatusNotFound)
				}
				fmt.Fprint(w, goodPage)
			}))}
			defer far.Close()
			p := far.portal(t, "")
			p.Polite.Delay, p.Polite.Concurrency = delay, c.concurrency
			crawl := crawler(t, Options{})
			s := crawl.session(p)
			dial, dials := s.transport.DialContext, 0
			s.transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				mu.Lock()
				n := dials
				dials++
				mu.Unlock()
				time.Sleep(c.dial(n))
				return dial(ctx, network, addr)
			}
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					if _, err := crawl.Fetch(t.Context(), p, fmt.Sprintf("%s/%d.html", far.URL, i), nil); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if len(reached) != 9 {
				t.Fatalf("%d requests; want 8 and robots.txt", len(reached))
			}
			for i, at := range reached[1:] {
				if gap := at.Sub(reached[i]); gap < delay {
					t.Errorf("request %d reached the host %v after the one before it; the delay is %v", i+1, gap, delay)
				}
			}
		})
	}
}

// odd holds every other request up, the first among them.
func odd(d time.Duration) func(int) time.Duration {
	return func(n int) time.Duration { return d * time.Duration(1-n%2) }
}
