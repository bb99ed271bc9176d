package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/report"
)

// A NoticeItem is one thing that subscribers are told, once each.
type NoticeItem struct {
	Key        string // stable over runs
	Kind       string // new, missing, check, portal, trouble
	Text, Link string // in plain Chinese; a path of ours
}

// A Notice is one message to one subscriber, and what became of it.
type Notice struct {
	ID                  int64
	Subscriber, Channel string
	At                  time.Time
	Subject, Body       string
	State               string // waiting, sent, failed
	Attempts            int
	SentAt              time.Time
	LastError           string
}

// Subscribed reports whether anything is known of what a subscriber was told.
func (db *DB) Subscribed(ctx context.Context, subscriber string) (bool, error) {
	_, err := one(ctx, db.read, `SELECT 1 FROM notices_told WHERE subscriber = ? LIMIT 1`, scanInt, subscriber)
	if errors.Is(err, report.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func scanInt(row scanner) (n int, err error) { return n, row.Scan(&n) }

// Untold returns those of the items that a subscriber has not been told.
func (db *DB) Untold(ctx context.Context, subscriber string, items []NoticeItem) ([]NoticeItem, error) {
	told, err := collect(ctx, db.read, `SELECT item FROM notices_told WHERE subscriber = ?`, func(row scanner) (s string, err error) {
		return s, row.Scan(&s)
	}, subscriber)
	if err != nil {
		return nil, fmt.Errorf("what %s was told: %w", subscriber, err)
	}
	known := make(map[string]bool, len(told))
	for _, key := range told {
		known[key] = true
	}
	var untold []NoticeItem
	for _, i := range items {
		if !known[i.Key] {
			untold = append(untold, i)
		}
	}
	return untold, nil
}

// Tell notes that a subscriber has been told of items, and keeps the message that waits to
// be sent in the same step; without one (Subject "") they knew already.
func (db *DB) Tell(ctx context.Context, subscriber string, items []NoticeItem, n Notice) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		for _, i := range items {
			const query = `
				INSERT INTO notices_told (subscriber, item, at, digested, kind, text, link) VALUES (?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (subscriber, item) DO NOTHING`
			if _, err := tx.ExecContext(ctx, query, subscriber, i.Key, millis(n.At), n.Subject == "", i.Kind, i.Text, i.Link); err != nil {
				return err
			}
		}
		if n.Subject == "" {
			return nil
		}
		return queueNotice(ctx, tx, n)
	})
	if err != nil {
		return fmt.Errorf("tell %s: %w", subscriber, err)
	}
	return nil
}

// queueNotice keeps a message that waits to be sent.
func queueNotice(ctx context.Context, tx querier, n Notice) error {
	const add = `
		INSERT INTO notices_sent (subscriber, channel, at, subject, body, state) VALUES (?, ?, ?, ?, ?, 'waiting')`
	_, err := tx.ExecContext(ctx, add, n.Subscriber, n.Channel, millis(n.At), n.Subject, n.Body)
	return err
}

// WaitingNotices returns the numbers of the messages that wait to be sent, the first first.
func (db *DB) WaitingNotices(ctx context.Context) ([]int, error) {
	all, err := collect(ctx, db.read, `SELECT id FROM notices_sent WHERE state = 'waiting' ORDER BY id`, scanInt)
	if err != nil {
		return nil, fmt.Errorf("notices that wait: %w", err)
	}
	return all, nil
}

// Undigested returns what a subscriber was told since their last digest, the first first.
func (db *DB) Undigested(ctx context.Context, subscriber string) ([]NoticeItem, error) {
	const query = `SELECT item, kind, text, link FROM notices_told WHERE subscriber = ? AND NOT digested ORDER BY at, item`
	return collect(ctx, db.read, query, func(row scanner) (i NoticeItem, err error) {
		return i, row.Scan(&i.Key, &i.Kind, &i.Text, &i.Link)
	}, subscriber)
}

// Digest notes that a subscriber's items stand in a digest, which waits to be sent; an
// empty one is not.
func (db *DB) Digest(ctx context.Context, subscriber, week string, n Notice) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE notices_told SET digested = TRUE WHERE subscriber = ?`, subscriber); err != nil {
			return err
		}
		const mark = `INSERT INTO notices_told (subscriber, item, at, digested, kind, text, link) VALUES (?, ?, ?, TRUE, 'digest', '', '')`
		if _, err := tx.ExecContext(ctx, mark, subscriber, "digest "+week, millis(n.At)); err != nil {
			return err
		}
		if n.Subject == "" {
			return nil
		}
		return queueNotice(ctx, tx, n)
	})
	if err != nil {
		return fmt.Errorf("digest of %s: %w", subscriber, err)
	}
	return nil
}

// Notice returns a message.
func (db *DB) Notice(ctx context.Context, id string) (Notice, error) {
	n, err := one(ctx, db.read, selectNotices+` WHERE CAST(id AS TEXT) = ?`, scanNotice, id)
	if err != nil {
		return n, fmt.Errorf("notice %s: %w", id, err)
	}
	return n, nil
}

// Notices returns the latest messages, newest first.
func (db *DB) Notices(ctx context.Context, limit int) ([]Notice, error) {
	all, err := collect(ctx, db.read, selectNotices+` ORDER BY id DESC LIMIT ?`, scanNotice, limit)
	if err != nil {
		return nil, fmt.Errorf("notices: %w", err)
	}
	return all, nil
}

const selectNotices = `
	SELECT id, subscriber, channel, at, subject, body, state, attempts, sent_at, last_error FROM notices_sent`

func scanNotice(row scanner) (n Notice, err error) {
	var at, sent int64
	err = row.Scan(&n.ID, &n.Subscriber, &n.Channel, &at, &n.Subject, &n.Body, &n.State, &n.Attempts, &sent, &n.LastError)
	n.At, n.SentAt = fromMillis(at), fromMillis(sent)
	return n, err
}

// NoticeTried notes what came of an attempt to send a message.
func (db *DB) NoticeTried(ctx context.Context, id int64, state, failure string, at time.Time) error {
	const query = `UPDATE notices_sent SET state = ?, attempts = attempts + 1, last_error = ?, sent_at = ? WHERE id = ?`
	sent := int64(0)
	if state == "sent" {
		sent = millis(at)
	}
	if _, err := db.write.ExecContext(ctx, query, state, failure, sent, id); err != nil {
		return fmt.Errorf("notice %d: %w", id, explain(err))
	}
	return nil
}

// AddTrouble keeps that something went wrong in the house, for those who are told.
func (db *DB) AddTrouble(ctx context.Context, at time.Time, kind, text string) error {
	if _, err := db.write.ExecContext(ctx, `INSERT INTO troubles (at, kind, text) VALUES (?, ?, ?)`, millis(at), kind, text); err != nil {
		return fmt.Errorf("keep what went wrong: %w", explain(err))
	}
	return nil
}

// Troubles returns what went wrong in the house since a time, as items.
func (db *DB) Troubles(ctx context.Context, since time.Time) ([]NoticeItem, error) {
	const query = `SELECT id, kind, text FROM troubles WHERE at >= ? ORDER BY id`
	return collect(ctx, db.read, query, func(row scanner) (i NoticeItem, err error) {
		var id int64
		var kind string
		err = row.Scan(&id, &kind, &i.Text)
		i.Key, i.Kind = fmt.Sprintf("trouble/%s/%d", kind, id), "trouble"
		return i, err
	}, millis(since))
}
