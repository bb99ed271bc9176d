package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/standard"
)

// A DueDay is a day of the year after the report year, as the register of a region sets
// it, with where that is written; Years are other days of single years. The zero DueDay
// sets none.
type DueDay struct {
	Month, Day int
	Source     string
	Years      string // of single years, as ParseDue writes them
}

// IsZero reports whether no day is set.
func (d DueDay) IsZero() bool { return d == DueDay{} }

// ParseDue reads the days that a register sets and where each is written: 01-25 for
// every year, 2023=01-20 for the report of one year, several between semicolons. Days
// and sources go together.
func ParseDue(days, sources string) (DueDay, error) {
	var d DueDay
	written := make(map[string]string)
	for part := range strings.SplitSeq(sources, ";") {
		if year, source, ok := oneYear(part); ok {
			written[year] = source
		} else if part = strings.TrimSpace(part); part != "" {
			d.Source = strings.TrimPrefix(d.Source+";"+part, ";") // a source may have semicolons
		}
	}
	var years []string
	for part := range strings.SplitSeq(days, ";") {
		part = strings.TrimSpace(part)
		year, text, ok := oneYear(part)
		if !ok {
			text = part
		}
		if text == "" && !ok {
			continue
		}
		month, day, err := monthDay(text)
		switch {
		case err != nil:
			return DueDay{}, err
		case !ok:
			d.Month, d.Day = month, day
			continue
		case written[year] == "":
			return DueDay{}, fmt.Errorf("%s has a day and no source; write it as %s=source", year, year)
		}
		years = append(years, year+"="+text+"="+written[year])
		delete(written, year)
	}
	d.Years = strings.Join(years, "\n")
	for year := range written {
		return DueDay{}, fmt.Errorf("%s has a source and no day; write it as %s=MM-DD", year, year)
	}
	if (d.Month == 0) != (d.Source == "") {
		return DueDay{}, fmt.Errorf("a day and its source go together: %q and %q", days, sources)
	}
	return d, nil
}

// oneYear cuts 2023=… at its sign.
func oneYear(part string) (year, rest string, ok bool) {
	year, rest, ok = strings.Cut(strings.TrimSpace(part), "=")
	if n, err := strconv.Atoi(year); err != nil || n < 2008 || n > 2100 || len(year) != 4 {
		return "", "", false
	}
	return year, strings.TrimSpace(rest), ok
}

func monthDay(text string) (month, day int, err error) {
	at, err := time.Parse("01-02", text)
	if err != nil || len(text) != 5 {
		return 0, 0, fmt.Errorf("%q; want month and day of the year after the report year, such as 01-25", text)
	}
	return int(at.Month()), at.Day(), nil
}

// each calls f with the days of single years, in the order of the register.
func (d DueDay) each(f func(year, day, source string)) {
	if d.Years == "" {
		return
	}
	for line := range strings.SplitSeq(d.Years, "\n") {
		year, rest, _ := strings.Cut(line, "=")
		day, source, _ := strings.Cut(rest, "=")
		f(year, day, source)
	}
}

// String returns the days as the register has them: 01-25;2023=01-20, "" for none.
func (d DueDay) String() string {
	var parts []string
	if d.Month != 0 {
		parts = append(parts, fmt.Sprintf("%02d-%02d", d.Month, d.Day))
	}
	d.each(func(year, day, _ string) { parts = append(parts, year+"="+day) })
	return strings.Join(parts, ";")
}

// Sources returns where the days are written, as the register has it.
func (d DueDay) Sources() string {
	var parts []string
	if d.Source != "" {
		parts = append(parts, d.Source)
	}
	d.each(func(year, _, source string) { parts = append(parts, year+"="+source) })
	return strings.Join(parts, ";")
}

// Of returns the day for the report of a year with its source, month 0 where none is set.
func (d DueDay) Of(year int) (month, day int, source string) {
	month, day, source = d.Month, d.Day, d.Source
	if d.Years == "" { // most registers: asked for every report of a page
		return month, day, source
	}
	want := strconv.Itoa(year)
	d.each(func(of, text, written string) {
		if m, n, err := monthDay(text); of == want && err == nil {
			month, day, source = m, n, written
		}
	})
	return month, day, source
}

// Deadline returns the last day on which the agency may publish its report for a year:
// that which the register sets, and else that of the regulation.
func (a Agency) Deadline(year int) standard.Deadline {
	month, day, source := a.Due.Of(year)
	if month == 0 {
		return standard.DefaultDeadline(a.Kind, year)
	}
	return standard.Deadline{
		Day:    time.Date(year+1, time.Month(month), day, 0, 0, 0, 0, standard.China()),
		Source: standard.Label{ZH: source, EN: source},
	}
}
