package store

import (
	"errors"
	"testing"

	"gongkai/internal/report"
)

// TestEachProse reads the words of current versions with their figures, and stops
// where its caller does.
func TestEachProse(t *testing.T) {
	db := openTest(t)
	putAgencies(t, db, "990101001", "990101002")
	run := startRun(t, db)
	for _, id := range []string{"990101001", "990101002"} {
		_, _, err := db.AddVersion(t.Context(), run, newVersion(id, "https://example.test/"+id, 3))
		must(t, err)
	}
	finish(t, db, run)
	var seen []report.AgencyID
	must(t, db.EachProse(t.Context(), Query{Region: "990101"}, func(p *Prose) error {
		seen = append(seen, p.Agency)
		if p.Year != 2020 || len(p.Sections) != 1 || p.Sections[0].Paragraphs[0].Text != "示例。" || len(p.Narrative) != 1 || p.Original != "h" {
			t.Errorf("prose of %s: %+v", p.Agency, p)
		}
		if v := p.Value("requests.new/total"); v.State != report.Printed {
			t.Errorf("%s: requests.new/total is %+v", p.Agency, v)
		}
		return nil
	}))
	if len(seen) != 2 || seen[0] != "990101001" {
		t.Errorf("saw %v", seen)
	}
	stop := errors.New("stop")
	if err := db.EachProse(t.Context(), Query{}, func(*Prose) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped with %v", err)
	}
}
