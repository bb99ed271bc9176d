package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Difference is what two readings of one original do not have alike. The prose and
// the places alone are no difference.
type Difference struct {
	Old, New  ReadAs
	Cells     []CellDifference // none where the formats differ: no cell is then the same
	Narrative bool             // nothing but words in cells, or figures that the prose states, differs
	Compared  int              // cells compared
}

// A ReadAs is how a reading stands as a whole.
type ReadAs struct {
	Format standard.Format
	Status report.Status
	Rules  string // failed rules with their number: a=2,b=1
}

// A CellDifference is a cell that two readings have differently.
type CellDifference struct {
	Cell     standard.CellCode
	Old, New report.Value // State and Amount only
}

// None reports whether both readings say the same.
func (d *Difference) None() bool { return d.Old == d.New && len(d.Cells) == 0 && !d.Narrative }

// difference compares two readings in the form of their rows.
func difference(old, p packedReading) (Difference, error) {
	d := Difference{Old: old.as(), New: p.as()}
	if old.content == p.content {
		if form := standard.FormOf(p.format); form != nil {
			d.Compared = len(form.Cells)
		}
		return d, nil
	}
	before, err := unpackValues(old.cells, nil)
	if err != nil {
		return d, err
	}
	after, err := unpackValues(p.cells, nil)
	if err != nil {
		return d, err
	}
	form := standard.FormOf(p.format)
	if old.format == p.format && form != nil && len(before) == len(after) && len(after) == len(form.Cells) {
		d.Compared = len(after)
		for i := range after {
			if before[i] != after[i] {
				d.Cells = append(d.Cells, CellDifference{form.Cells[i].Code, before[i], after[i]})
			}
		}
	}
	d.Narrative = old.format == p.format && len(d.Cells) == 0
	return d, nil
}

// as returns how a packed reading stands.
func (p *packedReading) as() ReadAs { return ReadAs{p.format, p.status, p.rules} }

// CompareReading says how what newer readers made of the original of a version
// differs from what is kept, and keeps nothing.
func (db *DB) CompareReading(ctx context.Context, id VersionID, v NewVersion) (Difference, error) {
	p, err := db.pack(v)
	var d Difference
	if err == nil {
		_, d, err = compareWith(ctx, db.read, id, p)
	}
	if err != nil {
		return d, fmt.Errorf("compare readings of %s %d: %w", v.Agency, v.Year, err)
	}
	return d, nil
}

// compareWith compares a reading with that which the readers made of a version before,
// whatever a person has laid over it. It returns the row that the version shows.
func compareWith(ctx context.Context, q querier, id VersionID, p packedReading) (shown shownReading, d Difference, err error) {
	const query = `
		SELECT s.id, s.base, s.from_run, r.format, r.status, r.content, r.rules, r.cells
		FROM readings AS s JOIN readings AS r ON r.id = CASE WHEN s.base = 0 THEN s.id ELSE s.base END
		WHERE s.version = ? AND s.until_run IS NULL`
	old, err := one(ctx, q, query, func(row scanner) (o packedReading, err error) {
		return o, row.Scan(&shown.id, &shown.base, &shown.from, &o.format, &o.status, &o.content, &o.rules, &o.cells)
	}, id)
	if err != nil {
		return shown, d, err
	}
	d, err = difference(old, p)
	return shown, d, err
}

// A shownReading is the row that a version shows: the readers' own, or what a person
// laid over it.
type shownReading struct {
	id, base int64
	from     RunID
}

// AddReading keeps what newer readers made of the original of a version, in place of
// what the former readers made of it. Where they read the same nothing is kept but
// that they do; where they do not, the change is ours and not the agency's.
func (db *DB) AddReading(ctx context.Context, run RunID, id VersionID, v NewVersion) (Change, error) {
	var change Change
	p, err := db.pack(v)
	if err == nil {
		err = db.transact(ctx, func(tx *sql.Tx) (err error) {
			change, err = addReading(ctx, tx, run, id, v, p)
			return err
		})
	}
	if err != nil {
		return NoChange, fmt.Errorf("keep a new reading of %s %d: %w", v.Agency, v.Year, err)
	}
	return change, nil
}

// addReading compares before it publishes.
func addReading(ctx context.Context, tx *sql.Tx, run RunID, id VersionID, v NewVersion, p packedReading) (Change, error) {
	shown, d, err := compareWith(ctx, tx, id, p)
	if err != nil {
		return NoChange, err
	}
	if d.None() {
		const confirm = `UPDATE readings SET confirmed = ? WHERE id = ? OR id = ?`
		_, err := tx.ExecContext(ctx, confirm, p.reader, shown.id, shown.base)
		return NoChange, err
	}
	if shown.from > run {
		return NoChange, nil // a person was at it while this run went on; the next one compares again
	}
	if err := endReading(ctx, tx, run, shown.id); err != nil {
		return NoChange, err
	}
	if err := insertReading(ctx, tx, run, id, p); err != nil {
		return NoChange, err
	}
	return ChangeReread, addChange(ctx, tx, ChangeRow{
		Run: run, At: v.FoundAt, Kind: ChangeReread, Agency: v.Agency, Year: v.Year, Version: id,
		Text: rereadText(v.Year, &d),
	})
}

// endReading ends a reading with a run, and those before it that a run which began later
// had ended: no two of a version hold after any run.
func endReading(ctx context.Context, tx *sql.Tx, run RunID, reading int64) error {
	const of = `SELECT version FROM readings WHERE id = ?`
	version, err := one(ctx, tx, of, func(row scanner) (id VersionID, err error) { return id, row.Scan(&id) }, reading)
	if err != nil {
		return err
	}
	const query = `UPDATE readings SET until_run = ? WHERE version = ? AND (until_run IS NULL OR until_run > ?)`
	if _, err := tx.ExecContext(ctx, query, run, version, run); err != nil {
		return err
	}
	return endSumsOf(ctx, tx, run, version)
}

// ReadByOthers returns the current versions that neither were read by these readers
// nor read alike by them since, in the order in which they were found; for "" all.
// Where portals are named only the versions from their pages count.
func (db *DB) ReadByOthers(ctx context.Context, reader string, portals []string) ([]VersionID, error) {
	query := `
		SELECT v.id FROM versions AS v JOIN readings AS r ON r.version = v.id AND r.until_run IS NULL
		WHERE v.until_run IS NULL`
	var args []any
	if reader != "" {
		query += ` AND r.reader <> ? AND r.confirmed <> ?`
		args = append(args, reader, reader)
	}
	if len(portals) > 0 {
		query += ` AND v.url IN (SELECT p.url FROM pages AS p WHERE p.portal IN (` + marks(len(portals)) + `))`
		for _, id := range portals {
			args = append(args, id)
		}
	}
	ids, err := collect(ctx, db.read, query+` ORDER BY v.id`, func(row scanner) (id VersionID, err error) {
		return id, row.Scan(&id)
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("versions read by others than %s: %w", reader, err)
	}
	return ids, nil
}

// shown is a value in a log of changes: its number, or the name of its state.
func shown(v report.Value) string {
	if amount, known := v.Known(); known {
		return amount.String()
	}
	return v.State.String()
}

// String is the cell with both values: requests.new/total：5→8.
func (c CellDifference) String() string {
	return fmt.Sprintf("%s：%s→%s", c.Cell, shown(c.Old), shown(c.New))
}

// String says in plain Chinese what differs, and is empty where nothing does.
func (d *Difference) String() string {
	var parts []string
	if d.Old.Format != d.New.Format {
		parts = append(parts, fmt.Sprintf("格式 %s→%s", orNone(string(d.Old.Format)), orNone(string(d.New.Format))))
	}
	if d.Old.Status != d.New.Status {
		parts = append(parts, fmt.Sprintf("状态 %s→%s", d.Old.Status, d.New.Status))
	}
	if len(d.Cells) > 0 {
		cells := make([]string, len(d.Cells))
		for i, c := range d.Cells {
			cells[i] = c.String()
		}
		parts = append(parts, strings.Join(cells, "，"))
	}
	if d.Narrative {
		parts = append(parts, "格内文字或正文数字有别")
	}
	if len(parts) == 0 && d.Old.Rules != d.New.Rules {
		parts = append(parts, fmt.Sprintf("问题 %s→%s", orNone(d.Old.Rules), orNone(d.New.Rules)))
	}
	return strings.Join(parts, "；")
}

// rereadText says in plain Chinese what newer readers read otherwise.
func rereadText(year int, d *Difference) string {
	text := fmt.Sprintf("读取程序更新，%d 年度报告重新读取（本站更正，非发布单位修改）", year)
	return strings.Join(slices.DeleteFunc([]string{text, d.String()}, func(s string) bool { return s == "" }), "；")
}

// orNone names what is empty.
func orNone(s string) string {
	if s == "" {
		return "无"
	}
	return s
}

// A VersionRef names a version of a report.
type VersionRef struct {
	ID     VersionID
	Agency report.AgencyID
	Year   int
}

// VersionsFrom returns for each report of a page the newest version that was read from
// it, by agency and year: what the page says now is compared with that one.
func (db *DB) VersionsFrom(ctx context.Context, url string) ([]VersionRef, error) {
	return versionsFrom(ctx, db.read, url)
}

// VersionsOnPages is VersionsFrom of all known addresses of a portal at once.
func (db *DB) VersionsOnPages(ctx context.Context, portal string) (map[string][]VersionRef, error) {
	const query = `
		SELECT MAX(v.id), v.agency, v.year, v.url FROM pages AS p JOIN versions AS v ON v.url = p.url
		WHERE p.portal = ? GROUP BY v.url, v.agency, v.year ORDER BY v.url, v.agency, v.year`
	refs := make(map[string][]VersionRef)
	_, err := collect(ctx, db.read, query, func(row scanner) (_ struct{}, err error) {
		var v VersionRef
		var url string
		err = row.Scan(&v.ID, &v.Agency, &v.Year, &url)
		refs[url] = append(refs[url], v)
		return struct{}{}, err
	}, portal)
	if err != nil {
		return nil, fmt.Errorf("versions on the pages of %s: %w", portal, err)
	}
	return refs, nil
}

// versionsFrom is VersionsFrom of a database or within a transaction.
func versionsFrom(ctx context.Context, q querier, url string) ([]VersionRef, error) {
	const query = `SELECT MAX(id), agency, year FROM versions WHERE url = ? GROUP BY agency, year ORDER BY agency, year`
	refs, err := collect(ctx, q, query, func(row scanner) (v VersionRef, err error) {
		return v, row.Scan(&v.ID, &v.Agency, &v.Year)
	}, url)
	if err != nil {
		return nil, fmt.Errorf("versions from %s: %w", url, err)
	}
	return refs, nil
}
