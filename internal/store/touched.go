package store

import (
	"context"
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Touched is a report of which something is not as it was in a settled state: it has a
// new version or a new reading, or one of them has ended.
type Touched struct {
	County standard.RegionCode // that its agency is listed under now
	Agency report.AgencyID
	Year   int
	Before *VersionValues // what it said in that state, nil for nothing
	After  *VersionValues // what it says now, nil for nothing
	Sound  bool           // Before is what the sums of that state were made of
}

// Touched returns the reports that are not as they were in a settled state, by county and
// year, without what they say.
func (db *DB) Touched(ctx context.Context, since SettledState) ([]Touched, error) {
	const query = `
		SELECT DISTINCT a.county, t.agency, t.year
		FROM (
			SELECT v.agency, v.year FROM readings AS r JOIN versions AS v ON v.id = r.version WHERE r.id > ?
			UNION SELECT v.agency, v.year FROM readings AS r JOIN versions AS v ON v.id = r.version WHERE r.until_run > ?
			UNION SELECT v.agency, v.year FROM versions AS v WHERE v.until_run > ?
		) AS t
		JOIN agencies AS a ON a.id = t.agency AND a.until_run IS NULL
		ORDER BY a.county, t.year, t.agency`
	all, err := collect(ctx, db.read, query, func(row scanner) (t Touched, err error) {
		return t, row.Scan(&t.County, &t.Agency, &t.Year)
	}, since.Reading, since.Run, since.Run)
	if err != nil {
		return nil, fmt.Errorf("reports touched since run %d: %w", since.Run, err)
	}
	return all, nil
}

// touchedAtATime is how many reports FillTouched asks for with one statement.
const touchedAtATime = 200

// FillTouched says of touched reports what they said in the settled state and what they
// say now.
func (db *DB) FillTouched(ctx context.Context, since SettledState, all []Touched) error {
	for len(all) > 0 {
		n := min(touchedAtATime, len(all))
		if err := db.fillTouched(ctx, since, all[:n]); err != nil {
			return fmt.Errorf("reports touched since run %d: %w", since.Run, err)
		}
		all = all[n:]
	}
	return nil
}

func (db *DB) fillTouched(ctx context.Context, since SettledState, all []Touched) error {
	asked := `(CAST(? AS TEXT), CAST(? AS INTEGER))`
	type key struct {
		agency report.AgencyID
		year   int
	}
	var args []any
	at := make(map[key]*Touched, len(all))
	for i := range all {
		if i > 0 {
			asked += `, (?, ?)`
		}
		args = append(args, all[i].Agency, all[i].Year)
		at[key{all[i].Agency, all[i].Year}] = &all[i]
		all[i].Sound = true
	}
	query := `
		WITH t (agency, year) AS (VALUES ` + asked + `)
		SELECT v.id, v.agency, v.year, v.number, v.published_on, v.first_found, v.found_at, v.original, v.url, v.from_run,
			COALESCE(v.until_run, 0), r.format, r.status, r.rules, r.corrected, r.cells, r.id, r.from_run, COALESCE(r.until_run, 0)
		FROM t CROSS JOIN versions AS v CROSS JOIN readings AS r
		WHERE v.agency = t.agency AND v.year = t.year AND r.version = v.id`
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	var room Cells
	for rows.Next() {
		var row versionRow
		var reading, from, until int64
		err := rows.Scan(&row.id, &row.agency, &row.year, &row.number, &row.published, &row.first, &row.found, &row.original, &row.url, &row.fromRun,
			&row.untilRun, &row.format, &row.status, &row.rules, &row.corrected, &row.cells, &reading, &from, &until)
		if err != nil {
			return err
		}
		now := row.untilRun == 0 && until == 0
		then := held(row.fromRun, row.untilRun, since.Run) && held(from, until, since.Run)
		t := at[key{report.AgencyID(row.agency), int(row.year)}]
		if t == nil || !now && !then {
			continue
		}
		v, err := row.values()
		if err != nil {
			return err
		}
		if v.Cells, room, err = unpackCells(row.cells, room); err != nil {
			return err
		}
		if now {
			t.After = &v
		}
		if then {
			t.Before, t.Sound = &v, t.Sound && t.Before == nil && reading <= since.Reading
		}
	}
	return explain(rows.Err())
}

// held reports whether a fact held after a run.
func held(from, until int64, run RunID) bool {
	return from <= int64(run) && (until == 0 || until > int64(run))
}
