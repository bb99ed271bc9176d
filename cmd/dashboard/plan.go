package main

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/robfig/cron/v3"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A plan says when one portal is looked at. It is a cron.Schedule.
//
// A portal has a moment of the week of its own, made of its id, so that portals are
// spread over the week and each is looked at in equal steps. From 10 January to 15
// February, when reports come out, it is looked at every day, at the same minute; and
// once more within six hours after each deadline, those of the regulation and those that
// the register sets, so that what is late is known to be. What the portal's night hours
// do not allow is put off until they begin.
type plan struct {
	portal *crawl.Portal
	daily  bool
	specs  []cron.Schedule // in place of all this, where somebody has given them
	// due returns the days of the year that the register sets as deadlines of the
	// portal's agencies, as it stands when it is called. Nil where there is no register.
	due  func() []report.DueDay
	dues []report.DueDay // as they are for one question
}

const (
	day        = 24 * time.Hour
	week       = 7 * day
	afterwards = 6 * time.Hour // within which a deadline is followed by a look
)

// newPlan makes the plan of a portal: by the operator's cron fields where there are
// some, or else as the portal's file says.
func newPlan(p *crawl.Portal, specs []string) (plan, error) {
	pl := plan{portal: p}
	switch {
	case len(specs) > 0:
	case p.Schedule == "daily":
		pl.daily = true
	case p.Schedule != "weekly":
		specs = []string{p.Schedule}
	}
	for _, s := range specs {
		spec, err := cron.ParseStandard(s)
		if err != nil {
			return plan{}, fmt.Errorf("schedule %q of portal %s: %w; want weekly, daily or five cron fields, such as 17 3 * * 1", s, p.ID, err)
		}
		pl.specs = append(pl.specs, spec)
	}
	return pl, nil
}

// Next returns the first look after t. Those that night hours put off count from
// when they are made: one that is put off past t is still to come.
func (p plan) Next(t time.Time) time.Time {
	t = t.In(standard.China())
	if p.due != nil && len(p.specs) == 0 {
		p.dues = p.due()
	}
	for at := t.Add(-day); ; {
		if at = p.slot(at); at.IsZero() { // cron fields that no day fits
			return at
		}
		if opens := p.portal.Polite.Opens(at); opens.After(t) {
			return opens.In(standard.China())
		}
	}
}

// slot returns the first look after t as if the portal were open at all hours.
func (p plan) slot(t time.Time) time.Time {
	if len(p.specs) > 0 {
		var next time.Time
		for _, s := range p.specs {
			next = sooner(next, s.Next(t))
		}
		return next
	}
	next := sooner(p.afterDeadline(t), p.ofWeek(t))
	for d := p.ofDay(t); d.Before(next); d = d.Add(day) {
		if p.daily || inSeason(d) {
			return d
		}
	}
	return next
}

// sooner returns the earlier of two moments; the zero one is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// jitter is the portal's place in a span of time: the same at every start of the
// program, and spread evenly over portals.
func (p plan) jitter(span time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.portal.ID)) // a hash does not fail
	const mix = 0x9E3779B97F4A7C15      // ids that differ in the end only are spread as well
	return time.Duration((h.Sum64()*mix)>>33) * time.Second % week % span
}

// ofWeek returns the portal's next moment of the week after t.
func (p plan) ofWeek(t time.Time) time.Time {
	monday := midnight(t).AddDate(0, 0, -(int(t.Weekday())+6)%7)
	return following(monday.Add(p.jitter(week)), week, t)
}

// ofDay returns the portal's next moment of the day after t.
func (p plan) ofDay(t time.Time) time.Time { return following(midnight(t).Add(p.jitter(day)), day, t) }

// afterDeadline returns the next look after t that follows a deadline: 31 January, or 31
// March for governments, and those that the register sets.
func (p plan) afterDeadline(t time.Time) time.Time {
	var next time.Time
	days := append([]report.DueDay{{Month: 1, Day: 31}, {Month: 3, Day: 31}}, p.dues...)
	for year := t.Year() - 1; year <= t.Year()+1; year++ {
		for _, d := range days {
			over := time.Date(year, time.Month(d.Month), d.Day+1, 0, 0, 0, 0, standard.China())
			if at := over.Add(p.jitter(afterwards)); at.After(t) {
				next = sooner(next, at)
			}
		}
	}
	return next
}

// inSeason reports whether reports are being published.
func inSeason(t time.Time) bool {
	return t.Month() == time.January && t.Day() >= 10 || t.Month() == time.February && t.Day() <= 15
}

// midnight is the beginning of a day in China, which knows no summer time.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, standard.China())
}

// following returns the first of first, first+step, … that is after t.
func following(first time.Time, step time.Duration, t time.Time) time.Time {
	for !first.After(t) {
		first = first.Add(step)
	}
	return first
}
