package papers

import (
	"fmt"
	"strings"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// tables is the sheet of the statutory tables, each cell the sum of its column on
// the sheet of the members.
func (b *rollUpBook) tables() *bookRows {
	r := &bookRows{widths: []float64{42, 16, 16, 16, 16, 16, 16, 16}}
	r.add(styled(b.styles.title, "", b.Say("%s %d 年度政府信息公开工作年度报告汇总表", b.sheet.Region.Name, b.sheet.Year)))
	r.add(b.coverageLine())
	titles := map[standard.Table]string{standard.Disclosure: "二、主动公开政府信息情况", standard.Requests: "三、收到和处理政府信息公开申请情况",
		standard.Appeals: "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", standard.Statistics: "政府信息公开工作情况统计表"}
	for _, t := range b.form.Tables() {
		r.add()
		r.add(styled(b.styles.title, "", b.Say(titles[t])))
		cells := b.form.TableCells(t)
		for from := 0; from < len(cells); {
			to := from
			for to < len(cells) && cells[to].Block == cells[from].Block {
				to++
			}
			b.block(r, cells[from:to])
			from = to
		}
	}
	return r
}

// coverageLine says what the sums stand on.
func (b *rollUpBook) coverageLine() string {
	s := b.sheet.Basis
	return b.Say("格式 %s；应发布 %d，已发布 %d，计入 %d，待复核 %d，未发布 %d，未能查看 %d。缺的不补，空白不当作零。",
		b.sheet.Format, s.Due, s.Published, s.Usable, s.NeedsReview, s.Missing, s.Unknown)
}

// block writes one block of a table. Where one row has several labels, as in the
// table of reviews and suits, they stand above the columns.
func (b *rollUpBook) block(r *bookRows, cells []standard.Cell) {
	wide := len(cells) > 1 && cells[0].Row == cells[1].Row && cells[0].RowLabel != cells[len(cells)-1].RowLabel && cells[0].Row == cells[len(cells)-1].Row
	var groups, head []any
	groups, head = append(groups, ""), append(head, styled(b.styles.head, "", b.Say("项目")))
	for _, cell := range cells {
		if cell.Row != cells[0].Row {
			break
		}
		groups = append(groups, styled(b.styles.head, "", b.Label(cell.RowLabel)))
		head = append(head, styled(b.styles.head, "", b.Label(cell.ColumnLabel)))
	}
	if wide {
		r.add(groups...)
		b.mergeGroups(r, cells)
	}
	r.add(head...)
	var row []any
	for i, cell := range cells {
		if i == 0 || cell.Row != cells[i-1].Row {
			if row != nil {
				r.add(row...)
			}
			label := b.Label(cell.RowLabel)
			if wide {
				label = b.Say("件数")
			}
			row = []any{styled(b.styles.label, "", label)}
		}
		row = append(row, b.sum(r, cell, len(row)+1))
	}
	r.add(row...)
}

// mergeGroups merges the labels that stand above several columns.
func (b *rollUpBook) mergeGroups(r *bookRows, cells []standard.Cell) {
	for from := 0; from < len(cells); {
		to := from
		for to < len(cells) && cells[to].RowLabel == cells[from].RowLabel {
			to++
		}
		if to-from > 1 {
			r.merged = append(r.merged, [2]string{address(from+2, len(r.rows)), address(to+1, len(r.rows))})
		}
		from = to
	}
}

// sum is a cell of the form: the sum over the members, and the place is kept for
// the other sheets.
func (b *rollUpBook) sum(r *bookRows, cell standard.Cell, column int) any {
	b.at[cell.Code] = address(column, len(r.rows)+1)
	formula := fmt.Sprintf("SUM('%s'!%s)", b.Say(sheetMembers), b.memberRange(cell))
	return styled(b.styles.cell, formula, b.sheet.Cells[cell.Index].Sum.Float())
}

// ref is a cell of the statutory tables, from another sheet.
func (b *rollUpBook) ref(code standard.CellCode) string {
	return "'" + b.Say(sheetTables) + "'!" + b.at[code]
}

func (b *rollUpBook) refs(codes []standard.CellCode) string {
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = b.ref(code)
	}
	return strings.Join(list, "+")
}

// an equation is a relation that the form requires of the sums.
type equation struct {
	rule, subject string
	left, right   []standard.CellCode
}

func (b *rollUpBook) equations() []equation {
	var list []equation
	if b.sheet.Format != standard.F2014 {
		for _, c := range standard.Columns() {
			at := func(row string) standard.CellCode { return standard.At(row, c) }
			list = append(list, equation{"requests.balance", string(c),
				[]standard.CellCode{at("requests.new"), at("requests.carried_in")}, []standard.CellCode{at("outcome.total"), at("requests.carried_out")}})
		}
	}
	for _, sum := range standard.Sums(b.sheet.Format) {
		list = append(list, equation{sum.Rule, sum.Subject, sum.Parts, []standard.CellCode{sum.Total}})
	}
	return list
}

// checks is the sheet of the identities over the sums. Where a member has no figure
// in one of the cells, a difference proves nothing.
func (b *rollUpBook) checks() *bookRows {
	r := &bookRows{widths: []float64{24, 36, 14, 14, 14, 14, 14}}
	r.add(b.heads("规则", "对象", "左边", "右边", "相差", "缺数", "结果")...)
	for _, e := range b.equations() {
		n := len(r.rows) + 1
		left, right := b.amount(e.left), b.amount(e.right)
		lacking := b.lacking(e)
		r.add(styled(b.styles.label, "", e.rule), styled(b.styles.label, "", e.subject),
			styled(b.styles.cell, b.refs(e.left), left.Float()), styled(b.styles.cell, b.refs(e.right), right.Float()),
			styled(b.styles.cell, fmt.Sprintf("C%d-D%d", n, n), (left-right).Float()),
			styled(b.styles.cell, b.lackingFormula(e), lacking),
			styled(b.styles.cell, fmt.Sprintf(`IF(ROUND(E%d,6)=0,"%s",IF(F%d>0,"%s","%s"))`, n, b.Say("相符"), n, b.Say("不能判断"), b.Say("不符")), b.checkWord(left-right, lacking)))
	}
	return r
}

func (b *rollUpBook) checkWord(diff report.Amount, lacking int) string {
	switch {
	case diff == 0:
		return b.Say("相符")
	case lacking > 0:
		return b.Say("不能判断")
	}
	return b.Say("不符")
}

func (b *rollUpBook) amount(codes []standard.CellCode) (sum report.Amount) {
	for _, code := range codes {
		cell, _ := b.form.Cell(code)
		sum += b.sheet.Cells[cell.Index].Sum
	}
	return sum
}

// lacking counts the figures of an equation that counted members do not have.
func (b *rollUpBook) lacking(e equation) (n int) {
	for _, code := range append(append([]standard.CellCode(nil), e.left...), e.right...) {
		cell, _ := b.form.Cell(code)
		c := b.sheet.Cells[cell.Index]
		n += c.Blank + c.Absent
	}
	return n
}

// lackingFormula counts the same on the sheet of the members: those counted less
// those with a figure, over all cells.
func (b *rollUpBook) lackingFormula(e equation) string {
	cells := len(e.left) + len(e.right)
	counted := fmt.Sprintf(`%d*COUNTIF('%s'!B%d:B%d,"%s")`, cells, b.Say(sheetMembers), memberFirst, b.memberLast(), b.Say("计入"))
	for _, code := range append(append([]standard.CellCode(nil), e.left...), e.right...) {
		cell, _ := b.form.Cell(code)
		counted += fmt.Sprintf("-'%s'!%s", b.Say(sheetMembers), address(memberCells+cell.Index, memberCount))
	}
	return counted
}

func (b *rollUpBook) heads(names ...string) []any {
	row := make([]any, len(names))
	for i, name := range names {
		row[i] = styled(b.styles.head, "", b.Say(name))
	}
	return row
}

// own sets the region's own report beside the sums. With members left out the sum
// is only the lower end of an interval, and the remainder is stated.
func (b *rollUpBook) own() *bookRows {
	r := &bookRows{widths: []float64{34, 40, 18, 8, 12, 10, 10, 12, 12, 16, 24, 40}}
	r.add(b.heads("统计项", "行", "列", "计量单位", "各单位合计", "计入", "未计入", "本级报告", "余数", "全部单位合计", "结果", "可以解释差额的单位")...)
	judged := b.sheet.Scope.Known && b.sheet.Scope.Whole
	for i, cell := range b.form.Cells {
		c, n := b.sheet.Cells[i], len(r.rows)+1
		row := []any{styled(b.styles.label, "", string(cell.Code)), styled(b.styles.label, "", b.Label(cell.RowLabel)), styled(b.styles.label, "", b.Label(cell.ColumnLabel)),
			styled(b.styles.cell, "", b.Say(string(cell.Unit))), styled(b.styles.cell, b.ref(cell.Code), c.Sum.Float()),
			styled(b.styles.cell, fmt.Sprintf("'%s'!%s", b.Say(sheetMembers), address(memberCells+cell.Index, memberCount)), c.Counted),
			styled(b.styles.cell, fmt.Sprintf("%d-F%d", len(b.sheet.Members), n), c.LeftOut)}
		own, known := c.Own.Known()
		if !known {
			r.add(append(row, styled(b.styles.cell, "", nil), styled(b.styles.cell, "", nil), b.interval(n, c.LeftOut, c.Sum, cell))...)
			continue
		}
		row = append(row, styled(b.styles.cell, "", own.Float()), styled(b.styles.cell, fmt.Sprintf("H%d-E%d", n, n), c.Diff.Float()), b.interval(n, c.LeftOut, c.Sum, cell))
		if judged {
			formula := fmt.Sprintf(`IF(AND(I%d=0,G%d=0),"%s",IF(OR(I%d<0,G%d=0),"%s","%s"))`, n, n, b.Say("相等"), n, n, b.Say("不同"), b.Say("不能判断，余数见左"))
			if cell.Signed() {
				formula = fmt.Sprintf(`IF(G%d>0,"%s",IF(I%d=0,"%s","%s"))`, n, b.Say("不能判断，余数见左"), n, b.Say("相等"), b.Say("不同"))
			}
			row = append(row, styled(b.styles.cell, formula, b.Say(ownWord(c.Result))))
		} else {
			row = append(row, styled(b.styles.cell, "", b.Say("本级未说明范围，不判断")))
		}
		r.add(append(row, styled(b.styles.label, "", b.because(c)))...)
	}
	return r
}

func ownWord(result report.Result) string {
	switch result {
	case report.Pass:
		return "相等"
	case report.Fail:
		return "不同"
	}
	return "不能判断，余数见左"
}

// interval is what the sum over all members can be.
func (b *rollUpBook) interval(row, leftOut int, sum report.Amount, cell standard.Cell) any {
	if cell.Signed() {
		return styled(b.styles.cell, fmt.Sprintf(`IF(G%d=0,E%d,"%s")`, row, row, b.Say("不知")), either(leftOut == 0, any(sum.Float()), any(b.Say("不知"))))
	}
	return styled(b.styles.cell, fmt.Sprintf(`IF(G%d=0,E%d,"%s "&E%d)`, row, row, b.Say("不少于"), row), either(leftOut == 0, any(sum.Float()), any(b.Say("不少于")+" "+sum.String())))
}

func either[T any](is bool, yes, no T) T {
	if is {
		return yes
	}
	return no
}

// because names the units that would explain a gap, each with the figure that does.
func (b *rollUpBook) because(c aggregate.RollUpCell) string {
	list := make([]string, len(c.Explain))
	for i, e := range c.Explain {
		list[i] = b.Say("%s（%s）", e.Name, b.Say(HowWords(e.How)))
	}
	return inertText(strings.Join(list, b.Say("；")))
}

// HowWords says in Chinese by which figure a unit would explain a gap.
func HowWords(how aggregate.How) string {
	switch how {
	case aggregate.HowAlone:
		return "唯一没有数的单位，须补余数"
	case aggregate.HowReading:
		return "待复核的读数恰为余数"
	case aggregate.HowOver:
		return "其数恰为合计多出之数"
	}
	return "其数恰为余数"
}

// explainers says which units would explain gaps in how many cells.
func (b *rollUpBook) explainers() string {
	if len(b.sheet.Explain) == 0 {
		return b.Say("没有一个单位能单独解释差额。")
	}
	list := make([]string, len(b.sheet.Explain))
	for i, e := range b.sheet.Explain {
		list[i] = b.Say("%s %d 格（%s）", e.Name, e.Cells, b.Say(HowWords(e.How)))
	}
	return b.Say("能单独解释差额的单位：") + strings.Join(list, b.Say("；")) + b.Say("。")
}

// notes says how to read the workbook.
func (b *rollUpBook) notes() *bookRows {
	r := &bookRows{widths: []float64{110}}
	scope := b.Say("本级报告没有写明是否汇总各单位，不与合计核对。")
	switch s := b.sheet.Scope; {
	case b.sheet.Own == nil || b.sheet.Own.Version == 0:
		scope = b.Say("没有本级报告。")
	case s.Known && s.Whole:
		scope = b.Say("本级报告写明汇总各单位：“%s”", s.Says.Text)
	case s.Known:
		scope = b.Say("本级报告写明只含本级：“%s”", s.Says.Text)
	}
	for _, line := range []string{
		b.Say("%s %d 年度汇总", b.sheet.Region.Name, b.sheet.Year),
		b.coverageLine(),
		b.Say("汇总表的每一格都是“各单位”表的合计公式；在“各单位”表补数或改数，各表随之改变。"),
		b.Say("空白、划线、文字和缺项不是数，不计入合计；未计入的单位只使合计成为下限。"),
		b.Say("“可以解释差额的单位”：其数恰等于差额，或唯一没有数的单位；只是算术，不是原因。"),
		b.explainers(),
		scope,
		b.Say("数据截至第 %d 批次。", b.sheet.AsOf),
	} {
		r.add(line)
	}
	if b.sheet.Demo {
		r.add(b.Say("示例数据，均为虚构。"))
	}
	return r
}
