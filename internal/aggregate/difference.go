package aggregate

import (
	"context"
	"fmt"
	"math"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A Difference is the change of an indicator between two years (indicators.md §1.5,
// §1.6). Where it cannot be told, or the years lie on two sides of a break, Reason
// says why and there is no number.
type Difference struct {
	Unit          string
	Name          string
	From, To      int
	Before, After Figure
	Known         bool
	Change        float64 // in percentage points for %, and else in the unit
	Relative      float64 // in %, of counts whose earlier value is 20 or more
	HasRelative   bool
	// Of a region, the same over the units that have both years. Differ says that
	// both are to be shown: they are more than 1 % apart.
	MatchedN                    int
	MatchedBefore, MatchedAfter Figure
	MatchedChange               float64
	Differ                      bool
	Reason                      standard.Label
}

// relativeFloor is the least earlier value of which a relative change is told.
const relativeFloor = 20

// Differences answers the change of an indicator of agencies or regions between the
// years From and To of the query, one for each unit.
func (s *Service) Differences(ctx context.Context, q CompareQuery) ([]Difference, error) {
	ind, ok := standard.IndicatorOf(q.Indicator)
	if !ok {
		return nil, unknownIndicator(q.Indicator)
	}
	if q.From == 0 || q.To <= q.From {
		return nil, &report.ParameterError{Name: "to", Got: fmt.Sprint(q.To), Want: "a report year after from, both given"}
	}
	if len(q.Units) > maxUnits {
		return nil, &report.ParameterError{Name: "units", Got: fmt.Sprint(len(q.Units), " units"), Want: fmt.Sprintf("at most %d", maxUnits)}
	}
	var list []Difference
	worlds := make(map[standard.RegionCode]*world)
	for _, unit := range q.Units {
		w, row, err := s.worldOf(ctx, worlds, unit, q.AsOf)
		if err != nil {
			return nil, err
		}
		if err := s.prepare(ctx, w, ind); err != nil {
			return nil, fmt.Errorf("unit %s: %w", unit, err)
		}
		w.doubtful = q.Review
		if q.BlankAsZero {
			w.readBlanksAsZero()
		}
		d := w.difference(ind, row, q.From, q.To)
		d.Unit = unit
		list = append(list, d)
	}
	return list, nil
}

// difference is that of an agency, or of a region where row is nil.
func (w *world) difference(ind standard.Indicator, row *store.CoverageRow, from, to int) Difference {
	d := Difference{From: from, To: to, Name: w.region.Name}
	if row != nil {
		d.Name = row.Agency.Short
		d.Before, d.After = w.figure(ind, *row, from), w.figure(ind, *row, to)
	} else {
		d.Before, d.After = w.regionFigure(ind, from, nil), w.regionFigure(ind, to, nil)
	}
	if why, broken := brokenBetween(ind, from, to); broken {
		d.Reason = why
		return d
	}
	if row != nil {
		if why, broken := w.extent(*row, from, to); broken {
			d.Reason = why
			return d
		}
	}
	for _, f := range []Figure{d.Before, d.After} {
		if why := noChange(f); why != "" {
			d.Reason = standard.Label{ZH: fmt.Sprintf("%d 年：%s", f.Year, why), EN: fmt.Sprintf("no comparable figure for %d", f.Year)}
			return d
		}
	}
	d.Known, d.Change = true, d.After.Value-d.Before.Value
	if !ind.Ratio() && d.Before.Value >= relativeFloor {
		d.HasRelative, d.Relative = true, 100*d.Change/d.Before.Value
	}
	if row == nil && ind.Measure == "" {
		d.match(w, ind)
	}
	return d
}

// noChange says why a figure is no end of a change, "" where it is one.
func noChange(f Figure) string {
	switch {
	case !f.Known || !f.Defined:
		if f.Reason == "" {
			return "没有数值"
		}
		return f.Reason
	case f.Code == "P":
		return "待复核"
	case f.Small == "fraction":
		return "分母小于 10，只列几分之几"
	}
	return ""
}

// match computes the change over the units that have both years.
func (d *Difference) match(w *world, ind standard.Indicator) {
	both := w.inBoth(ind, d.From, d.To)
	d.MatchedN = len(both)
	if d.MatchedN == 0 {
		return
	}
	d.MatchedBefore, d.MatchedAfter = w.regionFigure(ind, d.From, both), w.regionFigure(ind, d.To, both)
	d.MatchedChange = d.MatchedAfter.Value - d.MatchedBefore.Value
	d.Differ = apart(d.Change, d.MatchedChange, d.Before.Value, d.MatchedBefore.Value, ind.Unit == "%")
}

// apart reports whether two changes differ by more than 1 %: of the earlier value
// for counts, and by one percentage point for rates.
func apart(a, b, beforeA, beforeB float64, points bool) bool {
	if points {
		return math.Abs(a-b) > 1
	}
	if beforeA == 0 || beforeB == 0 {
		return a != b
	}
	return math.Abs(a/beforeA-b/beforeB) > 0.01
}

// brokenBetween returns the reason of the first break that lies between two years
// and concerns the indicator.
func brokenBetween(ind standard.Indicator, from, to int) (standard.Label, bool) {
	cells := comparableCells(ind)
	for _, b := range standard.Breaks() {
		if from > b.Before || to < b.After {
			continue
		}
		if _, ok := standard.BreakBetween(b.Before, b.After, cells); ok {
			return b.Reason, true
		}
	}
	return standard.Label{}, false
}

// comparableCells are the cells of an indicator whose breaks concern it: rows that
// one form has once and another in three are comparable where all of them are
// summed.
func comparableCells(ind standard.Indicator) []standard.CellCode {
	var cells []standard.CellCode
	whole := len(standard.OtherOutcomes(standard.F2021))
	for _, format := range standard.Formats() {
		formula := ind.Formulas[format]
		rows := 0
		for _, t := range formula.Numerator {
			if isOther(t.Cell) {
				rows++
			}
		}
		_, old := ind.Formulas[standard.F2019]
		summed := old && (format != standard.F2021 || rows == whole)
		for _, code := range formula.Cells() {
			if !isOther(code) || !summed {
				cells = append(cells, code)
			}
		}
	}
	return cells
}

func isOther(code standard.CellCode) bool {
	return code.Row() == "outcome.other" || len(code) > 14 && code[:14] == "outcome.other."
}
