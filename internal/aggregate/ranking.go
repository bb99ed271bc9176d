package aggregate

import (
	"context"
	"fmt"
	"sort"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Ranking orders the members of a region by an indicator in a year, highest first.
// Ratios with a denominator under 30, undefined and uncounted ones are listed
// without a rank; ratios whose intervals overlap share one (indicators.md §1.4).
func (s *Service) Ranking(ctx context.Context, region standard.RegionCode, indicatorID string, year int, asOf store.RunID) (Ranking, error) {
	ind, ok := standard.IndicatorOf(indicatorID)
	if !ok {
		return Ranking{}, unknownIndicator(indicatorID)
	}
	if _, wide, err := s.wideOf(ctx, region, asOf); err != nil || wide {
		return s.firstRanked(ctx, region, ind, year, asOf, err)
	}
	w, err := s.load(ctx, region, store.Query{AsOf: asOf})
	if err != nil {
		return Ranking{}, fmt.Errorf("ranking of %s: %w", region, err)
	}
	if year, err = w.chooseYear(w.years(), year); err != nil {
		return Ranking{}, fmt.Errorf("ranking of %s: %w", region, err)
	}
	if err := s.prepare(ctx, w, ind); err != nil {
		return Ranking{}, fmt.Errorf("ranking of %s: %w", region, err)
	}
	r := Ranking{Indicator: ind, Region: w.region, Year: year, AsOf: w.asOf,
		Basis: w.regionFigure(ind, year, nil).Basis}
	for _, row := range w.members() {
		if w.owed(row, year).Publication == "" {
			continue
		}
		r.Entries = append(r.Entries, RankEntry{Agency: row.Agency, Figure: w.figure(ind, row, year)})
	}
	r.rank()
	return r, nil
}

// firstRanked is the ranking of a wide region as far as a page shows it.
func (s *Service) firstRanked(ctx context.Context, region standard.RegionCode, ind standard.Indicator, year int, asOf store.RunID, err error) (Ranking, error) {
	if err != nil {
		return Ranking{}, fmt.Errorf("ranking of %s: %w", region, err)
	}
	r, entries, err := s.Ranked(ctx, region, ind.ID, year, asOf)
	if err != nil {
		return Ranking{}, err
	}
	r.Wide = true
	for e, err := range entries {
		if err != nil {
			return Ranking{}, fmt.Errorf("ranking of %s: %w", region, err)
		}
		if len(r.Entries) == wideRanked {
			break
		}
		r.Entries = append(r.Entries, e)
	}
	return r, nil
}

// PooledRanking is Ranking over the years of one form up to a year, summed: so many
// more units reach a denominator of 30 (indicators.md §8). Year 0 is the latest with
// a report.
func (s *Service) PooledRanking(ctx context.Context, region standard.RegionCode, indicatorID string, year int, asOf store.RunID) (Ranking, error) {
	ind, ok := standard.IndicatorOf(indicatorID)
	if !ok {
		return Ranking{}, unknownIndicator(indicatorID)
	}
	if _, wide, err := s.wideOf(ctx, region, asOf); err != nil || wide {
		if err == nil {
			err = errWideForm("pool")
		}
		return Ranking{}, fmt.Errorf("ranking of %s: %w", region, err)
	}
	w, err := s.load(ctx, region, store.Query{AsOf: asOf})
	if err != nil {
		return Ranking{}, fmt.Errorf("ranking of %s: %w", region, err)
	}
	if year, err = w.chooseYear(w.years(), year); err != nil {
		return Ranking{}, fmt.Errorf("ranking of %s: %w", region, err)
	}
	format, ok := standard.FormatForYear(year)
	if !ok {
		return Ranking{}, &report.ParameterError{Name: "year", Got: fmt.Sprint(year), Want: "a year with a statutory form, 2014 or later"}
	}
	p := Pool{Format: format, From: standard.FormOf(format).From, To: year}
	r := Ranking{Indicator: ind, Region: w.region, Year: year, Pool: &p, AsOf: w.asOf}
	for _, row := range w.members() {
		f := w.pooled(ind, []store.CoverageRow{row}, p)
		if len(f.Basis.Ticks) > 0 {
			r.Entries = append(r.Entries, RankEntry{Agency: row.Agency, Figure: f})
		}
	}
	r.Basis = w.pooled(ind, w.members(), p).Basis
	r.rank()
	return r, nil
}

// ranked reports whether a figure may have a rank.
func (f Figure) ranked() bool {
	return f.Defined && f.Small == "" && f.Code != "P"
}

// Ranked orders the units of a comparison in one of its years by the rules of Ranking.
// Each entry says by At which of the series it is.
func (c Comparison) Ranked(year int) []RankEntry {
	r := Ranking{Indicator: c.Indicator, Year: year}
	for i, s := range c.Series {
		for j, y := range c.Years {
			if y == year && j < len(s.Figures) {
				r.Entries = append(r.Entries, RankEntry{Agency: s.Agency, Figure: s.Figures[j], At: i})
			}
		}
	}
	r.rank()
	return r.Entries
}

func (r *Ranking) rank() {
	sort.SliceStable(r.Entries, func(i, j int) bool {
		a, b := r.Entries[i].Figure, r.Entries[j].Figure
		if a.ranked() != b.ranked() {
			return a.ranked()
		}
		if a.Defined != b.Defined {
			return a.Defined
		}
		return a.Value > b.Value
	})
	// An entry ties with the first of its rank, not with its neighbour: else a chain
	// of neighbours would tie ends that can be told apart.
	first := 0
	for i := range r.Entries {
		e := &r.Entries[i]
		if !e.Figure.ranked() {
			break
		}
		if i > 0 && tied(r.Entries[first].Figure, e.Figure) {
			r.Entries[first].Tied, e.Tied = true, true
		} else {
			first = i
		}
		e.Rank = first + 1
	}
}

// tied reports whether two figures cannot be told apart: equal counts, or
// proportions whose intervals overlap.
func tied(a, b Figure) bool {
	if a.High > 0 || b.High > 0 {
		return a.Low <= b.High && b.Low <= a.High
	}
	return a.Value == b.Value
}
