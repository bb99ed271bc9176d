package store

import (
	"context"
	"fmt"

	"gongkai/internal/standard"
)

// AddChange keeps a change that no version tells of, such as a report that is no
// longer where it was.
func (db *DB) AddChange(ctx context.Context, c ChangeRow) error {
	if err := addChange(ctx, db.write, c); err != nil {
		return fmt.Errorf("keep a change of %s: %w", c.Agency, err)
	}
	return nil
}

func addChange(ctx context.Context, q querier, c ChangeRow) error {
	const query = `
		INSERT INTO changes (run, at, kind, agency, year, version, text) VALUES (?, ?, ?, ?, ?, ?, ?)`
	_, err := q.ExecContext(ctx, query, c.Run, millis(c.At), c.Kind, c.Agency, c.Year, c.Version, c.Text)
	return explain(err)
}

// Changes returns the latest changes of a region and all below, newest first; at
// most limit, or all where it is 0.
func (db *DB) Changes(ctx context.Context, region standard.RegionCode, limit int) ([]ChangeRow, error) {
	query := `
		SELECT c.id, c.run, c.at, c.kind, c.agency, a.name, a.region, c.year, c.version, c.text, a.demo
		FROM changes AS c JOIN agencies AS a ON a.id = c.agency AND a.until_run IS NULL
		WHERE a.region >= ? AND a.region < ?
		ORDER BY c.id DESC`
	from, to := within(region)
	args := []any{from, to}
	if limit > 0 {
		query += " LIMIT ?"
		args = append(args, limit)
	}
	all, err := collect(ctx, db.read, query, func(row scanner) (c ChangeRow, err error) {
		var at int64
		err = row.Scan(&c.ID, &c.Run, &at, &c.Kind, &c.Agency, &c.AgencyName, &c.Region, &c.Year, &c.Version, &c.Text, &c.Demo)
		c.At = fromMillis(at)
		return c, err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("changes in %s: %w", region, err)
	}
	return all, nil
}
