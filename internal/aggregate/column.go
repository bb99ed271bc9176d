package aggregate

import (
	"encoding/binary"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A column is an indicator of each version of a tally, in the order of the outlines: of it
// sums are made, and rankings without the reports.
type column []unitValue

// A unitValue is an indicator of one version.
type unitValue struct {
	kind                   valueKind
	zeros                  bool // blanks that the printed sums force to 0 were counted
	numerator, denominator report.Amount
}

// A valueKind says why there is no value, or that there is one.
type valueKind byte

const (
	noItem   valueKind = iota // the form has no such cells
	noFigure                  // a cell is blank, a dash or absent
	unread                    // a cell was not read for certain
	known
)

// The marks of a packed column, three bits a version.
const (
	markNothing = 3 // known, and 0
	markAmounts = 4 // known, and the amounts follow
	markImplied = 2 // added to these two: with zeros
	markBits    = 3
	oneMark     = 0x80 // in place of the marks: all versions have this one
)

// valueOf is an indicator of a version.
func valueOf(ind standard.Indicator, v *version) unitValue {
	formula, ok := ind.Formulas[v.Format]
	if v.cells.form == nil || !ok {
		return unitValue{}
	}
	f := v.cells.figure(ind, v.VersionValues)
	if f.Known {
		return unitValue{kind: known, zeros: f.Zeros, numerator: f.Numerator, denominator: f.Denominator}
	}
	if code, _ := v.cells.lacks(formula.Cells()); code == "P" {
		return unitValue{kind: unread}
	}
	return unitValue{kind: noFigure}
}

// mark is the mark of a value.
func (u unitValue) mark() byte {
	if u.kind != known {
		return byte(u.kind)
	}
	m := byte(markNothing)
	if u.numerator != 0 || u.denominator != 0 {
		m = markAmounts
	}
	if u.zeros {
		m += markImplied
	}
	return m
}

// pack packs a column.
func (c column) pack(ratio bool) []byte {
	if len(c) == 0 {
		return nil
	}
	same := true
	for _, u := range c {
		same = same && u.mark() == c[0].mark()
	}
	length := (len(c)*markBits + 7) / 8
	out := make([]byte, 1, 1+length+2*len(c))
	if same {
		out[0] = oneMark | c[0].mark()
	} else {
		out = out[:1+length]
		marks := out[1:]
		for i, u := range c {
			b := uint(u.mark()) << (i * markBits % 8)
			at := i * markBits / 8
			if marks[at] |= byte(b); b > 0xff {
				marks[at+1] |= byte(b >> 8)
			}
		}
	}
	for _, u := range c {
		if m := u.mark(); m != markAmounts && m != markAmounts+markImplied {
			continue
		}
		out = appendShort(out, u.numerator)
		if ratio {
			out = appendShort(out, u.denominator)
		}
	}
	return out
}

// appendShort appends an amount, a byte less where it is whole.
func appendShort(out []byte, a report.Amount) []byte {
	whole, rest := int64(a/report.One), int64(a%report.One)
	if rest == 0 {
		return binary.AppendVarint(out, whole<<1)
	}
	return binary.AppendVarint(binary.AppendVarint(out, whole<<1|1), rest)
}

// short reads what appendShort wrote.
func (r *unpacker) short() report.Amount {
	n := r.varint()
	a := report.Amount(n>>1) * report.One
	if n&1 == 1 {
		a += report.Amount(r.varint())
	}
	return a
}

// eachValue calls f with the values of a packed column of n versions.
func eachValue(packed []byte, n int, ratio bool, f func(i int, u unitValue)) error {
	r := unpacker{left: packed}
	if n == 0 {
		return r.end()
	}
	if len(packed) == 0 {
		return errTally
	}
	head, marks := packed[0], []byte(nil)
	r.left = packed[1:]
	if head&oneMark == 0 {
		length := (n*markBits + 7) / 8
		if len(r.left) < length {
			return errTally
		}
		marks, r.left = r.left[:length], r.left[length:]
	}
	for i := range n {
		m := head &^ oneMark
		if marks != nil {
			at := i * markBits / 8
			b := uint(marks[at])
			if at+1 < len(marks) {
				b |= uint(marks[at+1]) << 8
			}
			m = byte(b >> (i * markBits % 8) & 7)
		}
		u := unitValue{kind: valueKind(min(m, byte(known)))}
		if m > markAmounts {
			m, u.zeros = m-markImplied, true
		}
		if m > markAmounts {
			return errTally
		}
		if m == markAmounts {
			u.numerator = r.short()
			if ratio {
				u.denominator = r.short()
			}
		}
		f(i, u)
	}
	return r.end()
}

// sum is the indicator at a place of tallied summed over the counted versions.
func (t *yearTally) sum(at int) (sumOf, error) {
	ratio := talliedRatio()[at]
	s := sumOf{has: newBits(t.counted), largest: -1}
	k := -1
	err := eachValue(t.sections[at], len(t.outlines), ratio, func(i int, u unitValue) {
		if !t.counts(i) {
			return
		}
		if k++; u.kind != known || k >= t.counted {
			return
		}
		s.has.set(k)
		s.numerator += u.numerator
		s.denominator += u.denominator
		s.zeros = s.zeros || u.zeros
		s.format = t.outlines[i].Format
		if one := (most{ratio, u.numerator, u.denominator}); one.weight() > s.most.weight() {
			s.most, s.largest = one, k
		}
	})
	if s.has.none() {
		s.has = nil
	}
	return s, err
}

// counts reports whether sums count a version.
func (t *yearTally) counts(i int) bool { return t.member.isSet(i) && t.outlines[i].Status.Counts() }

// unitFigure is the figure of a unit that a version and its value give, as cells.figure and
// world.figure make it.
func unitFigure(ind standard.Indicator, t *yearTally, i int, u unitValue) Figure {
	v := &t.outlines[i]
	f := Figure{Year: v.Year, Ratio: ind.Ratio(), Version: v.ID, Status: v.Status}
	if v.Status == report.Unreadable {
		f.Code, f.Reason = "P", "报告无法读取"
		return f
	}
	f.Format, f.Revised = v.Format, v.Number > 1
	switch u.kind {
	case noItem:
		f.Code, f.Reason = "M", noItemWords
	case noFigure:
		f.Code, f.Reason = "M", noFigureWords
	case unread:
		f.Code, f.Reason = "P", unreadWords
	default:
		f.Numerator, f.Denominator, f.Zeros, f.Known = u.numerator, u.denominator, u.zeros, true
		if f.finish(ind); f.Code == "" {
			f.Code = statusCode(*v)
		}
	}
	return f
}
