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

// A Query says which reports are asked for. The zero Query asks for all that are
// current.
type Query struct {
	Region   standard.RegionCode // it and all below; "" for all
	Agencies []report.AgencyID   // none for all
	FromYear int                 // 0 for the first
	ToYear   int                 // 0 for the last
	AsOf     RunID               // as things stood after that run; 0 for now
}

// VersionValues is a current version with its figures, made for sums over many.
type VersionValues struct {
	ID           VersionID
	Agency       report.AgencyID
	Year         int
	Format       standard.Format
	Status       report.Status
	Number       int // number of the version in its report
	PublishedOn  report.Date
	FirstFound   time.Time // when the first version of the report was found
	Original     report.SHA256
	URL          string
	FromRun      RunID
	Values       []report.Value // State and Amount only, in the order of the form's cells
	FindingRules map[string]int // failed rules with how often each; nil without any
}

// Value returns what stands in a cell; Absent where the format has no such cell.
func (v *VersionValues) Value(code standard.CellCode) report.Value {
	form := standard.FormOf(v.Format)
	if form == nil {
		return report.Value{}
	}
	cell, ok := form.Cell(code)
	if !ok || cell.Index >= len(v.Values) {
		return report.Value{}
	}
	return v.Values[cell.Index]
}

// A FindingRow is a finding with the version it was made on.
type FindingRow struct {
	report.Finding
	Key        string // stable over runs
	Agency     report.AgencyID
	AgencyName string
	Year       int
	Version    VersionID
	Status     report.Status
}

// A Change says what a run brought.
type Change string

// The kinds of change.
const (
	NoChange       Change = ""
	ChangeNew      Change = "new"      // the first version of a report
	ChangeRevised  Change = "revised"  // a further version
	ChangeEnrolled Change = "enrolled" // an agency that the register did not have was met at a portal
	ChangeReread   Change = "reread"   // a newer reader read an old version otherwise: ours, not the agency's
	ChangeRemoved  Change = "removed"  // a report is no longer where it was
	ChangeBlocked  Change = "blocked"  // a page went behind a challenge or a login
)

// A ChangeRow is one change, for people to read.
type ChangeRow struct {
	ID         int64
	Run        RunID
	At         time.Time
	Kind       Change
	Agency     report.AgencyID
	AgencyName string
	Region     standard.RegionCode
	Year       int
	Version    VersionID
	Text       string // in plain Chinese
	Demo       bool
}

// A RegionRow is a county that has agencies, with how many.
type RegionRow struct {
	Code     standard.RegionCode
	Name     string            // its own, without the regions above it
	Path     []standard.Region // from the widest down to it
	Demo     bool              // all its agencies are fictitious
	Agencies int
	Watched  int
	Reports  int // current reports of all years
	FromYear int // of the first report, 0 without any
	ToYear   int
}

// A Look is one look through a portal, for all its agencies or for one.
type Look struct {
	Run      RunID
	Portal   string
	Agency   report.AgencyID // "" for all agencies of the portal without a Look of their own in the run
	At       time.Time
	Good     bool   // absence may be inferred from it
	Found    int    // candidates
	Reason   string // why it was not good
	Evidence []report.SHA256
}

// A CoverageRow is what looking for the reports of one agency has come to. Together with
// a deadline it says whether a report is missing or was late.
type CoverageRow struct {
	Agency report.Agency
	// Portals cover the agency; none means that it is not watched.
	Portals []string
	// Good are the times of good looks, the first first. Several agencies share the
	// slice: it is not to be changed.
	Good []time.Time
	// Last is the latest look, good or not; Reason says why it was not good.
	Last   time.Time
	Reason string
}

// LastGood returns the time of the last good look, and the zero time without any.
func (s *CoverageRow) LastGood() time.Time {
	if len(s.Good) == 0 {
		return time.Time{}
	}
	return s.Good[len(s.Good)-1]
}

// A Page is a known address of a report, with what a conditional request needs.
type Page struct {
	URL          string
	Portal       string
	Agency       report.AgencyID
	Year         int
	ETag         string
	LastModified string
	Hash         report.SHA256 // of the last bytes
	Files        []string      // documents it links in place of a table
	Reader       string        // version of the readers that read the last bytes
	Trusted      bool          // its validators have not been proved wrong
	FetchedAt    time.Time     // when it last answered with bytes
	SeenAt       time.Time
	SeenRun      RunID     // last run that found it
	State        PageState // what the last request came to
}

// A PageState says what the last request for a page came to.
type PageState string

// The states of a page.
const (
	PageOK      PageState = "ok"
	PageBlocked PageState = "blocked"
	PageGone    PageState = "gone"
	PageFailed  PageState = "failed"
)

// A Request is one HTTP request that was made.
type Request struct {
	Portal      string
	URL         string
	At          time.Time
	Status      int // HTTP status, 0 without an answer
	Bytes       int64
	Took        time.Duration
	NotModified bool
	Error       string
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
	a, err := one(ctx, db.read, selectAgencies+` WHERE a.id = ? AND a.until_run IS NULL`, scanAgency, agency)
	if err != nil {
		return Report{}, err
	}
	current, err := db.version(ctx, heads[len(heads)-1].ID, asOf)
	if err != nil {
		return Report{}, err
	}
	return Report{Agency: a.Agency, Year: year, Current: current, Versions: heads}, nil
}

// Version returns a version in full, as its current reading has it.
func (db *DB) Version(ctx context.Context, id VersionID) (Version, error) {
	v, err := db.version(ctx, id, last)
	if err != nil {
		return Version{}, fmt.Errorf("version %d: %w", id, err)
	}
	return v, nil
}

func (db *DB) version(ctx context.Context, id VersionID, asOf RunID) (Version, error) {
	rv, err := one(ctx, db.read, selectHeads+` WHERE v.id = ?`, scanHead, asOf, asOf, id)
	if err != nil {
		return Version{}, err
	}
	v := rv.Version
	if v.Reading.Values, err = unpackValues(rv.cells, nil); err != nil {
		return v, err
	}
	if err := db.addDetails(ctx, &v, rv.reading); err != nil {
		return v, err
	}
	const query = `SELECT finding FROM findings WHERE reading = ? ORDER BY ordinal`
	v.Findings, err = collect(ctx, db.read, query, func(row scanner) (f report.Finding, err error) {
		var text string
		if err = row.Scan(&text); err != nil {
			return f, err
		}
		return f, fromJSON(text, &f)
	}, rv.reading)
	if err != nil {
		return v, err
	}
	if v.Source, err = original(ctx, db.read, v.Original); err != nil {
		return v, err
	}
	if v.Page != "" {
		v.SourceOf, err = original(ctx, db.read, v.Page)
	}
	return v, err
}

// addDetails adds what is kept apart from the figures.
func (db *DB) addDetails(ctx context.Context, v *Version, reading int64) error {
	var places, prose []byte
	const query = `SELECT places, document FROM reading_details WHERE reading = ?`
	_, err := one(ctx, db.read, query, func(row scanner) (struct{}, error) {
		return struct{}{}, row.Scan(&places, &prose)
	}, reading)
	if err != nil {
		return err
	}
	if places, err = inflated(places); err != nil {
		return err
	}
	if err := unpackPlaces(places, v.Reading.Values); err != nil {
		return err
	}
	if prose, err = inflated(prose); err != nil {
		return err
	}
	return unpackDocument(prose, v)
}

// selectHeads asks for versions with the reading that holds after a run, which it
// takes twice before all other arguments.
var selectHeads = `
	SELECT v.id, v.agency, v.year, v.number, v.title, v.agency_read, v.published_on, v.signed_on, v.original,
		v.page, v.url, v.found_at, v.from_run, v.until_run, r.id, r.reader, r.format, r.status, r.route, r.cells
	FROM versions AS v JOIN readings AS r ON r.version = v.id AND ` + holds("r")

// A readVersion is a version with what is needed to read the rest of it.
type readVersion struct {
	Version
	reading int64
	cells   []byte
}

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
