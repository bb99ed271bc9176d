package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Query says which reports are asked for. The zero Query asks for all that are
// current.
type Query struct {
	Region   standard.RegionCode // it and all below; "" for all
	Agencies []report.AgencyID   // none for all
	FromYear int                 // 0 for the first
	ToYear   int                 // 0 for the last
	AsOf     RunID               // as things stood after that run; 0 for now
	Since    RunID               // only what came after that run: other versions, other readings of them, or their end
	Which    Which               // of the versions of a report
}

// Which says which versions of a report are asked for, each with the reading that was the
// last of it.
type Which int

// The versions of a report: the one in force, those that it replaced or that are seen no
// more, or all of them.
const (
	Current Which = iota
	Replaced
	Every
)

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
	FoundAt      time.Time // when this version was found
	Original     report.SHA256
	URL          string
	FromRun      RunID
	UntilRun     RunID           // that ended it, 0 where it is in force
	Values       []report.Value  // State and Amount only, in the order of the form's cells; nil from Figures
	Cells        Cells           // the same, compact; empty but from Figures
	FindingRules map[string]int  // failed rules with how often each; nil without any
	Corrected    []CorrectedCell // cells that show what a person found; nil for most versions
}

// Value returns what stands in a cell; Absent where the format has no such cell.
func (v *VersionValues) Value(code standard.CellCode) report.Value {
	form := standard.FormOf(v.Format)
	if form == nil {
		return report.Value{}
	}
	cell, ok := form.Cell(code)
	switch {
	case ok && cell.Index < len(v.Values):
		return v.Values[cell.Index]
	case ok && cell.Index < v.Cells.Len():
		return v.Cells.Value(cell.Index)
	}
	return report.Value{}
}

// Read returns what the readers had in a cell that shows what a person found.
func (v *VersionValues) Read(code standard.CellCode) (report.Value, bool) {
	for _, c := range v.Corrected {
		if c.Cell == code {
			return c.Read, true
		}
	}
	return report.Value{}, false
}

// A FindingRow is a finding with the version it was made on.
type FindingRow struct {
	report.Finding
	Key        string // stable over runs; with Digest it tells whether a decision still holds
	Agency     report.AgencyID
	AgencyName string
	Year       int
	Version    VersionID
	Status     report.Status
}

// where returns the condition of a query on agencies a and versions v, with its
// arguments. The facts are those that hold as of the query's run.
func (q Query) where() (string, []any) {
	asOf := orLast(q.AsOf)
	cond := holds("a") + " AND " + holds("r") + " AND "
	args := []any{asOf, asOf, asOf, asOf, asOf}
	switch q.Which {
	case Replaced:
		cond, args = cond+"v.from_run <= ? AND v.until_run <= ?", append(args, asOf)
	case Every:
		cond += "v.from_run <= ?"
	default:
		cond, args = cond+holds("v"), append(args, asOf)
	}
	if q.Region != "" {
		cond += " AND " + lies
		args = append(args, liesIn(q.Region)...)
	}
	if len(q.Agencies) > 0 {
		cond += " AND a.id IN (" + marks(len(q.Agencies)) + ")"
		for _, id := range q.Agencies {
			args = append(args, id)
		}
	}
	if q.FromYear > 0 {
		cond += " AND v.year >= ?"
		args = append(args, q.FromYear)
	}
	if q.ToYear > 0 {
		cond += " AND v.year <= ?"
		args = append(args, q.ToYear)
	}
	if q.Since > 0 {
		cond += " AND (v.from_run > ? OR r.from_run > ?"
		args = append(args, q.Since, q.Since)
		if q.Which != Current { // one in force has not ended
			cond, args = cond+" OR v.until_run > ?", append(args, q.Since)
		}
		cond += ")"
	}
	return cond, args
}

// joined are the tables that Query.where speaks of.
const joined = `
		FROM agencies AS a
		JOIN versions AS v ON v.agency = a.id
		JOIN readings AS r ON r.version = v.id`

// Versions returns the current versions with their figures, by county, roster order
// and year. A report's values take some 30 kB in memory: EachVersion reads many.
func (db *DB) Versions(ctx context.Context, q Query) ([]VersionValues, error) {
	var all []VersionValues
	err := db.eachVersion(ctx, q, func(v *VersionValues, packed []byte) (err error) {
		if v.Values, err = unpackValues(packed, nil); err == nil {
			all = append(all, *v)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("versions: %w", err)
	}
	return all, nil
}

// Figures returns the current versions with their cells in a form made for sums over
// many, by county, roster order and year: a report takes some 2 kB.
func (db *DB) Figures(ctx context.Context, q Query) ([]VersionValues, error) {
	var all []VersionValues
	var room Cells
	err := db.eachVersion(ctx, q, func(v *VersionValues, packed []byte) (err error) {
		if v.Cells, room, err = unpackCells(packed, room); err == nil {
			all = append(all, *v)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	return all, nil
}

// EachVersion calls f with the versions of a query one after another, by county, roster
// order and year. The values are f's only until it returns.
func (db *DB) EachVersion(ctx context.Context, q Query, f func(v *VersionValues) error) error {
	var values []report.Value // of all rows, one after another: by far the most of what a row takes
	err := db.eachVersion(ctx, q, func(v *VersionValues, packed []byte) (err error) {
		if values, err = unpackValues(packed, values); err != nil {
			return err
		}
		v.Values = values
		return f(v)
	})
	if err != nil {
		return fmt.Errorf("versions: %w", err)
	}
	return nil
}

// eachVersion calls f with each row and its packed values, which are f's only until it
// returns.
func (db *DB) eachVersion(ctx context.Context, q Query, f func(v *VersionValues, packed []byte) error) error {
	cond, args := q.where()
	query := `
		SELECT v.id, v.agency, v.year, v.number, v.published_on, v.first_found, v.found_at, v.original, v.url, v.from_run,
			COALESCE(v.until_run, 0), r.format, r.status, r.rules, r.corrected, r.cells` + joined + `
		WHERE ` + cond + `
		ORDER BY a.county, a.position, a.id, v.year, v.number`
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	var last versionRow
	for rows.Next() {
		var row versionRow
		if err := row.scan(rows); err != nil {
			return err
		}
		row.share(&last)
		if q.AsOf > 0 && row.untilRun > int64(q.AsOf) {
			row.untilRun = 0 // it was in force then
		}
		v, err := row.values()
		if err != nil {
			return err
		}
		if err := f(&v, row.cells); err != nil {
			return err
		}
		last = row
	}
	return explain(rows.Err())
}

// A versionRow is a row as the driver gives it: any other type would cost a conversion
// by reflection for each column of each of many rows.
type versionRow struct {
	id, year, number, first, found, fromRun, untilRun       int64
	agency, published, original, url, format, status, rules string
	corrected                                               string
	cells                                                   sql.RawBytes
}

func (r *versionRow) scan(row scanner) error {
	return row.Scan(&r.id, &r.agency, &r.year, &r.number, &r.published, &r.first, &r.found, &r.original, &r.url, &r.fromRun,
		&r.untilRun, &r.format, &r.status, &r.rules, &r.corrected, &r.cells)
}

// share takes the strings of the row before where they are the same, so that many rows
// keep few.
func (r *versionRow) share(before *versionRow) {
	if r.agency == before.agency {
		r.agency = before.agency
	}
	if r.format == before.format {
		r.format = before.format
	}
	if r.status == before.status {
		r.status = before.status
	}
}

// values returns what a row says, without its figures.
func (r *versionRow) values() (v VersionValues, err error) {
	v = VersionValues{ID: VersionID(r.id), Agency: report.AgencyID(r.agency), Year: int(r.year), Number: int(r.number),
		FirstFound: fromMillis(r.first), FoundAt: fromMillis(r.found), Original: report.SHA256(r.original), URL: r.url, FromRun: RunID(r.fromRun),
		UntilRun: RunID(r.untilRun),
		Format:   standard.Format(r.format), Status: report.Status(r.status)}
	if v.PublishedOn, err = parseDate(r.published); err != nil {
		return v, err
	}
	if v.FindingRules, err = unpackRules(r.rules); err != nil || r.corrected == "" {
		return v, err
	}
	return v, fromJSON(r.corrected, &v.Corrected)
}

// packRules counts the rules of findings in the order of their first: a=2,b=1.
func packRules(findings []report.Finding) string {
	count := make(map[string]int)
	var order []string
	for _, f := range findings {
		if count[f.Rule] == 0 {
			order = append(order, f.Rule)
		}
		count[f.Rule]++
	}
	for i, rule := range order {
		order[i] = rule + "=" + strconv.Itoa(count[rule])
	}
	return strings.Join(order, ",")
}

// unpackRules reads what packRules wrote.
func unpackRules(packed string) (map[string]int, error) {
	if packed == "" {
		return nil, nil
	}
	rules := make(map[string]int)
	for part := range strings.SplitSeq(packed, ",") {
		rule, number, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("rules %q: %w", packed, err)
		}
		rules[rule] = n
	}
	return rules, nil
}

// Findings returns the findings on current versions, by county, roster order, year
// and the order of the checks; at most limit, or all where it is 0.
func (db *DB) Findings(ctx context.Context, q Query, limit int) ([]FindingRow, error) {
	cond, args := q.where()
	query := selectFindings + cond + orderFindings
	if limit > 0 {
		query += " LIMIT ?"
		args = append(args, limit)
	}
	all, err := collect(ctx, db.read, query, scanFinding, args...)
	if err != nil {
		return nil, fmt.Errorf("findings: %w", err)
	}
	return all, nil
}

// selectFindings asks for findings under the condition of Query.where, which follows.
const selectFindings = `
		SELECT f.key, f.finding, v.agency, a.name, v.year, v.id, r.status` + joined + `
		JOIN findings AS f ON f.reading = r.id
		WHERE `

const orderFindings = `
		ORDER BY a.county, a.position, a.id, v.year, f.ordinal`

// scanFinding reads a row of selectFindings.
func scanFinding(row scanner) (f FindingRow, err error) {
	var text string
	if err = row.Scan(&f.Key, &text, &f.Agency, &f.AgencyName, &f.Year, &f.Version, &f.Status); err != nil {
		return f, err
	}
	return f, fromJSON(text, &f.Finding)
}
