package store

import (
	"context"
	"fmt"
)

// Sizes are what a database takes, in bytes.
type Sizes struct {
	Values int64 // what readings print: amounts and states, packed
	All    int64 // all tables with their indexes, on the disk
}

// Sizes measures the database. It reads all readings.
func (db *DB) Sizes(ctx context.Context) (s Sizes, err error) {
	number := func(row scanner) (n int64, err error) { return n, row.Scan(&n) }
	size := `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
	if db.dialect == onPostgres {
		size = `SELECT pg_database_size(current_database())`
	}
	if s.All, err = one(ctx, db.read, size, number); err == nil {
		s.Values, err = one(ctx, db.read, `SELECT COALESCE(SUM(LENGTH(cells)), 0) FROM readings`, number)
	}
	if err != nil {
		return s, fmt.Errorf("measure the database: %w", err)
	}
	return s, nil
}
