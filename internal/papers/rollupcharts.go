package papers

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/standard"
)

// sheetCharts holds the workbook's own charts, drawn from cells that follow the sums.
const sheetCharts = "图"

// charts adds a sheet with two native charts: what became of the requests, and the
// requests of each member. Their figures are formulas over the other sheets, so a
// figure that is filled in there moves the charts. A member without a figure stays an
// empty place.
func (b *rollUpBook) charts() error {
	if _, err := b.file.NewSheet(b.Say(sheetCharts)); err != nil {
		return err
	}
	if err := b.chartPage(); err != nil {
		return err
	}
	outcomes := b.outcomeRows()
	for i, row := range outcomes {
		at := b.at[standard.At(row, standard.Total)]
		if err := b.formula(1+i, b.rowLabel(row), fmt.Sprintf("'%s'!%s", b.Say(sheetTables), at), b.sumOf(standard.At(row, standard.Total))); err != nil {
			return err
		}
	}
	members := 0
	column := b.columnOf("requests.new/total")
	for i := range b.sheet.Members {
		if b.sheet.Members[i].Values == nil || column == 0 {
			continue
		}
		members++
		now := any(nil)
		if a, known := b.sheet.Members[i].Values[column-memberCells].Known(); known {
			now = a.Float()
		}
		source := fmt.Sprintf("'%s'!%s", b.Say(sheetMembers), address(column, memberFirst+i))
		name := inertText(b.sheet.Members[i].Agency.Name)
		if err := b.formula(len(outcomes)+1+members, name, fmt.Sprintf(`IF(ISNUMBER(%s),%s,NA())`, source, source), now); err != nil {
			return err
		}
	}
	if err := b.bars("D2", b.Say("%s %d 年度：办理结果（件，总计列）", b.sheet.Region.Name, b.sheet.Year), 1, len(outcomes)); err != nil {
		return err
	}
	return b.bars("D32", b.Say("%s %d 年度：各单位新收申请（件，只列计入的单位）", b.sheet.Region.Name, b.sheet.Year), len(outcomes)+2, members)
}

// chartPage gives the sheet its columns and a page to print on.
func (b *rollUpBook) chartPage() error {
	if err := b.file.SetColWidth(b.Say(sheetCharts), "A", "A", 44); err != nil {
		return err
	}
	side, a4, once, fit := "landscape", 9, 1, true
	if err := b.file.SetPageLayout(b.Say(sheetCharts), &excelize.PageLayoutOptions{Size: &a4, Orientation: &side, FitToWidth: &once, FitToHeight: &once}); err != nil {
		return err
	}
	return b.file.SetSheetProps(b.Say(sheetCharts), &excelize.SheetPropsOptions{FitToPage: &fit})
}

// sumOf is what a cell of the tables comes to now.
func (b *rollUpBook) sumOf(code standard.CellCode) any {
	for _, cell := range b.sheet.Cells {
		if cell.Cell.Code == code {
			return cell.Sum.Float()
		}
	}
	return nil
}

// formula writes a labelled figure that follows another cell, with what it comes to
// now, for readers that do not calculate.
func (b *rollUpBook) formula(row int, label, formula string, now any) error {
	if err := b.file.SetCellStr(b.Say(sheetCharts), address(1, row), label); err != nil {
		return err
	}
	if err := b.file.SetCellValue(b.Say(sheetCharts), address(2, row), now); err != nil {
		return err
	}
	return b.file.SetCellFormula(b.Say(sheetCharts), address(2, row), formula)
}

// bars adds a chart over rows of the sheet.
func (b *rollUpBook) bars(at, title string, first, n int) error {
	if n == 0 {
		return nil
	}
	area := func(column string) string {
		return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", b.Say(sheetCharts), column, first, column, first+n-1)
	}
	ink := excelize.Font{Color: "404040", Size: 9}
	return b.file.AddChart(b.Say(sheetCharts), at, &excelize.Chart{
		Type:   excelize.Bar,
		Series: []excelize.ChartSeries{{Name: title, Categories: area("A"), Values: area("B"), Fill: excelize.Fill{Type: "pattern", Color: []string{"1D6FA5"}, Pattern: 1}}},
		Title:  excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title}}}, Legend: excelize.ChartLegend{Position: "none"},
		PlotArea:  excelize.ChartPlotArea{ShowVal: true},
		YAxis:     excelize.ChartAxis{MajorGridLines: true, Font: ink},
		XAxis:     excelize.ChartAxis{ReverseOrder: true, Font: ink},
		Dimension: excelize.ChartDimension{Width: 860, Height: uint(120 + 22*n)},
	})
}

// outcomeRows are the rows of outcomes that the tables have a total of.
func (b *rollUpBook) outcomeRows() []string {
	var rows []string
	for _, row := range standard.Outcomes(b.sheet.Format) {
		if b.at[standard.At(row, standard.Total)] != "" {
			rows = append(rows, row)
		}
	}
	return rows
}

func (b *rollUpBook) rowLabel(row string) string {
	for _, cell := range b.form.Cells {
		if strings.HasPrefix(string(cell.Code), row+"/") {
			return b.Label(cell.RowLabel)
		}
	}
	return row
}

// columnOf is the column of a cell on the sheet of members, 0 where the form has no
// such cell.
func (b *rollUpBook) columnOf(code standard.CellCode) int {
	for _, cell := range b.form.Cells {
		if cell.Code == code {
			return memberCells + cell.Index
		}
	}
	return 0
}
