package store

import (
	"context"
	"fmt"
	"time"
)

// An Entry is a line of the audit log: who did what, when, from where and why.
type Entry struct {
	ID      int64
	At      time.Time
	Account AccountID // 0 where it was no account: a command, a visitor
	Name    string    // as it was called then
	Action  string    // account.add, login.ok, review.correct, …
	Subject string    // what was changed
	Client  string    // address of the client, or the machine of a command
	Reason  string
	Detail  string // what it was and what it became
}

// Log adds a line to the audit log. What changes anything adds its line in its own
// transaction; Log is for what changes nothing, such as a refused sign-in.
func (db *DB) Log(ctx context.Context, e Entry) error {
	if err := addEntry(ctx, db.write, e); err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	return nil
}

// addEntry is Log within a transaction.
func addEntry(ctx context.Context, q querier, e Entry) error {
	const query = `
		INSERT INTO audit (at, account, name, action, subject, client, reason, detail)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	_, err := q.ExecContext(ctx, query, millis(e.At), e.Account, e.Name, e.Action, e.Subject, e.Client, e.Reason, e.Detail)
	return explain(err)
}

// Audit returns the lines before one, newest first; 0 begins with the newest. It
// returns at most limit, or all where that is 0.
func (db *DB) Audit(ctx context.Context, before int64, limit int) ([]Entry, error) {
	query := `SELECT id, at, account, name, action, subject, client, reason, detail FROM audit`
	var args []any
	if before > 0 {
		query += ` WHERE id < ?`
		args = append(args, before)
	}
	query += ` ORDER BY id DESC`
	if limit > 0 {
		query += ` LIMIT ?`
		args = append(args, limit)
	}
	all, err := collect(ctx, db.read, query, func(row scanner) (e Entry, err error) {
		var at int64
		err = row.Scan(&e.ID, &at, &e.Account, &e.Name, &e.Action, &e.Subject, &e.Client, &e.Reason, &e.Detail)
		e.At = fromMillis(at)
		return e, err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("audit log: %w", err)
	}
	return all, nil
}

// ActionSignedIn is the action of a sign-in that was let in.
const ActionSignedIn = "login.ok"
