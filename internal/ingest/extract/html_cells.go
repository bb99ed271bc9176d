package extract

import (
	"html"
	"slices"
	"strings"
)

// htmlTables is the witness of what stands where: it follows the tags of tables in the
// source of a page, just as far as is needed to tell which text stands in which cell,
// and sums each cell up. What is not shown is passed over, unless all is asked for.
func htmlTables(page string, all bool) [][]CellSum {
	t := tableScanner{digitScanner: digitScanner{src: page, all: all}}
	for i := 0; i < len(page); {
		switch page[i] {
		case '<':
			i = t.markup(i)
		case '&':
			i = t.reference(i)
		default:
			end := nextMark(page, i)
			t.add(page[i:end])
			i = end
		}
	}
	return t.done()
}

// nextMark returns the position from i on of what is no plain text, the end if there is
// none.
func nextMark(s string, i int) int {
	for i < len(s) && s[i] != '<' && s[i] != '&' {
		i++
	}
	return i
}

// A tableScanner goes through a page once. It uses the other witness to pass over what
// is no text.
type tableScanner struct {
	digitScanner
	tableSums
	row  []int  // of each open table: its cells before the open row
	flat []bool // and whether that row says that it has no height
}

// reference takes a character reference.
func (t *tableScanner) reference(i int) int {
	s := t.src
	j := i + 1
	for j < len(s) && (s[j] == '#' || s[j] >= '0' && s[j] <= '9' || s[j]|0x20 >= 'a' && s[j]|0x20 <= 'z') {
		j++
	}
	if j < len(s) && s[j] == ';' {
		j++
	}
	t.add(html.UnescapeString(s[i:j]))
	return j
}

// markup passes over the markup at i, and follows the tags of tables.
func (t *tableScanner) markup(i int) int {
	s := t.src
	if i+1 >= len(s) {
		return len(s)
	}
	switch c := s[i+1]; {
	case c == '!' || c == '?':
		return afterDeclaration(s, i)
	case c != '/' && (c|0x20 < 'a' || c|0x20 > 'z'):
		t.add("<")
		return i + 1
	}
	name, end := tagName(s, i+1)
	i = afterTag(s, end)
	attributes := s[end:i]
	if next := t.behindCovert(name, attributes, i); next > i {
		return next
	}
	if name == "xml" {
		return pass(s, i, name)
	}
	t.tag(name, attributes)
	return t.behindRaw(name, i)
}

// tag follows a tag.
func (t *tableScanner) tag(name, attributes string) {
	n := len(t.open)
	switch {
	case name == "table":
		if n > 0 && !t.open[n-1].inCell {
			t.leave() // a table cannot begin between the cells of another
		}
		if t.openTable() {
			t.row, t.flat = append(t.row, 0), append(t.flat, false)
		}
		return
	case n == 0, t.deeper > 0 && name != "/table":
		return
	}
	switch name {
	case "/table":
		if t.deeper > 0 {
			t.closeTable()
		} else {
			t.leave()
		}
	case "td", "th":
		t.openCell()
	case "/td", "/th":
		t.closeCell(false)
	case "tr", "/tr", "tbody", "/tbody", "thead", "/thead", "tfoot", "/tfoot":
		t.endRow()
		t.flat[n-1] = name == "tr" && isFlat(attributes)
	}
}

// isFlat reports whether a tag says that its element has no height.
func isFlat(attributes string) bool {
	for attributes != "" {
		var key, value string
		key, value, attributes = cutAttribute(attributes)
		if strings.EqualFold(key, "height") {
			return value == "0"
		}
	}
	return false
}

// endRow closes the open row of the innermost table. One without height and text, with
// which word processors state the widths of columns, counts for nothing.
func (t *tableScanner) endRow() {
	t.closeCell(false)
	n := len(t.open) - 1
	row := t.tableSums.tables[t.open[n].number][t.row[n]:]
	if t.flat[n] && !slices.ContainsFunc(row, func(sum CellSum) bool { return sum != 0 }) {
		t.drop(t.row[n])
	}
	t.row[n] = t.cells()
}

// leave closes the innermost table.
func (t *tableScanner) leave() {
	t.endRow()
	t.closeTable()
	t.row, t.flat = t.row[:len(t.open)], t.flat[:len(t.open)]
}
