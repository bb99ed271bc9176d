package crawl

import (
	"fmt"
	"strings"
	"time"

	"gongkai/internal/standard"
)

// hours are the time of day in which a portal may be asked, in China's time. They
// may pass midnight.
type hours struct{ from, to time.Duration } // since midnight; the same twice is the whole day

// parseHours reads hours such as 22:00-06:00; "" is the whole day.
func parseHours(s string) (hours, error) {
	if s == "" {
		return hours{}, nil
	}
	from, to, _ := strings.Cut(s, "-")
	a, err1 := time.Parse("15:04", strings.TrimSpace(from))
	b, err2 := time.Parse("15:04", strings.TrimSpace(to))
	if err1 != nil || err2 != nil || a.Equal(b) {
		return hours{}, fmt.Errorf("got %q; want two times of day in China, such as 22:00-06:00", s)
	}
	midnight := a.Truncate(24 * time.Hour)
	return hours{a.Sub(midnight), b.Sub(midnight)}, nil
}

// opens returns the first moment from t on that lies within the hours.
func (h hours) opens(t time.Time) time.Time {
	if h == (hours{}) {
		return t
	}
	at := t.In(standard.China())
	midnight := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, standard.China())
	now := at.Sub(midnight)
	within := now >= h.from && now < h.to
	if h.from > h.to {
		within = now >= h.from || now < h.to
	}
	switch {
	case within:
		return t
	case now < h.from:
		return midnight.Add(h.from)
	}
	return midnight.AddDate(0, 0, 1).Add(h.from)
}

// Opens returns the first moment from t on at which the portal may be asked: t
// itself where the file names no hours, or where it lies within them.
func (p Polite) Opens(t time.Time) time.Time {
	h, err := parseHours(p.Hours)
	if err != nil {
		return t // a file with such hours was not read
	}
	return h.opens(t)
}
