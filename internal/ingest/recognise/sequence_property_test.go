package recognise

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A seqWriter writes the stream of a report in any legal order and spelling, as if
// it had been read from a document, and keeps what each cell should be read as.
type seqWriter struct {
	rng    *rand.Rand
	form   *standard.Form
	blanks bool // some figures are blank: then a reader may have to doubt
	merge  int  // 0: merged labels stand once, 1: repeated, 2: left blank
	want   []report.Value
	blocks []extract.Block
	grid   *extract.Grid
}

func (w *seqWriter) cells(texts ...string) {
	for _, text := range texts {
		w.grid.Cells = append(w.grid.Cells, extract.Cell{Text: text})
	}
}

func (w *seqWriter) newGrid() {
	w.grid = &extract.Grid{}
	w.blocks = append(w.blocks, extract.Block{Grid: w.grid})
}

func (w *seqWriter) chance(n int) bool { return w.rng.IntN(n) == 0 }

// label spells a label in one of the ways that mean the same.
func (w *seqWriter) label(text string) string {
	runes := []rune(text)
	switch w.rng.IntN(8) {
	case 0:
		at := 1 + w.rng.IntN(len(runes)-1)
		return string(runes[:at]) + "\n" + string(runes[at:])
	case 1:
		at := 1 + w.rng.IntN(len(runes)-1)
		return " " + string(runes[:at]) + "　" + string(runes[at:]) + " "
	case 2:
		return text + "（2020年起统计，含12项）"
	case 3:
		return strings.NewReplacer("（", "(", "）", ")", "、", "，", "1.", "１．", "2.", "2、", "规", "規", "数", "數", "计", "計").Replace(text)
	}
	return text
}

// figure prints a figure for a cell and keeps what it means.
func (w *seqWriter) figure(cell *standard.Cell) string {
	v := &w.want[cell.Index]
	n := int64(0)
	if w.chance(3) {
		n = w.rng.Int64N(5000)
	}
	v.State, v.Amount = report.Printed, report.Count(n)
	switch {
	case w.blanks && w.chance(5):
		v.State, v.Amount = report.Blank, 0
		return [...]string{"", "\u00a0", " 　"}[w.rng.IntN(3)]
	case w.chance(12):
		v.State, v.Amount = report.Dash, 0
		return [...]string{"-", "—", "/", "无", "——"}[w.rng.IntN(5)]
	case cell.Unit.Money() && n > 0 && w.chance(2):
		return [...]string{fmt.Sprintf("%d万元", n), fmt.Sprintf("%d0000元", n), fmt.Sprintf("%d.00", n)}[w.rng.IntN(3)]
	case cell.Signed() && n > 0 && w.chance(2):
		v.Amount = -v.Amount
		return [...]string{fmt.Sprintf("-%d", n), fmt.Sprintf("减%d", n), fmt.Sprintf("－%d", n)}[w.rng.IntN(3)]
	case n >= 1000 && w.chance(2):
		return fmt.Sprintf("%d，%03d", n/1000, n%1000)
	case w.chance(6):
		return fmt.Sprintf(" %d　", n)
	case w.chance(6) && !cell.Unit.Money():
		return fmt.Sprintf("%d%s", n, [...]string{"件", "项", "条"}[w.rng.IntN(3)])
	}
	return fmt.Sprint(n)
}

// row writes the figures of the cells in order.
func (w *seqWriter) row(cells []*standard.Cell) {
	for _, cell := range cells {
		w.cells(w.figure(cell))
	}
}

// foreign writes a row that the form does not know, in a table of n columns.
func (w *seqWriter) foreign(n int) {
	w.cells([...]string{"其中：通过网络渠道提交", "其他主动公开文件", "转办事项办理数量"}[w.rng.IntN(3)])
	for range n {
		w.cells(fmt.Sprint(7000 + w.rng.IntN(1000)))
	}
}

// unrelated writes a table of something else.
func (w *seqWriter) unrelated() {
	w.newGrid()
	w.cells("序号", "信息名称", "浏览量", "1", "便民服务指南", "5120", "2", "本周热点信息", "88")
}

// disclosure writes the blocks of article 20, each in a table of its own or not.
func (w *seqWriter) disclosure() {
	cells := w.form.TableCells(standard.Disclosure)
	apart := w.chance(2)
	for from := 0; from < len(cells); {
		to := from
		for to < len(cells) && cells[to].Block == cells[from].Block {
			to++
		}
		if apart {
			w.newGrid()
		}
		w.block(cells[from:to])
		from = to
	}
}

// block writes one block, its columns in any order and its rows in theirs.
func (w *seqWriter) block(cells []standard.Cell) {
	rows := map[int][]*standard.Cell{}
	for i := range cells {
		rows[cells[i].Row] = append(rows[cells[i].Row], &cells[i])
	}
	order := w.rng.Perm(len(rows[1]))
	w.cells("第二十条第（一）项", "信息内容")
	for _, i := range order {
		w.cells(w.label(rows[1][i].ColumnLabel.ZH))
	}
	for row := 1; row <= len(rows); row++ {
		w.cells(w.label(rows[row][0].RowLabel.ZH))
		var inOrder []*standard.Cell
		for _, i := range order {
			inOrder = append(inOrder, rows[row][i])
		}
		w.row(inOrder)
		if w.chance(6) {
			w.foreign(len(order))
		}
	}
}

// requests writes the requests table with its columns in any order that the header
// can say, cut anywhere between rows, with the header repeated or not.
func (w *seqWriter) requests() {
	top := [][]standard.Applicant{{standard.Natural}, {standard.Business, standard.Research, standard.Nonprofit, standard.Legal, standard.OtherOrg}, {standard.Total}}
	w.rng.Shuffle(len(top), func(i, j int) { top[i], top[j] = top[j], top[i] })
	for _, group := range top {
		if len(group) > 1 && w.chance(2) {
			w.rng.Shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
		}
	}
	w.requestsHeader(top)
	groups := []string{"", ""}
	for _, row := range standard.RequestRows(w.form.Format) {
		if w.chance(12) {
			w.newGrid()
			groups = []string{"", ""}
			if w.chance(2) {
				w.requestsHeader(top)
			}
		}
		cell, _ := w.form.Cell(standard.At(row, standard.Natural))
		groups = w.stub(row, cell.RowLabel.ZH, groups)
		var cells []*standard.Cell
		for _, column := range slices.Concat(top...) {
			c, _ := w.form.Cell(standard.At(row, column))
			cells = append(cells, &c)
		}
		w.row(cells)
		if w.chance(15) {
			w.foreign(7)
		}
	}
}

// stub writes the labels of a row of the requests table.
func (w *seqWriter) stub(row, label string, last []string) []string {
	path := strings.Split(label, "/")
	groups := []string{"", ""}
	if strings.HasPrefix(row, "outcome.") {
		groups[0] = "三、本年度办理结果"
	}
	if len(path) > 1 {
		groups[1] = path[0]
	}
	for i, group := range groups {
		switch {
		case group == "":
		case group != last[i] || w.merge == 1:
			w.cells(w.label(group))
		case w.merge == 2:
			w.cells("")
		}
	}
	w.cells(w.label(path[len(path)-1]))
	return groups
}

// requestsHeader writes the header in the way merged cells are written here.
func (w *seqWriter) requestsHeader(top [][]standard.Applicant) {
	name := func(c standard.Applicant) string {
		cell, _ := w.form.Cell(standard.At("requests.new", c))
		return cell.ColumnLabel.ZH
	}
	w.cells("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", "申请人情况")
	for _, group := range top {
		if len(group) > 1 {
			w.cells(w.label("法人或其他组织"))
		} else {
			w.cells(w.label(name(group[0])))
		}
	}
	for _, group := range top {
		for _, c := range group {
			switch {
			case len(group) > 1 || w.merge == 1:
				w.cells(name(c))
			case w.merge == 2:
				w.cells("")
			}
		}
	}
}

// appeals writes the appeals table.
func (w *seqWriter) appeals() {
	w.cells("行政复议", "行政诉讼")
	results := []string{"结果维持", "结果纠正", "其他结果", "尚未审结", "总计"}
	order := []int{0, 1, 2, 3, 4}
	if w.chance(2) {
		w.rng.Shuffle(5, func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	line := func() {
		for _, i := range order {
			w.cells(w.label(results[i]))
		}
	}
	line()
	w.cells(w.label("未经复议直接起诉"), w.label("复议后起诉"))
	if w.merge == 1 {
		line()
	} else if w.merge == 2 {
		w.cells("", "", "", "", "")
	}
	line()
	line()
	cells := w.form.TableCells(standard.Appeals)
	for kind := range 3 {
		for _, i := range order {
			w.row([]*standard.Cell{&cells[5*kind+i]})
		}
	}
}

// statistics writes the statistics table.
func (w *seqWriter) statistics() {
	units := w.chance(2)
	w.cells("指标名称")
	if units {
		w.cells("单位")
	}
	w.cells("统计数")
	cells := w.form.TableCells(standard.Statistics)
	for i := range cells {
		path := strings.Split(cells[i].RowLabel.ZH, "/")
		w.cells(w.label(path[len(path)-1]))
		if units {
			w.cells(string(cells[i].Unit))
		}
		w.row([]*standard.Cell{&cells[i]})
		if w.chance(12) {
			w.foreign(1)
		}
	}
}

// report writes a whole report.
func (w *seqWriter) report() {
	w.want = make([]report.Value, len(w.form.Cells))
	w.merge = w.rng.IntN(3)
	if w.chance(3) {
		w.unrelated()
	}
	w.newGrid()
	one := w.chance(4) // the whole report in one table
	for i, table := range w.form.Tables() {
		if i > 0 && !one {
			w.blocks = append(w.blocks, extract.Block{Paragraph: &extract.Paragraph{Text: "三、标题"}})
			w.newGrid()
		}
		switch table {
		case standard.Disclosure:
			w.disclosure()
		case standard.Requests:
			w.requests()
		case standard.Appeals:
			w.appeals()
		default:
			w.statistics()
		}
	}
	if w.chance(3) {
		w.unrelated()
	}
}

// TestSequenceProperty reads random figures in random legal streams. What is read
// without a doubt is what was written, always; and where no figure is blank nothing
// is doubted.
func TestSequenceProperty(t *testing.T) {
	rounds, doubted := 600, 0
	if testing.Short() {
		rounds = 60
	}
	for seed := range rounds {
		rng := rand.New(rand.NewPCG(uint64(seed), 20))
		form := standard.FormOf(standard.Formats()[seed%3])
		w := &seqWriter{rng: rng, form: form, blanks: seed%2 == 0}
		w.report()
		got := readSequence(w.blocks, form.Format)
		if vote := sequenceFormat(w.blocks); vote != form.Format {
			t.Errorf("seed %d: format %q, want %s", seed, vote, form.Format)
		}
		if len(got.doubts) > 0 {
			doubted++
			if !w.blanks {
				t.Errorf("seed %d: doubt %s", seed, got.doubts[0].Text)
			}
		}
		for i, cell := range form.Cells {
			v, want := got.values[i], w.want[i]
			if (v.State != want.State || v.Amount != want.Amount) && !(v.State == report.Unread && len(got.doubts) > 0) {
				t.Errorf("seed %d: %s: %v %v from %q, want %v %v", seed, cell.Code, v.State, v.Amount, v.Text, want.State, want.Amount)
				break
			}
		}
	}
	t.Logf("%d of %d streams doubted", doubted, rounds)
}
