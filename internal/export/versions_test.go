package export

import (
	"context"
	"strings"
	"testing"

	"gongkai/internal/report"
)

// revise has an agency publish other figures in a second run.
func revise(t testing.TB, e *Exporter) {
	t.Helper()
	run, err := e.DB.StartRun(context.Background(), "refresh", 0, false)
	must(t, err)
	add(t, e.DB, e.Archive, run, "990101001", 2023, 77, report.NeedsReview)
	must(t, e.DB.FinishRun(context.Background(), run, "ok", ""))
}

// rows reads a table as CSV lines without the header.
func rows(t *testing.T, table Table) []string {
	t.Helper()
	var lines []string
	for row, err := range table.Rows(t.Context()) {
		must(t, err)
		lines = append(lines, strings.TrimSuffix(string(AppendCSV(nil, row)), "\n"))
	}
	return lines
}

// TestVersions: a report that was revised has both versions, the cells of the first are
// kept apart, cell for cell as they were, and as of the first run nothing was replaced.
func TestVersions(t *testing.T) {
	e := newExporter(t)
	before := rows(t, Cells(e.DB, query()))
	revise(t, e)
	var revised []string
	for _, line := range rows(t, Versions(e.DB, query())) {
		if strings.HasPrefix(line, "990101001,云杉街道办事处,990101001,2023,") {
			revised = append(revised, line)
		}
	}
	if len(revised) != 2 || !strings.Contains(revised[0], ",1,F2021,verified,2024-01-20,2025-03-01T00:00:00Z,2,3,") ||
		!strings.Contains(revised[1], ",2,F2021,needs_review,2024-01-20,2025-03-01T00:00:00Z,3,,") {
		t.Errorf("versions of the revised report: %q", revised)
	}
	var was []string
	for _, line := range before {
		if strings.HasPrefix(line, "990101001,") && strings.Contains(line, ",2023,F2021,") {
			was = append(was, line)
		}
	}
	if got := rows(t, EarlierCells(e.DB, query())); strings.Join(got, "\n") != strings.Join(was, "\n") || len(got) < 100 {
		t.Errorf("%d cells of the version that was replaced, want the %d that it had", len(got), len(was))
	}
	past := query()
	past.AsOf = 2
	if got := rows(t, EarlierCells(e.DB, past)); len(got) > 0 {
		t.Errorf("as of the first run %d cells were replaced already", len(got))
	}
	if all := strings.Join(rows(t, Versions(e.DB, past)), "\n"); strings.Count(all, "\n") != 8 || strings.Contains(all, "needs_review") || strings.Contains(all, "Z,2,3,") {
		t.Errorf("versions as of the first run: %s", all)
	}
	since := query()
	since.Since = 2
	if got := rows(t, Versions(e.DB, since)); len(got) != 2 {
		t.Errorf("since the first run: %q, want the new version and the one that it ended", got)
	}
}

// TestColumns: descriptions that are not whole are refused with their line.
func TestColumns(t *testing.T) {
	for bad, want := range map[string]string{
		"a,,k,甲,A\na,x,text,乙,B\n":   "line 3: x needs a type",
		"a,,k,甲,A\na,x,string,,B\n":  "line 3: x needs a type",
		"a,x,string,乙,B\n":           "line 2: a needs one row",
		"a,,k,甲,A\na,,k,甲,A\n":       "line 3: a needs one row",
		"a,,k,甲,A\na,+b,,,\nb,,,,\n": "line 3: no group b",
	} {
		if _, err := readColumns("table,column,type,zh,en\n" + bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", bad, err, want)
		}
	}
	for _, table := range Tables(nil, Query{}) {
		names := make(map[string]bool)
		for _, c := range table.Columns {
			names[c.Name] = true
		}
		if table.About.ZH == "" || len(names) != len(table.Columns) || len(names) == 0 {
			t.Errorf("table %s has %d columns of %d names", table.Name, len(table.Columns), len(names))
		}
		for _, k := range table.Key {
			if !names[k] {
				t.Errorf("table %s has no column %s of its key", table.Name, k)
			}
		}
	}
}
