package aggregate

import (
	"context"
	"slices"
	"testing"
	"time"

	"gongkai/internal/report"
)

// TestBoard: an office sees what is said of a report across reports beside what is
// said of it alone; what the board shows of publication otherwise is not repeated.
func TestBoard(t *testing.T) {
	f := newCounty(t, 4)
	f.watch(one, two)
	f.tell(told{agency: one, year: 2022, numbers: requests(9), found: at(2023, time.January, 20), printed: report.Date{Year: 2022, Month: 12, Day: 20}})
	f.look(at(2023, time.January, 25), true)
	f.tell(told{agency: two, year: 2022, numbers: requests(9), found: at(2023, time.February, 5)})
	b, err := New(f.db, today).Board(context.Background(), "990101", 2022, 0)
	f.must(err)
	rules := func(id report.AgencyID) (list []string) {
		for _, row := range b.Rows {
			if row.Agency.ID == id {
				for _, finding := range row.Findings {
					list = append(list, finding.Rule)
				}
			}
		}
		return list
	}
	if got := rules(one); !slices.Equal(got, []string{"publish.premature", "peer.same_numbers"}) {
		t.Errorf("findings of the first street: %q", got)
	}
	if got := rules(two); !slices.Equal(got, []string{"peer.same_numbers"}) {
		t.Errorf("findings of the second street: %q", got)
	}
}
