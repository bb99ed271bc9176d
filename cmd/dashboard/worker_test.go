package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"testing"

	"gongkai/internal/demo"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/store"
)

// The first start of a worker looks at every portal once, in one refresh, and leaves
// nothing in the queue; a portal that is not enabled any more is dropped from it.
func TestWorker(t *testing.T) {
	dir := t.TempDir()
	s := &settings{DB: filepath.Join(dir, "gongkai.db"), Archive: filepath.Join(dir, "archive")}
	a, err := openApp(t.Context(), s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	far, err := demo.Start(t.Context(), "", demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	var portals []*crawl.Portal
	for _, f := range far.Portals() {
		p, err := crawl.ReadPortal(f.Name, bytes.NewReader(f.Data))
		if err != nil {
			t.Fatal(err)
		}
		portals = append(portals, p)
	}
	if _, err := a.db.Enqueue(t.Context(), refreshJob, "of-former-times", "{}", inChina(2026, 1, 1, 0)); err != nil {
		t.Fatal(err)
	}
	w := worker{app: a, settings: s, portals: portals}
	clock, err := newClock(a.log, a.db, portals, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := clock.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if more, err := w.work(t.Context(), a.refresher(portals, s)); err != nil || !more {
		t.Fatal(more, err)
	}
	runs, err := a.db.Runs(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) == 0 || runs[0].Kind != refreshJob || len(runs[0].Portals) != 2 || runs[0].State == store.RunFailed {
		t.Errorf("runs %+v; want one refresh of both portals", runs)
	}
	jobs, err := a.db.Jobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if j.Kind == refreshJob {
			t.Errorf("job %+v is left", j)
		}
	}
	if err := clock.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if due, err := w.due(t.Context()); err != nil || len(due) != 0 {
		t.Errorf("%d portals due after a start soon after, %v; want none", len(due), err)
	}
}
