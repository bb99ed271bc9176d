package ingest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/sync/errgroup"

	"gongkai/internal/archive"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/store"
)

// BenchmarkRefresh sets a first refresh of the simulator's world, politeness off,
// beside what reading the same bytes alone takes, and beside html.Parse of the web
// pages among them. DISTRICTS sets how many portals there are, of twenty units and ten
// years each; 17 have all families.
//
//   - reports/s: crawled, read, checked and stored in a second;
//   - of-parse, of-html: documents a second of the refresh to those of reading alone,
//     with as many at a time as there are processors, and of html.Parse, one at a time;
//   - of-parse-cpu, of-html-cpu: the same by processor time, which a busy machine bends
//     less than the clock;
//   - peak-MB: the most memory the process has held; the simulator is another one.
//
// It runs once: -benchtime 1x.
func BenchmarkRefresh(b *testing.B) {
	districts := os.Getenv("DISTRICTS")
	if districts == "" {
		districts = "17"
	}
	for b.Loop() {
		base, sim := simProcess(b, "-districts", districts, "-units", "20")
		r := worldOf(b, base)
		var summary ingest.Summary
		served := timeOf(b, sim)
		whole := spent(b, func() (err error) {
			defer ingest.TuneMemory()() // as the command does
			summary, err = r.Refresh(b.Context(), ingest.Options{})
			return err
		})
		served = timeOf(b, sim) - served
		b.ReportMetric(float64(summary.Total().New)/whole.clock.Seconds(), "reports/s")
		b.ReportMetric(peakMemory(b), "peak-MB")
		pages := pagesOf(b, r)
		parse := spent(b, func() error { return readAll(b, r, pages) })
		web := slices.DeleteFunc(slices.Clone(pages), func(p store.Page) bool { return !isWeb(b, r, p) })
		html := spent(b, func() error { return parseAll(b, r, web) })
		perPage := func(d time.Duration, n int) float64 { return d.Seconds() / float64(n) }
		b.ReportMetric(perPage(parse.clock, len(pages))/perPage(whole.clock, len(pages)), "of-parse")
		b.ReportMetric(perPage(parse.processor, len(pages))/perPage(whole.processor, len(pages)), "of-parse-cpu")
		b.ReportMetric(perPage(html.clock, len(web))/perPage(whole.clock, len(pages)), "of-html")
		b.ReportMetric(perPage(html.processor, len(web))/perPage(whole.processor, len(pages)), "of-html-cpu")
		b.Logf("%d new reports, %d documents: refresh %v; the simulator beside it %v; reading alone %v; html.Parse of %d pages %v",
			summary.Total().New, len(pages), whole, served, parse, len(web), html)
	}
}

// A cost is what something took.
type cost struct{ clock, processor time.Duration }

func (c cost) String() string {
	return fmt.Sprintf("%v (processor %v)", c.clock.Round(10*time.Millisecond), c.processor.Round(10*time.Millisecond))
}

// spent measures f.
func spent(b *testing.B, f func() error) cost {
	b.Helper()
	began, used := time.Now(), processorTime(b)
	must(b, f())
	return cost{time.Since(began), processorTime(b) - used}
}

// worldOf makes a Refresher over all portals of the simulator at base.
func worldOf(b *testing.B, base string) *ingest.Refresher {
	b.Helper()
	var sites []simSite
	text, err := fetch(base + "/__sites.json")
	must(b, err)
	must(b, json.Unmarshal(text, &sites))
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "gongkai.db"))
	must(b, err)
	b.Cleanup(func() { must(b, db.Close()) })
	originals, err := archive.Open(b.Context(), b.TempDir())
	must(b, err)
	r := &ingest.Refresher{Store: db, Archive: originals, Log: slog.New(slog.DiscardHandler)}
	for _, s := range sites {
		r.Portals = append(r.Portals, s.portal(b))
	}
	return r
}

// pagesOf returns every page that was kept.
func pagesOf(b *testing.B, r *ingest.Refresher) (all []store.Page) {
	b.Helper()
	for _, p := range r.Portals {
		pages, err := r.Store.Pages(b.Context(), p.ID)
		must(b, err)
		all = append(all, slices.DeleteFunc(pages, func(p store.Page) bool { return p.Hash == "" })...)
	}
	return all
}

// readAll reads pages as the refresh did, as many at a time as there are processors.
func readAll(b *testing.B, r *ingest.Refresher, pages []store.Page) error {
	group, ctx := errgroup.WithContext(b.Context())
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, page := range pages {
		group.Go(func() error {
			body, meta, err := r.Archive.Get(ctx, page.Hash)
			if err == nil {
				// What holds no report is an error, and was read as well.
				_, _ = ingest.ReadDocuments(ctx, extract.Hint{URL: meta.URL, ContentType: meta.ContentType}, body, extract.Limits{})
			}
			return err
		})
	}
	return group.Wait()
}

// isWeb reports whether a page is one that html.Parse may read.
func isWeb(b *testing.B, r *ingest.Refresher, p store.Page) bool {
	b.Helper()
	_, meta, err := r.Archive.Get(b.Context(), p.Hash)
	must(b, err)
	return strings.HasPrefix(meta.ContentType, "text/html")
}

// parseAll builds the tree of pages and does nothing with it.
func parseAll(b *testing.B, r *ingest.Refresher, pages []store.Page) error {
	for _, page := range pages {
		body, _, err := r.Archive.Get(b.Context(), page.Hash)
		if err == nil {
			_, err = html.Parse(bytes.NewReader(body))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// processorTime is what this process has used of the processors so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// timeOf is what a process has used of the processors so far: the fields utime and stime
// of its stat, in hundredths of a second.
func timeOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip("skipped: no /proc to tell the time of the simulator")
	}
	_, text, _ = bytes.Cut(text, []byte(") ")) // its name may hold anything
	fields := strings.Fields(string(text))
	user, err := strconv.Atoi(fields[11])
	must(b, err)
	system, err := strconv.Atoi(fields[12])
	must(b, err)
	return time.Duration(user+system) * (time.Second / 100)
}

// peakMemory is the most memory that this process has held, in MB.
func peakMemory(b *testing.B) float64 {
	b.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("skipped: no /proc to tell the memory")
	}
	for line := range strings.Lines(string(text)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(kb), " kB"), 64)
			must(b, err)
			return n / 1024
		}
	}
	b.Fatalf("no VmHWM in /proc/self/status: %s", text)
	return 0
}
