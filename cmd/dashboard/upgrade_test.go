package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/archive"
	"gongkai/internal/backup"
	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// released is where the dumps lie: for each schema that a release had, a backup that the
// program of that time wrote, and what it read in it.
const released = "testdata/upgrade"

// TestUpgrade restores what the program of each released schema backed up, with data of
// every kind that it knew, and opens it with this program: no row of any table is lost or
// says something else, every report reads as that program read it, whoever had an account
// still signs in, and the database is sound.
func TestUpgrade(t *testing.T) {
	dumps, err := filepath.Glob(released + "/schema-*.zip")
	if err != nil || len(dumps) < 6 {
		t.Fatalf("%d dumps, err %v; want those of every released schema", len(dumps), err)
	}
	for _, file := range dumps {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".zip"), func(t *testing.T) {
			t.Parallel()
			path := restored(t, file)
			before := rowsOf(t, path, nil)
			for range 2 { // opened again it is as it was
				checkUpgraded(t, path, strings.TrimSuffix(file, ".zip")+".txt")
			}
			compareRows(t, before, rowsOf(t, path, before))
			if len(before["accounts"].rows) > 0 { // since schema 12
				checkPeople(t, path)
			}
		})
	}
}

// checkUpgraded opens a database with this program, which brings it up to date.
func checkUpgraded(t *testing.T, path, want string) {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if faults, err := db.Integrity(ctx); err != nil || len(faults) > 0 {
		t.Errorf("integrity: %q, err %v", faults, err)
	}
	text, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := answers(ctx, db, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(text), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("reports (-as its program read them +now):\n%s", diff)
	}
}

// checkPeople holds that who could sign in still can, as what they were.
func checkPeople(t *testing.T, path string) {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	a, err := people.New(db, people.Options{}).SignIn(ctx, "wang", dumpPassword, "192.0.2.1", "")
	if err != nil || a.Role != store.Administrator {
		t.Errorf("sign in: %+v, %v", a, err)
	}
}

// restored is a backup's database in a file of its own.
func restored(t *testing.T, file string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "old.db")
	to, err := archive.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Restore(t.Context(), file, path, to); err != nil {
		t.Fatal(err)
	}
	return path
}

// answers writes a line for each report: what it is, its findings, and the sum of all
// that is in its cells. It is what `make dump` keeps beside a dump.
func answers(ctx context.Context, db *store.DB, w io.Writer) error {
	agencies, err := db.Agencies(ctx, "")
	if err != nil {
		return err
	}
	for _, a := range agencies {
		for year := 2008; year <= 2026; year++ {
			r, err := db.Report(ctx, a.ID, year, 0)
			if errors.Is(err, report.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			v, sum, printed := r.Current, sha256.New(), 0
			for _, value := range v.Reading.Values {
				fmt.Fprintln(sum, value.State, value.Amount, value.Text, value.Place)
				if value.State == report.Printed {
					printed++
				}
			}
			var rules []string
			for _, f := range v.Findings {
				rules = append(rules, f.Rule+"/"+f.Subject)
			}
			slices.Sort(rules)
			fmt.Fprintf(w, "%s %d %s %s versions=%d printed=%d cells=%x findings=%s\n", a.ID, year, v.Reading.Format, v.Status,
				len(r.Versions), printed, sum.Sum(nil)[:8], strings.Join(rules, ","))
		}
	}
	return nil
}

// TestRollback goes back from an upgrade as the operator's guide says. The older program
// refuses what the newer one has brought up to date, says what to do, and writes nothing
// to it; the backup made before the upgrade is whole, and restored elsewhere has all that
// there was.
func TestRollback(t *testing.T) {
	ctx := t.Context()
	path := restored(t, released+"/schema-0021.zip")
	before := rowsOf(t, path, nil)
	s := &settings{DB: path, Archive: t.TempDir()}
	saved := filepath.Join(t.TempDir(), "before.zip")
	if out, status := s.dashboard(t, "backup", "--without-originals", saved); status != 0 {
		t.Fatalf("backup: %d\n%s", status, out)
	}
	// What a newer program does to it: a step that this one does not know.
	raw, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = raw.ExecContext(ctx, "ALTER TABLE runs ADD COLUMN newer TEXT; INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1); PRAGMA wal_checkpoint(TRUNCATE)")
	if err := errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
	was := fileSum(t, path)
	for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"refresh"}, {"worker", "--until-empty"}, {"export", "--format", "csv", "-o", t.TempDir()}} {
		out, status := s.dashboard(t, args...)
		if status == 0 || !strings.Contains(out, "schema is number 9999") || !strings.Contains(out, "restore") {
			t.Errorf("%s: %d %q; want a refusal that says what to do", args[0], status, out)
		}
	}
	if now := fileSum(t, path); now != was {
		t.Error("the refused database was written to")
	}
	if out, status := s.dashboard(t, "restore", "--check", saved); status != 0 {
		t.Errorf("the backup of before: %d\n%s", status, out)
	}
	old := filepath.Join(t.TempDir(), "back.db")
	s.DB = old
	if out, status := s.dashboard(t, "restore", saved); status != 0 {
		t.Fatalf("restore: %d\n%s", status, out)
	}
	checkUpgraded(t, old, released+"/schema-0021.txt")
	compareRows(t, before, rowsOf(t, old, before))
}

func fileSum(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

// A relation is the rows of a table, each as a text, in order.
type relation struct {
	columns []string
	rows    []string
}

// rowsOf reads every table of a SQLite file, with the columns of like where it is given.
func rowsOf(t *testing.T, path string, like map[string]relation) map[string]relation {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := map[string]relation{}
	names := column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'")
	for _, name := range names {
		r := relation{columns: column(t, db, fmt.Sprintf("SELECT name FROM pragma_table_info('%s')", name))}
		if was, ok := like[name]; ok {
			r.columns = was.columns
		} else if like != nil {
			continue // a table that came later
		}
		quoted := make([]string, len(r.columns))
		for i, c := range r.columns {
			quoted[i] = fmt.Sprintf(`quote("%s")`, c)
		}
		r.rows = column(t, db, fmt.Sprintf(`SELECT %s FROM "%s" ORDER BY 1`, strings.Join(quoted, "||'|'||"), name))
		all[name] = r
	}
	return all
}

func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// compareRows holds that each row is still there with what it said.
func compareRows(t *testing.T, before, after map[string]relation) {
	t.Helper()
	filled := 0
	for name, was := range before {
		if len(was.rows) > 0 {
			filled++
		}
		if diff := cmp.Diff(was.rows, after[name].rows); diff != "" {
			t.Errorf("table %s (-before +after):\n%.2000s", name, diff)
		}
	}
	if filled < 15 {
		t.Errorf("%d tables have rows; the dump says too little", filled)
	}
}
