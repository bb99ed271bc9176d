package aggregate

import (
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// readBlanksAsZero makes the blanks of those reports count as 0 whose identities all
// hold that way (indicators.md §1.1). It is a reader's choice for one answer, off
// unless asked for, and the figures carry the mark; no stored value changes.
func (w *world) readBlanksAsZero() {
	for _, v := range w.versions {
		if v.cells.form != nil && hasEmpty(v.cells.values) {
			v.cells.zeros = v.cells.holdWithZeros()
		}
	}
}

// holdWithZeros reports whether every identity that the version has cells for holds
// with 0 in its blanks, and at least one with a printed total does.
func (c cells) holdWithZeros() bool {
	held := false
	for _, sum := range standard.Sums(c.form.Format) {
		parts, ok := c.sumWithZeros(sum.Parts)
		total, also := c.sumWithZeros([]standard.CellCode{sum.Total})
		if !ok || !also {
			continue
		}
		if parts != total {
			return false
		}
		held = held || c.value(sum.Total).State == report.Printed
	}
	if c.form.Format == standard.F2014 {
		return held
	}
	for _, column := range standard.Columns() {
		in, ok := c.sumWithZeros([]standard.CellCode{standard.At("requests.new", column), standard.At("requests.carried_in", column)})
		out, also := c.sumWithZeros([]standard.CellCode{standard.At("outcome.total", column), standard.At("requests.carried_out", column)})
		if ok && also && in != out {
			return false
		}
	}
	return held
}

// sumWithZeros adds cells with 0 for blanks and dashes; any other state makes the
// sum unknown.
func (c cells) sumWithZeros(codes []standard.CellCode) (sum report.Amount, known bool) {
	for _, code := range codes {
		switch v := c.value(code); {
		case v.State == report.Printed:
			sum += v.Amount
		case !empty(v.State):
			return 0, false
		}
	}
	return sum, true
}
