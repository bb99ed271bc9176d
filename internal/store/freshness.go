package store

import (
	"context"
	"fmt"
	"time"
)

// Freshness returns when the last good look was and when the last change came, as far as
// a run knew; run 0 is now. Each is zero where there was none.
func (db *DB) Freshness(ctx context.Context, run RunID) (looked, changed time.Time, err error) {
	for _, part := range []struct {
		into  *time.Time
		query string
	}{
		// The plus keeps the order of the ids: an index on the runs would have all of a run sorted.
		{&looked, `SELECT at FROM looks WHERE good AND +run <= ? ORDER BY id DESC LIMIT 1`},
		{&changed, `SELECT at FROM changes WHERE +run <= ? ORDER BY id DESC LIMIT 1`},
	} {
		all, err := collect(ctx, db.read, part.query, func(row scanner) (at int64, err error) { return at, row.Scan(&at) }, orLast(run))
		if err != nil {
			return looked, changed, fmt.Errorf("freshness after run %d: %w", run, err)
		}
		if len(all) > 0 {
			*part.into = fromMillis(all[0])
		}
	}
	return looked, changed, nil
}
