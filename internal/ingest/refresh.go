package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"gongkai/internal/archive"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A Refresher brings the store up to date with what portals publish.
type Refresher struct {
	Store   *store.DB
	Archive *archive.Store
	Portals []*crawl.Portal
	Crawl   crawl.Options
	Reader  Reader
	Log     *slog.Logger // slog.Default if nil
	// Turns are of the documents that are read at a time, which runs side by side share; nil
	// for turns of each run.
	Turns *Turns
	// Unrecorded leaves out the recordings that bundles are made of.
	Unrecorded bool
}

// Options say what a refresh is to do.
type Options struct {
	Portals  []string // ids; none for all that are enabled
	Year     int      // report year, 0 for all
	Full     bool     // ask again for what is known, without conditions
	Progress func(Progress)
	// Ended is told of each portal when nothing more is asked of it in this run, which may go
	// on with others; nil for nobody. It is not told of what was cut off.
	Ended func(store.PortalRun)
}

// portalsAtATime bounds how many portals are asked side by side. Nearly all of their
// time is waiting as they wish, which should be that of the slowest and not of all.
const portalsAtATime = 256

// A refresh is one run under way.
type refresh struct {
	*Refresher
	opts    Options
	run     store.RunID
	crawler crawler
	// recording keeps what the run is answered, so that another machine can go through it.
	recording bool
	handedIn  string // the person who handed in what is read; "" where portals are asked
	ahead     int    // pages of a portal in hand beyond those that are asked for
	turns     *Turns // of the documents that are read at a time
	log       *slog.Logger
	tell      func(Progress)
	heart     *heart
	keeper    *keeper
}

// Refresh looks at the portals and keeps what is new. It returns an error where
// nothing could be done: a portal that is not known, a store that cannot be written,
// or no portal that answered. That single pages failed is told in the Summary.
func (r *Refresher) Refresh(ctx context.Context, opts Options) (Summary, error) {
	began := time.Now()
	portals, err := r.chosen(opts.Portals)
	if err != nil {
		return Summary{}, fmt.Errorf("refresh: %w", err)
	}
	s, works, err := r.start(ctx, "refresh", portals, opts)
	if err != nil {
		return Summary{}, fmt.Errorf("refresh: %w", err)
	}
	err = s.all(ctx, works, (*portalWork).work)
	summary, err := s.finish(ctx, works, err)
	summary.Took = time.Since(began)
	if err != nil {
		return summary, fmt.Errorf("refresh: %w", err)
	}
	return summary, nil
}

// chosen returns the portals of these ids, or all that are enabled.
func (r *Refresher) chosen(ids []string) ([]*crawl.Portal, error) {
	var chosen []*crawl.Portal
	var known []string
	for _, p := range r.Portals {
		known = append(known, p.ID)
		if len(ids) == 0 && p.Enabled || slices.Contains(ids, p.ID) {
			chosen = append(chosen, p)
		}
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return nil, &report.ParameterError{Name: "portal", Got: id, Want: "one of " + strings.Join(known, ", ")}
		}
	}
	if len(chosen) == 0 {
		return nil, errors.New("no portal is enabled; add a portal file, or set enabled to true in one")
	}
	return chosen, nil
}

// start prepares the work at each portal and begins a run. What portals cover is
// kept before the run begins: the state after the run rests on it.
func (r *Refresher) start(ctx context.Context, kind string, portals []*crawl.Portal, opts Options) (*refresh, []*portalWork, error) {
	s := &refresh{Refresher: r, opts: opts, log: r.Log, tell: opts.Progress, recording: !r.Unrecorded,
		turns: r.Turns}
	if s.turns == nil {
		s.turns = NewTurns(max(2, runtime.GOMAXPROCS(0)))
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.tell == nil {
		s.tell = func(Progress) {}
	}
	s.tell = oneAtATime(s.tell)
	s.ahead = aheadOf(len(portals))
	works := make([]*portalWork, len(portals))
	for i, p := range portals {
		register, err := r.registerOf(ctx, p)
		if err != nil {
			return nil, nil, err
		}
		before, _, err := r.Store.PortalHistory(ctx, kind, p.ID)
		if err != nil {
			return nil, nil, err
		}
		works[i] = &portalWork{refresh: s, portal: p, register: register, number: before + 1, unseen: make(map[report.AgencyID]string), here: make(map[holding]bool)}
	}
	var err error
	if s.run, err = r.Store.StartRun(ctx, kind, opts.Year, opts.Full); err != nil {
		return nil, nil, err
	}
	options := r.Crawl
	if options.Memory == nil {
		options.Memory = crawl.NewMemory()
	}
	if err := recallPaces(ctx, r.Store, options.Memory); err != nil {
		return nil, nil, err
	}
	s.heart = startHeart(ctx, r.Store, s.run, options.Memory, s.log)
	options.OnRequest = s.heart.request(r.Crawl.OnRequest)
	if options.Log == nil {
		options.Log = s.log
	}
	s.crawler = crawl.New(options)
	for _, w := range works {
		w.tally = &tally{run: s.run, tell: s.tell, counts: store.PortalRun{
			Portal: w.portal.ID, Name: w.portal.Name, State: store.PortalRunning, StartedAt: time.Now(),
			Rejected: make(map[string]int)}}
	}
	s.heart.watch(works)
	s.keeper = startKeeper(ctx, s)
	return s, works, nil
}

// registerOf reads the register of a portal, and keeps what the portal covers. What no
// portal has covers nothing.
func (r *Refresher) registerOf(ctx context.Context, p *crawl.Portal) (*register, error) {
	if p.ID == handPortal {
		return readRegister(ctx, r.Store, p)
	}
	register, err := newRegister(ctx, r.Store, p)
	if err != nil {
		return nil, err
	}
	return register, r.Store.SetWatch(ctx, p.ID, register.covered)
}

// all does the work at the portals side by side.
func (s *refresh) all(ctx context.Context, works []*portalWork, do func(*portalWork, context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(portalsAtATime)
	for _, w := range works {
		group.Go(func() error {
			if err := do(w, ctx); err != nil {
				return fmt.Errorf("portal %s: %w", w.portal.ID, err)
			}
			if s.opts.Ended != nil {
				s.opts.Ended(w.tally.snapshot())
			}
			return nil
		})
	}
	return group.Wait()
}

// finish ends the run, also where it was cut off: what it kept is whole.
func (s *refresh) finish(ctx context.Context, works []*portalWork, failed error) (Summary, error) {
	s.crawler.Close()
	s.keeper.stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	err := errors.Join(failed, s.heart.stop(ctx))
	summary := Summary{Run: s.run}
	for _, w := range works {
		p := w.tally.snapshot()
		if p.State == store.PortalRunning {
			p.State, p.Message = store.PortalBroken, interrupted
		}
		if p.FinishedAt.IsZero() {
			p.FinishedAt = time.Now()
		}
		err = errors.Join(err, s.Store.PutPortalRun(ctx, s.run, p))
		summary.Portals = append(summary.Portals, p)
	}
	var message string
	summary.State, message = conclude(summary.Portals, failed)
	err = errors.Join(err, s.Store.FinishRun(ctx, s.run, summary.State, message),
		s.Store.InterruptRuns(ctx, time.Now().Add(-leaseTime)))
	if err == nil && summary.State == store.RunFailed {
		err = fmt.Errorf("nothing could be done: %s; see run %d for what failed", message, s.run)
	}
	return summary, err
}

// conclude says what the portals' results make of a run.
func conclude(portals []store.PortalRun, failed error) (store.RunState, string) {
	if failed != nil {
		return store.RunInterrupted, failed.Error()
	}
	state, had := store.RunOK, false
	var messages []string
	for _, p := range portals {
		if p.State == store.PortalOK || p.Fetched+p.Unchanged > 0 {
			had = true
		}
		if p.State != store.PortalOK || p.Failed+p.Blocked > 0 {
			state = store.RunPartial
		}
		if p.Message != "" {
			messages = append(messages, p.Name+"："+p.Message)
		}
	}
	if !had {
		state = store.RunFailed
	}
	return state, strings.Join(messages, "；")
}
