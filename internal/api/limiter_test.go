package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/store"
)

// bare is an API over an empty database.
func bare(t *testing.T, o Options) *Server {
	t.Helper()
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "api.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return New(db, aggregate.New(db, time.Now), o)
}

// TestEveryRouteIsDescribed: the description names every address that is served, and no
// other.
func TestEveryRouteIsDescribed(t *testing.T) {
	s := bare(t, Options{})
	body, err := s.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.router().Routes() {
		if r.Method != http.MethodGet {
			if r.Method != echo.RouteNotFound {
				t.Errorf("%s %s is served: the API only reads", r.Method, r.Path)
			}
			continue
		}
		parts := strings.Split(strings.TrimPrefix(r.Path, root), "/")
		for i, p := range parts {
			if name, ok := strings.CutPrefix(p, ":"); ok {
				parts[i] = "{" + name + "}"
			}
		}
		path := strings.Join(parts, "/")
		if _, ok := doc.Paths[path]; !ok {
			t.Errorf("%s is served and not described", path)
		}
		delete(doc.Paths, path)
	}
	for path := range doc.Paths {
		t.Errorf("%s is described and not served", path)
	}
}

// TestLimit: a client that asks too much is told to wait, others are not, and after the
// window it may ask again.
func TestLimit(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s := bare(t, Options{Requests: 2, Window: time.Minute, Now: func() time.Time { return now }})
	h := s.Handler()
	ask := func(from string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/dictionary?limit=1", nil)
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	ask("192.0.2.1:1")
	if w := ask("192.0.2.1:2"); w.Code != 200 || w.Header().Get("RateLimit") != `"client";r=0;t=60` || w.Header().Get("RateLimit-Policy") != `"client";q=2;w=60` {
		t.Errorf("the second request: %d %v", w.Code, w.Header())
	}
	now = now.Add(20 * time.Second)
	w := ask("192.0.2.1:3")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "40" || w.Header().Get("Content-Type") != problemType {
		t.Errorf("the third request: %d %v", w.Code, w.Header())
	}
	if w := ask("192.0.2.2:1"); w.Code != 200 {
		t.Errorf("another client: %d", w.Code)
	}
	now = now.Add(40 * time.Second)
	if w := ask("192.0.2.1:4"); w.Code != 200 {
		t.Errorf("in the next window: %d", w.Code)
	}
	if w := httptest.NewRecorder(); true {
		bare(t, Options{Requests: -1}).Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/dictionary", nil))
		if w.Code != 200 || w.Header().Get("RateLimit") != "" {
			t.Errorf("without a limit: %d %v", w.Code, w.Header())
		}
	}
}

// TestManyClients: more clients than are remembered do not fill the memory.
func TestManyClients(t *testing.T) {
	l := newLimiter(1, time.Minute)
	now := time.Unix(1_700_000_000, 0)
	for i := range mostClients + 10 {
		addr := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		l.take(netip.PrefixFrom(addr, 32), now)
	}
	if len(l.clients) != mostClients {
		t.Errorf("%d clients remembered, want %d", len(l.clients), mostClients)
	}
	if _, _, ok := l.take(netip.MustParsePrefix("192.0.2.1/32"), now.Add(2*time.Minute)); !ok || len(l.clients) != 1 {
		t.Errorf("after their windows %d clients are remembered, and one more may ask: %v", len(l.clients), ok)
	}
}

// TestClient: the word of a proxy is taken, of nobody else.
func TestClient(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}
	for _, c := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:80", "", "192.0.2.1/32"},
		{"192.0.2.1:80", "198.51.100.9", "192.0.2.1/32"}, // no proxy of ours: it may say what it likes
		{"10.0.0.1:80", "198.51.100.9", "198.51.100.9/32"},
		{"10.0.0.1:80", "203.0.113.5, 198.51.100.9, 10.1.1.1", "198.51.100.9/32"}, // the first is the client's own claim
		{"10.0.0.1:80", "nonsense", "10.0.0.1/32"},
		{"10.0.0.1:80", "", "10.0.0.1/32"},
		{"[::ffff:10.0.0.1]:80", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"@", "", "invalid Prefix"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := Client(r, proxies).String(); got != c.want {
			t.Errorf("from %s, forwarded for %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}

// TestRetirement: a resource that will go says so with every answer and in the description.
func TestRetirement(t *testing.T) {
	s := bare(t, Options{})
	s.resources[0].retired = &retirement{since: time.Unix(1_700_000_000, 0), sunset: time.Unix(1_731_536_000, 0), instead: "agencies"}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/regions", nil))
	h := w.Header()
	if h.Get("Deprecation") != "@1700000000" || h.Get("Sunset") != "Wed, 13 Nov 2024 22:13:20 GMT" || !strings.Contains(strings.Join(h.Values("Link"), " "), `</api/v1/agencies>; rel="successor-version"`) {
		t.Errorf("a retiring resource says %v", h)
	}
	body, err := s.OpenAPI()
	if err != nil || !strings.Contains(string(body), `"deprecated":true`) || !strings.Contains(string(body), `"x-sunset":"2024-11-13"`) {
		t.Errorf("the description: %.300s, %v", body, err)
	}
	w = httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/agencies", nil))
	if w.Header().Get("Deprecation") != "" {
		t.Error("a resource that stays says that it goes")
	}
}
