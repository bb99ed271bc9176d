package web

import (
	"strconv"

	"gongkai/internal/charts"
)

// Places of the drawings: names at the left, the field beside them.
const (
	nameWidth = 132.0
	rowHeight = 24.0
)

// draw is the matrix as a picture and as a table of words.
func (v matrixView) draw(p page) (tableShape, charts.Table) {
	d := tableShape{Width: drawnWidth, Words: p.t("各单位各年度报告的发布与核验")}
	t := charts.Table{Head: []string{p.t("单位")}}
	step := min(56, (drawnWidth-nameWidth)/float64(max(len(v.Years), 1)))
	x := func(i int) float64 { return nameWidth + step*float64(i) }
	at := 0
	for _, form := range v.Forms {
		left, width := x(at), step*float64(form.Span)
		d.text(left+width/2, 14, shortened(form.Name, width-4), "middle", "")
		d.line(left+2, 20, width-4, 0, "g-base")
		at += form.Span
	}
	for i, year := range v.Years {
		class := ""
		if year.Current {
			class = "strong"
		}
		d.text(x(i)+step/2, 37, strconv.Itoa(year.Year), "middle", class)
		t.Head = append(t.Head, strconv.Itoa(year.Year))
	}
	y := 46.0
	for _, row := range v.Rows {
		d.text(0, y+15, shortened(row.Agency.Text, nameWidth-8), "start", "strong")
		words := []string{row.Agency.Text}
		for i, cell := range row.Cells {
			d.square(x(i)+1, y+1, step-2, rowHeight-2, cell)
			words = append(words, joined(cell.Word, p.lateWord(cell.Late), p.t("，")))
		}
		t.Rows = append(t.Rows, words)
		y += rowHeight
	}
	d.text(0, y+16, p.t("已发布"), "start", "")
	foot := []string{p.t("已发布")}
	for i, count := range v.Counts {
		d.text(x(i)+step/2, y+16, count, "middle", "")
		foot = append(foot, count)
	}
	t.Rows, t.Foot = append(t.Rows, foot), true
	d.Height = y + 24
	return d, t
}

func (p page) lateWord(class string) string {
	return map[string]string{"late": p.t("逾期"), "bydate": p.t("按印出日期逾期")}[class]
}

// square is a report: its status as fill and symbol, its lateness as a corner.
func (d *tableShape) square(x, y, w, h float64, cell cellView) {
	d.rect(x, y, w, h, "m-"+cell.Class)
	mark := "m-mark"
	if cell.Class == "err" {
		mark += " m-on"
	}
	d.text(x+w/2, y+h/2+4, cell.Symbol, "middle", mark)
	switch cell.Late {
	case "late":
		d.path(x+w, y, "M-9 0H0V9Z", "m-late")
	case "bydate":
		d.path(x+w, y, "M-9 .7H-.7V9", "m-bydate")
	}
	if cell.Version != "" {
		d.text(x+3, y+h-3, cell.Version, "start", "m-small")
	}
}

// keyOf are the entries of a picture's key for looks: symbol and word.
func keyOf(looks []look) []keyView {
	var key []keyView
	for _, l := range looks {
		text := l.Word
		if l.Symbol != "" {
			text = l.Symbol + " " + l.Word
		}
		key = append(key, keyView{"m-" + l.Class, text, l.Class != "ok" && l.Class != "err"})
	}
	return key
}

// draw is the lens as a picture: a bar for each number, all on one scale.
func (v lensView) draw(p page) (tableShape, charts.Table) {
	d := tableShape{Width: drawnWidth, Words: v.Title}
	t := charts.Table{Head: []string{p.t("单位")}}
	const total = 48.0
	step := (drawnWidth - nameWidth - total) / float64(max(len(v.Columns), 1))
	x := func(i int) float64 { return nameWidth + step*float64(i) }
	const top = 92.0
	for i, c := range v.Columns {
		name := c.Name
		if c.May {
			name += "†"
		}
		d.turned(x(i)+6, top, name)
		t.Head = append(t.Head, c.Full)
	}
	t.Head = append(t.Head, p.t("合计"))
	d.text(drawnWidth, top, p.t("合计"), "end", "")
	at := 0
	for _, g := range v.Groups {
		d.rect(x(at)+2, top+6, step*float64(g.Span)-6, 3, "c-"+g.ID)
		at += g.Span
	}
	y := top + 14
	for _, row := range v.Rows {
		name := row.Agency.Text
		if row.Mark != nil {
			name = row.Mark.Symbol + " " + name
		}
		d.text(0, y+14, shortened(name, nameWidth-8), "start", "strong")
		words := []string{row.Agency.Text}
		for i, cell := range row.Cells {
			words = append(words, d.ground(p, x(i)+2, y, step-6, cell))
		}
		d.text(drawnWidth, y+14, row.Total, "end", "strong")
		d.line(0, y+rowHeight+2, drawnWidth, 0, "g-grid")
		t.Rows = append(t.Rows, append(words, row.Total))
		y += rowHeight + 4
	}
	for _, left := range v.Left {
		d.text(0, y+14, shortened(left.Agency.Text, nameWidth-8), "start", "strong")
		d.text(nameWidth, y+14, shortened(left.Look.Word+p.t("，")+left.Words, drawnWidth-nameWidth), "start", "")
		t.Rows = append(t.Rows, append([]string{left.Agency.Text}, left.words(p, len(v.Columns)+1)...))
		y += rowHeight
	}
	d.text(0, y+16, p.t("合计"), "start", "strong")
	foot := []string{p.t("合计")}
	for i, cell := range v.Totals {
		d.text(x(i)+2, y+16, cell.Text, "start", "strong")
		foot = append(foot, cell.Text)
	}
	d.text(drawnWidth, y+16, v.Total, "end", "strong")
	t.Rows, t.Foot = append(t.Rows, append(foot, v.Total)), true
	d.Height = y + 26
	return d, t
}

// words fill a row of a table whose figures are not there.
func (l lensLeft) words(p page, n int) []string {
	list := []string{l.Look.Word + p.t("，") + l.Words}
	for len(list) < n {
		list = append(list, "—")
	}
	return list
}

// ground draws one number with its bar; a blank is words and no bar, and a zero has
// none.
func (d *tableShape) ground(p page, x, y, width float64, cell lensCell) string {
	if cell.Blank {
		d.text(x, y+12, p.t("空白"), "start", "m-small")
		return p.t("空白")
	}
	class := ""
	if cell.Zero {
		class = "m-zero"
	}
	d.text(x, y+12, cell.Text, "start", class)
	if !cell.Zero {
		d.rect(x, y+16, max(1, width*cell.Width/100), 6, "c-"+cell.Group)
	}
	return cell.Text
}

// draw is the movers as a picture: two places on one scale, the year before in grey.
func (v moversView) draw(p page) (tableShape, charts.Table) {
	d := tableShape{Width: drawnWidth, Words: p.t("变化最大的单位，%d 年到 %d 年", v.From, v.To)}
	t := charts.Table{Head: []string{p.t("单位"), strconv.Itoa(v.From), strconv.Itoa(v.To), p.t("差")}}
	const left, right = nameWidth, 600.0
	x := func(hundredths float64) float64 { return left + (right-left)*hundredths/100 }
	d.text(left, 12, "0", "middle", "")
	d.text(right, 12, v.Max, "middle", "")
	y := 20.0
	d.line(left, y, 0, rowHeight*float64(len(v.Rows))+6, "g-grid")
	d.line(right, y, 0, rowHeight*float64(len(v.Rows))+6, "g-grid")
	for _, row := range v.Rows {
		middle := y + rowHeight/2 + 2
		d.text(0, middle+4, shortened(row.Agency.Text, nameWidth-8), "start", "strong")
		d.line(x(row.Before), middle, x(row.After)-x(row.Before), 0, "g-span")
		d.line(x(row.Before), middle-5, 0, 10, "g-before")
		d.line(x(row.After), middle-7, 0, 14, "g-after")
		d.text(690, middle+4, row.Words, "end", "")
		d.text(drawnWidth, middle+4, row.Change, "end", "strong")
		t.Rows = append(t.Rows, []string{row.Agency.Text, row.Was.Text, row.Is.Text, row.Change})
		y += rowHeight
	}
	d.Height = y + 12
	return d, t
}

// drawStrips is what each headline stands on: a tick for each agency, one line a figure.
func (p page) drawStrips(list []headlineView) (tableShape, charts.Table) {
	d := tableShape{Width: drawnWidth, Words: p.t("每个数字由哪些报告合成")}
	t := charts.Table{Head: []string{p.t("数字"), p.t("数值"), p.t("计入报告")}}
	y := 4.0
	for _, h := range list {
		value := joined(joined(h.Main, h.Of, " "), h.Unit, " ")
		d.text(0, y+14, shortened(h.Name, 220), "start", "strong")
		d.text(330, y+14, value, "end", "strong")
		d.text(350, y+14, shortened(h.Strip.Words, drawnWidth-350), "start", "")
		d.strip(0, y+22, h.Strip)
		t.Rows = append(t.Rows, []string{h.Name, value, h.Strip.Words})
		y += 56
	}
	d.Height = y
	return d, t
}

// strip draws a tick for each agency, or the parts of many.
func (d *tableShape) strip(x, y float64, s stripView) {
	step := min(14, d.Width/float64(max(len(s.Ticks), 1)))
	for i, class := range s.Ticks {
		d.tick(x+step*float64(i), y, max(step-2, 1), class)
	}
	for _, part := range s.Parts {
		d.tick(x+d.Width*part.X/100, y, d.Width*part.W/100, part.Class)
	}
}

func (d *tableShape) tick(x, y, w float64, class string) {
	switch class {
	case "err":
		d.rect(x, y, w, 6, "m-err")
		d.rect(x, y+9, w, 6, "m-err")
	case "nocell":
		d.rect(x, y+12, w, 3, "m-tick")
	case "ok":
		d.rect(x, y, w, 15, "m-tick")
	default:
		d.rect(x+.7, y+.7, max(w-1.4, 1), 13.6, "m-"+class)
	}
}

// draw is who asked against what they got: the outcomes of each applicant on a line of
// a hundred.
func (v askingView) draw(p page) (tableShape, charts.Table) {
	d := tableShape{Width: drawnWidth, Words: p.t("申请人与办理结果")}
	t := charts.Table{Head: []string{p.t("申请人")}}
	for _, head := range v.Heads {
		t.Head = append(t.Head, head.name)
	}
	t.Head = append(t.Head, p.t("办结总计"))
	const left, right = nameWidth + 30, 690.0
	for _, n := range []int{0, 50, 100} {
		at := left + (right-left)*float64(n)/100
		d.text(at, 12, strconv.Itoa(n)+"%", "middle", "")
		d.line(at, 18, 0, 28*float64(len(v.Rows)), "g-grid")
	}
	d.text(drawnWidth, 12, p.t("件"), "end", "")
	y := 20.0
	for _, row := range v.Rows {
		class := ""
		if row.Sum {
			class = "strong"
			d.line(0, y-.5, drawnWidth, 0, "g-base")
		}
		d.text(0, y+18, shortened(row.Name, left-10), "start", "strong")
		for _, bar := range row.Bars {
			d.rect(left+(right-left)*bar.X/100, y+5, (right-left)*bar.W/100, 17, bar.Class)
		}
		total := row.total()
		d.text(drawnWidth, y+18, total, "end", class)
		words := []string{row.Name}
		for _, cell := range row.Cells {
			words = append(words, cell.Text)
		}
		t.Rows = append(t.Rows, append(words, total))
		y += 28
	}
	d.Height = y + 8
	return d, t
}

// draw is the grounds of refusal, those that the law calls for and those that it leaves
// to the agency.
func (v groundsView) draw(p page) (tableShape, charts.Table) {
	d := tableShape{Width: drawnWidth, Words: v.Words}
	t := charts.Table{Head: []string{p.t("理由"), p.t("性质"), p.t("件")}}
	const left, right = 300.0, 700.0
	y := 4.0
	for _, bar := range v.Bars {
		d.rect(drawnWidth*bar.X/100, y, drawnWidth*bar.W/100, 18, bar.Class)
	}
	if len(v.Bars) > 0 {
		y += 30
	}
	for _, row := range v.Rows {
		class, kind := "c-denied", p.t("不得公开或另有规定")
		if row.May {
			class, kind = "c-may", p.t("可以不予公开")
		}
		d.text(0, y+15, shortened(row.Name, left-10), "start", "strong")
		if row.W > 0 {
			d.rect(left, y+5, (right-left)*row.W/100, 12, class)
		}
		d.text(drawnWidth, y+15, row.Value, "end", "")
		t.Rows = append(t.Rows, []string{row.Name, kind, row.Value})
		y += rowHeight
	}
	d.Height = y + 6
	return d, t
}
