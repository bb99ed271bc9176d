package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// schedule enqueues a refresh at each spec, in China's time. It does no work
// itself, and the queue keeps one refresh from waiting twice.
func schedule(ctx context.Context, log *slog.Logger, db *store.DB, specs []string) (*cron.Cron, error) {
	c := cron.New(cron.WithLocation(standard.China()))
	for _, spec := range specs {
		_, err := c.AddFunc(spec, func() {
			if _, err := db.Enqueue(ctx, refreshJob, "all", "{}", time.Now()); err != nil {
				log.Error("enqueue refresh", "schedule", spec, "err", err)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("schedule %q: %w; want five cron fields, such as 17 3 * * 1", spec, err)
		}
	}
	return c, nil
}

const (
	refreshJob = "refresh"
	poll       = 15 * time.Second // how often the queue is asked
	lease      = 2 * time.Minute  // a worker that dies loses its job after so long
	retryAfter = 30 * time.Minute
)

// A worker does the jobs that the clock enqueues, one at a time.
type worker struct {
	app      *app
	settings *settings
	portals  []*crawl.Portal
}

// run keeps the clock going and works the queue until ctx ends; a job in hand is
// given back to the queue.
func (w *worker) run(ctx context.Context) error {
	clock, err := schedule(ctx, w.app.log, w.app.db, w.settings.Schedule)
	if err != nil {
		return err
	}
	clock.Start()
	defer func() { <-clock.Stop().Done() }()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		if err := w.work(ctx); err != nil && ctx.Err() == nil {
			w.app.log.Error("refresh", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// work does what is due: a scheduled refresh, then the pages that failed for a time.
func (w *worker) work(ctx context.Context) error {
	r := w.app.refresher(w.portals, w.settings)
	job, err := w.app.db.Lease(ctx, time.Now(), lease, refreshJob)
	if errors.Is(err, report.ErrNotFound) {
		_, err = r.Retry(ctx, ingest.Options{})
		return err
	}
	if err != nil {
		return err
	}
	return w.refresh(ctx, r, job)
}

// refresh does a scheduled refresh and keeps its lease while it lasts.
func (w *worker) refresh(ctx context.Context, r *ingest.Refresher, job store.Job) error {
	held, done := context.WithCancel(ctx)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		w.hold(held, job)
	}()
	err := w.app.refresh(ctx, io.Discard, r, ingest.Options{})
	done()
	<-kept
	after := context.WithoutCancel(ctx)
	if err != nil {
		return errors.Join(err, w.app.db.Fail(after, job, err, time.Now().Add(retryAfter)))
	}
	w.app.log.Info("refresh done")
	return w.app.db.Complete(after, job)
}

// hold extends a lease until ctx ends.
func (w *worker) hold(ctx context.Context, job store.Job) {
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := w.app.db.Extend(ctx, job, time.Now(), lease); err != nil && ctx.Err() == nil {
				w.app.log.Error("hold the refresh job", "err", err)
			}
		}
	}
}
