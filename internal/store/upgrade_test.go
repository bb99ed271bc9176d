package store

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/report"
)

// TestUpgrade holds that a database of every released schema, with data in it, is brought
// up to date and says what it said. Each is a file of testdata.
func TestUpgrade(t *testing.T) {
	dumps, err := filepath.Glob("testdata/schema-*.sql")
	if err != nil || len(dumps) == 0 {
		t.Fatalf("%d dumps, err %v", len(dumps), err)
	}
	for _, dump := range dumps {
		t.Run(strings.TrimSuffix(filepath.Base(dump), ".sql"), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "old.db")
			load(t, path, dump)
			for range 2 { // opened again it is as it was
				db, err := Open(t.Context(), path)
				must(t, err)
				checkOld(t, db)
				must(t, db.Close())
			}
		})
	}
}

// load makes a database of a dump.
func load(t *testing.T, path, dump string) {
	t.Helper()
	text, err := os.ReadFile(dump)
	must(t, err)
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	_, err = db.ExecContext(t.Context(), string(text))
	must(t, err)
	must(t, db.Close())
}

// checkOld holds what the dumps were filled with.
func checkOld(t *testing.T, db *DB) {
	t.Helper()
	ctx := t.Context()
	faults, err := db.Integrity(ctx)
	if err != nil || len(faults) > 0 {
		t.Errorf("integrity: %q, err %v", faults, err)
	}
	r, err := db.Report(ctx, "990101001", 2020, 0)
	must(t, err)
	if len(r.Versions) != 2 || r.Current.Status != report.Inconsistent || r.Current.Reading.Values[0].Amount != report.Count(6) {
		t.Errorf("report has %d versions, is %s and says %v first", len(r.Versions), r.Current.Status, r.Current.Reading.Values[0])
	}
	if c, err := db.Contact(ctx, "990101001"); err != nil || c.Person != "示例" {
		t.Errorf("contact %+v, err %v", c, err)
	}
	if found, err := db.Changes(ctx, "", 10); err != nil || len(found) != 2 {
		t.Errorf("%d changes, err %v; want 2", len(found), err)
	}
	if h, err := db.Health(ctx); err != nil || h.Failures != 1 || h.Jobs[JobWaiting] != 1 || len(h.Portals) != 1 {
		t.Errorf("health %+v, err %v", h, err)
	}
}
