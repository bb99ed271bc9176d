package aggregate

import (
	"context"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestRegisterDeadline: the day that the register sets comes before the regulation's,
// for what is due and for what is late.
func TestRegisterDeadline(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		due         report.DueDay
		publication report.Publication
		deadline    string
	}{
		{report.DueDay{}, report.Missing, "2024-01-31"},
		// The last good look is before that day.
		{report.DueDay{Month: 5, Day: 20, Source: "示例通知"}, report.Unknown, "2024-05-20"},
	} {
		f := newFixture(t)
		agencies, err := f.db.Agencies(ctx, "990101001")
		f.must(err)
		agencies[0].Due = c.due
		f.must(f.db.PutAgencies(ctx, agencies))
		f.watch("990101001")
		f.look(at(2024, time.May, 10), true)
		list, err := New(f.db, today).Owed(ctx, store.Query{Region: "990101001", FromYear: 2023, ToYear: 2023})
		f.must(err)
		if len(list) != 1 || list[0].Publication != c.publication || list[0].Deadline.Day.Format("2006-01-02") != c.deadline {
			t.Errorf("day %q: %+v; want %s by %s", c.due, list, c.publication, c.deadline)
		}
	}
}
