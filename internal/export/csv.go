package export

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
)

// BOM begins a text for programs that would take it for GBK otherwise.
const BOM = "\ufeff"

// flushAt is how much of a CSV file is gathered before it is written.
const flushAt = 64 << 10

// WriteCSV writes a header and rows as CSV (RFC 4180, lines ending in LF), at most limit
// rows, or all where it is 0. No cell begins as a formula of a spreadsheet would. It
// writes nothing before it has the first row, so that a question that cannot be answered
// leaves no half file.
func WriteCSV(w io.Writer, bom bool, names []string, limit int, rows iter.Seq2[Row, error]) error {
	buf := make([]byte, 0, flushAt+4096)
	if bom {
		buf = append(buf, BOM...)
	}
	for i, name := range names {
		buf = appendText(comma(buf, i), name)
	}
	buf = append(buf, '\n')
	n := 0
	for row, err := range rows {
		if err != nil {
			return err
		}
		if limit > 0 && n == limit {
			break
		}
		n++
		if buf = AppendCSV(buf, row); len(buf) < flushAt {
			continue
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
		buf = buf[:0]
	}
	_, err := w.Write(buf)
	return err
}

// AppendCSV appends a row as a line.
func AppendCSV(buf []byte, row Row) []byte {
	for i, v := range row {
		buf = appendCSV(comma(buf, i), v)
	}
	return append(buf, '\n')
}

func comma(buf []byte, i int) []byte {
	if i > 0 {
		return append(buf, ',')
	}
	return buf
}

// appendCSV appends a value. Numbers stay as they are, with their sign.
func appendCSV(buf []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return buf
	case string:
		return appendText(buf, v)
	case report.Amount:
		return appendAmount(buf, v)
	case int:
		return strconv.AppendInt(buf, int64(v), 10)
	case int64:
		return strconv.AppendInt(buf, v, 10)
	case float64:
		return strconv.AppendFloat(buf, v, 'f', -1, 64)
	case bool:
		return strconv.AppendBool(buf, v)
	}
	return appendText(buf, Text(v))
}

// appendAmount appends an amount as Amount.String writes it.
func appendAmount(buf []byte, a report.Amount) []byte {
	if a.Whole() {
		return strconv.AppendInt(buf, int64(a/report.One), 10)
	}
	return append(buf, a.String()...)
}

// appendText appends a text, quoted where it must be and led by an apostrophe where a
// spreadsheet would take it for a formula.
func appendText(buf []byte, s string) []byte {
	quoted := s != "" && (s[0] == ' ' || s[0] == '\t')
	for i := range len(s) { // by bytes: a province has a hundred million of these texts
		if c := s[i]; c == '"' || c == ',' || c == '\n' || c == '\r' {
			quoted = true
			break
		}
	}
	formula := Formula(s)
	if !quoted {
		if formula {
			buf = append(buf, '\'')
		}
		return append(buf, s...)
	}
	buf = append(buf, '"')
	if formula {
		buf = append(buf, '\'')
	}
	for i := range len(s) {
		if s[i] == '"' {
			buf = append(buf, '"')
		}
		buf = append(buf, s[i])
	}
	return append(buf, '"')
}

// Text is a value as the text of a cell: what is no number cannot begin a formula.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return inert(v)
	case []string:
		return inert(strings.Join(v, " "))
	case report.Amount:
		return v.String()
	case int, int64, float64, bool:
		return fmt.Sprint(v)
	}
	return inert(fmt.Sprint(v))
}

func inert(s string) string {
	if Formula(s) {
		return "'" + s
	}
	return s
}

// Formula reports whether a spreadsheet may take a text for a formula: it begins with
// = + - @ in either width, a tab or a line end.
func Formula(s string) bool {
	if s == "" {
		return false
	}
	if s[0] < utf8.RuneSelf {
		switch s[0] {
		case '=', '+', '-', '@', '\t', '\r', '\n':
			return true
		}
		return false
	}
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("＝＋－＠", r)
}
