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

// A place is an entry of a ranking before it is made: what its figure is made of, and what
// decides where it stands. There are some 140,000 in a country.
type place struct {
	agency           report.AgencyID
	status           report.Status
	number           int
	id               store.VersionID
	unit             unitValue
	format           standard.Format
	value, low, high float64
	ranked, tied     bool
	rank             int
}

// figure is what the entry shows.
func (p *place) figure(ind standard.Indicator, year int) Figure {
	v := store.VersionValues{ID: p.id, Agency: p.agency, Year: year, Format: p.format, Status: p.status, Number: p.number}
	return unitFigure(ind, &yearTally{outlines: []store.VersionValues{v}}, 0, p.unit)
}

// rankPlaces orders places as Ranking.rank orders entries. All of them are defined.
func rankPlaces(all []place) {
	type key struct { // the places are too large to be moved about
		value  float64
		ranked bool
		at     int32
	}
	keys := make([]key, len(all))
	for i, p := range all {
		keys[i] = key{p.value, p.ranked, int32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int {
		switch {
		case a.ranked != b.ranked && a.ranked, a.ranked == b.ranked && a.value > b.value:
			return -1
		case a.ranked != b.ranked, a.value < b.value:
			return 1
		}
		return int(a.at - b.at)
	})
	sorted := make([]place, len(all))
	for i, k := range keys {
		sorted[i] = all[k.at]
	}
	copy(all, sorted)
	first := 0
	for i := range all {
		p := &all[i]
		if !p.ranked {
			return
		}
		if i > 0 && tied(Figure{Value: all[first].value, Low: all[first].low, High: all[first].high}, Figure{Value: p.value, Low: p.low, High: p.high}) {
			all[first].tied, p.tied = true, true
		} else {
			first = i
		}
		p.rank = first + 1
	}
}

// placesOf appends the places of one county's tally. Of the outlines it reads no more than
// it needs: there are all those of a country.
func placesOf(order []place, body []byte, ind standard.Indicator, at int, names *interned) ([]place, error) {
	r := unpacker{left: body}
	first, n := len(order), r.count()
	for range n {
		p := place{agency: report.AgencyID(r.bytes()), id: store.VersionID(r.uvarint()), number: int(r.uvarint())}
		r.varint()
		r.varint()
		r.uvarint()
		p.status, p.format = report.Status(names.of(r.bytes())), standard.Format(names.of(r.bytes()))
		r.bytes()
		order = append(order, p)
	}
	member := bits(r.bytes())
	var section []byte
	for i := range r.count() {
		if one := r.bytes(); i == at {
			section = one
		}
	}
	if r.bad || len(member) != len(newBits(n)) {
		return order, errTally
	}
	kept, ratio := order[:first], ind.Ratio()
	err := eachValue(section, n, ratio, func(i int, u unitValue) {
		p := order[first+i]
		if !member.isSet(i) || u.kind != known || p.status == report.Unreadable {
			return
		}
		f := Figure{Ratio: ratio, Numerator: u.numerator, Denominator: u.denominator}
		f.finish(ind)
		if !f.Defined {
			return
		}
		p.unit, p.value, p.low, p.high = u, f.Value, f.Low, f.High
		p.ranked = f.Small == "" && p.status != report.NeedsReview
		kept = append(kept, p) // never ahead of the place that is read
	})
	return kept, err
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
	order := make([]place, 0, w.head.Agencies)
	names := newInterned()
	err = s.db.EachSumOfYear(ctx, w.region.Code, r.Year, w.run, tallyMade(), func(sum store.Sum) (err error) {
		order, err = placesOf(order, sum.Body, ind, at, names)
		return err
	})
	if err != nil {
		return r, nil, err
	}
	rankPlaces(order)
	return r, order, nil
}

// wideEntries are the entries of an order, and then those without a value county by
// county.
func (s *Service) wideEntries(ctx context.Context, w *wide, ind standard.Indicator, year int, order []place) iter.Seq2[RankEntry, error] {
	return func(yield func(RankEntry, error) bool) {
		for _, p := range order {
			a, err := s.db.AgencyAt(ctx, p.agency, w.run)
			e := RankEntry{Agency: a, Figure: p.figure(ind, year), Rank: p.rank, Tied: p.tied}
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
