package aggregate

import (
	"math"
	"sync"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// cells is one version's values with what its own printed sums prove: a blank
// that the known parts of a sum force to 0 counts as 0 (indicators.md §1.1).
type cells struct {
	form   *standard.Form
	values store.Cells
	proof  *proof // shared by copies, so that it is made once
	zeros  bool   // a reader takes the blanks for 0
}

// A proof says which empty cells the printed sums force to 0. It is made when the first
// empty cell is asked for.
type proof struct {
	made    bool
	implied []bool // nil where nothing is implied
}

func newCells(v store.VersionValues) cells {
	c := cells{form: standard.FormOf(v.Format), values: v.Cells, proof: &proof{}}
	if v.Values != nil {
		c.values = store.CellsOf(v.Values)
	}
	if c.form == nil || c.values.Len() != len(c.form.Cells) {
		return cells{}
	}
	return c
}

func hasEmpty(values store.Cells) bool {
	for state := range values.All() {
		if empty(state) {
			return true
		}
	}
	return false
}

func empty(s report.State) bool { return s == report.Blank || s == report.Dash }

// forced reports whether the printed sums force an empty cell to 0.
func (c cells) forced(i int) bool {
	if c.proof == nil {
		return false
	}
	if !c.proof.made {
		c.proof.made = true
		for _, sum := range sumPlaces()[c.form.Format] {
			c.imply(sum)
		}
	}
	return c.proof.implied != nil && c.proof.implied[i]
}

// A sumPlace is a standard.Sum by the positions of its cells.
type sumPlace struct {
	total int
	parts []int
}

var sumPlaces = sync.OnceValue(func() map[standard.Format][]sumPlace {
	all := make(map[standard.Format][]sumPlace)
	for _, format := range standard.Formats() {
		form := standard.FormOf(format)
		for _, sum := range standard.Sums(format) {
			total, _ := form.Cell(sum.Total)
			place := sumPlace{total: total.Index}
			for _, code := range sum.Parts {
				part, _ := form.Cell(code)
				place.parts = append(place.parts, part.Index)
			}
			all[format] = append(all[format], place)
		}
	}
	return all
})

// imply marks the empty parts of a sum whose known parts equal its printed total.
func (c cells) imply(sum sumPlace) {
	state, total := c.values.At(sum.total)
	if state != report.Printed {
		return
	}
	var known report.Amount
	blanks := 0
	for _, i := range sum.parts {
		switch state, amount := c.values.At(i); {
		case state == report.Printed:
			known += amount
		case empty(state):
			blanks++
		default:
			return
		}
	}
	if known != total || blanks == 0 {
		return
	}
	if c.proof.implied == nil {
		c.proof.implied = make([]bool, c.values.Len())
	}
	for _, i := range sum.parts {
		if state, _ := c.values.At(i); empty(state) {
			c.proof.implied[i] = true
		}
	}
}

func (c cells) value(code standard.CellCode) report.Value {
	if c.form == nil {
		return report.Value{}
	}
	i, ok := c.form.Index(code)
	if !ok {
		return report.Value{}
	}
	return c.values.Value(i)
}

// amount returns the figure of a cell, whether it is known, and whether it was
// implied by the printed sums.
func (c cells) amount(code standard.CellCode) (amount report.Amount, known, implied bool) {
	if c.form == nil {
		return 0, false, false
	}
	i, ok := c.form.Index(code)
	if !ok {
		return 0, false, false
	}
	return c.amountAt(i)
}

// amountAt is amount of the cell at a position of the form.
func (c cells) amountAt(i int) (amount report.Amount, known, implied bool) {
	state, amount := c.values.At(i)
	switch {
	case state == report.Printed:
		return amount, true, false
	case empty(state) && (c.zeros || c.forced(i)):
		return 0, true, true
	}
	return 0, false, false
}

// standing is what stands in a cell of a form, found by its place where the version is of
// that form, and the figure where it is known.
func (c cells) standing(form *standard.Form, cell standard.Cell) (state report.State, amount report.Amount, known bool) {
	if c.form != form {
		amount, known, _ = c.amount(cell.Code)
		return c.value(cell.Code).State, amount, known
	}
	state, _ = c.values.At(cell.Index)
	amount, known, _ = c.amountAt(cell.Index)
	return state, amount, known
}

// term returns the figure of a term. Terms of other than this form are looked up.
func (c cells) term(t standard.Term) (amount report.Amount, known, implied bool) {
	if i := t.Place - 1; i >= 0 && c.form != nil && i < c.values.Len() && c.form.Cells[i].Code == t.Cell {
		return c.amountAt(i)
	}
	return c.amount(t.Cell)
}

// sum adds terms; it is known only where every one of them is.
func (c cells) sum(terms []standard.Term) (total report.Amount, known, implied bool) {
	for _, t := range terms {
		a, ok, zero := c.term(t)
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
		f.Code, f.Reason = "M", noItemWords
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
		f.Code, f.Reason = c.lacks(formula.Cells())
		return f
	}
	f.Known = true
	f.finish(ind)
	if f.Code == "" {
		f.Code = statusCode(v)
	}
	return f
}

// Why a version has no figure.
const (
	noItemWords   = "该年格式没有此项"
	noFigureWords = "原文有关栏目空白、划线或缺项"
	unreadWords   = "有关栏目未能确读，待复核"
)

// lacks says why an indicator is not available: a cell that was not read is ours to
// settle, any other is as the report has it.
func (c cells) lacks(codes []standard.CellCode) (code, reason string) {
	for _, cell := range codes {
		if c.value(cell).State == report.Unread {
			return "P", unreadWords
		}
	}
	return "M", noFigureWords
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
