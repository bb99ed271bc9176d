package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// A Request is one HTTP request that was made.
type Request struct {
	Portal      string
	URL         string
	At          time.Time
	Status      int // HTTP status, 0 without an answer
	Bytes       int64
	Took        time.Duration
	NotModified bool
	Error       string
}

// AddRequests keeps HTTP requests that a run made.
func (db *DB) AddRequests(ctx context.Context, run RunID, requests []Request) error {
	if len(requests) == 0 {
		return nil
	}
	rows := tableRows{table: "requests", columns: []string{"run", "portal", "url", "at", "status", "bytes", "took", "not_modified", "error"}}
	for _, r := range requests {
		rows.add(run, r.Portal, r.URL, millis(r.At), r.Status, r.Bytes, r.Took.Milliseconds(), r.NotModified, r.Error)
	}
	err := db.transact(ctx, func(tx *sql.Tx) error { return rows.insert(ctx, tx) })
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
