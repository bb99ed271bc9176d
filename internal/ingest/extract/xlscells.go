package extract

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
)

// A sheetCell is a cell of a worksheet as its reader sees it. Rows and columns
// count from 0.
type sheetCell struct {
	row, col int
	text     string
	framed   bool // has a border at its left or right
}

// A sheetRange is a rectangle of cells, its last row and column included.
type sheetRange struct{ top, left, bottom, right int }

// A worksheet is a visible sheet of a workbook.
type worksheet struct {
	name       string
	cells      []sheetCell
	merges     []sheetRange
	hiddenRows map[int]bool
	hiddenCols map[int]bool
	unread     []string // addresses of formulas without a result
}

// mostStored bounds the cells of a workbook as stored, among them many that are
// blank and have but a format.
const mostStored = 5_000_000

// A sheetLayer lays worksheets out as paragraphs and grids.
type sheetLayer struct {
	ctx         context.Context
	doc         *Document
	limits      Limits
	rows, cells int // left to spend
	paras       int
	grids       int
}

// laySheets puts the sheets into the document, one after the other.
func laySheets(ctx context.Context, doc *Document, sheets []*worksheet, limits Limits) error {
	l := sheetLayer{ctx: ctx, doc: doc, limits: limits, rows: limits.Pages, cells: mostCells}
	for _, s := range sheets {
		if err := l.sheet(s); err != nil {
			return err
		}
		for _, address := range s.unread {
			doc.Warnings = append(doc.Warnings, Warning{
				Rule: "read.anchors",
				Text: fmt.Sprintf("工作表“%s”的 %s 是公式，文件中没有保存计算结果，无法读取；请用 Excel 或 WPS 打开后保存一次再试", s.name, address),
			})
		}
	}
	return nil
}

// A sheetRow is a row of a sheet that says something.
type sheetRow struct {
	row   int
	cells []sheetCell // with a text, from left to right
	bound bool        // a merged cell holds it to the row above
	blank bool        // it also has cells without a text
}

// sheet lays out one sheet: rows without a text split it into blocks.
func (l *sheetLayer) sheet(s *worksheet) error {
	s.settle()
	rows, err := s.rows()
	if err != nil {
		return err
	}
	if l.rows -= len(rows); l.rows < 0 {
		return errTooMany(l.limits)
	}
	for len(rows) > 0 {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		n := 1
		for n < len(rows) && (rows[n].row == s.nextRow(rows[n-1].row) || rows[n].bound) {
			n++
		}
		if err := l.block(s, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// settle drops what is hidden, and orders what is left. A merged cell whose corner
// is hidden shows its text in what is left of it.
func (s *worksheet) settle() {
	moved := map[[2]int][2]int{}
	for i := range s.merges {
		m := &s.merges[i]
		corner := [2]int{m.top, m.left}
		for m.top < m.bottom && s.hiddenRows[m.top] {
			m.top++
		}
		for m.left < m.right && s.hiddenCols[m.left] {
			m.left++
		}
		if to := [2]int{m.top, m.left}; to != corner {
			moved[corner] = to
		}
	}
	for i := range s.cells {
		c := &s.cells[i]
		if to, ok := moved[[2]int{c.row, c.col}]; ok {
			c.row, c.col = to[0], to[1]
		}
	}
	s.cells = slices.DeleteFunc(s.cells, func(c sheetCell) bool { return s.hiddenRows[c.row] || s.hiddenCols[c.col] })
	slices.SortStableFunc(s.cells, func(a, b sheetCell) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col))
	})
	s.cells = slices.CompactFunc(s.cells, func(a, b sheetCell) bool { return a.row == b.row && a.col == b.col })
	slices.SortFunc(s.merges, func(a, b sheetRange) int {
		return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.left, b.left))
	})
}

// nextRow returns the next row that is shown.
func (s *worksheet) nextRow(row int) int {
	for row++; s.hiddenRows[row]; row++ {
	}
	return row
}

// rows returns the rows that say something, without the cells that merged cells
// cover.
func (s *worksheet) rows() ([]sheetRow, error) {
	covered, err := s.covered()
	if err != nil {
		return nil, err
	}
	var rows []sheetRow
	blank := map[int]bool{}
	for _, c := range s.cells {
		if covered[[2]int{c.row, c.col}] {
			continue
		}
		if c.text == "" {
			blank[c.row] = true
			continue
		}
		if n := len(rows); n == 0 || rows[n-1].row != c.row {
			rows = append(rows, sheetRow{row: c.row})
		}
		r := &rows[len(rows)-1]
		r.cells = append(r.cells, c)
	}
	s.bind(rows)
	for i := range rows {
		rows[i].blank = blank[rows[i].row]
	}
	return rows, nil
}

// bind marks the rows that a merged cell with a text holds to a row above.
func (s *worksheet) bind(rows []sheetRow) {
	reach := -1 // last row that a merged cell so far reaches
	merges := s.merges
	for i := range rows {
		rows[i].bound = rows[i].row <= reach
		for len(merges) > 0 && merges[0].top <= rows[i].row {
			if merges[0].top == rows[i].row {
				reach = max(reach, merges[0].bottom)
			}
			merges = merges[1:]
		}
	}
}

// covered returns the cells with content that merged cells cover. Merged cells do
// not overlap in a workbook that a program wrote; the work is bounded for others.
func (s *worksheet) covered() (map[[2]int]bool, error) {
	covered := map[[2]int]bool{}
	work := 0
	for _, m := range s.merges {
		i, _ := slices.BinarySearchFunc(s.cells, m.top, func(c sheetCell, row int) int { return cmp.Compare(c.row, row) })
		for ; i < len(s.cells) && s.cells[i].row <= m.bottom; i++ {
			if work++; work > 20*mostCells {
				return nil, unreadable("工作表“%s”的合并单元格互相重叠；请核对原件是否正常", s.name)
			}
			c := s.cells[i]
			if c.col >= m.left && c.col <= m.right && (c.row != m.top || c.col != m.left) {
				covered[[2]int{c.row, c.col}] = true
			}
		}
	}
	return covered, nil
}

// extent returns the columns that a cell takes.
func (s *worksheet) extent(c sheetCell) (left, right int) {
	m := s.mergeAt(c.row, c.col)
	return m.left, m.right
}

// mergeAt returns the merged cell that begins at a cell, or the cell alone.
func (s *worksheet) mergeAt(row, col int) sheetRange {
	i, ok := slices.BinarySearchFunc(s.merges, [2]int{row, col}, func(m sheetRange, at [2]int) int {
		return cmp.Or(cmp.Compare(m.top, at[0]), cmp.Compare(m.left, at[1]))
	})
	if ok {
		return s.merges[i]
	}
	return sheetRange{row, col, row, col}
}

// block lays out rows that follow each other: tables, and the prose between them.
func (l *sheetLayer) block(s *worksheet, rows []sheetRow) error {
	prose := s.prose(rows)
	for len(rows) > 0 {
		n := 0
		for n < len(rows) && !prose[n] {
			n++
		}
		if n == 0 {
			l.paragraph(s, rows[0].cells[0])
			n = 1
		} else if err := l.table(s, rows[:n]); err != nil {
			return err
		}
		rows, prose = rows[n:], prose[n:]
	}
	return nil
}

// prose reports which rows of a block are paragraphs and not rows of a table: a
// single text that is a sentence, that reaches beyond the tables next to it, or
// that stands before, behind or between tables without a frame where they have one,
// or without blank cells beside it where they have none.
func (s *worksheet) prose(rows []sheetRow) []bool {
	prose := make([]bool, len(rows))
	first, last := len(rows), -1 // rows of tables
	framed := false
	for i := range rows {
		if len(rows[i].cells) > 1 || rows[i].bound {
			first, last = min(first, i), i
			for _, c := range rows[i].cells {
				framed = framed || c.framed
			}
		}
	}
	widths := s.widths(rows)
	for i := range rows {
		if len(rows[i].cells) > 1 || rows[i].bound {
			continue
		}
		c := rows[i].cells[0]
		_, right := s.extent(c)
		switch outside := i < first || i > last; {
		case last < 0, isSentence(c.text) && (outside || !c.framed):
			prose[i] = true
		case right > widths[i]:
			prose[i] = true
		case outside && !framed && !rows[i].blank, framed && !c.framed:
			prose[i] = true
		}
	}
	return prose
}

// widths returns, for each row of a block, the last column of the tables next to
// it.
func (s *worksheet) widths(rows []sheetRow) []int {
	widths := make([]int, len(rows))
	near := -1
	take := func(i int) {
		if len(rows[i].cells) > 1 {
			near = -1
			for _, c := range rows[i].cells {
				_, right := s.extent(c)
				near = max(near, right)
			}
		}
		widths[i] = max(widths[i], near)
	}
	for i := range rows {
		take(i)
	}
	near = -1
	for i := len(rows) - 1; i >= 0; i-- {
		take(i)
	}
	return widths
}

// isSentence reports whether a text is prose whatever stands around it.
func isSentence(text string) bool {
	return strings.HasSuffix(text, "。") || utf8.RuneCountInString(text) > 80 || strings.Count(text, "。") > 1
}

func (l *sheetLayer) paragraph(s *worksheet, c sheetCell) {
	l.paras++
	l.doc.Blocks = append(l.doc.Blocks, Block{Paragraph: &Paragraph{
		Number: l.paras, Text: c.text,
		Place: report.Place{Paragraph: l.paras, Sheet: s.name, Address: cellAddress(c.row, c.col)},
	}})
}

// table lays out rows as one grid. Its columns are those that a text or a merged
// cell stands in; blank cells of the rows are there too.
func (l *sheetLayer) table(s *worksheet, rows []sheetRow) error {
	columns := s.columns(rows)
	shown := s.tableRows(rows)
	if l.cells -= len(columns) * len(shown); l.cells < 0 {
		return errTooMany(l.limits)
	}
	l.grids++
	grid := &Grid{Number: l.grids, Rows: len(shown), Columns: len(columns)}
	texts := map[[2]int]string{}
	for _, r := range rows {
		for _, c := range r.cells {
			texts[[2]int{c.row, c.col}] = c.text
		}
	}
	busy := make([]int, len(columns)) // first row of the grid that no cell from above reaches
	for y, row := range shown {
		for x := 0; x < len(columns); x++ {
			if busy[x] > y {
				continue
			}
			col := columns[x]
			m := s.mergeAt(row, col)
			rowSpan := countWithin(shown[y:], m.bottom)
			colSpan := countWithin(columns[x:], m.right)
			for k := x; k < x+colSpan; k++ {
				busy[k] = y + rowSpan
			}
			grid.Cells = append(grid.Cells, Cell{
				Row: y, Column: x, RowSpan: rowSpan, ColSpan: colSpan, Text: texts[[2]int{row, col}],
				Place: report.Place{Sheet: s.name, Address: cellAddress(row, col)},
			})
		}
	}
	l.doc.Blocks = append(l.doc.Blocks, Block{Grid: grid})
	return nil
}

// countWithin returns how many of the positions, the first always, are at most
// last.
func countWithin(positions []int, last int) int {
	n := 1
	for n < len(positions) && n < mostColumns && positions[n] <= last {
		n++
	}
	return n
}

// columns returns the columns of a table: those in which a text or a merged cell
// begins.
func (s *worksheet) columns(rows []sheetRow) []int {
	var columns []int
	for _, r := range rows {
		for _, c := range r.cells {
			columns = append(columns, c.col)
		}
	}
	top, bottom := rows[0].row, rows[len(rows)-1].row
	slices.Sort(columns)
	left, right := columns[0], columns[len(columns)-1]
	for _, m := range s.merges {
		if m.top >= top && m.top <= bottom && m.left >= left && m.left <= right && !s.hiddenCols[m.left] {
			columns = append(columns, m.left)
		}
	}
	slices.Sort(columns)
	return slices.Compact(columns)
}

// tableRows returns the rows of a table that are shown, blank ones within merged
// cells included.
func (s *worksheet) tableRows(rows []sheetRow) []int {
	var shown []int
	for row := rows[0].row; row <= rows[len(rows)-1].row; row = s.nextRow(row) {
		shown = append(shown, row)
	}
	return shown
}

// cellAddress writes an address such as C7; row and column count from 0.
func cellAddress(row, col int) string {
	name := ""
	for col++; col > 0; col = (col - 1) / 26 {
		name = string(rune('A'+(col-1)%26)) + name
	}
	return name + strconv.Itoa(row+1)
}
