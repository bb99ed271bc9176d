package aggregate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// WideUnits is from how many units on a region is told by the regions in it: its units are
// too many for one page, and their reports for one answer.
const WideUnits = 300

// A wide is a region told by the sums that are kept of it and of the regions in it, as of
// the last state that was settled. Nobody who asks waits for sums to be made.
type wide struct {
	region standard.Region
	path   []standard.Region
	head   regionHead
	run    store.RunID // the settled state
	asOf   store.RunID // the run whose data are shown
	now    time.Time
	pinned bool // a past state is asked for
	years  map[int]*packedYear
	names  *interned
}

// A wideChild is a region in a wide one.
type wideChild struct {
	region standard.Region
	head   regionHead
	years  map[int]*packedYear
}

// wideOf returns a region that is wide; false where it is not, or where the state that is
// asked for was never settled, which is told from the reports.
func (s *Service) wideOf(ctx context.Context, region standard.RegionCode, asOf store.RunID) (*wide, bool, error) {
	if _, own := region.Whose(); own || len(region) >= countyDigits {
		return nil, false, nil // no region lies in it
	}
	state, err := s.db.SettledAt(ctx, tallyMade(), asOf)
	if errors.Is(err, report.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	w := &wide{run: state.Run, asOf: asOf, pinned: asOf > 0, now: s.today(), years: make(map[int]*packedYear), names: newInterned()}
	var wide bool
	if w.head, wide, err = s.headOf(ctx, region, state.Run); err != nil || !wide {
		return nil, false, err
	}
	err = s.db.EachRegionSum(ctx, region, state.Run, tallyMade(), func(row store.RegionSum) (err error) {
		if row.Year != 0 {
			w.years[row.Year], err = unpackRegionYear(row.Year, bytes.Clone(row.Body))
		}
		return err
	})
	if err == nil {
		err = s.nameWide(ctx, w, region)
	}
	if err != nil {
		return nil, false, fmt.Errorf("region %s: %w", region, err)
	}
	return w, true, nil
}

// headOf returns the head of a region in a settled state, and whether it is wide.
func (s *Service) headOf(ctx context.Context, region standard.RegionCode, run store.RunID) (h regionHead, wide bool, err error) {
	if _, own := region.Whose(); own || len(region) >= countyDigits {
		return h, false, nil // no region lies in it
	}
	body, err := s.db.RegionHead(ctx, region, run, tallyMade())
	if errors.Is(err, report.ErrNotFound) {
		return h, false, nil
	}
	if err == nil {
		h, err = unpackHead(body)
	}
	return h, err == nil && h.Agencies > s.wideUnits, err
}

// nameWide finds what a wide region is called, and the moment that it is told at.
func (s *Service) nameWide(ctx context.Context, w *wide, region standard.RegionCode) error {
	var err error
	if w.asOf == 0 {
		w.asOf, err = s.db.DataVersionAt(ctx, w.run)
	} else {
		var run store.Run
		if run, err = s.db.Run(ctx, w.asOf); err == nil && !run.FinishedAt.IsZero() {
			w.now = run.FinishedAt
		}
	}
	if err != nil {
		return err
	}
	names := world{}
	err = s.setRegion(ctx, &names, region)
	w.region, w.path = names.region, names.path
	return err
}

// Wide reports whether a region is told by the regions in it, and returns those with how
// many units and reports they have. It is false of one that is told by its units.
func (s *Service) Wide(ctx context.Context, region standard.RegionCode, asOf store.RunID) ([]Child, bool, error) {
	w, ok, err := s.wideOf(ctx, region, asOf)
	if err != nil || !ok {
		return nil, false, err
	}
	list, err := s.childrenOf(ctx, w)
	if err != nil {
		return nil, false, fmt.Errorf("regions in %s: %w", region, err)
	}
	years := w.shown()
	children := make([]Child, len(list))
	for i := range list {
		children[i] = list[i].told(years, w.now)
	}
	return children, true, nil
}

// childrenOf are the regions one level below, and what is listed under the region itself.
func (s *Service) childrenOf(ctx context.Context, w *wide) ([]wideChild, error) {
	var list []wideChild
	err := s.db.EachChildSum(ctx, w.region.Code, -1, w.run, tallyMade(), func(row store.RegionSum) (err error) {
		if n := len(list); n == 0 || list[n-1].region.Code != row.Region {
			list = append(list, wideChild{region: standard.Region{Code: row.Region}, years: make(map[int]*packedYear)})
		}
		child := &list[len(list)-1]
		if row.Year == 0 {
			child.head, err = unpackHead(row.Body)
			return err
		}
		child.years[row.Year], err = unpackRegionYear(row.Year, bytes.Clone(row.Body))
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range list {
		names := world{}
		if err := s.setRegion(ctx, &names, list[i].region.Code); err != nil {
			return nil, err
		}
		list[i].region = names.region
	}
	return list, nil
}

// told is what a page says of a child.
func (c *wideChild) told(years []int, now time.Time) Child {
	child := Child{Region: c.region, Agencies: c.head.Agencies, Watched: c.head.Watched, Reports: c.head.Reports, Demo: c.head.Demo,
		First: c.head.First, Last: c.head.Last, Shown: years}
	for _, year := range years {
		var b Basis
		if y := c.years[year]; y != nil {
			b = y.at(now)
		}
		child.Years = append(child.Years, b)
	}
	return child
}

// shown are the years that are shown, ascending.
func (w *wide) shown() []int {
	first, last := 0, 0
	for _, year := range slices.Sorted(maps.Keys(w.years)) {
		if w.years[year].alive > w.now.UnixMilli() {
			continue
		}
		if first == 0 {
			first = year
		}
		last = year
	}
	var years []int
	for year := first; first > 0 && year <= last; year++ {
		years = append(years, year)
	}
	return years
}

// basis is the coverage of a year.
func (w *wide) basis(year int) Basis {
	var b Basis
	if y := w.years[year]; y != nil {
		b = y.at(w.now)
	}
	b.Errant = b.Inconsistent
	return b
}

// figure is an indicator of tallied summed over the members of a year.
func (w *wide) figure(ind standard.Indicator, year int) (Figure, error) {
	f := Figure{Year: year, Ratio: ind.Ratio(), Basis: w.basis(year)}
	var s unitSum
	if y := w.years[year]; y != nil {
		var err error
		if s, err = y.sum(talliedAt()[ind.ID], w.names); err != nil {
			return f, err
		}
	}
	f.Basis.Usable, f.Basis.Errant = s.usable, s.errant
	f.Numerator, f.Denominator, f.Zeros, f.Format = s.numerator, s.denominator, s.zeros, s.format
	most := largest{agency: report.Agency{ID: s.largest}, figure: s.most.figure(), weight: s.most.weight()}
	f.finishRegion(ind, most)
	return f, nil
}

// series is an indicator of tallied over years, with the units that dominate it.
func (s *Service) wideSeries(ctx context.Context, w *wide, ind standard.Indicator, years []int) (Series, error) {
	series := Series{Indicator: ind, Region: w.region.Code, Name: w.region.Name, Years: years}
	for _, year := range years {
		f, err := s.wideFigure(ctx, w, ind, year)
		if err != nil {
			return series, err
		}
		series.Figures = append(series.Figures, f)
	}
	markBreaks(ind, series.Figures)
	return series, nil
}

func (s *Service) wideFigure(ctx context.Context, w *wide, ind standard.Indicator, year int) (Figure, error) {
	f, err := w.figure(ind, year)
	if err == nil && f.Dominant != nil {
		f.Dominant.Agency, err = s.db.AgencyAt(ctx, f.Dominant.Agency.ID, w.run)
	}
	return f, err
}

// composed is a composition over years.
func (w *wide) composed(which int, years []int) ([]YearParts, error) {
	c := composed()[which]
	var fault error
	list := c.years(years, func(year int) YearParts {
		y := YearParts{Year: year, Parts: make([]Part, len(c.parts)), Basis: w.basis(year)}
		y.Basis.Usable, y.Basis.Errant = 0, 0
		for i, p := range c.parts {
			y.Parts[i] = Part{ID: p.id, Name: p.name}
		}
		packed := w.years[year]
		if packed == nil {
			return y
		}
		sum, err := packed.part(which)
		if err != nil {
			fault = err
			return y
		}
		y.Known, y.Total, y.Basis.Usable = sum.usable > 0, sum.total, sum.usable
		for i, p := range sum.parts {
			y.Parts[i].Value, y.Parts[i].Known = p.Value, p.Known
		}
		return y
	})
	return list, fault
}

// asking is who asked against what they got.
func (w *wide) asking(years []int, year int) (Asking, error) {
	a := newAsking()
	a.Region, a.Name, a.Year, a.AsOf, a.Demo = w.region.Code, w.region.Name, year, w.asOf, w.head.Demo
	for _, one := range years {
		packed := w.years[one]
		if packed == nil {
			continue
		}
		b, err := unpackBalance(packed.section(balanceSection))
		if err != nil {
			return a, err
		}
		if b.Year, b.Known = one, b.Units > 0; b.Known {
			a.Chain = append(a.Chain, b)
		}
		if one == year && b.Known {
			a.Total = b
		}
	}
	a.Basis, a.Reason = w.basis(year), noTable()
	a.Basis.Usable, a.Basis.Errant = 0, 0
	packed := w.years[year]
	if packed == nil {
		return a, nil
	}
	v, err := unpackVector(packed.section(askingSection))
	if err != nil {
		return a, err
	}
	if a.Basis.Usable = v.usable; v.usable > 0 {
		a.Known, a.Reason = true, standard.Label{}
		for i, amount := range a.amounts() {
			*amount = v.amounts[i]
		}
		return a, nil
	}
	cells, err := unpackCellSums(packed.section(cellsSection))
	if cells.of[standard.F2014] > 0 {
		a.Reason = oldTable()
	}
	return a, err
}

// askingOf is the Asking of a year; 0 is the latest that has the table.
func (w *wide) askingOf(year int) (Asking, error) {
	years := w.shown()
	a, err := w.asking(years, year)
	if n := len(a.Chain); err == nil && year == 0 && n > 0 {
		return w.asking(years, a.Chain[n-1].Year)
	}
	return a, err
}

// Near returns the regions that a reader may go to from a region, as choices of a page:
// all counties where the whole register is small; else those in the region, or beside it
// where none lies in it. Of a wide register it says so, with the region that all is in.
func (s *Service) Near(ctx context.Context, region standard.RegionCode, asOf store.RunID) (rows []store.RegionRow, root standard.RegionCode, err error) {
	root, err = s.Root(ctx, asOf)
	if err != nil {
		return nil, "", err
	}
	if root == "" {
		rows, err = s.db.Regions(ctx)
		return rows, "", err
	}
	if region == "" || !root.Contains(region) {
		region = root
	}
	state, err := s.db.SettledAt(ctx, tallyMade(), asOf)
	for at := region; err == nil; at, _ = aboveOf(at) {
		_, wide, err := s.headOf(ctx, at, state.Run)
		if err != nil {
			return nil, "", err
		}
		if wide || at == standard.Country || at == "" {
			rows, err = s.headsIn(ctx, at, state.Run)
			return rows, root, err
		}
	}
	return nil, "", err
}

// headsIn are the regions one level below a region.
func (s *Service) headsIn(ctx context.Context, region standard.RegionCode, run store.RunID) ([]store.RegionRow, error) {
	var rows []store.RegionRow
	err := s.db.EachChildSum(ctx, region, 0, run, tallyMade(), func(row store.RegionSum) error {
		h, err := unpackHead(row.Body)
		if err != nil {
			return err
		}
		names := world{}
		err = s.setRegion(ctx, &names, row.Region)
		rows = append(rows, store.RegionRow{Code: row.Region, Name: names.region.Name, Path: names.path, Demo: h.Demo,
			Agencies: h.Agencies, Watched: h.Watched, Reports: h.Reports, FromYear: h.First, ToYear: h.Last})
		return err
	})
	return rows, err
}

// Root returns the smallest region that all agencies lie in where it is wide, and "" where
// the register is small enough to be told by its units.
func (s *Service) Root(ctx context.Context, asOf store.RunID) (standard.RegionCode, error) {
	state, err := s.db.SettledAt(ctx, tallyMade(), asOf)
	if errors.Is(err, report.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	for root := standard.RegionCode(standard.Country); ; {
		var in []standard.RegionCode
		agencies := 0
		err := s.db.EachChildSum(ctx, root, 0, state.Run, tallyMade(), func(row store.RegionSum) error {
			h, err := unpackHead(row.Body)
			in, agencies = append(in, row.Region), agencies+h.Agencies
			return err
		})
		if err != nil || agencies <= s.wideUnits {
			return "", err
		}
		if len(in) != 1 || len(in[0]) >= countyDigits {
			return root, nil
		}
		if _, own := in[0].Whose(); own {
			return root, nil
		}
		root = in[0]
	}
}

// MainCounty is the county with most reports of the region with most reports, and so on
// down from a wide region.
func (s *Service) MainCounty(ctx context.Context, root standard.RegionCode, asOf store.RunID) (standard.RegionCode, error) {
	for {
		children, wide, err := s.Wide(ctx, root, asOf)
		if err != nil || !wide || len(children) == 0 {
			return root, err
		}
		best := children[0]
		for _, c := range children {
			if _, own := c.Region.Code.Whose(); !own && c.Reports > best.Reports {
				best = c
			}
		}
		root = best.Region.Code
	}
}

// Counties returns the counties that have agencies, as the store does, of a wide register
// as of the last settled state.
func (s *Service) Counties(ctx context.Context) ([]store.RegionRow, error) {
	root, err := s.Root(ctx, 0)
	if err != nil || root == "" {
		return s.countiesNow(ctx, err)
	}
	state, err := s.db.SettledAt(ctx, tallyMade(), 0)
	if err != nil {
		return nil, err
	}
	var rows []store.RegionRow
	err = s.db.EachCountyHead(ctx, state.Run, tallyMade(), func(row store.RegionSum) error {
		h, err := unpackHead(row.Body)
		code := row.Region
		if of, own := code.Whose(); own {
			code = of
		}
		rows = append(rows, store.RegionRow{Code: code, Demo: h.Demo, Agencies: h.Agencies, Watched: h.Watched, Reports: h.Reports, FromYear: h.First, ToYear: h.Last})
		return err
	})
	if err == nil {
		err = s.db.NameRegions(ctx, rows)
	}
	return rows, err
}

func (s *Service) countiesNow(ctx context.Context, err error) ([]store.RegionRow, error) {
	if err != nil {
		return nil, err
	}
	return s.db.Regions(ctx)
}
