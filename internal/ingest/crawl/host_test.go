package crawl

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gongkai/tests/pipenet"
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
// slow dialer, or a host that comes to read it late; and that what a host always needs
// to answer is not waited for beside the delay. The time is counted, not measured.
func TestHostDelay(t *testing.T) {
	const delay, requests = 600 * time.Millisecond, 20
	always := func(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }
	for _, c := range []struct {
		name         string
		concurrency  int
		dial         func(n int) time.Duration // what the n-th request is held up before it is sent
		read, answer func(n int) time.Duration // until the host has read it, and then until it answers
		most         float64                   // of all waiting to the delays; 0 where it does not matter
	}{
		{"quick", 1, odd(0), odd(0), odd(0), 1.01},
		{"always as slow", 1, odd(0), odd(0), always(delay / 4), 1.06},
		{"slower than the delay", 1, odd(0), odd(0), always(2 * delay), 0},
		{"slow dialer", 1, odd(2 * delay), odd(0), odd(0), 0},
		{"busy host", 1, odd(0), odd(2 * delay), odd(0), 0},
		{"busy and slow host", 1, odd(0), odd(delay / 2), always(delay / 4), 0},
		{"both", 1, odd(delay / 2), odd(delay), odd(0), 0},
		{"slow dialer, two at a time", 2, odd(3 * delay), odd(0), always(delay / 4), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var reached []time.Time
				far := pipenet.New()
				far.Serve(t, "a.test", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					n := len(reached)
					mu.Unlock()
					time.Sleep(c.read(n))
					mu.Lock()
					reached = append(reached, time.Now())
					mu.Unlock()
					time.Sleep(c.answer(n))
					w.Header().Set("Connection", "close") // so that the next one has to be dialled
					if r.URL.Path == "/robots.txt" {
						w.WriteHeader(http.StatusNotFound)
					}
					fmt.Fprint(w, goodPage)
				}))
				dials := 0
				crawl := crawler(t, Options{Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
					mu.Lock()
					n := dials
					dials++
					mu.Unlock()
					time.Sleep(c.dial(n))
					return far.Dial(ctx, network, addr)
				}})
				p := (&farSide{Server: &httptest.Server{URL: "http://a.test"}}).portal(t, "")
				p.Polite.Delay, p.Polite.Concurrency = delay, c.concurrency
				var all sync.WaitGroup
				for i := range requests {
					all.Go(func() {
						if _, err := crawl.Fetch(t.Context(), p, fmt.Sprintf("http://a.test/%d.html", i), nil); err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
				if len(reached) != requests+1 {
					t.Fatalf("%d requests; want %d and robots.txt", len(reached), requests)
				}
				for i, at := range reached[1:] {
					if gap := at.Sub(reached[i]); gap < delay {
						t.Errorf("request %d reached the host %v after the one before it; the delay is %v", i+1, gap, delay)
					}
				}
				waited := reached[requests].Sub(reached[0]).Seconds() / (requests * delay).Seconds()
				if t.Logf("%.3f times the delays", waited); c.most > 0 && waited > c.most {
					t.Errorf("waited %.3f times the delays; want %.2f at most", waited, c.most)
				}
			})
		})
	}
}

// odd holds every other request up, the first among them.
func odd(d time.Duration) func(int) time.Duration {
	return func(n int) time.Duration { return d * time.Duration(1-n%2) }
}
