package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// secretMeta begins the names under which meta keeps secrets.
const secretMeta = "secret."

// Secret returns the random bytes of a name, made when first asked for. They sign what
// browsers keep for us, and stay the same when the program starts again.
func (db *DB) Secret(ctx context.Context, name string) ([]byte, error) {
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("secret %s: %w", name, err)
	}
	const keep = `INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`
	if _, err := db.write.ExecContext(ctx, keep, secretMeta+name, hex.EncodeToString(fresh)); err != nil {
		return nil, fmt.Errorf("secret %s: %w", name, explain(err))
	}
	text, err := one(ctx, db.write, `SELECT value FROM meta WHERE name = ?`, func(row scanner) (v string, err error) {
		return v, row.Scan(&v)
	}, secretMeta+name)
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", name, err)
	}
	return hex.DecodeString(text)
}
