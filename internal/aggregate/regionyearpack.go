package aggregate

import (
	"encoding/binary"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// pack packs a regionYear; what it says of looks is for the columns of the store.
func (y *regionYear) pack() []byte {
	var sections [][]byte
	for i := range tallied() {
		if y.sums != nil {
			sections = append(sections, y.sums[i].pack(talliedRatio()[i]))
		}
	}
	for _, p := range y.parts {
		sections = append(sections, p.pack())
	}
	return y.packWith(append(sections, packBalance(y.balance), y.asking.pack(), y.grounds.pack(), y.cells.pack()))
}

// packWith packs the coverage of a regionYear with sums that are packed.
func (y *regionYear) packWith(sections [][]byte) []byte {
	n := 64 + 24*len(y.absent)
	for _, section := range sections {
		n += len(section) + 2
	}
	out := binary.AppendVarint(make([]byte, 0, n), y.alive)
	b := y.basis
	for _, n := range []int{b.Published, b.Verified, b.Inconsistent, b.NeedsReview, b.Unreadable, b.Usable, b.Late, b.NotWatched, len(y.absent)} {
		out = binary.AppendUvarint(out, uint64(n))
	}
	for _, a := range y.absent {
		out = binary.AppendVarint(out, a.end)
		out = binary.AppendUvarint(binary.AppendUvarint(out, uint64(a.seen)), uint64(a.miss))
	}
	indicators := 0
	if len(sections) > balanceSection {
		indicators = len(tallied())
	}
	out = binary.AppendUvarint(out, uint64(indicators))
	for _, section := range sections {
		out = append(binary.AppendUvarint(out, uint64(len(section))), section...)
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
	amounts := []report.Amount{s.numerator, s.most.numerator}
	if ratio {
		amounts = append(amounts, s.denominator, s.most.denominator)
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
	v.amounts = make([]report.Amount, 0, len(r.left)/2)
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
	s.format, s.largest = standard.Format(names.of(r.bytes())), report.AgencyID(names.of(r.bytes()))
	s.numerator, s.most.numerator = r.amount(), r.amount()
	if s.most.ratio = talliedRatio()[at]; s.most.ratio {
		s.denominator, s.most.denominator = r.amount(), r.amount()
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
