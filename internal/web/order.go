package web

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/charts"
	"gongkai/internal/report"
)

// A tableOrder is the column by which a table stands, as the address has it: order=3, or
// order=-3 for the greatest first. The zero order is the table's own.
type tableOrder struct {
	column int // from 1
	down   bool
}

// orderParam is what the address of a page with one table calls its order.
const orderParam = "order"

// readOrder reads the order that an address asks for.
func readOrder(c echo.Context) (tableOrder, error) { return readOrderOf(c, orderParam) }

// readOrderOf reads the order of a table that is not the only one of its page.
func readOrderOf(c echo.Context, param string) (tableOrder, error) {
	text := c.QueryParam(param)
	if text == "" {
		return tableOrder{}, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n == 0 || n < -99 || n > 99 {
		return tableOrder{}, &report.ParameterError{Name: param, Got: text, Want: "列号，从 1 起；由大到小前面加减号，如 -3"}
	}
	return tableOrder{column: max(n, -n), down: n < 0}, nil
}

// An orderHead is the head of a column with the way to the table in its order.
type orderHead struct {
	Text, Href, Aria string
	Right            bool
}

// orderHeads are heads that order the table at anchor without a script: numbers at the
// first click the greatest first, a second click turns the order round.
func (p page) orderHeads(c echo.Context, o tableOrder, anchor string, right func(column int) bool, names ...string) []orderHead {
	return p.orderHeadsOf(c, orderParam, o, anchor, right, names...)
}

// orderHeadsOf are the heads of a table that is not the only one of its page.
func (p page) orderHeadsOf(c echo.Context, param string, o tableOrder, anchor string, right func(column int) bool, names ...string) []orderHead {
	said := url.Values{}
	for name, values := range c.QueryParams() {
		if name != "as_of" { // With keeps the run
			said[name] = values
		}
	}
	heads := make([]orderHead, len(names))
	for i, name := range names {
		h := orderHead{Text: name, Right: right(i)}
		next := strconv.Itoa(i + 1)
		switch here := o.column == i+1; {
		case here && o.down:
			h.Aria = "descending"
		case here:
			h.Aria, next = "ascending", "-"+next
		case h.Right:
			next = "-" + next
		}
		said.Set(param, next)
		p.Path = c.Request().URL.Path
		h.Href = p.With(said) + anchor
		heads[i] = h
	}
	return heads
}

// counted is the first number of a text.
var counted = regexp.MustCompile(`[+−-]?[0-9][0-9,]*(\.[0-9]+)?`)

// dated is a day or a moment, which is ordered as it is written.
var dated = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}`)

// orderKey is the number that a text of a table begins with, false where it is words.
func orderKey(text string) (float64, bool) {
	text = strings.TrimLeft(text, "≥≠=≤ ")
	at := counted.FindStringIndex(text)
	if at == nil || at[0] != 0 || dated.MatchString(text) {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.NewReplacer(",", "", "−", "-", "+", "").Replace(text[:at[1]]), 64)
	return n, err == nil
}

// order puts a list in the order of a column: numbers by size, words by pinyin. What has
// no number among numbers, or is empty, stays last in both directions.
func order[T any](list []T, o tableOrder, cell func(row T, column int) string) []T {
	if o.column == 0 {
		return list
	}
	sorted, spelt := slices.Clone(list), byPinyin()
	numbers := slices.ContainsFunc(sorted, func(row T) bool { _, ok := orderKey(cell(row, o.column-1)); return ok })
	sign := 1
	if o.down {
		sign = -1
	}
	slices.SortStableFunc(sorted, func(a, b T) int {
		left, right := cell(a, o.column-1), cell(b, o.column-1)
		if !numbers {
			if left == "" || right == "" {
				return cmp.Compare(right, left) // what is empty stays last
			}
			return sign * spelt(left, right)
		}
		x, known := orderKey(left)
		y, also := orderKey(right)
		switch {
		case known && also:
			return sign * cmp.Compare(x, y)
		case known:
			return -1
		case also:
			return 1
		}
		return 0
	})
	return sorted
}

// text is the order as an address has it, "" for the table's own.
func (o tableOrder) text() string {
	switch {
	case o.column == 0:
		return ""
	case o.down:
		return strconv.Itoa(-o.column)
	}
	return strconv.Itoa(o.column)
}

// orderTable puts the rows of a table in an order; a row that sums them stays last.
func orderTable(t charts.Table, o tableOrder) charts.Table {
	rows, foot := t.Rows, [][]string(nil)
	if t.Foot && len(rows) > 0 {
		rows, foot = rows[:len(rows)-1], rows[len(rows)-1:]
	}
	t.Rows = append(slices.Clone(order(rows, o, column)), foot...)
	return t
}

// column is a column of a row of texts, "" where the row is shorter.
func column(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}
