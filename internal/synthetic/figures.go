package synthetic

import (
	"math/rand/v2"
	"strconv"
	"sync"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A unit makes the figures of one agency year after year: what one year leaves open the
// next takes over.
type unit struct {
	rng    *rand.Rand
	demand int // requests in a year, about
	size   int // of what it publishes and decides in a year, about
	carry  [6]int
}

// wrong is how many of a thousand reports have a total that does not add up.
const wrong = 20

func newUnit(rng *rand.Rand, kind standard.Kind) *unit {
	u := &unit{rng: rng, size: 40 + rng.IntN(400)}
	switch kind {
	case standard.Government:
		u.demand = 40 + rng.IntN(200)
	case standard.Department:
		u.demand = rng.IntN(12)
	default: // most streets and towns receive none, or one
		u.demand = max(0, rng.IntN(9)-5)
	}
	return u
}

// A layout is where the cells of a form stand, found once.
type layout struct {
	form                *standard.Form
	zero                []report.Value // all cells printed, and 0
	index               map[standard.CellCode]int
	fresh, in, out, all [7]int   // requests: new, carried in and out, and ended, by applicant and in total
	outcomes            [][7]int // of the outcomes that requests end with
	plain               []int    // other counts that are seldom 0, from the largest on
}

// newLayout finds the cells of a form.
func newLayout(format standard.Format) *layout {
	l := &layout{form: standard.FormOf(format), index: make(map[standard.CellCode]int)}
	for _, c := range l.form.Cells {
		l.index[c.Code] = c.Index
		l.zero = append(l.zero, report.Value{State: report.Printed, Text: "0", Place: report.Place{Table: c.Block, Row: c.Row, Column: c.Column}})
	}
	if format == standard.F2014 {
		l.plain = l.places("proactive.total", "proactive.via_website", "proactive.via_wechat", "training.people", "training.courses", "capacity.offices")
		return l
	}
	l.fresh, l.in = l.row("requests.new"), l.row("requests.carried_in")
	l.out, l.all = l.row("requests.carried_out"), l.row("outcome.total")
	for _, code := range standard.Outcomes(format) {
		l.outcomes = append(l.outcomes, l.row(code))
	}
	l.plain = l.places("disclosure.license.decisions", "disclosure.penalty.decisions", "disclosure.license.prior_items", "disclosure.penalty.prior_items")
	return l
}

// row returns the cells of a row of requests, by applicant and then in total.
func (l *layout) row(code string) (at [7]int) {
	for i, a := range standard.Applicants() {
		at[i] = l.index[standard.At(code, a)]
	}
	at[6] = l.index[standard.At(code, standard.Total)]
	return at
}

func (l *layout) places(codes ...standard.CellCode) (at []int) {
	for _, code := range codes {
		if i, ok := l.index[code]; ok {
			at = append(at, i)
		}
	}
	return at
}

// layouts are those of the three forms.
var layouts = map[standard.Format]func() *layout{
	standard.F2014: sync.OnceValue(func() *layout { return newLayout(standard.F2014) }),
	standard.F2019: sync.OnceValue(func() *layout { return newLayout(standard.F2019) }),
	standard.F2021: sync.OnceValue(func() *layout { return newLayout(standard.F2021) }),
}

// year returns the values of a year; nil where no form was in force.
func (u *unit) year(year int) []report.Value {
	format, ok := standard.FormatForYear(year)
	if !ok {
		return nil
	}
	l := layouts[format]()
	values := append([]report.Value(nil), l.zero...)
	for k, i := range l.plain { // much as the year before
		set(values, i, max(1, u.size>>(2*k))+u.rng.IntN(1+u.size>>(2*k+3)))
	}
	if l.outcomes != nil {
		u.requests(l, values)
	}
	return values
}

// requests fills the table of requests, which balances but for a few.
func (u *unit) requests(l *layout, values []report.Value) {
	var fresh, in, out, all int
	sums := make([]int, len(l.outcomes))
	for a := range u.carry {
		n := 0
		if a == 0 || u.rng.IntN(12) == 0 { // most applicants are natural persons
			n = u.rng.IntN(1 + u.demand*2/(1+a*3))
		}
		open := n + u.carry[a]
		left := 0
		if open > 0 {
			left = u.rng.IntN(1 + open/8)
		}
		set(values, l.fresh[a], n)
		set(values, l.in[a], u.carry[a])
		set(values, l.out[a], left)
		set(values, l.all[a], open-left)
		u.end(l, values, a, open-left, sums)
		fresh, in, out, all = fresh+n, in+u.carry[a], out+left, all+open-left
		u.carry[a] = left
	}
	for k, n := range sums {
		set(values, l.outcomes[k][6], n)
	}
	if u.rng.IntN(1000) < wrong {
		all++
	}
	set(values, l.fresh[6], fresh)
	set(values, l.in[6], in)
	set(values, l.out[6], out)
	set(values, l.all[6], all)
}

// end shares requests of an applicant among the outcomes: half are granted.
func (u *unit) end(l *layout, values []report.Value, a, n int, sums []int) {
	shares := make([]int, len(l.outcomes))
	shares[0] = n / 2
	for range n - n/2 {
		shares[u.rng.IntN(len(shares))]++
	}
	for k, n := range shares {
		set(values, l.outcomes[k][a], n)
		sums[k] += n
	}
}

// set prints a count in a cell.
func set(values []report.Value, i, n int) {
	if n != 0 {
		values[i].Amount, values[i].Text = report.Count(int64(n)), strconv.Itoa(n)
	}
}
