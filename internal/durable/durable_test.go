package durable

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWriteFile: while a file is written, and after a failure, the old one stands; then the
// new one does, and nothing else is left.
func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.json")
	must(t, os.WriteFile(path, []byte("old"), 0o600))
	full := errors.New("the disk is full")
	for _, failed := range []error{full, nil} {
		err := WriteFile(path, func(f *os.File) error {
			if _, err := f.WriteString("new"); err != nil {
				return err
			}
			if got := read(t, path); got != "old" {
				t.Errorf("a reader sees %q while the new one is written", got)
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Errorf("err %v, want %v", err, failed)
		}
		if failed != nil && (read(t, path) != "old" || !strings.Contains(err.Error(), path)) {
			t.Errorf("after %v the file is %q", err, read(t, path))
		}
	}
	if got := read(t, path); got != "new" {
		t.Errorf("the file is %q", got)
	}
	if got := names(t, dir); got != "a.json" {
		t.Errorf("the folder has %s", got)
	}
	if err := WriteFile(filepath.Join(dir, "none", "a"), nil); err == nil || !strings.Contains(err.Error(), "a folder that exists") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// TestWrite: without a name the output is meant.
func TestWrite(t *testing.T) {
	hello := func(w io.Writer) error { _, err := io.WriteString(w, "hello"); return err }
	var out bytes.Buffer
	must(t, Write(&out, "", hello))
	path := filepath.Join(t.TempDir(), "a")
	must(t, Write(&out, path, hello))
	if out.String() != "hello" || read(t, path) != "hello" {
		t.Errorf("the output has %q, the file %q", &out, read(t, path))
	}
}

// TestWriteFolder: a folder is there whole or not at all, and none is written over.
func TestWriteFolder(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	failed := errors.New("no")
	fill := func(end error) func(string) error {
		return func(to string) error {
			must(t, os.Mkdir(filepath.Join(to, "sub"), 0o755))
			must(t, os.WriteFile(filepath.Join(to, "sub", "a"), []byte("a"), 0o644))
			return end
		}
	}
	if err := WriteFolder(path, fill(failed)); !errors.Is(err, failed) || names(t, dir) != "" {
		t.Errorf("err %v, left %s", err, names(t, dir))
	}
	must(t, WriteFolder(path, fill(nil)))
	if got := read(t, filepath.Join(path, "sub", "a")); got != "a" {
		t.Errorf("the file is %q", got)
	}
	if err := WriteFolder(path, fill(nil)); !errors.Is(err, fs.ErrExist) || names(t, dir) != "out" {
		t.Errorf("what stands there: err %v, left %s", err, names(t, dir))
	}
}

// TestSweep: what a killed process has left goes when nobody has touched it for a while,
// and nothing else does.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	old, err := TempFolder(dir)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(old, "a"), nil, 0o644))
	fresh, err := TempFolder(dir)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "mine"), nil, 0o644))
	long := time.Now().Add(-48 * time.Hour)
	for _, path := range []string{old, filepath.Join(dir, "mine")} {
		must(t, os.Chtimes(path, long, long))
	}
	must(t, Sweep(dir, 24*time.Hour))
	if got, want := names(t, dir), filepath.Base(fresh)+" mine"; got != want {
		t.Errorf("the folder has %s; want %s", got, want)
	}
	must(t, Sweep(dir, 0))
	if got := names(t, dir); got != "mine" {
		t.Errorf("the folder has %s", got)
	}
	if err := Sweep(filepath.Join(dir, "none"), 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return string(text)
}

// names are those in a folder, in order.
func names(t *testing.T, dir string) string {
	t.Helper()
	all, err := os.ReadDir(dir)
	must(t, err)
	var n []string
	for _, one := range all {
		n = append(n, one.Name())
	}
	return strings.Join(n, " ")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
