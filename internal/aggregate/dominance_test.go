package aggregate

import (
	"context"
	"encoding/json"
	"testing"

	"gongkai/internal/report"
)

// TestNoPart: in a sum to which units add and from which they take no unit has a part,
// least of all an endless one.
func TestNoPart(t *testing.T) {
	for name, backlog := range map[string][2]int64{"comes to 0": {5, -5}, "below 0": {5, -9}, "one above the whole": {9, -5}} {
		t.Run(name, func(t *testing.T) {
			f := newCounty(t, 4)
			for i, id := range []report.AgencyID{one, two} {
				numbers := with(requests(10), carriedOut, max(backlog[i], 0))
				f.tell(told{agency: id, year: 2022, numbers: with(numbers, carriedIn, max(-backlog[i], 0))})
			}
			c, err := New(f.db, today).Compare(context.Background(), CompareQuery{Units: []string{"990101"}, Indicator: "backlog_change", From: 2022, To: 2022})
			f.must(err)
			got := c.Series[0].Figures[0]
			if want := report.Count(backlog[0] + backlog[1]); got.Numerator != want || got.Dominant != nil {
				t.Errorf("%v, dominant %+v; want %v and none", got.Numerator, got.Dominant, want)
			}
			if _, err := json.Marshal(c); err != nil {
				t.Error(err)
			}
		})
	}
}
