package charts

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
)

// A slice is one fill of a stack: the part it draws, its name and its fill, which is a
// texture for all but one part, so that parts are told apart without colour.
type slice struct {
	id, name, fill string
	edge           bool   // too pale to stand without an outline
	class          string // of its shape in a Sketch
}

// Outcomes draws the six groups of outcomes as stacked columns, as counts or as
// shares of what was decided. What the form of 2014 cannot tell apart is one
// hatched part.
func Outcomes(years []aggregate.YearParts, share bool, words Words) (Chart, error) {
	slices := []slice{
		{"granted", words("予以公开"), "@o-granted", false, "c-granted"}, {"partial", words("部分公开"), "@pattern:partial", true, "c-partial"},
		{"denied", words("不予公开"), "@pattern:denied", false, "c-denied"}, {"unavailable", words("无法提供"), "@pattern:unavailable", false, "c-unavailable"},
		{"unprocessed", words("不予处理"), "@pattern:unprocessed", false, "c-unprocessed"}, {"other", words("其他处理"), "@pattern:other", true, "c-other"},
	}
	c := Chart{ID: "outcomes", Name: words("办理结果构成，逐年堆叠柱")}
	return stack(c, years, slices, stackOptions{share: share, unit: "件", top: totalTop}, words)
}

// Appeals draws the results of one kind of dispute, review or suit, with the
// fraction corrected of those concluded above each column.
func Appeals(years []aggregate.YearParts, kind, name string, words Words) (Chart, error) {
	slices := []slice{
		{"corrected", words("结果纠正"), "@a-corrected", false, "c-corrected"}, {"upheld", words("结果维持"), "@pattern:upheld", false, "c-upheld"},
		{"other", words("其他结果"), "@pattern:aother", true, "c-aother"}, {"pending", words("尚未审结"), tokenPending, true, "c-pending"},
	}
	c := Chart{ID: kind, Name: name, Low: true}
	return stack(c, years, slices, stackOptions{unit: "件", top: correctedTop}, words)
}

type stackOptions struct {
	share bool
	unit  string
	top   func(y aggregate.YearParts, slices []slice) string // what stands above a column
}

// totalTop is the printed total with a mark where reports are left out of it.
func totalTop(y aggregate.YearParts, _ []slice) string {
	if y.Basis.Usable < y.Basis.Due {
		return Group(y.Total) + " ▽"
	}
	return Group(y.Total)
}

// correctedTop is the fraction corrected of those concluded.
func correctedTop(y aggregate.YearParts, slices []slice) string {
	corrected, concluded := report.Amount(0), report.Amount(0)
	for i, s := range slices {
		if v, ok := partOf(y, s.id); ok && i < len(slices)-1 {
			concluded += v
			if i == 0 {
				corrected = v
			}
		}
	}
	return corrected.String() + "/" + concluded.String()
}

// partOf returns the value of a part, and false where the year does not know it.
func partOf(y aggregate.YearParts, id string) (report.Amount, bool) {
	for _, p := range y.Parts {
		if p.ID == id {
			return p.Value, p.Known
		}
	}
	return 0, false
}

// drawn reports whether a year knows any of the parts: a form may lack them all.
func drawn(y aggregate.YearParts, slices []slice) bool {
	for _, s := range slices {
		if _, ok := partOf(y, s.id); ok && y.Known {
			return true
		}
	}
	return false
}

// sumOf is the height of a column.
func sumOf(y aggregate.YearParts, slices []slice) (sum report.Amount) {
	for _, s := range slices {
		v, _ := partOf(y, s.id)
		sum += v
	}
	return sum
}

// stack draws the parts of years on top of each other.
func stack(c Chart, years []aggregate.YearParts, slices []slice, o stackOptions, words Words) (Chart, error) {
	slices = withRest(years, slices, words)
	cols := columns(len(years), func(i int) int { return years[i].Year }, func(i int) string { return years[i].Break })
	unit, max := o.unit, any(nil)
	if o.share {
		unit, max = "%", 100
	}
	oldForm := func(i int) bool { return years[i].Year < 2019 && !drawn(years[i], slices) }
	bar := charts.NewBar()
	bar.SetGlobalOptions(axes(cols, unit, "12", max, "ƒstack", words)...)
	bar.SetXAxis(names(cols))
	for i, s := range slices {
		style := charts.WithItemStyleOpts(itemStyle(s))
		series := []charts.SeriesOpts{style, bars("all", "52")}
		if i == 0 {
			series = append(series, breakLines(cols, words), absentFields(cols, oldForm, words("旧格式口径不同")))
		}
		bar.AddSeries(s.name, stackData(years, cols, s, slices, o.share), series...)
	}
	bar.Overlap(tops(years, cols, slices, o))
	c.Table = stackTable(years, slices, o, words)
	c.sketched(func(size sketchSize) *Sketch {
		drawing := sketchStack(years, cols, slices, o, size)
		drawing.fields(cols, oldForm, words("旧格式口径不同"))
		return drawing
	})
	c.Marks = stackMarks(years, slices, cols, oldForm, words)
	return finish(c, bar.Validate, bar.JSON)
}

func itemStyle(s slice) opts.ItemStyle {
	style := opts.ItemStyle{Color: s.fill}
	if s.edge {
		style.BorderColor, style.BorderWidth = tokenEdge, 0.8
	}
	return style
}

// rest is the part that an old form does not tell apart.
const rest = "earlier"

// withRest adds the hatched part where a year has it.
func withRest(years []aggregate.YearParts, slices []slice, words Words) []slice {
	for _, y := range years {
		if _, ok := partOf(y, rest); ok {
			return append(slices, slice{rest, words("旧格式的其余答复"), tokenOldForm, true, "c-oldform"})
		}
	}
	return slices
}

func stackData(years []aggregate.YearParts, cols []column, s slice, all []slice, share bool) []opts.BarData {
	data := make([]opts.BarData, len(cols))
	for i, col := range cols {
		data[i].Value = gap
		if col.index < 0 || !drawn(years[col.index], all) {
			continue
		}
		y := years[col.index]
		v, ok := partOf(y, s.id)
		if !ok {
			continue
		}
		data[i].Name = Group(v)
		data[i].Value = v.Float()
		if sum := sumOf(y, all); share && sum > 0 {
			data[i].Value = round(100 * v.Float() / sum.Float())
		}
	}
	return data
}

// tops is an invisible line that carries what stands above the columns.
func tops(years []aggregate.YearParts, cols []column, slices []slice, o stackOptions) *charts.Line {
	data := make([]opts.LineData, len(cols))
	for i, col := range cols {
		data[i].Value = gap
		if col.index < 0 || !drawn(years[col.index], slices) {
			continue
		}
		y := years[col.index]
		data[i].Name, data[i].Value = o.top(y, slices), sumOf(y, slices).Float()
		if o.share {
			data[i].Value = 100
		}
	}
	line := charts.NewLine()
	line.AddSeries("", data,
		charts.WithLineChartOpts(opts.LineChart{Symbol: "circle", SymbolSize: 1}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: "transparent", Width: 0.01}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: "transparent"}),
		charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "top", Formatter: "{b}", Color: tokenInk, FontSize: 12}))
	return line
}

func stackTable(years []aggregate.YearParts, slices []slice, o stackOptions, words Words) Table {
	t := Table{Head: []string{words("年度")}}
	for _, s := range slices {
		t.Head = append(t.Head, s.name)
	}
	t.Head = append(t.Head, words("合计"), words("计入报告"))
	for _, y := range years {
		row := []string{strconv.Itoa(y.Year)}
		for _, s := range slices {
			v, ok := partOf(y, s.id)
			switch {
			case !y.Known || !ok:
				row = append(row, "—")
			case o.share && sumOf(y, slices) > 0:
				row = append(row, strconv.FormatFloat(100*v.Float()/sumOf(y, slices).Float(), 'f', 1, 64)+"%")
			default:
				row = append(row, Group(v))
			}
		}
		total := "—"
		if drawn(y, slices) {
			total = Group(sumOf(y, slices))
		}
		t.Rows = append(t.Rows, append(row, total, words("%d / %d", y.Basis.Usable, y.Basis.Due)))
	}
	return t
}
