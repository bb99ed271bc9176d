package web

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"gongkai/internal/draw"
)

// Pictures are drawn anew for a phone: made smaller, their letters could not be read. A
// name stands above its bar there, years go on in a further band, and what is zero
// throughout is one line. The table beside a picture is the same.

// widestPhone is the widest picture that is drawn for a phone.
const widestPhone = 480

// phoneNames is how much of a drawing for a phone the names of units take.
const phoneNames = 84.0

// forPhone reports whether a picture is asked for in the width of a phone.
func forPhone(c echo.Context) bool {
	width, err := pictureWidth(c.QueryParam("width"))
	return err == nil && width <= widestPhone
}

// phoneShape is an empty drawing for a phone.
func phoneShape(words string) tableShape { return tableShape{Width: phoneWidth, Words: words} }

// headed sets a name and at the right its value, and returns where they end.
func (d *tableShape) headed(y float64, name, value, class string) float64 {
	d.text(d.Width, y+14, value, "end", class)
	return d.lines(0, y, name, d.Width-draw.Measure(value, 12)-12, "strong")
}

// lines sets a text in as many lines as it needs and returns where they end.
func (d *tableShape) lines(x, y float64, text string, width float64, class string) float64 {
	for _, line := range draw.Wrap(text, 12, width) {
		d.text(x, y+14, line, "start", class)
		y += 17
	}
	return y + 1
}

// percents sets the ends and the middle of a line of a hundred.
func (d *tableShape) percents(left, right, y float64) {
	for i, text := range []string{"0%", "50%", "100%"} {
		d.text(left+(right-left)*float64(i)/2, y+12, text, []string{"start", "middle", "end"}[i], "")
	}
}

// bars sets parts of a hundred side by side.
func (d *tableShape) bars(left, right, y, h float64, parts []flowPart) {
	for _, part := range parts {
		d.rect(left+(right-left)*part.X/100, y, (right-left)*part.W/100, h, part.Class)
	}
}

// A band is some of the years with their rows: a phone has room for ten.
type band struct {
	from, to int
	step     float64
}

func (b band) x(i int) float64 { return phoneNames + b.step*float64(i-b.from) }

// bands cuts years into as many bands as are needed, all with years of one width.
func bands(years int) []band {
	const most = 10
	var list []band
	step := min(40, (phoneWidth-phoneNames)/float64(min(max(years, 1), most)))
	for from := 0; from < years; from += most {
		list = append(list, band{from, min(from+most, years), step})
	}
	return list
}

// yearHeads names the years of a band; where they are narrow, by two digits.
func (d *tableShape) yearHeads(b band, y float64, years []yearHead) {
	for i := b.from; i < b.to; i++ {
		text, class := strconv.Itoa(years[i].Year), ""
		if years[i].Current {
			class = "strong"
		}
		if b.step < 32 {
			text = text[max(len(text)-2, 0):]
		}
		d.text(b.x(i)+b.step/2, y, text, "middle", class)
	}
}

// formName is the name of a form, or its year where there is room for no more.
func (b band) formName(name string, width float64) string {
	if draw.Measure(name, 12) <= width {
		return name
	}
	return shortened(strings.TrimFunc(name, func(r rune) bool { return !unicode.IsDigit(r) }), width)
}

// phone is the matrix for a phone.
func (v matrixView) phone(p page) tableShape {
	d := phoneShape(p.t("各单位各年度报告的发布与核验"))
	y := 0.0
	for _, b := range bands(len(v.Years)) {
		at := 0
		for _, form := range v.Forms {
			from, to := max(at, b.from), min(at+form.Span, b.to)
			if at += form.Span; from < to {
				left, width := b.x(from), b.step*float64(to-from)
				d.text(left+width/2, y+14, b.formName(form.Name, width-4), "middle", "")
				d.line(left+2, y+20, width-4, 0, "g-base")
			}
		}
		d.yearHeads(b, y+36, v.Years)
		y += 44
		for _, row := range v.Rows {
			d.text(0, y+15, shortened(row.Agency.Text, phoneNames-6), "start", "strong")
			for i := b.from; i < b.to; i++ {
				d.square(b.x(i)+1, y+1, b.step-2, rowHeight-2, row.Cells[i])
			}
			y += rowHeight
		}
		d.text(0, y+16, p.t("已发布"), "start", "")
		for i := b.from; i < b.to; i++ {
			have, of, _ := strings.Cut(v.Counts[i], "/")
			d.text(b.x(i)+b.step/2, y+16, have, "middle", "")
			d.text(b.x(i)+b.step/2, y+30, "/"+of, "middle", "m-zero")
		}
		y += 46
	}
	d.Height = y
	return d
}

// phone is the regions × years for a phone.
func (v *regionMatrix) phone(p page) tableShape {
	d := phoneShape(p.t("各区划各年度报告的发布与核验"))
	y := 0.0
	for _, b := range bands(len(v.Years)) {
		d.yearHeads(b, y+14, v.Years)
		y += 22
		for _, row := range append(slices.Clip(v.Rows), v.Whole) {
			d.text(0, y+12, shortened(row.Region.Text, phoneNames-6), "start", "strong")
			for i := b.from; i < b.to; i++ {
				d.text(b.x(i)+b.step/2, y+11, row.Cells[i].Share, "middle", "m-small")
				for _, part := range row.Cells[i].Parts {
					d.rect(b.x(i)+1+(b.step-2)*part.X/100, y+15, (b.step-2)*part.W/100, 6, "m-"+part.Class)
				}
			}
			y += rowHeight
		}
		y += 12
	}
	d.Height = y
	return d
}

// phone is the lens for a phone: below each ground the units that name it.
func (v lensView) phone(p page) tableShape {
	d := phoneShape(v.Title)
	y, at, none := 0.0, 0, ""
	for _, g := range v.Groups {
		d.rect(0, y+6, 10, 10, "c-"+g.ID)
		y = d.lines(16, y, g.Name, d.Width-16, "strong") + 2
		for i := at; i < at+g.Span; i++ {
			c := v.Columns[i]
			name := c.Full
			if c.May {
				name += "†"
			}
			if v.none(i) {
				none = joined(none, name, p.t("、"))
				continue
			}
			d.line(0, y, d.Width, 0, "g-grid")
			y = v.unitsOf(&d, p, i, d.headed(y+2, name, v.Totals[i].Text, "strong")) + 8
		}
		at += g.Span
	}
	if none != "" {
		d.line(0, y, d.Width, 0, "g-grid")
		y = d.lines(0, y+2, p.t("各单位均为 0：")+none, d.Width, "")
	}
	for _, left := range v.Left {
		y = d.lines(0, y, left.Agency.Text+p.t("：")+left.Look.Word+p.t("，")+left.Words, d.Width, "")
	}
	d.line(0, y+2, d.Width, 0, "g-base")
	d.Height = d.headed(y+4, p.t("合计"), v.Total, "strong") + 4
	return d
}

// none reports whether every unit printed a zero for a ground.
func (v lensView) none(i int) bool {
	return !slices.ContainsFunc(v.Rows, func(row lensRow) bool { return row.Cells[i].Blank || !row.Cells[i].Zero })
}

// unitsOf draws the units that name a ground and counts those that do not.
func (v lensView) unitsOf(d *tableShape, p page, i int, y float64) float64 {
	zeros := 0
	for _, row := range v.Rows {
		cell := row.Cells[i]
		if cell.Zero && !cell.Blank {
			zeros++
			continue
		}
		name := row.Agency.Text
		if row.Mark != nil {
			name = row.Mark.Symbol + " " + name
		}
		const left = phoneNames + 24
		d.text(12, y+12, shortened(name, left-18), "start", "")
		if cell.Blank {
			d.text(left, y+12, p.t("空白"), "start", "m-small")
		} else {
			d.rect(left, y+3, max(1, (d.Width-left-30)*cell.Width/100), 10, "c-"+cell.Group)
			d.text(d.Width, y+12, cell.Text, "end", "")
		}
		y += 18
	}
	if zeros > 0 {
		d.text(12, y+12, p.t("其余 %d 个单位为 0", zeros), "start", "m-zero")
		y += 18
	}
	return y
}

// phone is the movers for a phone.
func (v moversView) phone(p page) tableShape {
	d := phoneShape(p.t("变化最大的单位，%d 年到 %d 年", v.From, v.To))
	left, right := 4.0, d.Width-4
	x := func(hundredths float64) float64 { return left + (right-left)*hundredths/100 }
	d.text(0, 12, "0", "start", "")
	d.text(d.Width, 12, v.Max, "end", "")
	y := 18.0
	for _, row := range v.Rows {
		y = d.headed(y, row.Agency.Text, p.t("%s（%s）", row.Words, row.Change), "")
		d.line(left, y+8, right-left, 0, "g-grid")
		d.line(x(row.Before), y+8, x(row.After)-x(row.Before), 0, "g-span")
		d.line(x(row.Before), y+3, 0, 10, "g-before")
		d.line(x(row.After), y+1, 0, 14, "g-after")
		y += 22
	}
	d.Height = y
	return d
}

// phoneStrips is what each headline stands on, for a phone.
func (p page) phoneStrips(list []headlineView) tableShape {
	d := phoneShape(p.t("每个数字由哪些报告合成"))
	y := 0.0
	for _, h := range list {
		y = d.headed(y, h.Name, joined(joined(h.Main, h.Of, " "), h.Unit, " "), "strong")
		y = d.lines(0, y, h.Strip.Words, d.Width, "") + 2
		d.strip(0, y, h.Strip)
		y += 28
	}
	d.Height = y
	return d
}

// phone is who asked against what they got, for a phone.
func (v askingView) phone(p page) tableShape {
	d := phoneShape(p.t("申请人与办理结果"))
	d.percents(0, d.Width, 0)
	y := 18.0
	for _, row := range v.Rows {
		class := ""
		if row.Sum {
			class = "strong"
			d.line(0, y, d.Width, 0, "g-base")
		}
		y = d.headed(y+2, row.Name, p.t("%s 件", row.total()), class)
		d.bars(0, d.Width, y+1, 14, row.Bars)
		y += 22
	}
	d.Height = y
	return d
}

// phone is the grounds of refusal for a phone.
func (v groundsView) phone(page) tableShape {
	d := phoneShape(v.Words)
	d.bars(0, d.Width, 4, 18, v.Bars)
	y := 30.0
	for _, row := range v.Rows {
		class := "c-denied"
		if row.May {
			class = "c-may"
		}
		y = d.headed(y, row.Name, row.Value, "")
		if row.W > 0 {
			d.rect(0, y+1, d.Width*row.W/100, 10, class)
			y += 16
		}
	}
	d.Height = y + 6
	return d
}

// phone is who asked several units, for a phone.
func (v besideView) phone(p page) tableShape {
	d := phoneShape(v.Words)
	left, right := phoneNames+40, d.Width-44
	d.percents(left, right, 0)
	d.text(d.Width, 12, p.t("件"), "end", "")
	y := 18.0
	for _, g := range v.Groups {
		d.line(0, y, d.Width, 0, map[bool]string{true: "g-base", false: "g-grid"}[g.Sum])
		if g.None {
			y = d.headed(y+2, g.Name, p.t("各单位均为 0"), "m-zero") + 4
			continue
		}
		y = d.beside(g, d.headed(y+2, g.Name, "", "")+2, left, right, 22) + 6
	}
	for _, one := range v.Left {
		d.line(0, y, d.Width, 0, "g-grid")
		y = d.lines(0, y+2, one.Name+p.t("：")+one.Reason, d.Width, "") + 4
	}
	d.Height = y
	return d
}

// phone is the balance of a year without its texts: the key has them all.
func (v flowView) phone() *flowView {
	v.Rows = slices.Clone(v.Rows)
	for i, y := range []float64{0, 34, 63} {
		if i < len(v.Rows) {
			v.Rows[i].Y, v.Rows[i].Parts = y, slices.Clone(v.Rows[i].Parts)
			for j := range v.Rows[i].Parts {
				v.Rows[i].Parts[j].Label = false
			}
		}
	}
	v.Height = 86
	return &v
}

// phone is the chain of years for a phone, from above to below.
func (v *chainView) phone() tableShape {
	d := phoneShape(v.Words)
	const left = 58.0
	room := d.Width - left - 48
	y := 0.0
	for _, year := range v.Years {
		for _, link := range v.Links {
			if link.To == year.Year {
				y = d.chainLink(y-4, left, link)
			}
		}
		name, class, out := strconv.Itoa(year.Year), "strong", "f-out"
		if !year.Holds {
			name, class, out = name+" ≠", "broken", "f-gap"
		}
		d.text(0, y+20, name, "start", class)
		d.rect(left, y+2, max(1, room*year.In/chainField), 12, "f-new")
		d.text(d.Width, y+13, year.Sum, "end", "")
		d.rect(left, y+16, max(1, room*year.Out/chainField), 12, out)
		d.text(d.Width, y+27, year.Other, "end", "")
		y += 40
	}
	d.Height = y
	return d
}

// chainLink joins two years, and says what was carried from one to the other.
func (d *tableShape) chainLink(y, left float64, link chainLink) float64 {
	line, class := "link-holds", ""
	if !link.Holds {
		line, class = "link-broken", "broken"
	}
	d.line(left+4, y, 0, 22, line)
	d.text(left+14, y+15, shortened(link.Words, d.Width-left-14), "start", class)
	return y + 26
}

// phoneCompare draws a comparison that templates draw anew for a phone.
func (s *Server) phoneCompare(v *compareView) (err error) {
	switch v.query.kind {
	case "asking":
		v.Drawn.Shape, v.Drawn.Box, err = s.drawn(v.Lang, v.Beside.phone(v.page))
	case "dot", "rank":
		v.Drawn.Shape, err = s.shape(v.Lang, "compare", "dots-narrow", v.Dots)
		v.Drawn.Box = [2]float64{360, v.Dots.Foot()}
	case "multiples":
		v.Grid = v.Grid.columns(1)
		v.Drawn.Shape, err = s.shape(v.Lang, "agency", "grid-drawing", v.Grid)
		v.Drawn.Box = [2]float64{v.Grid.Width, v.Grid.Height}
	}
	return err
}
