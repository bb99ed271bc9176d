package ingest

import (
	"context"
	"errors"
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// errNotThere is the error of an original in which these readers do not find the
// report that older ones found in it.
var errNotThere = errors.New("the report is not found in its original any more; open the original and compare")

// reread reads again, from the archive, the versions that older readers read from a
// page, so that new bytes are compared with what the same readers make of the old.
func (w *portalWork) reread(ctx context.Context, t task) error {
	refs, err := w.Store.VersionsFrom(ctx, t.url)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		old, err := w.Store.Version(ctx, ref.ID)
		if err != nil {
			return err
		}
		if err := w.replace(ctx, t, &old); err != nil {
			return err
		}
	}
	return nil
}

// replace puts a new reading of a version in the place of the old one. An original
// that cannot be read again keeps its old reading, and only what is ours is an error.
func (w *portalWork) replace(ctx context.Context, t task, old *store.Version) error {
	f, err := w.rereadVersion(ctx, t, old)
	if err != nil {
		if ctx.Err() == nil {
			w.log.Warn("not read again", "url", old.URL, "original", old.Original, "err", err)
		}
		return ctx.Err()
	}
	agency, err := w.Store.Agency(ctx, old.Agency)
	if err != nil {
		return err
	}
	if err := w.judge(ctx, nil, &f, &agency, old.Year); err != nil {
		return err
	}
	v := f.version(&agency, old.Year, old.URL)
	v.FoundAt = w.found
	t.kin.forget(agency.ID, old.Year)
	return w.publish(ctx, w.run, old.ID, &agency, v)
}

// rereadVersion reads the original of a version as a refresh would: with what the
// list says of it, and what the page says that links it.
func (w *portalWork) rereadVersion(ctx context.Context, t task, old *store.Version) (found, error) {
	original, err := w.kept(ctx, old.Original)
	if err != nil {
		return found{}, err
	}
	results, err := w.parse(ctx, t, original)
	if err != nil {
		return found{}, err
	}
	own := Result{}
	if old.Page != "" {
		if own, err = w.linking(ctx, t, old.Page); err != nil {
			return found{}, err
		}
	}
	for _, r := range results {
		f := found{Result: r, original: old.Original, page: old.Page}
		if !w.isOf(t, f, len(results) == 1, old) {
			continue
		}
		if own.Reading != nil && r.Reading.Format == "" {
			own.Outcome.Problems = append(own.Outcome.Problems, r.Outcome.Problems...)
			f.Result = own // an unreadable file says less than the page that links it
		} else if own.Reading != nil {
			complete(r.Reading, own.Reading)
		}
		return f, nil
	}
	return found{}, errNotThere
}

// isOf reports whether a report of an original is that of a version.
func (w *portalWork) isOf(t task, f found, only bool, old *store.Version) bool {
	agency, year := w.place(t, f, only)
	if only { // the only one is it, unless it says otherwise
		return (agency == nil || agency.ID == old.Agency) && (year == 0 || year == old.Year)
	}
	return agency != nil && agency.ID == old.Agency && year == old.Year
}

// linking reads the page that links a file; the zero Result where it is no one report.
func (w *portalWork) linking(ctx context.Context, t task, hash report.SHA256) (Result, error) {
	page, err := w.kept(ctx, hash)
	if err != nil {
		return Result{}, err
	}
	results, err := w.parse(ctx, t, page)
	if err != nil || len(results) != 1 {
		return Result{}, err
	}
	return results[0], nil
}

// kept returns the archived bytes of a hash as they were had.
func (w *portalWork) kept(ctx context.Context, hash report.SHA256) (copied, error) {
	body, meta, err := w.Archive.Get(ctx, hash)
	if err != nil {
		return copied{}, fmt.Errorf("read again: %w", err)
	}
	return copied{asked: meta.RequestedURL, url: meta.URL, hash: hash, contentType: meta.ContentType, body: body,
		fetchedAt: meta.FetchedAt}, nil
}
