package papers

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// The sheets of a roll-up workbook, in their order.
const (
	sheetTables  = "汇总表"
	sheetChecks  = "勾稽"
	sheetOwn     = "本级对照"
	sheetMembers = "各单位"
	sheetNotes   = "说明"
)

// A rollUpBook writes a roll-up as a workbook in the statutory layout. Every sum is
// a formula over the sheet of the members, so that a figure filled in or mended
// there carries through; blanks stay blank.
type rollUpBook struct {
	file   *excelize.File
	sheet  aggregate.RollUpSheet
	form   *standard.Form
	at     map[standard.CellCode]string // address of each cell on the sheet of the tables
	styles bookStyles
	Words
}

type bookStyles struct{ title, head, cell, label int }

// RollUpBook writes the workbook of a roll-up: the same figures make the same bytes.
// It refuses a year without a form.
func RollUpBook(out io.Writer, sheet aggregate.RollUpSheet) error {
	return RollUpBookIn(Chinese(), out, sheet)
}

// RollUpBookIn writes the workbook in other words; names of agencies stay.
func RollUpBookIn(words Words, out io.Writer, sheet aggregate.RollUpSheet) error {
	return steady(out, func(w io.Writer) error { return rollUpBytes(words, w, sheet) })
}

func rollUpBytes(words Words, out io.Writer, sheet aggregate.RollUpSheet) error {
	b := &rollUpBook{Words: words, file: excelize.NewFile(), sheet: sheet, form: standard.FormOf(sheet.Format), at: make(map[standard.CellCode]string)}
	defer b.file.Close()
	if b.form == nil {
		return fmt.Errorf("rollup: no report of %d has the statutory tables; choose another year", sheet.Year)
	}
	if err := b.addStyles(); err != nil {
		return fmt.Errorf("rollup: workbook: %w", err)
	}
	for i, part := range []struct {
		name string
		rows func() *bookRows
	}{{sheetTables, b.tables}, {sheetChecks, b.checks}, {sheetOwn, b.own}, {sheetMembers, b.members}, {sheetNotes, b.notes}} {
		part.name = b.Say(part.name)
		if i == 0 {
			if err := b.file.SetSheetName("Sheet1", part.name); err != nil {
				return fmt.Errorf("rollup: workbook: %w", err)
			}
		} else if _, err := b.file.NewSheet(part.name); err != nil {
			return fmt.Errorf("rollup: workbook: %w", err)
		}
		if err := part.rows().write(b.file, part.name); err != nil {
			return fmt.Errorf("rollup: sheet %s: %w", part.name, err)
		}
	}
	if err := b.charts(); err != nil {
		return fmt.Errorf("rollup: sheet %s: %w", sheetCharts, err)
	}
	recalculate := true
	if err := b.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &recalculate}); err != nil {
		return fmt.Errorf("rollup: workbook: %w", err)
	}
	return b.file.Write(out)
}

func (b *rollUpBook) addStyles() error {
	border := []excelize.Border{{Type: "left", Color: "999999", Style: 1}, {Type: "right", Color: "999999", Style: 1},
		{Type: "top", Color: "999999", Style: 1}, {Type: "bottom", Color: "999999", Style: 1}}
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.styles.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}}},
		{&b.styles.head, excelize.Style{Font: &excelize.Font{Bold: true}, Border: border, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}}},
		{&b.styles.cell, excelize.Style{Border: border}},
		{&b.styles.label, excelize.Style{Border: border, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}},
	} {
		id, err := b.file.NewStyle(&s.style)
		if err != nil {
			return err
		}
		*s.id = id
	}
	return nil
}

// bookRows are the rows of a sheet, with its merged cells and widths.
type bookRows struct {
	rows   [][]any
	merged [][2]string
	widths []float64
}

func (r *bookRows) add(cells ...any) { r.rows = append(r.rows, cells) }

// write streams the rows: a province has a thousand members of two hundred cells.
func (r *bookRows) write(file *excelize.File, sheet string) error {
	w, err := file.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i, width := range r.widths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	for i, row := range r.rows {
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			return err
		}
	}
	for _, m := range r.merged {
		if err := w.MergeCell(m[0], m[1]); err != nil {
			return err
		}
	}
	return w.Flush()
}

// address is a cell's address: column and row count from 1.
func address(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return "A1" // neither is below 1 here
	}
	return name
}

// styled is a value with a style and, with a formula, what it comes to now.
func styled(style int, formula string, value any) excelize.Cell {
	return excelize.Cell{StyleID: style, Formula: formula, Value: value}
}

// The rows of the sheet of members: what the cells are, then the sums, then the
// members.
const (
	memberSum   = 5
	memberCount = 6
	memberFirst = 7
	memberCells = 3 // column of the first cell
)

func (b *rollUpBook) memberLast() int { return memberFirst + max(len(b.sheet.Members), 1) - 1 }

// range of a cell of the form over the members.
func (b *rollUpBook) memberRange(cell standard.Cell) string {
	column := memberCells + cell.Index
	return address(column, memberFirst) + ":" + address(column, b.memberLast())
}

// members is the sheet that all sums are made from: a member a row, a cell of the
// form a column. What a report does not print stays empty or keeps its word.
func (b *rollUpBook) members() *bookRows {
	r := &bookRows{widths: []float64{24, 12}}
	codes, labels, columns, units := []any{"", ""}, []any{"", ""}, []any{"", ""}, []any{"", ""}
	sums, counts := []any{styled(b.styles.head, "", b.Say("合计")), ""}, []any{styled(b.styles.head, "", b.Say("有数的单位")), ""}
	for i, cell := range b.form.Cells {
		codes, labels = append(codes, string(cell.Code)), append(labels, b.Label(cell.RowLabel))
		columns, units = append(columns, b.Label(cell.ColumnLabel)), append(units, b.Say(string(cell.Unit)))
		sums = append(sums, styled(b.styles.head, "SUM("+b.memberRange(cell)+")", b.sheet.Cells[i].Sum.Float()))
		counts = append(counts, styled(b.styles.cell, "COUNT("+b.memberRange(cell)+")", b.sheet.Cells[i].Counted))
	}
	for _, row := range [][]any{codes, labels, columns, units, sums, counts} {
		r.add(row...)
	}
	for _, m := range b.sheet.Members {
		state := b.Say("计入")
		if m.Values == nil {
			state = b.Say(m.Why)
		}
		row := []any{styled(b.styles.label, "", inertText(m.Agency.Name)), styled(b.styles.label, "", state)}
		for _, v := range m.Values {
			row = append(row, styled(b.styles.cell, "", b.memberValue(v)))
		}
		r.add(row...)
	}
	return r
}

// memberValue is a figure as a number and anything else as a word, which sums leave
// out.
func (b *rollUpBook) memberValue(v report.Value) any {
	switch v.State {
	case report.Printed:
		return v.Amount.Float()
	case report.Absent:
		return b.Say("缺项")
	case report.Dash:
		return "—"
	case report.Words:
		return b.Say("文字")
	}
	return nil
}

// inertText keeps a name from being taken for a formula.
func inertText(s string) string {
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
