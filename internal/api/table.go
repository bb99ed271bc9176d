package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/xuri/excelize/v2"

	"gongkai/internal/report"
)

// A column is one value of a row. Its kind is a JSON type; a value may be null.
type column struct {
	name, kind string // kind is string, integer, number, boolean or array
	zh, en     string
}

// A row has one value for each column: string, int, int64, float64, bool,
// report.Amount, []string, a type of string, or nil.
type row []any

// A resource is a list that the API serves.
type resource struct {
	name    string
	zh, en  string
	params  []param // besides the common ones
	columns []column
	// rows yields all rows that the query asks for, in an order that stays the same
	// for one run. It stops when the caller stops.
	rows func(ctx context.Context, q query) iter.Seq2[row, error]
}

func (r resource) column(name string) int {
	return slices.IndexFunc(r.columns, func(c column) bool { return c.name == name })
}

func (r resource) names() []string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.name
	}
	return names
}

// known refuses parameters that the resource does not take, and required ones that
// are not there.
func (r resource) known(values url.Values) error {
	params := append(common(), r.params...)
	for name := range values {
		if !slices.ContainsFunc(params, func(p param) bool { return p.name == name }) {
			var names []string
			for _, p := range params {
				names = append(names, p.name)
			}
			return &report.ParameterError{Name: name, Got: values.Get(name), Want: "one of the parameters " + strings.Join(names, ", ")}
		}
	}
	for _, p := range params {
		if p.required && values.Get(p.name) == "" {
			return &report.ParameterError{Name: p.name, Got: "", Want: p.en}
		}
	}
	return nil
}

// list serves a resource in the form asked for.
func (s *Server) list(r resource) echo.HandlerFunc {
	return func(c echo.Context) error {
		q, err := parse(r, c.QueryParams())
		if err != nil {
			return err
		}
		if done, err := s.unchanged(c); done || err != nil {
			return err
		}
		if q.asOf == 0 {
			if q.asOf, err = s.db.DataVersion(c.Request().Context()); err != nil {
				return err
			}
		}
		rows := pick(r, q, r.rows(c.Request().Context(), q))
		switch q.as {
		case "csv":
			return writeCSV(c, r, q, rows)
		case "xlsx":
			return writeXLSX(c, r, q, rows)
		}
		return writeJSON(c, r, q, rows)
	}
}

// header returns the names of the columns asked for.
func header(r resource, q query) []string {
	if len(q.fields) > 0 {
		return q.fields
	}
	return r.names()
}

// pick keeps the rows of the page and the columns asked for.
func pick(r resource, q query, rows iter.Seq2[row, error]) iter.Seq2[row, error] {
	var at []int
	for _, f := range q.fields {
		at = append(at, r.column(f))
	}
	return func(yield func(row, error) bool) {
		n := 0
		for one, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			n++
			if n <= q.offset {
				continue
			}
			if at != nil {
				some := make(row, len(at))
				for i, j := range at {
					some[i] = one[j]
				}
				one = some
			}
			if !yield(one, nil) {
				return
			}
		}
	}
}

// writeJSON writes one page: {"data":[…],"next":…}.
func writeJSON(c echo.Context, r resource, q query, rows iter.Seq2[row, error]) error {
	var b bytes.Buffer
	b.WriteString(`{"data":[`)
	names, n, next := header(r, q), 0, ""
	for one, err := range rows {
		if err != nil {
			return err
		}
		if n == q.limit {
			next = cursor(q.asOf, q.offset+n)
			break
		}
		if n > 0 {
			b.WriteByte(',')
		}
		n++
		if err := writeObject(&b, names, one); err != nil {
			return err
		}
	}
	b.WriteString(`],"next":`)
	if next == "" {
		b.WriteString("null}")
	} else {
		fmt.Fprintf(&b, "%q}", next)
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b.Bytes())
}

// writeObject writes a row as an object with its columns in their order.
func writeObject(b *bytes.Buffer, names []string, one row) error {
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(one[i])
		if err != nil {
			return fmt.Errorf("column %s: %w", name, err)
		}
		fmt.Fprintf(b, "%q:", name)
		b.Write(value)
	}
	b.WriteByte('}')
	return nil
}

// writeCSV streams all rows. An error after the first rows can only cut the answer
// short, which a reader sees from the broken transfer.
func writeCSV(c echo.Context, r resource, q query, rows iter.Seq2[row, error]) error {
	next, stop := iter.Pull2(rows)
	defer stop()
	one, err, ok := next() // an error before the first row is still a clean answer
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="gongkai-`+r.name+`.csv"`)
	c.Response().WriteHeader(http.StatusOK)
	if q.bom {
		if _, err := io.WriteString(c.Response(), "\ufeff"); err != nil {
			return err
		}
	}
	w := csv.NewWriter(c.Response())
	record := header(r, q)
	for n := 0; ; n++ {
		if err := w.Write(record); err != nil {
			return err
		}
		if !ok || q.limit > 0 && n == q.limit {
			break
		}
		record = make([]string, len(one))
		for i, v := range one {
			record[i] = text(v)
		}
		if one, err, ok = next(); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// text is a value in a CSV cell. Text that a spreadsheet would take for a formula
// is led by an apostrophe; numbers are left as they are.
func text(v any) string {
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
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// writeXLSX writes one sheet, streamed through a temporary file.
func writeXLSX(c echo.Context, r resource, q query, rows iter.Seq2[row, error]) error {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", r.name); err != nil {
		return err
	}
	w, err := book.NewStreamWriter(r.name)
	if err != nil {
		return err
	}
	if err := fill(w, header(r, q), q.limit, rows); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="gongkai-`+r.name+`.xlsx"`)
	c.Response().WriteHeader(http.StatusOK)
	return book.Write(c.Response())
}

func fill(w *excelize.StreamWriter, names []string, limit int, rows iter.Seq2[row, error]) error {
	line := make([]any, len(names))
	for i, name := range names {
		line[i] = name
	}
	if err := w.SetRow("A1", line); err != nil {
		return err
	}
	n := 0
	for one, err := range rows {
		if err != nil {
			return err
		}
		if limit > 0 && n == limit {
			break
		}
		n++
		for i, v := range one {
			line[i] = cell(v)
		}
		if err := w.SetRow(fmt.Sprintf("A%d", n+1), line); err != nil {
			return err
		}
	}
	return w.Flush()
}

// cell is a value in a workbook: numbers as numbers, all else as text.
func cell(v any) any {
	switch v := v.(type) {
	case nil, int, int64, float64, bool:
		return v
	case report.Amount:
		return v.Float()
	}
	return text(v)
}
