package export

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/durable"
)

// tool returns the first of several programs that is there and passes a trial, and skips
// the test aloud where none does.
func tool(t *testing.T, trial []string, names ...string) string {
	t.Helper()
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err == nil && (trial == nil || exec.Command(path, trial...).Run() == nil) {
			return path
		}
	}
	t.Skipf("skipped: none of %s is there, or lacks what the test needs (tests/needs.sh)", strings.Join(names, ", "))
	return ""
}

// run runs a program for a minute at most and returns what it prints.
func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, stderr.String())
	}
	return out
}

// sameFigures compares what another program read with what is stored.
func sameFigures(t *testing.T, e *Exporter, got figures) {
	t.Helper()
	if diff := cmp.Diff(inStore(t, e), got); diff != "" {
		t.Errorf("figures (-store +read):\n%.2000s", diff)
	}
}

// written writes an export for another program.
func written(t *testing.T, format, name string) (*Exporter, string) {
	t.Helper()
	e := newExporter(t)
	path := filepath.Join(t.TempDir(), name)
	if _, err := e.Write(t.Context(), format, query(), path); err != nil {
		t.Fatal(err)
	}
	return e, path
}

// TestSQLiteShell: the shell of SQLite reads the snapshot, shows its comments and finds no
// fault in the file.
func TestSQLiteShell(t *testing.T) {
	shell := tool(t, nil, "sqlite3")
	e, path := written(t, "sqlite", "gongkai.sqlite")
	sameFigures(t, e, inCSV(t, bytes.NewReader(run(t, shell, "-csv", "-header", path, "SELECT agency_id, year, cell, state, value FROM cells"))))
	if out := string(run(t, shell, path, "PRAGMA integrity_check; PRAGMA foreign_key_check;")); out != "ok\n" {
		t.Errorf("the shell finds: %s", out)
	}
	if out := string(run(t, shell, path, ".schema reports")); !strings.Contains(out, "-- 报告年度 / report year") {
		t.Errorf("the schema has no comments:\n%s", out)
	}
}

// TestPython: Python's csv reads the package, and openpyxl the workbook.
func TestPython(t *testing.T) {
	t.Run("csv", func(t *testing.T) {
		python := tool(t, nil, "python3")
		e, dir := written(t, "datapackage", "package")
		const script = `
import csv, sys
out = csv.writer(sys.stdout)
with open(sys.argv[1] + "/cells.csv", newline="", encoding="utf-8") as f:
    rows = csv.DictReader(f)
    out.writerow(["agency_id", "year", "cell", "state", "value"])
    for r in rows:
        out.writerow([r["agency_id"], int(r["year"]), r["cell"], r["state"], r["value"]])
`
		sameFigures(t, e, inCSV(t, bytes.NewReader(run(t, python, "-c", script, dir))))
	})
	t.Run("openpyxl", func(t *testing.T) {
		python := tool(t, []string{"-c", "import openpyxl"}, "python3", "/usr/bin/python3")
		e, path := written(t, "xlsx", "gongkai.xlsx")
		const script = `
import csv, openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1], read_only=True)
out = csv.writer(sys.stdout)
width = 0
for row in book["cells"].iter_rows(values_only=True):
    width = max(width, len(row)) # rows end with their last value, and the first names all columns
    out.writerow(["" if v is None else v for v in row] + [""] * (width - len(row)))
`
		sameFigures(t, e, inCSV(t, bytes.NewReader(run(t, python, "-c", script, path))))
	})
}

// node runs a script with packages that tests/readers.sh installs, and skips the test aloud
// where they are not there.
func node(t *testing.T, script, module string, args ...string) []byte {
	t.Helper()
	home, err := os.UserHomeDir()
	must(t, err)
	t.Setenv("NODE_PATH", os.Getenv("NODE_PATH")+string(os.PathListSeparator)+filepath.Join(home, ".cache", "gongkai-readers", "node_modules"))
	return run(t, tool(t, []string{"-e", "require('" + module + "')"}, "node"), append([]string{"-e", script}, args...)...)
}

// TestDataPackageReader: the reader of Data Packages for Node, which knows version 1 only,
// finds the package valid, casts every value of every table, finds every key that is
// referred to, and reads the same figures.
func TestDataPackageReader(t *testing.T) {
	e := newExporter(t)
	revise(t, e)
	correct(t, e)
	dir := filepath.Join(t.TempDir(), "package")
	_, err := e.Write(t.Context(), "datapackage", query(), dir)
	must(t, err)
	const script = `
const {Package} = require('datapackage')
;(async () => {
  const p = await Package.load(process.argv[1] + '/datapackage.json', {strict: true})
  if (!p.valid || p.resources.length < 10) throw new Error('valid: ' + p.valid)
  for (const r of p.resources) {
    const rows = await r.read({keyed: true, relations: true})
    if (rows.length === 0) throw new Error(r.name + ' has no rows')
    if (r.name !== 'cells') continue
    console.log('agency_id,year,cell,state,value')
    for (const one of rows) console.log([one.agency_id.agency_id || one.agency_id, one.year.year || one.year, one.cell.cell || one.cell, one.state, one.value === null ? '' : one.value].join(','))
  }
})().catch(e => { console.error(e, e.errors); process.exit(1) })`
	sameFigures(t, e, inCSV(t, bytes.NewReader(node(t, script, "datapackage", dir))))
}

// TestDuckDB: DuckDB reads the Parquet files with the same figures, and knows dates, times
// and numbers as such.
func TestDuckDB(t *testing.T) {
	e := newExporter(t)
	revise(t, e)
	dir := filepath.Join(t.TempDir(), "parquet")
	_, err := e.Write(t.Context(), "parquet", query(), dir)
	must(t, err)
	const script = `
const {DuckDBInstance} = require('@duckdb/node-api')
;(async () => {
  const db = await (await DuckDBInstance.create(':memory:')).connect()
  const all = async sql => (await db.runAndReadAll(sql)).getRowsJS()
  const types = await all("DESCRIBE SELECT year, value FROM read_parquet('" + process.argv[1] + "/cells.parquet')")
  const times = await all("DESCRIBE SELECT published_on, first_found, demo FROM read_parquet('" + process.argv[1] + "/reports.parquet')")
  console.error([...types, ...times].map(r => r[1]).join(' '))
  if ([...types, ...times].map(r => r[1]).join(' ') !== 'BIGINT DOUBLE DATE TIMESTAMP WITH TIME ZONE BOOLEAN') throw new Error('types')
  console.log('agency_id,year,cell,state,value')
  for (const r of await all("SELECT agency_id, year, cell, state, value FROM read_parquet('" + process.argv[1] + "/cells.parquet')")) console.log(r.map(v => v === null ? '' : String(v)).join(','))
})().catch(e => { console.error(e); process.exit(1) })`
	sameFigures(t, e, inCSV(t, bytes.NewReader(node(t, script, "@duckdb/node-api", dir))))
}

// TestWARCReader: a reader of WARC for Node finds every original, whole by the digest that
// its record states.
func TestWARCReader(t *testing.T) {
	e := newExporter(t)
	hashes, err := RegionOriginals(t.Context(), e.DB, query())
	must(t, err)
	for _, packed := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "originals.warc")
		must(t, durable.WriteFile(path, func(f *os.File) error {
			return WriteWARC(t.Context(), f, e.Archive, hashes, packed, "gongkai test", "region 990101", e.Now())
		}))
		const script = `
const {WARCParser} = require('warcio'), {createHash} = require('crypto'), {Readable} = require('stream'), fs = require('fs')
;(async () => {
  for await (const r of new WARCParser(Readable.toWeb(fs.createReadStream(process.argv[1])))) {
    const body = await r.readFully()
    if (r.warcType !== 'response') continue
    const sum = createHash('sha256').update(body).digest('hex')
    if (r.warcHeaders.headers.get('WARC-Payload-Digest').toLowerCase() !== 'sha256:' + sum || r.httpHeaders.statusCode !== 200) throw new Error(r.warcTargetURI)
    console.log(sum)
  }
})().catch(e => { console.error(e); process.exit(1) })`
		got := strings.Fields(string(node(t, script, "warcio", path)))
		if len(got) != len(hashes) {
			t.Errorf("packed %t: %d responses, want %d", packed, len(got), len(hashes))
		}
		for i, hash := range hashes {
			if i < len(got) && got[i] != string(hash) {
				t.Errorf("packed %t: response %d is %s, want %s", packed, i, got[i], hash)
			}
		}
	}
}

// TestLibreOffice: LibreOffice reads the workbook, and its own arithmetic gives the results
// that the workbook of the statutory tables says.
func TestLibreOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short leaves out LibreOffice, which takes half a minute to start and read")
	}
	office := tool(t, nil, "soffice", "libreoffice")
	convert := func(t *testing.T, path, sheet string) []byte {
		dir := t.TempDir()
		run(t, office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to",
			"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "--outdir", dir, path)
		name := filepath.Join(dir, strings.TrimSuffix(filepath.Base(path), ".xlsx")+"-"+sheet+".csv")
		b, err := os.ReadFile(name)
		if err != nil {
			found, _ := filepath.Glob(filepath.Join(dir, "*.csv"))
			t.Fatalf("%v; there are %v", err, found)
		}
		return b
	}
	t.Run("cells", func(t *testing.T) {
		e, path := written(t, "xlsx", "gongkai.xlsx")
		sameFigures(t, e, inCSV(t, bytes.NewReader(convert(t, path, "cells"))))
	})
	t.Run("checks", func(t *testing.T) {
		e, path := written(t, "workbook", "reports.xlsx")
		got := strings.Count(string(convert(t, path, checksSheet)), "相符")
		book := openBook(t, e, query())
		rows, err := book.GetRows(checksSheet)
		must(t, err)
		want := 0
		for _, r := range rows {
			if r[9] == "相符" {
				want++
			}
		}
		if want == 0 || got != want {
			t.Errorf("LibreOffice finds %d identities that hold, the workbook says %d", got, want)
		}
	})
}
