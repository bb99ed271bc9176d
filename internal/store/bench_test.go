package store

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// sample returns a reading as reports are: most cells 0, some blank, about a fifth
// other numbers, the places of an HTML page.
func sample(rng *rand.Rand, year int) report.Reading {
	format, _ := standard.FormatForYear(year)
	r := report.Reading{Title: fmt.Sprintf("示例街道办事处 %d 年政府信息公开工作年度报告", year),
		Agency: "示例街道办事处", Year: year, Format: format, Route: "html utf-8 · geometry + sequence"}
	for _, c := range standard.FormOf(format).Cells {
		v := report.Value{State: report.Printed, Text: "0", Place: report.Place{Table: c.Block, Row: c.Row, Column: c.Column}}
		switch n := rng.IntN(10); {
		case n < 2:
			v.Amount = report.Count(int64(rng.IntN(300)))
			v.Text = v.Amount.String()
		case n == 2:
			v.State, v.Text = report.Blank, ""
		case c.Unit.Money() && n < 8:
			v.Amount = report.Amount(rng.IntN(1e9)) * 10000
			v.Text = v.Amount.String()
		}
		r.Values = append(r.Values, v)
	}
	return r
}

// fill puts reports of many agencies and years into a database.
func fill(tb testing.TB, db *DB, agencies, years int) RunID {
	tb.Helper()
	ctx := tb.Context()
	rng := rand.New(rand.NewPCG(1, 2))
	var all []report.Agency
	for i := range agencies {
		code := fmt.Sprintf("99%04d%03d", i/500, i%500)
		all = append(all, report.Agency{ID: report.AgencyID(code), Region: standard.RegionCode(code),
			Name: fmt.Sprintf("示例%d街道办事处", i), Kind: standard.Street, Watched: true, Demo: true})
	}
	if err := db.PutAgencies(ctx, all); err != nil {
		tb.Fatal(err)
	}
	run, err := db.StartRun(ctx, "import", 0, false)
	if err != nil {
		tb.Fatal(err)
	}
	if err := db.PutOriginal(ctx, run, report.Original{Hash: "h"}); err != nil {
		tb.Fatal(err)
	}
	for _, a := range all {
		for y := range years {
			_, _, err := db.AddVersion(ctx, run, NewVersion{Agency: a.ID, Year: 2015 + y, Reading: sample(rng, 2015+y),
				Status: report.Verified, Original: "h", URL: "https://example.test/" + string(a.ID) + fmt.Sprint(y),
				FoundAt: time.UnixMilli(1)})
			if err != nil {
				tb.Fatal(err)
			}
		}
	}
	if err := db.FinishRun(ctx, run, RunOK, ""); err != nil {
		tb.Fatal(err)
	}
	return run
}

func BenchmarkVersions(b *testing.B) {
	for _, size := range []struct{ agencies, years int }{{54, 10}, {2700, 10}} {
		b.Run(fmt.Sprint(size.agencies*size.years), func(b *testing.B) {
			db := openTest(b)
			fill(b, db, size.agencies, size.years)
			b.ReportAllocs()
			for b.Loop() {
				all, err := db.Versions(b.Context(), Query{Region: "99"})
				if err != nil || len(all) != size.agencies*size.years {
					b.Fatal(len(all), err)
				}
			}
		})
	}
}

func BenchmarkEachVersion(b *testing.B) {
	db := openTest(b)
	fill(b, db, 2700, 10)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		err := db.EachVersion(b.Context(), Query{}, func(*VersionValues) error { n++; return nil })
		if err != nil || n != 27000 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkAddVersion also says how many bytes of the file a report takes.
func BenchmarkAddVersion(b *testing.B) {
	db := openTest(b)
	fill(b, db, 100, 10)
	var before, pageSize int64
	pages := func() (n int64) {
		if err := db.read.QueryRow("PRAGMA page_count").Scan(&n); err != nil {
			b.Fatal(err)
		}
		return n
	}
	if err := db.read.QueryRow("PRAGMA page_size").Scan(&pageSize); err != nil {
		b.Fatal(err)
	}
	before = pages()
	rng := rand.New(rand.NewPCG(3, 4))
	run, err := db.StartRun(b.Context(), "import", 0, false)
	must(b, err)
	n := 0
	for b.Loop() {
		_, _, err := db.AddVersion(b.Context(), run, NewVersion{
			Agency: report.AgencyID(fmt.Sprintf("990000%03d", n%100)), Year: 3000 + n/100, Reading: sample(rng, 2020),
			Status: report.Verified, Original: "h", URL: fmt.Sprintf("https://example.test/%d", n), FoundAt: time.UnixMilli(1)})
		must(b, err)
		n++
	}
	b.ReportMetric(float64((pages()-before)*pageSize)/float64(n), "B/report")
}
