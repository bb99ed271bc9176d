package api_test

import (
	"encoding/json"
	"testing"
)

// TestLeads: each lead is a sentence with the cells it is made of.
func TestLeads(t *testing.T) {
	server, _ := serve(t)
	body, _ := get(t, server.URL+"/api/v1/leads?region="+region+"&year=2023", 200)
	var answer struct{ Data []map[string]any }
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data) == 0 {
		t.Fatalf("%v: %s", err, body)
	}
	l := answer.Data[0]
	cells, _ := l["cells"].([]any)
	if l["kind"] != "mover" || l["key"] != "lead.mover@990101001/2023" || len(cells) != 2 || cells[1] != "990101001/2023/requests.new/total" {
		t.Errorf("first lead %v", l)
	}
	get(t, server.URL+"/api/v1/leads", 400)
}

// TestRollUp: one row for each cell of the form, and the members left out are said.
func TestRollUp(t *testing.T) {
	server, _ := serve(t)
	body, _ := get(t, server.URL+"/api/v1/rollup?region="+region+"&year=2023&limit=1000", 200)
	var answer struct{ Data []map[string]any }
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	for _, r := range answer.Data {
		if r["cell"] == "requests.new/total" && (r["sum"] != 12.0 || r["counted"] != 1.0 || r["left_out"] != 1.0 || r["own"] != nil || r["result"] != "n/a") {
			t.Errorf("new requests: %v", r)
		}
		if r["cell"] == "requests.carried_in/total" && (r["sum"] != nil || r["blank"] != 1.0) {
			t.Errorf("a cell that nobody printed: %v", r)
		}
	}
	if len(answer.Data) < 200 {
		t.Errorf("%d cells", len(answer.Data))
	}
}
