package extract

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// An openRow is a row while its table is laid out: a line of figures, or a label
// without any.
type openRow struct {
	extent span
	values []piece
	label  []piece // in the last column of labels that has any
	first  int     // column that the label begins in
}

// mostPieces bounds the names and labels of a table: no page that can be read has more.
const mostPieces = 1000

// table lays the rows and the names of the columns out as cells.
func (b *openBlock) table(page int) *pageTable {
	b.strayWords()
	b.labels, b.head = cellPieces(b.labels), cellPieces(b.head)
	gutters := b.gutters()
	rows := b.rowsOf(gutters)
	t := &pageTable{page: page, unruled: true}
	n := len(gutters) + 1
	if len(b.labels) == 0 {
		n = 0
	}
	t.xs = b.edges(gutters)
	head := b.headCells(n, t)
	depth := 0
	for _, c := range head {
		depth = max(depth, c.row+c.rows)
	}
	t.cells = head
	for i, r := range rows {
		if len(r.label) > 0 {
			t.cells = append(t.cells, newOpenCell(depth+i, 1, r.first, n-r.first, r.label))
		}
		for k, c := range b.columns {
			var at []piece
			for _, v := range r.values {
				if nearestColumn(b.columns, v.box) == k {
					at = append(at, v)
				}
			}
			cell := newOpenCell(depth+i, 1, n+k, 1, at)
			if len(at) == 0 {
				cell.box = rect{c.left, r.extent.top, c.right, r.extent.bottom}
			}
			t.cells = append(t.cells, cell)
		}
	}
	for column := n - 2; column >= 0; column-- {
		t.cells = append(t.cells, b.groups(rows, gutters, column, depth)...)
	}
	t.frame(depth + len(rows))
	t.strays = b.unplaced(t)
	return t
}

// unplaced counts the characters of the block that are in no cell.
func (b *openBlock) unplaced(t *pageTable) int {
	n := 0
	for _, pieces := range append([][]piece{b.head, b.labels}, b.rows...) {
		for _, p := range pieces {
			n += len(p.glyphs)
		}
	}
	for _, c := range t.cells {
		n -= len(c.glyphs)
	}
	return n
}

// strayWords moves words that stand in a column of figures from the labels to the row.
func (b *openBlock) strayWords() {
	kept := b.labels[:0]
	for _, p := range b.labels {
		row := slices.IndexFunc(b.rows, func(r []piece) bool { return r[0].line == p.line })
		if row >= 0 && p.box.centerX() > b.columns[0].left-2 {
			b.rows[row] = append([]piece{p}, b.rows[row]...)
			continue
		}
		kept = append(kept, p)
	}
	b.labels = kept
}

func nearestColumn(columns []rect, box rect) int {
	best := 0
	for i := range columns {
		if math.Abs(columns[i].centerX()-box.centerX()) < math.Abs(columns[best].centerX()-box.centerX()) {
			best = i
		}
	}
	return best
}

func newOpenCell(row, rows, column, columns int, pieces []piece) pageCell {
	c := pageCell{row: row, rows: rows, column: column, columns: columns}
	for _, p := range pieces {
		c.glyphs = append(c.glyphs, p.glyphs...)
		c.box = c.box.union(p.box)
	}
	return c
}

// cellPieces joins the lines of a cell: they follow each other in the stream, one below the
// other.
func cellPieces(pieces []piece) []piece {
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(a.glyphs[0].order, b.glyphs[0].order) })
	var out []piece
	for _, p := range pieces {
		if n := len(out); n > 0 && out[n-1].goesOn(p) {
			out[n-1].glyphs = append(slices.Clone(out[n-1].glyphs), p.glyphs...)
			out[n-1].box = out[n-1].box.union(p.box)
			out[n-1].text += p.text
			out[n-1].lines++
			continue
		}
		out = append(out, p)
	}
	return out
}

// goesOn reports whether a piece is the next line of the same cell.
func (p piece) goesOn(next piece) bool {
	height := next.box.height()
	gap := next.box.top - p.box.bottom
	if next.glyphs[0].order > p.glyphs[len(p.glyphs)-1].order+4 || gap < -0.3*height || gap > height {
		return false
	}
	if next.box.left > p.box.right || next.box.right < p.box.left {
		return false
	}
	if numbering(next.text) > 0 && !openBracket(p.text) {
		return false
	}
	return labelOf(next.text) == noLabel || labelOf(p.text) == noLabel || labelOf(p.text+next.text) != noLabel
}

// gutters returns where white space parts the columns of labels: between labels that
// stand side by side, and between outer labels that have no x in common.
func (b *openBlock) gutters() []float64 {
	if len(b.labels) > mostPieces {
		return nil
	}
	var gaps []span
	for _, a := range b.labels {
		next := math.Inf(1)
		for _, o := range b.labels {
			if o.box.left > a.box.right && o.box.top < a.box.bottom-1 && o.box.bottom > a.box.top+1 {
				next = min(next, o.box.left)
			}
		}
		if !math.IsInf(next, 1) {
			gaps = append(gaps, span{a.box.right, next})
		}
	}
	slices.SortFunc(gaps, func(a, b span) int { return cmp.Compare(a.bottom, b.bottom) })
	var out []float64
	for i := 0; i < len(gaps); {
		from, to := gaps[i].top, gaps[i].bottom
		for i++; i < len(gaps) && gaps[i].top < to; i++ {
			from = max(from, gaps[i].top)
		}
		out = append(out, (from+to)/2)
	}
	if len(out) == 0 {
		return nil
	}
	return append(b.outerGutters(out), out...)
}

// outerGutters parts what lies left of the first of the gutters between the rows'
// labels and the labels of groups, where groups of two levels never stand level.
func (b *openBlock) outerGutters(gutters []float64) []float64 {
	var outer []piece
	for _, p := range b.labels {
		if p.box.right < gutters[0] && !b.alone(p, gutters) {
			outer = append(outer, p)
		}
	}
	slices.SortFunc(outer, func(a, b piece) int { return cmp.Compare(a.box.left, b.box.left) })
	var out []float64
	reach := math.Inf(1)
	for _, p := range outer {
		if p.box.left > reach {
			out = append(out, (reach+p.box.left)/2)
			reach = p.box.right
		}
		if math.IsInf(reach, 1) {
			reach = p.box.right
		}
		reach = max(reach, p.box.right)
	}
	return out
}

// columnAt returns the column between gutters that x lies in.
func columnAt(gutters []float64, x float64) int {
	i, _ := slices.BinarySearch(gutters, x)
	return i
}

// rowsOf gives each line of figures the lines of its label. A label level with no
// figures is a row of its own.
func (b *openBlock) rowsOf(gutters []float64) []openRow {
	last := len(gutters)
	var items []piece
	for _, p := range b.labels {
		if columnAt(gutters, p.box.right) == last || b.alone(p, gutters) {
			items = append(items, p)
		}
	}
	items = byLine(items)
	anchors := make([]span, len(b.rows))
	for i, r := range b.rows {
		anchors[i] = r[0].span()
	}
	size := 10.0
	if len(b.rows) > 0 {
		size = 1.3 * b.rows[0][0].box.height()
	}
	known := map[[2]int]bool{} // whether the lines from one to another are a label
	isLabel := func(from, to int) bool {
		is, ok := known[[2]int{from, to}]
		if !ok {
			var text strings.Builder
			for _, p := range items[from:to] {
				text.WriteString(p.text)
			}
			is = labelOf(text.String()) != noLabel
			known[[2]int{from, to}] = is
		}
		return is
	}
	spans := make([]span, len(items))
	for i, p := range items {
		spans[i] = p.span()
	}
	runs, _ := aligner{
		items: spans, anchors: anchors, longest: 12, bare: 0.8 * size,
		lone: func(from, to int) float64 { return 0.55 * size },
		bonus: func(from, to int) float64 {
			if isLabel(from, to) {
				return 0.3 * size
			}
			return 0
		},
	}.best()
	rows := make([]openRow, 0, len(runs))
	for _, r := range runs {
		row := openRow{label: items[r.from:r.to], first: last}
		if r.anchor >= 0 {
			row.values = b.rows[r.anchor]
			row.extent = anchors[r.anchor]
		}
		for i, p := range row.label {
			row.first = min(row.first, columnAt(gutters, p.box.left))
			if i == 0 && r.anchor < 0 {
				row.extent = p.span()
			}
			row.extent = span{min(row.extent.top, p.box.top), max(row.extent.bottom, p.box.bottom)}
		}
		rows = append(rows, row)
	}
	return rows
}

// byLine puts pieces in order from top to bottom.
func byLine(pieces []piece) []piece {
	slices.SortStableFunc(pieces, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.box.centerY(), b.box.centerY()), cmp.Compare(a.box.left, b.box.left))
	})
	return pieces
}

// alone reports whether a label of an outer column is that of a single row: it stands
// level with figures, and no label stands beside it.
func (b *openBlock) alone(p piece, gutters []float64) bool {
	height := p.box.height()
	level := slices.ContainsFunc(b.rows, func(r []piece) bool { return math.Abs(r[0].box.centerY()-p.box.centerY()) < 0.4*height })
	return level && !slices.ContainsFunc(b.labels, func(o piece) bool {
		return columnAt(gutters, o.box.left) > columnAt(gutters, p.box.left) && math.Abs(o.box.centerY()-p.box.centerY()) < 0.95*height
	})
}

// groups returns the labels of an outer column, each with the rows that it stands
// level with.
func (b *openBlock) groups(rows []openRow, gutters []float64, column, depth int) []pageCell {
	taken := map[int]bool{}
	for _, r := range rows {
		for _, p := range r.label {
			taken[p.glyphs[0].order] = true
		}
	}
	var mine []piece
	for _, p := range b.labels {
		if !taken[p.glyphs[0].order] && columnAt(gutters, p.box.left) == column {
			mine = append(mine, p)
		}
	}
	blocks := paragraphsOf(byLine(mine))
	var cells []pageCell
	for from := 0; from < len(rows); {
		to := from
		for to < len(rows) && rows[to].first > column {
			to++
		}
		if to == from {
			from++
			continue
		}
		cells = append(cells, groupCells(rows[from:to], blocks, from, column, depth)...)
		from = to
	}
	return cells
}

// paragraphsOf joins lines that follow each other closely.
func paragraphsOf(lines []piece) [][]piece {
	var out [][]piece
	for i, p := range lines {
		if i > 0 && p.box.top-lines[i-1].box.bottom < 0.9*p.box.height() && numbering(p.text) == 0 {
			out[len(out)-1] = append(out[len(out)-1], p)
			continue
		}
		out = append(out, []piece{p})
	}
	return out
}

// groupCells parts neighbouring rows among the labels that stand beside them.
func groupCells(rows []openRow, blocks [][]piece, from, column, depth int) []pageCell {
	items := make([]span, len(rows))
	for i, r := range rows {
		items[i] = r.extent
	}
	top, bottom := items[0].top, items[len(items)-1].bottom
	var anchors []span
	var labels [][]piece
	for _, b := range blocks {
		s := span{b[0].box.top, b[len(b)-1].box.bottom}
		if c := s.center(); c > top-3 && c < bottom+3 {
			anchors, labels = append(anchors, s), append(labels, b)
		}
	}
	if len(anchors) == 0 {
		return nil
	}
	const never = 1e6
	height := anchors[0].bottom - anchors[0].top
	height /= float64(1 + labels[0][0].lines)
	runs, _ := aligner{
		items: items, anchors: anchors, longest: len(items), bare: never,
		lone: func(from, to int) float64 {
			if from == 0 || to == len(items) {
				return height // the page broke a group, and its label is overleaf
			}
			return never
		},
		bonus: func(from, to int) float64 {
			worth := 0.0
			for i := from; i < to; i++ {
				switch first := rows[i].restarts(); {
				case first && i == from:
					worth += height
				case first:
					worth -= 2 * height
				}
			}
			return worth
		},
	}.best()
	var cells []pageCell
	for _, r := range runs {
		if r.anchor >= 0 && r.to > r.from {
			c := newOpenCell(depth+from+r.from, r.to-r.from, column, max(1, rows[r.from].first-column), labels[r.anchor])
			cells = append(cells, c)
		}
	}
	return cells
}

// restarts reports whether the numbers of the labels begin anew with a row.
func (r openRow) restarts() bool {
	if len(r.label) == 0 {
		return false
	}
	text := foldDigits(strings.TrimSpace(r.label[0].text))
	return numbering(text) == 3 && strings.HasPrefix(text, "1") && !isDigit(firstRune(text[1:]))
}

// edges returns the edges of all columns: of labels between the gutters, of figures
// between their middles.
func (b *openBlock) edges(gutters []float64) []float64 {
	left := math.Inf(1)
	for _, p := range b.labels {
		left = min(left, p.box.left)
	}
	reach := 0.0
	for _, p := range b.labels {
		if p.box.right < b.columns[0].left {
			reach = max(reach, p.box.right)
		}
	}
	first := b.columns[0]
	half := first.width()
	if len(b.columns) > 1 {
		half = (b.columns[1].centerX() - first.centerX()) / 2
	}
	var xs []float64
	if len(b.labels) > 0 {
		xs = append([]float64{min(left, first.left-1)}, gutters...)
	}
	if b.flushLeft() {
		half = 3
	}
	xs = append(xs, min(first.left, max(first.centerX()-half, reach+0.1)))
	for i := 1; i < len(b.columns); i++ {
		x := (b.columns[i-1].centerX() + b.columns[i].centerX()) / 2
		if b.flushLeft() {
			x = b.columns[i].left - 3
		}
		xs = append(xs, x)
	}
	last := b.columns[len(b.columns)-1]
	return append(xs, max(last.right, last.centerX()+half))
}

// frame gives the table its outline and its cells the order of rows.
func (t *pageTable) frame(rows int) {
	slices.SortStableFunc(t.cells, func(a, b pageCell) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	for _, c := range t.cells {
		t.box = t.box.union(c.box)
	}
	t.ys = make([]float64, rows+1)
	for i := range t.ys {
		t.ys[i] = t.box.top + float64(i)*t.box.height()/float64(max(1, rows))
	}
}
