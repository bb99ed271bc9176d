package queue

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"gongkai/internal/store"
)

const (
	beat  = 5 * time.Second
	quiet = 6  // beats of ours without one of a worker's: it is gone
	lost  = 12 // beats of ours while a job of ours is in nobody's hand: its end was not written
)

// LeftBehind is the error of a job whose worker was cut off.
const LeftBehind = "执行此任务的进程已中断，任务重新排队"

// beats are the signs of life of a worker, and what it makes of those of others. It goes
// by no clock: a worker is silent while its sign stays the same from one look of ours to
// the next, so that neither clocks that differ nor a database that was away make it so.
type beats struct {
	q      *Queue
	me     store.Worker
	log    *slog.Logger
	silent map[string]silence
	lost   map[int64]int // looks at a job of ours that is in nobody's hand
	hands  *hands
	second client // stands in for one that leads; nil while it does not
}

// A silence is how often a worker was seen without a new sign of life.
type silence struct {
	seen  time.Time
	looks int
}

// run beats until ctx ends. A beat that fails is logged: the next may succeed.
func (b *beats) run(ctx context.Context) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		if err := b.once(ctx); err != nil && ctx.Err() == nil {
			b.log.Warn("queue: sign of life", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (b *beats) once(ctx context.Context) error {
	b.me.Seen = time.Now()
	if err := b.q.db.SignWorker(ctx, b.me); err != nil {
		return err
	}
	return b.look(ctx, false)
}

// leadership is the library's name for what it tells of who leads.
const leadership = "river_leadership"

// unseat ends the word of a process that leads no more, so that another leads at once: it
// is known to have ended, or its clock ran ahead and it would lead for days.
func (b *beats) unseat(ctx context.Context) error {
	leader, err := b.q.work.LeaderGetElectedLeader(ctx, &riverdriver.LeaderGetElectedLeaderParams{})
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	workers, err := b.q.db.Workers(ctx)
	if err != nil {
		return err
	}
	gone := leader.ExpiresAt.After(time.Now().Add(time.Minute))
	for _, w := range workers {
		gone = gone || w.ID == strings.TrimSuffix(leader.LeaderID, standsIn) && processOf(w).Gone()
	}
	if !gone {
		return nil
	}
	_, err = b.q.work.LeaderResign(ctx, &riverdriver.LeaderResignParams{ElectedAt: leader.ElectedAt, LeaderID: leader.LeaderID, LeadershipTopic: leadership})
	return err
}

// standsIn ends the name of a worker that stands in for one that leads.
const standsIn = "-stands-in"

// look gives the jobs of workers that are gone back to the queue. At the first look only
// what is known of this machine tells who is.
func (b *beats) look(ctx context.Context, first bool) error {
	// The jobs before the workers: who began one had signed before.
	running, err := b.q.list(ctx, []rivertype.JobState{rivertype.JobStateRunning}, nil)
	if err != nil {
		return err
	}
	workers, err := b.q.db.Workers(ctx)
	if err != nil {
		return err
	}
	alive, led := map[string]bool{b.me.ID: true}, b.me.Leads
	var gone []string
	for _, w := range workers {
		switch {
		case w.ID == b.me.ID:
		case processOf(w).Gone() || b.quiet(w):
			gone = append(gone, w.ID)
		default:
			alive[w.ID], led = true, led || w.Leads
		}
	}
	if err := b.giveBack(ctx, running, alive); err != nil {
		return err
	}
	for _, id := range gone {
		delete(b.silent, id)
		err = errors.Join(err, b.q.db.RemoveWorker(ctx, id))
	}
	if !first {
		err = errors.Join(err, b.standIn(ctx, !led))
	}
	return err
}

// quiet reports whether a worker has given no sign of life for many looks.
func (b *beats) quiet(w store.Worker) bool {
	s := b.silent[w.ID]
	if s.looks == 0 || !s.seen.Equal(w.Seen) {
		s = silence{seen: w.Seen}
	}
	s.looks++
	b.silent[w.ID] = s
	return s.looks > quiet
}

// giveBack gives running jobs back whose worker is not alive, and those of ours that are in
// no hand: their end could not be written.
func (b *beats) giveBack(ctx context.Context, running []Job, alive map[string]bool) error {
	var back []Job
	still := make(map[int64]int)
	for _, job := range running {
		switch {
		case !alive[job.Worker]:
			back = append(back, job)
		case job.Worker == b.me.ID && !b.hands.has(job.ID):
			if still[job.ID] = b.lost[job.ID] + 1; still[job.ID] > lost {
				back = append(back, job)
			}
		}
	}
	b.lost = still
	if len(back) == 0 {
		return nil
	}
	return b.q.giveBack(ctx, back)
}

// giveBack puts jobs that run nowhere back in the queue. One that has ended meanwhile stays
// ended.
func (q *Queue) giveBack(ctx context.Context, jobs []Job) error {
	now := time.Now()
	p := &riverdriver.JobRescueManyParams{StuckHorizon: now.AddDate(100, 0, 0)} // whatever clock began them
	for _, job := range jobs {
		text, err := json.Marshal(rivertype.AttemptError{At: now.UTC(), Attempt: job.Attempts, Error: LeftBehind})
		if err != nil {
			return err
		}
		p.ID, p.Error = append(p.ID, job.ID), append(p.Error, text)
		p.FinalizedAt, p.ScheduledAt = append(p.FinalizedAt, nil), append(p.ScheduledAt, now)
		p.State = append(p.State, string(rivertype.JobStateAvailable))
		q.log.Warn("a job was left behind by a process that is gone", "kind", job.Kind, "key", job.Key, "worker", job.Worker)
	}
	_, err := q.work.JobRescueMany(ctx, p)
	return err
}

// standIn stands in for a process that leads, or leaves that again.
func (b *beats) standIn(ctx context.Context, wanted bool) error {
	switch {
	case wanted && b.second == nil:
		workers := river.NewWorkers()
		river.AddWorkerArgs(workers, args{kind: "none"}, &worker{handle: func(context.Context, Job) error { return nil }, hands: b.hands})
		c, _, err := b.q.client(false, &river.Config{ID: b.me.ID + standsIn, Workers: workers, FetchOnlyKnownKinds: true,
			Queues: map[string]river.QueueConfig{"none": {MaxWorkers: 1}}, JobTimeout: long, RescueStuckJobsAfter: long + time.Hour})
		if err != nil {
			return err
		}
		b.second = c
		return c.Start(context.WithoutCancel(ctx))
	case !wanted && b.second != nil:
		c := b.second
		b.second = nil
		return c.Stop(ctx)
	}
	return nil
}

// hands are the jobs that a process has in hand.
type hands struct {
	mu   sync.Mutex
	jobs map[int64]bool
}

func newHands() *hands { return &hands{jobs: make(map[int64]bool)} }

func (h *hands) take(id int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.jobs[id] = true
}

func (h *hands) leave(id int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.jobs, id)
}

func (h *hands) has(id int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.jobs[id]
}
