package web

import (
	"fmt"
	"strings"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A curveView is the steps in which a year's reports came in, by their printed
// dates, against the deadline and the year before.
type curveView struct {
	Wide, Phone tableShape
	Words       string
	Fixed       string      // its own page
	Rows        [][2]string // day and count, the table of the drawing
}

// The field of the curve.
const (
	curveWidth          = 800.0
	curveLeft           = 30.0
	curveTop, curveBase = 26.0, 196.0
)

// curve draws the days from two months before the deadline to six weeks after;
// what came earlier or later stands at the edge.
func (p page) curve(b aggregate.Board, deadline time.Time) *curveView {
	if len(b.Curve) == 0 {
		return nil
	}
	last := b.Curve[len(b.Curve)-1]
	v := &curveView{Words: p.t("累计发布：%s 起，至 %s 共 %d 份", day(b.Curve[0].Day), day(last.Day), last.Count)}
	for _, point := range b.Curve {
		v.Rows = append(v.Rows, [2]string{day(point.Day), fmt.Sprint(point.Count)})
	}
	c := curve{due: deadline, top: float64(max(b.Basis.Due, last.Count, 1))}
	c.width, c.right = curveWidth, curveWidth-100
	v.Wide = c.draw(p, b, v.Words)
	c.width, c.right = phoneWidth, phoneWidth-6
	v.Phone = c.draw(p, b, v.Words)
	return v
}

// draw sets the number that was reached behind the line where there is room, and above
// its end where there is none.
func (c curve) draw(p page, b aggregate.Board, words string) tableShape {
	d := tableShape{Width: c.width, Height: 222, Words: words}
	now := c.steps(b.Curve, 0)
	d.path(0, 0, fmt.Sprintf("M%.1f,%.1f L%s L%.1f,%.1fZ", curveLeft, curveBase, now, c.right, curveBase), "k-area")
	for _, n := range []int{0, int(c.top) / 2, int(c.top)} {
		d.line(curveLeft, c.y(n), c.right-curveLeft, 0, "g-grid")
		d.text(curveLeft-6, c.y(n)+4, fmt.Sprint(n), "end", "")
	}
	for _, days := range []int{-40, -20, 0, 20} {
		at := c.due.AddDate(0, 0, days)
		d.text(c.x(at), 214, p.dayOfYear(at), "middle", "")
	}
	d.line(c.x(c.due), 16, 0, curveBase-16, "k-due")
	d.text(c.x(c.due), 11, p.t("期限"), "middle", "due")
	d.path(0, 0, "M"+c.steps(b.CurveBefore, 1), "k-before")
	d.path(0, 0, "M"+now, "k-now")
	last := b.Curve[len(b.Curve)-1].Count
	end := p.t("%d 年度 %d", b.Year, last)
	if c.width > c.right+50 {
		d.text(c.right+6, c.y(last)+4, end, "start", "strong")
	} else {
		d.text(c.right, c.y(last)-6, end, "end", "strong")
	}
	return d
}

// A curve places days and counts.
type curve struct {
	due          time.Time
	top          float64
	width, right float64 // of the drawing, and where its field ends
}

const daysBefore, daysAfter = 60.0, 42.0

func (c curve) x(at time.Time) float64 {
	days := at.Sub(c.due).Hours() / 24
	days = min(max(days, -daysBefore), daysAfter)
	return curveLeft + (c.right-curveLeft)*(days+daysBefore)/(daysBefore+daysAfter)
}

func (c curve) y(n int) float64 { return curveBase - (curveBase-curveTop)*float64(n)/c.top }

// steps is the polyline of cumulative counts; shift moves an earlier year onto this
// one.
func (c curve) steps(points []aggregate.CurvePoint, shift int) string {
	var b strings.Builder
	y := c.y(0)
	fmt.Fprintf(&b, "%.1f,%.1f", curveLeft, y)
	for _, point := range points {
		x := c.x(midnight(point.Day, shift))
		fmt.Fprintf(&b, " %.1f,%.1f", x, y)
		y = c.y(point.Count)
		fmt.Fprintf(&b, " %.1f,%.1f", x, y)
	}
	fmt.Fprintf(&b, " %.1f,%.1f", c.right, y)
	return b.String()
}

func midnight(d report.Date, years int) time.Time {
	return time.Date(d.Year+years, time.Month(d.Month), d.Day, 0, 0, 0, 0, standard.China())
}
