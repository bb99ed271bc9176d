package extract

import (
	"context"
	"sort"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// A wordText walks a story of a Word document and rebuilds its paragraphs and
// tables.
type wordText struct {
	ctx    context.Context
	doc    *Document // takes links and pictures
	file   *wordFile
	shapes *wordShapes

	story   flowStory
	labels  map[int]string // what shows and is stored elsewhere, by the character it stands before
	begin   int            // character that the open paragraph begins with
	err     error
	inTable bool // the run at hand, if it is barely shown
	runs    int  // index of the run of characters last asked for
}

// Characters that stand for something else in the text of a Word document.
const (
	wordPicture   = 0x01
	wordCell      = 0x07
	wordDrawing   = 0x08
	wordLine      = 0x0b
	wordPage      = 0x0c
	wordParagraph = 0x0d
	wordColumn    = 0x0e
	wordBegin     = 0x13
	wordSeparate  = 0x14
	wordEnd       = 0x15
	wordHyphen    = 0x1e
	wordSoft      = 0x1f
)

// read walks the characters from..to.
func (t *wordText) read(from, to int) error {
	pieces := t.file.pieces
	i := sort.Search(len(pieces), func(i int) bool { return pieces[i].to > from })
	for ; i < len(pieces) && pieces[i].from < to; i++ {
		t.piece(pieces[i], max(from, pieces[i].from), min(to, pieces[i].to))
	}
	return t.err
}

// piece walks the characters from..to of a piece, run by run.
func (t *wordText) piece(p wordPiece, from, to int) {
	at, end := p.offset(from), min(p.offset(to), len(t.file.text))
	for at < end && t.err == nil {
		run := t.runFrom(at)
		stop := min(end, run.to)
		if !p.narrow {
			stop -= (stop - at) & 1 // a character is not split
			if stop == at {
				stop = min(end, at+2)
			}
		}
		var props charProps
		style := t.file.style(t.file.styleAt(at))
		props.hidden = style.hidden
		props.apply(run.props, t.file, style.hidden)
		props.apply(p.change, t.file, style.hidden)
		if props.barely() != "" {
			t.inTable = t.paragraphAt(at).inTable
		}
		t.characters(p, at, stop, props)
		at = stop
	}
}

// runFrom returns the run of characters at a position; between runs, an empty one
// up to the next.
func (t *wordText) runFrom(at int) wordRun {
	runs := t.file.chars
	if t.runs >= len(runs) || runs[t.runs].from > at {
		t.runs = sort.Search(len(runs), func(i int) bool { return runs[i].to > at })
	}
	for t.runs < len(runs) && runs[t.runs].to <= at {
		t.runs++
	}
	switch {
	case t.runs == len(runs):
		return wordRun{from: at, to: len(t.file.text)}
	case runs[t.runs].from > at:
		return wordRun{from: at, to: runs[t.runs].from}
	}
	return runs[t.runs]
}

// characters takes the bytes at..stop, which share their properties.
func (t *wordText) characters(p wordPiece, at, stop int, props charProps) {
	b := t.file.text[at:stop]
	if p.narrow {
		for i, c := range b {
			if c >= ' ' && c < 0x80 && !props.special {
				t.say(string(rune(c)), props)
				continue
			}
			t.character(p, at+i, charmap.Windows1252.DecodeByte(c), props)
		}
		return
	}
	flush := 0
	for i := 0; i+1 < len(b); i += 2 {
		if c := u16(b, i); c < ' ' || props.special || c == wordSymbolMark {
			t.say(utf16Text(b[flush:i]), props)
			t.character(p, at+i, rune(c), props)
			flush = i + 2
		}
	}
	t.say(utf16Text(b[flush:len(b)&^1]), props)
}

// wordSymbolMark stands where a symbol of another font shows.
const wordSymbolMark = 0x28

// say adds text that a reader sees to the open paragraph.
func (t *wordText) say(s string, props charProps) {
	if s == "" || props.hidden || props.deleted {
		return
	}
	if why := props.barely(); why != "" {
		if t.inTable {
			t.doc.doubtUnseen(why, s)
		}
		return
	}
	t.story.say(s)
}

// character takes a character that may stand for something else.
func (t *wordText) character(p wordPiece, at int, c rune, props charProps) {
	switch c {
	case wordParagraph, wordPage, wordCell:
		t.mark(p, at, c, props)
	case wordLine, wordColumn:
		t.say("\n", props)
	case wordHyphen:
		t.say("-", props)
	case wordSoft:
	case wordBegin:
		t.story.fields.begin(props.hidden || props.deleted)
	case wordSeparate:
		t.story.fields.separate()
	case wordEnd:
		t.story.fields.end().link(t.doc)
	case wordPicture:
		if props.special && !props.object && !props.hidden && !props.deleted {
			t.doc.Pictures++
		}
	case wordDrawing:
		if props.special && !props.hidden && !props.deleted {
			t.drawing(p, at)
		}
	case wordSymbolMark:
		if props.special && props.symbol != 0 {
			t.say(wordSymbol(t.file.font(props.symbolFont), props.symbol), props)
			return
		}
		t.say("(", props)
	default:
		if c == '\t' || c >= ' ' && !props.special {
			t.say(string(c), props)
		}
	}
}

// wordSymbol returns what a symbol shows. Its code may lack the offset of the
// private area that symbol fonts have.
func wordSymbol(font string, code rune) string {
	if code < 0x100 {
		code += 0xf000
	}
	if code >= 0xf000 && code <= 0xf0ff {
		if s, ok := symbolChar(font, byte(code)); ok {
			return s
		}
		return "\ufffd"
	}
	return string(code)
}

// mark ends a paragraph, a cell or a row.
func (t *wordText) mark(p wordPiece, at int, c rune, props charProps) {
	t.noteBoxes(p.position(at) + 1)
	defer func() { t.begin = p.position(at) + 1 }()
	if t.err = t.ctx.Err(); t.err != nil {
		return
	}
	para := t.paragraphAt(at)
	para.apply(p.change, t.file, false)
	depth := 0
	if para.inTable || c == wordCell {
		depth = max(1, para.depth)
	}
	t.story.settle(depth)
	gone := props.hidden || props.deleted
	switch {
	case c == wordCell && para.rowEnd, depth > 1 && para.innerRowEnd:
		para.row.deleted = gone
		t.story.row(depth, para.row)
	case c == wordCell, depth > 1 && para.cellEnd:
		t.story.end(depth, t.paragraph(para))
		t.story.stack.cell(depth)
	case gone && c == wordParagraph:
		t.story.join(depth)
	default:
		t.story.end(depth, t.paragraph(para))
	}
}

// noteBoxes notes for the witness what the text boxes of the open paragraph say,
// which is stored elsewhere and shows behind it. Tables are not vouched for.
func (t *wordText) noteBoxes(at int) {
	for _, b := range t.story.after {
		if b.table == nil {
			t.labels[at] += b.text + " "
		}
	}
}

// paragraph returns the open paragraph as a block.
func (t *wordText) paragraph(para paraProps) flowBlock {
	style := t.file.style(para.style)
	text := t.story.text()
	if strings.TrimSpace(text) != "" {
		if label := t.file.lists.next(para.list, para.level); label != "" {
			text = label + text
			t.labels[t.begin] += label
		}
	}
	return flowBlock{text: text, heading: style.heading && !para.inTable || para.outline < 9}
}

// styleAt returns the style of the paragraph at a byte position.
func (w *wordFile) styleAt(at int) int { return u16(runAt(w.paras, at).props, 0) }

// paragraphAt returns the properties of the paragraph at a byte position.
func (t *wordText) paragraphAt(at int) paraProps {
	run := runAt(t.file.paras, at)
	style := u16(run.props, 0)
	p := t.file.style(style).props
	p.style = style
	if len(run.props) > 2 {
		p.apply(run.props[2:], t.file, false)
	}
	return p
}
