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
	var later pending
	if err := insertReadingRow(ctx, tx, &later, run, id, p); err != nil {
		return err
	}
	return later.flush(ctx, tx)
}

// insertReadingRow adds the row of a reading, and leaves for later what stands beside it.
func insertReadingRow(ctx context.Context, tx *sql.Tx, later *pending, run RunID, id VersionID, p packedReading) error {
	if err := later.endSumsOf(ctx, tx, run, id); err != nil {
		return err
	}
	const query = `
		INSERT INTO readings (version, reader, format, status, route, content, cells, rules, from_run, confirmed, base, corrected)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING id`
	reading, err := one(ctx, tx, query, func(row scanner) (id int64, err error) {
		return id, row.Scan(&id)
	}, id, p.reader, p.format, p.status, p.route, p.content, p.cells, p.rules, run, p.confirmed, p.base, p.corrected)
	if err == nil {
		later.addDetails(reading, p)
	}
	return err
}
