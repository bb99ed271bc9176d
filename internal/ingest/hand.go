package ingest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A HandIn is what a person hands in, to be read as if a portal had it.
type HandIn struct {
	By        string // the person; never ""
	Documents []Handed
	Agency    report.AgencyID // whose report it is; "" where the document says it
	Year      int             // for which year; 0 where the document says it
	Portal    string          // id of the portal that has it; "" for none
}

// A Handed is one document.
type Handed struct {
	Name        string // of the file, with the folders below what was handed in
	URL         string // address it has at its portal; "" where nobody says
	ContentType string
	Body        []byte
}

// handPortal is the portal of what no portal has.
const handPortal = "hand"

// HandIn reads documents and keeps what they say, marked as handed in. A document that
// others link in the folder it came with is found there. The Summary tells what came of
// them; the failures of its run say of which it is not known whose they are.
func (r *Refresher) HandIn(ctx context.Context, h HandIn, progress func(Progress)) (Summary, error) {
	began := time.Now()
	portal, err := r.handedTo(ctx, h)
	if err != nil {
		return Summary{}, fmt.Errorf("import: %w", err)
	}
	s, works, err := r.start(ctx, "import", []*crawl.Portal{portal}, Options{Progress: progress})
	if err != nil {
		return Summary{}, fmt.Errorf("import: %w", err)
	}
	s.crawler.Close()
	files := handed{at: time.Now().UTC(), by: make(map[string]Handed)}
	s.crawler, s.recording, s.handedIn = files, false, h.By
	w := works[0]
	w.found = files.at
	var tasks []task
	for _, d := range h.Documents {
		files.by[d.address()] = d
		t, err := r.taskOf(ctx, pagePayload{URL: d.address(), Title: path.Base(d.Name), Agency: h.Agency, Year: h.Year})
		if err != nil {
			_, ended := s.finish(ctx, works, err)
			return Summary{}, errors.Join(fmt.Errorf("import: %w", err), ended)
		}
		tasks = append(tasks, t)
	}
	err = s.all(ctx, works, func(w *portalWork, ctx context.Context) error {
		if err := w.visitAll(ctx, tasks); err != nil {
			return err
		}
		w.end(store.PortalOK, "")
		return nil
	})
	summary, err := s.finish(ctx, works, err)
	summary.Took = time.Since(began)
	if err != nil {
		return summary, fmt.Errorf("import: %w", err)
	}
	return summary, nil
}

// handedTo is the portal that what is handed in belongs to.
func (r *Refresher) handedTo(ctx context.Context, h HandIn) (*crawl.Portal, error) {
	if h.By == "" {
		return nil, errors.New("nobody hands it in; say who does")
	}
	for _, p := range r.Portals {
		if h.Portal != "" && p.ID == h.Portal {
			return p, nil
		}
	}
	if h.Portal != "" {
		return nil, &report.ParameterError{Name: "portal", Got: h.Portal, Want: "the id of a portal file"}
	}
	p := &crawl.Portal{ID: handPortal, Name: "人工录入"}
	if h.Agency != "" {
		a, err := r.Store.Agency(ctx, h.Agency)
		if err != nil {
			return nil, fmt.Errorf("%w; give an id of the register", err)
		}
		p.Region, p.Demo = a.Region, a.Demo
		return p, nil
	}
	all, err := r.Store.Agencies(ctx, "")
	if err != nil {
		return nil, err
	}
	p.Demo = len(all) > 0 // a register of fictitious agencies alone is that of the demonstration
	for _, a := range all {
		p.Demo = p.Demo && a.Demo
	}
	return p, nil
}

// address is where a document is taken to be: files of one folder link each other there.
func (d Handed) address() string {
	if d.URL != "" {
		return d.URL
	}
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(path.Clean("/"+d.Name), "/")}).String()
}

// handed answers with what was handed in, and with nothing else.
type handed struct {
	at time.Time
	by map[string]Handed // by address
}

// Close implements crawler.
func (h handed) Close() {}

// LookAt implements crawler: nothing that was handed in is a list.
func (h handed) LookAt(_ context.Context, p *crawl.Portal, _ func(*crawl.Fetched) error) (*crawl.Look, error) {
	return &crawl.Look{Portal: p, Started: h.at, Ended: h.at, State: crawl.LookBroken}, nil
}

// Fetch returns a document that was handed in.
func (h handed) Fetch(_ context.Context, _ *crawl.Portal, at string, _ *crawl.Validators) (*crawl.Fetched, error) {
	d, ok := h.by[at]
	if !ok {
		return nil, &crawl.FetchError{Kind: crawl.Gone, URL: at, Reason: "was not handed in with the page that links it"}
	}
	f := &crawl.Fetched{RequestedURL: at, URL: at, Body: d.Body, FetchedAt: h.at}
	if d.ContentType != "" {
		f.Header = map[string][]string{"Content-Type": {d.ContentType}}
	}
	return f, nil
}
