package ingest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
)

// hosts makes portals of one list and some reports each, every one on a host of its
// own, and lets a site answer for each. before is called before each answer.
func hosts(tb testing.TB, n, reports int, delay time.Duration, before func(host int)) (*site, []*site) {
	tb.Helper()
	main := newSite(tb)
	main.Portals = nil
	var all []*site
	for i := range n {
		s := &site{pages: make(map[string]answer)}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			before(i)
			s.ServeHTTP(w, r)
		}))
		tb.Cleanup(server.Close)
		s.url = server.URL
		yaml := strings.NewReplacer("{base}", s.url, "id: test", fmt.Sprint("id: host-", i), "delay: 0s, concurrency: 2",
			fmt.Sprintf("delay: %s, concurrency: 1", delay)).Replace(siteYAML)
		p, err := crawl.ReadPortal("test.yaml", strings.NewReader(yaml))
		must(tb, err)
		main.Portals = append(main.Portals, p)
		var lines []string
		for year := 2024; year > 2024-reports; year-- {
			path := fmt.Sprintf("/%d.html", year)
			lines = append(lines, fmt.Sprint("云杉街道 ", year, " ", path))
			s.put(path, answer{body: page("云杉街道", year, 5), etag: `"1"`})
		}
		s.list(lines...)
		all = append(all, s)
	}
	return main, all
}

// TestSlowHost holds that a host which does not answer holds no other up: it answers
// only when all others have been asked for everything.
func TestSlowHost(t *testing.T) {
	const reports, others = 5, 4
	asked := make(chan struct{}, 1000)
	free := make(chan struct{})
	main, _ := hosts(t, 1+others, reports, 0, func(host int) {
		if host == 0 {
			<-free
		} else {
			asked <- struct{}{}
		}
	})
	go func() {
		for range others * (reports + 1) { // the reports and the list of each
			<-asked
		}
		close(free)
	}()
	if got := main.refresh(t, ingest.Options{}); got.New != reports || got.Failed != 0 {
		t.Errorf("%+v; want the reports of one street, once", got)
	}
}

// BenchmarkPolite sets a refresh of several hosts, one of which is slow to answer,
// beside the waiting that none can avoid: of the host with the most requests, so many
// times the delay. TestWaiting counts the same; here the machine is in it.
//
//   - waiting: the time of the refresh to that waiting; at most 1.1 is asked.
func BenchmarkPolite(b *testing.B) {
	const delay, slow = 500 * time.Millisecond, 100 * time.Millisecond
	for b.Loop() {
		main, all := hosts(b, 8, 20, delay, func(host int) {
			if host == 0 {
				time.Sleep(slow)
			}
		})
		began := time.Now()
		main.refresh(b, ingest.Options{})
		took := time.Since(began)
		waiting := time.Duration(0)
		for _, s := range all {
			waiting = max(waiting, time.Duration(len(s.requests())+2)*delay) // and the list and robots.txt
		}
		b.ReportMetric(took.Seconds()/waiting.Seconds(), "waiting")
	}
}
