package web

import (
	archive "archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestKits holds that a sheet can be taken away: its figures, its picture and what they
// are, the same each time, with nothing known as a figure that is not one.
func TestKits(t *testing.T) {
	s := newFixture(t)
	for _, address := range []string{"/compare/sheet.zip?indicator=open_rate&units=990101003,990101", "/en/compare/sheet.zip?chart=rank&indicator=open_rate", "/agencies/990101003/sheet.zip"} {
		w := get(t, s, http.MethodGet, address)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/zip" {
			t.Fatalf("%s answers %d", address, w.Code)
		}
		body := w.Body.Bytes()
		if again := get(t, s, http.MethodGet, address).Body.Bytes(); !bytes.Equal(again, body) {
			t.Errorf("%s: other bytes the second time", address)
		}
		z, err := archive.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		pictures := 0
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case strings.HasSuffix(f.Name, ".svg"):
				pictures++
			case f.Name == "figures.csv":
				checkFigures(t, address, string(text))
			case f.Name == "README.txt":
				if strings.Contains(string(text), "sheet.zip") || !strings.Contains(string(text), "as_of=") {
					t.Errorf("%s: the README does not lead to the sheet:\n%s", address, text)
				}
			}
			if strings.ContainsAny(string(text), string(openMark)+string(closeMark)) {
				t.Errorf("%s: %s carries marks of quotations", address, f.Name)
			}
		}
		if pictures == 0 {
			t.Errorf("%s: no picture", address)
		}
	}
}

func checkFigures(t *testing.T, address, text string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 3 {
		t.Fatalf("%s: %d rows, %v", address, len(rows), err)
	}
	known := 0
	for _, row := range rows[1:] {
		if row[5] != "" {
			known++
		}
		if row[6] == "" && row[5] != "" || row[6] == "" && row[12] == "" {
			t.Errorf("%s: a figure of nothing, or nothing without a reason: %q", address, row)
		}
	}
	if known == 0 {
		t.Errorf("%s: no figure", address)
	}
}
