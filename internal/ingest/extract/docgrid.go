package extract

import (
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/report"
)

// snap is the distance in twips (0.8 mm) below which two edges of a table drawn by
// hand are one: a reader sees one ruling there.
const snap = 45

// mostCells and mostBlocks bound what a document may hold, whatever its bytes cost:
// no report comes near.
const (
	mostCells  = 1_000_000
	mostBlocks = 1_000_000
)

// errTooMany says that a document holds more than a reader should keep.
func errTooMany(limits Limits) error {
	return &report.LimitError{Limit: "pages", Max: int64(limits.Pages)}
}

// mostColumns is the largest span that a cell may have.
const mostColumns = 1000

// grid lays the table out in rows and columns. A column is where some cell
// begins; edges that no cell begins at make none. lost is what stood in cells that
// a merged cell covers, "" as a rule.
func (t *flowTable) grid() (grid *Grid, lost string) {
	t.mergeAlong()
	t.straighten()
	cols := t.columns()
	grid = &Grid{Rows: len(t.rows), Columns: cols.count}
	var above, here []placedCell
	var covered []string
	for y, row := range t.rows {
		here = here[:0]
		for _, c := range row.cells {
			p := cols.place(c)
			if owner, ok := p.below(above); ok {
				p.owner = owner
				grid.Cells[owner].RowSpan = min(mostColumns, y-grid.Cells[owner].Row+1)
				if text := c.text(); text != "" {
					covered = append(covered, text)
				}
			} else {
				p.owner = len(grid.Cells)
				grid.Cells = append(grid.Cells, Cell{
					Row: y, Column: p.column, RowSpan: 1, ColSpan: min(mostColumns, p.span),
					Text: c.text(), Header: row.header,
				})
			}
			here = append(here, p)
		}
		above, here = here, above
	}
	return grid, strings.Join(covered, "、")
}

// mergeAlong drops deleted cells and joins cells that continue the cell before
// them to it. What such a cell says is kept with the first, as word processors do
// on merging.
func (t *flowTable) mergeAlong() {
	for y := range t.rows {
		cells := t.rows[y].cells
		kept := cells[:0]
		for _, c := range cells {
			n := len(kept)
			if c.gone {
				continue
			}
			if c.along == continues && n > 0 && kept[n-1].along != alone {
				kept[n-1].right = max(kept[n-1].right, c.right)
				kept[n-1].content = append(kept[n-1].content, c.content...)
				continue
			}
			kept = append(kept, c)
		}
		t.rows[y].cells = kept
	}
}

// straighten gives every cell a width and lets it begin where the one before ends,
// or later.
func (t *flowTable) straighten() {
	for y := range t.rows {
		cells := t.rows[y].cells
		for i := range cells {
			c := &cells[i]
			if i > 0 {
				c.left = max(c.left, cells[i-1].right)
			}
			c.right = max(c.right, c.left+1)
		}
	}
}

// A placedCell is a stored cell among the columns, with the Cell it belongs to.
type placedCell struct {
	column, span int
	down         merge
	owner        int // index into Grid.Cells
}

// below returns the Cell that p continues: the one above it between the same
// edges, if that takes part in a vertical merge.
func (p placedCell) below(above []placedCell) (owner int, ok bool) {
	if p.down != continues {
		return 0, false
	}
	i, ok := slices.BinarySearchFunc(above, p.column, func(a placedCell, column int) int { return a.column - column })
	if !ok || above[i].span != p.span || above[i].down == alone {
		return 0, false
	}
	return above[i].owner, true
}

// tableColumns maps edges to columns.
type tableColumns struct {
	edges  []int // distinct edges in order
	column []int // of the edge: how many columns begin before it
	count  int
}

// columns finds the columns of the table. Edges that nearly coincide are snapped
// together, unless a cell would vanish between them.
func (t *flowTable) columns() tableColumns {
	var edges []int
	for _, row := range t.rows {
		for _, c := range row.cells {
			edges = append(edges, c.left, c.right)
		}
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	if c := t.numbered(edges, snap); !t.vanishes(c) {
		return c
	}
	return t.numbered(edges, 0)
}

// numbered gives each edge its column, taking edges within distance for one.
func (t *flowTable) numbered(edges []int, distance int) tableColumns {
	first := make([]int, len(edges)) // the edge that an edge is taken for
	for i := range edges {
		first[i] = i
		if i > 0 && edges[i]-edges[first[i-1]] <= distance {
			first[i] = first[i-1]
		}
	}
	begins := make([]bool, len(edges))
	for _, row := range t.rows {
		for _, c := range row.cells {
			i, _ := slices.BinarySearch(edges, c.left)
			begins[first[i]] = true
		}
	}
	column := make([]int, len(edges))
	n := 0
	for i := range edges {
		if first[i] != i {
			column[i] = column[first[i]]
			continue
		}
		column[i] = n
		if begins[i] {
			n++
		}
	}
	return tableColumns{edges: edges, column: column, count: n}
}

// vanishes reports whether a cell has no width among the columns.
func (t *flowTable) vanishes(cols tableColumns) bool {
	for _, row := range t.rows {
		for _, c := range row.cells {
			if cols.at(c.left) == cols.at(c.right) {
				return true
			}
		}
	}
	return false
}

// at returns how many columns begin before an edge.
func (cols tableColumns) at(edge int) int {
	i, _ := slices.BinarySearch(cols.edges, edge)
	return cols.column[i]
}

// place puts a stored cell into its columns.
func (cols tableColumns) place(c flowCell) placedCell {
	left := cols.at(c.left)
	right := cols.at(c.right)
	return placedCell{column: left, span: max(1, right-left), down: c.down}
}

func itoa(n int) string { return strconv.Itoa(n) }
