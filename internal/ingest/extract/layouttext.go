package extract

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A layoutPart is what stands on a page between other things: a table, or lines that
// are a paragraph.
type layoutPart struct {
	table  *pageTable
	lines  []glyphLine
	page   int
	chrome bool // page number, running header
}

func (p layoutPart) top() float64 {
	if p.table != nil {
		return p.table.box.top
	}
	return p.lines[0].box.top
}

// last returns the last line of a paragraph.
func (p layoutPart) last() glyphLine { return p.lines[len(p.lines)-1] }

// A pageText is the text outside tables with the margins that it keeps.
type pageText struct {
	left, right float64
	size        float64 // of most characters
}

// marginsOf measures the text of a page. What other pages of the same size have counts:
// a page may hold a few short lines only.
func marginsOf(page *pageLayout, all []*pageLayout, lines map[int][]glyphLine) pageText {
	t := pageText{left: math.Inf(1), right: math.Inf(-1)}
	count := map[float64]int{}
	for _, p := range all {
		if math.Abs(p.width-page.width) > 1 {
			continue
		}
		for _, l := range lines[p.number] {
			t.left, t.right = min(t.left, l.box.left), max(t.right, l.box.right)
			if l.box.width() > 0.5*p.width && strings.ContainsAny(l.text(), "，。") { // text
				count[math.Round(l.size())] += len(l.glyphs)
			}
		}
	}
	most := 0
	for size, n := range count {
		if n > most || n == most && size < t.size {
			most, t.size = n, size
		}
	}
	return t
}

// chromeOf parts the text of a page from what stands at its edges on every page.
func chromeOf(p *pageLayout, tables []*pageTable, lines []glyphLine, running map[string]bool) (text, chrome []glyphLine) {
	for _, l := range lines {
		if inMargin(p, l, lines, tables) && (pageNumber(l.text()) || running[runningKey(l)]) {
			chrome = append(chrome, l)
		} else {
			text = append(text, l)
		}
	}
	return text, chrome
}

// partsOf puts the tables and lines of a page in reading order and makes paragraphs of
// the lines.
func partsOf(p *pageLayout, tables []*pageTable, text, chrome []glyphLine, margins pageText) []layoutPart {
	var parts []layoutPart
	for _, t := range tables {
		parts = append(parts, layoutPart{table: t, page: p.number})
	}
	for _, l := range text {
		parts = append(parts, layoutPart{lines: []glyphLine{l}, page: p.number})
	}
	for _, l := range chrome {
		parts = append(parts, layoutPart{lines: []glyphLine{l}, page: p.number, chrome: true})
	}
	slices.SortStableFunc(parts, func(a, b layoutPart) int { return cmp.Compare(a.top(), b.top()) })
	out := parts[:0]
	for _, part := range parts {
		if n := len(out); n > 0 && margins.goesOn(out[n-1], part, true) {
			out[n-1].lines = append(out[n-1].lines, part.lines...)
			continue
		}
		out = append(out, part)
	}
	return out
}

// goesOn reports whether the first line of b continues the paragraph a. Both stand on
// one page if near.
func (t pageText) goesOn(a, b layoutPart, near bool) bool {
	if a.table != nil || b.table != nil || a.chrome != b.chrome || a.chrome {
		return false
	}
	above, below := a.last(), b.lines[0]
	size := max(above.size(), below.size())
	if math.Abs(above.size()-below.size()) > 0.2*size || near && below.box.top-above.box.bottom > 2*size {
		return false
	}
	if n := numbering(below.text()); n == 1 || n == 2 {
		return false
	}
	if sectionHeading(below.text()) || sectionHeading(above.text()) && above.box.right < t.right-2*size {
		return false
	}
	middle := math.Abs(above.box.centerX()-(t.left+t.right)/2) < 2*size
	centered := middle && size > 1.15*t.size && math.Abs(above.box.centerX()-below.box.centerX()) < size
	full := above.box.right > t.right-1.6*size && above.box.left < t.left+5*size
	return centered || full && below.box.left < t.left+0.8*size
}

// inMargin reports whether a line is the first or the last thing on its page and
// stands near its edge.
func inMargin(p *pageLayout, l glyphLine, lines []glyphLine, tables []*pageTable) bool {
	const margin = 0.11
	y := l.box.centerY()
	above, below := y < margin*p.height, y > (1-margin)*p.height
	if !above && !below {
		return false
	}
	for _, t := range tables {
		if above && t.box.top < y || below && t.box.bottom > y {
			return false
		}
	}
	for _, o := range lines {
		if d := o.box.centerY() - y; above && d < -3 || below && d > 3 {
			return o.size() > 0 && inMarginLine(p, o, margin)
		}
	}
	return true
}

func inMarginLine(p *pageLayout, l glyphLine, margin float64) bool {
	y := l.box.centerY()
	return y < margin*p.height || y > (1-margin)*p.height
}

// pageNumberForm is a page number with what is set around it.
var pageNumberForm = regexp.MustCompile(`^[-—–－‐·•~～\s]*(第\s*)?\d{1,4}\s*(页)?\s*([/／,，]?\s*共?\s*\d{1,4}\s*页?)?[-—–－‐·•~～\s]*$`)

func pageNumber(text string) bool { return pageNumberForm.MatchString(foldDigits(text)) }

// runningKey is what a running header says and how high it stands, whatever the page
// number in it.
func runningKey(l glyphLine) string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, l.text())
	if text == "" {
		return ""
	}
	return text + itoa(int(l.box.centerY()/4))
}

// runningLines returns what stands near an edge of most pages.
func runningLines(pages []*pageLayout, lines map[int][]glyphLine) map[string]bool {
	seen := map[string]int{}
	for _, p := range pages {
		here := map[string]bool{}
		for _, l := range lines[p.number] {
			if inMarginLine(p, l, 0.11) && figuresIn(strings.Fields(l.text())) < 2 {
				here[runningKey(l)] = true
			}
		}
		for k := range here {
			seen[k]++
		}
	}
	out := map[string]bool{}
	for k, n := range seen {
		out[k] = k != "" && n > 1 && 2*n > len(pages)
	}
	return out
}

// paragraph returns what the lines of a part say: one paragraph, whose line breaks were
// only the width of the page.
func (p layoutPart) text() string {
	var b strings.Builder
	for i, l := range p.lines {
		text := l.text()
		if i > 0 && !wide(p.lines[i-1].lastChar()) && !wide(l.glyphs[0].char) {
			b.WriteByte(' ')
		}
		b.WriteString(text)
	}
	return b.String()
}

func (l glyphLine) lastChar() rune { return l.glyphs[len(l.glyphs)-1].char }
