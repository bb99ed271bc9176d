package export

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

const county = "990101"

// today is the clock of the tests.
func today() time.Time { return time.Date(2025, 3, 1, 8, 0, 0, 0, standard.China()) }

// newExporter is an exporter over a real database: two agencies, three forms, every state,
// a negative number, money, and texts that a spreadsheet would take for formulas.
func newExporter(t testing.TB) *Exporter {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "export.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	originals, err := archive.Open(t.Context(), t.TempDir())
	must(t, err)
	must(t, db.SetRegionName(ctx, county, "示例区"))
	must(t, db.PutAgencies(ctx, []report.Agency{
		{ID: "990101001", Name: "云杉街道办事处", Short: "云杉街道", Kind: standard.Street, Region: "990101001", From: 2014, Demo: true},
		{ID: "990101002", Name: "=HYPERLINK(\"http://a.example\",\"b\")街道办事处", Short: "@雪松/街道", Kind: standard.Street, Region: "990101002", Demo: true},
		{ID: "990101-gov", Name: "示例区人民政府", Short: "示例区政府", Kind: standard.Government, Region: county, Demo: true},
	}))
	run, err := db.StartRun(ctx, "refresh", 0, false)
	must(t, err)
	for i, agency := range []report.AgencyID{"990101001", "990101002", "990101-gov"} {
		for _, year := range []int{2016, 2020, 2023} {
			add(t, db, originals, run, agency, year, int64(10*i+year%10), report.Verified)
		}
	}
	must(t, db.FinishRun(ctx, run, store.RunOK, ""))
	return &Exporter{DB: db, Archive: originals, Software: "gongkai test", Now: today}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// add keeps a version with its original.
func add(t testing.TB, db *store.DB, originals *archive.Store, run store.RunID, agency report.AgencyID, year int, n int64, status report.Status) {
	t.Helper()
	ctx := context.Background()
	body := fmt.Appendf(nil, "%s %d %d", agency, year, n)
	meta := report.Original{URL: fmt.Sprintf("http://demo.example/%s/%d.html?a=1,2", agency, year), ContentType: "text/html", Status: 200, Size: int64(len(body)), FetchedAt: today(), Demo: true}
	hash, err := originals.Put(ctx, body, meta)
	must(t, err)
	meta.Hash = hash
	must(t, db.PutOriginal(ctx, run, meta))
	_, _, err = db.AddVersion(ctx, run, store.NewVersion{Agency: agency, Year: year, Reading: reading(string(agency), year, n), Status: status, Original: hash,
		URL: meta.URL, FoundAt: today(), Findings: []report.Finding{{Rule: "requests.balance", RuleVersion: 1, Subject: "total", Severity: report.Error,
			Attribution: report.ByAgency, Left: "10", Right: "9", Difference: "1", Formula: "-1 + 2, \"三\"", Text: "合计列收支不符", TextEN: "the column does not balance",
			Operands: []report.Operand{{Cell: "requests.new/total"}, {Cell: "requests.carried_in/total"}}}}})
	must(t, err)
}

// reading has zeros, and by turns every other state, a fraction and a negative number.
func reading(agency string, year int, n int64) report.Reading {
	format, _ := standard.FormatForYear(year)
	form := standard.FormOf(format)
	r := report.Reading{Agency: agency, Year: year, Format: format, Published: report.Date{Year: year + 1, Month: 1, Day: 20}}
	for _, c := range form.Cells {
		v := report.Value{State: report.Printed, Text: "0"}
		switch (c.Index + year) % 17 {
		case 1:
			v = report.Value{State: report.Blank}
		case 2:
			v = report.Value{State: report.Dash, Text: "/"}
		case 3:
			v = report.Value{State: report.Words, Text: "=2+3"}
		case 4:
			v = report.Value{State: report.Absent}
		case 5:
			v = report.Value{State: report.Unread, Text: "O"}
		case 6:
			v.Amount = report.Count(n)
		}
		if v.State == report.Printed && c.Unit.Money() {
			v.Amount = 5225_190_000
		}
		if v.State == report.Printed && c.Signed() {
			v.Amount = report.Count(-n)
		}
		r.Values = append(r.Values, v)
	}
	return r
}

// query asks for the whole of the fixture.
func query() Query { return Query{Query: store.Query{Region: county}} }
