package papers

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// rolledUp is a roll-up of three members, of which the second left one cell blank
// and the third is missing; the whole prints one request more than they do.
func rolledUp(t *testing.T, format standard.Format, year int) aggregate.RollUpSheet {
	t.Helper()
	form := standard.FormOf(format)
	own := aggregate.Owed{Version: 9}
	s := aggregate.RollUpSheet{RollUp: aggregate.RollUp{Region: standard.Region{Code: "990101", Name: "示例区"}, Year: year, Format: format, Own: &own,
		Scope: aggregate.Scope{Known: true, Whole: true, Says: aggregate.Sentence{Text: "由各街道汇总"}}}}
	for i, name := range []string{"云杉街道", "雪松街道", "=1+1"} {
		m := aggregate.SheetMember{Owed: aggregate.Owed{Agency: report.Agency{ID: report.AgencyID(fmt.Sprint(i)), Name: name, Short: name}}}
		if i == 2 {
			m.Why = "未发布"
			s.Members = append(s.Members, m)
			continue
		}
		for _, cell := range form.Cells {
			v := report.Value{State: report.Printed}
			if i == 1 && cell.Index == 0 {
				v = report.Value{State: report.Blank}
			}
			if cell.Code == "requests.new/natural" || cell.Code == "requests.new/total" || strings.HasPrefix(string(cell.Code), "outcome.granted/natural") ||
				cell.Code == "outcome.granted/total" || cell.Code == "outcome.total/natural" || cell.Code == "outcome.total/total" {
				v.Amount = report.Count(int64(10 * (i + 1)))
			}
			if cell.Unit.Money() {
				v.Amount = 1_250_000
			}
			m.Values = append(m.Values, v)
		}
		s.Members = append(s.Members, m)
	}
	for _, cell := range form.Cells {
		c := aggregate.RollUpCell{Cell: cell, Result: report.Open, LeftOut: 1}
		for _, m := range s.Members[:2] {
			if a, ok := m.Values[cell.Index].Known(); ok {
				c.Sum, c.Counted = c.Sum+a, c.Counted+1
			} else {
				c.Blank, c.LeftOut = 1, 2
			}
		}
		c.Own = report.Value{State: report.Printed, Amount: c.Sum + report.One}
		c.Diff = report.One
		c.Explain = []aggregate.Explanation{{Agency: "2", Name: "=1+1", How: aggregate.HowAlone}}
		s.Cells = append(s.Cells, c)
	}
	return s
}

func openBook(t *testing.T, s aggregate.RollUpSheet) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := RollUpBook(&b, s); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestRollUpBook: in every form each formula comes to what is kept beside it.
func TestRollUpBook(t *testing.T) {
	for format, year := range map[standard.Format]int{standard.F2014: 2016, standard.F2019: 2020, standard.F2021: 2022} {
		t.Run(string(format), func(t *testing.T) {
			f := openBook(t, rolledUp(t, format, year))
			formulas := 0
			for _, sheet := range f.GetSheetList() {
				rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
				if err != nil {
					t.Fatal(err)
				}
				for y, row := range rows {
					for x := range row {
						name := address(x+1, y+1)
						formula, err := f.GetCellFormula(sheet, name)
						if err != nil || formula == "" {
							continue
						}
						formulas++
						if got, err := f.CalcCellValue(sheet, name, excelize.Options{RawCellValue: true}); err != nil || got != row[x] {
							t.Errorf("%s!%s =%s is %q (%v), kept as %q", sheet, name, formula, got, err, row[x])
						}
					}
				}
			}
			if least := 5 * len(standard.FormOf(format).Cells); formulas < least {
				t.Errorf("%d formulas, want at least %d", formulas, least)
			}
		})
	}
}

// TestRollUpBookLives: a figure filled in on the sheet of the members carries
// through to the tables, the remainder and the checks.
func TestRollUpBookLives(t *testing.T) {
	s := rolledUp(t, standard.F2021, 2022)
	f := openBook(t, s)
	form := standard.FormOf(standard.F2021)
	cell, _ := form.Cell("requests.new/total")
	find := func(sheet, text string) (row int) {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range rows {
			for _, value := range row {
				if value == text {
					return y + 1
				}
			}
		}
		t.Fatalf("%s has no %q", sheet, text)
		return 0
	}
	at := find(sheetOwn, "requests.new/total")
	ask := func(sheet, name string) string {
		t.Helper()
		got, err := f.CalcCellValue(sheet, name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := map[string]string{"E": "30", "F": "2", "G": "1", "I": "1", "J": "不少于 30", "K": "不能判断，余数见左"}
	for column, value := range want {
		if got := ask(sheetOwn, fmt.Sprint(column, at)); got != value {
			t.Errorf("before: %s is %q, want %q", column, got, value)
		}
	}
	if got, _ := f.GetCellValue(sheetOwn, fmt.Sprint("L", at)); got != "'=1+1（唯一没有数的单位，须补余数）" {
		t.Errorf("explained by %q", got)
	}
	if err := f.SetCellValue(sheetMembers, address(memberCells+cell.Index, memberFirst+2), 1); err != nil {
		t.Fatal(err)
	}
	for column, value := range map[string]string{"E": "31", "F": "3", "G": "0", "I": "0", "J": "31", "K": "相等"} {
		if got := ask(sheetOwn, fmt.Sprint(column, at)); got != value {
			t.Errorf("after: %s is %q, want %q", column, got, value)
		}
	}
	check := find(sheetChecks, "requests.balance") + 6 // the column of totals
	if got := ask(sheetChecks, fmt.Sprint("E", check)); got != "1" {
		t.Errorf("after: the balance differs by %q, want 1", got)
	}
	if name, _ := f.GetCellValue(sheetMembers, address(1, memberFirst+2)); name != "'=1+1" {
		t.Errorf("a name is kept as %q", name)
	}
}

// TestRollUpBookNone: a year without a form has no workbook, and says so.
func TestRollUpBookNone(t *testing.T) {
	err := RollUpBook(&bytes.Buffer{}, aggregate.RollUpSheet{RollUp: aggregate.RollUp{Year: 2012}})
	if err == nil || !strings.Contains(err.Error(), "2012") {
		t.Errorf("%v", err)
	}
}

// TestRollUpBookWords: in other words no text of ours stays Chinese, and the formulas
// name the sheets as they are called there.
func TestRollUpBookWords(t *testing.T) {
	words := Words{
		Say:   func(text string, args ...any) string { return fmt.Sprint("w", len(text)) + fmt.Sprint(args...) },
		Label: func(l standard.Label) string { return strings.TrimSuffix(l.EN, " (规章)") },
	}
	sheet := rolledUp(t, standard.F2021, 2024)
	for i := range sheet.Members {
		sheet.Members[i].Agency.Name = fmt.Sprint("agency ", i)
	}
	sheet.Region.Name, sheet.Scope.Says.Text, sheet.Demo = "district", "all", true
	var b bytes.Buffer
	if err := RollUpBookIn(words, &b, sheet); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil || len(rows) == 0 {
			t.Fatalf("%s: %d rows, %v", name, len(rows), err)
		}
		for _, row := range append(rows, []string{name}) {
			if text := strings.Join(row, " "); strings.ContainsFunc(text, func(r rune) bool { return r >= 0x2e80 }) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}
