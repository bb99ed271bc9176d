package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"gongkai/internal/report"
)

// A Session is a browser in which someone has signed in. It is named by the hash of
// its token: who reads the database can see it and cannot use it.
type Session struct {
	Token     string // hash
	Account   AccountID
	Data      []byte
	Client    string
	Agent     string
	BeganAt   time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

// HashToken returns the name under which the session of a token is kept.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

const selectSessions = `
	SELECT token, account, data, client, agent, began_at, seen_at, expires_at FROM sessions`

func scanSession(row scanner) (s Session, err error) {
	var began, seen, expires int64
	err = row.Scan(&s.Token, &s.Account, &s.Data, &s.Client, &s.Agent, &began, &seen, &expires)
	s.BeganAt, s.SeenAt, s.ExpiresAt = fromMillis(began), fromMillis(seen), fromMillis(expires)
	return s, err
}

// Session returns the session of a hashed token that holds at a time, and
// report.ErrNotFound where there is none.
func (db *DB) Session(ctx context.Context, token string, at time.Time) (Session, error) {
	return one(ctx, db.read, selectSessions+` WHERE token = ? AND expires_at > ?`, scanSession, token, millis(at))
}

// Sessions returns the sessions that hold at a time, of one account or for 0 of all,
// the last seen first.
func (db *DB) Sessions(ctx context.Context, id AccountID, at time.Time) ([]Session, error) {
	query := selectSessions + ` WHERE account <> 0 AND expires_at > ?`
	args := []any{millis(at)}
	if id != 0 {
		query += ` AND account = ?`
		args = append(args, id)
	}
	all, err := collect(ctx, db.read, query+` ORDER BY seen_at DESC, token`, scanSession, args...)
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return all, nil
}

// PutSession keeps a session in place of what was kept of it, and forgets those that
// have ended: they are a few, and nobody else clears them away.
func (db *DB) PutSession(ctx context.Context, s Session) error {
	const query = `
		INSERT INTO sessions (token, account, data, client, agent, began_at, seen_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (token) DO UPDATE SET account = excluded.account, data = excluded.data, client = excluded.client,
			agent = excluded.agent, seen_at = excluded.seen_at, expires_at = excluded.expires_at`
	err := db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at <= ?`, millis(s.SeenAt)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, query, s.Token, s.Account, s.Data, s.Client, s.Agent, millis(s.BeganAt),
			millis(s.SeenAt), millis(s.ExpiresAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a session: %w", err)
	}
	return nil
}

// SeeSession notes that a session is in use until another time.
func (db *DB) SeeSession(ctx context.Context, token string, seen, expires time.Time) error {
	const query = `UPDATE sessions SET seen_at = ?, expires_at = ? WHERE token = ?`
	if _, err := db.write.ExecContext(ctx, query, millis(seen), millis(expires), token); err != nil {
		return fmt.Errorf("keep a session: %w", explain(err))
	}
	return nil
}

// DropSession forgets a session.
func (db *DB) DropSession(ctx context.Context, token string) error {
	if _, err := db.write.ExecContext(ctx, `DELETE FROM sessions WHERE token = ?`, token); err != nil {
		return fmt.Errorf("end a session: %w", explain(err))
	}
	return nil
}

// EndSession ends a session of an account for a person, who may be another. It is
// report.ErrNotFound where the account has none of that name.
func (db *DB) EndSession(ctx context.Context, id AccountID, token string, e Entry) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE token = ? AND account = ?`, token, id)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return report.ErrNotFound
		}
		return addEntry(ctx, tx, e)
	})
	if err != nil {
		return fmt.Errorf("end a session of account %d: %w", id, err)
	}
	return nil
}

// endSessions ends all sessions of an account but the one that is kept.
func endSessions(ctx context.Context, tx *sql.Tx, id AccountID, keep string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE account = ? AND token <> ?`, id, keep)
	return err
}
