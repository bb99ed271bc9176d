package crawl

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// Retry-After holds every request to the host back.
func TestFetchRetryAfter(t *testing.T) {
	var mu sync.Mutex
	var times []time.Time
	far := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		times = append(times, time.Now())
		mu.Unlock()
		if n == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(503)
			return
		}
		_, _ = w.Write([]byte(goodPage))
	})
	c := crawler(t, Options{})
	p := far.portal(t, "")
	if _, err := c.Fetch(t.Context(), p, far.URL+"/a.html", nil); err != nil {
		t.Fatal(err)
	}
	if gap := times[1].Sub(times[0]); gap < time.Second {
		t.Errorf("asked again after %s; the portal wanted 1s", gap)
	}
}

func TestFetchPace(t *testing.T) {
	var mu sync.Mutex
	var times []time.Time
	var running, most int
	far := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		times = append(times, time.Now())
		running++
		most = max(most, running)
		mu.Unlock()
		time.Sleep(20 * time.Millisecond)
		mu.Lock()
		running--
		mu.Unlock()
		_, _ = w.Write([]byte(goodPage))
	})
	c := crawler(t, Options{})
	p := far.portal(t, "polite: {delay: 50ms, concurrency: 2, budget: 6}\n")
	var wg sync.WaitGroup
	var spent atomic.Int32
	for i := range 8 {
		wg.Go(func() {
			if _, err := c.Fetch(t.Context(), p, fmt.Sprintf("%s/%d.html", far.URL, i), nil); kindOf(err) == Budget {
				spent.Add(1)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(times) != 5 || spent.Load() != 3 { // robots.txt is the sixth
		t.Errorf("%d pages asked for, %d over the budget; want 5 and 3", len(times), spent.Load())
	}
	if all := times[len(times)-1].Sub(times[0]); all < time.Duration(len(times)-1)*45*time.Millisecond {
		t.Errorf("%d requests came within %s; the delay is 50ms", len(times), all)
	}
	if most > 2 {
		t.Errorf("%d requests at a time; want 2 at most", most)
	}
}

// Private addresses are refused when dialled, unless the file names the range.
func TestFetchPrivate(t *testing.T) {
	far := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/jump.html" {
			http.Redirect(w, r, "http://127.0.0.2/x.html", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte(goodPage))
	})
	p := far.portal(t, "")
	p.Networks = nil
	_, err := crawler(t, Options{}).Fetch(t.Context(), p, far.URL+"/a.html", nil)
	if kindOf(err) != Private || len(far.paths()) != 0 {
		t.Errorf("without networks: %v, %d requests came; want private and none", err, len(far.paths()))
	}
	narrow := far.portal(t, "hosts: [127.0.0.2]\n")
	narrow.Networks[0], err = narrow.Networks[0].Addr().Next().Prefix(32)
	if err != nil {
		t.Fatal(err)
	}
	_, err = crawler(t, Options{}).Fetch(t.Context(), narrow, far.URL+"/jump.html", nil)
	if kindOf(err) != Private {
		t.Errorf("redirect to a private address: %v; want private", err)
	}
}

func TestFetchCancelled(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	far := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(503)
	})
	c := crawler(t, Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := c.Fetch(ctx, far.portal(t, ""), far.URL+"/a.html", nil)
	if !errors.Is(err, context.DeadlineExceeded) || kindOf(err) != "" || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %s; want the end of the context, and no word against the portal", err, time.Since(start))
	}
	c.Close()
	far.Close()
}
