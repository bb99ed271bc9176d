package aggregate

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestDifferences: a change within a form has a number, one across a break has the
// reason, and a region shows the matched set beside itself.
func TestDifferences(t *testing.T) {
	f := newFixture(t)
	found := at(2024, time.January, 20)
	for year, n := range map[int]int64{2018: 40, 2020: 50, 2022: 40, 2023: 60} {
		f.publish("990101001", year, n, report.Verified, report.Date{}, found)
	}
	f.publish("990101002", 2023, 100, report.Verified, report.Date{}, found)
	f.publish("990101003", 2023, 5, report.NeedsReview, report.Date{}, found)
	s := New(f.db, today)
	ask := func(unit, id string, from, to int) Difference {
		t.Helper()
		list, err := s.Differences(context.Background(), CompareQuery{Units: []string{unit}, Indicator: id, From: from, To: to})
		f.must(err)
		return list[0]
	}
	if d := ask("990101001", "requests_new", 2022, 2023); !d.Known || d.Change != 20 || !d.HasRelative || d.Relative != 50 {
		t.Errorf("40 to 60: %+v", d)
	}
	if d := ask("990101001", "open_rate", 2022, 2023); !d.Known || d.Change != 0 || d.HasRelative {
		t.Errorf("a rate has a relative change: %+v", d)
	}
	if d := ask("990101", "requests_new", 2022, 2023); d.Change != 120 || d.MatchedChange != 20 || d.MatchedN != 1 || !d.Differ {
		t.Errorf("the region against its matched set: %+v", d)
	}
	for _, c := range []struct {
		id       string
		from, to int
		want     string
	}{
		{"requests_new", 2018, 2020, "2019 年起"},
		{"other_rate", 2018, 2020, "2019 年起"},
		{"documents_issued", 2020, 2022, "2021 年起"},
		{"reviews_per_100", 2023, 2024, "2024 年起"},
	} {
		if d := ask("990101001", c.id, c.from, c.to); d.Known || !strings.Contains(d.Reason.ZH, c.want) || d.Reason.EN == "" {
			t.Errorf("%s from %d to %d: %+v", c.id, c.from, c.to, d.Reason)
		}
	}
	if d := ask("990101001", "other_rate", 2020, 2022); !d.Known {
		t.Errorf("the sum of 其他处理 is comparable across 2021: %+v", d.Reason)
	}
	if d := ask("990101001", "requests_new", 2021, 2023); d.Known || d.Reason.ZH == "" {
		t.Errorf("a change from a year without a report: %+v", d)
	}
	if d := ask("990101003", "requests_new", 2022, 2023); d.Known {
		t.Errorf("a change to a report that needs review: %+v", d)
	}
	_, err := s.Differences(context.Background(), CompareQuery{Units: []string{"990101"}, Indicator: "requests_new", From: 2023, To: 2022})
	if !errors.As(err, new(*report.ParameterError)) {
		t.Errorf("years the wrong way round: %v", err)
	}
}

// TestComparableCells: an indicator of one of the three rows of 其他处理 has no
// figure across the break, their sum has.
func TestComparableCells(t *testing.T) {
	for id, want := range map[string]bool{"other_rate": false, "open_rate": false, "fee_walkaway": true, "documents_issued": true, "penalties": false} {
		_, got := brokenBetween(indicator(id), 2020, 2021)
		if got != want {
			t.Errorf("%s breaks between 2020 and 2021: %v, want %v", id, got, want)
		}
	}
	if _, ok := standard.IndicatorOf("fee_walkaway"); !ok {
		t.Error("no fee_walkaway")
	}
}
