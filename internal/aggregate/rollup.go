package aggregate

import (
	"context"
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// RollUp sums the members' reports of a year into the statutory tables, beside the
// region's own report; asOf 0 is now.
func (s *Service) RollUp(ctx context.Context, region standard.RegionCode, year int, asOf store.RunID) (RollUp, error) {
	if r, ok, err := s.wideOf(ctx, region, asOf); ok || err != nil {
		var sum RollUp
		if err == nil {
			sum, err = s.wideRollUp(ctx, r, year)
		}
		if err != nil {
			return RollUp{}, fmt.Errorf("roll-up of %s in %d: %w", region, year, err)
		}
		return sum, nil
	}
	ahead := s.readAhead(ctx, region, asOf, year)
	defer ahead.wait()
	w, err := s.loadSums(ctx, region, asOf)
	if err != nil {
		return RollUp{}, fmt.Errorf("roll-up of %s in %d: %w", region, year, err)
	}
	w.ahead = ahead
	return s.rollUp(ctx, w, year)
}

func (s *Service) rollUp(ctx context.Context, w *world, year int) (RollUp, error) {
	year, err := w.chooseYear(w.years(), year)
	if err == nil {
		err = s.fillYear(ctx, w, year)
	}
	if err != nil {
		return RollUp{}, fmt.Errorf("roll-up of %s: %w", w.region.Code, err)
	}
	r := RollUp{Region: w.region, Path: w.path, Year: year, AsOf: w.asOf, Demo: w.demo, Years: w.years()}
	members := w.rollUpMembers(year)
	for _, m := range members {
		r.Members = append(r.Members, *m.owed)
		r.Basis.add(m.owed, m.counted != nil)
	}
	var own *version
	if row, ok := w.own(); ok {
		o := w.owed(row, year)
		r.Own, own = &o, w.counted(o)
	}
	if own != nil {
		if r.Scope, err = s.scope(ctx, own.ID, w.run); err != nil {
			return RollUp{}, fmt.Errorf("roll-up of %s in %d: %w", w.region.Code, year, err)
		}
	}
	r.Format = commonFormat(members, year)
	r.sum(w, members, own)
	r.Explain = explainers(r.Cells)
	return r, nil
}

// rollUpMembers are the members that a year's sum is over: those that owe or published
// a report of it, whether it is had or not.
func (w *world) rollUpMembers(year int) []memberYear {
	var list []memberYear
	for _, m := range w.inYear(year) {
		if m.owed.Publication != "" {
			list = append(list, m)
		}
	}
	return list
}

// commonFormat is the format of most of the members' reports, or the one
// prescribed for the year where there is none.
func commonFormat(members []memberYear, year int) standard.Format {
	count := make(map[standard.Format]int)
	best, _ := standard.FormatForYear(year)
	for _, m := range members {
		if m.counted == nil {
			continue
		}
		format := m.counted.Format
		count[format]++
		if count[format] > count[best] {
			best = format
		}
	}
	return best
}

// sum adds up every cell of the form and sets the region's own report beside it.
func (r *RollUp) sum(w *world, members []memberYear, own *version) {
	form := standard.FormOf(r.Format)
	if form == nil {
		return
	}
	for _, cell := range form.Cells {
		c := sumCell(members, form, cell)
		c.Result = report.NotApplicable
		if own != nil {
			c.Own = own.cells.value(cell.Code)
			c.compare(r.Scope)
			c.Explain = w.explain(c, members)
		}
		r.Cells = append(r.Cells, c)
	}
}

// sumCell adds up one cell of a form over the members.
func sumCell(members []memberYear, form *standard.Form, cell standard.Cell) RollUpCell {
	c := RollUpCell{Cell: cell}
	for _, m := range members {
		if m.counted == nil {
			continue
		}
		state, amount, known := m.counted.cells.standing(form, cell)
		switch {
		case known:
			c.Sum += amount
			c.Counted++
		case state == report.Absent:
			c.Absent++
		default:
			c.Blank++
		}
	}
	c.LeftOut = len(members) - c.Counted
	return c
}

// compare sets the region's own figure beside the sum. It judges only where the
// region's report says that its figures are those of its members too; without that
// sentence both figures stand beside each other and nothing follows (rollup.scope).
func (c *RollUpCell) compare(scope Scope) {
	whole, ok := c.Own.Known()
	if !ok {
		return
	}
	c.Diff = whole - c.Sum
	if scope.Known && scope.Whole {
		c.Result = c.Interval().holds(whole)
	}
}

// holds says whether the sum over all members can be a figure.
func (i Interval) holds(whole report.Amount) report.Result {
	switch {
	case whole < i.Low && !i.OpenBelow, whole > i.High && !i.OpenAbove:
		return report.Fail
	case i.OpenBelow || i.OpenAbove:
		return report.Open
	}
	return report.Pass
}
