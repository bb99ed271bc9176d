package store

import (
	"context"
	"database/sql"
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Contact says whom the office rings up about an agency's report. It is for the
// office alone: nothing that is shown or exported has it.
type Contact struct {
	Agency            report.AgencyID
	Person, Telephone string
}

// PutContacts keeps contacts in place of what was known of the same agencies; an empty
// one forgets what was known.
func (db *DB) PutContacts(ctx context.Context, contacts []Contact) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		for _, c := range contacts {
			if _, err := tx.ExecContext(ctx, `DELETE FROM contacts WHERE agency = ?`, c.Agency); err != nil {
				return err
			}
			if c.Person == "" && c.Telephone == "" {
				continue
			}
			const add = `INSERT INTO contacts (agency, person, telephone) VALUES (?, ?, ?)`
			if _, err := tx.ExecContext(ctx, add, c.Agency, c.Person, c.Telephone); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("contacts: %w", err)
	}
	return nil
}

// Contacts returns whom to ring up about the agencies of a region.
func (db *DB) Contacts(ctx context.Context, region standard.RegionCode) (map[report.AgencyID]Contact, error) {
	const query = `
		SELECT c.agency, c.person, c.telephone
		FROM contacts AS c JOIN agencies AS a ON a.id = c.agency AND a.until_run IS NULL
		WHERE a.region >= ? AND a.region < ?`
	from, to := within(region)
	all, err := collect(ctx, db.read, query, func(row scanner) (c Contact, err error) {
		return c, row.Scan(&c.Agency, &c.Person, &c.Telephone)
	}, from, to)
	if err != nil {
		return nil, fmt.Errorf("contacts of %s: %w", region, err)
	}
	known := make(map[report.AgencyID]Contact, len(all))
	for _, c := range all {
		known[c.Agency] = c
	}
	return known, nil
}

// Contact returns whom to ring up about an agency, and report.ErrNotFound where the
// office has nobody.
func (db *DB) Contact(ctx context.Context, agency report.AgencyID) (Contact, error) {
	const query = `SELECT agency, person, telephone FROM contacts WHERE agency = ?`
	c, err := one(ctx, db.read, query, func(row scanner) (c Contact, err error) {
		return c, row.Scan(&c.Agency, &c.Person, &c.Telephone)
	}, agency)
	if err != nil {
		return c, fmt.Errorf("contact of %s: %w", agency, err)
	}
	return c, nil
}
