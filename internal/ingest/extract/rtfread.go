package extract

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf16"
)

// An rtfState is what a group inherits and restores at its end.
type rtfState struct {
	dest      rtfDest
	ignorable bool // the group opened with \*
	hidden    bool
	deleted   bool
	struck    bool
	small     bool
	font      int
	fallback  int // characters that stand behind a \u for old programs
	style     int
	outline   int // 9 for body text
	inTable   bool
	depth     int
}

// An rtfDest is where text goes.
type rtfDest uint8

const (
	toText   rtfDest = iota
	toVoid           // not shown
	toFonts          // the font table
	toStyles         // the style sheet
	toCode           // the code of a field
	toNumber         // the number before a paragraph
	toShape          // the properties of a shape: a picture shows, text does not
)

// An rtfReader rebuilds paragraphs and tables from tokens.
type rtfReader struct {
	ctx     context.Context
	doc     *Document // takes links and pictures
	state   rtfState
	groups  []rtfGroup
	stories []*flowStory // open stories, the main one first
	page    int          // code page of the document

	fonts    map[int]rtfFont
	headings map[int]bool // styles that are headings
	name     []byte       // of the font or style being described
	number   strings.Builder

	bytes []byte // text whose code page is applied when it ends
	high  rune   // first half of a surrogate pair
	skip  int    // characters still to pass over behind a \u

	row     rowFormat // as defined since \trowd
	next    flowCell  // of the cell whose edge comes next
	rowOpen bool      // between \trowd and \row
	tokens  int
}

// An rtfGroup is an open group: the state to restore, and what ends with it.
type rtfGroup struct {
	state rtfState
	row   *rowFormat // the row that a nested table's row interrupts
	field bool
	story bool
}

func newRTFReader(ctx context.Context, doc *Document) *rtfReader {
	return &rtfReader{
		ctx: ctx, doc: doc, page: 1252,
		state:   rtfState{fallback: 1, outline: 9},
		stories: []*flowStory{{}},
		fonts:   map[int]rtfFont{}, headings: map[int]bool{},
	}
}

// maxRTFDepth bounds how deep groups may lie in each other.
const maxRTFDepth = 2000

// take reads one token.
func (r *rtfReader) take(t rtfToken, tokens *rtfTokens) error {
	if r.tokens++; r.tokens%4096 == 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
	if r.skip > 0 && r.passOver(&t) {
		return nil
	}
	switch t.kind {
	case rtfText, rtfByte:
		r.text(t.text)
		return nil
	case rtfOpen:
		r.flush()
		if len(r.groups) >= maxRTFDepth {
			return unreadable("RTF 括号嵌套超过 %d 层；请核对原件是否正常", maxRTFDepth)
		}
		r.groups = append(r.groups, rtfGroup{state: r.state})
		r.state.ignorable = false
	case rtfClose:
		r.flush()
		r.closeGroup()
	case rtfWord:
		if t.word == "bin" {
			tokens.skip(t.param)
			return nil
		}
		r.flush()
		r.word(t)
	}
	return nil
}

// passOver drops what stands behind a \u for programs that do not know it, and
// reports whether nothing of the token is left.
func (r *rtfReader) passOver(t *rtfToken) bool {
	switch t.kind {
	case rtfText:
		n := min(r.skip, len(t.text))
		r.skip -= n
		t.text = t.text[n:]
		return len(t.text) == 0
	case rtfByte:
		r.skip--
		return true
	case rtfWord:
		r.skip--
		return t.word != "bin"
	}
	r.skip = 0
	return false
}

// text takes bytes of text.
func (r *rtfReader) text(b []byte) {
	switch r.state.dest {
	case toFonts, toStyles:
		r.name = append(r.name, b...)
	case toVoid, toShape:
	default:
		r.bytes = append(r.bytes, b...)
	}
}

// flush decodes the bytes gathered under the font that holds.
func (r *rtfReader) flush() {
	if len(r.bytes) == 0 {
		return
	}
	font := r.fonts[r.state.font]
	if font.symbol {
		for _, b := range r.bytes {
			if s, ok := symbolChar(font.name, b); ok {
				r.say(s)
			} else {
				r.say("\ufffd")
			}
		}
	} else {
		page := font.page
		if page == 0 {
			page = r.page
		}
		r.say(decodePage(r.bytes, page))
	}
	r.bytes = r.bytes[:0]
}

// say adds text that a reader sees to where text goes.
func (r *rtfReader) say(s string) {
	if r.state.hidden || r.state.deleted {
		return
	}
	switch r.state.dest {
	case toText:
		if why := r.barely(); why != "" {
			if r.depth() > 0 {
				r.doc.doubtUnseen(why, s)
			}
			return
		}
		r.story().say(s)
	case toCode:
		r.story().fields.say(s)
	case toNumber:
		r.number.WriteString(s)
	}
}

// barely says why text here is shown so that nobody counts it, "" for other text.
func (r *rtfReader) barely() string {
	switch {
	case r.state.struck:
		return struckOut
	case r.state.small:
		return tooSmall
	}
	return ""
}

func (r *rtfReader) story() *flowStory { return r.stories[len(r.stories)-1] }

// closeGroup restores what held before the group.
func (r *rtfReader) closeGroup() {
	n := len(r.groups)
	if n == 0 {
		return
	}
	g := r.groups[n-1]
	r.groups = r.groups[:n-1]
	if g.row != nil {
		r.row = *g.row
	}
	if g.field {
		r.story().fields.end().link(r.doc)
	}
	if g.story && len(r.stories) > 1 {
		blocks := r.story().done()
		r.stories = r.stories[:len(r.stories)-1]
		r.story().after = append(r.story().after, blocks...)
	}
	if r.state.dest == toNumber && g.state.dest != toNumber {
		r.endNumber()
	}
	switch r.state.dest {
	case toStyles:
		r.endStyle()
	case toFonts:
		r.endFont()
	}
	r.state = g.state
}

// endNumber puts the number of a list before its paragraph. Bullets are no text.
func (r *rtfReader) endNumber() {
	s := strings.TrimSpace(r.number.String())
	r.number.Reset()
	if !strings.ContainsFunc(s, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) }) {
		return
	}
	if !strings.HasSuffix(s, "、") && !strings.HasSuffix(s, "）") {
		s += " "
	}
	r.state.dest = toText
	r.say(s)
}

// unicode takes a \u. Half a surrogate pair waits for the other.
func (r *rtfReader) unicode(n int) {
	c := rune(uint16(n))
	r.skip = r.state.fallback
	if r.state.dest == toFonts || r.state.dest == toStyles {
		return
	}
	switch {
	case c >= 0xd800 && c < 0xdc00:
		r.high = c
		return
	case utf16.IsSurrogate(c):
		c = utf16.DecodeRune(r.high, c)
	case c >= 0xf000 && c <= 0xf0ff:
		r.say(wordSymbol(r.fonts[r.state.font].name, c))
		return
	}
	r.say(string(c))
}

// depth returns how many tables the open paragraph stands in.
func (r *rtfReader) depth() int {
	switch {
	case len(r.stories) > 1 && !r.state.inTable:
		return 0
	case r.state.depth > 0:
		return r.state.depth
	case r.state.inTable || r.rowOpen:
		return 1
	}
	return 0
}

// endParagraph ends the open paragraph, or joins it with the next where its mark
// does not show.
func (r *rtfReader) endParagraph() {
	if r.state.hidden || r.state.deleted {
		r.story().join(r.depth())
		return
	}
	r.story().settle(r.depth())
	r.story().end(r.depth(), r.block())
}

// block returns the open paragraph.
func (r *rtfReader) block() flowBlock {
	heading := r.state.outline < 9 || r.headings[r.state.style] && r.depth() == 0
	return flowBlock{text: r.story().text(), heading: heading}
}

// endCell ends a cell at a depth.
func (r *rtfReader) endCell(depth int) {
	s := r.story()
	s.settle(depth)
	s.end(depth, r.block())
	s.stack.cell(depth)
}

// endRow ends a row at a depth.
func (r *rtfReader) endRow(depth int) {
	f := r.row
	f.cells = append([]flowCell(nil), r.row.cells...)
	f.deleted = r.state.deleted || r.state.hidden
	r.story().row(depth, f)
}

// endFont notes the name of the font being described.
func (r *rtfReader) endFont() {
	name := strings.TrimSuffix(strings.TrimSpace(string(r.name)), ";")
	r.name = r.name[:0]
	if font := r.fonts[r.state.font]; name != "" && font.name == "" {
		font.name = name
		r.fonts[r.state.font] = font
	}
}

// endStyle notes a style whose name says that it is a heading.
func (r *rtfReader) endStyle() {
	name := strings.TrimSuffix(strings.TrimSpace(decodePage(r.name, r.page)), ";")
	r.name = r.name[:0]
	if isHeadingStyle(name) || r.state.outline < 9 {
		r.headings[r.state.style] = true
	}
}
