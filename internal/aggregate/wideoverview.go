package aggregate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A Child is a region in a wide one, or what is listed under that one itself.
type Child struct {
	Region                     standard.Region
	Demo                       bool
	Agencies, Watched, Reports int
	First, Last                int     // year of the first report and of the last, 0 without any
	Shown                      []int   // years
	Years                      []Basis // one for each of Shown
}

// wideOverview is the Overview of a wide region: what is told of single units elsewhere is
// told of the regions in it.
func (s *Service) wideOverview(ctx context.Context, w *wide, year int) (Overview, error) {
	years := w.shown()
	year, err := chooseYear(years, year, w.basis)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Region: w.region, Path: w.path, Demo: w.head.Demo, Year: year, Years: years, AsOf: w.asOf, Wide: true}
	for _, y := range years {
		o.ByYear = append(o.ByYear, w.basis(y))
	}
	if err := s.wideFigures(ctx, w, &o); err != nil {
		return o, err
	}
	list, err := s.childrenOf(ctx, w)
	if err != nil {
		return o, err
	}
	for i := range list {
		o.Children = append(o.Children, list[i].told(years, w.now))
	}
	if o.Grounds, err = w.grounds(list, year); err == nil {
		o.Asking, err = w.asking(years, year)
	}
	if err != nil {
		return o, err
	}
	if o.Own, err = s.wideOwn(ctx, w, year); err != nil {
		return o, err
	}
	o.Changes, err = s.wideChanges(ctx, w)
	return o, err
}

// wideChangesRead is how many changes are read for the overview of a wide region.
const wideChangesRead = 60

// wideChanges are the newest changes that a wide region's page tells of.
func (s *Service) wideChanges(ctx context.Context, w *wide) ([]store.ChangeRow, error) {
	if w.pinned || w.region.Code == standard.Country {
		return s.db.ChangesAt(ctx, w.region.Code, w.run, wideChangesRead)
	}
	all, err := s.db.LatestChanges(ctx, w.region.Code, wideChangesRead)
	return slices.DeleteFunc(all, func(c store.ChangeRow) bool { return c.Run > w.run }), err
}

// wideFigures fills in the series and the headlines.
func (s *Service) wideFigures(ctx context.Context, w *wide, o *Overview) (err error) {
	series := func(id string) Series {
		if err != nil {
			return Series{}
		}
		var list Series
		list, err = s.wideSeries(ctx, w, indicator(id), o.Years)
		return list
	}
	parts := func(which int) []YearParts {
		list, fault := w.composed(which, o.Years)
		err = errors.Join(err, fault)
		return list
	}
	o.Demand, o.Outcomes, o.Appeals, o.Suits = series("requests_new"), parts(outcomeParts), parts(reviewParts), parts(suitParts)
	o.Disputes = []Series{series("reviews"), series("suits")}
	o.Correction, o.Procurement = series("review_corrected_rate").Figures, series("procurement_total").Figures
	for _, id := range []string{"licences", "penalties", "coercion", "fee_amount"} {
		o.Activity = append(o.Activity, series(id))
	}
	o.Headline = append(o.Headline, countHeadline("published", o.Year, w.basis))
	for _, id := range []string{"requests_new", "open_rate", "review_corrected_rate"} {
		ind := indicator(id)
		h := Headline{ID: ind.ID, Name: ind.Name, Unit: ind.Unit}
		var now, before error
		h.Figure, now = s.wideFigure(ctx, w, ind, o.Year)
		h.Previous, before = s.wideFigure(ctx, w, ind, o.Year-1)
		err = errors.Join(err, now, before)
		if b, ok := standard.BreakBetween(o.Year-1, o.Year, formulaCells(ind)); ok {
			h.Figure.Break, h.Figure.Cut = b.Reason.ZH, b.Hard
		}
		o.Headline = append(o.Headline, h)
	}
	o.Headline = append(o.Headline, countHeadline("clean", o.Year, w.basis))
	return err
}

// grounds is the table of grounds by the regions in the region.
func (w *wide) grounds(list []wideChild, year int) (Grounds, error) {
	g := newGrounds(year)
	g.Basis = w.basis(year)
	g.Basis.Usable, g.Basis.Errant, g.Basis.NotWatched = 0, 0, 0
	for i := range list {
		packed := list[i].years[year]
		if packed == nil {
			continue
		}
		v, err := unpackVector(packed.section(groundsSection))
		if err != nil {
			return g, err
		}
		unit := GroundUnit{Region: list[i].region, Values: make([]report.Value, len(g.Rows)), Left: v.usable == 0}
		for k, amount := range v.amounts {
			unit.Values[k] = report.Value{State: report.Printed, Amount: amount}
			unit.Total += amount
		}
		g.Basis.Usable += v.usable
		if !unit.Left {
			g.count(unit)
		}
		g.Units = append(g.Units, unit)
	}
	g.sort()
	return g, nil
}

// wideOwn is the region's own report of a year, nil where it owes none.
func (s *Service) wideOwn(ctx context.Context, w *wide, year int) (*Owed, error) {
	if w.region.Code == standard.Country {
		return nil, nil
	}
	own, err := s.loadSums(ctx, w.region.Code.Own(), w.run)
	if noAgencies(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("own report: %w", err)
	}
	own.now = w.now
	row, ok := own.governmentOf(w.region.Code)
	if !ok {
		return nil, nil
	}
	o := own.owed(row, year)
	return &o, nil
}

// wideRollUp is the RollUp of a wide region, without its members.
func (s *Service) wideRollUp(ctx context.Context, w *wide, year int) (RollUp, error) {
	years := w.shown()
	year, err := chooseYear(years, year, w.basis)
	if err != nil {
		return RollUp{}, err
	}
	r := RollUp{Region: w.region, Path: w.path, Demo: w.head.Demo, Year: year, Years: years, AsOf: w.asOf, Basis: w.basis(year), Wide: true}
	var sums cellSums
	if packed := w.years[year]; packed != nil {
		if sums, err = unpackCellSums(packed.section(cellsSection)); err != nil {
			return r, err
		}
	}
	own, err := s.ownVersion(ctx, w, year, &r)
	if err != nil {
		return r, err
	}
	r.Format = sums.common(year)
	form := standard.FormOf(r.Format)
	if form == nil {
		return r, nil
	}
	cells := sums.in(r.Format)
	all := r.Basis.Due + r.Basis.NotDue + r.Basis.NotWatched
	for i, cell := range form.Cells {
		c := RollUpCell{Cell: cell, Result: report.NotApplicable, LeftOut: all}
		if i < len(cells) {
			c.Sum, c.Counted, c.Blank, c.Absent = cells[i].sum, cells[i].counted, cells[i].blank, cells[i].absent
			c.LeftOut -= c.Counted
		}
		if own != nil {
			c.Own = own.cells.value(cell.Code)
			c.compare(r.Scope)
		}
		r.Cells = append(r.Cells, c)
	}
	return r, nil
}

// ownVersion reads the region's own report of a year where it counts, and notes it.
func (s *Service) ownVersion(ctx context.Context, w *wide, year int, r *RollUp) (*version, error) {
	owed, err := s.wideOwn(ctx, w, year)
	if err != nil || owed == nil {
		return nil, err
	}
	r.Own = owed
	if !owed.Counted() {
		return nil, nil
	}
	all, err := s.db.Figures(ctx, store.Query{Agencies: []report.AgencyID{owed.Agency.ID}, FromYear: year, ToYear: year, AsOf: w.run})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	r.Scope, err = s.scope(ctx, all[0].ID, w.run)
	return &version{VersionValues: all[0], cells: newCells(all[0])}, err
}
