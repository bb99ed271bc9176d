package crawl

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Rules as portals write them, and whether two addresses may be asked.
func TestRobots(t *testing.T) {
	for _, c := range []struct {
		name, text string
		status     int
		path       string
		want       Kind
	}{
		{"none", "", 404, "/gknb/1.html", ""},
		{"forbidden file", "", 403, "/gknb/1.html", ""},
		{"empty", "", 200, "/gknb/1.html", ""},
		{"back end", "User-agent: *\nDisallow: /admin/\n", 200, "/gknb/1.html", ""},
		{"denied", "User-agent: *\nDisallow: /gknb/\n", 200, "/gknb/1.html", Closed},
		{"allowed within", "User-agent: *\nDisallow: /\nAllow: /gknb/\n", 200, "/gknb/1.html", ""},
		{"everything", "User-agent: *\nDisallow: /\n", 200, "/gknb/1.html", Closed},
		{"gap after the agent", "User-agent: *\n\n# all\nDisallow: / # everything\n", 200, "/gknb/1.html", Closed},
		{"byte order mark", "\ufeffUser-agent: *\nDisallow: /gknb/\n", 200, "/gknb/1.html", Closed},
		{"others only", "User-agent: badbot\nDisallow: /\n", 200, "/gknb/1.html", ""},
		{"us by name", "User-agent: gongkai\nDisallow: /\n\nUser-agent: *\nAllow: /\n", 200, "/gknb/1.html", Closed},
		{"Chinese path as it is", "User-agent: *\nDisallow: /年报/\n", 200, "/%E5%B9%B4%E6%8A%A5/1.html", Closed},
		{"Chinese path encoded", "User-agent: *\nDisallow: /%E5%B9%B4%E6%8A%A5/\n", 200, "/%E5%B9%B4%E6%8A%A5/1.html", Closed},
		{"query", "User-agent: *\nDisallow: /*?print=\n", 200, "/gknb/1.html?print=1", Closed},
		{"a page in its place", "<!DOCTYPE html><p>Disallow: /</p>", 200, "/gknb/1.html", ""},
		{"overloaded", "", 503, "/gknb/1.html", Temporary},
		{"challenge", "", 521, "/gknb/1.html", Blocked},
		{"delay beyond the cap", "User-agent: *\nCrawl-delay: 600\n", 200, "/gknb/1.html", Closed},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked atomic.Int32
			far := &farSide{Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/robots.txt" {
					w.Header().Set("Content-Type", "text/plain")
					w.WriteHeader(c.status)
					fmt.Fprint(w, c.text)
					return
				}
				asked.Add(1)
				fmt.Fprint(w, goodPage)
			}))}
			defer far.Close()
			_, err := crawler(t, Options{}).Fetch(t.Context(), far.portal(t, ""), far.URL+c.path, nil)
			if kindOf(err) != c.want || (err == nil) != (c.want == "") {
				t.Errorf("%v; want %q", err, c.want)
			}
			if n := asked.Load(); (n > 0) != (c.want == "") {
				t.Errorf("the page was asked for %d times; want none unless allowed", n)
			}
		})
	}
}

// robots.txt is asked once a day, its delay is kept, and one that fails for a time
// is asked again.
func TestRobotsPace(t *testing.T) {
	var robots atomic.Int32
	var last, least atomic.Int64
	least.Store(int64(time.Hour))
	far := &farSide{Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := time.Now().UnixNano()
		if before := last.Swap(now); before != 0 {
			least.Store(min(least.Load(), now-before))
		}
		if r.URL.Path == "/robots.txt" {
			if robots.Add(1) == 1 {
				w.WriteHeader(503)
				return
			}
			fmt.Fprint(w, "User-agent: *\nCrawl-delay: 0.2\n")
			return
		}
		fmt.Fprint(w, goodPage)
	}))}
	defer far.Close()
	now := time.Date(2026, 1, 5, 3, 0, 0, 0, time.UTC)
	c := crawler(t, Options{Clock: func() time.Time { return now }, UnknownDelay: 250 * time.Millisecond})
	p := far.portal(t, "")
	start := time.Now()
	for i := range 3 {
		if _, err := c.Fetch(t.Context(), p, fmt.Sprintf("%s/%d.html", far.URL, i), nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := robots.Load(); n != 2 {
		t.Errorf("robots.txt was asked for %d times; want 2, the first having failed", n)
	}
	// On a busy machine a request may leave late and the next in time: half of the
	// delay lies between them in any case, and the whole on average.
	if gap, all := time.Duration(least.Load()), time.Since(start); gap < 95*time.Millisecond || all < 850*time.Millisecond {
		t.Errorf("least gap %s, all after %s; robots.txt wants 200ms, and is asked again after 250ms however short the backoff is", gap, all)
	}
	now = now.Add(25 * time.Hour)
	if _, err := c.Fetch(t.Context(), p, far.URL+"/9.html", nil); err != nil {
		t.Fatal(err)
	}
	if n := robots.Load(); n != 3 {
		t.Errorf("a day later robots.txt was asked for %d times in all; want 3", n)
	}
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\n\nDisallow: /年报/\nCrawl-delay: 1.5\n", "/%E5%B9%B4/")
	f.Fuzz(func(t *testing.T, text, path string) {
		u, err := resolve(nil, "http://a.test/"+strings.TrimLeft(path, "/"))
		if err != nil {
			return
		}
		rules, err := readRobots(&Fetched{Status: 200, Header: http.Header{}, Body: []byte(text)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if rules.data != nil {
			for _, p := range robotsPaths(u) {
				rules.data.FindGroup("gongkai").Test(p)
			}
		}
	})
}
