package aggregate

import (
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/report"
)

// A How says by which figure a unit would explain a gap between a region's own report
// and the sum over its members. It is arithmetic and says nothing of causes.
type How string

// The ways, in which d is the region's own figure less the sum.
const (
	// HowAlone is the only member without a figure: it would need to bring d.
	HowAlone How = "left_out"
	// HowReading is a member left out for review whose figure, as read so far, is d.
	HowReading How = "reading"
	// HowOver is a member whose figure is what the members exceed the whole by.
	HowOver How = "over"
	// HowUnder is a member whose figure is what the whole exceeds the members by,
	// where every member has one.
	HowUnder How = "under"
)

// An Explanation is a unit that would explain the gap of a cell alone.
type Explanation struct {
	Agency report.AgencyID
	Name   string
	How    How
}

// An Explainer is a unit with the number of cells whose gap it would explain: one that
// explains many says more than one that fits a single figure.
type Explainer struct {
	Explanation
	Cells int
}

// explain finds the members that would explain the gap of a cell alone.
func (w *world) explain(c RollUpCell, members []memberYear) []Explanation {
	if !c.Gap() {
		return nil
	}
	var all []Explanation
	for _, m := range members {
		if how := w.explains(c, m); how != "" {
			all = append(all, Explanation{m.owed.Agency.ID, m.owed.Agency.Short, how})
		}
	}
	return all
}

func (w *world) explains(c RollUpCell, m memberYear) How {
	var amount report.Amount
	known := false
	if m.counted != nil {
		amount, known, _ = m.counted.cells.amount(c.Cell.Code)
	}
	switch {
	case known && c.Diff < 0 && amount == -c.Diff:
		return HowOver
	case known && c.Diff > 0 && amount == c.Diff && c.LeftOut == 0:
		return HowUnder
	case known || c.Diff < 0 && !c.Cell.Signed():
		return ""
	case w.reads(c, m):
		return HowReading
	case c.LeftOut == 1:
		return HowAlone
	}
	return ""
}

// reads reports whether a member that is left out for review has the remainder in the
// cell, as it was read so far.
func (w *world) reads(c RollUpCell, m memberYear) bool {
	v := w.versions[owedKey{m.owed.Agency.ID, m.owed.Year}]
	if m.counted != nil || v == nil {
		return false
	}
	amount, known, _ := v.cells.amount(c.Cell.Code)
	return known && amount == c.Diff
}

// explainers counts the cells that each unit would explain, most first and then in the
// order of the cells.
func explainers(cells []RollUpCell) []Explainer {
	var all []Explainer
	at := make(map[Explanation]int)
	for _, c := range cells {
		for _, e := range c.Explain {
			i, ok := at[e]
			if !ok {
				i = len(all)
				at[e], all = i, append(all, Explainer{Explanation: e})
			}
			all[i].Cells++
		}
	}
	slices.SortStableFunc(all, func(a, b Explainer) int { return b.Cells - a.Cells })
	return all
}

// explained is the sentence that names the units of a finding, in both languages.
func explained(by []Explanation) (zh, en string) {
	if len(by) == 0 {
		return "", ""
	}
	names := make([]string, len(by))
	for i, e := range by {
		names[i] = e.Name
	}
	return fmt.Sprintf("%s的数恰为相差之数。", strings.Join(names, "、")),
		fmt.Sprintf(" The figure of %s is the difference.", strings.Join(names, ", "))
}
