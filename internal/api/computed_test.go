package api_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/api"
	"gongkai/internal/export"
	"gongkai/internal/store"
)

// TestIndicatorValues: the table of values in a Data Package has for every unit the rows
// that series gives of it; CSV for spreadsheets goes without.
func TestIndicatorValues(t *testing.T) {
	server, db := serve(t)
	agg := aggregate.New(db, time.Now)
	e := &export.Exporter{DB: db, Software: "test", Now: time.Now,
		Computed: func(q export.Query) []export.Table { return []export.Table{api.IndicatorValues(agg, q)} }}
	dir := filepath.Join(t.TempDir(), "package")
	if _, err := e.Write(t.Context(), "datapackage", export.Query{Query: store.Query{Region: region, FromYear: 2023, ToYear: 2023}}, dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "indicator_values.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	level, seen := slices.Index(rows[0], "level"), make(map[string]int)
	for _, id := range []string{"requests_new", "open_rate", "late_rate"} {
		for _, unit := range []string{region, string(first), string(second)} {
			body, _ := get(t, fmt.Sprintf("%s/api/v1/series?units=%s&indicator=%s&from=2023&to=2023&format=csv", server.URL, unit, id), http.StatusOK)
			want, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
			if err != nil || len(want) != 2 {
				t.Fatalf("%d lines of %s of %s, %v", len(want), id, unit, err)
			}
			for _, row := range rows[1:] {
				if row[0] == unit && row[level+1] == id {
					seen[row[level]]++
					if got := strings.Join(slices.Delete(slices.Clone(row), level, level+1), ","); got != strings.Join(want[1], ",") {
						t.Errorf("%s of %s:\nexported %s\nserved   %s", id, unit, got, strings.Join(want[1], ","))
					}
				}
			}
		}
	}
	if seen["county"] != 3 || seen["agency"] != 6 {
		t.Errorf("rows by level: %v", seen)
	}
	sheets, err := e.Write(t.Context(), "csv", export.Query{}, filepath.Join(t.TempDir(), "csv"))
	if err != nil || slices.ContainsFunc(sheets, func(f export.File) bool { return f.Name == "indicator_values.csv" }) {
		t.Errorf("CSV for spreadsheets: %v, %v", sheets, err)
	}
}
