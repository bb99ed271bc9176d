package export

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver of the snapshot

	"gongkai/internal/report"
)

// WriteSQLite writes a snapshot of tables into a new database file. Its schema is its
// own, made to be read: every column is commented, in its CREATE statement and in the
// table dictionary. The cells, by far the most, stand as numbers in figures; the view
// cells shows them as the CSV does.
func WriteSQLite(ctx context.Context, path string, about About, tables []Table) (err error) {
	db, err := sql.Open("sqlite3", (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "_journal_mode=OFF&_sync=OFF&_foreign_keys=off"}).String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	s := &snapshot{tx: tx, reports: make(map[reportKey]int64), cells: make(map[cellKey]int64)}
	if err := s.write(ctx, about, tables); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "ANALYZE")
	return err
}

// A snapshot is a database that is being written.
type snapshot struct {
	tx      *sql.Tx
	reports map[reportKey]int64 // rows of the reports, by what the cells know them by
	cells   map[cellKey]int64   // rows of the dictionary of cells
}

type reportKey struct {
	agency string
	year   int
}

type cellKey struct{ format, cell string }

// write makes the tables. The dictionary of cells comes first, and the reports before
// their figures.
func (s *snapshot) write(ctx context.Context, about About, tables []Table) error {
	if err := s.writeAbout(ctx, about); err != nil {
		return err
	}
	for _, t := range tables {
		var err error
		switch {
		case t.Name == "cells":
			err = s.writeFigures(ctx, t)
		case t.Name == "dictionary":
			t.Name = "form_cells"
			err = s.writeTable(ctx, t)
		case !strings.HasPrefix(t.Name, "wide_"): // a view of figures says the same
			err = s.writeTable(ctx, t)
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	return nil
}

func (s *snapshot) writeAbout(ctx context.Context, about About) error {
	const schema = `
CREATE TABLE about ( -- 这份数据从何而来 / where this snapshot comes from
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
CREATE TABLE dictionary ( -- 各表各列的说明 / what each table and column holds
	"table"  TEXT NOT NULL,
	"column" TEXT NOT NULL, -- 空为整表 / empty for the table itself
	type     TEXT NOT NULL,
	unit     TEXT NOT NULL,
	about    TEXT NOT NULL, -- 中文
	about_en TEXT NOT NULL, -- English
	PRIMARY KEY ("table", "column")
);`
	if _, err := s.tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	rows := [][2]string{{"title", about.Title}, {"title_en", about.TitleEN}, {"software", about.Software}, {"run", fmt.Sprint(about.Run)},
		{"since", fmt.Sprint(about.Since)}, {"region", about.Region}, {"created", about.Created.Format(time.RFC3339)},
		{"licence", about.Licence}, {"licence_path", about.LicencePath}, {"notes", strings.Join(about.Notes, "\n")}}
	for _, r := range rows {
		if _, err := s.tx.ExecContext(ctx, `INSERT INTO about VALUES (?, ?)`, r[0], r[1]); err != nil {
			return err
		}
	}
	return nil
}

// describe keeps what a table and its columns hold.
func (s *snapshot) describe(ctx context.Context, t Table) error {
	const query = `INSERT INTO dictionary VALUES (?, ?, ?, ?, ?, ?)`
	if _, err := s.tx.ExecContext(ctx, query, t.Name, "", "", "", t.About.ZH, t.About.EN); err != nil {
		return err
	}
	for _, c := range t.Columns {
		if _, err := s.tx.ExecContext(ctx, query, t.Name, c.Name, sqlType(c), string(c.Unit), c.About.ZH, c.About.EN); err != nil {
			return err
		}
	}
	return nil
}

func sqlType(c Column) string {
	switch c.Kind {
	case Integer, Boolean:
		return "INTEGER"
	case Number:
		return "NUMERIC"
	}
	return "TEXT"
}

// createTable is the statement that makes a table. SQLite keeps it as it is written, so
// that its comments are the first thing that .schema shows.
func createTable(t Table) string {
	lines := []string{"\tid INTEGER PRIMARY KEY"}
	comments := []string{"编号 / number"}
	for _, c := range t.Columns {
		if c.Name == "id" {
			continue
		}
		lines = append(lines, fmt.Sprintf("\t%q %s", c.Name, sqlType(c)))
		comments = append(comments, c.About.ZH+" / "+c.About.EN)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s ( -- %s / %s\n", t.Name, t.About.ZH, t.About.EN)
	for i, line := range lines {
		if i+1 < len(lines) {
			line += ","
		}
		fmt.Fprintf(&b, "%s -- %s\n", line, comments[i])
	}
	b.WriteString(")")
	return b.String()
}

// writeTable writes a table as it is, with a number for each row where it has none.
func (s *snapshot) writeTable(ctx context.Context, t Table) error {
	if _, err := s.tx.ExecContext(ctx, createTable(t)); err != nil {
		return err
	}
	if err := s.describe(ctx, t); err != nil {
		return err
	}
	own := t.Columns[0].Name == "id"
	n := len(t.Columns)
	if !own {
		n++
	}
	insert, err := s.tx.PrepareContext(ctx, fmt.Sprintf("INSERT INTO %s VALUES (%s)", t.Name, strings.TrimSuffix(strings.Repeat("?, ", n), ", ")))
	if err != nil {
		return err
	}
	defer insert.Close()
	args, id := make([]any, 0, n), int64(0)
	for row, err := range t.Rows(ctx) {
		if err != nil {
			return err
		}
		id++
		args = args[:0]
		if !own {
			args = append(args, id)
		}
		for _, v := range row {
			args = append(args, sqlValue(v))
		}
		if _, err := insert.ExecContext(ctx, args...); err != nil {
			return err
		}
		s.remember(t, row, id)
	}
	return s.indexKey(ctx, t, own)
}

// indexKey makes the columns that people look rows up by quick to look up.
func (s *snapshot) indexKey(ctx context.Context, t Table, own bool) error {
	if own || t.Name == "findings" {
		return nil
	}
	_, err := s.tx.ExecContext(ctx, fmt.Sprintf("CREATE UNIQUE INDEX %s_key ON %s (%s)", t.Name, t.Name, strings.Join(t.Key, ", ")))
	return err
}

// remember keeps the numbers of rows that the figures refer to.
func (s *snapshot) remember(t Table, row Row, id int64) {
	switch t.Name {
	case "reports":
		s.reports[reportKey{row[0].(string), row[atYear].(int)}] = id
	case "form_cells":
		s.cells[cellKey{row[0].(string), row[1].(string)}] = id
	}
}

func sqlValue(v any) any {
	switch v := v.(type) {
	case []string:
		return strings.Join(v, " ")
	case report.Amount:
		if v.Whole() {
			return int64(v / report.One)
		}
		return v.Float()
	}
	return v
}

// figuresSchema is the compact form of the cells with the view that shows them.
const figuresSchema = `
CREATE TABLE states ( -- 一格的情形 / what stands in a cell
	id   INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE -- printed, blank, dash, text, absent, unread
);
CREATE TABLE figures ( -- 每份报告每格一行 / one row for each report and cell; the view cells shows it in words
	report INTEGER NOT NULL REFERENCES reports (id),
	cell   INTEGER NOT NULL REFERENCES form_cells (id),
	state  INTEGER NOT NULL REFERENCES states (id),
	value  NUMERIC, -- 印出的数字；没有数字时为 NULL / the number printed; NULL where none is
	PRIMARY KEY (report, cell)
) WITHOUT ROWID;
CREATE TABLE corrected ( -- 本站更正过的格 / cells that a person of ours corrected
	report  INTEGER NOT NULL REFERENCES reports (id),
	cell    INTEGER NOT NULL REFERENCES form_cells (id),
	read_as TEXT NOT NULL, -- 读取程序原来读到的数或状态 / what the readers had, a number or a state
	PRIMARY KEY (report, cell)
) WITHOUT ROWID;
CREATE VIEW cells AS -- 与 cells.csv 同列 / the columns of cells.csv
SELECT r.agency_id, r.agency, r.region, r.province, r.city, r.county, r.town, r.year, r.format, c.cell, c.row_label, c.column_label,
	c.unit, f.value, s.name AS state, r.status, r.version, r.original, o.read_as
FROM figures AS f JOIN reports AS r ON r.id = f.report JOIN form_cells AS c ON c.id = f.cell JOIN states AS s ON s.id = f.state
	LEFT JOIN corrected AS o ON o.report = f.report AND o.cell = f.cell;`

// writeFigures writes the tidy table in its compact form.
func (s *snapshot) writeFigures(ctx context.Context, t Table) error {
	if _, err := s.tx.ExecContext(ctx, figuresSchema); err != nil {
		return err
	}
	if err := s.describe(ctx, t); err != nil {
		return err
	}
	states := make(map[string]int64)
	for _, st := range []report.State{report.Absent, report.Blank, report.Dash, report.Words, report.Printed, report.Unread} {
		states[st.String()] = int64(st)
		if _, err := s.tx.ExecContext(ctx, `INSERT INTO states VALUES (?, ?)`, int64(st), st.String()); err != nil {
			return err
		}
	}
	insert, err := s.tx.PrepareContext(ctx, `INSERT INTO figures VALUES (?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for row, err := range t.Rows(ctx) {
		if err != nil {
			return err
		}
		report, cell := s.reports[reportKey{row[0].(string), row[atYear].(int)}], s.cells[cellKey{row[atYear+1].(string), row[atCell].(string)}]
		if _, err := insert.ExecContext(ctx, report, cell, states[row[atValue+1].(string)], sqlValue(row[atValue])); err != nil {
			return err
		}
		if row[atRead] == nil {
			continue
		}
		if _, err := s.tx.ExecContext(ctx, `INSERT INTO corrected VALUES (?, ?, ?)`, report, cell, row[atRead]); err != nil {
			return err
		}
	}
	return nil
}

// forSnapshot orders tables so that what is referred to comes first.
func forSnapshot(tables []Table) []Table {
	first := func(name string) bool {
		return name == "dictionary" || name == "regions" || name == "agencies" || name == "reports"
	}
	var ordered []Table
	for _, t := range tables {
		if first(t.Name) {
			ordered = append(ordered, t)
		}
	}
	for _, t := range tables {
		if !first(t.Name) {
			ordered = append(ordered, t)
		}
	}
	return ordered
}
