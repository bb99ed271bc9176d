package aggregate

import (
	"math/rand/v2"
	"testing"

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
