package ingest_test

import (
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// on changes the sheets of one table.
func (p *paper) on(table standard.Table, change func(s *sheet)) {
	for _, s := range p.sheets() {
		if s.table == table {
			change(s)
		}
	}
}

// groups visits the labels of the requests table that stand over several rows.
func (p *paper) groups(visit func(b *box, row int)) {
	p.on(standard.Requests, func(s *sheet) {
		for r, row := range s.rows {
			for i := range row {
				if row[i].stub && row[i].rows > 1 {
					visit(&row[i], r)
				}
			}
		}
	})
}

// permute puts the seven applicants of the requests table in another order: order
// names the old column of each new one. What stands under 法人或其他组织 must stay
// together.
func (s *sheet) permute(order []int) {
	top := map[int]box{0: s.rows[1][0], 1: s.rows[1][1], 6: s.rows[1][2]}
	var second, third []box
	for _, o := range order {
		if b, ok := top[o]; ok && o != 1 {
			second = append(second, b)
			continue
		}
		if len(third) == 0 {
			second = append(second, top[1])
		}
		third = append(third, s.rows[2][o-1])
	}
	s.rows[1], s.rows[2] = second, third
	for r := 3; r < len(s.rows); r++ {
		row := s.rows[r]
		stubs, figures := row[:len(row)-7], row[len(row)-7:]
		changed := slices.Clone(stubs)
		for _, o := range order {
			changed = append(changed, figures[o])
		}
		s.rows[r] = changed
	}
}

// turnBlocks puts the columns of each block of the disclosure table in reverse order.
func (s *sheet) turnBlocks() {
	for _, row := range s.rows {
		if len(row) > 2 {
			slices.Reverse(row[1:])
		}
	}
}

// extraRows adds rows that the form does not know.
func extraRows(d dice, p *paper) {
	for _, s := range p.sheets() {
		at := len(s.rows) - 1
		label := "其他主动公开文件"
		switch s.table {
		case standard.Disclosure:
			at = slices.IndexFunc(s.rows, hasFigure)
		case standard.Requests:
			at, label = 3, "其中：网络平台申请"
		case standard.Appeals:
			continue
		case standard.Statistics:
			at, label = 2, "其中：政务新媒体公开数"
		}
		extra := slices.Clone(s.rows[at])
		for i := range extra {
			if extra[i].code != "" {
				extra[i].code, extra[i].text = "", fmt.Sprint(d(9))
			}
		}
		extra[0].text = label
		s.rows = slices.Insert(s.rows, at+1, extra)
	}
}

// unmerge writes labels that cover several rows as single cells, repeated or blank.
func (p *paper) unmerge(repeat bool) {
	for _, s := range p.sheets() {
		rows := make([][]box, len(s.rows))
		for r, row := range s.laid() {
			for col := 0; col < len(row); col += row[col].cols {
				b := row[col].box
				if !row[col].first && !repeat {
					b.text = ""
				}
				b.rows = 1
				rows[r] = append(rows[r], b)
			}
		}
		s.rows = rows
	}
}

// cut divides a sheet before a row. Labels that reach over the cut go on as blank
// cells, as word processors write them.
func (s *sheet) cut(at int) (first, second *sheet) {
	first, second = &sheet{table: s.table, rows: s.rows[:at:at]}, &sheet{table: s.table, rows: s.rows[at:]}
	var blanks []box
	for r, row := range first.rows {
		for i := range row {
			if b := &row[i]; b.stub && r+b.rows > at {
				rest := *b
				rest.text, rest.rows = "", r+b.rows-at
				blanks = append(blanks, rest)
				b.rows = at - r
			}
		}
	}
	second.rows[0] = append(blanks, second.rows[0]...)
	return first, second
}

// split cuts the requests table in two, or the last one.
func (p *paper) split(d dice, header bool) {
	for i, x := range p.pieces {
		if x.sheet == nil || x.sheet.table != standard.Requests && x.sheet.table != standard.Statistics {
			continue
		}
		heads := slices.IndexFunc(x.sheet.rows, hasFigure)
		if x.sheet.table == standard.Statistics {
			heads = 1
		}
		top := x.sheet.clone().rows[:heads]
		first, second := x.sheet.cut(heads + 3 + d(len(x.sheet.rows)-heads-5))
		if header {
			second.rows = append(top, second.rows...)
		}
		p.pieces = slices.Replace(p.pieces, i, i+1, piece{sheet: first}, piece{sheet: second})
		return
	}
}

// repeatHeader writes the header again before a row, as printed pages do.
func (s *sheet) repeatHeader(at int) {
	heads := slices.IndexFunc(s.rows, hasFigure)
	top := s.clone().rows[:heads]
	first, second := s.cut(max(at, heads+1))
	s.rows = slices.Concat(first.rows, top, second.rows)
}

// blocksApart writes each block of the disclosure table as a table of its own.
func (p *paper) blocksApart() {
	var out []piece
	for _, x := range p.pieces {
		if x.sheet == nil || x.sheet.table != standard.Disclosure {
			out = append(out, x)
			continue
		}
		var block *sheet
		for _, row := range x.sheet.rows {
			if len(row) == 1 {
				block = &sheet{table: x.sheet.table}
				out = append(out, piece{sheet: block})
			}
			block.rows = append(block.rows, row)
		}
	}
	p.pieces = out
}

// oneTable joins all tables, with the headings between them, to one.
func (p *paper) oneTable() {
	all := &sheet{}
	var out []piece
	for i, x := range p.pieces {
		switch {
		case x.sheet != nil && len(all.rows) == 0:
			out = append(out, piece{sheet: all})
			fallthrough
		case x.sheet != nil:
			all.rows = append(all.rows, x.sheet.rows...)
		case x.heading && i+1 < len(p.pieces) && p.pieces[i+1].sheet != nil:
			if len(all.rows) > 0 {
				all.rows = append(all.rows, []box{{text: x.text, rows: 1, cols: 10}})
			} else {
				out = append(out, x)
			}
		default:
			out = append(out, x)
		}
	}
	p.pieces = out
}

// amounts writes the printed amounts of money in another way.
func (p *paper) amounts(write func(v report.Value) string) {
	for _, s := range p.sheets() {
		s.each(func(b *box) {
			c, ok := p.form.Cell(b.code)
			if !ok || !c.Unit.Money() {
				return
			}
			if v := p.want[c.Index]; v.State == report.Printed && !strings.Contains(b.text, "元") {
				b.text = write(v)
			}
		})
	}
}
