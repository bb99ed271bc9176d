package extract

import "unicode/utf8"

// Digits say nothing of words, signs in words, dashes and blanks, nor of which cell they
// stand in. Where a type's bytes show by themselves which text stands in which cell, the
// witness sums up every cell, and a grid must have the same cells in the same order.

// A CellSum stands for what a cell says, white space and marks without width left out:
// equal texts have equal sums, others hardly ever. The sum of an empty cell is 0.
type CellSum uint64

// SumOf returns the sum of a text.
func SumOf(text string) CellSum { return CellSum(0).add(text) }

// add returns the sum of a text with more behind it.
func (sum CellSum) add(text string) CellSum {
	const prime = 1099511628211 // of the FNV-1a hash
	h := uint64(sum)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c <= ' ':
			continue
		case c == 0xC2 || c == 0xE2 || c == 0xE3 || c == 0xEF:
			if n := unprinted(text[i:]); n > 0 {
				i += n - 1
				continue
			}
		}
		h = (h ^ uint64(c) ^ 0x9E3779B97F4A7C15) * prime
	}
	return CellSum(h)
}

// unprinted returns the length of the white space or mark without width with which a
// text begins, 0 where it begins otherwise.
func unprinted(text string) int {
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 || classOf(r) == visible {
		return 0
	}
	return size
}

// A tableSums gathers the sums of the cells of tables in tables, as their ends come. It
// is to sums what digitRuns is to digits.
type tableSums struct {
	tables [][]CellSum
	open   []openSums
	deeper int // tables open inside the innermost one that is followed
}

// mostNested is how many tables in tables are followed: a page that lays itself out with
// tables has a few.
const mostNested = 100

// An openSums is a table whose end has not come.
type openSums struct {
	number int // among the tables
	cell   CellSum
	inCell bool
}

// openTable begins a table, in the open cell if there is one. It reports false for one
// that lies too deep to be followed: its text counts to the cell around it alone.
func (t *tableSums) openTable() bool {
	if len(t.open) == mostNested {
		t.deeper++
		return false
	}
	t.open = append(t.open, openSums{number: len(t.tables)})
	t.tables = append(t.tables, nil)
	return true
}

// closeTable ends the innermost table.
func (t *tableSums) closeTable() {
	if t.deeper > 0 {
		t.deeper--
		return
	}
	if n := len(t.open); n > 0 {
		t.closeCell(false)
		t.open = t.open[:n-1]
	}
}

// openCell begins a cell of the innermost table.
func (t *tableSums) openCell() {
	t.closeCell(false)
	if n := len(t.open); n > 0 {
		t.open[n-1].inCell = true
	}
}

// closeCell ends the open cell of the innermost table; one that is gone counts for
// nothing.
func (t *tableSums) closeCell(gone bool) {
	n := len(t.open)
	if n == 0 {
		return
	}
	o := &t.open[n-1]
	if o.inCell && !gone {
		t.tables[o.number] = append(t.tables[o.number], o.cell)
	}
	o.inCell, o.cell = false, 0
}

// cells returns the number of closed cells of the innermost table.
func (t *tableSums) cells() int {
	if n := len(t.open); n > 0 {
		return len(t.tables[t.open[n-1].number])
	}
	return 0
}

// drop forgets all cells of the innermost table after the first few.
func (t *tableSums) drop(cells int) {
	if n := len(t.open); n > 0 {
		table := &t.tables[t.open[n-1].number]
		*table = (*table)[:min(cells, len(*table))]
	}
}

// add takes text into every open cell: what stands in a table in a cell stands in both.
func (t *tableSums) add(text string) {
	for i := range t.open {
		if o := &t.open[i]; o.inCell {
			o.cell = o.cell.add(text)
		}
	}
}

// done returns the sums; never nil, for nil says that there is no witness.
func (t *tableSums) done() [][]CellSum {
	t.deeper = 0
	for len(t.open) > 0 {
		t.closeTable()
	}
	if t.tables == nil {
		return [][]CellSum{}
	}
	return t.tables
}

// Astray returns the grids among some blocks, which are given in the order of the
// document, that no table of the bytes has cell by cell. Grids that were rebuilt from
// text have no table there, and where the type has no second way to its cells none is
// astray.
func (d *Document) Astray(blocks []Block) []*Grid {
	if d.Tables == nil {
		return nil
	}
	var astray []*Grid
	at := 0
	for i := range blocks {
		g := blocks[i].Grid
		if g == nil || g.Rebuilt {
			continue
		}
		k := at
		for k < len(d.Tables) && !sameCells(g, d.Tables[k]) {
			k++
		}
		if k == len(d.Tables) {
			astray = append(astray, g)
			continue
		}
		at = k + 1
	}
	return astray
}

// sameCells reports whether a grid has just these cells.
func sameCells(g *Grid, sums []CellSum) bool {
	if len(g.Cells) != len(sums) {
		return false
	}
	for i := range sums {
		if SumOf(g.Cells[i].Text) != sums[i] {
			return false
		}
	}
	return true
}
