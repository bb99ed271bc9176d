package aggregate

import (
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A Pool is a span of years of one form whose figures are summed.
type Pool struct {
	Format   standard.Format
	From, To int
}

// Name says what the figure is: the sum over the years of the span.
func (p Pool) Name() standard.Label {
	if p.From == p.To {
		return standard.Label{ZH: fmt.Sprint(p.From, " 年"), EN: fmt.Sprint(p.From)}
	}
	return standard.Label{ZH: fmt.Sprintf("%d—%d 年合计", p.From, p.To), EN: fmt.Sprintf("%d to %d summed", p.From, p.To)}
}

// pools are the spans of the forms that lie in the years asked for.
func pools(ind standard.Indicator, from, to int) []Pool {
	var list []Pool
	for _, format := range standard.Formats() {
		form := standard.FormOf(format)
		p := Pool{Format: format, From: max(from, form.From), To: to}
		if form.To != 0 {
			p.To = min(to, form.To)
		}
		if _, ok := ind.Formulas[format]; ok && p.From <= p.To {
			list = append(list, p)
		}
	}
	return list
}

// pooledSeries is the indicator of an agency, or of a region where row is nil, with
// one figure for each form: the sum of the numerators over the sum of the
// denominators of its years. Its years are the last of each span.
func (w *world) pooledSeries(ind standard.Indicator, row *store.CoverageRow, q CompareQuery) Series {
	s := Series{Indicator: ind, Region: w.region.Code, Name: w.region.Name}
	rows := w.members()
	if row != nil {
		s.Agency, s.Region, s.Name = row.Agency, row.Agency.Region, row.Agency.Short
		rows = []store.CoverageRow{*row}
	}
	years := w.years()
	if len(years) == 0 {
		return s
	}
	from, to := years[0], years[len(years)-1]
	if q.From != 0 {
		from = q.From
	}
	if q.To != 0 {
		to = q.To
	}
	for _, p := range pools(ind, from, to) {
		s.Years = append(s.Years, p.To)
		s.Figures = append(s.Figures, w.pooled(ind, rows, p))
	}
	return s
}

// pooled sums the counted reports of a span that are of its form. The basis counts
// reports, one for each unit and year.
func (w *world) pooled(ind standard.Indicator, rows []store.CoverageRow, p Pool) Figure {
	f := Figure{Year: p.To, From: p.From, Ratio: ind.Ratio(), Format: p.Format}
	if !ind.Pools() {
		f.Code, f.Reason = "M", "跨年相加会重复计算，不作合计"
		return f
	}
	var most largest
	var parts []report.Amount
	for _, row := range rows {
		unit := Figure{Ratio: f.Ratio}
		for year := p.From; year <= p.To; year++ {
			o := w.owed(row, year)
			if o.Publication == "" {
				continue
			}
			one, known := w.pooledYear(ind, o, p.Format, &parts)
			f.Basis.add(&o, known)
			if known {
				unit.Numerator += one.Numerator
				unit.Denominator += one.Denominator
				f.Zeros = f.Zeros || one.Zeros
			}
		}
		f.Numerator += unit.Numerator
		f.Denominator += unit.Denominator
		most.see(row.Agency, unit)
	}
	f.finishPool(ind, parts)
	if len(rows) > 1 && f.Known && ind.Measure == "" {
		f.Dominant = most.dominant(ind, f)
	}
	return f
}

// pooledYear is what one report brings to a sum over years.
func (w *world) pooledYear(ind standard.Indicator, o Owed, format standard.Format, parts *[]report.Amount) (Figure, bool) {
	v := w.counted(o)
	if v == nil || v.Format != format {
		return Figure{}, false
	}
	if ind.Measure != standard.Effective {
		one := v.cells.figure(ind, v.VersionValues)
		return one, one.Known
	}
	formula := ind.Formulas[format]
	if *parts == nil {
		*parts = make([]report.Amount, len(formula.Numerator))
	}
	var one Figure
	return one, v.cells.addParts(*parts, formula, &one.Zeros)
}

// finishPool ends a sum over years.
func (f *Figure) finishPool(ind standard.Indicator, parts []report.Amount) {
	if f.Basis.Usable == 0 {
		f.Numerator, f.Denominator = 0, 0
		f.Code, f.Reason = "M", "没有可计入的报告"
		return
	}
	f.Known = true
	if parts != nil {
		f.Denominator = 0
		f.finishEffective(parts)
	} else {
		f.finish(ind)
	}
	if f.Code == "" {
		f.Code = f.regionCode()
	}
}

// alignPools gives all series the same spans, those that any has.
func (c *Comparison) alignPools(q CompareQuery) {
	spans := make(map[standard.Format]Pool)
	for _, s := range c.Series {
		for _, f := range s.Figures {
			p, ok := spans[f.Format]
			if !ok {
				p = Pool{Format: f.Format, From: f.From, To: f.Year}
			}
			p.From, p.To = min(p.From, f.From), max(p.To, f.Year)
			spans[f.Format] = p
		}
	}
	for _, format := range standard.Formats() {
		if p, ok := spans[format]; ok {
			c.Pools, c.Years = append(c.Pools, p), append(c.Years, p.To)
		}
	}
	for i := range c.Series {
		s := &c.Series[i]
		have := make(map[standard.Format]Figure)
		for _, f := range s.Figures {
			have[f.Format] = f
		}
		s.Years, s.Figures = c.Years, nil
		for _, p := range c.Pools {
			f, ok := have[p.Format]
			if !ok {
				f = Figure{Ratio: s.Indicator.Ratio(), Format: p.Format}
			}
			f.From, f.Year = p.From, p.To
			s.Figures = append(s.Figures, f)
		}
		s.markPoolBreaks(c.Pools)
	}
}

// markPoolBreaks notes on each span the break between it and the one before.
func (s *Series) markPoolBreaks(spans []Pool) {
	for i := 1; i < len(spans); i++ {
		if b, ok := standard.BreakBetween(spans[i-1].To, spans[i].From, formulaCells(s.Indicator)); ok {
			s.Figures[i].Break, s.Figures[i].Cut = b.Reason.ZH, b.Hard
		}
	}
}
