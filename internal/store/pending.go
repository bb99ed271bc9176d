package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// A pending is what the steps of one transaction write to tables that no step asks, kept
// back until the transaction ends or until one asks after all. Then the rows of many
// steps go in with one statement for each table: a statement costs more than the row that
// it writes. What is kept back is part of the transaction like all else: it stays with
// it, or nothing of it does.
type pending struct {
	run       RunID       // of versions and mended
	versions  []VersionID // whose sums end
	mended    []string    // addresses of failures
	details   tableRows
	texts     tableRows
	segments  []int64 // of the index of texts, that begin
	findings  tableRows
	changes   tableRows
	pages     []Page
	withdrawn []string // keys of leases
	kind      string   // of those
}

// endSumsOf is endSumsOf, later.
func (p *pending) endSumsOf(ctx context.Context, tx *sql.Tx, run RunID, id VersionID) error {
	err := p.of(ctx, tx, run)
	p.versions = append(p.versions, id)
	return err
}

// of makes it what belongs to a run: what is kept back of another is written first.
func (p *pending) of(ctx context.Context, tx *sql.Tx, run RunID) (err error) {
	if p.run != run && p.run != 0 {
		err = p.flush(ctx, tx)
	}
	p.run = run
	return err
}

// addDetails adds what is kept beside the row of a reading.
func (p *pending) addDetails(reading int64, r packedReading) {
	p.details.table, p.details.columns = "reading_details", []string{"reading", "places", "document"}
	p.details.add(reading, r.places, r.document)
	if len(r.grams) > 0 {
		p.texts.table, p.texts.columns, p.texts.conflict = "search_texts", []string{"reading", "grams"}, " ON CONFLICT (reading) DO NOTHING"
		p.texts.add(reading, r.grams)
	}
	if reading%segmentSize == 0 {
		p.segments = append(p.segments, reading/segmentSize)
	}
	p.addFindings(reading, r.findings)
}

// addFindings adds the findings of a reading.
func (p *pending) addFindings(reading int64, findings []packedFinding) {
	p.findings.table, p.findings.columns = "findings", findingColumns()
	for i, f := range findings {
		p.findings.add(reading, i, f.key, f.Rule, f.Subject, f.Severity, f.Attribution, f.text)
	}
}

// addChange adds a change.
func (p *pending) addChange(c ChangeRow) {
	p.changes.table, p.changes.columns = "changes", []string{"run", "at", "kind", "agency", "year", "version", "text"}
	p.changes.add(c.Run, millis(c.At), c.Kind, c.Agency, c.Year, c.Version, c.Text)
}

// putPage keeps what is known of an address. An address is in what is kept back once.
func (p *pending) putPage(ctx context.Context, tx *sql.Tx, page Page) error {
	if slices.ContainsFunc(p.pages, func(q Page) bool { return q.URL == page.URL }) {
		if err := p.flush(ctx, tx); err != nil {
			return err
		}
	}
	p.pages = append(p.pages, page)
	return nil
}

// mend marks the failures of an address as mended.
func (p *pending) mend(ctx context.Context, tx *sql.Tx, run RunID, url string) error {
	err := p.of(ctx, tx, run)
	p.mended = append(p.mended, url)
	return err
}

// withdraw ends a lease that waits.
func (p *pending) withdraw(ctx context.Context, tx *sql.Tx, kind, key string) (err error) {
	if p.kind != kind && p.kind != "" {
		err = p.flush(ctx, tx)
	}
	p.kind, p.withdrawn = kind, append(p.withdrawn, key)
	return err
}

// flush writes what is kept back.
func (p *pending) flush(ctx context.Context, tx *sql.Tx) error {
	all := *p
	*p = pending{}
	if err := endSumsOf(ctx, tx, all.run, all.versions...); err != nil {
		return err
	}
	for _, rows := range []*tableRows{&all.details, &all.texts, &all.findings, &all.changes} {
		if err := rows.insert(ctx, tx); err != nil {
			return fmt.Errorf("table %s: %w", rows.table, err)
		}
	}
	for _, segment := range all.segments {
		if err := writeSegments(ctx, tx, segment); err != nil {
			return err
		}
	}
	if err := putPages(ctx, tx, all.pages); err != nil {
		return err
	}
	if err := mendFailures(ctx, tx, all.run, all.mended...); err != nil {
		return err
	}
	return withdraw(ctx, tx, time.Now(), all.kind, all.withdrawn...)
}

// some is how many of n things one statement takes: a power of two and no more than
// perStatement, so that there are few statements, which the connection keeps.
func some(n int) int { return min(perStatement, 1<<(bits.Len(uint(n))-1)) }

// inSome calls f with a list for the condition IN and its arguments, for some of the
// texts after another.
func inSome[T any](all []T, f func(list string, args []any) error) error {
	for len(all) > 0 {
		n := some(len(all))
		args := make([]any, n)
		for i := range args {
			args[i] = all[i]
		}
		if err := f("("+marks(n)+")", args); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// sql is the statement that adds n rows.
func (t *tableRows) sql(n int) string {
	row := "(" + marks(len(t.columns)) + ")"
	return `INSERT INTO ` + t.table + ` (` + strings.Join(t.columns, ", ") + `) VALUES ` + row + strings.Repeat(", "+row, n-1) + t.conflict
}
