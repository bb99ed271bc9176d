package main

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

func openStore(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gongkai.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// waiting returns the portals of the jobs that wait, with the hours until they are
// due.
func waiting(t *testing.T, db *store.DB, now time.Time) map[string]int {
	t.Helper()
	jobs, err := db.Jobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	due := map[string]int{}
	for _, j := range jobs {
		if _, twice := due[j.Key]; twice || j.Kind != refreshJob {
			t.Errorf("job %+v; want one refresh of each portal", j)
		}
		due[j.Key] = int(j.RunAfter.Sub(now) / time.Hour)
	}
	return due
}

// A start catches up once on what was due while nothing ran: a portal never looked
// at, and one whose look was missed, however often; one that is not due yet waits
// for its moment.
func TestCatchUp(t *testing.T) {
	db := openStore(t)
	now := inChina(2026, 6, 10, 12)
	looked := func(id string, at time.Time) {
		run, err := db.StartRun(t.Context(), refreshJob, 0, false)
		if err == nil {
			err = db.PutPortalRun(t.Context(), run, store.PortalRun{Portal: id, State: store.PortalOK, StartedAt: at, FinishedAt: at})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	portals := []*crawl.Portal{
		{ID: "never", Enabled: true, Schedule: "weekly"},
		{ID: "missed", Enabled: true, Schedule: "weekly"},
		{ID: "at-night", Enabled: true, Schedule: "weekly", Polite: crawl.Polite{Hours: "22:00-06:00"}},
		{ID: "not-yet", Enabled: true, Schedule: "weekly"},
		{ID: "disabled", Schedule: "weekly"},
	}
	looked("missed", now.AddDate(0, 0, -30))
	looked("at-night", now.AddDate(0, 0, -30))
	plan := planOf(t, "not-yet", "weekly", "")
	looked("not-yet", plan.Next(now).AddDate(0, 0, -7).Add(time.Minute))
	for range 2 {
		c, err := newClock(slog.New(slog.DiscardHandler), db, portals, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.now = func() time.Time { return now }
		if err := c.catchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]int{"never": 0, "missed": 0, "at-night": 10}, waiting(t, db, now)); diff != "" {
			t.Errorf("jobs (-want +got):\n%s", diff)
		}
	}
}

// A deadline that the register sets is followed by a look within six hours, also one that
// is set while the clock runs, and beside those of the regulation.
func TestDeadlinesOfRegister(t *testing.T) {
	db := openStore(t)
	agency := report.Agency{ID: "990101001", Region: "990101001", Name: "云杉街道办事处", Short: "云杉街道", Kind: standard.Street, Demo: true}
	if err := db.PutAgencies(t.Context(), []report.Agency{agency}); err != nil {
		t.Fatal(err)
	}
	c, err := newClock(slog.New(slog.DiscardHandler), db, []*crawl.Portal{{ID: "a", Region: "990101", Enabled: true, Schedule: "weekly"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	looks := func() int { // after the day, within six hours
		after := inChina(2026, 3, 13, 0)
		return len(between(c.plans[0], after, after.Add(afterwards)))
	}
	if week := c.plans[0].ofWeek(inChina(2026, 3, 12, 23)); looks() != 0 && week.After(inChina(2026, 3, 13, 6)) {
		t.Fatalf("%d looks after a day that is no deadline", looks())
	}
	before := looks()
	agency.Due = report.DueDay{Month: 3, Day: 12, Source: "区办通知"}
	if err := db.PutAgencies(t.Context(), []report.Agency{agency}); err != nil {
		t.Fatal(err)
	}
	if n := looks(); n != before+1 {
		t.Errorf("%d looks within six hours after the deadline of the register; want %d", n, before+1)
	}
	for _, deadline := range []time.Time{inChina(2026, 2, 1, 0), inChina(2026, 4, 1, 0)} {
		if len(between(c.plans[0], deadline, deadline.Add(afterwards))) == 0 {
			t.Errorf("no look within six hours after %s", deadline)
		}
	}
}

// A clock that cannot read a schedule does not begin.
func TestClockFault(t *testing.T) {
	p := &crawl.Portal{ID: "a", Enabled: true, Schedule: "weekly"}
	if _, err := newClock(slog.New(slog.DiscardHandler), nil, []*crawl.Portal{p}, []string{"61 3 * * 1"}); err == nil {
		t.Error("no error of a minute 61")
	}
}

// A portal that refuses us waits for its next look, one that does not answer is tried
// again after a while, and what was cut off goes on at once.
func TestSettle(t *testing.T) {
	for _, c := range []struct {
		name     string
		state    store.PortalState
		attempts int
		cut      bool
		waits    time.Duration // until the job is due again; less than 0 where it is done
	}{
		{"ok", store.PortalOK, 1, false, -1},
		{"blocked", store.PortalBlocked, 1, false, -1},
		{"changed", store.PortalChanged, 1, false, -1},
		{"broken once", store.PortalBroken, 1, false, 30 * time.Minute},
		{"broken twice", store.PortalBroken, 2, false, 2 * time.Hour},
		{"broken again and again", store.PortalBroken, 4, false, -1},
		{"cut off", store.PortalBroken, 1, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openStore(t)
			now := time.Now()
			if _, err := db.Enqueue(t.Context(), refreshJob, "a", "{}", now); err != nil {
				t.Fatal(err)
			}
			var job store.Job
			for n := range c.attempts {
				var err error
				if job, err = db.Lease(t.Context(), now.Add(time.Duration(n)*2*lease), lease, refreshJob); err != nil {
					t.Fatal(err)
				}
			}
			w := worker{app: &app{log: slog.New(slog.DiscardHandler), db: db}}
			s := ingest.Summary{State: store.RunFailed, Portals: []store.PortalRun{{Portal: "a", State: c.state}}}
			if err := w.settle(t.Context(), []store.Job{job}, s, nil, c.cut); err != nil {
				t.Fatal(err)
			}
			jobs, err := db.Jobs(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if done := len(jobs) == 0; done != (c.waits < 0) {
				t.Fatalf("jobs %+v; want done %v", jobs, c.waits < 0)
			}
			if c.waits >= 0 && jobs[0].RunAfter.Sub(now.Add(c.waits)).Abs() > time.Minute {
				t.Errorf("due at %s; want in %s", jobs[0].RunAfter, c.waits)
			}
		})
	}
}
