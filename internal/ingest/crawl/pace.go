package crawl

import "time"

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

// Tell adds what another process has learnt of hosts that are not known here.
func (m *Memory) Tell(paces map[string]Pace) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, p := range paces {
		if _, known := m.hosts[name]; !known {
			m.hosts[name] = remembered{delay: p.Delay, next: p.Next}
		}
	}
}
