package ingest

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A copied is a page or a file as the archive holds it.
type copied struct {
	asked        string // address that was asked
	url          string // address that answered
	hash         report.SHA256
	contentType  string
	body         []byte
	fresh        bool // other bytes than those known before
	etag         string
	lastModified string
	canonical    string // address by which it calls itself, "" where that is the one asked
	trusted      bool   // its validators have not been proved wrong
	fetchedAt    time.Time
	record       *report.Original // what is known of new bytes, until they are kept; nil where they are
	answer       *line            // of the recording, until they are kept
}

// obtain asks for an address. What it answers is kept with what is read of it. Where its
// copy is known it asks only whether that is still good, and returns the copy if so.
func (w *portalWork) obtain(ctx context.Context, url string, known store.Page) (copied, error) {
	f, answer, err := w.fetch(ctx, url, known.Hash, w.condition(known))
	if err != nil {
		return copied{}, err
	}
	if f.NotModified {
		c, err := w.held(ctx, known)
		if !errors.Is(err, report.ErrNotFound) && !errors.Is(err, archive.ErrDamaged) {
			return c, err
		}
		w.log.Warn("archived copy is lost, fetched again", "url", url, "hash", known.Hash)
		if f, answer, err = w.fetch(ctx, url, known.Hash, nil); err != nil {
			return copied{}, err
		}
	}
	record := w.originOf(f, answer.Fetch.Answer.Hash)
	w.tally.count(func(p *store.PortalRun) { p.Fetched++ })
	c := copied{asked: url, url: f.URL, hash: record.Hash, contentType: record.ContentType, body: f.Body, record: &record, answer: answer,
		fresh: record.Hash != known.Hash, trusted: true, fetchedAt: f.FetchedAt, canonical: f.Canonical}
	if c.canonical == "" && f.URL != url {
		c.canonical = f.URL
	}
	if v := crawl.ValidatorsOf(f.Header); v != nil {
		c.etag, c.lastModified = v.ETag, v.LastModified
		// Other bytes under the same validators: they would hide a change.
		if known.Hash != "" && c.fresh && c.etag == known.ETag && c.lastModified == known.LastModified {
			c.trusted = false
		}
	}
	c.trusted = c.trusted && (known.Hash == "" || known.Trusted)
	return c, nil
}

// condition returns what to ask conditionally by, and nil where the bytes are wanted
// in any case. At a thorough refresh they are: a host may say that nothing changed
// where something did, and nothing but the bytes can tell.
func (w *portalWork) condition(known store.Page) *crawl.Validators {
	if w.opts.Full || w.thorough() || known.Hash == "" || !known.Trusted || known.ETag == "" && known.LastModified == "" {
		return nil
	}
	return &crawl.Validators{ETag: known.ETag, LastModified: known.LastModified}
}

// held returns the archived copy of a known page.
func (w *portalWork) held(ctx context.Context, known store.Page) (copied, error) {
	body, meta, err := w.Archive.Get(ctx, known.Hash)
	if err != nil {
		return copied{}, err
	}
	return copied{asked: known.URL, url: meta.URL, hash: known.Hash, contentType: meta.ContentType, body: body,
		etag: known.ETag, lastModified: known.LastModified, trusted: known.Trusted, fetchedAt: known.FetchedAt, canonical: known.Canonical}, nil
}

// originOf is what is known of the bytes of an answer.
func (w *portalWork) originOf(f *crawl.Fetched, hash report.SHA256) report.Original {
	return report.Original{
		Hash: hash, Size: int64(len(f.Body)), URL: f.URL, RequestedURL: f.RequestedURL, Method: f.Method, Form: f.Form, ContentType: f.Header.Get("Content-Type"), FetchedAt: f.FetchedAt.UTC(),
		ResponseHeader: withoutCookies(f.Header), RequestHeader: withoutCookies(f.RequestHeader), Status: f.Status,
		Demo: w.portal.Demo, HandedIn: w.handedIn,
	}
}

// evidence is an answer that shows something by itself: a list, or a refusal.
func (w *portalWork) evidence(f *crawl.Fetched) archive.New {
	hash := archive.HashOf(f.Body)
	return archive.New{Hash: hash, Body: f.Body, Meta: w.originOf(f, hash)}
}

// withoutCookies leaves out what concerns our session alone: originals are shown to
// everybody.
func withoutCookies(h http.Header) http.Header {
	h = maps.Clone(h)
	delete(h, "Cookie")
	delete(h, "Set-Cookie")
	return h
}

// page is what is kept of a copy for the next request.
func (c copied) page(w *portalWork) store.Page {
	return store.Page{URL: c.asked, Portal: w.portal.ID, ETag: c.etag, LastModified: c.lastModified, Hash: c.hash,
		Reader: ReaderVersion, Trusted: c.trusted, FetchedAt: c.fetchedAt, SeenAt: w.found, SeenRun: w.run, State: store.PageOK, Canonical: c.canonical}
}
