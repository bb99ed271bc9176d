package ingest_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
	"gongkai/tests/pipenet"
)

// TestWaiting holds that a polite refresh takes hardly more than the waiting that
// nobody can avoid: of the host with the most requests, so many times the delay. It
// counts time instead of measuring it, so that what reading costs the processor is not
// in it, and the machine does not matter.
func TestWaiting(t *testing.T) {
	const delay, most = time.Second, 1.1
	for _, c := range []struct {
		name           string
		hosts, reports int
		latency        time.Duration
		units          []string // to whom the reports belong, in turn
	}{
		{"one host", 1, 12, 0, []string{"云杉街道", "雪松街道"}},
		{"hosts that take a while", 6, 10, 120 * time.Millisecond, []string{"云杉街道", "雪松街道"}},
		{"reports of one agency", 2, 10, 80 * time.Millisecond, []string{"云杉街道"}},
		{"more hosts than are read ahead of", 66, 4, 80 * time.Millisecond, []string{"云杉街道", "雪松街道"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))) // the reports are out
				far, requests := pipenet.New(), make([]int, c.hosts)
				s := distant(t, far)
				for i := range c.hosts {
					s.Portals = append(s.Portals, distantPortal(t, i, delay))
					one := &site{pages: make(map[string]answer)}
					var lines []string
					for n := range c.reports {
						unit, year := c.units[n%len(c.units)], 2024-n/len(c.units)
						path := fmt.Sprintf("/%d-%d.html", year, n)
						one.put(path, answer{body: page(unit, year, 5), etag: `"1"`})
						lines = append(lines, fmt.Sprint(unit, " ", year, " ", path))
					}
					one.list(lines...)
					var mu sync.Mutex
					far.Serve(t, fmt.Sprintf("host-%d.test", i), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						mu.Lock()
						requests[i]++
						mu.Unlock()
						time.Sleep(c.latency)
						one.ServeHTTP(w, r)
					}))
				}
				for _, what := range []string{"first", "second"} {
					began := time.Now()
					summary, err := s.Refresh(t.Context(), ingest.Options{})
					must(t, err)
					took, unavoidable := time.Since(began), time.Duration(0)
					for i, n := range requests {
						unavoidable = max(unavoidable, time.Duration(n)*delay)
						requests[i] = 0
					}
					ratio := took.Seconds() / unavoidable.Seconds()
					if t.Logf("%s refresh: %v, %.3f times the waiting of %v", what, took, ratio, unavoidable); ratio > most {
						t.Errorf("%s refresh: %.3f times the waiting; want %.1f at most", what, ratio, most)
					}
					if got := summary.Total(); got.Failed > 0 || got.Fetched+got.Unchanged < c.hosts*c.reports {
						t.Errorf("%s refresh: %+v; want %d reports of each host", what, got, c.reports)
					}
				}
			})
		})
	}
}

// distant is a refresher of a network in memory, without portals yet.
func distant(t *testing.T, far *pipenet.Network) *ingest.Refresher {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gongkai.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	originals, err := archive.Open(t.Context(), t.TempDir())
	must(t, err)
	must(t, db.PutAgencies(t.Context(), []report.Agency{spruce, cedar}))
	must(t, db.SetRegionName(t.Context(), "9901", "示例市"))
	must(t, db.SetRegionName(t.Context(), "990101", "示例区"))
	return &ingest.Refresher{Store: db, Archive: originals, Crawl: crawl.Options{Dial: far.Dial}, Log: slog.New(slog.DiscardHandler)}
}

// distantPortal is a portal with a host of its own in that network.
func distantPortal(t *testing.T, i int, delay time.Duration) *crawl.Portal {
	t.Helper()
	p, err := crawl.ReadPortal("test.yaml", strings.NewReader(strings.NewReplacer("{base}", fmt.Sprintf("http://host-%d.test", i),
		"id: test", fmt.Sprint("id: host-", i), "delay: 0s, concurrency: 2", fmt.Sprintf("delay: %s, concurrency: 1", delay)).Replace(siteYAML)))
	must(t, err)
	return p
}

// TestReadingAside holds that a host is asked for the next page while the one before it
// is read, also where all pages are of one agency and each takes nearly as long to read
// as the host wants to be left alone: here they cannot be read, and who writes that into
// the log is slow.
func TestReadingAside(t *testing.T) {
	const delay, latency, reading, reports = time.Second, 200 * time.Millisecond, 950 * time.Millisecond, 14
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)))
		far, requests, read := pipenet.New(), 0, 0
		s := distant(t, far)
		s.Portals = []*crawl.Portal{distantPortal(t, 0, delay)}
		s.Log = slog.New(slowly{slog.DiscardHandler, func(r slog.Record) {
			if r.Message == "unreadable original" {
				time.Sleep(reading)
				read++
			}
		}})
		one := &site{pages: make(map[string]answer)}
		var lines []string
		for i := range reports {
			path := fmt.Sprintf("/%d.pdf", 2024-i)
			one.put(path, answer{body: "%PDF-1.7 and no more, " + path})
			lines = append(lines, fmt.Sprint("云杉街道 ", 2024-i, " ", path))
		}
		one.list(lines...)
		far.Serve(t, "host-0.test", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests++ // one at a time is asked for
			time.Sleep(latency)
			one.ServeHTTP(w, r)
		}))
		began := time.Now()
		_, err := s.Refresh(t.Context(), ingest.Options{})
		must(t, err)
		if read != reports {
			t.Fatalf("%d of %d pages were read slowly", read, reports)
		}
		if ratio := time.Since(began).Seconds() / (float64(requests) * delay.Seconds()); ratio > 1.1 {
			t.Errorf("%.3f times the waiting for %d requests; want 1.1 at most", ratio, requests)
		}
	})
}

// slowly is a log that does something with each record first.
type slowly struct {
	slog.Handler
	first func(slog.Record)
}

// Enabled takes records of every level.
func (slowly) Enabled(context.Context, slog.Level) bool { return true }

// Handle does what is to be done first.
func (s slowly) Handle(ctx context.Context, r slog.Record) error {
	s.first(r)
	return s.Handler.Handle(ctx, r)
}
