package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gongkai/internal/report"
)

// A LeaseState says where a lease stands.
type LeaseState string

// The states of a lease.
const (
	LeaseWaiting LeaseState = "waiting" // nobody has it
	LeaseTaken   LeaseState = "leased"
	LeaseDone    LeaseState = "done"
	LeaseDead    LeaseState = "dead" // given up after its last attempt
)

// A Lease is what one process at a time has: a portal or a host that it asks, or a page
// that is asked for again once it is due. A lease that runs out without an end goes to the
// next process, so that a crash loses nothing. Work waits elsewhere, in package queue.
type Lease struct {
	ID         int64
	Kind       string
	Key        string // one of a kind and key is open at a time
	Payload    string // JSON
	State      LeaseState
	Attempts   int // how often it was taken so far
	RunAfter   time.Time
	LeaseUntil time.Time
	LastError  string
}

// Offer adds a lease that is due at a time, and reports whether it did: one of the same
// kind and key that is open stands for the new one. One that waits and was
// put there later than now, by a clock that ran ahead, is put there anew.
func (db *DB) Offer(ctx context.Context, kind, key, payload string, due time.Time) (bool, error) {
	const query = `
		INSERT INTO leases (kind, unique_key, payload, state, run_after, enqueued_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind, unique_key) WHERE state IN ('waiting', 'leased') DO UPDATE SET
			payload = excluded.payload, run_after = excluded.run_after, enqueued_at = excluded.enqueued_at
		WHERE leases.state = 'waiting' AND leases.enqueued_at > excluded.enqueued_at`
	result, err := db.write.ExecContext(ctx, query, kind, key, payload, LeaseWaiting, millis(due), millis(time.Now()))
	if err != nil {
		return false, fmt.Errorf("offer %s %s: %w", kind, key, explain(err))
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// ahead is by how much a lease must lie ahead that it is not believed: it was written by a
// clock that ran ahead and was set right, since no lease is so long.
const ahead = time.Hour

// Take takes the lease that has been due the longest, of one of the kinds, for a
// while. It is report.ErrNotFound where none is due. A lease that a
// clock which ran ahead has written has run out.
func (db *DB) Take(ctx context.Context, now time.Time, while time.Duration, kinds ...string) (Lease, error) {
	query := `
		UPDATE leases SET state = ?, attempts = attempts + 1, lease_until = ?
		WHERE id = (
			SELECT id FROM leases
			WHERE ((state = ? AND run_after <= ?) OR (state = ? AND (lease_until < ? OR lease_until > ?)))
				AND kind IN (` + marks(len(kinds)) + `)
			ORDER BY run_after, id LIMIT 1)
		RETURNING ` + leaseColumns
	future := millis(now.Add(max(ahead, 2*while)))
	args := []any{LeaseTaken, millis(now.Add(while)), LeaseWaiting, millis(now), LeaseTaken, millis(now), future}
	for _, kind := range kinds {
		args = append(args, kind)
	}
	var lease Lease
	err := db.transact(ctx, func(tx *sql.Tx) (err error) { // its turn: two processes must not take the same one
		lease, err = one(ctx, tx, query, scanLease, args...)
		return err
	})
	if err != nil {
		return Lease{}, fmt.Errorf("take a lease: %w", err)
	}
	return lease, nil
}

// Extend keeps a taken lease for a while longer. It is report.ErrNotFound where the
// lease has gone to another process.
func (db *DB) Extend(ctx context.Context, lease Lease, now time.Time, while time.Duration) error {
	return db.endLease(ctx, lease, "extend", `SET lease_until = ?`, millis(now.Add(while)))
}

// Sign writes into a taken lease who has it.
func (db *DB) Sign(ctx context.Context, lease Lease, payload string) error {
	return db.endLease(ctx, lease, "sign", `SET payload = ?`, payload)
}

// Free lets a taken lease be taken again at once: whoever has it is known to be gone.
func (db *DB) Free(ctx context.Context, lease Lease) error {
	return db.endLease(ctx, lease, "free", `SET lease_until = ?`, 0)
}

// OpenLease returns the open lease of a kind and key, and report.ErrNotFound
// where there is none.
func (db *DB) OpenLease(ctx context.Context, kind, key string) (Lease, error) {
	const query = `SELECT ` + leaseColumns + ` FROM leases WHERE kind = ? AND unique_key = ? AND state IN ('waiting', 'leased')`
	lease, err := one(ctx, db.read, query, scanLease, kind, key)
	if err != nil {
		return Lease{}, fmt.Errorf("lease %s %s: %w", kind, key, err)
	}
	return lease, nil
}

// Complete ends a taken lease that was done with. It is report.ErrNotFound where the lease
// has gone to another process.
func (db *DB) Complete(ctx context.Context, lease Lease) error {
	return db.endLease(ctx, lease, "complete", `SET state = ?, finished_at = ?, last_error = ''`, LeaseDone, millis(time.Now()))
}

// Fail gives a taken lease back after an error. It is due again at retry, or given
// up where retry is zero.
func (db *DB) Fail(ctx context.Context, lease Lease, cause error, retry time.Time) error {
	if retry.IsZero() {
		return db.endLease(ctx, lease, "fail", `SET state = ?, finished_at = ?, last_error = ?`,
			LeaseDead, millis(time.Now()), cause.Error())
	}
	return db.endLease(ctx, lease, "fail", `SET state = ?, run_after = ?, last_error = ?`,
		LeaseWaiting, millis(retry), cause.Error())
}

// endLease changes a lease that is still with the process that took it: attempts
// tells one lease from the next.
func (db *DB) endLease(ctx context.Context, lease Lease, what, set string, args ...any) error {
	query := `UPDATE leases ` + set + ` WHERE id = ? AND state = ? AND attempts = ?`
	result, err := db.write.ExecContext(ctx, query, append(args, lease.ID, LeaseTaken, lease.Attempts)...)
	if err != nil {
		return fmt.Errorf("%s lease %d: %w", what, lease.ID, explain(err))
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("%s lease %d: its lease has ended: %w", what, lease.ID, orNotFound(err))
	}
	return nil
}

// orNotFound is the error of a change that found no row.
func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return report.ErrNotFound
}

// Withdraw ends a waiting lease that needs nothing any more, where there is one.
func (db *DB) Withdraw(ctx context.Context, kind, key string) error {
	return db.transact(ctx, func(tx *sql.Tx) error { return withdraw(ctx, tx, time.Now(), kind, key) })
}

// withdraw is Withdraw of several within a transaction.
func withdraw(ctx context.Context, tx querier, now time.Time, kind string, keys ...string) error {
	return inSome(keys, func(list string, args []any) error {
		query := `UPDATE leases SET state = ?, finished_at = ? WHERE kind = ? AND state = ? AND unique_key IN ` + list
		if _, err := tx.ExecContext(ctx, query, append([]any{LeaseDone, millis(now), kind, LeaseWaiting}, args...)...); err != nil {
			return fmt.Errorf("withdraw %s: %w", kind, explain(err))
		}
		return nil
	})
}

// LeaseDue reports whether a lease of a kind waits and is due, or has run out.
func (db *DB) LeaseDue(ctx context.Context, kind string, now time.Time) (bool, error) {
	const query = `
		SELECT COUNT(*) FROM leases
		WHERE kind = ? AND ((state = ? AND run_after <= ?) OR (state = ? AND (lease_until < ? OR lease_until > ?)))`
	n, err := one(ctx, db.read, query, scanInt, kind, LeaseWaiting, millis(now), LeaseTaken, millis(now), millis(now.Add(2*ahead)))
	if err != nil {
		return false, fmt.Errorf("due leases: %w", err)
	}
	return n > 0, nil
}

// Leases returns the open leases, and those given up, in the order they are
// due.
func (db *DB) Leases(ctx context.Context) ([]Lease, error) {
	const query = `SELECT ` + leaseColumns + ` FROM leases WHERE state <> ? ORDER BY run_after, id`
	all, err := collect(ctx, db.read, query, scanLease, LeaseDone)
	if err != nil {
		return nil, fmt.Errorf("leases: %w", err)
	}
	return all, nil
}

const leaseColumns = `id, kind, unique_key, payload, state, attempts, run_after, lease_until, last_error`

// scanLease reads the columns of leaseColumns.
func scanLease(row scanner) (j Lease, err error) {
	var due, until int64
	err = row.Scan(&j.ID, &j.Kind, &j.Key, &j.Payload, &j.State, &j.Attempts, &due, &until, &j.LastError)
	j.RunAfter, j.LeaseUntil = fromMillis(due), fromMillis(until)
	return j, err
}
