package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
)

// testRounds holds that a round keeps the last draft of each agency while it lasts, and
// how many there were afterwards.
func testRounds(t *testing.T, db *DB) {
	ctx := t.Context()
	r := Round{Region: "990101", Year: 2025, Due: report.Date{Year: 2026, Month: 1, Day: 20}, BegunAt: clock(1), BegunBy: "示例"}
	id, err := db.BeginRound(ctx, r, Entry{Action: "round.begin", At: clock(1)})
	must(t, err)
	if again, err := db.BeginRound(ctx, r, Entry{}); again != id || !errors.Is(err, report.ErrBusy) {
		t.Errorf("begun twice: %d, %v", again, err)
	}
	d := Draft{Round: id, Agency: "990101001", Name: "a.docx", Body: []byte("first"), At: clock(2), By: "甲", Year: 2025, Status: report.Inconsistent, Errors: 2}
	must(t, db.PutDraft(ctx, d, Entry{Action: "round.hand_in", At: clock(2)}))
	d.Body, d.At, d.Errors, d.Status = []byte("second one"), clock(3), 0, report.Verified
	must(t, db.PutDraft(ctx, d, Entry{Action: "round.hand_in", At: clock(3)}))
	d.Size = len(d.Body)
	got, err := db.Draft(ctx, id, d.Agency)
	must(t, err)
	if diff := cmp.Diff(d, got); diff != "" {
		t.Errorf("draft (-want +got):\n%s", diff)
	}
	if all, err := db.Drafts(ctx, id); err != nil || len(all) != 1 || all[d.Agency].Body != nil || all[d.Agency].Size != 10 {
		t.Errorf("drafts: %+v, %v", all, err)
	}
	stale := d
	stale.At, stale.CheckedAt = clock(2), clock(4)
	if err := db.CheckDraft(ctx, stale, Entry{}); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("checked one that is no more: %v", err)
	}
	d.CheckedAt, d.CheckedBy, d.Note = clock(4), "乙", "可以"
	must(t, db.CheckDraft(ctx, d, Entry{Action: "round.checked", At: clock(4)}))
	end := Round{ID: id, EndedAt: clock(5), EndedBy: "乙"}
	must(t, db.EndRound(ctx, end, Entry{Action: "round.end", At: clock(5)}))
	r.ID, r.EndedAt, r.EndedBy, r.Handed, r.Checked = id, clock(5), "乙", 1, 1
	if got, err := db.Round(ctx, id); err != nil || cmp.Diff(r, got) != "" {
		t.Errorf("the round after its end, %v:\n%s", err, cmp.Diff(r, got))
	}
	for name, err := range map[string]error{"put": db.PutDraft(ctx, d, Entry{}), "check": db.CheckDraft(ctx, d, Entry{}), "end": db.EndRound(ctx, end, Entry{})} {
		if !errors.Is(err, report.ErrNotFound) {
			t.Errorf("%s after the end: %v", name, err)
		}
	}
	if all, err := db.Drafts(ctx, id); err != nil || len(all) != 0 {
		t.Errorf("drafts after the end: %+v, %v", all, err)
	}
	lines, err := db.Audit(ctx, 0, 0)
	must(t, err)
	if len(lines) != 5 {
		t.Errorf("%d lines of the log, want one for each of five changes", len(lines))
	}
}

// TestDraftsAreErased holds that after a round no file of the database has anything of a
// draft, nor of one that was replaced: not in pages that are free, not in the log beside
// the file.
func TestDraftsAreErased(t *testing.T) {
	ctx, folder := t.Context(), t.TempDir()
	db, err := Open(ctx, filepath.Join(folder, "rounds.db"))
	must(t, err)
	defer db.Close()
	id, err := db.BeginRound(ctx, Round{Region: "990101", Year: 2025, BegunAt: clock(1)}, Entry{})
	must(t, err)
	secret := []byte("NOBODY-READS-THIS-AFTERWARDS")
	count := func() (n int) {
		files, err := filepath.Glob(filepath.Join(folder, "*"))
		must(t, err)
		for _, file := range files {
			body, err := os.ReadFile(file)
			must(t, err)
			n += bytes.Count(body, secret)
		}
		return n
	}
	for day := range 3 {
		must(t, db.PutDraft(ctx, Draft{Round: id, Agency: "990101001", Body: bytes.Repeat(secret, 1000), At: clock(2 + day)}, Entry{}))
	}
	if count() == 0 {
		t.Fatal("the draft is in no file; the test looks at the wrong ones")
	}
	must(t, db.EndRound(ctx, Round{ID: id, EndedAt: clock(9)}, Entry{}))
	if n := count(); n > 0 {
		t.Errorf("%d remains of drafts in the files of the database", n)
	}
}
