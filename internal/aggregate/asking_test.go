package aggregate

import (
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestAskingBalance holds that the totals of who asked what are those of the balance,
// and that a year which begins otherwise than the one before ended is told.
func TestAskingBalance(t *testing.T) {
	b := Balance{In: report.Count(2), New: report.Count(5), Decided: report.Count(6), Out: report.Count(1), Linked: true, Before: report.Count(2), After: report.Count(3)}
	if !b.Holds() || b.LinkHolds() {
		t.Errorf("%+v: holds %v, link %v", b, b.Holds(), b.LinkHolds())
	}
	b.Out, b.After = report.Count(2), report.Count(2)
	if b.Holds() || !b.LinkHolds() {
		t.Errorf("%+v: holds %v, link %v", b, b.Holds(), b.LinkHolds())
	}
}

// TestAskingGroups holds that every outcome row of a form belongs to a group that is
// shown, so that no case is left out.
func TestAskingGroups(t *testing.T) {
	var a Asking
	a.Columns = standard.Columns()
	a.fill(nil)
	for _, format := range []standard.Format{standard.F2019, standard.F2021} {
		for _, row := range standard.Outcomes(format) {
			found := false
			for _, r := range a.Rows {
				found = found || r.Group == groupOf(row)
			}
			if !found {
				t.Errorf("%s: %s is in no group", format, row)
			}
		}
	}
	if a.Known || a.Reason == "" || len(a.Grounds) != 8 {
		t.Errorf("without reports: %+v", a)
	}
}
