package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

func testRuns(t *testing.T, db *DB) {
	ctx := t.Context()
	if v, err := db.DataVersion(ctx); err != nil || v != 0 {
		t.Errorf("data version %d, err %v; want 0", v, err)
	}
	putAgencies(t, db, "990101001")
	first := startRun(t, db)
	p := PortalRun{Portal: "demo", Name: "示例", State: PortalRunning, StartedAt: clock(1)}
	must(t, db.PutPortalRun(ctx, first, p))
	p.State, p.FinishedAt, p.Lists, p.Candidates, p.Fetched, p.Unchanged = PortalOK, clock(2), 1, 2, 3, 4
	p.New, p.Revised, p.Failed, p.Blocked, p.Message = 5, 6, 7, 8, "好"
	p.Rejected = map[string]int{"标题": 3}
	must(t, db.PutPortalRun(ctx, first, p))
	add(t, db, first, newVersion("990101001", "u", 1), ChangeNew)
	if v, err := db.DataVersion(ctx); err != nil || v >= first {
		t.Errorf("data version %d while run %d runs, err %v", v, first, err)
	}
	must(t, db.FinishRun(ctx, first, RunPartial, "一处失败"))
	idle := startRun(t, db)
	finish(t, db, idle)
	if v, err := db.DataVersion(ctx); err != nil || v != first {
		t.Errorf("data version %d, err %v; want %d, the last that changed anything", v, err, first)
	}
	got, err := db.Run(ctx, first)
	must(t, err)
	want := Run{ID: first, Kind: "refresh", State: RunPartial, Changed: true, Message: "一处失败", Portals: []PortalRun{p}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Run{}, "StartedAt", "FinishedAt")); diff != "" {
		t.Errorf("run (-want +got):\n%s", diff)
	}
	if got.StartedAt.IsZero() || got.FinishedAt.Before(got.StartedAt) {
		t.Errorf("run from %v to %v", got.StartedAt, got.FinishedAt)
	}
	if all, err := db.Runs(ctx, 2); err != nil || len(all) != 2 || all[0].ID != idle || len(all[1].Portals) != 1 {
		t.Errorf("runs %+v, err %v; want %d and %d", all, err, idle, first)
	}
	dead := startRun(t, db)
	must(t, db.InterruptRuns(ctx, time.Now().Add(-time.Hour)))
	if r, err := db.Run(ctx, dead); err != nil || r.State != RunRunning {
		t.Errorf("run %+v, err %v; want running, its process spoke within the hour", r, err)
	}
	must(t, db.Beat(ctx, dead))
	if n, last, err := db.PortalHistory(ctx, "refresh", p.Portal); err != nil || n != 1 || !last.Equal(p.StartedAt) {
		t.Errorf("%d refreshes of %s, the last at %v, err %v; want 1 at %v", n, p.Portal, last, err, p.StartedAt)
	}
	if n, last, err := db.PortalHistory(ctx, "retry", p.Portal); err != nil || n != 0 || !last.IsZero() {
		t.Errorf("%d retries, the last at %v, err %v; want none", n, last, err)
	}
	must(t, db.InterruptRuns(ctx, time.Now().Add(time.Hour)))
	if r, err := db.Run(ctx, dead); err != nil || r.State != RunInterrupted {
		t.Errorf("run %+v, err %v; want interrupted", r, err)
	}
	if _, err := db.Run(ctx, 99); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("run 99: %v; want not found", err)
	}
}

func testFailures(t *testing.T, db *DB) {
	ctx := t.Context()
	run := startRun(t, db)
	f := Failure{Portal: "p", URL: "u", Agency: "990101001", Year: 2020, At: clock(1), Temporary: true, Reason: "503"}
	must(t, db.AddFailure(ctx, run, f))
	must(t, db.AddFailure(ctx, run, Failure{Portal: "p", URL: "w", At: clock(1), Reason: "404"}))
	next := startRun(t, db)
	f.Reason = "504"
	must(t, db.AddFailure(ctx, next, f))

	open := func() (reasons []string) {
		all, err := db.OpenFailures(ctx)
		must(t, err)
		for _, f := range all {
			reasons = append(reasons, f.URL+" "+f.Reason)
		}
		return reasons
	}
	if diff := cmp.Diff([]string{"u 504", "w 404"}, open()); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
	must(t, db.MendFailures(ctx, next, "u"))
	if diff := cmp.Diff([]string{"w 404"}, open()); diff != "" {
		t.Errorf("after mending (-want +got):\n%s", diff)
	}
	must(t, db.DismissFailure(ctx, 2, "王"))
	if diff := cmp.Diff([]string(nil), open()); diff != "" {
		t.Errorf("after dismissing (-want +got):\n%s", diff)
	}
	got, err := db.Run(ctx, run)
	must(t, err)
	f.ID, f.Run, f.Reason, f.MendedBy = 1, run, "503", next
	want := []Failure{f, {ID: 2, Run: run, Portal: "p", URL: "w", At: clock(1), Reason: "404", Dismissed: "王"}}
	if diff := cmp.Diff(want, got.Failures); diff != "" {
		t.Errorf("failures of the run (-want +got):\n%s", diff)
	}
	if err := db.DismissFailure(ctx, 77, "王"); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("dismiss 77: %v; want not found", err)
	}
}

// testCoverage holds that an agency is seen by the looks of its portals, and that a
// look at it alone stands for the common one.
func testCoverage(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001", "990101002", "990101003")
	must(t, db.SetWatch(ctx, "p", []report.AgencyID{"990101002", "990101001"}))
	must(t, db.SetWatch(ctx, "q", []report.AgencyID{"990101002"}))
	for region, want := range map[standard.RegionCode][]string{"990101": {"p", "q"}, "990101002": {"p", "q"}, "990101001": {"p"}, "9902": nil} {
		if got, err := db.PortalsCovering(ctx, region); err != nil || !slices.Equal(got, want) {
			t.Errorf("portals that cover %s: %v, err %v; want %v", region, got, err, want)
		}
	}
	look := func(day int, portal string, id report.AgencyID, good bool, reason string) RunID {
		run := startRun(t, db)
		at := Look{Run: run, Portal: portal, Good: true, At: clock(day), Found: 20, Evidence: []report.SHA256{"e"}}
		if id != "" {
			must(t, db.AddLook(ctx, at))
			at.Agency = id
		}
		at.Good, at.Reason = good, reason
		must(t, db.AddLook(ctx, at))
		finish(t, db, run)
		return run
	}
	look(1, "p", "", true, "")
	early := look(2, "p", "", false, "503")
	look(3, "p", "990101002", false, "验证码")
	look(4, "q", "", true, "")
	must(t, db.SetWatch(ctx, "p", []report.AgencyID{"990101001"}))

	rows, err := db.Coverage(ctx, "990101", 0)
	must(t, err)
	want := []CoverageRow{
		{Agency: agency("990101001"), Portals: []string{"p"}, Good: []time.Time{clock(1), clock(3)}, Last: clock(3)},
		{Agency: agency("990101002"), Portals: []string{"q"}, Good: []time.Time{clock(4)}, Last: clock(4)},
		{Agency: agency("990101003")},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("now (-want +got):\n%s", diff)
	}
	rows, err = db.Coverage(ctx, "990101002", early+1)
	must(t, err)
	want = []CoverageRow{{Agency: agency("990101002"), Portals: []string{"p", "q"}, Good: []time.Time{clock(1)}, Last: clock(3), Reason: "验证码"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("as of run %d (-want +got):\n%s", early+1, diff)
	}
	if got := rows[0].LastGood(); !got.Equal(clock(1)) {
		t.Errorf("last good look at %v; want %v", got, clock(1))
	}
	looks, err := db.Looks(ctx, "990101001")
	must(t, err)
	if len(looks) != 4 || looks[1].Good || looks[1].Reason != "503" || looks[3].Agency != "990101002" {
		t.Errorf("looks %+v; want the four of p", looks)
	}
}

func testPages(t *testing.T, db *DB) {
	ctx := t.Context()
	p := Page{URL: "u", Portal: "p", Agency: "990101001", Year: 2020, ETag: `"x"`, LastModified: "Mon", Hash: "h",
		Files: []string{"a.docx"}, Reader: "1", Trusted: true, FetchedAt: clock(1), SeenAt: clock(2), SeenRun: 3, State: PageOK}
	must(t, db.PutPage(ctx, p))
	must(t, db.PutPage(ctx, Page{URL: "v", Portal: "q"}))
	p.ETag, p.State, p.Files = `"y"`, PageBlocked, nil
	must(t, db.PutPage(ctx, p))
	got, err := db.Page(ctx, "u")
	must(t, err)
	if diff := cmp.Diff(p, got); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	if all, err := db.Pages(ctx, "p"); err != nil || len(all) != 1 {
		t.Errorf("pages %+v, err %v; want one", all, err)
	}
	if _, err := db.Page(ctx, "w"); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("page w: %v; want not found", err)
	}
}

func testOriginals(t *testing.T, db *DB) {
	ctx := t.Context()
	run := startRun(t, db)
	o := report.Original{Hash: "x", URL: "u", RequestedURL: "r", ContentType: "text/html", Size: 5, FetchedAt: clock(1), Status: 200,
		ResponseHeader: map[string][]string{"Etag": {"1"}}, RequestHeader: map[string][]string{"User-Agent": {"示例"}}, Demo: true}
	must(t, db.PutOriginal(ctx, run, o))
	later := o
	later.URL = "other"
	must(t, db.PutOriginal(ctx, run, later))
	got, err := db.Original(ctx, "x")
	must(t, err)
	if diff := cmp.Diff(o, got); diff != "" {
		t.Errorf("original (-want +got):\n%s", diff)
	}
	if _, err := db.Original(ctx, "none"); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("original none: %v; want not found", err)
	}
}

func testRequests(t *testing.T, db *DB) {
	ctx := t.Context()
	run := startRun(t, db)
	want := []Request{
		{Portal: "p", URL: "u", At: clock(1), Status: 304, Took: 20 * time.Millisecond, NotModified: true},
		{Portal: "p", URL: "v", At: clock(1), Bytes: 9, Error: "reset"},
	}
	must(t, db.AddRequests(ctx, run, want))
	must(t, db.AddRequests(ctx, run, nil))
	got, err := db.Requests(ctx, run)
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func testJobs(t *testing.T, db *DB) {
	ctx := t.Context()
	enqueue := func(kind, key string, due time.Time, want bool) {
		t.Helper()
		if added, err := db.Offer(ctx, kind, key, `{"k":1}`, due); err != nil || added != want {
			t.Errorf("enqueue %s %s: %v, err %v; want %v", kind, key, added, err, want)
		}
	}
	enqueue("refresh", "a", clock(2), true)
	enqueue("refresh", "a", clock(1), false)
	enqueue("refresh", "b", clock(1), true)
	enqueue("reread", "a", clock(1), true)

	b, err := db.Take(ctx, clock(3), time.Hour, "refresh")
	must(t, err)
	if b.Key != "b" || b.Attempts != 1 || b.State != LeaseTaken || b.Payload != `{"k":1}` {
		t.Errorf("leased %+v; want b, which is due the longest", b)
	}
	a, err := db.Take(ctx, clock(3), time.Hour, "refresh")
	must(t, err)
	if _, err := db.Take(ctx, clock(3), time.Hour, "refresh"); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("a third lease: %v; want not found", err)
	}
	must(t, db.Complete(ctx, b))
	enqueue("refresh", "b", clock(9), true) // done, so it may wait again
	must(t, db.Fail(ctx, a, errors.New("断开"), clock(4)))
	if _, err := db.Take(ctx, clock(3), time.Hour, "refresh"); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("lease before the retry is due: %v; want not found", err)
	}
	a, err = db.Take(ctx, clock(4), time.Hour, "refresh")
	must(t, err)
	if a.Key != "a" || a.Attempts != 2 || a.LastError != "断开" {
		t.Errorf("leased %+v; want a for the second time", a)
	}
	must(t, db.Fail(ctx, a, errors.New("断开"), time.Time{}))
	enqueue("reread", "b", clock(5), true)
	must(t, db.Withdraw(ctx, "reread", "b"))
	must(t, db.Withdraw(ctx, "reread", "none"))
	all, err := db.Leases(ctx)
	must(t, err)
	var got []string
	for _, j := range all {
		got = append(got, j.Kind+" "+j.Key+" "+string(j.State))
	}
	if diff := cmp.Diff([]string{"reread a waiting", "refresh a dead", "refresh b waiting"}, got); diff != "" {
		t.Errorf("jobs (-want +got):\n%s", diff)
	}
}

// testClockSetBack holds that what a clock wrote that ran days ahead holds nothing up once
// it is set right.
func testClockSetBack(t *testing.T, db *DB) {
	ctx := t.Context()
	now := time.Now()
	for _, key := range []string{"waits", "leased"} {
		_, err := db.Offer(ctx, "refresh", key, "{}", now)
		must(t, err)
	}
	job, err := db.Take(ctx, now.Add(48*time.Hour), time.Minute, "refresh") // by the clock that runs ahead
	must(t, err)
	_, err = db.write.ExecContext(ctx, `UPDATE leases SET run_after = ?, enqueued_at = ? WHERE state = ?`,
		millis(now.Add(48*time.Hour)), millis(now.Add(48*time.Hour)), LeaseWaiting)
	must(t, err)
	again, err := db.Take(ctx, now, time.Minute, "refresh")
	must(t, err)
	if again.ID != job.ID {
		t.Errorf("job %d, want the one whose lease lies two days ahead, %d", again.ID, job.ID)
	}
	if _, err := db.Take(ctx, now, time.Minute, "refresh"); !errors.Is(err, report.ErrNotFound) {
		t.Fatalf("leased twice: %v", err)
	}
	other := map[string]string{"waits": "leased", "leased": "waits"}[job.Key]
	_, err = db.Offer(ctx, "refresh", other, "{}", now)
	must(t, err)
	if got, err := db.Take(ctx, now, time.Minute, "refresh"); err != nil || got.Key != other {
		t.Errorf("job %q, err %v; want %q, which was put into the queue again", got.Key, err, other)
	}
}

// testLostLease holds that a job whose worker is gone goes to the next, once, and
// that the first can no longer end it.
func testLostLease(t *testing.T, db *DB) {
	ctx := t.Context()
	for _, key := range []string{"a", "b", "c", "d"} {
		_, err := db.Offer(ctx, "refresh", key, "", clock(1))
		must(t, err)
	}
	first, err := db.Take(ctx, clock(1), time.Hour, "refresh")
	must(t, err)
	must(t, db.Extend(ctx, first, clock(2), time.Hour))

	var mu sync.Mutex
	taken := make(map[string]int)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for {
				job, err := db.Take(ctx, clock(3), time.Hour, "refresh")
				if err != nil {
					return
				}
				mu.Lock()
				taken[job.Key]++
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	if diff := cmp.Diff(map[string]int{"a": 1, "b": 1, "c": 1, "d": 1}, taken); diff != "" {
		t.Errorf("leases (-want +got):\n%s", diff)
	}
	if err := db.Complete(ctx, first); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("complete a lost lease: %v; want not found", err)
	}
}

// testNothingHalves holds that a version whose original is not known leaves nothing,
// and that a cancelled call does neither.
func testNothingHalves(t *testing.T, db *DB) {
	putAgencies(t, db, "990101001")
	run := startRun(t, db)
	v := newVersion("990101001", "u", 1)
	v.Original = "unknown"
	if _, _, err := db.AddVersion(t.Context(), run, v); err == nil {
		t.Error("a version of an unknown original was kept")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := db.AddVersion(ctx, run, newVersion("990101001", "u", 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if all, err := db.Versions(t.Context(), Query{}); err != nil || len(all) != 0 {
		t.Errorf("%d versions, err %v; want none", len(all), err)
	}
	add(t, db, run, newVersion("990101001", "u", 1), ChangeNew)
}

// A register run may start and end while a refresh works. What was kept of an answer
// between their ends must not be taken for what is so after both.
func testDataMark(t *testing.T, db *DB) {
	putAgencies(t, db, "990101001")
	marks := map[int64]string{}
	see := func(when string) {
		t.Helper()
		mark, err := db.DataMark(t.Context())
		must(t, err)
		if before, ok := marks[mark]; ok {
			t.Errorf("data mark %d %s as %s", mark, when, before)
		}
		marks[mark] = when
	}
	see("at first")
	refresh := startRun(t, db)
	putAgencies(t, db, "990101001", "990101002")
	see("after the register")
	version, err := db.DataVersion(t.Context())
	must(t, err)
	add(t, db, refresh, newVersion("990101001", "u", 1), ChangeNew)
	see("with a report more")
	finish(t, db, refresh)
	see("after the refresh")
	if now, err := db.DataVersion(t.Context()); err != nil || now != version {
		t.Errorf("data version %d, err %v; want %d as before: the case is no case", now, err, version)
	}
	idle := startRun(t, db)
	finish(t, db, idle)
	see("after a run that brought nothing")
}
