package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gongkai/internal/report"
)

// A JobState says where a job stands in the queue.
type JobState string

// The states of a job.
const (
	JobWaiting JobState = "waiting"
	JobLeased  JobState = "leased"
	JobDone    JobState = "done"
	JobDead    JobState = "dead" // given up after its last attempt
)

// A Job is one step of work in the queue. A worker leases it; a lease that runs out
// without an end gives the job to the next worker, so that a crash loses nothing.
type Job struct {
	ID         int64
	Kind       string
	Key        string // one job of a kind and key waits or runs at a time
	Payload    string // JSON
	State      JobState
	Attempts   int // leases so far
	RunAfter   time.Time
	LeaseUntil time.Time
	LastError  string
}

// Enqueue adds a job that is due at a time, and reports whether it did: a job of
// the same kind and key that waits or runs stands for the new one. One that waits and was
// put there later than now, by a clock that ran ahead, is put there anew.
func (db *DB) Enqueue(ctx context.Context, kind, key, payload string, due time.Time) (bool, error) {
	const query = `
		INSERT INTO jobs (kind, unique_key, payload, state, run_after, enqueued_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind, unique_key) WHERE state IN ('waiting', 'leased') DO UPDATE SET
			payload = excluded.payload, run_after = excluded.run_after, enqueued_at = excluded.enqueued_at
		WHERE jobs.state = 'waiting' AND jobs.enqueued_at > excluded.enqueued_at`
	result, err := db.write.ExecContext(ctx, query, kind, key, payload, JobWaiting, millis(due), millis(time.Now()))
	if err != nil {
		return false, fmt.Errorf("enqueue %s %s: %w", kind, key, explain(err))
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// ahead is by how much a lease must lie ahead that it is not believed: it was written by a
// clock that ran ahead and was set right, since no lease is so long.
const ahead = time.Hour

// Lease takes the job that has been due the longest, of one of the kinds, for a
// while. It is report.ErrNotFound where none is due. A lease that a
// clock which ran ahead has written has run out.
func (db *DB) Lease(ctx context.Context, now time.Time, while time.Duration, kinds ...string) (Job, error) {
	query := `
		UPDATE jobs SET state = ?, attempts = attempts + 1, lease_until = ?
		WHERE id = (
			SELECT id FROM jobs
			WHERE ((state = ? AND run_after <= ?) OR (state = ? AND (lease_until < ? OR lease_until > ?)))
				AND kind IN (` + marks(len(kinds)) + `)
			ORDER BY run_after, id LIMIT 1)
		RETURNING ` + jobColumns
	future := millis(now.Add(max(ahead, 2*while)))
	args := []any{JobLeased, millis(now.Add(while)), JobWaiting, millis(now), JobLeased, millis(now), future}
	for _, kind := range kinds {
		args = append(args, kind)
	}
	var job Job
	err := db.transact(ctx, func(tx *sql.Tx) (err error) { // its turn: two leases must not choose the same job
		job, err = one(ctx, tx, query, scanJob, args...)
		return err
	})
	if err != nil {
		return Job{}, fmt.Errorf("lease a job: %w", err)
	}
	return job, nil
}

// Extend keeps a leased job for a while longer. It is report.ErrNotFound where the
// lease has gone to another worker, who has the job now.
func (db *DB) Extend(ctx context.Context, job Job, now time.Time, while time.Duration) error {
	return db.endLease(ctx, job, "extend", `SET lease_until = ?`, millis(now.Add(while)))
}

// Sign writes into a leased job who has it.
func (db *DB) Sign(ctx context.Context, job Job, payload string) error {
	return db.endLease(ctx, job, "sign", `SET payload = ?`, payload)
}

// Free lets a leased job be leased again at once: whoever has it is known to be gone.
func (db *DB) Free(ctx context.Context, job Job) error {
	return db.endLease(ctx, job, "free", `SET lease_until = ?`, 0)
}

// OpenJob returns the job of a kind and key that waits or runs, and report.ErrNotFound
// where there is none.
func (db *DB) OpenJob(ctx context.Context, kind, key string) (Job, error) {
	const query = `SELECT ` + jobColumns + ` FROM jobs WHERE kind = ? AND unique_key = ? AND state IN ('waiting', 'leased')`
	job, err := one(ctx, db.read, query, scanJob, kind, key)
	if err != nil {
		return Job{}, fmt.Errorf("job %s %s: %w", kind, key, err)
	}
	return job, nil
}

// Complete ends a leased job that was done. It is report.ErrNotFound where the lease
// has gone to another worker.
func (db *DB) Complete(ctx context.Context, job Job) error {
	return db.endLease(ctx, job, "complete", `SET state = ?, finished_at = ?, last_error = ''`, JobDone, millis(time.Now()))
}

// Fail gives a leased job back after an error. It is due again at retry, or given
// up where retry is zero.
func (db *DB) Fail(ctx context.Context, job Job, cause error, retry time.Time) error {
	if retry.IsZero() {
		return db.endLease(ctx, job, "fail", `SET state = ?, finished_at = ?, last_error = ?`,
			JobDead, millis(time.Now()), cause.Error())
	}
	return db.endLease(ctx, job, "fail", `SET state = ?, run_after = ?, last_error = ?`,
		JobWaiting, millis(retry), cause.Error())
}

// endLease changes a job that is still leased by the worker that has it: attempts
// tells one lease from the next.
func (db *DB) endLease(ctx context.Context, job Job, what, set string, args ...any) error {
	query := `UPDATE jobs ` + set + ` WHERE id = ? AND state = ? AND attempts = ?`
	result, err := db.write.ExecContext(ctx, query, append(args, job.ID, JobLeased, job.Attempts)...)
	if err != nil {
		return fmt.Errorf("%s job %d: %w", what, job.ID, explain(err))
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("%s job %d: its lease has ended: %w", what, job.ID, orNotFound(err))
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

// Dequeue ends a waiting job that needs no work any more, where there is one.
func (db *DB) Dequeue(ctx context.Context, kind, key string) error {
	return db.transact(ctx, func(tx *sql.Tx) error { return dequeue(ctx, tx, kind, key) })
}

// dequeue is Dequeue within a transaction.
func dequeue(ctx context.Context, tx querier, kind, key string) error {
	const query = `UPDATE jobs SET state = ?, finished_at = ? WHERE kind = ? AND unique_key = ? AND state = ?`
	_, err := tx.ExecContext(ctx, query, JobDone, millis(time.Now()), kind, key, JobWaiting)
	if err != nil {
		return fmt.Errorf("dequeue %s %s: %w", kind, key, explain(err))
	}
	return nil
}

// Jobs returns the jobs that wait or run, and those given up, in the order they are
// due.
func (db *DB) Jobs(ctx context.Context) ([]Job, error) {
	const query = `SELECT ` + jobColumns + ` FROM jobs WHERE state <> ? ORDER BY run_after, id`
	all, err := collect(ctx, db.read, query, scanJob, JobDone)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return all, nil
}

const jobColumns = `id, kind, unique_key, payload, state, attempts, run_after, lease_until, last_error`

// scanJob reads the columns of jobColumns.
func scanJob(row scanner) (j Job, err error) {
	var due, lease int64
	err = row.Scan(&j.ID, &j.Kind, &j.Key, &j.Payload, &j.State, &j.Attempts, &due, &lease, &j.LastError)
	j.RunAfter, j.LeaseUntil = fromMillis(due), fromMillis(lease)
	return j, err
}
