package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A VersionHead says which version it is and how it stands, without its figures.
type VersionHead struct {
	ID          VersionID
	Agency      report.AgencyID
	Year        int
	Number      int // counts from 1 in its report
	Format      standard.Format
	Status      report.Status
	Title       string
	PublishedOn report.Date // as printed
	SignedOn    report.Date
	Original    report.SHA256 // bytes the figures were read from
	Page        report.SHA256 // page that links the original, "" where the page is the original
	URL         string
	FoundAt     time.Time // when a run of ours found it
	FromRun     RunID
	UntilRun    RunID // run that found the next version, 0 while it is the current one
}

// A Version is one version of a report with all that was read from it.
type Version struct {
	VersionHead
	Reader   string // version of the readers
	Reading  report.Reading
	Findings []report.Finding
	Problems []string        // in words, what made the status what it is
	Source   report.Original // record of Original
	SourceOf report.Original // record of Page; zero where the page is the original

	Corrections []Correction // what people laid over what was read
}

// A Report is what an agency published for one year.
type Report struct {
	Agency   report.Agency
	Year     int
	Current  Version
	Versions []VersionHead // all, the first first
}

// A NewVersion is what was read from a document that may be a new version.
type NewVersion struct {
	Agency   report.AgencyID
	Year     int
	Reading  report.Reading
	Status   report.Status
	Findings []report.Finding
	Problems []string
	Original report.SHA256 // kept before with PutOriginal
	Page     report.SHA256 // page that links the original, "" where the page is the original
	URL      string
	Reader   string // version of the readers
	FoundAt  time.Time
}

// Report returns what an agency had published for a year after a run, 0 for now:
// the current version in full and the heads of all. It is report.ErrNotFound where
// there was none.
func (db *DB) Report(ctx context.Context, agency report.AgencyID, year int, asOf RunID) (Report, error) {
	r, err := db.reportAt(ctx, agency, year, orLast(asOf))
	if err != nil {
		return Report{}, fmt.Errorf("report of %s for %d: %w", agency, year, err)
	}
	return r, nil
}

// reportAt takes the newest version that the run knew: versions replace each other in
// the order of their numbers.
func (db *DB) reportAt(ctx context.Context, agency report.AgencyID, year int, asOf RunID) (Report, error) {
	query := selectHeads + ` WHERE v.agency = ? AND v.year = ? AND v.from_run <= ? ORDER BY v.number`
	heads, err := collect(ctx, db.read, query, func(row scanner) (VersionHead, error) {
		rv, err := scanHead(row)
		if rv.UntilRun > asOf {
			rv.UntilRun = 0
		}
		return rv.VersionHead, err
	}, asOf, asOf, agency, year, asOf)
	if err != nil {
		return Report{}, err
	}
	if len(heads) == 0 {
		return Report{}, report.ErrNotFound
	}
	a, err := one(ctx, db.read, selectAgencies+` WHERE a.id = ? AND `+holds("a"), scanAgency, agency, asOf, asOf)
	if err != nil {
		return Report{}, err
	}
	current, err := version(ctx, db.read, heads[len(heads)-1].ID, asOf)
	if err != nil {
		return Report{}, err
	}
	return Report{Agency: a.Agency, Year: year, Current: current, Versions: heads}, nil
}

// Version returns a version in full, as its current reading has it.
func (db *DB) Version(ctx context.Context, id VersionID) (Version, error) {
	return db.VersionAt(ctx, id, last)
}

// VersionAt returns a version in full as the reading has it that held after a run, 0
// for now.
func (db *DB) VersionAt(ctx context.Context, id VersionID, asOf RunID) (Version, error) {
	v, err := version(ctx, db.read, id, orLast(asOf))
	if err != nil {
		return Version{}, fmt.Errorf("version %d: %w", id, err)
	}
	return v, nil
}

// version reads a version with the reading that held after a run, and all that is kept
// apart from its figures.
func version(ctx context.Context, q querier, id VersionID, asOf RunID) (Version, error) {
	rv, err := one(ctx, q, selectHeads+` WHERE v.id = ?`, scanHead, asOf, asOf, id)
	if err != nil {
		return Version{}, err
	}
	v, err := whole(ctx, q, rv)
	if err != nil {
		return v, err
	}
	if v.UntilRun > asOf {
		v.UntilRun = 0 // it held after that run
	}
	v.Corrections, err = correctionsAt(ctx, q, id, asOf)
	return v, err
}

// whole reads all that is kept apart from the head of a version.
func whole(ctx context.Context, q querier, rv readVersion) (Version, error) {
	v := rv.Version
	var err error
	if v.Reading.Values, err = unpackValues(rv.cells, nil); err != nil {
		return v, err
	}
	if err := addDetails(ctx, q, new(inflater), &v, rv.reading); err != nil {
		return v, err
	}
	const query = `SELECT finding FROM findings WHERE reading = ? ORDER BY ordinal`
	v.Findings, err = collect(ctx, q, query, func(row scanner) (f report.Finding, err error) {
		var text string
		if err = row.Scan(&text); err != nil {
			return f, err
		}
		return f, fromJSON(text, &f)
	}, rv.reading)
	if err != nil {
		return v, err
	}
	if v.Source, err = original(ctx, q, v.Original); err != nil {
		return v, err
	}
	if v.Page != "" {
		v.SourceOf, err = original(ctx, q, v.Page)
	}
	return v, err
}

// addDetails adds what is kept apart from the figures.
func addDetails(ctx context.Context, q querier, in *inflater, v *Version, reading int64) error {
	var places, prose []byte
	const query = `SELECT places, document FROM reading_details WHERE reading = ?`
	_, err := one(ctx, q, query, func(row scanner) (struct{}, error) {
		return struct{}{}, row.Scan(&places, &prose)
	}, reading)
	if err != nil {
		return err
	}
	return unpackDetails(in, v, places, prose)
}

// unpackDetails puts what is kept apart from the figures into a version.
func unpackDetails(in *inflater, v *Version, places, prose []byte) error {
	places, err := in.inflated(places)
	if err != nil {
		return err
	}
	if err := unpackPlaces(places, v.Reading.Values); err != nil {
		return err
	}
	if prose, err = in.inflated(prose); err != nil {
		return err
	}
	return unpackDocument(prose, v)
}

// headColumns are what scanHead reads.
const headColumns = `
	SELECT v.id, v.agency, v.year, v.number, v.title, v.agency_read, v.published_on, v.signed_on, v.original,
		v.page, v.url, v.found_at, v.from_run, v.until_run, r.id, r.reader, r.format, r.status, r.route, r.cells`

// selectHeads asks for versions with the reading that holds after a run, which it
// takes twice before all other arguments.
var selectHeads = headColumns + `
	FROM versions AS v JOIN readings AS r ON r.version = v.id AND ` + holds("r")

// selectByReading asks for the version of a reading, with that reading.
const selectByReading = headColumns + `
	FROM readings AS r JOIN versions AS v ON v.id = r.version WHERE r.id = ?`

// A readVersion is a version with what is needed to read the rest of it.
type readVersion struct {
	Version
	reading int64
	cells   []byte
}

// scanHead reads a row of selectHeads.
func scanHead(row scanner) (v readVersion, err error) {
	var published, signed string
	var found int64
	var until sql.NullInt64
	r := &v.Reading
	err = row.Scan(&v.ID, &v.Agency, &v.Year, &v.Number, &v.Title, &r.Agency, &published, &signed, &v.Original,
		&v.Page, &v.URL, &found, &v.FromRun, &until, &v.reading, &v.Reader, &v.Format, &v.Status, &r.Route, &v.cells)
	if err != nil {
		return v, err
	}
	v.FoundAt, v.UntilRun = fromMillis(found), RunID(until.Int64)
	if v.PublishedOn, err = parseDate(published); err != nil {
		return v, err
	}
	if v.SignedOn, err = parseDate(signed); err != nil {
		return v, err
	}
	r.Title, r.Format, r.Published, r.Signed = v.Title, v.Format, v.PublishedOn, v.SignedOn
	return v, nil
}
