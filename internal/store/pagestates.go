package store

import (
	"context"
	"database/sql"
	"fmt"
)

// putPageStates keeps the states of addresses from a run on, where they are others than
// before. No address is there twice.
func putPageStates(ctx context.Context, tx *sql.Tx, pages []Page) error {
	before, err := pageStatesOf(ctx, tx, pages)
	if err != nil {
		return err
	}
	rows := tableRows{table: "page_states", columns: []string{"url", "portal", "state", "from_run"}}
	for _, p := range pages {
		was, known := before[p.URL]
		if was == (pageState{p.Portal, p.State}) {
			continue
		}
		if known {
			if err := endPageState(ctx, tx, p); err != nil {
				return err
			}
		}
		rows.add(p.URL, p.Portal, p.State, p.SeenRun)
	}
	return rows.insert(ctx, tx)
}

// A pageState is what the last request to an address came to, and at which portal.
type pageState struct {
	portal string
	state  PageState
}

// pageStatesOf returns the states of addresses by address; those that are new have none.
// It does not name the portal: SQLite would go through all pages of that.
func pageStatesOf(ctx context.Context, q querier, pages []Page) (map[string]pageState, error) {
	urls := make([]string, len(pages))
	for i, p := range pages {
		urls[i] = p.URL
	}
	states := make(map[string]pageState)
	err := inSome(urls, func(list string, args []any) error {
		query := `SELECT url, portal, state FROM page_states WHERE until_run IS NULL AND url IN ` + list
		_, err := collect(ctx, q, query, func(row scanner) (_ struct{}, err error) {
			var url string
			var s pageState
			err = row.Scan(&url, &s.portal, &s.state)
			states[url] = s
			return struct{}{}, err
		}, args...)
		return err
	})
	return states, err
}

// endPageState ends the state of an address with a run. Of two states that one run
// found the later one holds.
func endPageState(ctx context.Context, tx querier, p Page) error {
	const again = `DELETE FROM page_states WHERE url = ? AND from_run = ?`
	if _, err := tx.ExecContext(ctx, again, p.URL, p.SeenRun); err != nil {
		return err
	}
	const end = `UPDATE page_states SET until_run = ? WHERE url = ? AND until_run IS NULL`
	_, err := tx.ExecContext(ctx, end, p.SeenRun, p.URL)
	return err
}

// PageStates returns what the last request to each address of a portal had come to
// after a run; addresses that were not known then are not there.
func (db *DB) PageStates(ctx context.Context, portal string, asOf RunID) (map[string]PageState, error) {
	query := `SELECT s.url, s.state FROM page_states AS s WHERE s.portal = ? AND ` + holds("s")
	states := make(map[string]PageState)
	_, err := collect(ctx, db.read, query, func(row scanner) (_ struct{}, err error) {
		var url string
		var state PageState
		err = row.Scan(&url, &state)
		states[url] = state
		return struct{}{}, err
	}, portal, orLast(asOf), orLast(asOf))
	if err != nil {
		return nil, fmt.Errorf("states of the pages of %s: %w", portal, err)
	}
	return states, nil
}

// StillThere says whether an address still answered with its report at a look that
// ended after the run since and not after asOf. Known is false where no such look
// was good, or the address was never asked.
func (db *DB) StillThere(ctx context.Context, url string, since, asOf RunID) (there, known bool, err error) {
	query := `
		SELECT s.state, CASE WHEN s.from_run >= ? OR EXISTS (
			SELECT 1 FROM looks AS l WHERE l.portal = s.portal AND l.agency = '' AND l.good = ? AND l.run >= ? AND l.run <= ?)
			THEN 1 ELSE 0 END AS looked
		FROM page_states AS s WHERE s.url = ? AND ` + holds("s")
	type answer struct {
		state  PageState
		looked bool
	}
	all, err := collect(ctx, db.read, query, func(row scanner) (a answer, err error) {
		var looked int
		err = row.Scan(&a.state, &looked)
		a.looked = looked == 1
		return a, err
	}, since, true, since, orLast(asOf), url, orLast(asOf), orLast(asOf))
	if err != nil {
		return false, false, fmt.Errorf("whether %s is still there: %w", url, err)
	}
	if len(all) == 0 {
		return false, false, nil
	}
	switch a := all[0]; a.state {
	case PageOK:
		return a.looked, a.looked, nil
	case PageGone:
		return false, true, nil
	}
	return false, false, nil
}
