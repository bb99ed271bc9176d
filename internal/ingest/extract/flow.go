package extract

import "unicode/utf8"

// A flow gathers the text of one paragraph or cell as a reader sees it: runs of
// white space are one space, none stands at the ends of a line, and empty lines
// are dropped. Marks without width vanish, so that a label broken by one is whole.
type flow struct {
	buf   []byte
	space bool // white space is pending
	line  bool // a line break is pending
	runes int  // characters that are no white space
}

// reset empties the flow and keeps its memory for the next text.
func (f *flow) reset() {
	f.buf = f.buf[:0]
	f.space, f.line, f.runes = false, false, 0
}

// empty reports whether nothing that a reader sees was added.
func (f *flow) empty() bool { return len(f.buf) == 0 }

// newline begins a new line, unless the text is still empty.
func (f *flow) newline() {
	f.space = false
	f.line = len(f.buf) > 0
}

// text adds characters; the same text added in pieces gives the same result.
func (f *flow) text(s string) {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			if c <= ' ' {
				f.space = true
				continue
			}
			f.lead()
			f.buf = append(f.buf, c)
			f.runes++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch classOf(r) {
		case blank:
			f.space = true
		case widthless:
		default:
			f.lead()
			f.buf = append(f.buf, s[i:i+size]...)
			f.runes++
		}
		i += size
	}
}

// lead writes what is pending before the next character.
func (f *flow) lead() {
	switch {
	case f.line:
		f.buf = append(f.buf, '\n')
	case f.space && len(f.buf) > 0:
		f.buf = append(f.buf, ' ')
	}
	f.space, f.line = false, false
}

// String returns the text so far, without what is pending at its end.
func (f *flow) String() string { return string(f.buf) }

type runeClass uint8

const (
	visible runeClass = iota
	blank
	widthless
)

// classOf tells white space and marks without width from what a reader sees.
func classOf(r rune) runeClass {
	switch {
	case r <= ' ', r == 0xA0, r == 0x3000, r >= 0x2000 && r <= 0x200A, r == 0x202F, r == 0x205F, r == 0x2028, r == 0x2029, r == 0x85:
		return blank
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r == 0x2060, r == 0xFEFF, r == 0xAD:
		return widthless
	}
	return visible
}

// squeeze returns s as a flow would hold it, keeping its line breaks.
func squeeze(s string) string {
	var f flow
	for len(s) > 0 {
		i := 0
		for i < len(s) && s[i] != '\n' && s[i] != '\r' {
			i++
		}
		f.text(s[:i])
		if i < len(s) {
			f.newline()
			i++
		}
		s = s[i:]
	}
	return f.String()
}
