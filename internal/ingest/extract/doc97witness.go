package extract

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
)

// docDigits is the third witness for doc: the characters of the main text in the
// order of the piece table, read from the streams without styles, paragraphs or
// tables. Of properties it only looks for the marks of hidden and deleted runs. The
// numbers of lists and the texts of text boxes are stored elsewhere; they come from
// the reader, by the character that they stand before. Nil where the piece table is not to be had.
func docDigits(streams oleFile, labels map[int]string) []string {
	text := streams["worddocument"]
	table := streams["0table"]
	if len(text) < 0x1aa {
		return nil
	}
	word := binary.LittleEndian.Uint32
	if text[0x0b]&2 != 0 {
		table = streams["1table"]
	}
	at, size := uint64(word(text[0x1a2:])), uint64(word(text[0x1a6:]))
	if at+size > uint64(len(table)) {
		return nil
	}
	clx := table[at : at+size]
	for len(clx) > 3 && clx[0] == 1 {
		skip := 3 + int(binary.LittleEndian.Uint16(clx[1:]))
		if skip > len(clx) {
			return nil
		}
		clx = clx[skip:]
	}
	if len(clx) < 9 || clx[0] != 2 {
		return nil
	}
	w := docWitness{text: text, gone: goneRuns(text, table), labels: labels, digits: digitRuns{words: true}}
	left := min(uint64(word(text[0x4c:])), uint64(len(text)))
	plc := clx[5:]
	n := (len(plc) - 4) / 12
	for i := 0; i < n && left > 0; i++ {
		first, next := uint64(word(plc[4*i:])), uint64(word(plc[4*i+4:]))
		if next < first {
			return nil
		}
		count := min(next-first, left)
		left -= count
		w.piece(word(plc[4*(n+1)+8*i+2:]), count)
	}
	return w.digits.done()
}

// A docWitness goes through the pieces in their order.
type docWitness struct {
	text   []byte
	gone   [][2]uint32    // byte ranges that do not show
	labels map[int]string // what is stored elsewhere, by character
	digits digitRuns
	cp     int    // of the next character
	code   []bool // open fields: whether at their code
	atCode int    // how many are
}

// piece takes the characters of one piece but those at bytes that are gone.
func (w *docWitness) piece(fc uint32, count uint64) {
	at, width := uint64(fc&0x3fffffff), uint64(2)
	if fc&0x40000000 != 0 {
		at, width = at/2, 1
	}
	end := min(uint64(len(w.text)), at+count*width)
	next := sort.Search(len(w.gone), func(i int) bool { return uint64(w.gone[i][1]) > at })
	for ; at+width <= end; at += width {
		for next < len(w.gone) && uint64(w.gone[next][1]) <= at {
			next++
		}
		if label, ok := w.labels[w.cp]; ok {
			w.digits.text(label)
			w.digits.cut()
		}
		w.cp++
		c := rune(w.text[at])
		if width == 2 {
			c = rune(binary.LittleEndian.Uint16(w.text[at:]))
		}
		switch {
		case c == wordHyphen, width == 1 && (c == 0x96 || c == 0x97): // dashes of the Western code page
			c = '-'
		}
		w.field(c)
		if w.atCode == 0 && (next == len(w.gone) || uint64(w.gone[next][0]) > at) {
			w.digits.add(c)
		}
	}
}

// field follows the marks of fields, whose code is not text.
func (w *docWitness) field(c rune) {
	n := len(w.code)
	switch {
	case c == 0x13:
		w.code = append(w.code, true)
		w.atCode++
	case c == 0x14 && n > 0 && w.code[n-1]:
		w.code[n-1] = false
		w.atCode--
	case c == 0x15 && n > 0:
		if w.code[n-1] {
			w.atCode--
		}
		w.code = w.code[:n-1]
	}
}

// goneRuns returns the byte ranges, in order, of the runs that carry the mark of
// hidden or of deleted text.
func goneRuns(text, table []byte) [][2]uint32 {
	word := binary.LittleEndian.Uint32
	var gone [][2]uint32
	at, size := uint64(word(text[0xfa:])), uint64(word(text[0xfe:]))
	if at+size > uint64(len(table)) {
		return gone
	}
	index := table[at : at+size]
	index = index[:min(len(index), len(text)/64)] // a page is indexed once
	for i := len(index)/2/4*4 + 4; i+4 <= len(index); i += 4 {
		start := uint64(word(index[i:])&0x3fffff) * 512
		if start+512 > uint64(len(text)) {
			continue
		}
		page := text[start : start+512]
		runs := int(page[511])
		for k := range runs {
			offset := 4*(runs+1) + k
			if offset >= 511 {
				break
			}
			props := page[2*int(page[offset]):]
			props = props[1:min(len(props), 1+int(props[0]))]
			if page[offset] != 0 && (bytes.Contains(props, []byte{0x00, 0x08, 1}) || bytes.Contains(props, []byte{0x3c, 0x08, 1})) {
				gone = append(gone, [2]uint32{word(page[4*k:]), word(page[4*k+4:])})
			}
		}
	}
	slices.SortFunc(gone, func(a, b [2]uint32) int { return cmp.Compare(a[0], b[0]) })
	return gone
}
