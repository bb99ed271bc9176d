package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// AskStop asks whoever looks at a portal to stop. It reports whether there was anybody, or
// whether a look that waited has been taken out of the queue, as the caller knows.
func (db *DB) AskStop(ctx context.Context, portal string, waited bool, at time.Time, by string, e Entry) (found bool, err error) {
	err = db.transact(ctx, func(tx *sql.Tx) error {
		const ask = `
			INSERT INTO stops (run, portal, at, stopped_by)
			SELECT p.run, p.portal, CAST(? AS BIGINT), CAST(? AS TEXT) FROM run_portals AS p JOIN runs AS r ON r.id = p.run
			WHERE p.portal = ? AND p.state = ? AND r.state = ?
			ON CONFLICT (run, portal) DO NOTHING`
		asked, err := tx.ExecContext(ctx, ask, millis(at), by, portal, PortalRunning, RunRunning)
		if err != nil {
			return err
		}
		running, err := asked.RowsAffected()
		if err != nil {
			return err
		}
		if found = running > 0 || waited; !found {
			return nil
		}
		return addEntry(ctx, tx, e)
	})
	if err != nil {
		return false, fmt.Errorf("stop the look at %s: %w", portal, explain(err))
	}
	return found, nil
}

// Stops returns the portals at which a run is to stop, each with who wants it.
func (db *DB) Stops(ctx context.Context, run RunID) (map[string]string, error) {
	by := make(map[string]string)
	_, err := collect(ctx, db.read, `SELECT portal, stopped_by FROM stops WHERE run = ?`, func(row scanner) (portal string, err error) {
		var who string
		err = row.Scan(&portal, &who)
		by[portal] = who
		return portal, err
	}, run)
	if err != nil {
		return nil, fmt.Errorf("stops of run %d: %w", run, err)
	}
	return by, nil
}

// LastLayout returns what the lists of a portal were built of at its last good look, nil
// where that is not known.
func (db *DB) LastLayout(ctx context.Context, portal string) (map[string]string, error) {
	const query = `
		SELECT p.layout FROM run_portals AS p
		WHERE p.portal = ? AND p.layout <> ''
			AND EXISTS (SELECT 1 FROM looks AS l WHERE l.run = p.run AND l.portal = p.portal AND l.good)
		ORDER BY p.run DESC LIMIT 1`
	all, err := collect(ctx, db.read, query, func(row scanner) (layout map[string]string, err error) {
		var text string
		if err := row.Scan(&text); err != nil {
			return nil, err
		}
		return layout, fromJSON(text, &layout)
	}, portal)
	if err != nil {
		return nil, fmt.Errorf("layout of %s: %w", portal, err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return all[0], nil
}

// Hasten makes a lease that waits due at a time, or adds it where none is open.
func (db *DB) Hasten(ctx context.Context, kind, key, payload string, due time.Time) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		const sooner = `UPDATE leases SET run_after = ?, payload = ? WHERE kind = ? AND unique_key = ? AND state = ?`
		if _, err := tx.ExecContext(ctx, sooner, millis(due), payload, kind, key, LeaseWaiting); err != nil {
			return err
		}
		const add = `
			INSERT INTO leases (kind, unique_key, payload, state, run_after, enqueued_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (kind, unique_key) WHERE state IN ('waiting', 'leased') DO NOTHING`
		_, err := tx.ExecContext(ctx, add, kind, key, payload, LeaseWaiting, millis(due), millis(due))
		return err
	})
	if err != nil {
		return fmt.Errorf("hasten %s %s: %w", kind, key, explain(err))
	}
	return nil
}
