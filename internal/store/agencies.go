package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// PutAgencies adds the agencies to the register and changes those that differ from
// what it holds; others stay. The order given is the order of the roster. What it
// changes is a run of kind register, so that earlier states can still be shown;
// where nothing differs there is no run.
func (db *DB) PutAgencies(ctx context.Context, agencies []report.Agency) error {
	known, err := agenciesAt(ctx, db.read, "", last)
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	old := make(map[report.AgencyID]placedAgency, len(known))
	for _, a := range known {
		old[a.ID] = a
	}
	var changed []placedAgency
	next := make(map[standard.RegionCode]int)
	for _, a := range agencies {
		placed := placedAgency{Agency: a, position: next[a.Region.County()]}
		next[a.Region.County()]++
		if was, ok := old[a.ID]; !ok || !was.equal(placed) {
			changed = append(changed, placed)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	err = db.registerRun(ctx, func(tx *sql.Tx, run RunID) error {
		for _, a := range changed {
			if err := putAgency(ctx, tx, run, a); err != nil {
				return fmt.Errorf("agency %s: %w", a.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	return nil
}

// Enrol adds to the register an agency that a run met at a portal, behind the others
// of its county, and records that the portal covers it. An agency that is there
// already owes its reports from the earliest year that it was met with.
func (db *DB) Enrol(ctx context.Context, run RunID, portal string, a report.Agency) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		known, err := one(ctx, tx, selectAgencies+` WHERE a.id = ? AND a.until_run IS NULL`, scanAgency, a.ID)
		switch {
		case err == nil:
			if known.From == 0 || known.From <= a.From {
				return nil
			}
			known.From = a.From
			return putAgency(ctx, tx, run, known)
		case !errors.Is(err, report.ErrNotFound):
			return err
		}
		const position = `SELECT COALESCE(MAX(position), -1) + 1 FROM agencies WHERE county = ? AND until_run IS NULL`
		at, err := one(ctx, tx, position, func(row scanner) (n int, err error) { return n, row.Scan(&n) }, a.Region.County())
		if err != nil {
			return err
		}
		if err := putAgency(ctx, tx, run, placedAgency{a, at}); err != nil {
			return err
		}
		const watch = `INSERT INTO watches (agency, portal, from_run) VALUES (?, ?, ?)`
		if _, err := tx.ExecContext(ctx, watch, a.ID, portal, run); err != nil {
			return err
		}
		return addChange(ctx, tx, ChangeRow{Run: run, At: time.Now(), Kind: ChangeEnrolled, Agency: a.ID, Year: a.From,
			Text: "门户上新发现的机关，已列入名录：" + a.Name})
	})
	if err != nil {
		return fmt.Errorf("enrol %s: %w", a.Name, err)
	}
	return nil
}

// A placedAgency is an agency with its place in the roster.
type placedAgency struct {
	report.Agency
	position int
}

// equal reports whether the register would say the same of both.
func (a placedAgency) equal(b placedAgency) bool {
	same := slices.Equal(a.Aliases, b.Aliases)
	a.Aliases, b.Aliases = nil, nil
	return same && a.position == b.position && a.ID == b.ID && a.Name == b.Name && a.Short == b.Short &&
		a.Kind == b.Kind && a.Region == b.Region && a.From == b.From && a.Until == b.Until &&
		a.Watched == b.Watched && a.Demo == b.Demo && a.Due == b.Due && a.Became == b.Became && a.Heir == b.Heir
}

// registerRun runs f as a run of kind register, whole or not at all.
func (db *DB) registerRun(ctx context.Context, f func(tx *sql.Tx, run RunID) error) error {
	return db.transact(ctx, func(tx *sql.Tx) error {
		const query = `
			INSERT INTO runs (kind, state, started_at, finished_at, alive_at, changed)
			VALUES ('register', ?, ?, ?, ?, TRUE)
			RETURNING id`
		now := millis(time.Now())
		run, err := one(ctx, tx, query, func(row scanner) (id RunID, err error) {
			return id, row.Scan(&id)
		}, RunOK, now, now, now)
		if err != nil {
			return err
		}
		return f(tx, run)
	})
}

// putAgency ends what the register says of an agency with a run, and says the new from
// it on.
func putAgency(ctx context.Context, tx *sql.Tx, run RunID, a placedAgency) error {
	// What one run changes twice never held after any run.
	const undo = `DELETE FROM agencies WHERE id = ? AND from_run = ?`
	if _, err := tx.ExecContext(ctx, undo, a.ID, run); err != nil {
		return err
	}
	const end = `UPDATE agencies SET until_run = ? WHERE id = ? AND (until_run IS NULL OR until_run > ?)`
	if _, err := tx.ExecContext(ctx, end, run, a.ID, run); err != nil {
		return err
	}
	aliases, err := toJSON(a.Aliases)
	if err != nil {
		return err
	}
	const add = `
		INSERT INTO agencies (id, from_run, name, short, kind, region, county, position, aliases,
			from_year, to_year, watched, demo, due, due_source, became, heir)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = tx.ExecContext(ctx, add, a.ID, run, a.Name, a.Short, a.Kind, a.Region, a.Region.County(),
		a.position, aliases, a.From, a.Until, a.Watched, a.Demo, a.Due.String(), a.Due.Sources(), a.Became, a.Heir)
	if err != nil {
		return err
	}
	if err := endSumsOfAgency(ctx, tx, run, a.ID); err != nil {
		return err
	}
	return indexNames(ctx, tx, a.ID)
}

// Agency returns an agency of the register, and report.ErrNotFound for an id it
// does not hold.
func (db *DB) Agency(ctx context.Context, id report.AgencyID) (report.Agency, error) {
	return db.AgencyAt(ctx, id, last)
}

// AgencyAt returns an agency as the register had it after a run, 0 for now.
func (db *DB) AgencyAt(ctx context.Context, id report.AgencyID, asOf RunID) (report.Agency, error) {
	asOf = orLast(asOf)
	a, err := one(ctx, db.read, selectAgencies+` WHERE a.id = ? AND `+holds("a"), scanAgency, id, asOf, asOf)
	if err != nil {
		return report.Agency{}, fmt.Errorf("agency %s: %w", id, err)
	}
	return a.Agency, nil
}

// Agencies returns the agencies of a region and all below, or all for "", by
// county and in roster order.
func (db *DB) Agencies(ctx context.Context, region standard.RegionCode) ([]report.Agency, error) {
	placed, err := agenciesAt(ctx, db.read, region, last)
	if err != nil {
		return nil, fmt.Errorf("agencies of %s: %w", region, err)
	}
	all := make([]report.Agency, len(placed))
	for i, a := range placed {
		all[i] = a.Agency
	}
	return all, nil
}

// agenciesAt returns the agencies of a region as the register stood after a run.
func agenciesAt(ctx context.Context, q querier, region standard.RegionCode, asOf RunID) ([]placedAgency, error) {
	query := selectAgencies + ` WHERE ` + holds("a") + ` AND ` + lies + `
		ORDER BY a.county, a.position, a.id`
	return collect(ctx, q, query, scanAgency, append([]any{asOf, asOf}, liesIn(region)...)...)
}

// lies is the condition that an agency lies in a region, with the arguments of liesIn. The
// bounds of the county follow from those of the region: by them the index in the order of
// the roster finds what lies in the region, and nothing is sorted.
const lies = `a.region >= ? AND a.region < ? AND a.county >= ? AND a.county < ?`

func liesIn(region standard.RegionCode) []any {
	from, to := within(region)
	first, last := from, to
	if region.Level() == standard.StreetLevel {
		first, last = within(region.Parent())
	}
	return []any{from, to, first, last}
}

// within returns the bounds of the codes of a region and all below: from the first
// and up to the second, which is left out. Codes are digits, and ':' follows 9.
func within(region standard.RegionCode) (from, to string) {
	if region == standard.Country {
		return "", ":"
	}
	if of, own := region.Whose(); own {
		return string(of), string(of) + "0" // what is listed under it, and nothing in it
	}
	return string(region), string(region) + ":"
}

const selectAgencies = `
	SELECT a.id, a.name, a.short, a.kind, a.region, a.position, a.aliases, a.from_year, a.to_year, a.watched, a.demo,
		a.due, a.due_source, a.became, a.heir
	FROM agencies AS a`

// scanAgency reads a row of selectAgencies.
func scanAgency(row scanner) (a placedAgency, err error) {
	var aliases, due, sources string
	err = row.Scan(&a.ID, &a.Name, &a.Short, &a.Kind, &a.Region, &a.position, &aliases, &a.From, &a.Until, &a.Watched, &a.Demo,
		&due, &sources, &a.Became, &a.Heir)
	if err != nil {
		return a, err
	}
	if due != "" {
		if a.Due, err = report.ParseDue(due, sources); err != nil {
			return a, fmt.Errorf("due day %q of %s: %w", due, a.ID, err)
		}
	}
	return a, fromJSON(aliases, &a.Aliases)
}

// PortalsCovering returns the portals that cover an agency of a region or of what lies in
// it, by id.
func (db *DB) PortalsCovering(ctx context.Context, region standard.RegionCode) ([]string, error) {
	const query = `
		SELECT DISTINCT w.portal FROM watches AS w JOIN agencies AS a ON a.id = w.agency AND a.until_run IS NULL
		WHERE w.until_run IS NULL AND a.region >= ? AND a.region < ? ORDER BY w.portal`
	from, to := within(region)
	all, err := collect(ctx, db.read, query, func(row scanner) (id string, err error) { return id, row.Scan(&id) }, from, to)
	if err != nil {
		return nil, fmt.Errorf("portals that cover %s: %w", region, err)
	}
	return all, nil
}

// SetWatch records that a portal covers these agencies and no others. An agency
// that no portal covers is not watched.
func (db *DB) SetWatch(ctx context.Context, portal string, agencies []report.AgencyID) error {
	const query = `SELECT agency FROM watches WHERE portal = ? AND until_run IS NULL ORDER BY agency`
	known, err := collect(ctx, db.read, query, func(row scanner) (id report.AgencyID, err error) {
		return id, row.Scan(&id)
	}, portal)
	if err != nil {
		return fmt.Errorf("watch of portal %s: %w", portal, err)
	}
	want := slices.Clone(agencies)
	slices.Sort(want)
	want = slices.Compact(want)
	if slices.Equal(known, want) {
		return nil
	}
	err = db.registerRun(ctx, func(tx *sql.Tx, run RunID) error {
		for _, id := range known {
			if _, keep := slices.BinarySearch(want, id); !keep {
				const end = `UPDATE watches SET until_run = ? WHERE portal = ? AND agency = ? AND until_run IS NULL`
				if _, err := tx.ExecContext(ctx, end, run, portal, id); err != nil {
					return err
				}
			}
		}
		for _, id := range want {
			if _, held := slices.BinarySearch(known, id); !held {
				const add = `INSERT INTO watches (agency, portal, from_run) VALUES (?, ?, ?)`
				if _, err := tx.ExecContext(ctx, add, id, portal, run); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("watch of portal %s: %w", portal, err)
	}
	return nil
}
