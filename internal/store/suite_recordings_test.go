package store

import (
	"bytes"
	"strings"
	"testing"

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
