package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A RegionSum is what the reports of a region and year say together, in a form that those
// who add them up agree on. Unlike a Sum it is made when a run has ended: of the state in
// between, the last one that was settled is told.
type RegionSum struct {
	Region standard.RegionCode // standard.Country; Own codes for what is listed under a region itself
	Year   int                 // 0 for what is of no year
	Body   []byte
	OpenAt int64 // milliseconds: a good look from then on may say more of an absent report, 0 for none
	Found  int64 // milliseconds: when the last of its reports was found
}

// A SettledState is a state whose region sums are all there.
type SettledState struct {
	Run     RunID // the newest run then
	Ended   int64 // how many runs had ended
	Reading int64 // the last reading then
}

// SettledAt returns the newest state that was settled with some definitions, or where
// asOf is not 0 the one of that run; report.ErrNotFound where there is none.
func (db *DB) SettledAt(ctx context.Context, made string, asOf RunID) (SettledState, error) {
	query := `SELECT run, ended, reading FROM settled WHERE made = ? ORDER BY run DESC LIMIT 1`
	args := []any{made}
	if asOf > 0 {
		query, args = `SELECT run, ended, reading FROM settled WHERE made = ? AND run = ?`, append(args, asOf)
	}
	s, err := one(ctx, db.read, query, func(row scanner) (s SettledState, err error) { return s, row.Scan(&s.Run, &s.Ended, &s.Reading) }, args...)
	if err != nil {
		return s, fmt.Errorf("settled state: %w", err)
	}
	return s, nil
}

// EachRegionSum calls f with the sums of a region of all years, as they held after a
// settled run. Body is f's only until it returns.
func (db *DB) EachRegionSum(ctx context.Context, region standard.RegionCode, asOf RunID, made string, f func(RegionSum) error) error {
	return db.eachRegionSum(ctx, `s.region = ?`, []any{region}, asOf, made, f)
}

// RegionSumsOf calls f with some sums of regions as they held after a settled run, in no
// order. Body is f's to keep.
func (db *DB) RegionSumsOf(ctx context.Context, of []CountyYear, asOf RunID, made string, f func(RegionSum) error) error {
	const query = `
		SELECT s.region, s.year, s.body, s.open_at, s.found_at FROM t CROSS JOIN region_sums AS s
		WHERE s.region = t.code AND s.year = t.year AND s.from_run <= ? AND (s.until_run IS NULL OR s.until_run > ?) AND s.made = ?`
	if err := db.some(ctx, query, of, asOf, made, f); err != nil {
		return fmt.Errorf("sums of regions: %w", err)
	}
	return nil
}

// RegionHead returns what is of no year of a region; report.ErrNotFound where nothing is
// kept of it.
func (db *DB) RegionHead(ctx context.Context, region standard.RegionCode, asOf RunID, made string) ([]byte, error) {
	query := `SELECT s.body FROM region_sums AS s WHERE s.region = ? AND s.year = 0 AND ` + holds("s") + ` AND s.made = ?`
	body, err := one(ctx, db.read, query, func(row scanner) (b []byte, err error) { return b, row.Scan(&b) }, region, asOf, asOf, made)
	if err != nil {
		return nil, fmt.Errorf("head of region %s: %w", region, err)
	}
	return body, nil
}

// EachChildSum calls f with the sums of the regions one level below a region, and of what
// is listed under it itself, by region and year; year -1 is all years.
func (db *DB) EachChildSum(ctx context.Context, region standard.RegionCode, year int, asOf RunID, made string, f func(RegionSum) error) error {
	where, args := `s.region >= ? AND s.region < ? AND (LENGTH(s.region) = ? OR s.region = ?)`, []any{"1", ":", 2, region.Own()}
	if region != standard.Country {
		from, to := within(region)
		args = []any{from, to, len(region) + 2, region.Own()}
	}
	if year >= 0 {
		where, args = where+` AND s.year = ?`, append(args, year)
	}
	return db.eachRegionSum(ctx, where, args, asOf, made, f)
}

// EachCountyHead calls f with what is of no year of each county, and of what is listed
// under regions above them, in the order of their codes.
func (db *DB) EachCountyHead(ctx context.Context, asOf RunID, made string, f func(RegionSum) error) error {
	return db.eachRegionSum(ctx, `s.year = 0 AND (LENGTH(s.region) = 6 OR s.region LIKE '%.')`, nil, asOf, made, f)
}

func (db *DB) eachRegionSum(ctx context.Context, where string, args []any, asOf RunID, made string, f func(RegionSum) error) error {
	query := `
		SELECT s.region, s.year, s.open_at, s.found_at, s.body FROM region_sums AS s
		WHERE ` + where + ` AND ` + holds("s") + ` AND s.made = ?
		ORDER BY s.region, s.year`
	rows, err := db.read.QueryContext(ctx, query, append(args, asOf, asOf, made)...)
	if err != nil {
		return fmt.Errorf("region sums: %w", explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		var region string
		var year, open, found int64
		var body sql.RawBytes
		if err := rows.Scan(&region, &year, &open, &found, &body); err != nil {
			return fmt.Errorf("region sums: %w", err)
		}
		if err := f(RegionSum{Region: standard.RegionCode(region), Year: int(year), Body: body, OpenAt: open, Found: found}); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("region sums: %w", explain(err))
	}
	return nil
}

// A RegionKeeper keeps the sums of one state, in one transaction.
type RegionKeeper struct {
	tx    *sql.Tx
	run   RunID
	made  string
	ready map[string]*sql.Stmt // by their text
}

// Run is the newest run of the state.
func (k *RegionKeeper) Run() RunID { return k.run }

// exec does a statement that is made ready once: a state has many rows.
func (k *RegionKeeper) exec(ctx context.Context, query string, args ...any) error {
	stmt := k.ready[query]
	if stmt == nil {
		var err error
		if stmt, err = k.tx.PrepareContext(ctx, query); err != nil {
			return err
		}
		k.ready[query] = stmt
	}
	_, err := stmt.ExecContext(ctx, args...)
	return err
}

// Put keeps a sum from this state on, in place of the one before.
func (k *RegionKeeper) Put(ctx context.Context, s RegionSum) error {
	const end = `UPDATE region_sums SET until_run = ? WHERE region = ? AND year = ? AND until_run IS NULL AND from_run < ?`
	if err := k.exec(ctx, end, k.run, s.Region, s.Year, k.run); err != nil {
		return err
	}
	const query = `
		INSERT INTO region_sums (region, year, from_run, made, open_at, found_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (region, year, from_run) DO UPDATE SET
			until_run = NULL, made = excluded.made, open_at = excluded.open_at, found_at = excluded.found_at, body = excluded.body`
	return k.exec(ctx, query, s.Region, s.Year, k.run, k.made, s.OpenAt, s.Found, s.Body)
}

// PutSum keeps a sum of a county from this state on, until something ends it; what held
// before has ended already.
func (k *RegionKeeper) PutSum(ctx context.Context, s Sum) error {
	const query = `
		INSERT INTO sums (county, year, from_run, made, body) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (county, year, from_run) DO UPDATE SET
			until_run = NULL, made = excluded.made, body = excluded.body`
	return k.exec(ctx, query, s.County, s.Year, k.run, k.made, s.Body)
}

// End says that from this state on there is no such sum.
func (k *RegionKeeper) End(ctx context.Context, region standard.RegionCode, year int) error {
	const drop = `DELETE FROM region_sums WHERE region = ? AND year = ? AND from_run >= ?`
	if err := k.exec(ctx, drop, region, year, k.run); err != nil {
		return err
	}
	const end = `UPDATE region_sums SET until_run = ? WHERE region = ? AND year = ? AND until_run IS NULL`
	return k.exec(ctx, end, k.run, region, year)
}

// close lets go of what was made ready.
func (k *RegionKeeper) close() error {
	var err error
	for _, stmt := range k.ready {
		err = errors.Join(err, stmt.Close())
	}
	return err
}

// KeepRegionSums keeps what put puts as sums of the state of which ended runs had ended,
// in one transaction, and with mark it marks that state as settled: nobody reads the sums
// of one that is not. It keeps nothing, and says so, where a run works or has ended since.
func (db *DB) KeepRegionSums(ctx context.Context, ended int64, made string, mark bool, put func(k *RegionKeeper) error) (kept bool, err error) {
	err = db.transact(ctx, func(tx *sql.Tx) error {
		settled, count, err := settledIn(ctx, tx)
		if kept = err == nil && settled && count == ended; !kept {
			return err
		}
		const newest = `SELECT COALESCE(MAX(id), 0) FROM runs`
		run, err := one(ctx, tx, newest, func(row scanner) (id RunID, err error) { return id, row.Scan(&id) })
		if err != nil {
			return err
		}
		k := &RegionKeeper{tx: tx, run: run, made: made, ready: make(map[string]*sql.Stmt)}
		if err := errors.Join(put(k), k.close()); err != nil || !mark {
			return err
		}
		const query = `
			INSERT INTO settled (run, made, ended, reading) VALUES (?, ?, ?, (SELECT COALESCE(MAX(id), 0) FROM readings))
			ON CONFLICT (run, made) DO UPDATE SET ended = excluded.ended, reading = excluded.reading`
		if _, err = tx.ExecContext(ctx, query, run, made, ended); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM settled WHERE made <> ?`, made) // of other definitions nothing is left
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keep region sums: %w", err)
	}
	return kept, nil
}

// Stirred returns the counties, or regions with agencies of their own, whose coverage may
// be another than after a settled run: portals were looked through or began or ceased to
// cover their agencies, or the register changed. Of looks those count that can matter.
func (db *DB) Stirred(ctx context.Context, since RunID) ([]standard.RegionCode, error) {
	const query = `
		SELECT DISTINCT a.county FROM watches AS w JOIN agencies AS a ON a.id = w.agency
		WHERE w.from_run > ? OR w.until_run > ?
		UNION SELECT a.county FROM agencies AS a WHERE a.from_run > ? OR a.until_run > ?
		UNION SELECT a.county
		FROM (
			SELECT w.agency, MIN(l.at) AS first_at, MAX(CASE WHEN l.good THEN l.at ELSE 0 END) AS good_at
			FROM looks AS l JOIN watches AS w ON w.portal = l.portal AND w.until_run IS NULL
			WHERE l.run > ? GROUP BY w.agency
		) AS k
		JOIN agencies AS a ON a.id = k.agency AND a.until_run IS NULL
		JOIN (
			SELECT region, MIN(CASE WHEN open_at > 0 THEN open_at END) AS open_at, MAX(found_at) AS found_at
			FROM region_sums WHERE until_run IS NULL GROUP BY region
		) AS s ON s.region = CASE WHEN LENGTH(a.county) = 6 THEN a.county ELSE a.county || '.' END
		WHERE s.open_at <= k.good_at OR s.found_at > k.first_at
		ORDER BY 1`
	all, err := collect(ctx, db.read, query, func(row scanner) (c standard.RegionCode, err error) { return c, row.Scan(&c) },
		since, since, since, since, since)
	if err != nil {
		return nil, fmt.Errorf("counties whose coverage changed: %w", err)
	}
	return all, nil
}

// DropRegionSums forgets all region sums and settled states.
func (db *DB) DropRegionSums(ctx context.Context) error {
	_, err := db.write.ExecContext(ctx, `DELETE FROM region_sums`)
	_, mark := db.write.ExecContext(ctx, `DELETE FROM settled`)
	if err := errors.Join(err, mark); err != nil {
		return fmt.Errorf("drop region sums: %w", explain(err))
	}
	return nil
}

// CountyBounds returns the lowest and the highest code that agencies are listed under, and how many there are;
// report.ErrNotFound without any.
func (db *DB) CountyBounds(ctx context.Context) (first, last standard.RegionCode, agencies int, err error) {
	const query = `SELECT COALESCE(MIN(county), ''), COALESCE(MAX(county), ''), COUNT(*) FROM agencies WHERE until_run IS NULL`
	_, err = one(ctx, db.read, query, func(row scanner) (struct{}, error) { return struct{}{}, row.Scan(&first, &last, &agencies) })
	if err == nil && agencies == 0 {
		err = report.ErrNotFound
	}
	if err != nil {
		return "", "", 0, fmt.Errorf("counties: %w", err)
	}
	return first, last, agencies, nil
}
