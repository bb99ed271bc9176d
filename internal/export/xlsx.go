package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/report"
)

// sheetRows is how many rows a sheet takes, its header among them; a longer table goes
// on in a sheet of its own.
const sheetRows = 1 << 20

// WriteSheet writes a table as a workbook of one sheet, or of more where it is longer than
// a sheet can be; at most limit rows, or all where it is 0. Rows go through a temporary
// file, so that memory stays flat.
func WriteSheet(w io.Writer, name string, names []string, limit int, rows iter.Seq2[Row, error]) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	if err := book.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	if err := fill(book, name, names, limit, rows, sheetRows); err != nil {
		return err
	}
	return book.Write(w)
}

// fill streams rows into a sheet and those that follow it.
func fill(book *excelize.File, name string, names []string, limit int, rows iter.Seq2[Row, error], most int) error {
	head := make([]any, len(names))
	for i, n := range names {
		head[i] = n
	}
	w, err := begin(book, name, head)
	if err != nil {
		return err
	}
	line := make([]any, len(names))
	n, at := 0, 1
	for row, err := range rows {
		if err != nil {
			return err
		}
		if limit > 0 && n == limit {
			break
		}
		n++
		if at == most {
			if err := w.Flush(); err != nil {
				return err
			}
			if w, err = begin(book, name+"_"+strconv.Itoa(1+n/(most-1)), head); err != nil {
				return err
			}
			at = 1
		}
		at++
		for i, v := range row {
			line[i] = sheetValue(v)
		}
		if err := w.SetRow("A"+strconv.Itoa(at), line); err != nil {
			return err
		}
	}
	return w.Flush()
}

// begin starts a sheet with its header, which stays in view.
func begin(book *excelize.File, name string, head []any) (*excelize.StreamWriter, error) {
	if _, err := book.NewSheet(name); err != nil {
		return nil, err
	}
	// A sheet that is streamed does not know how large it will be: without a size readers
	// look, with the library's A1 some read one cell.
	if err := book.SetSheetDimension(name, ""); err != nil {
		return nil, err
	}
	w, err := book.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	return w, w.SetRow("A1", head)
}

// sheetValue is a value in a workbook: numbers as numbers, all else as text.
func sheetValue(v any) any {
	switch v := v.(type) {
	case nil, int, int64, float64, bool:
		return v
	case report.Amount:
		return v.Float()
	}
	return Text(v)
}

// writeBook writes tables as a workbook, a sheet each.
func writeBook(ctx context.Context, to io.Writer, tables []Table) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	for i, t := range tables {
		if i == 0 {
			if err := book.SetSheetName("Sheet1", t.Name); err != nil {
				return err
			}
		}
		if err := fill(book, t.Name, t.Names(), 0, t.Rows(ctx), sheetRows); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	return book.Write(to)
}
