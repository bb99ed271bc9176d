package api_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

// TestPeers: the group is named and counted in each row, may be chosen, and quartiles
// over fewer than four units are none, in JSON and in CSV.
func TestPeers(t *testing.T) {
	server, _ := serve(t)
	for peers, group := range map[string]string{"kind": "街道和乡镇", "parent": "全部单位", "load": "受理"} {
		body, _ := get(t, server.URL+"/api/v1/peers?agency="+string(first)+"&indicator=requests_new,open_rate&from=2023&to=2023&peers="+peers, 200)
		var answer struct{ Data []map[string]any }
		if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data) != 2 {
			t.Fatalf("%v: %s", err, body)
		}
		r := answer.Data[0]
		if name, _ := r["group"].(string); !strings.Contains(name, group) || r["peers"] != peers || r["value"] != 12.0 || r["group_en"] == "" {
			t.Errorf("%s: %v", peers, r)
		}
		if n, ok := r["n"].(float64); !ok || n > 3 || r["median"] != nil || r["p25"] != nil {
			t.Errorf("%s: quartiles of %v units: %v", peers, r["n"], r["median"])
		}
	}
	body, _ := get(t, server.URL+"/api/v1/peers?agency="+string(first)+"&format=csv", 200)
	rows, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	if err != nil || len(rows) < 2 || rows[0][5] != "group_units" || rows[0][6] != "n" {
		t.Errorf("%v: %v", err, rows)
	}
	get(t, server.URL+"/api/v1/peers?agency="+string(first)+"&peers=size", 400)
	get(t, server.URL+"/api/v1/peers?agency="+string(first)+"&indicator=nothing", 400)
	get(t, server.URL+"/api/v1/peers", 400)
}

// TestDifferencesAcross: across a break the CSV has the reason too, and no number.
func TestDifferencesAcross(t *testing.T) {
	server, _ := serve(t)
	body, _ := get(t, server.URL+"/api/v1/differences?units="+string(first)+"&indicator=requests_new&from=2018&to=2023&format=csv", 200)
	rows, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v: %s", err, body)
	}
	at := map[string]string{}
	for i, name := range rows[0] {
		at[name] = rows[1][i]
	}
	if at["change"] != "" || at["relative"] != "" || !strings.Contains(at["reason"], "2019 年起") || at["reason_en"] == "" {
		t.Errorf("across a break: %v", at)
	}
}
