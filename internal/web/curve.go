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
	Now, Before, Area string // polylines
	DueX              float64
	DueLabel          string
	Marks             []curveMark
	Levels            []curveMark
	EndX, EndY        float64
	End, Words        string
	Fixed             string      // its own page
	Rows              [][2]string // day and count, the table of the drawing
}

type curveMark struct {
	At    float64
	Label string
}

// The field of the curve.
const (
	curveLeft, curveRight = 30.0, 700.0
	curveTop, curveBase   = 26.0, 196.0
)

// curve draws the days from two months before the deadline to six weeks after;
// what came earlier or later stands at the edge.
func (p page) curve(b aggregate.Board, deadline time.Time) *curveView {
	if len(b.Curve) == 0 {
		return nil
	}
	top := max(b.Basis.Due, b.Curve[len(b.Curve)-1].Count, 1)
	c := curve{due: deadline, top: float64(top)}
	v := &curveView{DueX: c.x(deadline), DueLabel: p.t("期限")}
	v.Now = c.steps(b.Curve, 0)
	v.Before = c.steps(b.CurveBefore, 1)
	v.Area = fmt.Sprintf("%.1f,%.1f %s %.1f,%.1f", curveLeft, curveBase, v.Now, curveRight, curveBase)
	last := b.Curve[len(b.Curve)-1]
	v.EndX, v.EndY, v.End = curveRight, c.y(last.Count), p.t("%d 年度 %d", b.Year, last.Count)
	for _, n := range []int{0, top / 2, top} {
		v.Levels = append(v.Levels, curveMark{c.y(n), fmt.Sprint(n)})
	}
	for _, days := range []int{-40, -20, 0, 20} {
		at := deadline.AddDate(0, 0, days)
		v.Marks = append(v.Marks, curveMark{c.x(at), p.dayOfYear(at)})
	}
	for _, point := range b.Curve {
		v.Rows = append(v.Rows, [2]string{day(point.Day), fmt.Sprint(point.Count)})
	}
	v.Words = p.t("累计发布：%s 起，至 %s 共 %d 份", day(b.Curve[0].Day), day(last.Day), last.Count)
	return v
}

// A curve places days and counts.
type curve struct {
	due time.Time
	top float64
}

const daysBefore, daysAfter = 60.0, 42.0

func (c curve) x(at time.Time) float64 {
	days := at.Sub(c.due).Hours() / 24
	days = min(max(days, -daysBefore), daysAfter)
	return curveLeft + (curveRight-curveLeft)*(days+daysBefore)/(daysBefore+daysAfter)
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
	fmt.Fprintf(&b, " %.1f,%.1f", curveRight, y)
	return b.String()
}

func midnight(d report.Date, years int) time.Time {
	return time.Date(d.Year+years, time.Month(d.Month), d.Day, 0, 0, 0, 0, standard.China())
}
