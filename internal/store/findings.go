package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gongkai/internal/report"
)

// A Kept is what was read of a current version.
type Kept struct {
	Version VersionID
	Reading *report.Reading
	Status  report.Status
}

// Readings returns the readings of an agency's current versions from one year to
// another, by the year of the report: for years before it was renamed those under its
// former name.
func (db *DB) Readings(ctx context.Context, agency report.AgencyID, from, to int) (map[int]Kept, error) {
	return readings(ctx, db.read, agency, from, to)
}

// readings is Readings of a database or within a transaction.
func readings(ctx context.Context, q querier, agency report.AgencyID, from, to int) (map[int]Kept, error) {
	all, err := readingsOf(ctx, q, agency, from, to)
	if err != nil || len(all) == to-from+1 {
		return all, err
	}
	names, err := formerNames(ctx, q, agency)
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		more, err := readingsOf(ctx, q, n.id, from, min(to, n.until))
		if err != nil {
			return nil, err
		}
		for year, kept := range more {
			if _, ok := all[year]; !ok {
				if all == nil {
					all = make(map[int]Kept)
				}
				all[year] = kept
			}
		}
	}
	return all, nil
}

// readingsOf are the readings under one name.
func readingsOf(ctx context.Context, q querier, agency report.AgencyID, from, to int) (map[int]Kept, error) {
	query := headColumns + `, d.places, d.document
		FROM versions AS v JOIN readings AS r ON r.version = v.id AND r.until_run IS NULL
		JOIN reading_details AS d ON d.reading = r.id
		WHERE v.agency = ? AND v.year BETWEEN ? AND ? AND v.until_run IS NULL`
	var all map[int]Kept
	in := new(inflater)
	_, err := collect(ctx, q, query, func(row scanner) (_ struct{}, err error) {
		var places, prose sql.RawBytes
		head, err := scanHead(scanAlso{row, []any{&places, &prose}})
		if err != nil {
			return struct{}{}, err
		}
		v := &head.Version
		if v.Reading.Values, err = unpackValues(head.cells, nil); err == nil {
			err = unpackDetails(in, v, places, prose)
		}
		if err != nil {
			return struct{}{}, fmt.Errorf("reading for %d: %w", v.VersionHead.Year, err)
		}
		if all == nil {
			all = make(map[int]Kept)
		}
		all[v.VersionHead.Year] = Kept{v.ID, &v.Reading, v.Status}
		return struct{}{}, nil
	}, agency, from, to)
	if err != nil {
		return nil, fmt.Errorf("readings of %s from %d to %d: %w", agency, from, to, err)
	}
	return all, nil
}

// CurrentVersions returns the current versions of an agency from one year to another,
// by year.
func (db *DB) CurrentVersions(ctx context.Context, agency report.AgencyID, from, to int) ([]VersionRef, error) {
	return currentVersions(ctx, db.read, agency, from, to)
}

// currentVersions is CurrentVersions of a database or within a transaction.
func currentVersions(ctx context.Context, q querier, agency report.AgencyID, from, to int) ([]VersionRef, error) {
	const query = `
		SELECT id, year FROM versions WHERE agency = ? AND year BETWEEN ? AND ? AND until_run IS NULL ORDER BY year`
	refs, err := collect(ctx, q, query, func(row scanner) (v VersionRef, err error) {
		v.Agency = agency
		return v, row.Scan(&v.ID, &v.Year)
	}, agency, from, to)
	if err != nil {
		return nil, fmt.Errorf("versions of %s from %d to %d: %w", agency, from, to, err)
	}
	return refs, nil
}

// ReplaceFindings keeps what the rules say of a version now, where it is not what they
// said. What was read of the version stays as it is, and so does its status.
func (db *DB) ReplaceFindings(ctx context.Context, run RunID, id VersionID, findings []report.Finding) (changed bool, err error) {
	err = db.transact(ctx, func(tx *sql.Tx) (err error) {
		changed, err = replaceFindingsOf(ctx, tx, run, id, findings)
		return err
	})
	return changed, err
}

// replaceFindingsOf is ReplaceFindings within a transaction.
func replaceFindingsOf(ctx context.Context, tx *sql.Tx, run RunID, id VersionID, findings []report.Finding) (bool, error) {
	const query = `
		SELECT v.agency, v.year, r.id FROM versions AS v JOIN readings AS r ON r.version = v.id AND r.until_run IS NULL
		WHERE v.id = ?`
	var agency report.AgencyID
	var year int
	old, err := one(ctx, tx, query, func(row scanner) (id int64, err error) { return id, row.Scan(&agency, &year, &id) }, id)
	if err != nil {
		return false, fmt.Errorf("findings of version %d: %w", id, err)
	}
	packed, err := packFindings(findings, agency, year)
	if err != nil {
		return false, fmt.Errorf("findings of version %d: %w", id, err)
	}
	changed, err := replaceFindings(ctx, tx, run, old, packed)
	if err != nil {
		return false, fmt.Errorf("findings of version %d: %w", id, err)
	}
	return changed, nil
}

// replaceFindings ends a reading with a run and adds its like with other findings.
func replaceFindings(ctx context.Context, tx *sql.Tx, run RunID, old int64, findings []packedFinding) (bool, error) {
	const known = `SELECT finding FROM findings WHERE reading = ? ORDER BY ordinal`
	was, err := collect(ctx, tx, known, func(row scanner) (text string, err error) { return text, row.Scan(&text) }, old)
	if err != nil {
		return false, err
	}
	if slices.EqualFunc(was, findings, sameFinding) {
		return false, nil
	}
	if err := endReading(ctx, tx, run, old); err != nil {
		return false, err
	}
	const again = `
		INSERT INTO readings (version, reader, format, status, route, content, cells, rules, from_run, confirmed, base, corrected)
		SELECT version, reader, format, status, route, content, cells, ?, ?, confirmed, base, corrected FROM readings WHERE id = ?
		RETURNING id`
	reading, err := one(ctx, tx, again, func(row scanner) (id int64, err error) {
		return id, row.Scan(&id)
	}, packedRules(findings), run, old)
	if err != nil {
		return false, err
	}
	const details = `
		INSERT INTO reading_details (reading, places, document)
		SELECT ?, places, document FROM reading_details WHERE reading = ?`
	if _, err := tx.ExecContext(ctx, details, reading, old); err != nil {
		return false, err
	}
	var p pending
	p.addFindings(reading, findings)
	return true, p.flush(ctx, tx)
}

// packFindings makes the rows of findings.
func packFindings(findings []report.Finding, agency report.AgencyID, year int) ([]packedFinding, error) {
	var packed []packedFinding
	for _, f := range findings {
		text, err := toJSON(f)
		if err != nil {
			return nil, err
		}
		packed = append(packed, packedFinding{Finding: f, key: f.Key(agency, year), text: text})
	}
	return packed, nil
}

// sameFinding reports whether a row says what a finding says. Earlier versions wrote the
// empty fields as well.
func sameFinding(text string, f packedFinding) bool {
	if text == f.text {
		return true
	}
	var was report.Finding
	if err := fromJSON(text, &was); err != nil {
		return false
	}
	again, err := toJSON(was)
	return err == nil && again == f.text
}

// packedRules is packRules of findings in the form of their rows.
func packedRules(findings []packedFinding) string {
	plain := make([]report.Finding, len(findings))
	for i, f := range findings {
		plain[i] = f.Finding
	}
	return packRules(plain)
}

// findingColumns are the columns of the table of findings.
func findingColumns() []string {
	return []string{"reading", "ordinal", "key", "rule", "subject", "severity", "attribution", "finding"}
}
