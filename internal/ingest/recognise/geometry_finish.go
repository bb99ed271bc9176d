package recognise

import (
	"cmp"
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// finish finds the format and turns what was placed into the values of its form.
func (g *geometry) finish() tableReading {
	format, sure := g.format()
	out := tableReading{format: format, doubts: g.doubts, firstGrid: -1}
	if format == "" {
		return out
	}
	form := standard.FormOf(format)
	n := formNumber(format)
	notes := g.adopt(n)
	out.doubts, out.notes = g.doubts, append(notes, g.columns...)
	out.firstGrid, out.lastGrid = g.firstGrid, g.lastGrid
	slices.SortStableFunc(g.placed, func(a, b placed) int { return cmp.Compare(a.order, b.order) })
	out.values = make([]report.Value, len(form.Cells))
	out.order = make([]int, 0, len(g.placed))
	for i := range g.placed {
		p := &g.placed[i]
		at := g.forms.slots[p.row][p.col][n]
		if at == 0 {
			continue
		}
		out.values[at-1] = p.value(form.Cells[at-1])
		out.order = append(out.order, int(at-1))
	}
	if !sure {
		out.doubts = append(out.doubts, report.Doubt{Rule: "read.anchors", Text: "表格标签同时出现两种格式的内容，无法确定适用的报告格式"})
	}
	g.addForeignRows(n, &out)
	return out
}

// place returns where the value stands.
func (p *placed) place() report.Place {
	if p.cell != nil {
		return p.cell.Place
	}
	return *p.where
}

// value reads the text of a placed cell.
func (p *placed) value(cell standard.Cell) report.Value {
	if p.cell == nil {
		return report.Value{State: report.Unread, Place: p.place()}
	}
	v := report.Value{Text: p.cell.Text, Place: p.cell.Place}
	if p.unread {
		v.State = report.Unread
		return v
	}
	v.State, v.Amount = readFigure(p.cell.Text, cell, p.unit)
	return v
}

// format tells the form by the cells that only one of them has. The disclosure table
// differs most and goes before the rows of 其他处理; the year plays no part.
func (g *geometry) format() (format standard.Format, sure bool) {
	var all [3]int
	var only, other [3]int
	for i := range g.placed {
		p := &g.placed[i]
		s := g.forms.slots[p.row][p.col]
		for n := range s {
			if s[n] != 0 {
				all[n]++
			}
		}
		r := g.forms.rows[p.row]
		for n := 1; n < 3; n++ {
			if s[n] == 0 || s[3-n] != 0 {
				continue
			}
			if r.table == standard.Disclosure {
				only[n]++
			} else {
				other[n]++
			}
		}
	}
	switch {
	case all[0]+all[1]+all[2] == 0:
		return "", true
	case all[0] > all[1] && all[0] > all[2]:
		return standard.F2014, true
	case only[1] != only[2]:
		return laterForm(only), min(only[1], only[2]) == 0
	case other[1] != other[2]:
		return laterForm(other), min(other[1], other[2]) == 0
	}
	return standard.F2021, false
}

func laterForm(votes [3]int) standard.Format {
	if votes[1] > votes[2] {
		return standard.F2019
	}
	return standard.F2021
}

// addForeignRows notes rows of another form, such as the single row 其他处理 of F2019
// in a report of F2021. Where the report has the rows below 其他处理 as well, that
// one is a row whose own label was lost.
func (g *geometry) addForeignRows(n int, out *tableReading) {
	noted := uint8(0)
	for i := range g.placed {
		p := &g.placed[i]
		if g.forms.slots[p.row][p.col][n] != 0 || p.row == noted {
			continue
		}
		noted = p.row
		place := p.place()
		key := g.forms.rows[p.row].key
		if g.hasPart(key, n) {
			out.doubts = append(out.doubts, report.Doubt{Rule: "read.anchors", Place: place, Text: "这一行只有上级项目的标签，无法确定是哪一行"})
			continue
		}
		out.notes = append(out.notes, report.Note{Rule: "form.row_set", Subject: key, Place: place, Text: "另一种格式的一行：" + key})
	}
}

// hasPart reports whether a row of the form below the row of that name was found.
func (g *geometry) hasPart(key string, n int) bool {
	for r, row := range g.forms.rows {
		if row.order[n] != 0 && strings.HasPrefix(row.key, key+".") && g.at[r] != ([maxColumns]int16{}) {
			return true
		}
	}
	return false
}

// oneLine puts a text on one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
