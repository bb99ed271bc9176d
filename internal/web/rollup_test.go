package web

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestRollUpPage: each cell leads to the figures that it is made of, a sum with members
// left out is only a least, and the same figures go as workbook, CSV and JSON.
func TestRollUpPage(t *testing.T) {
	s := newFixture(t)
	body := get(t, s, http.MethodGet, "/rollup/990101/2024").Body.String()
	for _, want := range []string{"≥ ", "没有数的单位", "没有本级报告",
		"/rollup/990101/2024?cell=requests.new%2Ftotal#cell", "/rollup/990101/2024.xlsx", "/api/v1/rollup?region=990101&amp;year=2024&amp;format=csv"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(body, "?cell="); n < 200 {
		t.Errorf("%d cells lead to their figures, want every cell of the form", n)
	}
	picked := get(t, s, http.MethodGet, "/rollup/990101/2024?cell=requests.new%2Ftotal").Body.String()
	if !regexp.MustCompile(`href="/reports/990101\d+/2024/cells/requests.new/total"`).MatchString(picked) || !strings.Contains(picked, "未计入") {
		t.Error("the cell is not shown with the figures of the members and with those left out")
	}
	if w := get(t, s, http.MethodGet, "/rollup/990101/2024?cell=nothing"); w.Code != http.StatusBadRequest {
		t.Errorf("an unknown cell: status %d", w.Code)
	}
	w := get(t, s, http.MethodGet, "/rollup/990101/2024.xlsx")
	book, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if formula, err := book.GetCellFormula("汇总表", "B6"); err != nil || !strings.HasPrefix(formula, "SUM(") {
		t.Errorf("the workbook has %q (%v) where a sum should stand", formula, err)
	}
	if w := get(t, s, http.MethodGet, "/rollup/999999/2024.xlsx"); w.Code != http.StatusNotFound {
		t.Errorf("a region that is none: status %d", w.Code)
	}
}

// TestRollUpBeside: what the own report says of its scope decides what is said of a
// gap; the unit that would explain it is named; nothing is judged without a sentence.
func TestRollUpBeside(t *testing.T) {
	cell, _ := standard.FormOf(standard.F2021).Cell("requests.new/total")
	sum := func(own int64, result report.Result) aggregate.RollUp {
		c := aggregate.RollUpCell{Cell: cell, Sum: report.Count(60), Counted: 3, LeftOut: 1, Result: result,
			Own: report.Value{State: report.Printed, Amount: report.Count(own)}, Diff: report.Count(own - 60)}
		if own > 60 {
			c.Explain = []aggregate.Explanation{{Agency: "990101004", Name: "谷雨街道", How: aggregate.HowAlone}}
		}
		return aggregate.RollUp{Region: standard.Region{Code: "990101", Name: "示例区"}, Year: 2022, Format: standard.F2021, Cells: []aggregate.RollUpCell{c},
			Own:     &aggregate.Owed{Agency: report.Agency{ID: "gov", Name: "示例区人民政府"}, Version: 3, Publication: report.Published, Status: report.Verified},
			Explain: []aggregate.Explainer{{Explanation: aggregate.Explanation{Agency: "990101004", Name: "谷雨街道", How: aggregate.HowAlone}, Cells: 1}}}
	}
	whole := aggregate.Scope{Known: true, Whole: true, Says: aggregate.Sentence{Text: "数据由各街道汇总。"}}
	for name, c := range map[string]struct {
		r                    aggregate.RollUp
		scope                aggregate.Scope
		says, word, rng, why string
		diff                 string
	}{
		"open":      {sum(94, report.Open), whole, "逐格核对", "不能判断", "60 以上", "唯一没有数的单位", "+34"},
		"fails":     {sum(50, report.Fail), whole, "逐格核对", "合计与本级不同", "60 以上", "", "−10"},
		"alone":     {sum(94, report.NotApplicable), aggregate.Scope{Known: true}, "只含本级", "不作核对", "60 以上", "唯一没有数的单位", "+34"},
		"not said":  {sum(94, report.NotApplicable), aggregate.Scope{}, "没有写明", "不作核对", "60 以上", "唯一没有数的单位", "+34"},
		"equal sum": {sum(60, report.Open), whole, "逐格核对", "", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.r.Scope = c.scope
			v := newRollUpView(page{Lang: zh}, c.r)
			if !strings.Contains(v.Scope, c.says) || v.Says != c.scope.Says.Text {
				t.Errorf("scope: %s %s", v.Scope, v.Says)
			}
			if c.word == "" {
				if len(v.Gaps) != 0 || !strings.Contains(v.GapWords, "1 格与合计相等") {
					t.Errorf("an equal cell is a gap: %+v, %s", v.Gaps, v.GapWords)
				}
				return
			}
			if len(v.Gaps) != 1 {
				t.Fatalf("gaps: %+v", v.Gaps)
			}
			if g := v.Gaps[0]; g.Word != c.word || g.Range != c.rng || g.Diff != c.diff || !strings.Contains(strings.Join(g.Explain, ""), c.why) {
				t.Errorf("gap %+v", g)
			}
			if row := v.Tables[1].Rows[0]; row.Cells[0].Sum != "≥ 60" || row.Cells[0].Diff != c.diff {
				t.Errorf("in the table: %+v", row)
			}
		})
	}
	changes, _ := standard.FormOf(standard.F2019).Cell("disclosure.license.change")
	if got := (page{Lang: zh}).rangeWords(aggregate.RollUpCell{Cell: changes, Counted: 1, LeftOut: 1}); !strings.Contains(got, "不知") {
		t.Errorf("changes with members left out: %s", got)
	}
}

// TestEnglishWorkbook: the workbook of the English page has no Chinese but names.
func TestEnglishWorkbook(t *testing.T) {
	w := get(t, newFixture(t), http.MethodGet, "/en/rollup/990101/2024.xlsx")
	f, err := excelize.OpenReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil || len(rows) == 0 {
			t.Fatalf("%s: %d rows, %v", sheet, len(rows), err)
		}
		for _, row := range append(rows, []string{sheet}) {
			for _, text := range row {
				if hasHan(text) && (sheet == "Roll-up" && !strings.Contains(text, "示例") || strings.ContainsAny(text, "，。：；、（")) {
					t.Errorf("%s: %s", sheet, text)
				}
			}
		}
	}
}
