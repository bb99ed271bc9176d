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
	w, err := s.loadSums(ctx, region, asOf)
	if err != nil {
		return RollUp{}, fmt.Errorf("roll-up of %s in %d: %w", region, year, err)
	}
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
	var of []*version
	for _, row := range w.members() {
		o := w.owed(row, year)
		if o.Publication == "" {
			continue
		}
		v := w.counted(o)
		r.Members = append(r.Members, o)
		r.Basis.add(&o, v != nil)
		if v != nil {
			of = append(of, v)
		}
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
	r.Format = commonFormat(of, year)
	r.sum(of, own)
	return r, nil
}

// commonFormat is the format of most of the members' reports, or the one
// prescribed for the year where there is none.
func commonFormat(of []*version, year int) standard.Format {
	count := make(map[standard.Format]int)
	best, _ := standard.FormatForYear(year)
	for _, v := range of {
		count[v.Format]++
		if count[v.Format] > count[best] {
			best = v.Format
		}
	}
	return best
}

func (r *RollUp) sum(of []*version, own *version) {
	form := standard.FormOf(r.Format)
	if form == nil {
		return
	}
	missing := r.Basis.Usable < r.Basis.Due
	for _, cell := range form.Cells {
		c := RollUpCell{Cell: cell}
		for _, v := range of {
			state, amount, known := v.cells.standing(form, cell)
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
		c.Result = report.NotApplicable
		if own != nil {
			c.Own = own.cells.value(cell.Code)
			c.compare(missing || c.Blank+c.Absent > 0, r.Scope)
		}
		r.Cells = append(r.Cells, c)
	}
}

// compare sets the region's own figure beside the sum. It judges only where the
// region's report says that its figures are those of its members too; without that
// sentence both figures stand beside each other and nothing follows (rollup.scope).
func (c *RollUpCell) compare(missing bool, scope Scope) {
	whole, ok := c.Own.Known()
	if !ok {
		return
	}
	c.Diff = whole - c.Sum
	switch {
	case !scope.Known || !scope.Whole:
	case c.Diff == 0 && !missing:
		c.Result = report.Pass
	case c.Diff < 0 && !c.Cell.Signed(), c.Diff != 0 && !missing:
		c.Result = report.Fail
	default:
		c.Result = report.Open
	}
}
