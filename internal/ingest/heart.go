package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/process"
	"gongkai/internal/report"
	"gongkai/internal/standard"
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
	leases   map[int64]store.Lease
	tallies  []*tally                           // of the portals, whose progress is kept
	kept     map[string]progressKey             // what was kept last
	stops    map[string]context.CancelCauseFunc // of the portals under way

	hosts map[string]*hostLease
}

// A hostLease is a host that the portals of this run share, and those of no other.
type hostLease struct {
	mu    sync.Mutex // held while it is taken or given back
	lease store.Lease
	used  int // portals that ask it now
}

// startHeart begins the beats. Whoever starts a heart stops it.
func startHeart(ctx context.Context, db *store.DB, run store.RunID, memory *crawl.Memory, log *slog.Logger) *heart {
	h := &heart{db: db, run: run, memory: memory, log: log, end: make(chan struct{}), done: make(chan struct{}), leases: make(map[int64]store.Lease), hosts: make(map[string]*hostLease),
		kept: make(map[string]progressKey), stops: make(map[string]context.CancelCauseFunc)}
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
	var leases []store.Lease
	for _, lease := range h.leases {
		leases = append(leases, lease)
	}
	h.mu.Unlock()
	err := errors.Join(h.db.Beat(ctx, h.run), h.flush(ctx), h.keepProgress(ctx), h.stopAsked(ctx))
	for _, lease := range leases {
		if lost := h.db.Extend(ctx, lease, time.Now(), leaseTime); lost != nil && h.holds(lease) {
			err = errors.Join(err, lost)
		}
	}
	if err != nil && ctx.Err() == nil {
		h.log.Warn("refresh: sign of life", "run", h.run, "err", err)
	}
}

// holds reports whether a portal has not been given back meanwhile.
func (h *heart) holds(lease store.Lease) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, held := h.leases[lease.ID]
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

// A takenError is that of a portal, or of its host, which another process has.
type takenError struct {
	host bool
	by   process.ID // zero where that is not known
}

// Error says it in plain Chinese, since it is kept with the run.
func (e *takenError) Error() string {
	since := e.by.Since.In(standard.China()).Format("2006-01-02 15:04:05")
	switch {
	case e.by.PID == 0:
		return "另一进程正在更新此门户，本次未查看"
	case e.host:
		return fmt.Sprintf("另一进程（%s，进程号 %d，自 %s）正在采集同一主机，本次未查看", e.by.Host, e.by.PID, since)
	}
	return fmt.Sprintf("另一进程（%s，进程号 %d，自 %s）正在更新此门户，本次未查看", e.by.Host, e.by.PID, since)
}

// Taken begins the message of a portal that was left to another process, at which it
// may be tried again soon.
const Taken = "另一进程"

// lease takes a portal and its hosts for this run, so that two refreshes never ask
// them at once.
func (h *heart) lease(ctx context.Context, p *crawl.Portal, crawler *crawl.Crawler) (store.Lease, error) {
	lease, _, err := h.take(ctx, "portal:"+p.ID, false)
	if err != nil {
		return lease, err
	}
	names := hostsOf(p, crawler)
	for i, name := range names {
		if err := h.takeHost(ctx, name, p, crawler); err != nil {
			return store.Lease{}, errors.Join(err, h.leaveHosts(ctx, names[:i]), h.giveBack(ctx, lease))
		}
	}
	return lease, nil
}

// hostsOf returns the hosts that are asked, in one order, so that no two processes wait
// for each other: none where another machine has asked, and its answers are replayed.
func hostsOf(p *crawl.Portal, crawler *crawl.Crawler) []string {
	if crawler == nil {
		return nil
	}
	return p.HostNames()
}

// takeHost takes a host, unless another portal of this run has it. The pace goes on
// where the process before has left it.
func (h *heart) takeHost(ctx context.Context, name string, p *crawl.Portal, crawler *crawl.Crawler) error {
	held := h.hostLease(name)
	held.mu.Lock()
	defer held.mu.Unlock()
	if held.used > 0 {
		held.used++
		return nil
	}
	lease, left, err := h.take(ctx, "host:"+name, true)
	if err != nil {
		return err
	}
	held.lease, held.used = lease, 1
	pace, err := h.db.PaceOf(ctx, name)
	if err != nil && !errors.Is(err, report.ErrNotFound) {
		return err
	}
	if left { // what the process asked last is known to nobody: it may have been just now
		pace.Delay = max(pace.Delay, p.Polite.Delay)
		if next := time.Now().Add(pace.Delay); next.After(pace.Next) {
			pace.Next = next
		}
	}
	crawler.Tell(map[string]crawl.Pace{name: {Delay: pace.Delay, Next: pace.Next}})
	return nil
}

// hostLease returns what is known of a host in this run.
func (h *heart) hostLease(name string) *hostLease {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.hosts[name] == nil {
		h.hosts[name] = new(hostLease)
	}
	return h.hosts[name]
}

// leaveHosts gives hosts back that no other portal of this run asks, with their pace.
func (h *heart) leaveHosts(ctx context.Context, names []string) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTime)
	defer cancel()
	for _, name := range names {
		err = errors.Join(err, h.leaveHost(ctx, name))
	}
	return err
}

func (h *heart) leaveHost(ctx context.Context, name string) error {
	held := h.hostLease(name)
	held.mu.Lock()
	defer held.mu.Unlock()
	if held.used--; held.used > 0 {
		return nil
	}
	if err := keepPaces(ctx, h.db, h.memory); err != nil {
		return err // it is free when its lease runs out
	}
	return h.giveBack(ctx, held.lease)
}

// take takes a lease of its own kind for this run. One that a dead process has left is
// free at once where that process is known to be gone, and else when its lease runs
// out, which is waited for. left reports that it was left so.
func (h *heart) take(ctx context.Context, kind string, host bool) (lease store.Lease, left bool, err error) {
	patience, told := time.Now().Add(leaseTime+beatTime), false
	for {
		now := time.Now()
		if _, err := h.db.Offer(ctx, kind, "", me(now), now); err != nil {
			return store.Lease{}, false, err
		}
		lease, err := h.db.Take(ctx, now, leaseTime, kind)
		if err == nil {
			h.mu.Lock()
			h.leases[lease.ID] = lease
			h.mu.Unlock()
			return lease, lease.Attempts > 1, h.db.Sign(ctx, lease, me(now))
		}
		if !errors.Is(err, report.ErrNotFound) {
			return store.Lease{}, false, err
		}
		by, err := h.freed(ctx, kind)
		if err != nil {
			return store.Lease{}, false, err
		}
		if now.After(patience) {
			return store.Lease{}, false, &takenError{host: host, by: by}
		}
		if !told {
			told = true
			h.log.Info("waiting for what another refresh has, or left when it was cut off", "lease", kind, "held by", by.String())
		}
		if err := sleep(ctx, beatTime/10); err != nil {
			return store.Lease{}, false, err
		}
	}
}

// freed frees a lease whose holder is known to be gone, and returns who has it else.
func (h *heart) freed(ctx context.Context, kind string) (by process.ID, err error) {
	lease, err := h.db.OpenLease(ctx, kind, "")
	if errors.Is(err, report.ErrNotFound) {
		return process.ID{}, nil // given back meanwhile
	}
	if err != nil {
		return process.ID{}, err
	}
	by, known := holderOf(lease)
	switch {
	case !known || lease.State != store.LeaseTaken:
		return process.ID{}, nil
	case !by.Gone():
		return by, nil
	}
	if err := h.db.Free(ctx, lease); err != nil && !errors.Is(err, report.ErrNotFound) {
		return process.ID{}, err
	}
	return process.ID{}, nil
}

// release gives a portal and its hosts back, also where the run was cut off.
func (h *heart) release(ctx context.Context, p *crawl.Portal, crawler *crawl.Crawler, lease store.Lease) error {
	return errors.Join(h.leaveHosts(ctx, hostsOf(p, crawler)), h.giveBack(ctx, lease))
}

// giveBack ends a lease.
func (h *heart) giveBack(ctx context.Context, lease store.Lease) error {
	h.mu.Lock()
	delete(h.leases, lease.ID)
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTime)
	defer cancel()
	err := h.db.Complete(ctx, lease)
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
