package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

func testAccount(name string, role Role, regions ...standard.RegionCode) Account {
	return Account{Name: name, Shown: name, Role: role, Regions: regions, Password: "hash", CreatedAt: clock(1)}
}

func entry(action string) Entry {
	return Entry{At: clock(1), Name: "tester", Action: action, Subject: "示例", Client: "192.0.2.1"}
}

// testAccounts holds that an account keeps what it is, that a name is had once, and that
// the last administrator stays one.
func testAccounts(t *testing.T, db *DB) {
	ctx := t.Context()
	id, err := db.AddFirstAccount(ctx, testAccount("root", Administrator), entry("account.add"))
	must(t, err)
	if _, err := db.AddFirstAccount(ctx, testAccount("other", Administrator), entry("account.add")); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("a second first account: %v", err)
	}
	if _, err := db.AddAccount(ctx, testAccount("root", Viewer), entry("account.add")); !errors.Is(err, report.ErrBadRequest) {
		t.Errorf("a name twice: %v", err)
	}
	_, err = db.AddAccount(ctx, testAccount("li", Reviewer, "990101"), entry("account.add"))
	must(t, err)
	li, err := db.AccountNamed(ctx, "li")
	must(t, err)
	if !li.Covers("990101003") || !li.Covers("990101") || li.Covers("9901") || li.Covers("990102001") {
		t.Errorf("%v covers what it should not, or not what it should", li.Regions)
	}
	root, err := db.Account(ctx, id)
	must(t, err)
	root.Disabled = true
	if err := db.PutAccount(ctx, root, entry("account.change")); !errors.Is(err, report.ErrBadRequest) {
		t.Errorf("the last administrator disabled: %v", err)
	}
	if again, err := db.Account(ctx, id); err != nil || again.Disabled {
		t.Errorf("after a refused change: %+v, %v", again, err)
	}
	all, err := db.Accounts(ctx)
	must(t, err)
	if len(all) != 2 || all[0].Name != "li" {
		t.Errorf("accounts %+v", all)
	}
	lines, err := db.Audit(ctx, 0, 0)
	must(t, err)
	if len(lines) != 2 {
		t.Errorf("%d lines of the log; want one for each that was kept and none for what was refused", len(lines))
	}
}

// testSessions holds that a session ends by its time, by its owner's password, and with
// its account.
func testSessions(t *testing.T, db *DB) {
	ctx := t.Context()
	_, err := db.AddAccount(ctx, testAccount("root", Administrator), entry("account.add"))
	must(t, err)
	id, err := db.AddAccount(ctx, testAccount("li", Reviewer), entry("account.add"))
	must(t, err)
	now := clock(2)
	put := func(token string, until time.Time) {
		must(t, db.PutSession(ctx, Session{Token: HashToken(token), Account: id, Data: []byte(token), Client: "192.0.2.1", Agent: "test",
			BeganAt: now, SeenAt: now, ExpiresAt: until}))
	}
	put("a", now.Add(time.Hour))
	put("b", now.Add(time.Hour))
	put("late", now.Add(-time.Hour))
	if _, err := db.Session(ctx, HashToken("late"), now); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("an ended session: %v", err)
	}
	if _, err := db.Session(ctx, "a", now); !errors.Is(err, report.ErrNotFound) {
		t.Error("a session is found by its token, which is kept nowhere")
	}
	must(t, db.SetPassword(ctx, id, "other", HashToken("a"), now, entry("account.password")))
	all, err := db.Sessions(ctx, id, now)
	must(t, err)
	if len(all) != 1 || all[0].Token != HashToken("a") {
		t.Errorf("sessions after a new password: %+v", all)
	}
	if err := db.EndSession(ctx, id+1, HashToken("a"), entry("session.end")); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("another's session ended: %v", err)
	}
	a, err := db.Account(ctx, id)
	must(t, err)
	a.Disabled = true
	must(t, db.PutAccount(ctx, a, entry("account.change")))
	if all, err := db.Sessions(ctx, 0, now); err != nil || len(all) != 0 {
		t.Errorf("sessions of a disabled account: %+v, %v", all, err)
	}
}

// testAudit holds that the log is only ever added to, whoever has the database open.
func testAudit(t *testing.T, db *DB) {
	ctx := t.Context()
	for range 3 {
		must(t, db.Log(ctx, entry("login.ok")))
	}
	for _, query := range []string{`UPDATE audit SET name = 'other'`, `DELETE FROM audit`} {
		if _, err := db.write.ExecContext(ctx, query); err == nil {
			t.Errorf("%s was taken", query)
		}
	}
	all, err := db.Audit(ctx, 0, 2)
	must(t, err)
	if len(all) != 2 || all[0].ID <= all[1].ID || all[0].Name != "tester" {
		t.Fatalf("log %+v", all)
	}
	if older, err := db.Audit(ctx, all[1].ID, 0); err != nil || len(older) != 1 {
		t.Errorf("before %d: %+v, %v", all[1].ID, older, err)
	}
}

// correction is one of the first cell of newVersion.
func correction(id VersionID, n int64) Correction {
	return Correction{Version: id, Cell: standard.FormOf(standard.F2019).Cells[0].Code, Verdict: Corrected, Reason: "对照原件",
		Was: report.Value{State: report.Unread, Text: "O"}, Value: report.Value{State: report.Printed, Amount: report.Count(n), Text: "9"},
		Account: 1, Name: "tester", At: clock(3)}
}

// testCorrections holds that what a person says is laid over the reading and never takes
// its place: it can be asked for before and after, is not a change of the agency's, and
// outlives a refresh that finds the same.
func testCorrections(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001")
	run := startRun(t, db)
	v := newVersion("990101001", "https://example.test/1", 3)
	v.Status = report.NeedsReview
	id := add(t, db, run, v, ChangeNew)
	finish(t, db, run)
	if queue, err := db.Queue(ctx, []standard.RegionCode{"990102", "990101"}); err != nil || len(queue) != 1 || queue[0].ID != id {
		t.Fatalf("queue %+v, %v", queue, err)
	}
	if queue, err := db.Queue(ctx, []standard.RegionCode{"990102"}); err != nil || len(queue) != 0 {
		t.Fatalf("queue of another region %+v, %v", queue, err)
	}
	base, reading, err := db.Beneath(ctx, id)
	must(t, err)
	lay := newVersion("990101001", "https://example.test/1", 9)
	lay.Status, lay.Findings = report.Verified, nil
	c := correction(id, 9)
	review := Review{At: clock(3), Version: id, Base: reading, Add: []Correction{c}, Lay: &lay, Text: "示例",
		Over: []CorrectedCell{{Cell: c.Cell, Read: base.Reading.Values[0]}}, Entry: entry("review.corrected")}
	laid, err := db.AddReview(ctx, review)
	must(t, err)
	if version, err := db.DataVersion(ctx); err != nil || version != laid {
		t.Errorf("data version %d, %v; want the run of the review, %d", version, err, laid)
	}
	value := func(asOf RunID) (report.Amount, report.Status, int) {
		t.Helper()
		all, err := db.Versions(ctx, Query{AsOf: asOf})
		must(t, err)
		if len(all) != 1 {
			t.Fatalf("%d versions as of %d", len(all), asOf)
		}
		return all[0].Values[0].Amount, all[0].Status, len(all[0].Corrected)
	}
	if a, s, n := value(0); a != report.Count(9) || s != report.Verified || n != 1 {
		t.Errorf("now %v %s with %d corrected", a, s, n)
	}
	if a, s, n := value(run); a != report.Count(3) || s != report.NeedsReview || n != 0 {
		t.Errorf("before %v %s with %d corrected", a, s, n)
	}
	r, err := db.Report(ctx, "990101001", 2020, 0)
	must(t, err)
	if len(r.Current.Corrections) != 1 || r.Current.Corrections[0].FromRun != laid || len(r.Versions) != 1 {
		t.Errorf("corrections %+v of %d versions", r.Current.Corrections, len(r.Versions))
	}
	if _, err := db.AddReview(ctx, review); !errors.Is(err, report.ErrBusy) {
		t.Errorf("the same cell settled twice: %v", err)
	}
	next := startRun(t, db)
	add(t, db, next, v, NoChange)
	if change, err := db.AddReading(ctx, next, id, v); err != nil || change != NoChange {
		t.Errorf("read again alike: %q, %v", change, err)
	}
	if a, _, _ := value(0); a != report.Count(9) {
		t.Errorf("after a refresh that found the same: %v", a)
	}
	other := newVersion("990101001", "https://example.test/1", 4)
	other.Reader = "2"
	if change, err := db.AddReading(ctx, next, id, other); err != nil || change != ChangeReread {
		t.Errorf("read again otherwise: %q, %v", change, err)
	}
	if ids, err := db.Uncovered(ctx); err != nil || !cmp.Equal(ids, []VersionID{id}) {
		t.Errorf("versions without their corrections: %v, %v", ids, err)
	}
	log, err := db.Corrections(ctx, "990101", 10)
	must(t, err)
	if len(log) != 1 || log[0].Was.Text != "O" || log[0].Year != 2020 {
		t.Errorf("log of corrections %+v", log)
	}
	if revised, err := db.Changes(ctx, "", 0, ChangeRevised); err != nil || len(revised) != 0 {
		t.Errorf("a correction counts as a revision: %+v, %v", revised, err)
	}
}

// testDecisions holds that a decision can be asked for as it stood, and taken back.
func testDecisions(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001")
	run := startRun(t, db)
	finish(t, db, run)
	d := Decision{Key: "requests.balance/natural@990101001/2020", Digest: "d1", Agency: "990101001", Year: 2020, Verdict: FindingDismissed,
		Reason: "示例", Account: 1, Name: "tester", At: clock(3)}
	must(t, db.Decide(ctx, d, entry("finding.dismissed")))
	first, err := db.DataVersion(ctx)
	must(t, err)
	d.Verdict, d.Answer = FindingAnswered, "示例答复"
	must(t, db.Decide(ctx, d, entry("finding.answered")))
	for asOf, want := range map[RunID]Judgement{run: "", first: FindingDismissed, 0: FindingAnswered} {
		all, err := db.Decisions(ctx, "990101001", 2020, asOf)
		must(t, err)
		if got := all[d.Key].Verdict; got != want {
			t.Errorf("as of %d: %q; want %q", asOf, got, want)
		}
		for region, here := range map[standard.RegionCode]Judgement{"": want, "990101": want, "990102": ""} {
			of, err := db.DecisionsIn(ctx, region, 2020, asOf)
			must(t, err)
			if got := of["990101001"][d.Key].Verdict; got != here {
				t.Errorf("in %q as of %d: %q; want %q", region, asOf, got, here)
			}
		}
	}
	d.Verdict = ""
	must(t, db.Decide(ctx, d, entry("finding.open")))
	if all, err := db.Decisions(ctx, "990101001", 2020, 0); err != nil || len(all) != 0 {
		t.Errorf("taken back: %+v, %v", all, err)
	}
}
