package aggregate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A yearTally is what the reports of a county and year say together, without the reports:
// an outline of each, and the sums over those of the members that count. It is made by
// the same code that sums reports, so that a page cannot differ with and without it.
//
// What a sum rests on is one bit for each counted report in the order of the members: set
// where the report has the figure.
type yearTally struct {
	county   standard.RegionCode   // that it is of
	outlines []store.VersionValues // without cells
	member   bits                  // which of them are members': sums count those whose status counts
	counted  int                   // how many sums count
	sections [][]byte              // packed: indicators, compositions, and those of tailSections
}

// A sumOf is an indicator summed over the counted reports of a tally.
type sumOf struct {
	has                    bits
	numerator, denominator report.Amount
	zeros                  bool
	format                 standard.Format // of the last report that has it
	largest                int             // which counted report brings most, -1 for none
	most                   most            // its figure
}

// most is the figure of the unit that brings most to a sum.
type most struct {
	ratio                  bool
	numerator, denominator report.Amount
}

func (m most) figure() Figure {
	return Figure{Ratio: m.ratio, Numerator: m.numerator, Denominator: m.denominator}
}

// weight is weight of its figure.
func (m most) weight() report.Amount {
	if m.ratio {
		return m.denominator
	}
	return m.numerator
}

// A partsOf is a composition summed over the counted reports of a tally.
type partsOf struct {
	has   bits
	total report.Amount
	parts []Part
}

// bits says of which counted reports something is so.
type bits []byte

func newBits(n int) bits        { return make(bits, (n+7)/8) }
func (b bits) set(i int)        { b[i/8] |= 1 << (i % 8) }
func (b bits) isSet(i int) bool { return b[i/8]>>(i%8)&1 == 1 }

// tallied are the indicators that tallies have: those that are plain sums or ratios.
var tallied = sync.OnceValue(func() []standard.Indicator {
	var list []standard.Indicator
	for _, ind := range standard.Indicators() {
		if ind.Measure == "" {
			list = append(list, ind)
		}
	}
	return list
})

// talliedRatio says of each of tallied whether it is a ratio.
var talliedRatio = sync.OnceValue(func() []bool {
	list := make([]bool, len(tallied()))
	for i, ind := range tallied() {
		list[i] = ind.Ratio()
	}
	return list
})

// talliedAt is the place of each indicator in tallied, by its id.
var talliedAt = sync.OnceValue(func() map[string]int {
	at := make(map[string]int)
	for i, ind := range tallied() {
		at[ind.ID] = i
	}
	return at
})

// The compositions that tallies have, by their place in composed.
const (
	outcomeParts = iota
	reviewParts
	suitParts
)

// composed are the compositions that tallies have, with their cells found.
var composed = sync.OnceValue(func() []composition {
	list := []composition{outcomes(), disputes("review"), disputes("suit_direct", "suit_after_review")}
	for _, c := range list {
		c.place()
	}
	return list
})

// tallyMade names the definitions that tallies are made by: the form of a tally, and
// every cell, indicator and composition in it. Tallies made by others are not used.
var tallyMade = sync.OnceValue(func() string {
	sum := sha256.New()
	fmt.Fprintln(sum, "tally 3")
	for _, format := range standard.Formats() {
		for _, cell := range standard.FormOf(format).Cells {
			fmt.Fprintln(sum, format, cell.Code)
		}
		fmt.Fprintln(sum, standard.Sums(format))
		for _, ind := range tallied() {
			fmt.Fprintln(sum, ind.ID, ind.Version, ind.Formulas[format])
		}
		for _, c := range composed() {
			for _, p := range c.parts {
				fmt.Fprintln(sum, p.id, p.terms[format])
			}
			fmt.Fprintln(sum, c.total[format])
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
})

// tailSections are the sections after the compositions: the balance of the requests
// table, who asked against what they got, the grounds, every cell, and what each report
// carried over.
const tailSections = 5

// newTally sums a year of a county. versions are its current ones in the order of the
// roster, and isMember says whose reports sums count.
func newTally(versions []*version, isMember func(report.AgencyID) bool) yearTally {
	var t yearTally
	var of []*version
	t.member = newBits(len(versions))
	for i, v := range versions {
		t.outlines = append(t.outlines, v.VersionValues)
		if isMember(v.Agency) {
			t.member.set(i)
			if v.Status.Counts() {
				of = append(of, v)
			}
		}
	}
	t.counted = len(of)
	for _, ind := range tallied() {
		list := make(column, len(versions))
		for i, v := range versions {
			list[i] = valueOf(ind, v)
		}
		t.sections = append(t.sections, list.pack(ind.Ratio()))
	}
	for _, c := range composed() {
		t.sections = append(t.sections, packParts(sumParts(c, of)))
	}
	t.sections = append(t.sections, packBalance(sumBalance(of)), sumAsking(of).pack(), sumGrounds(of).pack(), sumCells(of).pack())
	carry := make(column, len(versions))
	for i, v := range versions {
		carry[i] = carriedOf(v)
	}
	t.sections = append(t.sections, carry.pack(true))
	return t
}

// sumParts sums a composition over versions.
func sumParts(c composition, of []*version) partsOf {
	s := partsOf{has: newBits(len(of)), parts: make([]Part, len(c.parts))}
	for i, v := range of {
		parts, total, ok := c.of(v)
		if !ok {
			continue
		}
		s.has.set(i)
		s.total += total
		for j, a := range parts {
			s.parts[j].Value += a
			s.parts[j].Known = s.parts[j].Known || len(c.parts[j].terms[v.Format]) > 0
		}
	}
	return s
}

// sumAsking sums who asked against what they got.
func sumAsking(of []*version) vector {
	var v vector
	var a Asking
	for _, one := range of {
		if !wholeTable(one) {
			continue
		}
		if v.usable++; v.usable == 1 {
			a = newAsking()
		}
		a.count(one)
	}
	if v.usable > 0 {
		for _, amount := range a.amounts() {
			v.amounts = append(v.amounts, *amount)
		}
	}
	return v
}

// groundRows are the rows of the grounds, made once.
var groundRows = sync.OnceValue(func() Grounds { return newGrounds(0) })

// sumGrounds sums the rows in which no information was given.
func sumGrounds(of []*version) vector {
	var v vector
	g := groundRows()
	for _, one := range of {
		unit := g.unit(one)
		if unit.Left {
			continue
		}
		if v.usable == 0 {
			v.amounts = make([]report.Amount, len(g.Rows))
		}
		v.usable++
		for i, value := range unit.Values {
			v.amounts[i] += value.Amount
		}
	}
	return v
}
