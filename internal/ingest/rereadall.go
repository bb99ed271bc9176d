package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// RereadOptions say what is to be read again.
type RereadOptions struct {
	Portals []string         // only versions from their pages; none for all versions
	All     bool             // also what these readers have read before
	Publish bool             // keep what differs; without it nothing is changed
	Each    func(Comparison) // called for one version after another; may be nil
}

// A Comparison is one version, read again and compared with what is kept of it.
type Comparison struct {
	Version    store.VersionHead
	Agency     report.Agency
	Reader     string // version of the readers of what is kept
	Difference store.Difference
	Err        error // why it could not be read again; what is kept stays
}

// A RereadSummary counts comparisons.
type RereadSummary struct {
	Run       store.RunID // 0 where nothing was to be published
	Versions  int
	Same      int
	Differ    int
	Cells     int // cells compared
	CellsNot  int // of these, not alike
	Statuses  int // versions whose status would change
	Failed    int // versions that could not be read again
	Published int
}

// Reread reads from the archive, with these readers, what older readers read, and
// compares cell by cell. What differs is kept only where it is asked for, as a change
// of ours; no version comes of it. Nothing is asked of any portal.
func (r *Refresher) Reread(ctx context.Context, opts RereadOptions) (RereadSummary, error) {
	var sum RereadSummary
	if _, err := r.chosen(opts.Portals); err != nil && len(opts.Portals) > 0 {
		return sum, fmt.Errorf("reread: %w", err)
	}
	reader := ReaderVersion
	if opts.All {
		reader = ""
	}
	ids, err := r.Store.ReadByOthers(ctx, reader, opts.Portals)
	if err != nil {
		return sum, fmt.Errorf("reread: %w", err)
	}
	if opts.Publish && len(ids) > 0 {
		if sum.Run, err = r.Store.StartRun(ctx, "reread", 0, opts.All); err != nil {
			return sum, fmt.Errorf("reread: %w", err)
		}
	}
	err = r.rereadAll(ctx, ids, opts, &sum)
	if sum.Run != 0 {
		err = errors.Join(err, r.finishReread(ctx, &sum, err))
	}
	if err != nil {
		return sum, fmt.Errorf("reread: %w", err)
	}
	return sum, nil
}

// finishReread ends the run, also where it was cut off: what it published is whole.
func (r *Refresher) finishReread(ctx context.Context, sum *RereadSummary, failed error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	state, message := store.RunOK, ""
	switch {
	case failed != nil:
		state, message = store.RunInterrupted, failed.Error()
	case sum.Failed > 0:
		state = store.RunPartial
	}
	return r.Store.FinishRun(ctx, sum.Run, state, message)
}

// rereadAll reads versions side by side, and compares and publishes them one after
// another in their order.
func (r *Refresher) rereadAll(ctx context.Context, ids []store.VersionID, opts RereadOptions, sum *RereadSummary) error {
	shelf := &shelf{refresh: &refresh{Refresher: r, log: r.Log, turns: NewTurns(runtime.GOMAXPROCS(0))},
		works: make(map[shelfKey]*portalWork)}
	if shelf.log == nil {
		shelf.log = slog.Default()
	}
	return inOrder(ctx, ids, runtime.GOMAXPROCS(0), shelf.again, func(one reading) error {
		c, err := shelf.compare(ctx, one, sum.Run)
		if err != nil {
			return err
		}
		sum.add(c, sum.Run != 0)
		if opts.Each != nil {
			opts.Each(c)
		}
		return nil
	})
}

// add counts a comparison.
func (s *RereadSummary) add(c Comparison, publish bool) {
	s.Versions++
	s.Cells += c.Difference.Compared
	s.CellsNot += len(c.Difference.Cells)
	switch {
	case c.Err != nil:
		s.Failed++
		return
	case c.Difference.None():
		s.Same++
		return
	}
	s.Differ++
	if c.Difference.Old.Status != c.Difference.New.Status {
		s.Statuses++
	}
	if publish {
		s.Published++
	}
}

// A reading is a version with what these readers make of its original.
type reading struct {
	old    store.Version
	agency report.Agency
	work   *portalWork
	found  found
	err    error // why there is none
}

// A shelf finds for versions the portal they came from.
type shelf struct {
	*refresh
	mu    sync.Mutex // guards works
	works map[shelfKey]*portalWork
}

// A shelfKey names a portal, or the county of an agency where its portal has no file
// any more.
type shelfKey struct {
	portal string
	county standard.RegionCode
	demo   bool
}

// again reads the original of a version. What goes wrong with the original is in the
// reading; an error is one of ours.
func (s *shelf) again(ctx context.Context, id store.VersionID) (one reading, err error) {
	if one.old, err = s.Store.Version(ctx, id); err != nil {
		return one, err
	}
	if one.agency, err = s.Store.Agency(ctx, one.old.Agency); err != nil {
		return one, err
	}
	var t task
	if one.work, t, err = s.workOf(ctx, &one); err != nil {
		return one, err
	}
	if one.found, err = one.work.rereadVersion(ctx, t, &one.old); err != nil && ctx.Err() == nil {
		one.err, err = err, nil
	}
	return one, err
}

// workOf returns what a refresh would know of the page of a version.
func (s *shelf) workOf(ctx context.Context, one *reading) (*portalWork, task, error) {
	t := task{url: one.old.URL, title: one.old.Title}
	page, err := s.Store.Page(ctx, one.old.URL)
	switch {
	case errors.Is(err, report.ErrNotFound):
		if one.old.Reading.Hint {
			t.agency, t.year = &one.agency, one.old.Year
		}
	case err != nil:
		return nil, t, err
	default:
		if page.Agency == one.agency.ID {
			t.agency = &one.agency
		}
		t.year = page.Year
	}
	w, err := s.work(ctx, page.Portal, one.agency)
	return w, t, err
}

// work returns the work at a portal, made once.
func (s *shelf) work(ctx context.Context, portal string, a report.Agency) (*portalWork, error) {
	key := shelfKey{portal: portal}
	p := s.portal(portal)
	if p == nil {
		county := a.Region
		if county.Level() == standard.StreetLevel {
			county = county.Parent()
		}
		key = shelfKey{county: county, demo: a.Demo}
		p = &crawl.Portal{ID: portal, Region: county, Demo: a.Demo}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.works[key]; w != nil {
		return w, nil
	}
	register, err := readRegister(ctx, s.Store, p)
	if err != nil {
		return nil, err
	}
	w := &portalWork{refresh: s.refresh, portal: p, register: register}
	s.works[key] = w
	return w, nil
}

// portal returns the portal of an id, nil where there is no file of it.
func (s *shelf) portal(id string) *crawl.Portal {
	for _, p := range s.Portals {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// compare compares a reading with what is kept, and keeps it where a run is given and
// they differ.
func (s *shelf) compare(ctx context.Context, one reading, run store.RunID) (Comparison, error) {
	c := Comparison{Version: one.old.VersionHead, Agency: one.agency, Reader: one.old.Reader, Err: one.err}
	if c.Err != nil {
		return c, nil
	}
	err := one.work.judge(ctx, nil, &one.found, &one.agency, one.old.Year)
	if err != nil {
		return c, err
	}
	v := one.found.version(&one.agency, one.old.Year, one.old.URL)
	v.FoundAt = time.Now()
	if c.Difference, err = s.Store.CompareReading(ctx, one.old.ID, v); err != nil || run == 0 {
		return c, err
	}
	return c, one.work.publish(ctx, run, one.old.ID, &one.agency, v)
}
