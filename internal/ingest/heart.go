package ingest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

const (
	leaseTime = 10 * time.Second // how long a portal stays ours without a sign of life
	beatTime  = 3 * time.Second
)

// A heart says every few seconds that a run is alive, keeps the leases of its
// portals, and writes the requests that were made meanwhile.
type heart struct {
	db     *store.DB
	run    store.RunID
	memory *crawl.Memory
	log    *slog.Logger
	end    chan struct{}
	done   chan struct{}

	mu       sync.Mutex
	requests []store.Request
	recorded []store.Recording
	jobs     map[int64]store.Job
}

// startHeart begins the beats. Whoever starts a heart stops it.
func startHeart(ctx context.Context, db *store.DB, run store.RunID, memory *crawl.Memory, log *slog.Logger) *heart {
	h := &heart{db: db, run: run, memory: memory, log: log, end: make(chan struct{}), done: make(chan struct{}), jobs: make(map[int64]store.Job)}
	go func() {
		defer close(h.done)
		tick := time.NewTicker(beatTime)
		defer tick.Stop()
		for {
			select {
			case <-h.end:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
				h.beat(ctx)
			}
		}
	}()
	return h
}

// beat tells the store that the run is alive. A beat that fails is logged: the next
// one may succeed, and what must not fail is written elsewhere.
func (h *heart) beat(ctx context.Context) {
	h.mu.Lock()
	var jobs []store.Job
	for _, job := range h.jobs {
		jobs = append(jobs, job)
	}
	h.mu.Unlock()
	err := errors.Join(h.db.Beat(ctx, h.run), h.flush(ctx))
	for _, job := range jobs {
		if lost := h.db.Extend(ctx, job, time.Now(), leaseTime); lost != nil && h.holds(job) {
			err = errors.Join(err, lost)
		}
	}
	if err != nil && ctx.Err() == nil {
		h.log.Warn("refresh: sign of life", "run", h.run, "err", err)
	}
}

// holds reports whether a portal has not been given back meanwhile.
func (h *heart) holds(job store.Job) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, held := h.jobs[job.ID]
	return held
}

// request returns the function that the crawler calls after each request.
func (h *heart) request(also func(crawl.RequestLog)) func(crawl.RequestLog) {
	return func(l crawl.RequestLog) {
		h.mu.Lock()
		h.requests = append(h.requests, store.Request{
			Portal: l.Portal, URL: l.URL, At: l.Time, Status: l.Status, Bytes: l.Bytes, Took: l.Took,
			NotModified: l.Status == http.StatusNotModified, Error: l.Reason,
		})
		h.mu.Unlock()
		if also != nil {
			also(l)
		}
	}
}

// record keeps a line of what the run is answered until the next flush.
func (h *heart) record(l store.Recording) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.recorded = append(h.recorded, l)
}

// flush writes the requests made so far, and the paces that they leave.
func (h *heart) flush(ctx context.Context) error {
	h.mu.Lock()
	requests, recorded := h.requests, h.recorded
	h.requests, h.recorded = nil, nil
	h.mu.Unlock()
	return errors.Join(h.db.AddRequests(ctx, h.run, requests), h.db.AddRecordings(ctx, h.run, recorded), keepPaces(ctx, h.db, h.memory))
}

// stop ends the beats and writes what is left.
func (h *heart) stop(ctx context.Context) error {
	close(h.end)
	<-h.done
	return h.flush(ctx)
}

// errTaken is the error of a portal that another process refreshes.
var errTaken = errors.New("another process refreshes it")

// lease takes a portal for this run, so that two refreshes never ask it at once. One
// that a dead process has left is free when its lease runs out, which is waited for.
func (h *heart) lease(ctx context.Context, portal string) (store.Job, error) {
	kind := "portal:" + portal
	patience, told := time.Now().Add(leaseTime+beatTime), false
	for {
		now := time.Now()
		if _, err := h.db.Enqueue(ctx, kind, "", "", now); err != nil {
			return store.Job{}, err
		}
		job, err := h.db.Lease(ctx, now, leaseTime, kind)
		if err == nil {
			h.mu.Lock()
			h.jobs[job.ID] = job
			h.mu.Unlock()
			return job, nil
		}
		if !errors.Is(err, report.ErrNotFound) {
			return store.Job{}, err
		}
		if now.After(patience) {
			return store.Job{}, errTaken
		}
		if !told {
			told = true
			h.log.Info("waiting for a portal that another refresh has, or left when it was cut off", "portal", portal)
		}
		if err := sleep(ctx, beatTime/10); err != nil {
			return store.Job{}, err
		}
	}
}

// release gives a portal back, also where the run was cut off.
func (h *heart) release(ctx context.Context, job store.Job) error {
	h.mu.Lock()
	delete(h.jobs, job.ID)
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTime)
	defer cancel()
	err := h.db.Complete(ctx, job)
	if errors.Is(err, report.ErrNotFound) {
		return nil // it ran out, and belongs to another now
	}
	return err
}

// sleep waits, but not beyond ctx.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// oneAtATime keeps calls of a function from running side by side.
func oneAtATime(f func(Progress)) func(Progress) {
	var mu sync.Mutex
	return func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		f(p)
	}
}
