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

// A style is one way in which offices lay tables out. It changes drawings so that a
// careful reader still sees the same figures.
type style struct {
	name  string
	kind  string
	apply func(ds []*drawing, rng *rand.Rand) []*drawing
}

// each changes the cells of the drawings one by one.
func each(f func(c *drawn, rng *rand.Rand)) func([]*drawing, *rand.Rand) []*drawing {
	return func(ds []*drawing, rng *rand.Rand) []*drawing {
		for _, d := range ds {
			for r := range d.rows {
				for i := range d.rows[r] {
					f(&d.rows[r][i], rng)
				}
			}
		}
		return ds
	}
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '!' && r <= '~' {
			return r + 0xfee0
		}
		return r
	}, s)
}

// styles are in the order in which they can be applied; of those of one kind a table
// has at most one.
var styles = []style{
	{"plain", "", func(ds []*drawing, _ *rand.Rand) []*drawing { return ds }},
	{"reordered columns", "", reorder},
	{"extra rows", "", func(ds []*drawing, rng *rand.Rand) []*drawing {
		for _, d := range ds {
			for r := len(d.rows) - 1; r > 0; r-- {
				row := d.rows[r]
				if d.table == standard.Disclosure && row[0].text == "规范性文件" || row[0].text == "一、本年新收政府信息公开申请数量" {
					extra := clone([][]drawn{row})[0]
					extra[0].text = "其他主动公开文件"
					for i := 1; i < len(extra); i++ {
						extra[i].text = fmt.Sprint(rng.IntN(9))
					}
					d.rows = slices.Insert(d.rows, r+1, extra)
				}
			}
		}
		return ds
	}},
	{"wrong row spans", "spans", func(ds []*drawing, rng *rand.Rand) []*drawing {
		for _, d := range ds {
			for r := range d.rows {
				for i := range d.rows[r] {
					if c := &d.rows[r][i]; c.group {
						c.rows = max(1, c.rows+rng.IntN(5)-2)
					}
				}
			}
		}
		return ds
	}},
	{"row spans as repeats", "spans", func(ds []*drawing, _ *rand.Rand) []*drawing { return unmerge(ds, true) }},
	{"row spans as blanks", "spans", func(ds []*drawing, _ *rand.Rand) []*drawing { return unmerge(ds, false) }},
	{"repeated header", "parts", func(ds []*drawing, rng *rand.Rand) []*drawing {
		for _, d := range ds {
			if d.table == standard.Requests {
				at := 6 + rng.IntN(len(d.rows)-8)
				rest := &drawing{rows: clone(d.rows[at:])}
				restoreStubs(d, at, rest, false)
				d.rows = slices.Concat(d.rows[:at], clone(d.rows[:3]), rest.rows)
			}
		}
		return ds
	}},
	{"split", "parts", func(ds []*drawing, rng *rand.Rand) []*drawing { return split(ds, rng, false) }},
	{"split with header", "parts", func(ds []*drawing, rng *rand.Rand) []*drawing { return split(ds, rng, true) }},
	{"blank row at the end", "", func(ds []*drawing, _ *rand.Rand) []*drawing {
		for _, d := range ds {
			last := d.rows[len(d.rows)-1]
			var blank []drawn
			for range last {
				blank = append(blank, drawn{rows: 1, cols: 1})
			}
			d.rows = append(d.rows, blank)
		}
		return ds
	}},
	{"broken labels", "", each(func(c *drawn, rng *rand.Rand) {
		if rs := []rune(c.text); !c.figure && len(rs) > 3 {
			at := 1 + rng.IntN(len(rs)-2)
			c.text = string(rs[:at]) + []string{"\n", " ", "　"}[rng.IntN(3)] + string(rs[at:])
		}
	})},
	{"full width", "", each(func(c *drawn, _ *rand.Rand) { c.text = fullWidth(c.text) })},
	{"padded figures", "", each(func(c *drawn, rng *rand.Rand) {
		if c.figure {
			c.text = []string{" ", "\u00a0", "　", ""}[rng.IntN(4)] + c.text + []string{" ", "\n", ""}[rng.IntN(3)]
		}
	})},
	{"numbering", "", each(func(c *drawn, rng *rand.Rand) {
		if c.stub {
			mark := []string{"、", "．", "）", " ", ""}[rng.IntN(5)]
			for d := '1'; d <= '9'; d++ {
				c.text = strings.Replace(c.text, string(d)+".", string(d)+mark, 1)
			}
			c.text = strings.NewReplacer("（", "(", "）", ")").Replace(c.text)
		}
	})},
	{"notes", "", each(func(c *drawn, rng *rand.Rand) {
		if c.stub && rng.IntN(3) == 0 {
			c.text += "（含2020年第3季度12项）"
		}
	})},
	{"units behind figures", "", each(func(c *drawn, rng *rand.Rand) {
		if n, err := strconv.Atoi(c.text); err == nil && c.figure && !c.money && n > 0 && rng.IntN(2) == 0 {
			c.text += []string{"件", "项", " 件"}[rng.IntN(3)]
		}
	})},
	{"thousands", "", each(func(c *drawn, rng *rand.Rand) {
		if n, err := strconv.Atoi(c.text); err == nil && c.figure && n > 999 {
			c.text = fmt.Sprintf("%d%s%03d", n/1000, []string{",", "，"}[rng.IntN(2)], n%1000)
		}
	})},
	{"column spans lost", "columns", func(ds []*drawing, _ *rand.Rand) []*drawing {
		for _, d := range ds {
			for r := d.header; r < len(d.rows); r++ {
				for i := range d.rows[r] {
					if c := &d.rows[r][i]; c.stub {
						c.cols = 1
					}
				}
			}
		}
		return ds
	}},
	{"spreadsheet", "spans", func(ds []*drawing, _ *rand.Rand) []*drawing {
		for _, d := range unmerge(ds, false) {
			for r, row := range d.rows {
				var flat []drawn
				for _, c := range row {
					n := c.cols
					c.cols = 1
					flat = append(flat, c)
					for range n - 1 {
						flat = append(flat, drawn{rows: 1, cols: 1})
					}
				}
				d.rows[r] = flat
			}
		}
		return ds
	}},
	{"serial numbers", "columns", func(ds []*drawing, _ *rand.Rand) []*drawing {
		for _, d := range ds {
			if d.table != standard.Statistics {
				continue
			}
			for r := range d.rows {
				text := "序号"
				if r > 0 {
					text = strconv.Itoa(r)
				}
				d.rows[r] = append([]drawn{{text: text, rows: 1, cols: 1}}, d.rows[r]...)
			}
		}
		return ds
	}},
	{"remarks", "columns", func(ds []*drawing, _ *rand.Rand) []*drawing {
		for _, d := range ds {
			if d.table != standard.Statistics {
				continue
			}
			for r := range d.rows {
				text := "备注"
				if r > 0 {
					text = ""
				}
				d.rows[r] = append(d.rows[r], drawn{text: text, rows: 1, cols: 1})
			}
		}
		return ds
	}},
	{"no units", "columns", func(ds []*drawing, _ *rand.Rand) []*drawing {
		for _, d := range ds {
			if d.table == standard.Statistics {
				for r := range d.rows {
					d.rows[r] = slices.Delete(d.rows[r], 1, 2)
				}
			}
		}
		return ds
	}},
	{"unit line", "", func(ds []*drawing, _ *rand.Rand) []*drawing {
		for _, d := range ds {
			d.rows = append([][]drawn{{{text: "单位：件、项、万元", rows: 1, cols: 4}}}, d.rows...)
			d.header++
		}
		return ds
	}},
	{"one table", "whole", func(ds []*drawing, _ *rand.Rand) []*drawing {
		all := &drawing{table: ds[0].table}
		for _, d := range ds {
			all.rows = append(all.rows, []drawn{{text: "二、本机关有关情况如下，数字截至12月31日", rows: 1, cols: 15}})
			all.rows = append(all.rows, d.rows...)
		}
		return []*drawing{all}
	}},
	{"other tables around", "whole", func(ds []*drawing, _ *rand.Rand) []*drawing {
		one := func(text string) drawn { return drawn{text: text, rows: 1, cols: 1} }
		other := &drawing{rows: [][]drawn{{one("序号"), one("信息名称"), one("浏览量")}, {one("1"), one("行政处罚公示"), one("286")}, {one("2"), one("政府集中采购公告"), one("847")}}}
		return append(append([]*drawing{other}, ds...), other)
	}},
}

func clone(rows [][]drawn) [][]drawn {
	var out [][]drawn
	for _, r := range rows {
		out = append(out, slices.Clone(r))
	}
	return out
}

// unmerge writes cells that cover several rows as single cells, blank or repeated.
func unmerge(ds []*drawing, repeat bool) []*drawing {
	for _, d := range ds {
		g := d.grid(1)
		rows := make([][]drawn, len(d.rows))
		type spot struct {
			col int
			c   drawn
		}
		spots := make([][]spot, len(d.rows))
		n := 0
		for _, row := range d.rows {
			for _, c := range row {
				at := g.Cells[n]
				n++
				for k := range at.RowSpan {
					one := c
					one.rows = 1
					if k > 0 && !repeat {
						one.text = ""
					}
					spots[at.Row+k] = append(spots[at.Row+k], spot{at.Column, one})
				}
			}
		}
		for r := range spots {
			slices.SortFunc(spots[r], func(a, b spot) int { return a.col - b.col })
			for _, s := range spots[r] {
				rows[r] = append(rows[r], s.c)
			}
		}
		d.rows = rows
	}
	return ds
}

// split cuts the requests table in two.
func split(ds []*drawing, rng *rand.Rand, header bool) []*drawing {
	var out []*drawing
	for _, d := range ds {
		if d.table != standard.Requests {
			out = append(out, d)
			continue
		}
		at := 6 + rng.IntN(len(d.rows)-8)
		second := &drawing{table: d.table, rows: clone(d.rows[at:])}
		if header {
			second.rows = append(clone(d.rows[:3]), second.rows...)
		}
		restoreStubs(d, at, second, header)
		d.rows = d.rows[:at]
		out = append(out, d, second)
	}
	return out
}

// fixGroups cuts the groups above a line so that they end there.
func fixGroups(d *drawing, at int) {
	for r := range d.rows[:at] {
		for i := range d.rows[r] {
			if c := &d.rows[r][i]; c.group && r+c.rows > at {
				c.rows = at - r
			}
		}
	}
}

// restoreStubs gives the first row of a second part blank cells in the place of the
// groups that reach over the cut, as word processors do.
func restoreStubs(d *drawing, at int, second *drawing, header bool) {
	first := 0
	if header {
		first = 3
	}
	var blanks []drawn
	for r := range d.rows[:at] {
		for _, c := range d.rows[r] {
			if c.group && r+c.rows > at {
				blanks = append(blanks, drawn{rows: r + c.rows - at, cols: 1, stub: true})
			}
		}
	}
	second.rows[first] = append(blanks, second.rows[first]...)
	fixGroups(d, at)
}

// reorder puts 总计 first in the requests table.
func reorder(ds []*drawing, _ *rand.Rand) []*drawing {
	for _, d := range ds {
		if d.table != standard.Requests {
			continue
		}
		top := d.rows[1]
		d.rows[1] = []drawn{top[2], top[0], top[1]}
		for r := 3; r < len(d.rows); r++ {
			row := d.rows[r]
			n := len(row)
			total := row[n-1]
			d.rows[r] = append(append(slices.Clone(row[:n-7]), total), row[n-7:n-1]...)
		}
	}
	return ds
}
