package extract

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Tables without rulings are found by their figures: lines in which figures stand apart
// from the words before them, in columns. A row is a line of figures. The words left of
// them are its label, which may take more lines than the figures do; what stands above
// the figures names the columns.

// A piece is part of a line, apart from the rest of it.
type piece struct {
	glyphs []glyph
	box    rect
	text   string
	value  bool // stands where a figure belongs
	line   int  // of the page
	lines  int  // further lines of the same cell
}

func (p piece) span() span { return span{p.box.top, p.box.bottom} }

// piecesOf splits a line where its characters stand apart.
func piecesOf(l glyphLine, number int) []piece {
	size := l.size()
	var out []piece
	from := 0
	for i := 1; i <= len(l.glyphs); i++ {
		if i < len(l.glyphs) && inkless(l.glyphs[i-1], l.glyphs[i], size) < 0.55*size {
			continue
		}
		part := glyphLine{glyphs: l.glyphs[from:i]}
		box := rect{}
		for _, g := range part.glyphs {
			box = box.union(g.box)
		}
		box.top, box.bottom = l.box.top, l.box.bottom
		text := part.text()
		out = append(out, piece{glyphs: part.glyphs, box: box, text: text, value: isValue(text) && !unitWords[text], line: number})
		from = i
	}
	return out
}

// inkless returns the room between two characters of a line, beyond that which is
// part of marks such as a comma: they fill a square of their own like ideographs.
func inkless(a, b glyph, size float64) float64 {
	room := b.box.left - a.box.right
	for _, g := range [2]glyph{a, b} {
		if wide(g.char) && g.box.width() < 0.6*size {
			room -= 0.85*size - g.box.width()
		}
	}
	return room
}

// unitWords are what alone is no figure: they stand in a column of units beside one, and
// the lines of a label may break so that one stands by itself.
var unitWords = map[string]bool{
	"条": true, "件": true, "次": true, "篇": true, "个": true, "人": true, "人次": true, "份": true, "项": true, "万元": true, "元": true,
}

// An openLine is a line of a page with its pieces.
type openLine struct {
	glyphLine
	pieces []piece
	text   string
	size   float64
}

// figures reports whether a line is a row of a table: figures stand apart in it.
func (l openLine) figures(t pageText) bool {
	ink, values, apart := 0.0, 0, 0
	for i, p := range l.pieces {
		ink += p.box.width()
		if !p.value {
			continue
		}
		values++
		if i > 0 && p.box.left-l.pieces[i-1].box.right > 0.9*l.size || p.box.left > t.left+0.2*(t.right-t.left) {
			apart++
		}
	}
	return values > 0 && (apart > 0 || values > 2) && ink < 0.8*(t.right-t.left) && !strings.Contains(l.text, "。")
}

// prose reports whether a line is text or a heading between tables.
func (l openLine) prose(t pageText, size float64) bool {
	if len(l.pieces) > 1 {
		return strings.Contains(l.text, "。") && l.box.width() > 0.7*(t.right-t.left)
	}
	width := t.right - t.left
	return l.size > 1.15*size || sectionHeading(l.text) && labelOf(l.text) == noLabel && l.box.width() > 0.16*width ||
		strings.HasSuffix(l.text, "。") && labelOf(l.text) == noLabel || l.box.width() > 0.85*width
}

// openTables finds the tables among the lines of a page that no ruling draws, and
// returns the lines that are in none. Names of columns that end the page before come
// in as head; those that end this one go out.
func openTables(p *pageLayout, lines []glyphLine, t pageText, head []piece) (tables []*pageTable, rest []glyphLine, names []piece) {
	all := make([]openLine, len(lines))
	for i, l := range lines {
		all[i] = openLine{glyphLine: l, pieces: piecesOf(l, i), text: l.text(), size: l.size()}
	}
	for i := 0; i < len(all); {
		from, to := openRegion(all, i, t)
		for _, l := range all[i:from] {
			rest = append(rest, l.glyphLine)
		}
		if from == to {
			break
		}
		r := openReader{lines: all[from:to]}
		if from == 0 {
			r.head = head
		}
		blocks := r.blocks()
		if to == len(all) {
			names = r.names
		} else if len(blocks) > 0 {
			last := blocks[len(blocks)-1]
			last.labels = append(last.labels, r.names...)
		}
		for _, b := range blocks {
			tables = append(tables, b.table(p.number))
		}
		i = to
	}
	return tables, rest, names
}

// openRegion returns the next run of lines from i on that holds tables: lines of
// figures with all that stands between and close above and below them.
func openRegion(all []openLine, i int, t pageText) (from, to int) {
	for {
		first := i
		for first < len(all) && !all[first].figures(t) {
			first++
		}
		if first == len(all) {
			return len(all), len(all)
		}
		size := all[first].size
		near := func(a, b openLine) bool {
			return b.box.top-a.box.bottom < 3*size && !b.prose(t, size) && !a.prose(t, size)
		}
		from, to = first, first+1
		ours := func(l openLine, gap float64) bool {
			return gap < 1.2*size || len(l.pieces) > 1 || labelOf(l.text) != noLabel
		}
		for from > i && near(all[from-1], all[from]) && ours(all[from-1], all[from].box.top-all[from-1].box.bottom) {
			from--
		}
		seeds, values, labels := 0, 0, 0
		for k := first; k < len(all) && (k == first || near(all[k-1], all[k])); k++ {
			if to == k && ours(all[k], all[k].box.top-all[k-1].box.bottom) {
				to = k + 1
			}
			if all[k].figures(t) {
				to = k + 1
				seeds++
				values = max(values, len(all[k].pieces))
				if labelOf(all[k].pieces[0].text) == rowLabel {
					labels++
				}
			}
		}
		if seeds > 1 || values > 3 || labels > 0 {
			return from, to
		}
		i = to
	}
}

// An openReader makes tables of the lines of a region.
type openReader struct {
	lines []openLine
	head  []piece // names of columns from the page before
	names []piece // and those for the next
}

// An openBlock is a run of rows whose figures stand in the same columns, with what names
// the columns above it.
type openBlock struct {
	head    []piece
	labels  []piece   // left of the figures
	rows    [][]piece // figures
	columns []rect    // around the figures of each
}

// blocks parts the rows of the region where their columns change or columns are named
// anew.
func (r *openReader) blocks() []*openBlock {
	var blocks []*openBlock
	var cur *openBlock
	var between []piece
	for _, l := range r.lines {
		values := valuesOf(l.pieces)
		if len(values) == 0 {
			between = append(between, l.pieces...)
			continue
		}
		if cur == nil || !cur.fits(values) || cur.renamed(between) {
			next := &openBlock{}
			between = next.begin(cur, between, values[0].box.left)
			if cur == nil && len(next.head) == 0 {
				next.head = r.head
			}
			cur = next
			blocks = append(blocks, cur)
		}
		cur.labels = append(cur.labels, between...)
		between = nil
		cur.add(l.pieces, values)
	}
	switch {
	case cur != nil && cur.renamed(between):
		next := &openBlock{}
		rest := next.begin(cur, between, cur.columns[0].left)
		r.names = append(next.head, rest...)
	case cur != nil:
		cur.labels = append(cur.labels, between...)
	}
	return blocks
}

// valuesOf returns the figures that end a line.
func valuesOf(pieces []piece) []piece {
	first := len(pieces)
	for i, p := range pieces {
		if p.value {
			first = min(first, i)
		}
	}
	for first > 0 && first < len(pieces) && unitWords[pieces[first-1].text] {
		first--
	}
	return pieces[first:]
}

// fits reports whether figures stand in the columns of the block.
func (b *openBlock) fits(values []piece) bool {
	used := map[int]bool{}
	met := 0
	for _, v := range values {
		at := -1
		for i, c := range b.columns {
			if v.box.left < c.right+2 && v.box.right > c.left-2 {
				if at >= 0 || used[i] {
					return false
				}
				at = i
			}
		}
		if at >= 0 {
			used[at] = true
			met++
		}
	}
	return met > 0 && 2*met >= len(values)
}

// renamed reports whether words above the next row stand over the figures: they name
// its columns.
func (b *openBlock) renamed(between []piece) bool {
	for _, p := range between {
		if p.box.centerX() > b.columns[0].left || labelOf(p.text) == titleLabel {
			return true
		}
	}
	return false
}

// begin takes the names of the columns from what stands above the first row. What
// stands above these goes on with the rows before; it returns what stands below, the
// beginning of the first label.
func (b *openBlock) begin(before *openBlock, between []piece, first float64) []piece {
	top, bottom := math.Inf(1), math.Inf(-1)
	for _, p := range between {
		if p.box.right > first || labelOf(p.text) == titleLabel || labelOf(p.text) == headLabel {
			top, bottom = min(top, p.box.top), max(bottom, p.box.bottom)
		}
	}
	var below []piece
	for _, p := range between {
		switch y := p.box.centerY(); {
		case y < top && before != nil:
			before.labels = append(before.labels, p)
		case y <= bottom:
			b.head = append(b.head, p)
		default:
			below = append(below, p)
		}
	}
	return below
}

// add adds a line of figures.
func (b *openBlock) add(pieces, values []piece) {
	b.labels = append(b.labels, pieces[:len(pieces)-len(values)]...)
	b.rows = append(b.rows, values)
	for _, v := range values {
		i := slices.IndexFunc(b.columns, func(c rect) bool { return v.box.left < c.right+2 && v.box.right > c.left-2 })
		if i >= 0 {
			b.columns[i] = b.columns[i].union(v.box)
		} else {
			b.columns = append(b.columns, v.box)
		}
	}
	slices.SortFunc(b.columns, func(a, c rect) int { return cmp.Compare(a.left, c.left) })
}
