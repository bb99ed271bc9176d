package queue

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"gongkai/internal/process"
	"gongkai/internal/report"
	"gongkai/internal/store"
	"gongkai/tests/pgtest"
)

func TestMain(m *testing.M) { pgtest.Exit(m.Run()) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestSuite holds the same of the queue in a file and on a server.
func TestSuite(t *testing.T) {
	tests := map[string]func(*testing.T, *Queue){
		"schema":      testSchema,
		"unique":      testUnique,
		"by hand":     testByHand,
		"ahead":       testAhead,
		"outcomes":    testOutcomes,
		"cut off":     testCutOff,
		"left behind": testLeftBehind,
		"silent":      testSilent,
		"unseated":    testUnseated,
		"lost end":    testLostEnd,
		"planned":     testPlanned,
		"shared":      testShared,
		"stands in":   testStandsIn,
		"ends early":  testEndsEarly,
	}
	for name, test := range tests {
		t.Run("sqlite/"+name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t, filepath.Join(t.TempDir(), "gongkai.db")))
		})
		t.Run("postgres/"+name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t, pgtest.Database(t)))
		})
	}
}

func open(t *testing.T, address string) *Queue {
	t.Helper()
	db, err := store.Open(t.Context(), address)
	must(t, err)
	q, err := Open(t.Context(), db, slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(func() {
		q.Close()
		must(t, db.Close())
	})
	return q
}

// run works a queue until the test has what it waits for.
func run(t *testing.T, q *Queue, o Options) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- q.Run(ctx, o) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// until waits for what is to become true; that it never does is what the time is for.
func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: ", what)
		}
	}
}

func add(t *testing.T, q *Queue, kind Kind, key string, want bool) {
	t.Helper()
	if added, err := q.Add(t.Context(), kind, key, time.Time{}); err != nil || added != want {
		t.Fatalf("add %s %s: %v, %v; want %v", kind, key, added, err, want)
	}
}

func only(t *testing.T, q *Queue) Job {
	t.Helper()
	jobs, err := q.Open(t.Context())
	if err != nil || len(jobs) != 1 {
		t.Fatalf("jobs %+v, %v; want one", jobs, err)
	}
	return jobs[0]
}

// testSchema holds that the library finds the tables of our migrations complete.
func testSchema(t *testing.T, q *Queue) {
	var res *rivermigrate.ValidateResult
	var err error
	if write, _ := q.db.Pools(); write != nil {
		m, also := rivermigrate.New(riversqlite.New(write), nil)
		must(t, also)
		res, err = m.Validate(t.Context(), nil)
	} else {
		m, also := rivermigrate.New(riverpgxv5.New(q.pool), nil)
		must(t, also)
		res, err = m.Validate(t.Context(), nil)
	}
	must(t, err)
	if !res.OK {
		t.Errorf("the library's schema has gone on; make a migration of it: %v", res.Messages)
	}
}

// testUnique holds that one job of a kind and key is open at a time.
func testUnique(t *testing.T, q *Queue) {
	add(t, q, Refresh, "a", true)
	add(t, q, Refresh, "a", false)
	add(t, q, Refresh, "b", true)
	add(t, q, Aggregate, "a", true)
	jobs, err := q.Open(t.Context(), Refresh)
	if err != nil || len(jobs) != 2 || jobs[0].Key != "a" || jobs[1].Key != "b" || jobs[0].State != store.JobWaiting {
		t.Fatalf("refreshes %+v, %v; want a and b that wait", jobs, err)
	}
	for range 2 {
		found, err := q.Withdraw(t.Context(), Refresh, "a")
		if again, also := q.Withdraw(t.Context(), Refresh, "a"); err != nil || also != nil || !found || again {
			t.Errorf("withdraw: %v, %v, then %v, %v; want once", found, err, again, also)
		}
		add(t, q, Refresh, "a", true) // what was withdrawn stands for nothing
	}
}

// testByHand holds what a person does with jobs.
func testByHand(t *testing.T, q *Queue) {
	later := time.Now().Add(time.Hour)
	if added, err := q.Add(t.Context(), Refresh, "a", later); err != nil || !added {
		t.Fatal(added, err)
	}
	if job := only(t, q); job.Due.Sub(later).Abs() > time.Second || job.Worker != "" || !job.Began.IsZero() {
		t.Errorf("job %+v; want one due in an hour, begun by nobody", job)
	}
	if done, err := q.Now(t.Context(), Refresh, "a"); err != nil || !done {
		t.Fatal(done, err)
	}
	job := only(t, q)
	if job.Due.After(time.Now()) {
		t.Errorf("job %+v; want one due now", job)
	}
	must(t, q.Cancel(t.Context(), job.ID))
	if ended, err := q.GivenUp(t.Context()); err != nil || len(ended) != 1 || ended[0].State != store.JobCancelled || ended[0].Ended.IsZero() {
		t.Errorf("given up %+v, %v; want the one that was cancelled", ended, err)
	}
	must(t, q.Retry(t.Context(), job.ID))
	if again, err := q.Job(t.Context(), job.ID); err != nil || again.State != store.JobWaiting {
		t.Errorf("job %+v, %v; want it to wait again", again, err)
	}
	_, missing := q.Job(t.Context(), 4711)
	for _, err := range []error{missing, q.Retry(t.Context(), 4711), q.Cancel(t.Context(), 4711)} {
		if !errors.Is(err, report.ErrNotFound) {
			t.Errorf("error %v of a job that is not there; want not found", err)
		}
	}
}

// testAhead holds that a job of a clock that ran ahead holds none up.
func testAhead(t *testing.T, q *Queue) {
	ahead := time.Now().Add(48 * time.Hour)
	_, err := q.add.Insert(t.Context(), args{kind: Refresh, Key: "a"}, options(Refresh, ahead, time.Now()))
	must(t, err)
	write, _ := q.db.Pools()
	if write != nil {
		_, err = write.ExecContext(t.Context(), `UPDATE river_job SET created_at = ?`, ahead.UTC().Format("2006-01-02 15:04:05.000"))
	} else {
		_, err = q.pool.Exec(t.Context(), `UPDATE river_job SET created_at = $1`, ahead)
	}
	must(t, err)
	add(t, q, Refresh, "a", true)
	if job := only(t, q); job.Due.After(time.Now()) {
		t.Errorf("job %+v; want one due now", job)
	}
}

// testOutcomes holds what becomes of jobs by the error of what was done.
func testOutcomes(t *testing.T, q *Queue) {
	fault := errors.New("the portal does not answer")
	done := make(chan string, 10)
	o := Options{Leads: true, Lanes: Lanes(4, true), Handlers: map[Kind]Handler{
		Refresh: func(_ context.Context, job Job) error {
			done <- job.Key
			switch job.Key {
			case "later":
				return Later(time.Hour)
			case "drop":
				return Drop(fault)
			case "fails":
				return fault
			case "panics":
				panic("a fault of the program")
			}
			return nil
		}}}
	for _, key := range []string{"good", "later", "drop", "fails", "panics"} {
		add(t, q, Refresh, key, true)
	}
	run(t, q, o)
	for range 5 {
		<-done
	}
	left := func() map[string]Job {
		jobs, err := q.Open(t.Context())
		must(t, err)
		all := make(map[string]Job)
		for _, j := range jobs {
			all[j.Key] = j
		}
		return all
	}
	until(t, "three wait", func() bool {
		l := left()
		return len(l) == 3 && l["later"].State == store.JobWaiting && l["fails"].State == store.JobRetrying && l["panics"].State == store.JobRetrying
	})
	l := left()
	if j := l["later"]; j.Attempts != 0 || j.Due.Before(time.Now().Add(50*time.Minute)) {
		t.Errorf("put off: %+v; want it due in an hour and no attempt counted", j)
	}
	if j := l["fails"]; j.Attempts != 1 || j.Error != fault.Error() || j.Failed.IsZero() || j.Due.Before(time.Now().Add(25*time.Minute)) || j.Due.After(time.Now().Add(35*time.Minute)) {
		t.Errorf("failed: %+v; want it due in half an hour with its error", j)
	}
	ended, err := q.GivenUp(t.Context())
	if err != nil || len(ended) != 1 || ended[0].Key != "drop" || ended[0].Error == "" {
		t.Errorf("ended %+v, %v; want the one that was dropped, with its error", ended, err)
	}
}

// testCutOff holds that what a process has in hand when it is to end waits for the next,
// with no attempt counted.
func testCutOff(t *testing.T, q *Queue) {
	began := make(chan Job, 2)
	o := Options{Leads: true, Lanes: Lanes(1, false), Handlers: map[Kind]Handler{Refresh: func(ctx context.Context, job Job) error {
		began <- job
		<-ctx.Done()
		return ctx.Err()
	}}}
	add(t, q, Refresh, "a", true)
	stop := run(t, q, o)
	if job := <-began; job.State != store.JobRunning || job.Attempts != 1 || job.Worker == "" {
		t.Errorf("job %+v; want it to run", job)
	}
	stop()
	if job := only(t, q); job.State != store.JobWaiting || job.Attempts != 0 || job.Due.After(time.Now()) {
		t.Errorf("job %+v; want it to wait as before", job)
	}
	if workers, err := q.db.Workers(t.Context()); err != nil || len(workers) != 0 {
		t.Errorf("workers %+v, %v; want none", workers, err)
	}
	run(t, q, o)
	job := <-began
	must(t, q.Cancel(t.Context(), job.ID))
	until(t, "cancelled", func() bool {
		ended, err := q.GivenUp(t.Context())
		return err == nil && len(ended) == 1 && ended[0].State == store.JobCancelled
	})
}

// begin has a job begun by a worker that then does nothing.
func begin(t *testing.T, q *Queue, w store.Worker) {
	t.Helper()
	must(t, q.db.SignWorker(t.Context(), w))
	rows, err := q.work.JobGetAvailable(t.Context(), &riverdriver.JobGetAvailableParams{ClientID: w.ID, MaxAttemptedBy: 10, MaxToLock: 1, Queue: portals})
	if err != nil || len(rows.Jobs) != 1 {
		t.Fatalf("begun %+v, %v; want one", rows, err)
	}
}

// dead is a process of this machine that has ended.
func dead() store.Worker {
	me := here()
	me.ID, me.PID = "dead", 1<<22+1 // more than the system has
	return me
}

// testLeftBehind holds that a process that was killed holds up nothing: what it had begun
// is begun again at the next start, at once.
func testLeftBehind(t *testing.T, q *Queue) {
	if dead().Space == "" {
		t.Skip("skipped: which processes have ended is not known here")
	}
	add(t, q, Refresh, "a", true)
	begin(t, q, dead())
	add(t, q, Refresh, "a", false)
	began := make(chan Job, 1)
	start := time.Now()
	run(t, q, Options{Leads: true, Lanes: Lanes(1, false), Handlers: map[Kind]Handler{Refresh: func(_ context.Context, job Job) error {
		began <- job
		return nil
	}}})
	job := <-began
	if job.Error != LeftBehind || job.Attempts != 2 || time.Since(start) > 10*beat {
		t.Errorf("job %+v after %v; want what was left behind", job, time.Since(start))
	}
	if workers, err := q.db.Workers(t.Context()); err != nil || slices.ContainsFunc(workers, func(w store.Worker) bool { return w.ID == "dead" }) {
		t.Errorf("workers %+v, %v; want none that is gone", workers, err)
	}
}

// testSilent holds that a worker of another machine is gone when it gives no sign of life
// from look to look, whatever the clocks say, and not before.
func testSilent(t *testing.T, q *Queue) {
	add(t, q, Refresh, "a", true)
	far := store.Worker{ID: "far", Host: "elsewhere", PID: 1, Leads: true, Since: time.Now(), Seen: time.Now().Add(48 * time.Hour)}
	begin(t, q, far)
	b := &beats{q: q, me: here(), log: q.log, silent: make(map[string]silence), lost: make(map[int64]int), hands: newHands()}
	for i := range 2 * quiet {
		if i < quiet {
			far.Seen = far.Seen.Add(time.Millisecond)
			must(t, q.db.SignWorker(t.Context(), far))
		}
		if job := only(t, q); job.State != store.JobRunning {
			t.Fatalf("job %+v after %d looks; want it to run", job, i)
		}
		must(t, b.look(t.Context(), true))
	}
	if job := only(t, q); job.State != store.JobWaiting || job.Error != LeftBehind {
		t.Errorf("job %+v; want it back in the queue", job)
	}
}

// testUnseated holds that neither a process that was killed while it led, nor one whose
// clock ran ahead, keeps the next from leading.
func testUnseated(t *testing.T, q *Queue) {
	b := &beats{q: q, me: here(), log: q.log}
	for _, c := range []struct {
		who   string
		until time.Duration
		stays bool
	}{{"dead" + standsIn, 10 * time.Second, here().Space == ""}, {"far", 48 * time.Hour, false}, {"far", 10 * time.Second, true}} {
		must(t, q.db.SignWorker(t.Context(), dead()))
		now, end := time.Now().UTC(), time.Now().UTC().Add(c.until)
		_, err := q.work.LeaderInsert(t.Context(), &riverdriver.LeaderInsertParams{ElectedAt: &now, ExpiresAt: &end, LeaderID: c.who})
		must(t, err)
		must(t, b.unseat(t.Context()))
		_, err = q.work.LeaderGetElectedLeader(t.Context(), &riverdriver.LeaderGetElectedLeaderParams{})
		if stays := err == nil; stays != c.stays {
			t.Errorf("%s until in %v leads still %v, %v; want %v", c.who, c.until, stays, err, c.stays)
		}
	}
}

// testLostEnd holds that a job whose end could not be written is done again, and one that
// is in hand is not.
func testLostEnd(t *testing.T, q *Queue) {
	add(t, q, Refresh, "a", true)
	me := here()
	begin(t, q, me)
	b := &beats{q: q, me: me, log: q.log, silent: make(map[string]silence), lost: make(map[int64]int), hands: newHands()}
	id := only(t, q).ID
	b.hands.take(id)
	for range 2 * lost {
		must(t, b.look(t.Context(), true))
	}
	if job := only(t, q); job.State != store.JobRunning {
		t.Fatalf("job %+v; want it to run while it is in hand", job)
	}
	b.hands.leave(id)
	for range lost + 1 {
		must(t, b.look(t.Context(), true))
	}
	if job := only(t, q); job.State != store.JobWaiting {
		t.Errorf("job %+v; want it back in the queue", job)
	}
}

// testPlanned holds that of two processes one plans, once at its start and then at each
// time.
func testPlanned(t *testing.T, q *Queue) {
	var mu sync.Mutex
	asked, done := 0, map[string]int{}
	o := Options{Leads: true, Lanes: Lanes(2, true), Planned: []Planned{
		{Name: "start", Next: func(time.Time) time.Time { return time.Time{} }, Job: func(context.Context) (Kind, string, time.Time, bool) {
			mu.Lock()
			defer mu.Unlock()
			asked++
			return Refresh, "start", time.Time{}, true
		}},
		{Name: "never", Next: Every(time.Second), Job: func(context.Context) (Kind, string, time.Time, bool) { return Refresh, "", time.Time{}, false }},
		{Name: "often", Next: Every(time.Second), Job: func(context.Context) (Kind, string, time.Time, bool) {
			return Notify, "often", time.Time{}, true
		}},
	}, Handlers: map[Kind]Handler{}}
	count := func(_ context.Context, job Job) error {
		mu.Lock()
		defer mu.Unlock()
		done[job.Key]++
		return nil
	}
	o.Handlers[Refresh], o.Handlers[Notify] = count, count
	other, err := Open(t.Context(), q.db, q.log)
	must(t, err)
	stop := run(t, q, o)
	also := run(t, other, o)
	until(t, "done again and again", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return done["often"] >= 3 && done["start"] >= 1
	})
	stop()
	also()
	other.Close()
	if asked > 2 || done["start"] != asked || done[""] != 0 { // twice where the first was not yet stopped
		t.Errorf("asked %d times at a start, done %v; want each as often", asked, done)
	}
}

// testShared holds that several processes do each job once, side by side, those of greater
// urgency first.
func testShared(t *testing.T, q *Queue) {
	const n = 40
	var mu sync.Mutex
	done := map[string]int{}
	by := map[string]int{}
	o := Options{Lanes: Lanes(2, false), Handlers: map[Kind]Handler{Refresh: func(_ context.Context, job Job) error {
		mu.Lock()
		done[job.Key]++
		by[job.Worker]++
		mu.Unlock()
		time.Sleep(20 * time.Millisecond)
		return nil
	}}}
	for i := range n {
		add(t, q, Refresh, string(rune('A'+i)), true)
	}
	for range 3 {
		other, err := Open(t.Context(), q.db, q.log)
		must(t, err)
		t.Cleanup(other.Close)
		run(t, other, o)
	}
	until(t, "all done", func() bool {
		jobs, err := q.Open(t.Context())
		return err == nil && len(jobs) == 0
	})
	mu.Lock()
	defer mu.Unlock()
	if len(done) != n {
		t.Errorf("%d of %d jobs done", len(done), n)
	}
	for key, times := range done {
		if times != 1 {
			t.Errorf("job %s was done %d times", key, times)
		}
	}
}

// testStandsIn holds that what waits for its time is moved on also where no process that
// leads is alive.
func testStandsIn(t *testing.T, q *Queue) {
	done := make(chan struct{}, 1)
	if added, err := q.Add(t.Context(), Refresh, "a", time.Now().Add(2*time.Second)); err != nil || !added {
		t.Fatal(added, err)
	}
	run(t, q, Options{Lanes: Lanes(1, false), Handlers: map[Kind]Handler{Refresh: func(context.Context, Job) error {
		done <- struct{}{}
		return nil
	}}})
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Error("it waits for ever")
	}
}

// testEndsEarly: a process that is told to end before it has begun anything ends well, and
// leaves no sign of life.
func testEndsEarly(t *testing.T, q *Queue) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, q.Run(ctx, Options{}))
	workers, err := q.db.Workers(t.Context())
	must(t, err)
	if len(workers) != 0 {
		t.Errorf("left behind: %+v", workers)
	}
}

// here is this process as a worker.
func here() store.Worker {
	p := process.Me(time.Now())
	return store.Worker{ID: "me", Host: p.Host, PID: p.PID, Space: p.Space, Since: p.Since, Seen: p.Since}
}
