package aggregate

import (
	"context"
	"fmt"
	"sort"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// changesRead is how many changes are read for an overview: enough to gather a whole
// first refresh of a district by agency.
const changesRead = 400

// Overview answers what the page of a region shows. Year 0 is the latest year with
// a report; asOf 0 is now.
func (s *Service) Overview(ctx context.Context, region standard.RegionCode, year int, asOf store.RunID) (Overview, error) {
	if r, ok, err := s.wideOf(ctx, region, asOf); ok || err != nil {
		var o Overview
		if err == nil {
			o, err = s.wideOverview(ctx, r, year)
		}
		if err != nil {
			return Overview{}, fmt.Errorf("overview of %s: %w", region, err)
		}
		return o, nil
	}
	ahead := s.readAhead(ctx, region, asOf, year, year-1)
	defer ahead.wait()
	w, err := s.loadSums(ctx, region, asOf)
	if err != nil {
		return Overview{}, fmt.Errorf("overview of %s: %w", region, err)
	}
	w.ahead = ahead
	return s.overview(ctx, w, year)
}

// overview is the Overview of a world.
func (s *Service) overview(ctx context.Context, w *world, year int) (Overview, error) {
	region := w.region.Code
	years := w.years()
	year, err := w.chooseYear(years, year)
	for _, y := range []int{year - 1, year} {
		if err == nil {
			err = s.fillYear(ctx, w, y)
		}
	}
	if err != nil {
		return Overview{}, fmt.Errorf("overview of %s: %w", region, err)
	}
	o := Overview{
		Region: w.region, Path: w.path, Demo: w.demo, Year: year, Years: years, AsOf: w.asOf,
		Matrix: w.matrix(years), Headline: w.headlines(year),
		Demand:   w.regionSeries(indicator("requests_new"), years),
		Outcomes: w.composed(outcomeParts, years),
		Grounds:  w.grounds(year),
		Appeals:  w.composed(reviewParts, years),
		Suits:    w.composed(suitParts, years),
		Disputes: []Series{w.regionSeries(indicator("reviews"), years), w.regionSeries(indicator("suits"), years)},
		Movers:   w.movers(indicator("requests_new"), year),
		Asking:   w.asking(nil, years, year),
	}
	for _, y := range years {
		o.ByYear = append(o.ByYear, w.basis(y))
	}
	o.Correction = w.regionSeries(indicator("review_corrected_rate"), years).Figures
	o.Procurement = w.regionSeries(indicator("procurement_total"), years).Figures
	if o.ProcurementByAgency, err = s.latestByAgency(ctx, w, indicator("procurement_total"), years); err != nil {
		return Overview{}, fmt.Errorf("overview of %s: %w", region, err)
	}
	for _, id := range []string{"licences", "penalties", "coercion", "fee_amount"} {
		o.Activity = append(o.Activity, w.regionSeries(indicator(id), years))
	}
	if own, ok := w.own(); ok {
		owed := w.owed(own, year)
		o.Own = &owed
	}
	o.Changes, err = s.db.ChangesAt(ctx, region, w.run, changesRead)
	if err != nil {
		return Overview{}, fmt.Errorf("overview of %s: %w", region, err)
	}
	return o, nil
}

// chooseYear checks a year that was asked for, or chooses the latest one with a
// report.
func (w *world) chooseYear(years []int, year int) (int, error) {
	return chooseYear(years, year, w.basis)
}

func chooseYear(years []int, year int, basis func(int) Basis) (int, error) {
	if len(years) == 0 {
		return year, nil
	}
	if year != 0 {
		if year < years[0] || year > years[len(years)-1] {
			return 0, &report.ParameterError{Name: "year", Got: fmt.Sprint(year),
				Want: fmt.Sprintf("a report year from %d to %d", years[0], years[len(years)-1])}
		}
		return year, nil
	}
	for i := len(years) - 1; i >= 0; i-- {
		if basis(years[i]).Published > 0 {
			return years[i], nil
		}
	}
	return years[len(years)-1], nil
}

// matrix is units × years; units that no portal covers come last.
func (w *world) matrix(years []int) []MatrixRow {
	rows := make([]MatrixRow, 0, len(w.agencies))
	for _, a := range w.agencies {
		row := MatrixRow{Agency: a.Agency, Cells: make([]Owed, 0, len(years))}
		for _, year := range years {
			row.Cells = append(row.Cells, w.owed(a, year))
		}
		rows = append(rows, row)
	}
	sort.SliceStable(rows, func(i, j int) bool { return !watchless(rows[i]) && watchless(rows[j]) })
	return rows
}

func watchless(row MatrixRow) bool {
	for _, c := range row.Cells {
		if c.Publication != report.NotWatched && c.Publication != "" {
			return false
		}
	}
	return true
}

// headlines are the figures at the top of the page of a region, each with the
// year before.
func (w *world) headlines(year int) []Headline {
	list := []Headline{countHeadline("published", year, w.basis)}
	for _, id := range []string{"requests_new", "open_rate", "review_corrected_rate"} {
		list = append(list, w.indicatorHeadline(indicator(id), year))
	}
	return append(list, countHeadline("clean", year, w.basis))
}

// countHeadline is a number of reports: those published out of those due, or those that
// reconcile ("clean") out of those published.
func countHeadline(id string, year int, basis func(int) Basis) Headline {
	name := standard.Label{ZH: "已发布", EN: "Published"}
	if id == "clean" {
		name = standard.Label{ZH: "全部勾稽相符", EN: "Reconciled"}
	}
	figure := func(year int) Figure {
		b := basis(year)
		part, whole := b.Published, b.Due
		if id == "clean" {
			part, whole = b.Verified, b.Published
		}
		f := Figure{Year: year, Known: true, Ratio: true, Code: "A", Basis: b,
			Numerator: report.Count(int64(part)), Denominator: report.Count(int64(whole))}
		f.Defined = whole > 0
		return f
	}
	return Headline{ID: id, Name: name, Unit: "份", Figure: figure(year), Previous: figure(year - 1)}
}

func (w *world) indicatorHeadline(ind standard.Indicator, year int) Headline {
	h := Headline{ID: ind.ID, Name: ind.Name, Unit: ind.Unit,
		Figure: w.regionFigure(ind, year, nil), Previous: w.regionFigure(ind, year-1, nil)}
	both := w.inBoth(ind, year-1, year)
	h.MatchedN = len(both)
	if b, ok := standard.BreakBetween(year-1, year, formulaCells(ind)); ok {
		h.Figure.Break, h.Figure.Cut = b.Reason.ZH, b.Hard
	}
	if h.MatchedN > 0 {
		h.MatchedNow, h.MatchedBefore = w.regionFigure(ind, year, both), w.regionFigure(ind, year-1, both)
	}
	return h
}

// inBoth returns the members whose figure is known and counted in both years, and of
// the same extent.
func (w *world) inBoth(ind standard.Indicator, before, after int) map[report.AgencyID]bool {
	both := make(map[report.AgencyID]bool)
	for _, row := range w.members() {
		_, changed := w.extent(row, before, after)
		known := !changed
		for _, year := range []int{before, after} {
			v := w.counted(w.owed(row, year))
			known = known && v != nil && v.cells.figure(ind, v.VersionValues).Known
		}
		if known {
			both[row.Agency.ID] = true
		}
	}
	return both
}

// movers are the members whose figure changed most since the year before, none
// across a hard break.
func (w *world) movers(ind standard.Indicator, year int) []Mover {
	if b, ok := standard.BreakBetween(year-1, year, formulaCells(ind)); ok && b.Hard {
		return nil
	}
	var list []Mover
	both := w.inBoth(ind, year-1, year)
	for _, row := range w.members() {
		if !both[row.Agency.ID] {
			continue
		}
		m := Mover{Agency: row.Agency, Indicator: ind,
			Before: w.figure(ind, row, year-1), After: w.figure(ind, row, year)}
		m.Change = m.After.Numerator - m.Before.Numerator
		if m.Change != 0 {
			list = append(list, m)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return abs(list[i].Change) > abs(list[j].Change) })
	return list[:min(len(list), 8)]
}

func abs(a report.Amount) report.Amount { return max(a, -a) }

// latestByAgency is the indicator of each member in the latest year in which the
// form asks for it and any report has it, largest first.
func (s *Service) latestByAgency(ctx context.Context, w *world, ind standard.Indicator, years []int) ([]AgencyFigure, error) {
	for i := len(years) - 1; i >= 0; i-- {
		if !w.asks(ind, years[i]) {
			continue
		}
		if err := s.fillYear(ctx, w, years[i]); err != nil {
			return nil, err
		}
		var list []AgencyFigure
		known := false
		for _, row := range w.members() {
			f := w.figure(ind, row, years[i])
			if f.Code == "" || f.Reason == publicationReason(Owed{Publication: report.NotWatched}) {
				continue
			}
			known = known || f.Known
			list = append(list, AgencyFigure{Agency: row.Agency, Figure: f})
		}
		if known {
			sort.SliceStable(list, func(i, j int) bool {
				a, b := list[i].Figure, list[j].Figure
				if a.Known != b.Known {
					return a.Known
				}
				return a.Numerator > b.Numerator
			})
			return list, nil
		}
	}
	return nil, nil
}

// asks reports whether the form of any member's report of a year has the indicator.
func (w *world) asks(ind standard.Indicator, year int) bool {
	for _, row := range w.members() {
		if v := w.versions[owedKey{row.Agency.ID, year}]; v != nil {
			if _, ok := ind.Formulas[v.Format]; ok {
				return true
			}
		}
	}
	return false
}

// composed is a composition over years, summed over the members.
func (w *world) composed(which int, years []int) []YearParts {
	c := composed()[which]
	return c.years(years, func(year int) YearParts {
		if w.sums != nil {
			return w.sums.composed(w, which, year)
		}
		return c.sum(w.inYear(year), year)
	})
}
