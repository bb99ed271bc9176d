package papers

import (
	"fmt"
	"strconv"
	"strings"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// annexes are the tables behind a circular, each on pages of its own; those with long
// texts in many columns lie on their side.
func (c circular) annexes() []Block {
	return []Block{
		say(AnnexHead, "附件1"), say(AnnexTitle, "各单位年度报告发布与核验情况表"), c.unitTable(),
		say(Small, "逾期须有证据：期限后的一次有效查看没有看到；仅有印出的日期晚于期限的，注明“按日期”。"),
		onSide("附件2"), say(AnnexTitle, "勾稽不符明细表"), c.findingTable(),
		say(Small, "勾稽不符指报告印出的数字不能同时成立；数字照原文列出，不作更改。"),
		onSide("附件3"), say(AnnexTitle, "各单位合计与本级报告对照表"), c.sumTable(),
		say(Small, "只列至少一方有数且不为零的统计项，分申请人的只列总计；各申请人见汇总表工作簿。无数的单位不补，空白不当作零。"),
	}
}

func onSide(text string) Block { return Block{Kind: AnnexHead, Text: text, Wide: true} }

func (c circular) unitTable() Block {
	b := Block{Kind: Table, Head: 1, Widths: []float64{.07, .31, .15, .13, .14, .2}, Rows: [][]string{{"序号", "单位", "印出的发布日期", "发布", "核验", "勾稽不符（处）"}}}
	for i, r := range c.board.Rows {
		errors := "—"
		if r.Publication == report.Published {
			s := c.standing(r)
			if errors = strconv.Itoa(r.Errors - len(s.dismissed)); len(s.dismissed) > 0 {
				errors += fmt.Sprintf("\n不采纳 %d", len(s.dismissed))
			}
		}
		b.Rows = append(b.Rows, []string{strconv.Itoa(i + 1), r.Agency.Name, date(r.PublishedOn), publicationWord(r), statusWord(r), errors})
	}
	return b
}

func date(d report.Date) string {
	if d.IsZero() {
		return "—"
	}
	return fmt.Sprintf("%d-%02d-%02d", d.Year, d.Month, d.Day)
}

func publicationWord(r aggregate.BoardRow) string {
	word := map[report.Publication]string{report.Published: "已发布", report.Missing: "未发布", report.NotDue: "未到期", report.Unknown: "未能查看", report.NotWatched: "未纳入"}[r.Publication]
	switch {
	case r.Late:
		word += "\n逾期"
	case r.LateByDate:
		word += "\n逾期（按日期）"
	}
	return word
}

func statusWord(r aggregate.BoardRow) string {
	if r.Publication != report.Published {
		return "—"
	}
	return map[report.Status]string{report.Verified: "已核验", report.Inconsistent: "勾稽不符", report.NeedsReview: "待复核", report.Unreadable: "无法读取"}[r.Status]
}

func (c circular) findingTable() Block {
	b := Block{Kind: Table, Head: 1, Widths: []float64{.13, .2, .3, .21, .16}, Rows: [][]string{{"单位", "关系", "印出的数字", "规则与统计项", "复核与答复"}}}
	for _, r := range c.board.Rows {
		for _, f := range r.Findings {
			if f.Severity == report.Error {
				b.Rows = append(b.Rows, []string{r.Agency.Name, orText(f.Formula, f.Text), figures(f, r.Format), f.Violation() + "\n" + codes(f),
					orText(decisionWords(r, c.decided[r.Agency.ID], f), "—")})
			}
		}
	}
	if len(b.Rows) == 1 {
		b.Rows = append(b.Rows, []string{"无", "—", "—", "—", "—"})
	}
	return b
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// figures are the operands as printed, and what the two sides come to.
func figures(f report.Finding, format standard.Format) string {
	var list []string
	for _, o := range f.Operands {
		if a, known := o.Value.Known(); !known || a != 0 {
			list = append(list, Label(format, o.Cell)+" "+Shown(o.Value))
		}
	}
	if f.Left != "" && f.Right != "" {
		list = append(list, f.Left+"≠"+f.Right)
	}
	return strings.Join(list, "，")
}

// codes are the operands' cells; a long sum names its first and its last.
func codes(f report.Finding) string {
	list := make([]string, len(f.Operands))
	for i, o := range f.Operands {
		list[i] = string(o.Cell)
	}
	if len(list) > 4 {
		list = append(append([]string{}, list[:2]...), "……", list[len(list)-1])
	}
	return strings.Join(list, "\n")
}

// Label is what the form calls a cell.
func Label(format standard.Format, code standard.CellCode) string {
	form := standard.FormOf(format)
	if form == nil {
		return string(code)
	}
	for _, cell := range form.Cells {
		if cell.Code == code {
			if cell.ColumnLabel.ZH == "" {
				return cell.RowLabel.ZH
			}
			return cell.RowLabel.ZH + "（" + cell.ColumnLabel.ZH + "）"
		}
	}
	return string(code)
}

// Shown is what stands in a cell: its figure, or its state in words.
func Shown(v report.Value) string {
	switch v.State {
	case report.Printed:
		return v.Amount.String()
	case report.Blank:
		return "空白"
	case report.Absent:
		return "缺项"
	case report.Unread:
		return "未能确读"
	}
	return v.Text
}

func (c circular) sumTable() Block {
	b := Block{Kind: Table, Head: 1, Widths: []float64{.5, .1, .1, .1, .1, .1}, Rows: [][]string{{"统计项", "合计", "有数的单位", "本级报告", "相差", "判断"}}}
	words := map[report.Result]string{report.Pass: "相等", report.Fail: "不等", report.Open: "不能判断"}
	for _, cell := range c.sum.Cells {
		own, known := cell.Own.Known()
		_, applicant, has := strings.Cut(string(cell.Cell.Code), "/")
		if cell.Sum == 0 && own == 0 || has && applicant != string(standard.Total) {
			continue
		}
		row := []string{Label(c.sum.Format, cell.Cell.Code) + " " + string(cell.Cell.Code), cell.Sum.String(), strconv.Itoa(cell.Counted), "—", "—", orText(words[cell.Result], "—")}
		if known {
			row[3], row[4] = own.String(), cell.Diff.String()
		}
		b.Rows = append(b.Rows, row)
	}
	if len(b.Rows) == 1 {
		b.Rows = append(b.Rows, []string{"无", "—", "—", "—", "—", "—"})
	}
	return b
}
