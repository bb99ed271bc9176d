package ingest

import (
	"context"
	"errors"

	"gongkai/internal/report"
)

// reread reads again, from the archive, what older readers read of a page.
func (w *portalWork) reread(ctx context.Context, t task) error {
	page, err := w.held(ctx, t.known)
	if err != nil {
		return w.lost(t, err)
	}
	get := func(ctx context.Context, url string) (copied, error) {
		known, err := w.Store.Page(ctx, url)
		if err != nil {
			return copied{}, err
		}
		return w.held(ctx, known)
	}
	reports, _, err := w.read(ctx, t, page, get)
	if err != nil {
		return w.lost(t, err)
	}
	for _, f := range reports {
		if err := w.replace(ctx, t, f, len(reports) == 1); err != nil {
			return err
		}
	}
	return nil
}

// lost tells of a copy that cannot be read again. The page is asked for after it, so
// only what is ours ends the run.
func (w *portalWork) lost(t task, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	w.log.Warn("not read again", "url", t.url, "hash", t.known.Hash, "err", err)
	return nil
}

// replace puts a new reading in the place of the old one of the version that was
// read from the same bytes.
func (w *portalWork) replace(ctx context.Context, t task, f found, only bool) error {
	agency, year := w.place(t, f, only)
	if agency == nil || year == 0 {
		return nil
	}
	r, err := w.Store.Report(ctx, agency.ID, year, 0)
	if errors.Is(err, report.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := len(r.Versions) - 1; i >= 0; i-- {
		if head := r.Versions[i]; head.Original == f.original {
			v := f.version(agency, year, t.url)
			v.FoundAt = w.found
			_, err := w.Store.AddReading(ctx, w.run, head.ID, v)
			return err
		}
	}
	return nil
}
