package aggregate

import (
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// add counts one agency's report and appends its tick. usable says that the figure
// counts it.
func (b *Basis) add(o *Owed, usable bool) {
	switch o.Publication {
	case report.Published:
		b.Due++
		b.Published++
		b.addStatus(o.Status)
	case report.Missing:
		b.Due++
		b.Missing++
	case report.Unknown:
		b.Due++
		b.Unknown++
	case report.NotDue:
		b.NotDue++
	case report.NotWatched:
		b.NotWatched++
	default:
		return
	}
	if o.Late || o.LateByDate {
		b.Late++
	}
	if usable {
		b.Usable++
		if !o.Status.Counts() {
			b.Doubtful++
		}
	}
	b.Ticks = append(b.Ticks, tick(o, usable))
}

// Over reports whether the basis is of anything: that of a single unit's figure is of
// nothing.
func (b Basis) Over() bool { return b.Due+b.NotDue+b.NotWatched > 0 }

func (b *Basis) addStatus(s report.Status) {
	switch s {
	case report.Verified:
		b.Verified++
	case report.Inconsistent:
		b.Inconsistent++
	case report.NeedsReview:
		b.NeedsReview++
	case report.Unreadable:
		b.Unreadable++
	}
}

func tick(o *Owed, usable bool) Tick {
	switch {
	case o.Publication == report.Missing:
		return TickMissing
	case o.Publication != report.Published:
		return TickUnknown
	case !o.Status.Counts():
		return TickReview
	case !usable:
		return TickNoCell
	case o.Status == report.Inconsistent:
		return TickInconsistent
	}
	return TickVerified
}

// basis is the coverage of a year, with every counted report usable.
func (w *world) basis(year int) Basis {
	b := w.yearBasis(year).basis
	b.Ticks = slices.Clone(b.Ticks)
	return b
}

// counted returns the version of a report that sums count, and nil where there
// is none or it needs review.
func (w *world) counted(o Owed) *version {
	if !o.Counted() && !(w.doubtful && o.Publication == report.Published && o.Status == report.NeedsReview) {
		return nil
	}
	return w.versions[owedKey{o.Agency.ID, o.Year}]
}

// figure is the indicator of one agency in a year.
func (w *world) figure(ind standard.Indicator, row store.CoverageRow, year int) Figure {
	row = w.named(row, year)
	if ind.Measure != "" && ind.Measure != standard.Effective {
		return w.measure(ind, row, year)
	}
	v := w.versions[owedKey{row.Agency.ID, year}]
	if v == nil {
		return w.unpublished(ind, row, year)
	}
	if v.Status == report.Unreadable {
		return Figure{Year: year, Ratio: ind.Ratio(), Code: "P", Reason: "报告无法读取", Version: v.ID, Status: v.Status}
	}
	f := v.cells.figure(ind, v.VersionValues)
	f.Revised = v.Number > 1
	return f
}

// unpublished is the figure of an agency that has no report of a year.
func (w *world) unpublished(ind standard.Indicator, row store.CoverageRow, year int) Figure {
	o := w.owed(row, year)
	f := Figure{Year: year, Ratio: ind.Ratio(), Code: "L", Reason: publicationReason(o)}
	if o.Publication == "" {
		f.Code, f.Reason = "", endedReason(row.Agency, year)
	}
	return f
}

func publicationReason(o Owed) string {
	switch o.Publication {
	case report.Missing:
		return "未发布"
	case report.Unknown:
		return "未能查看"
	case report.NotWatched:
		return "未纳入"
	case report.NotDue:
		return "未到期"
	}
	return ""
}

// regionFigure sums numerators and denominators over the members' counted
// reports (indicators.md §1.2). With only, it sums over those agencies alone.
func (w *world) regionFigure(ind standard.Indicator, year int, only map[report.AgencyID]bool) Figure {
	if ind.Measure != "" {
		return w.regionMeasure(ind, year, only)
	}
	if only == nil && w.sums != nil {
		return w.sums.figure(w, ind, year)
	}
	var most largest
	f := Figure{Year: year, Ratio: ind.Ratio()}
	for _, m := range w.inYear(year) {
		if only != nil && !only[m.owed.Agency.ID] {
			continue
		}
		v := m.counted
		if v == nil {
			f.Basis.add(m.owed, false)
			continue
		}
		one := v.cells.figure(ind, v.VersionValues)
		f.Basis.add(m.owed, one.Known)
		if one.Known {
			f.Numerator += one.Numerator
			f.Denominator += one.Denominator
			f.Zeros = f.Zeros || one.Zeros
			f.Format = v.Format
			most.see(m.owed.Agency, one)
		}
	}
	f.finishRegion(ind, most)
	return f
}

// finishRegion ends a sum over members.
func (f *Figure) finishRegion(ind standard.Indicator, most largest) {
	if f.Basis.Usable == 0 {
		f.Code, f.Reason = "M", "没有可计入的报告"
		return
	}
	f.Known = true
	f.finish(ind)
	if f.Code == "" {
		f.Code = f.regionCode()
	}
	f.Dominant = most.dominant(ind, *f)
}

// markBreaks notes on each figure of ascending years the break before it.
func markBreaks(ind standard.Indicator, figures []Figure) {
	for i := 1; i < len(figures); i++ {
		b, ok := standard.BreakBetween(figures[i-1].Year, figures[i].Year, formulaCells(ind))
		if ok {
			figures[i].Break, figures[i].Cut = b.Reason.ZH, b.Hard
		}
	}
}

func formulaCells(ind standard.Indicator) []standard.CellCode {
	var codes []standard.CellCode
	for _, format := range standard.Formats() {
		codes = append(codes, ind.Formulas[format].Cells()...)
	}
	return codes
}

// series is the indicator of one agency over years.
func (w *world) series(ind standard.Indicator, row store.CoverageRow, years []int) Series {
	s := Series{Indicator: ind, Agency: row.Agency, Region: row.Agency.Region, Name: row.Agency.Short, Years: years}
	for _, year := range years {
		s.Figures = append(s.Figures, w.figure(ind, row, year))
	}
	markBreaks(ind, s.Figures)
	w.markSuccessions(row, s.Figures)
	return s
}

// regionSeries is the indicator summed over the members over years.
func (w *world) regionSeries(ind standard.Indicator, years []int) Series {
	s := Series{Indicator: ind, Region: w.region.Code, Name: w.region.Name, Years: years}
	for _, year := range years {
		s.Figures = append(s.Figures, w.regionFigure(ind, year, nil))
	}
	markBreaks(ind, s.Figures)
	return s
}

// indicator returns an indicator that this package names itself.
func indicator(id string) standard.Indicator {
	ind, _ := standard.IndicatorOf(id)
	return ind
}
