package demo

import (
	"fmt"
	"html"
	"strings"

	"gongkai/internal/standard"
)

// Printed is what stands in the cells of a report, by their codes, as text: 12,
// 5225.19万元, or nothing for a blank.
type Printed map[standard.CellCode]string

// A grid is a table as rows of cells with spans, as HTML writes them.
type grid struct {
	table standard.Table
	class string
	rows  [][]cell
}

type cell struct {
	text          string
	rows, columns int // spans
}

func td(text string, rows, columns int) cell { return cell{text, rows, columns} }

func (g *grid) row(cells ...cell) { g.rows = append(g.rows, cells) }

// Tables returns the statutory tables of a format as HTML, one for each table of
// the form, with the labels and spans of the letter. A cell that printed lacks is
// blank.
func Tables(format standard.Format, printed Printed) map[standard.Table]string {
	all := map[standard.Table]string{}
	for _, g := range grids(format, printed) {
		all[g.table] = g.html()
	}
	return all
}

// grids returns the tables of a format in their order, and none for a format
// that is none.
func grids(format standard.Format, printed Printed) []*grid {
	form := standard.FormOf(format)
	switch {
	case form == nil:
		return nil
	case format == standard.F2014:
		return []*grid{statisticsTable(form, printed)}
	}
	return []*grid{disclosureTable(form, printed), requestsTable(form, printed), appealsTable(form, printed)}
}

func (g *grid) html() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<table class="%s" border="1" cellspacing="0" cellpadding="4"><tbody>`+"\n", g.class)
	for _, row := range g.rows {
		b.WriteString("<tr>")
		for _, c := range row {
			b.WriteString("<td")
			if c.rows > 1 {
				fmt.Fprintf(&b, ` rowspan="%d"`, c.rows)
			}
			if c.columns > 1 {
				fmt.Fprintf(&b, ` colspan="%d"`, c.columns)
			}
			b.WriteString("><p>" + html.EscapeString(c.text) + "</p></td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>\n")
	return b.String()
}

// articleItems are the items of Article 20 that the blocks of the disclosure
// table answer to.
func articleItems() map[int]string {
	return map[int]string{1: "第二十条第（一）项", 2: "第二十条第（五）项", 3: "第二十条第（六）项", 4: "第二十条第（八）项", 5: "第二十条第（九）项"}
}

func disclosureTable(form *standard.Form, printed Printed) *grid {
	m := &grid{table: standard.Disclosure, class: "zdgk"}
	const width = 4
	cells := form.TableCells(standard.Disclosure)
	for i := 0; i < len(cells); {
		block := cells[i].Block
		columns := columnsOf(cells[i:], block)
		m.row(td(articleItems()[block], 1, width))
		head := []cell{td("信息内容", 1, 1)}
		for k, c := range columns {
			head = append(head, td(columnLabel(c), 1, lastSpan(k, len(columns), width)))
		}
		m.row(head...)
		for i < len(cells) && cells[i].Block == block {
			row := []cell{td(cells[i].RowLabel.ZH, 1, 1)}
			for k := range columns {
				row = append(row, td(printed[cells[i].Code], 1, lastSpan(k, len(columns), width)))
				i++
			}
			m.row(row...)
		}
	}
	return m
}

// columnsOf returns the cells of the first row of a block.
func columnsOf(cells []standard.Cell, block int) []standard.Cell {
	n := 0
	for n < len(cells) && cells[n].Block == block && cells[n].Row == cells[0].Row {
		n++
	}
	return cells[:n]
}

func columnLabel(c standard.Cell) string {
	if c.Unit.Money() && c.Code != "disclosure.procurement.amount" {
		return c.ColumnLabel.ZH + "（单位：万元）"
	}
	return c.ColumnLabel.ZH
}

// lastSpan makes the last of n columns as wide as the table needs.
func lastSpan(k, n, width int) int {
	if k == n-1 {
		return width - n
	}
	return 1
}

func requestsTable(form *standard.Form, printed Printed) *grid {
	m := &grid{table: standard.Requests, class: "ysq"}
	m.row(td("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3), td("申请人情况", 1, 7))
	m.row(td("自然人", 2, 1), td("法人或其他组织", 1, 5), td("总计", 2, 1))
	m.row(td("商业企业", 1, 1), td("科研机构", 1, 1), td("社会公益组织", 1, 1), td("法律服务机构", 1, 1), td("其他", 1, 1))
	rows := rowsOf(form.TableCells(standard.Requests))
	outcomes, seen := 0, map[string]int{}
	for _, r := range rows {
		group, _, _ := strings.Cut(r[0].RowLabel.ZH, "/")
		seen[group]++
		if strings.HasPrefix(group, "（") {
			outcomes++
		}
	}
	begun := map[string]bool{}
	for _, r := range rows {
		group, label, grouped := strings.Cut(r[0].RowLabel.ZH, "/")
		var cells []cell
		outcome := strings.HasPrefix(group, "（")
		if outcome && len(begun) == 0 {
			cells = append(cells, td("三、本年度办理结果", outcomes, 1))
		}
		switch {
		case !outcome:
			cells = append(cells, td(group, 1, 3))
		case !grouped:
			cells = append(cells, td(group, 1, 2))
		default:
			if !begun[group] {
				cells = append(cells, td(group, seen[group], 1))
			}
			cells = append(cells, td(label, 1, 1))
		}
		if outcome {
			begun[group] = true
		}
		for _, c := range r {
			cells = append(cells, td(printed[c.Code], 1, 1))
		}
		m.row(cells...)
	}
	return m
}

// rowsOf splits the cells of a table into its rows.
func rowsOf(cells []standard.Cell) [][]standard.Cell {
	var rows [][]standard.Cell
	for i, c := range cells {
		if i == 0 || c.Row != cells[i-1].Row {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], c)
	}
	return rows
}

func appealsTable(form *standard.Form, printed Printed) *grid {
	m := &grid{table: standard.Appeals, class: "fyss"}
	const kinds, width = 3, 5
	m.row(td("行政复议", 1, width), td("行政诉讼", 1, width*(kinds-1)))
	cells := form.TableCells(standard.Appeals)
	first := make([]cell, 0, width)
	for _, c := range cells[:width] {
		first = append(first, td(c.ColumnLabel.ZH, 2, 1))
	}
	m.row(append(first, td("未经复议直接起诉", 1, width), td("复议后起诉", 1, width))...)
	var heads []cell
	for _, c := range cells[width:] {
		heads = append(heads, td(c.ColumnLabel.ZH, 1, 1))
	}
	m.row(heads...)
	var row []cell
	for _, c := range cells {
		row = append(row, td(printed[c.Code], 1, 1))
	}
	m.row(row...)
	return m
}

// headings are the rows without a figure of the statistics table, by the first
// cell below them.
func headings() map[standard.CellCode][]string {
	return map[standard.CellCode][]string{
		"proactive.total":            {"一、主动公开情况"},
		"proactive.via_gazette":      {"（二）通过不同渠道和方式公开政府信息的情况"},
		"response.total":             {"二、回应解读情况"},
		"response.press_conferences": {"（二）通过不同渠道和方式回应解读的情况"},
		"requests.received":          {"三、依申请公开情况"},
		"capacity.offices":           {"八、机构建设和保障经费情况"},
		"training.meetings":          {"九、政府信息公开会议和培训情况"},
	}
}

func statisticsTable(form *standard.Form, printed Printed) *grid {
	m := &grid{table: standard.Statistics, class: "tjb"}
	m.row(td("统计指标", 1, 1), td("单位", 1, 1), td("统计数", 1, 1))
	heads := headings()
	for _, c := range form.TableCells(standard.Statistics) {
		for _, h := range heads[c.Code] {
			m.row(td(h, 1, 1), td("——", 1, 1), td("——", 1, 1))
		}
		label := c.RowLabel.ZH
		if i := strings.LastIndexByte(label, '/'); i >= 0 {
			label = label[i+1:]
		}
		m.row(td(label, 1, 1), td(string(c.Unit), 1, 1), td(printed[c.Code], 1, 1))
	}
	return m
}
