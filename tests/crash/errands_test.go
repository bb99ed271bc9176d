package crash

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gongkai/internal/store"
)

// An errand is a command that makes something of what is kept.
type errand struct {
	name   string
	args   []string       // DIR stands for the folder of its own that it writes to
	points map[string]int // of fault.Point, and how often it passes each
	made   func(t *testing.T, dir string) string
}

// errands are an export in two forms, a backup and its return, a copy into another database
// and a change of the schema.
func errands(t *testing.T, w *world) []errand {
	db, originals := "--db="+filepath.Join(w.dir, "gongkai.db"), "--archive="+filepath.Join(w.dir, "archive")
	return []errand{
		{"export csv", []string{"export", "--format=csv", "-o", "DIR/out", db, originals},
			map[string]int{"durable.written": 5, "durable.synced": 1, "durable.renamed": 1, "durable.kept": 1}, madeFolder},
		{"export json", []string{"export", "--format=json", "-o", "DIR/out.json", db, originals},
			map[string]int{"durable.written": 1, "durable.synced": 1, "durable.renamed": 1, "durable.kept": 1}, madeJSON},
		{"backup", []string{"backup", "DIR/b.zip", db, originals},
			map[string]int{"backup.copied": 1, "durable.written": 1, "durable.synced": 1, "durable.renamed": 1}, madeBackup},
		{"restore", []string{"restore", filepath.Join(w.dir, "b.zip"), "--db=DIR/new.db", "--archive=DIR/new"},
			map[string]int{"archive.written": 20, "archive.synced": 20, "archive.kept": 20, "backup.originals": 1, "backup.extracted": 1,
				"durable.synced": 1, "durable.renamed": 1}, madeDatabase("new.db")},
		{"migrate", []string{"migrate", "--from=sqlite:" + filepath.Join(w.dir, "gongkai.db"), "--to=sqlite:DIR/new.db"},
			map[string]int{"store.migrated": 12, "store.transferred": 30, "store.uncommitted": 1, "store.committed": 1}, madeDatabase("new.db")},
		{"upgrade", []string{"migrate", "--db=DIR/old.db"}, map[string]int{"store.migrated": 5}, madeUpgrade},
	}
}

// TestErrands ends each errand at its points and by chance. What it makes is there whole or
// not at all; done once more it makes what an undisturbed one makes; and what it was made of
// is as it was.
func TestErrands(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short leaves out ends of errands, which take minutes")
	}
	w := newWorld(t, build(t))
	w.settle(t)
	before := strings.Join(w.kept(t), "\n")
	backup := w.errand(t.Context(), "backup", filepath.Join(w.dir, "b.zip"),
		"--db="+filepath.Join(w.dir, "gongkai.db"), "--archive="+filepath.Join(w.dir, "archive"))
	if out, err := backup.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	pick := rand.New(rand.NewPCG(*seed, 1))
	all := errands(t, w)
	want := make([]string, len(all))
	took := make([]time.Duration, len(all))
	for i, e := range all {
		began := time.Now()
		want[i] = e.undisturbed(t, w)
		took[i] = time.Since(began)
	}
	for i := range 2 * *trials {
		n := i % len(all)
		e := all[n]
		// Each goes through its points in turn, and then one is by chance.
		names := slices.Sorted(maps.Keys(e.points))
		if at := (i / len(all)) % (len(names) + 1); at < len(names) {
			e.disturbed(t, w, fmt.Sprintf("%s:%d", names[at], 1+pick.IntN(e.points[names[at]])), 0, want[n])
		} else {
			e.disturbed(t, w, "", time.Duration(1+pick.Int64N(int64(took[n]))), want[n])
		}
	}
	w.sound(t)
	if after := strings.Join(w.kept(t), "\n"); after != before {
		t.Error("what is kept is not what it was before the errands")
	}
}

// undisturbed says what the errand makes.
func (e errand) undisturbed(t *testing.T, w *world) string {
	t.Helper()
	dir := e.folder(t)
	e.run(t, w, dir)
	made := e.made(t, dir)
	if made == "" {
		t.Fatalf("%s made nothing", e.name)
	}
	return made
}

// disturbed ends the errand at a point, or after a time where one is given, and then has it
// done.
func (e errand) disturbed(t *testing.T, w *world, point string, after time.Duration, want string) {
	t.Helper()
	dir := e.folder(t)
	ctx, at := t.Context(), point
	if after > 0 {
		at = after.String()
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, after)
		defer cancel()
	}
	cmd := w.errand(ctx, e.in(dir)...)
	cmd.Env = append(os.Environ(), "GONGKAI_CRASH="+point, "TMPDIR="+dir)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	killed := errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
	if !killed && !errors.Is(err, context.DeadlineExceeded) && (err != nil || after == 0) {
		t.Fatalf("%s, to be ended at %s: %v\n%s", e.name, at, err, out)
	}
	switch made := e.made(t, dir); made {
	case want: // it was done already, or is a change that any start goes on with
	case "":
		e.run(t, w, dir)
		if made := e.made(t, dir); made != want {
			t.Errorf("%s, ended at %s and done once more, made\n%.300s\nwant\n%.300s", e.name, at, made, want)
		}
	default:
		t.Errorf("%s, ended at %s, left half of it:\n%.300s\nwant\n%.300s", e.name, at, made, want)
	}
}

// run does the errand to its end.
func (e errand) run(t *testing.T, w *world, dir string) {
	t.Helper()
	if out, err := w.errand(t.Context(), e.in(dir)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", e.name, err, out)
	}
}

// folder is one for the errand alone.
func (e errand) folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if e.name == "upgrade" {
		unpack(t, filepath.Join("..", "..", "cmd", "dashboard", "testdata", "upgrade", "schema-0012.zip"), "gongkai.db", filepath.Join(dir, "old.db"))
	}
	return dir
}

// in are the arguments of the errand in a folder.
func (e errand) in(dir string) (args []string) {
	for _, a := range e.args {
		args = append(args, strings.ReplaceAll(a, "DIR", dir))
	}
	return args
}

// errand is a command of the program, not yet begun.
func (w *world) errand(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, w.bin, args...)
}

// madeFolder tells the files of an export, but for the hour at which it was written.
func madeFolder(t *testing.T, dir string) string {
	t.Helper()
	all, err := os.ReadDir(filepath.Join(dir, "out"))
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	must(t, err)
	var b strings.Builder
	for _, one := range all {
		text, err := os.ReadFile(filepath.Join(dir, "out", one.Name()))
		must(t, err)
		if one.Name() == "SHA256SUMS" || one.Name() == "about.json" {
			text = nil
		}
		fmt.Fprintf(&b, "%s %x\n", one.Name(), sha256.Sum256(text))
	}
	return b.String()
}

// madeJSON tells the parts of the document, but for the one with the hour.
func madeJSON(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "out.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	must(t, err)
	var parts map[string]json.RawMessage
	must(t, json.Unmarshal(text, &parts))
	delete(parts, "about")
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		fmt.Fprintf(&b, "%s %x\n", name, sha256.Sum256(parts[name]))
	}
	return b.String()
}

// madeBackup tells the entries of a backup that its own check finds whole.
func madeBackup(t *testing.T, dir string) string {
	t.Helper()
	z, err := zip.OpenReader(filepath.Join(dir, "b.zip"))
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	must(t, err)
	defer z.Close()
	var b strings.Builder
	for _, f := range z.File {
		if f.Name == "manifest.json" {
			continue // it has the hour
		}
		fmt.Fprintf(&b, "%s %d %x\n", f.Name, f.UncompressedSize64, f.CRC32)
	}
	return b.String()
}

// madeDatabase tells the reports of a database, and nothing of one that is empty.
func madeDatabase(name string) func(t *testing.T, dir string) string {
	return func(t *testing.T, dir string) string {
		t.Helper()
		if _, err := os.Stat(filepath.Join(dir, name)); errors.Is(err, fs.ErrNotExist) {
			return ""
		}
		w := &world{dir: filepath.Join(dir, "look")}
		copyDatabase(t, filepath.Join(dir, name), w.dir)
		return strings.Join(w.kept(t), "\n")
	}
}

// madeUpgrade tells the reports of the old database once its schema is ours, and nothing
// before.
func madeUpgrade(t *testing.T, dir string) string {
	t.Helper()
	now, target, err := store.Schema(t.Context(), filepath.Join(dir, "old.db"))
	must(t, err)
	if now != target {
		return ""
	}
	return madeDatabase("old.db")(t, dir)
}

// copyDatabase copies a database that nobody has open, so that looking at it changes nothing.
func copyDatabase(t *testing.T, from, to string) {
	t.Helper()
	must(t, os.MkdirAll(to, 0o755))
	for _, end := range []string{"", "-wal"} {
		text, err := os.ReadFile(from + end)
		if end != "" && errors.Is(err, fs.ErrNotExist) {
			must(t, os.RemoveAll(filepath.Join(to, "gongkai.db"+end)))
			continue
		}
		must(t, err)
		must(t, os.WriteFile(filepath.Join(to, "gongkai.db"+end), text, 0o644))
	}
}

// unpack takes a file out of a ZIP.
func unpack(t *testing.T, from, name, to string) {
	t.Helper()
	z, err := zip.OpenReader(from)
	must(t, err)
	defer z.Close()
	f, err := z.Open(name)
	must(t, err)
	defer f.Close()
	text, err := io.ReadAll(f)
	must(t, err)
	must(t, os.WriteFile(to, text, 0o644))
}
