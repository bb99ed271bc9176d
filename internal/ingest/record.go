package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A crawler answers what a refresh asks: over the net, from a recording, or from what a
// person has handed in.
type crawler interface {
	LookAt(ctx context.Context, p *crawl.Portal, keep func(*crawl.Fetched) error) (*crawl.Look, error)
	Fetch(ctx context.Context, p *crawl.Portal, url string, known *crawl.Validators) (*crawl.Fetched, error)
	Close()
}

// A line is one line of the recording of a run at a portal: the file of the portal first,
// then the look, the answers as they came, and the end where the run came to it. One of
// its fields is set beside At.
type line struct {
	At     time.Time    `json:"at"`
	Portal string       `json:"portal,omitempty"` // the text of the portal file
	Look   *lookLine    `json:"look,omitempty"`
	Task   *pagePayload `json:"task,omitempty"` // of a retry: a page that it asks for
	Fetch  *fetchLine   `json:"fetch,omitempty"`
	End    bool         `json:"end,omitempty"` // what the look says of absence was concluded
}

// A lookLine is a crawl.Look without its bodies.
type lookLine struct {
	Started    time.Time         `json:"started"`
	Ended      time.Time         `json:"ended"`
	Entries    []entryLine       `json:"entries"` // in the order of the portal file
	Pages      []reply           `json:"pages,omitempty"`
	Candidates []crawl.Candidate `json:"candidates,omitempty"`
	Rejected   []crawl.Rejection `json:"rejected,omitempty"`
	Problems   []problemLine     `json:"problems,omitempty"`
	Good       bool              `json:"good"`
	State      crawl.LookState   `json:"state"`
}

// An entryLine is what one entry of the portal file gave.
type entryLine struct {
	State crawl.LookState `json:"state"`
	Good  bool            `json:"good"`
	Found int             `json:"found"`
	// Layout is what the lists are built of, "" in recordings of older programs.
	Layout string `json:"layout,omitempty"`
	Err    *fault `json:"err,omitempty"`
}

type problemLine struct {
	URL string `json:"url"`
	Err *fault `json:"err"`
}

// A fetchLine is what came of asking for an address: an answer or a fault.
type fetchLine struct {
	URL    string `json:"url"`
	Answer *reply `json:"answer,omitempty"`
	Err    *fault `json:"err,omitempty"`
}

// A reply is a crawl.Fetched whose body is an original.
type reply struct {
	URL           string              `json:"url"`
	RequestedURL  string              `json:"asked"`
	Method        string              `json:"method,omitempty"`
	Form          string              `json:"form,omitempty"`
	Status        int                 `json:"status"`
	NotModified   bool                `json:"not_modified,omitempty"`
	RequestHeader map[string][]string `json:"request_header,omitempty"`
	Header        map[string][]string `json:"header,omitempty"`
	FetchedAt     time.Time           `json:"fetched_at"`
	Canonical     string              `json:"canonical,omitempty"`
	Hash          report.SHA256       `json:"hash,omitempty"` // of the body, or of the copy that is said to be good
}

// A fault is an error as it is kept: of a fetch where it has a kind.
type fault struct {
	Kind       crawl.Kind    `json:"kind,omitempty"`
	URL        string        `json:"url,omitempty"`
	Reason     string        `json:"reason"`
	RetryAfter time.Duration `json:"retry_after,omitempty"`
	Answer     *reply        `json:"answer,omitempty"`
}

// replyOf keeps an answer; held is the hash of its copy where it has no body.
func replyOf(f *crawl.Fetched, held report.SHA256) *reply {
	if f == nil {
		return nil
	}
	a := &reply{URL: f.URL, RequestedURL: f.RequestedURL, Method: f.Method, Form: f.Form, Status: f.Status, NotModified: f.NotModified,
		RequestHeader: withoutCookies(f.RequestHeader), Header: withoutCookies(f.Header), FetchedAt: f.FetchedAt.UTC(), Canonical: f.Canonical}
	if a.Hash = held; held == "" {
		a.Hash = archive.HashOf(f.Body)
	}
	return a
}

// faultOf keeps an error.
func faultOf(err error) *fault {
	var fe *crawl.FetchError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &fe):
		return &fault{Reason: err.Error()}
	}
	f := &fault{Kind: fe.Kind, URL: fe.URL, Reason: fe.Reason, RetryAfter: fe.RetryAfter, Answer: replyOf(fe.Answer, "")}
	if f.Answer != nil && fe.Answer.Body == nil {
		f.Answer.Hash = ""
	}
	return f
}

// lookLineOf keeps a look; hashes are those of its pages, whose bodies it handed on.
func lookLineOf(look *crawl.Look, hashes []report.SHA256) *lookLine {
	l := &lookLine{Started: look.Started.UTC(), Ended: look.Ended.UTC(), Candidates: look.Candidates, Rejected: look.Rejected,
		Good: look.Good, State: look.State}
	for _, e := range look.Entries {
		l.Entries = append(l.Entries, entryLine{State: e.State, Good: e.Good, Found: e.Found, Layout: e.Layout, Err: faultOf(e.Err)})
	}
	for i, f := range look.Pages {
		l.Pages = append(l.Pages, *replyOf(f, hashes[i]))
	}
	for _, p := range look.Problems {
		l.Problems = append(l.Problems, problemLine{p.URL, faultOf(p.Err)})
	}
	return l
}

// record keeps a line of what the run is answered at the portal, where that is kept. It
// is written with the next sign of life. The time of a line is now unless it has one.
func (w *portalWork) record(l line) error {
	if !w.recording {
		return nil
	}
	if l.At.IsZero() {
		l.At = time.Now().UTC()
	}
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	w.heart.record(store.Recording{Portal: w.portal.ID, Line: text})
	return nil
}

// fetch asks for an address and records what came of it. New bytes are recorded when they
// are kept: their line is returned.
func (w *portalWork) fetch(ctx context.Context, url string, held report.SHA256, condition *crawl.Validators) (*crawl.Fetched, *line, error) {
	f, err := w.ask(ctx, url, condition)
	var fe *crawl.FetchError
	if err != nil && !errors.As(err, &fe) {
		return nil, nil, err // ours, or the end of the run
	}
	l := &line{At: time.Now().UTC(), Fetch: &fetchLine{URL: url, Err: faultOf(err)}}
	if err != nil {
		return f, l, errors.Join(err, w.record(*l))
	}
	if f.NotModified {
		l.Fetch.Answer = replyOf(f, held)
		return f, l, w.record(*l)
	}
	l.Fetch.Answer = replyOf(f, "")
	return f, l, nil
}
