package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// PutPage keeps what is known of a report's address, in place of what was known:
// it is a memory for the next request and no fact of the dashboard.
func (db *DB) PutPage(ctx context.Context, p Page) error {
	files, err := toJSON(p.Files)
	if err != nil {
		return err
	}
	const query = `
		INSERT INTO pages (url, portal, agency, year, etag, last_modified, hash, files, reader, trusted,
			fetched_at, seen_at, seen_run, state)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (url) DO UPDATE SET
			portal = excluded.portal, agency = excluded.agency, year = excluded.year,
			etag = excluded.etag, last_modified = excluded.last_modified, hash = excluded.hash,
			files = excluded.files, reader = excluded.reader, trusted = excluded.trusted,
			fetched_at = excluded.fetched_at, seen_at = excluded.seen_at, seen_run = excluded.seen_run,
			state = excluded.state`
	_, err = db.write.ExecContext(ctx, query, p.URL, p.Portal, p.Agency, p.Year, p.ETag, p.LastModified,
		p.Hash, files, p.Reader, p.Trusted, millis(p.FetchedAt), millis(p.SeenAt), p.SeenRun, p.State)
	if err != nil {
		return fmt.Errorf("keep page %s: %w", p.URL, explain(err))
	}
	return nil
}

// Page returns what is known of a report's address, and report.ErrNotFound for one
// that is new.
func (db *DB) Page(ctx context.Context, url string) (Page, error) {
	p, err := one(ctx, db.read, selectPages+` WHERE url = ?`, scanPage, url)
	if err != nil {
		return p, fmt.Errorf("page %s: %w", url, err)
	}
	return p, nil
}

// Pages returns all known addresses of a portal.
func (db *DB) Pages(ctx context.Context, portal string) ([]Page, error) {
	all, err := collect(ctx, db.read, selectPages+` WHERE portal = ? ORDER BY url`, scanPage, portal)
	if err != nil {
		return nil, fmt.Errorf("pages of portal %s: %w", portal, err)
	}
	return all, nil
}

const selectPages = `
	SELECT url, portal, agency, year, etag, last_modified, hash, files, reader, trusted,
		fetched_at, seen_at, seen_run, state
	FROM pages`

func scanPage(row scanner) (p Page, err error) {
	var fetched, seen int64
	var files string
	err = row.Scan(&p.URL, &p.Portal, &p.Agency, &p.Year, &p.ETag, &p.LastModified, &p.Hash, &files,
		&p.Reader, &p.Trusted, &fetched, &seen, &p.SeenRun, &p.State)
	if err != nil {
		return p, err
	}
	p.FetchedAt, p.SeenAt = fromMillis(fetched), fromMillis(seen)
	return p, fromJSON(files, &p.Files)
}

// AddRequests keeps HTTP requests that a run made.
func (db *DB) AddRequests(ctx context.Context, run RunID, requests []Request) error {
	if len(requests) == 0 {
		return nil
	}
	const query = `
		INSERT INTO requests (run, portal, url, at, status, bytes, took, not_modified, error)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	err := db.transact(ctx, func(tx *sql.Tx) error {
		for _, r := range requests {
			_, err := tx.ExecContext(ctx, query, run, r.Portal, r.URL, millis(r.At), r.Status, r.Bytes,
				r.Took.Milliseconds(), r.NotModified, r.Error)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the requests of run %d: %w", run, err)
	}
	return nil
}

// Requests returns the HTTP requests of a run in the order they were made.
func (db *DB) Requests(ctx context.Context, run RunID) ([]Request, error) {
	const query = `
		SELECT portal, url, at, status, bytes, took, not_modified, error
		FROM requests WHERE run = ? ORDER BY id`
	all, err := collect(ctx, db.read, query, func(row scanner) (r Request, err error) {
		var at, took int64
		err = row.Scan(&r.Portal, &r.URL, &at, &r.Status, &r.Bytes, &took, &r.NotModified, &r.Error)
		r.At, r.Took = fromMillis(at), time.Duration(took)*time.Millisecond
		return r, err
	}, run)
	if err != nil {
		return nil, fmt.Errorf("requests of run %d: %w", run, err)
	}
	return all, nil
}
