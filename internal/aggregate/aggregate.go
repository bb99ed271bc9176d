// Package aggregate computes what the stored reports say together: coverage,
// indicators, roll-ups, comparisons and rankings.
//
// In: versions with their values, agencies and looks, from the store. Out: figures
// that carry their numerator, their denominator and the reports they rest on. Only
// versions that are verified or inconsistent as printed are counted; what needs
// review, is missing or could not be looked at is left out and said. Nothing is
// estimated and nothing is filled in. The package knows no page and no portal.
package aggregate

import (
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A Service answers from one database. Its methods may be called from many
// goroutines.
type Service struct {
	db    *store.DB
	today func() time.Time
	// thresholds are in place of the catalogue's.
	thresholds standard.Thresholds
	memory     *memory
	wideUnits  int // WideUnits, another in tests
}

// New returns a Service on a database; today is the clock that deadlines are
// judged by.
func New(db *store.DB, today func() time.Time) *Service {
	return &Service{db: db, today: today, memory: newMemory(), wideUnits: WideUnits}
}

// An Owed is what an agency owes for a year, and what is known of it.
type Owed struct {
	Agency      report.Agency
	Year        int
	Publication report.Publication
	Deadline    standard.Deadline
	PublishedOn report.Date // as printed
	// Late says that the report was surely published after its deadline: the last
	// good look without it is after the deadline. LateByDate says that only its
	// printed date says so. LateDays counts from the deadline.
	Late, LateByDate bool
	LateDays         int
	// After is the last good look without the report, zero where there is none, and
	// Found the look that found it first: its publication lies between them.
	After, Found time.Time

	// The rest is set where a version was read.
	Status   report.Status
	Format   standard.Format
	Version  store.VersionID
	Versions int // distinct contents so far
	Errors   int // findings of severity error that are the agency's
	Warnings int
	Notices  int
	Rules    []string // rule ids of the errors and warnings, sorted
	LastLook time.Time
	Reason   string // why unknown or blocked, in Chinese
}

// Counted reports whether aggregates count the report.
func (o Owed) Counted() bool { return o.Publication == report.Published && o.Status.Counts() }

// A Basis says what a figure stands on: the reports due, what became of them, and
// how many the figure counts. One Tick stands for each agency in roster order.
type Basis struct {
	Due, Published, Missing, NotDue, Unknown, NotWatched, Late int
	Verified, Inconsistent, NeedsReview, Unreadable            int
	Usable                                                     int
	Doubtful                                                   int // of Usable, those that need review and count because a reader asked
	Errant                                                     int // of Usable, those inconsistent as printed; set for wide regions, which have no Ticks
	Ticks                                                      []Tick
}

// A Tick is what one agency brings to an aggregate.
type Tick string

// The ticks of a source strip.
const (
	TickVerified     Tick = "verified"
	TickInconsistent Tick = "inconsistent" // counted as printed
	TickReview       Tick = "needs_review" // left out
	TickMissing      Tick = "missing"      // left out
	TickUnknown      Tick = "unknown"      // could not look, not watched or not due
	TickNoCell       Tick = "no_cell"      // published, but the cell is blank, dash or absent
)

// A Figure is an indicator of an agency or of a region in a year.
type Figure struct {
	Year int
	// Code is the status of indicators.md §8: A verified, E with an agency error in
	// the operands, P needs review, M cell blank or absent, L not published, D not
	// defined, R revised since first publication; "" where nothing is known.
	Code                   string
	Known                  bool // Numerator and, for ratios, Denominator hold
	Numerator, Denominator report.Amount
	Ratio                  bool
	Value                  float64 // in the indicator's unit; 0 unless Defined
	Defined                bool    // Known and the denominator is not 0
	// Small says how a ratio may be shown: "" in full, "no_rank" under 30, and
	// "fraction" under 10, where only n of d is shown.
	Small     string
	Low, High float64 // Wilson 95 % interval in the indicator's unit, for proportions
	Zeros     bool    // blanks that the printed sums force to 0 were counted (implied_zero)
	Reason    string  // why there is no value, in Chinese
	Basis     Basis   // for regions
	Version   store.VersionID
	Status    report.Status
	Format    standard.Format
	Break     string    // reason of a break between this year and the one before, "" where none
	Cut       bool      // the break is hard: the series does not go on across it
	From      int       // first year of a figure summed over years, 0 for one year
	Dominant  *Dominant // the unit that brings over half of a region's figure, nil without one
	Revised   bool      // the report was revised since its first publication, whatever its Code
}

// A Dominant is a unit that brings over half of an aggregate, with the aggregate
// without it (indicators.md §1.7).
type Dominant struct {
	Agency  report.Agency
	Share   float64 // of the denominator of a ratio, and else of the sum; 0 to 1
	Without Figure
}

// A Series is an indicator of one agency or region over years; years without a
// report are there, with their Code.
type Series struct {
	Indicator standard.Indicator
	Agency    report.Agency // zero for a region
	Region    standard.RegionCode
	Name      string
	Years     []int
	Figures   []Figure // one for each of Years
}

// A Part is one part of a composition: an outcome group, a ground, a result.
type Part struct {
	ID    string // granted, partial, denied, unavailable, unprocessed, other; or a row of the form
	Name  standard.Label
	Value report.Amount
	Known bool
}

// A YearParts is a composition in one year with what it stands on.
type YearParts struct {
	Year  int
	Parts []Part
	Total report.Amount // as printed, summed
	Known bool
	Basis Basis
	Break string
	Cut   bool // the break before this year is hard
}
