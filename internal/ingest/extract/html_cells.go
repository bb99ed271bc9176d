package extract

import (
	"html"
	"strings"
)

// htmlTables is the witness of what stands where: it follows the tags of tables in the
// source of a page, just as far as is needed to tell which text stands in which cell,
// and sums each cell up. What is not shown is passed over, unless all is asked for.
func htmlTables(page string, all bool) [][]CellSum {
	t := tableScanner{digitScanner: digitScanner{src: page, all: all}}
	if !all {
		t.veiled = veiledIn(page)
	}
	for i := 0; i < len(page); {
		switch page[i] {
		case '<':
			i = t.markup(i)
		case '&':
			i = t.reference(i)
		default:
			next := strings.IndexAny(page[i:], "<&")
			if next < 0 {
				next = len(page) - i
			}
			t.add(page[i : i+next])
			i += next
		}
	}
	for len(t.open) > 0 {
		t.leave()
	}
	return t.tables
}

// A tableScanner goes through a page once. It uses the other witness to pass over what
// is no text.
type tableScanner struct {
	digitScanner
	tables [][]CellSum
	open   []openTable // those around the place, the outermost first
}

// An openTable is a table whose end has not come.
type openTable struct {
	number int     // among the tables
	cell   CellSum // of the open cell
	inCell bool
	row    int  // cells before the row
	flat   bool // the row says that it has no height
}

// add takes text into every open cell: what stands in a table in a cell stands in both.
func (t *tableScanner) add(text string) {
	for i := range t.open {
		if o := &t.open[i]; o.inCell {
			o.cell = o.cell.add(text)
		}
	}
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
	if !t.all && name[0] != '/' && t.covert(name, attributes) {
		if next := pass(s, i, name); next > i && !pane(name, attributes, next-i) {
			return next
		}
	}
	switch name {
	case "script", "style", "title", "textarea", "noscript", "iframe", "noembed", "noframes", "xmp":
		return afterRaw(s, i, name)
	case "xml":
		return pass(s, i, name)
	}
	t.tag(name, attributes)
	return i
}

// tag follows a tag.
func (t *tableScanner) tag(name, attributes string) {
	if name == "table" {
		if n := len(t.open); n > 0 && !t.open[n-1].inCell {
			t.leave() // a table cannot begin between the cells of another
		}
		t.open = append(t.open, openTable{number: len(t.tables)})
		t.tables = append(t.tables, nil)
		return
	}
	if len(t.open) == 0 {
		return
	}
	switch name {
	case "/table":
		t.leave()
	case "td", "th":
		t.endCell()
		t.open[len(t.open)-1].inCell = true
	case "/td", "/th":
		t.endCell()
	case "tr", "/tr", "tbody", "/tbody", "thead", "/thead", "tfoot", "/tfoot":
		t.endRow()
		if name == "tr" {
			o := &t.open[len(t.open)-1]
			for attributes != "" && !o.flat {
				var key, value string
				key, value, attributes = cutAttribute(attributes)
				o.flat = strings.EqualFold(key, "height") && value == "0"
			}
		}
	}
}

// endCell closes the open cell of the innermost table.
func (t *tableScanner) endCell() {
	o := &t.open[len(t.open)-1]
	if o.inCell {
		t.tables[o.number] = append(t.tables[o.number], o.cell)
		o.inCell, o.cell = false, 0
	}
}

// endRow closes the open row of the innermost table. One without height and text, with
// which word processors state the widths of columns, counts for nothing.
func (t *tableScanner) endRow() {
	t.endCell()
	o := &t.open[len(t.open)-1]
	cells := t.tables[o.number]
	if o.flat {
		empty := true
		for _, sum := range cells[o.row:] {
			empty = empty && sum == 0
		}
		if empty {
			t.tables[o.number] = cells[:o.row]
		}
	}
	o.row, o.flat = len(t.tables[o.number]), false
}

// leave closes the innermost table.
func (t *tableScanner) leave() {
	t.endRow()
	t.open = t.open[:len(t.open)-1]
}
