package recognise

import (
	"strings"
	"sync"

	"gongkai/internal/standard"
)

// A seqRole is what a label does in the stream.
type seqRole uint8

const (
	seqRow    seqRole = iota // names the figures that follow
	seqColumn                // names one of the figures of every row
	seqGroup                 // stands over or before other labels
	seqHead                  // opens the header of a table
)

// A seqLabel is one meaning of a text in one or more formats.
type seqLabel struct {
	table   standard.Table
	role    seqRole
	name    string // the part of the cell's code: requests.new, natural, .made, upheld
	number  int    // in front of it on the form, 0 for none
	formats uint8  // bit set over standard.Formats
	key     string
	same    int16 // the first label of the same meaning, itself if it is the first
	// weak labels are words that stand in other tables too; alone they do not show
	// that a table is statutory.
	weak bool
}

// Names of groups that the reader acts on.
const (
	seqOrganisations = "organisations" // 法人或其他组织: stands in the place of the five columns below it
	seqSuits         = "suits"         // 行政诉讼: stands in the place of the two kinds of suit
	seqTop           = "top"           // 申请人情况: the first line of the header, and no other
)

// A seqIndex finds labels by their key.
type seqIndex struct {
	labels []seqLabel
	byKey  map[string][]int16
	byText map[string]seqFound // labels as the forms print them, for speed alone
}

// A seqFound is what the index knows of a text.
type seqFound struct {
	labels []int16
	number int
}

func (x *seqIndex) add(key string, l seqLabel) {
	for _, i := range x.byKey[key] {
		have := &x.labels[i]
		if have.table == l.table && have.role == l.role && have.name == l.name {
			have.formats |= l.formats
			return
		}
	}
	l.key, l.same = key, int16(len(x.labels))
	for i := range x.labels {
		if have := &x.labels[i]; have.table == l.table && have.role == l.role && have.name == l.name {
			l.same = have.same
			break
		}
	}
	x.labels = append(x.labels, l)
	x.byKey[key] = append(x.byKey[key], int16(len(x.labels)-1))
}

// seqLabels builds the index from the forms, once.
var seqLabels = sync.OnceValue(func() *seqIndex {
	x := &seqIndex{byKey: make(map[string][]int16), byText: make(map[string]seqFound)}
	for f, format := range standard.Formats() {
		form := standard.FormOf(format)
		for i := range form.Cells {
			x.addCell(&form.Cells[i], 1<<f)
		}
	}
	for _, l := range seqGroups() {
		x.addText(l.text, l.label)
	}
	for text, found := range x.byText {
		found.labels = x.byKey[string(seqKeyOf(text, nil, nil).full)]
		x.byText[text] = found
	}
	return x
})

// addCell adds the labels of one cell of a form.
func (x *seqIndex) addCell(cell *standard.Cell, formats uint8) {
	row, column := seqNames(cell)
	path := strings.Split(cell.RowLabel.ZH, "/")
	l := seqLabel{table: cell.Table, role: seqRow, name: row, formats: formats}
	if cell.Table == standard.Appeals {
		l.role = seqGroup
		if len(path) > 1 {
			x.addText(path[0], seqLabel{table: cell.Table, role: seqGroup, name: seqSuits, formats: formats})
		}
	} else {
		for _, group := range path[:len(path)-1] {
			x.addText(group, seqLabel{table: cell.Table, role: seqGroup, formats: formats, weak: true})
		}
	}
	x.addText(path[len(path)-1], l)
	l.role, l.name = seqColumn, column
	x.addText(cell.ColumnLabel.ZH, l)
}

// addText adds a label as printed, and again without its notes.
func (x *seqIndex) addText(text string, l seqLabel) {
	key := seqKeyOf(text, nil, nil)
	l.number = key.number
	if len(key.full) == 0 {
		return
	}
	l.weak = l.weak || len(key.full) <= len("总计")
	x.add(string(key.full), l)
	x.byText[text] = seqFound{number: key.number}
	if len(key.brief) > 0 && len(key.brief) < len(key.full) {
		x.add(string(key.brief), l)
	}
}

// seqRows finds the cells of a form by the name of their row.
type seqRows map[string][]*standard.Cell

// seqForms holds the rows of every form.
var seqForms = sync.OnceValue(func() map[standard.Format]seqRows {
	all := make(map[standard.Format]seqRows)
	for _, format := range standard.Formats() {
		form, rows := standard.FormOf(format), make(seqRows)
		for i := range form.Cells {
			name, _ := seqNames(&form.Cells[i])
			if form.Cells[i].Table == standard.Appeals {
				name = seqAppeals
			}
			rows[name] = append(rows[name], &form.Cells[i])
		}
		all[format] = rows
	}
	return all
})

// seqCell returns the cell of a column among those of a row, nil if the row has
// none. A column of the appeals table has its whole code for a name.
func seqCell(cells []*standard.Cell, column string) *standard.Cell {
	for _, cell := range cells {
		rest, ok := strings.CutSuffix(string(cell.Code), column)
		if ok && (rest == "" || column == "" || rest[len(rest)-1] == '.' || rest[len(rest)-1] == '/') {
			return cell
		}
	}
	return nil
}

// seqNames splits a cell's code into the names of its row and its column.
func seqNames(cell *standard.Cell) (row, column string) {
	code := string(cell.Code)
	switch cell.Table {
	case standard.Requests:
		row, column, _ = strings.Cut(code, "/")
	case standard.Statistics:
		row = code
	default:
		i := strings.LastIndexByte(code, '.')
		row, column = code[:i], code[i+1:]
	}
	return row, column
}

type seqGroupText struct {
	text  string
	label seqLabel
}

// seqGroups lists the words of the forms that are no cell's label, and the other
// ways in which offices write labels so differently that likeness cannot find them.
func seqGroups() []seqGroupText {
	const f2014, f2021, later = 1, 4, 6
	head := func(t standard.Table, f uint8, weak bool) seqLabel {
		return seqLabel{table: t, role: seqHead, formats: f, weak: weak}
	}
	row := func(f uint8, name string) seqLabel {
		return seqLabel{table: standard.Requests, role: seqRow, name: name, formats: f}
	}
	group := seqLabel{table: standard.Requests, role: seqGroup, formats: later}
	return []seqGroupText{
		{"信息内容", head(standard.Disclosure, later, false)},
		{"资讯内容", head(standard.Disclosure, later, false)},
		{"指标名称", head(standard.Statistics, f2014, false)},
		{"单位", head(standard.Statistics, f2014, true)},
		{"计量单位", head(standard.Statistics, f2014, true)},
		{"统计指标", head(standard.Statistics, f2014, false)},
		{"申请人情况", seqLabel{table: standard.Requests, role: seqHead, name: seqTop, formats: later}},
		{"本列数据的勾稽关系为第一项加第二项之和等于第三项加第四项之和", head(standard.Requests, later, false)},
		{"法人或其他组织", seqLabel{table: standard.Requests, role: seqGroup, name: seqOrganisations, formats: later}},
		{"三、本年度办理结果", group},
		{"三、本年度办理情况", group},
		{"规范性档案", seqLabel{table: standard.Disclosure, role: seqRow, name: "disclosure.normative", formats: later}},
		{"3.危及国家安全、公共安全、经济安全、社会稳定", row(later, "outcome.denied.security_stability")},
		{"3.危及国家安全、公共安全、经济安全和社会稳定", row(later, "outcome.denied.security_stability")},
		{"1.逾期不补正", row(f2021, "outcome.other.no_correction")},
		{"2.逾期不缴费", row(f2021, "outcome.other.fee_unpaid")},
	}
}

// find returns the meanings of a key in the formats given: of the whole text, and
// failing that of the text without its notes.
func (x *seqIndex) find(key seqKey) []int16 {
	if found := x.byKey[string(key.full)]; found != nil {
		return found
	}
	return x.byKey[string(key.brief)]
}

// seqNearest is the least likeness at which a text is taken for a label that it
// does not spell.
const seqNearest = 0.75

// nearest finds the label that a text most likely misspells, among those wanted.
// It answers -1 where none is like it, or two are equally like it.
func (x *seqIndex) nearest(key seqKey, wanted []int16) int16 {
	best, second, at := 0.0, 0.0, int16(-1)
	for _, i := range wanted {
		l := &x.labels[i]
		score := max(seqLikeness(key.full, l.key, seqNearest-0.05), seqLikeness(key.brief, l.key, seqNearest-0.05))
		if score == 0 {
			continue
		}
		if key.number > 0 && l.number > 0 && l.role == seqRow {
			if key.number == l.number {
				score += 0.05
			} else {
				score -= 0.1
			}
		}
		switch {
		case score > best && at >= 0 && x.labels[at].name == l.name && x.labels[at].table == l.table:
			best, at = score, i
		case score > best:
			best, second, at = score, best, i
		case score > second && (x.labels[at].name != l.name || x.labels[at].table != l.table):
			second = score
		}
	}
	if best < seqNearest || best-second < 0.04 {
		return -1
	}
	return at
}

// begins finds the first column that a text begins and does not finish: the rest of
// it was lost. It answers -1 where none does.
func (x *seqIndex) begins(key seqKey, wanted []int16) int16 {
	for _, i := range wanted {
		if l := &x.labels[i]; l.role == seqColumn && len(key.full) >= len("本年新") && strings.HasPrefix(l.key, string(key.full)) {
			return i
		}
	}
	return -1
}

// seqLikeness is twice the length of the longest common subsequence over the
// lengths of both, 1 for the same text, and 0 below least. A text that keeps only
// some words of a label, all in their order, is as like as seqNearest at the least.
// Texts of which one denies and the other does not are not alike at all.
func seqLikeness(key []byte, label string, least float64) float64 {
	a, b := len(key)/3, len(label)/3 // every character is three bytes long
	if a < 2 || b < 2 || a > seqLongestLabel || b > seqLongestLabel {
		return 0
	}
	if a >= 6 && a < b && seqWithin(key, label) {
		return max(seqNearest, 2*float64(a)/float64(a+b))
	}
	if float64(2*min(a, b)) < least*float64(a+b) || seqDenials(key) != seqDenials(label) {
		return 0
	}
	var rows [2][seqLongestLabel + 1]uint8
	for i := range a {
		last, row := &rows[i&1], &rows[1-i&1]
		for j := range b {
			if key[3*i] == label[3*j] && key[3*i+1] == label[3*j+1] && key[3*i+2] == label[3*j+2] {
				row[j+1] = last[j] + 1
			} else {
				row[j+1] = max(last[j+1], row[j])
			}
		}
	}
	return 2 * float64(rows[a&1][b]) / float64(a+b)
}

const seqLongestLabel = 60

// seqWithin reports whether key is made of characters of label in their order, and
// denies what the label denies up to where the key ends.
func seqWithin(key []byte, label string) bool {
	j := 0
	for i := 0; i < len(key); i += 3 {
		for j < len(label) && label[j:j+3] != string(key[i:i+3]) {
			j += 3
		}
		if j >= len(label) {
			return false
		}
		j += 3
	}
	return seqDenials(key) == seqDenials(label[:j])
}

// seqDenials counts the characters that turn the meaning of a label.
func seqDenials[T string | []byte](s T) int {
	n := 0
	for i := 0; i+3 <= len(s); i += 3 {
		switch string(s[i : i+3]) {
		case "不", "未", "无", "没", "非", "部":
			n++
		}
	}
	return n
}
