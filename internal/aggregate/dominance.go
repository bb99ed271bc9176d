package aggregate

import (
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A largest keeps the unit that brings most to a sum.
type largest struct {
	agency report.Agency
	figure Figure
	weight report.Amount
}

// weight is what a unit brings to an aggregate: the denominator of a ratio, and
// else the count.
func weight(f Figure) report.Amount {
	if f.Ratio {
		return f.Denominator
	}
	return f.Numerator
}

// see keeps the unit if it brings more than those seen before.
func (l *largest) see(a report.Agency, f Figure) {
	if n := weight(f); n > l.weight {
		l.agency, l.figure, l.weight = a, f, n
	}
}

// dominant returns the largest unit where it brings over half of the whole, and
// nil where none does or there is no other. Where units take from the whole too, as in
// a change of the backlog, no unit has a part in it.
func (l *largest) dominant(ind standard.Indicator, whole Figure) *Dominant {
	total := weight(whole)
	if whole.Basis.Usable < 2 || l.weight <= 0 || 2*l.weight <= total || l.weight > total {
		return nil
	}
	without := Figure{Year: whole.Year, From: whole.From, Ratio: whole.Ratio, Known: true, Code: "A", Format: whole.Format, Zeros: whole.Zeros,
		Numerator: whole.Numerator - l.figure.Numerator, Denominator: whole.Denominator - l.figure.Denominator}
	without.finish(ind)
	return &Dominant{Agency: l.agency, Share: l.weight.Float() / total.Float(), Without: without}
}
