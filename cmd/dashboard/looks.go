package main

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"gongkai/internal/ingest"
	"gongkai/internal/queue"
	"gongkai/internal/store"
)

const (
	takenAgain = time.Minute            // until a portal is tried again that another process had, or the host of which it had
	gathered   = 200 * time.Millisecond // portals whose turn comes within are looked at in one run
)

// A gathering is the looks that wait for the run that they share.
type gathering struct {
	mu    sync.Mutex
	looks []*look
	under int            // runs that gather or are under way: a run ends after its jobs
	runs  sync.WaitGroup // the same, to wait for
}

// busy reports whether a run gathers or is under way.
func (g *gathering) busy() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.under > 0
}

// begin has a run do its work in the background. The caller holds mu.
func (g *gathering) begin(run func()) {
	g.under++
	g.runs.Go(func() {
		run()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.under--
	})
}

// A look is at one portal, for one job.
type look struct {
	portal string
	putOff int
	once   sync.Once
	ended  chan error
}

// end tells the job how the look went, once: when its portal has ended, or else the run.
func (l *look) end(err error) { l.once.Do(func() { l.ended <- err }) }

// look looks at the portal of a job, in a run with the others whose turn has come too: a
// run settles its register and its sums once, and portals on one host share it. ctx is that
// of the process, since a run does not end with one of its jobs.
func (w *work) look(ctx, job context.Context, j queue.Job) error {
	l := &look{portal: j.Key, putOff: j.PutOff, ended: make(chan error, 1)}
	w.looks.mu.Lock()
	if w.looks.looks = append(w.looks.looks, l); len(w.looks.looks) == 1 {
		w.looks.begin(func() {
			time.Sleep(gathered)
			w.lookAll(ctx)
		})
	}
	w.looks.mu.Unlock()
	select {
	case err := <-l.ended:
		return err
	case <-job.Done():
	}
	if ctx.Err() != nil { // the process ends: the run writes down what it has
		return <-l.ended
	}
	at := time.Now()
	_, err := w.app.db.AskStop(context.WithoutCancel(ctx), j.Key, false, at, "gongkai", store.Entry{At: at, Name: "gongkai", Action: "portal.stop", Subject: j.Key})
	return errors.Join(job.Err(), err)
}

// lookAll looks at the portals that have gathered, and tells each job how its portal went.
// A job of a portal that is no more, or is disabled, is done with.
func (w *work) lookAll(ctx context.Context) {
	w.looks.mu.Lock()
	looks := w.looks.looks
	w.looks.looks = nil
	w.looks.mu.Unlock()
	r := w.refresher()
	enabled := make(map[string]bool)
	for _, p := range r.Portals {
		enabled[p.ID] = p.Enabled
	}
	var opts ingest.Options
	for _, l := range looks {
		if enabled[l.portal] {
			opts.Portals = append(opts.Portals, l.portal)
		}
	}
	opts.Ended = func(p store.PortalRun) { // the job is done, and its place free for another
		for _, l := range looks {
			if l.portal == p.Portal && p.State != store.PortalRunning {
				l.end(outcome(l, ingest.Summary{Portals: []store.PortalRun{p}}, nil, false))
			}
		}
	}
	var summary ingest.Summary
	var err error
	if len(opts.Portals) > 0 {
		summary, err = w.refresh(ctx, r, opts)
	}
	for _, l := range looks {
		if enabled[l.portal] {
			l.end(outcome(l, summary, err, ctx.Err() != nil))
		} else {
			l.end(nil)
		}
	}
}

// refresh runs one refresh and has what it changed summed up.
func (w *work) refresh(ctx context.Context, r *ingest.Refresher, opts ingest.Options) (ingest.Summary, error) {
	summary, err := r.Refresh(ctx, opts)
	switch {
	case summary.State == store.RunFailed:
		w.app.log.Warn("refresh: nothing was had", "run", summary.Run, "err", err) // the run says why
	case err != nil && ctx.Err() == nil:
		w.app.log.Error("refresh", "run", summary.Run, "err", err)
	case err == nil:
		w.app.log.Info("refresh done", "run", summary.Run, "portals", len(opts.Portals))
	}
	if also := w.changed(ctx, summary.Run); also != nil {
		w.app.log.Error("refresh: sums", "run", summary.Run, "err", also) // the schedule finds what was not summed up
	}
	return summary, err
}

// outcome is how a job ends as its portal went. One that is blocked or has changed waits
// for its next look; one that did not answer is tried again. What was cut off goes on at
// the next start, and what failed here, since the database or the archive was away, soon:
// that is not the portal's fault, and counts as no attempt.
func outcome(l *look, s ingest.Summary, failed error, cut bool) error {
	var p store.PortalRun
	for _, one := range s.Portals {
		if one.Portal == l.portal {
			p = one
		}
	}
	switch {
	case cut:
		return queue.Later(0)
	case failed != nil && s.State != store.RunFailed:
		return queue.Later(takenAgain << min(l.putOff, 5))
	case strings.HasPrefix(p.Message, store.Stopped):
		return queue.Drop(errors.New(p.Message))
	case strings.HasPrefix(p.Message, ingest.Taken):
		return queue.Later(takenAgain)
	case p.State == store.PortalBroken, p.State == store.PortalUnreachable:
		return errors.New(cmp.Or(p.Message, string(p.State)))
	}
	return nil
}
