package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Sum is what the reports of one county and year say together, in a form that those
// who add them up agree on. The store keeps it, and ends it in the same step in which a
// report or the register changes what it was made from: a Sum that holds is never behind.
type Sum struct {
	County standard.RegionCode
	Year   int // 0 for the list of the county's years
	Body   []byte
}

// EachSum calls f with the sums of a region that were made by some definitions and hold
// after a run, by county and year. Body is f's only until it returns.
func (db *DB) EachSum(ctx context.Context, region standard.RegionCode, asOf RunID, made string, f func(Sum) error) error {
	query := `
		SELECT s.county, s.year, s.body FROM sums AS s
		WHERE ` + holds("s") + ` AND s.county >= ? AND s.county < ? AND s.made = ?
		ORDER BY s.county, s.year, s.from_run`
	asOf = orLast(asOf)
	from, to := within(region)
	rows, err := db.read.QueryContext(ctx, query, asOf, asOf, from, to, made)
	if err != nil {
		return fmt.Errorf("sums of %s: %w", region, explain(err))
	}
	defer rows.Close()
	var last string
	for rows.Next() {
		var county string
		var year int64
		var body sql.RawBytes
		if err := rows.Scan(&county, &year, &body); err != nil {
			return fmt.Errorf("sums of %s: %w", region, err)
		}
		if county == last {
			county = last // so that many rows keep few strings
		}
		last = county
		if err := f(Sum{standard.RegionCode(county), int(year), body}); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("sums of %s: %w", region, explain(err))
	}
	return nil
}

// A CountyYear names a sum.
type CountyYear struct {
	County standard.RegionCode // of a RegionSum its region
	Year   int
}

// atOnce is how many sums are asked for with one statement.
const atOnce = 400

// SumsOf calls f with some sums of counties as they held after a run, in no order. Body
// is f's to keep.
func (db *DB) SumsOf(ctx context.Context, of []CountyYear, asOf RunID, made string, f func(Sum) error) error {
	const query = `
		SELECT s.county, s.year, s.body, 0, 0 FROM t CROSS JOIN sums AS s
		WHERE s.county = t.code AND s.year = t.year AND s.from_run <= ? AND (s.until_run IS NULL OR s.until_run > ?) AND s.made = ?`
	err := db.some(ctx, query, of, asOf, made, func(s RegionSum) error { return f(Sum{s.Region, s.Year, s.Body}) })
	if err != nil {
		return fmt.Errorf("sums of counties: %w", err)
	}
	return nil
}

// some asks for sums, many with one statement.
func (db *DB) some(ctx context.Context, query string, of []CountyYear, asOf RunID, made string, f func(RegionSum) error) error {
	for some := range slices.Chunk(of, atOnce) {
		asked := `WITH t (code, year) AS (VALUES (CAST(? AS TEXT), CAST(? AS INTEGER))` + strings.Repeat(`, (?, ?)`, len(some)-1) + `)`
		args := make([]any, 0, 2*len(some)+3)
		for _, one := range some {
			args = append(args, string(one.County), one.Year)
		}
		rows, err := collect(ctx, db.read, asked+query, func(row scanner) (s RegionSum, err error) {
			var region string
			var year int64
			err = row.Scan(&region, &year, &s.Body, &s.OpenAt, &s.Found)
			s.Region, s.Year = standard.RegionCode(region), int(year)
			return s, err
		}, append(args, asOf, asOf, made)...)
		if err != nil {
			return err
		}
		for _, s := range rows {
			if err := f(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// EachSumOfYear is EachSum of one year.
func (db *DB) EachSumOfYear(ctx context.Context, region standard.RegionCode, year int, asOf RunID, made string, f func(Sum) error) error {
	from, to := within(region)
	query := `
		SELECT s.county, s.body FROM sums AS s
		WHERE s.year = ? AND s.county >= ? AND s.county < ? AND ` + holds("s") + ` AND s.made = ?
		ORDER BY s.county`
	rows, err := db.read.QueryContext(ctx, query, year, from, to, asOf, asOf, made)
	if err != nil {
		return fmt.Errorf("sums of %s in %d: %w", region, year, explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		var county string
		var body sql.RawBytes
		if err := rows.Scan(&county, &body); err != nil {
			return fmt.Errorf("sums of %s in %d: %w", region, year, err)
		}
		if err := f(Sum{standard.RegionCode(county), year, body}); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("sums of %s in %d: %w", region, year, explain(err))
	}
	return nil
}

// KeepSums keeps sums that were made of the state after a run, for that run alone, or
// where asOf is 0 of what holds now, until something ends them. It keeps nothing, and
// says so, where a run works or where not so many have ended as had before the sums were
// made: what they were made of may have been seen in part.
func (db *DB) KeepSums(ctx context.Context, asOf RunID, ended int64, made string, sums []Sum) (kept bool, err error) {
	err = db.transact(ctx, func(tx *sql.Tx) error {
		settled, count, err := settledIn(ctx, tx)
		if kept = err == nil && settled && count == ended; !kept {
			return err
		}
		run, until := asOf, any(asOf+1)
		if asOf == 0 {
			const newest = `SELECT COALESCE(MAX(id), 0) FROM runs`
			if run, err = one(ctx, tx, newest, func(row scanner) (id RunID, err error) { return id, row.Scan(&id) }); err != nil {
				return err
			}
			until = nil
		}
		const query = `
			INSERT INTO sums (county, year, from_run, until_run, made, body) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (county, year, from_run) DO UPDATE SET
				until_run = excluded.until_run, made = excluded.made, body = excluded.body`
		for _, s := range sums {
			if _, err := tx.ExecContext(ctx, query, s.County, s.Year, run, until, made, s.Body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("keep sums: %w", err)
	}
	return kept, nil
}

// DropSums forgets all sums. They are made again when they are asked for.
func (db *DB) DropSums(ctx context.Context) error {
	if _, err := db.write.ExecContext(ctx, `DELETE FROM sums`); err != nil {
		return fmt.Errorf("drop sums: %w", explain(err))
	}
	return nil
}

// endSums ends with a run the sums that a condition finds. Those that began with it or
// later never held: a run may end after others that began later.
func endSums(ctx context.Context, tx *sql.Tx, run RunID, where string, args ...any) error {
	drop := `DELETE FROM sums WHERE from_run >= ? AND ` + where
	if _, err := tx.ExecContext(ctx, drop, append([]any{run}, args...)...); err != nil {
		return err
	}
	end := `UPDATE sums SET until_run = ? WHERE (until_run IS NULL OR until_run > ?) AND ` + where
	_, err := tx.ExecContext(ctx, end, append([]any{run, run}, args...)...)
	return err
}

// endSumsOf ends the sums that versions are part of: those of their years. There mostly are
// none any more, which is asked first: asking is cheaper than writing nothing. The joins
// go from a version to its county (CROSS JOIN holds SQLite to it), never over all sums
// of a year.
func endSumsOf(ctx context.Context, tx *sql.Tx, run RunID, ids ...VersionID) error {
	type part struct {
		county string
		year   int
	}
	return inSome(ids, func(list string, args []any) error {
		query := `
			SELECT s.county, v.year FROM versions AS v CROSS JOIN agencies AS a CROSS JOIN sums AS s
			WHERE v.id IN ` + list + ` AND a.id = v.agency AND s.county = a.county AND s.year IN (0, v.year) AND (s.until_run IS NULL OR s.until_run > ?)
			ORDER BY s.county, v.year`
		parts, err := collect(ctx, tx, query, func(row scanner) (p part, err error) { return p, row.Scan(&p.county, &p.year) }, append(args, run)...)
		for _, p := range slices.Compact(parts) {
			err = errors.Join(err, endSums(ctx, tx, run, `year IN (0, ?) AND county = ?`, p.year, p.county))
		}
		return err
	})
}

// endSumsOfAgency ends the sums of the counties that an agency has ever belonged to.
func endSumsOfAgency(ctx context.Context, tx *sql.Tx, run RunID, agency report.AgencyID) error {
	return endSums(ctx, tx, run, `county IN (SELECT county FROM agencies WHERE id = ?)`, agency)
}

// Unsummed returns the counties with agencies whose list of years does not hold, or was
// made by other definitions: whatever ends a sum ends that list too.
func (db *DB) Unsummed(ctx context.Context, made string) ([]standard.RegionCode, error) {
	const query = `
		SELECT DISTINCT a.county FROM agencies AS a
		WHERE a.until_run IS NULL AND NOT EXISTS (
			SELECT 1 FROM sums AS s WHERE s.county = a.county AND s.year = 0 AND s.until_run IS NULL AND s.made = ?)
		ORDER BY a.county`
	all, err := collect(ctx, db.read, query, func(row scanner) (c standard.RegionCode, err error) { return c, row.Scan(&c) }, made)
	if err != nil {
		return nil, fmt.Errorf("counties without sums: %w", err)
	}
	return all, nil
}

// CountiesIn returns the codes that agencies of a region were ever listed under, in order,
// "" for all: a walk through a wide region goes from one to the next.
func (db *DB) CountiesIn(ctx context.Context, region standard.RegionCode) ([]standard.RegionCode, error) {
	const query = `SELECT DISTINCT county FROM agencies WHERE county >= ? AND county < ? ORDER BY county`
	from, to := within(region)
	all, err := collect(ctx, db.read, query, func(row scanner) (c standard.RegionCode, err error) { return c, row.Scan(&c) }, from, to)
	if err != nil {
		return nil, fmt.Errorf("counties in %s: %w", region, err)
	}
	return all, nil
}

// Counties returns the codes that agencies are listed under, in order.
func (db *DB) Counties(ctx context.Context) ([]standard.RegionCode, error) {
	const query = `SELECT DISTINCT county FROM agencies WHERE until_run IS NULL ORDER BY county`
	all, err := collect(ctx, db.read, query, func(row scanner) (c standard.RegionCode, err error) { return c, row.Scan(&c) })
	if err != nil {
		return nil, fmt.Errorf("counties: %w", err)
	}
	return all, nil
}
