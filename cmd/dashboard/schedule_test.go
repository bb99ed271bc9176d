package main

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river/rivertype"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/queue"
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

// planned returns the portals that a process which begins to lead looks at, with the hours
// until their looks are due.
func planned(t *testing.T, c *clock, now time.Time) map[string]int {
	t.Helper()
	due := map[string]int{}
	for _, p := range c.planned() {
		kind, key, at, wanted := p.Job(t.Context())
		if kind != queue.Refresh {
			t.Errorf("a job of kind %s; want a refresh", kind)
		}
		if wanted {
			due[key] = int(at.Sub(now) / time.Hour)
		}
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
		run, err := db.StartRun(t.Context(), refreshRun, 0, false)
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
		if diff := cmp.Diff(map[string]int{"never": 0, "missed": 0, "at-night": 10}, planned(t, c, now)); diff != "" {
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
func TestOutcome(t *testing.T) {
	good, later, dropped := error(nil), queue.Later(0), queue.Drop(nil)
	for _, c := range []struct {
		name   string
		portal store.PortalRun
		run    store.RunState
		failed error
		cut    bool
		want   error // of which type; nil where the job is done
	}{
		{"ok", store.PortalRun{State: store.PortalOK}, store.RunOK, nil, false, good},
		{"blocked", store.PortalRun{State: store.PortalBlocked}, store.RunFailed, errors.New("x"), false, good},
		{"changed", store.PortalRun{State: store.PortalChanged}, store.RunPartial, nil, false, good},
		{"broken", store.PortalRun{State: store.PortalBroken, Message: "x"}, store.RunFailed, nil, false, errors.New("x")},
		{"unreachable", store.PortalRun{State: store.PortalUnreachable}, store.RunPartial, nil, false, errors.New("x")},
		{"of the database", store.PortalRun{State: store.PortalOK}, store.RunRunning, errors.New("x"), false, later},
		{"taken", store.PortalRun{State: store.PortalBroken, Message: ingest.Taken + "正在更新此门户"}, store.RunPartial, nil, false, later},
		{"stopped", store.PortalRun{State: store.PortalBroken, Message: store.Stopped + "王五"}, store.RunPartial, nil, false, dropped},
		{"cut off", store.PortalRun{State: store.PortalBroken}, store.RunFailed, errors.New("x"), true, later},
	} {
		c.portal.Portal = "a"
		got := outcome(&look{portal: "a"}, ingest.Summary{State: c.run, Portals: []store.PortalRun{c.portal}}, c.failed, c.cut)
		if kind := fmt.Sprintf("%T", got); (got == nil) != (c.want == nil) || errors.As(c.want, new(*rivertype.JobSnoozeError)) != errors.As(got, new(*rivertype.JobSnoozeError)) ||
			errors.As(c.want, new(*rivertype.JobCancelError)) != errors.As(got, new(*rivertype.JobCancelError)) {
			t.Errorf("%s: %v of type %s; want %T", c.name, got, kind, c.want)
		}
	}
}
