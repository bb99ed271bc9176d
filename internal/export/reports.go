package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// MostReports is how many reports one workbook repeats, a sheet each.
const MostReports = 200

// The sheets of a workbook of reports behind those of the reports.
const (
	checksSheet  = "核对"
	findingSheet = "问题"
	sourceSheet  = "来源"
	termSheet    = "字典"
	aboutSheet   = "说明"
)

// WriteReports writes a workbook that repeats the statutory tables of reports, a sheet
// each, with formulas that do the identities again, and sheets of findings, sources and the
// dictionary. A number that is changed in a table carries through to the checks.
func WriteReports(ctx context.Context, to io.Writer, db *store.DB, q Query, about About) error {
	b := &reportBook{english: q.English, names: make(map[string]bool)}
	agencies, err := index(ctx, db, q)
	if err != nil {
		return err
	}
	err = db.EachVersion(ctx, q.Query, func(v *store.VersionValues) error {
		if q.Status != "" && v.Status != q.Status || standard.FormOf(v.Format) == nil {
			return nil
		}
		if len(b.reports) == MostReports {
			return fmt.Errorf("a workbook of reports: %w: %w", report.ErrBadRequest,
				fmt.Errorf("more than %d reports; ask for fewer agencies or years", MostReports))
		}
		b.take(agencies[v.Agency], v)
		return nil
	})
	if err != nil {
		return err
	}
	if len(b.reports) == 0 {
		return fmt.Errorf("a workbook of reports: %w: no report with a table", report.ErrNotFound)
	}
	return b.write(ctx, to, db, q, about)
}

// A reportBook is a workbook of reports while it is written.
type reportBook struct {
	file    *excelize.File
	english bool
	reports []bookReport
	names   map[string]bool // of sheets
	styles  struct{ title, head, cell, label int }
}

// A bookReport is one report with the places of its figures on its sheet.
type bookReport struct {
	agency report.Agency
	head   store.VersionValues
	values []report.Value
	sheet  string
	at     map[standard.CellCode]string
}

// take keeps a report for the book. Its values are copied: the store's are only lent.
func (b *reportBook) take(a report.Agency, v *store.VersionValues) {
	r := bookReport{agency: a, head: *v, values: append([]report.Value(nil), v.Values...), at: make(map[standard.CellCode]string)}
	name := a.Short
	if name == "" {
		name = a.Name
	}
	r.sheet = b.sheetName(fmt.Sprintf("%d %s", v.Year, name))
	b.reports = append(b.reports, r)
}

// sheetName is a name that a sheet may have and no other has.
func (b *reportBook) sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return '-'
		}
		return r
	}, name)
	runes := []rune(name)
	short := string(runes[:min(len(runes), 26)])
	name = short
	for n := 2; b.names[name]; n++ {
		name = fmt.Sprintf("%s (%d)", short, n)
	}
	b.names[name] = true
	return name
}

func (b *reportBook) write(ctx context.Context, to io.Writer, db *store.DB, q Query, about About) (err error) {
	b.file = excelize.NewFile()
	defer func() { err = errors.Join(err, b.file.Close()) }()
	if err := b.addStyles(); err != nil {
		return err
	}
	if err := b.file.SetSheetName("Sheet1", b.reports[0].sheet); err != nil {
		return err
	}
	for i := range b.reports {
		if err := b.put(b.reports[i].sheet, b.tables(&b.reports[i])); err != nil {
			return fmt.Errorf("sheet %s: %w", b.reports[i].sheet, err)
		}
	}
	if err := b.put(checksSheet, b.checks()); err != nil {
		return fmt.Errorf("sheet %s: %w", checksSheet, err)
	}
	for _, one := range []struct {
		name  string
		table Table
	}{{findingSheet, Findings(db, q)}, {sourceSheet, Sources(db, q)}, {termSheet, Dictionary()}} {
		if err := fill(b.file, one.name, one.table.Names(), 0, one.table.Rows(ctx), sheetRows); err != nil {
			return fmt.Errorf("sheet %s: %w", one.name, err)
		}
	}
	if err := b.put(aboutSheet, aboutRows(about)); err != nil {
		return err
	}
	again := true
	if err := b.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &again}); err != nil {
		return err
	}
	return b.file.Write(to)
}

// aboutRows say what the workbook holds.
func aboutRows(about About) *sheet {
	s := &sheet{widths: []float64{110}}
	for _, line := range append([]string{about.Title, about.TitleEN, fmt.Sprintf("%s · 第 %d 批次 / run %d · %s", about.Software, about.Run, about.Run, about.Created.Format("2006-01-02 15:04")),
		about.Licence + " " + about.LicencePath}, about.Notes...) {
		s.add(line)
	}
	return s
}

func (b *reportBook) addStyles() error {
	var border []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "999999", Style: 1})
	}
	for to, style := range map[*int]excelize.Style{
		&b.styles.title: {Font: &excelize.Font{Bold: true, Size: 13}},
		&b.styles.head:  {Font: &excelize.Font{Bold: true}, Border: border, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}},
		&b.styles.cell:  {Border: border},
		&b.styles.label: {Border: border, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}},
	} {
		id, err := b.file.NewStyle(&style)
		if err != nil {
			return err
		}
		*to = id
	}
	return nil
}

// A sheet is rows with merged cells and widths.
type sheet struct {
	rows   [][]any
	merged [][2]string
	widths []float64
}

func (s *sheet) add(cells ...any) { s.rows = append(s.rows, cells) }

// put streams a sheet.
func (b *reportBook) put(name string, s *sheet) error {
	if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	if err := b.file.SetSheetDimension(name, ""); err != nil { // see begin
		return err
	}
	w, err := b.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, width := range s.widths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	for i, row := range s.rows {
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			return err
		}
	}
	for _, m := range s.merged {
		if err := w.MergeCell(m[0], m[1]); err != nil {
			return err
		}
	}
	return w.Flush()
}

func styled(style int, value any) excelize.Cell { return excelize.Cell{StyleID: style, Value: value} }

func formula(style int, text string, value any) excelize.Cell {
	return excelize.Cell{StyleID: style, Formula: text, Value: value}
}

// place is a cell's address; column and row count from 1, so it cannot fail.
func place(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return "A1"
	}
	return name
}
