package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/report"
)

// RunBefore returns the last run that had ended at a time, and 0 where none had. What
// came since is what its successors brought.
func (db *DB) RunBefore(ctx context.Context, t time.Time) (RunID, error) {
	const query = `SELECT COALESCE(MAX(id), 0) FROM runs WHERE finished_at > 0 AND finished_at < ?`
	run, err := one(ctx, db.read, query, func(row scanner) (id RunID, err error) { return id, row.Scan(&id) }, millis(t))
	if err != nil {
		return 0, fmt.Errorf("run before %s: %w", t.Format(time.RFC3339), err)
	}
	return run, nil
}

// A Source is an original that a version was read from.
type Source struct {
	Agency      report.AgencyID
	Year        int
	Version     int // number of the version in its report
	Hash        report.SHA256
	URL         string
	ContentType string
	Size        int64
	FetchedAt   time.Time
	HandedIn    bool // by a person, and not had from a portal
	Status      report.Status
}

// EachSource calls f with the original of every version of a query, in the order of
// EachVersion.
func (db *DB) EachSource(ctx context.Context, q Query, f func(s *Source) error) error {
	cond, args := q.where()
	query := `
		SELECT v.agency, v.year, v.number, o.hash, o.url, o.content_type, o.size, o.fetched_at, o.handed_in <> '', r.status` + joined + `
		JOIN originals AS o ON o.hash = v.original
		WHERE ` + cond + `
		ORDER BY a.county, a.position, a.id, v.year`
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("sources: %w", explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		var s Source
		var at int64
		if err := rows.Scan(&s.Agency, &s.Year, &s.Version, &s.Hash, &s.URL, &s.ContentType, &s.Size, &at, &s.HandedIn, &s.Status); err != nil {
			return fmt.Errorf("sources: %w", err)
		}
		s.FetchedAt = fromMillis(at)
		if err := f(&s); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("sources: %w", explain(err))
	}
	return nil
}

// EachFinding calls f with the findings on current versions one after another, by
// county, roster order, year and the order of the checks.
func (db *DB) EachFinding(ctx context.Context, q Query, f func(row *FindingRow) error) error {
	cond, args := q.where()
	query := selectFindings + cond + orderFindings
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("findings: %w", explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		row, err := scanFinding(rows)
		if err != nil {
			return fmt.Errorf("findings: %w", err)
		}
		if err := f(&row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("findings: %w", explain(err))
	}
	return nil
}

// HasRun reports whether a run of that number has ended, so that the state after it can
// be asked for.
func (db *DB) HasRun(ctx context.Context, run RunID) (bool, error) {
	const query = `SELECT 1 FROM runs WHERE id = ? AND finished_at > 0`
	_, err := one(ctx, db.read, query, func(row scanner) (n int, err error) { return n, row.Scan(&n) }, run)
	if errors.Is(err, report.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
