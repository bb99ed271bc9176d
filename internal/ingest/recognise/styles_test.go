package recognise

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/standard"
)

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
	{"labels in other words", "", each(func(c *drawn, _ *rand.Rand) {
		if c.stub && !c.group {
			c.text = strings.NewReplacer("信访举报投诉类", "信访投诉举报之类的", "没有现成信息", "机关没有现成的信息",
				"收到申请数", "收到的公众申请数", "当面申请", "到场当面申请").Replace(c.text)
		}
	})},
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
