package web

import (
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A formView is one statutory table laid out as the form prints it.
type formView struct {
	ID, Kind, Title string
	Rows            []formRow
	Folds           bool // may be folded to natural persons and totals
	Prose           []paragraphView
	Embed           frameLinks
}

type formRow struct{ Cells []formCell }

// A formCell is a label or a figure of a statutory table.
type formCell struct {
	Head             bool
	Class, Text      string
	RowSpan, ColSpan int
	Cell             *cellRef
}

// A cellRef is a figure with all that is known of it: what stands there, where,
// and which findings speak of it.
type cellRef struct {
	ID, Href, Code string
	Self           string // its permanent address, "" for a draft
	State          string // as in data
	Shown          string // as printed
	Label          string
	StateWord      string
	Raw, Place     string
	More           string // what findings and doubts say
	Findings       []string
	Sum, Fails     bool
	Involved       bool
	Doubted, Noted bool
	Corrected      bool // shows what a person found
	Applicant      bool // an applicant's column but natural persons and the total
}

// Class is the class of the figure's table cell.
func (c cellRef) Class() string {
	var list []string
	for _, on := range []struct {
		is   bool
		name string
	}{{c.State == "absent", "absent"}, {c.Fails, "failing"}, {c.Involved, "involved"}, {c.Doubted, "doubted"},
		{c.Noted, "noted"}, {c.Corrected, "corrected"}, {c.Sum, "sum"}, {c.Applicant, "ap"}} {
		if on.is {
			list = append(list, on.name)
		}
	}
	return strings.Join(list, " ")
}

func head(text, class string, rows, cols int) formCell {
	return formCell{Head: true, Text: text, Class: class, RowSpan: max(rows, 1), ColSpan: max(cols, 1)}
}

// A formLayout lays out the tables of one version.
type formLayout struct {
	page page
	form *standard.Form
	refs map[standard.CellCode]*cellRef
}

func (l formLayout) figure(code standard.CellCode) formCell {
	return formCell{RowSpan: 1, ColSpan: 1, Cell: l.refs[code]}
}

func (l formLayout) spread(code standard.CellCode, cols int) formCell {
	c := l.figure(code)
	c.ColSpan = cols
	return c
}

// table lays out one table of the form.
func (l formLayout) table(t standard.Table) formView {
	switch t {
	case standard.Disclosure:
		return l.disclosure()
	case standard.Requests:
		return l.requests()
	case standard.Appeals:
		return l.appeals()
	}
	return l.statistics()
}

// articles are the headings of the blocks of the disclosure table: the items of
// Article 20 of the Regulation.
var articles = map[standard.Format][]string{
	standard.F2019: {"第二十条第（一）项", "第二十条第（五）项", "第二十条第（六）项", "第二十条第（八）项", "第二十条第（九）项"},
	standard.F2021: {"第二十条第（一）项", "第二十条第（五）项", "第二十条第（六）项", "第二十条第（八）项"},
}

// disclosure is a stack of small tables on a grid of six columns, so that blocks
// of one, two and three figures share their edges.
func (l formLayout) disclosure() formView {
	v := formView{ID: "disclosure", Kind: "disclosure", Title: l.page.t("二、主动公开政府信息情况")}
	cells := l.form.TableCells(standard.Disclosure)
	for block := 1; ; block++ {
		var rows [][]standard.Cell
		for _, c := range cells {
			if c.Block != block {
				continue
			}
			for len(rows) < c.Row {
				rows = append(rows, nil)
			}
			rows[c.Row-1] = append(rows[c.Row-1], c)
		}
		if len(rows) == 0 {
			return v
		}
		v.Rows = append(v.Rows, l.block(block, rows)...)
	}
}

func (l formLayout) block(block int, rows [][]standard.Cell) []formRow {
	wide := 0
	for _, row := range rows {
		wide = max(wide, len(row))
	}
	span := 6 / wide
	out := []formRow{{[]formCell{head(l.page.t(articles[l.form.Format][block-1]), "block", 1, 7)}}}
	top := formRow{[]formCell{head(l.page.t("信息内容"), "l", 1, 1)}}
	for _, c := range rows[0] {
		top.Cells = append(top.Cells, head(l.page.label(c.ColumnLabel), "", 1, span))
	}
	out = append(out, top)
	for _, row := range rows {
		line := formRow{[]formCell{head(l.page.label(row[0].RowLabel), "l", 1, 1)}}
		for _, c := range row {
			line.Cells = append(line.Cells, l.spread(c.Code, span))
		}
		out = append(out, line)
	}
	return out
}

// requests is the table of applicants by outcomes, with its nested row labels.
func (l formLayout) requests() formView {
	p := l.page
	v := formView{ID: "requests", Kind: "requests", Title: p.t("三、收到和处理政府信息公开申请情况"), Folds: true}
	corner := head(p.t("勾稽关系：第一项加第二项之和，等于第三项加第四项之和"), "l small", 3, 3)
	first := formRow{[]formCell{corner, head(p.t("申请人情况"), "", 1, 7)}}
	second := formRow{[]formCell{head(p.t("自然人"), "word", 2, 1), head(p.t("法人或其他组织"), "ap", 1, 5), head(p.t("总计"), "word", 2, 1)}}
	third := formRow{}
	for _, name := range []string{"商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"} {
		third.Cells = append(third.Cells, head(halved(p.t(name)), "ap word", 1, 1))
	}
	v.Rows = []formRow{first, second, third}
	rows := standard.RequestRows(l.form.Format)
	for i, row := range rows {
		line := formRow{l.rowHeads(rows, i)}
		for _, column := range standard.Columns() {
			line.Cells = append(line.Cells, l.figure(standard.At(row, column)))
		}
		v.Rows = append(v.Rows, line)
	}
	return v
}

// rowHeads are the labels before a row: the spine of the whole third part on its
// first row, the group on the group's first row, and the row's own.
func (l formLayout) rowHeads(rows []string, i int) []formCell {
	cell, _ := l.form.Cell(standard.At(rows[i], standard.Total))
	name := l.page.label(cell.RowLabel)
	if strings.HasPrefix(rows[i], "requests.") {
		return []formCell{head(name, "l", 1, 3)}
	}
	var heads []formCell
	inside := func(row string) bool { return strings.HasPrefix(row, "outcome.") }
	if !inside(rows[i-1]) {
		heads = append(heads, head(l.page.t("三、本年度办理结果"), "spine", count(rows, inside), 1))
	}
	group := outcomeGroup(rows[i])
	before, own, nested := strings.Cut(name, "/")
	switch {
	case !nested:
		return append(heads, head(name, "l o-"+group, 1, 2))
	case outcomeGroup(rows[i-1]) != group:
		n := count(rows, func(row string) bool { return inside(row) && outcomeGroup(row) == group })
		heads = append(heads, head(strings.TrimSpace(before), "group o-"+group, n, 1))
	}
	return append(heads, head(strings.TrimSpace(own), "l", 1, 1))
}

func count(rows []string, is func(string) bool) (n int) {
	for _, row := range rows {
		if is(row) {
			n++
		}
	}
	return n
}

// outcomeGroup is the group of an outcome row: denied of outcome.denied.process.
func outcomeGroup(row string) string {
	parts := strings.Split(row, ".")
	if len(parts) < 2 {
		return ""
	}
	return parts[1]
}

// appeals is one row of fifteen figures under three levels of heads.
func (l formLayout) appeals() formView {
	p := l.page
	v := formView{ID: "appeals", Kind: "appeals", Title: p.t("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况")}
	top := formRow{[]formCell{head(p.t("行政复议"), "", 2, 5), head(p.t("行政诉讼"), "", 1, 10)}}
	second := formRow{[]formCell{head(p.t("未经复议直接起诉"), "", 1, 5), head(p.t("复议后起诉"), "", 1, 5)}}
	third, figures := formRow{}, formRow{}
	for _, c := range l.form.TableCells(standard.Appeals) {
		third.Cells = append(third.Cells, head(halved(p.label(c.ColumnLabel)), "word", 1, 1))
		figures.Cells = append(figures.Cells, l.figure(c.Code))
	}
	v.Rows = []formRow{top, second, third, figures}
	return v
}

// statisticsHeads are headings of the form of 2014 that hold no figure, by the
// first figure under them.
var statisticsHeads = map[standard.CellCode][]string{
	"proactive.total": {"一、主动公开情况"}, "proactive.via_gazette": {"（二）通过不同渠道和方式公开政府信息的情况"},
	"response.total": {"二、回应解读情况"}, "response.press_conferences": {"（二）通过不同渠道和方式回应解读的情况"},
	"requests.received": {"三、依申请公开情况"}, "capacity.offices": {"八、机构建设和保障经费情况"},
	"training.meetings": {"九、政府信息公开会议和培训情况"},
}

// statistics is the one table of the form of 2014: label, unit, figure.
func (l formLayout) statistics() formView {
	p := l.page
	v := formView{ID: "statistics", Kind: "statistics", Title: p.t("政府信息公开工作情况统计表")}
	v.Rows = []formRow{{[]formCell{head(p.t("统计指标"), "l", 1, 1), head(p.t("单位"), "", 1, 1), head(p.t("统计数"), "", 1, 1)}}}
	for _, c := range l.form.TableCells(standard.Statistics) {
		for _, h := range statisticsHeads[c.Code] {
			v.Rows = append(v.Rows, formRow{[]formCell{head(p.t(h), "block", 1, 3)}})
		}
		name := p.label(c.RowLabel)
		if i := strings.LastIndex(name, "/"); i >= 0 && p.Lang == zh {
			name = name[i+1:]
		}
		v.Rows = append(v.Rows, formRow{[]formCell{head(name, "l "+indent(name), 1, 1),
			{Class: "unit", Text: p.t(string(c.Unit)), RowSpan: 1, ColSpan: 1}, l.figure(c.Code)}})
	}
	return v
}

// indent is how deep a label of the form of 2014 stands.
func indent(name string) string {
	first := []rune(name)[0]
	switch {
	case slices.Contains([]rune("一二三四五六七八九"), first):
		return ""
	case first == '（':
		return "in1"
	}
	return "in2"
}

// halved lets a Chinese head of four or six characters break after its second, so
// that a narrow column never breaks inside a word.
func halved(name string) string {
	r := []rune(name)
	if len(r) < 4 || r[0] < 0x2e80 {
		return name
	}
	return string(r[:2]) + "\u200b" + string(r[2:])
}

// stateWord says what stands in a cell.
func (p page) stateWord(v report.Value) string {
	switch v.State {
	case report.Printed:
		if v.Amount == 0 {
			return p.t("原文印着 0")
		}
		return p.t("原文印有数字")
	case report.Blank:
		return p.t("原文此格空白")
	case report.Dash:
		return p.t("原文划线或写“无”")
	case report.Words:
		return p.t("原文写的是文字")
	case report.Unread:
		return p.t("有字符，未能确读")
	}
	return p.t("原文没有这一栏")
}
