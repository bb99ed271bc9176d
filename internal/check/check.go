// Package check applies the rules of the forms to a Reading.
//
// In: a report.Reading, what is known of the agency, and the years before. Out: an
// Outcome: the Status of the version, a Finding for every rule that failed, the
// names of the violated identities, and for every rule what it said, with the
// cells it would need where it said nothing. A rule works on intervals: a blank is
// a count that nobody knows, so a rule fails only where no filling of the blanks
// could hold. The reading is doubted before the agency. The package changes no
// value, opens no file and knows no database.
package check

import (
	"strconv"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Context is what a check knows beyond the reading itself. The zero Context
// knows nothing, and rules that need more answer n/a.
type Context struct {
	// Kind is that of the agency. Where it is empty it is taken from Agency, and
	// else from the name that the report itself gives.
	Kind   standard.Kind
	Agency *report.Agency
	// Previous is the reading for the year before, Earlier the one for the year
	// before that. Readings of other years are not compared with.
	Previous, Earlier *report.Reading
	// Neighbours are names of other agencies of the register that a report could
	// name by mistake.
	Neighbours []string
	// Register are agencies that no longer report, with what became of them: across a
	// merger or split no year is compared with the one before.
	Register   []report.Agency
	Thresholds standard.Thresholds
}

// A Mark says that a rule passed because blanks were taken as 0. No stored value
// changes.
type Mark uint8

// The marks. ImpliedZero comes with BlankAsZero.
const (
	BlankAsZero Mark = 1 << iota // the relation is exact with 0 in the blanks
	ImpliedZero                  // the other figures leave only 0 for the blanks
)

// Names returns the names of the marks in data, and nil for none.
func (m Mark) Names() []string {
	var names []string
	if m&BlankAsZero != 0 {
		names = append(names, "blank_as_zero")
	}
	if m&ImpliedZero != 0 {
		names = append(names, "implied_zero")
	}
	return names
}

// A RuleResult is what one rule said of one subject.
type RuleResult struct {
	Rule, Subject string
	Result        report.Result
	Mark          Mark
	Need          []standard.CellCode // where Result is Open: the cells that would decide it
	Why           standard.Label      // where a break in the series switched the rule off
}

// An Outcome is everything the rules say of one version.
type Outcome struct {
	Status     report.Status
	Findings   []report.Finding
	Violations []string // rule/subject of the violated identities, in the order of the form
	Problems   []string // in words: what made the status what it is
	Results    []RuleResult
}

// Marked returns the results that passed with blanks taken as 0.
func (o *Outcome) Marked() []RuleResult {
	var marked []RuleResult
	for _, result := range o.Results {
		if result.Mark != 0 {
			marked = append(marked, result)
		}
	}
	return marked
}

// Report applies every rule that needs one report, and with a previous reading
// those that need the year before.
func Report(r *report.Reading, with Context) Outcome {
	s := newRun(r, with)
	if s.plan != nil {
		s.relations()
		s.cells()
		s.form()
		s.within()
		s.text()
		s.years()
	}
	s.reading()
	s.decide()
	s.separate()
	return s.out
}

// A run is one application of the rules.
type run struct {
	r      *report.Reading
	values []report.Value // nil where no form was found
	plan   *plan          // nil where no form was found
	with   Context
	kind   standard.Kind
	prose  *prose
	out    Outcome
	// unitDoubt says that an amount was printed without a unit and may be in 元.
	unitDoubt string
}

// newRun prepares the rules for a reading. Values that do not belong to its format
// are none.
func newRun(r *report.Reading, with Context) *run {
	s := &run{r: r, with: with, kind: kindOf(r, with)}
	if p := with.Previous; p != nil && p.Year != r.Year-1 {
		s.with.Previous = nil
	}
	if p := plans()[r.Format]; p != nil && len(r.Values) == len(p.form.Cells) {
		s.plan, s.values = p, r.Values
		s.out.Results = make([]RuleResult, 0, len(p.relations)+96) // with those of the year before
	}
	return s
}

// result notes what a rule said.
func (s *run) result(rule, subject string, result report.Result) {
	s.out.Results = append(s.out.Results, RuleResult{Rule: rule, Subject: subject, Result: result})
}

// open notes that a rule would hold or fail with the cells it needs.
func (s *run) open(rule, subject string, need []standard.CellCode) {
	s.out.Results = append(s.out.Results, RuleResult{Rule: rule, Subject: subject, Result: report.Open, Need: need})
}

// separate gives findings of one rule and subject numbers, so that their keys
// differ. The order of findings is that of the document, so the numbers are stable.
func (s *run) separate() {
	for i := len(s.out.Findings) - 1; i > 0; i-- { // backwards: subjects before i are still plain
		f := &s.out.Findings[i]
		n := 1
		for j := range i {
			if before := &s.out.Findings[j]; before.Rule == f.Rule && before.Subject == f.Subject {
				n++
			}
		}
		if n > 1 {
			f.Subject = strings.TrimPrefix(f.Subject+" #"+strconv.Itoa(n), " ")
		}
	}
}
