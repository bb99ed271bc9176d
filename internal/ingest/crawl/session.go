package crawl

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"slices"
	"sync"
	"time"

	"code.dny.dev/ssrf"
)

// A session is what belongs to one portal in one run: its cookies, its guard on
// addresses and the pages its links were found on.
type session struct {
	portal    *Portal
	transport *http.Transport
	jar       http.CookieJar

	mu       sync.Mutex
	referers map[string]string
}

func (c *Crawler) session(p *Portal) *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.sessions[p.ID]
	if s != nil && s.portal == p {
		return s
	}
	jar, _ := cookiejar.New(nil) // the only error is of options, and there are none
	s = &session{portal: p, transport: c.transport(p), jar: jar, referers: map[string]string{}}
	if old := c.sessions[p.ID]; old != nil {
		old.transport.CloseIdleConnections()
	}
	c.sessions[p.ID] = s
	return s
}

// dialer connects to public addresses only, and those ranges that the portal file or
// the operator names. The guard judges the address that is dialled, so neither a
// redirect nor a name that resolves elsewhere gets past it. For the same reason
// there is no proxy.
func (c *Crawler) dialer(p *Portal) *net.Dialer {
	var v4, v6 []netip.Prefix
	for _, n := range slices.Concat(c.opts.AllowPrivate, p.Networks) {
		if n.Addr().Is4() {
			v4 = append(v4, n)
		} else {
			v6 = append(v6, n)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	return &net.Dialer{Timeout: c.opts.ConnectTimeout, Control: guard.Safe}
}

// transport makes the connections of a portal, with limits on how long each step and
// how large a header may be.
func (c *Crawler) transport(p *Portal) *http.Transport {
	dial := c.opts.Dial
	if dial == nil {
		dial = c.dialer(p).DialContext
	}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			limited, cancel := context.WithTimeout(ctx, c.opts.ConnectTimeout)
			defer cancel()
			conn, err := dial(limited, network, address)
			if err != nil && limited.Err() != nil && ctx.Err() == nil {
				return nil, fmt.Errorf("no connection for %s", c.opts.ConnectTimeout)
			}
			return conn, err
		},
		TLSHandshakeTimeout:    c.opts.ConnectTimeout,
		ResponseHeaderTimeout:  c.opts.HeaderTimeout,
		DisableCompression:     true, // done here, so that its limits are ours
		MaxIdleConnsPerHost:    p.Polite.Concurrency,
		MaxResponseHeaderBytes: 1 << 20,
		IdleConnTimeout:        30 * time.Second,
	}
}

// refererOf returns the list that linked an address, or the portal's first entry.
func (s *session) refererOf(url string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.referers[url]; r != "" {
		return r
	}
	return s.portal.Entries[0].URL
}

func (s *session) linked(url, from string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.referers[url] = from
}
