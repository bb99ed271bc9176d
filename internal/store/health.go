package store

import (
	"context"
	"fmt"
	"time"

	"gongkai/internal/report"
)

// A Health is how the house stands, in numbers for those who watch over it.
type Health struct {
	Version  RunID                             // of the data
	Reports  map[report.Status]int             // current versions by their status
	Portals  []PortalHealth                    // in the order of their ids
	Failures int                               // pages that failed and are not mended
	Jobs     map[JobState]int                  // in the queue; of those that ended, the latest
	LastRun  map[string]map[RunState]time.Time // when the last run of a kind ended in a state
}

// A PortalHealth is how the last look at a portal went.
type PortalHealth struct {
	Portal   string
	State    PortalState
	Looked   time.Time // when the last look ended
	LastGood time.Time // zero where no look was good
}

// Health counts.
func (db *DB) Health(ctx context.Context) (h Health, err error) {
	if h.Version, err = db.DataVersion(ctx); err != nil {
		return h, err
	}
	if h.Reports, err = count[report.Status](ctx, db, `
		SELECT r.status, COUNT(*) FROM versions AS v JOIN readings AS r ON r.version = v.id AND r.until_run IS NULL
		WHERE v.until_run IS NULL GROUP BY r.status`); err != nil {
		return h, fmt.Errorf("health: reports: %w", err)
	}
	if h.Jobs, err = db.jobStates(ctx); err != nil {
		return h, fmt.Errorf("health: jobs: %w", err)
	}
	const failures = `SELECT COUNT(DISTINCT portal || ' ' || url) FROM failures WHERE until_run IS NULL AND dismissed = ''`
	if err := db.read.QueryRowContext(ctx, failures).Scan(&h.Failures); err != nil {
		return h, fmt.Errorf("health: failures: %w", explain(err))
	}
	if h.Portals, err = db.portalHealth(ctx); err != nil {
		return h, fmt.Errorf("health: portals: %w", err)
	}
	if h.LastRun, err = db.lastRuns(ctx); err != nil {
		return h, fmt.Errorf("health: runs: %w", err)
	}
	return h, nil
}

// count returns the number of each key.
func count[K ~string](ctx context.Context, db *DB, query string) (map[K]int, error) {
	all := map[K]int{}
	_, err := collect(ctx, db.read, query, func(row scanner) (n int, err error) {
		var key K
		err = row.Scan(&key, &n)
		all[key] = n
		return n, err
	})
	return all, err
}

// portalHealth returns how the last look at each portal went. What asks for single pages
// again, or reads what a person hands in, is no look: it says nothing of the lists.
func (db *DB) portalHealth(ctx context.Context) ([]PortalHealth, error) {
	const query = `
		SELECT p.portal, p.state, p.finished_at,
			COALESCE((SELECT MAX(l.at) FROM looks AS l WHERE l.portal = p.portal AND l.good), 0)
		FROM run_portals AS p
		WHERE p.finished_at > 0 AND p.run = (
			SELECT MAX(q.run) FROM run_portals AS q JOIN runs AS r ON r.id = q.run
			WHERE q.portal = p.portal AND q.finished_at > 0 AND r.kind <> 'retry' AND NOT (r.kind = 'import' AND q.state = 'ok' AND q.lists = 0))
		ORDER BY p.portal`
	return collect(ctx, db.read, query, func(row scanner) (p PortalHealth, err error) {
		var looked, good int64
		err = row.Scan(&p.Portal, &p.State, &looked, &good)
		p.Looked, p.LastGood = fromMillis(looked), fromMillis(good)
		return p, err
	})
}

// lastRuns returns when the last run of each kind ended in each state.
func (db *DB) lastRuns(ctx context.Context) (map[string]map[RunState]time.Time, error) {
	all := map[string]map[RunState]time.Time{}
	const query = `SELECT kind, state, MAX(finished_at) FROM runs WHERE finished_at > 0 GROUP BY kind, state`
	_, err := collect(ctx, db.read, query, func(row scanner) (n int64, err error) {
		var kind string
		var state RunState
		err = row.Scan(&kind, &state, &n)
		if all[kind] == nil {
			all[kind] = map[RunState]time.Time{}
		}
		all[kind][state] = fromMillis(n)
		return n, err
	})
	return all, err
}
