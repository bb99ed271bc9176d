package extract

import (
	"context"
	"strings"

	"gongkai/internal/report"
)

// readText reads plain text. Tables in it are found by their marks: a tab before each
// cell, tabs or pipes within a line; what has no rows left is rebuilt from the form.
func readText(ctx context.Context, in input) (*Document, error) {
	d := decode(in.body, charsetOf(in.contentType))
	doc := &Document{Type: Text, Route: d.route, Warnings: d.warnings}
	text := string(d.text)
	r := textReader{lines: splitLines(text), limits: in.limits}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	doc.Blocks = r.blocks.list
	if len(doc.Blocks) == 0 {
		return nil, unreadable("文本中没有任何文字；请核对原件")
	}
	doc.Digits = textDigits(text)
	return doc, nil
}

// splitLines splits text at any kind of line end.
func splitLines(text string) []string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n", "\v", "\n", "\u2028", "\n").Replace(text)
	return strings.Split(text, "\n")
}

// A textReader turns lines into blocks.
type textReader struct {
	blocks blockList
	lines  []string
	at     int        // the next line
	plain  []textLine // lines that are in no table by their marks
	torn   int        // lines before this one are known not to be whole rows
	limits Limits
}

// read goes through the lines once: each belongs to the table that it continues, or waits
// in plain until the next table begins.
func (r *textReader) read(ctx context.Context) error {
	for r.at < len(r.lines) {
		if r.at%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		l := r.lines[r.at]
		switch {
		case strings.HasPrefix(l, "\t") && strings.TrimSpace(l) != "" && !strings.Contains(strings.Trim(l, "\t"), "\t"):
			r.tabCells()
		case r.at >= r.torn && r.beginsRows() && r.rows():
		default:
			r.plain = append(r.plain, textLine{text: squeeze(l), place: report.Place{Line: r.at + 1}})
			r.at++
		}
		if g := r.lastGrid(); g != nil && g.Rows > r.limits.Pages {
			return &report.LimitError{Limit: "pages", Max: int64(r.limits.Pages)}
		}
	}
	r.flush()
	return nil
}

// lastGrid returns the grid that was added last, nil behind a paragraph.
func (r *textReader) lastGrid() *Grid {
	if n := len(r.blocks.list); n > 0 {
		return r.blocks.list[n-1].Grid
	}
	return nil
}

// flush makes blocks of the lines outside tables: rebuilt grids, and paragraphs.
func (r *textReader) flush() {
	lines := r.plain
	r.plain = nil
	regions := rebuild(lines)
	for i := 0; i < len(lines); i++ {
		if len(regions) > 0 && regions[0].from == i {
			for _, g := range regions[0].grids {
				r.blocks.grid(g)
			}
			i = regions[0].to - 1
			regions = regions[1:]
			continue
		}
		if strings.Trim(lines[i].text, "|｜ ") != "" {
			r.blocks.paragraph(Paragraph{Text: lines[i].text, Place: lines[i].place})
		}
	}
}

// tabCells reads a table in which a tab begins each cell, a tab alone is an empty cell,
// a blank line ends a row and a line without a tab goes on with the cell before. Two
// blank lines end the table. Cells merged downwards are empty in the rows below, and
// cells merged sideways are one: rows are kept as they are found.
func (r *textReader) tabCells() {
	r.flush()
	g := &Grid{}
	blanks, column := 0, 0
	for ; r.at < len(r.lines); r.at++ {
		l := r.lines[r.at]
		switch {
		case strings.HasPrefix(l, "\t"):
			if blanks > 0 || g.Rows == 0 {
				g.Rows++
				column = 0
			}
			blanks = 0
			g.Cells = append(g.Cells, Cell{
				Row: g.Rows - 1, Column: column, RowSpan: 1, ColSpan: 1, Text: squeeze(l),
				Place: report.Place{Row: g.Rows, Column: column + 1, Line: r.at + 1},
			})
			column++
			g.Columns = max(g.Columns, column)
			continue
		case strings.TrimSpace(l) == "":
			blanks++
		case blanks > 0 || !goesOn(g.Cells[len(g.Cells)-1].Text, l):
			blanks = 2 // text: the table is over
			r.at--
		default:
			c := &g.Cells[len(g.Cells)-1]
			c.Text = squeeze(c.Text + "\n" + l)
			continue
		}
		if blanks > 1 {
			r.at++
			break
		}
	}
	r.blocks.grid(g)
}

// goesOn reports whether a line may be the rest of the cell before it: a figure has no
// rest, and a label is no prose.
func goesOn(cell, l string) bool {
	const longest = 1000
	return len(cell) < longest && (cell == "" || !isValue(cell)) && !sectionHeading(strings.TrimSpace(l))
}

// beginsRows reports whether the next line is a row by its marks, or the title above one.
func (r *textReader) beginsRows() bool {
	l := r.lines[r.at]
	if rowOf(l) != nil {
		return true
	}
	return r.at+1 < len(r.lines) && rowOf(r.lines[r.at+1]) != nil && labelOf(squeeze(l)) == titleLabel
}

// rowOf splits a line that is a row of a table by itself, or returns nil.
func rowOf(l string) []string {
	switch {
	case strings.Contains(strings.Trim(l, "\t"), "\t"):
		return strings.Split(l, "\t")
	case strings.ContainsAny(l, "|｜"):
		cells := strings.Split(strings.ReplaceAll(l, "｜", "|"), "|")
		if len(cells) > 2 || strings.TrimSpace(cells[1]) != "" && strings.TrimSpace(cells[0]) != "" {
			return cells
		}
	case strings.Contains(l, " / "):
		cells := strings.Split(l, " / ")
		if len(cells) > 2 || labelOf(cells[0]) != noLabel {
			return cells
		}
	}
	return nil
}

// rows reads a run of lines that are rows. It reports false, having read nothing, if the
// marks stand between the cells of lost rows: then figures stand on lines without their
// label.
func (r *textReader) rows() bool {
	var rows [][]string
	var at []int
	end := r.at
	for blanks := 0; end < len(r.lines) && blanks < 2; end++ {
		l := r.lines[end]
		if strings.TrimSpace(l) == "" {
			blanks++
			continue
		}
		cells := rowOf(l)
		if cells == nil && !strings.ContainsAny(l, "|｜") && labelOf(squeeze(l)) == noLabel {
			break
		}
		if cells == nil {
			cells = []string{l}
		}
		if blanks > 0 && strings.HasPrefix(l, "|") != strings.HasPrefix(r.lines[r.at], "|") {
			break // another table, drawn in another way
		}
		blanks = 0
		if !ruled(l) {
			rows, at = append(rows, cells), append(at, end)
		}
	}
	if !wholeRows(rows) {
		r.torn = end
		return false
	}
	r.flush()
	if fenced(rows) {
		for i := range rows {
			rows[i] = rows[i][1 : len(rows[i])-1]
		}
	}
	r.blocks.grid(gridOfRows(rows, at))
	r.at = end
	return true
}

// ruled reports whether a line only draws a rule: |---|---|.
func ruled(l string) bool {
	return strings.Contains(l, "--") && strings.Trim(l, "|-+: \t") == ""
}

// fenced reports whether a mark opens and closes each row, as in Markdown.
func fenced(rows [][]string) bool {
	for _, row := range rows {
		if len(row) < 3 || strings.TrimSpace(row[0]) != "" || strings.TrimSpace(row[len(row)-1]) != "" {
			return false
		}
	}
	return true
}

// wholeRows reports whether rows are whole: most that hold figures hold their label or
// are as long as only the appeals table's.
func wholeRows(rows [][]string) bool {
	whole, torn := 0, 0
	for _, row := range rows {
		figures, words := 0, 0
		for _, cell := range row {
			switch cell = squeeze(cell); {
			case cell == "":
			case isValue(cell):
				figures++
			default:
				words++
			}
		}
		switch {
		case figures > 0 && words > 0 || figures > 7 || words > 1:
			whole++
		case figures+words > 0 && len(row) < 3:
			torn++
		}
	}
	return whole > 0 && whole >= torn && len(rows) > 1
}

// gridOfRows makes a grid of rows that are whole.
func gridOfRows(rows [][]string, lines []int) *Grid {
	g := &Grid{Rows: len(rows)}
	for y, row := range rows {
		for x, cell := range row {
			place := report.Place{Row: y + 1, Column: x + 1}
			if lines != nil {
				place.Line = lines[y] + 1
			}
			g.Cells = append(g.Cells, Cell{
				Row: y, Column: x, RowSpan: 1, ColSpan: 1, Text: squeeze(cell), Place: place,
			})
		}
		g.Columns = max(g.Columns, len(row))
	}
	return g
}
