package aggregate

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// BenchmarkFigure is what one indicator of one report costs, which a page of a region
// pays some twenty times for each report.
func BenchmarkFigure(b *testing.B) {
	r := benchReading(rand.New(rand.NewPCG(1, 2)), report.Agency{}, 2023)
	for i := range r.Values {
		r.Values[i].State = report.Printed
	}
	v := store.VersionValues{Year: 2023, Format: standard.F2021, Status: report.Verified, Values: r.Values}
	c := newCells(v)
	ind := indicator("open_rate_held")
	b.ReportAllocs()
	for b.Loop() {
		if f := c.figure(ind, v); !f.Known {
			b.Fatal("not known")
		}
	}
}

// BenchmarkSettle measures by processor time what making the sums of regions costs: all of
// them, and after a refresh that changed one report of a hundred, of any year or of the
// latest. 3 of 100 are asked.
func BenchmarkSettle(b *testing.B) {
	file := benchRegion(b, 100, 40, 18)
	db, err := store.Open(b.Context(), file)
	fatal(b, err)
	defer func() { fatal(b, db.Close()) }()
	s := New(db, time.Now)
	full := processorTime(b, func() {
		fatal(b, db.DropSums(b.Context()))
		fatal(b, db.DropRegionSums(b.Context()))
		fatal(b, s.Settle(b.Context()))
	})
	for name, years := range map[string]int{"anywhere": 18, "latest year": 1} {
		b.Run(name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(3, 4))
			var worst, all time.Duration
			for b.Loop() {
				benchRevise(b, db, rng, 100*40*18/100, years)
				runtime.GC() // what came before is not its own
				took := processorTime(b, func() { fatal(b, s.Settle(b.Context())) })
				worst, all = max(worst, took), all+took
			}
			b.ReportMetric(full.Seconds()*1000, "full-ms")
			b.ReportMetric(all.Seconds()*1000/float64(b.N), "changed-ms")
			b.ReportMetric(100*worst.Seconds()/full.Seconds(), "worst-percent")
		})
	}
}

// benchRevise revises so many reports of the region in a run, of its last years.
func benchRevise(b *testing.B, db *store.DB, rng *rand.Rand, n, years int) {
	b.Helper()
	agencies, err := db.Agencies(b.Context(), "99")
	fatal(b, err)
	run, err := db.StartRun(b.Context(), "refresh", 0, false)
	fatal(b, err)
	for range n {
		a, year := agencies[rng.IntN(len(agencies))], lastBenchYear-rng.IntN(years)
		_, _, err := db.AddVersion(b.Context(), run, store.NewVersion{Agency: a.ID, Year: year, Reading: benchReading(rng, a, year), Reader: "2",
			Status: report.Verified, Original: "h", URL: fmt.Sprintf("https://example.test/%s/%d", a.ID, year), FoundAt: time.UnixMilli(1)})
		fatal(b, err)
	}
	fatal(b, db.FinishRun(b.Context(), run, store.RunOK, ""))
}

// processorTime is what f takes of the processors.
func processorTime(b *testing.B, f func()) time.Duration {
	b.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		fatal(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	f()
	return used() - before
}
