package extract

import (
	"cmp"
	"context"
	"slices"
)

// readDOC reads a document of Word 97 to 2003, also as WPS writes it: the text by
// its piece table, what is hidden or deleted by the runs of character properties,
// tables by those of paragraph properties.
func readDOC(ctx context.Context, in input) (*Document, error) {
	streams, err := openOLE(in)
	if err != nil {
		return nil, err
	}
	w, err := openWord(streams)
	if err != nil {
		return nil, err
	}
	doc := &Document{Type: DOC, Route: "piece table"}
	t := wordText{ctx: ctx, doc: doc, file: w, shapes: w.readShapes(), labels: map[int]string{}}
	if err := t.read(0, w.main()); err != nil {
		return nil, err
	}
	if t.story.stack.full() {
		return nil, errTooMany(in.limits)
	}
	if err := layFlow(ctx, doc, t.story.done(), in.limits); err != nil {
		return nil, err
	}
	doc.Digits = docDigits(streams, t.labels)
	return doc, nil
}

// A wordFile is a Word document with its indexes read.
type wordFile struct {
	text, table, data []byte // the streams WordDocument, 0Table or 1Table, Data
	pieces            []wordPiece
	chars, paras      []wordRun // properties by position in the stream, in order
	styles            []wordStyle
	fonts             []string
	lists             wordLists
}

// A wordPiece is a stretch of the text that lies in one place of the stream.
type wordPiece struct {
	from, to int // character positions
	at       int // byte position in the stream
	narrow   bool
	change   []byte // property changes made by a fast save
}

// Positions in the File Information Block.
const (
	fibMagic     = 0xa5ec
	fibLengths   = 0x4c // lengths of the main text and of the other stories
	fibPairs     = 0x9a // offsets and lengths of tables in the table stream
	pairStyles   = 1
	pairChars    = 12
	pairParas    = 13
	pairFonts    = 15
	pairClx      = 33
	pairShapes   = 40
	pairDrawings = 50
	pairBoxes    = 56
	pairLists    = 73
	pairListUses = 74
)

// openWord finds the parts of a Word document.
func openWord(streams oleFile) (*wordFile, error) {
	text := streams["worddocument"]
	switch {
	case streams.encrypted():
		return nil, errEncrypted()
	case len(text) < fibPairs || u16(text, 0) != fibMagic:
		return nil, unreadable("不是 Word 97-2003 文档；请用 Word 或 WPS 打开原件另存为 .docx 后重试")
	}
	flags := u16(text, 0x0a)
	if flags&0x0100 != 0 {
		return nil, errEncrypted()
	}
	if version := u16(text, 2); version < 0xc1 {
		return nil, unreadable("文档为 Word 95 或更早的格式（%d），无法读取；请用 Word 或 WPS 打开后另存为 .docx", version)
	}
	w := &wordFile{text: text, table: streams["0table"], data: streams["data"]}
	if flags&0x0200 != 0 {
		w.table = streams["1table"]
	}
	if len(w.table) == 0 {
		return nil, unreadable("文档缺少表流，已损坏；请用 Word 或 WPS 打开原件另存后重试")
	}
	if w.pieces = w.readPieces(w.pair(pairClx)); len(w.pieces) == 0 {
		return nil, unreadable("文档的文字索引已损坏；请用 Word 或 WPS 打开原件另存后重试")
	}
	w.chars = w.readRuns(w.pair(pairChars), 1, charRun)
	w.paras = w.readRuns(w.pair(pairParas), 13, paraRun)
	w.styles = readWordStyles(w.pair(pairStyles))
	w.fonts = readWordFonts(w.pair(pairFonts))
	w.lists = readWordLists(w.pair(pairLists), w.table, w.pairEnd(pairLists), w.pair(pairListUses))
	return w, nil
}

// pair returns a table of the table stream by its number in the FIB.
func (w *wordFile) pair(n int) []byte {
	at := fibPairs + 8*n
	return part(w.table, u32(w.text, at), u32(w.text, at+4))
}

// pairEnd returns where a table of the table stream ends.
func (w *wordFile) pairEnd(n int) int {
	at := fibPairs + 8*n
	return u32(w.text, at) + u32(w.text, at+4)
}

// main returns the number of characters of the main text; stories follow it.
func (w *wordFile) main() int { return u32(w.text, fibLengths) }

// boxesStory returns where the text of the text boxes begins and ends.
func (w *wordFile) boxesStory() (from, to int) {
	for i := range 6 { // main, footnotes, headers, macros, annotations, endnotes
		from += u32(w.text, fibLengths+4*i)
	}
	return from, from + u32(w.text, fibLengths+4*6)
}

// readPieces reads the piece table, with the property changes it refers to.
func (w *wordFile) readPieces(clx []byte) []wordPiece {
	var changes [][]byte
	for len(clx) > 3 && clx[0] == 1 {
		n := u16(clx, 1)
		changes = append(changes, part(clx, 3, n))
		clx = clx[min(len(clx), 3+n):]
	}
	if len(clx) < 5 || clx[0] != 2 {
		return nil
	}
	plc := part(clx, 5, u32(clx, 1))
	n := (len(plc) - 4) / 12
	room := len(w.text) // pieces do not overlap in the stream
	var pieces []wordPiece
	for i := range max(0, n) {
		at := 4*(n+1) + 8*i
		p := wordPiece{from: u32(plc, 4*i), to: u32(plc, 4*i+4), at: u32(plc, at+2)}
		if p.at&(1<<30) != 0 {
			p.at, p.narrow = p.at&(1<<30-1)/2, true
		}
		p.change = fastSaved(u16(plc, at+6), changes)
		room -= p.offset(p.to) - p.at
		if p.from > p.to || room < 0 {
			return nil
		}
		pieces = append(pieces, p)
	}
	return pieces
}

// offset returns the byte position of a character position in the piece.
func (p wordPiece) offset(cp int) int {
	if p.narrow {
		return p.at + cp - p.from
	}
	return p.at + 2*(cp-p.from)
}

// position returns the character position of a byte position in the piece.
func (p wordPiece) position(at int) int {
	if p.narrow {
		return p.from + at - p.at
	}
	return p.from + (at-p.at)/2
}

// A wordRun is a stretch of the stream with properties in common.
type wordRun struct {
	from, to int // byte positions
	props    []byte
}

// charRun returns the properties that a page of runs of characters has at a
// position, which is the length of what follows.
func charRun(page []byte, at int) []byte {
	return part(page, at+1, int(page[at]))
}

// paraRun does the same for paragraphs, whose length counts words; a zero before it
// says that the length is even.
func paraRun(page []byte, at int) []byte {
	if n := int(page[at]); n > 0 {
		return part(page, at+1, 2*n-1)
	}
	if at+1 < len(page) {
		return part(page, at+2, 2*int(page[at+1]))
	}
	return nil
}

// readRuns reads all pages of runs that an index names. On a page, the positions
// of the runs come first, then an entry of the given size for each run, which
// begins with where its properties are, in words.
func (w *wordFile) readRuns(index []byte, entry int, props func(page []byte, at int) []byte) []wordRun {
	const size = 512
	var all []wordRun
	n := (len(index) - 4) / 8
	for i := range max(0, min(n, len(w.text)/size)) { // a page is indexed once
		page := part(w.text, size*(u32(index, 4*(n+1)+4*i)&0x3fffff), size)
		if len(page) < size {
			continue
		}
		runs := int(page[size-1])
		for k := range runs {
			r := wordRun{from: u32(page, 4*k), to: u32(page, 4*k+4)}
			word := 4*(runs+1) + entry*k
			if r.from >= r.to || word >= size-1 {
				continue
			}
			if at := 2 * int(page[word]); at > 0 {
				r.props = props(page, at)
			}
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b wordRun) int { return cmp.Compare(a.from, b.from) })
	return all
}

// runAt returns the run that covers a byte position; without one, the zero run.
func runAt(runs []wordRun, at int) wordRun {
	i, found := slices.BinarySearchFunc(runs, at, func(r wordRun, at int) int { return cmp.Compare(r.from, at) })
	if !found {
		i--
	}
	if i >= 0 && at < runs[i].to {
		return runs[i]
	}
	return wordRun{}
}
