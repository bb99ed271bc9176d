package main

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/store"
)

// diagnosed runs the doctor at a time.
func (s *settings) diagnosed(t *testing.T, now time.Time) (out string, sick bool) {
	t.Helper()
	var b strings.Builder
	err := s.doctor(t.Context(), &b, now)
	var status exitStatus
	if err != nil && !errors.As(err, &status) {
		t.Fatal(err)
	}
	return b.String(), err != nil
}

// TestDoctor holds that what is well is told to be so, and that each thing that is
// wrong is found, told with how to mend it, and told alone.
func TestDoctor(t *testing.T) {
	dir, s := demonstrated(t)
	s.Portals = filepath.Join(dir, "portals")
	healthy := healthyPortal(t, s)
	if out, sick := s.diagnosed(t, time.Now()); sick || strings.Contains(out, "问题") || strings.Count(out, "正常") < 8 {
		t.Fatalf("a sound installation is ill:\n%s", out)
	}
	for _, c := range []struct {
		name, want string
		harm       func() (undo func())
		now        time.Time
	}{
		{name: "clock", want: "问题  时钟：批次 ", now: time.Now().Add(-time.Hour)},
		{name: "overdue", want: "应查看而未查看；核对 dashboard serve 是否在运行", now: time.Now().Add(40 * 24 * time.Hour)},
		{name: "schedule", want: `问题  日程：schedule "sometimes" of portal`, harm: func() func() {
			was := s.Schedule
			s.Schedule = []string{"sometimes"}
			return func() { s.Schedule = was }
		}},
		{name: "portals", want: "问题  门户文件：", harm: func() func() {
			was := s.Portals
			s.Portals = t.TempDir()
			write(t, filepath.Join(s.Portals, "bad.yaml"), "regoin: 1\n")
			return func() { s.Portals = was }
		}},
		{name: "not looked at", want: "门户 elsewhere：从未查看；运行 dashboard refresh --portal elsewhere", harm: func() func() {
			path := filepath.Join(s.Portals, "elsewhere.yaml")
			write(t, path, strings.Replace(healthy, "id: ", "id: elsewhere # ", 1))
			return func() { harm(t, path, "") }
		}},
		{name: "disabled", want: "问题  日程：1 个门户都未启用", harm: func() func() {
			return harm(t, filepath.Join(s.Portals, "p.yaml"), healthy+"enabled: false\n")
		}},
		{name: "blocked", want: "：设有验证或禁止访问：", harm: func() func() {
			execute(t, s.DB, `UPDATE run_portals SET state = 'blocked'`)
			return func() { execute(t, s.DB, `UPDATE run_portals SET state = 'ok'`) }
		}},
		{name: "damaged", want: "份损坏：", harm: func() func() { return harm(t, anOriginal(t, s.Archive), "other bytes") }},
		{name: "lost", want: "数据库记有而存档中没有的原件 1 份", harm: func() func() { return harm(t, anOriginal(t, s.Archive), "") }},
		{name: "dangling", want: "问题  数据库：1 处损坏：", harm: func() func() {
			execute(t, s.DB, `PRAGMA foreign_keys = off`, `INSERT INTO findings VALUES (999999, 0, 'k', 'r', '', 'notice', 'agency', '{}')`)
			return func() { execute(t, s.DB, `DELETE FROM findings WHERE reading = 999999`) }
		}},
		{name: "reader", want: "1 份报告由其他版本的读取程序读取；运行 dashboard reread", harm: func() func() {
			execute(t, s.DB, `UPDATE readings SET reader = 'old' WHERE id = (SELECT MIN(id) FROM readings WHERE until_run IS NULL)`)
			return func() { execute(t, s.DB, `UPDATE readings SET reader = '1', confirmed = '1' WHERE reader = 'old'`) }
		}},
		{name: "newer", want: "问题  数据库结构：第 9999 版，新于本程序所知", harm: func() func() {
			execute(t, s.DB, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
			return func() { execute(t, s.DB, `DELETE FROM goose_db_version WHERE version_id = 9999`) }
		}},
		{name: "archive", want: "问题  存档：", harm: func() func() {
			was := s.Archive
			s.Archive = filepath.Join(was, "nowhere")
			return func() { s.Archive = was }
		}},
	} {
		undo := func() {}
		if c.harm != nil {
			undo = c.harm()
		}
		if c.now.IsZero() {
			c.now = time.Now()
		}
		out, sick := s.diagnosed(t, c.now)
		if !sick || !strings.Contains(out, c.want) || strings.Count(out, "问题") > 2 {
			t.Errorf("%s: want %q in\n%s", c.name, c.want, out)
		}
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, "问题") && !strings.Contains(line, "；") {
				t.Errorf("%s: no word on how to mend it: %s", c.name, line)
			}
		}
		undo()
	}
	s.DB = filepath.Join(t.TempDir(), "none.db")
	if out, sick := s.diagnosed(t, time.Now()); !sick || !strings.Contains(out, "没有数据库") {
		t.Errorf("no database:\n%s", out)
	}
	if _, err := os.Stat(s.DB); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the doctor has made a database: %v", err)
	}
}

// healthyPortal writes a file of the portal that the demonstration has looked at.
func healthyPortal(t *testing.T, s *settings) string {
	t.Helper()
	db, err := store.Open(t.Context(), s.DB)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	runs, err := db.Runs(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		for _, p := range run.Portals {
			if p.State == store.PortalOK {
				text := "id: " + p.Portal + "\nname: 示例区人民政府\nregion: \"990101\"\nfamily: trs\nentries:\n  - {url: \"http://portal.example/gknb/\"}\n"
				if err := os.Mkdir(s.Portals, 0o755); err != nil {
					t.Fatal(err)
				}
				write(t, filepath.Join(s.Portals, "p.yaml"), text)
				return text
			}
		}
	}
	t.Fatalf("no portal was looked at in %d runs", len(runs))
	return ""
}

// anOriginal returns the file of an archived original.
func anOriginal(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "??", strings.Repeat("?", 64)+".original"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d originals, err %v", len(files), err)
	}
	return files[0]
}

// harm puts other bytes in the place of a file, or none, and returns what undoes it.
func harm(t *testing.T, path, bytes string) (undo func()) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	if bytes != "" {
		write(t, path, bytes)
	}
	return func() { write(t, path, string(body)) }
}

// write writes a file.
func write(t *testing.T, path, body string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
}

// execute runs statements on a database behind the store's back.
func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
