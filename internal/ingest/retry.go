package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

const (
	firstRetry = time.Hour
	lastTry    = 6   // after so many attempts a page is left to the next refresh
	atOnce     = 500 // pages of one retry
)

// Retry asks again for the pages that failed for a time and are due. It does nothing
// where none is, and then its Summary has no run.
func (r *Refresher) Retry(ctx context.Context, opts Options) (Summary, error) {
	began := time.Now()
	due, err := r.due(ctx)
	if err != nil || len(due) == 0 {
		return Summary{}, err
	}
	summary, failed := r.retry(ctx, due, opts)
	summary.Took = time.Since(began)
	if err := errors.Join(failed, r.settle(context.WithoutCancel(ctx), due, failed != nil)); err != nil {
		return summary, fmt.Errorf("retry: %w", err)
	}
	return summary, nil
}

// RetryDue reports whether there is anything for Retry to ask again for.
func RetryDue(ctx context.Context, db *store.DB, now time.Time) (bool, error) {
	return db.LeaseDue(ctx, pageJob, now)
}

// settle ends the jobs whose pages were had, and gives the others back to the queue:
// all of them where the run itself failed.
func (r *Refresher) settle(ctx context.Context, jobs []store.Lease, failed bool) error {
	failures, err := r.Store.OpenFailures(ctx)
	open := make(map[string]bool)
	for _, f := range failures {
		open[f.URL] = true
	}
	for _, job := range jobs {
		if failed || err != nil || open[job.Key] {
			err = errors.Join(err, r.again(ctx, job))
		} else {
			err = r.Store.Complete(ctx, job)
		}
	}
	return err
}

// due leases the pages that are due.
func (r *Refresher) due(ctx context.Context) ([]store.Lease, error) {
	var jobs []store.Lease
	for len(jobs) < atOnce {
		job, err := r.Store.Take(ctx, time.Now(), time.Hour, pageJob)
		if errors.Is(err, report.ErrNotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// retry deals with the pages of jobs in a run of their own.
func (r *Refresher) retry(ctx context.Context, jobs []store.Lease, opts Options) (Summary, error) {
	tasks, payloads := make(map[string][]task), make(map[string][]pagePayload)
	for _, job := range jobs {
		var p pagePayload
		if err := json.Unmarshal([]byte(job.Payload), &p); err != nil {
			return Summary{}, fmt.Errorf("job %d: %w", job.ID, err)
		}
		t, err := r.taskOf(ctx, p)
		if err != nil {
			return Summary{}, err
		}
		tasks[p.Portal] = append(tasks[p.Portal], t)
		payloads[p.Portal] = append(payloads[p.Portal], p)
	}
	opts.Portals = nil
	for _, p := range r.Portals {
		if tasks[p.ID] != nil {
			opts.Portals = append(opts.Portals, p.ID)
		}
	}
	portals, err := r.chosen(opts.Portals)
	if err != nil {
		return Summary{}, err
	}
	s, works, err := r.start(ctx, retryRun, portals, opts)
	if err != nil {
		return Summary{}, err
	}
	err = s.all(ctx, works, func(w *portalWork, ctx context.Context) error {
		w.found = time.Now()
		if err := w.recordTasks(payloads[w.portal.ID]); err != nil {
			return err
		}
		return w.alone(ctx, func(ctx context.Context) error {
			if err := w.visitAll(ctx, tasks[w.portal.ID]); err != nil {
				return err
			}
			w.end(store.PortalOK, "")
			return nil
		})
	})
	return s.finish(ctx, works, err)
}

// recordTasks keeps which pages a retry asks for.
func (w *portalWork) recordTasks(pages []pagePayload) error {
	err := w.record(line{Portal: string(w.portal.Text())})
	for _, p := range pages {
		err = errors.Join(err, w.record(line{Task: &p}))
	}
	return err
}

// taskOf makes a task of what a job says.
func (r *Refresher) taskOf(ctx context.Context, p pagePayload) (task, error) {
	t := task{url: p.URL, title: p.Title, year: p.Year, listed: true}
	var err error
	if t.known, err = r.Store.Page(ctx, p.URL); err != nil && !errors.Is(err, report.ErrNotFound) {
		return t, err
	}
	if p.Agency != "" {
		a, err := r.Store.Agency(ctx, p.Agency)
		if err != nil {
			return t, err
		}
		t.agency = &a
	}
	return t, nil
}

// again gives a page back to the queue for later, each time for twice as long, and
// gives it up after the last try: its failure stays open.
func (r *Refresher) again(ctx context.Context, job store.Lease) error {
	wait := time.Time{}
	if job.Attempts < lastTry && !once(job) {
		wait = time.Now().Add(firstRetry << job.Attempts)
	}
	return r.Store.Fail(ctx, job, errors.New("still failing"), wait)
}
