package recognise

import (
	"slices"
	"strings"
	"sync"

	"gongkai/internal/standard"
)

// A meaning is what a label says: a row, a column, or both of a statutory table. A
// label without either only heads other labels.
type meaning struct {
	table standard.Table
	row   uint8 // position in formIndex.rows, 0 for none
	col   uint8 // column of its table, 0 for none
	role  role
}

// A role says what a label without row and column is for.
type role uint8

const (
	noRole     role = iota
	stubRole        // heads the labels: 信息内容, 指标名称
	groupRole       // heads rows: 不予公开, 一、主动公开情况
	parentRole      // heads columns: 法人或其他组织, 行政诉讼
	unitRole        // heads the units of the statistics table, or is one
)

// A formRow is a row of a statutory table, over all formats that have it.
type formRow struct {
	table standard.Table
	key   string   // requests.new, disclosure.license, review, proactive.total
	order [3]int   // position of its first cell in each form, plus 1; 0 where a form has none
	depth int      // how many merged labels stand before its own
	plain [][]rune // its labels, reduced
}

const maxColumns = 16

// A slot is the position of one cell in each format, less 1; 0 where it has none.
type slot [3]int16

// formIndex is the statutory forms turned about: from what labels say to cells.
type formIndex struct {
	rows   []formRow // rows[0] is none
	slots  [][maxColumns]slot
	labels map[string][]meaning
	long   []fuzzyLabel // the labels, for a text that is none of them
	cols   map[standard.Table][]colLabel
	forms  [3]*standard.Form
}

// formNumber is the position of a format in a slot.
func formNumber(format standard.Format) int {
	switch format {
	case standard.F2014:
		return 0
	case standard.F2019:
		return 1
	}
	return 2
}

var theForms = sync.OnceValue(newFormIndex)

// newFormIndex builds the index from the forms and the synonyms.
func newFormIndex() *formIndex {
	x := &formIndex{
		rows:   make([]formRow, 1, 120),
		slots:  make([][maxColumns]slot, 1, 120),
		labels: make(map[string][]meaning, 400),
		cols:   make(map[standard.Table][]colLabel, 4),
	}
	b := indexBuilder{x: x, rowNo: map[string]uint8{}, colNo: map[string]uint8{}, cols: map[standard.Table]uint8{}}
	for n, format := range standard.Formats() {
		x.forms[n] = standard.FormOf(format)
		for _, cell := range x.forms[n].Cells {
			b.addCell(n, cell)
		}
	}
	b.addSynonyms(synonyms)
	for key, all := range x.labels {
		x.long = append(x.long, fuzzyLabel{key: []rune(key), means: all})
	}
	return x
}

// A colLabel is one label of a column, reduced.
type colLabel struct {
	col   uint8
	plain []rune
}

// An indexBuilder numbers the rows and columns while the index is built.
type indexBuilder struct {
	x     *formIndex
	rowNo map[string]uint8
	colNo map[string]uint8
	cols  map[standard.Table]uint8
}

// splitCode cuts a cell code into the row and the column of its table.
func splitCode(c standard.Cell) (row, col string) {
	switch c.Table {
	case standard.Requests:
		return c.Code.Row(), string(c.Code.Column())
	case standard.Statistics:
		return string(c.Code), "count"
	}
	i := strings.LastIndexByte(string(c.Code), '.')
	return string(c.Code[:i]), string(c.Code[i+1:])
}

func (b *indexBuilder) addCell(form int, c standard.Cell) {
	rowKey, colKey := splitCode(c)
	row := b.row(c.Table, rowKey)
	col := b.col(c.Table, colKey)
	b.x.slots[row][col][form] = int16(c.Index) + 1
	if b.x.rows[row].order[form] == 0 {
		b.x.rows[row].order[form] = c.Index + 1
	}
	groups := strings.Split(c.RowLabel.ZH, "/")
	if c.Table == standard.Requests {
		b.x.rows[row].depth = len(groups) - 1
		if strings.HasPrefix(rowKey, "outcome.") {
			b.x.rows[row].depth++ // 三、本年度办理结果 stands before all of them
		}
	}
	label := groups[len(groups)-1]
	for _, g := range groups[:len(groups)-1] {
		b.add(g, meaning{table: c.Table, role: groupRole})
	}
	b.add(label, meaning{table: c.Table, row: row})
	b.add(c.ColumnLabel.ZH, meaning{table: c.Table, col: col})
	if after, ok := strings.CutPrefix(label, "其中："); ok {
		b.add(after, meaning{table: c.Table, row: row})
	}
}

func (b *indexBuilder) row(table standard.Table, key string) uint8 {
	full := string(table) + " " + key
	if n, ok := b.rowNo[full]; ok {
		return n
	}
	n := uint8(len(b.x.rows))
	b.x.rows = append(b.x.rows, formRow{table: table, key: key})
	b.x.slots = append(b.x.slots, [maxColumns]slot{})
	b.rowNo[full] = n
	return n
}

func (b *indexBuilder) col(table standard.Table, key string) uint8 {
	full := string(table) + " " + key
	if n, ok := b.colNo[full]; ok {
		return n
	}
	b.cols[table]++
	b.colNo[full] = b.cols[table]
	return b.cols[table]
}

// add gives a label one more meaning.
func (b *indexBuilder) add(label string, m meaning) {
	key := string(plain(nil, label).key)
	if key == "" {
		return
	}
	for _, have := range b.x.labels[key] {
		if have.table == m.table && have.row == m.row && have.col == m.col && (have.role == m.role || m.row+m.col != 0) {
			return
		}
	}
	b.x.labels[key] = append(b.x.labels[key], m)
	if m.row != 0 {
		b.x.rows[m.row].plain = append(b.x.rows[m.row].plain, []rune(key))
	}
	if m.col != 0 {
		b.x.cols[m.table] = append(b.x.cols[m.table], colLabel{m.col, []rune(key)})
	}
}

// addSynonyms reads lines of a table, what the label stands for, and the labels.
func (b *indexBuilder) addSynonyms(text string) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		m := meaning{table: standard.Table(fields[0])}
		switch kind, key, _ := strings.Cut(fields[1], ":"); kind {
		case "row":
			m.row = b.row(m.table, key)
		case "col":
			m.col = b.col(m.table, key)
		case "stub":
			m.role = stubRole
		case "group":
			m.role = groupRole
		case "parent":
			m.role = parentRole
		case "unit":
			m.role = unitRole
		}
		for _, label := range fields[2:] {
			b.add(label, m)
		}
	}
}

// A fuzzyLabel is a label that a text may be a damaged form of.
type fuzzyLabel struct {
	key   []rune
	means []meaning
}

// lookup returns the meanings of a label that is written as the form or a known
// synonym writes it.
func (x *formIndex) lookup(key []byte) []meaning { return x.labels[string(key)] }

// near returns the meanings of the one label that a text is a damaged form of: with
// characters lost, a few put in, or one or two wrong. It returns nil where the text
// could be a form of two labels, so that it never picks between them. Only labels
// of the tables that in accepts are considered.
func (x *formIndex) near(key []byte, in func(standard.Table) bool) []meaning {
	text := []rune(string(key))
	if len(text) < 2 || len(text) > 60 {
		return nil
	}
	var part, whole, close candidate
	for i := range x.long {
		l := &x.long[i]
		if !slices.ContainsFunc(l.means, func(m meaning) bool { return in(m.table) }) {
			continue
		}
		more := len(text) - len(l.key)
		switch {
		case more < 0 && len(text)*5 >= len(l.key)*2 && isSubsequence(text, l.key):
			part.add(l.means, 0)
		case more > 0 && len(l.key) >= 4 && more*4 <= len(l.key) && isSubsequence(l.key, text):
			whole.add(l.means, more)
		}
		if d := editDistance(text, l.key, 6); d <= 6 {
			close.add(l.means, d)
		}
	}
	switch {
	case part.means != nil:
		return part.only(0, close, 1)
	case whole.means != nil:
		return whole.only(len(text), close, whole.nearest)
	}
	return close.only(min(len(text)/5, 3), candidate{}, 0)
}

// A candidate is the label nearest to a text so far, and how far the nearest one is
// that says something else.
type candidate struct {
	means         []meaning
	nearest, next int
	rivals        bool
}

func (c *candidate) add(m []meaning, d int) {
	switch {
	case c.means == nil:
		c.means, c.nearest = m, d
	case sameMeaning(c.means, m):
		c.nearest = min(c.nearest, d)
	case d < c.nearest:
		c.means, c.nearest, c.next, c.rivals = m, d, c.nearest, true
	case !c.rivals || d < c.next:
		c.next, c.rivals = d, true
	}
}

// only returns the label where it lies within limit, every other one is more than
// twice as far, and none of others lies within reach that says something else.
func (c *candidate) only(limit int, others candidate, reach int) []meaning {
	if c.means == nil || c.nearest > limit || c.rivals && c.next <= 2*c.nearest {
		return nil
	}
	if others.means != nil && !sameMeaning(others.means, c.means) && others.nearest <= reach ||
		others.rivals && others.next <= reach {
		return nil
	}
	return c.means
}

// sameMeaning reports whether two labels stand for the same.
func sameMeaning(a, b []meaning) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// isSubsequence reports whether short is long with characters left out.
func isSubsequence(short, long []rune) bool {
	i := 0
	for _, r := range long {
		if i < len(short) && short[i] == r {
			i++
		}
	}
	return i == len(short)
}

// editDistance returns the number of characters to insert, delete or replace, or
// limit+1 when it is more than limit.
func editDistance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var buf [64]int
	row := buf[:0]
	for j := 0; j <= len(b); j++ {
		row = append(row, j)
	}
	for i, ra := range a {
		diagonal := row[0]
		row[0] = i + 1
		least := row[0]
		for j, rb := range b {
			cost := diagonal
			if ra != rb {
				cost = min(diagonal, row[j], row[j+1]) + 1
			}
			diagonal, row[j+1] = row[j+1], cost
			least = min(least, cost)
		}
		if least > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}
