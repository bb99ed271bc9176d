package export

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// correct lays a person's figure over the first unread cell of the first report of 2023,
// and returns the run before.
func correct(t *testing.T, e *Exporter) (cell string, before store.RunID) {
	t.Helper()
	ctx := context.Background()
	before, err := e.DB.DataVersion(ctx)
	must(t, err)
	r, err := e.DB.Report(ctx, "990101001", 2023, 0)
	must(t, err)
	_, base, err := e.DB.Beneath(ctx, r.Current.ID)
	must(t, err)
	lay := store.NewVersion{Agency: "990101001", Year: 2023, Reading: r.Current.Reading, Status: report.Verified,
		Original: r.Current.Original, URL: r.Current.URL, FoundAt: today()}
	for i, code := range codesOf(r.Current.Format) {
		was := lay.Reading.Values[i]
		if was.State != report.Unread {
			continue
		}
		is := report.Value{State: report.Printed, Amount: report.Count(12), Text: "12"}
		lay.Reading.Values[i] = is
		c := store.Correction{Version: r.Current.ID, Cell: code, Verdict: store.Corrected, Was: was, Value: is, Reason: "对照原件", Account: 1, Name: "某人", At: today()}
		_, err := e.DB.AddReview(ctx, store.Review{At: today(), Version: r.Current.ID, Base: base, Add: []store.Correction{c}, Lay: &lay, Text: "更正",
			Over:  []store.CorrectedCell{{Cell: code, Read: was}},
			Entry: store.Entry{At: today(), Name: "某人", Action: "review.corrected", Subject: "示例", Client: "192.0.2.1"}})
		must(t, err)
		return string(code), before
	}
	t.Fatal("no unread cell to correct")
	return "", 0
}

// TestCorrected holds that a corrected cell says in every form what the readers had, that
// no other does, and that an export as of before has neither.
func TestCorrected(t *testing.T) {
	e := newExporter(t)
	cell, before := correct(t, e)
	for _, tc := range []struct {
		asOf store.RunID
		want int
	}{{0, 1}, {before, 0}} {
		q := query()
		q.AsOf = tc.asOf
		var b bytes.Buffer
		table := Cells(e.DB, q)
		must(t, WriteCSV(&b, false, table.Names(), 0, table.Rows(t.Context())))
		rows, err := csv.NewReader(&b).ReadAll()
		must(t, err)
		n := 0
		for _, row := range rows[1:] {
			if row[atRead] == "" {
				continue
			}
			n++
			if row[0] != "990101001" || row[atCell] != cell || row[atValue] != "12" || row[atValue+1] != "printed" || row[atRead] != "unread" {
				t.Errorf("corrected row %q", row)
			}
		}
		if n != tc.want || rows[0][atRead] != "read_as" {
			t.Errorf("as of %d: %d corrected cells in the column %s; want %d", tc.asOf, n, rows[0][atRead], tc.want)
		}
	}
	path := filepath.Join(t.TempDir(), "x.db")
	_, err := e.Write(t.Context(), "sqlite", query(), path)
	must(t, err)
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	defer db.Close()
	var got string
	must(t, db.QueryRow(`SELECT cell || ' ' || value || ' ' || read_as FROM cells WHERE read_as IS NOT NULL`).Scan(&got))
	if want := cell + " 12 unread"; got != want {
		t.Errorf("snapshot has %q; want %q", got, want)
	}
}

// codesOf are the cells of a form in its order.
func codesOf(format standard.Format) []standard.CellCode {
	var codes []standard.CellCode
	for _, c := range standard.FormOf(format).Cells {
		codes = append(codes, c.Code)
	}
	return codes
}

// TestCorrections: the table of corrections has what was read and what a person found, but
// not who the person is; as of before it has nothing.
func TestCorrections(t *testing.T) {
	e := newExporter(t)
	cell, before := correct(t, e)
	got := rows(t, Corrections(e.DB, query()))
	if len(got) != 1 || !strings.HasSuffix(got[0], ",990101001,云杉街道办事处,990101001,2023,1,"+cell+",corrected,unread,12,对照原件,"+strconv.FormatInt(int64(before)+1, 10)+",,true") {
		t.Errorf("corrections %q", got)
	}
	q := query()
	q.AsOf = before
	if got := rows(t, Corrections(e.DB, q)); len(got) != 0 {
		t.Errorf("as of before: %q", got)
	}
	q = query()
	q.FromYear = 2024
	if got := rows(t, Corrections(e.DB, q)); len(got) != 0 {
		t.Errorf("of other years: %q", got)
	}
}
