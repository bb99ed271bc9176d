package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/robfig/cron/v3"

	"gongkai/internal/aggregate"
	"gongkai/internal/export"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/people"
	"gongkai/internal/queue"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A clock says when each portal is looked at. It does no work itself.
type clock struct {
	log   *slog.Logger
	db    *store.DB
	plans []plan
	now   func() time.Time
}

// newClock makes the plans of the portals that are enabled. specs are the operator's
// cron fields in China's time, in place of the portals' own schedules; none for
// those.
func newClock(log *slog.Logger, db *store.DB, portals []*crawl.Portal, specs []string) (*clock, error) {
	c := &clock{log: log, db: db, now: time.Now}
	for _, p := range portals {
		if !p.Enabled {
			continue
		}
		pl, err := newPlan(p, specs)
		if err != nil {
			return nil, err
		}
		pl.due = func() []report.DueDay { return c.dueDays(p) }
		c.plans = append(c.plans, pl)
	}
	return c, nil
}

// dueDays returns the deadlines that the register sets for the agencies of a portal's
// region, each once.
func (c *clock) dueDays(p *crawl.Portal) []report.DueDay {
	agencies, err := c.db.Agencies(context.Background(), p.Region)
	if err != nil {
		c.log.Error("deadlines of the register", "portal", p.ID, "err", err) // those of the regulation hold
	}
	var days []report.DueDay
	for _, a := range agencies {
		for _, year := range []int{0, c.now().In(standard.China()).Year() - 1} { // of every year, and of the reports that are due this year
			month, d, _ := a.Due.Of(year)
			if day := (report.DueDay{Month: month, Day: d}); month != 0 && !slices.Contains(days, day) {
				days = append(days, day)
			}
		}
	}
	return days
}

// planned are the looks at the portals. One that was never looked at, or whose look was due
// since the last one, is looked at when a process begins to lead: once, however many looks
// were missed.
func (c *clock) planned() []queue.Planned {
	var all []queue.Planned
	for _, p := range c.plans {
		all = append(all, queue.Planned{Name: "portal:" + p.portal.ID, Next: p.Next, Job: func(ctx context.Context) (queue.Kind, string, time.Time, bool) {
			missed, err := c.missed(ctx, p)
			if err != nil && ctx.Err() == nil {
				c.log.Error("schedule", "portal", p.portal.ID, "err", err) // looked at rather than left
			}
			return queue.Refresh, p.portal.ID, p.portal.Polite.Opens(c.now()), missed || err != nil
		}})
	}
	return all
}

// missed reports whether a look at a portal is due.
func (c *clock) missed(ctx context.Context, p plan) (bool, error) {
	_, last, err := c.db.PortalHistory(ctx, refreshRun, p.portal.ID)
	if err != nil {
		return false, fmt.Errorf("schedule: %w", err)
	}
	next := p.Next(last)
	return last.IsZero() || !next.IsZero() && !next.After(c.now()), nil
}

// How often it is asked whether there is something to do. To ask costs a few short
// questions of the database.
const (
	often  = 15 * time.Second
	seldom = time.Minute
)

// planned is all that is done again and again.
func (w *work) planned() ([]queue.Planned, error) {
	s := w.settings
	clock, err := newClock(w.app.log, w.app.db, w.portals, s.Schedule)
	if err != nil {
		return nil, err
	}
	all := append(clock.planned(),
		w.wanted("retry", queue.Retry, often, func(ctx context.Context) (string, bool, error) {
			due, err := ingest.RetryDue(ctx, w.app.db, time.Now())
			return "", due, err
		}),
		w.wanted("aggregate", queue.Aggregate, often, w.unsettled),
		w.wanted("recheck", queue.Recheck, seldom, w.otherThresholds))
	if s.Exports.Folder != "" {
		all = append(all, w.wanted("export", queue.Export, often, w.unpublished()))
	}
	if s.Bundle.Days > 0 {
		all = append(all, w.wanted("forget", queue.Forget, day, func(context.Context) (string, bool, error) { return "", true, nil }))
	}
	if len(s.Notify.Channels) > 0 {
		digest, err := fields("notify.digest", s.Notify.Digest)
		if err != nil {
			return nil, err
		}
		all = append(all, w.wanted("notify", queue.Notify, seldom, func(context.Context) (string, bool, error) { return "", true, nil }),
			atTime("digest", queue.Digest, digest))
	}
	if s.Backup.Folder != "" {
		times, err := fields("backup.schedule", s.Backup.Schedule)
		if err != nil {
			return nil, err
		}
		all = append(all, w.backups(times))
	}
	return all, nil
}

// wanted is work that is looked for in equal steps. Its key tells one piece of it from the
// next.
func (w *work) wanted(name string, kind queue.Kind, step time.Duration, is func(context.Context) (key string, wanted bool, err error)) queue.Planned {
	return queue.Planned{Name: name, Next: queue.Every(step), Job: func(ctx context.Context) (queue.Kind, string, time.Time, bool) {
		key, wanted, err := is(ctx)
		if err != nil && ctx.Err() == nil {
			w.app.log.Error("schedule", "of", name, "err", err)
		}
		return kind, key, time.Time{}, wanted && err == nil
	}}
}

// fields reads five cron fields in China's time.
func fields(key, text string) (func(time.Time) time.Time, error) {
	spec, err := cron.ParseStandard(text)
	if err != nil {
		return nil, fmt.Errorf("settings: %s %q: %w; want five cron fields", key, text, err)
	}
	return func(t time.Time) time.Time { return spec.Next(t.In(standard.China())) }, nil
}

// atTime is work that is done when its time comes, and is not made up for.
func atTime(name string, kind queue.Kind, next func(time.Time) time.Time) queue.Planned {
	due := next(time.Now())
	return queue.Planned{Name: name, Next: next, Job: func(context.Context) (queue.Kind, string, time.Time, bool) {
		now := time.Now()
		come := !due.After(now)
		if come {
			due = next(now)
		}
		return kind, "", time.Time{}, come
	}}
}

// backups are those of the schedule. One that was missed since the newest is made when a
// process begins to lead.
func (w *work) backups(next func(time.Time) time.Time) queue.Planned {
	began := time.Now()
	return queue.Planned{Name: "backup", Next: next, Job: func(context.Context) (queue.Kind, string, time.Time, bool) {
		last := newestBackup(w.settings.Backup.Folder)
		if last.IsZero() {
			last = began // the first is made at its time
		}
		return queue.Backup, "", time.Time{}, !next(last).After(time.Now())
	}}
}

// newestBackup is when the newest backup was begun, zero where there is none.
func newestBackup(folder string) time.Time {
	all, err := filepath.Glob(filepath.Join(folder, "gongkai-????????-??????.zip"))
	if err != nil || len(all) == 0 {
		return time.Time{}
	}
	at, err := time.ParseInLocation("gongkai-20060102-150405.zip", filepath.Base(slices.Max(all)), standard.China())
	if err != nil {
		return time.Time{}
	}
	return at
}

// unsettled asks whether corrections or sums are to be made anew.
func (w *work) unsettled(ctx context.Context) (string, bool, error) {
	wanted, err := aggregate.New(w.app.db, time.Now).Unsettled(ctx)
	if err != nil || wanted {
		return "", wanted, err
	}
	wanted, err = people.New(w.app.db, people.Options{}).Uncovered(ctx)
	return "", wanted, err
}

// unpublished asks whether the published exports are of the data as it stands.
// At the start they are looked through: the settings may name other formats.
func (w *work) unpublished() func(context.Context) (string, bool, error) {
	start := true
	return func(ctx context.Context) (string, bool, error) {
		was, err := export.Published(w.settings.Exports.Folder)
		if err != nil {
			return "", false, err
		}
		version, err := w.app.db.DataVersion(ctx)
		wanted := start || int64(version) != was.Run
		start = start && err != nil
		return strconv.FormatInt(int64(version), 10), wanted, err
	}
}
