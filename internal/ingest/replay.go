package ingest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A Recorded is what a run of another machine was answered at one portal.
type Recorded struct {
	Portal *crawl.Portal
	look   *lookLine
	tasks  []pagePayload
	ended  bool
	begun  time.Time

	mu      sync.Mutex
	now     time.Time // of the answer given out last
	answers map[string][]timed
}

// A timed is what came of asking for an address, and when.
type timed struct {
	*fetchLine
	at time.Time
}

// maxLine bounds one line of a recording: a list of a hundred thousand reports has 30 MB.
const maxLine = 128 << 20

// ReadRecorded reads the lines of a recording. name is for its errors.
func ReadRecorded(name string, lines io.Reader) (*Recorded, error) {
	r := &Recorded{answers: make(map[string][]timed)}
	s := bufio.NewScanner(lines)
	s.Buffer(nil, maxLine)
	n := 0
	for s.Scan() {
		n++
		var l line
		d := json.NewDecoder(bytes.NewReader(s.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&l); err != nil {
			return nil, fmt.Errorf("recording %s, line %d: %w; it is damaged, or of a later program", name, n, err)
		}
		if err := r.take(l); err != nil {
			return nil, fmt.Errorf("recording %s, line %d: %w", name, n, err)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("recording %s: %w", name, err)
	}
	if r.Portal == nil {
		return nil, fmt.Errorf("recording %s: it does not begin with a portal file", name)
	}
	return r, nil
}

// take adds a line.
func (r *Recorded) take(l line) error {
	if (r.Portal == nil) != (l.Portal != "") {
		return errors.New("a portal file belongs on the first line and on no other")
	}
	switch {
	case l.Portal != "":
		p, err := crawl.ReadPortal("of the recording", bytes.NewReader([]byte(l.Portal)))
		if err != nil {
			return err
		}
		r.Portal, r.begun, r.now = p, l.At, l.At
	case l.Look != nil:
		if r.look != nil || len(l.Look.Entries) != len(r.Portal.Entries) {
			return fmt.Errorf("a look with %d entries at a portal with %d, or a second one", len(l.Look.Entries), len(r.Portal.Entries))
		}
		r.look = l.Look
	case l.Task != nil:
		r.tasks = append(r.tasks, *l.Task)
	case l.Fetch != nil:
		if (l.Fetch.Answer == nil) == (l.Fetch.Err == nil) {
			return errors.New("an address with neither an answer nor an error, or with both")
		}
		r.answers[l.Fetch.URL] = append(r.answers[l.Fetch.URL], timed{l.Fetch, l.At})
	case l.End:
		r.ended = true
	}
	return nil
}

// Originals calls f with the hash of every original that the recording speaks of, and
// whether it cannot be gone through without: the evidence of a failure is not needed.
func (r *Recorded) Originals(f func(hash report.SHA256, needed bool)) {
	tell := func(a *reply, needed bool) {
		if a != nil && a.Hash != "" {
			f(a.Hash, needed)
		}
	}
	if r.look != nil {
		for i := range r.look.Pages {
			tell(&r.look.Pages[i], true)
		}
		for _, p := range r.look.Problems {
			tell(p.Err.evidence(), false)
		}
		for _, e := range r.look.Entries {
			tell(e.Err.evidence(), false)
		}
	}
	for _, all := range r.answers {
		for _, t := range all {
			tell(t.Answer, true)
			tell(t.Err.evidence(), false)
		}
	}
}

// evidence is the answer of a fault, nil where it has none.
func (f *fault) evidence() *reply {
	if f == nil {
		return nil
	}
	return f.Answer
}

// A RecordedRun is a run of another machine.
type RecordedRun struct {
	Kind string // refresh or retry
	Year int
	Full bool
	Of   []*Recorded // one for each portal
}

// Replay goes through what a run of another machine was answered, as if it had been
// answered here at the time: the same stages, with the times and addresses of that run.
// The originals that it speaks of are in the archive. Nothing is asked of anybody.
func (r *Refresher) Replay(ctx context.Context, run RecordedRun, progress func(Progress)) (Summary, error) {
	began := time.Now()
	var portals []*crawl.Portal
	answers := &replayer{archive: r.Archive, of: make(map[string]*Recorded)}
	for _, rec := range run.Of {
		portals = append(portals, rec.Portal)
		answers.of[rec.Portal.ID] = rec
	}
	if len(portals) == 0 {
		return Summary{}, nil
	}
	s, works, err := r.start(ctx, "import", portals, Options{Year: run.Year, Full: run.Full, Progress: progress})
	if err != nil {
		return Summary{}, fmt.Errorf("import: %w", err)
	}
	s.crawler.Close()
	s.crawler, s.recording = answers, false
	for _, w := range works {
		w.replayed = answers.of[w.portal.ID]
		w.tally.count(func(p *store.PortalRun) { p.StartedAt = w.now() })
	}
	err = s.all(ctx, works, func(w *portalWork, ctx context.Context) error {
		if run.Kind == retryRun {
			return w.replayTasks(ctx)
		}
		return w.work(ctx)
	})
	summary, err := s.finish(ctx, works, err)
	summary.Took = time.Since(began)
	if summary.State == store.RunFailed {
		return summary, nil // as it was outside
	}
	if err != nil {
		return summary, fmt.Errorf("import: %w", err)
	}
	return summary, nil
}

// retryRun is the kind of the runs that ask again for pages which failed for a time.
const retryRun = "retry"

// replayTasks deals with the pages of a retry.
func (w *portalWork) replayTasks(ctx context.Context) error {
	w.found = w.now()
	var tasks []task
	for _, p := range w.replayed.tasks {
		t, err := w.taskOf(ctx, p)
		if errors.Is(err, report.ErrNotFound) {
			p.Agency = ""
			t, err = w.taskOf(ctx, p)
		}
		if err != nil {
			return err
		}
		tasks = append(tasks, t)
	}
	if err := w.visitAll(ctx, tasks); err != nil {
		return err
	}
	w.end(store.PortalOK, "")
	return nil
}

// now is the time at which the run deals with the portal: that of the recording where it
// goes through one.
func (w *portalWork) now() time.Time {
	if w.replayed == nil {
		return time.Now()
	}
	w.replayed.mu.Lock()
	defer w.replayed.mu.Unlock()
	return w.replayed.now
}

// A replayer answers from recordings and the archive.
type replayer struct {
	archive *archive.Store
	of      map[string]*Recorded // by portal
}

// errNotAsked is the error of an address that the recorded run did not ask for.
var errNotAsked = errors.New("not asked for by the recorded run")

// Close implements crawler; a replayer holds nothing open.
func (r *replayer) Close() {}

// LookAt returns the recorded look and hands on its pages.
func (r *replayer) LookAt(ctx context.Context, p *crawl.Portal, keep func(*crawl.Fetched) error) (*crawl.Look, error) {
	rec := r.of[p.ID]
	l := rec.look
	if l == nil { // cut off before the lists were read
		l = &lookLine{Started: rec.begun, Ended: rec.begun, State: crawl.LookBroken}
	}
	look := &crawl.Look{Portal: p, Started: l.Started, Ended: l.Ended, Candidates: l.Candidates, Rejected: l.Rejected, Good: l.Good, State: l.State}
	for i, e := range l.Entries {
		look.Entries = append(look.Entries, crawl.EntryLook{Entry: p.Entries[i], State: e.State, Good: e.Good, Found: e.Found, Layout: e.Layout, Err: r.err(ctx, e.Err)})
	}
	for _, e := range l.Problems {
		look.Problems = append(look.Problems, crawl.Problem{URL: e.URL, Err: r.err(ctx, e.Err)})
	}
	for i := range l.Pages {
		f, err := r.fetched(ctx, &l.Pages[i])
		if err != nil {
			return nil, err
		}
		if err := keep(f); err != nil {
			return nil, err
		}
		bare := *f
		bare.Body = nil
		look.Pages = append(look.Pages, &bare)
	}
	return look, nil
}

// Fetch returns what the recorded run was answered, in its order; what it was answered
// last stays the answer.
func (r *replayer) Fetch(ctx context.Context, p *crawl.Portal, url string, known *crawl.Validators) (*crawl.Fetched, error) {
	rec := r.of[p.ID]
	rec.mu.Lock()
	all := rec.answers[url]
	if len(all) == 0 {
		rec.mu.Unlock()
		return nil, &crawl.FetchError{Kind: crawl.Broken, URL: url, Reason: errNotAsked.Error(), Err: errNotAsked}
	}
	if len(all) > 1 {
		rec.answers[url] = all[1:]
	}
	if all[0].at.After(rec.now) {
		rec.now = all[0].at
	}
	rec.mu.Unlock()
	if all[0].Err != nil {
		return nil, r.err(ctx, all[0].Err)
	}
	return r.fetched(ctx, all[0].Answer)
}

// fetched is an answer with its body. Where it says that the copy is good, the copy is
// the answer: whether this machine has it does not depend on what it was asked before.
func (r *replayer) fetched(ctx context.Context, a *reply) (*crawl.Fetched, error) {
	f := a.bare()
	if a.Hash == "" {
		return f, nil
	}
	body, meta, err := r.archive.Get(ctx, a.Hash)
	if err != nil {
		return nil, fmt.Errorf("what the recorded run was answered for %s: %w", a.RequestedURL, err)
	}
	f.Body = body
	if a.NotModified {
		f.NotModified, f.Status, f.Header, f.RequestHeader = false, meta.Status, meta.ResponseHeader, meta.RequestHeader
		f.FetchedAt = meta.FetchedAt
	}
	return f, nil
}

// bare is the answer without its body.
func (a *reply) bare() *crawl.Fetched {
	return &crawl.Fetched{RequestedURL: a.RequestedURL, URL: a.URL, Method: a.Method, Form: a.Form, Status: a.Status, NotModified: a.NotModified,
		RequestHeader: a.RequestHeader, Header: a.Header, FetchedAt: a.FetchedAt, Canonical: a.Canonical}
}

// err is the error that a fault was. Its evidence is there as far as it was archived.
func (r *replayer) err(ctx context.Context, f *fault) error {
	if f == nil {
		return nil
	}
	if f.Kind == "" {
		return errors.New(f.Reason)
	}
	e := &crawl.FetchError{Kind: f.Kind, URL: f.URL, Reason: f.Reason, RetryAfter: f.RetryAfter}
	if f.Answer == nil {
		return e
	}
	e.Answer = f.Answer.bare()
	if body, _, err := r.archive.Get(ctx, f.Answer.Hash); err == nil {
		e.Answer.Body = body
	}
	return e
}
