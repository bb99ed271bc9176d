package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/backup"
)

// TestBackUpNow holds that the newest backups stay, each good, and that other files are
// left alone.
func TestBackUpNow(t *testing.T) {
	s := defaults()
	s.DB, s.Archive = filepath.Join(t.TempDir(), "g.db"), filepath.Join(t.TempDir(), "archive")
	a, err := openApp(t.Context(), &s, quietLog())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	s.Backup.Folder, s.Backup.Keep = t.TempDir(), 2
	mine := filepath.Join(s.Backup.Folder, "gongkai-mine.zip")
	if err := os.WriteFile(mine, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for day := range 4 {
		if err := a.backUpNow(t.Context(), s.Backup, time.Date(2026, 3, 1+day, 0, 0, 0, 0, time.UTC), false); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	entries, err := os.ReadDir(s.Backup.Folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := []string{"gongkai-20260303-080000.zip", "gongkai-20260304-080000.zip", "gongkai-mine.zip"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if _, err := backup.Check(t.Context(), filepath.Join(s.Backup.Folder, want[1])); err != nil {
		t.Error(err)
	}
}
