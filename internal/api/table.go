package api

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"gongkai/internal/export"
	"gongkai/internal/standard"
)

// A row has one value for each column: string, int, int64, float64, bool,
// report.Amount, []string, a type of string, or nil.
type row = export.Row

// figure is the kind of a cell in a wide table: a number, or the word of its state.
const figure = "figure"

// kindOf is the kind of a column's values: a JSON type, or date or date-time for a string
// in that form, or figure.
func kindOf(c export.Column) string {
	switch {
	case c.Format != "":
		return c.Format
	case c.Cell != "":
		return figure
	}
	return string(c.Kind)
}

// A resource is a list that the API serves.
type resource struct {
	name    string
	about   standard.Label
	params  []param // besides the common ones
	columns []export.Column
	now     bool // it has no past: as_of is not taken
	retired *retirement
	// rows yields all rows that the query asks for, in an order that stays the same
	// for one run. It stops when the caller stops.
	rows func(ctx context.Context, q query) iter.Seq2[row, error]
}

// newResource is a list whose columns the exports describe too.
func newResource(name string, params []param, rows func(ctx context.Context, q query) iter.Seq2[row, error]) resource {
	t := export.Described(name)
	return resource{name: name, about: t.About, params: params, columns: t.Columns, rows: rows}
}

func (r resource) column(name string) int {
	return slices.IndexFunc(r.columns, func(c export.Column) bool { return c.Name == name })
}

func (r resource) names() []string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.Name
	}
	return names
}

// all returns the parameters that the resource takes, its own first.
func (r resource) all() []param {
	list := append([]param(nil), r.params...)
	for _, p := range common() {
		if p.name != "as_of" || !r.now {
			list = append(list, p)
		}
	}
	return list
}

// known refuses parameters that the resource does not take, those given twice, those
// that are not what they should be, and required ones that are not there.
func (r resource) known(values url.Values) error { return check(r.all(), values) }

// list serves a resource in the form asked for.
func (s *Server) list(r resource) echo.HandlerFunc {
	return func(c echo.Context) error {
		as, err := form(c)
		if err != nil {
			return err
		}
		q, err := parse(r, c.QueryParams(), as)
		if err != nil {
			return err
		}
		r.retired.announce(c.Response().Header())
		if err := s.past(c.Request().Context(), q.asOf); err != nil {
			return err
		}
		if done, err := s.unchanged(c, as); done || err != nil {
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
	var object []byte
	for one, err := range rows {
		if err != nil {
			return err
		}
		if n == q.limit {
			next = q.cursor(r.name, q.offset+n)
			break
		}
		if n > 0 {
			b.WriteByte(',')
		}
		n++
		if object, err = export.WriteObject(object[:0], names, one); err != nil {
			return err
		}
		b.Write(object)
	}
	b.WriteString(`],"next":`)
	if next == "" {
		b.WriteString("null}")
	} else {
		fmt.Fprintf(&b, "%q}", next)
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b.Bytes())
}

// writeCSV streams all rows. An error after the first rows can only cut the answer
// short, which a reader sees from the broken transfer.
func writeCSV(c echo.Context, r resource, q query, rows iter.Seq2[row, error]) error {
	begin(c, csvType+"; charset=utf-8", r.name+".csv")
	return export.WriteCSV(late{c}, q.bom, header(r, q), q.limit, rows)
}

// begin sets the headers of a file.
func begin(c echo.Context, kind, name string) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, kind)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="gongkai-`+name+`"`)
}

// late writes to an answer, whose status is sent with its first bytes: before them an
// error is still a clean answer.
type late struct{ c echo.Context }

func (l late) Write(b []byte) (int, error) {
	if !l.c.Response().Committed {
		l.c.Response().WriteHeader(http.StatusOK)
	}
	return l.c.Response().Write(b)
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// writeXLSX writes one table, streamed through a temporary file.
func writeXLSX(c echo.Context, r resource, q query, rows iter.Seq2[row, error]) error {
	begin(c, xlsxType, r.name+".xlsx")
	return export.WriteSheet(late{c}, r.name, header(r, q), q.limit, rows)
}
