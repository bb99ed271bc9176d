package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A result is what a mode came to.
type result struct {
	mode string
	verdict
	breaches  int
	thrift    thrift
	noticed   int // changes of the world that were noticed in time
	changes   int
	refreshes int
	peak      int64   // most bytes that a refresh held
	waiting   float64 // most time of a refresh to the waiting that nobody can avoid
	took      time.Duration
	steps     []string
	late      []string // changes that were not noticed in time, and what was asked for in vain
}

// line is the last word on a mode.
func (r *result) line() string {
	return fmt.Sprintf("sim-check %s: %d of %d reports found, %d decoys, %d wrong cells, %d breaches; %d in review, %.1f %% spared by the second refresh, %d of %d changes noticed, %d refreshes, %.2f times the waiting, %d MB at most, %.0f s",
		r.mode, r.found, r.due, r.decoys, r.wrong, r.breaches, r.review, r.thrift.percent(), r.noticed, r.changes, r.refreshes, r.waiting, r.peak>>20, r.took.Seconds())
}

// inShort is the part of a mode in the last line of all.
func (r *result) inShort() string {
	return fmt.Sprintf("%s %d/%d found, %d decoys, %d wrong cells, %d breaches", r.mode, r.found, r.due, r.decoys, r.wrong, r.breaches)
}

// mostMemory is what a refresh may hold, the bound for 200 districts.
const mostMemory = 400 << 20

// details prints what was done, and what fell short.
func (r *result) details(out io.Writer) {
	for _, step := range r.steps {
		fmt.Fprintf(out, "%s: %s\n", r.mode, step)
	}
	const most = 20
	for i, fault := range r.faults {
		if i == most {
			fmt.Fprintf(out, "%s: FAULT and %d more\n", r.mode, len(r.faults)-most)
			break
		}
		fmt.Fprintf(out, "%s: FAULT %s\n", r.mode, fault)
	}
}

// A trial is a mode under way.
type trial struct {
	result
	*sim
	dashboard, dir string
	all            []site
}

// runMode runs a world: refreshes until all is there, once more for thrift, and again
// after the world has changed.
func runMode(ctx context.Context, m mode, bin, dashboard, dir string) (r result, err error) {
	if err := os.MkdirAll(filepath.Join(dir, "archive"), 0o755); err != nil {
		return r, err
	}
	began := time.Now()
	s, err := startSim(ctx, bin, dir, m.args)
	if err != nil {
		return r, err
	}
	t := &trial{sim: s, dashboard: dashboard, dir: dir, result: result{mode: m.name}}
	err = t.run(ctx, m)
	err = errors.Join(err, s.stop())
	if err == nil {
		err = t.judgeManners(ctx, bin)
	}
	t.took = time.Since(began)
	if err != nil {
		err = fmt.Errorf("mode %s: %w", m.name, err)
	}
	return t.result, err
}

// run does the steps of a trial.
func (t *trial) run(ctx context.Context, m mode) (err error) {
	if t.all, err = t.sites(ctx); err != nil {
		return err
	}
	if missing := uncovered(t.all); len(missing) > 0 {
		return fmt.Errorf("world %s: not looked at: %s; choose another seed", seedOf(m.args), strings.Join(missing, ", "))
	}
	if err := writePortals(filepath.Join(t.dir, "portals"), t.all); err != nil {
		return err
	}
	for range m.tries {
		if err := t.refresh(ctx); err != nil {
			return err
		}
		if t.verdict, err = t.judged(ctx); err != nil || t.found == t.due && len(t.faults) == 0 {
			break
		}
	}
	if err != nil {
		return err
	}
	if err := t.spare(ctx); err != nil {
		return err
	}
	return t.change(ctx)
}

// refresh runs the program once, as an operator would.
func (t *trial) refresh(ctx context.Context) error {
	from, err := logged(ctx, t.sim)
	if err != nil {
		return err
	}
	began := time.Now()
	t.refreshes++
	cmd := exec.CommandContext(ctx, t.dashboard, "refresh", "--db", t.db(), "--archive", filepath.Join(t.dir, "archive"),
		"--portals", filepath.Join(t.dir, "portals"), "--contact", "simcheck@example.test")
	out, err := cmd.CombinedOutput()
	took := time.Since(began)
	if keep := os.WriteFile(filepath.Join(t.dir, fmt.Sprintf("refresh%d.log", t.refreshes)), out, 0o644); err == nil {
		err = keep
	}
	if err != nil {
		return fmt.Errorf("refresh %d: %w\n%s", t.refreshes, err, out)
	}
	if t.peak = max(t.peak, peakOf(cmd.ProcessState)); t.peak > mostMemory {
		t.late = append(t.late, fmt.Sprintf("refresh %d held %d MB; want %d at most", t.refreshes, t.peak>>20, mostMemory>>20))
	}
	if _, err := logged(ctx, t.sim); err != nil {
		return err
	}
	waits, err := unavoidable(t.log, from)
	if err != nil {
		return err
	}
	ratio := took.Seconds() / waits.Seconds()
	t.waiting = max(t.waiting, ratio)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	t.steps = append(t.steps, fmt.Sprintf("refresh %d in %.1f s, %.2f times the waiting of %.1f s: %s",
		t.refreshes, took.Seconds(), ratio, waits.Seconds(), lines[len(lines)-1]))
	return nil
}

func (t *trial) db() string { return filepath.Join(t.dir, "gongkai.db") }

// open gives a look at what is stored.
func (t *trial) open(ctx context.Context, look func(*store.DB) error) error {
	db, err := store.Open(ctx, t.db())
	if err != nil {
		return err
	}
	return errors.Join(look(db), db.Close())
}

// judged holds what is stored against the truth.
func (t *trial) judged(ctx context.Context) (v verdict, err error) {
	err = t.open(ctx, func(db *store.DB) (err error) {
		if v, err = judge(ctx, db, t.sim, t.all); err != nil {
			return err
		}
		return t.special(ctx, db, &v)
	})
	return v, err
}

// special holds that a portal which cannot be looked at is told to be so.
func (t *trial) special(ctx context.Context, db *store.DB, v *verdict) error {
	runs, err := db.Runs(ctx, 20)
	if err != nil {
		return err
	}
	states := make(map[string]store.PortalState)
	for _, run := range runs {
		for _, p := range run.Portals {
			if _, later := states[p.Portal]; !later && run.Kind == "refresh" {
				states[p.Portal] = p.State
			}
		}
	}
	for _, s := range t.all {
		if s.Special != "" && states[s.id()] != store.PortalBlocked {
			v.fault("site %d (%s): reported as %s; want blocked", s.Site, s.Special, states[s.id()])
		}
	}
	return nil
}

// spare refreshes an unchanged world and counts what was asked for in vain.
func (t *trial) spare(ctx context.Context) error {
	from, err := logged(ctx, t.sim)
	if err != nil {
		return err
	}
	if err := t.refresh(ctx); err != nil {
		return err
	}
	if _, err := logged(ctx, t.sim); err != nil {
		return err
	}
	if t.thrift.full, err = spent(t.log, from, t.all); err != nil {
		return err
	}
	err = t.open(ctx, func(db *store.DB) error {
		stored, err := storedReports(ctx, db, t.all)
		for key := range stored {
			if s := t.all[key.site]; s.honest() && s.Special == "" {
				t.thrift.known++
			}
		}
		return err
	})
	if t.thrift.percent() < 99 {
		t.late = append(t.late, fmt.Sprintf("second refresh: %d of %d reports asked for in full; want 1 %% at most", t.thrift.full, t.thrift.known))
	}
	return err
}

// within is in how many refreshes a change must be noticed where validators are not
// right; where they are it must be the first.
const within = 4

// change changes the world and refreshes until all of it is noticed.
func (t *trial) change(ctx context.Context) error {
	waiting := make(map[changed]string)
	for _, what := range []struct {
		name string
		n    int
	}{{"revise", 6}, {"move", 4}, {"delete", 3}} {
		all, err := t.sim.change(ctx, what.name, what.n)
		if err != nil {
			return err
		}
		for _, c := range all {
			if t.all[c.Site].Special == "" {
				waiting[c] = what.name
			}
		}
	}
	t.changes = len(waiting)
	for i := 0; i < within && len(waiting) > 0; i++ {
		if err := t.refresh(ctx); err != nil {
			return err
		}
		if err := t.notice(ctx, waiting, i == 0); err != nil {
			return err
		}
	}
	for c, what := range waiting {
		t.late = append(t.late, fmt.Sprintf("%s of %s %d of site %d (%s): not noticed within %d refreshes", what, c.Unit, c.Year, c.Site, c.URL, within))
	}
	v, err := t.judged(ctx)
	t.verdict = v
	t.faults = append(t.faults, t.late...)
	return err
}

// notice strikes off what was noticed. What an honest host changed and the first
// refresh did not notice is a fault.
func (t *trial) notice(ctx context.Context, waiting map[changed]string, first bool) error {
	return t.open(ctx, func(db *store.DB) error {
		for c, what := range waiting {
			seen, err := t.isNoticed(ctx, db, c, what)
			if err != nil {
				return err
			}
			switch {
			case seen:
				t.noticed++
				delete(waiting, c)
			case first && t.all[c.Site].honest():
				t.late = append(t.late, fmt.Sprintf("%s of %s %d of site %d (%s): not noticed at the next refresh", what, c.Unit, c.Year, c.Site, c.URL))
			}
		}
		return nil
	})
}

// isNoticed reports whether a change was noticed: another version, the new address, or
// the word that the report is gone.
func (t *trial) isNoticed(ctx context.Context, db *store.DB, c changed, what string) (bool, error) {
	if what == "move" {
		p, err := db.Page(ctx, c.URL)
		if errors.Is(err, report.ErrNotFound) {
			return false, nil
		}
		return p.State == store.PageOK, err
	}
	changes, err := db.Changes(ctx, t.all[c.Site].region(), 0)
	if err != nil {
		return false, err
	}
	kind := map[string]store.Change{"revise": store.ChangeRevised, "delete": store.ChangeSuspected}[what]
	for _, row := range changes {
		if row.Kind == kind && row.Year == c.Year && t.names(c.Site, c.Unit) == row.AgencyName {
			return true, nil
		}
	}
	return false, nil
}

// names returns the formal name of a unit.
func (t *trial) names(site int, short string) string {
	for _, u := range t.all[site].Units {
		if u.Name == short {
			return u.Full
		}
	}
	return short
}

// judgeManners adds what the analyser says.
func (t *trial) judgeManners(ctx context.Context, bin string) error {
	n, faults, err := breaches(ctx, bin, t.log, t.refreshes)
	t.breaches, t.faults = n, append(t.faults, faults...)
	return err
}

// sleep waits as long as the simulator may keep lines of its log back.
func sleep(ctx context.Context) error {
	select {
	case <-time.After(300 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
