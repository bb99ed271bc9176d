// Package standard holds the statutory forms as data.
//
// In: nothing but its own embedded tables. Out: the three formats of the
// 政府信息公开工作年度报告 with every cell's code, Chinese and English labels, unit
// and place in its table; the sets of rows and columns that rules and indicators
// speak of; the rules, the indicators, the breaks between formats, the deadlines
// and the regions. The package reads no document and knows no figure.
//
// Sources: the statistics table of report years 2014 to 2018; 国办公开办函〔2019〕60号
// (F2019) and 国办公开办函〔2021〕30号 (F2021).
package standard

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Format is one of the three statutory forms. A report's Format is found from
// its tables, never assumed from its year.
type Format string

// The formats, each named for the first report year it was issued for.
const (
	F2014 Format = "F2014" // statistics table of 2014 to 2018
	F2019 Format = "F2019" // 国办公开办函〔2019〕60号
	F2021 Format = "F2021" // 国办公开办函〔2021〕30号
)

// Formats returns all formats, oldest first.
func Formats() []Format { return []Format{F2014, F2019, F2021} }

// FormatForYear returns the format that the letters prescribe for a report year,
// and false for years before the first form.
func FormatForYear(year int) (Format, bool) {
	switch {
	case year >= 2021:
		return F2021, true
	case year >= 2019:
		return F2019, true
	case year >= 2014:
		return F2014, true
	}
	return "", false
}

// A Table is one of the statutory tables.
type Table string

// The tables, in the order of the forms.
const (
	Disclosure Table = "disclosure" // 主动公开政府信息情况, of F2019 and F2021
	Requests   Table = "requests"   // 收到和处理政府信息公开申请情况, of F2019 and F2021
	Appeals    Table = "appeals"    // 行政复议、行政诉讼情况, of F2019 and F2021
	Statistics Table = "statistics" // the one table of F2014
)

// A CellCode names a statutory figure, such as requests.new/natural. The code is
// the same in every format that asks for the figure.
type CellCode string

// Row returns the code without its column: requests.new of requests.new/natural.
func (c CellCode) Row() string {
	row, _, _ := strings.Cut(string(c), "/")
	return row
}

// Column returns the applicant of a cell of the requests table, and "" elsewhere.
func (c CellCode) Column() Applicant {
	_, column, _ := strings.Cut(string(c), "/")
	return Applicant(column)
}

// A Unit is what a cell counts: 件, 项, 条, 次, 篇, 个, 人, 人次 or 万元.
type Unit string

// WanYuan is the unit of money cells: ten thousand yuan.
const WanYuan Unit = "万元"

// Money reports whether the unit is one of money, which may have decimals.
func (u Unit) Money() bool { return u == WanYuan }

// A Label is a text in both languages of the product.
type Label struct{ ZH, EN string }

// A Cell is one figure that a form asks for.
type Cell struct {
	Code  CellCode
	Table Table
	// Block, Row and Column count from 1 and say where the figure stands: the
	// block of article 20 in the disclosure table (1 elsewhere), the data row and
	// the data column, labels not counted.
	Block, Row, Column    int
	RowLabel, ColumnLabel Label
	Unit                  Unit
	Index                 int // position in Form.Cells
}

// Signed reports whether the figure may be negative. Only 本年增/减 of F2019 may.
func (c Cell) Signed() bool {
	return c.Table == Disclosure && strings.HasSuffix(string(c.Code), ".change")
}

// A Form is one statutory format with its cells in the order of the letter.
type Form struct {
	Format Format
	Letter string // document number of the letter that prescribes it
	// From and To are the report years it is prescribed for; To is 0 while it is
	// in force.
	From, To int
	Cells    []Cell
	index    map[CellCode]int
}

// Cell returns the cell of that code, and false where the form has none.
func (f *Form) Cell(code CellCode) (Cell, bool) {
	i, ok := f.index[code]
	if !ok {
		return Cell{}, false
	}
	return f.Cells[i], true
}

// Index returns the position of the cell of that code in Cells, and false where the
// form has none. Sums over many reports ask it millions of times: Cell copies the
// whole cell.
func (f *Form) Index(code CellCode) (int, bool) {
	i, ok := f.index[code]
	return i, ok
}

// Tables returns the tables of the form in their order.
func (f *Form) Tables() []Table {
	if f.Format == F2014 {
		return []Table{Statistics}
	}
	return []Table{Disclosure, Requests, Appeals}
}

// TableCells returns the cells of one table in the order of the letter.
func (f *Form) TableCells(t Table) []Cell {
	from := slices.IndexFunc(f.Cells, func(c Cell) bool { return c.Table == t })
	if from < 0 {
		return nil
	}
	to := from
	for to < len(f.Cells) && f.Cells[to].Table == t {
		to++
	}
	return f.Cells[from:to]
}

// FormOf returns the form of a format, and nil for a format that is none.
func FormOf(format Format) *Form { return forms()[format] }

//go:embed cells.csv
var cellsCSV string

// forms parses the embedded table once. The table is part of the program, so a
// fault in it is a fault of the build.
var forms = sync.OnceValue(func() map[Format]*Form {
	all := map[Format]*Form{
		F2014: {Format: F2014, Letter: "政府信息公开工作年度报告统计表", From: 2014, To: 2018},
		F2019: {Format: F2019, Letter: "国办公开办函〔2019〕60号", From: 2019, To: 2020},
		F2021: {Format: F2021, Letter: "国办公开办函〔2021〕30号", From: 2021},
	}
	rows, err := csv.NewReader(strings.NewReader(cellsCSV)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("standard: cells.csv: %v", err))
	}
	for _, row := range rows[1:] {
		form := all[Format(row[0])]
		if form.index == nil {
			form.index = make(map[CellCode]int)
		}
		cell := Cell{
			Table: Table(row[1]), Code: CellCode(row[2]),
			Block: number(row[3]), Row: number(row[4]), Column: number(row[5]),
			RowLabel:    Label{ZH: row[6], EN: row[7]},
			ColumnLabel: Label{ZH: row[8], EN: row[9]},
			Unit:        Unit(row[10]), Index: len(form.Cells),
		}
		form.index[cell.Code] = cell.Index
		form.Cells = append(form.Cells, cell)
	}
	return all
})

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("standard: cells.csv: %v", err))
	}
	return n
}
