package report

import "testing"

// TestParseDue: what a register says of deadlines comes back as it was written, for every
// year and for single ones, and days without sources, or the reverse, are refused.
func TestParseDue(t *testing.T) {
	for _, c := range []struct{ days, sources, of2022, of2023 string }{
		{"", "", "", ""},
		{"01-25", "区办通知", "01-25 区办通知", "01-25 区办通知"},
		{"01-25;2023=01-20", "甲;2023=乙", "01-25 甲", "01-20 乙"},
		{"2023=02-28;2022=01-31", "2023=乙;2022=丙", "01-31 丙", "02-28 乙"},
		{"01-25", "通知；第一条;第二条", "01-25 通知；第一条;第二条", "01-25 通知；第一条;第二条"},
	} {
		d, err := ParseDue(c.days, c.sources)
		if err != nil {
			t.Errorf("%q, %q: %v", c.days, c.sources, err)
			continue
		}
		if d.String() != c.days || d.Sources() != c.sources {
			t.Errorf("%q, %q come back as %q, %q", c.days, c.sources, d.String(), d.Sources())
		}
		for year, want := range map[int]string{2022: c.of2022, 2023: c.of2023} {
			month, day, source := d.Of(year)
			got := ""
			if month != 0 {
				got = DueDay{Month: month, Day: day}.String() + " " + source
			}
			if got != want {
				t.Errorf("%q of %d: %q, want %q", c.days, year, got, want)
			}
		}
		if again, err := ParseDue(d.String(), d.Sources()); err != nil || again != d {
			t.Errorf("%q again: %+v, %v", c.days, again, err)
		}
	}
	for days, sources := range map[string]string{"01-25": "", "": "区办通知", "1-25": "甲", "13-01": "甲", "2023=01-20": "甲", "01-25;2023=01-20": "甲", "01-25; ": "甲;2023=乙"} {
		if d, err := ParseDue(days, sources); err == nil {
			t.Errorf("%q, %q: %+v", days, sources, d)
		}
	}
}
