package extract

import (
	"math"
	"slices"
	"strings"
)

// layoutBlocks makes the blocks of a document of its pages. A table or paragraph that
// goes on overleaf is one.
func layoutBlocks(pages []*pageLayout) ([]Block, []Warning) {
	tables := map[int][]*pageTable{}
	lines := map[int][]glyphLine{}
	for _, p := range pages {
		tables[p.number] = ruledTables(p)
		lines[p.number] = linesOf(p.glyphs)
	}
	running := runningLines(pages, lines)
	w := partWriter{}
	var names []piece // of columns, at the end of the page before
	for _, p := range pages {
		margins := marginsOf(p, pages, lines)
		text, chrome := chromeOf(p, tables[p.number], lines[p.number], running)
		var open []*pageTable
		open, text, names = openTables(p, text, margins, names)
		parts := partsOf(p, append(tables[p.number], open...), text, chrome, margins)
		w.page(parts, margins)
	}
	w.flush()
	warnings := w.warnings()
	if slices.ContainsFunc(w.blocks.list, torn) {
		warnings = append(warnings, Warning{Rule: "read.grid", Text: "页面上有表格行未能还原为单元格；请核对原件"})
	}
	return w.blocks.list, warnings
}

// torn reports whether a block holds a row of a table that was not parted into cells.
func torn(b Block) bool {
	if p := b.Paragraph; p != nil {
		fields := strings.Fields(p.Text)
		return !p.Chrome && (figuresIn(fields) > 2 || len(fields) > 1 && figuresIn(fields[1:]) > 0 && labelOf(fields[0]) == rowLabel)
	}
	return slices.ContainsFunc(b.Grid.Cells, func(c Cell) bool { return figuresIn(strings.Fields(c.Text)) > 3 })
}

// figuresIn counts the texts that are figures.
func figuresIn(texts []string) int {
	n := 0
	for _, t := range texts {
		if isValue(t) && !unitWords[t] {
			n++
		}
	}
	return n
}

// A partWriter turns the parts of one page after another into blocks. The last part of
// a page waits for the next.
type partWriter struct {
	blocks  blockList
	tables  []*pageTable // the table that may go on
	text    *layoutPart  // the paragraph that may go on
	chrome  []layoutPart // what stands below it on the page
	strays  int
	broken  bool
	numbers bool
}

func (w *partWriter) page(parts []layoutPart, margins pageText) {
	first := true
	for _, part := range parts {
		switch {
		case part.chrome:
			w.chrome = append(w.chrome, part)
			continue
		case part.table != nil:
			if !first || len(w.tables) == 0 || !w.tables[len(w.tables)-1].goesOn(part.table) {
				w.flush()
			}
			w.tables = append(w.tables, part.table)
		case first && w.text != nil && margins.goesOn(*w.text, part, false):
			w.text.lines = append(w.text.lines, part.lines...)
		default:
			w.flush()
			w.text = &part
		}
		first = false
	}
}

// flush writes what waits.
func (w *partWriter) flush() {
	switch {
	case len(w.tables) > 0:
		w.blocks.grid(w.grid(w.tables))
		w.tables = nil
	case w.text != nil:
		w.paragraph(*w.text)
		w.text = nil
	}
	for _, c := range w.chrome {
		w.paragraph(c)
	}
	w.chrome = nil
}

func (w *partWriter) paragraph(p layoutPart) {
	box := rect{}
	for _, l := range p.lines {
		box = box.union(l.box)
	}
	added := w.blocks.paragraph(Paragraph{Text: p.text(), Chrome: p.chrome})
	added.Place.Page, added.Place.Box = p.page, p.lines[0].box.box()
}

// goesOn reports whether o, on top of the next page, continues t: their outlines are
// equally wide.
func (t *pageTable) goesOn(o *pageTable) bool {
	const apart = 6
	return !t.unruled && !o.unruled && o.page == t.page+1 && math.Abs(t.box.left-o.box.left) < apart && math.Abs(t.box.right-o.box.right) < apart
}

// grid lays the parts of a table out in common columns.
func (w *partWriter) grid(parts []*pageTable) *Grid {
	for _, t := range parts {
		w.strays += t.strays
		w.broken = w.broken || t.broken
		w.numbers = w.numbers || t.cut
	}
	return joinTables(parts)
}

// warnings says what of the layout is doubtful.
func (w *partWriter) warnings() []Warning {
	var out []Warning
	if w.strays > 0 {
		out = append(out, Warning{Rule: "read.grid", Text: "表格内有 " + itoa(w.strays) + " 个字符不在任何单元格中；请核对原件"})
	}
	if w.broken {
		out = append(out, Warning{Rule: "read.grid", Text: "表格线不完整，部分单元格的范围无法确定；请核对原件"})
	}
	if w.numbers {
		out = append(out, Warning{Rule: "read.grid", Text: "有数字跨越表格线，无法确定属于哪一格；请核对原件"})
	}
	return out
}
