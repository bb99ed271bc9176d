package extract

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// A wordDraft builds the streams of a Word document by hand, for what no program at
// hand writes: narrow pieces, fast saves, rows defined in the data stream.
type wordDraft struct {
	text         []byte // of WordDocument, behind the header
	data         []byte
	pieces       []byte // entries of the piece table
	ends         []int  // character positions where pieces end
	changes      []byte // property changes that pieces refer to
	chars, paras []draftRun
}

type draftRun struct {
	to    int // byte position in WordDocument
	props []byte
}

const draftStart = 1024 // where the text begins in WordDocument

func (w *wordDraft) here() int { return draftStart + len(w.text) }

// piece adds text as a piece of its own, in one byte a character or in two, with
// property changes of a fast save.
func (w *wordDraft) piece(text string, narrow bool, change int) {
	at, n := w.here(), 0
	if narrow {
		w.text = append(w.text, text...)
		n = len(text)
		at = at*2 | 1<<30
	} else {
		for _, u := range utf16.Encode([]rune(text)) {
			w.text = binary.LittleEndian.AppendUint16(w.text, u)
			n++
		}
	}
	last := 0
	if len(w.ends) > 0 {
		last = w.ends[len(w.ends)-1]
	}
	w.ends = append(w.ends, last+n)
	w.pieces = append(w.pieces, 0, 0)
	w.pieces = binary.LittleEndian.AppendUint32(w.pieces, uint32(at))
	w.pieces = binary.LittleEndian.AppendUint16(w.pieces, uint16(change))
}

// char and para end a run of characters or a paragraph here.
func (w *wordDraft) char(props ...byte) { w.chars = append(w.chars, draftRun{w.here(), props}) }
func (w *wordDraft) para(props ...byte) { w.paras = append(w.paras, draftRun{w.here(), props}) }

// huge puts properties into the data stream and returns the one that refers to them.
func (w *wordDraft) huge(props ...byte) []byte {
	at := len(w.data)
	w.data = binary.LittleEndian.AppendUint16(w.data, uint16(len(props)))
	w.data = append(w.data, props...)
	return binary.LittleEndian.AppendUint32([]byte{0x46, 0x66}, uint32(at))
}

// change adds property changes for fast saves and returns their modifier.
func (w *wordDraft) change(props ...byte) int {
	n := 0
	for rest := w.changes; len(rest) > 0; n++ {
		rest = rest[3+int(rest[1]):]
	}
	w.changes = append(append(w.changes, 1, byte(len(props)), 0), props...)
	return n<<1 | 1
}

// streams returns the document.
func (w *wordDraft) streams() oleFile {
	page := func(runs []draftRun, entry int) []byte {
		p := make([]byte, 512)
		free, from := 508, draftStart
		for i, r := range runs {
			binary.LittleEndian.PutUint32(p[4*i:], uint32(from))
			binary.LittleEndian.PutUint32(p[4*i+4:], uint32(r.to))
			from = r.to
			stored := append([]byte{byte(len(r.props))}, r.props...)
			if entry == 13 { // in words, behind the index of a style
				stored = append([]byte{0, byte((len(r.props) + 3) / 2), 0, 0}, r.props...)
			}
			free = (free - len(stored)) &^ 1
			copy(p[free:], stored)
			p[4*(len(runs)+1)+entry*i] = byte(free / 2)
		}
		p[511] = byte(len(runs))
		return p
	}
	main := make([]byte, draftStart, 8192)
	main = append(main, w.text...)
	for len(main)%512 != 0 {
		main = append(main, 0)
	}
	charPage, paraPage := len(main)/512, len(main)/512+1
	main = append(append(main, page(w.chars, 1)...), page(w.paras, 13)...)
	var table []byte
	pair := func(n int, b []byte) {
		binary.LittleEndian.PutUint32(main[fibPairs+8*n:], uint32(len(table)))
		binary.LittleEndian.PutUint32(main[fibPairs+8*n+4:], uint32(len(b)))
		table = append(table, b...)
	}
	index := func(page int) []byte {
		b := binary.LittleEndian.AppendUint32(nil, draftStart)
		b = binary.LittleEndian.AppendUint32(b, uint32(w.here()))
		return binary.LittleEndian.AppendUint32(b, uint32(page))
	}
	clx := append(w.changes, 2)
	clx = binary.LittleEndian.AppendUint32(clx, uint32(4+12*len(w.ends)))
	clx = append(clx, 0, 0, 0, 0)
	for _, end := range w.ends {
		clx = binary.LittleEndian.AppendUint32(clx, uint32(end))
	}
	pair(pairClx, append(clx, w.pieces...))
	pair(pairChars, index(charPage))
	pair(pairParas, index(paraPage))
	binary.LittleEndian.PutUint16(main, fibMagic)
	binary.LittleEndian.PutUint16(main[2:], 0xc1)
	binary.LittleEndian.PutUint32(main[fibLengths:], uint32(w.ends[len(w.ends)-1]))
	return oleFile{"worddocument": main, "0table": table, "data": w.data}
}

// showDraft reads a draft and writes what came out.
func showDraft(t *testing.T, w *wordDraft) string {
	t.Helper()
	streams := w.streams()
	file, err := openWord(streams)
	if err != nil {
		t.Fatal(err)
	}
	doc := &Document{}
	text := wordText{ctx: t.Context(), doc: doc, file: file, shapes: file.readShapes(), labels: map[int]string{}}
	if err := text.read(0, file.main()); err != nil {
		t.Fatal(err)
	}
	if err := layFlow(t.Context(), doc, text.story.done(), DefaultLimits()); err != nil {
		t.Fatal(err)
	}
	return show(doc) + "digits " + strings.Join(docDigits(streams, nil), " ") + "\n"
}

// draftRow defines a row with edges, and the marks of its cells.
func draftRow(edges []int16, marks ...uint16) []byte {
	def := []byte{byte(len(edges) - 1)}
	for _, x := range edges {
		def = binary.LittleEndian.AppendUint16(def, uint16(x))
	}
	for _, m := range marks {
		def = append(binary.LittleEndian.AppendUint16(def, m), make([]byte, 18)...)
	}
	b := binary.LittleEndian.AppendUint16([]byte{0x08, 0xd6}, uint16(len(def)+1))
	return append(b, def...)
}

var (
	inTable = []byte{0x16, 0x24, 1}
	rowEnd  = []byte{0x16, 0x24, 1, 0x17, 0x24, 1}
)

// TestDOCPieces: text in narrow and wide pieces, and a fast save that hides one.
func TestDOCPieces(t *testing.T) {
	w := &wordDraft{}
	hidden := w.change(0x3c, 0x08, 1)
	w.piece("In 2020 \x93quoted\x94 ", true, 0)
	w.piece("共收到１2", false, 0)
	w.piece(" 99 ", true, hidden)
	w.piece("77", true, 0x5c<<1|1<<8) // the same by the short form
	w.piece("3件\r", false, 0)
	w.char()
	w.para()
	want := "p1 In 2020 “quoted” 共收到１23件\n" + "digits 2020 12 99 773\n"
	if diff := cmp.Diff(want, showDraft(t, w)); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

// TestDOCRows: rows defined in the data stream, merged along by either of the two
// readings of the marks, merged down by a later change, without a description of
// the last cells, and with a header.
func TestDOCRows(t *testing.T) {
	w := &wordDraft{}
	edges := []int16{0, 1000, 2000, 3000}
	cell := func(text string) { w.piece(text+"\x07", false, 0); w.para(inTable...) }
	row := func(props ...byte) {
		w.piece("\x07", false, 0)
		w.para(append(append([]byte(nil), rowEnd...), w.huge(props...)...)...)
	}
	cell("甲")
	cell("乙")
	cell("丙")
	row(append(draftRow(edges, 0x60, 2, 1), 0x04, 0x34, 1)...) // opens down; opens along; continues
	cell("")
	cell("丁")
	cell("戊")
	row(draftRow(edges, 0x20, 1, 2)...) // continues down; opens along; continues
	cell("己")
	cell("5")
	cell("6")
	row(append(draftRow(edges), 0x2b, 0xd6, 2, 0, 3)...) // no descriptions; opens down by a change
	cell("")
	cell("7")
	row(append(draftRow(edges[:3]), 0x2b, 0xd6, 2, 0, 1)...)
	w.piece("尾\r", false, 0)
	w.para()
	w.char()
	want := `grid 1: 4 rows, 3 columns
  0,0 2x1 th 甲
  0,1 1x2 th 乙⏎丙
  1,1 1x2 丁⏎戊
  2,0 2x1 己
  2,1 5
  2,2 6
  3,1 7
p1 尾
digits 5 6 7
`
	if diff := cmp.Diff(want, showDraft(t, w)); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

// TestDOCSpecial: characters that stand for something else, and runs that do not show.
func TestDOCSpecial(t *testing.T) {
	w := &wordDraft{}
	add := func(text string, props ...byte) { w.piece(text, false, 0); w.char(props...) }
	special := []byte{0x55, 0x08, 1}
	add("新收(甲)")
	add("11", 0x00, 0x08, 1) // deleted
	add("12")
	add("88", 0x3c, 0x08, 1) // hidden
	add("\x13", special...)
	add(" PAGE 9")
	add("\x14", special...)
	add("3")
	add("\x15", special...)
	add("(", append([]byte{0x09, 0x6a, 0, 0, 0xb7, 0xf0}, special...)...) // a symbol of no font
	add("\x01", special...)
	add("\x02", special...)
	add("\x1e\x0b\x1f末\r")
	w.para()
	want := "p1 新收(甲)123\ufffd-⏎末\npictures 1\ndigits 12 3\n"
	if diff := cmp.Diff(want, showDraft(t, w)); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

// TestDOCRefused: what cannot be read says why.
func TestDOCRefused(t *testing.T) {
	draft := func(change func(main []byte)) oleFile {
		w := &wordDraft{}
		w.piece("1\r", false, 0)
		s := w.streams()
		change(s["worddocument"])
		return s
	}
	cases := []struct {
		name    string
		streams oleFile
		says    string
	}{
		{"password", draft(func(m []byte) { m[0x0b] |= 1 }), "密码"},
		{"package under a password", oleFile{"encryptedpackage": {1}}, "密码"},
		{"old", draft(func(m []byte) { m[2] = 0x65 }), "Word 95"},
		{"no table", draft(func(m []byte) { m[0x0b] |= 2 }), "表流"},
		{"overlapping pieces", draft(func(m []byte) { m[fibPairs+8*pairClx+4] = 9 }), "文字索引"},
		{"something else", oleFile{"worddocument": make([]byte, 2000)}, "不是 Word"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := openWord(c.streams); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("err = %v; want %q in it", err, c.says)
			}
		})
	}
}

// FuzzDOC: any change to the streams is read or refused without a panic.
func FuzzDOC(f *testing.F) {
	for _, path := range []string{"testdata/office/samples/revised.doc", "testdata/office/same/table.doc"} {
		body, err := os.ReadFile(filepath.FromSlash(path))
		if err != nil {
			f.Fatal(err)
		}
		streams, err := openOLE(input{body: body, limits: DefaultLimits()})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(streams["worddocument"], streams["1table"], streams["data"])
	}
	f.Fuzz(func(t *testing.T, main, table, data []byte) {
		streams := oleFile{"worddocument": main, "0table": table, "1table": table, "data": data}
		docDigits(streams, nil)
		w, err := openWord(streams)
		if err != nil {
			return
		}
		doc := &Document{}
		text := wordText{ctx: t.Context(), doc: doc, file: w, shapes: w.readShapes(), labels: map[int]string{}}
		if text.read(0, w.main()) == nil && layFlow(t.Context(), doc, text.story.done(), DefaultLimits()) == nil {
			checkGrids(t, doc)
		}
	})
}
