package main

import (
	"fmt"
	"testing"
	"time"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/standard"
)

func planOf(t *testing.T, id, schedule, hours string, specs ...string) plan {
	t.Helper()
	p, err := newPlan(&crawl.Portal{ID: id, Enabled: true, Schedule: schedule, Polite: crawl.Polite{Hours: hours}}, specs)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// between returns the looks of a plan from one moment to another, as a clock that
// never stops makes them.
func between(p plan, from, to time.Time) []time.Time {
	var all []time.Time
	for at := p.Next(from.Add(-time.Nanosecond)); at.Before(to); at = p.Next(at) {
		all = append(all, at)
	}
	return all
}

func inChina(year int, month time.Month, day, hour int) time.Time {
	return time.Date(year, month, day, hour, 0, 0, 0, standard.China())
}

// In an ordinary week every portal has one look, at a moment of its own, and the
// portals are spread over the days.
func TestPlanSpread(t *testing.T) {
	const portals = 700
	var onDay [7]int
	moments := map[time.Time]bool{}
	for i := range portals {
		p := planOf(t, fmt.Sprintf("portal-%03d", i), "weekly", "")
		looks := between(p, inChina(2026, 6, 1, 0), inChina(2026, 6, 8, 0))
		if len(looks) != 1 {
			t.Fatalf("%s: %d looks in a week", p.portal.ID, len(looks))
		}
		if again := planOf(t, p.portal.ID, "weekly", "").Next(looks[0].Add(-time.Second)); !again.Equal(looks[0]) {
			t.Fatalf("%s: at %s, and after a restart at %s", p.portal.ID, looks[0], again)
		}
		onDay[int(looks[0].Weekday())]++
		moments[looks[0]] = true
	}
	for d, n := range onDay {
		if n < portals/7/2 || n > portals/7*3/2 {
			t.Errorf("%d of %d portals on %s", n, portals, time.Weekday(d))
		}
	}
	if len(moments) < portals*95/100 {
		t.Errorf("%d moments for %d portals", len(moments), portals)
	}
}

// When reports come out every portal is looked at daily, and after each deadline
// within six hours.
func TestPlanSeason(t *testing.T) {
	for i := range 50 {
		p := planOf(t, fmt.Sprintf("portal-%03d", i), "weekly", "")
		season := between(p, inChina(2026, 1, 10, 0), inChina(2026, 2, 16, 0))
		perDay := map[string]int{}
		for _, at := range season {
			perDay[at.Format(time.DateOnly)]++
		}
		if len(perDay) != 37 {
			t.Errorf("%s: looks on %d of the 37 days from 10 January to 15 February", p.portal.ID, len(perDay))
		}
		for _, deadline := range []time.Time{inChina(2026, 2, 1, 0), inChina(2026, 4, 1, 0)} {
			if n := len(between(p, deadline, deadline.Add(6*time.Hour))); n == 0 {
				t.Errorf("%s: no look within six hours after %s", p.portal.ID, deadline)
			}
		}
		if n := len(between(p, inChina(2026, 3, 2, 0), inChina(2026, 3, 30, 0))); n != 4 {
			t.Errorf("%s: %d looks in four weeks of March; want 4", p.portal.ID, n)
		}
		if n := len(between(p, inChina(2026, 4, 1, 0), inChina(2026, 4, 1, 6))); n > 2 {
			t.Errorf("%s: %d looks after the deadline", p.portal.ID, n)
		}
	}
}

// Night hours put looks off and lose none: whenever the clock is asked, it names the
// same next look as one that never stopped.
func TestPlanHours(t *testing.T) {
	for i := range 30 {
		p := planOf(t, fmt.Sprintf("portal-%03d", i), "weekly", "22:00-06:00")
		looks := between(p, inChina(2026, 1, 1, 0), inChina(2026, 4, 30, 0))
		if len(looks) < 17+28 {
			t.Fatalf("%s: %d looks in four months", p.portal.ID, len(looks))
		}
		for j, at := range looks {
			if h := at.Hour(); h >= 6 && h < 22 {
				t.Errorf("%s: a look at %s", p.portal.ID, at)
			}
			if j == 0 {
				continue
			}
			for part := 1; part < 8; part++ {
				asked := looks[j-1].Add(at.Sub(looks[j-1]) * time.Duration(part) / 8)
				if next := p.Next(asked); !next.Equal(at) {
					t.Fatalf("%s: asked at %s the next look is at %s; want %s", p.portal.ID, asked, next, at)
				}
			}
		}
	}
}

// What the portal's file or the operator says goes before the plan.
func TestPlanGiven(t *testing.T) {
	june := inChina(2026, 6, 1, 0)
	if n := len(between(planOf(t, "a", "daily", ""), june, june.AddDate(0, 0, 10))); n != 10 {
		t.Errorf("daily: %d looks in ten days", n)
	}
	for _, p := range []plan{planOf(t, "a", "17 3 * * 1", ""), planOf(t, "a", "weekly", "", "17 3 * * 1")} {
		if next := p.Next(june.UTC()); !next.Equal(time.Date(2026, 6, 1, 3, 17, 0, 0, standard.China())) {
			t.Errorf("cron fields: %s; want Monday at 3:17 in China", next)
		}
	}
	if next := planOf(t, "a", "weekly", "", "0 0 31 2 *").Next(june); !next.IsZero() {
		t.Errorf("a day that never comes: %s", next)
	}
	if _, err := newPlan(&crawl.Portal{ID: "a", Schedule: "sometimes"}, nil); err == nil {
		t.Error("schedule sometimes was taken")
	}
}
