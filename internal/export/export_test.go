package export

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// cells are the figures of an export: agency, year, cell and state to the number as it is
// written, "" where there is none.
type figures map[string]string

// inStore are the figures that every form must have, read past the package under test.
func inStore(t *testing.T, e *Exporter) figures {
	t.Helper()
	all := make(figures)
	dictionary := map[string][]string{}
	for row := range Dictionary().Rows(t.Context()) {
		dictionary[row[0].(string)] = append(dictionary[row[0].(string)], row[1].(string))
	}
	must(t, e.DB.EachVersion(t.Context(), query().Query, func(v *store.VersionValues) error {
		for i, value := range v.Values {
			number := ""
			if a, ok := value.Known(); ok {
				number = a.String()
			}
			all[figureKey(string(v.Agency), strconv.Itoa(v.Year), dictionary[string(v.Format)][i], value.State.String())] = number
		}
		return nil
	}))
	return all
}

func figureKey(agency, year, cell, state string) string {
	return agency + "|" + year + "|" + cell + "|" + state
}

// number writes a float as the exports do.
func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// inCSV are the figures of a tidy CSV.
func inCSV(t *testing.T, r io.Reader) figures {
	t.Helper()
	records, err := csv.NewReader(r).ReadAll()
	must(t, err)
	return fromRecords(records)
}

func fromRecords(records [][]string) figures {
	at := make(map[string]int)
	for i, name := range records[0] {
		at[strings.TrimPrefix(name, BOM)] = i
	}
	all := make(figures)
	for _, r := range records[1:] {
		all[figureKey(r[at["agency_id"]], r[at["year"]], r[at["cell"]], r[at["state"]])] = r[at["value"]]
	}
	return all
}

// TestFormsAgree writes every form and reads it back: cell for cell the same figures.
func TestFormsAgree(t *testing.T) {
	e := newExporter(t)
	revise(t, e)
	correct(t, e)
	want := inStore(t, e)
	if len(want) < 1000 {
		t.Fatalf("only %d figures to compare", len(want))
	}
	dir := t.TempDir()
	read := map[string]func(t *testing.T, path string) figures{
		"csv": func(t *testing.T, path string) figures {
			return inCSV(t, bytes.NewReader(readFile(t, filepath.Join(path, "cells.csv"))))
		},
		"datapackage": func(t *testing.T, path string) figures {
			return inCSV(t, bytes.NewReader(readFile(t, filepath.Join(path, "cells.csv"))))
		},
		"json": readJSON, "xlsx": readXLSX, "sqlite": readSQLite,
		"parquet": func(t *testing.T, path string) figures { return readParquet(t, filepath.Join(path, "cells.parquet")) },
	}
	for format, f := range read {
		t.Run(format, func(t *testing.T) {
			path := filepath.Join(dir, "export-"+format)
			files, err := e.Write(t.Context(), format, query(), path)
			must(t, err)
			if diff := cmp.Diff(want, f(t, path)); diff != "" {
				t.Errorf("figures (-store +%s):\n%.2000s", format, diff)
			}
			checkSums(t, path, files)
		})
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return b
}

func readJSON(t *testing.T, path string) figures {
	var doc struct {
		About About            `json:"about"`
		Cells []map[string]any `json:"cells"`
	}
	d := json.NewDecoder(bytes.NewReader(readFile(t, path)))
	d.UseNumber()
	must(t, d.Decode(&doc))
	if doc.About.Run == 0 || doc.About.Licence != Licence {
		t.Errorf("about %+v", doc.About)
	}
	all := make(figures)
	for _, c := range doc.Cells {
		value := ""
		if c["value"] != nil {
			value = fmt.Sprint(c["value"])
		}
		all[figureKey(fmt.Sprint(c["agency_id"]), fmt.Sprint(c["year"]), fmt.Sprint(c["cell"]), fmt.Sprint(c["state"]))] = value
	}
	return all
}

func readXLSX(t *testing.T, path string) figures {
	book, err := excelize.OpenFile(path)
	must(t, err)
	defer book.Close()
	rows, err := book.GetRows("cells", excelize.Options{RawCellValue: true})
	must(t, err)
	for _, name := range book.GetSheetList() {
		sheet, err := book.GetRows(name)
		must(t, err)
		if len(sheet) < 2 {
			t.Errorf("sheet %s has no rows", name)
		}
	}
	return fromRecords(rows)
}

func readSQLite(t *testing.T, path string) figures {
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT agency_id, year, cell, state, COALESCE(value, '') FROM cells")
	must(t, err)
	defer rows.Close()
	all := make(figures)
	for rows.Next() {
		var agency, year, cell, state, value string
		must(t, rows.Scan(&agency, &year, &cell, &state, &value))
		all[figureKey(agency, year, cell, state)] = value
	}
	must(t, rows.Err())
	for _, table := range []string{"about", "dictionary", "regions", "agencies", "reports", "findings", "sources", "changes", "indicators", "form_cells"} {
		var n int
		must(t, db.QueryRow("SELECT COUNT(*) FROM "+table).Scan(&n))
		if n == 0 {
			t.Errorf("table %s is empty", table)
		}
	}
	undescribed, err := db.Query(`SELECT m.name, p.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p
		WHERE m.name IN ('regions', 'agencies', 'reports', 'findings', 'sources', 'changes', 'indicators', 'form_cells', 'cells') AND p.name <> 'id'
		AND NOT EXISTS (SELECT 1 FROM dictionary AS d WHERE (d."table" = m.name) AND d."column" = p.name)`)
	must(t, err)
	defer undescribed.Close()
	for undescribed.Next() {
		var table, column string
		must(t, undescribed.Scan(&table, &column))
		t.Errorf("column %s of %s is not in the dictionary", column, table)
	}
	return all
}

func readParquet(t *testing.T, path string) figures {
	type row struct {
		Agency string   `parquet:"agency_id,optional"`
		Year   int64    `parquet:"year,optional"`
		Cell   string   `parquet:"cell,optional"`
		State  string   `parquet:"state,optional"`
		Value  *float64 `parquet:"value,optional"`
	}
	rows, err := parquet.ReadFile[row](path)
	must(t, err)
	all := make(figures)
	for _, r := range rows {
		value := ""
		if r.Value != nil {
			value = number(*r.Value)
		}
		all[figureKey(r.Agency, strconv.FormatInt(r.Year, 10), r.Cell, r.State)] = value
	}
	return all
}

// checkSums holds the checksums that were returned, and those beside the files, against
// the files.
func checkSums(t *testing.T, path string, files []File) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	for _, f := range files {
		name := path
		if info.IsDir() {
			name = filepath.Join(path, f.Name)
		}
		tally := newTally(io.Discard)
		_, err := tally.Write(readFile(t, name))
		must(t, err)
		if got := tally.file(f.Name); got != f {
			t.Errorf("%s is %+v, said to be %+v", name, got, f)
		}
	}
	if info.IsDir() && string(readFile(t, filepath.Join(path, sumsName))) != sums(files) {
		t.Errorf("%s does not say what was returned", sumsName)
	}
}

// TestWide: a report a row; what is no number is the word of its state.
func TestWide(t *testing.T) {
	e := newExporter(t)
	want := inStore(t, e)
	got := make(figures)
	for _, table := range Tables(e.DB, query()) {
		if !strings.HasPrefix(table.Name, "wide_") {
			continue
		}
		var b bytes.Buffer
		must(t, WriteCSV(&b, false, table.Names(), 0, table.Rows(t.Context())))
		records, err := csv.NewReader(&b).ReadAll()
		must(t, err)
		for _, r := range records[1:] {
			for i, c := range table.Columns {
				if c.Cell == "" {
					continue
				}
				state, value := "printed", r[i]
				if _, err := report.ParseAmount(value); err != nil {
					state, value = value, ""
				}
				got[figureKey(r[0], r[atYear], string(c.Cell), state)] = value
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("figures (-store +wide):\n%.2000s", diff)
	}
}

// TestSince: an export of what came since a run has those reports and no others.
func TestSince(t *testing.T) {
	e := newExporter(t)
	before, err := e.DB.DataVersion(t.Context())
	must(t, err)
	run, err := e.DB.StartRun(t.Context(), "refresh", 0, false)
	must(t, err)
	add(t, e.DB, e.Archive, run, "990101001", 2020, 77, report.Verified)
	must(t, e.DB.FinishRun(t.Context(), run, store.RunOK, ""))
	q := query()
	q.Since = before
	for table, want := range map[string]int{"reports": 1, "sources": 1, "changes": 1, "findings": 1, "wide_f2019": 1, "wide_f2021": 0} {
		found, err := Find(Tables(e.DB, q), table)
		must(t, err)
		n := 0
		for row, err := range found.Rows(t.Context()) {
			must(t, err)
			n++
			if table == "reports" && (row[0] != "990101001" || row[atYear] != 2020) {
				t.Errorf("%v came before", row)
			}
		}
		if n != want {
			t.Errorf("%s: %d rows since, want %d", table, n, want)
		}
	}
	past := query()
	past.AsOf = before
	cells, _ := Find(Tables(e.DB, past), "cells")
	for row, err := range cells.Rows(t.Context()) {
		must(t, err)
		if row[16] != 1 {
			t.Fatalf("%v is of a version that came later", row)
		}
	}
	last, err := e.DB.RunBefore(t.Context(), today().AddDate(100, 0, 0))
	if err != nil || last != run {
		t.Errorf("the last run is %d, %v; want %d", last, err, run)
	}
}

// TestRefused: what cannot be written leaves nothing behind and says what to do.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.json")
	must(t, os.WriteFile(path, []byte("old"), 0o644))
	e := newExporter(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Write(ctx, "csv", query(), filepath.Join(dir, "b")); err == nil {
		t.Error("an export that was cut off succeeded")
	}
	if _, err := e.Write(t.Context(), "csv", query(), path); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("a folder where a file stands: %v", err)
	}
	if _, err := e.Write(t.Context(), "pdf", query(), path); err == nil || !strings.Contains(err.Error(), "csv, xlsx") {
		t.Errorf("an unknown format: %v", err)
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// TestStream: several files come as a ZIP with their checksums.
func TestStream(t *testing.T) {
	e := newExporter(t)
	for _, format := range []string{"csv", "datapackage", "parquet"} {
		var b bytes.Buffer
		must(t, e.Stream(t.Context(), format, query(), &b))
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		must(t, err)
		listed := make(map[string]bool)
		for _, f := range z.File {
			listed[f.Name] = true
			if f.Name != sumsName {
				continue
			}
			r, err := f.Open()
			must(t, err)
			text, err := io.ReadAll(r)
			must(t, err)
			for line := range strings.Lines(string(text)) {
				if name := strings.TrimSpace(line[64:]); !listed[name] {
					t.Errorf("%s: %s is summed and not there", format, name)
				}
			}
		}
		if !listed[sumsName] || len(listed) < 10 {
			t.Errorf("%s: files %v", format, listed)
		}
	}
	if err := e.Stream(t.Context(), "sqlite", query(), io.Discard); err == nil {
		t.Error("an SQLite file was streamed")
	}
}

// TestBesideWork: every format is written where the command stands, and in a folder below
// it, as in the examples of its help.
func TestBesideWork(t *testing.T) {
	e := newExporter(t)
	t.Chdir(t.TempDir())
	must(t, os.Mkdir("down", 0o755))
	for _, format := range Formats() {
		for _, path := range []string{"here-" + format, "down/there#" + format, "./dot?" + format} {
			if _, err := e.Write(t.Context(), format, query(), path); err != nil {
				t.Errorf("%s into %s: %v", format, path, err)
			}
		}
	}
	left, err := filepath.Glob("down/.export-*")
	if must(t, err); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
