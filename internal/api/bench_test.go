package api_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/api"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// BenchmarkReport is the JSON of one report, cells, findings and versions, in process: 2 ms
// are asked.
func BenchmarkReport(b *testing.B) {
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "api.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	run, err := db.StartRun(b.Context(), "refresh", 0, false)
	if err != nil {
		b.Fatal(err)
	}
	if err := db.PutAgencies(b.Context(), []report.Agency{{ID: first, Name: "云杉街道办事处", Region: "990101001", Kind: "street"}}); err != nil {
		b.Fatal(err)
	}
	add(b, db, run, first, 2023, 12, report.Inconsistent)
	if err := db.FinishRun(b.Context(), run, store.RunOK, ""); err != nil {
		b.Fatal(err)
	}
	h := api.New(db, aggregate.New(db, time.Now), api.Options{Requests: -1}).Handler()
	least := time.Hour
	for b.Loop() {
		start := time.Now()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/reports/990101001/2023", nil))
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
		least = min(least, time.Since(start))
	}
	b.ReportMetric(float64(least.Microseconds())/1000, "least-ms")
}
