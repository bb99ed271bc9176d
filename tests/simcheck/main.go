// Command simcheck holds the whole program against the portal simulator.
//
// In: the built program, and the source of the simulator. It runs a small world of
// all families and variants twice, without faults and with harsh ones, refreshes from
// it as an operator would, by `dashboard refresh` and portal files, and changes the
// world in between. Out: one line for each mode, and exit status 1 where anything
// falls short. The program is told what an operator knows (/__sites.json); what the
// portals truly published (/__truth.jsonl) only judges.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dashboard := flag.String("dashboard", "bin/dashboard", "the program to check")
	shared := flag.String("shared", "../shared", "folder with portals/sim")
	keep := flag.String("keep", "", "keep databases, archives and logs in this folder")
	only := flag.String("mode", "", "only this mode: none or harsh")
	workers := flag.Bool("workers", false, "measure one, two and four workers on a fleet of portals instead")
	flag.Parse()
	if err := check(ctx, os.Stdout, *dashboard, *shared, *keep, *only, *workers); err != nil {
		fmt.Fprintln(os.Stderr, "simcheck:", err)
		os.Exit(1)
	}
}

// A mode is a world to run.
type mode struct {
	name  string
	args  []string // of the simulator
	tries int      // refreshes after which all must be there
}

// modes are small worlds of all families and variants: seventeen sites have one of
// each. With harsh faults some sites cannot be looked at; the number of sites and the
// order of the families are such that none of them is the only one of its variant.
func modes() []mode {
	return []mode{
		{"none", []string{"-districts", "17", "-units", "4", "-years", "2017-2024", "-faults", "none"}, 1},
		{"harsh", []string{"-districts", "36", "-units", "2", "-years", "2023-2024", "-faults", "harsh",
			"-families", "b,c,a,e,g,h,j,l"}, 3},
	}
}

// check runs the modes side by side: with faults most of the time is waiting.
func check(ctx context.Context, out io.Writer, dashboard, shared, keep, only string, workers bool) error {
	work, err := os.MkdirTemp("", "simcheck")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if keep != "" {
		work = keep
	}
	if dashboard, err = filepath.Abs(dashboard); err != nil {
		return err
	}
	bin := filepath.Join(work, "sim")
	if err := buildSim(ctx, filepath.Join(shared, "portals", "sim"), bin); err != nil {
		return err
	}
	if workers {
		return measureWorkers(ctx, out, bin, dashboard, work)
	}
	began := time.Now()
	all := modes()
	results, errs := make([]result, len(all)), make([]error, len(all))
	var group sync.WaitGroup
	for i, m := range all {
		if only != "" && only != m.name {
			continue
		}
		group.Go(func() {
			results[i], errs[i] = runMode(ctx, m, bin, dashboard, filepath.Join(work, m.name))
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	short := false
	for i, m := range all {
		if only != "" && only != m.name {
			continue
		}
		results[i].details(out)
		short = short || len(results[i].faults) > 0
	}
	fmt.Fprintf(out, "\n%.0f s\n", time.Since(began).Seconds())
	var words []string
	for i, m := range all {
		if only == "" || only == m.name {
			fmt.Fprintln(out, results[i].line())
			words = append(words, results[i].inShort())
		}
	}
	fmt.Fprintln(out, "sim-check:", strings.Join(words, "; "))
	if short {
		return errors.New("fell short, see above")
	}
	return nil
}
