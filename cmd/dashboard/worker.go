package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

const (
	refreshJob = "refresh"        // kind of the jobs; the key is the portal's id
	poll       = 15 * time.Second // how often the queue is asked
	lease      = 2 * time.Minute  // a worker that dies loses its jobs after so long
	atOnce     = 8                // portals of one refresh: what one worker has taken no other can help with
	takenAgain = time.Minute      // until a portal is tried again that another process had, or the host of which it had
	tries      = 3                // of a portal that does not answer, before the next look that is planned
)

// newWorker is the command for further machines: it works the queue that one `serve`
// fills, and several of them share it.
func newWorker(s *settings) *cobra.Command {
	var quit bool
	cmd := &cobra.Command{
		Use:   "worker [--until-empty]",
		Short: "only work jobs from the queue",
		Long: "Refreshes the portals whose turn it is, a few at a time, and asks again for pages that failed. It enqueues\n" +
			"nothing: one `dashboard serve` keeps the schedule. Any number may run on one database; no two ask one portal\n" +
			"or one host at a time, and what one that was killed had in hand another takes up.",
		Example: example("dashboard worker --db postgres://gongkai@db/gongkai --archive /srv/archive --portals portals/", "dashboard worker --until-empty"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			defer ingest.TuneMemory()()
			a, err := openApp(cmd.Context(), s, s.newLog())
			if err != nil {
				return err
			}
			defer a.Close()
			portals, err := s.readPortals()
			if err != nil {
				return err
			}
			w := &worker{app: a, settings: s, portals: portals}
			return w.loop(cmd.Context(), quit)
		},
	}
	s.addStore(cmd.Flags())
	s.addPortals(cmd.Flags())
	cmd.Flags().BoolVar(&quit, "until-empty", false, "end when no refresh waits or runs")
	return cmd
}

// A worker does the jobs that the clock enqueues.
type worker struct {
	app      *app
	settings *settings
	portals  []*crawl.Portal
}

// run keeps the clock going and works the queue until ctx ends; jobs in hand are
// given back to the queue.
func (w *worker) run(ctx context.Context) error {
	clock, err := newClock(w.app.log, w.app.db, w.portals, w.settings.Schedule)
	if err != nil {
		return err
	}
	ticking, err := clock.start(ctx)
	if err != nil {
		return err
	}
	defer func() { <-ticking.Stop().Done() }()
	return w.loop(ctx, false)
}

// loop works the queue until ctx ends, or until no refresh waits or runs where quit is
// set.
func (w *worker) loop(ctx context.Context, quit bool) error {
	r := w.app.refresher(w.portals, w.settings)
	r.Crawl.Memory = crawl.NewMemory() // a refresh begins at the pace the last one has left
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		more, err := w.work(ctx, r)
		if err := errors.Join(err, w.app.restoreCorrections(ctx), w.app.settle(ctx), w.app.forget(ctx, w.settings.Bundle, time.Now())); err != nil && ctx.Err() == nil {
			w.app.log.Error("refresh", "err", err)
		}
		if err := w.app.publish(ctx, w.settings); err != nil && ctx.Err() == nil {
			w.app.log.Error("publish exports", "err", err)
		}
		if more && err == nil && ctx.Err() == nil {
			continue // there may be others
		}
		if quit {
			if open, err := w.open(ctx); err != nil || !open {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// open reports whether a refresh is due or under way, in this process or another.
func (w *worker) open(ctx context.Context) (bool, error) {
	jobs, err := w.app.db.Jobs(ctx)
	for _, job := range jobs {
		soon := time.Now().Add(takenAgain + poll)
		if job.Kind == refreshJob && (job.State == store.JobLeased || job.State == store.JobWaiting && job.RunAfter.Before(soon)) {
			return true, err
		}
	}
	return false, err
}

// work does what is due: the portals whose turn it is, or else the pages that failed
// for a time. It reports whether there were portals.
func (w *worker) work(ctx context.Context, r *ingest.Refresher) (bool, error) {
	if portals, err := w.settings.readPortals(); err == nil && w.settings.Portals != "" {
		w.portals, r.Portals = portals, portals // as people have changed their files
	}
	jobs, err := w.due(ctx)
	if err != nil {
		return false, err
	}
	if len(jobs) == 0 {
		_, err = r.Retry(ctx, ingest.Options{})
		return false, err
	}
	return true, w.refresh(ctx, r, jobs)
}

// freeLeft frees the jobs of workers that are known to be gone.
func (w *worker) freeLeft(ctx context.Context) error {
	jobs, err := w.app.db.Jobs(ctx)
	for _, job := range jobs {
		if job.Kind == refreshJob && ingest.Left(job) {
			if freed := w.app.db.Free(ctx, job); freed != nil && !errors.Is(freed, report.ErrNotFound) {
				err = errors.Join(err, freed)
			}
		}
	}
	return err
}

// due leases the portals whose turn it is. A job of a portal that is no more, or is
// disabled, is done with.
func (w *worker) due(ctx context.Context) ([]store.Job, error) {
	enabled := make(map[string]bool)
	for _, p := range w.portals {
		enabled[p.ID] = p.Enabled
	}
	var jobs []store.Job
	if err := w.freeLeft(ctx); err != nil {
		return nil, err
	}
	for len(jobs) < atOnce {
		job, err := w.app.db.Lease(ctx, time.Now(), lease, refreshJob)
		if errors.Is(err, report.ErrNotFound) {
			break
		}
		if err == nil && !enabled[job.Key] {
			err = w.app.db.Complete(ctx, job)
		} else if err == nil {
			jobs = append(jobs, job)
			err = w.app.db.Sign(ctx, job, ingest.Signature())
		}
		if err != nil {
			return jobs, err
		}
	}
	return jobs, nil
}

// refresh looks at the portals of jobs and keeps their leases meanwhile.
func (w *worker) refresh(ctx context.Context, r *ingest.Refresher, jobs []store.Job) error {
	var opts ingest.Options
	for _, job := range jobs {
		opts.Portals = append(opts.Portals, job.Key)
	}
	held, done := context.WithCancel(ctx)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		w.hold(held, jobs)
	}()
	summary, err := r.Refresh(ctx, opts)
	done()
	<-kept
	if err == nil {
		w.app.log.Info("refresh done", "run", summary.Run, "portals", len(jobs))
	}
	settled := w.settle(context.WithoutCancel(ctx), jobs, summary, err, ctx.Err() != nil)
	if summary.State == store.RunFailed {
		w.app.log.Warn("refresh: nothing was had", "run", summary.Run, "err", err) // the run says why
		return settled
	}
	return errors.Join(err, settled)
}

// settle ends each job as its portal went. One that is blocked or has changed waits
// for its next look; one that did not answer is tried again in half an hour, two
// hours and eight. What was cut off goes on at the next start.
func (w *worker) settle(ctx context.Context, jobs []store.Job, s ingest.Summary, failed error, cut bool) error {
	states := make(map[string]store.PortalRun)
	for _, p := range s.Portals {
		states[p.Portal] = p
	}
	var errs error
	for _, job := range jobs {
		p, looked := states[job.Key]
		retry := time.Now().Add(30 * time.Minute << (2 * (min(job.Attempts, tries) - 1)))
		switch {
		case cut:
			errs = errors.Join(errs, w.app.db.Fail(ctx, job, context.Canceled, time.Now()))
		case failed != nil && s.State != store.RunFailed:
			errs = errors.Join(errs, w.app.db.Fail(ctx, job, failed, retry))
		case looked && strings.HasPrefix(p.Message, store.Stopped):
			errs = errors.Join(errs, w.app.db.Complete(ctx, job))
		case looked && strings.HasPrefix(p.Message, ingest.Taken):
			errs = errors.Join(errs, w.app.db.Fail(ctx, job, errors.New(p.Message), time.Now().Add(takenAgain)))
		case looked && (p.State == store.PortalBroken || p.State == store.PortalUnreachable) && job.Attempts <= tries:
			errs = errors.Join(errs, w.app.db.Fail(ctx, job, fmt.Errorf("%s: %s", p.State, p.Message), retry))
		default:
			errs = errors.Join(errs, w.app.db.Complete(ctx, job))
		}
	}
	return errs
}

// hold extends leases until ctx ends.
func (w *worker) hold(ctx context.Context, jobs []store.Job) {
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, job := range jobs {
				if err := w.app.db.Extend(ctx, job, time.Now(), lease); err != nil && ctx.Err() == nil {
					w.app.log.Error("hold a refresh job", "portal", job.Key, "err", err)
				}
			}
		}
	}
}
