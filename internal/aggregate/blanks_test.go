package aggregate

import (
	"context"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestBlankAsZero: blanks stay unknown unless a reader asks, and even then only
// where the identities hold with 0 in them.
func TestBlankAsZero(t *testing.T) {
	var zeros []standard.CellCode
	for _, cell := range standard.FormOf(standard.F2021).TableCells(standard.Requests) {
		if requests(4)[cell.Code] == 0 {
			zeros = append(zeros, cell.Code)
		}
	}
	f := newCounty(t, 4)
	f.tell(told{agency: one, year: 2022, numbers: requests(4), blank: zeros})
	f.tell(told{agency: two, year: 2022, numbers: with(requests(4), "outcome.granted/total", 3), blank: zeros})
	f.tell(told{agency: three, year: 2022, numbers: requests(4), blank: append([]standard.CellCode{newTotal, "requests.new/natural"}, zeros...)})
	s := New(f.db, today)
	ask := func(unit report.AgencyID, zeros bool) Figure {
		c, err := s.Compare(context.Background(), CompareQuery{Units: []string{string(unit)}, Indicator: "carry_rate", From: 2022, To: 2022, BlankAsZero: zeros})
		f.must(err)
		if c.BlankAsZero != zeros {
			t.Errorf("the answer does not say that blanks are 0")
		}
		return c.Series[0].Figures[0]
	}
	for _, id := range []report.AgencyID{one, two, three} {
		if got := ask(id, false); got.Known || got.Code != "M" {
			t.Errorf("%s without asking: %+v", id, got)
		}
	}
	if got := ask(one, true); !got.Known || !got.Zeros || got.Denominator != report.Count(4) || got.Numerator != 0 {
		t.Errorf("identities that hold with 0: %+v", got)
	}
	for _, id := range []report.AgencyID{two, three} {
		if got := ask(id, true); got.Known {
			t.Errorf("%s, whose identities do not hold with 0: %+v", id, got)
		}
	}
}
