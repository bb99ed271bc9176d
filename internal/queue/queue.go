// Package queue keeps the work that waits, and has it done.
//
// In: jobs, each of a Kind and with a Key; what is to be done for each kind; what is
// planned. Out: the jobs done, each by one of the processes that share the database, tried
// again with growing waits where they fail, and given up after the last attempt. One job
// of a kind and key waits or runs at a time. A job may be done twice where a process was
// cut off: what is done for it must be the same each time. The package knows neither
// portals nor reports, only how work is handed out; River does it, in tables of the same
// database.
package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"gongkai/internal/process"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A Job is one step of work.
type Job struct {
	ID       int64
	Kind     Kind
	Key      string // one of a kind and key is open at a time
	State    store.JobState
	Attempts int // begun so far
	PutOff   int // how often it was put off with no attempt counted
	Most     int // attempts after which it is given up
	Priority int // 1 goes first, 4 last
	Added    time.Time
	Due      time.Time // not before
	Began    time.Time // the last attempt; zero before the first
	Ended    time.Time // zero while it is open
	Worker   string    // of the last attempt
	Error    string    // of the last attempt that failed
	Failed   time.Time // when that was
}

// A Queue is the jobs of one database. Its methods may be called from any goroutine.
type Queue struct {
	db    *store.DB
	log   *slog.Logger
	pool  *pgxpool.Pool // of a server; nil for a file
	add   client        // adds and changes jobs
	read  client        // lists them, on connections that wait for no writer
	work  riverdriver.Executor
	works atomic.Pointer[client] // of Run, which hears at once of what is added here
}

// Open opens the queue of a database. The database is the caller's to close, afterwards.
func Open(ctx context.Context, db *store.DB, log *slog.Logger) (*Queue, error) {
	q := &Queue{db: db, log: log}
	if config := db.Server(); config != nil {
		var err error
		if q.pool, err = newPool(ctx, config); err != nil {
			return nil, fmt.Errorf("queue: %w", err)
		}
	}
	var err, also error
	q.add, q.work, err = q.client(false, &river.Config{})
	q.read, _, also = q.client(true, &river.Config{})
	if err := errors.Join(err, also); err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return q, nil
}

// Close closes what Open has opened.
func (q *Queue) Close() {
	if q.pool != nil {
		q.pool.Close()
	}
}

// adding is the client that adds jobs.
func (q *Queue) adding() client {
	if c := q.works.Load(); c != nil {
		return *c
	}
	return q.add
}

// Add adds a job that is due at a time, the zero time for now, and reports whether it
// did: one of the same kind and key that waits or runs stands for the new one. One that was
// added later than now, by a clock that ran ahead, is due now.
func (q *Queue) Add(ctx context.Context, kind Kind, key string, due time.Time) (bool, error) {
	now := time.Now()
	res, err := q.adding().Insert(ctx, args{kind: kind, Key: key}, options(kind, due, now))
	if err != nil {
		return false, fmt.Errorf("add job %s %s: %w", kind, key, err)
	}
	if res.UniqueSkippedAsDuplicate && res.Job.CreatedAt.After(now.Add(time.Minute)) && res.Job.State != rivertype.JobStateRunning {
		return true, q.Retry(ctx, res.Job.ID)
	}
	return !res.UniqueSkippedAsDuplicate, nil
}

// Now adds a job, or has one that waits done at once. It reports false where one runs.
func (q *Queue) Now(ctx context.Context, kind Kind, key string) (bool, error) {
	res, err := q.adding().Insert(ctx, args{kind: kind, Key: key}, options(kind, time.Time{}, time.Now()))
	if err != nil {
		return false, fmt.Errorf("add job %s %s: %w", kind, key, err)
	}
	switch {
	case !res.UniqueSkippedAsDuplicate:
		return true, nil
	case res.Job.State == rivertype.JobStateRunning:
		return false, nil
	}
	return true, q.Retry(ctx, res.Job.ID)
}

// most is how many jobs are listed of one question.
const most = 10_000

// Open returns the jobs of kinds that wait or run, all kinds where none is given, in the
// order they were added.
func (q *Queue) Open(ctx context.Context, kinds ...Kind) ([]Job, error) {
	return q.list(ctx, openStates(), kinds)
}

// GivenUp returns the jobs that were given up or cancelled lately.
func (q *Queue) GivenUp(ctx context.Context) ([]Job, error) {
	return q.list(ctx, []rivertype.JobState{rivertype.JobStateDiscarded, rivertype.JobStateCancelled}, nil)
}

func (q *Queue) list(ctx context.Context, states []rivertype.JobState, kinds []Kind) ([]Job, error) {
	params := river.NewJobListParams().States(states...).OrderBy(river.JobListOrderByID, river.SortOrderAsc).First(most)
	if len(kinds) > 0 {
		params = params.Kinds(names(kinds)...)
	}
	res, err := q.read.JobList(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	all := make([]Job, len(res.Jobs))
	for i, row := range res.Jobs {
		all[i] = jobOf(row)
	}
	return all, nil
}

// Job returns a job. It is report.ErrNotFound where there is none.
func (q *Queue) Job(ctx context.Context, id int64) (Job, error) {
	row, err := q.read.JobGet(ctx, id)
	if err != nil {
		return Job{}, fmt.Errorf("job %d: %w", id, known(err))
	}
	return jobOf(row), nil
}

// Retry has a job that does not run done at once, also one that was given up.
func (q *Queue) Retry(ctx context.Context, id int64) error {
	if _, err := q.adding().JobRetry(ctx, id); err != nil {
		return fmt.Errorf("retry job %d: %w", id, known(err))
	}
	return nil
}

// Cancel takes a job out of the queue. One that runs is told to end.
func (q *Queue) Cancel(ctx context.Context, id int64) error {
	if _, err := q.adding().JobCancel(ctx, id); err != nil {
		return fmt.Errorf("cancel job %d: %w", id, known(err))
	}
	return nil
}

// Withdraw takes a job that waits out of the queue, and reports whether there was one.
func (q *Queue) Withdraw(ctx context.Context, kind Kind, key string) (bool, error) {
	jobs, err := q.Open(ctx, kind)
	if err != nil {
		return false, err
	}
	for _, job := range jobs {
		if job.Key == key && job.State != store.JobRunning {
			return true, q.Cancel(ctx, job.ID)
		}
	}
	return false, nil
}

// known makes the library's word for what is not there ours.
func known(err error) error {
	if errors.Is(err, rivertype.ErrNotFound) {
		return fmt.Errorf("%w (%w)", report.ErrNotFound, err)
	}
	return err
}

// jobOf is a job as the library's table has it.
func jobOf(row *rivertype.JobRow) Job {
	job := Job{ID: row.ID, Kind: Kind(row.Kind), State: store.JobStateOf(string(row.State)), Attempts: row.Attempt, Most: row.MaxAttempts,
		Priority: row.Priority, Added: row.CreatedAt, Due: row.ScheduledAt}
	var put struct {
		Off int `json:"snoozes"`
	}
	if json.Unmarshal(row.Metadata, &put) == nil {
		job.PutOff = put.Off
	}
	var a args
	if json.Unmarshal(row.EncodedArgs, &a) == nil { // "" where another program wrote it
		job.Key = a.Key
	}
	if row.AttemptedAt != nil {
		job.Began = *row.AttemptedAt
	}
	if row.FinalizedAt != nil {
		job.Ended = *row.FinalizedAt
	}
	if n := len(row.AttemptedBy); n > 0 {
		job.Worker = row.AttemptedBy[n-1]
	}
	if n := len(row.Errors); n > 0 {
		job.Error, job.Failed = row.Errors[n-1].Error, row.Errors[n-1].At
	}
	return job
}

// processOf is the process of a worker.
func processOf(w store.Worker) process.ID {
	return process.ID{Host: w.Host, PID: w.PID, Space: w.Space, Since: w.Since}
}
