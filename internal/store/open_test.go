package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"gongkai/internal/report"
	"gongkai/tests/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.Cleanup(pgtest.Exit)) }

// TestOpenErrors holds that each fault says what, why and what to do.
func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	newer := filepath.Join(dir, "newer.db")
	db, err := Open(t.Context(), newer)
	must(t, err)
	_, err = db.write.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	must(t, err)
	must(t, db.Close())

	for name, c := range map[string]struct{ path, want string }{
		"no name":        {"", "name one with --db"},
		"missing folder": {filepath.Join(dir, "no", "such", "x.db"), "mkdir -p " + filepath.Join(dir, "no", "such")},
		"a folder":       {dir, "is a folder"},
		"file as folder": {filepath.Join(write("f", "x"), "x.db"), "not a folder"},
		"no database":    {write("page.html", strings.Repeat("<html>not a database</html>", 100)), "not a database"},
		"newer schema":   {newer, "its schema is number 9999 and this program knows"},
	} {
		db, err := Open(t.Context(), c.path)
		if err == nil {
			must(t, db.Close())
			t.Errorf("%s: no error", name)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "database "+c.path) {
			t.Errorf("%s: %v; want %q in it", name, err, c.want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "no")); err == nil {
		t.Error("the missing folder was created")
	}
}

// TestOpenLocked takes the write lock of a database and has another wait in vain.
func TestOpenLocked(t *testing.T) {
	db := openTest(t)
	tx, err := db.write.BeginTx(t.Context(), nil)
	must(t, err)
	defer func() { must(t, tx.Rollback()) }()
	var path string
	must(t, tx.QueryRow("SELECT file FROM pragma_database_list").Scan(&path))
	other, err := openWith(t.Context(), path, 50)
	must(t, err) // opening reads, and readers do not wait
	defer func() { must(t, other.Close()) }()
	_, err = other.StartRun(t.Context(), "refresh", 0, false)
	if !errors.Is(err, report.ErrBusy) || !strings.Contains(err.Error(), "another process") {
		t.Errorf("start a run: %v; want busy", err)
	}
}

// TestOpenTogether opens a new file from several places at once: the schema is made
// once, and all come through.
func TestOpenTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			db, err := Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
