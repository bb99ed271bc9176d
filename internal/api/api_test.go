package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"gongkai/internal/aggregate"
	"gongkai/internal/api"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// The register and the reports of the tests: two fictitious streets, two years.
const (
	region = "990101"
	first  = report.AgencyID("990101001")
	second = report.AgencyID("990101002")
)

// reading makes a report of F2021 in which requests.new/total prints n and all
// else 0, but carried_in/total is blank.
func reading(agency string, year int, n int64) report.Reading {
	form := standard.FormOf(standard.F2021)
	r := report.Reading{Agency: agency, Year: year, Format: standard.F2021, Values: make([]report.Value, len(form.Cells)),
		Published: report.Date{Year: year + 1, Month: 1, Day: 20}, Title: "=1+1"}
	for i := range r.Values {
		r.Values[i] = report.Value{State: report.Printed, Text: "0", Place: report.Place{Table: 1, Row: 2, Column: 3}}
	}
	cell, _ := form.Cell("requests.new/total")
	r.Values[cell.Index] = report.Value{State: report.Printed, Amount: report.Count(n), Text: fmt.Sprint(n)}
	cell, _ = form.Cell("requests.carried_in/total")
	r.Values[cell.Index] = report.Value{State: report.Blank}
	cell, _ = form.Cell("disclosure.fee.amount")
	r.Values[cell.Index] = report.Value{State: report.Printed, Amount: 5225_190_000, Text: "5225.19万元"}
	return r
}

// serve starts the API over a real database with three reports.
func serve(t *testing.T) (*httptest.Server, *store.DB) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "api.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	err = db.PutAgencies(ctx, []report.Agency{
		{ID: first, Name: "云杉街道办事处", Short: "云杉街道", Kind: standard.Street, Region: "990101001", From: 2022, Until: 2023, Demo: true},
		{ID: second, Name: "=HYPERLINK()街道办事处", Short: "雪松街道", Kind: standard.Street, Region: "990101002", From: 2022, Until: 2023, Demo: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	run, err := db.StartRun(ctx, "refresh", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	add(t, db, run, first, 2022, 10, report.Verified)
	add(t, db, run, first, 2023, 12, report.Inconsistent)
	add(t, db, run, second, 2023, 30, report.NeedsReview)
	if err := db.FinishRun(ctx, run, store.RunOK, ""); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api.New(db, aggregate.New(db, time.Now), api.Options{Requests: 1_000_000}).Handler())
	t.Cleanup(server.Close)
	return server, db
}

func add(t testing.TB, db *store.DB, run store.RunID, agency report.AgencyID, year int, n int64, status report.Status) {
	t.Helper()
	hash := report.SHA256(fmt.Sprintf("%064x", int64(year)*1000+n))
	if err := db.PutOriginal(context.Background(), run, report.Original{Hash: hash, URL: "http://demo.example/" + string(agency), FetchedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	v := store.NewVersion{Agency: agency, Year: year, Reading: reading(string(agency), year, n), Status: status,
		Original: hash, URL: fmt.Sprintf("http://demo.example/%s/%d", agency, year), FoundAt: time.Now(),
		Findings: []report.Finding{{Rule: "requests.balance", RuleVersion: 1, Subject: "total", Severity: report.Error,
			Attribution: report.ByAgency, Left: "10", Right: "9", Text: "合计列收支不符",
			Operands: []report.Operand{{Cell: "requests.new/total"}}}}}
	if _, _, err := db.AddVersion(context.Background(), run, v); err != nil {
		t.Fatal(err)
	}
}

// get asks an address and returns the answer's body and header.
func get(t *testing.T, url string, want int) ([]byte, http.Header) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != want {
		t.Fatalf("GET %s: %s, want %d: %s", url, answer.Status, want, body)
	}
	return body, answer.Header
}

type page struct {
	Data []map[string]any `json:"data"`
	Next *string          `json:"next"`
}

func getPage(t *testing.T, url string) page {
	t.Helper()
	body, _ := get(t, url, http.StatusOK)
	var p page
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return p
}

// TestCells: a printed 0, a blank and money stay what they are in every form.
func TestCells(t *testing.T) {
	server, _ := serve(t)
	url := server.URL + "/api/v1/cells?agency=990101001&year=2022&cell=requests.new/total,requests.carried_in/total,outcome.granted/total,disclosure.fee.amount&fields=cell,value,state"
	want := []map[string]any{
		{"cell": "disclosure.fee.amount", "value": 5225.19, "state": "printed"},
		{"cell": "requests.new/total", "value": 10.0, "state": "printed"},
		{"cell": "requests.carried_in/total", "value": nil, "state": "blank"},
		{"cell": "outcome.granted/total", "value": 0.0, "state": "printed"},
	}
	if diff := cmp.Diff(want, getPage(t, url).Data); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	body, _ := get(t, url+"&format=csv", http.StatusOK)
	const wantCSV = "cell,value,state\ndisclosure.fee.amount,5225.19,printed\nrequests.new/total,10,printed\nrequests.carried_in/total,,blank\noutcome.granted/total,0,printed\n"
	if diff := cmp.Diff(wantCSV, string(body)); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
	body, _ = get(t, url+"&format=xlsx", http.StatusOK)
	book, err := excelize.OpenReader(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("cells")
	if err != nil || len(rows) != 5 || rows[1][1] != "5225.19" || rows[3][1] != "" || rows[4][1] != "0" {
		t.Errorf("XLSX has %v, %v", rows, err)
	}
}

// TestFormula: no text of a report can become a formula of a spreadsheet.
func TestFormula(t *testing.T) {
	server, _ := serve(t)
	body, _ := get(t, server.URL+"/api/v1/agencies?region="+region+"&format=csv", http.StatusOK)
	if !strings.Contains(string(body), "'=HYPERLINK()") || strings.Contains(string(body), ",=HYPERLINK") {
		t.Errorf("a name that begins with = is not inert:\n%s", body)
	}
}

// TestPages walks all cells page by page; they are those of the whole CSV.
func TestPages(t *testing.T) {
	server, db := serve(t)
	var got []string
	url := server.URL + "/api/v1/cells?limit=170&region=" + region
	next := url
	for n := 0; n < 10; n++ {
		p := getPage(t, next)
		for _, r := range p.Data {
			got = append(got, fmt.Sprint(r["agency_id"], r["year"], r["cell"]))
		}
		if p.Next == nil {
			break
		}
		next = url + "&cursor=" + *p.Next
		if n == 0 { // a refresh between two pages changes nothing for who began before
			run, err := db.StartRun(context.Background(), "refresh", 0, false)
			if err != nil {
				t.Fatal(err)
			}
			add(t, db, run, second, 2022, 5, report.Verified)
			if err := db.FinishRun(context.Background(), run, store.RunOK, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(got) != 3*200 {
		t.Errorf("%d cells over all pages, want 600", len(got))
	}
	seen := make(map[string]bool)
	for _, key := range got {
		if seen[key] {
			t.Errorf("%s came twice", key)
		}
		seen[key] = true
	}
}

// TestConditional: the same question of the same data is answered 304.
func TestConditional(t *testing.T) {
	server, db := serve(t)
	url := server.URL + "/api/v1/reports?region=" + region
	_, header := get(t, url, http.StatusOK)
	ask := func() int {
		req, _ := http.NewRequest(http.MethodGet, url, nil)
		req.Header.Set("If-None-Match", header.Get("ETag"))
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	if got := ask(); got != http.StatusNotModified {
		t.Errorf("the same question is answered %d, want 304", got)
	}
	run, err := db.StartRun(context.Background(), "refresh", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	add(t, db, run, second, 2022, 5, report.Verified)
	if err := db.FinishRun(context.Background(), run, store.RunOK, ""); err != nil {
		t.Fatal(err)
	}
	if got := ask(); got != http.StatusOK {
		t.Errorf("after a refresh the question is answered %d, want 200", got)
	}
	answer, err := http.Head(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK || len(body) > 0 {
		t.Errorf("HEAD is answered %s with %d bytes", answer.Status, len(body))
	}
}

// TestProblems: each bad question names the parameter at fault.
func TestProblems(t *testing.T) {
	server, _ := serve(t)
	cases := []struct {
		path, parameter string
		status          int
	}{
		{"/reports?year=abc", "year", 400},
		{"/reports?limit=0", "limit", 400},
		{"/reports?limit=1001", "limit", 400},
		{"/reports?status=good", "status", 400},
		{"/reports?region=abc", "region", 400},
		{"/reports?yaer=2020", "yaer", 400},
		{"/reports?format=pdf", "format", 400},
		{"/reports?fields=agency,colour", "fields", 400},
		{"/reports?cursor=x", "cursor", 400},
		{"/cells?cell=requests.nwe/total", "cell", 400},
		{"/series?units=990101", "indicator", 400},
		{"/series?units=990101&indicator=happiness", "indicator", 400},
		{"/series?units=990109&indicator=requests_new", "", 404},
		{"/findings?rule=no.rule", "rule", 400},
		{"/reports/990101001/2010", "", 404},
		{"/reports/990101001/abc", "year", 400},
		{"/nothing", "", 404},
	}
	for _, c := range cases {
		t.Run(c.path, func(t *testing.T) {
			body, header := get(t, server.URL+"/api/v1"+c.path, c.status)
			var p struct {
				Status    int    `json:"status"`
				Title     string `json:"title"`
				Detail    string `json:"detail"`
				Parameter string `json:"parameter"`
			}
			if err := json.Unmarshal(body, &p); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			if header.Get("Content-Type") != "application/problem+json" || p.Status != c.status || p.Parameter != c.parameter || p.Title == "" || p.Detail == "" {
				t.Errorf("%s %+v, want status %d and parameter %q", header.Get("Content-Type"), p, c.status, c.parameter)
			}
		})
	}
}

// TestSeries: what needs review has a figure marked P; the region's sum leaves it
// out and says on how many reports it rests.
func TestSeries(t *testing.T) {
	server, _ := serve(t)
	p := getPage(t, server.URL+"/api/v1/series?units=990101002,990101&indicator=requests_new&from=2022&to=2023&fields=unit,year,value,code,usable")
	want := []map[string]any{
		{"unit": "990101002", "year": 2022.0, "value": nil, "code": "L", "usable": nil},
		{"unit": "990101002", "year": 2023.0, "value": 30.0, "code": "P", "usable": nil},
		{"unit": "990101", "year": 2022.0, "value": 10.0, "code": "A", "usable": 1.0},
		{"unit": "990101", "year": 2023.0, "value": 12.0, "code": "E", "usable": 1.0},
	}
	if diff := cmp.Diff(want, p.Data); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
	// The country is told here as it is where it is told by its regions.
	p = getPage(t, server.URL+"/api/v1/series?units=0&indicator=requests_new&from=2023&to=2023&fields=unit,year,value")
	if len(p.Data) != 1 || p.Data[0]["unit"] != "0" || p.Data[0]["value"] == nil {
		t.Errorf("series of the country: %v", p.Data)
	}
}

// TestReport: one report whole.
func TestReport(t *testing.T) {
	server, _ := serve(t)
	body, _ := get(t, server.URL+"/api/v1/reports/990101001/2023", http.StatusOK)
	var d struct {
		Agency   string           `json:"agency"`
		Status   string           `json:"status"`
		Cells    []map[string]any `json:"cells"`
		Findings []map[string]any `json:"findings"`
		Versions []map[string]any `json:"versions"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		t.Fatal(err)
	}
	if d.Agency != "云杉街道办事处" || d.Status != "inconsistent" || len(d.Cells) != 200 || len(d.Findings) != 1 || len(d.Versions) != 1 {
		t.Errorf("%s %s: %d cells, %d findings, %d versions", d.Agency, d.Status, len(d.Cells), len(d.Findings), len(d.Versions))
	}
	for _, c := range d.Cells {
		if c["cell"] == "disclosure.fee.amount" && c["text"] != "5225.19万元" {
			t.Errorf("what stands in the cell is lost: %v", c)
		}
	}
}

// TestMethods: the API reads only, and says so.
func TestMethods(t *testing.T) {
	server, _ := serve(t)
	for method, want := range map[string]int{http.MethodPost: 405, http.MethodDelete: 405, http.MethodPut: 405, http.MethodOptions: 204} {
		req, err := http.NewRequest(method, server.URL+"/api/v1/reports", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want || answer.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("%s is answered %s, Allow %q", method, answer.Status, answer.Header.Get("Allow"))
		}
	}
}
