package aggregate

import (
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Per sets a count against something, so that units of different size compare. We
// hold no numbers of residents, so there is no figure per head.
type Per string

// What a count can be set against.
const (
	PerDecided Per = "decided" // the requests that the same reports say were decided, each hundred
	PerReport  Per = "report"  // the reports that a sum over a region counts
)

// The units of what is counted in cases, and in reports.
const (
	cases  = "件"
	copies = "份"
)

// Fits reports whether a count of an indicator means something when set against what
// Per says: only counts of cases have a share of the requests decided, and what is a
// ratio already is set against nothing further.
func (p Per) Fits(ind standard.Indicator) bool {
	switch p {
	case "":
		return true
	case PerDecided:
		of := ind.Group == "outcomes" || ind.Group == "disputes" || ind.Group == "pace"
		return of && ind.Measure == "" && !ind.Ratio() && ind.Unit == cases
	case PerReport:
		return ind.Measure == "" && !ind.Ratio()
	}
	return false
}

// of is the indicator set against something: its numerator over the requests decided,
// both of the same reports.
func (p Per) of(ind standard.Indicator) (standard.Indicator, error) {
	if !p.Fits(ind) {
		return ind, &report.ParameterError{Name: "per", Got: string(p), Want: "decided（每百件办结，限件数指标）、report（每份报告）或不写；比率不再折算"}
	}
	switch p {
	case PerReport:
		ind.Unit = ind.Unit + "/" + copies
	case PerDecided:
		decided, _ := standard.IndicatorOf("requests_closed")
		formulas := make(map[standard.Format]standard.Formula, len(ind.Formulas))
		for format, f := range ind.Formulas {
			if d, ok := decided.Formulas[format]; ok {
				formulas[format] = standard.Formula{Numerator: f.Numerator, Denominator: d.Numerator}
			}
		}
		ind.Formulas, ind.Unit = formulas, "每百件"
	}
	return ind, nil
}

// perReport divides sums by the reports that they count. A unit's own figure is that
// of one report.
func (c *Comparison) perReport() {
	for i := range c.Series {
		for j := range c.Series[i].Figures {
			f := &c.Series[i].Figures[j]
			if !f.Known {
				continue
			}
			n := report.One
			if c.Series[i].Agency.ID == "" {
				n = report.Count(int64(f.Basis.Usable))
			}
			if n == 0 {
				f.Known, f.Defined = false, false
				continue
			}
			f.Ratio, f.Denominator = true, n
			f.Value = f.Numerator.Float() / n.Float()
		}
	}
}
