package export

import (
	"fmt"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// label is a label in the language of the book.
func (b *reportBook) label(l standard.Label) string {
	if b.english {
		return l.EN
	}
	return l.ZH
}

// either is one of two texts by the language of the book.
func (b *reportBook) either(zh, en string) string {
	if b.english {
		return en
	}
	return zh
}

// tables is the sheet of a report: its statutory tables in their layout.
func (b *reportBook) tables(r *bookReport) *sheet {
	s := &sheet{widths: []float64{44, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15}}
	s.add(styled(b.styles.title, inert(fmt.Sprintf("%s %d %s", r.agency.Name, r.head.Year, b.either("年度政府信息公开工作年度报告", "annual report on government information disclosure")))))
	s.add(fmt.Sprintf("%s %s · %s %s · %s %d · SHA-256 %s", b.either("格式", "format"), r.head.Format, b.either("状态", "status"), r.head.Status,
		b.either("版本", "version"), r.head.Number, r.head.Original))
	s.add(inert(r.head.URL))
	form := standard.FormOf(r.head.Format)
	titles := map[standard.Table]standard.Label{
		standard.Disclosure: {ZH: "二、主动公开政府信息情况", EN: "2. Information disclosed on the agency's own initiative"},
		standard.Requests:   {ZH: "三、收到和处理政府信息公开申请情况", EN: "3. Requests for information received and handled"},
		standard.Appeals:    {ZH: "四、政府信息公开行政复议、行政诉讼情况", EN: "4. Administrative reviews and lawsuits"},
		standard.Statistics: {ZH: "政府信息公开情况统计表", EN: "Statistics of information disclosure"}}
	for _, t := range form.Tables() {
		s.add()
		s.add(styled(b.styles.title, b.label(titles[t])))
		cells := form.TableCells(t)
		for from := 0; from < len(cells); {
			to := from
			for to < len(cells) && cells[to].Block == cells[from].Block {
				to++
			}
			b.block(s, r, cells[from:to])
			from = to
		}
	}
	return s
}

// block writes one block of a table: a head of column labels and a row for each row. Where
// one row has several row labels, as the table of reviews and suits, they stand above.
func (b *reportBook) block(s *sheet, r *bookReport, cells []standard.Cell) {
	last := cells[len(cells)-1]
	above := len(cells) > 1 && cells[0].Row == last.Row && cells[0].RowLabel != last.RowLabel
	groups, head := []any{styled(b.styles.head, nil)}, []any{styled(b.styles.head, b.either("项目", "item"))}
	for _, cell := range cells {
		if cell.Row != cells[0].Row {
			break
		}
		groups = append(groups, styled(b.styles.head, b.label(cell.RowLabel)))
		head = append(head, styled(b.styles.head, b.label(cell.ColumnLabel)))
	}
	if above {
		s.add(groups...)
		b.merge(s, cells)
	}
	s.add(head...)
	for from := 0; from < len(cells); {
		name := b.label(cells[from].RowLabel)
		if above {
			name = b.either("件数", "cases")
		}
		row, to := []any{styled(b.styles.label, name)}, from
		for ; to < len(cells) && cells[to].Row == cells[from].Row; to++ {
			r.at[cells[to].Code] = place(len(row)+1, len(s.rows)+1)
			row = append(row, styled(b.styles.cell, b.figure(r.values[cells[to].Index])))
		}
		s.add(row...)
		from = to
	}
}

// merge merges the labels that stand above several columns.
func (b *reportBook) merge(s *sheet, cells []standard.Cell) {
	for from := 0; from < len(cells); {
		to := from
		for to < len(cells) && cells[to].RowLabel == cells[from].RowLabel {
			to++
		}
		if to-from > 1 {
			s.merged = append(s.merged, [2]string{place(from+2, len(s.rows)), place(to+1, len(s.rows))})
		}
		from = to
	}
}

// figure is what stands in a cell: a number, nothing where the report has a blank, and
// else a word.
func (b *reportBook) figure(v report.Value) any {
	switch v.State {
	case report.Printed:
		return v.Amount.Float()
	case report.Blank:
		return nil
	case report.Dash:
		return "—"
	case report.Words:
		return b.either("文字", "words")
	case report.Unread:
		return b.either(unreadWord, "not read")
	}
	return b.either(absentWord, "not in the report")
}

// The words that take a cell out of an identity: it says nothing where one is in it.
const (
	absentWord = "缺项"
	unreadWord = "未能确读"
)

// An identity is a relation that the form requires.
type identity struct {
	rule, subject string
	left, right   []standard.CellCode
}

// identities returns what each report of a format must satisfy.
func identities(format standard.Format) []identity {
	var all []identity
	if format != standard.F2014 {
		for _, c := range standard.Columns() {
			at := func(row string) standard.CellCode { return standard.At(row, c) }
			all = append(all, identity{"requests.balance", string(c), []standard.CellCode{at("requests.new"), at("requests.carried_in")},
				[]standard.CellCode{at("outcome.total"), at("requests.carried_out")}})
		}
	}
	for _, sum := range standard.Sums(format) {
		all = append(all, identity{sum.Rule, sum.Subject, sum.Parts, []standard.CellCode{sum.Total}})
	}
	return all
}

// A total is what one side of an identity comes to.
type total struct {
	sum     report.Amount
	numbers int
	out     int // cells that take the side out: absent or unread
	of      int
}

func (r *bookReport) total(codes []standard.CellCode) total {
	t := total{of: len(codes)}
	for _, code := range codes {
		cell, _ := standard.FormOf(r.head.Format).Cell(code)
		v := r.values[cell.Index]
		if a, ok := v.Known(); ok {
			t.sum, t.numbers = t.sum+a, t.numbers+1
		} else if v.State == report.Absent || v.State == report.Unread {
			t.out++
		}
	}
	return t
}

// checks is the sheet that does the identities of all reports again. A blank may be any
// count, so a side with one is only a lower end.
func (b *reportBook) checks() *sheet {
	s := &sheet{widths: []float64{30, 26, 26, 12, 12, 12, 10, 10, 10, 14}}
	var head []any
	for _, l := range []standard.Label{{ZH: "报告", EN: "report"}, {ZH: "规则", EN: "rule"}, {ZH: "对象", EN: "subject"}, {ZH: "左边", EN: "left"}, {ZH: "右边", EN: "right"}, {ZH: "相差", EN: "difference"},
		{ZH: "左边缺数", EN: "left without number"}, {ZH: "右边缺数", EN: "right without number"}, {ZH: "缺项", EN: "out"}, {ZH: "结果", EN: "result"}} {
		head = append(head, styled(b.styles.head, b.label(l)))
	}
	s.add(head...)
	for i := range b.reports {
		r := &b.reports[i]
		for _, id := range identities(r.head.Format) {
			s.add(b.check(r, id, len(s.rows)+1)...)
		}
	}
	return s
}

func (b *reportBook) check(r *bookReport, id identity, n int) []any {
	left, right := r.total(id.left), r.total(id.right)
	out := left.out + right.out
	label, cell := b.styles.label, b.styles.cell
	return []any{styled(label, r.sheet), styled(label, id.rule), styled(label, id.subject),
		formula(cell, "SUM("+r.refs(id.left)+")", left.sum.Float()), formula(cell, "SUM("+r.refs(id.right)+")", right.sum.Float()),
		formula(cell, fmt.Sprintf("D%d-E%d", n, n), (left.sum - right.sum).Float()),
		formula(cell, fmt.Sprintf("%d-COUNT(%s)", left.of, r.refs(id.left)), left.of-left.numbers),
		formula(cell, fmt.Sprintf("%d-COUNT(%s)", right.of, r.refs(id.right)), right.of-right.numbers),
		formula(cell, b.outFormula(r, id), out),
		formula(cell, b.resultFormula(n), b.result(left, right, out))}
}

// refs are the cells of one side, on the sheet of their report.
func (r *bookReport) refs(codes []standard.CellCode) string {
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = "'" + r.sheet + "'!" + r.at[code]
	}
	return strings.Join(list, ",")
}

// outFormula counts the cells of an identity that are absent or unread.
func (b *reportBook) outFormula(r *bookReport, id identity) string {
	var terms []string
	for _, code := range append(append([]standard.CellCode(nil), id.left...), id.right...) {
		for _, word := range []string{b.either(absentWord, "not in the report"), b.either(unreadWord, "not read")} {
			terms = append(terms, fmt.Sprintf("('%s'!%s=%q)", r.sheet, r.at[code], word))
		}
	}
	return strings.Join(terms, "+")
}

// words are the results of an identity, in the language of the book.
func (b *reportBook) words() (holds, fails, open, none string) {
	return b.either("相符", "holds"), b.either("不符", "fails"), b.either("不能判断", "open"), b.either("不适用", "not applicable")
}

func (b *reportBook) resultFormula(n int) string {
	holds, fails, open, none := b.words()
	return strings.NewReplacer("#", fmt.Sprint(n), "holds", holds, "fails", fails, "open", open, "none", none).Replace(
		`IF(I#>0,"none",IF(AND(G#=0,H#=0),IF(ROUND(F#,6)=0,"holds","fails"),IF(OR(AND(H#=0,ROUND(F#,6)>0),AND(G#=0,ROUND(F#,6)<0)),"fails","open")))`)
}

// result is what resultFormula comes to now.
func (b *reportBook) result(left, right total, out int) string {
	holds, fails, open, none := b.words()
	diff, leftWhole, rightWhole := left.sum-right.sum, left.numbers == left.of, right.numbers == right.of
	switch {
	case out > 0:
		return none
	case leftWhole && rightWhole && diff == 0:
		return holds
	case leftWhole && rightWhole, rightWhole && diff > 0, leftWhole && diff < 0:
		return fails
	}
	return open
}
