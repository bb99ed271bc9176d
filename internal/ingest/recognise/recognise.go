// Package recognise reads the statutory cells of a document.
//
// In: an extract.Document. Out: a report.Reading for each report in it, with one
// Value for every cell of its format. Two readers that share no code read each
// table, one by where the texts stand (geometry.go) and one by their order
// (sequence.go). What they do not read alike keeps both readings and is left to a
// person. The package opens no file, and it knows neither portals nor the
// database.
package recognise

import (
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Hint is what a crawler or a list of files knows of a document before it is
// read. It is weak evidence: it fills what the document does not say, and where it
// contradicts the document the contradiction is a doubt.
type Hint struct {
	Agency string   // formal name
	Region []string // regions above it, widest first
	Year   int      // year reported on
	URL    string
}

// A tableReading is what one reader made of the tables of one report.
type tableReading struct {
	format standard.Format
	values []report.Value // in the order of the form's cells, nil without a format
	doubts []report.Doubt
	notes  []report.Note
}
