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
		explain  []Explanation
		between  Interval
	}{
		{"equal", 100, false, scopeSentence, report.Pass, nil, exactly(100)},
		{"one unit too many", 80, false, scopeSentence, report.Fail, by(two, HowOver), exactly(100)},
		{"one unit more than all", 120, false, scopeSentence, report.Fail, by(two, HowUnder), exactly(100)},
		{"more than all", 121, false, scopeSentence, report.Fail, nil, exactly(100)},
		{"one left out that reads so", 100, true, scopeSentence, report.Open, by(four, HowReading), atLeast(60)},
		{"one left out", 90, true, scopeSentence, report.Open, by(four, HowAlone), atLeast(60)},
		{"known members exceed it", 50, true, scopeSentence, report.Fail, by(one, HowOver), atLeast(60)},
		{"scope unknown", 80, false, "", report.NotApplicable, by(two, HowOver), exactly(100)},
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
			at := slices.IndexFunc(got.Cells, func(cell RollUpCell) bool { return cell.Cell.Code == newTotal })
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
			for i := range cell.Explain {
				cell.Explain[i].Name = ""
			}
			if diff := cmp.Diff(c.explain, cell.Explain); diff != "" {
				t.Errorf("explained by (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.between, cell.Interval()); diff != "" {
				t.Errorf("interval (-want +got):\n%s", diff)
			}
			if len(c.explain) > 0 && (len(got.Explain) == 0 || got.Explain[0].Cells < 1) {
				t.Errorf("no unit is named for the whole: %+v", got.Explain)
			}
		})
	}
}

func by(id report.AgencyID, how How) []Explanation { return []Explanation{{Agency: id, How: how}} }

func exactly(n int64) Interval { return Interval{Low: report.Count(n), High: report.Count(n)} }

func atLeast(n int64) Interval {
	return Interval{Low: report.Count(n), High: report.Count(n), OpenAbove: true}
}

// TestIntervalHolds: a sum is refuted only by a figure outside of what it can be.
func TestIntervalHolds(t *testing.T) {
	for name, c := range map[string]struct {
		i     Interval
		whole int64
		want  report.Result
	}{
		"equal":               {exactly(5), 5, report.Pass},
		"more":                {exactly(5), 6, report.Fail},
		"less":                {exactly(5), 4, report.Fail},
		"more, some left out": {atLeast(5), 6, report.Open},
		"equal, left out":     {atLeast(5), 5, report.Open},
		"less, some left out": {atLeast(5), 4, report.Fail},
		"changes, left out":   {Interval{Low: report.Count(5), High: report.Count(5), OpenBelow: true, OpenAbove: true}, -4, report.Open},
	} {
		if got := c.i.holds(report.Count(c.whole)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
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
