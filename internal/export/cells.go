package export

import (
	"context"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Cells is the tidy table: one row for each cell of each current version, also of those
// without a number.
func Cells(db *store.DB, q Query) Table {
	return tidy("cells", db, q)
}

// tidy is a table of the cells of the versions that a query asks for.
func tidy(name string, db *store.DB, q Query) Table {
	return NewTable(name, func(ctx context.Context, yield func(Row) error) error {
		c := newCellRows(q)
		return eachVersion(ctx, db, q, func(a report.Agency, v *store.VersionValues) error { return c.each(a, v, yield) })
	})
}

// The places of the columns of the tidy table.
const (
	atYear   = 7
	atCell   = 9
	atValue  = 13
	atStatus = 15
	atRead   = 18
	tidyCols = 19
)

// cellRows makes rows of the tidy table. It keeps one row and what does not change from
// report to report as values that are made once: a province has five million rows.
type cellRows struct {
	row    Row
	labels map[standard.Format][]labels // nil cells are not asked for
	states [8]any
	zero   any
}

// labels are what the dictionary says of a cell.
type labels struct {
	asked                   bool
	code, row, column, unit any
}

func newCellRows(q Query) *cellRows {
	c := &cellRows{row: make(Row, tidyCols), labels: make(map[standard.Format][]labels), zero: report.Amount(0)}
	for s := range c.states {
		c.states[s] = report.State(s).String()
	}
	for _, format := range standard.Formats() {
		var all []labels
		for _, cell := range standard.FormOf(format).Cells {
			l := labels{asked: q.Cells == nil || q.Cells[cell.Code], code: string(cell.Code), row: cell.RowLabel.ZH, column: cell.ColumnLabel.ZH, unit: string(cell.Unit)}
			if q.English {
				l.row, l.column = cell.RowLabel.EN, cell.ColumnLabel.EN
			}
			all = append(all, l)
		}
		c.labels[format] = all
	}
	return c
}

// each yields the rows of one version, in the order of its form.
func (c *cellRows) each(a report.Agency, v *store.VersionValues, yield func(Row) error) error {
	r := c.row
	r[0], r[1], r[2] = string(v.Agency), a.Name, string(a.Region)
	for i, p := range places(a.Region) {
		r[3+i] = p
	}
	r[atYear], r[atYear+1] = v.Year, string(v.Format)
	r[atStatus], r[atStatus+1], r[atStatus+2] = string(v.Status), v.Number, string(v.Original)
	for i, l := range c.labels[v.Format] {
		if !l.asked || i >= len(v.Values) {
			continue
		}
		value := &v.Values[i]
		r[atCell], r[atCell+1], r[atCell+2], r[atCell+3] = l.code, l.row, l.column, l.unit
		r[atValue], r[atValue+1] = nil, c.states[value.State&7]
		switch {
		case value.State != report.Printed:
		case value.Amount == 0:
			r[atValue] = c.zero
		default:
			r[atValue] = value.Amount
		}
		r[atRead] = nil
		if len(v.Corrected) > 0 {
			r[atRead] = readAs(v, standard.CellCode(l.code.(string)))
		}
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

// readAs is what the readers had in a cell that shows what a person found, a number or a
// state, and nil in every other.
func readAs(v *store.VersionValues, code standard.CellCode) any {
	read, corrected := v.Read(code)
	if !corrected {
		return nil
	}
	return readValue(read)
}

// Wide is the table of the reports of one format: a report a row, a cell of the form a
// column. What is no printed number is the word of its state, so that a blank, a cell
// that the report lacks and a 0 stay three different things.
func Wide(db *store.DB, q Query, format standard.Format) Table {
	form := standard.FormOf(format)
	columns := Described("report").Columns
	for _, cell := range form.Cells {
		if q.Cells != nil && !q.Cells[cell.Code] {
			continue
		}
		columns = append(columns, Column{Name: string(cell.Code), Kind: Number, Unit: cell.Unit, Cell: cell.Code, About: standard.Label{
			ZH: joinLabels(cell.RowLabel.ZH, cell.ColumnLabel.ZH, "："), EN: joinLabels(cell.RowLabel.EN, cell.ColumnLabel.EN, ": ")}})
	}
	t := Described("report")
	t.Name, t.Columns = "wide_"+strings.ToLower(string(format)), columns
	t.About = standard.Label{ZH: string(format) + " 格式的报告，每份一行，每项一列", EN: "reports of format " + string(format) + ", one row a report, one column a cell"}
	return t.of(func(ctx context.Context, yield func(Row) error) error {
		return eachVersion(ctx, db, q, func(a report.Agency, v *store.VersionValues) error {
			if v.Format != format {
				return nil
			}
			row := reportRow(a, v)
			for i, cell := range form.Cells {
				if q.Cells != nil && !q.Cells[cell.Code] {
					continue
				}
				row = append(row, wideValue(v.Values, i))
			}
			return yield(row)
		})
	})
}

func joinLabels(row, column, by string) string {
	switch {
	case row == "":
		return column
	case column == "":
		return row
	}
	return row + by + column
}

// A state is what stands in a cell of a wide table in place of a number.
type state string

// wideValue is a number, or the state that says why there is none.
func wideValue(values []report.Value, i int) any {
	if i >= len(values) {
		return state(report.Absent.String())
	}
	if a, ok := values[i].Known(); ok {
		return a
	}
	return state(values[i].State.String())
}

// States are the words of wide tables for what is no printed number, with what they say.
func States() []State {
	return []State{
		{"blank", standard.Label{ZH: "空白：格在，里面什么也没有", EN: "the cell is there with nothing in it"}},
		{"dash", standard.Label{ZH: "划线、斜线或“无”", EN: "a dash, a slash or 无"}},
		{"text", standard.Label{ZH: "该写数字的地方写了别的话", EN: "other words where a number belongs"}},
		{"absent", standard.Label{ZH: "缺项：原文没有这一行或这张表", EN: "the document has no such row or table"}},
		{"unread", standard.Label{ZH: "有字符，未能确读", EN: "a mark that was not read with certainty"}},
	}
}

// A State is a word for what is no printed number.
type State struct {
	Word  string
	About standard.Label
}
