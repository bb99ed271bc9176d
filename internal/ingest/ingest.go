// Package ingest takes reports from portals to the store: it alone knows the order
// of the stages.
//
// In: portals, or the bytes of documents. Out: readings with what the rules say of
// them (ReadDocuments), and for portals a run in the store (Refresher): list pages
// and reports archived, new versions kept, and for each portal what was found,
// rejected, failed and why. One bad page never ends a run; what failed for a time is
// left in the queue for the next. Each page is committed by itself, so that a run
// that was cut off is gone on with by the next one and nothing is kept twice. The
// package decides no figure and no status; that is for recognise and check.
package ingest

import (
	"context"
	"fmt"

	"gongkai/internal/check"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/ingest/recognise"
	"gongkai/internal/report"
)

// ReaderVersion numbers what extract and recognise make of a document. It is raised
// when they read some document otherwise: what older readers read is then read again
// from the archive at the next refresh.
const ReaderVersion = "1"

// A Result is one report of a document: how it was read, and what the rules say.
type Result struct {
	Reading *report.Reading
	Outcome check.Outcome
}

// ReadDocuments reads bytes of any file type in this process: one Result for each
// report in them. An error is a report.ErrUnreadable that says why nothing could be
// had, or comes from ctx.
func ReadDocuments(ctx context.Context, hint extract.Hint, body []byte, limits extract.Limits) ([]Result, error) {
	return Reader{Limits: limits}.Read(ctx, hint, body)
}

// A source is what is known of bytes before they are read.
type source struct {
	Reader
	hint  extract.Hint
	claim recognise.Hint // whose report it is and for which year, as its finder has it
	with  check.Context
	plain bool // the documents are wanted, not the readings
	// unjudged leaves the reports that have a form to be judged later, when it is known
	// what they stand beside.
	unjudged bool
}

// recognise reads documents. What their finder says of one report holds only where
// there is one.
func (s source) recognise(docs []*extract.Document) []*report.Reading {
	s.claim.URL = s.hint.URL
	readings := recogniseAll(docs, s.claim)
	if len(readings) == 1 {
		s.contradict(readings[0])
		return readings
	}
	if s.claim.Agency == "" && s.claim.Year == 0 {
		return readings
	}
	return recogniseAll(docs, recognise.Hint{URL: s.claim.URL})
}

// recogniseAll reads documents one after another.
func recogniseAll(docs []*extract.Document, claim recognise.Hint) []*report.Reading {
	var all []*report.Reading
	for _, doc := range docs {
		all = append(all, recognise.Read(doc, claim)...)
	}
	return all
}

// contradict doubts the only report of a document where it is for another year than
// its finder says, unless the readers doubt it already.
func (s source) contradict(r *report.Reading) {
	const rule = "publish.wrong_year"
	if s.claim.Year == 0 || r.Year == s.claim.Year || doubts(r, rule) {
		return
	}
	r.Doubts = append(r.Doubts, report.Doubt{Rule: rule,
		Text: fmt.Sprintf("列表页写作 %d 年，报告本身为 %d 年", s.claim.Year, r.Year)})
}

// doubts reports whether a reading has a doubt of a rule.
func doubts(r *report.Reading, rule string) bool {
	for _, d := range r.Doubts {
		if d.Rule == rule {
			return true
		}
	}
	return false
}
