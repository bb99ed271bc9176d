package api_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestDifferences: across a break there is the reason and no number.
func TestDifferences(t *testing.T) {
	server, _ := serve(t)
	ask := func(query string) map[string]any {
		t.Helper()
		body, _ := get(t, server.URL+"/api/v1/differences?units="+string(first)+"&"+query, 200)
		var answer struct{ Data []map[string]any }
		if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data) != 1 {
			t.Fatalf("%v: %s", err, body)
		}
		return answer.Data[0]
	}
	if d := ask("indicator=requests_new&from=2022&to=2023"); d["change"] != 2.0 || d["relative"] != nil || d["reason"] != "" {
		t.Errorf("10 to 12: %v", d)
	}
	d := ask("indicator=requests_new&from=2018&to=2023")
	if reason, _ := d["reason"].(string); d["change"] != nil || !strings.Contains(reason, "2019 年起") {
		t.Errorf("across a break: %v", d)
	}
	get(t, server.URL+"/api/v1/differences?units=990101&indicator=requests_new&from=2023&to=2022", 400)
}

// TestApplicants: a year without the table has one row, with the reason and no number.
func TestApplicants(t *testing.T) {
	server, _ := serve(t)
	body, _ := get(t, server.URL+"/api/v1/applicants?units="+string(first)+"&year=2018", 200)
	var answer struct{ Data []map[string]any }
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data) != 1 {
		t.Fatalf("%v: %s", err, body)
	}
	if old := answer.Data[0]; old["value"] != nil || old["reason"] == "" || old["reason_en"] == "" {
		t.Errorf("a year without the table: %v", old)
	}
	get(t, server.URL+"/api/v1/applicants?units=990101", 400)
}

// TestPooledSeries: a sum over years says from which year it is.
func TestPooledSeries(t *testing.T) {
	server, _ := serve(t)
	body, _ := get(t, server.URL+"/api/v1/series?units="+string(first)+"&indicator=requests_new&pool=1", 200)
	var answer struct{ Data []map[string]any }
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data) == 0 {
		t.Fatalf("%v: %s", err, body)
	}
	last := answer.Data[len(answer.Data)-1]
	if last["value"] != 22.0 || last["first_year"] != 2022.0 || last["year"] != 2023.0 {
		t.Errorf("2022 and 2023 summed: %v", last)
	}
}

// TestSeriesCodes: each value has its status, and what else is true of it stands in
// columns of its own.
func TestSeriesCodes(t *testing.T) {
	server, db := serve(t)
	addWords(t, db) // a further version of 2023, verified
	body, _ := get(t, server.URL+"/api/v1/series?units="+string(first)+"&indicator=requests_new&from=2022&to=2024", 200)
	var answer struct{ Data []map[string]any }
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data) != 3 {
		t.Fatalf("%v: %s", err, body)
	}
	for i, want := range []struct {
		code, obs string
		revised   bool
	}{{"A", "A", false}, {"R", "A", true}, {"", "L", false}} {
		got := answer.Data[i]
		if got["code"] != want.code || got["obs_status"] != want.obs || got["revised"] != want.revised || got["agency_error"] != false {
			t.Errorf("%v: %v, want %+v", got["year"], got, want)
		}
	}
	run, err := db.StartRun(context.Background(), "refresh", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	add(t, db, run, first, 2024, 9, report.Verified)
	if err := db.FinishRun(context.Background(), run, store.RunOK, ""); err != nil {
		t.Fatal(err)
	}
	body, _ = get(t, server.URL+"/api/v1/series?units="+string(first)+"&indicator=reviews&from=2023&to=2024", 200)
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	if got := answer.Data[1]; got["code"] != "B" || got["obs_status"] != "B" || got["break"] == "" {
		t.Errorf("the first value after a break: %v", got)
	}
}
