package recognise

import (
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// compare puts together what the two readers read. A cell that both read alike has
// that value; any other is Unread, with what each of them proposes.
func (p *reportPart) compare(first, second tableReading) {
	form := standard.FormOf(first.format)
	p.r.Values = first.values
	for _, reading := range [...]tableReading{first, second} {
		for _, d := range reading.doubts {
			if d.Cell == "" {
				p.addDoubt(d)
			}
		}
	}
	for i := range p.r.Values {
		a, b := p.r.Values[i], second.values[i]
		if a.State == b.State && a.Amount == b.Amount && a.State != report.Unread {
			continue
		}
		p.r.Values[i] = report.Value{State: report.Unread, Text: a.Text, Place: a.Place}
		if a.State == report.Absent {
			p.r.Values[i].Text, p.r.Values[i].Place = b.Text, b.Place
		}
		p.r.Doubts = append(p.r.Doubts, disagreement(form.Cells[i], a, b))
	}
	p.addNotes(first.notes)
	p.addNotes(second.notes)
}

// disagreement is the doubt about a cell that is not read alike, or not at all.
func disagreement(cell standard.Cell, a, b report.Value) report.Doubt {
	d := report.Doubt{Rule: "read.disagreement", Cell: cell.Code, Place: a.Place, Proposals: []report.Value{a, b}}
	if d.Place.IsZero() {
		d.Place = b.Place
	}
	switch {
	case a.State == report.Unread && b.State == report.Unread:
		d.Rule = "read.confidence"
		d.Text = "无法确读：" + describe(cell, a)
	default:
		d.Text = "两种读法不一致：" + cellName(cell) + " " + shown(a) + " / " + shown(b)
	}
	return d
}

// addDoubt adds a doubt that is not there yet.
func (p *reportPart) addDoubt(d report.Doubt) {
	for _, have := range p.r.Doubts {
		if have.Rule == d.Rule && have.Cell == d.Cell && have.Place == d.Place {
			return
		}
	}
	p.r.Doubts = append(p.r.Doubts, d)
}

// addNotes adds the notes that are not there yet. Both readers note the same rows.
func (p *reportPart) addNotes(notes []report.Note) {
next:
	for _, n := range notes {
		for _, have := range p.r.Notes {
			if have.Rule == n.Rule && (sameRow(have.Place, n.Place) || have.Subject == n.Subject) {
				continue next
			}
		}
		p.r.Notes = append(p.r.Notes, n)
	}
}

// sameRow reports whether two places lie in one row of one table.
func sameRow(a, b report.Place) bool {
	if a.Row == 0 {
		return a == b && !a.IsZero()
	}
	return a.Table == b.Table && a.Row == b.Row && a.Page == b.Page && a.Sheet == b.Sheet
}

// cellName names a cell for a reader.
func cellName(cell standard.Cell) string {
	return cell.RowLabel.ZH + "（" + cell.ColumnLabel.ZH + "）"
}

func describe(cell standard.Cell, v report.Value) string {
	if t := strings.TrimSpace(v.Text); t != "" {
		return cellName(cell) + " “" + oneLine(t) + "”"
	}
	return cellName(cell)
}

// shown is a value in a few words.
func shown(v report.Value) string {
	switch v.State {
	case report.Printed:
		return v.Amount.String()
	case report.Absent:
		return "缺项"
	case report.Blank:
		return "空白"
	case report.Unread:
		return "未能确读"
	}
	return "“" + oneLine(v.Text) + "”"
}

// noteAbsent notes the tables, rows and columns of the form that the document lacks.
// A table that is missing where a picture or a file may hold it is a doubt.
func (p *reportPart) noteAbsent() {
	form := standard.FormOf(p.r.Format)
	for _, table := range form.Tables() {
		cells := form.TableCells(table)
		absent := 0
		for _, c := range cells {
			if p.r.Values[c.Index].State == report.Absent {
				absent++
			}
		}
		switch absent {
		case 0:
		case len(cells):
			p.noteMissing(table)
		default:
			p.noteLacking(cells)
		}
	}
}

// noteMissing notes a missing table.
func (p *reportPart) noteMissing(table standard.Table) {
	p.note("form.missing_table", string(table), "文中没有这张表："+tableName(table))
	switch {
	case p.doc.Pictures > 0:
		p.doubt("form.image_table", "文中没有“"+tableName(table)+"”表，而页面含有图片，该表可能是图片")
	case len(followed(p.doc.Links)) > 0:
		p.doubt("form.missing_table", "文中没有“"+tableName(table)+"”表，而页面附有文件，该表可能在其中")
	case p.saysHeads(table):
		p.doubt("read.grid", "文中没有“"+tableName(table)+"”表，而正文中有该表的栏目名称，表格可能未能成形")
	}
}

// saysRow reports whether a paragraph has the label of a missing row and a head of one
// of its columns.
func (p *reportPart) saysRow(cells []standard.Cell) bool {
	label := cells[0].RowLabel.ZH
	label = squeezed(label[strings.LastIndexByte(label, '/')+1:])
	for _, x := range p.prose {
		if text := simplified(squeezed(x.Text)); strings.Contains(text, label) && slices.ContainsFunc(cells, func(c standard.Cell) bool {
			return runesIn(c.ColumnLabel.ZH) > 3 && strings.Contains(text, squeezed(c.ColumnLabel.ZH))
		}) {
			return true
		}
	}
	return false
}

// saysHeads reports whether the text outside tables has heads of a missing table: it is
// there, and its rows and columns are lost.
func (p *reportPart) saysHeads(table standard.Table) bool {
	const enough = 3 // prose names one or two
	heads := map[string]bool{}
	for _, c := range standard.FormOf(p.r.Format).TableCells(table) {
		if head := c.ColumnLabel.ZH; runesIn(head) > 2 {
			heads[squeezed(head)] = false
		}
	}
	found := 0
	for _, x := range p.prose {
		text := simplified(squeezed(x.Text))
		for head, had := range heads {
			if !had && strings.Contains(text, head) {
				heads[head] = true
				found++
			}
		}
	}
	return found >= enough
}

func tableName(t standard.Table) string {
	switch t {
	case standard.Disclosure:
		return "主动公开政府信息情况"
	case standard.Requests:
		return "收到和处理政府信息公开申请情况"
	case standard.Appeals:
		return "政府信息公开行政复议、行政诉讼情况"
	}
	return "政府信息公开情况统计表"
}

// noteLacking notes the rows that a table lacks, and single cells of rows that it has
// as columns that it lacks.
func (p *reportPart) noteLacking(cells []standard.Cell) {
	for from := 0; from < len(cells); {
		row, _ := splitCode(cells[from])
		to, absent := from, 0
		for ; to < len(cells); to++ {
			if r, _ := splitCode(cells[to]); r != row {
				break
			}
			if p.r.Values[cells[to].Index].State == report.Absent {
				absent++
			}
		}
		switch {
		case absent == to-from:
			p.note("form.row_set", row, "表中没有这一行："+cells[from].RowLabel.ZH)
			if p.saysRow(cells[from:to]) {
				p.doubt("read.grid", "表中没有“"+cells[from].RowLabel.ZH+"”一行，而正文中有其项目和栏目名称，表格可能未能成形")
			}
		case absent > 0:
			p.note("form.column_set", row, "表中这一行缺少部分列："+cells[from].RowLabel.ZH)
		}
		from = to
	}
}
