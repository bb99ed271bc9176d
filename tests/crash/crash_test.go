// Package crash ends the program as kill -9 does, at each moment at which that would be
// worst and at moments picked by chance, starts it again, and holds that what is there
// in the end is what an undisturbed run leaves: nothing lost, nothing twice.
package crash

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/archive"
	"gongkai/internal/demo"
	"gongkai/internal/queue"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

var (
	trials = flag.Int("trials", 5, "how many ends to try")
	seed   = flag.Uint64("seed", 1, "picks the moments")
	built  = flag.String("bin", "", "the program, built with the tag crash; built here unless given")
)

// points are the names that fault.Point is called with, and how often a refresh of the
// demonstration passes each, roughly: batches hold several.
func points() map[string]int {
	return map[string]int{
		"archive.written": 130, "archive.unsynced": 60, "archive.synced": 60, "archive.renamed": 60,
		"archive.kept": 60, "store.uncommitted": 150, "store.committed": 150,
	}
}

// TestCrash ends one refresh after another, and then goes on with each.
func TestCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short leaves out ends by kill -9, which take minutes")
	}
	bin := build(t)
	calm := newWorld(t, bin)
	calm.settle(t)
	want := calm.kept(t)
	if len(want) < 100 {
		t.Fatalf("the undisturbed run kept %d versions; want the demonstration's", len(want))
	}
	names := make([]string, 0, len(points()))
	for name := range points() {
		names = append(names, name)
	}
	slices.Sort(names)
	pick := rand.New(rand.NewPCG(*seed, 0))
	var ended []*world
	for i := range *trials {
		w := newWorld(t, bin)
		// Every fifth end is by chance, the others go through the points.
		if i%5 == 4 {
			w.end(t, "", time.Duration(pick.IntN(1500))*time.Millisecond)
		} else {
			name := names[(i-i/5)%len(names)]
			w.end(t, fmt.Sprintf("%s:%d", name, 1+pick.IntN(points()[name])), 0)
		}
		w.sound(t)
		ended = append(ended, w)
	}
	// What the first have leased has become free while the others were ended.
	for _, w := range ended {
		w.settle(t)
		w.sound(t)
		if diff := cmp.Diff(want, w.kept(t)); diff != "" {
			t.Errorf("ended at %s, kept (-undisturbed +disturbed):\n%s", w.ended, diff)
		}
	}
}

// TestWorkers lets three workers share the queue and kills one: what it had in hand the
// others take up at once, since it is known to be gone, and what is there in the end is
// what one undisturbed refresh leaves.
func TestWorkers(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short leaves out workers that are killed, which take a minute")
	}
	bin := build(t)
	calm := newWorld(t, bin)
	calm.settle(t)
	w := newWorld(t, bin)
	db := w.open(t)
	jobs, err := queue.Open(t.Context(), db, slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(jobs.Close)
	for _, f := range w.portal.Portals() {
		_, err := jobs.Add(t.Context(), queue.Refresh, strings.TrimSuffix(f.Name, ".yaml"), time.Time{})
		must(t, err)
	}
	var all []*exec.Cmd
	var said []*bytes.Buffer
	for range 3 {
		cmd, out := w.command(t.Context(), "worker", "--until-empty"), new(bytes.Buffer)
		cmd.Stdout, cmd.Stderr = out, out
		must(t, cmd.Start())
		all, said = append(all, cmd), append(said, out)
	}
	for deadline := time.Now().Add(30 * time.Second); ; { // until one has something in hand
		hashes, err := db.Originals(t.Context())
		must(t, err)
		if len(hashes) > 5 || time.Now().After(deadline) {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	must(t, all[0].Process.Kill())
	for i, cmd := range all {
		if err := cmd.Wait(); err != nil && i > 0 {
			t.Errorf("worker %d: %v\n%s", i, err, said[i])
		}
	}
	must(t, db.Close())
	w.sound(t)
	w.settle(t)
	if diff := cmp.Diff(calm.kept(t), w.kept(t)); diff != "" {
		t.Errorf("kept (-undisturbed +three workers, one killed):\n%s", diff)
	}
}

// build makes the program with the points in it.
func build(t *testing.T) string {
	t.Helper()
	if *built != "" {
		return *built
	}
	bin := filepath.Join(t.TempDir(), "dashboard")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-tags", "crash,sqlite_foreign_keys,sqlite_omit_load_extension", "-o", bin, "./cmd/dashboard")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// A world is a portal and what a program keeps of it.
type world struct {
	bin, dir string
	ended    string // where it was killed
	portal   *demo.Server
}

func newWorld(t *testing.T, bin string) *world {
	t.Helper()
	w := &world{bin: bin, dir: t.TempDir()}
	var err error
	w.portal, err = demo.Start(t.Context(), "", demo.Options{Revised: true})
	must(t, err)
	t.Cleanup(func() { must(t, w.portal.Close()) })
	for _, folder := range []string{"portals", "archive"} {
		must(t, os.Mkdir(filepath.Join(w.dir, folder), 0o755))
	}
	for _, f := range w.portal.Portals() {
		must(t, os.WriteFile(filepath.Join(w.dir, "portals", f.Name), f.Data, 0o644))
	}
	db := w.open(t)
	must(t, db.PutAgencies(t.Context(), demo.Agencies()))
	for _, r := range demo.Regions() {
		must(t, db.SetRegionName(t.Context(), r.Code, r.Name))
	}
	must(t, db.Close())
	return w
}

func (w *world) open(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(w.dir, "gongkai.db"))
	must(t, err)
	return db
}

// refresh is the program's refresh, not yet begun.
func (w *world) refresh(ctx context.Context) *exec.Cmd {
	return w.command(ctx, "refresh")
}

// command is a command of the program on what it keeps, not yet begun.
func (w *world) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, w.bin, append(args, "--db", filepath.Join(w.dir, "gongkai.db"),
		"--archive", filepath.Join(w.dir, "archive"), "--portals", filepath.Join(w.dir, "portals"))...)
	cmd.Dir = w.dir
	return cmd
}

// end begins a refresh that is killed at a point, or after a time where one is given.
func (w *world) end(t *testing.T, point string, after time.Duration) {
	t.Helper()
	ctx := t.Context()
	w.ended = point
	if after > 0 {
		w.ended = after.String()
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, after)
		defer cancel()
	}
	cmd := w.refresh(ctx)
	cmd.Env = append(os.Environ(), "GONGKAI_CRASH="+point)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
	case err == nil || after > 0:
		t.Logf("it ended before it was killed: %v", err)
	default:
		t.Fatalf("%v\n%s", err, out)
	}
}

// settle refreshes until nothing is new: what failed once is had the next time.
func (w *world) settle(t *testing.T) {
	t.Helper()
	for range 5 {
		before := len(w.kept(t))
		if out, err := w.refresh(t.Context()).CombinedOutput(); err != nil {
			t.Fatalf("refresh: %v\n%s", err, out)
		}
		if len(w.kept(t)) == before {
			return
		}
	}
	t.Fatal("five refreshes, and each brought something")
}

// sound holds at any moment: the database names no original that the archive does not
// hold whole.
func (w *world) sound(t *testing.T) {
	t.Helper()
	db := w.open(t)
	defer db.Close()
	originals, err := archive.Open(t.Context(), filepath.Join(w.dir, "archive"))
	must(t, err)
	hashes, err := db.Originals(t.Context())
	must(t, err)
	for _, hash := range hashes {
		if _, _, err := originals.Get(t.Context(), hash); err != nil {
			t.Errorf("the database names an original that is not there: %v", err)
		}
	}
	if _, damaged, err := originals.Verify(t.Context()); err != nil || len(damaged) > 0 {
		t.Errorf("damaged originals %v, err %v", damaged, err)
	}
}

// kept tells every version with all that it says, and how often it is told of. The
// portal's own address is left out: each world has its own.
func (w *world) kept(t *testing.T) []string {
	t.Helper()
	db := w.open(t)
	defer db.Close()
	var all []string
	current, err := db.Versions(t.Context(), store.Query{})
	must(t, err)
	for _, c := range current {
		r, err := db.Report(t.Context(), c.Agency, c.Year, 0)
		must(t, err)
		for _, head := range r.Versions {
			v, err := db.Version(t.Context(), head.ID)
			must(t, err)
			all = append(all, fmt.Sprintf("%s %d version %d of %d, %s %s, from %s: %v; findings %v", v.VersionHead.Agency, v.VersionHead.Year,
				v.Number, len(r.Versions), v.Format, v.Status, w.without(v.URL), shown(v.Reading.Values), rules(v.Findings)))
		}
	}
	changes, err := db.Changes(t.Context(), "", 0)
	must(t, err)
	var told []string
	for _, c := range changes {
		told = append(told, fmt.Sprintf("told: %s %s %d %s", c.Kind, c.Agency, c.Year, c.Text))
	}
	slices.Sort(told)
	return append(all, told...)
}

// without is an address without the portal's own, which each world has another of.
func (w *world) without(url string) string {
	if w.portal == nil {
		return url // all that is looked at is of one world
	}
	return strings.ReplaceAll(url, w.portal.URL(), "/")
}

// shown are values as they were printed.
func shown(values []report.Value) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprint(&b, v.State, " ", v.Amount, "; ")
	}
	return b.String()
}

// rules are the rules of findings.
func rules(findings []report.Finding) (all []string) {
	for _, f := range findings {
		all = append(all, f.Rule+" "+f.Subject)
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, fs.ErrClosed) {
		t.Fatal(err)
	}
}
