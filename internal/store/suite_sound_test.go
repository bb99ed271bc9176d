package store

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
)

// TestIntegrity holds that a sound file has no faults, and that a row which refers to
// nothing is one. PostgreSQL does not let such a row come about.
func TestIntegrity(t *testing.T) {
	ctx, db := t.Context(), openTest(t)
	putAgencies(t, db, "990101001")
	run := startRun(t, db)
	add(t, db, run, newVersion("990101001", "u", 5), ChangeNew)
	if faults, err := db.Integrity(ctx); err != nil || len(faults) != 0 {
		t.Errorf("sound: %q, err %v; want none", faults, err)
	}
	for _, statement := range []string{`PRAGMA foreign_keys = off`, `DELETE FROM readings`, `PRAGMA foreign_keys = on`} {
		_, err := db.write.ExecContext(ctx, statement)
		must(t, err)
	}
	if faults, err := db.Integrity(ctx); err != nil || len(faults) == 0 {
		t.Errorf("findings without their reading: %q, err %v; want faults", faults, err)
	}
}

// testPortalOriginals holds that what a portal answered is found by the address that
// was asked or that answered, in the order in which it was had.
func testPortalOriginals(t *testing.T, db *DB) {
	ctx := t.Context()
	run := startRun(t, db)
	for i, o := range []report.Original{
		{Hash: "c", URL: "http://a/3", RequestedURL: "http://a/2", FetchedAt: clock(2)},
		{Hash: "b", URL: "http://a/1", RequestedURL: "http://a/1", FetchedAt: clock(1)},
		{Hash: "a", URL: "http://b/1", RequestedURL: "http://b/1", FetchedAt: clock(3)},
	} {
		must(t, db.PutOriginal(ctx, run, o))
		must(t, db.AddRequests(ctx, run, []Request{{Portal: []string{"p", "p", "q"}[i], URL: o.RequestedURL, At: o.FetchedAt}}))
	}
	got, err := db.PortalOriginals(ctx, "p")
	must(t, err)
	if diff := cmp.Diff([]report.SHA256{"b", "c"}, got); diff != "" {
		t.Errorf("originals of p (-want +got):\n%s", diff)
	}
	all, err := db.Originals(ctx)
	must(t, err)
	last, err := db.LastAnswer(ctx)
	must(t, err)
	if len(all) != 4 || last.Hash != "a" { // startRun has one of its own
		t.Errorf("%d originals, last %s; want 4, a", len(all), last.Hash)
	}
}

// TestSchema holds that the schema of a file is told without changing or making one.
func TestSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g.db")
	if _, _, err := Schema(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v; want that it does not exist", err)
	}
	if _, _, err := Schema(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("asked again: %v; want still no file", err)
	}
	db, err := Open(t.Context(), path)
	must(t, err)
	copied := filepath.Join(t.TempDir(), "copied.db") // as it lies in a backup: it was never written to
	must(t, db.Snapshot(t.Context(), copied))
	must(t, db.Close())
	for _, path := range []string{path, copied} {
		current, newest, err := Schema(t.Context(), path)
		if err != nil || current != newest || current == 0 {
			t.Errorf("schema of %s: %d of %d, err %v; want the newest", path, current, newest, err)
		}
	}
}

// TestSchemaAfterCrash asks a database whose last writer was killed while it wrote, in the
// way of files that are not yet ours: what that left is rolled back, and not in the way.
func TestSchemaAfterCrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g.db")
	db, err := Open(t.Context(), path)
	must(t, err)
	copied, left := filepath.Join(t.TempDir(), "copied.db"), filepath.Join(t.TempDir(), "left.db")
	must(t, db.Snapshot(t.Context(), copied))
	must(t, db.Close())
	writer, err := sql.Open("sqlite3", "file:"+copied+"?_cache_size=1")
	must(t, err)
	defer writer.Close()
	writer.SetMaxOpenConns(1)
	for _, s := range []string{`BEGIN IMMEDIATE`, `CREATE TABLE half (a)`,
		`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO half SELECT randomblob(1000) FROM n`} {
		_, err := writer.ExecContext(t.Context(), s)
		must(t, err)
	}
	for _, end := range []string{"", "-journal"} { // as they lie there at this moment
		text, err := os.ReadFile(copied + end)
		must(t, err)
		must(t, os.WriteFile(left+end, text, 0o644))
	}
	current, newest, err := Schema(t.Context(), left)
	if err != nil || current != newest || current == 0 {
		t.Errorf("schema %d of %d, err %v; want the newest", current, newest, err)
	}
}
