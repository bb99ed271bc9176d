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
	"errors"
	"fmt"
	"time"

	"gongkai/internal/check"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/ingest/recognise"
	"gongkai/internal/report"
)

// ReaderVersion numbers what extract and recognise make of a document. It is raised
// when they read some document otherwise: what older readers read is then read again
// from the archive at the next refresh.
const ReaderVersion = "1"

// documentTime is how long one document may take.
const documentTime = 60 * time.Second

// A Result is one report of a document: how it was read, and what the rules say.
type Result struct {
	Reading *report.Reading
	Outcome check.Outcome
}

// ReadDocuments reads bytes of any file type: one Result for each report in them.
// An error is a report.ErrUnreadable that says why nothing could be had, or comes
// from ctx.
func ReadDocuments(ctx context.Context, hint extract.Hint, body []byte, limits extract.Limits) ([]Result, error) {
	return readDocuments(ctx, source{hint: hint, limits: limits}, body)
}

// A source is what is known of bytes before they are read.
type source struct {
	hint   extract.Hint
	limits extract.Limits
	claim  recognise.Hint // whose report it is and for which year, as its finder has it
	with   check.Context
}

// readDocuments is the one way from bytes to results, for a file on a disk as for a
// page of a portal. A stage that panics is one unreadable document.
func readDocuments(ctx context.Context, from source, body []byte) (all []Result, err error) {
	slow := &report.LimitError{Limit: "seconds", Max: int64(documentTime / time.Second)}
	ctx, cancel := context.WithTimeoutCause(ctx, documentTime, slow)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			all, err = nil, fmt.Errorf("读取 %s: %w: 内部错误（%v）；请将此文件报告给维护人员", from.hint.Name, report.ErrUnreadable, p)
		}
	}()
	docs, err := extract.Read(ctx, from.hint, body, from.limits)
	if errors.Is(err, context.DeadlineExceeded) && errors.Is(context.Cause(ctx), slow) {
		return nil, fmt.Errorf("读取 %s: %w", from.hint.Name, slow)
	}
	if err != nil {
		return nil, err
	}
	for _, r := range from.recognise(docs) {
		all = append(all, Result{Reading: r, Outcome: check.Report(r, from.with)})
	}
	return all, nil
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
