package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A RunState says how far a run has come.
type RunState string

// The states of a run.
const (
	RunRunning     RunState = "running"
	RunOK          RunState = "ok"
	RunPartial     RunState = "partial"     // done, and something failed
	RunFailed      RunState = "failed"      // nothing could be done
	RunInterrupted RunState = "interrupted" // its process ended before it did
)

// A Run is one refresh, or another thing that brought facts.
type Run struct {
	ID         RunID
	Kind       string // refresh, register, reread, import
	State      RunState
	StartedAt  time.Time
	FinishedAt time.Time // zero while it runs
	Year       int       // report year it was limited to, 0 for all
	Full       bool      // asked again for what was known
	Changed    bool      // brought something that readers see
	Message    string
	Portals    []PortalRun
	Failures   []Failure // of this run; Runs leaves them out
}

// A PortalState says what a look through a portal came to.
type PortalState string

// The states of a portal in a run.
const (
	PortalRunning PortalState = "running"
	PortalOK      PortalState = "ok"
	PortalEmpty   PortalState = "empty"   // fewer reports than its file expects
	PortalBlocked PortalState = "blocked" // a challenge or a login
	PortalChanged PortalState = "changed" // its pages no longer match its file
	PortalBroken  PortalState = "broken"  // its answer could not be read
	// PortalUnreachable is one whose host gave no answer, or has a private address.
	PortalUnreachable PortalState = "unreachable"
)

// A PortalRun is what a run did at one portal.
type PortalRun struct {
	Portal     string
	Name       string
	State      PortalState
	StartedAt  time.Time
	FinishedAt time.Time
	Lists      int // list pages read
	Candidates int // links that may be reports
	Fetched    int // report pages answered with bytes
	Unchanged  int // report pages that say what they said
	New        int
	Revised    int
	Failed     int
	Blocked    int            // pages behind a challenge or a login
	Rejected   map[string]int // links that are no reports, by reason
	Message    string
	Layout     map[string]string // of each entry's lists: what they are built of
}

// StartRun begins a run of a kind and returns its number.
func (db *DB) StartRun(ctx context.Context, kind string, year int, full bool) (RunID, error) {
	const query = `
		INSERT INTO runs (kind, state, started_at, alive_at, year, whole) VALUES (?, ?, ?, ?, ?, ?)
		RETURNING id`
	now := millis(time.Now())
	id, err := one(ctx, db.write, query, func(row scanner) (id RunID, err error) {
		return id, row.Scan(&id)
	}, kind, RunRunning, now, now, year, full)
	if err != nil {
		return 0, fmt.Errorf("start a run: %w", err)
	}
	return id, nil
}

// FinishRun ends a run. Whether it changed anything is found from what it left:
// changes, or looks, which change what is known of absence.
func (db *DB) FinishRun(ctx context.Context, run RunID, state RunState, message string) error {
	const query = `
		UPDATE runs SET state = ?, finished_at = ?, message = ?,
			changed = EXISTS (SELECT 1 FROM changes WHERE run = ?)
				OR EXISTS (SELECT 1 FROM looks WHERE run = ?)
				OR EXISTS (SELECT 1 FROM agencies WHERE from_run = ? OR until_run = ?)
				OR EXISTS (SELECT 1 FROM watches WHERE from_run = ? OR until_run = ?)
		WHERE id = ?`
	_, err := db.write.ExecContext(ctx, query, state, millis(time.Now()), message, run, run, run, run, run, run, run)
	if err != nil {
		return fmt.Errorf("finish run %d: %w", run, explain(err))
	}
	return nil
}

// What the message of a portal begins with that a run did not come to the end of.
const (
	Unfinished = "中断，未完成"
	Stopped    = "已停止，未看完" // a person had it stopped
)

// Beat says that a run's process works on it.
func (db *DB) Beat(ctx context.Context, run RunID) error {
	const query = `UPDATE runs SET alive_at = ? WHERE id = ?`
	if _, err := db.write.ExecContext(ctx, query, millis(time.Now()), run); err != nil {
		return fmt.Errorf("beat of run %d: %w", run, explain(err))
	}
	return nil
}

// InterruptRuns marks the runs that have not ended and whose processes have said
// nothing since a time.
func (db *DB) InterruptRuns(ctx context.Context, since time.Time) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		const query = `UPDATE runs SET state = ?, finished_at = alive_at, changed = TRUE WHERE state = ? AND alive_at < ?`
		if _, err := tx.ExecContext(ctx, query, RunInterrupted, RunRunning, millis(since)); err != nil {
			return err
		}
		const portals = `
			UPDATE run_portals SET state = ?, message = ?, finished_at = (SELECT finished_at FROM runs WHERE id = run)
			WHERE state = ? AND run IN (SELECT id FROM runs WHERE state = ?)`
		_, err := tx.ExecContext(ctx, portals, PortalBroken, Unfinished, PortalRunning, RunInterrupted)
		return err
	})
	if err != nil {
		return fmt.Errorf("mark interrupted runs: %w", explain(err))
	}
	return nil
}

// PortalHistory returns how many runs of a kind have dealt with a portal, and when
// the last of them began there: the zero time where none has.
func (db *DB) PortalHistory(ctx context.Context, kind, portal string) (n int, last time.Time, err error) {
	const query = `
		SELECT COUNT(*), COALESCE(MAX(p.started_at), 0)
		FROM run_portals AS p JOIN runs AS r ON r.id = p.run
		WHERE r.kind = ? AND p.portal = ?`
	began, err := one(ctx, db.read, query, func(row scanner) (began int64, err error) {
		return began, row.Scan(&n, &began)
	}, kind, portal)
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("history of portal %s: %w", portal, err)
	}
	return n, fromMillis(began), nil
}

// DataVersion returns the last finished run that changed anything that readers
// see, and 0 where there is none: it names the state that is shown. What is kept of an
// answer is named by DataMark.
func (db *DB) DataVersion(ctx context.Context) (RunID, error) {
	const query = `SELECT COALESCE(MAX(id), 0) FROM runs WHERE changed AND state <> ?`
	id, err := one(ctx, db.read, query, func(row scanner) (id RunID, err error) {
		return id, row.Scan(&id)
	}, RunRunning)
	if err != nil {
		return 0, fmt.Errorf("data version: %w", err)
	}
	return id, nil
}

// DataVersionAt is DataVersion as it was when a run had ended.
func (db *DB) DataVersionAt(ctx context.Context, run RunID) (RunID, error) {
	const query = `SELECT COALESCE(MAX(id), 0) FROM runs WHERE changed AND state <> ? AND id <= ?`
	id, err := one(ctx, db.read, query, func(row scanner) (id RunID, err error) {
		return id, row.Scan(&id)
	}, RunRunning, run)
	if err != nil {
		return 0, fmt.Errorf("data version at run %d: %w", run, err)
	}
	return id, nil
}

// Settled reports whether no run works on the data, and returns how many runs have
// ended so far: while that number stays, the facts do, whichever run ended last.
func (db *DB) Settled(ctx context.Context) (settled bool, ended int64, err error) {
	return settledIn(ctx, db.read)
}

// settledIn is Settled as a transaction sees it.
func settledIn(ctx context.Context, q querier) (settled bool, ended int64, err error) {
	const query = `SELECT COUNT(*), COALESCE(SUM(CASE WHEN state = ? THEN 1 ELSE 0 END), 0) FROM runs`
	var all, running int64
	_, err = one(ctx, q, query, func(row scanner) (struct{}, error) {
		return struct{}{}, row.Scan(&all, &running)
	}, RunRunning)
	if err != nil {
		return false, 0, fmt.Errorf("settled: %w", err)
	}
	return running == 0, all - running, nil
}

// DataMark returns a number that rises with all that readers see: with every run that
// ends, whichever began first, and with what a run brings while it works. DataVersion
// does not: a run that began earlier and ends later leaves it as it is.
func (db *DB) DataMark(ctx context.Context) (int64, error) {
	_, mark, err := db.DataState(ctx)
	return mark, err
}

// DataState returns DataVersion and DataMark in one question: every page asks for both.
func (db *DB) DataState(ctx context.Context) (version RunID, mark int64, err error) {
	const query = `
		SELECT (SELECT COALESCE(MAX(id), 0) FROM runs WHERE changed AND state <> ?),
			(SELECT COUNT(*) FROM runs WHERE state <> ?)
			+ (SELECT COALESCE(MAX(id), 0) FROM changes)
			+ (SELECT COALESCE(MAX(id), 0) FROM looks)
			+ (SELECT COALESCE(MAX(id), 0) FROM readings)`
	_, err = one(ctx, db.read, query, func(row scanner) (struct{}, error) { return struct{}{}, row.Scan(&version, &mark) }, RunRunning, RunRunning)
	if err != nil {
		return 0, 0, fmt.Errorf("data state: %w", err)
	}
	return version, mark, nil
}

// PutPortalRun keeps what a run has done at a portal so far, in place of what it
// kept before: progress is no fact of the dashboard.
func (db *DB) PutPortalRun(ctx context.Context, run RunID, p PortalRun) error {
	rejected, err := toJSON(p.Rejected)
	if err != nil {
		return err
	}
	layout, err := toJSON(p.Layout)
	if err != nil {
		return err
	}
	const query = `
		INSERT INTO run_portals (run, portal, name, state, started_at, finished_at, lists,
			candidates, fetched, unchanged, new, revised, failed, blocked, rejected, message, layout)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (run, portal) DO UPDATE SET
			name = excluded.name, state = excluded.state, finished_at = excluded.finished_at,
			lists = excluded.lists, candidates = excluded.candidates, fetched = excluded.fetched,
			unchanged = excluded.unchanged, new = excluded.new, revised = excluded.revised,
			failed = excluded.failed, blocked = excluded.blocked, rejected = excluded.rejected,
			message = excluded.message, layout = excluded.layout`
	_, err = db.write.ExecContext(ctx, query, run, p.Portal, p.Name, p.State, millis(p.StartedAt),
		millis(p.FinishedAt), p.Lists, p.Candidates, p.Fetched, p.Unchanged, p.New, p.Revised,
		p.Failed, p.Blocked, rejected, p.Message, layout)
	if err != nil {
		return fmt.Errorf("keep run %d of portal %s: %w", run, p.Portal, explain(err))
	}
	return nil
}

// Runs returns the latest runs, newest first, each with its portals.
func (db *DB) Runs(ctx context.Context, limit int) ([]Run, error) {
	runs, err := collect(ctx, db.read, selectRuns+` ORDER BY id DESC LIMIT ?`, scanRun, limit)
	if err != nil {
		return nil, fmt.Errorf("runs: %w", err)
	}
	for i := range runs {
		if runs[i].Portals, err = portalRuns(ctx, db.read, runs[i].ID); err != nil {
			return nil, fmt.Errorf("run %d: %w", runs[i].ID, err)
		}
	}
	return runs, nil
}

// RunsBut returns the last runs but those of a kind, newest first.
func (db *DB) RunsBut(ctx context.Context, kind string, limit int) ([]Run, error) {
	runs, err := collect(ctx, db.read, selectRuns+` WHERE kind <> ? ORDER BY id DESC LIMIT ?`, scanRun, kind, limit)
	if err != nil {
		return nil, fmt.Errorf("runs but %s: %w", kind, err)
	}
	for i := range runs {
		if runs[i].Portals, err = portalRuns(ctx, db.read, runs[i].ID); err != nil {
			return nil, fmt.Errorf("run %d: %w", runs[i].ID, err)
		}
	}
	return runs, nil
}

// Run returns a run with its portals and failures.
func (db *DB) Run(ctx context.Context, id RunID) (Run, error) {
	run, err := one(ctx, db.read, selectRuns+` WHERE id = ?`, scanRun, id)
	if err == nil {
		run.Portals, err = portalRuns(ctx, db.read, id)
	}
	if err == nil {
		run.Failures, err = collect(ctx, db.read, selectFailures+` WHERE run = ? ORDER BY id`, scanFailure, id)
	}
	if err != nil {
		return Run{}, fmt.Errorf("run %d: %w", id, err)
	}
	return run, nil
}

const selectRuns = `
	SELECT id, kind, state, started_at, finished_at, year, whole, changed, message FROM runs`

// scanRun reads a row of selectRuns.
func scanRun(row scanner) (r Run, err error) {
	var started, finished int64
	err = row.Scan(&r.ID, &r.Kind, &r.State, &started, &finished, &r.Year, &r.Full, &r.Changed, &r.Message)
	r.StartedAt, r.FinishedAt = fromMillis(started), fromMillis(finished)
	return r, err
}

// portalRuns returns the portals of a run in the order of their names.
func portalRuns(ctx context.Context, q querier, run RunID) ([]PortalRun, error) {
	const query = `
		SELECT portal, name, state, started_at, finished_at, lists, candidates, fetched,
			unchanged, new, revised, failed, blocked, rejected, message, layout
		FROM run_portals WHERE run = ? ORDER BY portal`
	return collect(ctx, q, query, func(row scanner) (p PortalRun, err error) {
		var started, finished int64
		var rejected, layout string
		err = row.Scan(&p.Portal, &p.Name, &p.State, &started, &finished, &p.Lists, &p.Candidates,
			&p.Fetched, &p.Unchanged, &p.New, &p.Revised, &p.Failed, &p.Blocked, &rejected, &p.Message, &layout)
		if err != nil {
			return p, err
		}
		p.StartedAt, p.FinishedAt = fromMillis(started), fromMillis(finished)
		return p, errors.Join(fromJSON(rejected, &p.Rejected), fromJSON(layout, &p.Layout))
	}, run)
}
