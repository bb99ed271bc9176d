package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"

	"gongkai/internal/fault"
	"gongkai/internal/report"
)

// A Writing is what one step of work writes: all of it stays or nothing does. Its
// questions are answered from what the step has written and all that was written
// before it. It is valid only within Write.
type Writing struct {
	tx    *sql.Tx
	later *pending // of the whole transaction: tx is asked only of what is not in it

	// What NearVersions has found of an agency, until the step adds a version.
	near  nearby
	known []knownVersion
}

// A nearby is what NearVersions was asked for.
type nearby struct {
	agency   report.AgencyID
	from, to int
}

// Write does one step of work. f may be called again where the steps of others, with
// which it shares a transaction, have failed: it must do the same each time. It is not
// to use the DB, whose writer is taken meanwhile.
func (db *DB) Write(ctx context.Context, f func(ctx context.Context, w *Writing) error) error {
	return db.WriteEach(ctx, f)[0]
}

// WriteEach is Write of several steps, which share a transaction where none fails. It
// returns the errors of each.
func (db *DB) WriteEach(ctx context.Context, fs ...func(ctx context.Context, w *Writing) error) []error {
	// A statement that is cut off would end the steps of others as well.
	whole := context.WithoutCancel(ctx)
	all := make([]*step, len(fs))
	for i, f := range fs {
		all[i] = &step{do: func(tx *sql.Tx, later *pending) error { return f(whole, &Writing{tx: tx, later: later}) }}
	}
	db.inTurn(ctx, all)
	errs := make([]error, len(all))
	for i, s := range all {
		errs[i] = s.err
	}
	return errs
}

// asked returns the transaction to be asked anything of.
func (w *Writing) asked(ctx context.Context) (*sql.Tx, error) { return w.tx, w.later.flush(ctx, w.tx) }

// PutOriginals is DB.PutOriginal of several as part of a step.
func (w *Writing) PutOriginals(ctx context.Context, run RunID, all ...report.Original) error {
	return putOriginals(ctx, w.tx, run, all...)
}

// PutPage is DB.PutPage as part of a step.
func (w *Writing) PutPage(ctx context.Context, p Page) error { return w.later.putPage(ctx, w.tx, p) }

// AddFailure is DB.AddFailure as part of a step.
func (w *Writing) AddFailure(ctx context.Context, run RunID, f Failure) error {
	tx, err := w.asked(ctx) // what mends failures comes before it
	if err != nil {
		return err
	}
	return addFailure(ctx, tx, run, f)
}

// MendFailures is DB.MendFailures as part of a step.
func (w *Writing) MendFailures(ctx context.Context, run RunID, url string) error {
	return w.later.mend(ctx, w.tx, run, url)
}

// Withdraw is DB.Withdraw as part of a step.
func (w *Writing) Withdraw(ctx context.Context, kind, key string) error {
	return w.later.withdraw(ctx, w.tx, kind, key)
}

// AddChange is DB.AddChange as part of a step.
func (w *Writing) AddChange(_ context.Context, c ChangeRow) error {
	w.later.addChange(c)
	return nil
}

// VersionsFrom is DB.VersionsFrom as part of a step.
func (w *Writing) VersionsFrom(ctx context.Context, url string) ([]VersionRef, error) {
	tx, err := w.asked(ctx)
	if err != nil {
		return nil, err
	}
	return versionsFrom(ctx, tx, url)
}

// AddVersion is DB.AddVersion of a version that was packed before.
func (w *Writing) AddVersion(ctx context.Context, run RunID, v *PackedVersion) (VersionID, Change, error) {
	known, err := w.versionsOf(ctx, v.Agency, v.Year)
	if err != nil {
		return 0, NoChange, err
	}
	w.near, w.known = nearby{}, nil
	return addVersion(ctx, w.tx, w.later, run, v.NewVersion, v.reading, known)
}

// versionsOf returns the versions of a report, as NearVersions has found them where it was
// asked just before.
func (w *Writing) versionsOf(ctx context.Context, agency report.AgencyID, year int) ([]knownVersion, error) {
	if w.near.agency != agency || year < w.near.from || year > w.near.to {
		known, _, err := knownVersions(ctx, w.tx, agency, year, year)
		return w.later.knownOf(agency, year, year, known), err
	}
	return slices.DeleteFunc(slices.Clone(w.known), func(k knownVersion) bool { return k.year != year }), nil
}

// AddReading is DB.AddReading of a version that was packed before.
func (w *Writing) AddReading(ctx context.Context, run RunID, id VersionID, v *PackedVersion) (Change, error) {
	tx, err := w.asked(ctx)
	if err != nil {
		return NoChange, err
	}
	return addReading(ctx, tx, run, id, v.NewVersion, v.reading)
}

// NearVersions is DB.NearVersions as part of a step.
func (w *Writing) NearVersions(ctx context.Context, agency report.AgencyID, from, to int) ([]VersionRef, error) {
	known, named, err := knownVersions(ctx, w.tx, agency, from, to)
	if err != nil {
		return nil, err
	}
	known = w.later.knownOf(agency, from, to, known)
	w.near, w.known = nearby{agency, from, to}, known
	current := currentOf(agency, known)
	if !named {
		return current, nil
	}
	tx, err := w.asked(ctx)
	if err != nil {
		return nil, err
	}
	return nearVersions(ctx, tx, agency, from, to, current)
}

// Agency is DB.Agency as part of a step.
func (w *Writing) Agency(ctx context.Context, id report.AgencyID) (report.Agency, error) {
	a, err := one(ctx, w.tx, selectAgencies+` WHERE a.id = ? AND `+holds("a"), scanAgency, id, last, last)
	if err != nil {
		return report.Agency{}, fmt.Errorf("agency %s: %w", id, err)
	}
	return a.Agency, nil
}

// Readings is DB.Readings as part of a step.
func (w *Writing) Readings(ctx context.Context, agency report.AgencyID, from, to int) (map[int]Kept, error) {
	tx, err := w.asked(ctx)
	if err != nil {
		return nil, err
	}
	return readings(ctx, tx, agency, from, to)
}

// ReplaceFindings is DB.ReplaceFindings as part of a step.
func (w *Writing) ReplaceFindings(ctx context.Context, run RunID, id VersionID, findings []report.Finding) (bool, error) {
	tx, err := w.asked(ctx)
	if err != nil {
		return false, err
	}
	return replaceFindingsOf(ctx, tx, run, id, findings)
}

// A steps is the queue before the one writer. Those who come while it writes are done
// together when it is free, in one transaction: a commit costs the same for many as
// for one.
type steps struct {
	mu    sync.Mutex
	next  []*step
	leads sync.Mutex // held while steps are done
}

// A step is one caller of transact.
type step struct {
	do   func(tx *sql.Tx, later *pending) error
	done bool // guarded by steps.leads
	err  error
}

// together is how many steps share a transaction at most, lest one who only gives a
// sign of life wait long for the writer.
const together = 64

// take takes the first steps out of the queue. The caller holds leads.
func (s *steps) take() []*step {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.next), together)
	all := s.next[:n:n]
	s.next = s.next[n:]
	for _, one := range all {
		one.done = true
	}
	return all
}

// errUndone is the error of a step that was not reached, since another panicked.
var errUndone = errors.New("not written: the writer was stopped by an error in the program")

// transact runs f in a transaction of a writer. Nothing stays of it unless f returns
// nil. No other transaction of a writer runs meanwhile, in this process or another. f
// may be called twice.
func (db *DB) transact(ctx context.Context, f func(tx *sql.Tx) error) error {
	mine := &step{do: func(tx *sql.Tx, later *pending) error {
		if err := later.flush(ctx, tx); err != nil {
			return err
		}
		return f(tx)
	}}
	db.inTurn(ctx, []*step{mine})
	return mine.err
}

// inTurn does steps when it is their turn, together where none fails.
func (db *DB) inTurn(ctx context.Context, mine []*step) {
	for _, s := range mine {
		if s.err = ctx.Err(); s.err == nil {
			s.err = errUndone
		}
	}
	if ctx.Err() != nil || len(mine) == 0 {
		return
	}
	db.steps.mu.Lock()
	db.steps.next = append(db.steps.next, mine...)
	db.steps.mu.Unlock()
	db.steps.leads.Lock()
	defer db.steps.leads.Unlock()
	for last := mine[len(mine)-1]; !last.done; {
		db.doAll(context.WithoutCancel(ctx), db.steps.take())
	}
}

// doAll does steps in one transaction. Where one fails nothing of it stays, and each
// is done by itself, so that none suffers from another.
func (db *DB) doAll(ctx context.Context, all []*step) {
	if db.inOne(ctx, all) == nil {
		for _, s := range all {
			s.err = nil
		}
		return
	}
	for _, s := range all {
		s.err = db.inOne(ctx, []*step{s})
	}
}

// inOne does steps in one transaction, all of them or none.
func (db *DB) inOne(ctx context.Context, all []*step) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing once it is committed
	if db.dialect == onPostgres {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(?)`, int64(turn)); err != nil {
			return explain(err)
		}
	}
	later := pending{dialect: db.dialect}
	for _, s := range all {
		if err := s.do(tx, &later); err != nil {
			return explain(err)
		}
	}
	if err := later.flush(ctx, tx); err != nil {
		return explain(err)
	}
	fault.Point("store.uncommitted")
	if err := tx.Commit(); err != nil {
		return explain(err)
	}
	fault.Point("store.committed")
	return nil
}
