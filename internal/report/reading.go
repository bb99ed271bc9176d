package report

import "gongkai/internal/standard"

// A Reading is what the readers made of one report in a document. Values stand in
// the order of the cells of its format's form; cells the document lacks are Absent.
type Reading struct {
	File   string // as the caller named the document
	Member string // member of an archive, "" otherwise

	Title  string
	Agency string   // formal name without the regions above it, "" when not found
	Region []string // names of the regions above it, widest first
	Year   int      // 0 when not found
	Format standard.Format
	Values []Value // len(FormOf(Format).Cells), nil without a format

	Published Date // date on the page
	Signed    Date // date under the text

	Narrative []Statement
	Sections  []Section // prose by statutory section, tables left out
	Doubts    []Doubt   // what makes the reading uncertain; none means certain
	Notes     []Note    // facts about the source that are no doubt, for the form rules
	Follow    []string  // documents that the page links in place of a table
	Route     string    // how it was read: html utf-8 (declared) · geometry + sequence
	Hint      bool      // year or agency came from the caller, not from the document
}

// Value returns what stands in a cell; Absent where the format has no such cell.
func (r *Reading) Value(code standard.CellCode) Value {
	form := standard.FormOf(r.Format)
	if form == nil || len(r.Values) == 0 {
		return Value{}
	}
	cell, ok := form.Cell(code)
	if !ok {
		return Value{}
	}
	return r.Values[cell.Index]
}

// A Doubt is a reading rule that fired (checks.md §10): something was not read
// with certainty, and the version becomes NeedsReview.
type Doubt struct {
	Rule      string            // read.disagreement, read.anchors, publish.wrong_year, …
	Cell      standard.CellCode // "" where it concerns no single cell
	Place     Place
	Proposals []Value // what each reader proposes, geometry first
	Text      string  // in plain Chinese: what, where
}

// A Note is a fact about the form of the source: a missing table, a row the form
// does not know. It changes no status.
type Note struct {
	Rule    string // form.missing_table, form.row_set, …
	Subject string // the table or row concerned
	Place   Place
	Text    string
}

// A Statement is a figure that the prose states.
type Statement struct {
	// Says is the code of the cell it speaks of, a+b for a sum of two cells, or ""
	// where the number fits no cell.
	Says      string
	Value     Amount
	Verb      string // the words that gave it its meaning: 新收, 受理, 答复
	Sentence  string
	Paragraph int // counts from 1
	Section   int // statutory section 1 to 6; 0 when not known
}

// A Section is the prose of one of the six statutory sections.
type Section struct {
	Number     int // 1 to 6; 0 for what stands before the first heading
	Heading    string
	Paragraphs []Paragraph
}

// A Paragraph is a piece of prose with its number in the document, from 1.
type Paragraph struct {
	Number int
	Text   string
}
