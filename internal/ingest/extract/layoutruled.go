package extract

import (
	"cmp"
	"math"
	"slices"
)

const (
	// Rulings no further apart are one: borders drawn twice, with nothing between.
	thinnest = 4.0
	// All that are taken for one lie within this.
	thickness = 7.0
	touches   = 3.5 // how far a ruling may end from the one that it meets
	// A page with more rulings holds a drawing and no table.
	mostRulings = 4000
)

// A pageTable is a table on one page, or what there is of it.
type pageTable struct {
	page    int
	box     rect
	xs, ys  []float64 // edges of columns and rows
	cells   []pageCell
	owner   []int // the cell of each face
	strays  int   // characters in the table that are in no cell
	broken  bool  // rulings do not part the table into rectangles where characters stand
	cut     bool  // a number stands in two cells
	unruled bool  // found by its figures alone
}

// A pageCell is a cell with the characters in it.
type pageCell struct {
	row, column, rows, columns int
	box                        rect
	glyphs                     []glyph
	open                       bool // rulings do not enclose it
	fromAbove, goesOn          bool // at the end of the page, with no ruling there
}

// ruledTables finds the tables that rulings draw and takes their characters off the
// page.
func ruledTables(p *pageLayout) []*pageTable {
	rulings := joinRulings(p.rulings)
	if len(rulings) > mostRulings {
		rulings = nil // a drawing
	}
	var tables []*pageTable
	for _, group := range connected(rulings) {
		if l := newLattice(group); l != nil {
			t := l.table(p.number)
			tables = append(tables, t)
		}
	}
	slices.SortStableFunc(tables, func(a, b *pageTable) int { return cmp.Compare(a.box.top, b.box.top) })
	tables = slices.DeleteFunc(tables, func(t *pageTable) bool { return t.inside(tables) })
	rest := p.glyphs[:0:0]
	for _, g := range p.glyphs {
		if !slices.ContainsFunc(tables, func(t *pageTable) bool { return t.take(g) }) {
			rest = append(rest, g)
		}
	}
	kept := tables[:0]
	for _, t := range tables {
		if t.isTable() && !t.holdsRows() {
			t.tidy()
			kept = append(kept, t)
			continue
		}
		for _, c := range t.cells {
			rest = append(rest, c.glyphs...)
		}
	}
	slices.SortStableFunc(rest, func(a, b glyph) int { return cmp.Compare(a.order, b.order) })
	p.glyphs = rest
	return kept
}

// inside reports whether t lies in a cell of a larger table: a box around some words.
func (t *pageTable) inside(tables []*pageTable) bool {
	for _, o := range tables {
		if o != t && o.box.holds(t.box.left, t.box.top) && o.box.holds(t.box.right, t.box.bottom) && o.box.width()*o.box.height() > t.box.width()*t.box.height() {
			return true
		}
	}
	return false
}

// take puts a character that stands in the table into its cell.
func (t *pageTable) take(g glyph) bool {
	x, y := g.box.centerX(), g.box.centerY()
	if !t.box.holds(x, y) {
		return false
	}
	row, column := bandAt(t.ys, y), bandAt(t.xs, x)
	c := &t.cells[t.owner[row*(len(t.xs)-1)+column]]
	c.glyphs = append(c.glyphs, g)
	return true
}

// bandAt returns the band between edges that x lies in.
func bandAt(edges []float64, x float64) int {
	i, _ := slices.BinarySearch(edges, x)
	return min(max(i-1, 0), len(edges)-2)
}

// isTable reports whether a lattice is a table and not a frame around text.
func (t *pageTable) isTable() bool {
	filled := 0
	for _, c := range t.cells {
		if len(c.glyphs) > 0 {
			filled++
		}
	}
	return len(t.cells) > 1 && filled > 0
}

// holdsRows reports whether figures stand apart within cells: the rulings that would
// part them are not drawn, as in tables that have horizontal rulings alone.
func (t *pageTable) holdsRows() bool {
	cells := 0
	for _, c := range t.cells {
		for i, l := range linesOf(c.glyphs) {
			figures := 0
			for k, p := range piecesOf(l, i) {
				if p.value && k > 0 {
					figures++
				}
			}
			if figures > 0 && c.columns == len(t.xs)-1 {
				return true
			}
			if figures > 0 {
				cells++
				break
			}
		}
	}
	return 3*cells > len(t.ys)-1
}

// tidy leaves out what fills the corners where the outline of the table is no
// rectangle, puts the cells in the order of rows and looks what is wrong with them.
func (t *pageTable) tidy() {
	t.cells = slices.DeleteFunc(t.cells, func(c pageCell) bool { return c.open && len(c.glyphs) == 0 })
	t.broken = slices.ContainsFunc(t.cells, func(c pageCell) bool { return c.open })
	slices.SortStableFunc(t.cells, func(a, b pageCell) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	t.cut = t.cutsNumber()
}

// cutsNumber reports whether digits that stand side by side are in different cells.
func (t *pageTable) cutsNumber() bool {
	type end struct {
		cell int
		g    glyph
	}
	last := map[int]end{}
	for i, c := range t.cells {
		for _, g := range c.glyphs {
			if isDigit(g.char) {
				last[g.order] = end{i, g}
			}
		}
	}
	for order, a := range last {
		b, ok := last[order+1]
		if !ok || a.cell == b.cell || b.g.spaced {
			continue
		}
		gap := b.g.box.left - a.g.box.right
		if math.Abs(a.g.box.centerY()-b.g.box.centerY()) < 1 && gap > -1 && gap < 0.15*a.g.box.height() {
			return true
		}
	}
	return false
}

// joinRulings makes one ruling of all that lie on a line and meet or overlap.
func joinRulings(rulings []ruling) []ruling {
	sorted := slices.Clone(rulings)
	slices.SortFunc(sorted, func(a, b ruling) int {
		if a.vertical != b.vertical {
			if a.vertical {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.from, b.from))
	})
	var joined []ruling
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j].vertical == sorted[i].vertical &&
			sorted[j].at-sorted[j-1].at <= thinnest && sorted[j].at-sorted[i].at <= thickness {
			j++
		}
		joined = append(joined, alongOne(sorted[i:j])...)
		i = j
	}
	return joined
}

// alongOne joins rulings that lie on one line.
func alongOne(rulings []ruling) []ruling {
	at := 0.0
	for _, r := range rulings {
		at += r.at
	}
	at /= float64(len(rulings))
	slices.SortFunc(rulings, func(a, b ruling) int { return cmp.Compare(a.from, b.from) })
	var out []ruling
	for _, r := range rulings {
		r.at = at
		if n := len(out); n > 0 && r.from <= out[n-1].to+touches {
			out[n-1].to = max(out[n-1].to, r.to)
		} else {
			out = append(out, r)
		}
	}
	return out
}

// meets reports whether a horizontal and a vertical ruling meet or cross.
func meets(h, v ruling) bool {
	return v.at >= h.from-touches && v.at <= h.to+touches && h.at >= v.from-touches && h.at <= v.to+touches
}

// connected groups the rulings that hang together.
func connected(rulings []ruling) [][]ruling {
	group := make([]int, len(rulings))
	for i := range group {
		group[i] = i
	}
	find := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	firstVertical := slices.IndexFunc(rulings, func(r ruling) bool { return r.vertical })
	if firstVertical < 0 {
		return nil
	}
	for i := range firstVertical {
		for j := firstVertical; j < len(rulings); j++ {
			if meets(rulings[i], rulings[j]) {
				group[find(i)] = find(j)
			}
		}
	}
	groups := map[int][]ruling{}
	var order []int
	for i, r := range rulings {
		root := find(i)
		if groups[root] == nil {
			order = append(order, root)
		}
		groups[root] = append(groups[root], r)
	}
	out := make([][]ruling, 0, len(order))
	for _, root := range order {
		out = append(out, groups[root])
	}
	return adopted(out)
}

// adopted gives verticals that meet no other ruling to the table that they stand
// beside: a merged cell that goes on over a whole page may have no more than its
// sides.
func adopted(groups [][]ruling) [][]ruling {
	var tables, lone [][]ruling
	for _, g := range groups {
		if len(g) > 1 {
			tables = append(tables, g)
		} else if g[0].vertical {
			lone = append(lone, g)
		}
	}
	for _, g := range lone {
		for i := range tables {
			if top, bottom := extentDown(tables[i]); g[0].from > top-2*touches && g[0].to < bottom+2*touches {
				tables[i] = append(tables[i], g[0])
				break
			}
		}
	}
	return tables
}

func extentDown(rulings []ruling) (top, bottom float64) {
	var down []ruling
	for _, r := range rulings {
		if r.vertical {
			down = append(down, r)
		}
	}
	return extent(down)
}

// A lattice is the rulings of one table with the lines they lie on.
type lattice struct {
	across, down []ruling // horizontal, vertical
	drawn        int      // of across: those behind only close the ends
	xs, ys       []float64
}

// newLattice returns the lattice of rulings that hang together, nil if they enclose
// nothing. Sides that no ruling closes are closed where the others end: tables are
// drawn without their outer verticals, and a browser draws no ruling at the end of a
// page.
func newLattice(rulings []ruling) *lattice {
	l := &lattice{}
	for _, r := range rulings {
		if r.vertical {
			l.down = append(l.down, r)
		} else {
			l.across = append(l.across, r)
		}
	}
	if len(l.across) == 0 || len(l.down) == 0 {
		return nil
	}
	l.drawn = len(l.across)
	left, right := extent(l.across)
	top, bottom := extent(l.down)
	l.xs, l.ys = edges(l.down), edges(l.across)
	if l.ys[0]-top > thinnest {
		l.across = append(l.across, ruling{at: top, from: l.xs[0], to: l.xs[len(l.xs)-1]})
	}
	if bottom-l.ys[len(l.ys)-1] > thinnest {
		l.across = append(l.across, ruling{at: bottom, from: l.xs[0], to: l.xs[len(l.xs)-1]})
	}
	if l.xs[0]-left > thinnest {
		l.down = append(l.down, ruling{vertical: true, at: left, from: top, to: bottom})
	}
	if right-l.xs[len(l.xs)-1] > thinnest {
		l.down = append(l.down, ruling{vertical: true, at: right, from: top, to: bottom})
	}
	l.xs, l.ys = edges(l.down), edges(l.across)
	if len(l.xs) < 2 || len(l.ys) < 2 {
		return nil
	}
	return l
}

// extent returns where rulings begin and end.
func extent(rulings []ruling) (from, to float64) {
	from, to = math.Inf(1), math.Inf(-1)
	for _, r := range rulings {
		from, to = min(from, r.from), max(to, r.to)
	}
	return from, to
}

// edges returns the distinct positions of rulings in order.
func edges(rulings []ruling) []float64 {
	at := make([]float64, len(rulings))
	for i, r := range rulings {
		at[i] = r.at
	}
	return distinct(at)
}

// distinct sorts positions and makes one of those that enclose nothing.
func distinct(at []float64) []float64 {
	slices.Sort(at)
	var out []float64
	for i := 0; i < len(at); {
		j, sum := i, 0.0
		for j < len(at) && (j == i || at[j]-at[j-1] <= thinnest && at[j]-at[i] <= thickness) {
			sum += at[j]
			j++
		}
		out = append(out, sum/float64(j-i))
		i = j
	}
	return out
}

// table parts the lattice into cells: faces that no ruling sets apart are one.
func (l *lattice) table(page int) *pageTable {
	rows, columns := len(l.ys)-1, len(l.xs)-1
	t := &pageTable{
		page: page, xs: l.xs, ys: l.ys,
		box: rect{l.xs[0], l.ys[0], l.xs[columns], l.ys[rows]},
	}
	right := separators(l.down, l.xs, l.ys)
	below := separators(l.across, l.ys, l.xs)
	drawn := separators(l.across[:l.drawn], l.ys, l.xs)
	taken := make([]bool, rows*columns)
	t.owner = make([]int, rows*columns)
	for y := range rows {
		for x := range columns {
			if taken[y*columns+x] {
				continue
			}
			c := pageCell{row: y, column: x, rows: 1, columns: 1}
			for x+c.columns < columns && !right[x+c.columns][y] && !taken[y*columns+x+c.columns] {
				c.columns++
			}
			for y+c.rows < rows && openBelow(below[y+c.rows], x, c.columns) {
				c.rows++
			}
			c.open = !whole(c, right, below, taken, columns)
			for i := c.row; i < c.row+c.rows; i++ {
				for j := c.column; j < c.column+c.columns; j++ {
					taken[i*columns+j] = true
					t.owner[i*columns+j] = len(t.cells)
				}
			}
			c.fromAbove = y == 0 && openBelow(drawn[0], x, c.columns)
			c.goesOn = y+c.rows == rows && openBelow(drawn[rows], x, c.columns)
			c.box = rect{l.xs[x], l.ys[y], l.xs[x+c.columns], l.ys[y+c.rows]}
			t.cells = append(t.cells, c)
		}
	}
	return t
}

// separators says for each edge and each band between the edges across it whether a
// ruling runs there.
func separators(rulings []ruling, at, across []float64) [][]bool {
	out := make([][]bool, len(at))
	for i := range out {
		out[i] = make([]bool, len(across)-1)
	}
	for _, r := range rulings {
		i := nearest(at, r.at)
		for j := range out[i] {
			covered := min(r.to, across[j+1]) - max(r.from, across[j])
			out[i][j] = out[i][j] || covered > 0.5*(across[j+1]-across[j])
		}
	}
	return out
}

func nearest(at []float64, x float64) int {
	i, _ := slices.BinarySearch(at, x)
	if i == len(at) || i > 0 && x-at[i-1] < at[i]-x {
		i--
	}
	return i
}

func openBelow(edge []bool, column, columns int) bool {
	return !slices.Contains(edge[column:column+columns], true)
}

// whole reports whether rulings enclose a cell on all its sides and none ends in it.
func whole(c pageCell, right, below [][]bool, taken []bool, columns int) bool {
	if end := c.row + c.rows; end < len(below)-1 && slices.Contains(below[end][c.column:c.column+c.columns], false) {
		return false
	}
	for y := c.row; y < c.row+c.rows; y++ {
		if c.column+c.columns < columns && !right[c.column+c.columns][y] || c.column > 0 && !right[c.column][y] {
			return false
		}
		for x := c.column; x < c.column+c.columns; x++ {
			if taken[y*columns+x] || x > c.column && right[x][y] {
				return false
			}
		}
	}
	return true
}
