package ingest_test

import (
	"slices"
	"testing"

	"gongkai/internal/ingest"
	"gongkai/internal/report"
)

// rulesOf are the rules against other years that the current report of an agency for a
// year fails.
func (s *site) rulesOf(t *testing.T, id report.AgencyID, year int) (rules []string) {
	t.Helper()
	r, err := s.Store.Report(t.Context(), id, year, 0)
	must(t, err)
	for _, f := range r.Current.Findings {
		if len(f.Rule) > 5 && f.Rule[:5] == "year." && !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	return rules
}

// TestRenamed holds that the chain of years goes on across a new name under an id of its
// own: the first report under the new name is judged beside the last under the old one,
// whichever was found first and whichever is revised; across a merger or split it is not.
func TestRenamed(t *testing.T) {
	for became, chained := range map[report.Succession]bool{report.Renamed: true, report.Merged: false, report.Split: false} {
		for _, late := range []bool{false, true} {
			t.Run(string(became)+map[bool]string{true: ", the old report found later"}[late], func(t *testing.T) {
				s := newSite(t)
				old, heir := spruce, street("990101009", "红杉街道")
				old.Until, old.Became, old.Heir = 2022, became, heir.ID
				heir.From = 2023
				must(t, s.Store.PutAgencies(t.Context(), []report.Agency{old, heir, cedar}))
				s.put("/a.html", answer{body: page("云杉街道", 2022, 60), etag: `"1"`})
				s.put("/b.html", answer{body: page("红杉街道", 2023, 3), etag: `"1"`})
				if late {
					s.list("红杉街道 2023 /b.html")
					s.refresh(t, ingest.Options{})
					if got := s.rulesOf(t, heir.ID, 2023); len(got) > 0 {
						t.Errorf("before the old report is known: %q", got)
					}
				}
				s.list("红杉街道 2023 /b.html", "云杉街道 2022 /a.html")
				s.refresh(t, ingest.Options{})
				if got := slices.Contains(s.rulesOf(t, heir.ID, 2023), "year.jump"); got != chained {
					t.Errorf("60 under the old name and 3 under the new: a jump %v, want %v", got, chained)
				}
				s.put("/a.html", answer{body: page("云杉街道", 2022, 4), etag: `"2"`})
				if got := s.refresh(t, ingest.Options{}); got.Revised != 1 {
					t.Errorf("%+v; want one revised", got)
				}
				if slices.Contains(s.rulesOf(t, heir.ID, 2023), "year.jump") {
					t.Error("the old report was revised to 4, and the new one is still said to jump")
				}
				again, err := s.Reread(t.Context(), ingest.RereadOptions{All: true})
				must(t, err)
				if again.Same != 2 {
					t.Errorf("read again: %+v; want both alike, findings too", again)
				}
			})
		}
	}
}
