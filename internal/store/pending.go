package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"gongkai/internal/report"
)

// A pending is what the steps of one transaction write, kept back until the transaction
// ends or until one asks a table that some of it belongs to. Then the rows of many
// steps go in with one statement for each table: a statement costs more than the row that
// it writes. What is kept back is part of the transaction like all else: it stays with
// it, or nothing of it does.
type pending struct {
	dialect   dialect
	run       RunID          // of sums and mended
	added     []addedVersion // the rows of versions, as they are asked for
	versions  tableRows
	readings  tableRows
	version   VersionID   // the next; 0 before the first
	reading   int64       // the next
	sums      []VersionID // whose sums end
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

// An addedVersion is a version that is kept back.
type addedVersion struct {
	agency report.AgencyID
	knownVersion
}

// addVersion adds a version with its reading, which say their number.
func (p *pending) addVersion(ctx context.Context, tx *sql.Tx, run RunID, v NewVersion, r packedReading, number int, first int64) (VersionID, error) {
	if err := p.of(ctx, tx, run); err != nil {
		return 0, err
	}
	if p.version == 0 {
		if err := p.number(ctx, tx); err != nil {
			return 0, err
		}
	}
	id, reading := p.version, p.reading
	p.version, p.reading = p.version+1, p.reading+1
	p.added = append(p.added, addedVersion{v.Agency, knownVersion{id: id, year: v.Year, current: true, number: number, url: v.URL, content: r.content, first: first}})
	p.versions.table, p.versions.columns = "versions", versionColumns()
	p.versions.add(id, v.Agency, v.Year, number, v.Reading.Title, v.Reading.Agency, dateText(v.Reading.Published),
		dateText(v.Reading.Signed), v.Original, v.Page, v.URL, millis(v.FoundAt), first, run)
	p.readings.table, p.readings.columns = "readings", append([]string{"id"}, readingColumns()...)
	p.readings.add(append([]any{reading}, r.row(run, id)...)...)
	p.sums = append(p.sums, id)
	p.addDetails(reading, r)
	return id, nil
}

// number asks which numbers the next version and the next reading take. Nobody else takes
// them before what is kept back is written.
func (p *pending) number(ctx context.Context, tx *sql.Tx) error {
	version, err := nextID(ctx, tx, "versions")
	if err != nil {
		return err
	}
	p.version = VersionID(version)
	p.reading, err = nextID(ctx, tx, "readings")
	return err
}

// knownOf adds to known versions of an agency those that are kept back.
func (p *pending) knownOf(agency report.AgencyID, from, to int, known []knownVersion) []knownVersion {
	for _, a := range p.added {
		if a.agency == agency && a.year >= from && a.year <= to {
			known = append(known, a.knownVersion)
		}
	}
	slices.SortFunc(known, knownVersion.compare)
	return known
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
	*p = pending{dialect: p.dialect}
	if err := all.insertVersions(ctx, tx); err != nil {
		return err
	}
	if err := endSumsOf(ctx, tx, all.run, all.sums...); err != nil {
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

// insertVersions writes versions and their readings. The database goes on numbering behind
// them.
func (p *pending) insertVersions(ctx context.Context, tx *sql.Tx) error {
	if len(p.added) == 0 {
		return nil
	}
	for _, rows := range []*tableRows{&p.versions, &p.readings} {
		if err := rows.insert(ctx, tx); err != nil {
			return fmt.Errorf("table %s: %w", rows.table, err)
		}
		if err := (relation{name: rows.table, serial: "id"}).continueNumbers(ctx, tx, p.dialect); err != nil {
			return err
		}
	}
	return nil
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
