package extract

import (
	"math"
	"strings"
)

// A biffText reads strings that may run over several records.
type biffText struct {
	parts [][]byte
	old   bool // bytes in a code page
	page  int
}

func (t *biffText) ended() bool {
	for len(t.parts) > 0 && len(t.parts[0]) == 0 {
		t.parts = t.parts[1:]
	}
	return len(t.parts) == 0
}

// take returns up to n bytes of the record at hand; none at the end of all.
func (t *biffText) take(n int) []byte {
	if t.ended() {
		return nil
	}
	b := part(t.parts[0], 0, n)
	t.parts[0] = t.parts[0][len(b):]
	return b
}

func (t *biffText) skip(n int) {
	for n > 0 && !t.ended() {
		n -= len(t.take(n))
	}
}

// number reads a number of n bytes.
func (t *biffText) number(n int) int {
	v, shift := 0, 0
	for ; n > 0; n-- {
		if b := t.take(1); len(b) == 1 {
			v |= int(b[0]) << shift
		}
		shift += 8
	}
	return v
}

// short reads a string with a length of one byte, long one of two.
func (t *biffText) short() string { return t.read(t.number(1)) }
func (t *biffText) long() string  { return t.read(t.number(2)) }

// read reads a string of n characters. Where it runs into the next record, that
// begins by saying anew how wide its characters are.
func (t *biffText) read(n int) string {
	if t.old {
		return decodePage(t.take(n), t.page)
	}
	flags := t.number(1)
	runs, extra := 0, 0
	if flags&8 != 0 {
		runs = t.number(2)
	}
	if flags&4 != 0 {
		extra = t.number(4)
	}
	var s strings.Builder
	for wide := flags & 1; n > 0; {
		if len(t.parts) > 0 && len(t.parts[0]) == 0 {
			t.parts = t.parts[1:]
			wide = t.number(1) & 1
		}
		b := t.take(n << wide)
		if len(b) == 0 {
			break
		}
		n -= max(1, len(b)>>wide)
		if wide == 1 {
			s.WriteString(utf16Text(b))
		} else {
			for _, c := range b {
				s.WriteRune(rune(c))
			}
		}
	}
	t.skip(4*runs + extra)
	return s.String()
}

// rkNumber decodes a number in four bytes: an integer or the upper half of a
// float, as it is or in hundredths.
func rkNumber(rk uint32) float64 {
	v := float64(int32(rk) >> 2)
	if rk&2 == 0 {
		v = math.Float64frombits(uint64(rk&^3) << 32)
	}
	if rk&1 == 1 {
		v /= 100
	}
	return v
}

// boolOrError writes a truth value or an error as its cell shows it.
func boolOrError(n int, isError bool) string {
	if !isError {
		return map[bool]string{true: "TRUE", false: "FALSE"}[n != 0]
	}
	switch n {
	case 0x00:
		return "#NULL!"
	case 0x07:
		return "#DIV/0!"
	case 0x0f:
		return "#VALUE!"
	case 0x17:
		return "#REF!"
	case 0x1d:
		return "#NAME?"
	case 0x24:
		return "#NUM!"
	}
	return "#N/A"
}
