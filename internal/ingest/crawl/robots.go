package crawl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/temoto/robotstxt"
)

// robots are the rules of one host's robots.txt. A nil data allows all.
type robots struct {
	data *robotstxt.RobotsData
	// blocked and closed say why nothing may be asked at all.
	blocked *FetchError
}

const (
	robotsAge  = 24 * time.Hour
	robotsPath = "/robots.txt"
)

// permitted asks robots.txt, once a day for each host, and keeps its pace.
func (c *Crawler) permitted(ctx context.Context, s *session, h *host, at *url.URL) error {
	defer c.opts.Memory.keep(h)
	rules, err := c.robotsOf(ctx, s, h, at)
	if err != nil {
		return err
	}
	if rules.blocked != nil {
		copied := *rules.blocked
		copied.URL = at.String()
		return &copied
	}
	if rules.data == nil {
		return nil
	}
	group := rules.data.FindGroup(agentName(s, c.opts.UserAgent))
	if group.CrawlDelay > c.opts.MaxDelay {
		return &FetchError{Kind: Closed, URL: at.String(), Reason: fmt.Sprintf("robots.txt asks for %s between requests, more than the cap of %s", group.CrawlDelay, c.opts.MaxDelay)}
	}
	h.slower(group.CrawlDelay)
	for _, path := range robotsPaths(at) {
		if !group.Test(path) {
			return &FetchError{Kind: Closed, URL: at.String(), Reason: "robots.txt forbids " + path}
		}
	}
	return nil
}

// agentName is the name that rules for one agent are found by.
func agentName(s *session, standard string) string {
	agent := s.portal.Polite.UserAgent
	if agent == "" {
		agent = standard
	}
	name, _, _ := strings.Cut(agent, "/")
	return strings.TrimSpace(name)
}

// robotsPaths returns the address as rules may write it: Chinese paths stand in
// robots.txt percent-encoded or as they are.
func robotsPaths(u *url.URL) []string {
	paths := []string{u.EscapedPath()}
	if u.Path != paths[0] {
		paths = append(paths, u.Path)
	}
	if u.RawQuery != "" {
		for i := range paths {
			paths[i] += "?" + u.RawQuery
		}
	}
	return paths
}

// robotsOf returns the rules of a host. No robots.txt means no rules; one that
// cannot be had means waiting, and the failure is returned each time until an
// answer comes.
func (c *Crawler) robotsOf(ctx context.Context, s *session, h *host, at *url.URL) (*robots, error) {
	select {
	case h.robots <- struct{}{}:
		defer func() { <-h.robots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if rules := h.known(c.opts.Clock()); rules != nil {
		return rules, nil
	}
	var f *Fetched
	var err error
	where := &url.URL{Scheme: at.Scheme, Host: at.Host, Path: robotsPath}
	for hop := 0; hop < maxHops; hop++ {
		f, err = c.send(ctx, s, h, where, request{url: where.String()}, 1)
		if err != nil {
			break
		}
		to, _ := jump(f, where)
		if to == nil || to.Host != at.Host {
			break
		}
		where = to
	}
	rules, err := readRobots(f, err)
	if err != nil || rules.blocked != nil {
		h.hold(c.opts.UnknownDelay) // the pace it would ask for is not known
	}
	if err != nil {
		return nil, err
	}
	h.learn(rules, c.opts.Clock())
	return rules, nil
}

func readRobots(f *Fetched, err error) (*robots, error) {
	var fe *FetchError
	switch {
	case err == nil:
	case !errors.As(err, &fe):
		return nil, err
	case fe.Kind == Blocked && challenge(f) != "":
		return &robots{blocked: fe}, nil
	case fe.Answer != nil && fe.Answer.Status >= 400 && fe.Answer.Status < 500 && fe.Kind != Temporary:
		return &robots{}, nil
	default:
		fe.Reason = "robots.txt: " + fe.Reason
		return nil, fe
	}
	if f.Status != http.StatusOK || looksLikeHTML(f.Body) {
		return &robots{}, nil
	}
	data, err := robotstxt.FromBytes(withoutGaps(f.Body))
	if err != nil {
		return &robots{}, nil // not a robots.txt
	}
	return &robots{data: data}, nil
}

// looksLikeHTML recognises a page that stands where robots.txt should.
func looksLikeHTML(b []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))), []byte("<"))
}

// withoutGaps takes comments and empty lines out, since some files put them
// between an agent and its rules.
func withoutGaps(b []byte) []byte {
	var out []byte
	for line := range bytes.Lines(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))) {
		line, _, _ = bytes.Cut(line, []byte("#"))
		if line = bytes.TrimSpace(line); len(line) > 0 {
			out = append(append(out, line...), '\n')
		}
	}
	return out
}
