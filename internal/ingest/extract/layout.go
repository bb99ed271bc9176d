package extract

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// Pages are read in one way, whatever drew them: pdf*.go and ofd*.go, and character
// recognition, say which characters and rulings stand where, and layout*.go finds the
// tables and paragraphs that a reader sees there. Lengths are points, and y grows
// downwards from the top of the page as it is shown.

// A rect is an upright rectangle on a page.
type rect struct{ left, top, right, bottom float64 }

func (r rect) width() float64   { return r.right - r.left }
func (r rect) height() float64  { return r.bottom - r.top }
func (r rect) centerX() float64 { return (r.left + r.right) / 2 }
func (r rect) centerY() float64 { return (r.top + r.bottom) / 2 }

func (r rect) holds(x, y float64) bool {
	return x >= r.left && x <= r.right && y >= r.top && y <= r.bottom
}

func (r rect) union(o rect) rect {
	if r == (rect{}) {
		return o
	}
	return rect{min(r.left, o.left), min(r.top, o.top), max(r.right, o.right), max(r.bottom, o.bottom)}
}

// box returns r as a report.Place has it.
func (r rect) box() [4]int {
	round := func(f float64) int { return int(math.Round(max(-1e6, min(f, 1e6)))) }
	return [4]int{round(r.left), round(r.top), round(r.right), round(r.bottom)}
}

// A glyph is a visible character on a page. White space is none: it is a mark on the
// character behind it.
type glyph struct {
	char   rune
	box    rect
	order  int  // in the stream of the page
	spaced bool // white space stands before it in the stream
}

// A ruling is a line that a reader sees, wide or thin, stroked or filled.
type ruling struct {
	vertical bool
	at       float64 // x of a vertical ruling, y of another
	from, to float64 // along it
}

// A pageLayout is what stands on a page.
type pageLayout struct {
	number        int // from 1
	width, height float64
	glyphs        []glyph // in the order of the stream
	rulings       []ruling
	pictures      int // large enough to hold a table
}

// A glyphLine is a line of text from left to right.
type glyphLine struct {
	glyphs []glyph
	box    rect
}

// linesOf sorts glyphs into lines from top to bottom. Tall characters make the lines;
// marks such as 一 or a comma join the line that they stand in.
func linesOf(glyphs []glyph) []glyphLine {
	if len(glyphs) == 0 {
		return nil
	}
	tall, low := byHeight(glyphs)
	slices.SortStableFunc(tall, func(a, b glyph) int { return cmp.Compare(a.box.centerY(), b.box.centerY()) })
	var lines []glyphLine
	for _, g := range tall {
		if n := len(lines); n > 0 && sameLine(lines[n-1].box, g.box) {
			lines[n-1].add(g)
		} else {
			lines = append(lines, glyphLine{glyphs: []glyph{g}, box: g.box})
		}
	}
	heights := len(lines)
	line := map[int]int{} // of each character, by its order
	for i, l := range lines {
		for _, g := range l.glyphs {
			line[g.order] = i
		}
	}
	for _, g := range low {
		i, ok := lineBeside(lines, line, g)
		if !ok {
			i = nearestLine(lines[:heights], g.box)
		}
		if i >= 0 {
			line[g.order] = i
			lines[i].glyphs = append(lines[i].glyphs, g)
			lines[i].box.left = min(lines[i].box.left, g.box.left)
			lines[i].box.right = max(lines[i].box.right, g.box.right)
		} else {
			line[g.order] = len(lines)
			lines = append(lines, glyphLine{glyphs: []glyph{g}, box: g.box})
		}
	}
	for i := range lines {
		slices.SortStableFunc(lines[i].glyphs, func(a, b glyph) int { return cmp.Compare(a.box.left, b.box.left) })
	}
	slices.SortStableFunc(lines, func(a, b glyphLine) int { return cmp.Compare(a.box.centerY(), b.box.centerY()) })
	return lines
}

// byHeight parts the characters that are about as high as their fonts from the marks.
func byHeight(glyphs []glyph) (tall, low []glyph) {
	for _, g := range glyphs {
		switch {
		case unicode.IsDigit(g.char), unicode.IsLetter(g.char) && g.char != '一':
			tall = append(tall, g)
		default:
			low = append(low, g)
		}
	}
	if len(tall) == 0 {
		return low, nil
	}
	return tall, low
}

func (l *glyphLine) add(g glyph) {
	l.glyphs = append(l.glyphs, g)
	l.box = l.box.union(g.box)
}

// sameLine reports whether a character stands in the line whose characters fill box.
func sameLine(box, g rect) bool {
	return math.Abs(box.centerY()-g.centerY()) < 0.38*max(g.height(), min(box.height(), 1.5*g.height()))
}

// lineBeside returns the line of the character before or behind a mark in the stream, if
// that stands beside it.
func lineBeside(lines []glyphLine, line map[int]int, g glyph) (int, bool) {
	for _, next := range [2]int{g.order - 1, g.order + 1} {
		i, ok := line[next]
		if !ok {
			continue
		}
		box := lines[i].box
		near := math.Abs(box.centerY()-g.box.centerY()) < 0.8*box.height()
		if near && g.box.left < box.right+1.5*box.height() && g.box.right > box.left-1.5*box.height() {
			return i, true
		}
	}
	return 0, false
}

// nearestLine returns the line that a mark stands in, or -1.
func nearestLine(lines []glyphLine, g rect) int {
	best, least := -1, math.Inf(1)
	for i := range lines {
		box := lines[i].box
		d := math.Abs(box.centerY() - g.centerY())
		if d < 0.8*box.height() && d < least {
			best, least = i, d
		}
	}
	return best
}

// text returns a line as it reads. Blanks that only set ideographs apart are left out:
// justification makes them.
func (l glyphLine) text() string {
	var b strings.Builder
	for i, g := range l.glyphs {
		if i > 0 && l.parted(i) {
			b.WriteByte(' ')
		}
		b.WriteRune(g.char)
	}
	return b.String()
}

// parted reports whether white space stands before character i of the line.
func (l glyphLine) parted(i int) bool {
	a, b := l.glyphs[i-1], l.glyphs[i]
	if size := l.size(); b.box.left-a.box.right > 1.2*size && inkless(a, b, size) > 1.2*size {
		return true
	}
	if wide(a.char) || wide(b.char) {
		return false
	}
	if b.order == a.order+1 {
		return b.spaced
	}
	return b.spaced || b.box.left-a.box.right > 0.25*max(a.box.height(), b.box.height())
}

// wide reports whether a character fills a square, as ideographs and their marks do.
func wide(r rune) bool {
	return r >= 0x2E80 && r <= 0x9FFF || r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE4F ||
		r >= 0xFF00 && r <= 0xFFEF && !isDigit(r) || r >= 0x20000 && r <= 0x3FFFF ||
		r == '“' || r == '”' || r == '‘' || r == '’' || r == '—' || r == '…'
}

// size returns about the size of the line's font: the side of its ideographs. Digits and
// letters are lower than these.
func (l glyphLine) size() float64 {
	size := 0.0
	for _, g := range l.glyphs {
		side := 1.35 * g.box.height()
		if wide(g.char) {
			side = max(g.box.height(), g.box.width())
		}
		size = max(size, side)
	}
	return size
}

// glyphText returns the lines of some glyphs, joined by line breaks.
func glyphText(glyphs []glyph) string {
	lines := linesOf(glyphs)
	texts := make([]string, len(lines))
	for i := range lines {
		texts[i] = lines[i].text()
	}
	return strings.Join(texts, "\n")
}
