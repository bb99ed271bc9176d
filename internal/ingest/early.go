package ingest

import (
	"context"
	"sync"

	"gongkai/internal/ingest/crawl"
)

// An early is an answer that is asked for before its page has its turn.
type early struct {
	came chan struct{} // closed when it is there
	f    *crawl.Fetched
	err  error
}

// An outrider asks for the next page of an agency while the one before it is read and
// kept, so that no host is idle because we read. It is one page ahead and no more:
// what is in hand takes memory.
type outrider struct {
	asking sync.WaitGroup

	mu    sync.Mutex
	next  map[string]task   // by the address of the page before it
	early map[string]*early // by their own address
}

// follow lets the page of a task be asked for when the one before it has been had. It
// is not where that one may prove to be the same page.
func (o *outrider) follow(before, t task) {
	if t.known.Canonical != "" && t.year == before.year {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.next == nil {
		o.next, o.early = make(map[string]task), make(map[string]*early)
	}
	o.next[before.url] = t
}

// take returns what was asked for early under an address, and nil where nothing was.
func (o *outrider) take(url string) *early {
	o.mu.Lock()
	defer o.mu.Unlock()
	e := o.early[url]
	delete(o.early, url)
	return e
}

// after returns the page that follows an address, once.
func (o *outrider) after(url string) (t task, follows bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t, follows = o.next[url]
	delete(o.next, url)
	return t, follows
}

// ask asks for an address, unless it was asked for already, and then for the page that
// follows it.
func (w *portalWork) ask(ctx context.Context, url string, condition *crawl.Validators) (f *crawl.Fetched, err error) {
	if e := w.outrider.take(url); e != nil {
		<-e.came
		f, err = e.f, e.err
	} else {
		f, err = w.crawler.Fetch(ctx, w.portal, url, condition)
	}
	if t, follows := w.outrider.after(url); follows && ctx.Err() == nil && !w.rests(t) {
		w.askEarly(ctx, t)
	}
	return f, err
}

// askEarly begins to ask for the page of a task.
func (w *portalWork) askEarly(ctx context.Context, t task) {
	e := &early{came: make(chan struct{})}
	w.outrider.mu.Lock()
	w.outrider.early[t.url] = e
	w.outrider.mu.Unlock()
	w.outrider.asking.Go(func() {
		defer close(e.came)
		e.f, e.err = w.crawler.Fetch(ctx, w.portal, t.url, w.condition(t.known))
	})
}
