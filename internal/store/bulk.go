package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"gongkai/internal/report"
)

// perStatement is how many rows one statement adds: it is made ready once for all of
// them.
const perStatement = 64

// AddNew keeps the first versions of many reports of which nothing is kept, in one
// transaction: what AddVersion does, without asking for each what was there before. It
// fails where a report is kept already, and keeps nothing then.
func (db *DB) AddNew(ctx context.Context, run RunID, all []*PackedVersion) error {
	if len(all) == 0 {
		return nil
	}
	err := db.transact(ctx, func(tx *sql.Tx) error {
		version, err := nextID(ctx, tx, "versions")
		if err != nil {
			return err
		}
		reading, err := nextID(ctx, tx, "readings")
		if err != nil {
			return err
		}
		for _, rows := range newRows(run, version, reading, all) {
			if err := rows.insert(ctx, tx); err != nil {
				return fmt.Errorf("table %s: %w", rows.table, err)
			}
		}
		for _, table := range []string{"versions", "readings"} {
			if err := (relation{name: table, serial: "id"}).continueNumbers(ctx, tx, db.dialect); err != nil {
				return err
			}
		}
		for i, v := range all {
			if err := indexReading(ctx, tx, reading+int64(i), v.reading.grams); err != nil {
				return err
			}
		}
		return endSumsOfReports(ctx, tx, run, all)
	})
	if err != nil {
		return fmt.Errorf("add %d reports: %w", len(all), err)
	}
	return nil
}

// nextID returns the id that the next row of a table may take.
func nextID(ctx context.Context, tx *sql.Tx, table string) (int64, error) {
	return one(ctx, tx, `SELECT COALESCE(MAX(id), 0) + 1 FROM `+table, func(row scanner) (id int64, err error) {
		return id, row.Scan(&id)
	})
}

// tableRows are rows of one table.
type tableRows struct {
	table   string
	columns []string
	values  []any // of one row after another

	conflict string // what follows the rows, "" where none may be there
}

// newRows are the rows of reports whose versions and readings take ids one after another.
func newRows(run RunID, version, reading int64, all []*PackedVersion) []*tableRows {
	versions := &tableRows{table: "versions", columns: versionColumns()}
	readings := &tableRows{table: "readings", columns: append([]string{"id"}, readingColumns()...)}
	details := &tableRows{table: "reading_details", columns: []string{"reading", "places", "document"}}
	findings := &tableRows{table: "findings", columns: findingColumns()}
	changes := &tableRows{table: "changes", columns: []string{"run", "at", "kind", "agency", "year", "version", "text"}}
	for i, v := range all {
		id, of, p := version+int64(i), reading+int64(i), v.reading
		versions.add(id, v.Agency, v.Year, 1, v.Reading.Title, v.Reading.Agency, dateText(v.Reading.Published), dateText(v.Reading.Signed),
			v.Original, v.Page, v.URL, millis(v.FoundAt), millis(v.FoundAt), run)
		readings.add(append([]any{of}, p.row(run, VersionID(id))...)...)
		details.add(of, p.places, p.document)
		for k, f := range p.findings {
			findings.add(of, k, f.key, f.Rule, f.Subject, f.Severity, f.Attribution, f.text)
		}
		changes.add(run, millis(v.FoundAt), ChangeNew, v.Agency, v.Year, id, changeText(ChangeNew, v.Year, 1))
	}
	return []*tableRows{versions, readings, details, findings, changes}
}

func (t *tableRows) add(row ...any) { t.values = append(t.values, row...) }

// insert adds the rows, many with each statement.
func (t *tableRows) insert(ctx context.Context, tx *sql.Tx) error {
	width := len(t.columns)
	for left := t.values; len(left) > 0; {
		n := some(len(left) / width)
		if _, err := tx.ExecContext(ctx, insertion(t.table, t.columns, n)+t.conflict, left[:n*width]...); err != nil {
			return err
		}
		left = left[n*width:]
	}
	return nil
}

// endSumsOfReports ends the sums that reports are part of: of their counties, from the
// first of their years to the last.
func endSumsOfReports(ctx context.Context, tx *sql.Tx, run RunID, all []*PackedVersion) error {
	ids := make(map[report.AgencyID]bool)
	first, last := all[0].Year, all[0].Year
	for _, v := range all {
		ids[v.Agency] = true
		first, last = min(first, v.Year), max(last, v.Year)
	}
	for some := range slices.Chunk(slices.Collect(maps.Keys(ids)), 500) {
		args := []any{first, last}
		for _, id := range some {
			args = append(args, id)
		}
		err := endSums(ctx, tx, run, `(year = 0 OR year BETWEEN ? AND ?) AND county IN (SELECT county FROM agencies WHERE id IN (`+marks(len(some))+`))`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}
