package store

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSnapshot holds that a snapshot of either database is a file with the same rows.
func TestSnapshot(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *DB{"sqlite": openTest, "postgres": openPostgresTest} {
		t.Run(name, func(t *testing.T) {
			ctx, db := t.Context(), filled(t, open(t))
			path := filepath.Join(t.TempDir(), "副本 1%.db")
			must(t, db.Snapshot(ctx, path))
			if err := db.Snapshot(ctx, path); err == nil {
				t.Error("a snapshot over a file that is there: no error")
			}
			if _, err := os.Stat(path + "-wal"); err == nil {
				t.Error("the snapshot is more than one file")
			}
			snapshot, err := Open(ctx, path)
			must(t, err)
			defer snapshot.Close()
			want, err := db.Report(ctx, "990101001", 2020, 0)
			must(t, err)
			got, err := snapshot.Report(ctx, "990101001", 2020, 0)
			must(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("report (-database +snapshot):\n%s", diff)
			}
		})
	}
}
