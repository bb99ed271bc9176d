package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gongkai/internal/report"
)

// A Page is a known address of a report, with what a conditional request needs.
type Page struct {
	URL          string
	Portal       string
	Agency       report.AgencyID
	Year         int
	ETag         string
	LastModified string
	Hash         report.SHA256 // of the last bytes
	Files        []string      // documents it links in place of a table
	Reader       string        // version of the readers that read the last bytes
	Trusted      bool          // its validators have not been proved wrong
	FetchedAt    time.Time     // when it last answered with bytes
	SeenAt       time.Time
	SeenRun      RunID     // last run that found it
	State        PageState // what the last request came to
	Canonical    string    // address by which the page calls itself; "" where it does not say
}

// A PageState says what the last request for a page came to.
type PageState string

// The states of a page.
const (
	PageOK      PageState = "ok"
	PageBlocked PageState = "blocked"
	PageGone    PageState = "gone"   // at two looks a week apart
	PageMissed  PageState = "missed" // at one look; SeenAt says when that was
	PageFailed  PageState = "failed"
)

// PutPage keeps what is known of a report's address, in place of what was known:
// it is a memory for the next request and no fact of the dashboard.
func (db *DB) PutPage(ctx context.Context, p Page) error {
	return db.transact(ctx, func(tx *sql.Tx) error { return putPages(ctx, tx, []Page{p}) })
}

// putPages is PutPage of several addresses within a transaction.
func putPages(ctx context.Context, tx *sql.Tx, pages []Page) error {
	rows := tableRows{table: "pages", columns: []string{"url", "portal", "agency", "year", "etag", "last_modified", "hash", "files", "reader", "trusted",
		"fetched_at", "seen_at", "seen_run", "state", "canonical"}, conflict: `
		ON CONFLICT (url) DO UPDATE SET
			portal = excluded.portal, agency = excluded.agency, year = excluded.year,
			etag = excluded.etag, last_modified = excluded.last_modified, hash = excluded.hash,
			files = excluded.files, reader = excluded.reader, trusted = excluded.trusted,
			fetched_at = excluded.fetched_at, seen_at = excluded.seen_at, seen_run = excluded.seen_run,
			state = excluded.state, canonical = excluded.canonical`}
	for _, p := range pages {
		files, err := toJSON(p.Files)
		if err != nil {
			return fmt.Errorf("keep page %s: %w", p.URL, err)
		}
		rows.add(p.URL, p.Portal, p.Agency, p.Year, p.ETag, p.LastModified, p.Hash, files, p.Reader, p.Trusted,
			millis(p.FetchedAt), millis(p.SeenAt), p.SeenRun, p.State, p.Canonical)
	}
	if err := rows.insert(ctx, tx); err != nil {
		return fmt.Errorf("keep pages: %w", explain(err))
	}
	if err := putPageStates(ctx, tx, pages); err != nil {
		return fmt.Errorf("keep the states of pages: %w", explain(err))
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
		fetched_at, seen_at, seen_run, state, canonical
	FROM pages`

// scanPage reads a row of selectPages.
func scanPage(row scanner) (p Page, err error) {
	var fetched, seen int64
	var files string
	err = row.Scan(&p.URL, &p.Portal, &p.Agency, &p.Year, &p.ETag, &p.LastModified, &p.Hash, &files,
		&p.Reader, &p.Trusted, &fetched, &seen, &p.SeenRun, &p.State, &p.Canonical)
	if err != nil {
		return p, err
	}
	p.FetchedAt, p.SeenAt = fromMillis(fetched), fromMillis(seen)
	return p, fromJSON(files, &p.Files)
}
