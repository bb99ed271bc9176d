package crawl

import (
	"sync"
	"time"
)

// A Memory keeps what one run learns of hosts for the next: when each was last asked
// and at which pace, and its robots.txt for a day. Runs that follow one another in a
// process share one, so that none begins sooner than its host would have it. It is
// safe for concurrent use.
type Memory struct {
	mu    sync.Mutex
	hosts map[string]remembered
}

// remembered is what is known of a host when a run has left it.
type remembered struct {
	delay time.Duration
	next  time.Time // no request before
	rules *robots   // nil where none was had, or where it stood behind a challenge
	got   time.Time
}

// NewMemory returns a Memory that knows no host.
func NewMemory() *Memory { return &Memory{hosts: map[string]remembered{}} }

// recall gives a host that is new to a run what is known of it.
func (m *Memory) recall(h *host) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, known := m.hosts[h.name]
	if !known {
		return
	}
	h.slower(r.delay)
	h.resume, h.rules, h.got = r.next, r.rules, r.got
}

// keep notes what a run knows of a host after a request.
func (m *Memory) keep(h *host) {
	h.mu.Lock()
	r := remembered{delay: h.delay, next: h.resume, rules: h.rules, got: h.got}
	h.mu.Unlock()
	if r.rules != nil && r.rules.blocked != nil {
		r.rules = nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hosts[h.name] = r
}
