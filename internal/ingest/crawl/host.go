package crawl

import (
	"context"
	"fmt"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

// A host keeps the pace of all requests to one host, whichever portal makes them.
type host struct {
	name  string
	slots chan struct{}

	mu       sync.Mutex
	width    int       // requests at a time
	debt     int       // slots that are kept when they are left, since the width shrank
	spent    int       // requests made in this run
	resume   time.Time // the host asked us to wait until then
	refusals int       // challenges in a row
	failures int       // failures of the way in a row
	delay    time.Duration
	reached  time.Time     // until when the last request can have been on its way
	least    time.Duration // from the sending of a request to its answer, of those so far
	timed    int           // answers that least is taken from
	sending  chan struct{} // closed when the request that is being sent is; nil where none is
	rules    *robots       // nil until robots.txt was had
	got      time.Time     // when that was

	robots chan struct{} // one asks for robots.txt, the others wait for it
}

// hostOf returns the host with the slower of its pace so far and the portal's.
func (c *Crawler) hostOf(name string, pace Polite) *host {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hosts[name]
	if h == nil {
		h = &host{name: name, slots: make(chan struct{}, pace.Concurrency), robots: make(chan struct{}, 1), width: pace.Concurrency}
		c.hosts[name] = h
		c.opts.Memory.recall(h)
	}
	h.slower(pace.Delay)
	h.narrower(pace.Concurrency)
	return h
}

// spaced is the time between two requests that keeps a delay, with some margin for a
// clock that counts otherwise than ours.
func spaced(delay time.Duration) time.Duration {
	if delay <= 0 {
		return 0
	}
	return delay + delay/200 + 2*time.Millisecond
}

// slower makes the pace at least one request in d.
func (h *host) slower(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d <= h.delay {
		return
	}
	h.delay = d
	if h.spent > 0 { // the request that told us of the pace is the first of it
		h.until(h.reached.Add(spaced(d)))
	}
}

// A turn is one request to a host under way.
//
// The host counts its delay from when a request reaches it to when the next does. We
// know when a request is sent, and that it has been reached when it begins to answer:
// between the two it may have waited on the way or in a queue of a busy host. What the
// host needs for any answer at all is not waiting, so the delay begins anew with the
// first byte of an answer less the least time in which this host has answered in this
// run. Where a host always takes the same time this is when the request was sent, and
// where it was held up the gap grows by what held it up: longer, never shorter. No
// request is sent while another still is.
type turn struct {
	host    *host
	aside   bool          // its time says nothing of the others
	sending chan struct{} // nil where the host wants no delay
	sent    sync.Once
	at      time.Time   // when it was sent; guarded by host.mu
	begun   atomic.Bool // the host has begun to answer, or never will
}

// settled is how many answers must have come before the least time of an answer is
// believed: the first ones of a run are those that a busy machine holds up.
const settled = 4

// enter waits for a slot and for the host's pace; leave must follow. It returns nil
// where the budget is used up.
func (h *host) enter(ctx context.Context, budget int) (*turn, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.mu.Lock()
	spent := h.spent
	h.spent++
	h.mu.Unlock()
	if spent >= budget {
		h.release()
		return nil, nil
	}
	t, err := h.take(ctx)
	if err != nil {
		h.release()
	}
	return t, err
}

// take waits until nothing is being sent and the host may be asked, and takes the turn.
func (h *host) take(ctx context.Context) (*turn, error) {
	for {
		h.mu.Lock()
		wait, sending := time.Until(h.resume), h.sending
		if wait <= 0 && sending == nil {
			t := &turn{host: h}
			h.reach(time.Now())
			if h.delay > 0 {
				t.sending = make(chan struct{})
				h.sending = t.sending
			}
			h.mu.Unlock()
			return t, nil
		}
		h.mu.Unlock()
		timer := time.NewTimer(max(0, wait))
		due := timer.C
		if sending != nil {
			due = nil // the pace begins when it is sent
		}
		select {
		case <-sending:
		case <-due:
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		}
		timer.Stop()
	}
}

// reach notes until when a request can have been on its way; the caller holds the lock.
func (h *host) reach(at time.Time) {
	if at.After(h.reached) {
		h.reached = at
	}
	if h.delay > 0 {
		h.until(h.reached.Add(spaced(h.delay)))
	}
}

// trace watches the request.
func (t *turn) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest:         func(httptrace.WroteRequestInfo) { t.wrote() },
		GotFirstResponseByte: func() { t.answered() },
	})
}

// wrote notes that the request is sent, or never will be.
func (t *turn) wrote() {
	t.sent.Do(func() {
		t.host.mu.Lock()
		defer t.host.mu.Unlock()
		t.at = time.Now()
		t.host.reach(t.at)
		if t.sending != nil {
			close(t.sending)
			t.host.sending = nil
		}
	})
}

// answered notes that the host has begun to answer.
func (t *turn) answered() {
	if t.begun.Swap(true) {
		return
	}
	h, now := t.host, time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	if !t.aside && !t.at.IsZero() {
		if took := now.Sub(t.at); h.timed == 0 || took < h.least {
			h.least = took
		}
		h.timed++
	}
	if h.timed >= settled {
		now = now.Add(-h.least)
	}
	h.reach(now)
}

// leave ends a request. One without an answer may have reached the host as late as now.
// A host that took long to answer is given time to breathe: a quarter of the delay after
// the end, which costs nothing where answers are quick.
func (t *turn) leave() {
	t.wrote()
	h := t.host
	h.mu.Lock()
	if !t.begun.Swap(true) {
		h.reach(time.Now())
	}
	if h.delay > 0 {
		h.until(time.Now().Add(h.delay / 4))
	}
	h.mu.Unlock()
	h.release()
}

func (h *host) release() {
	h.mu.Lock()
	keep := h.debt > 0
	if keep {
		h.debt--
	}
	h.mu.Unlock()
	if !keep {
		<-h.slots
	}
}

// narrower lets no more than n requests run at a time from now on.
func (h *host) narrower(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n < h.width {
		h.debt += h.width - n
		h.width = n
	}
}

// hold keeps every request to the host back for d.
func (h *host) hold(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.until(time.Now().Add(d))
}

// until keeps every request to the host back until a time; the caller holds the lock.
func (h *host) until(t time.Time) {
	if t.After(h.resume) {
		h.resume = t
	}
}

// known returns the host's robots.txt where it was had less than robotsAge ago.
func (h *host) known(now time.Time) *robots {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rules == nil || now.Sub(h.got) >= robotsAge {
		return nil
	}
	return h.rules
}

func (h *host) learn(rules *robots, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rules, h.got = rules, now
}

// answered counts challenges and failures of the way in a row; any other answer
// ends both rows. weight is how much a failure counts.
func (h *host) answered(kind Kind, weight int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch kind {
	case Blocked:
		h.refusals++
	case Temporary:
		h.failures += weight
	default:
		h.refusals, h.failures = 0, 0
	}
}

// givenUp says why the run leaves the host alone, and as what kind of failure; the
// kind is "" where it does not.
func (h *host) givenUp(refusals, failures int) (Kind, string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.refusals >= refusals:
		return Blocked, fmt.Sprintf("the host has answered %d requests in a row with a challenge; next try at the next refresh", h.refusals)
	case h.failures >= failures:
		return Temporary, "the host has failed too often in a row; next try at the next refresh"
	}
	return "", ""
}
