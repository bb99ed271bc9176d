package standard

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
)

// A Precision is how a rule did on labelled documents: of Reports that it looked
// at, Labelled breaches, what it Found and how much of that is Right.
type Precision struct {
	Rule    string
	Corpus  string // made: fictitious documents; real: figures of published reports
	Reports int    // or statements, where the rule judges the prose
	// Labelled, Found and Right count subjects, such as columns and rows.
	Labelled, Found, Right int
}

// Precise is the share of what was found that is right, and false where nothing was
// found.
func (p Precision) Precise() (float64, bool) {
	return float64(p.Right) / float64(max(p.Found, 1)), p.Found > 0
}

// Recall is the share of what was to be found that was, and false where there was
// nothing to find.
func (p Precision) Recall() (float64, bool) {
	return float64(p.Right) / float64(max(p.Labelled, 1)), p.Labelled > 0
}

// precisionCSV is written by the tests of the rules on the labelled documents.
//
//go:embed precision.csv
var precisionCSV string

var precisions = sync.OnceValue(func() []Precision {
	rows, err := csv.NewReader(strings.NewReader(precisionCSV)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("standard: precision.csv: %v", err))
	}
	var all []Precision
	for _, row := range rows[1:] {
		all = append(all, Precision{Rule: row[0], Corpus: row[1], Reports: number(row[2]),
			Labelled: number(row[3]), Found: number(row[4]), Right: number(row[5])})
	}
	return all
})

// PrecisionOf returns how a rule did on each corpus that has labels for it; rules
// without labels have none.
func PrecisionOf(rule string) []Precision {
	var list []Precision
	for _, p := range precisions() {
		if p.Rule == rule {
			list = append(list, p)
		}
	}
	return list
}
