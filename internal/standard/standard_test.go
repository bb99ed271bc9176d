package standard

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared finds a file of the customer's reference folder beside the repository.
// It is not part of the product, so a test that needs it skips where it is absent.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("skipped: no reference folder with %s (set SHARED)", name)
	}
	return path
}

// TestCells holds the embedded table against the reference, cell for cell.
func TestCells(t *testing.T) {
	f, err := os.Open(shared(t, "standard/cells.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, row := range rows[1:] {
		cell, ok := FormOf(Format(row[0])).Cell(CellCode(row[2]))
		if !ok {
			t.Errorf("%s %s: no such cell", row[0], row[2])
			continue
		}
		n++
		if string(cell.Table) != row[1] || cell.RowLabel.ZH != row[3] || cell.ColumnLabel.ZH != row[4] || string(cell.Unit) != row[5] {
			t.Errorf("%s %s: got %+v, want %v", row[0], row[2], cell, row)
		}
	}
	total := 0
	for _, format := range Formats() {
		total += len(FormOf(format).Cells)
	}
	if n != total {
		t.Errorf("%d cells in the reference, %d in the product", n, total)
	}
}

// TestForm checks what the forms say of themselves.
func TestForm(t *testing.T) {
	want := map[Format]struct{ cells, requests, outcomes int }{
		F2014: {58, 0, 0}, F2019: {198, 161, 19}, F2021: {200, 175, 21},
	}
	for format, w := range want {
		form := FormOf(format)
		if len(form.Cells) != w.cells || len(form.TableCells(Requests)) != w.requests {
			t.Errorf("%s: %d cells, %d of requests; want %d, %d", format,
				len(form.Cells), len(form.TableCells(Requests)), w.cells, w.requests)
		}
		if w.outcomes > 0 && len(Outcomes(format)) != w.outcomes {
			t.Errorf("%s: %d outcomes, want %d", format, len(Outcomes(format)), w.outcomes)
		}
		for i, cell := range form.Cells {
			if cell.Index != i {
				t.Errorf("%s %s: index %d at %d", format, cell.Code, cell.Index, i)
			}
			for _, label := range []Label{cell.RowLabel, cell.ColumnLabel} {
				if label.ZH == "" || label.EN == "" {
					t.Errorf("%s %s: a label is empty: %+v", format, cell.Code, label)
				}
			}
		}
	}
}

// TestRows checks that the sets name rows of the form, each once and in order.
func TestRows(t *testing.T) {
	for _, format := range []Format{F2019, F2021} {
		var rows []string
		for _, cell := range FormOf(format).TableCells(Requests) {
			if len(rows) == 0 || rows[len(rows)-1] != cell.Code.Row() {
				rows = append(rows, cell.Code.Row())
			}
		}
		if got, want := strings.Join(RequestRows(format), " "), strings.Join(rows, " "); got != want {
			t.Errorf("%s rows\n got %s\nwant %s", format, got, want)
		}
	}
}

// TestSums checks that every sum speaks of cells that its form has.
func TestSums(t *testing.T) {
	want := map[Format]int{F2014: 7, F2019: 23 + 7 + 3, F2021: 25 + 7 + 3}
	for format, n := range want {
		list := Sums(format)
		if len(list) != n {
			t.Errorf("%s: %d sums, want %d", format, len(list), n)
		}
		for _, sum := range list {
			for _, code := range append([]CellCode{sum.Total}, sum.Parts...) {
				if _, ok := FormOf(format).Cell(code); !ok {
					t.Errorf("%s %s/%s: no cell %s", format, sum.Rule, sum.Subject, code)
				}
			}
		}
	}
}

// TestFormatForYear pins the year in which each letter begins.
func TestFormatForYear(t *testing.T) {
	want := map[int]Format{2013: "", 2014: F2014, 2018: F2014, 2019: F2019, 2020: F2019, 2021: F2021, 2030: F2021}
	for year, format := range want {
		if got, _ := FormatForYear(year); got != format {
			t.Errorf("FormatForYear(%d) = %q, want %q", year, got, format)
		}
	}
}

// TestIndicators checks that every indicator is whole; that its cells exist is
// checked when the table is read.
func TestIndicators(t *testing.T) {
	seen := map[string]bool{}
	for _, i := range Indicators() {
		if seen[i.ID] {
			t.Errorf("%s stands in two places of the table", i.ID)
		}
		seen[i.ID] = true
		if i.Name.ZH == "" || i.Name.EN == "" || i.Unit == "" || len(i.Formulas) == 0 || i.Version == 0 {
			t.Errorf("%s is not whole: %+v", i.ID, i)
		}
	}
	open, ok := IndicatorOf("open_rate")
	if !ok {
		t.Fatal("no indicator open_rate")
	}
	const want = "(outcome.granted/total + outcome.partial/total) / (outcome.total/total)"
	if got := open.Formulas[F2021].String(); got != want {
		t.Errorf("open_rate is %s, want %s", got, want)
	}
}

// TestRegions looks regions up in the national roster.
func TestRegions(t *testing.T) {
	r, ok := RegionOf("120110008")
	if !ok || r.Name != "军粮城街道" {
		t.Fatalf("RegionOf(120110008) = %+v, %v", r, ok)
	}
	var names []string
	for _, r := range RegionPath("120110008") {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, "/"); got != "天津市/东丽区/军粮城街道" {
		t.Errorf("path %s", got)
	}
	if n := len(RegionsIn("120110")); n < 11 {
		t.Errorf("%d regions in 120110, want at least its 11 streets", n)
	}
	if _, ok := RegionOf("999999"); ok {
		t.Error("999999 is a region")
	}
	if len(Provinces()) != 31 {
		t.Errorf("%d provinces", len(Provinces()))
	}
	streets := 0
	for _, r := range roster() {
		if r.Code.Level() == StreetLevel {
			streets++
		}
	}
	if streets != 41352 {
		t.Errorf("%d streets and towns, want 41352", streets)
	}
}

// TestDefaultDeadline pins each kind's day and the year in which it moved.
func TestDefaultDeadline(t *testing.T) {
	cases := []struct {
		kind Kind
		year int
		want string
	}{
		{Street, 2017, "2018-03-31"}, {Street, 2018, "2019-03-31"}, {Street, 2019, "2020-01-31"},
		{Department, 2024, "2025-01-31"}, {Government, 2024, "2025-03-31"}, {Government, 2018, "2019-03-31"},
	}
	for _, c := range cases {
		if got := DefaultDeadline(c.kind, c.year).Day.Format("2006-01-02"); got != c.want {
			t.Errorf("%s %d: %s, want %s", c.kind, c.year, got, c.want)
		}
	}
}
