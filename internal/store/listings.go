package store

import (
	"context"
	"database/sql"
	"fmt"

	"gongkai/internal/report"
)

// A Listing is one list of a portal that links a report.
type Listing struct {
	Agency report.AgencyID
	Year   int
	URL    string // address that the list links
	Entry  string // entry of the portal file that led to the list
	List   string // page of the list where it was met first
	Column string // name of the column, "" where nothing says it
}

// place is what makes two listings the same: on which page of a list a report stands
// changes with every report that is added above it.
func (l Listing) place() Listing {
	l.List = ""
	return l
}

// PutListings keeps which lists of a portal link which reports, as a run found them.
// With whole every list was read, and those that link a report no more end.
func (db *DB) PutListings(ctx context.Context, run RunID, portal string, found []Listing, whole bool) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		known, err := collect(ctx, tx, selectListings+` WHERE l.portal = ? AND l.until_run IS NULL`, scanListing, portal)
		if err != nil {
			return err
		}
		held := make(map[Listing]bool, len(known)) // and whether it was found again
		for _, l := range known {
			held[l.place()] = false
		}
		rows := tableRows{table: "listings", columns: []string{"portal", "url", "agency", "year", "entry", "list", "name", "from_run"}}
		for _, l := range found {
			if _, there := held[l.place()]; !there {
				rows.add(portal, l.URL, l.Agency, l.Year, l.Entry, l.List, l.Column, run)
			}
			held[l.place()] = true
		}
		if err := rows.insert(ctx, tx); err != nil {
			return err
		}
		for l, again := range held {
			if whole && !again {
				if err := endListing(ctx, tx, run, portal, l); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the listings of %s: %w", portal, explain(err))
	}
	return nil
}

func endListing(ctx context.Context, tx *sql.Tx, run RunID, portal string, l Listing) error {
	const query = `
		UPDATE listings SET until_run = ?
		WHERE portal = ? AND url = ? AND agency = ? AND year = ? AND entry = ? AND name = ? AND until_run IS NULL`
	_, err := tx.ExecContext(ctx, query, run, portal, l.URL, l.Agency, l.Year, l.Entry, l.Column)
	return err
}

// Listings returns the lists that linked the reports of a query's region after its
// run, by agency, year and address.
func (db *DB) Listings(ctx context.Context, q Query) ([]Listing, error) {
	query := selectListings + `
		WHERE l.agency >= ? AND l.agency < ? AND ` + holds("l")
	asOf := orLast(q.AsOf)
	from, to := within(q.Region)
	args := []any{from, to, asOf, asOf}
	if q.FromYear != 0 {
		query, args = query+` AND l.year >= ?`, append(args, q.FromYear)
	}
	if q.ToYear != 0 {
		query, args = query+` AND l.year <= ?`, append(args, q.ToYear)
	}
	all, err := collect(ctx, db.read, query+` ORDER BY l.agency, l.year, l.url, l.entry, l.name`, scanListing, args...)
	if err != nil {
		return nil, fmt.Errorf("listings of %s: %w", q.Region, err)
	}
	return all, nil
}

const selectListings = `SELECT l.agency, l.year, l.url, l.entry, l.list, l.name FROM listings AS l`

// scanListing reads a row of selectListings.
func scanListing(row scanner) (l Listing, err error) {
	return l, row.Scan(&l.Agency, &l.Year, &l.URL, &l.Entry, &l.List, &l.Column)
}
