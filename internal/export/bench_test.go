package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// BenchmarkProvince exports a province, 1,500 units with 18 years each, in every form that
// is streamed. A tidy CSV is asked in 10 s and 150 MB; the limit beside it is the reading of
// the same rows, with nothing written. PROVINCE names a database to use again.
func BenchmarkProvince(b *testing.B) {
	e := province(b, 1500, 18)
	all := Query{}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			must(b, e.DB.EachVersion(b.Context(), all.Query, func(*store.VersionValues) error { return nil }))
		}
	})
	b.Run("csv", func(b *testing.B) {
		t := Cells(e.DB, all)
		measure(b, func(w io.Writer) error { return WriteCSV(w, false, t.Names(), 0, t.Rows(b.Context())) })
	})
	b.Run("parquet", func(b *testing.B) {
		t := Cells(e.DB, all)
		measure(b, func(w io.Writer) error { return WriteParquet(b.Context(), w, t) })
	})
	b.Run("sqlite", func(b *testing.B) {
		measure(b, func(io.Writer) error {
			_, err := e.Write(b.Context(), "sqlite", all, filepath.Join(b.TempDir(), "a.sqlite"))
			return err
		})
	})
}

// measure runs f into a file and reports its rate and the most memory that Go held.
func measure(b *testing.B, f func(io.Writer) error) {
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		var high uint64
		var m runtime.MemStats
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				most <- high
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				high = max(high, m.HeapSys-m.HeapReleased)
			}
		}
	}()
	for b.Loop() {
		out, err := os.Create(filepath.Join(b.TempDir(), "out"))
		must(b, err)
		must(b, errors.Join(f(out), out.Close()))
	}
	close(stop)
	b.ReportMetric(float64(<-most)/1e6, "MB-heap")
}

// province is a database of a fictitious province.
func province(b *testing.B, units, years int) *Exporter {
	b.Helper()
	ctx := context.Background()
	file, fresh := os.Getenv("PROVINCE"), true
	if file == "" {
		file = filepath.Join(b.TempDir(), "province.db")
	} else if _, err := os.Stat(file); err == nil {
		fresh = false
	}
	db, err := store.Open(ctx, file)
	must(b, err)
	b.Cleanup(func() { must(b, db.Close()) })
	e := &Exporter{DB: db, Software: "bench", Now: today}
	if !fresh {
		return e
	}
	var all []report.Agency
	for i := range units {
		code := standard.RegionCode(fmt.Sprintf("99%02d%02d%03d", i/30/99, i/30%99, i%30))
		all = append(all, report.Agency{ID: report.AgencyID(code), Region: code, Name: fmt.Sprintf("示例%d街道办事处", i), Kind: standard.Street, Demo: true})
	}
	must(b, db.PutAgencies(ctx, all))
	run, err := db.StartRun(ctx, "import", 0, false)
	must(b, err)
	hash := report.SHA256(fmt.Sprintf("%064x", 1))
	must(b, db.PutOriginal(ctx, run, report.Original{Hash: hash}))
	rng := rand.New(rand.NewPCG(1, 2))
	for _, a := range all {
		for year := 2014; year < 2014+years; year++ {
			_, _, err := db.AddVersion(ctx, run, store.NewVersion{Agency: a.ID, Year: year, Reading: drawn(rng, year), Status: report.Verified,
				Original: hash, URL: fmt.Sprintf("https://example.test/%s/%d", a.ID, year), FoundAt: today()})
			must(b, err)
		}
	}
	must(b, db.FinishRun(ctx, run, store.RunOK, ""))
	return e
}

// drawn is a report as reports are: most cells 0, some blank, a fifth others.
func drawn(rng *rand.Rand, year int) report.Reading {
	format, _ := standard.FormatForYear(year)
	r := report.Reading{Year: year, Format: format}
	for range standard.FormOf(format).Cells {
		v := report.Value{State: report.Printed, Text: "0"}
		switch n := rng.IntN(10); {
		case n < 2:
			v.Amount = report.Count(int64(rng.IntN(300)))
		case n == 2:
			v = report.Value{State: report.Blank}
		}
		r.Values = append(r.Values, v)
	}
	return r
}
