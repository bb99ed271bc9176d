package crawl

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// A run that follows another keeps the pace that the first has learnt, from the
// first's last request on, and does not ask for robots.txt again.
func TestMemory(t *testing.T) {
	var mu sync.Mutex
	var paths []string
	var times []time.Time
	far := &farSide{Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		paths, times = append(paths, r.URL.Path), append(times, time.Now())
		if r.URL.Path == "/robots.txt" {
			fmt.Fprint(w, "User-agent: *\nCrawl-delay: 0.3\n")
			return
		}
		fmt.Fprint(w, goodPage)
	}))}
	defer far.Close()
	memory, p := NewMemory(), far.portal(t, "")
	for _, path := range []string{"/a.html", "/b.html"} {
		if _, err := crawler(t, Options{Memory: memory}).Fetch(t.Context(), p, far.URL+path, nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(paths) != 3 || paths[0] != "/robots.txt" || paths[2] != "/b.html" {
		t.Fatalf("requests %q; want robots.txt once", paths)
	}
	if gap := times[2].Sub(times[1]); gap < 280*time.Millisecond {
		t.Errorf("the second run began %s after the first's last request; robots.txt wants 300ms", gap)
	}
	if _, err := crawler(t, Options{}).Fetch(t.Context(), p, far.URL+"/c.html", nil); err != nil || paths[3] != "/robots.txt" {
		t.Errorf("%v, requests %q; a run with a memory of its own asks for robots.txt", err, paths)
	}
}
