package extract

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"gongkai/internal/report"
)

// readCSV reads a table in comma-separated values as one grid. Rows may differ in length
// and quotes may be stray, as hand-made exports are; nothing is taken for a header, since
// a title may stand above it.
func readCSV(ctx context.Context, in input) (*Document, error) {
	d := decode(in.body, charsetOf(in.contentType))
	r := csv.NewReader(bytes.NewReader(d.text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = commaOf(d.text), -1, true
	var rows [][]string
	var lines []int
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(rows)%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if len(rows) >= in.limits.Pages {
			return nil, &report.LimitError{Limit: "pages", Max: int64(in.limits.Pages)}
		}
		line, _ := r.FieldPos(0)
		rows, lines = append(rows, row), append(lines, line-1)
	}
	if len(rows) == 0 {
		return nil, unreadable("表格中没有任何行；请核对原件")
	}
	var blocks blockList
	blocks.grid(gridOfRows(rows, lines))
	return &Document{
		Type: CSV, Route: d.route, Warnings: d.warnings,
		Blocks: blocks.list, Digits: textDigits(string(d.text)),
	}, nil
}

// commaOf returns the separator that the first lines have most of.
func commaOf(text []byte) rune {
	head := string(text[:min(len(text), 4096)])
	best, most := ',', 0
	for _, c := range ",;\t" {
		if n := strings.Count(head, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}
