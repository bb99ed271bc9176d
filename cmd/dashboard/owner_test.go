//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOwnedBy holds that the superuser does not write into the data of a service that
// runs as somebody else, and is told how to do it.
func TestOwnedBy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gongkai.db")
	if err := ownedBy(0, path); err != nil {
		t.Errorf("nothing there yet: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ownedBy(os.Geteuid(), path); err != nil {
		t.Errorf("our own: %v", err)
	}
	if os.Geteuid() != 0 {
		t.Skip("only the superuser can give a file away")
	}
	if err := os.Chown(path, 4242, 4242); err != nil {
		t.Fatal(err)
	}
	if err := ownedBy(0, path); err == nil || !strings.Contains(err.Error(), "sudo -u 4242 gongkai") {
		t.Errorf("root on the data of 4242: %v; want a refusal that says how", err)
	}
	if err := ownedBy(4242, path); err != nil {
		t.Errorf("4242 on its own data: %v", err)
	}
}

// TestUsualSettings holds that the first settings file that is there is read, that one
// that is there and cannot be read is an error in the working folder alone, and that one
// that was named must be there.
func TestUsualSettings(t *testing.T) {
	dir := t.TempDir()
	own, system := filepath.Join(dir, "gongkai.yaml"), filepath.Join(dir, "etc.yaml")
	found := func() string {
		t.Helper()
		f, err := openSettings("", []string{own, system})
		if err != nil {
			t.Fatal(err)
		}
		if f == nil {
			return ""
		}
		defer f.Close()
		return f.Name()
	}
	if got := found(); got != "" {
		t.Errorf("none there: %s", got)
	}
	for _, path := range []string{system, own} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := found(); got != path {
			t.Errorf("found %s; want %s", got, path)
		}
	}
	if _, err := openSettings(filepath.Join(dir, "none.yaml"), nil); err == nil || !strings.Contains(err.Error(), "--config") {
		t.Errorf("named and not there: %v", err)
	}
	if os.Geteuid() == 0 {
		return // nothing is closed to the superuser
	}
	for path, want := range map[string]bool{own: true, system: false} {
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := openSettings("", []string{own, system}); (err != nil) != want {
			t.Errorf("%s closed: %v", path, err)
		}
		if err := os.Remove(own); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

// TestPrivate holds that nobody else may read a database or a backup that was made here:
// both have hashes of passwords.
func TestPrivate(t *testing.T) {
	dir := t.TempDir()
	s := &settings{DB: filepath.Join(dir, "gongkai.db"), Archive: filepath.Join(dir, "archive")}
	saved := filepath.Join(dir, "saved.zip")
	a, err := openApp(t.Context(), s, quietLog())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if out, status := s.dashboard(t, "backup", saved); status != 0 {
		t.Fatal(out)
	}
	restored := &settings{DB: filepath.Join(dir, "restored.db"), Archive: s.Archive}
	if out, status := restored.dashboard(t, "restore", saved); status != 0 {
		t.Fatal(out)
	}
	for _, path := range []string{s.DB, s.DB + "-wal", saved, restored.DB} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o027 != 0 {
			t.Errorf("%s may be read by everybody: %v", filepath.Base(path), info.Mode())
		}
	}
}
