package store

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// testRecordings: the lines of each portal come back in their order, however they are
// packed, and whatever portals were answered side by side.
func testRecordings(t *testing.T, db *DB) {
	ctx := t.Context()
	run := startRun(t, db)
	long := []byte(strings.Repeat("一行", maxRecorded/6+1)) // more than a row takes
	must(t, db.AddRecordings(ctx, run, nil))
	must(t, db.AddRecordings(ctx, run, []Recording{{"a", []byte("1")}, {"b", []byte("x")}, {"a", long}, {"a", []byte("3")}}))
	must(t, db.AddRecordings(ctx, run, []Recording{{"a", []byte("4")}}))
	for portal, want := range map[string][]string{"a": {"1", string(long), "3", "4"}, "b": {"x"}, "c": nil} {
		var got []string
		err := db.Recordings(ctx, run, portal, func(line []byte) error {
			got = append(got, string(bytes.Clone(line)))
			return nil
		})
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("portal %s (-want +got):\n%s", portal, diff)
		}
	}
}

// testPrune holds that what old runs were answered is forgotten, and nothing of later
// ones nor of one that is under way.
func testPrune(t *testing.T, db *DB) {
	ctx := t.Context()
	var runs []RunID
	for range 3 {
		run := startRun(t, db)
		lines := make([]Recording, 1500)
		for i := range lines {
			lines[i] = Recording{"a", []byte("x")}
		}
		must(t, db.AddRecordings(ctx, run, lines))
		runs = append(runs, run)
	}
	must(t, db.FinishRun(ctx, runs[0], RunOK, ""))
	between := time.Now().Add(time.Second)
	must(t, db.FinishRun(ctx, runs[1], RunOK, ""))
	count := func(run RunID) (n int) {
		must(t, db.Recordings(ctx, run, "a", func([]byte) error { n++; return nil }))
		return n
	}
	if n, err := db.PruneRecordings(ctx, time.Now().Add(-time.Hour)); err != nil || n != 0 || count(runs[0]) != 1500 {
		t.Errorf("nothing was old: %d, %v", n, err)
	}
	if n, err := db.PruneRecordings(ctx, between); err != nil || n == 0 || count(runs[0])+count(runs[1]) != 0 || count(runs[2]) != 1500 {
		t.Errorf("pruned %d, %v; left %d %d %d", n, err, count(runs[0]), count(runs[1]), count(runs[2]))
	}
}
