package store

import (
	"context"
	"database/sql"
	"fmt"

	"gongkai/internal/standard"
)

// Sketches are sketches of the words of some readings of one county and year, in a form
// that those who compare words agree on. What a reading says never changes, so that they
// are added to and never wrong; they can be made again at any time.
type Sketches struct {
	County standard.RegionCode
	Year   int
	Last   int64 // reading that they are of
	Body   []byte
}

// SketchesOf returns the sketches of a region and year that were made by some definitions,
// by county.
func (db *DB) SketchesOf(ctx context.Context, region standard.RegionCode, year int, made string) ([]Sketches, error) {
	const query = `
		SELECT s.county, s.year, s.reading, s.body FROM sketches AS s
		WHERE s.county >= ? AND s.county < ? AND s.year = ? AND s.made = ? ORDER BY s.county`
	from, to := within(region)
	all, err := collect(ctx, db.read, query, scanSketches, from, to, year, made)
	if err != nil {
		return nil, fmt.Errorf("sketches of %s in %d: %w", region, year, err)
	}
	return all, nil
}

// SketchesIn calls f with the sketches of a county that were made by some definitions.
func (db *DB) SketchesIn(ctx context.Context, county standard.RegionCode, made string, f func(Sketches) error) error {
	const query = `SELECT s.county, s.year, s.reading, s.body FROM sketches AS s WHERE s.county = ? AND s.made = ?`
	all, err := collect(ctx, db.read, query, scanSketches, county, made)
	if err != nil {
		return fmt.Errorf("sketches of %s: %w", county, err)
	}
	for _, s := range all {
		if err := f(s); err != nil {
			return err
		}
	}
	return nil
}

// scanSketches reads a row of sketches.
func scanSketches(row scanner) (s Sketches, err error) {
	return s, row.Scan(&s.County, &s.Year, &s.Last, &s.Body)
}

// PutSketches keeps sketches beside those that are there.
func (db *DB) PutSketches(ctx context.Context, made string, all []Sketches) error {
	const query = `
		INSERT INTO sketches (county, year, reading, made, body) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (county, year, reading) DO UPDATE SET made = excluded.made, body = excluded.body`
	err := db.transact(ctx, func(tx *sql.Tx) error {
		for _, s := range all {
			if _, err := tx.ExecContext(ctx, query, s.County, s.Year, s.Last, made, s.Body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep sketches: %w", err)
	}
	return nil
}

// DropSketches forgets all sketches. They are made again when they are asked for.
func (db *DB) DropSketches(ctx context.Context) error {
	if _, err := db.write.ExecContext(ctx, `DELETE FROM sketches`); err != nil {
		return fmt.Errorf("drop sketches: %w", explain(err))
	}
	return nil
}

// A ReadingRef names a current reading, and the row of the register that its agency has.
type ReadingRef struct {
	Reading int64
	Listed  RunID               // from which run on the register says what it says of the agency
	County  standard.RegionCode // that the agency is listed under
}

// ReadingRefs returns the current readings of a query, in no order.
func (db *DB) ReadingRefs(ctx context.Context, q Query) ([]ReadingRef, error) {
	cond, args := q.where()
	query := `SELECT r.id, a.from_run, a.county` + joined + ` WHERE ` + cond
	var last string
	all, err := collect(ctx, db.read, query, func(row scanner) (ReadingRef, error) {
		var reading, listed int64
		var county string
		err := row.Scan(&reading, &listed, &county)
		if county == last {
			county = last // so that many refs keep few strings
		}
		last = county
		return ReadingRef{reading, RunID(listed), standard.RegionCode(county)}, err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("readings: %w", err)
	}
	return all, nil
}
