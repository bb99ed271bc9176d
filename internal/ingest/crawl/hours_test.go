package crawl

import (
	"errors"
	"testing"
	"time"
)

// Hours are China's, may pass midnight, and open at their first minute.
func TestOpens(t *testing.T) {
	for _, c := range []struct{ hours, now, want string }{
		{"", "2026-01-05T12:00:00+08:00", "2026-01-05T12:00:00+08:00"},
		{"22:00-06:00", "2026-01-05T23:30:00+08:00", "2026-01-05T23:30:00+08:00"},
		{"22:00-06:00", "2026-01-05T05:59:00+08:00", "2026-01-05T05:59:00+08:00"},
		{"22:00-06:00", "2026-01-05T06:00:00+08:00", "2026-01-05T22:00:00+08:00"},
		{"22:00-06:00", "2026-01-05T21:59:59+08:00", "2026-01-05T22:00:00+08:00"},
		{"01:30-05:00", "2026-01-05T01:29:00+08:00", "2026-01-05T01:30:00+08:00"},
		{"01:30-05:00", "2026-01-31T05:00:00+08:00", "2026-02-01T01:30:00+08:00"},
		{"22:00-06:00", "2026-01-05T14:30:00Z", "2026-01-05T22:30:00+08:00"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Polite{Hours: c.hours}).Opens(now); got.Format("2006-01-02T15:04:05Z07:00") != c.want && !got.Equal(mustTime(t, c.want)) {
			t.Errorf("hours %q at %s: %s; want %s", c.hours, c.now, got, c.want)
		}
	}
	for _, bad := range []string{"night", "22:00", "22-6", "25:00-06:00", "06:00-06:00", "22:00-06:00-08:00"} {
		if h, err := parseHours(bad); err == nil {
			t.Errorf("hours %q: %+v; want an error", bad, h)
		}
	}
}

func mustTime(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Outside of its hours a portal is asked nothing, robots.txt included; that passes,
// and proves nothing.
func TestFetchHours(t *testing.T) {
	far := serve(t, listing{pages: map[string]string{"/gknb/": trsList("", 2024)}}.serve)
	now := mustTime(t, "2026-01-05T12:00:00+08:00")
	c := crawler(t, Options{Clock: func() time.Time { return now }})
	p := far.portal(t, "polite: {delay: 0s, hours: \"22:00-06:00\"}\n")
	_, err := c.Fetch(t.Context(), p, far.URL+"/gknb/", nil)
	var fe *FetchError
	if !errors.As(err, &fe) || fe.Kind != Temporary || fe.RetryAfter != 10*time.Hour || len(far.paths()) != 0 {
		t.Errorf("by day: %v, %d requests; want a temporary failure for ten hours, and none", err, len(far.paths()))
	}
	if look, err := c.Look(t.Context(), p); err != nil || look.Good || look.State != LookBroken {
		t.Errorf("a look by day: %+v, %v; want one that proves nothing", look, err)
	}
	now = now.Add(10 * time.Hour)
	if look, err := c.Look(t.Context(), p); err != nil || !look.Good || len(look.Candidates) != 1 {
		t.Errorf("a look by night: %+v, %v", look, err)
	}
}
