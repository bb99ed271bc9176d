package extract

import (
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"gongkai/internal/standard"
)

// drawForm fills a form with figures and writes it as text with one cell a line, some
// labels broken over two. It returns the lines, and the rows that a reader sees: the
// key of the last label, then the figures.
func drawForm(t *rapid.T) (lines []string, rows [][]string) {
	form := standard.FormOf(rapid.SampledFrom(standard.Formats()).Draw(t, "format"))
	w := &formWriter{t: t}
	w.line("示例街道政府信息公开工作年度报告")
	for _, table := range form.Tables() {
		switch table {
		case standard.Disclosure:
			w.line("二、主动公开政府信息情况")
			w.blocks(form.TableCells(table))
		case standard.Requests:
			w.line("三、收到和处理政府信息公开申请情况")
			w.requests(form.TableCells(table))
		case standard.Appeals:
			w.line("四、政府信息公开行政复议、行政诉讼情况")
			w.appeals(form.TableCells(table))
		case standard.Statistics:
			w.line("政府信息公开情况统计表")
			w.statistics(form.TableCells(table))
		}
	}
	w.line("五、存在的主要问题及改进情况")
	w.line("本年度未发现突出问题。")
	return w.lines, w.rows
}

type formWriter struct {
	t     *rapid.T
	lines []string
	rows  [][]string
}

func (w *formWriter) line(s string) { w.lines = append(w.lines, s) }

// label writes a label, perhaps in two pieces. A piece that is a label by itself would
// be another label.
func (w *formWriter) label(s string) {
	runes := []rune(s)
	if len(runes) > 4 && rapid.IntRange(0, 3).Draw(w.t, "broken") == 0 {
		at := rapid.IntRange(2, len(runes)-2).Draw(w.t, "at")
		first, second := string(runes[:at]), string(runes[at:])
		if labelOf(first) == noLabel && labelOf(second) == noLabel && !isValue(first) && !isValue(second) && numbering(second) == 0 {
			w.line(first)
			w.line(second)
			return
		}
	}
	w.line(s)
}

// figures writes as many figures and adds the row.
func (w *formWriter) figures(label string, n int) {
	row := []string{labelKey(label)}
	for range n {
		v := strconv.Itoa(rapid.SampledFrom([]int{0, 0, 0, 1, 12, 305}).Draw(w.t, "figure"))
		w.line(v)
		row = append(row, v)
	}
	w.rows = append(w.rows, row)
}

func (w *formWriter) blocks(cells []standard.Cell) {
	items := []string{"", "一", "五", "六", "八", "九"}
	for i := 0; i < len(cells); {
		block := i
		w.line("第二十条第（" + items[cells[i].Block] + "）项")
		w.label("信息内容")
		for j := block; j < len(cells) && cells[j].Block == cells[block].Block && cells[j].Row == 1; j++ {
			w.label(cells[j].ColumnLabel.ZH)
		}
		for i < len(cells) && cells[i].Block == cells[block].Block {
			n := 1
			for i+n < len(cells) && cells[i+n].Row == cells[i].Row && cells[i+n].Block == cells[i].Block {
				n++
			}
			w.label(cells[i].RowLabel.ZH)
			w.figures(cells[i].RowLabel.ZH, n)
			i += n
		}
	}
}

func (w *formWriter) requests(cells []standard.Cell) {
	w.line("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）")
	for _, s := range []string{"申请人情况", "自然人", "法人或其他组织", "总计", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"} {
		w.label(s)
	}
	group := ""
	for i := 0; i < len(cells); i += 7 {
		label := cells[i].RowLabel.ZH
		if cells[i].Row == 3 {
			w.line("三、本年度办理结果")
		}
		if above, own, ok := strings.Cut(label, "/"); ok {
			if above != group {
				w.label(above)
				group = above
			}
			label = own
		}
		w.label(label)
		w.figures(label, 7)
	}
}

func (w *formWriter) appeals(cells []standard.Cell) {
	results := []string{"结果维持", "结果纠正", "其他结果", "尚未审结", "总计"}
	for _, s := range []string{"行政复议", "行政诉讼"} {
		w.line(s)
	}
	for i := range 3 {
		for _, s := range results {
			w.label(s)
		}
		if i == 0 {
			w.label("未经复议直接起诉")
			w.label("复议后起诉")
		}
	}
	w.figures("", len(cells))
}

func (w *formWriter) statistics(cells []standard.Cell) {
	unit := rapid.Bool().Draw(w.t, "units")
	w.line("指标名称")
	if unit {
		w.line("单位")
	}
	w.line("统计数")
	for _, c := range cells {
		label := c.RowLabel.ZH
		label = label[strings.LastIndexByte(label, '/')+1:]
		w.label(label)
		if unit {
			w.line(string(c.Unit))
		}
		w.figures(label, 1)
		if unit {
			row := w.rows[len(w.rows)-1]
			w.rows[len(w.rows)-1] = []string{row[0], string(c.Unit), row[1]}
		}
	}
}
