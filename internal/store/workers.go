package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// A JobState says where a job stands in the queue.
type JobState string

// The states of a job.
const (
	JobWaiting   JobState = "waiting" // until a worker is free, or it is due
	JobRunning   JobState = "running"
	JobRetrying  JobState = "retrying" // it failed, and waits for its next attempt
	JobDone      JobState = "done"
	JobCancelled JobState = "cancelled"
	JobGivenUp   JobState = "given_up" // after its last attempt
)

// JobStateOf is what a state of the queue's library says, in our words.
func JobStateOf(library string) JobState {
	switch library {
	case "running":
		return JobRunning
	case "retryable":
		return JobRetrying
	case "completed":
		return JobDone
	case "cancelled":
		return JobCancelled
	case "discarded":
		return JobGivenUp
	}
	return JobWaiting // available, scheduled, pending
}

// jobStates counts the jobs of the queue by their state.
func (db *DB) jobStates(ctx context.Context) (map[JobState]int, error) {
	counts, err := count[string](ctx, db, `SELECT CAST(state AS TEXT), COUNT(*) FROM river_job GROUP BY state`)
	all := make(map[JobState]int)
	for library, n := range counts {
		all[JobStateOf(library)] += n
	}
	return all, err
}

// A Worker is a process that works the queue.
type Worker struct {
	ID    string
	Host  string
	PID   int
	Space string // in which the number means that process; "" where that cannot be said
	Leads bool   // it may be chosen to keep the schedule
	Since time.Time
	Seen  time.Time // its last sign of life, by its own clock
}

// SignWorker keeps a worker's sign of life.
func (db *DB) SignWorker(ctx context.Context, w Worker) error {
	const query = `
		INSERT INTO workers (id, host, pid, space, leads, since, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`
	_, err := db.write.ExecContext(ctx, query, w.ID, w.Host, w.PID, w.Space, w.Leads, millis(w.Since), millis(w.Seen))
	if err != nil {
		return fmt.Errorf("sign of life of worker %s: %w", w.ID, explain(err))
	}
	return nil
}

// Workers returns the processes that work the queue, and those that ended without saying so.
func (db *DB) Workers(ctx context.Context) ([]Worker, error) {
	const query = `SELECT id, host, pid, space, leads, since, seen_at FROM workers ORDER BY since, id`
	all, err := collect(ctx, db.read, query, func(row scanner) (w Worker, err error) {
		var since, seen int64
		err = row.Scan(&w.ID, &w.Host, &w.PID, &w.Space, &w.Leads, &since, &seen)
		w.Since, w.Seen = fromMillis(since), fromMillis(seen)
		return w, err
	})
	if err != nil {
		return nil, fmt.Errorf("workers: %w", err)
	}
	return all, nil
}

// RemoveWorker forgets a worker that has ended.
func (db *DB) RemoveWorker(ctx context.Context, id string) error {
	if _, err := db.write.ExecContext(ctx, `DELETE FROM workers WHERE id = ?`, id); err != nil {
		return fmt.Errorf("remove worker %s: %w", id, explain(err))
	}
	return nil
}

// Pools are the connections of a SQLite file, for the queue's library, which keeps its
// tables beside ours: it takes its turn at the one writer. Both are nil on a server.
func (db *DB) Pools() (write, read *sql.DB) {
	if db.dialect == onPostgres {
		return nil, nil
	}
	return db.write, db.read
}

// Server is how to connect to the server, for the queue's library, which has connections of
// its own there; nil for a file.
func (db *DB) Server() *pgx.ConnConfig {
	if db.server == nil {
		return nil
	}
	return db.server.Copy()
}
