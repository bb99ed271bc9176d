package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/judging"
	"gongkai/internal/queue"
	"gongkai/internal/store"
)

const refreshRun = "refresh" // kind of the runs that look at portals

// workerSettings are how a process works the queue.
type workerSettings struct {
	Portals int `yaml:"portals"` // side by side
}

func (w workerSettings) complete() error {
	if w.Portals < 1 || w.Portals > 1000 {
		return fmt.Errorf("worker.portals (--at-once) %d; want 1 to 1000", w.Portals)
	}
	return nil
}

// addWorker adds the flag of commands that work the queue.
func (s *settings) addWorker(f *pflag.FlagSet) {
	f.IntVar(&s.Worker.Portals, "at-once", defaults().Worker.Portals, "portals looked at side by side")
}

// newWorker is the command for further machines: it works the queue that one `serve`
// fills, and several of them share it.
func newWorker(s *settings) *cobra.Command {
	var quit bool
	cmd := &cobra.Command{
		Use:   "worker [--at-once N] [--until-empty]",
		Short: "only work jobs from the queue",
		Long: "Refreshes the portals whose turn it is, a few at a time, asks again for pages that failed, and makes the sums of\n" +
			"what changed. It plans nothing: one `dashboard serve` keeps the schedule. Any number may run on one database; no\n" +
			"two ask one portal or one host at a time, and what one that was killed had in hand another takes up.",
		Example: example("dashboard worker --db postgres://gongkai@db/gongkai --archive /srv/archive --portals portals/", "dashboard worker --until-empty"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			defer ingest.TuneMemory()()
			a, err := openApp(cmd.Context(), s, s.newLog())
			if err != nil {
				return err
			}
			defer a.Close()
			ctx, stop := context.WithCancel(cmd.Context())
			defer stop()
			w, err := newWork(a, s)
			if err != nil {
				return err
			}
			if quit {
				go w.untilEmpty(ctx, stop)
			}
			return w.run(ctx, false)
		},
	}
	s.addStore(cmd.Flags())
	s.addPortals(cmd.Flags())
	s.addWorker(cmd.Flags())
	cmd.Flags().BoolVar(&quit, "until-empty", false, "end when no refresh waits or runs")
	return cmd
}

// A work is what one process does of the queue.
type work struct {
	app      *app
	settings *settings
	portals  []*crawl.Portal // as they were at its start
	looks    gathering
	turns    *ingest.Turns // of the documents that all its runs read
}

func newWork(a *app, s *settings) (*work, error) {
	portals, err := s.readPortals()
	if err != nil {
		return nil, err
	}
	return &work{app: a, settings: s, portals: portals, turns: ingest.NewTurns(max(2, runtime.GOMAXPROCS(0)))}, nil
}

// run works the queue until ctx ends; what is in hand then waits for the next start. The
// whole of it is the work of `serve`, which also keeps the schedule.
func (w *work) run(ctx context.Context, whole bool) error {
	o := queue.Options{Lanes: queue.Lanes(w.settings.Worker.Portals, whole), Leads: whole, Handlers: w.handlers(ctx, whole)}
	if whole {
		var err error
		if o.Planned, err = w.planned(); err != nil {
			return err
		}
	}
	err := w.app.queue.Run(ctx, o)
	w.looks.runs.Wait()
	return err
}

// handlers are what is done for each kind of jobs.
func (w *work) handlers(ctx context.Context, whole bool) map[queue.Kind]queue.Handler {
	all := map[queue.Kind]queue.Handler{
		queue.Refresh:   func(job context.Context, j queue.Job) error { return w.look(ctx, job, j) },
		queue.Retry:     w.retry,
		queue.Aggregate: w.aggregate,
	}
	if !whole {
		return all
	}
	n := w.app.notifier(w.settings)
	all[queue.Export] = func(ctx context.Context, _ queue.Job) error { return w.app.publish(ctx, w.settings) }
	all[queue.Backup] = func(ctx context.Context, j queue.Job) error {
		return w.app.backUpNow(ctx, w.settings.Backup, time.Now(), j.Attempts >= j.Most)
	}
	all[queue.Recheck] = w.recheck
	all[queue.Forget] = func(ctx context.Context, _ queue.Job) error { return w.app.forget(ctx, w.settings.Bundle, time.Now()) }
	all[queue.Notify] = func(ctx context.Context, _ queue.Job) error { return errors.Join(n.Look(ctx), w.app.sendWaiting(ctx)) }
	all[queue.Digest] = func(ctx context.Context, _ queue.Job) error {
		return errors.Join(n.SendDigests(ctx), w.app.sendWaiting(ctx))
	}
	all[queue.Notice] = func(ctx context.Context, j queue.Job) error { return n.Deliver(ctx, j.Key, j.Attempts >= j.Most) }
	return all
}

// sendWaiting has a job for each message that waits to be sent.
func (a *app) sendWaiting(ctx context.Context) error {
	waiting, err := a.db.WaitingNotices(ctx)
	for _, id := range waiting {
		_, also := a.queue.Add(ctx, queue.Notice, strconv.Itoa(id), time.Time{})
		err = errors.Join(err, also)
	}
	return err
}

// retry asks again for the pages that are due.
func (w *work) retry(ctx context.Context, _ queue.Job) error {
	r := w.refresher()
	summary, err := r.Retry(ctx, ingest.Options{})
	if ctx.Err() != nil {
		return queue.Later(0)
	}
	return errors.Join(err, w.changed(ctx, summary.Run))
}

// changed has what a run changed summed up.
func (w *work) changed(ctx context.Context, run store.RunID) error {
	if run == 0 {
		return nil
	}
	_, err := w.app.queue.Add(context.WithoutCancel(ctx), queue.Aggregate, strconv.FormatInt(int64(run), 10), time.Time{})
	return err
}

// aggregate lays corrections over what was read again, and makes the sums of what changed.
func (w *work) aggregate(ctx context.Context, _ queue.Job) error {
	return errors.Join(w.app.restoreCorrections(ctx), w.app.settle(ctx))
}

// recheck judges all that is kept by the thresholds of the settings.
func (w *work) recheck(ctx context.Context, _ queue.Job) error {
	n, err := judging.Judge{DB: w.app.db, Thresholds: w.settings.Thresholds}.Everything(ctx)
	if err == nil {
		w.app.log.Info("judged again by the thresholds of the settings", "changed", n)
	}
	return errors.Join(err, w.app.settle(ctx))
}

// otherThresholds asks whether what is kept was judged by others than those of the settings.
func (w *work) otherThresholds(ctx context.Context) (string, bool, error) {
	was, err := w.app.db.JudgedBy(ctx)
	return "", was != w.settings.Thresholds.String(), err
}

// refresher returns what asks the portals, as people have changed their files. A refresh
// begins at the pace that the database has of each host.
func (w *work) refresher() *ingest.Refresher {
	portals := w.portals
	if read, err := w.settings.readPortals(); err == nil && w.settings.Portals != "" {
		portals = read
	}
	r := w.app.refresher(portals, w.settings)
	r.Crawl.Memory, r.Turns = crawl.NewMemory(), w.turns
	return r
}

// untilEmpty ends the work when nothing of a refresh waits or runs, in this process or
// another, but what waits for long.
func (w *work) untilEmpty(ctx context.Context, stop func()) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		busy := w.looks.busy() // asked before the jobs: what a run changed is one of them at its end
		jobs, err := w.app.queue.Open(ctx, queue.Refresh, queue.Retry, queue.Aggregate)
		soon, open := time.Now().Add(5*takenAgain), busy
		for _, j := range jobs {
			open = open || j.State == store.JobRunning || j.Due.Before(soon)
		}
		if err == nil && !open {
			stop()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
