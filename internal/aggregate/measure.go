package aggregate

import (
	"math"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// effective is the effective number of the parts of a formula: 1 / Σ share². The
// denominator shows how many cases the shares are of.
func (c cells) effective(f Figure, formula standard.Formula, v store.VersionValues) Figure {
	parts := make([]report.Amount, len(formula.Numerator))
	if !c.addParts(parts, formula, &f.Zeros) {
		f.Zeros = false
		f.Code, f.Reason = c.lacks(formula.Cells())
		return f
	}
	f.finishEffective(parts)
	if f.Code == "" {
		f.Code = statusCode(v)
	}
	return f
}

// addParts adds each cell of the numerator to its part, all or none.
func (c cells) addParts(parts []report.Amount, formula standard.Formula, zeros *bool) bool {
	found := make([]report.Amount, len(parts))
	for i, t := range formula.Numerator {
		a, ok, implied := c.term(t)
		if !ok {
			return false
		}
		found[i] = a
		*zeros = *zeros || implied
	}
	for i, a := range found {
		parts[i] += a
	}
	return true
}

// finishEffective computes the number from the parts; it is not defined where they
// are all 0.
func (f *Figure) finishEffective(parts []report.Amount) {
	f.Known = true
	squares := 0.0
	for _, a := range parts {
		f.Denominator += a
		squares += a.Float() * a.Float()
	}
	if f.Denominator == 0 {
		f.Code, f.Reason = "D", "没有不予公开，不定义"
		return
	}
	f.Defined = true
	f.Value = f.Denominator.Float() * f.Denominator.Float() / squares
	f.Numerator = report.Amount(math.Round(f.Value*10)) * report.One / 10
	f.Small = small(f.Denominator)
}

// measure is the figure of one agency that the cells of its report alone do not
// give.
func (w *world) measure(ind standard.Indicator, row store.CoverageRow, year int) Figure {
	switch ind.Measure {
	case standard.Share:
		return w.share(ind, row, year)
	case standard.Top3:
		return Figure{Year: year, Ratio: true, Code: "M", Reason: "只对区域计算"}
	case standard.PublicationDay:
		return w.publicationDay(row, year)
	}
	f := Figure{Year: year, Ratio: ind.Ratio()}
	w.addMeasure(&f, ind, row, year)
	f.finishMeasure(ind)
	f.Basis = Basis{}
	return f
}

// regionMeasure is the figure of a region whose members' figures are no plain sums.
func (w *world) regionMeasure(ind standard.Indicator, year int, only map[report.AgencyID]bool) Figure {
	switch ind.Measure {
	case standard.Effective:
		return w.regionEffective(ind, year, only)
	case standard.Top3:
		return w.topThree(ind, year, only)
	case standard.Share, standard.PublicationDay:
		return Figure{Year: year, Ratio: ind.Ratio(), Code: "M", Reason: "只对单位计算", Basis: w.basis(year)}
	}
	f := Figure{Year: year, Ratio: ind.Ratio()}
	for _, row := range w.members() {
		if only == nil || only[row.Agency.ID] {
			w.addMeasure(&f, ind, row, year)
		}
	}
	f.finishMeasure(ind)
	return f
}

// share is a unit's part of the sum over the members.
func (w *world) share(ind standard.Indicator, row store.CoverageRow, year int) Figure {
	base := indicator("requests_new")
	f := w.figure(base, row, year)
	whole, ok := w.wholes[year]
	if !ok {
		whole = w.regionFigure(base, year, nil)
	}
	f.Ratio, f.Basis = true, whole.Basis
	if !f.Known {
		return f
	}
	if !f.Status.Counts() || row.Agency.Kind == standard.Government {
		f.Known, f.Defined, f.Numerator, f.Value = false, false, 0, 0
		f.Code, f.Reason = "P", "本单位的报告不计入合计"
		return f
	}
	f.Denominator = whole.Numerator
	f.Defined, f.Value = false, 0
	f.finish(ind)
	return f
}

// topThree is the part of the three largest members in the sum over all.
func (w *world) topThree(ind standard.Indicator, year int, only map[report.AgencyID]bool) Figure {
	base := indicator("requests_new")
	f := w.regionFigure(base, year, only)
	f.Ratio, f.Dominant = true, nil
	if !f.Known {
		return f
	}
	var counts []report.Amount
	for _, row := range w.members() {
		v := w.counted(w.owed(row, year))
		if v == nil || only != nil && !only[row.Agency.ID] {
			continue
		}
		if one := v.cells.figure(base, v.VersionValues); one.Known {
			counts = append(counts, one.Numerator)
		}
	}
	slices.Sort(counts)
	f.Denominator, f.Numerator, f.Defined, f.Value = f.Numerator, 0, false, 0
	for i := max(0, len(counts)-3); i < len(counts); i++ {
		f.Numerator += counts[i]
	}
	f.finish(ind)
	return f
}

// regionEffective sums the parts over the members before their shares are taken.
func (w *world) regionEffective(ind standard.Indicator, year int, only map[report.AgencyID]bool) Figure {
	f := Figure{Year: year}
	var parts []report.Amount
	for _, row := range w.members() {
		if only != nil && !only[row.Agency.ID] {
			continue
		}
		o := w.owed(row, year)
		v := w.counted(o)
		known := false
		if v != nil {
			if formula, ok := ind.Formulas[v.Format]; ok {
				if parts == nil {
					parts = make([]report.Amount, len(formula.Numerator))
				}
				known = v.cells.addParts(parts, formula, &f.Zeros)
				f.Format = v.Format
			}
		}
		f.Basis.add(&o, known)
	}
	if f.Basis.Usable == 0 {
		f.Code, f.Reason = "M", "没有可计入的报告"
		return f
	}
	f.finishEffective(parts)
	if f.Code == "" {
		f.Code = f.regionCode()
	}
	return f
}

// regionCode is the letter of a sum over counted reports.
func (f *Figure) regionCode() string {
	if f.Basis.Doubtful > 0 {
		return "P"
	}
	if f.Basis.Inconsistent > 0 {
		return "E"
	}
	return "A"
}

// publicationDay is when a report was found, in days from the end of its year; its
// interval begins at the last look without it (indicators.md §7).
func (w *world) publicationDay(row store.CoverageRow, year int) Figure {
	o := w.owed(row, year)
	f := Figure{Year: year, Version: o.Version, Status: o.Status, Format: o.Format}
	if o.Found.IsZero() {
		f.Code, f.Reason = "L", publicationReason(o)
		return f
	}
	end := day(report.Date{Year: year, Month: 12, Day: 31})
	f.Numerator = report.Count(int64(days(end, o.Found)))
	f.Known, f.Defined, f.Code, f.Value, f.High = true, true, "A", f.Numerator.Float(), f.Numerator.Float()
	if o.After.IsZero() {
		f.Reason = "此前没有查看，不知起点"
		return f
	}
	f.Low = float64(days(end, o.After))
	return f
}
