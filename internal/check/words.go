package check

import (
	"strconv"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A cellName is what a cell is called in a sentence. The labels of the form carry
// numbers and groups that a sentence does not need.
type cellName struct {
	row, column, full standard.Label
}

// shortRows are rows whose label in the form is too long or says too little on its
// own.
func shortRows() map[string]standard.Label {
	return map[string]standard.Label{
		"requests.new":                {ZH: "本年新收", EN: "new"},
		"requests.carried_in":         {ZH: "上年结转", EN: "carried in"},
		"outcome.total":               {ZH: "办理结果总计", EN: "total decided"},
		"requests.carried_out":        {ZH: "结转下年度", EN: "carried out"},
		"outcome.partial":             {ZH: "部分公开", EN: "granted in part"},
		"outcome.other.no_correction": {ZH: "逾期不补正", EN: "not corrected in time"},
		"outcome.other.fee_unpaid":    {ZH: "逾期未缴费", EN: "fee not paid in time"},
		"outcome.other.rest":          {ZH: "其他处理之其他", EN: "otherwise ended, other"},
	}
}

// columnName returns the label of an applicant, the same in both forms.
func columnName(c standard.Applicant) standard.Label {
	form := standard.FormOf(standard.F2021)
	cell, _ := form.Cell(standard.At("requests.new", c))
	return cell.ColumnLabel
}

// namesOf names all cells of a form.
func namesOf(form *standard.Form) []cellName {
	short := shortRows()
	names := make([]cellName, len(form.Cells))
	for i, cell := range form.Cells {
		row, ok := short[cell.Code.Row()]
		if !ok {
			row = standard.Label{ZH: plainZH(cell.RowLabel.ZH), EN: plainEN(cell.RowLabel.EN)}
		}
		n := cellName{row: row, column: cell.ColumnLabel, full: row}
		if form.Format != standard.F2014 {
			n.full = standard.Label{ZH: row.ZH + "（" + cell.ColumnLabel.ZH + "）", EN: row.EN + " (" + cell.ColumnLabel.EN + ")"}
		}
		names[i] = n
	}
	return names
}

// plainZH returns the last part of a row label without its number:
// 属于国家秘密 of （三）不予公开/1.属于国家秘密.
func plainZH(label string) string {
	label = label[strings.LastIndex(label, "/")+1:]
	label = strings.TrimPrefix(label, "其中：")
	if rest, ok := strings.CutPrefix(label, "（"); ok {
		if _, after, found := strings.Cut(rest, "）"); found && after != "" {
			label = after
		}
	}
	if number, rest, ok := strings.Cut(label, "、"); ok && strings.Trim(number, "一二三四五六七八九十") == "" {
		label = rest
	}
	if number, rest, ok := strings.Cut(label, "."); ok && strings.Trim(number, "0123456789") == "" {
		label = rest
	}
	return label
}

// plainEN does the same for an English label: State secret of
// (3) Denied / 1. State secret.
func plainEN(label string) string {
	if i := strings.LastIndex(label, " / "); i >= 0 {
		label = label[i+3:]
	}
	label = strings.TrimPrefix(label, "of which: ")
	number, rest, ok := strings.Cut(label, " ")
	if ok && strings.Trim(number, "0123456789().") == "" {
		label = rest
	}
	return strings.ToLower(label[:1]) + label[1:]
}

// by returns the label that tells the cells of a relation apart.
func (n cellName) by(t term) standard.Label {
	switch t {
	case byColumn:
		return n.column
	case byBoth:
		return n.full
	}
	return n.row
}

// A sentence is put together in both languages at once.
type sentence struct{ zh, en strings.Builder }

// add writes a piece in both languages.
func (b *sentence) add(zh, en string) *sentence {
	b.zh.WriteString(zh)
	b.en.WriteString(en)
	return b
}

// label writes a name.
func (b *sentence) label(l standard.Label) *sentence { return b.add(l.ZH, l.EN) }

// number writes a figure with a space before it.
func (b *sentence) number(a report.Amount) *sentence {
	s := a.String()
	return b.add(" "+s, " "+s)
}

// end closes the sentence.
func (b *sentence) end() standard.Label {
	b.add("。", ".")
	return standard.Label{ZH: b.zh.String(), EN: upperFirst(b.en.String())}
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// sentence says both sides of a failed relation in figures.
func (s *run) sentence(r *relation, left, right side) standard.Label {
	var b sentence
	if r.title.ZH != "" {
		b.label(r.title).add("：", ": ")
	}
	s.sideWords(&b, r, r.left, left)
	if r.op == opNotNegative {
		b.add("，小于 0", ", below 0")
		return b.end()
	}
	if r.op == opAtMost {
		b.add("，大于", ", more than ")
		s.sideWords(&b, r, r.right, right)
		return b.end()
	}
	b.add("，", "; ")
	s.sideWords(&b, r, r.right, right)
	b.add("，相差", "; difference").number(max(left.known-right.known, right.known-left.known))
	return b.end()
}

// sideWords writes one side: a single cell as it is, two as an addition, more as
// the sum with the parts that are not 0.
func (s *run) sideWords(b *sentence, r *relation, cells []int32, total side) {
	if len(cells) > 1 && r.sum.ZH != "" {
		b.label(r.sum).add("合计", " come to").number(total.known)
		s.partWords(b, r, cells, total)
		return
	}
	for i, at := range cells {
		if i > 0 {
			b.add(" + ", " + ")
		}
		b.label(s.plan.names[at].by(r.term))
		s.valueWords(b, at)
	}
	if len(cells) > 1 {
		b.add(" =", " =").number(total.known)
	}
}

// partWords writes in brackets the parts that are not 0, and how many have no
// number.
func (s *run) partWords(b *sentence, r *relation, cells []int32, total side) {
	open := "（"
	openEN := " ("
	for _, at := range cells {
		if v := s.values[at]; v.State == report.Printed && v.Amount != 0 {
			b.add(open, openEN).label(s.plan.names[at].by(r.term)).number(v.Amount)
			open, openEN = "、", ", "
		}
	}
	if total.unknown > 0 {
		n := strconv.Itoa(total.unknown)
		b.add(open+n+" 格无数", openEN+n+" without a number")
		open = "、"
	}
	if open == "、" {
		b.add("）", ")")
	}
}

// valueWords writes what a cell holds: its number, or that it has none.
func (s *run) valueWords(b *sentence, at int32) {
	if a, ok := s.values[at].Known(); ok {
		b.number(a)
		return
	}
	b.add("无数", " without a number")
}

// eachSentence lists the parts that are above their total.
func (s *run) eachSentence(r *relation, above []int32) standard.Label {
	var b sentence
	if r.title.ZH != "" {
		b.label(r.title).add("：", ": ")
	}
	for i, at := range above {
		if i > 0 {
			b.add("、", ", ")
		}
		b.label(s.plan.names[at].by(r.term)).number(s.values[at].Amount)
	}
	total := r.right[0]
	b.add("，大于", ", more than ").label(s.plan.names[total].by(r.term)).number(s.values[total].Amount)
	return b.end()
}

// placeWords says in Chinese where something stands.
func placeWords(p report.Place) string {
	var parts []string
	add := func(before string, n int, after string) {
		if n > 0 {
			parts = append(parts, before+strconv.Itoa(n)+after)
		}
	}
	add("第 ", p.Page, " 页")
	if p.Sheet != "" {
		parts = append(parts, "工作表 "+p.Sheet)
	}
	if p.Address != "" {
		parts = append(parts, "单元格 "+p.Address)
	}
	add("第 ", p.Table, " 个表")
	add("第 ", p.Row, " 行")
	add("第 ", p.Column, " 列")
	add("第 ", p.Paragraph, " 段")
	add("第 ", p.Line, " 行文字")
	return strings.Join(parts, "")
}
