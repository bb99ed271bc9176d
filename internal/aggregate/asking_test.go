package aggregate

import (
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// TestAskingBalance holds that the totals of who asked what are those of the balance,
// and that a year which begins otherwise than the one before ended is told.
func TestAskingBalance(t *testing.T) {
	b := Balance{In: report.Count(2), New: report.Count(5), Decided: report.Count(6), Sum: report.Count(6), Out: report.Count(1), Linked: true, Before: report.Count(2), After: report.Count(3)}
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
	if a.Known || a.Reason.ZH == "" || len(a.Grounds) != 8 {
		t.Errorf("without reports: %+v", a)
	}
}

// TestAskingPrinted holds that what was decided is the printed total, so that a total
// which is not that of its outcomes shows, and that two faults do not cancel out.
func TestAskingPrinted(t *testing.T) {
	form := standard.FormOf(standard.F2021)
	of := func(fresh, total, granted, in, out int64) *version {
		v := store.VersionValues{Format: standard.F2021}
		v.Values = make([]report.Value, len(form.Cells))
		for code, n := range map[standard.CellCode]int64{"requests.new/total": fresh, "outcome.total/total": total, "outcome.granted/total": granted,
			"requests.carried_in/total": in, "requests.carried_out/total": out} {
			cell, _ := form.Cell(code)
			v.Values[cell.Index] = report.Value{State: report.Printed, Amount: report.Count(n)}
		}
		return &version{VersionValues: v, cells: newCells(v)}
	}
	var b Balance
	b.count(of(40, 39, 36, 0, 1), of(5, 5, 5, 0, 0))
	if b.Holds() || b.Decided != report.Count(39) || b.Rest() != report.Count(3) || b.Gap() != 0 || b.Off != 1 || !b.LinkHolds() {
		t.Errorf("a total that is not its parts': %+v", b)
	}
	b.count(of(40, 33, 36, 2, 9), of(5, 5, 5, 0, 0))
	if b.Rest() != 0 || b.Holds() || b.Off != 2 || b.LinkHolds() || b.Torn != 1 {
		t.Errorf("two faults that cancel out: %+v", b)
	}
}
