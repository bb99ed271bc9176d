package aggregate

import (
	"context"
	"fmt"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A CompareQuery asks for one indicator of several agencies and regions over years.
type CompareQuery struct {
	// Units are agency ids, or region codes for the sum over a region's members.
	Units     []string
	Indicator string
	From, To  int // report years; 0 for the first and the last
	// Pool sums the years within one form into one figure, so that tiny units become
	// comparable (indicators.md §8). Each is named by its first and last year.
	Pool bool
	// BlankAsZero counts blanks as 0 in reports whose identities hold that way. It is
	// off by default and is to be said beside the figures.
	BlankAsZero bool
	// Review counts reports that need review too (indicators.md §1.8); the figures say so
	// by their code.
	Review bool
	// Per sets counts against something of the same reports, "" for nothing.
	Per  Per
	AsOf store.RunID
	// Changes asks for the change from the first year to the last too.
	Changes bool
}

// maxUnits bounds what one comparison may ask for.
const maxUnits = 60

// Compare answers a comparison, one series for each unit in the order asked.
func (s *Service) Compare(ctx context.Context, q CompareQuery) (Comparison, error) {
	ind, ok := standard.IndicatorOf(q.Indicator)
	if !ok {
		return Comparison{}, unknownIndicator(q.Indicator)
	}
	if len(q.Units) > maxUnits {
		return Comparison{}, &report.ParameterError{Name: "units", Got: fmt.Sprint(len(q.Units), " units"), Want: fmt.Sprintf("at most %d", maxUnits)}
	}
	ind, err := q.Per.of(ind)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{Indicator: ind, BlankAsZero: q.BlankAsZero, Review: q.Review}
	worlds := make(map[standard.RegionCode]*world)
	var ask []func(from, to int) Difference
	for _, unit := range q.Units {
		series, wide, ok, err := s.wideCompared(ctx, ind, q, unit)
		if err != nil {
			return Comparison{}, fmt.Errorf("unit %s: %w", unit, err)
		}
		if ok {
			c.AsOf = wide.asOf
			c.Series = append(c.Series, series)
			ask = append(ask, nil)
			continue
		}
		w, row, err := s.worldOf(ctx, worlds, unit, q.AsOf)
		if err != nil {
			return Comparison{}, err
		}
		c.AsOf = w.asOf
		if q.BlankAsZero {
			w.readBlanksAsZero()
		}
		w.doubtful = q.Review
		if err := s.prepare(ctx, w, ind); err != nil {
			return Comparison{}, fmt.Errorf("unit %s: %w", unit, err)
		}
		ask = append(ask, func(from, to int) Difference { return w.difference(ind, row, from, to) })
		switch {
		case q.Pool:
			c.Series = append(c.Series, w.pooledSeries(ind, row, q))
		case row == nil:
			c.Series = append(c.Series, w.regionSeries(ind, w.years()))
		default:
			c.Series = append(c.Series, w.series(ind, *row, w.agencyYears(*row)))
		}
	}
	if q.Pool {
		c.alignPools(q)
	} else {
		c.align(q)
	}
	if q.Per == PerReport {
		c.perReport()
	}
	if n := len(c.Years); q.Changes && !q.Pool && q.Per == "" && n > 1 {
		for i, change := range ask {
			if change == nil {
				c.Changes = append(c.Changes, wideDifference(c.Series[i], c.Years[0], c.Years[n-1], q.Units[i]))
				continue
			}
			d := change(c.Years[0], c.Years[n-1])
			d.Unit = q.Units[i]
			c.Changes = append(c.Changes, d)
		}
	}
	return c, nil
}

func unknownIndicator(id string) error {
	return &report.ParameterError{Name: "indicator", Got: id, Want: "an id of /indicators, such as requests_new"}
}

// worldOf finds the world of a unit, loading each region once; row is nil for a
// region.
func (s *Service) worldOf(ctx context.Context, worlds map[standard.RegionCode]*world, unit string, asOf store.RunID) (*world, *store.CoverageRow, error) {
	region := standard.RegionCode(unit)
	a, err := s.db.AgencyAt(ctx, report.AgencyID(unit), asOf)
	isAgency := err == nil
	if isAgency {
		region = peerRegion(a)
	} else if region.Level() == "" && region != standard.Country || strings.Trim(unit, "0123456789") != "" {
		return nil, nil, fmt.Errorf("unit %s: %w", unit, report.ErrNotFound)
	}
	w, ok := worlds[region]
	if !ok {
		if w, err = s.load(ctx, region, store.Query{AsOf: asOf}); err != nil {
			return nil, nil, fmt.Errorf("unit %s: %w", unit, err)
		}
		worlds[region] = w
	}
	if !isAgency {
		return w, nil, nil
	}
	row, found := w.find(a.ID)
	if !found {
		return nil, nil, fmt.Errorf("unit %s: %w", unit, report.ErrNotFound)
	}
	return w, &row, nil
}

// align gives all series the same years, those asked for or all that any has.
func (c *Comparison) align(q CompareQuery) {
	from, to := q.From, q.To
	for _, s := range c.Series {
		for _, year := range s.Years {
			if q.From == 0 && (from == 0 || year < from) {
				from = year
			}
			if q.To == 0 {
				to = max(to, year)
			}
		}
	}
	for year := from; year > 0 && year <= to; year++ {
		c.Years = append(c.Years, year)
	}
	for i := range c.Series {
		c.Series[i].align(c.Years)
	}
	for _, b := range standard.Breaks() {
		if _, ok := standard.BreakBetween(b.Before, b.After, formulaCells(c.Indicator)); ok && from <= b.Before && b.After <= to {
			c.Breaks = append(c.Breaks, b)
		}
	}
}

func (s *Series) align(years []int) {
	have := make(map[int]Figure, len(s.Years))
	for i, year := range s.Years {
		have[year] = s.Figures[i]
	}
	figures := make([]Figure, len(years))
	for i, year := range years {
		f, ok := have[year]
		if !ok {
			f = Figure{Year: year, Ratio: s.Indicator.Ratio(), Reason: endedReason(s.Agency, year)}
		}
		figures[i] = f
	}
	s.Years, s.Figures = years, figures
	markBreaks(s.Indicator, s.Figures)
}
