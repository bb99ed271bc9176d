package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Note is what the office wrote down about an agency's report. It is for the office
// alone: nothing that is exported has it.
type Note struct {
	Agency report.AgencyID
	Year   int
	At     time.Time
	Author string
	Text   string // "" takes back what was noted
}

// AddNote keeps a note with its line of the audit log. Earlier ones stay; the last of a
// report holds.
func (db *DB) AddNote(ctx context.Context, n Note, e Entry) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		const query = `INSERT INTO notes (agency, year, at, author, text) VALUES (?, ?, ?, ?, ?)`
		if _, err := tx.ExecContext(ctx, query, n.Agency, n.Year, millis(n.At), n.Author, n.Text); err != nil {
			return explain(err)
		}
		return addEntry(ctx, tx, e)
	})
	if err != nil {
		return fmt.Errorf("note on %s for %d: %w", n.Agency, n.Year, err)
	}
	return nil
}

// Notes returns the notes that hold on the reports of a region for a year.
func (db *DB) Notes(ctx context.Context, region standard.RegionCode, year int) (map[report.AgencyID]Note, error) {
	const query = `
		SELECT n.agency, n.year, n.at, n.author, n.text
		FROM notes AS n JOIN agencies AS a ON a.id = n.agency AND a.until_run IS NULL
		WHERE n.year = ? AND a.region >= ? AND a.region < ? ORDER BY n.id`
	from, to := within(region)
	all, err := collect(ctx, db.read, query, func(row scanner) (n Note, err error) {
		var at int64
		err = row.Scan(&n.Agency, &n.Year, &at, &n.Author, &n.Text)
		n.At = fromMillis(at)
		return n, err
	}, year, from, to)
	if err != nil {
		return nil, fmt.Errorf("notes of %s for %d: %w", region, year, err)
	}
	last := make(map[report.AgencyID]Note, len(all))
	for _, n := range all {
		last[n.Agency] = n
	}
	return last, nil
}
