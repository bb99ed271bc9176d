package standard

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// A Measure names how a figure is made that is neither a sum of cells nor a ratio
// of two sums (indicators.md §2, §3 and §7).
type Measure string

// The measures of figures inside reports.
const (
	Share     Measure = "share"     // a unit's part of the sum over the members
	Top3      Measure = "top3"      // the part of the three largest members
	Effective Measure = "effective" // 1 / Σ share²
)

// The measures of the reports themselves.
const (
	CoverageMeasure   Measure = "coverage"
	PublicationDay    Measure = "publication_day"
	OnTime            Measure = "on_time"
	SurelyLate        Measure = "late"
	Untold            Measure = "untold"
	MissingMeasure    Measure = "missing"
	Clean             Measure = "clean"
	FindingsPerReport Measure = "findings"
	CarryConsistency  Measure = "carry"
	BlankShare        Measure = "blank"
	VerifiedShare     Measure = "verified"
	Revised           Measure = "revised"
	MachineReadable   Measure = "machine"
	ReuseMeasure      Measure = "reuse"
	Availability      Measure = "availability"
	FixTime           Measure = "fix_time"
)

// OfReports reports whether the measure speaks of the reports and not of what is
// counted in them.
func (m Measure) OfReports() bool { return m != "" && m != Share && m != Top3 && m != Effective }

// Pools reports whether the indicator may be summed over years within one form:
// stocks and sums that count carried cases twice may not (indicators.md §2, §8).
func (i Indicator) Pools() bool {
	switch i.ID {
	case "case_load", "documents_in_force", "staff", "staff_full_time", "staff_part_time":
		return false
	}
	return i.Measure == "" || i.Measure == Effective
}

//go:embed measures.csv
var measuresCSV string

// withMeasures puts the indicators of measures.csv behind the others of their group.
func withMeasures(all []Indicator) []Indicator {
	rows, err := csv.NewReader(strings.NewReader(measuresCSV)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("standard: measures.csv: %v", err))
	}
	for _, row := range rows[1:] {
		one := Indicator{
			ID: row[0], Version: number(row[1]), Since: firstVersions, Group: row[3], Name: Label{ZH: row[4], EN: row[5]},
			Unit: row[6], Measure: Measure(row[7]), Note: Label{ZH: row[11], EN: row[12]}, Formulas: make(map[Format]Formula),
		}
		for _, name := range strings.Fields(row[2]) {
			format := Format(name)
			formula := Formula{Words: Label{ZH: row[9], EN: row[10]}}
			if base := slices.IndexFunc(all, func(i Indicator) bool { return i.ID == row[8] }); base >= 0 {
				formula.Numerator = all[base].Formulas[format].Numerator
			} else {
				formula.Numerator = terms(format, row[8])
			}
			one.Formulas[format] = formula
		}
		at := len(all)
		for at > 0 && all[at-1].Group != one.Group && slices.ContainsFunc(all, func(i Indicator) bool { return i.Group == one.Group }) {
			at--
		}
		all = slices.Insert(all, at, one)
	}
	return all
}
