package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"time"

	"gongkai/internal/report"
)

// A Recording is one line of what a run was answered at a portal, without its end. The
// store does not know what it says.
type Recording struct {
	Portal string
	Line   []byte
}

// maxRecorded is from how many bytes on the lines of a portal begin another row.
const maxRecorded = 4 << 20

// AddRecordings keeps what a run was answered. The lines of one portal are packed
// together: they say much the same.
func (db *DB) AddRecordings(ctx context.Context, run RunID, lines []Recording) error {
	rows, err := db.recordingRows(lines)
	if err != nil || len(rows) == 0 {
		return err
	}
	const query = `INSERT INTO recordings (run, portal, line) VALUES (?, ?, ?)`
	err = db.transact(ctx, func(tx *sql.Tx) error {
		for _, r := range rows {
			if _, err := tx.ExecContext(ctx, query, run, r.Portal, r.Line); err != nil {
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

// recordingRows packs lines, those of each portal in their order.
func (db *DB) recordingRows(lines []Recording) (rows []Recording, err error) {
	open := make(map[string]int) // rows that lines of a portal may still join
	for _, l := range lines {
		at, ok := open[l.Portal]
		if !ok || len(rows[at].Line) > maxRecorded {
			at = len(rows)
			rows = append(rows, Recording{Portal: l.Portal})
			open[l.Portal] = at
		}
		rows[at].Line = append(append(rows[at].Line, l.Line...), '\n')
	}
	for i, r := range rows {
		if rows[i].Line, err = db.flate.deflated(r.Line); err != nil {
			return nil, fmt.Errorf("pack what portal %s answered: %w", r.Portal, err)
		}
	}
	return rows, nil
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
		text, err := inflated(packed)
		if err != nil {
			return fmt.Errorf("what run %d was answered: %w", run, err)
		}
		for line := range bytes.Lines(text) {
			if err := f(bytes.TrimSuffix(line, []byte{'\n'})); err != nil {
				return err
			}
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

// PruneRecordings forgets what runs that ended before a time were answered, a thousand
// lines at a time so that others write meanwhile, and returns how many lines there were.
// What was read from the answers stays.
func (db *DB) PruneRecordings(ctx context.Context, before time.Time) (total int64, err error) {
	const query = `
		DELETE FROM recordings WHERE id IN (
			SELECT c.id FROM recordings AS c JOIN runs AS r ON r.id = c.run
			WHERE r.finished_at > 0 AND r.finished_at < ? ORDER BY c.id LIMIT 1000)`
	for {
		var n int64
		err := db.transact(ctx, func(tx *sql.Tx) error {
			gone, err := tx.ExecContext(ctx, query, millis(before))
			if err != nil {
				return err
			}
			n, err = gone.RowsAffected()
			return err
		})
		if total += n; err != nil {
			return total, fmt.Errorf("prune recordings: %w", explain(err))
		}
		if n == 0 {
			return total, nil
		}
	}
}
