package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Verdict says what a person found when comparing with the original.
type Verdict string

// The verdicts.
const (
	Confirmed     Verdict = "confirmed"      // the cell says what is given: one of the readers was right
	Corrected     Verdict = "corrected"      // the cell says something else than either reader had
	Illegible     Verdict = "illegible"      // no person can read it either
	WrongDocument Verdict = "wrong_document" // the document is not that report
	Sound         Verdict = "sound"          // what is left of the doubts about the whole document is settled
)

// A Correction is a person's overlay on a cell, or on the document where Cell is empty.
type Correction struct {
	ID         int64
	Version    VersionID
	Cell       standard.CellCode
	Verdict    Verdict
	Was, Value report.Value // as it was read, and as the person has it
	Reason     string
	Account    AccountID
	Name       string
	At         time.Time
	Second     AccountID // second pair of eyes, 0 for none
	SecondName string
	EndedAt    time.Time // when it was taken back or replaced
	EndedBy    string
	FromRun    RunID // 0 while it waits for the second pair of eyes
	UntilRun   RunID
}

// Waits reports whether a correction waits for a second pair of eyes.
func (c Correction) Waits() bool { return c.FromRun == 0 && c.EndedAt.IsZero() }

// A CorrectedCell is a cell that shows what a person found in place of what was read.
type CorrectedCell struct {
	Cell standard.CellCode
	Read report.Value // as the readers had it
}

const selectCorrections = `
	SELECT c.id, c.version, c.cell, c.verdict, c.was, c.value, c.reason, c.account, c.name, c.at, c.second,
		c.second_name, c.ended_at, c.ended_by, c.from_run, COALESCE(c.until_run, 0)
	FROM corrections AS c`

func scanCorrection(row scanner) (c Correction, err error) {
	var was, value string
	var at, ended int64
	err = row.Scan(&c.ID, &c.Version, &c.Cell, &c.Verdict, &was, &value, &c.Reason, &c.Account, &c.Name, &at, &c.Second,
		&c.SecondName, &ended, &c.EndedBy, &c.FromRun, &c.UntilRun)
	if err != nil {
		return c, err
	}
	c.At, c.EndedAt = fromMillis(at), fromMillis(ended)
	if err := fromJSON(was, &c.Was); err != nil {
		return c, err
	}
	return c, fromJSON(value, &c.Value)
}

// OpenCorrections returns what people have said of a version and not taken back, in
// the order in which they said it: what is in force, and what waits for a second pair
// of eyes.
func (db *DB) OpenCorrections(ctx context.Context, id VersionID) ([]Correction, error) {
	all, err := collect(ctx, db.read, selectCorrections+` WHERE c.version = ? AND c.ended_at = 0 ORDER BY c.id`, scanCorrection, id)
	if err != nil {
		return nil, fmt.Errorf("corrections of version %d: %w", id, err)
	}
	return all, nil
}

// CorrectionsAt returns the corrections of a version that were in force after a run.
func (db *DB) CorrectionsAt(ctx context.Context, id VersionID, asOf RunID) ([]Correction, error) {
	return correctionsAt(ctx, db.read, id, asOf)
}

func correctionsAt(ctx context.Context, q querier, id VersionID, asOf RunID) ([]Correction, error) {
	run := orLast(asOf)
	all, err := collect(ctx, q, selectCorrections+` WHERE c.version = ? AND c.from_run > 0 AND `+holds("c")+` ORDER BY c.id`,
		scanCorrection, id, run, run)
	if err != nil {
		return nil, fmt.Errorf("corrections of version %d: %w", id, err)
	}
	return all, nil
}

// Correction returns a correction.
func (db *DB) Correction(ctx context.Context, id int64) (Correction, error) {
	c, err := one(ctx, db.read, selectCorrections+` WHERE c.id = ?`, scanCorrection, id)
	if err != nil {
		return c, fmt.Errorf("correction %d: %w", id, err)
	}
	return c, nil
}

// LastCorrection returns the last correction of an account that has not been taken
// back.
func (db *DB) LastCorrection(ctx context.Context, account AccountID) (Correction, error) {
	c, err := one(ctx, db.read, selectCorrections+` WHERE c.account = ? AND c.ended_at = 0 ORDER BY c.id DESC LIMIT 1`, scanCorrection, account)
	if err != nil {
		return c, fmt.Errorf("last correction of account %d: %w", account, err)
	}
	return c, nil
}

// A CorrectionRow is a correction with the report it was made on.
type CorrectionRow struct {
	Correction
	Agency     report.AgencyID
	AgencyName string
	Region     standard.RegionCode
	Year       int
	Number     int
	Demo       bool
}

// Corrections returns the corrections that came into force, of a region and all below,
// newest first; those taken back are there too, with when that was. At most limit, or
// all where it is 0.
func (db *DB) Corrections(ctx context.Context, region standard.RegionCode, limit int) ([]CorrectionRow, error) {
	from, to := within(region)
	query := `
		SELECT c.id, c.version, c.cell, c.verdict, c.was, c.value, c.reason, c.account, c.name, c.at, c.second,
			c.second_name, c.ended_at, c.ended_by, c.from_run, COALESCE(c.until_run, 0),
			v.agency, a.name, a.region, v.year, v.number, a.demo
		FROM corrections AS c JOIN versions AS v ON v.id = c.version
		JOIN agencies AS a ON a.id = v.agency AND a.until_run IS NULL
		WHERE c.from_run > 0 AND a.region >= ? AND a.region < ? ORDER BY c.id DESC`
	args := []any{from, to}
	if limit > 0 {
		query += ` LIMIT ?`
		args = append(args, limit)
	}
	all, err := collect(ctx, db.read, query, func(row scanner) (r CorrectionRow, err error) {
		r.Correction, err = scanCorrection(also{row, []any{&r.Agency, &r.AgencyName, &r.Region, &r.Year, &r.Number, &r.Demo}})
		return r, err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("corrections in %s: %w", region, err)
	}
	return all, nil
}

// also scans further columns behind those that a scan asks for.
type also struct {
	scanner
	rest []any
}

// Scan implements scanner.
func (a also) Scan(dest ...any) error { return a.scanner.Scan(append(dest, a.rest...)...) }

// RunReview is the kind of the runs of what people settle: one for each.
const RunReview = "review"

// A ReviewDay is what one person settled on one day, each in a run of its own.
type ReviewDay struct {
	Name  string
	Last  time.Time // of the day
	Count int
	Run   RunID // the last of them
}

// ReviewDays returns what people settled, by person and day of China's time, the latest
// first.
func (db *DB) ReviewDays(ctx context.Context, limit int) ([]ReviewDay, error) {
	const query = `
		SELECT name, MAX(at), COUNT(*), MAX(run)
		FROM (SELECT name, at, (at + 28800000) / 86400000 AS day, from_run AS run FROM corrections WHERE from_run > 0
			UNION ALL SELECT name, at, (at + 28800000) / 86400000 AS day, from_run AS run FROM decisions) AS said
		GROUP BY name, day ORDER BY MAX(run) DESC LIMIT ?`
	days, err := collect(ctx, db.read, query, func(row scanner) (d ReviewDay, err error) {
		var at int64
		err = row.Scan(&d.Name, &at, &d.Count, &d.Run)
		d.Last = fromMillis(at)
		return d, err
	}, limit)
	if err != nil {
		return nil, fmt.Errorf("days of review: %w", err)
	}
	return days, nil
}

// A Review is what a person did to a version, to be kept whole or not at all.
type Review struct {
	At      time.Time
	Version VersionID
	Base    int64        // the readers' reading, which Lay was laid over; see Beneath
	Add     []Correction // new ones; FromRun is set where they are in force at once
	Waits   bool         // Add waits for the second pair of eyes
	Second  *Correction  // one that comes into force by its second pair of eyes
	End     []int64      // corrections that end
	EndedBy string
	Lay     *NewVersion // what is shown from now on; nil where nothing changes
	Over    []CorrectedCell
	Plain   bool   // nothing is laid over any more: Lay is what was read
	Text    string // for the log of changes; "" for none
	Entry   Entry
}

// AddReview keeps a review. What is shown from then on comes from a run of its own, of
// the kind review: what depends on the data notices, and the state before it can be
// asked for. It is report.ErrBusy where another has settled the same cell.
func (db *DB) AddReview(ctx context.Context, r Review) (RunID, error) {
	var p packedReading
	if r.Lay != nil {
		var err error
		if p, err = db.packOver(*r.Lay, r); err != nil {
			return 0, fmt.Errorf("keep a review of version %d: %w", r.Version, err)
		}
	}
	var run RunID
	err := db.transact(ctx, func(tx *sql.Tx) (err error) {
		run, err = addReview(ctx, tx, r, p)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("keep a review of version %d: %w", r.Version, err)
	}
	return run, nil
}

// packOver packs what is laid over a reading.
func (db *DB) packOver(v NewVersion, r Review) (packedReading, error) {
	p, err := db.pack(v)
	if err != nil || r.Plain {
		return p, err
	}
	p.base = r.Base
	p.corrected, err = toJSON(r.Over)
	return p, err
}

func addReview(ctx context.Context, tx *sql.Tx, r Review, p packedReading) (RunID, error) {
	var run RunID
	if r.Lay != nil {
		var err error
		if run, err = reviewRun(ctx, tx, r.At); err != nil {
			return 0, err
		}
	}
	for _, id := range r.End {
		const end = `UPDATE corrections SET ended_at = ?, ended_by = ?, until_run = NULLIF(?, 0) WHERE id = ? AND ended_at = 0`
		done, err := tx.ExecContext(ctx, end, millis(r.At), r.EndedBy, run, id)
		if err != nil {
			return 0, err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return 0, report.ErrBusy
		}
	}
	for _, c := range r.Add {
		if c.FromRun = run; r.Waits {
			c.FromRun = 0
		}
		if err := insertCorrection(ctx, tx, c); err != nil {
			return 0, err
		}
	}
	if c := r.Second; c != nil {
		const second = `UPDATE corrections SET second = ?, second_name = ?, from_run = ? WHERE id = ? AND ended_at = 0 AND from_run = 0`
		done, err := tx.ExecContext(ctx, second, c.Second, c.SecondName, run, c.ID)
		if err != nil {
			return 0, err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return 0, report.ErrBusy
		}
	}
	if r.Lay != nil {
		if err := layReading(ctx, tx, run, r, p); err != nil {
			return 0, err
		}
	}
	return run, addEntry(ctx, tx, r.Entry)
}

// reviewRun adds the run of a review, which has ended when it is seen.
func reviewRun(ctx context.Context, tx *sql.Tx, when time.Time) (RunID, error) {
	const query = `
		INSERT INTO runs (kind, state, started_at, finished_at, alive_at, changed) VALUES ('review', ?, ?, ?, ?, ?)
		RETURNING id`
	at := millis(when)
	return one(ctx, tx, query, func(row scanner) (id RunID, err error) { return id, row.Scan(&id) }, RunOK, at, at, at, true)
}

func insertCorrection(ctx context.Context, tx *sql.Tx, c Correction) error {
	was, err := toJSON(c.Was)
	if err != nil {
		return err
	}
	value, err := toJSON(c.Value)
	if err != nil {
		return err
	}
	const open = `SELECT COUNT(*) FROM corrections WHERE version = ? AND cell = ? AND ended_at = 0`
	n, err := one(ctx, tx, open, func(row scanner) (n int, err error) { return n, row.Scan(&n) }, c.Version, c.Cell)
	if err != nil {
		return err
	}
	if n > 0 {
		return report.ErrBusy
	}
	const query = `
		INSERT INTO corrections (version, cell, verdict, was, value, reason, account, name, at, from_run)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = tx.ExecContext(ctx, query, c.Version, c.Cell, c.Verdict, was, value, c.Reason, c.Account, c.Name, millis(c.At), c.FromRun)
	return err
}

// layReading puts a reading over the one that a version shows. It says what the
// original says as far as a refresh asks, so it keeps the mark of its base.
func layReading(ctx context.Context, tx *sql.Tx, run RunID, r Review, p packedReading) error {
	const current = `SELECT id, base FROM readings WHERE version = ? AND until_run IS NULL`
	var base int64
	now, err := one(ctx, tx, current, func(row scanner) (id int64, err error) { return id, row.Scan(&id, &base) }, r.Version)
	if err != nil {
		return err
	}
	if base == 0 {
		base = now
	}
	if base != r.Base {
		return report.ErrBusy // it was read again in the meantime
	}
	const mark = `SELECT reader, content, confirmed FROM readings WHERE id = ?`
	_, err = one(ctx, tx, mark, func(row scanner) (_ struct{}, err error) {
		return struct{}{}, row.Scan(&p.reader, &p.content, &p.confirmed)
	}, base)
	if err != nil {
		return err
	}
	if err := endReading(ctx, tx, run, now); err != nil {
		return err
	}
	if err := insertReading(ctx, tx, run, r.Version, p); err != nil || r.Text == "" {
		return err
	}
	v := r.Lay
	return addChange(ctx, tx, ChangeRow{Run: run, At: r.At, Kind: ChangeCorrected, Agency: v.Agency, Year: v.Year, Version: r.Version, Text: r.Text})
}

// Beneath returns a version as its readers had it, whatever people have laid over it,
// and the number of that reading.
func (db *DB) Beneath(ctx context.Context, id VersionID) (Version, int64, error) {
	const query = `SELECT CASE WHEN base = 0 THEN id ELSE base END FROM readings WHERE version = ? AND until_run IS NULL`
	base, err := one(ctx, db.read, query, func(row scanner) (base int64, err error) { return base, row.Scan(&base) }, id)
	var v Version
	if err == nil {
		var rv readVersion
		if rv, err = one(ctx, db.read, selectByReading, scanHead, base); err == nil {
			v, err = whole(ctx, db.read, rv)
		}
	}
	if err != nil {
		return v, 0, fmt.Errorf("version %d as it was read: %w", id, err)
	}
	return v, base, nil
}

// Uncovered returns the current versions whose corrections are in force and over which
// nothing is laid: they were read again since.
func (db *DB) Uncovered(ctx context.Context) ([]VersionID, error) {
	const query = `
		SELECT DISTINCT c.version FROM corrections AS c
		JOIN readings AS r ON r.version = c.version AND r.until_run IS NULL
		WHERE c.ended_at = 0 AND c.from_run > 0 AND r.base = 0
		ORDER BY c.version`
	ids, err := collect(ctx, db.read, query, func(row scanner) (id VersionID, err error) { return id, row.Scan(&id) })
	if err != nil {
		return nil, fmt.Errorf("versions without their corrections: %w", err)
	}
	return ids, nil
}
