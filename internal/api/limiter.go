package api

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

var errTooMany = errors.New("too many requests; wait as Retry-After says, or take the files at /data")

// limit refuses a client that asks more than its share, and tells every client how much
// of it is left (draft-ietf-httpapi-ratelimit-headers).
func (s *Server) limit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.Requests < 0 {
			return next(c)
		}
		left, reset, ok := s.limiter.take(Client(c.Request(), s.Proxies), s.Now())
		seconds := strconv.Itoa(int((reset + time.Second - 1) / time.Second))
		h := c.Response().Header()
		h.Set("RateLimit-Policy", fmt.Sprintf(`"client";q=%d;w=%d`, s.Requests, int(s.Window/time.Second)))
		h.Set("RateLimit", fmt.Sprintf(`"client";r=%d;t=%s`, left, seconds))
		if !ok {
			h.Set("Retry-After", seconds)
			return errTooMany
		}
		return next(c)
	}
}

// Client is who asks: the address of the connection, or, where that is a proxy of ours,
// the last address in X-Forwarded-For that no proxy of ours is. What stands before it
// anybody may have written. Of IPv6 it is the network that one site has.
func Client(r *http.Request, proxies []netip.Prefix) netip.Prefix {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{} // a connection that has no address, such as a socket: all are one client
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && trusted(addr, proxies); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop
	}
	addr = addr.Unmap().WithZone("")
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	client, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return client
}

func trusted(addr netip.Addr, proxies []netip.Prefix) bool {
	for _, p := range proxies {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// mostClients is how many clients are remembered. Beyond it those whose windows are over
// are forgotten, and if none are, new ones share what is left of one.
const mostClients = 20_000

// A limiter counts the requests of each client in windows of fixed length.
type limiter struct {
	requests int
	window   time.Duration

	mu      sync.Mutex
	clients map[netip.Prefix]*share
	rest    share // of clients that there was no room to remember
}

type share struct {
	begun time.Time
	used  int
}

func newLimiter(requests int, window time.Duration) *limiter {
	return &limiter{requests: requests, window: window, clients: make(map[netip.Prefix]*share)}
}

// take counts a request and returns how many are left, when the window ends, and whether
// this one is within the limit.
func (l *limiter) take(client netip.Prefix, now time.Time) (left int, reset time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.share(client, now)
	if age := now.Sub(s.begun); age >= l.window || age < 0 {
		*s = share{begun: now}
	}
	reset = l.window - now.Sub(s.begun)
	if s.used >= l.requests {
		return 0, reset, false
	}
	s.used++
	return l.requests - s.used, reset, true
}

func (l *limiter) share(client netip.Prefix, now time.Time) *share {
	if s := l.clients[client]; s != nil {
		return s
	}
	if len(l.clients) >= mostClients {
		for known, s := range l.clients {
			if now.Sub(s.begun) >= l.window {
				delete(l.clients, known)
			}
		}
	}
	if len(l.clients) >= mostClients {
		return &l.rest
	}
	s := &share{begun: now}
	l.clients[client] = s
	return s
}
