package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// content returns the hash of what a reading says: its format, values and narrative
// figures. A visitor counter, a date or a changed sentence leave it as it is.
func content(r *report.Reading) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%x\n", r.Format, packValues(r.Values))
	for i, v := range r.Values {
		if v.State == report.Words || v.State == report.Unread {
			fmt.Fprintf(h, "%d %q\n", i, strings.Join(strings.Fields(v.Text), " "))
		}
	}
	for _, s := range r.Narrative {
		fmt.Fprintf(h, "%q %d\n", s.Says, s.Value)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// A packedReading is a reading in the form of its rows, made before a transaction
// begins: the writer is one, and waits for nobody's arithmetic.
type packedReading struct {
	reader   string
	format   standard.Format
	status   report.Status
	route    string
	content  string
	rules    string
	cells    []byte
	places   []byte
	document []byte
	findings []packedFinding
}

// A packedFinding is a finding in the form of its row.
type packedFinding struct {
	report.Finding
	key, text string
}

// pack makes the rows of a reading.
func (db *DB) pack(v NewVersion) (packedReading, error) {
	p := packedReading{
		reader: v.Reader, format: v.Reading.Format, status: v.Status, route: v.Reading.Route,
		content: content(&v.Reading), rules: packRules(v.Findings), cells: packValues(v.Reading.Values),
	}
	var err error
	if p.places, err = db.flate.deflated(packPlaces(v.Reading.Values)); err != nil {
		return p, err
	}
	prose, err := packDocument(v)
	if err != nil {
		return p, err
	}
	if p.document, err = db.flate.deflated(prose); err != nil {
		return p, err
	}
	for _, f := range v.Findings {
		text, err := toJSON(f)
		if err != nil {
			return p, err
		}
		p.findings = append(p.findings, packedFinding{Finding: f, key: f.Key(v.Agency, v.Year), text: text})
	}
	return p, nil
}

// insertReading adds the rows of a reading of a version.
func insertReading(ctx context.Context, tx *sql.Tx, run RunID, id VersionID, p packedReading) error {
	const query = `
		INSERT INTO readings (version, reader, format, status, route, content, cells, rules, from_run)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING id`
	reading, err := one(ctx, tx, query, func(row scanner) (id int64, err error) {
		return id, row.Scan(&id)
	}, id, p.reader, p.format, p.status, p.route, p.content, p.cells, p.rules, run)
	if err != nil {
		return err
	}
	const details = `INSERT INTO reading_details (reading, places, document) VALUES (?, ?, ?)`
	if _, err := tx.ExecContext(ctx, details, reading, p.places, p.document); err != nil {
		return err
	}
	const finding = `
		INSERT INTO findings (reading, ordinal, key, rule, subject, severity, attribution, finding)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	for i, f := range p.findings {
		_, err := tx.ExecContext(ctx, finding, reading, i, f.key, f.Rule, f.Subject, f.Severity, f.Attribution, f.text)
		if err != nil {
			return err
		}
	}
	return nil
}

// AddReading keeps what newer readers made of the original of a version, in place of
// what the former readers made of it. Where they read the same nothing is kept; where
// they do not, the change is ours and not the agency's.
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

// addReading compares before it publishes: the figures, the status, and which rules
// failed. The prose and the places alone are no reason to publish.
func addReading(ctx context.Context, tx *sql.Tx, run RunID, id VersionID, v NewVersion, p packedReading) (Change, error) {
	const query = `
		SELECT id, format, status, content, rules, cells FROM readings WHERE version = ? AND until_run IS NULL`
	var reading int64
	old, err := one(ctx, tx, query, func(row scanner) (o packedReading, err error) {
		return o, row.Scan(&reading, &o.format, &o.status, &o.content, &o.rules, &o.cells)
	}, id)
	if err != nil {
		return NoChange, err
	}
	if old.content == p.content && old.status == p.status && old.rules == p.rules {
		return NoChange, nil
	}
	cells, err := changedCells(old, p)
	if err != nil {
		return NoChange, err
	}
	const end = `UPDATE readings SET until_run = ? WHERE id = ?`
	if _, err := tx.ExecContext(ctx, end, run, reading); err != nil {
		return NoChange, err
	}
	if err := insertReading(ctx, tx, run, id, p); err != nil {
		return NoChange, err
	}
	return ChangeReread, addChange(ctx, tx, ChangeRow{
		Run: run, At: v.FoundAt, Kind: ChangeReread, Agency: v.Agency, Year: v.Year, Version: id,
		Text: rereadText(v.Year, old, p, cells),
	})
}

// changedCells says which cells two readings have differently.
func changedCells(old, p packedReading) ([]string, error) {
	before, err := unpackValues(old.cells, nil)
	if err != nil {
		return nil, err
	}
	after, err := unpackValues(p.cells, nil)
	if err != nil {
		return nil, err
	}
	form := standard.FormOf(p.format)
	if old.format != p.format || form == nil || len(before) != len(after) || len(after) != len(form.Cells) {
		return nil, nil
	}
	var changed []string
	for i := range after {
		if before[i] != after[i] {
			changed = append(changed, fmt.Sprintf("%s：%s→%s", form.Cells[i].Code, shown(before[i]), shown(after[i])))
		}
	}
	return changed, nil
}

// shown is a value in a log of changes: its number, or the name of its state.
func shown(v report.Value) string {
	if amount, known := v.Known(); known {
		return amount.String()
	}
	return v.State.String()
}

// rereadText says in plain Chinese what newer readers read otherwise.
func rereadText(year int, old, p packedReading, cells []string) string {
	text := fmt.Sprintf("读取程序更新，%d 年度报告重新读取（本站更正，非发布单位修改）", year)
	if old.format != p.format {
		text += fmt.Sprintf("；格式 %s→%s", orNone(string(old.format)), orNone(string(p.format)))
	}
	if old.status != p.status {
		text += fmt.Sprintf("；状态 %s→%s", old.status, p.status)
	}
	if len(cells) > 0 {
		text += "；" + strings.Join(cells, "，")
	}
	return text
}

// orNone names what is empty.
func orNone(s string) string {
	if s == "" {
		return "无"
	}
	return s
}
