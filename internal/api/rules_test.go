package api_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/api"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A filed is a report of the county below: granted of decided, and requests received.
type filed struct {
	street            int
	year              int
	received, granted int64
	decided           int64
	status            report.Status
	blank             standard.CellCode
}

// county serves the API over five streets with these reports of 2021 on.
func county(t *testing.T, all ...filed) string {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "county.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var streets []report.Agency
	for i := 1; i <= 5; i++ {
		code := standard.RegionCode(fmt.Sprintf("99010100%d", i))
		streets = append(streets, report.Agency{ID: report.AgencyID(code), Name: fmt.Sprintf("示例%d街道办事处", i), Short: fmt.Sprintf("示例%d街道", i),
			Kind: standard.Street, Region: code, From: 2021, Until: 2023, Watched: true, Demo: true})
	}
	if err := db.PutAgencies(ctx, streets); err != nil {
		t.Fatal(err)
	}
	run, err := db.StartRun(ctx, "refresh", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		put(t, db, run, f)
	}
	if err := db.FinishRun(ctx, run, store.RunOK, ""); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api.New(db, aggregate.New(db, time.Now), api.Options{Requests: 1_000_000}).Handler())
	t.Cleanup(server.Close)
	return server.URL + "/api/v1/"
}

func put(t *testing.T, db *store.DB, run store.RunID, f filed) {
	t.Helper()
	agency := report.AgencyID(fmt.Sprintf("99010100%d", f.street))
	r := reading(string(agency), f.year, f.received)
	for code, n := range map[standard.CellCode]int64{"outcome.granted/total": f.granted, "outcome.total/total": f.decided} {
		cell, _ := standard.FormOf(standard.F2021).Cell(code)
		r.Values[cell.Index] = report.Value{State: report.Printed, Amount: report.Count(n), Text: fmt.Sprint(n)}
	}
	if cell, ok := standard.FormOf(standard.F2021).Cell(f.blank); ok {
		r.Values[cell.Index] = report.Value{State: report.Blank}
	}
	if f.status == "" {
		f.status = report.Verified
	}
	hash := report.SHA256(fmt.Sprintf("%032d%032d", f.street, f.year))
	if err := db.PutOriginal(context.Background(), run, report.Original{Hash: hash, URL: "http://demo.example/" + string(hash), FetchedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	v := store.NewVersion{Agency: agency, Year: f.year, Reading: r, Status: f.status, Original: hash, URL: "http://demo.example/" + string(hash), FoundAt: time.Now()}
	if _, _, err := db.AddVersion(context.Background(), run, v); err != nil {
		t.Fatal(err)
	}
}

// rows asks a list as JSON, and holds that the CSV says the same.
func rows(t *testing.T, url string) []map[string]any {
	t.Helper()
	data := getPage(t, url).Data
	body, _ := get(t, url+"&format=csv", 200)
	records, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	if err != nil || len(records) != len(data)+1 {
		t.Fatalf("%s: CSV has %d records of %d (%v)", url, len(records)-1, len(data), err)
	}
	for i, record := range records[1:] {
		for at, name := range records[0] {
			want := ""
			if v := data[i][name]; v != nil {
				want = fmt.Sprint(v)
			}
			if list, ok := data[i][name].([]any); ok {
				want = strings.Trim(fmt.Sprint(list), "[]")
			}
			if record[at] != want && !strings.ContainsAny(record[at], " .e") {
				t.Errorf("%s: %s of row %d is %q as CSV and %q as JSON", url, name, i, record[at], want)
			}
		}
	}
	return data
}

// TestDominance: a unit that brings over half of an aggregate is named with its part
// and the aggregate without it; one that brings half is not (indicators.md §1.7).
func TestDominance(t *testing.T) {
	at := county(t, filed{street: 1, year: 2022, received: 60, granted: 30, decided: 60}, filed{street: 2, year: 2022, received: 20, granted: 5, decided: 20},
		filed{street: 3, year: 2022, received: 20, granted: 15, decided: 20},
		filed{street: 1, year: 2023, received: 40, decided: 40}, filed{street: 2, year: 2023, received: 40, decided: 40})
	years := rows(t, at+"series?units=990101&indicator=requests_new&from=2022&to=2023")
	if r := years[0]; r["dominant"] != "990101001" || r["dominant_share"] != 60.0 || r["without_dominant"] != 40.0 || r["value"] != 100.0 {
		t.Errorf("60 of 100: %v", r)
	}
	if r := years[1]; r["dominant"] != nil || r["dominant_share"] != nil {
		t.Errorf("40 of 80: %v", r)
	}
	if r := rows(t, at+"series?units=990101&indicator=open_rate&from=2022&to=2022")[0]; r["dominant"] != "990101001" || r["without_dominant"] != 50.0 {
		t.Errorf("open rate without a unit of 60 in 100 decided: %v", r)
	}
}

// TestCoverageTravels: units expected, reports found, usable and verified stand beside
// every aggregate, and a cell that is blank is found and not usable (§1.6).
func TestCoverageTravels(t *testing.T) {
	at := county(t, filed{street: 1, year: 2022, received: 5, status: report.Inconsistent}, filed{street: 2, year: 2022, received: 5},
		filed{street: 3, year: 2022, received: 5, status: report.NeedsReview}, filed{street: 4, year: 2022, blank: "requests.new/total"})
	r := rows(t, at+"series?units=990101&indicator=requests_new&from=2022&to=2022")[0]
	if r["due"] != 4.0 || r["found"] != 4.0 || r["usable"] != 2.0 || r["verified"] != 2.0 || r["value"] != 10.0 || r["code"] != "E" || r["agency_error"] != true {
		t.Errorf("two of four: %v", r)
	}
	r = rows(t, at+"series?units=990101&indicator=requests_new&from=2022&to=2022&review=1")[0]
	if r["value"] != 15.0 || r["usable"] != 3.0 || r["code"] != "P" || r["obs_status"] != "P" {
		t.Errorf("with what needs review: %v", r)
	}
	one := rows(t, at+"series?units=990101003&indicator=requests_new&from=2022&to=2022")[0]
	if one["code"] != "P" || one["value"] != 5.0 {
		t.Errorf("a unit that needs review: %v", one)
	}
	blank := rows(t, at+"series?units=990101004&indicator=requests_new&from=2022&to=2022")[0]
	if blank["code"] != "M" || blank["value"] != nil || blank["numerator"] != nil {
		t.Errorf("a blank: %v", blank)
	}
}

// TestMatchedSets: the change of an aggregate is given over the units of both years too,
// and the answer says where both are to be shown (§1.6).
func TestMatchedSets(t *testing.T) {
	at := county(t, filed{street: 1, year: 2022, received: 100}, filed{street: 2, year: 2022, received: 100},
		filed{street: 1, year: 2023, received: 110}, filed{street: 2, year: 2023, received: 100}, filed{street: 3, year: 2023, received: 50})
	r := rows(t, at+"differences?units=990101&indicator=requests_new&from=2022&to=2023")[0]
	if r["change"] != 60.0 || r["relative"] != 30.0 || r["matched_units"] != 2.0 || r["matched_change"] != 10.0 || r["show_both"] != true {
		t.Errorf("250 after 200, of which 210 in both: %v", r)
	}
	at = county(t, filed{street: 1, year: 2022, received: 19}, filed{street: 1, year: 2023, received: 25})
	r = rows(t, at+"differences?units=990101&indicator=requests_new&from=2022&to=2023")[0]
	if r["change"] != 6.0 || r["relative"] != nil || r["show_both"] != false {
		t.Errorf("25 after 19: %v", r)
	}
}

// TestSmallDenominators: under 10 there is n of d and no value, under 30 no rank, none
// for a denominator of 0, and overlapping intervals share a rank (§1.3, §1.4).
func TestSmallDenominators(t *testing.T) {
	at := county(t, filed{street: 1, year: 2022, granted: 9, decided: 9}, filed{street: 2, year: 2022, granted: 29, decided: 29},
		filed{street: 3, year: 2022, granted: 30, decided: 60}, filed{street: 4, year: 2022, granted: 34, decided: 60}, filed{street: 5, year: 2022})
	got := make(map[string]map[string]any)
	var order []string
	for _, r := range rows(t, at+"rankings?region=990101&indicator=granted_rate&year=2022") {
		got[r["agency_id"].(string)] = r
		order = append(order, r["agency_id"].(string))
	}
	if r := got["990101001"]; r["show"] != "fraction" || r["value"] != nil || r["numerator"] != 9.0 || r["denominator"] != 9.0 || r["rank"] != nil {
		t.Errorf("9 of 9: %v", r)
	}
	if r := got["990101002"]; r["show"] != "no_rank" || r["value"] != 100.0 || r["rank"] != nil {
		t.Errorf("29 of 29: %v", r)
	}
	for _, id := range []string{"990101003", "990101004"} {
		if r := got[id]; r["rank"] != 1.0 || r["tied"] != true || r["low"] == nil || r["high"] == nil {
			t.Errorf("%s overlaps the other and shares the first rank: %v", id, r)
		}
	}
	if r := got["990101005"]; r["code"] != "D" || r["value"] != nil || r["rank"] != nil || r["reason"] == "" {
		t.Errorf("0 of 0: %v", r)
	}
	if order[4] != "990101005" || !slices.Contains(order[:2], "990101004") {
		t.Errorf("order %v: ranked first, not defined last", order)
	}
}

// TestPoolRanks: units too small for a rank get one over the years of the form (§8).
func TestPoolRanks(t *testing.T) {
	at := county(t, filed{street: 1, year: 2021, granted: 5, decided: 12}, filed{street: 1, year: 2022, granted: 6, decided: 12},
		filed{street: 1, year: 2023, granted: 7, decided: 12})
	if r := rows(t, at+"rankings?region=990101&indicator=granted_rate&year=2023")[0]; r["rank"] != nil {
		t.Errorf("12 decided: %v", r)
	}
	r := rows(t, at+"rankings?region=990101&indicator=granted_rate&year=2023&pool=1")[0]
	if r["rank"] != 1.0 || r["numerator"] != 18.0 || r["denominator"] != 36.0 || r["value"] != 50.0 || r["first_year"] != 2021.0 {
		t.Errorf("18 of 36 over three years: %v", r)
	}
}
