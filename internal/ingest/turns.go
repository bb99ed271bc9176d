package ingest

import (
	"context"
	"sync/atomic"
	"time"
)

// Turns says how many documents are read at a time. A document that could need much
// has a turn of another kind than ordinary ones from the start, and one that turns out
// to take long gives its turn up: a hostile document delays those of its own kind, and
// no page of a few kilobytes.
type Turns struct {
	quick chan struct{} // a place for each ordinary document
	heavy chan struct{} // for those that are read in a process of their own, which take memory
	slow  chan struct{} // for those that have been at it for long

	waiting atomic.Int64 // ordinary documents that wait for a turn
}

// patience is how long an ordinary document may take before it gives up its turn: a
// hundredfold of what they take.
const patience = 5 * time.Second

// slowAtATime is how many documents that take long may go on beside each ordinary turn.
// They share the processor with the ordinary ones, so there is an end to it.
const slowAtATime = 4

// NewTurns returns turns for so many ordinary documents at a time.
func NewTurns(n int) *Turns {
	return &Turns{quick: make(chan struct{}, n), heavy: make(chan struct{}, max(1, n/2)), slow: make(chan struct{}, slowAtATime*n)}
}

// Take waits for the turn of a document and returns what ends it, or the error of ctx.
func (t *Turns) Take(ctx context.Context, body []byte) (done func(), err error) {
	kind := t.quick
	if heavy(body) {
		kind = t.heavy
	}
	if err := t.wait(ctx, kind); err != nil {
		return nil, err
	}
	if kind == t.heavy {
		return func() { <-kind }, nil
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		t.hold(end)
	}()
	return func() { close(end); <-ended }, nil
}

// wait waits for a turn of a kind.
func (t *Turns) wait(ctx context.Context, kind chan struct{}) error {
	if kind == t.quick {
		t.waiting.Add(1)
		defer t.waiting.Add(-1)
	}
	select {
	case kind <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// awaited reports whether ordinary documents wait for a turn: all who read are busy.
func (t *Turns) awaited() bool { return t.waiting.Load() > 0 }

// hold keeps a turn until its end, an ordinary one for as long as patience lasts.
func (t *Turns) hold(end <-chan struct{}) {
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-end:
		<-t.quick
		return
	case <-wait.C:
	}
	select {
	case <-end:
		<-t.quick
	case t.slow <- struct{}{}:
		<-t.quick
		<-end
		<-t.slow
	}
}
