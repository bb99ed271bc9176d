package aggregate

import (
	"context"
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A RollUpSheet is a roll-up with the figures it is summed from, so that the sums
// can be made again from them.
type RollUpSheet struct {
	RollUp
	Members []SheetMember
}

// A SheetMember is one unit of a roll-up. What is left out is there too, with its
// reason.
type SheetMember struct {
	Owed
	Values []report.Value // one for each cell of the form; nil where it is left out
	Why    string         // why it is left out, in Chinese
}

// RollUpSheet is RollUp with the figures of the members.
func (s *Service) RollUpSheet(ctx context.Context, region standard.RegionCode, year int, asOf store.RunID) (RollUpSheet, error) {
	ahead := s.readAhead(ctx, region, asOf, year)
	defer ahead.wait()
	w, err := s.loadSums(ctx, region, asOf)
	if err != nil {
		return RollUpSheet{}, fmt.Errorf("roll-up of %s in %d: %w", region, year, err)
	}
	w.ahead = ahead
	r, err := s.rollUp(ctx, w, year)
	if err != nil {
		return RollUpSheet{}, err
	}
	sheet := RollUpSheet{RollUp: r}
	form := standard.FormOf(r.Format)
	if form == nil {
		return sheet, nil
	}
	for _, o := range r.Members {
		sheet.Members = append(sheet.Members, w.sheetMember(o, form))
	}
	return sheet, nil
}

// sheetMember puts a member's figures in the order of a form. A cell that its own
// form lacks is Absent.
func (w *world) sheetMember(o Owed, form *standard.Form) SheetMember {
	m := SheetMember{Owed: o}
	v := w.counted(o)
	if v == nil {
		if m.Why = publicationReason(o); m.Why == "" {
			m.Why = "待复核"
			if o.Status == report.Unreadable {
				m.Why = "无法读取"
			}
		}
		return m
	}
	m.Values = make([]report.Value, len(form.Cells))
	for i, cell := range form.Cells {
		m.Values[i] = v.cells.value(cell.Code)
		if a, ok, implied := v.cells.amount(cell.Code); ok && implied {
			m.Values[i] = report.Value{State: report.Printed, Amount: a}
		}
	}
	return m
}
