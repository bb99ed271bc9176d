package store

import (
	"bytes"
	"compress/flate"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"gongkai/internal/report"
)

// A Recording is one line of what a run was answered at a portal. The store does not
// know what it says.
type Recording struct {
	Portal string
	Line   []byte
}

// AddRecordings keeps what a run was answered.
func (db *DB) AddRecordings(ctx context.Context, run RunID, lines []Recording) error {
	if len(lines) == 0 {
		return nil
	}
	packed := make([][]byte, len(lines))
	for i, l := range lines {
		var err error
		if packed[i], err = deflated(l.Line); err != nil {
			return fmt.Errorf("keep what run %d was answered: %w", run, err)
		}
	}
	const query = `INSERT INTO recordings (run, portal, line) VALUES (?, ?, ?)`
	err := db.transact(ctx, func(tx *sql.Tx) error {
		for i, l := range lines {
			if _, err := tx.ExecContext(ctx, query, run, l.Portal, packed[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep what run %d was answered: %w", run, err)
	}
	return nil
}

// deflated packs a line.
func deflated(line []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(line)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

// Recordings calls f with each line of what a run was answered at a portal, in order.
func (db *DB) Recordings(ctx context.Context, run RunID, portal string, f func(line []byte) error) error {
	rows, err := db.read.QueryContext(ctx, `SELECT line FROM recordings WHERE run = ? AND portal = ? ORDER BY id`, run, portal)
	if err != nil {
		return fmt.Errorf("what run %d was answered: %w", run, explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		var packed []byte
		if err := rows.Scan(&packed); err != nil {
			return fmt.Errorf("what run %d was answered: %w", run, err)
		}
		line, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
		if err != nil {
			return fmt.Errorf("what run %d was answered: %w", run, err)
		}
		if err := f(line); err != nil {
			return err
		}
	}
	return rows.Err()
}

// RecordedRuns returns the runs since a time that have ended and of which it is kept what
// they were answered, the first first.
func (db *DB) RecordedRuns(ctx context.Context, since time.Time) ([]Run, error) {
	query := selectRuns + `
		WHERE started_at >= ? AND state <> ? AND id IN (SELECT run FROM recordings) ORDER BY id`
	runs, err := collect(ctx, db.read, query, scanRun, millis(since), RunRunning)
	for i := range runs {
		if err == nil {
			runs[i].Portals, err = portalRuns(ctx, db.read, runs[i].ID)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("recorded runs: %w", err)
	}
	return runs, nil
}

// Imported returns the run that went through a recording of another machine, and
// report.ErrNotFound where none did.
func (db *DB) Imported(ctx context.Context, digest report.SHA256) (RunID, error) {
	run, err := one(ctx, db.read, `SELECT run FROM imports WHERE digest = ?`, func(row scanner) (id RunID, err error) {
		return id, row.Scan(&id)
	}, digest)
	if err != nil {
		return 0, fmt.Errorf("import %s: %w", digest, err)
	}
	return run, nil
}

// PutImported notes that a run went through a recording.
func (db *DB) PutImported(ctx context.Context, digest report.SHA256, run RunID) error {
	const query = `INSERT INTO imports (digest, run) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING`
	if _, err := db.write.ExecContext(ctx, query, digest, run); err != nil {
		return fmt.Errorf("note import %s: %w", digest, explain(err))
	}
	return nil
}
