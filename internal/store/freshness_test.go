package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"gongkai/internal/report"
)

// TestFreshness holds that the last look is the last good one, and that a past state
// knows nothing of what came later.
func TestFreshness(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "fresh.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if looked, changed, err := db.Freshness(ctx, 0); err != nil || !looked.IsZero() || !changed.IsZero() {
		t.Errorf("of nothing: %v, %v, %v", looked, changed, err)
	}
	must(db.PutAgencies(ctx, []report.Agency{{ID: "990101001", Name: "云杉街道办事处", Kind: "street", Region: "990101001", Demo: true}}))
	day := func(n int) time.Time { return time.Date(2025, 1, n, 8, 0, 0, 0, time.UTC) }
	var runs []RunID
	for i, good := range []bool{true, true, false} {
		run, err := db.StartRun(ctx, "refresh", 0, false)
		must(err)
		must(db.AddLook(ctx, Look{Run: run, Portal: "p", At: day(i + 1), Good: good}))
		runs = append(runs, run)
	}
	must(db.AddChange(ctx, ChangeRow{Run: runs[1], At: day(2), Kind: ChangeBlocked, Agency: "990101001", Text: "受阻"}))
	looked, changed, err := db.Freshness(ctx, 0)
	must(err)
	if !looked.Equal(day(2)) || !changed.Equal(day(2)) {
		t.Errorf("now: looked %v, changed %v", looked, changed)
	}
	if looked, changed, err = db.Freshness(ctx, runs[0]); err != nil || !looked.Equal(day(1)) || !changed.IsZero() {
		t.Errorf("after the first run: looked %v, changed %v, %v", looked, changed, err)
	}
}
