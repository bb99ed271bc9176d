package ingest

import (
	"context"
	"errors"
	"time"

	"gongkai/internal/store"
)

// A progressKey is what of a portal's counts changes while it is under way.
type progressKey struct {
	state                                              store.PortalState
	lists, found, fetched, unchanged, new, revised, no int
}

func keyOf(p store.PortalRun) progressKey {
	return progressKey{p.State, p.Lists, p.Candidates, p.Fetched, p.Unchanged, p.New, p.Revised, p.Failed + p.Blocked}
}

// watch tells the heart whose progress it keeps.
func (h *heart) watch(works []*portalWork) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range works {
		h.tallies = append(h.tallies, w.tally)
	}
}

// keepProgress writes how far the portals under way have come, for those who watch. What
// has ended is written where it ends.
func (h *heart) keepProgress(ctx context.Context) (err error) {
	h.mu.Lock()
	tallies := h.tallies
	h.mu.Unlock()
	for _, t := range tallies {
		p := t.snapshot()
		key := keyOf(p)
		h.mu.Lock()
		_, working := h.stops[p.Portal]
		fresh := working && h.kept[p.Portal] != key
		h.kept[p.Portal] = key
		h.mu.Unlock()
		if fresh && p.State == store.PortalRunning {
			err = errors.Join(err, h.db.PutPortalRun(ctx, h.run, p))
		}
	}
	return err
}

// A stoppedError is that of a portal which a person wants left.
type stoppedError struct{ by string }

// Error says it in plain Chinese, since it is kept with the run.
func (e *stoppedError) Error() string { return store.Stopped + "（" + e.by + "）" }

// stopAsked leaves the portals that somebody wants left.
func (h *heart) stopAsked(ctx context.Context) error {
	asked, err := h.db.Stops(ctx, h.run)
	h.mu.Lock()
	defer h.mu.Unlock()
	for portal, by := range asked {
		if stop := h.stops[portal]; stop != nil {
			stop(&stoppedError{by})
		}
	}
	return err
}

// stoppable is a context that ends where somebody wants a portal left.
func (h *heart) stoppable(ctx context.Context, portal string) (context.Context, func()) {
	ctx, stop := context.WithCancelCause(ctx)
	h.mu.Lock()
	h.stops[portal] = stop
	h.mu.Unlock()
	return ctx, func() {
		h.mu.Lock()
		delete(h.stops, portal)
		h.mu.Unlock()
		stop(nil)
	}
}

// untilStopped does something at the portal until somebody wants it left. What was had
// until then is kept, and nothing is concluded from what was not.
func (w *portalWork) untilStopped(ctx context.Context, do func(context.Context) error) error {
	if w.replayed == nil {
		if err := w.Store.PutPortalRun(ctx, w.run, w.tally.snapshot()); err != nil {
			return err
		}
	}
	within, done := w.heart.stoppable(ctx, w.portal.ID)
	defer done()
	err := do(within)
	var stopped *stoppedError
	if err == nil || ctx.Err() != nil || !errors.As(context.Cause(within), &stopped) {
		return err
	}
	w.end(store.PortalBroken, stopped.Error())
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTime)
	defer cancel()
	w.log.Info("left a portal as somebody asked", "portal", w.portal.ID, "run", w.run, "by", stopped.by, "at", time.Now())
	return w.Store.PutPortalRun(late, w.run, w.tally.snapshot())
}
