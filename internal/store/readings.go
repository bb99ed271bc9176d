package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// content returns the hash of what a reading says: its format, values and narrative
// figures. A visitor counter, a date or a changed sentence leave it as it is.
func content(r *report.Reading) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%x\n", r.Format, packValues(r.Values))
	for i, v := range r.Values {
		if v.State == report.Words || v.State == report.Unread {
			fmt.Fprintf(h, "%d %q\n", i, strings.Join(strings.Fields(v.Text), " "))
		}
	}
	for _, s := range r.Narrative {
		fmt.Fprintf(h, "%q %d\n", s.Says, s.Value)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// A packedReading is a reading in the form of its rows, made before a transaction
// begins: the writer is one, and waits for nobody's arithmetic.
type packedReading struct {
	reader   string
	format   standard.Format
	status   report.Status
	route    string
	content  string
	rules    string
	cells    []byte
	places   []byte
	document []byte
	grams    []byte // pairs of characters of its words, for the search
	findings []packedFinding

	// Of what a person laid over a reading.
	base                 int64  // that reading, 0 where this one is the readers' own
	corrected, confirmed string // cells that were corrected; see AddReview
}

// A packedFinding is a finding in the form of its row.
type packedFinding struct {
	report.Finding
	key, text string
}

// pack makes the rows of a reading.
func (db *DB) pack(v NewVersion) (packedReading, error) {
	p := packedReading{
		reader: v.Reader, format: v.Reading.Format, status: v.Status, route: v.Reading.Route,
		content: content(&v.Reading), rules: packRules(v.Findings), cells: packValues(v.Reading.Values),
	}
	var err error
	if p.places, err = db.flate.deflated(packPlaces(v.Reading.Values)); err != nil {
		return p, err
	}
	prose, err := packDocument(v)
	if err != nil {
		return p, err
	}
	if p.document, err = db.flate.deflated(prose); err != nil {
		return p, err
	}
	p.grams = packNumbers(readingGrams(v.Reading.Sections))
	p.findings, err = packFindings(v.Findings, v.Agency, v.Year)
	return p, err
}

// insertReading adds a reading of a version.
func insertReading(ctx context.Context, tx *sql.Tx, run RunID, id VersionID, p packedReading) error {
	query := insertion("readings", readingColumns(), 1) + ` RETURNING id`
	reading, err := one(ctx, tx, query, func(row scanner) (id int64, err error) {
		return id, row.Scan(&id)
	}, p.row(run, id)...)
	if err != nil {
		return err
	}
	beside := pending{run: run, sums: []VersionID{id}}
	beside.addDetails(reading, p)
	return beside.flush(ctx, tx)
}

// readingColumns are the columns of the table of readings but for the number.
func readingColumns() []string {
	return []string{"version", "reader", "format", "status", "route", "content", "cells", "rules", "from_run", "confirmed", "base", "corrected"}
}

// row is a reading of a version in the order of readingColumns.
func (p packedReading) row(run RunID, id VersionID) []any {
	return []any{id, p.reader, p.format, p.status, p.route, p.content, p.cells, p.rules, run, p.confirmed, p.base, p.corrected}
}
