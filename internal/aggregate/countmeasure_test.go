package aggregate

import (
	"context"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// TestCountMeasures: reuse, reachability and the time to mend are counted from the
// words, the addresses and the versions.
func TestCountMeasures(t *testing.T) {
	f := newCounty(t, 4)
	f.watch(one, two, three)
	balance := []report.Finding{{Rule: "requests.balance", Subject: "total", Severity: report.Error, Attribution: report.ByAgency, Text: "示例。"},
		{Rule: "requests.balance", Subject: "natural", Severity: report.Error, Attribution: report.ByReading, Text: "示例。"}}
	f.tell(told{agency: one, year: 2022, numbers: requests(1), sections: map[int]string{1: essay(1) + essay(2)}})
	f.tell(told{agency: one, year: 2023, numbers: requests(2), sections: map[int]string{1: essay(1) + essay(3)}, findings: balance, status: report.Inconsistent, found: at(2024, time.January, 20)})
	f.tell(told{agency: one, year: 2023, numbers: requests(3), sections: map[int]string{1: essay(1) + essay(3)}, found: at(2024, time.February, 9)})
	f.tell(told{agency: two, year: 2023, numbers: requests(3)})
	f.tell(told{agency: three, year: 2023, numbers: requests(3)})
	for id, state := range map[report.AgencyID]store.PageState{one: store.PageOK, two: store.PageGone, three: store.PageBlocked} {
		f.must(f.db.PutPage(context.Background(), store.Page{URL: "http://demo.example/" + string(id) + "/2023", Portal: "p", Agency: id, Year: 2023, State: state}))
	}
	s := New(f.db, today)
	if got := figureOf(t, s, string(one), "reuse", 2023); got.Value < 45 || got.Value > 55 {
		t.Errorf("reuse of a half: %+v", got)
	}
	if got := figureOf(t, s, string(one), "reuse", 2022); got.Known {
		t.Errorf("reuse without a year before: %+v", got)
	}
	if got := figureOf(t, s, "990101", "availability", 2023); got.Numerator != report.One || got.Denominator != report.Count(2) {
		t.Errorf("one of two is still there, one was blocked: %+v", got)
	}
	if got := figureOf(t, s, "990101", "fix_time", 2023); got.Value != 20 || got.Denominator != report.One {
		t.Errorf("mended in 20 days: %+v", got)
	}
	if got := figureOf(t, s, string(two), "fix_time", 2023); got.Known {
		t.Errorf("nothing was mended: %+v", got)
	}
}

// TestErrorsByRule counts findings by rule with the units that have them.
func TestErrorsByRule(t *testing.T) {
	f := newCounty(t, 4)
	finding := func(subject string) report.Finding {
		return report.Finding{Rule: "requests.column_sum", Subject: subject, Severity: report.Error, Attribution: report.ByAgency, Text: "示例。"}
	}
	f.tell(told{agency: two, year: 2022, numbers: requests(1), findings: []report.Finding{finding("requests.new"), finding("outcome.total")}})
	f.tell(told{agency: one, year: 2022, numbers: requests(2), findings: []report.Finding{finding("requests.new")}})
	list, err := New(f.db, today).ErrorsByRule(context.Background(), "990101", 2022, 0)
	f.must(err)
	for _, c := range list {
		if c.Rule.ID == "requests.column_sum" {
			if c.Findings != 3 || len(c.Units) != 2 || c.Units[0] != one || c.Format != standard.F2021 || c.Severity != report.Error {
				t.Errorf("%+v", c)
			}
			return
		}
	}
	t.Errorf("no count of requests.column_sum in %+v", list)
}
