package aggregate

import (
	"context"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A tally counts the findings of a report: errors attributed to the agency, and
// errors and warnings of any attribution.
type tally struct{ agencyErrors, serious int }

// prepare loads what an indicator needs beyond the figures of the reports.
func (s *Service) prepare(ctx context.Context, w *world, ind standard.Indicator) error {
	if ind.Measure == standard.Share && w.wholes == nil {
		w.wholes = make(map[int]Figure)
		for _, year := range w.years() {
			w.wholes[year] = w.regionFigure(indicator("requests_new"), year, nil)
		}
	}
	if fill := s.counters()[ind.Measure]; fill != nil && w.counts[ind.Measure] == nil {
		if w.counts == nil {
			w.counts = make(map[standard.Measure]map[owedKey]part)
		}
		w.counts[ind.Measure] = make(map[owedKey]part)
		return fill(ctx, w, w.counts[ind.Measure])
	}
	if ind.Measure != standard.Clean && ind.Measure != standard.FindingsPerReport || w.failed != nil {
		return nil
	}
	list, err := s.db.Findings(ctx, store.Query{Region: w.region.Code, AsOf: w.run}, 0)
	if err != nil {
		return err
	}
	w.failed = make(map[owedKey]tally)
	for _, f := range list {
		key := owedKey{f.Agency, f.Year}
		t := w.failed[key]
		if f.Severity == report.Error && f.Attribution == report.ByAgency {
			t.agencyErrors++
		}
		if f.Severity != report.Notice {
			t.serious++
		}
		w.failed[key] = t
	}
	return nil
}

// addMeasure adds what one agency brings to a measure of the reports: so many out
// of so many, or nothing where the measure does not speak of it.
func (w *world) addMeasure(f *Figure, ind standard.Indicator, row store.CoverageRow, year int) {
	o := w.owed(row, year)
	v := w.versions[owedKey{row.Agency.ID, year}]
	n, d := w.reportMeasure(ind.Measure, o, v)
	f.Numerator += report.Count(int64(n))
	f.Denominator += report.Count(int64(d))
	f.Basis.add(&o, d > 0)
}

// finishMeasure ends a measure of the reports. Without anything to count it is not
// available, which is not 0.
func (f *Figure) finishMeasure(ind standard.Indicator) {
	if f.Denominator == 0 {
		f.Code, f.Reason = "M", "没有可计入的报告"
		return
	}
	f.Known = true
	f.finish(ind)
	if f.Code == "" {
		f.Code = "A"
	}
}

// reportMeasure is a measure of one report: n of d.
func (w *world) reportMeasure(m standard.Measure, o Owed, v *version) (n, d int) {
	switch m {
	case standard.ReuseMeasure, standard.Availability, standard.FixTime:
		p := w.counts[m][owedKey{o.Agency.ID, o.Year}]
		return p.n, p.d
	case standard.OnTime, standard.SurelyLate, standard.Untold, standard.MissingMeasure, standard.CoverageMeasure:
		return timing(m, o)
	}
	if v == nil || v.Status == report.Unreadable {
		return w.unread(m, o, v)
	}
	switch m {
	case standard.Clean:
		if !o.Counted() {
			return 0, 0
		}
		return truth(w.failed[owedKey{o.Agency.ID, o.Year}].agencyErrors == 0), 1
	case standard.FindingsPerReport:
		return w.failed[owedKey{o.Agency.ID, o.Year}].serious, 1
	case standard.CarryConsistency:
		return w.carried(o)
	case standard.BlankShare:
		return v.cells.countStates(report.Blank, report.Dash), v.cells.values.Len()
	case standard.VerifiedShare:
		if v.Status != report.Verified {
			return 0, v.cells.values.Len()
		}
		return v.cells.countStates(report.Blank, report.Dash, report.Words, report.Printed), v.cells.values.Len()
	case standard.Revised:
		return truth(v.Number > 1), 1
	case standard.MachineReadable:
		return truth(v.FindingRules["form.image_table"] == 0), 1
	}
	return 0, 0
}

// unread is a measure of a report that is not there or has no table.
func (w *world) unread(m standard.Measure, o Owed, v *version) (n, d int) {
	due := o.Publication == report.Published || o.Publication == report.Missing || o.Publication == report.Unknown
	switch {
	case m == standard.VerifiedShare && due:
		format, _ := standard.FormatForYear(o.Year)
		if form := standard.FormOf(format); form != nil {
			return 0, len(form.Cells)
		}
	case m == standard.MachineReadable && v != nil:
		return 0, 1
	case m == standard.Revised && v != nil:
		return truth(v.Number > 1), 1
	}
	return 0, 0
}

// timing sorts a report that is due into one of four parts, which add up to all:
// surely on time, surely late, cannot be told, missing.
func timing(m standard.Measure, o Owed) (n, d int) {
	var part standard.Measure
	switch o.Publication {
	case report.Missing:
		part = standard.MissingMeasure
	case report.Unknown:
		part = standard.Untold
	case report.Published:
		part = standard.Untold
		switch {
		case m == standard.CoverageMeasure:
			part = m
		case o.Late:
			part = standard.SurelyLate
		case o.Found.Before(endOf(o.Deadline)):
			part = standard.OnTime
		}
	default:
		return 0, 0
	}
	return truth(part == m), 1
}

// carried compares the total carried in with what the year before carried out,
// where both are printed.
func (w *world) carried(o Owed) (n, d int) {
	before, after := w.versions[owedKey{o.Agency.ID, o.Year - 1}], w.versions[owedKey{o.Agency.ID, o.Year}]
	if before == nil || !before.Status.Counts() || !o.Counted() {
		return 0, 0
	}
	out, known := before.cells.value(standard.At("requests.carried_out", standard.Total)).Known()
	in, also := after.cells.value(standard.At("requests.carried_in", standard.Total)).Known()
	if !known || !also {
		return 0, 0
	}
	return truth(in == out), 1
}

// countStates counts the cells in any of these states.
func (c cells) countStates(states ...report.State) (n int) {
	for i := range c.values.Len() {
		if state, _ := c.values.At(i); slices.Contains(states, state) {
			n++
		}
	}
	return n
}

func truth(is bool) int {
	if is {
		return 1
	}
	return 0
}
