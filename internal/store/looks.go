package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Look is one look through a portal, for all its agencies or for one.
type Look struct {
	Run      RunID
	Portal   string
	Agency   report.AgencyID // "" for all agencies of the portal without a Look of their own in the run
	At       time.Time
	Good     bool   // absence may be inferred from it
	Found    int    // candidates
	Reason   string // why it was not good
	Evidence []report.SHA256
}

// A CoverageRow is what looking for the reports of one agency has come to. Together with
// a deadline it says whether a report is missing or was late.
type CoverageRow struct {
	Agency report.Agency
	// Portals cover the agency; none means that it is not watched.
	Portals []string
	// Good are the times of good looks, the first first. Several agencies share the
	// slice: it is not to be changed.
	Good []time.Time
	// Last is the latest look, good or not; Reason says why it was not good.
	Last   time.Time
	Reason string
}

// LastGood returns the time of the last good look, and the zero time without any.
func (s *CoverageRow) LastGood() time.Time {
	if len(s.Good) == 0 {
		return time.Time{}
	}
	return s.Good[len(s.Good)-1]
}

// AddLook keeps a look through a portal.
func (db *DB) AddLook(ctx context.Context, look Look) error {
	evidence, err := toJSON(look.Evidence)
	if err != nil {
		return err
	}
	const query = `
		INSERT INTO looks (run, portal, agency, at, good, found, reason, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = db.write.ExecContext(ctx, query, look.Run, look.Portal, look.Agency, millis(look.At),
		look.Good, look.Found, look.Reason, evidence)
	if err != nil {
		return fmt.Errorf("keep the look through %s: %w", look.Portal, explain(err))
	}
	return nil
}

// Looks returns the looks through the portals that cover agencies of a region, the
// oldest first.
func (db *DB) Looks(ctx context.Context, region standard.RegionCode) ([]Look, error) {
	query := selectLooks + `
		WHERE l.portal IN (
			SELECT w.portal FROM watches AS w JOIN agencies AS a ON a.id = w.agency
			WHERE a.region >= ? AND a.region < ?)
		ORDER BY l.at, l.id`
	from, to := within(region)
	all, err := collect(ctx, db.read, query, scanLook, from, to)
	if err != nil {
		return nil, fmt.Errorf("looks at %s: %w", region, err)
	}
	return all, nil
}

// LastGoodLook returns the latest look through a portal that was good, for all its
// agencies or for one; ErrNotFound where none was.
func (db *DB) LastGoodLook(ctx context.Context, portal string) (Look, error) {
	query := selectLooks + `
		WHERE l.portal = ? AND l.good = ?
		ORDER BY l.at DESC, l.id DESC LIMIT 1`
	all, err := collect(ctx, db.read, query, scanLook, portal, true)
	if err != nil {
		return Look{}, fmt.Errorf("last good look at %s: %w", portal, err)
	}
	if len(all) == 0 {
		return Look{}, fmt.Errorf("last good look at %s: %w", portal, report.ErrNotFound)
	}
	return all[0], nil
}

// LastLooks returns the latest looks through a portal for all its agencies, good or
// not, the newest first; at most n.
func (db *DB) LastLooks(ctx context.Context, portal string, n int) ([]Look, error) {
	query := selectLooks + `
		WHERE l.portal = ? AND l.agency = ''
		ORDER BY l.at DESC, l.id DESC LIMIT ?`
	all, err := collect(ctx, db.read, query, scanLook, portal, n)
	if err != nil {
		return nil, fmt.Errorf("last looks at %s: %w", portal, err)
	}
	return all, nil
}

const selectLooks = `
	SELECT l.run, l.portal, l.agency, l.at, l.good, l.found, l.reason, l.evidence FROM looks AS l`

// scanLook reads a row of selectLooks.
func scanLook(row scanner) (l Look, err error) {
	var at int64
	var evidence string
	if err = row.Scan(&l.Run, &l.Portal, &l.Agency, &at, &l.Good, &l.Found, &l.Reason, &evidence); err != nil {
		return l, err
	}
	l.At = fromMillis(at)
	return l, fromJSON(evidence, &l.Evidence)
}

// Coverage returns the agencies of a region in roster order, each with what looking
// for its reports had come to after a run. Those that nobody looks for are there
// too, without portals.
func (db *DB) Coverage(ctx context.Context, region standard.RegionCode, asOf RunID) ([]CoverageRow, error) {
	all, err := db.coverage(ctx, region, orLast(asOf))
	if err != nil {
		return nil, fmt.Errorf("coverage of %s: %w", region, err)
	}
	return all, nil
}

// coverage asks three plain questions and joins the answers here: a join in SQL would
// repeat every look for every agency.
func (db *DB) coverage(ctx context.Context, region standard.RegionCode, asOf RunID) ([]CoverageRow, error) {
	agencies, err := agenciesAt(ctx, db.read, region, asOf)
	if err != nil {
		return nil, err
	}
	watched, err := db.watchedBy(ctx, region, asOf)
	if err != nil {
		return nil, err
	}
	looks, err := db.looksOf(ctx, watched, asOf)
	if err != nil {
		return nil, err
	}
	byPortal := sightings(looks)
	rows := make([]CoverageRow, len(agencies))
	for i, a := range agencies {
		rows[i] = CoverageRow{Agency: a.Agency, Portals: watched[a.ID]}
		for _, portal := range rows[i].Portals {
			byPortal[portal].addTo(&rows[i])
		}
	}
	return rows, nil
}

// looksOf returns the looks at the portals of agencies, those of a portal in their order.
func (db *DB) looksOf(ctx context.Context, watched map[report.AgencyID][]string, asOf RunID) ([]Look, error) {
	portals := make(map[string]bool)
	for _, of := range watched {
		for _, portal := range of {
			portals[portal] = true
		}
	}
	var all []Look
	for some := range slices.Chunk(slices.Sorted(maps.Keys(portals)), perLooks) {
		query := selectLooks + ` WHERE l.run <= ? AND l.portal IN (` + marks(len(some)) + `) ORDER BY l.at, l.id`
		args := []any{asOf}
		for _, portal := range some {
			args = append(args, portal)
		}
		looks, err := collect(ctx, db.read, query, scanLook, args...)
		if err != nil {
			return nil, err
		}
		all = append(all, looks...)
	}
	return all, nil
}

// perLooks is of how many portals the looks are asked for with one statement.
const perLooks = 500

// watchedBy returns the portals of each agency of a region.
func (db *DB) watchedBy(ctx context.Context, region standard.RegionCode, asOf RunID) (map[report.AgencyID][]string, error) {
	query := `
		SELECT w.agency, w.portal FROM watches AS w
		WHERE ` + holds("w") + ` AND ` + listedIn + `
		ORDER BY w.agency, w.portal`
	watched := make(map[report.AgencyID][]string)
	_, err := collect(ctx, db.read, query, func(row scanner) (_ struct{}, err error) {
		var id report.AgencyID
		var portal string
		err = row.Scan(&id, &portal)
		watched[id] = append(watched[id], portal)
		return struct{}{}, err
	}, append([]any{asOf, asOf}, liesIn(region)[2:]...)...)
	return watched, err
}

// listedIn is the condition that a watch is of an agency that was ever listed under a
// region or in it, with the bounds of its counties: an id need not begin with the region's
// code, since agencies move.
const listedIn = `w.agency IN (SELECT a.id FROM agencies AS a WHERE a.county >= ? AND a.county < ?)`
