package aggregate

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// wideRanked is how many units the ranking of a wide region shows.
const wideRanked = 60

// Ranked is Ranking as a walk: of a wide region, whose units are too many to have at once,
// each entry is made when it is come to.
func (s *Service) Ranked(ctx context.Context, region standard.RegionCode, indicatorID string, year int, asOf store.RunID) (Ranking, iter.Seq2[RankEntry, error], error) {
	ind, ok := standard.IndicatorOf(indicatorID)
	if !ok {
		return Ranking{}, nil, unknownIndicator(indicatorID)
	}
	w, ok, err := s.wideOf(ctx, region, asOf)
	if err == nil && ok {
		var r Ranking
		var order []place
		if r, order, err = s.wideOrder(ctx, w, ind, year); err == nil {
			return r, s.wideEntries(ctx, w, ind, r.Year, order), nil
		}
	}
	if err != nil {
		return Ranking{}, nil, fmt.Errorf("ranking of %s: %w", region, err)
	}
	r, err := s.Ranking(ctx, region, indicatorID, year, asOf)
	return r, func(yield func(RankEntry, error) bool) {
		for _, e := range r.Entries {
			if !yield(e, nil) {
				return
			}
		}
	}, err
}

// A place is an entry of a ranking before it is made.
type place struct {
	agency report.AgencyID
	figure unitFigureOf
	rank   int
	tied   bool
}

// unitFigureOf is what a figure is made of.
type unitFigureOf struct {
	outline *store.VersionValues
	value   unitValue
}

// wideOrder orders the units of a wide region that have a value.
func (s *Service) wideOrder(ctx context.Context, w *wide, ind standard.Indicator, year int) (Ranking, []place, error) {
	r := Ranking{Indicator: ind, Region: w.region, AsOf: w.asOf}
	at, plain := talliedAt()[ind.ID]
	if !plain {
		return r, nil, tooWide(ind.ID)
	}
	var err error
	if r.Year, err = chooseYear(w.shown(), year, w.basis); err != nil {
		return r, nil, err
	}
	f, err := w.figure(ind, r.Year)
	if err != nil {
		return r, nil, err
	}
	r.Basis = f.Basis
	light := Ranking{Indicator: ind, Year: r.Year}
	var from []unitFigureOf
	names := newInterned()
	err = s.db.EachSumOfYear(ctx, w.region.Code, r.Year, w.run, tallyMade(), func(sum store.Sum) error {
		t, err := unpackTally(slices.Clone(sum.Body), r.Year, names)
		if err != nil {
			return err
		}
		return eachValue(t.sections[at], len(t.outlines), ind.Ratio(), func(i int, u unitValue) {
			if !t.member.isSet(i) || u.kind != known {
				return
			}
			if f := unitFigure(ind, &t, i, u); f.Defined {
				light.Entries = append(light.Entries, RankEntry{Figure: f, At: len(from)})
				from = append(from, unitFigureOf{&t.outlines[i], u})
			}
		})
	})
	if err != nil {
		return r, nil, err
	}
	light.rank()
	order := make([]place, len(light.Entries))
	for i, e := range light.Entries {
		order[i] = place{from[e.At].outline.Agency, from[e.At], e.Rank, e.Tied}
	}
	return r, order, nil
}

// wideEntries are the entries of an order, and then those without a value county by
// county.
func (s *Service) wideEntries(ctx context.Context, w *wide, ind standard.Indicator, year int, order []place) iter.Seq2[RankEntry, error] {
	return func(yield func(RankEntry, error) bool) {
		for _, p := range order {
			a, err := s.db.AgencyAt(ctx, p.agency, w.run)
			t := yearTally{outlines: []store.VersionValues{*p.figure.outline}}
			e := RankEntry{Agency: a, Figure: unitFigure(ind, &t, 0, p.figure.value), Rank: p.rank, Tied: p.tied}
			if !yield(e, err) || err != nil {
				return
			}
		}
		counties, err := s.db.CountiesIn(ctx, w.region.Code)
		if err != nil {
			yield(RankEntry{}, err)
			return
		}
		for _, county := range counties {
			list, err := s.withoutValue(ctx, w, ind, settledCode(county), year)
			if err != nil {
				yield(RankEntry{}, err)
				return
			}
			for _, e := range list {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// withoutValue are the members of a county that have no value in a year, with the reason.
func (s *Service) withoutValue(ctx context.Context, w *wide, ind standard.Indicator, county standard.RegionCode, year int) ([]RankEntry, error) {
	of, err := s.loadSums(ctx, county, w.run)
	if noAgencies(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	of.now = w.now
	figures := make(map[report.AgencyID]Figure)
	for _, t := range of.sums.byYear[year] {
		err := eachValue(t.sections[talliedAt()[ind.ID]], len(t.outlines), ind.Ratio(), func(i int, u unitValue) {
			figures[t.outlines[i].Agency] = unitFigure(ind, &t, i, u)
		})
		if err != nil {
			return nil, err
		}
	}
	var list []RankEntry
	for _, row := range of.members() {
		if of.owed(row, year).Publication == "" {
			continue
		}
		named := of.named(row, year)
		f, ok := figures[named.Agency.ID]
		if ok && f.Defined && named.Agency.ID == row.Agency.ID {
			continue // it has its place above
		}
		if !ok {
			f = of.unpublished(ind, row, year)
		}
		list = append(list, RankEntry{Agency: row.Agency, Figure: f})
	}
	return list, nil
}

// tooWide is the error of what is made of all reports of a region where those are too many.
func tooWide(indicator string) error {
	return &report.ParameterError{Name: "indicator", Got: indicator,
		Want: fmt.Sprintf("an indicator that is a sum or a ratio of cells, or a region of at most %d units: of a wider one this is not kept", WideUnits)}
}

// errWideForm is the error of a form of answer that a wide region does not have.
func errWideForm(name string) error {
	return &report.ParameterError{Name: name, Got: "1", Want: fmt.Sprintf("a region of at most %d units: of a wider one only the figures of single years as printed are kept", WideUnits)}
}

// wideCompared is the series of a region in a comparison; false where the region is told
// by its reports.
func (s *Service) wideCompared(ctx context.Context, ind standard.Indicator, q CompareQuery, unit string) (Series, *wide, bool, error) {
	w, ok, err := s.wideOf(ctx, standard.RegionCode(unit), q.AsOf)
	if err != nil || !ok {
		return Series{}, nil, false, err
	}
	_, plain := talliedAt()[ind.ID]
	switch {
	case !plain:
		err = tooWide(ind.ID)
	case q.Pool:
		err = errWideForm("pool")
	case q.BlankAsZero:
		err = errWideForm("blank_as_zero")
	case q.Review:
		err = errWideForm("review")
	case q.Per != "":
		err = errWideForm("per")
	}
	if err != nil {
		if w.region.Code != standard.Country {
			return Series{}, nil, false, nil // all its reports are read
		}
		return Series{}, nil, false, err
	}
	series, err := s.wideSeries(ctx, w, ind, w.shown())
	return series, w, true, err
}

// wideDifference is the change of a wide region: both figures, and no change, since the
// units that have both are not paired.
func wideDifference(s Series, from, to int, unit string) Difference {
	d := Difference{Unit: unit, Name: s.Name, From: from, To: to,
		Reason: standard.Label{ZH: "单位过多，未逐个配对两年都有数的单位，不比较", EN: "too many units: those that have both years are not paired, so nothing is compared"}}
	for _, f := range s.Figures {
		switch f.Year {
		case from:
			d.Before = f
		case to:
			d.After = f
		}
	}
	return d
}
