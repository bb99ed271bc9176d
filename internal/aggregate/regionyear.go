package aggregate

import (
	"cmp"
	"math"
	onesOf "math/bits"
	"slices"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A regionYear is what the reports of a region and year say together, without the
// reports and the units. Those of the regions in it add up to it. Nothing in it depends
// on the clock: what is not there yet is counted by its deadline.
type regionYear struct {
	alive   int64 // milliseconds: from when on the region has the year; 0 where a report is there, noYear never
	basis   Basis // of what was published and what is not watched
	absent  []absentAt
	sums    []unitSum // one for each indicator of tallied
	parts   []partsSum
	balance Balance
	asking  vector // usable reports, then the cells of Asking
	grounds vector // usable reports, then the totals of Grounds
	cells   cellSums
	openAt  int64 // as in store.RegionSum
	foundAt int64
}

const noYear = math.MaxInt64

// absentAt counts reports that are not there by the end of their deadline.
type absentAt struct {
	end        int64 // milliseconds
	seen, miss int   // looked for after it, and not yet
}

// A unitSum is an indicator summed over counted reports, with how many have it and the
// unit that brings most.
type unitSum struct {
	usable                 int
	errant                 int // of them, those inconsistent as printed
	numerator, denominator report.Amount
	zeros                  bool
	format                 standard.Format // of the last that has it
	largest                report.AgencyID // "" for none
	most                   most            // its figure
}

// A partsSum is a composition summed over counted reports.
type partsSum struct {
	usable int
	total  report.Amount
	parts  []Part
}

// A vector is amounts that add up, over so many reports.
type vector struct {
	usable  int
	amounts []report.Amount
}

func (v *vector) add(other vector) {
	v.usable += other.usable
	if len(v.amounts) == 0 {
		v.amounts = slices.Clone(other.amounts)
		return
	}
	for i, a := range other.amounts {
		v.amounts[i] += a
	}
}

// yearOf is the regionYear of a world made of the tallies of one county.
func (w *world) yearOf(year int) (regionYear, error) {
	y := regionYear{alive: noYear}
	w.countCoverage(&y, year)
	if len(w.sums.byYear[year]) == 0 {
		return y, nil
	}
	t, before := &w.sums.byYear[year][0], (*yearTally)(nil)
	if of := w.sums.byYear[year-1]; len(of) > 0 {
		before = &of[0]
	}
	var err error
	if y.sums, err = t.sums(); err != nil {
		return y, err
	}
	at := len(tallied())
	for i, c := range composed() {
		s, err := unpackParts(t.sections[at+i], len(c.parts))
		if err != nil {
			return y, err
		}
		y.parts = append(y.parts, partsSum{s.has.count(), s.total, s.parts})
	}
	if y.balance, err = t.balance(before); err != nil {
		return y, err
	}
	at += len(composed()) + 1
	for i, into := range []func([]byte) error{
		func(b []byte) (err error) { y.asking, err = unpackVector(b); return err },
		func(b []byte) (err error) { y.grounds, err = unpackVector(b); return err },
		func(b []byte) (err error) { y.cells, err = unpackCellSums(b); return err },
	} {
		if err := into(t.sections[at+i]); err != nil {
			return y, err
		}
	}
	return y, nil
}

// sums are the sums of the indicators of a tally, with the units that bring most.
func (t *yearTally) sums() ([]unitSum, error) {
	counted := t.countedOutlines()
	sums := make([]unitSum, len(tallied()))
	for i := range sums {
		var err error
		if sums[i], err = t.unitSum(i, counted); err != nil {
			return nil, err
		}
	}
	return sums, nil
}

// unitSum is the sum at a place of tallied; counted are the places of the counted outlines.
func (t *yearTally) unitSum(at int, counted []int) (unitSum, error) {
	s, err := t.sum(at)
	if err != nil {
		return unitSum{}, err
	}
	u := unitSum{usable: s.has.count(), numerator: s.numerator, denominator: s.denominator, zeros: s.zeros, format: s.format, most: s.most}
	for k, of := range counted {
		if len(s.has) > 0 && s.has.isSet(k) && t.outlines[of].Status == report.Inconsistent {
			u.errant++
		}
	}
	if s.largest >= 0 {
		u.largest = t.outlines[counted[s.largest]].Agency
	}
	return u, nil
}

// countedOutlines are the places of the outlines that sums count.
func (t *yearTally) countedOutlines() []int {
	counted := make([]int, 0, t.counted)
	for i := range t.outlines {
		if t.counts(i) {
			counted = append(counted, i)
		}
	}
	return counted
}

func (b bits) count() int {
	n := 0
	for _, one := range b {
		n += onesOf.OnesCount8(one)
	}
	return n
}

// countCoverage counts what the agencies of a world owe for a year, whatever the clock.
func (w *world) countCoverage(y *regionYear, year int) {
	for _, row := range w.agencies {
		a := row.Agency
		v := w.versions[owedKey{a.ID, year}]
		end := endOf(a.Deadline(year)).UnixMilli()
		switch {
		case v != nil:
			y.alive = 0
			y.foundAt = max(y.foundAt, unixMilli(v.FirstFound))
		case !a.Owes(year):
			continue
		case len(row.Portals) > 0 && a.From != 0:
			y.alive = min(y.alive, end)
		}
		if a.Kind == standard.Government {
			continue
		}
		switch {
		case v != nil:
			o := w.owedOf(row, year)
			y.basis.add(o, o.Counted())
		case len(row.Portals) == 0:
			y.basis.NotWatched++
		default:
			seen := !row.LastGood().Before(time.UnixMilli(end))
			y.lacks(end, seen)
		}
	}
	y.basis.Ticks = nil
}

// lacks counts a report that is not there.
func (y *regionYear) lacks(end int64, seen bool) {
	if !seen && (y.openAt == 0 || end < y.openAt) {
		y.openAt = end
	}
	if a := y.absentBy(end); seen {
		a.seen++
	} else {
		a.miss++
	}
}

// absentBy is the count of reports by the end of their deadline.
func (y *regionYear) absentBy(end int64) *absentAt {
	i, found := slices.BinarySearchFunc(y.absent, end, func(a absentAt, end int64) int { return cmp.Compare(a.end, end) })
	if !found {
		y.absent = slices.Insert(y.absent, i, absentAt{end: end})
	}
	return &y.absent[i]
}

// merge adds what another region says of the same year.
func (y *regionYear) merge(o *regionYear) {
	y.alive = min(y.alive, o.alive)
	y.basis.addCounts(o.basis)
	for _, a := range o.absent {
		one := y.absentBy(a.end)
		one.seen, one.miss = one.seen+a.seen, one.miss+a.miss
	}
	if y.sums == nil && o.sums != nil {
		y.sums, y.parts = make([]unitSum, len(tallied())), make([]partsSum, len(composed()))
		for i, c := range composed() {
			y.parts[i].parts = make([]Part, len(c.parts))
		}
	}
	for i := range o.sums {
		y.sums[i].merge(&o.sums[i])
	}
	for i := range o.parts {
		y.parts[i].merge(&o.parts[i])
	}
	y.balance.merge(o.balance)
	y.asking.add(o.asking)
	y.grounds.add(o.grounds)
	y.cells.merge(o.cells)
}

func (b *Basis) addCounts(o Basis) { b.countAll(o, 1) }

// takeCounts takes the counts of some reports away.
func (b *Basis) takeCounts(o Basis) { b.countAll(o, -1) }

func (b *Basis) countAll(o Basis, sign int) {
	for _, n := range []struct{ to, by *int }{{&b.Due, &o.Due}, {&b.Published, &o.Published}, {&b.Missing, &o.Missing}, {&b.NotDue, &o.NotDue},
		{&b.Unknown, &o.Unknown}, {&b.NotWatched, &o.NotWatched}, {&b.Late, &o.Late}, {&b.Verified, &o.Verified}, {&b.Inconsistent, &o.Inconsistent},
		{&b.NeedsReview, &o.NeedsReview}, {&b.Unreadable, &o.Unreadable}, {&b.Usable, &o.Usable}} {
		*n.to += sign * *n.by
	}
}

func (s *unitSum) merge(o *unitSum) {
	s.usable += o.usable
	s.errant += o.errant
	s.numerator += o.numerator
	s.denominator += o.denominator
	s.zeros = s.zeros || o.zeros
	if o.format != "" {
		s.format = o.format
	}
	if o.largest != "" && (s.largest == "" || o.most.weight() > s.most.weight()) {
		s.largest, s.most = o.largest, o.most
	}
}

func (s *partsSum) merge(o *partsSum) {
	s.usable += o.usable
	s.total += o.total
	for i, p := range o.parts {
		s.parts[i].Value += p.Value
		s.parts[i].Known = s.parts[i].Known || p.Known
	}
}

// merge adds the balance of other units.
func (b *Balance) merge(o Balance) {
	b.Units += o.Units
	b.Both += o.Both
	b.Off, b.Torn, b.Sum = b.Off+o.Off, b.Torn+o.Torn, b.Sum+o.Sum
	b.Linked = b.Linked || o.Linked
	b.In, b.New, b.Decided, b.Out = b.In+o.In, b.New+o.New, b.Decided+o.Decided, b.Out+o.Out
	b.Before, b.After = b.Before+o.Before, b.After+o.After
}

// at is the basis of the year at a moment.
func (y *regionYear) at(now time.Time) Basis {
	b := y.basis
	for _, a := range y.absent {
		if now.UnixMilli() < a.end {
			b.NotDue += a.seen + a.miss
			continue
		}
		b.Due += a.seen + a.miss
		b.Missing += a.seen
		b.Unknown += a.miss
	}
	return b
}

// rowOf is a row of the store.
func rowOf(region standard.RegionCode, year int, y *regionYear) store.RegionSum {
	return store.RegionSum{Region: region, Year: year, Body: y.pack(), OpenAt: y.openAt, Found: y.foundAt}
}
