package report

import (
	"testing"

	"gongkai/internal/standard"
)

// TestDeadline holds that the day of the register comes before that of the regulation,
// in the year after the report's, and that its source comes with it.
func TestDeadline(t *testing.T) {
	a := Agency{Kind: standard.Street}
	if got, want := a.Deadline(2024), standard.DefaultDeadline(standard.Street, 2024); !got.Day.Equal(want.Day) || got.Source != want.Source {
		t.Errorf("without a day: %+v; want %+v", got, want)
	}
	a.Due = DueDay{Month: 1, Day: 15, Source: "示例通知"}
	got := a.Deadline(2024)
	if day := got.Day.Format("2006-01-02"); day != "2025-01-15" || got.Source.ZH != "示例通知" {
		t.Errorf("with a day: %s by %s; want 2025-01-15 by the notice", day, got.Source.ZH)
	}
	a.Due.Years = "2023=02-03=示例通知乙"
	if day := a.Deadline(2023).Day.Format("2006-01-02"); day != "2024-02-03" || a.Deadline(2023).Source.ZH != "示例通知乙" || a.Deadline(2022).Day.Month() != 1 {
		t.Errorf("with a day of 2023 alone: %s", day)
	}
	a.Due.Years = ""
	if a.Due.String() != "01-15" || !(DueDay{}).IsZero() || (DueDay{}).String() != "" {
		t.Errorf("%q and %q; want 01-15 and nothing", a.Due, DueDay{})
	}
}
