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

// where returns the condition of a query on agencies a and versions v, with its
// arguments. The facts are those that hold as of the query's run.
func (q Query) where() (string, []any) {
	asOf := orLast(q.AsOf)
	cond := holds("a") + " AND " + holds("v") + " AND " + holds("r")
	args := []any{asOf, asOf, asOf, asOf, asOf, asOf}
	if q.Region != "" {
		from, to := within(q.Region)
		cond += " AND a.region >= ? AND a.region < ?"
		args = append(args, from, to)
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
	err := db.eachVersion(ctx, q, true, func(v *VersionValues) error {
		all = append(all, *v)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("versions: %w", err)
	}
	return all, nil
}

// EachVersion calls f with the current versions one after another, by county, roster
// order and year. The values are f's only until it returns.
func (db *DB) EachVersion(ctx context.Context, q Query, f func(v *VersionValues) error) error {
	if err := db.eachVersion(ctx, q, false, f); err != nil {
		return fmt.Errorf("versions: %w", err)
	}
	return nil
}

// eachVersion uses one buffer for the values of all rows, unless they are to be kept:
// they are by far the most of what a row takes.
func (db *DB) eachVersion(ctx context.Context, q Query, keep bool, f func(v *VersionValues) error) error {
	cond, args := q.where()
	query := `
		SELECT v.id, v.agency, v.year, v.number, v.published_on, v.first_found, v.original, v.url, v.from_run,
			r.format, r.status, r.rules, r.cells` + joined + `
		WHERE ` + cond + `
		ORDER BY a.county, a.position, a.id, v.year`
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	var values []report.Value
	for rows.Next() {
		if keep {
			values = nil
		}
		var v VersionValues
		if values, err = scanVersionValues(rows, &v, values); err != nil {
			return err
		}
		if err := f(&v); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// scanVersionValues reads a row into v. The values are written over those in buffer,
// and it returns the buffer to use for the next.
func scanVersionValues(row scanner, v *VersionValues, buffer []report.Value) ([]report.Value, error) {
	var published, rules string
	var found int64
	var cells sql.RawBytes
	err := row.Scan(&v.ID, &v.Agency, &v.Year, &v.Number, &published, &found, &v.Original, &v.URL, &v.FromRun,
		&v.Format, &v.Status, &rules, &cells)
	if err != nil {
		return buffer, err
	}
	v.FirstFound = fromMillis(found)
	if v.PublishedOn, err = parseDate(published); err != nil {
		return buffer, err
	}
	if v.FindingRules, err = unpackRules(rules); err != nil {
		return buffer, err
	}
	v.Values, err = unpackValues(cells, buffer)
	return v.Values, err
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
	query := `
		SELECT f.key, f.finding, v.agency, a.name, v.year, v.id, r.status` + joined + `
		JOIN findings AS f ON f.reading = r.id
		WHERE ` + cond + `
		ORDER BY a.county, a.position, a.id, v.year, f.ordinal`
	if limit > 0 {
		query += " LIMIT ?"
		args = append(args, limit)
	}
	all, err := collect(ctx, db.read, query, func(row scanner) (f FindingRow, err error) {
		var text string
		if err = row.Scan(&f.Key, &text, &f.Agency, &f.AgencyName, &f.Year, &f.Version, &f.Status); err != nil {
			return f, err
		}
		return f, fromJSON(text, &f.Finding)
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("findings: %w", err)
	}
	return all, nil
}
