package aggregate

import (
	"math"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// cells is one version's values with what its own printed sums prove: a blank
// that the known parts of a sum force to 0 counts as 0 (indicators.md §1.1).
type cells struct {
	form    *standard.Form
	values  []report.Value
	implied []bool // nil where nothing is implied
	zeros   bool   // a reader takes the blanks for 0
}

func newCells(v store.VersionValues) cells {
	c := cells{form: standard.FormOf(v.Format), values: v.Values}
	if c.form == nil || len(c.values) != len(c.form.Cells) {
		return cells{}
	}
	if !hasEmpty(c.values) {
		return c
	}
	for _, sum := range standard.Sums(v.Format) {
		c.imply(sum)
	}
	return c
}

func hasEmpty(values []report.Value) bool {
	for _, v := range values {
		if empty(v.State) {
			return true
		}
	}
	return false
}

func empty(s report.State) bool { return s == report.Blank || s == report.Dash }

// imply marks the empty parts of a sum whose known parts equal its printed total.
func (c *cells) imply(sum standard.Sum) {
	total, ok := c.value(sum.Total).Known()
	if !ok {
		return
	}
	var known report.Amount
	var blanks []int
	for _, code := range sum.Parts {
		cell, _ := c.form.Cell(code)
		v := c.values[cell.Index]
		switch {
		case v.State == report.Printed:
			known += v.Amount
		case empty(v.State):
			blanks = append(blanks, cell.Index)
		default:
			return
		}
	}
	if known != total || len(blanks) == 0 {
		return
	}
	if c.implied == nil {
		c.implied = make([]bool, len(c.values))
	}
	for _, i := range blanks {
		c.implied[i] = true
	}
}

func (c cells) value(code standard.CellCode) report.Value {
	if c.form == nil {
		return report.Value{}
	}
	cell, ok := c.form.Cell(code)
	if !ok {
		return report.Value{}
	}
	return c.values[cell.Index]
}

// amount returns the figure of a cell, whether it is known, and whether it was
// implied by the printed sums.
func (c cells) amount(code standard.CellCode) (amount report.Amount, known, implied bool) {
	if c.form == nil {
		return 0, false, false
	}
	cell, ok := c.form.Cell(code)
	if !ok {
		return 0, false, false
	}
	if v := c.values[cell.Index]; v.State == report.Printed {
		return v.Amount, true, false
	}
	if c.implied != nil && c.implied[cell.Index] || c.zeros && empty(c.values[cell.Index].State) {
		return 0, true, true
	}
	return 0, false, false
}

// sum adds terms; it is known only where every one of them is.
func (c cells) sum(terms []standard.Term) (total report.Amount, known, implied bool) {
	for _, t := range terms {
		a, ok, zero := c.amount(t.Cell)
		if !ok {
			return 0, false, false
		}
		implied = implied || zero
		if t.Minus {
			a = -a
		}
		total += a
	}
	return total, true, implied
}

// figure computes an indicator from one version.
func (c cells) figure(ind standard.Indicator, v store.VersionValues) Figure {
	f := Figure{Year: v.Year, Ratio: ind.Ratio(), Version: v.ID, Status: v.Status, Format: v.Format}
	formula, ok := ind.Formulas[v.Format]
	if c.form == nil || !ok {
		f.Code, f.Reason = "M", "该年格式没有此项"
		return f
	}
	if ind.Measure == standard.Effective {
		return c.effective(f, formula, v)
	}
	numerator, known, zeros := c.sum(formula.Numerator)
	f.Numerator, f.Zeros = numerator, zeros
	if known && f.Ratio {
		f.Denominator, known, zeros = c.sum(formula.Denominator)
		f.Zeros = f.Zeros || zeros
	}
	if !known {
		f.Numerator, f.Denominator, f.Zeros = 0, 0, false
		f.Code, f.Reason = "M", "原文有关栏目空白、划线或缺项"
		return f
	}
	f.Known = true
	f.finish(ind)
	if f.Code == "" {
		f.Code = statusCode(v)
	}
	return f
}

// statusCode is the letter of a version's figures: a doubt outweighs an error in
// the report, which outweighs a revision.
func statusCode(v store.VersionValues) string {
	switch {
	case v.Status == report.NeedsReview:
		return "P"
	case v.Status == report.Inconsistent:
		return "E"
	case v.Number > 1:
		return "R"
	}
	return "A"
}

// finish computes what follows from numerator and denominator.
func (f *Figure) finish(ind standard.Indicator) {
	if !f.Ratio {
		f.Value, f.Defined = f.Numerator.Float(), true
		return
	}
	if f.Denominator == 0 {
		f.Code, f.Reason = "D", "分母为 0，不定义"
		return
	}
	f.Defined = true
	f.Value = ind.Scale() * float64(f.Numerator) / float64(f.Denominator)
	if ind.Unit == "%" || ind.Unit == "每百件" {
		f.Small = small(f.Denominator)
	}
	if ind.Proportion() && f.Numerator >= 0 && f.Numerator <= f.Denominator {
		low, high := wilson(f.Numerator.Float(), f.Denominator.Float())
		f.Low, f.High = ind.Scale()*low, ind.Scale()*high
	}
}

// small says how a ratio with this denominator may be shown (indicators.md §1.4).
func small(d report.Amount) string {
	switch {
	case d < report.Count(10):
		return "fraction"
	case d < report.Count(30):
		return "no_rank"
	}
	return ""
}

// wilson returns the 95 % interval of k of n.
func wilson(k, n float64) (low, high float64) {
	const z = 1.959964
	p := k / n
	centre := p + z*z/(2*n)
	spread := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	scale := 1 + z*z/n
	return max(0, (centre-spread)/scale), min(1, (centre+spread)/scale)
}
