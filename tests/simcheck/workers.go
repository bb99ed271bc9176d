package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"gongkai/internal/queue"
	"gongkai/internal/store"
)

// A fleet is the world in which workers are measured: portals of HTML, each on a host of its
// own that answers in 80 ms and is asked once a second, so that all takes waiting and next
// to nothing else.
const (
	fleetPortals = 96
	fleetSide    = 4 // portals that one worker looks at side by side
)

func fleet() []string {
	return []string{"-districts", fmt.Sprint(fleetPortals), "-units", "2", "-years", "2024-2024", "-families", "a,h", "-faults", "none", "-latency", "80ms"}
}

// wanted is how many times the throughput of one worker two and four must have.
var wanted = map[int]float64{2: 1.9, 4: 3.6}

// A share is what some workers did.
type share struct {
	workers, reports int
	took, processor  time.Duration
}

// measureWorkers has one, two and four workers look at the same fleet, each time from an
// empty database, and prints what each number of them did.
func measureWorkers(ctx context.Context, out io.Writer, bin, dashboard, work string) error {
	s, err := startSim(ctx, bin, work, fleet())
	if err != nil {
		return err
	}
	defer s.stop() //nolint:errcheck // it is only asked
	sites, err := s.sites(ctx)
	if err != nil {
		return err
	}
	portals := filepath.Join(work, "fleet")
	if err := writePortals(portals, sites); err != nil {
		return err
	}
	if err := slower(portals); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d portals, a host each, 1 s from request to request, 80 ms to an answer; %d at a time for each worker\n\n", len(sites), fleetSide)
	fmt.Fprintln(out, "workers  seconds  portals/min  reports  processor s  times one  wanted")
	var one share
	var short error
	for _, n := range []int{1, 2, 4} {
		got, err := workFleet(ctx, dashboard, portals, filepath.Join(work, fmt.Sprint("workers", n)), sites, n)
		if err != nil {
			return fmt.Errorf("%d workers: %w", n, err)
		}
		if n == 1 {
			one = got
		}
		times := one.took.Seconds() / got.took.Seconds()
		fmt.Fprintf(out, "%7d  %7.1f  %11.1f  %7d  %11.1f  %9.2f  %6.1f\n", n, got.took.Seconds(), float64(len(sites))/got.took.Minutes(), got.reports,
			got.processor.Seconds(), times, wanted[n])
		if times < wanted[n] || got.reports != one.reports {
			short = errors.New("fell short, see above")
		}
	}
	return short
}

// slower writes the delay of a real portal into portal files.
func slower(folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	for _, name := range files {
		text, also := os.ReadFile(name)
		text = bytes.ReplaceAll(text, []byte("delay: "+pace.String()), []byte("delay: 1s"))
		err = errors.Join(err, also, os.WriteFile(name, text, 0o644))
	}
	return err
}

// workFleet has workers do a look at each portal, and returns how long it took them from
// their start to the end of the last look.
func workFleet(ctx context.Context, dashboard, portals, dir string, sites []site, n int) (got share, err error) {
	got.workers = n
	if err := os.MkdirAll(filepath.Join(dir, "archive"), 0o755); err != nil {
		return got, err
	}
	address := filepath.Join(dir, "gongkai.db")
	db, err := store.Open(ctx, address)
	if err != nil {
		return got, err
	}
	defer db.Close()
	jobs, err := queue.Open(ctx, db, slog.New(slog.DiscardHandler))
	if err != nil {
		return got, err
	}
	defer jobs.Close()
	for _, s := range sites {
		if _, err := jobs.Add(ctx, queue.Refresh, s.id(), time.Time{}); err != nil {
			return got, err
		}
	}
	began := time.Now()
	var all []*exec.Cmd
	said := make([]strings.Builder, n)
	for i := range n {
		cmd := exec.CommandContext(ctx, dashboard, "worker", "--until-empty", "--at-once", fmt.Sprint(fleetSide), "--db", address,
			"--archive", filepath.Join(dir, "archive"), "--portals", portals)
		cmd.Dir, cmd.Stderr = dir, &said[i]
		if err := cmd.Start(); err != nil {
			return got, err
		}
		all = append(all, cmd)
	}
	for open := -1; open != 0 && err == nil; time.Sleep(100 * time.Millisecond) {
		var left []queue.Job
		left, err = jobs.Open(ctx, queue.Refresh)
		open = len(left)
	}
	got.took = time.Since(began)
	for i, cmd := range all {
		if failed := cmd.Wait(); failed != nil {
			err = errors.Join(err, fmt.Errorf("%w\n%s", failed, said[i].String()))
		}
		got.processor += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	versions, also := db.Versions(ctx, store.Query{})
	got.reports = len(versions)
	return got, errors.Join(err, also)
}
