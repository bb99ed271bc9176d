package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gongkai/internal/report"
)

// Readings returns the readings of an agency's current versions from one year to
// another, by the year of the report.
func (db *DB) Readings(ctx context.Context, agency report.AgencyID, from, to int) (map[int]*report.Reading, error) {
	query := selectHeads + `
		WHERE v.agency = ? AND v.year BETWEEN ? AND ? AND v.until_run IS NULL`
	heads, err := collect(ctx, db.read, query, scanHead, last, last, agency, from, to)
	if err != nil {
		return nil, fmt.Errorf("readings of %s from %d to %d: %w", agency, from, to, err)
	}
	if len(heads) == 0 {
		return nil, nil
	}
	readings := make(map[int]*report.Reading, len(heads))
	for i := range heads {
		v := &heads[i].Version
		if v.Reading.Values, err = unpackValues(heads[i].cells, nil); err == nil {
			err = db.addDetails(ctx, v, heads[i].reading)
		}
		if err != nil {
			return nil, fmt.Errorf("reading of %s for %d: %w", agency, v.Year, err)
		}
		readings[v.VersionHead.Year] = &v.Reading
	}
	return readings, nil
}

// CurrentVersions returns the current versions of an agency from one year to another,
// by year.
func (db *DB) CurrentVersions(ctx context.Context, agency report.AgencyID, from, to int) ([]VersionID, error) {
	const query = `
		SELECT id FROM versions WHERE agency = ? AND year BETWEEN ? AND ? AND until_run IS NULL ORDER BY year`
	ids, err := collect(ctx, db.read, query, func(row scanner) (id VersionID, err error) {
		return id, row.Scan(&id)
	}, agency, from, to)
	if err != nil {
		return nil, fmt.Errorf("versions of %s from %d to %d: %w", agency, from, to, err)
	}
	return ids, nil
}

// ReplaceFindings keeps what the rules say of a version now, where it is not what they
// said. What was read of the version stays as it is, and so does its status.
func (db *DB) ReplaceFindings(ctx context.Context, run RunID, id VersionID, findings []report.Finding) (changed bool, err error) {
	err = db.transact(ctx, func(tx *sql.Tx) error {
		const query = `
			SELECT v.agency, v.year, r.id FROM versions AS v JOIN readings AS r ON r.version = v.id AND r.until_run IS NULL
			WHERE v.id = ?`
		var agency report.AgencyID
		var year int
		var old int64
		_, err := one(ctx, tx, query, func(row scanner) (_ struct{}, err error) {
			return struct{}{}, row.Scan(&agency, &year, &old)
		}, id)
		if err != nil {
			return err
		}
		packed, err := packFindings(findings, agency, year)
		if err == nil {
			changed, err = replaceFindings(ctx, tx, run, old, packed)
		}
		return err
	})
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
	if slices.EqualFunc(was, findings, func(text string, f packedFinding) bool { return text == f.text }) {
		return false, nil
	}
	if err := endReading(ctx, tx, run, old); err != nil {
		return false, err
	}
	const again = `
		INSERT INTO readings (version, reader, format, status, route, content, cells, rules, from_run, confirmed)
		SELECT version, reader, format, status, route, content, cells, ?, ?, confirmed FROM readings WHERE id = ?
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
	return true, insertFindings(ctx, tx, reading, findings)
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

// packedRules is packRules of findings in the form of their rows.
func packedRules(findings []packedFinding) string {
	plain := make([]report.Finding, len(findings))
	for i, f := range findings {
		plain[i] = f.Finding
	}
	return packRules(plain)
}

// insertFindings adds the rows of the findings of a reading.
func insertFindings(ctx context.Context, tx *sql.Tx, reading int64, findings []packedFinding) error {
	const query = `
		INSERT INTO findings (reading, ordinal, key, rule, subject, severity, attribution, finding)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	for i, f := range findings {
		_, err := tx.ExecContext(ctx, query, reading, i, f.key, f.Rule, f.Subject, f.Severity, f.Attribution, f.text)
		if err != nil {
			return err
		}
	}
	return nil
}
