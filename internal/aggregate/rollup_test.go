package aggregate

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
)

// TestRollUpSheet: the sheet holds what the sums are made of, says which unit would
// explain a gap, and judges only with a sentence that states the scope.
func TestRollUpSheet(t *testing.T) {
	for _, c := range []struct {
		name     string
		whole    int64
		left     bool // one street is left out
		sentence string
		result   report.Result
		explain  []report.AgencyID
	}{
		{"equal", 100, false, scopeSentence, report.Pass, nil},
		{"one unit too many", 80, false, scopeSentence, report.Fail, []report.AgencyID{two}},
		{"more than all", 120, false, scopeSentence, report.Fail, nil},
		{"one left out", 100, true, scopeSentence, report.Open, []report.AgencyID{four}},
		{"known members exceed it", 50, true, scopeSentence, report.Fail, []report.AgencyID{one}},
		{"scope unknown", 80, false, "", report.NotApplicable, []report.AgencyID{two}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newCounty(t, 4)
			for id, n := range map[report.AgencyID]int64{one: 10, two: 20, three: 30, four: 40} {
				v := told{agency: id, year: 2022, numbers: requests(n)}
				if id == four && c.left {
					v.status = report.NeedsReview
				}
				f.tell(v)
			}
			f.tell(told{agency: gov, year: 2022, numbers: requests(c.whole), sections: map[int]string{1: c.sentence}})
			got, err := New(f.db, today).RollUpSheet(context.Background(), "990101", 2022, 0)
			f.must(err)
			at := slices.IndexFunc(got.Cells, func(cell SheetCell) bool { return cell.Cell.Code == newTotal })
			cell := got.Cells[at]
			if c.left && got.Members[3].Why != "待复核" || c.left != (cell.LeftOut == 1) {
				t.Errorf("left out %d: %+v", cell.LeftOut, got.Members[3].Why)
			}
			if c.name == "known members exceed it" { // 60 against 50: leaving out 10 would mend it
				if cell.Diff != report.Count(-10) {
					t.Errorf("difference %v", cell.Diff)
				}
			}
			if cell.Result != c.result {
				t.Errorf("result %s, want %s", cell.Result, c.result)
			}
			if diff := cmp.Diff(c.explain, cell.Explain); diff != "" {
				t.Errorf("explained by (-want +got):\n%s", diff)
			}
		})
	}
}

// TestScope reads the scope from a sentence, and from nothing else.
func TestScope(t *testing.T) {
	for text, want := range map[string]Scope{
		"本报告数据由各街道、各部门汇总。":          {Known: true, Whole: true},
		"全区各级行政机关共收到申请81件。":         {Known: true, Whole: true},
		"汇总了各街道、各部门的年度报告。":          {Known: true, Whole: true},
		"本报告不含各街道和各部门的数据。":          {Known: true},
		"本报告仅统计区政府办公室收到的申请。":        {Known: true},
		"我区各街道积极落实要求。":              {},
		"汇总各街道、各部门的数据。本报告不含各街道的数据。": {},
	} {
		got := scopeOf([]report.Section{{Number: 1, Paragraphs: []report.Paragraph{{Number: 1, Text: text}}}})
		if got.Known != want.Known || got.Whole != want.Whole || got.Known != (got.Says.Text != "") {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}
