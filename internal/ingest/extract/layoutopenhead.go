package extract

import (
	"cmp"
	"math"
	"slices"
)

// A headPiece is a name above some columns.
type headPiece struct {
	pieces   []piece
	box      rect
	from, to int // of the columns
}

// headCells returns the names of the columns as cells, with n columns of labels as one.
// A name stands above the middle of its columns, or begins where the first of them does.
func (b *openBlock) headCells(n int, t *pageTable) []pageCell {
	if len(b.head) == 0 || len(b.head) > mostPieces/4 || len(b.columns) > mostPieces/4 {
		return nil
	}
	var columns []span
	if n > 0 {
		columns = append(columns, span{t.xs[0], t.xs[n]})
	}
	for i := n; i+1 < len(t.xs); i++ {
		columns = append(columns, span{t.xs[i], t.xs[i+1]})
	}
	var names []headPiece
	for _, level := range levelsOf(b.head) {
		beside := b.beside(level, columns)
		if b.flushLeft() {
			names = append(names, b.namesFrom(level, columns, n > 0, beside)...)
		} else {
			names = append(names, namesOf(level, columns, n > 0, beside)...)
		}
	}
	names = stacked(names)
	return headRows(names, n, len(columns))
}

// flushLeft reports whether the names of single columns begin where the figures do,
// rather than stand above their middle.
func (b *openBlock) flushLeft() bool {
	left, middle := 0.0, 0.0
	for _, c := range b.columns {
		lowest := piece{}
		for _, p := range b.head {
			if p.box.left < c.right && p.box.right > c.left && p.box.bottom > lowest.box.bottom {
				lowest = p
			}
		}
		if lowest.glyphs != nil {
			left += math.Abs(lowest.box.left - c.left)
			middle += math.Abs(lowest.box.centerX() - c.centerX())
		}
	}
	return left < 0.5*middle
}

// namesFrom gives each name of a level the columns from that in which it begins: one, or
// where other names stand under it, as far as the next name or the name above reaches.
func (b *openBlock) namesFrom(level []piece, columns []span, labels bool, beside []bool) []headPiece {
	start := func(p piece) int {
		i := 0
		for i+1 < len(columns) && p.box.left > columns[i+1].top-2 {
			i++
		}
		return i
	}
	var out []headPiece
	for k, p := range level {
		from := start(p)
		to := from + 1
		under := slices.ContainsFunc(b.head, func(o piece) bool {
			return start(o) == from && o.box.centerY() > p.box.centerY()+0.8*p.lineHeight()
		})
		if under {
			for to < len(columns) && !beside[to] && (k+1 == len(level) || to < start(level[k+1])) {
				to++
			}
		}
		out = append(out, headPiece{pieces: []piece{p}, box: p.box, from: from, to: to})
	}
	return out
}

// levelsOf groups names that stand level with each other.
func levelsOf(head []piece) [][]piece {
	sorted := byLine(slices.Clone(head))
	var out [][]piece
	for i, p := range sorted {
		if i > 0 {
			last := out[len(out)-1]
			if first := last[0]; p.box.centerY()-first.box.centerY() < 0.4*min(first.lineHeight(), p.lineHeight()) {
				out[len(out)-1] = append(last, p)
				continue
			}
		}
		out = append(out, []piece{p})
	}
	for _, level := range out {
		slices.SortFunc(level, func(a, b piece) int { return cmp.Compare(a.box.left, b.box.left) })
	}
	return out
}

func (p piece) lineHeight() float64 { return p.box.height() / float64(1+p.lines) }

// beside says which columns a level does not reach over: their own name takes the height
// of the level and of those below it, so that it stands only part of the way down to the
// names of the other columns.
func (b *openBlock) beside(level []piece, columns []span) []bool {
	from, height := level[0].box.centerY(), level[0].lineHeight()
	lowest, deepest := make([]float64, len(columns)), from
	single := map[int]bool{} // the names of single columns, by their first character
	for i, c := range columns {
		lowest[i] = math.Inf(1)
		if p, ok := b.lowestName(c); ok {
			lowest[i] = p.box.centerY()
			single[p.glyphs[0].order] = true
			deepest = max(deepest, lowest[i])
		}
	}
	next := math.Inf(1) // of the levels below that name several columns
	for _, p := range b.head {
		if y := p.box.centerY(); y > from+0.4*height && !single[p.glyphs[0].order] {
			next = min(next, y)
		}
	}
	out := make([]bool, len(columns))
	for i, y := range lowest {
		own := math.Abs(y-from) < 0.4*height
		out[i] = !own && y-from < 0.72*(deepest-from) && y < next
	}
	return out
}

// lowestName returns what stands directly above the figures of a column.
func (b *openBlock) lowestName(c span) (piece, bool) {
	var out piece
	for _, p := range b.head {
		if x := p.box.centerX(); c.top < x && x < c.bottom && p.box.bottom > out.box.bottom {
			out = p
		}
	}
	return out, out.glyphs != nil
}

// namesOf gives each name of a level the columns that it stands in the middle of. The
// first may be that of the labels: a name stands above it alone, or above all.
func namesOf(level []piece, columns []span, labels bool, beside []bool) []headPiece {
	pitch := (columns[len(columns)-1].bottom - columns[0].top) / float64(len(columns))
	anchors := make([]span, len(level))
	for i, p := range level {
		anchors[i] = span{p.box.left, p.box.right}
	}
	runs, _ := aligner{
		items: columns, anchors: anchors, how: middle, longest: len(columns), bare: 1e6,
		lone: func(from, to int) float64 { return 0.2 * pitch * float64(to-from) },
		never: func(from, to int) bool {
			return labels && from == 0 && to > 1 && to < len(columns) || slices.Contains(beside[from:to], true)
		},
	}.align()
	var out []headPiece
	for _, r := range runs {
		if r.anchor >= 0 && r.to > r.from {
			p := level[r.anchor]
			out = append(out, headPiece{pieces: []piece{p}, box: p.box, from: r.from, to: r.to})
		}
	}
	return out
}

// stacked joins the lines of a name that takes several.
func stacked(names []headPiece) []headPiece {
	var out []headPiece
	for _, name := range names {
		above := -1
		for i, o := range out {
			if o.from == name.from && o.to == name.to {
				above = i
			}
		}
		if above >= 0 && continuesName(out[above], name) {
			out[above].pieces = append(out[above].pieces, name.pieces...)
			out[above].box = out[above].box.union(name.box)
			continue
		}
		out = append(out, name)
	}
	return out
}

func continuesName(a, b headPiece) bool {
	if b.box.top-a.box.bottom > 0.9*b.box.height() {
		return false
	}
	above, below := newOpenCell(0, 1, 0, 1, a.pieces), newOpenCell(0, 1, 0, 1, b.pieces)
	first, second := glyphText(above.glyphs), glyphText(below.glyphs)
	return labelOf(first+second) != noLabel || labelOf(first) == noLabel && labelOf(second) == noLabel || labelOf(second) == noLabel
}

// headRows stacks the names: each in the row above those that stand under it, and as
// high as there is room.
func headRows(names []headPiece, n, columns int) []pageCell {
	top := make([]int, columns)
	slices.SortStableFunc(names, func(a, b headPiece) int { return cmp.Compare(b.box.centerY(), a.box.centerY()) })
	rows := make([]int, len(names))
	least := 0
	for i, name := range names {
		row := slices.Min(top[name.from:name.to]) - 1
		for c := name.from; c < name.to; c++ {
			top[c] = row
		}
		rows[i] = row
		least = min(least, row)
	}
	cells := make([]pageCell, len(names))
	for i, name := range names {
		above := least // of the first row that is free
		for k := i + 1; k < len(names); k++ {
			if names[k].from < name.to && names[k].to > name.from {
				above = max(above, rows[k]+1)
			}
		}
		from, to := name.from, name.to
		if n > 0 {
			from, to = from+n-1, to+n-1
			if name.from == 0 {
				from = 0
			}
		}
		cells[i] = newOpenCell(above-least, rows[i]-above+1, from, to-from, name.pieces)
	}
	return cells
}
