package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// A Pace says how long a host wants to be waited for.
type Pace struct {
	Host  string
	Delay time.Duration // between two requests
	Next  time.Time     // no request before
}

// PutPaces keeps the paces of hosts in place of what was known of them, and forgets
// those that are over.
func (db *DB) PutPaces(ctx context.Context, now time.Time, paces []Pace) error {
	if len(paces) == 0 {
		return nil
	}
	err := db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM paces WHERE next_at <= ?`, millis(now)); err != nil {
			return err
		}
		const put = `
			INSERT INTO paces (host, delay, next_at) VALUES (?, ?, ?)
			ON CONFLICT (host) DO UPDATE SET delay = excluded.delay, next_at = excluded.next_at`
		for _, p := range paces {
			// The next millisecond: cut off, the time would come sooner.
			if _, err := tx.ExecContext(ctx, put, p.Host, p.Delay.Milliseconds(), millis(p.Next)+1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep paces: %w", err)
	}
	return nil
}

// PaceOf returns the pace of a host as it was last kept, which may be over, and
// report.ErrNotFound where none is known.
func (db *DB) PaceOf(ctx context.Context, host string) (Pace, error) {
	const query = `SELECT host, delay, next_at FROM paces WHERE host = ?`
	p, err := one(ctx, db.read, query, scanPace, host)
	if err != nil {
		return p, fmt.Errorf("pace of %s: %w", host, err)
	}
	return p, nil
}

// scanPace reads a row of paces.
func scanPace(row scanner) (p Pace, err error) {
	var delay, next int64
	err = row.Scan(&p.Host, &delay, &next)
	p.Delay, p.Next = time.Duration(delay)*time.Millisecond, fromMillis(next)
	return p, err
}

// Paces returns the hosts that are not to be asked yet.
func (db *DB) Paces(ctx context.Context, now time.Time) ([]Pace, error) {
	const query = `SELECT host, delay, next_at FROM paces WHERE next_at > ? ORDER BY host`
	all, err := collect(ctx, db.read, query, scanPace, millis(now))
	if err != nil {
		return nil, fmt.Errorf("paces: %w", err)
	}
	return all, nil
}
