package crawl

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"code.dny.dev/ssrf"
	"github.com/cenkalti/backoff/v5"

	"gongkai/internal/standard"
)

// A request is one thing to ask of a portal.
type request struct {
	url     string
	known   *Validators
	referer string
	form    string // posted, as JSON or as a form, where it is not empty
	header  map[string]string
}

const (
	maxHops   = 5 // redirects and shells on the way to one document
	shellSize = 8 << 10
)

// get asks for an address and follows where it leads: redirects, refreshes and
// scripts that only jump on. Every step keeps the portal's hosts, its robots.txt
// and its pace.
func (c *Crawler) get(ctx context.Context, s *session, r request) (*Fetched, error) {
	at, err := resolve(nil, r.url)
	if err != nil {
		return nil, &FetchError{Kind: Broken, URL: r.url, Reason: "not a web address: " + err.Error(), Err: err}
	}
	first, visits, hops := at, map[string]int{}, []string(nil)
	for {
		visits[at.String()]++
		if visits[at.String()] > 2 || len(hops) > maxHops {
			return nil, &FetchError{Kind: Broken, URL: r.url, Reason: fmt.Sprintf("redirects without end, after %d hops at %s", len(hops), at)}
		}
		f, err := c.try(ctx, s, at, r)
		if err != nil {
			return nil, err
		}
		f.RequestedURL, f.Shells = r.url, hops
		to, why := jump(f, at)
		if to == nil {
			if why != "" {
				return nil, &FetchError{Kind: Broken, URL: r.url, Reason: why, Answer: f}
			}
			if says := saysGone(f); says != "" {
				return nil, &FetchError{Kind: Gone, URL: r.url, Reason: "the page says: " + says, Answer: f}
			}
			return f, nil
		}
		if s.portal.allows(to.Host) && isLogin(to) && !isLogin(first) {
			return nil, &FetchError{Kind: Blocked, URL: r.url, Reason: loginSign + "redirected to " + to.String(), Answer: f}
		}
		if s.portal.allows(to.Host) && !isHome(first) && (isHome(to) || isErrorPage(to)) {
			return nil, &FetchError{Kind: Gone, URL: r.url, Reason: "redirected to " + to.String(), Answer: f}
		}
		hops = append(hops, at.String())
		// A posted form is not posted again.
		if f.Status != http.StatusTemporaryRedirect && f.Status != http.StatusPermanentRedirect {
			r.form = ""
		}
		at = to
	}
}

// try asks once, and again where the failure may pass.
func (c *Crawler) try(ctx context.Context, s *session, at *url.URL, r request) (*Fetched, error) {
	pace := backoff.NewExponentialBackOff()
	// Jitter only makes the wait longer: from Backoff to twice as much at first.
	pace.InitialInterval, pace.RandomizationFactor, pace.MaxInterval = c.opts.Backoff*3/2, 1.0/3, c.opts.MaxRetry
	attempt := 0
	f, err := backoff.Retry(ctx, func() (*Fetched, error) {
		attempt++
		f, err := c.once(ctx, s, at, r, attempt)
		var fe *FetchError
		switch {
		case err == nil:
			return f, nil
		case !errors.As(err, &fe) || fe.Kind != Temporary || fe.final || fe.RetryAfter > c.opts.MaxRetry:
			return nil, backoff.Permanent(err)
		case fe.RetryAfter > 0:
			return nil, &waiting{backoff.RetryAfterError{Duration: fe.RetryAfter}, fe}
		}
		return nil, err
	}, backoff.WithBackOff(pace), backoff.WithMaxTries(uint(c.opts.Tries)), backoff.WithMaxElapsedTime(0))
	var fe *FetchError
	if errors.As(err, &fe) {
		return nil, fe
	}
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("fetch %s: %w", at, context.Cause(ctx))
	}
	return f, err
}

// waiting makes the retrier wait as the portal asked, and keeps the reason.
type waiting struct {
	after backoff.RetryAfterError
	err   *FetchError
}

func (w *waiting) Error() string   { return w.err.Error() }
func (w *waiting) Unwrap() []error { return []error{&w.after, w.err} }

// once makes one request when its turn has come.
func (c *Crawler) once(ctx context.Context, s *session, at *url.URL, r request, attempt int) (*Fetched, error) {
	fail := func(kind Kind, why string) error { return &FetchError{Kind: kind, URL: at.String(), Reason: why} }
	if !s.portal.allows(at.Host) {
		return nil, fail(Foreign, at.Host+" is not a host of the portal; name it in hosts if it is")
	}
	if now := c.opts.Clock(); s.portal.Polite.Opens(now).After(now) {
		opens := s.portal.Polite.Opens(now)
		return nil, &FetchError{Kind: Temporary, URL: at.String(), RetryAfter: opens.Sub(now), final: true,
			Reason: fmt.Sprintf("outside of the portal's hours %s; they begin again on %s in China", s.portal.Polite.Hours, opens.In(standard.China()).Format("2 January at 15:04"))}
	}
	h := c.hostOf(at.Host, s.portal.Polite)
	if kind, why := h.givenUp(c.opts.MaxRefusals, c.opts.MaxFailures); kind != "" {
		return nil, &FetchError{Kind: kind, URL: at.String(), Reason: why, final: true}
	}
	if err := c.permitted(ctx, s, h, at); err != nil {
		return nil, err
	}
	return c.send(ctx, s, h, at, r, attempt)
}

// send waits for its turn, asks, and judges the answer.
func (c *Crawler) send(ctx context.Context, s *session, h *host, at *url.URL, r request, attempt int) (*Fetched, error) {
	turn, err := h.enter(ctx, s.portal.Polite.Budget)
	if err != nil {
		return nil, err
	}
	if turn == nil {
		return nil, &FetchError{Kind: Budget, URL: at.String(), Reason: fmt.Sprintf("%d requests to %s in this run; raise polite.budget if the portal is that large", s.portal.Polite.Budget, h.name)}
	}
	turn.aside = at.Path == robotsPath // a small file, often answered by another than the pages
	started := c.opts.Clock()
	begin := time.Now()
	f, err := c.exchange(turn.trace(ctx), s, at, r)
	turn.leave()
	defer c.opts.Memory.keep(h)
	f.FetchedAt, f.Took = started, time.Since(begin)
	if err == nil {
		err = judge(f, c.opts.Clock())
		if err == nil && f.Status == http.StatusOK && len(f.Body) == 0 && !turn.aside { // no rules are rules, no document is none
			err = &FetchError{Kind: Temporary, Reason: "an empty answer", Answer: f}
		}
	} else {
		err = c.transportError(ctx, at, f, err)
	}
	var fe *FetchError
	if errors.As(err, &fe) {
		fe.URL = at.String()
		c.remember(h, f, fe)
	} else if err == nil {
		h.answered("", 0)
	}
	c.record(s, r, f, fe, attempt)
	return f, err
}

// longWait is how many failures one Retry-After beyond our patience stands for.
const longWait = 5

// remember lets a failure bear on what else is asked of the host.
func (c *Crawler) remember(h *host, f *Fetched, fe *FetchError) {
	switch {
	case fe.Kind == Blocked && (challenge(f) == "" || strings.HasPrefix(fe.Reason, loginSign)):
		h.answered("", 0) // a page that wants a login says nothing of the others
	case fe.RetryAfter > c.opts.MaxRetry:
		h.answered(fe.Kind, longWait)
	default:
		h.answered(fe.Kind, 1)
	}
	if fe.RetryAfter > 0 && fe.RetryAfter <= c.opts.MaxRetry {
		h.hold(fe.RetryAfter)
	}
}

// exchange makes the request and reads the whole answer. The Fetched is never
// nil; on an error it holds what came.
func (c *Crawler) exchange(ctx context.Context, s *session, at *url.URL, r request) (*Fetched, error) {
	f := &Fetched{URL: at.String()}
	ctx, cancel := context.WithTimeout(ctx, c.opts.TotalTimeout)
	defer cancel()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	req, err := c.newRequest(ctx, s, at, r)
	if err != nil {
		return f, err
	}
	f.RequestHeader = req.Header
	if req.Method != http.MethodGet {
		f.Method, f.Form = req.Method, r.form
	}
	resp, err := s.transport.RoundTrip(req)
	if err != nil {
		return f, err
	}
	resp.Body = c.watched(resp.Body, end)
	defer resp.Body.Close()
	s.jar.SetCookies(at, resp.Cookies())
	f.Status, f.Header = resp.StatusCode, resp.Header
	f.NotModified = resp.StatusCode == http.StatusNotModified
	if f.Body, err = c.readBody(resp); err != nil && errors.Is(context.Cause(ctx), errSilent) {
		err = fmt.Errorf("%w for %s", errSilent, c.opts.BodyTimeout)
	}
	return f, err
}

func (c *Crawler) newRequest(ctx context.Context, s *session, at *url.URL, r request) (*http.Request, error) {
	method, body := http.MethodGet, ""
	if r.form != "" {
		method, body = http.MethodPost, r.form
	}
	req, err := http.NewRequestWithContext(ctx, method, at.String(), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	switch {
	case isJSON(r.form):
		req.Header.Set("Content-Type", "application/json")
	case r.form != "":
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	// With a body that cannot be had again, even an empty one, the transport does
	// not silently ask twice when a kept connection breaks: every request is ours,
	// logged and in its turn.
	if req.GetBody = nil; r.form == "" {
		req.Body = io.NopCloser(strings.NewReader(""))
	}
	fillHeader(req.Header, "User-Agent", s.portal.Polite.UserAgent, c.opts.UserAgent)
	req.Header.Set("Accept", "text/html,application/xhtml+xml,application/json,application/xml;q=0.9,*/*;q=0.8")
	req.Header.Set("Accept-Language", "zh-CN,zh;q=0.9")
	for name, v := range r.header {
		req.Header.Set(name, v)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if r.referer != "" && r.referer != at.String() {
		req.Header.Set("Referer", r.referer)
	}
	if r.known != nil {
		fillHeader(req.Header, "If-None-Match", r.known.ETag)
		fillHeader(req.Header, "If-Modified-Since", r.known.LastModified)
	}
	for _, cookie := range s.jar.Cookies(at) {
		req.AddCookie(cookie)
	}
	return req, nil
}

func fillHeader(h http.Header, name string, values ...string) {
	for _, v := range values {
		if v != "" {
			h.Set(name, v)
			return
		}
	}
}

// transportError sorts what went wrong on the way. Only the way itself is worth
// another try.
func (c *Crawler) transportError(ctx context.Context, at *url.URL, f *Fetched, err error) error {
	var limit *FetchError
	if errors.As(err, &limit) {
		return limit
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	fe := &FetchError{Kind: Temporary, URL: at.String(), Reason: err.Error(), Err: err, way: f.Status == 0}
	if f.Status != 0 {
		fe.Answer = f
		fe.Reason = fmt.Sprintf("incomplete after %d bytes: %v", len(f.Body), err)
	}
	var dns *net.DNSError
	var untrusted *tls.CertificateVerificationError
	var plain tls.RecordHeaderError
	switch {
	case errors.As(err, &untrusted):
		fe.Kind, fe.Reason = Broken, "its certificate is not to be trusted: "+untrusted.Err.Error()
	case errors.As(err, &plain):
		fe.Kind, fe.Reason = Broken, "it does not speak TLS there; give the address with http:// if the portal has only that"
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork):
		fe.Kind, fe.Reason = Private, "leads to a private address; name its range in networks if that is meant"
	case errors.As(err, &dns) && dns.IsNotFound:
		fe.Kind, fe.Reason = Broken, "no such host: "+dns.Name
	case strings.Contains(err.Error(), "awaiting response headers"): // as the library alone says it
		fe.Reason = fmt.Sprintf("no header came for %s", c.opts.HeaderTimeout)
	case errors.Is(err, context.DeadlineExceeded):
		fe.Reason = fmt.Sprintf("not done after %s", c.opts.TotalTimeout)
	}
	return fe
}

func (c *Crawler) record(s *session, r request, f *Fetched, fe *FetchError, attempt int) {
	l := RequestLog{Time: f.FetchedAt, Portal: s.portal.ID, Method: http.MethodGet, URL: f.URL, Try: attempt, Status: f.Status, Bytes: int64(len(f.Body)), Took: f.Took}
	if r.form != "" {
		l.Method = http.MethodPost
	}
	if fe != nil {
		l.Outcome, l.Reason = fe.Kind, fe.Reason
	}
	c.opts.Log.Debug("request", "portal", l.Portal, "method", l.Method, "url", l.URL, "try", attempt, "status", l.Status, "bytes", l.Bytes, "took", l.Took, "outcome", string(l.Outcome), "reason", l.Reason)
	if c.opts.OnRequest == nil {
		return
	}
	c.logging.Lock()
	defer c.logging.Unlock()
	c.opts.OnRequest(l)
}
