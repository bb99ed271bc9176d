package aggregate

import (
	"gongkai/internal/report"
)

// What was carried over joins two years. A tally has of each version what it carried in
// (numerator) and out (denominator), where its table of requests is whole: so it stands on
// the reports of its own year alone, and the link is found where two tallies meet.

// carriedOf is what a version carried in and out.
func carriedOf(v *version) unitValue {
	if !wholeTable(v) {
		return unitValue{}
	}
	return unitValue{kind: known, numerator: rowTotal(v, "requests.carried_in"), denominator: rowTotal(v, "requests.carried_out")}
}

// sumBalance sums what came in and went out over versions, without the year before.
func sumBalance(of []*version) Balance {
	var b Balance
	for _, v := range of {
		if wholeTable(v) {
			b.count(v, nil)
		}
	}
	return b
}

// A carried is what a counted report of a tally carried in and out.
type carried struct {
	agency  report.AgencyID
	in, out report.Amount
}

// carried returns those of the counted reports whose table is whole, in their order.
func (t *yearTally) carried() ([]carried, error) {
	var list []carried
	err := eachValue(t.sections[carrySection()], len(t.outlines), true, func(i int, u unitValue) {
		if u.kind == known && t.counts(i) {
			list = append(list, carried{t.outlines[i].Agency, u.numerator, u.denominator})
		}
	})
	return list, err
}

// link is what of a balance joins a county's year with the year before: both carry what
// the other says, over the units that have both.
func link(before, now *yearTally) (Balance, error) {
	var b Balance
	if before == nil || now == nil {
		return b, nil
	}
	ins, err := now.carried()
	if err != nil || len(ins) == 0 {
		return b, err
	}
	outs, err := before.carried()
	if err != nil {
		return b, err
	}
	out := make(map[report.AgencyID]report.Amount, len(outs))
	for _, c := range outs {
		out[c.agency] = c.out
	}
	for _, c := range ins {
		if left, both := out[c.agency]; both {
			b.join(left, c.in)
		}
	}
	return b, nil
}

// join adds the link of one unit: what its year before carried out, and what it carried in.
func (b *Balance) join(left, in report.Amount) {
	if left != in {
		b.Torn++
	}
	b.Linked = true
	b.Both++
	b.Before, b.After = b.Before+left, b.After+in
}

// balance is what came in and went out of the year of a tally, with the link to the year
// before.
func (t *yearTally) balance(before *yearTally) (Balance, error) {
	b, err := unpackBalance(t.sections[len(tallied())+len(composed())])
	if err != nil {
		return b, err
	}
	joined, err := link(before, t)
	b.merge(joined)
	return b, err
}

// without takes the balance of some units away.
func (b *Balance) without(o Balance) {
	b.Units -= o.Units
	b.Both -= o.Both
	b.Off, b.Torn, b.Sum = b.Off-o.Off, b.Torn-o.Torn, b.Sum-o.Sum
	b.In, b.New, b.Decided, b.Out = b.In-o.In, b.New-o.New, b.Decided-o.Decided, b.Out-o.Out
	b.Before, b.After = b.Before-o.Before, b.After-o.After
	b.Linked = b.Both > 0
}

// carrySection is the place of what was carried over among the sections of a tally.
func carrySection() int { return len(tallied()) + len(composed()) + tailSections - 1 }
