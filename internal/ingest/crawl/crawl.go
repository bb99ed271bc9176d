// Package crawl finds and fetches what portals publish.
//
// In: a Portal, read from a file. Out: a Look, which says what the portal's lists
// link (Candidates), what they link that is no report (Rejected, each with the
// rule that decided) and whether the lists were read well enough to conclude
// anything from what they do not link; and a Fetched, the exact bytes of one
// answer with its headers and time. What cannot be had is a FetchError that says
// of which kind it is and carries the answer as evidence. The package knows HTTP
// and addresses. It knows nothing of tables, agencies or the database, and stores
// nothing.
package crawl

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Options are what a Crawler may be told. The zero value of a field means its
// default.
type Options struct {
	UserAgent string // truthful name; "gongkai/1.0 (+contact)" with Contact
	Contact   string // address of the operator, put into the user agent

	Clock func() time.Time // time.Now
	// AllowPrivate are address ranges that any portal may reach although they are
	// private. A portal file allows more for itself by networks.
	AllowPrivate []netip.Prefix
	// Dial connects in place of the network, for tests with a far side of their own: the
	// guard on addresses stands in the network's dialer and is not asked. Nil for the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	ConnectTimeout time.Duration // 10s to connect
	HeaderTimeout  time.Duration // 30s until the header is there
	BodyTimeout    time.Duration // 30s without a byte of the body
	TotalTimeout   time.Duration // 2m for the whole of one answer
	MaxBody        int64         // 50 MB as sent
	MaxUnpacked    int64         // 500 MB after unpacking
	MaxRatio       int64         // 100:1, judged from 1 MB on

	Tries    int           // 3 requests for one address that fails for a time
	Backoff  time.Duration // 1s at least before the second try, then longer
	MaxRetry time.Duration // 1m: a longer Retry-After is left to the next refresh
	MaxDelay time.Duration // 30s: a longer Crawl-delay closes the portal to us
	// UnknownDelay is the pause after a robots.txt that could not be had, since the
	// Crawl-delay in it is not known: 10s.
	UnknownDelay time.Duration
	MaxRefusals  int // 5 challenges in a row end the run on a host
	MaxFailures  int // 10 failures in a row end it too; one with a Retry-After beyond MaxRetry counts for 5

	// Memory is what earlier runs learnt of hosts; one of its own where none is given.
	Memory *Memory

	Log       *slog.Logger     // slog.Default
	OnRequest func(RequestLog) // called after every request, never concurrently
}

// A RequestLog is one request as it went.
type RequestLog struct {
	Time    time.Time
	Portal  string
	Method  string
	URL     string
	Try     int // counts from 1
	Status  int // 0 where no answer came
	Bytes   int64
	Took    time.Duration
	Outcome Kind   // "" where all went well
	Reason  string // why not
}

// A Crawler fetches for one run. Budgets and cookies end with it, and what it knows
// of hosts lives on only in a Memory, so a new run takes a new Crawler. It is safe for concurrent use; the
// pace of each host is kept over all portals.
type Crawler struct {
	opts Options

	mu       sync.Mutex
	hosts    map[string]*host
	sessions map[string]*session
	logging  sync.Mutex // keeps OnRequest from running twice at once
}

// New returns a Crawler for one run.
func New(opts Options) *Crawler {
	return &Crawler{opts: withDefaults(opts), hosts: map[string]*host{}, sessions: map[string]*session{}}
}

// Close ends the connections that are kept open. Requests in flight go on.
func (c *Crawler) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sessions {
		s.transport.CloseIdleConnections()
	}
}

func withDefaults(o Options) Options {
	fill(&o.UserAgent, "gongkai/1.0")
	if o.Contact != "" {
		o.UserAgent += " (+" + o.Contact + ")"
	}
	fill(&o.ConnectTimeout, 10*time.Second)
	fill(&o.HeaderTimeout, 30*time.Second)
	fill(&o.BodyTimeout, 30*time.Second)
	fill(&o.TotalTimeout, 2*time.Minute)
	fill(&o.MaxBody, 50<<20)
	fill(&o.MaxUnpacked, 500<<20)
	fill(&o.MaxRatio, 100)
	fill(&o.Tries, 3)
	fill(&o.Backoff, time.Second)
	fill(&o.MaxRetry, time.Minute)
	fill(&o.MaxDelay, 30*time.Second)
	fill(&o.UnknownDelay, 10*time.Second)
	fill(&o.MaxRefusals, 5)
	fill(&o.MaxFailures, 10)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Memory == nil {
		o.Memory = NewMemory()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Validators are what an earlier answer gave to ask again by.
type Validators struct {
	ETag         string
	LastModified string
}

// ValidatorsOf returns the validators of an answer's header, and nil where it has
// none.
func ValidatorsOf(h http.Header) *Validators {
	v := Validators{ETag: h.Get("ETag"), LastModified: h.Get("Last-Modified")}
	if v == (Validators{}) {
		return nil
	}
	return &v
}

// A Fetched is one answer as it came.
type Fetched struct {
	RequestedURL  string // address that was asked
	URL           string // address that answered, after redirects and shells
	Method        string // "" for GET
	Form          string // what was posted
	Status        int
	NotModified   bool // the portal says that the copy we hold is good; Body is empty
	RequestHeader http.Header
	Header        http.Header
	Body          []byte // after content coding, exactly as the portal made it
	FetchedAt     time.Time
	Took          time.Duration
	Shells        []string // addresses that led here: redirects, refreshes, scripts
	// Canonical is the address by which the page calls itself, within the portal; ""
	// where it gives none. Pages that give the same one are one page.
	Canonical string
}

// Fetch asks for one address of a portal, conditionally where known is given. A
// failure that may pass is tried again within the run; what is left is a
// *FetchError.
func (c *Crawler) Fetch(ctx context.Context, p *Portal, url string, known *Validators) (*Fetched, error) {
	s := c.session(p)
	f, err := c.get(ctx, s, request{url: url, known: known, referer: s.refererOf(url)})
	if err == nil {
		f.Canonical = p.canonical(f)
	}
	return f, err
}
