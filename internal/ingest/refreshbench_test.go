package ingest_test

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/store"
)

// BenchmarkRefresh sets a first refresh of the simulator's world, politeness off,
// beside what reading the same pages alone takes. DISTRICTS sets how many portals
// there are, of twenty units and ten years each; 17 have all families.
//
//   - reports/s: crawled, read, checked and stored in a second;
//   - cpu-ratio: processor time of reading alone to that of the whole refresh, which
//     a busy machine bends less than the clock;
//   - peak-MB: the most memory the process has held; the simulator is another one.
//
// It runs once: -benchtime 1x.
func BenchmarkRefresh(b *testing.B) {
	districts := os.Getenv("DISTRICTS")
	if districts == "" {
		districts = "17"
	}
	for b.Loop() {
		r := worldOf(b, startSim(b, "-districts", districts, "-units", "20"))
		began, used := time.Now(), processorTime(b)
		summary, err := r.Refresh(b.Context(), ingest.Options{})
		must(b, err)
		took, whole := time.Since(began), processorTime(b)-used
		b.ReportMetric(float64(summary.Total().New)/took.Seconds(), "reports/s")
		b.ReportMetric(peakMemory(b), "peak-MB")
		used = processorTime(b)
		pages := readAll(b, r)
		alone := processorTime(b) - used
		b.ReportMetric(alone.Seconds()/whole.Seconds(), "cpu-ratio")
		b.Logf("%d new reports in %v, processor %v; %d pages read alone, processor %v", summary.Total().New,
			took.Round(time.Second), whole.Round(time.Second), pages, alone.Round(time.Second))
	}
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
	originals, err := archive.Open(b.TempDir())
	must(b, err)
	r := &ingest.Refresher{Store: db, Archive: originals, Log: slog.New(slog.DiscardHandler)}
	for _, s := range sites {
		r.Portals = append(r.Portals, s.portal(b))
	}
	return r
}

// readAll reads every page that was kept, as the refresh did, and returns how many.
func readAll(b *testing.B, r *ingest.Refresher) (n int) {
	b.Helper()
	for _, p := range r.Portals {
		pages, err := r.Store.Pages(b.Context(), p.ID)
		must(b, err)
		for _, page := range pages {
			if page.Hash == "" {
				continue
			}
			body, meta, err := r.Archive.Get(b.Context(), page.Hash)
			must(b, err)
			// What holds no report is an error, and was read as well.
			_, _ = ingest.ReadDocuments(b.Context(), extract.Hint{URL: meta.URL, ContentType: meta.ContentType}, body, extract.Limits{})
			n++
		}
	}
	return n
}

// processorTime is what this process has used of the processors so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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
