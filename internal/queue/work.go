package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"gongkai/internal/process"
	"gongkai/internal/store"
)

// A Handler does a job. Its error puts the job off to its next attempt, or gives it up
// after the last; that of Later or Drop does what they say. ctx ends where the job is
// cancelled, or the process is to end: then it is done again, and no attempt is counted.
type Handler func(ctx context.Context, job Job) error

// Later is the error of a job that could not be done yet, through no fault of its own: it
// is tried again after a while, and no attempt is counted.
func Later(after time.Duration) error { return river.JobSnooze(after) }

// Drop is the error of a job that is not to be tried again.
func Drop(cause error) error { return river.JobCancel(cause) }

// A Planned is work that is done again and again. The one process that leads adds it.
type Planned struct {
	Name string
	Next func(after time.Time) time.Time // the zero time for never
	// Job says what is to be added when its time has come, and once when a process
	// becomes the one that leads, since what was due before may have been missed: false
	// for nothing.
	Job func(ctx context.Context) (kind Kind, key string, due time.Time, ok bool)
}

// Options are how a process works a queue.
type Options struct {
	Handlers map[Kind]Handler
	Lanes    map[string]int // how many jobs of a lane side by side
	Planned  []Planned
	// Leads says that the process may be chosen to lead. Where no such process is alive,
	// another one stands in: it moves on what waits for its time, and plans nothing.
	Leads bool
}

// ending is how long a process that is to end waits for what it has in hand.
const ending = 30 * time.Second

// Run works the queue until ctx ends; then what is in hand is told to end and waits for
// another process. What workers have left that are known to be gone goes back to the queue
// before anything is begun.
func (q *Queue) Run(ctx context.Context, o Options) error {
	p := process.Me(time.Now())
	me := store.Worker{ID: fmt.Sprintf("w%d-%x", p.PID, p.Since.UnixNano()), Host: p.Host, PID: p.PID, Space: p.Space, Leads: o.Leads, Since: p.Since, Seen: p.Since}
	b := &beats{q: q, me: me, log: q.log, silent: make(map[string]silence), lost: make(map[int64]int), hands: newHands()}
	whole := context.WithoutCancel(ctx)
	err := q.db.SignWorker(ctx, me)
	if err == nil {
		err = errors.Join(b.unseat(ctx), b.look(ctx, true))
	}
	switch {
	case ctx.Err() != nil: // told to end before anything was begun
		return q.db.RemoveWorker(whole, me.ID)
	case err != nil:
		return fmt.Errorf("queue: %w", err)
	}
	c, err := q.start(whole, o, me.ID, b.hands)
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	q.works.Store(&c)
	b.run(ctx)
	q.works.Store(nil)
	late, cancel := context.WithTimeout(whole, ending)
	defer cancel()
	return errors.Join(c.StopAndCancel(late), b.standIn(late, false), q.db.RemoveWorker(late, me.ID))
}

// start has the library work.
func (q *Queue) start(ctx context.Context, o Options, id string, h *hands) (client, error) {
	workers := river.NewWorkers()
	for kind, handler := range o.Handlers {
		river.AddWorkerArgs(workers, args{kind: kind}, &worker{handle: handler, hands: h})
	}
	config := &river.Config{ID: id, Workers: workers, FetchOnlyKnownKinds: true, Queues: make(map[string]river.QueueConfig),
		JobTimeout: long, RescueStuckJobsAfter: long + time.Hour, LeaderElectionDisabled: !o.Leads, SkipUnknownJobCheck: true}
	for lane, n := range o.Lanes {
		c := river.QueueConfig{MaxWorkers: n}
		if lane == portals {
			c.FetchPollInterval = askOften
		}
		config.Queues[lane] = c
	}
	if o.Leads {
		for _, p := range o.Planned {
			config.PeriodicJobs = append(config.PeriodicJobs, periodic(ctx, p))
		}
	}
	c, _, err := q.client(false, config)
	if err != nil {
		return nil, err
	}
	return c, c.Start(ctx)
}

// periodic is planned work as the library has it.
func periodic(ctx context.Context, p Planned) *river.PeriodicJob {
	add := func() (river.JobArgs, *river.InsertOpts) {
		kind, key, due, ok := p.Job(ctx)
		if !ok {
			return nil, nil
		}
		return args{kind: kind, Key: key}, options(kind, due, time.Now())
	}
	return river.NewPeriodicJob(schedule(p.Next), add, &river.PeriodicJobOpts{ID: p.Name, RunOnStart: true})
}

// A schedule is when planned work is due.
type schedule func(time.Time) time.Time

// Next implements river.PeriodicSchedule.
func (s schedule) Next(after time.Time) time.Time {
	if next := s(after); !next.IsZero() {
		return next
	}
	return river.NeverSchedule().Next(after)
}

// Every is planned work that is due in equal steps.
func Every(step time.Duration) func(time.Time) time.Time {
	return func(after time.Time) time.Time { return after.Add(step) }
}

// worker does the jobs of one kind.
type worker struct {
	river.WorkerDefaults[args]
	handle Handler
	hands  *hands
}

// Timeout implements river.Worker.
func (w *worker) Timeout(job *river.Job[args]) time.Duration {
	return termsOf(Kind(job.Kind)).timeout
}

// NextRetry implements river.Worker.
func (w *worker) NextRetry(job *river.Job[args]) time.Time {
	t := termsOf(Kind(job.Kind))
	return time.Now().Add(t.wait(max(1, min(job.Attempt, t.attempts))))
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	w.hands.take(job.ID)
	defer w.hands.leave(job.ID)
	err := w.handle(ctx, jobOf(job.JobRow))
	switch cause := context.Cause(ctx); {
	case err == nil || ctx.Err() == nil:
		return err
	case errors.Is(cause, rivertype.ErrJobCancelledRemotely):
		return river.JobCancel(err)
	case errors.Is(cause, context.DeadlineExceeded):
		return err
	}
	return river.JobSnooze(0) // the process ends
}
