package ingest

import (
	"sync"
	"time"

	"gongkai/internal/store"
)

// A Stage says what a refresh does at a portal.
type Stage string

// The stages of a portal.
const (
	Looking  Stage = "look"  // reads the lists
	Fetching Stage = "fetch" // asks for the reports
	Done     Stage = "done"
)

// A Progress says how far a refresh has come at one portal.
type Progress struct {
	Run    store.RunID
	Portal string
	Name   string
	Stage  Stage
	Pages  int // pages dealt with
	Of     int // pages to deal with; 0 until the lists are read
	Counts store.PortalRun
	Title  string // of the page that was dealt with last
}

// A Summary is what a refresh came to.
type Summary struct {
	Run     store.RunID
	State   store.RunState
	Portals []store.PortalRun
	Took    time.Duration
}

// Total adds the portals up; its names and states are empty.
func (s Summary) Total() store.PortalRun {
	var t store.PortalRun
	for _, p := range s.Portals {
		t.Lists += p.Lists
		t.Candidates += p.Candidates
		t.Fetched += p.Fetched
		t.Unchanged += p.Unchanged
		t.New += p.New
		t.Revised += p.Revised
		t.Failed += p.Failed
		t.Blocked += p.Blocked
		for reason, n := range p.Rejected {
			if t.Rejected == nil {
				t.Rejected = make(map[string]int)
			}
			t.Rejected[reason] += n
		}
	}
	return t
}

// A tally counts what is done at a portal and tells of it, one event at a time.
type tally struct {
	mu     sync.Mutex
	counts store.PortalRun
	pages  int
	of     int
	run    store.RunID
	tell   func(Progress) // never nil
}

// count changes the counts.
func (t *tally) count(change func(*store.PortalRun)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.counts)
}

// expect says how many pages there are to deal with.
func (t *tally) expect(pages int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of = pages
	t.event(Fetching, "")
}

// page counts a page that was dealt with.
func (t *tally) page(title string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pages++
	t.event(Fetching, title)
}

// stage tells that a stage begins.
func (t *tally) stage(s Stage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.event(s, "")
}

// event tells of the state; the caller holds the lock.
func (t *tally) event(s Stage, title string) {
	t.tell(Progress{Run: t.run, Portal: t.counts.Portal, Name: t.counts.Name, Stage: s,
		Pages: t.pages, Of: t.of, Counts: t.copied(), Title: title})
}

// copied returns the counts, which share nothing with those that go on changing.
func (t *tally) copied() store.PortalRun {
	c := t.counts
	c.Rejected = make(map[string]int, len(t.counts.Rejected))
	for reason, n := range t.counts.Rejected {
		c.Rejected[reason] = n
	}
	return c
}

// snapshot returns the counts as they stand.
func (t *tally) snapshot() store.PortalRun {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.copied()
}
