package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

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

// What an answer says of an error report.
const (
	ErrorOpen   = "open"   // not answered yet
	ErrorOurs   = "ours"   // we were wrong
	ErrorSource = "source" // the source says so
	ErrorNone   = "none"   // nothing is wrong
)

const selectErrorReports = `
	SELECT id, at, page, agency, year, cell, version, text, contact, state, answer, answered_at, answered_by
	FROM error_reports`

func scanErrorReport(row scanner) (r ErrorReport, err error) {
	var at, answered int64
	err = row.Scan(&r.ID, &at, &r.Page, &r.Agency, &r.Year, &r.Cell, &r.Version, &r.Text, &r.Contact, &r.State, &r.Answer, &answered, &r.AnsweredBy)
	r.At, r.AnsweredAt = fromMillis(at), fromMillis(answered)
	return r, err
}

// ErrorReport returns an error report.
func (db *DB) ErrorReport(ctx context.Context, id int64) (ErrorReport, error) {
	r, err := one(ctx, db.read, selectErrorReports+` WHERE id = ?`, scanErrorReport, id)
	if err != nil {
		return r, fmt.Errorf("error report %d: %w", id, err)
	}
	return r, nil
}

// ErrorReports returns the error reports of a state, or all for "", the latest first.
func (db *DB) ErrorReports(ctx context.Context, state string, limit int) ([]ErrorReport, error) {
	all, err := collect(ctx, db.read, selectErrorReports+` WHERE ? = '' OR state = ? ORDER BY id DESC LIMIT ?`, scanErrorReport, state, state, limit)
	if err != nil {
		return nil, fmt.Errorf("error reports: %w", err)
	}
	return all, nil
}

// An Answer is what everybody may read of an error report: what it is about and what
// the operator answered, not who reported it nor in which words.
type Answer struct {
	ID         int64
	At         time.Time
	Page       string
	Agency     report.AgencyID
	AgencyName string
	Demo       bool
	Year       int
	Cell       standard.CellCode
	State      string
	Answer     string
	AnsweredAt time.Time
}

// Answers returns the answered error reports of a region, or all for "", the latest
// first; of one cell where an agency and a cell are given.
func (db *DB) Answers(ctx context.Context, region standard.RegionCode, of ErrorReport, limit int) ([]Answer, error) {
	from, to := within(region)
	const query = `
		SELECT e.id, e.at, e.page, e.agency, COALESCE(a.name, ''), COALESCE(a.demo, FALSE), e.year, e.cell, e.state, e.answer, e.answered_at
		FROM error_reports AS e LEFT JOIN agencies AS a ON a.id = e.agency AND a.until_run IS NULL
		WHERE e.state <> 'open' AND (? = '' OR a.region >= ? AND a.region < ?)
			AND (? = '' OR e.agency = ? AND e.year = ? AND e.cell = ?)
		ORDER BY e.id DESC LIMIT ?`
	all, err := collect(ctx, db.read, query, func(row scanner) (r Answer, err error) {
		var at, answered int64
		err = row.Scan(&r.ID, &at, &r.Page, &r.Agency, &r.AgencyName, &r.Demo, &r.Year, &r.Cell, &r.State, &r.Answer, &answered)
		r.At, r.AnsweredAt = fromMillis(at), fromMillis(answered)
		return r, err
	}, region, from, to, of.Agency, of.Agency, of.Year, of.Cell, limit)
	if err != nil {
		return nil, fmt.Errorf("answers to error reports: %w", err)
	}
	return all, nil
}

// AnswerErrorReport keeps the operator's answer to an error report, with its line of the
// audit log. The answer is public, so it comes from a run of its own, as a review does.
func (db *DB) AnswerErrorReport(ctx context.Context, r ErrorReport, e Entry) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := reviewRun(ctx, tx, r.AnsweredAt); err != nil {
			return err
		}
		const query = `UPDATE error_reports SET state = ?, answer = ?, answered_at = ?, answered_by = ? WHERE id = ? RETURNING id`
		_, err := one(ctx, tx, query, func(row scanner) (id int64, err error) { return id, row.Scan(&id) },
			r.State, r.Answer, millis(r.AnsweredAt), r.AnsweredBy, r.ID)
		if err != nil {
			return err
		}
		return addEntry(ctx, tx, e)
	})
	if err != nil {
		return fmt.Errorf("answer error report %d: %w", r.ID, err)
	}
	return nil
}
