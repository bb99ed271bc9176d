package main

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"gongkai/internal/demo"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/queue"
	"gongkai/internal/store"
)

// A worker looks at the portals whose turn it is in one refresh, and leaves nothing in the
// queue; a portal that is no more is dropped from it.
func TestWorker(t *testing.T) {
	dir := t.TempDir()
	s := &settings{DB: filepath.Join(dir, "gongkai.db"), Archive: filepath.Join(dir, "archive"), Worker: workerSettings{Portals: 8}}
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
	for _, id := range []string{"of-former-times", portals[0].ID, portals[1].ID} {
		if _, err := a.queue.Add(t.Context(), queue.Refresh, id, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	w := &work{app: a, settings: s, portals: portals}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go w.untilEmpty(ctx, stop)
	if err := w.run(ctx, false); err != nil {
		t.Fatal(err)
	}
	runs, err := a.db.Runs(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) == 0 || runs[0].Kind != refreshRun || len(runs[0].Portals) != 2 || runs[0].State == store.RunFailed {
		t.Errorf("runs %+v; want one refresh of both portals", runs)
	}
	jobs, err := a.queue.Open(t.Context())
	if err != nil || len(jobs) != 0 {
		t.Errorf("jobs %+v are left, %v", jobs, err)
	}
	if ended, err := a.queue.GivenUp(t.Context()); err != nil || len(ended) != 0 {
		t.Errorf("jobs %+v were given up, %v", ended, err)
	}
	clock, err := newClock(a.log, a.db, portals, nil)
	if err != nil {
		t.Fatal(err)
	}
	if due := planned(t, clock, time.Now()); len(due) != 0 {
		t.Errorf("%v due after a start soon after; want none", due)
	}
}
