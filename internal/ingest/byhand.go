package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// An Address is a page that a person names, which no list links.
type Address struct {
	Portal string // whose page it is: its pace, its hosts and its rules hold
	URL    string
	Agency report.AgencyID // whose report it is; "" where the document says it
	Year   int             // for which year; 0 where the document says it
}

// Visit asks for one page that a person names, as if a list had linked it. Addresses
// outside of the portal, and those that lead to a private network, are refused as they
// are anywhere.
func (r *Refresher) Visit(ctx context.Context, a Address) (Summary, error) {
	began := time.Now()
	u, err := url.Parse(a.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return Summary{}, &report.ParameterError{Name: "url", Got: a.URL, Want: "http:// 或 https:// 开头的网址"}
	}
	portals, err := r.chosen([]string{a.Portal})
	if err != nil {
		return Summary{}, fmt.Errorf("visit: %w", err)
	}
	page := pagePayload{Portal: a.Portal, URL: a.URL, Agency: a.Agency, Year: a.Year}
	t, err := r.taskOf(ctx, page)
	if err != nil {
		return Summary{}, fmt.Errorf("visit: %w", err)
	}
	s, works, err := r.start(ctx, retryRun, portals, Options{})
	if err != nil {
		return Summary{}, fmt.Errorf("visit: %w", err)
	}
	err = s.all(ctx, works, func(w *portalWork, ctx context.Context) error {
		w.found = time.Now()
		if err := w.recordTasks([]pagePayload{page}); err != nil {
			return err
		}
		return w.alone(ctx, func(ctx context.Context) error {
			if err := w.visitAll(ctx, []task{t}); err != nil {
				return err
			}
			w.end(store.PortalOK, "")
			return nil
		})
	})
	summary, err := s.finish(ctx, works, err)
	summary.Took = time.Since(began)
	if summary.State == store.RunFailed {
		return summary, nil // its failure says why
	}
	if err != nil {
		return summary, fmt.Errorf("visit: %w", err)
	}
	return summary, nil
}

// AskAgain makes the pages of a portal that failed due now, each for one more attempt,
// and returns how many there are. Lists are read by the next look.
func AskAgain(ctx context.Context, db *store.DB, portal *crawl.Portal, now time.Time) (int, error) {
	failures, err := db.OpenFailures(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, f := range failures {
		if f.Portal != portal.ID || isList(portal, f.URL) {
			continue
		}
		payload, err := json.Marshal(pagePayload{Portal: f.Portal, URL: f.URL, Agency: f.Agency, Year: f.Year, Once: true})
		if err == nil {
			err = db.Hasten(ctx, pageJob, f.URL, string(payload), now)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// isList reports whether an address is one of the portal's own lists.
func isList(p *crawl.Portal, address string) bool {
	for _, e := range p.Entries {
		if strings.TrimSuffix(address, "/") == strings.TrimSuffix(e.URL, "/") {
			return true
		}
	}
	return false
}

// once reports whether a job asks for its page one time only.
func once(job store.Lease) bool {
	var p pagePayload
	return json.Unmarshal([]byte(job.Payload), &p) == nil && p.Once
}
