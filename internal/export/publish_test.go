package export

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestPublish: the newest export is listed with checksums that hold; the same run is not
// written again, and of older ones one is kept.
func TestPublish(t *testing.T) {
	e := newExporter(t)
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, ".gongkai-half-run-0.123"), 0o755)) // of a process that was killed
	formats := []string{"sqlite", "datapackage", "json"}
	if l, err := Published(dir); err != nil || l.Run != 0 || len(l.Files) != 0 {
		t.Fatalf("before the first export: %+v, %v", l, err)
	}
	var folders []string
	for n := range 4 {
		l, err := e.Publish(t.Context(), dir, formats)
		must(t, err)
		again, err := e.Publish(t.Context(), dir, formats)
		if err != nil || again.Folder != l.Folder || !again.Created.Equal(l.Created) {
			t.Errorf("the same run is written again: %+v, %v", again, err)
		}
		checkPublished(t, dir, l, len(formats))
		folders = append(folders, l.Folder)
		run, err := e.DB.StartRun(t.Context(), "refresh", 0, false)
		must(t, err)
		add(t, e.DB, e.Archive, run, "990101001", 2023, int64(100+n), report.Verified)
		must(t, e.DB.FinishRun(t.Context(), run, store.RunOK, ""))
		past := time.Now().Add(-time.Duration(10-n) * time.Hour)
		must(t, os.Chtimes(filepath.Join(dir, l.Folder), past, past))
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) != kept+1 || left[1].Name() != folders[2] || left[2].Name() != folders[3] {
		t.Errorf("there are %v of %v", left, folders)
	}
	if _, err := e.Publish(t.Context(), filepath.Join(dir, "none"), formats); err == nil {
		t.Error("a folder that is not there was published into")
	}
	must(t, os.WriteFile(filepath.Join(dir, listingName), []byte("{"), 0o644))
	if _, err := Published(dir); err == nil {
		t.Error("a damaged listing is read")
	}
}

func checkPublished(t *testing.T, dir string, l Listing, files int) {
	t.Helper()
	now, err := Published(dir)
	must(t, err)
	if now.Folder != l.Folder || len(l.Files) != files {
		t.Errorf("%s is listed with %d files, want %s with %d", now.Folder, len(l.Files), l.Folder, files)
	}
	for _, f := range l.Files {
		r, _, err := OpenPublished(dir, f.Name)
		must(t, err)
		tally := newTally(io.Discard)
		_, err = io.Copy(tally, r)
		must(t, errors.Join(err, r.Close()))
		if tally.file(f.Name) != f {
			t.Errorf("%s is not what its checksum says", f.Name)
		}
	}
	for _, name := range []string{"../" + listingName, listingName, "nothing", ""} {
		if _, _, err := OpenPublished(dir, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if sum, err := exec.LookPath("sha256sum"); err == nil {
		cmd := exec.Command(sum, "-c", "--quiet", sumsName)
		cmd.Dir = filepath.Join(dir, l.Folder)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("sha256sum: %v: %s", err, out)
		}
	}
}

// TestKilled kills a process while it publishes, at several moments: what a reader sees is
// whole each time, and the next export clears up.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("GONGKAI_TEST_PUBLISH"); dir != "" {
		publishForEver(t, dir)
	}
	e := newExporter(t)
	dir := t.TempDir()
	l, err := e.Publish(t.Context(), dir, []string{"sqlite", "csv"})
	must(t, err)
	var seen int
	for n := range 6 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), "GONGKAI_TEST_PUBLISH="+dir, "TMPDIR="+t.TempDir())
		must(t, cmd.Start())
		time.Sleep(time.Duration(400+150*n) * time.Millisecond)
		must(t, cmd.Process.Kill())
		_ = cmd.Wait() // it was killed, and says so
		now, err := Published(dir)
		must(t, err)
		checkPublished(t, dir, now, 2)
		if now.Created != l.Created || now.Folder != l.Folder {
			seen++
		}
	}
	t.Logf("of 6 processes that were killed %d had published before", seen)
	_, err = e.Publish(t.Context(), dir, []string{"json"})
	must(t, err)
	if left, err := filepath.Glob(filepath.Join(dir, ".gongkai-half-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// publishForEver is the process that is killed: it publishes in turn what it has.
func publishForEver(t *testing.T, dir string) {
	e := newExporter(t)
	for n := int64(200); ; n++ {
		run, err := e.DB.StartRun(t.Context(), "refresh", 0, false)
		must(t, err)
		add(t, e.DB, e.Archive, run, "990101001", 2023, n, report.Verified)
		must(t, e.DB.FinishRun(t.Context(), run, store.RunOK, ""))
		_, err = e.Publish(t.Context(), dir, []string{"sqlite", "csv"})
		must(t, err)
	}
}
