package aggregate

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// lastBenchYear is the last report year of the synthetic regions: 18 years from 2014 on,
// when the first form was new.
const lastBenchYear = 2031

// BenchmarkRegion measures what a page of a region is computed from, cold: the database
// is opened anew before every round, and nothing is kept between them. The limit of each
// is the database itself: load reads the same rows and adds nothing.
func BenchmarkRegion(b *testing.B) {
	const years = 18
	for _, size := range []struct {
		name           string
		counties, each int
	}{{"district", 1, 30}, {"province", 50, 30}} {
		b.Run(size.name, func(b *testing.B) {
			file := benchRegion(b, size.counties, size.each, years)
			region := standard.RegionCode("99")
			if size.counties == 1 {
				region = "990000"
			}
			b.Run("select", func(b *testing.B) {
				benchCold(b, file, func(s *Service) error {
					return s.db.EachVersion(b.Context(), store.Query{Region: region}, func(*store.VersionValues) error { return nil })
				})
			})
			b.Run("page", func(b *testing.B) {
				benchCold(b, file, func(s *Service) error {
					o, err := s.Overview(b.Context(), region, lastBenchYear, 0)
					if err != nil {
						return err
					}
					if got := o.ByYear[len(o.ByYear)-1].Published; got != size.counties*size.each {
						return fmt.Errorf("%d reports counted, want %d", got, size.counties*size.each)
					}
					_, err = s.RollUp(b.Context(), region, lastBenchYear, 0)
					return err
				})
			})
		})
	}
}

// benchCold runs f on a database that was just opened. The least time of a round is what
// a busy machine disturbs least.
func benchCold(b *testing.B, file string, f func(*Service) error) {
	b.ReportAllocs()
	least := time.Hour
	for b.Loop() {
		b.StopTimer()
		db, err := store.Open(b.Context(), file)
		if err != nil {
			b.Fatal(err)
		}
		today := time.Date(lastBenchYear+1, 6, 1, 0, 0, 0, 0, standard.China())
		b.StartTimer()
		start := time.Now()
		if err := f(New(db, func() time.Time { return today })); err != nil {
			b.Fatal(err)
		}
		least = min(least, time.Since(start))
		b.StopTimer()
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(least.Microseconds())/1000, "least-ms")
}

// benchRegion fills a database with the reports of counties of a fictitious province,
// and returns its file.
func benchRegion(b *testing.B, counties, each, years int) string {
	b.Helper()
	ctx := b.Context()
	file := filepath.Join(b.TempDir(), "gongkai.db")
	db, err := store.Open(ctx, file)
	fatal(b, err)
	defer func() { fatal(b, db.Close()) }()
	var all []report.Agency
	for i := range counties * each {
		code := standard.RegionCode(fmt.Sprintf("99%02d%02d%03d", i/each/99, i/each%99, i%each))
		all = append(all, report.Agency{ID: report.AgencyID(code), Region: code, Name: fmt.Sprintf("示例%d街道办事处", i),
			Kind: standard.Street, Watched: true, Demo: true})
	}
	fatal(b, db.PutAgencies(ctx, all))
	for _, r := range []standard.Region{{Code: "99", Name: "示例省"}, {Code: "990000", Name: "示例区"}} {
		fatal(b, db.SetRegionName(ctx, r.Code, r.Name))
	}
	run, err := db.StartRun(ctx, "import", 0, false)
	fatal(b, err)
	fatal(b, db.PutOriginal(ctx, run, report.Original{Hash: "h"}))
	rng := rand.New(rand.NewPCG(1, 2))
	for _, a := range all {
		for year := lastBenchYear - years + 1; year <= lastBenchYear; year++ {
			_, _, err := db.AddVersion(ctx, run, store.NewVersion{Agency: a.ID, Year: year, Reading: benchReading(rng, a, year),
				Status: report.Verified, Original: "h", URL: fmt.Sprintf("https://example.test/%s/%d", a.ID, year), FoundAt: time.UnixMilli(1)})
			fatal(b, err)
		}
	}
	fatal(b, db.FinishRun(ctx, run, store.RunOK, ""))
	fatal(b, New(db, time.Now).Settle(ctx))
	return file
}

// benchReading draws a report as reports are: most cells 0, some blank, a fifth others.
func benchReading(rng *rand.Rand, a report.Agency, year int) report.Reading {
	format, _ := standard.FormatForYear(year)
	r := report.Reading{Title: fmt.Sprintf("%s %d 年政府信息公开工作年度报告", a.Name, year), Agency: a.Name, Year: year, Format: format}
	for _, c := range standard.FormOf(format).Cells {
		v := report.Value{State: report.Printed, Text: "0", Place: report.Place{Table: c.Block, Row: c.Row, Column: c.Column}}
		switch n := rng.IntN(10); {
		case n < 2:
			v.Amount = report.Count(int64(rng.IntN(300)))
			v.Text = v.Amount.String()
		case n == 2:
			v.State, v.Text = report.Blank, ""
		}
		r.Values = append(r.Values, v)
	}
	return r
}

func fatal(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
