package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gongkai/internal/report"
)

// A Failure is something that went wrong in a run. It is kept until it succeeds or
// a person dismisses it.
type Failure struct {
	ID        int64
	Run       RunID
	Portal    string
	URL       string
	Agency    report.AgencyID
	Year      int
	At        time.Time
	Temporary bool // worth trying again
	Reason    string
	MendedBy  RunID  // run in which it succeeded, 0 while it stands
	Dismissed string // the person who dismissed it
}

// AddFailure keeps a failure of a run.
func (db *DB) AddFailure(ctx context.Context, run RunID, f Failure) error {
	return db.transact(ctx, func(tx *sql.Tx) error { return addFailure(ctx, tx, run, f) })
}

// addFailure is AddFailure within a transaction.
func addFailure(ctx context.Context, tx querier, run RunID, f Failure) error {
	const query = `
		INSERT INTO failures (run, portal, url, agency, year, at, temporary, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	_, err := tx.ExecContext(ctx, query, run, f.Portal, f.URL, f.Agency, f.Year, millis(f.At), f.Temporary, f.Reason)
	if err != nil {
		return fmt.Errorf("keep the failure of %s: %w", f.URL, explain(err))
	}
	return nil
}

// MendFailures marks the failures of an address as mended by a run.
func (db *DB) MendFailures(ctx context.Context, run RunID, url string) error {
	return db.transact(ctx, func(tx *sql.Tx) error { return mendFailures(ctx, tx, run, url) })
}

// mendFailures is MendFailures of addresses within a transaction.
func mendFailures(ctx context.Context, tx querier, run RunID, urls ...string) error {
	return inSome(urls, func(list string, args []any) error {
		query := `UPDATE failures SET until_run = ? WHERE run <= ? AND until_run IS NULL AND url IN ` + list
		if _, err := tx.ExecContext(ctx, query, append([]any{run, run}, args...)...); err != nil {
			return fmt.Errorf("mend failures: %w", explain(err))
		}
		return nil
	})
}

// DismissFailure records that a person has seen a failure and it needs nothing.
func (db *DB) DismissFailure(ctx context.Context, id int64, by string) error {
	const query = `UPDATE failures SET dismissed = ? WHERE id = ? RETURNING id`
	_, err := one(ctx, db.write, query, func(row scanner) (n int64, err error) { return n, row.Scan(&n) }, by, id)
	if err != nil {
		return fmt.Errorf("dismiss failure %d: %w", id, err)
	}
	return nil
}

// OpenFailures returns what went wrong and is neither mended nor dismissed: for
// each address its newest failure, newest first.
func (db *DB) OpenFailures(ctx context.Context) ([]Failure, error) {
	all, err := collect(ctx, db.read, selectFailures+`
		WHERE id IN (
			SELECT MAX(id) FROM failures WHERE until_run IS NULL AND dismissed = '' GROUP BY portal, url)
		ORDER BY id DESC`, scanFailure)
	if err != nil {
		return nil, fmt.Errorf("open failures: %w", err)
	}
	return all, nil
}

// FailuresAt returns what had gone wrong and was not mended after a run, 0 for now: for
// each address its newest failure, newest first. What a person dismissed is left out
// at any run: it was found to be no failure.
func (db *DB) FailuresAt(ctx context.Context, asOf RunID) ([]Failure, error) {
	asOf = orLast(asOf)
	all, err := collect(ctx, db.read, selectFailures+`
		WHERE id IN (
			SELECT MAX(id) FROM failures
			WHERE run <= ? AND (until_run IS NULL OR until_run > ?) AND dismissed = '' GROUP BY portal, url)
		ORDER BY id DESC`, scanFailure, asOf, asOf)
	if err != nil {
		return nil, fmt.Errorf("failures after run %d: %w", asOf, err)
	}
	return all, nil
}

const selectFailures = `
	SELECT id, run, until_run, dismissed, portal, url, agency, year, at, temporary, reason FROM failures`

// scanFailure reads a row of selectFailures.
func scanFailure(row scanner) (f Failure, err error) {
	var at int64
	var until sql.NullInt64
	err = row.Scan(&f.ID, &f.Run, &until, &f.Dismissed, &f.Portal, &f.URL, &f.Agency, &f.Year, &at, &f.Temporary, &f.Reason)
	f.At, f.MendedBy = fromMillis(at), RunID(until.Int64)
	return f, err
}
