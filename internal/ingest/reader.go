package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/check"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Reader reads documents within limits.
type Reader struct {
	Limits extract.Limits
	// Apart is a command that calls ServeApart. Documents that could need much memory
	// or time are read by it, in a process of their own that may be ended at any
	// moment. Without it they are read here, and their memory is not bounded.
	Apart []string
	// Thresholds are those of the settings, in place of the catalogue's.
	Thresholds standard.Thresholds
}

// Read reads bytes of any file type: one Result for each report in them. An error is
// a report.ErrUnreadable that says why nothing could be had, or comes from ctx.
func (r Reader) Read(ctx context.Context, hint extract.Hint, body []byte) ([]Result, error) {
	return readDocuments(ctx, source{Reader: r, hint: hint}, body)
}

// Documents returns what the bytes hold, not recognised.
func (r Reader) Documents(ctx context.Context, hint extract.Hint, body []byte) ([]*extract.Document, error) {
	made, err := source{Reader: r, hint: hint, plain: true}.made(ctx, body)
	return made.Documents, err
}

// readDocuments is the one way from bytes to results, for a file on a disk as for a
// page of a portal.
func readDocuments(ctx context.Context, from source, body []byte) ([]Result, error) {
	made, err := from.made(ctx, body)
	if err != nil {
		return nil, err
	}
	var all []Result
	from.with.Thresholds = from.Thresholds
	err = guarded(from.hint.Name, func() error {
		for _, r := range made.Readings {
			one := Result{Reading: r}
			if !from.unjudged || r.Format == "" {
				one.Outcome = check.Report(r, from.with)
			}
			all = append(all, one)
		}
		return nil
	})
	return all, err
}

// A making is what was made of bytes: documents, or the readings of them.
type making struct {
	Documents []*extract.Document
	Readings  []*report.Reading
}

// made reads bytes here, or apart where they may need much. Either ends when the time
// of a document is over.
func (s source) made(ctx context.Context, body []byte) (making, error) {
	s.Limits = s.Limits.WithDefaults()
	slow := &report.LimitError{Limit: "time", Max: int64(s.Limits.Time / time.Second)}
	ctx, cancel := context.WithTimeoutCause(ctx, s.Limits.Time, slow)
	defer cancel()
	read := s.here
	if len(s.Apart) > 0 && heavy(body) && int64(len(body)) <= s.Limits.Bytes {
		read = s.apart
	}
	made, err := read(ctx, body)
	if err != nil && errors.Is(context.Cause(ctx), slow) {
		return making{}, fmt.Errorf("读取 %s: %w", s.hint.Name, slow)
	}
	return made, err
}

// here reads bytes in this process. A stage that panics is one unreadable document.
func (s source) here(ctx context.Context, body []byte) (made making, err error) {
	err = guarded(s.hint.Name, func() error {
		docs, err := extract.Read(ctx, s.hint, body, s.Limits)
		switch {
		case err != nil:
			return err
		case s.plain:
			made.Documents = docs
		default:
			made.Readings = s.recognise(docs)
		}
		return nil
	})
	return made, err
}

// guarded turns a panic into an error of the document.
func guarded(name string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("读取 %s: %w: 内部错误（%v）；请将此文件报告给维护人员", name, report.ErrUnreadable, p)
		}
	}()
	return f()
}

// light is how many bytes a document may have, and hold unpacked, to be read in this
// process: a hundredfold of it is still below what a document may need. Few reports
// have more, and for them a process more is a small part of the time.
const light = 2 << 20

// heavy reports whether reading bytes may need much memory or time. An archive that is
// no office file holds documents of any size, whatever it says of them.
func heavy(body []byte) bool {
	if len(body) > light {
		return true
	}
	if !bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		return false
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return true // who knows what a reader makes of it
	}
	office, unpacked := false, uint64(0)
	for _, f := range z.File {
		unpacked += min(f.UncompressedSize64, light+1)
		office = office || f.Name == "[Content_Types].xml" || f.Name == "OFD.xml"
	}
	return !office || unpacked > light
}
