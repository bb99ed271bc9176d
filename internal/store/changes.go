package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Change says what a run brought.
type Change string

// The kinds of change.
const (
	NoChange        Change = ""
	ChangeNew       Change = "new"       // the first version of a report
	ChangeRevised   Change = "revised"   // a further version
	ChangeEnrolled  Change = "enrolled"  // an agency that the register did not have was met at a portal
	ChangeReread    Change = "reread"    // a newer reader read an old version otherwise: ours, not the agency's
	ChangeCorrected Change = "corrected" // a person compared with the original: ours, not the agency's
	ChangeSuspected Change = "suspected" // a report was not where it was; one look proves no removal
	ChangeRemoved   Change = "removed"   // it was not there at a good look a week later either
	ChangeReturned  Change = "returned"  // a report is again where it was, or can be looked at again
	ChangeBlocked   Change = "blocked"   // a page went behind a challenge or a login
)

// A ChangeRow is one change, for people to read.
type ChangeRow struct {
	ID         int64
	Run        RunID
	At         time.Time
	Kind       Change
	Agency     report.AgencyID
	AgencyName string
	Region     standard.RegionCode
	Year       int
	Version    VersionID
	Text       string // in plain Chinese
	Demo       bool
}

// AddChange keeps a change that no version tells of, such as a report that is no
// longer where it was.
func (db *DB) AddChange(ctx context.Context, c ChangeRow) error {
	if err := addChange(ctx, db.write, c); err != nil {
		return fmt.Errorf("keep a change of %s: %w", c.Agency, err)
	}
	return nil
}

// addChange is AddChange within a transaction.
func addChange(ctx context.Context, q querier, c ChangeRow) error {
	const query = `
		INSERT INTO changes (run, at, kind, agency, year, version, text) VALUES (?, ?, ?, ?, ?, ?, ?)`
	_, err := q.ExecContext(ctx, query, c.Run, millis(c.At), c.Kind, c.Agency, c.Year, c.Version, c.Text)
	return explain(err)
}

// Changes returns the latest changes of a region and all below, newest first; at
// most limit, or all where it is 0. Where kinds are named, only those.
func (db *DB) Changes(ctx context.Context, region standard.RegionCode, limit int, kinds ...Change) ([]ChangeRow, error) {
	return db.ChangesAt(ctx, region, last, limit, kinds...)
}

// ChangesAt is Changes as they stood after a run, 0 for now.
func (db *DB) ChangesAt(ctx context.Context, region standard.RegionCode, asOf RunID, limit int, kinds ...Change) ([]ChangeRow, error) {
	if limit > 0 && (region == "" || region == standard.Country) {
		all, err := db.newestChanges(ctx, orLast(asOf), limit, kinds)
		if err != nil {
			return nil, fmt.Errorf("changes: %w", err)
		}
		return all, nil
	}
	asOf = orLast(asOf)
	query := selectChanges + ` WHERE c.run <= ? AND a.region >= ? AND a.region < ?`
	from, to := within(region)
	args := []any{asOf, asOf, asOf, from, to}
	if len(kinds) > 0 {
		query += " AND c.kind IN (" + marks(len(kinds)) + ")"
		for _, kind := range kinds {
			args = append(args, kind)
		}
	}
	query += bySum
	if limit > 0 {
		query += " LIMIT ?"
		args = append(args, limit)
	}
	all, err := collect(ctx, db.read, query, scanChange, args...)
	if err != nil {
		return nil, fmt.Errorf("changes in %s: %w", region, err)
	}
	return all, nil
}

// backwards limits changes to those that a run knew, without an index on the runs: so they
// come in the order of their ids and are not sorted.
const backwards = ` WHERE +c.run <= ?`

// bySum orders the changes of a region, newest first. The sum keeps a planner from going
// back through the changes of all regions for the few of this one.
const bySum = ` ORDER BY c.id + 0 DESC`

// EachChange calls f with the changes of a region, newest first, as they stood after a
// run, 0 for now. Those of all regions are asked for some at a time, since a planner that
// is asked for all sorts them before it gives the first.
func (db *DB) EachChange(ctx context.Context, region standard.RegionCode, asOf RunID, f func(c *ChangeRow) error) error {
	asOf = orLast(asOf)
	if region != "" && region != standard.Country {
		from, to := within(region)
		_, err := db.eachChange(ctx, selectChanges+` WHERE c.run <= ? AND a.region >= ? AND a.region < ?`+bySum, f, asOf, asOf, asOf, from, to)
		return err
	}
	const some = 1000
	for before := int64(last); before > 0; {
		end, err := db.eachChange(ctx, selectChanges+backwards+` AND c.id < ? ORDER BY c.id DESC LIMIT ?`, f, asOf, asOf, asOf, before, some)
		if err != nil {
			return err
		}
		before = end
	}
	return nil
}

// eachChange calls f with the changes that a query finds, and returns the id of the last.
func (db *DB) eachChange(ctx context.Context, query string, f func(c *ChangeRow) error, args ...any) (id int64, err error) {
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("changes: %w", explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scanChange(rows)
		if err != nil {
			return 0, fmt.Errorf("changes: %w", err)
		}
		if err := f(&c); err != nil {
			return 0, err
		}
		id = int64(c.ID)
	}
	if err := rows.Err(); err != nil {
		return 0, fmt.Errorf("changes: %w", explain(err))
	}
	return id, nil
}

// newestChanges is ChangesAt of all that is held, by going back from the newest change.
func (db *DB) newestChanges(ctx context.Context, asOf RunID, limit int, kinds []Change) ([]ChangeRow, error) {
	query, args := selectChanges+backwards, []any{asOf, asOf, asOf}
	if len(kinds) > 0 && !slices.Contains(kinds, ChangeNew) {
		query += " AND c.kind <> 'new'" // few are, and an index has them
	}
	if len(kinds) > 0 {
		query += " AND c.kind IN (" + marks(len(kinds)) + ")"
		for _, kind := range kinds {
			args = append(args, kind)
		}
	}
	return collect(ctx, db.read, query+" ORDER BY c.id DESC LIMIT ?", scanChange, append(args, limit)...)
}

// LatestChanges returns the newest changes of a region of many agencies as they are now,
// newest first: those of the agencies that changed last, which the index finds, and so at
// most limit of at least those.
func (db *DB) LatestChanges(ctx context.Context, region standard.RegionCode, limit int) ([]ChangeRow, error) {
	// The sum, too, keeps a planner from looking for the greatest id among those of all.
	const latest = `
		SELECT a.id FROM agencies AS a
		WHERE a.until_run IS NULL AND ` + lies + `
		ORDER BY (SELECT COALESCE(MAX(c.id + 0), 0) FROM changes AS c WHERE c.agency = a.id) DESC LIMIT ?`
	ids, err := collect(ctx, db.read, latest, func(row scanner) (id any, err error) {
		var text string
		err = row.Scan(&text)
		return text, err
	}, append(liesIn(region), limit)...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	query := selectChanges + ` WHERE c.agency IN (` + marks(len(ids)) + `) ORDER BY c.id DESC LIMIT ?`
	all, err := collect(ctx, db.read, query, scanChange, append(append([]any{last, last}, ids...), limit)...)
	if err != nil {
		return nil, fmt.Errorf("latest changes in %s: %w", region, err)
	}
	return all, nil
}

// ChangesOf returns what a run brought of a region and all below, the latest first.
func (db *DB) ChangesOf(ctx context.Context, region standard.RegionCode, run RunID) ([]ChangeRow, error) {
	from, to := within(region)
	all, err := collect(ctx, db.read, selectChanges+` WHERE c.run = ? AND a.region >= ? AND a.region < ? ORDER BY c.id DESC`, scanChange, run, run, run, from, to)
	if err != nil {
		return nil, fmt.Errorf("changes of run %d in %s: %w", run, region, err)
	}
	return all, nil
}

// Gone returns the change that says since when a report is not where it was, as known
// after a run: ChangeSuspected or ChangeRemoved. It is report.ErrNotFound where the
// report was there when it was last asked for.
func (db *DB) Gone(ctx context.Context, agency report.AgencyID, year int, asOf RunID) (ChangeRow, error) {
	kinds := []any{ChangeNew, ChangeRevised, ChangeReturned, ChangeSuspected, ChangeRemoved}
	query := selectChanges + ` WHERE c.agency = ? AND c.year = ? AND c.run <= ? AND c.kind IN (` + marks(len(kinds)) + `) ORDER BY c.id DESC LIMIT 1`
	all, err := collect(ctx, db.read, query, scanChange, append([]any{orLast(asOf), orLast(asOf), agency, year, orLast(asOf)}, kinds...)...)
	if err == nil && (len(all) == 0 || all[0].Kind != ChangeSuspected && all[0].Kind != ChangeRemoved) {
		err = report.ErrNotFound
	}
	if err != nil {
		return ChangeRow{}, fmt.Errorf("whether %s %d is gone: %w", agency, year, err)
	}
	return all[0], nil
}

// selectChanges asks for changes with whose they are after a run, which it takes twice
// before all other arguments.
var selectChanges = `
		SELECT c.id, c.run, c.at, c.kind, c.agency, a.name, a.region, c.year, c.version, c.text, a.demo
		FROM changes AS c JOIN agencies AS a ON a.id = c.agency AND ` + holds("a")

// scanChange reads a row of selectChanges.
func scanChange(row scanner) (c ChangeRow, err error) {
	var at int64
	err = row.Scan(&c.ID, &c.Run, &at, &c.Kind, &c.Agency, &c.AgencyName, &c.Region, &c.Year, &c.Version, &c.Text, &c.Demo)
	c.At = fromMillis(at)
	return c, err
}
