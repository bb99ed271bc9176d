package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A RoundID numbers a round; 0 is none.
type RoundID int64

// A Round is a time in which the office collects drafts of the reports of a region for a
// year and checks them before they are published.
type Round struct {
	ID              RoundID
	Region          standard.RegionCode
	Year            int
	Due             report.Date // by which drafts are wanted, zero for none
	BegunAt         time.Time
	BegunBy         string
	EndedAt         time.Time // zero while it lasts
	EndedBy         string
	Handed, Checked int // agencies that handed in, drafts that were checked
}

// Open reports whether a round lasts.
func (r Round) Open() bool { return r.EndedAt.IsZero() }

// A Draft is what an agency handed in to a round, with what the rules of one report came
// to. It is for the office alone, and gone when the round ends.
type Draft struct {
	Round                    RoundID
	Agency                   report.AgencyID
	Name                     string // of the file
	Body                     []byte // nil in lists
	Size                     int
	At                       time.Time
	By                       string
	Year                     int    // that it says, 0 where it says none
	Says                     string // whose report it calls itself, "" where it does not
	Status                   report.Status
	Problem                  string // why it could not be read
	Errors, Warnings, Doubts int
	CheckedAt                time.Time // zero until a person has said that it may be published
	CheckedBy, Note          string
}

const selectRounds = `
	SELECT r.id, r.region, r.year, r.due, r.begun_at, r.begun_by, r.ended_at, r.ended_by,
		CASE WHEN r.ended_at = 0 THEN (SELECT COUNT(*) FROM drafts AS d WHERE d.round = r.id) ELSE r.handed END,
		CASE WHEN r.ended_at = 0 THEN (SELECT COUNT(*) FROM drafts AS d WHERE d.round = r.id AND d.checked_at > 0) ELSE r.checked END
	FROM rounds AS r`

func scanRound(row scanner) (r Round, err error) {
	var due string
	var begun, ended int64
	if err := row.Scan(&r.ID, &r.Region, &r.Year, &due, &begun, &r.BegunBy, &ended, &r.EndedBy, &r.Handed, &r.Checked); err != nil {
		return r, err
	}
	r.BegunAt, r.EndedAt = fromMillis(begun), fromMillis(ended)
	r.Due, err = parseDate(due)
	return r, err
}

// Rounds returns all rounds, newest first.
func (db *DB) Rounds(ctx context.Context) ([]Round, error) {
	all, err := collect(ctx, db.read, selectRounds+` ORDER BY r.id DESC`, scanRound)
	if err != nil {
		return nil, fmt.Errorf("rounds: %w", err)
	}
	return all, nil
}

// Round returns a round.
func (db *DB) Round(ctx context.Context, id RoundID) (Round, error) {
	r, err := one(ctx, db.read, selectRounds+` WHERE r.id = ?`, scanRound, id)
	if err != nil {
		return r, fmt.Errorf("round %d: %w", id, err)
	}
	return r, nil
}

// BeginRound begins a round. While one of the same region and year lasts it returns that
// one's number and report.ErrBusy.
func (db *DB) BeginRound(ctx context.Context, r Round, e Entry) (id RoundID, err error) {
	err = db.transact(ctx, func(tx *sql.Tx) error {
		const open = `SELECT id FROM rounds WHERE region = ? AND year = ? AND ended_at = 0`
		id, err = one(ctx, tx, open, scanRoundID, r.Region, r.Year)
		if err == nil {
			return report.ErrBusy
		}
		if !errors.Is(err, report.ErrNotFound) {
			return err
		}
		const add = `INSERT INTO rounds (region, year, due, begun_at, begun_by) VALUES (?, ?, ?, ?, ?) RETURNING id`
		if id, err = one(ctx, tx, add, scanRoundID, r.Region, r.Year, dateText(r.Due), millis(r.BegunAt), r.BegunBy); err != nil {
			return err
		}
		e.Subject = fmt.Sprintf("#%d %s/%d", id, r.Region, r.Year)
		return addEntry(ctx, tx, e)
	})
	if err != nil {
		return id, fmt.Errorf("begin the round of %s for %d: %w", r.Region, r.Year, err)
	}
	return id, nil
}

func scanRoundID(row scanner) (id RoundID, err error) { return id, row.Scan(&id) }

// PutDraft keeps a draft in place of the one that the agency handed in before. A round
// that has ended takes none: report.ErrNotFound.
func (db *DB) PutDraft(ctx context.Context, d Draft, e Entry) error {
	err := db.whileOpen(ctx, d.Round, func(tx *sql.Tx) error {
		if err := db.erase(ctx, tx, `DELETE FROM drafts WHERE round = ? AND agency = ?`, d.Round, d.Agency); err != nil {
			return err
		}
		const add = `
			INSERT INTO drafts (round, agency, name, body, at, handed_by, year, status, problem, errors, warnings, doubts, says)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
		if _, err := tx.ExecContext(ctx, add, d.Round, d.Agency, d.Name, d.Body, millis(d.At), d.By, d.Year, d.Status, d.Problem,
			d.Errors, d.Warnings, d.Doubts, d.Says); err != nil {
			return err
		}
		return addEntry(ctx, tx, e)
	})
	if err != nil {
		return fmt.Errorf("draft of %s: %w", d.Agency, err)
	}
	return nil
}

// CheckDraft keeps that a person has checked a draft that was handed in at a time, or
// with a zero d.CheckedAt that it is not checked after all. Where another draft has taken
// its place meanwhile it is report.ErrNotFound: nobody checks what they have not seen.
func (db *DB) CheckDraft(ctx context.Context, d Draft, e Entry) error {
	err := db.whileOpen(ctx, d.Round, func(tx *sql.Tx) error {
		const mark = `UPDATE drafts SET checked_at = ?, checked_by = ?, note = ? WHERE round = ? AND agency = ? AND at = ?`
		done, err := tx.ExecContext(ctx, mark, millis(d.CheckedAt), d.CheckedBy, d.Note, d.Round, d.Agency, millis(d.At))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, report.ErrNotFound)
		}
		return addEntry(ctx, tx, e)
	})
	if err != nil {
		return fmt.Errorf("check the draft of %s: %w", d.Agency, err)
	}
	return nil
}

// EndRound ends a round: what was handed in is erased, and how much it was is kept.
func (db *DB) EndRound(ctx context.Context, r Round, e Entry) error {
	err := db.whileOpen(ctx, r.ID, func(tx *sql.Tx) error {
		const end = `
			UPDATE rounds SET ended_at = ?, ended_by = ?,
				handed = (SELECT COUNT(*) FROM drafts AS d WHERE d.round = rounds.id),
				checked = (SELECT COUNT(*) FROM drafts AS d WHERE d.round = rounds.id AND d.checked_at > 0)
			WHERE id = ?`
		if _, err := tx.ExecContext(ctx, end, millis(r.EndedAt), r.EndedBy, r.ID); err != nil {
			return err
		}
		if err := db.erase(ctx, tx, `DELETE FROM drafts WHERE round = ?`, r.ID); err != nil {
			return err
		}
		return addEntry(ctx, tx, e)
	})
	if err == nil && db.dialect == onSQLite {
		// The log beside the file still has the pages as they were. While somebody reads
		// it stays, and goes with the next one that is copied.
		_, err = db.write.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	}
	if err != nil {
		return fmt.Errorf("end round %d: %w", r.ID, explain(err))
	}
	return nil
}

// whileOpen does a step of a round that lasts.
func (db *DB) whileOpen(ctx context.Context, id RoundID, do func(tx *sql.Tx) error) error {
	return db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := one(ctx, tx, `SELECT id FROM rounds WHERE id = ? AND ended_at = 0`, scanRoundID, id); err != nil {
			return err
		}
		return do(tx)
	})
}

// erase deletes rows so that nothing of them is left in the file: SQLite only marks pages
// as free otherwise.
func (db *DB) erase(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	if db.dialect != onSQLite {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
	if _, err := tx.ExecContext(ctx, `PRAGMA secure_delete = ON`); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, query, args...)
	_, off := tx.ExecContext(ctx, `PRAGMA secure_delete = OFF`) // other tables need not pay for it
	return errors.Join(err, off)
}

const selectDrafts = `
	SELECT d.round, d.agency, d.name, LENGTH(d.body), d.at, d.handed_by, d.year, d.status, d.problem, d.errors, d.warnings, d.doubts,
		d.checked_at, d.checked_by, d.note, d.says`

// draftInto scans the columns of selectDrafts and what follows them.
func draftInto(row scanner, more ...any) (d Draft, err error) {
	var at, checked int64
	err = row.Scan(append([]any{&d.Round, &d.Agency, &d.Name, &d.Size, &at, &d.By, &d.Year, &d.Status, &d.Problem, &d.Errors, &d.Warnings,
		&d.Doubts, &checked, &d.CheckedBy, &d.Note, &d.Says}, more...)...)
	d.At, d.CheckedAt = fromMillis(at), fromMillis(checked)
	return d, err
}

// Drafts returns what was handed in to a round, by agency, without the bytes.
func (db *DB) Drafts(ctx context.Context, round RoundID) (map[report.AgencyID]Draft, error) {
	all, err := collect(ctx, db.read, selectDrafts+` FROM drafts AS d WHERE d.round = ?`, func(row scanner) (Draft, error) {
		return draftInto(row)
	}, round)
	if err != nil {
		return nil, fmt.Errorf("drafts of round %d: %w", round, err)
	}
	by := make(map[report.AgencyID]Draft, len(all))
	for _, d := range all {
		by[d.Agency] = d
	}
	return by, nil
}

// Draft returns what an agency handed in to a round, with the bytes.
func (db *DB) Draft(ctx context.Context, round RoundID, agency report.AgencyID) (Draft, error) {
	d, err := one(ctx, db.read, selectDrafts+`, d.body FROM drafts AS d WHERE d.round = ? AND d.agency = ?`, func(row scanner) (Draft, error) {
		var body []byte
		d, err := draftInto(row, &body)
		d.Body = body
		return d, err
	}, round, agency)
	if err != nil {
		return d, fmt.Errorf("draft of %s: %w", agency, err)
	}
	return d, nil
}
