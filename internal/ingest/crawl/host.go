package crawl

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A host keeps the pace of all requests to one host, whichever portal makes them.
type host struct {
	name    string
	limiter *rate.Limiter
	slots   chan struct{}

	mu       sync.Mutex
	width    int       // requests at a time
	debt     int       // slots that are kept when they are left, since the width shrank
	spent    int       // requests made in this run
	resume   time.Time // the host asked us to wait until then
	refusals int       // challenges in a row
	failures int       // failures of the way in a row
	delay    time.Duration
	asked    time.Time // when the last request began
	rules    *robots   // nil until robots.txt was had
	got      time.Time // when that was

	robots sync.Mutex // one asks for robots.txt, the others wait for it
}

// hostOf returns the host with the slower of its pace so far and the portal's.
func (c *Crawler) hostOf(name string, pace Polite) *host {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hosts[name]
	if h == nil {
		h = &host{name: name, limiter: rate.NewLimiter(rate.Inf, 1), slots: make(chan struct{}, pace.Concurrency), width: pace.Concurrency}
		c.hosts[name] = h
		c.opts.Memory.recall(h)
	}
	h.slower(pace.Delay)
	h.narrower(pace.Concurrency)
	return h
}

// spaced is the time between two requests that keeps a delay: the clocks of the two
// sides differ by the way between them, so that some margin is added.
func spaced(delay time.Duration) time.Duration {
	if delay <= 0 {
		return 0
	}
	return delay + delay/50 + 5*time.Millisecond
}

// slower makes the pace at least one request in d.
func (h *host) slower(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d <= h.delay {
		return
	}
	h.delay = d
	h.limiter.SetLimit(rate.Every(spaced(d)))
	if h.spent > 0 { // the request that told us of the pace is the first of it
		h.until(h.asked.Add(spaced(d)))
	}
}

// enter waits for a slot and for the host's pace; leave must follow. It returns
// false where the budget is used up.
func (h *host) enter(ctx context.Context, budget int) (ok bool, err error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	h.mu.Lock()
	spent := h.spent
	h.spent++
	h.mu.Unlock()
	if spent >= budget {
		h.release()
		return false, nil
	}
	if err := h.pause(ctx); err != nil {
		h.release()
		return false, err
	}
	if err := h.limiter.Wait(ctx); err != nil {
		h.release()
		return false, err
	}
	h.mu.Lock()
	h.asked = time.Now()
	h.mu.Unlock()
	return true, nil
}

// leave ends a request. The next one keeps the delay from when this one can have
// arrived, not from when we meant to send it: it may have waited on our side, up to a
// twentieth of the delay. A host that took long to answer is given time to breathe:
// half of the delay after the end, which costs nothing where answers are quick.
func (h *host) leave() {
	h.mu.Lock()
	if h.delay > 0 {
		end := time.Now()
		arrived := h.asked.Add(h.delay / 20)
		if end.Before(arrived) {
			arrived = end
		}
		h.until(arrived.Add(h.delay))
		h.until(end.Add(h.delay / 2))
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

// pause waits as long as the host has asked for.
func (h *host) pause(ctx context.Context) error {
	for {
		h.mu.Lock()
		wait := time.Until(h.resume)
		h.mu.Unlock()
		if wait <= 0 {
			return nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
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
