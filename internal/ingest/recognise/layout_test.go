package recognise

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A drawn cell is a cell of a table before it is laid out.
type drawn struct {
	text       string
	rows, cols int
	figure     bool
	stub       bool // a label beside figures
	group      bool // a label that covers several rows
	money      bool
}

// A drawing is a table as rows of cells, with the number of its header rows.
type drawing struct {
	rows   [][]drawn
	header int
	table  standard.Table
}

// figuresOf draws a random figure for every cell of a form: mostly zeros, as offices
// have them, with some blanks and dashes.
func figuresOf(form *standard.Form, rng *rand.Rand) []string {
	texts := make([]string, len(form.Cells))
	for i, c := range form.Cells {
		switch n := rng.IntN(20); {
		case n < 9:
			texts[i] = "0"
		case n == 9:
			texts[i] = ""
		case n == 10:
			texts[i] = "/"
		case c.Unit.Money() && n > 15:
			texts[i] = fmt.Sprintf("%d.%02d", rng.IntN(9000), 1+rng.IntN(99))
		case n == 11:
			texts[i] = fmt.Sprint(1000 + rng.IntN(90000))
		case c.Signed() && n > 15:
			texts[i] = fmt.Sprintf("-%d", 1+rng.IntN(30))
		default:
			texts[i] = fmt.Sprint(1 + rng.IntN(400))
		}
	}
	for i := 0; i < len(form.Cells); i++ {
		if form.Cells[i].Table == standard.Requests {
			texts[i+6] = sumOf(texts[i : i+6])
			i += 6
		}
	}
	return texts
}

// sumOf adds figures up, as the last column of the requests table does.
func sumOf(texts []string) string {
	sum := 0
	for _, s := range texts {
		n, err := strconv.Atoi(s)
		if err == nil {
			sum += n
		}
	}
	return strconv.Itoa(sum)
}

// draw draws the tables of a form as its letter has them.
func draw(form *standard.Form, texts []string) []*drawing {
	if form.Format == standard.F2014 {
		return []*drawing{drawStatistics(form, texts)}
	}
	return []*drawing{drawDisclosure(form, texts), drawRequests(form, texts), drawAppeals(form, texts)}
}

func figureCellOf(texts []string, c standard.Cell, cols int) drawn {
	return drawn{text: texts[c.Index], rows: 1, cols: cols, figure: true, money: c.Unit.Money()}
}

func drawStatistics(form *standard.Form, texts []string) *drawing {
	d := &drawing{table: standard.Statistics, header: 1, rows: [][]drawn{{{text: "指标名称", rows: 1, cols: 1}, {text: "单位", rows: 1, cols: 1}, {text: "统计数", rows: 1, cols: 1}}}}
	for _, c := range form.Cells {
		parts := strings.Split(c.RowLabel.ZH, "/")
		d.rows = append(d.rows, []drawn{{text: parts[len(parts)-1], rows: 1, cols: 1, stub: true}, {text: string(c.Unit), rows: 1, cols: 1}, figureCellOf(texts, c, 1)})
	}
	return d
}

func drawDisclosure(form *standard.Form, texts []string) *drawing {
	d := &drawing{table: standard.Disclosure}
	cells := form.TableCells(standard.Disclosure)
	for block := 1; block <= cells[len(cells)-1].Block; block++ {
		in := slices.DeleteFunc(slices.Clone(cells), func(c standard.Cell) bool { return c.Block != block })
		width := in[len(in)-1].Column
		spans := map[int][]int{1: {3}, 2: {1, 2}, 3: {1, 1, 1}}[width]
		d.rows = append(d.rows, []drawn{{text: fmt.Sprintf("第二十条第（%s）项", []string{"一", "五", "六", "八", "九"}[block-1]), rows: 1, cols: 4}})
		head := []drawn{{text: "信息内容", rows: 1, cols: 1}}
		for i := range width {
			head = append(head, drawn{text: in[i].ColumnLabel.ZH, rows: 1, cols: spans[i]})
		}
		d.rows = append(d.rows, head)
		for i := 0; i < len(in); i += width {
			row := []drawn{{text: in[i].RowLabel.ZH, rows: 1, cols: 1, stub: true}}
			for k := range width {
				row = append(row, figureCellOf(texts, in[i+k], spans[k]))
			}
			d.rows = append(d.rows, row)
		}
	}
	return d
}

func drawRequests(form *standard.Form, texts []string) *drawing {
	d := &drawing{table: standard.Requests, header: 3}
	one := func(text string) drawn { return drawn{text: text, rows: 1, cols: 1} }
	d.rows = [][]drawn{
		{{text: "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", rows: 3, cols: 3}, {text: "申请人情况", rows: 1, cols: 7}},
		{{text: "自然人", rows: 2, cols: 1}, {text: "法人或其他组织", rows: 1, cols: 5}, {text: "总计", rows: 2, cols: 1}},
		{one("商业企业"), one("科研机构"), one("社会公益组织"), one("法律服务机构"), one("其他")},
	}
	cells := form.TableCells(standard.Requests)
	group := ""
	results := len(cells)/7 - 3
	for i := 0; i < len(cells); i += 7 {
		parts := strings.Split(cells[i].RowLabel.ZH, "/")
		var row []drawn
		if i/7 == 2 {
			row = append(row, drawn{text: "三、本年度办理结果", rows: results, cols: 1, stub: true, group: true})
		}
		if len(parts) == 2 && parts[0] != group {
			n := 0
			for k := i; k < len(cells) && strings.HasPrefix(cells[k].RowLabel.ZH, parts[0]+"/"); k += 7 {
				n++
			}
			row = append(row, drawn{text: parts[0], rows: n, cols: 1, stub: true, group: true})
		}
		group = parts[0]
		label := drawn{text: parts[len(parts)-1], rows: 1, cols: 1, stub: true}
		if len(parts) == 1 {
			label.cols = 2
			if i/7 < 2 || i+7 == len(cells) {
				label.cols = 3
			}
		}
		row = append(row, label)
		for k := range 7 {
			row = append(row, figureCellOf(texts, cells[i+k], 1))
		}
		d.rows = append(d.rows, row)
	}
	return d
}

func drawAppeals(form *standard.Form, texts []string) *drawing {
	d := &drawing{table: standard.Appeals, header: 3}
	results := []string{"结果维持", "结果纠正", "其他结果", "尚未审结", "总计"}
	first := []drawn{{text: "行政复议", rows: 1, cols: 5}, {text: "行政诉讼", rows: 1, cols: 10}}
	var second, third, row []drawn
	for _, r := range results {
		second = append(second, drawn{text: r, rows: 2, cols: 1})
	}
	second = append(second, drawn{text: "未经复议直接起诉", rows: 1, cols: 5}, drawn{text: "复议后起诉", rows: 1, cols: 5})
	for range 2 {
		for _, r := range results {
			third = append(third, drawn{text: r, rows: 1, cols: 1})
		}
	}
	for _, c := range form.TableCells(standard.Appeals) {
		row = append(row, figureCellOf(texts, c, 1))
	}
	d.rows = [][]drawn{first, second, third, row}
	return d
}

// grid lays a drawing out as a browser does: each cell takes the first free column of
// its row, and covers what its spans say.
func (d *drawing) grid(number int) *extract.Grid {
	g := &extract.Grid{Number: number, Rows: len(d.rows)}
	taken := map[[2]int]bool{}
	for r, row := range d.rows {
		col := 0
		for _, c := range row {
			for taken[[2]int{r, col}] {
				col++
			}
			rows := min(c.rows, len(d.rows)-r)
			for i := range rows {
				for k := range c.cols {
					taken[[2]int{r + i, col + k}] = true
				}
			}
			g.Cells = append(g.Cells, extract.Cell{Row: r, Column: col, RowSpan: rows, ColSpan: c.cols, Text: c.text,
				Place: report.Place{Table: number, Row: r + 1, Column: col + 1}})
			col += c.cols
			g.Columns = max(g.Columns, col)
		}
	}
	return g
}

// blocksOf lays out drawings one after another.
func blocksOf(drawings []*drawing) []extract.Block {
	var blocks []extract.Block
	for i, d := range drawings {
		blocks = append(blocks, extract.Block{Grid: d.grid(i + 1)})
	}
	return blocks
}
