package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// JudgedBy returns the thresholds by which all that is kept was judged, as one line; "" for
// those of the catalogue, and where that was never written.
func (db *DB) JudgedBy(ctx context.Context) (string, error) {
	var thresholds string
	err := db.read.QueryRowContext(ctx, `SELECT thresholds FROM judged_by`).Scan(&thresholds)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("thresholds of what is kept: %w", explain(err))
	}
	return thresholds, nil
}

// SetJudgedBy keeps the thresholds by which all that is kept is judged now.
func (db *DB) SetJudgedBy(ctx context.Context, thresholds string, at time.Time) error {
	const query = `
		INSERT INTO judged_by (id, thresholds, at) VALUES (1, ?, ?)
		ON CONFLICT (id) DO UPDATE SET thresholds = excluded.thresholds, at = excluded.at`
	if _, err := db.write.ExecContext(ctx, query, thresholds, millis(at)); err != nil {
		return fmt.Errorf("thresholds of what is kept: %w", explain(err))
	}
	return nil
}
