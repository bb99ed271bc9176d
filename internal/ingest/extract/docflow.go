package extract

import (
	"context"
	"strings"

	"gongkai/internal/report"
)

// A flowBlock is a paragraph or a table of a word processor's text (docx, doc,
// rtf) in reading order, before it is numbered and laid out.
type flowBlock struct {
	text    string // of the paragraph, as stored
	heading bool
	table   *flowTable // nil for a paragraph
	chunk   *Document  // a document shown in this one
}

// A flowTable is a table as word processors keep it: rows of cells that each know
// the two edges between which they stand.
type flowTable struct {
	rows []flowRow
}

// A flowRow is one row of a flowTable.
type flowRow struct {
	cells  []flowCell
	header bool // repeated at the top of each page
}

// A flowCell is one stored cell. Edges are twips from an origin that all rows of
// the table share; only their order counts.
type flowCell struct {
	left, right int
	down        merge // with the cell above
	along       merge // with the cell before
	gone        bool  // deleted: there only for the widths
	content     []flowBlock
}

// A merge says which part a cell has in a merged cell.
type merge uint8

const (
	alone     merge = iota
	opens           // the first of a merged cell: its content is what shows
	continues       // covered by the cell that opens
)

// text returns what the cell says, one line for each paragraph. Tables nested in
// it are read row by row.
func (c flowCell) text() string {
	var lines []string
	for _, b := range c.content {
		if b.table == nil {
			lines = append(lines, b.text)
			continue
		}
		for _, row := range b.table.rows {
			for _, inner := range row.cells {
				lines = append(lines, inner.text())
			}
		}
	}
	return squeeze(strings.Join(lines, "\n"))
}

// layFlow numbers the blocks and puts them into the document.
func layFlow(ctx context.Context, doc *Document, blocks []flowBlock, limits Limits) error {
	l := flowLayer{ctx: ctx, doc: doc, room: limits.Pages, limits: limits}
	return l.lay(blocks)
}

// A flowLayer turns flowBlocks into the Blocks of a Document.
type flowLayer struct {
	ctx         context.Context
	doc         *Document
	limits      Limits
	room        int // rows that the document may still have
	paras, grds int // numbered so far
}

func (l *flowLayer) lay(blocks []flowBlock) error {
	for _, b := range blocks {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		switch {
		case b.chunk != nil:
			l.layChunk(b.chunk)
		case b.table == nil:
			l.layParagraph(b)
		case b.table.isLayout():
			if err := l.layCells(b.table); err != nil {
				return err
			}
		default:
			if err := l.layTable(b.table); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *flowLayer) layParagraph(b flowBlock) {
	text := squeeze(b.text)
	if text == "" {
		return
	}
	l.paras++
	l.doc.Blocks = append(l.doc.Blocks, Block{Paragraph: &Paragraph{
		Number: l.paras, Text: text, Heading: b.heading,
		Place: report.Place{Paragraph: l.paras},
	}})
}

// layChunk takes over what a document shown in this one says, numbered anew.
func (l *flowLayer) layChunk(d *Document) {
	for _, b := range d.Blocks {
		if p := b.Paragraph; p != nil {
			l.paras++
			p.Number = l.paras
			p.Place = report.Place{Paragraph: l.paras}
		} else {
			l.grds++
			l.number(b.Grid)
		}
		l.doc.Blocks = append(l.doc.Blocks, b)
	}
	l.doc.Links = append(l.doc.Links, d.Links...)
	l.doc.Pictures += d.Pictures
	l.doc.Warnings = append(l.doc.Warnings, d.Warnings...)
	l.doc.Digits = append(l.doc.Digits, d.Digits...)
}

// number gives a grid its number, and its cells their places.
func (l *flowLayer) number(g *Grid) {
	g.Number = l.grds
	for i := range g.Cells {
		c := &g.Cells[i]
		c.Place = report.Place{Table: g.Number, Row: c.Row + 1, Column: c.Column + 1}
	}
}

// layCells lays the content of a layout table's cells as if no table were there.
func (l *flowLayer) layCells(t *flowTable) error {
	if err := l.spend(t); err != nil {
		return err
	}
	for _, row := range t.rows {
		for _, c := range row.cells {
			if err := l.lay(c.content); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *flowLayer) layTable(t *flowTable) error {
	if err := l.spend(t); err != nil {
		return err
	}
	grid, lost := t.grid()
	switch {
	case grid.isEmpty():
		return nil
	case grid.isFrame():
		for i := range grid.Cells {
			for line := range strings.SplitSeq(grid.Cells[i].Text, "\n") {
				l.layParagraph(flowBlock{text: line})
			}
		}
		return nil
	}
	l.grds++
	l.number(grid)
	if lost != "" {
		l.doc.Warnings = append(l.doc.Warnings, Warning{
			Rule: "read.hidden",
			Text: "第" + itoa(grid.Number) + "个表格的合并单元格下压着看不见的内容“" + lost + "”，未计入",
		})
	}
	l.doc.Blocks = append(l.doc.Blocks, Block{Grid: grid})
	return nil
}

// isEmpty reports whether the grid says nothing.
func (g *Grid) isEmpty() bool {
	for i := range g.Cells {
		if g.Cells[i].Text != "" {
			return false
		}
	}
	return true
}

// isFrame reports whether the grid is one column of prose: a frame drawn around
// text.
func (g *Grid) isFrame() bool {
	if g.Columns != 1 {
		return false
	}
	text, lines := 0, 0
	for i := range g.Cells {
		text += len(g.Cells[i].Text)
		lines += strings.Count(g.Cells[i].Text, "\n")
	}
	return lines > 1 || text > 300*len(g.Cells)
}

// spend takes the rows of a table from what the document may have.
func (l *flowLayer) spend(t *flowTable) error {
	if l.room -= len(t.rows); l.room < 0 {
		return errTooMany(l.limits)
	}
	return nil
}

// isLayout reports whether the table only arranges other tables on the page. A
// table of data stays one if a few of its cells are themselves tables: what is in
// them is then the smaller part.
func (t *flowTable) isLayout() bool {
	own, tables, inner := 0, 0, 0
	for _, row := range t.rows {
		own += len(row.cells)
		for _, c := range row.cells {
			for _, b := range c.content {
				if b.table != nil {
					tables++
					inner += b.table.size()
				}
			}
		}
	}
	return tables > 0 && (own-tables < 12 || inner*2 > own)
}

// size counts the table's own cells and those of the tables in it.
func (t *flowTable) size() int {
	n := 0
	for _, row := range t.rows {
		n += len(row.cells)
		for _, c := range row.cells {
			for _, b := range c.content {
				if b.table != nil {
					n += b.table.size()
				}
			}
		}
	}
	return n
}
