package export

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// openBook returns the workbook of a query.
func openBook(t *testing.T, e *Exporter, q Query) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	must(t, e.Stream(t.Context(), "workbook", q, &b))
	book, err := excelize.OpenReader(&b)
	must(t, err)
	t.Cleanup(func() { must(t, book.Close()) })
	return book
}

// TestWorkbook: every figure of every report stands on its sheet, and every formula comes
// to what is written beside it.
func TestWorkbook(t *testing.T) {
	for _, english := range []bool{false, true} {
		e := newExporter(t)
		q := query()
		q.English = english
		book := openBook(t, e, q)
		if got := len(book.GetSheetList()); got != 9+5 {
			t.Fatalf("sheets %v", book.GetSheetList())
		}
		results := make(map[string]int)
		rows, err := book.GetRows(checksSheet, excelize.Options{RawCellValue: true})
		must(t, err)
		for i := range rows[1:] {
			for _, column := range "DEFGHIJ" {
				name := string(column) + strconv.Itoa(i+2)
				was, err := book.GetCellValue(checksSheet, name, excelize.Options{RawCellValue: true})
				must(t, err)
				text, err := book.GetCellFormula(checksSheet, name)
				must(t, err)
				now, err := book.CalcCellValue(checksSheet, name, excelize.Options{RawCellValue: true})
				if err != nil || now != was || text == "" {
					t.Fatalf("%s is %q and comes to %q: %v, formula %q", name, was, now, err, text)
				}
				if column == 'J' {
					results[now]++
				}
			}
		}
		if len(results) < 3 {
			t.Errorf("the fixture has too few results to tell: %v", results)
		}
	}
}

// TestWorkbookLives: a changed figure carries through to the checks, and names of agencies
// stay texts.
func TestWorkbookLives(t *testing.T) {
	e := newExporter(t)
	q := query()
	q.Agencies, q.FromYear, q.ToYear = []report.AgencyID{"990101002"}, 2023, 2023
	book := openBook(t, e, q)
	sheet := "2023 @雪松-街道"
	title, err := book.GetCellValue(sheet, "A1")
	if err != nil || !strings.HasPrefix(title, "'=HYPERLINK") {
		t.Errorf("the title is %q, %v", title, err)
	}
	rows, err := book.GetRows(checksSheet)
	must(t, err)
	for i, row := range rows {
		if row[1] != "requests.column_sum" || row[9] == "不适用" {
			continue
		}
		text, _ := book.GetCellFormula(checksSheet, "E"+strconv.Itoa(i+1))
		_, at, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(text, "SUM("), ")"), "!")
		must(t, book.SetCellValue(sheet, at, 1_000_000))
		before := row[4]
		after, err := book.CalcCellValue(checksSheet, "E"+strconv.Itoa(i+1), excelize.Options{RawCellValue: true})
		if err != nil || after == before || after != "1000000" {
			t.Errorf("E%d is %q after the total was changed, %v", i+1, after, err)
		}
		result, err := book.CalcCellValue(checksSheet, "J"+strconv.Itoa(i+1))
		if err != nil || result == "相符" {
			t.Errorf("a total of a million gives %q, %v", result, err)
		}
		return
	}
	t.Fatal("no column sum to change")
}

// TestWorkbookNone: nothing to repeat, or a form without identities, is told or shown.
func TestWorkbookNone(t *testing.T) {
	e := newExporter(t)
	q := query()
	q.FromYear, q.ToYear = 2010, 2011
	if err := e.Stream(t.Context(), "workbook", q, &bytes.Buffer{}); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("no report: %v", err)
	}
	for _, format := range standard.Formats() {
		for _, id := range identities(format) {
			for _, code := range append(id.left, id.right...) {
				if _, ok := standard.FormOf(format).Cell(code); !ok {
					t.Errorf("%s/%s of %s speaks of %s, which the form lacks", id.rule, id.subject, format, code)
				}
			}
		}
	}
}
