package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/robfig/cron/v3"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A clock enqueues a refresh of each portal when its plan says so. It does no work
// itself, and the queue keeps one portal from waiting twice.
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

// start catches up on what was missed while no clock ran, and then keeps the plans
// until the cron is stopped.
func (c *clock) start(ctx context.Context) (*cron.Cron, error) {
	if err := c.catchUp(ctx); err != nil {
		return nil, err
	}
	ticking := cron.New(cron.WithLocation(standard.China()))
	for _, p := range c.plans {
		ticking.Schedule(p, cron.FuncJob(func() {
			if err := c.enqueue(ctx, p); err != nil && ctx.Err() == nil {
				c.log.Error("enqueue refresh", "portal", p.portal.ID, "err", err)
			}
		}))
	}
	ticking.Start()
	return ticking, nil
}

// catchUp enqueues each portal that was never looked at, or whose look was due since
// the last one: once, however many looks were missed.
func (c *clock) catchUp(ctx context.Context) error {
	for _, p := range c.plans {
		_, last, err := c.db.PortalHistory(ctx, refreshJob, p.portal.ID)
		if err != nil {
			return fmt.Errorf("schedule: %w", err)
		}
		if next := p.Next(last); !last.IsZero() && (next.IsZero() || next.After(c.now())) {
			continue
		}
		if err := c.enqueue(ctx, p); err != nil {
			return fmt.Errorf("schedule: %w", err)
		}
	}
	return nil
}

func (c *clock) enqueue(ctx context.Context, p plan) error {
	_, err := c.db.Enqueue(ctx, refreshJob, p.portal.ID, "{}", p.portal.Polite.Opens(c.now()))
	return err
}
