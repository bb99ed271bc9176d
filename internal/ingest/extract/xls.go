package extract

import (
	"context"
	"encoding/binary"
	"math"

	"gongkai/internal/report"
)

// readXLS reads a workbook of Excel 5 to 2003, also as WPS writes it (.et). Macros
// and links to elsewhere are not looked at; of formulas only the results count.
func readXLS(ctx context.Context, in input) (*Document, error) {
	stream, err := workbookStream(in)
	if err != nil {
		return nil, err
	}
	doc := &Document{Type: XLS, Route: "biff"}
	b := &biffBook{ctx: ctx, doc: doc, page: 1252, room: int(in.limits.Decompressed)}
	if err := b.read(stream); err != nil {
		return nil, err
	}
	if b.stored > mostStored {
		return nil, errTooMany(in.limits)
	}
	if b.room < 0 {
		return nil, &report.LimitError{Limit: "decompressed", Max: in.limits.Decompressed}
	}
	if err := laySheets(ctx, doc, b.shown(), in.limits); err != nil {
		return nil, err
	}
	doc.Digits = xlsDigits(stream)
	return doc, nil
}

// workbookStream returns the stream of records, in its compound file or without.
func workbookStream(in input) ([]byte, error) {
	if u16(in.body, 0) == biffBOF {
		return in.body, nil
	}
	streams, err := openOLE(in)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"workbook", "book"} {
		if s := streams[name]; len(s) > 0 {
			return s, nil
		}
	}
	if streams.encrypted() {
		return nil, errEncrypted()
	}
	return nil, unreadable("复合文档中没有工作簿；请用 Excel 或 WPS 打开原件另存为 .xlsx 后重试")
}

// Records that say something of what a reader sees.
const (
	biffFormula   = 0x06
	biffEOF       = 0x0a
	biffDate1904  = 0x22
	biffPassword  = 0x2f
	biffContinue  = 0x3c
	biffFontKind  = 0x31
	biffCodePage  = 0x42
	biffObject    = 0x5d
	biffColumn    = 0x7d
	biffSheet     = 0x85
	biffMulRK     = 0xbd
	biffMulBlank  = 0xbe
	biffRichText  = 0xd6
	biffXF        = 0xe0
	biffMerges    = 0xe5
	biffStrings   = 0xfc
	biffStringRef = 0xfd
	biffBlank     = 0x201
	biffNumber    = 0x203
	biffLabel     = 0x204
	biffBool      = 0x205
	biffString    = 0x207
	biffRow       = 0x208
	biffWindow    = 0x23e
	biffRK        = 0x27e
	biffFormat    = 0x41e
	biffBOF       = 0x809
)

// A biffRecord is a record with those that continue it.
type biffRecord struct {
	kind  int
	parts [][]byte // the record's own bytes first
	at    int      // position in the stream
}

func (r biffRecord) data() []byte { return r.parts[0] }

// eachRecord calls do for each record from a position on, until do returns false
// or the stream ends.
func eachRecord(stream []byte, at int, do func(biffRecord) bool) {
	for at+4 <= len(stream) {
		r := biffRecord{kind: u16(stream, at), at: at}
		for {
			n := u16(stream, at+2)
			r.parts = append(r.parts, part(stream, at+4, n))
			at += 4 + n
			if u16(stream, at) != biffContinue || at+4 > len(stream) {
				break
			}
		}
		if !do(r) {
			return
		}
	}
}

// A biffBook is a workbook being read.
type biffBook struct {
	ctx      context.Context
	doc      *Document // takes pictures
	old      bool      // Excel 5 and 95: bytes in a code page
	page     int
	from1904 bool
	locked   bool
	stored   int // cells so far
	room     int // bytes of text that cells may still say

	strings []string
	formats map[int]numberFormat
	codes   map[int]string
	styles  []biffStyle
	fonts   []biffFont
	sheets  []*biffSheetReader
}

// A biffStyle is what a cell's format says.
type biffStyle struct {
	format int
	framed bool
	barely string // why the cell is shown so that nobody counts it
}

// A biffFont is a font as far as it takes text away.
type biffFont struct{ struck, white bool }

// A biffSheetReader is a sheet being read.
type biffSheetReader struct {
	worksheet
	at      int // position of its records
	hidden  bool
	noZeros bool       // zeros are not shown
	pending *sheetCell // a formula whose text comes in the next record
	style   biffStyle
}

// read reads the globals, then each sheet.
func (b *biffBook) read(stream []byte) error {
	b.formats, b.codes = map[int]numberFormat{}, map[int]string{}
	depth := 0
	eachRecord(stream, 0, func(r biffRecord) bool {
		switch r.kind {
		case biffBOF:
			depth++
			b.old = u16(r.data(), 0) < 0x600
		case biffEOF:
			depth--
		}
		b.global(r)
		return depth > 0 && !b.locked && b.ctx.Err() == nil
	})
	switch {
	case b.locked:
		return errEncrypted()
	case len(b.sheets) == 0:
		return unreadable("工作簿里没有工作表，或为 Excel 4 以前的格式；请用 Excel 或 WPS 打开原件另存为 .xlsx 后重试")
	}
	for _, s := range b.sheets {
		if s.hidden {
			continue
		}
		nested := 0
		eachRecord(stream, s.at, func(r biffRecord) bool {
			switch r.kind {
			case biffBOF:
				nested++
			case biffEOF:
				nested--
			default:
				if nested == 1 { // charts lie within sheets
					b.sheetRecord(s, r)
				}
			}
			return nested > 0 && b.ctx.Err() == nil
		})
	}
	return b.ctx.Err()
}

// shown returns the sheets that a reader sees.
func (b *biffBook) shown() []*worksheet {
	var sheets []*worksheet
	for _, s := range b.sheets {
		if !s.hidden {
			sheets = append(sheets, &s.worksheet)
		}
	}
	return sheets
}

// global takes a record of the globals.
func (b *biffBook) global(r biffRecord) {
	d := r.data()
	switch r.kind {
	case biffPassword:
		b.locked = true
	case biffCodePage:
		b.page = u16(d, 0)
	case biffDate1904:
		b.from1904 = u16(d, 0) == 1
	case biffSheet:
		if len(d) < 8 || d[5] != 0 { // charts and macros are no sheets
			return
		}
		s := &biffSheetReader{at: u32(d, 0), hidden: d[4]&3 != 0}
		s.hiddenRows, s.hiddenCols = map[int]bool{}, map[int]bool{}
		text := biffText{parts: [][]byte{d[6:]}, old: b.old, page: b.page}
		s.name = text.short()
		b.sheets = append(b.sheets, s)
	case biffFormat:
		if len(d) < 4 {
			return
		}
		text := biffText{parts: [][]byte{d[2:]}, old: b.old, page: b.page}
		if b.old {
			b.codes[u16(d, 0)] = text.short()
		} else {
			b.codes[u16(d, 0)] = text.long()
		}
	case biffFontKind:
		colour := u16(d, 4)
		b.fonts = append(b.fonts, biffFont{struck: u16(d, 2)&8 != 0, white: colour == 9 || colour == 1})
	case biffXF:
		style := biffStyle{format: u16(d, 2), barely: b.barely(d)}
		switch {
		case !b.old && len(d) >= 14:
			style.framed = u16(d, 10)&0xff != 0 // left or right line
		case b.old && len(d) >= 16:
			style.framed = u16(d, 12)>>3&0x3f != 0 || u16(d, 12)>>3&7 != 0
		}
		b.styles = append(b.styles, style)
	case biffStrings:
		b.readStrings(r)
	}
}

// barely says why cells of a format are shown so that nobody counts them. The
// fonts lack a number: after the third comes the fifth.
func (b *biffBook) barely(xf []byte) string {
	i := u16(xf, 0)
	if i > 4 {
		i--
	}
	filled := len(xf) >= 20 && u32(xf, 14)>>26 != 0 || b.old
	switch {
	case i >= len(b.fonts):
	case b.fonts[i].struck:
		return struckOut
	case b.fonts[i].white && !filled:
		return tooWhite
	}
	return ""
}

// readStrings reads the table of shared strings, which runs over many records.
func (b *biffBook) readStrings(r biffRecord) {
	text := biffText{parts: r.parts}
	text.skip(4)
	n := text.number(4)
	for range n {
		if text.ended() || b.ctx.Err() != nil {
			return
		}
		b.strings = append(b.strings, squeeze(text.long()))
	}
}

// style returns the style of a cell; the zero style where it is not there.
func (b *biffBook) style(i int) biffStyle {
	if i < len(b.styles) {
		return b.styles[i]
	}
	return biffStyle{}
}

// format returns a number format, parsed once.
func (b *biffBook) format(id int) numberFormat {
	f, ok := b.formats[id]
	if !ok {
		code, own := b.codes[id]
		if !own {
			code = builtInFormat(id)
		}
		f = parseNumberFormat(code)
		b.formats[id] = f
	}
	return f
}

// sheetRecord takes a record of a sheet.
func (b *biffBook) sheetRecord(s *biffSheetReader, r biffRecord) {
	d := r.data()
	row, col := u16(d, 0), u16(d, 2)
	if r.kind != biffString && r.kind != 0x4bc && r.kind != 0x221 && r.kind != 0x236 {
		s.pending = nil // only shared formulas stand between a formula and its text
	}
	switch r.kind {
	case biffRow:
		if len(d) >= 14 && d[12]&0x20 != 0 {
			s.hiddenRows[row] = true
		}
	case biffColumn:
		if len(d) >= 10 && (d[8]&1 != 0 || u16(d, 4) == 0) {
			for c := row; c <= min(col, 1<<14); c++ {
				s.hiddenCols[c] = true
			}
		}
	case biffMerges:
		for i := range min(u16(d, 0), len(d)/8) {
			m := d[2+8*i:]
			s.merge(sheetRange{top: u16(m, 0), bottom: u16(m, 2), left: u16(m, 4), right: u16(m, 6)})
		}
	case biffWindow:
		s.noZeros = len(d) >= 2 && d[0]&0x10 == 0
	case biffObject:
		if u16(d, 0) == 0x15 && u16(d, 4) == 8 {
			b.doc.Pictures++
		}
	case biffMulRK:
		for i := 4; i+6 <= len(d)-2; i += 6 {
			b.number(s, row, col+(i-4)/6, u16(d, i), rkNumber(uint32(u32(d, i+2))))
		}
	case biffMulBlank:
		for i := 4; i+2 <= len(d)-2; i += 2 {
			b.put(s, row, col+(i-4)/2, u16(d, i), "")
		}
	case biffString:
		if s.pending != nil {
			text := biffText{parts: r.parts, old: b.old, page: b.page}
			shown := squeeze(b.format(s.style.format).showText(text.long()))
			if s.style.barely != "" {
				b.doc.doubtUnseen(s.style.barely, shown)
				shown = ""
			}
			s.pending.text, s.pending = shown, nil
		}
	default:
		b.cellRecord(s, r, row, col)
	}
}

// cellRecord takes a record that fills one cell.
func (b *biffBook) cellRecord(s *biffSheetReader, r biffRecord, row, col int) {
	d := r.data()
	if len(d) < 6 {
		return
	}
	xf := u16(d, 4)
	switch r.kind {
	case biffBlank:
		b.put(s, row, col, xf, "")
	case biffStringRef:
		if i := u32(d, 6); i < len(b.strings) {
			b.text(s, row, col, xf, b.strings[i])
		}
	case biffLabel, biffRichText:
		text := biffText{parts: [][]byte{d[6:]}, old: b.old, page: b.page}
		b.text(s, row, col, xf, squeeze(text.long()))
	case biffNumber:
		if len(d) >= 14 {
			b.number(s, row, col, xf, math.Float64frombits(binary.LittleEndian.Uint64(d[6:])))
		}
	case biffRK:
		b.number(s, row, col, xf, rkNumber(uint32(u32(d, 6))))
	case biffBool:
		if len(d) >= 8 {
			b.put(s, row, col, xf, boolOrError(int(d[6]), d[7] == 1))
		}
	case biffFormula:
		b.formula(s, d, row, col, xf)
	}
}

// formula takes the result of a formula: a number, or a kind of its own.
func (b *biffBook) formula(s *biffSheetReader, d []byte, row, col, xf int) {
	if len(d) < 14 {
		return
	}
	if u16(d, 12) != 0xffff {
		b.number(s, row, col, xf, math.Float64frombits(binary.LittleEndian.Uint64(d[6:])))
		return
	}
	switch d[6] {
	case 0: // a text, in the record that follows
		b.put(s, row, col, xf, "")
		if n := len(s.cells); n > 0 {
			s.pending, s.style = &s.cells[n-1], b.style(xf)
		}
	case 1:
		b.put(s, row, col, xf, boolOrError(int(d[8]), false))
	case 2:
		b.put(s, row, col, xf, boolOrError(int(d[8]), true))
	default:
		b.put(s, row, col, xf, "")
	}
}

func (b *biffBook) number(s *biffSheetReader, row, col, xf int, v float64) {
	text := ""
	if v != 0 || !s.noZeros {
		text = b.format(b.style(xf).format).show(v, b.from1904)
	}
	b.put(s, row, col, xf, text)
}

func (b *biffBook) text(s *biffSheetReader, row, col, xf int, text string) {
	if shown := b.format(b.style(xf).format).showText(text); shown != text {
		text = squeeze(shown)
	}
	b.put(s, row, col, xf, text)
}

// put adds a cell.
func (b *biffBook) put(s *biffSheetReader, row, col, xf int, text string) {
	b.stored++
	if b.room -= len(text); b.room < 0 || b.stored > mostStored { // a text may be shared by a million cells
		return
	}
	style := b.style(xf)
	if style.barely != "" {
		b.doc.doubtUnseen(style.barely, text)
		text = ""
	}
	s.cells = append(s.cells, sheetCell{row: row, col: col, text: text, framed: style.framed})
}

// merge adds a merged cell.
func (s *worksheet) merge(m sheetRange) {
	if m.top <= m.bottom && m.left <= m.right && (m.top != m.bottom || m.left != m.right) {
		s.merges = append(s.merges, m)
	}
}
