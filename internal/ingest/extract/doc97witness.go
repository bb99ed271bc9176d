package extract

import "encoding/binary"

// docDigits is the third witness for doc: the characters of the main text in the
// order of the piece table, read from the streams without properties, paragraphs
// or tables. It also has digits that are hidden or deleted. Nil where the piece
// table is not to be had.
func docDigits(streams oleFile) []string {
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
	var d digitRuns
	left := uint64(word(text[0x4c:]))
	plc := clx[5:]
	n := (len(plc) - 4) / 12
	for i := 0; i < n && left > 0; i++ {
		first, next := uint64(word(plc[4*i:])), uint64(word(plc[4*i+4:]))
		if next < first {
			return nil
		}
		count := min(next-first, left)
		left -= count
		fc := word(plc[4*(n+1)+8*i+2:])
		pieceDigits(&d, text, fc, count)
	}
	return d.done()
}

// pieceDigits takes the characters of one piece.
func pieceDigits(d *digitRuns, text []byte, fc uint32, count uint64) {
	if fc&0x40000000 != 0 {
		from := uint64(fc&0x3fffffff) / 2
		for i := from; i < from+count && i < uint64(len(text)); i++ {
			d.add(rune(text[i]))
		}
		return
	}
	for i := range count {
		at := uint64(fc&0x3fffffff) + 2*i
		if at+2 > uint64(len(text)) {
			return
		}
		d.add(rune(binary.LittleEndian.Uint16(text[at:])))
	}
}
