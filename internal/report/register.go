package report

import (
	"fmt"
	"time"

	"gongkai/internal/standard"
)

// A Succession says what became of an agency that no longer reports.
type Succession string

// The kinds of succession; "" while the agency exists or where nothing is known.
const (
	Merged  Succession = "merged"  // 并入: its successor reports for both
	Split   Succession = "split"   // 拆分: its successor is the first of those that it became
	Renamed Succession = "renamed" // 更名: its successor is the same agency under another id
)

// A DueDay is a day of the year after the report year, as the register of a region sets
// it, with where that is written. The zero DueDay sets none.
type DueDay struct {
	Month, Day int
	Source     string
}

// IsZero reports whether no day is set.
func (d DueDay) IsZero() bool { return d == DueDay{} }

// String returns the day as the register has it: 01-25, "" for none.
func (d DueDay) String() string {
	if d.Month == 0 {
		return ""
	}
	return fmt.Sprintf("%02d-%02d", d.Month, d.Day)
}

// Deadline returns the last day on which the agency may publish its report for a year:
// that which the register sets, and else that of the regulation.
func (a Agency) Deadline(year int) standard.Deadline {
	if a.Due.Month == 0 {
		return standard.DefaultDeadline(a.Kind, year)
	}
	return standard.Deadline{
		Day:    time.Date(year+1, time.Month(a.Due.Month), a.Due.Day, 0, 0, 0, 0, standard.China()),
		Source: standard.Label{ZH: a.Due.Source, EN: a.Due.Source},
	}
}
