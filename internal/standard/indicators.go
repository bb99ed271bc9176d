package standard

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
)

// An Indicator is a figure computed from cells, the same on every page, in every
// chart and export (indicators.md).
type Indicator struct {
	ID      string
	Version int
	Since   string // date from which this version of the definition is used
	Group   string // demand, outcomes, pace, disputes, disclosure or reports
	Name    Label
	Unit    string // %, 件, 万元, 每百件, …
	Note    Label  // where it misleads
	// Formulas holds one formula for each format that has the cells.
	Formulas map[Format]Formula
	// Family is the id that the indicators of several applicants, grounds or kinds
	// share: ground_share of ground_share.process.
	Family string
	// Measure says how the figure is made where it is no sum and no ratio of sums.
	Measure Measure
}

// Ratio reports whether the indicator is a ratio of two sums.
func (i Indicator) Ratio() bool {
	if i.Measure != "" {
		return i.Measure != Effective && i.Measure != PublicationDay
	}
	for _, f := range i.Formulas {
		return len(f.Denominator) > 0
	}
	return false
}

// Scale is what a ratio is multiplied with to be shown in its unit: 100 for % and
// 每百件, 1 elsewhere.
func (i Indicator) Scale() float64 {
	if i.Unit == "%" || i.Unit == "每百件" {
		return 100
	}
	return 1
}

// Proportion reports whether the numerator is a part of the denominator, so that
// an interval of a proportion can be given.
func (i Indicator) Proportion() bool {
	switch i.ID {
	case "clearance", "review_to_suit", "concentration":
		return false
	}
	return i.Unit == "%"
}

// A Formula is a sum of cells, or a ratio of two sums.
type Formula struct {
	Numerator, Denominator []Term // Denominator is empty where the sum stands alone
	Words                  Label  // the formula of a Measure, which no sum of cells can say
}

// Cells returns the codes of all cells of the formula.
func (f Formula) Cells() []CellCode {
	codes := make([]CellCode, 0, len(f.Numerator)+len(f.Denominator))
	for _, t := range f.Numerator {
		codes = append(codes, t.Cell)
	}
	for _, t := range f.Denominator {
		codes = append(codes, t.Cell)
	}
	return codes
}

// A Term is a cell that a formula adds or, with Minus, subtracts.
type Term struct {
	Cell  CellCode
	Minus bool
	// Place is the position of the cell in its form, from 1, so that sums over many
	// reports need not look it up; 0 where the formula was not read for one form.
	Place int
}

// String writes the formula with cell codes.
func (f Formula) String() string {
	if f.Words.ZH != "" {
		return f.Words.ZH
	}
	if len(f.Denominator) == 0 {
		return termsString(f.Numerator)
	}
	return "(" + termsString(f.Numerator) + ") / (" + termsString(f.Denominator) + ")"
}

func termsString(terms []Term) string {
	var b strings.Builder
	for i, t := range terms {
		switch {
		case t.Minus:
			b.WriteString(" - ")
		case i > 0:
			b.WriteString(" + ")
		}
		b.WriteString(string(t.Cell))
	}
	return b.String()
}

//go:embed indicators.csv
var indicatorsCSV string

// firstVersions is the day from which the first versions of the definitions are used.
const firstVersions = "2026-11-23"

var indicators = sync.OnceValue(func() []Indicator {
	rows, err := csv.NewReader(strings.NewReader(indicatorsCSV)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("standard: indicators.csv: %v", err))
	}
	var all []Indicator
	for _, row := range rows[1:] {
		for _, row := range members(row) {
			if len(all) == 0 || all[len(all)-1].ID != row[0] {
				all = append(all, Indicator{
					ID: row[0], Version: number(row[1]), Since: firstVersions, Group: row[3],
					Name: Label{ZH: row[4], EN: row[5]}, Unit: row[6],
					Note: Label{ZH: row[9], EN: row[10]}, Formulas: make(map[Format]Formula), Family: row[11],
				})
			}
			for _, format := range strings.Fields(row[2]) {
				all[len(all)-1].Formulas[Format(format)] = Formula{
					Numerator: terms(Format(format), row[7]), Denominator: terms(Format(format), row[8]),
				}
			}
		}
	}
	return withMeasures(all)
})

// Indicators returns all indicators in the order in which they are listed.
func Indicators() []Indicator { return indicators() }

// IndicatorOf returns the indicator of that id, and false where there is none.
func IndicatorOf(id string) (Indicator, bool) {
	for _, i := range indicators() {
		if i.ID == id {
			return i, true
		}
	}
	return Indicator{}, false
}

// terms reads a sum such as requests.new/total - requests.carried_in/total. A set
// in capitals stands for its rows: DENIED/total.
func terms(format Format, s string) []Term {
	var list []Term
	minus := false
	for _, word := range strings.Fields(s) {
		switch word {
		case "+":
			minus = false
		case "-":
			minus = true
		default:
			for _, code := range expand(format, word) {
				at, ok := FormOf(format).Index(code)
				if !ok {
					panic(fmt.Sprintf("standard: indicators.csv: %s has no cell %s", format, code))
				}
				list = append(list, Term{Cell: code, Minus: minus, Place: at + 1})
			}
			minus = false
		}
	}
	return list
}

func expand(format Format, word string) []CellCode {
	name, column, _ := strings.Cut(word, "/")
	sets := map[string][]string{
		"DENIED": Denied(), "DISCRETIONARY": Discretionary(), "UNAVAIL": Unavailable(),
		"UNPROC": Unprocessed(), "OTHER": OtherOutcomes(format),
	}
	rows, ok := sets[name]
	if !ok {
		return []CellCode{CellCode(word)}
	}
	codes := make([]CellCode, len(rows))
	for i, row := range rows {
		codes[i] = At(row, Applicant(column))
	}
	return codes
}
