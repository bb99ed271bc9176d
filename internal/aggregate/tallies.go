package aggregate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// regionSums are the tallies of a region. Where a figure is asked for it is put together
// from them and from what the members owe.
type regionSums struct {
	byYear map[int][]yearTally // of the counties that have reports of the year, in the order of their codes
	names  *interned
}

// loadSums reads the world of a region without the cells of its reports, which fillYear
// brings for single years: what they sum up to is read from tallies. What is not kept of
// them is made from the reports, and kept where no run is at work.
func (s *Service) loadSums(ctx context.Context, region standard.RegionCode, asOf store.RunID) (*world, error) {
	if region.Level() == standard.StreetLevel {
		return s.load(ctx, region, store.Query{AsOf: asOf})
	}
	settled, ended, err := s.db.Settled(ctx)
	if err != nil {
		return nil, err
	}
	w, err := s.loadRegister(ctx, region, asOf)
	if err != nil {
		return nil, err
	}
	names := newInterned()
	kept, err := s.keptTallies(ctx, region, asOf, names)
	if err != nil {
		return nil, err
	}
	made, err := s.makeTallies(ctx, w, kept, asOf, names)
	if err != nil {
		return nil, err
	}
	if settled && len(made) > 0 {
		// What could not be kept is made again by the next who asks.
		if _, err := s.db.KeepSums(ctx, asOf, ended, tallyMade(), made); err != nil && !errors.Is(err, report.ErrBusy) && !errors.Is(err, report.ErrFull) {
			return nil, err
		}
	}
	w.use(kept, names)
	return w, nil
}

// noAgencies reports whether a region has no agencies (any more).
func noAgencies(err error) bool { return errors.Is(err, report.ErrNotFound) }

// A countyTallies is what is known of a county: its tallies, and which years they should
// be of, nil where that is not known.
type countyTallies struct {
	years  []int
	known  bool
	byYear map[int]yearTally
}

// missing are the years whose tallies are to be made; all is true where it is not known
// which years there are.
func (c *countyTallies) missing() (from, to int, all, any bool) {
	if !c.known {
		return 0, 0, true, true
	}
	for _, year := range c.years {
		if _, ok := c.byYear[year]; ok {
			continue
		}
		if from == 0 {
			from = year
		}
		to = year
	}
	return from, to, false, to != 0
}

// keptTallies reads the tallies that the store keeps of a region.
func (s *Service) keptTallies(ctx context.Context, region standard.RegionCode, asOf store.RunID, names *interned) (map[standard.RegionCode]*countyTallies, error) {
	all := make(map[standard.RegionCode]*countyTallies)
	err := s.db.EachSum(ctx, region, asOf, tallyMade(), func(sum store.Sum) (err error) {
		c := all[sum.County]
		if c == nil {
			c = &countyTallies{byYear: make(map[int]yearTally)}
			all[sum.County] = c
		}
		body := slices.Clone(sum.Body)
		if sum.Year == 0 {
			c.years, err = unpackYears(body)
			c.known = err == nil
			return err
		}
		c.byYear[sum.Year], err = unpackTally(body, sum.Year, names)
		return err
	})
	return all, err
}

// makeTallies makes those that are missing, adds them to kept, and returns them as the
// store keeps them.
func (s *Service) makeTallies(ctx context.Context, w *world, kept map[standard.RegionCode]*countyTallies, asOf store.RunID, names *interned) ([]store.Sum, error) {
	var made []store.Sum
	for _, rows := range byCounty(w.agencies) {
		county := countyOf(rows[0].Agency.Region)
		c := kept[county]
		if c == nil {
			c = &countyTallies{byYear: make(map[int]yearTally)}
			kept[county] = c
		}
		from, to, all, any := c.missing()
		if !any {
			continue
		}
		q := store.Query{Region: county, AsOf: asOf}
		if county.Level() != standard.CountyLevel {
			q.Agencies = idsOf(rows) // and none of the regions below
		}
		if !all {
			q.FromYear, q.ToYear = from, to
		}
		versions, err := s.db.Figures(ctx, q)
		if err != nil {
			return nil, err
		}
		fresh := talliesOf(rows, versions)
		if all {
			c.years = yearsOf(fresh)
			made = append(made, store.Sum{County: county, Body: packYears(c.years)})
		}
		for _, year := range c.years {
			if _, ok := c.byYear[year]; ok {
				continue
			}
			body := fresh[year].pack()
			if c.byYear[year], err = unpackTally(body, year, names); err != nil {
				return nil, fmt.Errorf("county %s in %d: %w", county, year, err)
			}
			made = append(made, store.Sum{County: county, Year: year, Body: body})
		}
	}
	return made, nil
}

func yearsOf(tallies map[int]yearTally) []int { return slices.Sorted(maps.Keys(tallies)) }

// byCounty cuts agencies in roster order into those of each county.
func byCounty(rows []store.CoverageRow) [][]store.CoverageRow {
	var all [][]store.CoverageRow
	for i := 0; i < len(rows); {
		j := i + 1
		for j < len(rows) && countyOf(rows[j].Agency.Region) == countyOf(rows[i].Agency.Region) {
			j++
		}
		all = append(all, rows[i:j])
		i = j
	}
	return all
}

func idsOf(rows []store.CoverageRow) []report.AgencyID {
	ids := make([]report.AgencyID, len(rows))
	for i, row := range rows {
		ids[i] = row.Agency.ID
	}
	return ids
}

// countyOf is the county that an agency of a region is listed under.
func countyOf(region standard.RegionCode) standard.RegionCode {
	if region.Level() == standard.StreetLevel {
		return region.Parent()
	}
	return region
}

// talliesOf sums the versions of a county by year. Those of agencies that are not of the
// county itself are left out: a city's query finds its counties' too.
func talliesOf(rows []store.CoverageRow, all []store.VersionValues) map[int]yearTally {
	kinds := make(map[report.AgencyID]standard.Kind, len(rows))
	for _, row := range rows {
		kinds[row.Agency.ID] = row.Agency.Kind
	}
	isMember := func(id report.AgencyID) bool { return kinds[id] != standard.Government }
	byYear := make(map[int][]*version)
	for _, v := range all {
		if _, ours := kinds[v.Agency]; !ours {
			continue
		}
		byYear[v.Year] = append(byYear[v.Year], &version{VersionValues: v, cells: newCells(v)})
	}
	tallies := make(map[int]yearTally, len(byYear))
	for year, versions := range byYear {
		tallies[year] = newTally(versions, isMember)
	}
	return tallies
}

// use makes a world of tallies.
func (w *world) use(kept map[standard.RegionCode]*countyTallies, names *interned) {
	w.sums = &regionSums{byYear: make(map[int][]yearTally), names: names}
	counties, n := slices.Sorted(maps.Keys(kept)), 0
	for _, county := range counties {
		for _, year := range kept[county].years {
			t := kept[county].byYear[year]
			t.county = county
			w.sums.byYear[year] = append(w.sums.byYear[year], t)
			n += len(t.outlines)
		}
	}
	w.expect(n)
	for _, county := range counties {
		for _, year := range kept[county].years {
			for _, v := range kept[county].byYear[year].outlines {
				w.put(version{VersionValues: v})
			}
		}
	}
	w.sortYears()
}

// fillYear brings the cells of a year's reports.
func (s *Service) fillYear(ctx context.Context, w *world, year int) error {
	if w.sums == nil {
		return nil
	}
	all, err := w.ahead.figures(year, func() ([]store.VersionValues, error) { return s.yearFigures(ctx, w.region.Code, w.run, year) })
	if err != nil {
		return err
	}
	for _, v := range all {
		if known := w.versions[owedKey{v.Agency, v.Year}]; known != nil {
			*known = version{VersionValues: v, cells: newCells(v)}
		}
	}
	return nil
}

// readAhead begins to read the reports of some years of a region; of a street, or where
// the latest year is asked for, nothing is begun.
func (s *Service) readAhead(ctx context.Context, region standard.RegionCode, asOf store.RunID, years ...int) *readAhead {
	if region.Level() == standard.StreetLevel || years[0] == 0 {
		years = nil
	}
	return newReadAhead(func(year int) ([]store.VersionValues, error) { return s.yearFigures(ctx, region, asOf, year) }, years...)
}

// yearFigures reads the reports of a year with their cells.
func (s *Service) yearFigures(ctx context.Context, region standard.RegionCode, asOf store.RunID, year int) ([]store.VersionValues, error) {
	return s.db.Figures(ctx, store.Query{Region: region, AsOf: asOf, FromYear: year, ToYear: year})
}

// figure is the indicator summed over the members.
func (r *regionSums) figure(w *world, ind standard.Indicator, year int) Figure {
	f := Figure{Year: year, Ratio: ind.Ratio()}
	var most largest
	at := talliedAt()[ind.ID]
	walk := w.walk(year)
	for _, t := range r.byYear[year] {
		s, err := t.sum(at)
		if err != nil || !walk.through(t.counted, s.has) {
			return Figure{Year: year, Ratio: f.Ratio, Code: "M", Reason: errTally.Error()}
		}
		if len(s.has) == 0 {
			continue
		}
		f.Numerator += s.numerator
		f.Denominator += s.denominator
		f.Zeros = f.Zeros || s.zeros
		f.Format = s.format
		if s.largest >= 0 {
			most.see(walk.agency(s.largest), s.most.figure())
		}
	}
	f.Basis = walk.end()
	f.finishRegion(ind, most)
	return f
}

// composed is a composition summed over the members.
func (r *regionSums) composed(w *world, which, year int) YearParts {
	c := composed()[which]
	y := YearParts{Year: year, Parts: make([]Part, len(c.parts))}
	for i, p := range c.parts {
		y.Parts[i] = Part{ID: p.id, Name: p.name}
	}
	walk := w.walk(year)
	for _, t := range r.byYear[year] {
		s, err := unpackParts(t.sections[len(tallied())+which], len(c.parts))
		if err != nil || !walk.through(t.counted, s.has) {
			return YearParts{Year: year, Parts: y.Parts}
		}
		y.Known = y.Known || len(s.has) > 0
		y.Total += s.total
		for i, p := range s.parts {
			y.Parts[i].Value += p.Value
			y.Parts[i].Known = y.Parts[i].Known || p.Known
		}
	}
	y.Basis = walk.end()
	return y
}

// balance is what came in and went out over the members.
func (r *regionSums) balance(year int) Balance {
	b := Balance{Year: year}
	before := make(map[standard.RegionCode]*yearTally)
	for i := range r.byYear[year-1] {
		before[r.byYear[year-1][i].county] = &r.byYear[year-1][i]
	}
	for _, t := range r.byYear[year] {
		one, err := t.balance(before[t.county])
		if err != nil {
			return Balance{Year: year}
		}
		b.merge(one)
	}
	b.Known = b.Units > 0
	return b
}

// chain is the balance of each year that has the table.
func (r *regionSums) chain(years []int) []Balance {
	var list []Balance
	for _, year := range years {
		if b := r.balance(year); b.Known {
			list = append(list, b)
		}
	}
	return list
}
