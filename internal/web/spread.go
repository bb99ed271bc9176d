package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/standard"
)

// A spreadView is how the units of a region are spread over an indicator: a strip with
// a mark for each unit, and a histogram above it.
type spreadView struct {
	N, Left int // units drawn; units without a figure that could be
	Bins    []spreadBin
	Marks   []spreadMark
	Median  float64
	Q1, Q3  float64 // places of the quartiles
	Scale   []charts.Text
	Width   float64 // of the field
	Words   string
}

// A spreadBin is a column of the histogram.
type spreadBin struct {
	X, Y, W, H float64
	N          int
	Text       string
}

type spreadMark struct {
	X      float64
	Title  string
	Hollow bool
}

// The field of a spread.
const (
	spreadLeft, spreadWidth = 10.0, 740.0
	spreadPhone             = 296.0 // how wide it is on a phone
	spreadBase, spreadTop   = 120.0, 100.0
	spreadLeast             = 4 // fewer units are no distribution
)

// spread places the defined figures of a ranking, nothing for fewer than four. Small
// denominators are left out as they are from ranks.
func (p page) spread(ind standard.Indicator, r aggregate.Ranking, width float64) spreadView {
	v := spreadView{Width: width}
	var values []float64
	for _, e := range r.Entries {
		if f := e.Figure; f.Defined && f.Small == "" {
			values = append(values, f.Value)
		} else {
			v.Left++
		}
	}
	if v.N = len(values); v.N < spreadLeast {
		v.Words = p.t("可画的单位 %d 个，不足 %d 个，不画分布", v.N, spreadLeast)
		return v
	}
	slices.Sort(values)
	low, top := min(values[0], 0), charts.Nice(values[v.N-1])
	if top <= low {
		top = low + 1
	}
	x := func(n float64) float64 { return spreadLeft + width*(n-low)/(top-low) }
	for i := range 5 {
		n := low + (top-low)*float64(i)/4
		v.Scale = append(v.Scale, charts.Text{X: x(n), Y: 166, Text: strconv.FormatFloat(n, 'f', -1, 64)})
	}
	v.bins(values, low, top, x)
	for _, e := range r.Entries {
		if f := e.Figure; f.Defined && f.Small == "" {
			v.Marks = append(v.Marks, spreadMark{X: x(f.Value), Hollow: !f.Status.Counts() && f.Status != "", Title: plain(p.name(shortName(e.Agency))) + " " + p.figure(f, ind.Unit)})
		}
	}
	q1, median, q3 := quartile(values, .25), quartile(values, .5), quartile(values, .75)
	v.Q1, v.Median, v.Q3 = x(q1), x(median), x(q3)
	v.Words = p.t("%d 个单位：最小 %.1f，下四分位 %.1f，中位 %.1f，上四分位 %.1f，最大 %.1f（%s）", v.N, values[0], q1, median, q3, values[v.N-1], p.t(ind.Unit))
	if v.Left > 0 {
		v.Words += p.t("；另有 %d 个单位没有数或分母不足 30，不画", v.Left)
	}
	return v
}

// End is where the field ends, Full how wide the drawing is with what hangs over.
func (v spreadView) End() float64  { return spreadLeft + v.Width }
func (v spreadView) Full() float64 { return v.Width + 36 }

// bins counts the values in eight columns of equal width.
func (v *spreadView) bins(values []float64, low, top float64, x func(float64) float64) {
	const n = 8
	var count [n]int
	most := 1
	for _, value := range values {
		i := min(int(n*(value-low)/(top-low)), n-1)
		count[i]++
		most = max(most, count[i])
	}
	step := (top - low) / n
	for i, c := range count {
		from := low + step*float64(i)
		h := (spreadTop - 14) * float64(c) / float64(most)
		v.Bins = append(v.Bins, spreadBin{X: x(from) + 1, W: x(from+step) - x(from) - 2, Y: spreadBase - h, H: h, N: c,
			Text: fmt.Sprintf("%s–%s", strconv.FormatFloat(from, 'f', -1, 64), strconv.FormatFloat(from+step, 'f', -1, 64))})
	}
}

// quartile interpolates between the neighbours of ascending values.
func quartile(values []float64, q float64) float64 {
	at := q * float64(len(values)-1)
	i := int(at)
	if i+1 >= len(values) {
		return values[i]
	}
	return values[i] + (at-float64(i))*(values[i+1]-values[i])
}

// offerPool links the ranking of one year and that of the years of its form, summed.
func (v *indicatorView) offerPool(r aggregate.Ranking, pooled bool) {
	q := url.Values{"region": {string(r.Region.Code)}, "year": {strconv.Itoa(r.Year)}}
	one := v.With(q)
	q.Set("pool", "form")
	v.Pools = []link{{Text: v.t("单年"), Href: one, Current: !pooled}, {Text: v.t("同一格式各年合计"), Href: v.With(q), Current: pooled}}
	if r.Pool != nil {
		v.Pooled = v.t("%d—%d 年度合计，分母小的单位因此可比；跨年相加不含格式变更之前的年度。", r.Pool.From, r.Pool.To)
	}
}
