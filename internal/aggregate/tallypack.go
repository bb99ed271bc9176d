package aggregate

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// The packed form of a tally: its outlines, the number of counted reports, then each
// section after its length, so that one figure is read without the others.

var errTally = errors.New("kept sums are damaged; dashboard doctor --sums makes them again")

// pack packs a tally.
func (t yearTally) pack() []byte {
	n := 64 + 72*len(t.outlines)
	for _, s := range t.sections {
		n += len(s) + 2
	}
	out := binary.AppendUvarint(make([]byte, 0, n), uint64(len(t.outlines)))
	for _, o := range t.outlines {
		out = appendText(out, string(o.Agency))
		out = binary.AppendUvarint(out, uint64(o.ID))
		out = binary.AppendUvarint(out, uint64(o.Number))
		out = binary.AppendVarint(out, int64(o.PublishedOn.Year*10000+o.PublishedOn.Month*100+o.PublishedOn.Day))
		out = binary.AppendVarint(out, unixMilli(o.FirstFound))
		out = binary.AppendUvarint(out, uint64(o.FromRun))
		out = appendText(out, string(o.Status))
		out = appendText(out, string(o.Format))
		out = appendText(out, joinRules(o.FindingRules))
	}
	out = appendText(out, string(t.member))
	out = binary.AppendUvarint(out, uint64(len(t.sections)))
	for _, s := range t.sections {
		out = binary.AppendUvarint(out, uint64(len(s)))
		out = append(out, s...)
	}
	return out
}

func unixMilli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// unpackTally reads what pack wrote. It keeps body.
func unpackTally(body []byte, year int, names *interned) (yearTally, error) {
	r := unpacker{left: body}
	var t yearTally
	t.outlines = make([]store.VersionValues, r.count())
	for i := range t.outlines {
		t.outlines[i] = r.outline(year, names)
	}
	t.member = bits(r.bytes())
	if len(t.member) != len(newBits(len(t.outlines))) {
		return yearTally{}, errTally
	}
	for i := range t.outlines {
		if t.counts(i) {
			t.counted++
		}
	}
	t.sections = make([][]byte, r.count())
	for i := range t.sections {
		t.sections[i] = r.bytes()
	}
	if r.bad || len(r.left) != 0 ||
		len(t.sections) != len(tallied())+len(composed())+tailSections {
		return yearTally{}, errTally
	}
	return t, nil
}

// joinRules writes how often rules failed, in their order.
func joinRules(rules map[string]int) string {
	var list []string
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		list = append(list, id+"="+strconv.Itoa(rules[id]))
	}
	return strings.Join(list, ",")
}

// outline reads a version without its cells.
func (r *unpacker) outline(year int, names *interned) store.VersionValues {
	var o store.VersionValues
	o.Year = year
	o.Agency = report.AgencyID(names.of(r.bytes()))
	o.ID, o.Number = store.VersionID(r.uvarint()), int(r.uvarint())
	if on := r.varint(); on != 0 {
		o.PublishedOn = report.Date{Year: int(on / 10000), Month: int(on / 100 % 100), Day: int(on % 100)}
	}
	if found := r.varint(); found != 0 {
		o.FirstFound = time.UnixMilli(found).UTC()
	}
	o.FromRun = store.RunID(r.uvarint())
	o.Status = report.Status(names.of(r.bytes()))
	o.Format = standard.Format(names.of(r.bytes()))
	o.FindingRules = names.rulesOf(r.bytes())
	return o
}

// packParts packs the sums of a composition.
func packParts(s partsOf) []byte {
	if s.has.none() {
		return nil
	}
	out := appendText(nil, string(s.has))
	out = appendAmounts(out, s.total)
	for _, p := range s.parts {
		out = append(out, oneByte(p.Known))
		out = appendAmounts(out, p.Value)
	}
	return out
}

// unpackParts reads what packParts wrote of so many parts.
func unpackParts(section []byte, n int) (partsOf, error) {
	s := partsOf{parts: make([]Part, n)}
	if len(section) == 0 {
		return s, nil
	}
	r := unpacker{left: section}
	s.has = bits(r.bytes())
	s.total = r.amount()
	for i := range s.parts {
		s.parts[i].Known = r.flag()
		s.parts[i].Value = r.amount()
	}
	return s, r.end()
}

// packBalance packs a balance without its year.
func packBalance(b Balance) []byte {
	if b.Units == 0 {
		return nil
	}
	out := binary.AppendUvarint(nil, uint64(b.Units))
	for _, n := range []int{b.Both, b.Off, b.Torn} {
		out = binary.AppendUvarint(out, uint64(n))
	}
	return appendAmounts(out, b.In, b.New, b.Decided, b.Out, b.Sum, b.Before, b.After)
}

// unpackBalance reads what packBalance wrote.
func unpackBalance(section []byte) (Balance, error) {
	var b Balance
	if len(section) == 0 {
		return b, nil
	}
	r := unpacker{left: section}
	b.Units, b.Both, b.Off, b.Torn = int(r.uvarint()), int(r.uvarint()), int(r.uvarint()), int(r.uvarint())
	b.Linked = b.Both > 0
	b.In, b.New, b.Decided, b.Out, b.Sum, b.Before, b.After = r.amount(), r.amount(), r.amount(), r.amount(), r.amount(), r.amount(), r.amount()
	return b, r.end()
}

// packYears packs the years of which a county has tallies.
func packYears(years []int) []byte {
	out := binary.AppendUvarint(nil, uint64(len(years)))
	for _, year := range years {
		out = binary.AppendUvarint(out, uint64(year))
	}
	return out
}

// unpackYears reads what packYears wrote.
func unpackYears(body []byte) ([]int, error) {
	r := unpacker{left: body}
	years := make([]int, r.count())
	for i := range years {
		years[i] = int(r.uvarint())
	}
	return years, r.end()
}

func (b bits) none() bool {
	for _, one := range b {
		if one != 0 {
			return false
		}
	}
	return true
}

func oneByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func appendText(out []byte, s string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}

// appendAmounts appends amounts as whole units and the millionths that are left, which
// are mostly 0.
func appendAmounts(out []byte, amounts ...report.Amount) []byte {
	for _, a := range amounts {
		out = binary.AppendVarint(out, int64(a/report.One))
		out = binary.AppendVarint(out, int64(a%report.One))
	}
	return out
}

// interned keeps one string of each, so that the outlines of many years share theirs.
type interned struct {
	known map[string]string
	rules map[string]map[string]int
}

func newInterned() *interned {
	return &interned{make(map[string]string), make(map[string]map[string]int)}
}

// rulesOf reads what joinRules wrote; those of many reports share a map.
func (n *interned) rulesOf(b []byte) map[string]int {
	if len(b) == 0 {
		return nil
	}
	if m, ok := n.rules[string(b)]; ok {
		return m
	}
	m := make(map[string]int)
	for part := range strings.SplitSeq(string(b), ",") {
		rule, number, _ := strings.Cut(part, "=")
		m[rule], _ = strconv.Atoi(number) // joinRules wrote it
	}
	n.rules[string(b)] = m
	return m
}

func (n *interned) of(b []byte) string {
	if s, ok := n.known[string(b)]; ok {
		return s
	}
	s := string(b)
	n.known[s] = s
	return s
}

// An unpacker reads packed numbers and texts. Once something is wrong it reads nothing
// more, and end says so.
type unpacker struct {
	left []byte
	bad  bool
}

func (r *unpacker) end() error {
	if r.bad || len(r.left) != 0 {
		return errTally
	}
	return nil
}

func (r *unpacker) uvarint() uint64 {
	n, size := binary.Uvarint(r.left)
	if size <= 0 {
		r.bad, r.left = true, nil
		return 0
	}
	r.left = r.left[size:]
	return n
}

func (r *unpacker) varint() int64 {
	n, size := binary.Varint(r.left)
	if size <= 0 {
		r.bad, r.left = true, nil
		return 0
	}
	r.left = r.left[size:]
	return n
}

// count reads a number of things, each of which takes a byte at least.
func (r *unpacker) count() int {
	n := r.uvarint()
	if n > uint64(len(r.left)) {
		r.bad, r.left = true, nil
		return 0
	}
	return int(n)
}

func (r *unpacker) bytes() []byte {
	n := r.count()
	b := r.left[:n:n]
	r.left = r.left[n:]
	return b
}

func (r *unpacker) flag() bool { return r.uvarint() == 1 }

func (r *unpacker) amount() report.Amount {
	whole := report.Amount(r.varint())
	return whole*report.One + report.Amount(r.varint())
}
