package store

import (
	"context"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Note is what the office wrote down about an agency's report. It is for the office
// alone: nothing that is exported has it.
type Note struct {
	Agency report.AgencyID
	Year   int
	At     time.Time
	Author string
	Text   string // "" takes back what was noted
}

// AddNote keeps a note. Earlier ones stay; the last of a report holds.
func (db *DB) AddNote(ctx context.Context, n Note) error {
	const query = `INSERT INTO notes (agency, year, at, author, text) VALUES (?, ?, ?, ?, ?)`
	if _, err := db.write.ExecContext(ctx, query, n.Agency, n.Year, millis(n.At), n.Author, n.Text); err != nil {
		return fmt.Errorf("note on %s for %d: %w", n.Agency, n.Year, explain(err))
	}
	return nil
}

// Notes returns the notes that hold on the reports of a region for a year.
func (db *DB) Notes(ctx context.Context, region standard.RegionCode, year int) (map[report.AgencyID]Note, error) {
	const query = `
		SELECT n.agency, n.year, n.at, n.author, n.text
		FROM notes AS n JOIN agencies AS a ON a.id = n.agency AND a.until_run IS NULL
		WHERE n.year = ? AND a.region >= ? AND a.region < ? ORDER BY n.id`
	from, to := within(region)
	all, err := collect(ctx, db.read, query, func(row scanner) (n Note, err error) {
		var at int64
		err = row.Scan(&n.Agency, &n.Year, &at, &n.Author, &n.Text)
		n.At = fromMillis(at)
		return n, err
	}, year, from, to)
	if err != nil {
		return nil, fmt.Errorf("notes of %s for %d: %w", region, year, err)
	}
	last := make(map[report.AgencyID]Note, len(all))
	for _, n := range all {
		last[n.Agency] = n
	}
	return last, nil
}

// An ErrorReport is what a reader says is wrong with a figure or a page.
type ErrorReport struct {
	ID      int64
	At      time.Time
	Page    string // path of ours that it was said on
	Agency  report.AgencyID
	Year    int
	Cell    standard.CellCode
	Version int // number of the version in its report, 0 for none
	Text    string
	Contact string // for the operator alone
	// State is open until it is answered: ours, source or none.
	State      string
	Answer     string
	AnsweredAt time.Time
	AnsweredBy string
}

// AddErrorReport keeps what a reader says and returns its number.
func (db *DB) AddErrorReport(ctx context.Context, r ErrorReport) (int64, error) {
	const query = `
		INSERT INTO error_reports (at, page, agency, year, cell, version, text, contact)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING id`
	id, err := one(ctx, db.write, query, func(row scanner) (id int64, err error) { return id, row.Scan(&id) },
		millis(r.At), r.Page, r.Agency, r.Year, r.Cell, r.Version, r.Text, r.Contact)
	if err != nil {
		return 0, fmt.Errorf("keep an error report: %w", err)
	}
	return id, nil
}

// ErrorReports returns the error reports of a state, or all for "", the latest first.
func (db *DB) ErrorReports(ctx context.Context, state string, limit int) ([]ErrorReport, error) {
	const query = `
		SELECT id, at, page, agency, year, cell, version, text, contact, state, answer, answered_at, answered_by
		FROM error_reports WHERE ? = '' OR state = ? ORDER BY id DESC LIMIT ?`
	all, err := collect(ctx, db.read, query, func(row scanner) (r ErrorReport, err error) {
		var at, answered int64
		err = row.Scan(&r.ID, &at, &r.Page, &r.Agency, &r.Year, &r.Cell, &r.Version, &r.Text, &r.Contact, &r.State, &r.Answer, &answered, &r.AnsweredBy)
		r.At, r.AnsweredAt = fromMillis(at), fromMillis(answered)
		return r, err
	}, state, state, limit)
	if err != nil {
		return nil, fmt.Errorf("error reports: %w", err)
	}
	return all, nil
}

// AnswerErrorReport keeps the operator's answer to an error report.
func (db *DB) AnswerErrorReport(ctx context.Context, r ErrorReport) error {
	const query = `UPDATE error_reports SET state = ?, answer = ?, answered_at = ?, answered_by = ? WHERE id = ? RETURNING id`
	_, err := one(ctx, db.write, query, func(row scanner) (id int64, err error) { return id, row.Scan(&id) },
		r.State, r.Answer, millis(r.AnsweredAt), r.AnsweredBy, r.ID)
	if err != nil {
		return fmt.Errorf("answer error report %d: %w", r.ID, err)
	}
	return nil
}
