package aggregate

import (
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// An Overview is all that the page of a region shows.
type Overview struct {
	Region              standard.Region
	Path                []standard.Region // from the province down
	Demo                bool              // fictitious
	Year                int               // the latest year that is due
	Years               []int             // all years shown, ascending
	AsOf                store.RunID
	Matrix              []MatrixRow // agencies in roster order; not watched ones last
	ByYear              []Basis     // one for each of Years
	Headline            []Headline
	Demand              Series         // requests_new
	Outcomes            []YearParts    // the six groups, one for each year; F2014 years have the parts that can be joined
	Grounds             Grounds        // of Year, or of the latest year with reports
	Appeals             []YearParts    // results of reviews per year
	Suits               []YearParts    // results of both kinds of suit together, per year
	Disputes            []Series       // reviews, suits
	Correction          []Figure       // review_corrected_rate per year
	Procurement         []Figure       // procurement_total for 2019 and 2020, others absent with the reason
	ProcurementByAgency []AgencyFigure // latest procurement year
	Activity            []Series       // penalties, licences, fee_amount
	Movers              []Mover
	Changes             []store.ChangeRow
	Asking              Asking
	Own                 *Owed // the region's own report of Year, nil where it owes none
	// Wide says that the region has too many units to tell of each: Children are the
	// regions in it, there is no Matrix, no Movers and nothing by agency, and Grounds and
	// the like are by child.
	Wide     bool
	Children []Child
}

// A MatrixRow is one agency's years.
type MatrixRow struct {
	Agency report.Agency
	Cells  []Owed // one for each year of the overview; zero Owed where the agency does not exist yet
}

// A Headline is a figure at the top of a page, with the year before.
type Headline struct {
	ID       string // on_time, requests_new, open_rate, corrected_rate, clean
	Name     standard.Label
	Unit     string
	Figure   Figure
	Previous Figure
	// Matched compares both years over the agencies that have both.
	MatchedNow, MatchedBefore Figure
	MatchedN                  int
}

// Grounds is the table of outcome rows across agencies in one year.
type Grounds struct {
	Year   int
	Rows   []GroundColumn // denied, unavailable and unprocessed rows of the form, in order
	Units  []GroundUnit   // sorted by total, descending; those left out last
	Totals []report.Amount
	Total  report.Amount
	Max    report.Amount // largest cell, for a common scale
	Basis  Basis
}

// A GroundColumn is one row of the form that is a column of the lens.
type GroundColumn struct {
	Row   string // outcome.denied.process
	Group string // denied, unavailable, unprocessed
	Name  standard.Label
	May   bool // rests on a may clause (Article 16)
}

// A GroundUnit is one agency's counts.
type GroundUnit struct {
	Region standard.Region // of a wide region: the child in place of an agency
	Owed   Owed
	Values []report.Value // one for each column; not Printed where unknown
	Total  report.Amount
	Left   bool // left out of the totals
}

// An AgencyFigure is a figure of one agency.
type AgencyFigure struct {
	Agency report.Agency
	Figure Figure
}

// A Mover is an agency whose count changed most between two years.
type Mover struct {
	Agency        report.Agency
	Indicator     standard.Indicator
	Before, After Figure
	Change        report.Amount
}

// An AgencyView is all that the page of an agency shows.
type AgencyView struct {
	Agency   report.Agency
	Path     []standard.Region
	AsOf     store.RunID
	Years    []int
	Reports  []Owed    // one for each of Years
	Peers    PeerGroup // whose spread the series show
	Series   []PeerSeries
	Carry    []CarryLink
	Outcomes []YearParts
	Asking   Asking // of the latest year that has the table
	Changes  []store.ChangeRow
}

// A PeerSeries is a series with the spread of the agency's peers: agencies of the
// same county and kind group (streets and towns together).
type PeerSeries struct {
	Series
	Bands []Band // one for each year
}

// A Band is the spread of the peers in a year: quartiles over N peers with a
// value; fewer than 4 give none.
type Band struct {
	Year             int
	N                int
	P25, Median, P75 float64
}

// Quartiles reports whether the band has any.
func (b Band) Quartiles() bool { return b.N >= 4 }

// A CarryLink compares what was carried out of one year with what was carried
// into the next.
type CarryLink struct {
	From, To     int
	Out, In      report.Value
	Holds, Known bool
	Column       standard.Applicant
}

// A Board is the status board of a region and year.
type Board struct {
	Region      standard.Region
	Path        []standard.Region
	Demo        bool
	Year        int
	Years       []int
	AsOf        store.RunID
	Basis       Basis
	Rows        []BoardRow
	Curve       []CurvePoint // reports published by printed date, cumulative
	CurveBefore []CurvePoint // the year before
}

// A BoardRow is one agency on the board with its findings.
type BoardRow struct {
	Owed
	Findings []report.Finding // errors and warnings first
	Doubts   []report.Doubt
	Problems []string
	URL      string // where it was published
}

// A CurvePoint is a number of reports published up to a day.
type CurvePoint struct {
	Day   report.Date
	Count int
}

// A Comparison is one indicator of several agencies over years.
type Comparison struct {
	Indicator standard.Indicator
	Years     []int
	Series    []Series
	Breaks    []standard.Break // those inside the years
	Pools     []Pool           // where the figures are sums over years: one for each of Years
	AsOf      store.RunID
	// BlankAsZero says that blanks were counted as 0 where the identities hold so.
	BlankAsZero bool
	Review      bool // reports that need review were counted too
	// Changes are those from the first of Years to the last, one for each of Series,
	// where the query asks for them.
	Changes []Difference
}

// A RollUp is the statutory tables of a region summed over its members, beside the
// region's own report.
type RollUp struct {
	Region  standard.Region
	Path    []standard.Region
	Demo    bool
	Year    int
	Years   []int
	Format  standard.Format
	Cells   []RollUpCell
	Basis   Basis
	Own     *Owed
	Scope   Scope // of the region's own report, by a sentence of it
	Members []Owed
	Explain []Explainer // the units that would explain gaps, those of most cells first
	AsOf    store.RunID
	Wide    bool // too many members to name: Members and Explain are empty
}

// A RollUpCell is a cell summed over the members.
type RollUpCell struct {
	Cell    standard.Cell
	Sum     report.Amount
	Counted int // members with a figure
	Blank   int // members counted whose cell is blank, dash or words
	Absent  int // members counted without the cell
	LeftOut int // members of the year without a figure, for whatever reason
	Own     report.Value
	Diff    report.Amount // Own - Sum, the remainder, where Own is known
	// Result is n/a unless the region's own report says that it covers its members.
	// Then it is pass where they are equal and nothing is missing, fail where the
	// members exceed the whole or all are there and do not make it up, open otherwise.
	Result  report.Result
	Explain []Explanation // units that would explain the gap alone
}

// An Interval is what the sum over all members can be. Counts that are not known are
// 0 or more, so members that are left out open it above; where figures may be below 0
// they open it on both sides.
type Interval struct {
	Low, High            report.Amount
	OpenBelow, OpenAbove bool
}

// Interval is what the sum over all members, those without a figure too, can be.
func (c RollUpCell) Interval() Interval {
	open := c.LeftOut > 0
	return Interval{Low: c.Sum, High: c.Sum, OpenBelow: open && c.Cell.Signed(), OpenAbove: open}
}

// Gap reports whether the region's own figure is another than the sum.
func (c RollUpCell) Gap() bool {
	_, known := c.Own.Known()
	return known && c.Diff != 0
}

// A Ranking is one indicator of the agencies of a region in a year. Entries with
// a denominator under 30 have no rank.
type Ranking struct {
	Indicator standard.Indicator
	Region    standard.Region
	Year      int
	Pool      *Pool // the years that are summed; nil for one year
	Entries   []RankEntry
	Basis     Basis
	AsOf      store.RunID
	Wide      bool // the region is wide: Entries are the first, and others follow
}

// A RankEntry is one agency in a ranking. Agencies whose intervals overlap with
// that of the first of a rank share it.
type RankEntry struct {
	Agency report.Agency
	Figure Figure
	Rank   int // 0 where it is not ranked
	Tied   bool
	At     int // its place among the series of a comparison
}
