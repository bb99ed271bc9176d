package store

import (
	"context"
	"fmt"

	"gongkai/internal/report"
)

// EachHistory calls f with the versions of every report that has several, the first
// first, each as it was read last before the query's run ended. Reports come by
// agency and year.
func (db *DB) EachHistory(ctx context.Context, q Query, f func(versions []Version) error) error {
	if err := db.eachHistory(ctx, q, f); err != nil {
		return fmt.Errorf("histories: %w", err)
	}
	return nil
}

func (db *DB) eachHistory(ctx context.Context, q Query, f func(versions []Version) error) error {
	asOf := orLast(q.AsOf)
	cond, args := q.where()
	query := `SELECT v.agency, v.year` + joined + ` WHERE v.number > 1 AND ` + cond + ` ORDER BY v.agency, v.year`
	type key struct {
		agency report.AgencyID
		year   int
	}
	keys, err := collect(ctx, db.read, query, func(row scanner) (k key, err error) {
		return k, row.Scan(&k.agency, &k.year)
	}, args...)
	if err != nil {
		return err
	}
	const versions = `SELECT id FROM versions WHERE agency = ? AND year = ? AND from_run <= ? ORDER BY number`
	for _, k := range keys {
		ids, err := collect(ctx, db.read, versions, func(row scanner) (id VersionID, err error) {
			return id, row.Scan(&id)
		}, k.agency, k.year, asOf)
		if err != nil {
			return err
		}
		all := make([]Version, len(ids))
		for i, id := range ids {
			if all[i], err = version(ctx, db.read, id, asOf); err != nil {
				return err
			}
		}
		if err := f(all); err != nil {
			return err
		}
	}
	return nil
}
