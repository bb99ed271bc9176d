package aggregate

import (
	"encoding/binary"
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
	most                   Figure          // its numerator and denominator
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
	t := w.sums.byYear[year][0]
	counted := w.yearBasis(year).counted
	y.sums = make([]unitSum, len(tallied()))
	for i := range tallied() {
		s, err := t.sum(i)
		if err != nil {
			return y, err
		}
		y.sums[i] = unitSum{usable: s.has.count(), numerator: s.numerator, denominator: s.denominator, zeros: s.zeros, format: s.format, most: s.most}
		for k, o := range counted {
			if len(s.has) > 0 && k < t.counted && s.has.isSet(k) && o.Status == report.Inconsistent {
				y.sums[i].errant++
			}
		}
		if s.largest >= 0 {
			if s.largest >= len(counted) {
				return y, errTally
			}
			y.sums[i].largest = counted[s.largest].Agency.ID
		}
	}
	at := len(tallied())
	for i, c := range composed() {
		s, err := unpackParts(t.sections[at+i], len(c.parts))
		if err != nil {
			return y, err
		}
		y.parts = append(y.parts, partsSum{s.has.count(), s.total, s.parts})
	}
	at += len(composed())
	for i, into := range []func([]byte) error{
		func(b []byte) (err error) { y.balance, err = unpackBalance(b); return err },
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
	i, found := slices.BinarySearchFunc(y.absent, end, func(a absentAt, end int64) int { return int(min(max(a.end-end, -1), 1)) })
	if !found {
		y.absent = slices.Insert(y.absent, i, absentAt{end: end})
	}
	if seen {
		y.absent[i].seen++
	} else {
		y.absent[i].miss++
	}
}

// merge adds what another region says of the same year.
func (y *regionYear) merge(o *regionYear) {
	y.alive = min(y.alive, o.alive)
	y.basis.addCounts(o.basis)
	for _, a := range o.absent {
		i, found := slices.BinarySearchFunc(y.absent, a.end, func(b absentAt, end int64) int { return int(min(max(b.end-end, -1), 1)) })
		if !found {
			y.absent = slices.Insert(y.absent, i, absentAt{end: a.end})
		}
		y.absent[i].seen, y.absent[i].miss = y.absent[i].seen+a.seen, y.absent[i].miss+a.miss
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

func (b *Basis) addCounts(o Basis) {
	for _, n := range []struct{ to, by *int }{{&b.Due, &o.Due}, {&b.Published, &o.Published}, {&b.Missing, &o.Missing}, {&b.NotDue, &o.NotDue},
		{&b.Unknown, &o.Unknown}, {&b.NotWatched, &o.NotWatched}, {&b.Late, &o.Late}, {&b.Verified, &o.Verified}, {&b.Inconsistent, &o.Inconsistent},
		{&b.NeedsReview, &o.NeedsReview}, {&b.Unreadable, &o.Unreadable}, {&b.Usable, &o.Usable}} {
		*n.to += *n.by
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
	if o.largest != "" && (s.largest == "" || weight(o.most) > weight(s.most)) {
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

// pack packs a regionYear; what it says of looks is for the columns of the store.
func (y *regionYear) pack() []byte {
	out := binary.AppendVarint(nil, y.alive)
	b := y.basis
	for _, n := range []int{b.Published, b.Verified, b.Inconsistent, b.NeedsReview, b.Unreadable, b.Usable, b.Late, b.NotWatched, len(y.absent)} {
		out = binary.AppendUvarint(out, uint64(n))
	}
	for _, a := range y.absent {
		out = binary.AppendVarint(out, a.end)
		out = binary.AppendUvarint(binary.AppendUvarint(out, uint64(a.seen)), uint64(a.miss))
	}
	out = binary.AppendUvarint(out, uint64(len(y.sums)))
	for i, ind := range tallied() {
		if y.sums != nil {
			out = appendText(out, string(y.sums[i].pack(ind.Ratio())))
		}
	}
	for _, p := range y.parts {
		out = appendText(out, string(p.pack()))
	}
	for _, section := range [][]byte{packBalance(y.balance), y.asking.pack(), y.grounds.pack(), y.cells.pack()} {
		out = appendText(out, string(section))
	}
	return out
}

func (s *unitSum) pack(ratio bool) []byte {
	if s.usable == 0 {
		return nil
	}
	out := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(s.usable)), uint64(s.errant))
	out = append(out, oneByte(s.zeros))
	out = appendText(out, string(s.format))
	out = appendText(out, string(s.largest))
	amounts := []report.Amount{s.numerator, s.most.Numerator}
	if ratio {
		amounts = append(amounts, s.denominator, s.most.Denominator)
	}
	return appendAmounts(out, amounts...)
}

func (s *partsSum) pack() []byte {
	if s.usable == 0 {
		return nil
	}
	out := binary.AppendUvarint(nil, uint64(s.usable))
	out = appendAmounts(out, s.total)
	for _, p := range s.parts {
		out = appendAmounts(append(out, oneByte(p.Known)), p.Value)
	}
	return out
}

func (v vector) pack() []byte {
	if v.usable == 0 {
		return nil
	}
	return appendAmounts(binary.AppendUvarint(nil, uint64(v.usable)), v.amounts...)
}

func unpackVector(section []byte) (vector, error) {
	var v vector
	r := unpacker{left: section}
	if len(section) > 0 {
		v.usable = int(r.uvarint())
	}
	for len(r.left) > 0 && !r.bad {
		v.amounts = append(v.amounts, r.amount())
	}
	return v, r.end()
}

// A packedYear is a regionYear whose sums are unpacked as they are asked for.
type packedYear struct {
	regionYear
	year     int
	sections [][]byte
}

// unpackRegionYear reads what pack wrote, of the sums no more than where they are. It
// keeps body.
func unpackRegionYear(year int, body []byte) (*packedYear, error) {
	r := unpacker{left: body}
	y := &packedYear{year: year}
	y.alive = r.varint()
	b := &y.basis
	for _, n := range []*int{&b.Published, &b.Verified, &b.Inconsistent, &b.NeedsReview, &b.Unreadable, &b.Usable, &b.Late, &b.NotWatched} {
		*n = int(r.uvarint())
	}
	b.Due = b.Published
	y.absent = make([]absentAt, r.count())
	for i := range y.absent {
		y.absent[i] = absentAt{r.varint(), int(r.uvarint()), int(r.uvarint())}
	}
	n := r.uvarint()
	sections := 4
	if n != 0 {
		sections += len(tallied()) + len(composed())
	}
	y.sections = make([][]byte, sections)
	for i := range y.sections {
		y.sections[i] = r.bytes()
	}
	if n != 0 && n != uint64(len(tallied())) {
		return nil, errTally
	}
	return y, r.end()
}

// sum is the sum of the indicator at a place of tallied.
func (y *packedYear) sum(at int, names *interned) (s unitSum, err error) {
	if len(y.sections) == 4 || len(y.sections[at]) == 0 {
		return s, nil
	}
	r := unpacker{left: y.sections[at]}
	s.usable, s.errant, s.zeros = int(r.uvarint()), int(r.uvarint()), r.flag()
	s.format, s.largest = standard.Format(names.of(r.bytes())), report.AgencyID(r.bytes())
	s.numerator, s.most.Numerator = r.amount(), r.amount()
	if s.most.Ratio = tallied()[at].Ratio(); s.most.Ratio {
		s.denominator, s.most.Denominator = r.amount(), r.amount()
	}
	return s, r.end()
}

// part is the sum of the composition at a place of composed.
func (y *packedYear) part(which int) (s partsSum, err error) {
	s.parts = make([]Part, len(composed()[which].parts))
	if len(y.sections) == 4 || len(y.sections[len(tallied())+which]) == 0 {
		return s, nil
	}
	r := unpacker{left: y.sections[len(tallied())+which]}
	s.usable, s.total = int(r.uvarint()), r.amount()
	for i := range s.parts {
		s.parts[i].Known = r.flag()
		s.parts[i].Value = r.amount()
	}
	return s, r.end()
}

// The sections at the end.
const (
	balanceSection = 4 - iota // counted from the end
	askingSection
	groundsSection
	cellsSection
)

func (y *packedYear) section(fromEnd int) []byte { return y.sections[len(y.sections)-fromEnd] }

// all unpacks everything.
func (y *packedYear) all(names *interned) (*regionYear, error) {
	whole := y.regionYear
	if len(y.sections) > 4 {
		whole.sums = make([]unitSum, len(tallied()))
		for i := range tallied() {
			s, err := y.sum(i, names)
			if err != nil {
				return nil, err
			}
			whole.sums[i] = s
		}
		for i := range composed() {
			s, err := y.part(i)
			if err != nil {
				return nil, err
			}
			whole.parts = append(whole.parts, s)
		}
	}
	var err [4]error
	whole.balance, err[0] = unpackBalance(y.section(balanceSection))
	whole.asking, err[1] = unpackVector(y.section(askingSection))
	whole.grounds, err[2] = unpackVector(y.section(groundsSection))
	whole.cells, err[3] = unpackCellSums(y.section(cellsSection))
	for _, e := range err {
		if e != nil {
			return nil, e
		}
	}
	return &whole, nil
}

// A regionHead is what is said of a region whatever the year.
type regionHead struct {
	Agencies, Watched int
	Reports           int // current ones of all years
	First, Last       int // year of the first of them and of the last, 0 without any
	Demo              bool
}

func (h regionHead) pack() []byte {
	out := append([]byte(nil), oneByte(h.Demo))
	for _, n := range []int{h.Agencies, h.Watched, h.Reports, h.First, h.Last} {
		out = binary.AppendUvarint(out, uint64(n))
	}
	return out
}

func unpackHead(body []byte) (regionHead, error) {
	r := unpacker{left: body}
	h := regionHead{Demo: r.flag(), Agencies: int(r.uvarint()), Watched: int(r.uvarint()), Reports: int(r.uvarint()), First: int(r.uvarint()), Last: int(r.uvarint())}
	return h, r.end()
}

func (h *regionHead) merge(o regionHead) {
	h.Demo = h.Demo && o.Demo || h.Agencies == 0 && o.Demo
	if h.First == 0 || o.First != 0 && o.First < h.First {
		h.First = o.First
	}
	h.Last = max(h.Last, o.Last)
	h.Agencies, h.Watched, h.Reports = h.Agencies+o.Agencies, h.Watched+o.Watched, h.Reports+o.Reports
}

// rowOf is a row of the store.
func rowOf(region standard.RegionCode, year int, y *regionYear) store.RegionSum {
	return store.RegionSum{Region: region, Year: year, Body: y.pack(), OpenAt: y.openAt, Found: y.foundAt}
}
