package crawl

import (
	"net/url"
	"slices"
	"time"
)

// A Pace says how long a host wants to be waited for.
type Pace struct {
	Delay time.Duration // between two requests
	Next  time.Time     // no request before
}

// Paces returns the hosts that are not to be asked before a time yet to come, so that
// who keeps them can tell another process.
func (m *Memory) Paces(now time.Time) map[string]Pace {
	m.mu.Lock()
	defer m.mu.Unlock()
	paces := make(map[string]Pace)
	for name, r := range m.hosts {
		if r.next.After(now) {
			paces[name] = Pace{Delay: r.delay, Next: r.next}
		}
	}
	return paces
}

// Tell adds what another process has learnt of hosts: of two paces the slower holds.
func (m *Memory) Tell(paces map[string]Pace) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, p := range paces {
		r := m.hosts[name]
		r.delay = max(r.delay, p.Delay)
		if p.Next.After(r.next) {
			r.next = p.Next
		}
		m.hosts[name] = r
	}
}

// Tell adds what another process has learnt of hosts meanwhile.
func (c *Crawler) Tell(paces map[string]Pace) {
	c.opts.Memory.Tell(paces)
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, p := range paces {
		if h := c.hosts[name]; h != nil {
			h.slower(p.Delay)
			h.mu.Lock()
			h.until(p.Next)
			h.mu.Unlock()
		}
	}
}

// HostNames returns the hosts that a portal may be asked at, in their order: those of its
// lists, and those that its file names.
func (p *Portal) HostNames() []string {
	names := slices.Clone(p.Hosts)
	for _, e := range p.Entries {
		if u, err := url.Parse(e.URL); err == nil && u.Host != "" {
			names = append(names, u.Host)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
