package recognise

import (
	"cmp"
	"slices"

	"gongkai/internal/standard"
)

// A headCell is a cell of a header row.
type headCell struct {
	*gridCell
	line int
}

// A header is one column of a table as its header names it.
type header struct {
	row      uint8 // kind of dispute, in the appeals table; 0 elsewhere
	col      uint8 // 0 for a column that the form does not have
	from, to int   // grid columns it covers
	line     int
	unit     moneyUnit
	twice    bool   // the label stands over two columns
	text     string // of a column that the form does not have
}

// headers are the columns of a table in the order in which a reader sees them.
type headers struct {
	table standard.Table
	list  []header
	loose bool // the spans contradict each other: only the order is known
}

// maxHeads bounds the columns of a header. The widest table of the form has 15.
const maxHeads = 64

// newHeaders makes columns of the cells of a header.
func (g *geometry) newHeaders(cells []headCell) headers {
	h := headers{table: tableOf(cells)}
	if h.table == "" {
		return h
	}
	items, kinds, parent := g.headItems(h.table, cells)
	if len(items) == 0 || len(items) > maxHeads {
		return headers{}
	}
	if h.table == standard.Appeals {
		h.list, h.loose = arrangeAppeals(items, kinds)
	} else {
		h.list, h.loose = arrangePlain(items, parent)
		markTwice(h.list)
	}
	g.adoptHeads(&h)
	for _, c := range h.list {
		if c.twice {
			g.doubt("read.anchors", cells[0].src.Place, "表头中同一列标签出现两次，无法确定各列含义")
			break
		}
	}
	g.hits += len(h.list)
	for _, c := range cells {
		if c.kind == labelCell && runesIn(c.src.Text) >= ownHead && headMeaning(h.table, c, nil).col != 0 {
			g.hits += ownHead // 本年处理决定数量 stands over no other table
		}
	}
	return h
}

// ownHead is the length from which a head is the form's own wherever it stands.
const ownHead = 6

// tableOf returns the table whose columns most of the cells name.
func tableOf(cells []headCell) standard.Table {
	var set tableSet
	var counts [4]int
	for _, c := range cells {
		for _, m := range c.means {
			if m.col == 0 && m.role != parentRole && !(m.row != 0 && m.table == standard.Appeals) {
				continue
			}
			set.add(m.table)
			counts[slices.Index(set.list[:], m.table)]++
		}
	}
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return set.list[best]
}

// headItems sorts the cells of a header into columns, kinds of dispute and the cell
// that stands over several columns. A label repeated on a lower line in place of a
// row span counts once.
func (g *geometry) headItems(table standard.Table, cells []headCell) (items, kinds []header, parent *header) {
	for _, c := range cells {
		h := header{from: c.col, to: c.end, line: c.line, unit: c.unit}
		m := headMeaning(table, c, items)
		switch {
		case m.col != 0:
			h.col = m.col
			items = append(items, h)
		case m.row != 0:
			h.row = m.row
			kinds = append(kinds, h)
		case m.role == parentRole && table == standard.Requests:
			p := h
			parent = &p
		case m.role == unitRole:
			items = append(items, h)
		case c.kind == textCell && len(items) > 0 && c.col > items[0].from, c.kind == textCell && parent != nil && c.col < parent.from && c.col > 0:
			h.text = c.src.Text
			items = append(items, h)
		}
	}
	return withoutRepeats(items), withoutRepeats(kinds), parent
}

// headMeaning returns what a cell means as a head of the table. Of two columns that
// carry one shortened label (本年新) the first is the first of the form.
func headMeaning(table standard.Table, c headCell, items []header) meaning {
	var first meaning
	for _, m := range c.means {
		if m.table != table {
			continue
		}
		if m.col == 0 && first == (meaning{}) {
			first = m
			continue
		}
		if m.col == 0 {
			continue
		}
		taken := func(h header) bool { return h.col == m.col && h.line == c.line }
		if first.col == 0 || slices.ContainsFunc(items, func(h header) bool { return h.col == first.col && h.line == c.line }) && !slices.ContainsFunc(items, taken) {
			first = m
		}
	}
	return first
}

// withoutRepeats drops a head that stands again below itself.
func withoutRepeats(items []header) []header {
	out := items[:0:0]
	for i, h := range items {
		below := func(o header) bool {
			return o.line > h.line && o.col == h.col && o.row == h.row && o.from < h.to && h.from < o.to
		}
		if !slices.ContainsFunc(items[i+1:], below) {
			out = append(out, h)
		}
	}
	return out
}

// adoptHeads takes a column under an unknown label for a missing one that is called
// much alike, as adopt does with rows.
func (g *geometry) adoptHeads(h *headers) {
	for i := range h.list {
		c := &h.list[i]
		if c.text == "" {
			continue
		}
		text := []rune(string(plain(g.buf, c.text).key))
		var best uint8
		var most, second float64
		for _, l := range g.forms.cols[h.table] {
			present := func(o header) bool { return o.col == l.col && o.row == c.row }
			if slices.ContainsFunc(h.list, present) {
				continue
			}
			switch like := likeness(text, l.plain); {
			case like > most && l.col != best:
				best, most, second = l.col, like, most
			case like > most:
				most = like
			case l.col != best:
				second = max(second, like)
			}
		}
		if most >= alikeEnough && second <= most-0.1 {
			c.col = best
		}
	}
}

// arrangePlain orders the columns of a table by where they stand. The columns on the
// lines below a head that stands over several belong to it; where they do not stand
// under it, the row spans of the header are wrong, and they are put in its place.
func arrangePlain(items []header, parent *header) (list []header, loose bool) {
	list = slices.Clone(items)
	slices.SortStableFunc(list, byColumn)
	if parent == nil {
		return list, overlapping(list)
	}
	var upper, lower []header
	astray := false
	for _, h := range list {
		if h.line <= parent.line {
			upper = append(upper, h)
			continue
		}
		lower = append(lower, h)
		astray = astray || h.from < parent.from || h.to > parent.to
	}
	if !astray && !overlapping(list) || len(upper) == 0 {
		return list, overlapping(list)
	}
	at, _ := slices.BinarySearchFunc(upper, *parent, byColumn)
	nested := slices.Insert(upper, at, lower...)
	return nested, overlapping(nested)
}

func byColumn(a, b header) int { return cmp.Compare(a.from, b.from) }

// overlapping reports whether some column does not stand behind the one before it.
func overlapping(list []header) bool {
	for i := 1; i < len(list); i++ {
		if list[i].from < list[i-1].to {
			return true
		}
	}
	return false
}

// markTwice marks the columns whose label another column carries too.
func markTwice(list []header) {
	for i := range list {
		for j := range list[:i] {
			if list[i].col != 0 && list[i].col == list[j].col {
				list[i].twice, list[j].twice = true, true
			}
		}
	}
}

// arrangeAppeals gives each result the kind of dispute that it stands under. Where
// the spans do not tell, the results are counted off: each kind has every result
// once, so a label that comes again begins the next kind.
func arrangeAppeals(items, kinds []header) (list []header, loose bool) {
	list = slices.Clone(items)
	slices.SortStableFunc(list, byColumn)
	if len(kinds) == 0 {
		return list, false // results alone: the rows name the kinds
	}
	if under(list, kinds) && !overlapping(list) {
		return list, false
	}
	if counted := countOff(items, kinds); counted != nil {
		return counted, overlapping(counted)
	}
	return nil, true
}

// under sets the kind of each result by the spans above it, and reports whether every
// result has one and none has the same twice.
func under(list, kinds []header) bool {
	seen := make(map[[2]uint8]bool, 16)
	for i := range list {
		h := &list[i]
		h.row = 0
		line := -1
		for _, k := range kinds {
			if k.line < h.line && k.line > line && k.from <= h.from && h.to <= k.to {
				h.row, line = k.row, k.line
			}
		}
		key := [2]uint8{h.row, h.col}
		if h.col != 0 && (h.row == 0 || seen[key]) {
			return false
		}
		seen[key] = true
	}
	return true
}

// countOff splits the results into one run for each kind, in reading order: what
// stands on the line of the lower kinds comes first, then the lines below, each kind
// in the order of the header. It returns nil where the numbers do not fit.
func countOff(items, kinds []header) []header {
	list, heads := slices.Clone(items), slices.Clone(kinds)
	byReading := func(a, b header) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.from, b.from))
	}
	slices.SortStableFunc(list, byReading)
	slices.SortStableFunc(heads, byReading)
	var run []uint8
	n := 0
	for i := range list {
		if slices.Contains(run, list[i].col) {
			n, run = n+1, run[:0]
		}
		if n >= len(heads) {
			return nil
		}
		run = append(run, list[i].col)
		list[i].row = heads[n].row
	}
	if n+1 != len(heads) || len(list)%len(heads) != 0 {
		return nil
	}
	slices.SortStableFunc(heads, byColumn)
	order := func(h header) int { return slices.IndexFunc(heads, func(k header) bool { return k.row == h.row }) }
	slices.SortStableFunc(list, func(a, b header) int { return cmp.Compare(order(a), order(b)) })
	return list
}
