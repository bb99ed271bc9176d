package charts

import (
	"fmt"
	"math"
	"strings"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
)

// A Sketch is the drawing of a chart that needs no script: shapes with classes, for
// a template to write as SVG. The option draws over it where scripts run.
type Sketch struct {
	Width, Height float64
	Rects         []Rect
	Lines         []Polyline
	Dots          []Dot
	Rules         []float64 // places of breaks
	Levels        []Text    // of the scale, at the left
	Years         []Text    // under the columns
	Tops          []Text    // above the columns
	Left, Right   float64   // ends of the field
	Top, Base     float64
}

// A Rect is a part of a column.
type Rect struct {
	X, Y, W, H float64
	Class      string
	Title      string
}

// A Polyline joins points of one series that follow each other without a gap.
type Polyline struct {
	Points string
	Class  string
}

// A Dot is a figure of a series; a hollow one is not verified.
type Dot struct {
	X, Y   float64
	Class  string
	Hollow bool
	Title  string
}

// A Text stands at a place of the field.
type Text struct {
	X, Y float64
	Text string
}

// Nice rounds up to a number of one figure (or 15 and its like), where a scale may
// end.
func Nice(v float64) float64 {
	if v <= 0 {
		return 0
	}
	base := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 1.5, 2, 3, 4, 5, 6, 8, 10} {
		if v <= m*base {
			return m * base
		}
	}
	return v
}

// A sketchSize is one of the fields that sketches are drawn in: the page shows a sketch
// as large as it is drawn, so that its letters stay what they are.
type sketchSize int

const (
	sketchWide sketchSize = iota
	sketchLow
	sketchPhone
	sketchPhoneLow
)

// sketched has a chart sketched for the page and for a phone.
func (c *Chart) sketched(draw func(sketchSize) *Sketch) {
	page, phone := sketchWide, sketchPhone
	if c.Low {
		page, phone = sketchLow, sketchPhoneLow
	}
	c.Sketch, c.Phone = draw(page), draw(phone)
}

// empty is the field of a size; the heights are those of the style sheet.
func (size sketchSize) empty() *Sketch {
	switch size {
	case sketchLow:
		return &Sketch{Width: 420, Height: 250, Left: 44, Right: 414, Top: 30, Base: 224}
	case sketchPhone:
		return &Sketch{Width: 360, Height: 300, Left: 44, Right: 358, Top: 30, Base: 274}
	case sketchPhoneLow:
		return &Sketch{Width: 360, Height: 250, Left: 44, Right: 358, Top: 30, Base: 224}
	}
	return &Sketch{Width: 760, Height: 340, Left: 52, Right: 750, Top: 30, Base: 312}
}

// newSketch is an empty field with its scale, its years and its breaks.
func newSketch(cols []column, most float64, size sketchSize) (*Sketch, float64) {
	s := size.empty()
	names := s.columnNames(cols)
	scale := Nice(most)
	if scale == 0 {
		scale = 1
	}
	for i := range 3 {
		v := scale * float64(i) / 2
		s.Levels = append(s.Levels, Text{s.Left - 6, s.y(v, scale), Group(report.Amount(math.Round(v * float64(report.One))))})
	}
	for i, c := range cols {
		x := s.x(i, len(cols))
		if c.index < 0 {
			s.Rules = append(s.Rules, x)
		}
		for line, name := range names[i] {
			s.Years = append(s.Years, Text{x, s.Base + 18 + lineHeight*float64(line), name})
		}
	}
	return s, scale
}

// columnNames are the names of columns in the lines that they need; the field ends
// above them. Years are named by two digits where four have no room.
func (s *Sketch) columnNames(cols []column) [][]string {
	room := (s.Right - s.Left) / float64(max(len(cols), 1))
	names, most := make([][]string, len(cols)), 1
	for i, c := range cols {
		switch {
		case c.index < 0:
		case len(c.label) == 4 && room < 34:
			names[i] = []string{c.label[2:]}
		default:
			names[i] = wrapped(c.label, room-4)
		}
		most = max(most, len(names[i]))
	}
	s.Base -= lineHeight * float64(most-1)
	return names
}

func (s *Sketch) x(i, n int) float64 {
	return s.Left + (s.Right-s.Left)*(float64(i)+0.5)/float64(max(n, 1))
}

func (s *Sketch) y(v, scale float64) float64 { return s.Base - (s.Base-s.Top)*v/scale }

// fields marks the runs of years whose form has no such cell, with words.
func (s *Sketch) fields(cols []column, lacks func(i int) bool, name string) {
	half := (s.Right - s.Left) / float64(max(len(cols), 1)) / 2
	for _, run := range runs(cols, lacks) {
		from, to := s.x(run[0], len(cols))-half, s.x(run[1], len(cols))+half
		s.Rects = append(s.Rects, Rect{from, s.Top, to - from, s.Base - s.Top, "c-field", name})
		lines := wrapped(name, max(to-from-8, 60))
		x := min((from+to)/2, s.Right-widest(lines)/2)
		for i, line := range lines {
			y := (s.Top+s.Base)/2 + lineHeight*(float64(i)-float64(len(lines)-1)/2)
			s.Tops = append(s.Tops, Text{x, y, line})
		}
	}
}

// above sets the numbers above columns, by their places. Where all have no room, the
// last, the first and the greatest come first, and the others where they touch none.
func (s *Sketch) above(all []Text) {
	for i := range all {
		all[i].X = min(all[i].X, s.Width-measure(all[i].Text)/2)
	}
	order := make([]int, 0, len(all)+3)
	if len(all) > 0 {
		top := 0
		for i, text := range all {
			if text.Y < all[top].Y {
				top = i
			}
		}
		order = append(order, len(all)-1, top, 0)
	}
	for i := range all {
		order = append(order, i)
	}
	kept := make([]bool, len(all))
	for _, i := range order {
		kept[i] = kept[i] || !touches(all, kept, i)
	}
	for i, text := range all {
		if kept[i] {
			s.Tops = append(s.Tops, text)
		}
	}
}

// touches reports whether a text would lie over one that is kept.
func touches(all []Text, kept []bool, at int) bool {
	for i, text := range all {
		if kept[i] && math.Abs(text.X-all[at].X) < (measure(text.Text)+measure(all[at].Text))/2+2 && math.Abs(text.Y-all[at].Y) < lineHeight {
			return true
		}
	}
	return false
}

// column adds a rectangle from one value to another.
func (s *Sketch) column(i, n int, from, to, scale float64, class, title string) {
	w := min(44, 0.62*(s.Right-s.Left)/float64(n))
	x := s.x(i, n) - w/2
	s.Rects = append(s.Rects, Rect{x, s.y(to, scale), w, s.y(from, scale) - s.y(to, scale), class, title})
}

// sketchStack draws what stack draws.
func sketchStack(years []aggregate.YearParts, cols []column, slices []slice, o stackOptions, size sketchSize) *Sketch {
	most := 0.0
	for _, y := range years {
		most = max(most, sumOf(y, slices).Float())
	}
	if o.share {
		most = 100
	}
	s, scale := newSketch(cols, most, size)
	var tops []Text
	for i, col := range cols {
		if col.index < 0 || !drawn(years[col.index], slices) {
			continue
		}
		y := years[col.index]
		factor := 1.0
		if sum := sumOf(y, slices).Float(); o.share && sum > 0 {
			factor = 100 / sum
		}
		at := 0.0
		for _, part := range slices {
			v, _ := partOf(y, part.id)
			if v > 0 {
				to := at + v.Float()*factor
				s.column(i, len(cols), at, to, scale, part.class, part.name+" "+Group(v))
				at = to
			}
		}
		tops = append(tops, Text{s.x(i, len(cols)), s.y(at, scale) - 6, o.top(y, slices)})
	}
	s.above(tops)
	return s
}

// sketchColumns draws what Columns draws.
func sketchColumns(series aggregate.Series, cols []column, words Words, size sketchSize) *Sketch {
	most := 0.0
	for _, f := range series.Figures {
		if f.Defined {
			most = max(most, f.Value)
		}
	}
	s, scale := newSketch(cols, most, size)
	var tops []Text
	for i, col := range cols {
		if col.index < 0 || !series.Figures[col.index].Defined {
			continue
		}
		f := series.Figures[col.index]
		s.column(i, len(cols), 0, f.Value, scale, "c-plain"+hollowClass(f), Show(f, series.Indicator.Unit, words))
		top := brief(f, series.Indicator.Unit, words)
		if short(f) {
			top += " ▽"
		}
		tops = append(tops, Text{s.x(i, len(cols)), s.y(f.Value, scale) - 6, top})
	}
	s.above(tops)
	return s
}

// hollowClass is added to the class of a shape that is not verified.
func hollowClass(f aggregate.Figure) string {
	if unverified(f) {
		return " open"
	}
	return ""
}

// brief is a figure above a narrow column: from 100 on without decimals.
func brief(f aggregate.Figure, unit string, words Words) string {
	if !f.Ratio && f.Numerator >= report.Count(100) {
		return Group(report.Count(int64(math.Round(f.Numerator.Float()))))
	}
	return Show(f, unit, words)
}

// sketchLines draws what Lines draws.
func sketchLines(cmp aggregate.Comparison, cols []column, words Words, size sketchSize) *Sketch {
	most := 0.0
	for _, series := range cmp.Series {
		for _, f := range series.Figures {
			if f.Defined {
				most = max(most, f.Value)
			}
		}
	}
	s, scale := newSketch(cols, most, size)
	for n, series := range cmp.Series {
		class := fmt.Sprintf("k%d", n%Slots+1)
		var run []string
		flush := func() {
			if len(run) > 1 {
				s.Lines = append(s.Lines, Polyline{strings.Join(run, " "), class})
			}
			run = nil
		}
		for i, col := range cols {
			if col.index < 0 || !series.Figures[col.index].Defined {
				flush()
				continue
			}
			f := series.Figures[col.index]
			x, y := s.x(i, len(cols)), s.y(f.Value, scale)
			run = append(run, fmt.Sprintf("%.1f,%.1f", x, y))
			s.Dots = append(s.Dots, Dot{x, y, class, unverified(f), series.Name + " " + Show(f, cmp.Indicator.Unit, words)})
		}
		flush()
	}
	return s
}

// sketchBars draws what Bars draws.
func sketchBars(cmp aggregate.Comparison, cols []column, at int, words Words, size sketchSize) *Sketch {
	figures := make([]aggregate.Figure, len(cmp.Series))
	most := 0.0
	for i, series := range cmp.Series {
		if at >= 0 && at < len(series.Figures) {
			figures[i] = series.Figures[at]
		}
		if figures[i].Defined {
			most = max(most, figures[i].Value)
		}
	}
	s, scale := newSketch(cols, most, size)
	var tops []Text
	for i, f := range figures {
		if !f.Defined {
			continue
		}
		s.column(i, len(cols), 0, f.Value, scale, fmt.Sprintf("b%d", i%Slots+1)+hollowClass(f), Show(f, cmp.Indicator.Unit, words))
		tops = append(tops, Text{s.x(i, len(cols)), s.y(f.Value, scale) - 6, brief(f, cmp.Indicator.Unit, words)})
	}
	s.above(tops)
	return s
}
