package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Subscriber is somebody who is told what happened, as entered in the browser. Others
// stand in the settings, and so do the channels with their secrets.
type Subscriber struct {
	Name    string
	Channel string
	To      []string // mail addresses
	Regions []standard.RegionCode
	Kinds   []string // none for all
	Least   int      // of one kind at once; fewer wait for the digest
	Quiet   string   // of a week without anything: line or nothing
	AddedBy string
	AddedAt time.Time
}

// Subscribers returns those who were entered in the browser, by name.
func (db *DB) Subscribers(ctx context.Context) ([]Subscriber, error) {
	const query = `SELECT name, channel, reach, regions, kinds, least, quiet, added_by, added_at FROM subscribers ORDER BY name`
	all, err := collect(ctx, db.read, query, func(row scanner) (s Subscriber, err error) {
		var to, regions, kinds string
		var at int64
		if err := row.Scan(&s.Name, &s.Channel, &to, &regions, &kinds, &s.Least, &s.Quiet, &s.AddedBy, &at); err != nil {
			return s, err
		}
		s.AddedAt = fromMillis(at)
		return s, errors.Join(fromJSON(to, &s.To), fromJSON(regions, &s.Regions), fromJSON(kinds, &s.Kinds))
	})
	if err != nil {
		return nil, fmt.Errorf("subscribers: %w", err)
	}
	return all, nil
}

// PutSubscriber keeps a subscriber in place of the one of that name.
func (db *DB) PutSubscriber(ctx context.Context, s Subscriber, e Entry) error {
	to, failed := toJSON(s.To)
	regions, failed2 := toJSON(s.Regions)
	kinds, failed3 := toJSON(s.Kinds)
	err := errors.Join(failed, failed2, failed3)
	if err == nil {
		err = db.transact(ctx, func(tx *sql.Tx) error {
			const query = `
				INSERT INTO subscribers (name, channel, reach, regions, kinds, least, quiet, added_by, added_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (name) DO UPDATE SET channel = excluded.channel, reach = excluded.reach, regions = excluded.regions,
					kinds = excluded.kinds, least = excluded.least, quiet = excluded.quiet`
			if _, err := tx.ExecContext(ctx, query, s.Name, s.Channel, to, regions, kinds, s.Least, s.Quiet, s.AddedBy, millis(s.AddedAt)); err != nil {
				return err
			}
			return addEntry(ctx, tx, e)
		})
	}
	if err != nil {
		return fmt.Errorf("subscriber %s: %w", s.Name, explain(err))
	}
	return nil
}

// RemoveSubscriber takes a subscriber out, and forgets what it was told: whoever comes
// back under that name is not told of the time between.
func (db *DB) RemoveSubscriber(ctx context.Context, name string, e Entry) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		gone, err := tx.ExecContext(ctx, `DELETE FROM subscribers WHERE name = ?`, name)
		if err != nil {
			return err
		}
		if n, err := gone.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, report.ErrNotFound)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM notices_told WHERE subscriber = ?`, name); err != nil {
			return err
		}
		return addEntry(ctx, tx, e)
	})
	if err != nil {
		return fmt.Errorf("remove subscriber %s: %w", name, err)
	}
	return nil
}

// LogNotice keeps a message that was sent at once, and what became of it.
func (db *DB) LogNotice(ctx context.Context, n Notice) error {
	const query = `
		INSERT INTO notices_sent (subscriber, channel, at, subject, body, state, attempts, sent_at, last_error) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)`
	if _, err := db.write.ExecContext(ctx, query, n.Subscriber, n.Channel, millis(n.At), n.Subject, n.Body, n.State, millis(n.SentAt), n.LastError); err != nil {
		return fmt.Errorf("log a notice to %s: %w", n.Subscriber, explain(err))
	}
	return nil
}
