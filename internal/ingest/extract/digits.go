package extract

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
)

// The third witness. Two readers that share the extracted Document would share its
// mistakes, so the digits of a document are taken once more from the bytes, by the
// scanners below, which know nothing of parse trees, grids or visibility.
//
// Agreement means: the runs of digits of the grid cells, cell by cell in the order
// of the source, occur in Digits in that order (a subsequence: Digits also has the
// digits of prose, attributes of nothing, and hidden text). A run is a longest
// sequence of ASCII or full-width digits; tags of inline elements, comments and
// marks without width do not end it, everything else does, but that a point between
// two digits and a dash before the first belong to it: without them it is another
// number. Where the witness has no Tables, which would tell, words that do the same
// belong to it too: 减 before the first digit, which counts as a dash, and 元, 万 and 亿
// behind the last. Unwitnessed says which cells fail.

// Unwitnessed returns the places of the grid cells whose digits are not found, in
// order, in d.Digits: something was lost, doubled or moved on the way into the
// grid. It returns nil where the type has no witness.
func (d *Document) Unwitnessed() []report.Place {
	if d.Digits == nil {
		return nil
	}
	var lost []report.Place
	at := 0
	for _, b := range d.Blocks {
		if b.Grid == nil {
			continue
		}
		for i := range b.Grid.Cells {
			c := &b.Grid.Cells[i]
			if next, ok := follow(d.Digits, at, digitsOfText(c.Text, d.Tables == nil)); ok {
				at = next
			} else {
				lost = append(lost, c.Place)
			}
		}
	}
	return lost
}

// follow looks for some runs in digits from at on, and returns the position
// behind the last one.
func follow(digits []string, at int, runs []string) (int, bool) {
	for _, run := range runs {
		for at < len(digits) && digits[at] != run {
			at++
		}
		if at == len(digits) {
			return at, false
		}
		at++
	}
	return at, true
}

// isDigit reports whether a character is a digit as figures are written here: ASCII or
// full width. Chinese numerals are words.
func isDigit(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }

// foldDigits returns s with full-width digits in ASCII.
func foldDigits(s string) string {
	if len(s) > 0 && strings.IndexByte(s, 0xEF) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}

// textDigits returns the runs of digits of a plain text, and the words that belong to
// them.
func textDigits(text string) []string { return digitsOfText(text, true) }

// digitsOfText returns the runs of digits of a text, with the words that belong to them
// or without.
func digitsOfText(text string, words bool) []string {
	d := digitScanner{src: text, out: make([]string, 0, 64), words: words}
	for i := 0; i < len(text); {
		i = d.take(i)
	}
	d.end()
	return d.out
}

// A digitScanner collects runs of digits. Most runs stand in the source as they
// are and share its memory; only those that are split or full width are copied.
type digitScanner struct {
	src      string
	from, to int    // the open run, where it is src[from:to]
	copied   []byte // the open run, where it is not
	mark     byte   // a point or a dash that belongs to the run if a digit follows, 0 for none
	markAt   int    // where it stands, -1 for nowhere as such
	words    bool   // words belong to runs
	unit     bool   // the open run ends with a unit

	// Of a page: the selectors that its style sheets hide, whether what is not shown
	// counts too, how much was looked through for its end, and whether such was passed
	// over and a table was not.
	veiled              map[string]bool
	spent               int
	all, passed, tables bool
	out                 []string
}

// take consumes one character of text at i and returns the next position.
func (d *digitScanner) take(i int) int {
	c := d.src[i]
	if c < utf8.RuneSelf {
		switch {
		case c >= '0' && c <= '9':
			d.digit(c, i)
		case c == '.':
			d.point(i)
		case c == '-':
			d.dash(i)
		default:
			d.end()
		}
		return i + 1
	}
	if c == 0xEF && i+2 < len(d.src) && d.src[i+1] == 0xBC && d.src[i+2] >= 0x90 && d.src[i+2] <= 0x99 {
		d.digit(d.src[i+2]-0x90+'0', -1)
		return i + 3
	}
	r, size := utf8.DecodeRuneInString(d.src[i:])
	switch open := d.to > d.from || len(d.copied) > 0; {
	case !d.words:
		d.other(r)
	case isMinusWord(r):
		d.dash(-1)
	case r == '少' && d.mark == '-': // 减少
	case isMoneyWord(r) && open && d.mark == 0:
		for k := range size {
			d.put(d.src[i+k], i+k)
		}
		d.unit = true
	default:
		d.other(r)
	}
	return i + size
}

// isMinusWord reports whether a character says that the number behind it is negative.
func isMinusWord(r rune) bool { return r == '减' || r == '減' }

// isMoneyWord reports whether a character is part of a unit of money, which makes
// another amount of the same digits.
func isMoneyWord(r rune) bool {
	switch r {
	case '元', '万', '亿', '萬', '億':
		return true
	}
	return false
}

// other takes a character outside ASCII that is no digit.
func (d *digitScanner) other(r rune) {
	switch {
	case r == '．':
		d.point(-1)
	case isMinus(r):
		d.dash(-1)
	case r != 0x200B && r != 0xFEFF && r != 0xAD && r != 0x2060 && (r < 0x200B || r > 0x200F) && (r < 0x202A || r > 0x202E):
		d.end()
	}
}

// isMinus reports whether a character may be the sign of a negative number: any of
// the dashes, as people type them.
func isMinus(r rune) bool {
	switch r {
	case '-', '－', '−', '–', '—', '―', '﹣', '‐', '‑', '─':
		return true
	}
	return false
}

// point takes a point: between two digits it is part of the number.
func (d *digitScanner) point(i int) {
	if d.mark != 0 || d.unit || d.to == d.from && len(d.copied) == 0 {
		d.end()
		return
	}
	d.mark, d.markAt = '.', i
}

// dash takes a dash: before a digit it is a sign.
func (d *digitScanner) dash(i int) {
	d.end()
	d.mark, d.markAt = '-', i
}

// digit adds a digit, which stands at position i of the source or, if i is
// negative, nowhere as such.
func (d *digitScanner) digit(c byte, i int) {
	if d.unit {
		d.end()
	}
	if d.mark != 0 {
		d.put(d.mark, d.markAt)
		d.mark = 0
	}
	d.put(c, i)
}

// put adds a character to the open run.
func (d *digitScanner) put(c byte, i int) {
	open := d.to > d.from
	switch {
	case len(d.copied) == 0 && !open && i >= 0:
		d.from, d.to = i, i+1
		return
	case open && i == d.to:
		d.to++
		return
	case open:
		d.copied = append(d.copied, d.src[d.from:d.to]...)
		d.from, d.to = 0, 0
	}
	d.copied = append(d.copied, c)
}

// end closes the open run.
func (d *digitScanner) end() {
	d.mark, d.unit = 0, false
	switch {
	case d.to > d.from:
		d.out = append(d.out, d.src[d.from:d.to])
		d.from, d.to = 0, 0
	case len(d.copied) > 0:
		d.out = append(d.out, string(d.copied))
		d.copied = d.copied[:0]
	}
}
