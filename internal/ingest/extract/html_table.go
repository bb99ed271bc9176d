package extract

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"gongkai/internal/report"
)

const (
	maxSpan    = 1000  // as browsers clamp it
	maxColumns = 10000 // of a grid, whatever its spans add up to
)

// table reads a table: as a grid, or as the frame of others.
func (w *pageWalk) table(n *html.Node, c pageScope) {
	if w.inCell { // a small table inside a cell of data
		w.brk()
		w.children(n, c)
		w.brk()
		return
	}
	w.flush()
	switch part := w.partOf(n, c); {
	case part == chromePart:
		c.chrome = true
	case part == articlePart:
		c.article = true
	}
	if w.survey.layout[n] {
		w.children(n, c)
		w.flush()
		return
	}
	w.inCell, w.sink = true, &w.cell
	b := gridBuilder{walk: w, scope: c, grid: &Grid{}}
	b.table(n)
	w.inCell, w.sink = false, &w.para
	w.keep(b.grid, c)
}

// keep adds a grid to the document. One that holds nothing is left out, and a single
// column of prose is paragraphs: a frame drawn around text.
func (w *pageWalk) keep(g *Grid, c pageScope) {
	text, lines := 0, 0
	for i := range g.Cells {
		text += len(g.Cells[i].Text)
		lines += strings.Count(g.Cells[i].Text, "\n")
	}
	switch {
	case text == 0: // a spacer, or a picture that is counted elsewhere
	case g.Columns == 1 && (lines > 1 || text > 300*len(g.Cells)):
		for i := range g.Cells {
			for line := range strings.SplitSeq(g.Cells[i].Text, "\n") {
				if line != "" {
					w.blocks.text(line).Chrome = c.chrome
				}
			}
		}
	default:
		w.blocks.grid(g)
	}
}

// A gridBuilder lays the cells of a table on a grid as HTML's table model does.
type gridBuilder struct {
	walk  *pageWalk
	scope pageScope
	grid  *Grid
	busy  []int // for each column, the first row that no cell from above reaches
}

// table reads the caption and the groups of rows.
func (b *gridBuilder) table(n *html.Node) {
	b.grid.Cells = make([]Cell, 0, countCells(n))
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		switch {
		case k.Type != html.ElementNode:
		case k.DataAtom == atom.Caption:
			if !b.walk.unseen(k) {
				b.grid.Caption = b.text(k, b.scope)
			}
		case k.DataAtom == atom.Tbody, k.DataAtom == atom.Thead, k.DataAtom == atom.Tfoot:
			if !b.walk.unseen(k) {
				b.group(k)
			}
		}
	}
}

// group reads the rows of a group. Spans end with it.
func (b *gridBuilder) group(n *html.Node) {
	first := len(b.grid.Cells)
	clear(b.busy)
	for tr := n.FirstChild; tr != nil; tr = tr.NextSibling {
		if tr.Type == html.ElementNode && tr.DataAtom == atom.Tr && !b.walk.unseen(tr) && !flat(tr) {
			b.row(tr, n.DataAtom == atom.Thead)
		}
	}
	for i := first; i < len(b.grid.Cells); i++ {
		c := &b.grid.Cells[i]
		c.RowSpan = min(c.RowSpan, b.grid.Rows-c.Row)
	}
}

// flat reports whether a row is the invisible one with which a word processor
// states the widths of its columns.
func flat(tr *html.Node) bool {
	return attr(tr, "height") == "0" && strings.TrimSpace(plainText(tr)) == ""
}

// row places the cells of a row in the columns that are free.
func (b *gridBuilder) row(tr *html.Node, head bool) {
	w, y, x := b.walk, b.grid.Rows, 0
	if y >= w.limits.Pages {
		w.err = &report.LimitError{Limit: "pages", Max: int64(w.limits.Pages)}
		return
	}
	for td := tr.FirstChild; td != nil; td = td.NextSibling {
		if td.Type != html.ElementNode || td.DataAtom != atom.Td && td.DataAtom != atom.Th || w.unseen(td) {
			continue
		}
		for x < len(b.busy) && b.busy[x] > y {
			x++
		}
		rows, columns := spans(td)
		columns = max(1, min(columns, maxColumns-x))
		b.grid.Cells = append(b.grid.Cells, Cell{
			Row: y, Column: x, RowSpan: rows, ColSpan: columns,
			Text: b.text(td, b.scope), Header: head || td.DataAtom == atom.Th,
			Place: report.Place{Row: y + 1, Column: x + 1},
		})
		for len(b.busy) < x+columns {
			b.busy = append(b.busy, 0)
		}
		for i := x; i < x+columns; i++ {
			b.busy[i] = max(b.busy[i], y+rows)
		}
		x += columns
		b.grid.Columns = max(b.grid.Columns, x)
	}
	b.grid.Rows++
}

// text returns what a reader sees in a cell or caption.
func (b *gridBuilder) text(n *html.Node, c pageScope) string {
	w := b.walk
	w.cell.reset()
	w.children(n, c)
	w.linked, w.bold = 0, 0
	return w.cell.String()
}

// spans returns the row and column span of a cell. A row span of 0 reaches to the
// end of its group.
func spans(td *html.Node) (rows, columns int) {
	rows, columns = 1, 1
	for i := range td.Attr {
		switch td.Attr[i].Key {
		case "rowspan":
			if n, ok := leadingInt(td.Attr[i].Val); ok {
				rows = min(n, maxSpan)
				if n == 0 {
					rows = maxSpan
				}
			}
		case "colspan":
			if n, ok := leadingInt(td.Attr[i].Val); ok && n > 0 {
				columns = min(n, maxSpan)
			}
		}
	}
	return rows, columns
}

// leadingInt reads a number as HTML does: blanks before and anything behind it are
// passed over.
func leadingInt(s string) (int, bool) {
	s = strings.TrimLeft(s, " \t\n\f\r+")
	end := 0
	for end < len(s) && end < 6 && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(s[:end])
	return n, err == nil
}

// countCells counts the cells of a table, for the size of its grid.
func countCells(table *html.Node) int {
	n := 0
	for group := table.FirstChild; group != nil; group = group.NextSibling {
		for tr := group.FirstChild; tr != nil; tr = tr.NextSibling {
			for td := tr.FirstChild; td != nil; td = td.NextSibling {
				if td.Type == html.ElementNode {
					n++
				}
			}
		}
	}
	return n
}
