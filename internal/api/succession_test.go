package api_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/report"
)

// TestSuccession: where the register says that another unit joined, a change is the
// reason and no number, and the series carries it as JSON and as CSV.
func TestSuccession(t *testing.T) {
	server, db := serve(t)
	all, err := db.Agencies(t.Context(), region)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if all[i].ID == second {
			all[i].Until, all[i].Became, all[i].Heir = 2022, report.Merged, first
		}
	}
	if err := db.PutAgencies(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	why := report.MergedReason().ZH
	query := "?units=" + string(first) + "&indicator=requests_new&from=2022&to=2023"
	body, _ := get(t, server.URL+"/api/v1/differences"+query, http.StatusOK)
	var answer page
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data) != 1 || answer.Data[0]["change"] != nil || answer.Data[0]["reason"] != why {
		t.Errorf("change: %s, err %v; want no number and %s", body, err, why)
	}
	series := getPage(t, server.URL+"/api/v1/series"+query)
	if len(series.Data) != 2 || series.Data[0]["break"] != "" || series.Data[1]["break"] != why || series.Data[1]["value"] != 12.0 {
		t.Errorf("series: %v", series.Data)
	}
	body, _ = get(t, server.URL+"/api/v1/series"+query+"&format=csv", http.StatusOK)
	records, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	if err != nil || len(records) != 3 {
		t.Fatalf("CSV: %d lines, err %v", len(records), err)
	}
	if at := slices.Index(records[0], "break"); at < 0 || records[2][at] != why {
		t.Errorf("CSV: %q", records)
	}
}
