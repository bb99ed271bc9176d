package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Judgement says what a person made of a finding.
type Judgement string

// The judgements.
const (
	FindingConfirmed Judgement = "confirmed"
	FindingDismissed Judgement = "dismissed" // with a reason
	FindingAnswered  Judgement = "answered"  // the unit has answered, and its answer is shown
)

// A Decision is what a person made of a finding. It holds for the figures that the
// finding rested on: with others the finding is open again.
type Decision struct {
	ID       int64
	Key      string // of the finding
	Digest   string // of its figures
	Agency   report.AgencyID
	Year     int
	Verdict  Judgement
	Reason   string
	Answer   string // of the unit
	Account  AccountID
	Name     string
	At       time.Time
	FromRun  RunID
	UntilRun RunID
}

// Decisions returns the decisions on the findings of a report that held after a run,
// by key.
func (db *DB) Decisions(ctx context.Context, agency report.AgencyID, year int, asOf RunID) (map[string]Decision, error) {
	query := selectDecisions + ` WHERE d.agency = ? AND d.year = ? AND ` + holds("d")
	run := orLast(asOf)
	all, err := collect(ctx, db.read, query, scanDecision, agency, year, run, run)
	if err != nil {
		return nil, fmt.Errorf("decisions on %s for %d: %w", agency, year, err)
	}
	byKey := make(map[string]Decision, len(all))
	for _, d := range all {
		byKey[d.Key] = d
	}
	return byKey, nil
}

// DecisionsIn returns the decisions on the reports of a region for a year that held after a
// run, by agency and key.
func (db *DB) DecisionsIn(ctx context.Context, region standard.RegionCode, year int, asOf RunID) (map[report.AgencyID]map[string]Decision, error) {
	query := selectDecisions + ` JOIN agencies AS a ON a.id = d.agency AND ` + holds("a") + `
		WHERE d.year = ? AND a.region >= ? AND a.region < ? AND ` + holds("d")
	run := orLast(asOf)
	from, to := within(region)
	all, err := collect(ctx, db.read, query, scanDecision, run, run, year, from, to, run, run)
	if err != nil {
		return nil, fmt.Errorf("decisions in %s for %d: %w", region, year, err)
	}
	of := make(map[report.AgencyID]map[string]Decision)
	for _, d := range all {
		if of[d.Agency] == nil {
			of[d.Agency] = make(map[string]Decision)
		}
		of[d.Agency][d.Key] = d
	}
	return of, nil
}

const selectDecisions = `
	SELECT d.id, d.key, d.digest, d.agency, d.year, d.verdict, d.reason, d.answer, d.account, d.name, d.at, d.from_run,
		COALESCE(d.until_run, 0)
	FROM decisions AS d`

func scanDecision(row scanner) (d Decision, err error) {
	var at int64
	err = row.Scan(&d.ID, &d.Key, &d.Digest, &d.Agency, &d.Year, &d.Verdict, &d.Reason, &d.Answer, &d.Account, &d.Name, &at,
		&d.FromRun, &d.UntilRun)
	d.At = fromMillis(at)
	return d, err
}

// Decide keeps a decision in place of the one before on the same finding. One without
// a verdict takes that back. It comes from a run of its own, as a review does.
func (db *DB) Decide(ctx context.Context, d Decision, e Entry) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		run, err := reviewRun(ctx, tx, d.At)
		if err != nil {
			return err
		}
		const end = `UPDATE decisions SET until_run = ? WHERE key = ? AND until_run IS NULL`
		if _, err := tx.ExecContext(ctx, end, run, d.Key); err != nil {
			return err
		}
		if d.Verdict != "" {
			const query = `
				INSERT INTO decisions (key, digest, agency, year, verdict, reason, answer, account, name, at, from_run)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
			_, err := tx.ExecContext(ctx, query, d.Key, d.Digest, d.Agency, d.Year, d.Verdict, d.Reason, d.Answer, d.Account,
				d.Name, millis(d.At), run)
			if err != nil {
				return err
			}
		}
		return addEntry(ctx, tx, e)
	})
	if err != nil {
		return fmt.Errorf("decide on %s: %w", d.Key, err)
	}
	return nil
}
