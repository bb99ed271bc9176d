package charts

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"gongkai/internal/aggregate"
	"gongkai/internal/standard"
)

// Columns draws one series as columns. Years in which the form did not ask for the
// figure are hatched, and its reason stands in the field.
func Columns(id string, s aggregate.Series, words Words) (Chart, error) {
	c := Chart{ID: id, Name: words("%s，逐年柱", s.Name), Low: true}
	cols := seriesColumns(s)
	bar := charts.NewBar()
	bar.SetGlobalOptions(axes(cols, s.Indicator.Unit, "12", nil, "ƒseries", words)...)
	bar.SetXAxis(names(cols))
	data := make([]opts.BarData, len(cols))
	for i, col := range cols {
		data[i].Value = gap
		if col.index >= 0 {
			f := s.Figures[col.index]
			data[i].Name, data[i].Value = Show(f, s.Indicator.Unit, words), value(f)
			if short(f) {
				data[i].Name += " ▽"
			}
			if unverified(f) {
				data[i].ItemStyle = &opts.ItemStyle{Color: tokenSheet, BorderColor: tokenInk, BorderWidth: 2}
			}
		}
	}
	bar.AddSeries(s.Name, data,
		charts.WithItemStyleOpts(opts.ItemStyle{Color: tokenInk}),
		bars("", "40"),
		charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "top", Formatter: "ƒrounded", Color: tokenInk, FontSize: 12}),
		breakLines(cols, words), absentFields(cols, func(i int) bool { return notInForm(s.Indicator, s.Figures[i]) }, words("此格式无此项")))
	c.Table = withBasis(seriesTable([]aggregate.Series{s}, s.Years, words), s, words)
	c.sketched(func(size sketchSize) *Sketch {
		drawing := sketchColumns(s, cols, words, size)
		drawing.fields(cols, func(i int) bool { return notInForm(s.Indicator, s.Figures[i]) }, words("此格式无此项"))
		return drawing
	})
	c.Marks = seriesMarks(s, cols, words)
	return finish(c, bar.Validate, bar.JSON)
}

// absentFields hatches the runs of years whose form has no such cell, and says so
// in each field.
func absentFields(cols []column, lacks func(i int) bool, name string) charts.SeriesOpts {
	var areas []any
	names := names(cols)
	for _, run := range runs(cols, lacks) {
		areas = append(areas, []any{
			opts.MarkAreaNameXAxisItem{Name: name, XAxis: names[run[0]]}, opts.MarkAreaNameXAxisItem{XAxis: names[run[1]]},
		})
	}
	return func(ss *charts.SingleSeries) {
		if areas == nil {
			return
		}
		ss.MarkAreas = &opts.MarkAreas{Data: areas, MarkAreaStyle: opts.MarkAreaStyle{
			ItemStyle: &opts.ItemStyle{Color: tokenHatch},
			Label:     &opts.Label{Show: opts.Bool(true), Position: "inside", Color: tokenSoft, FontSize: 12, Formatter: "{b}"},
		}}
	}
}

// identity is how the unit of a slot is told from the others: colour, symbol and
// dash, since two of the colours are close to some eyes.
var identity = [...]struct{ color, symbol, dash string }{
	{"@s1", "circle", "solid"}, {"@s2", "rect", "dashed"}, {"@s3", "triangle", "solid"},
	{"@s4", "diamond", "dotted"}, {"@s5", "roundRect", "dashed"}, {"@s6", "pin", "solid"},
}

// Slots is how many units a comparison can tell apart.
const Slots = len(identity)

// Lines draws the series of a comparison as lines that break at gaps and breaks.
// A figure that is not verified is a hollow mark.
func Lines(cmp aggregate.Comparison, words Words) (Chart, error) {
	c := Chart{ID: "lines", Name: words("%s，逐年折线", words(cmp.Indicator.Name.ZH))}
	cols := comparisonColumns(cmp)
	line := charts.NewLine()
	line.SetGlobalOptions(axes(cols, cmp.Indicator.Unit, "110", nil, "ƒseries", words)...)
	line.SetXAxis(names(cols))
	for i, s := range cmp.Series {
		who := identity[i%Slots]
		options := []charts.SeriesOpts{
			charts.WithLineChartOpts(opts.LineChart{Symbol: who.symbol, SymbolSize: 8, ConnectNulls: opts.Bool(false)}),
			charts.WithLineStyleOpts(opts.LineStyle{Color: who.color, Width: 2, Type: who.dash}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: who.color}),
		}
		if i == 0 {
			options = append(options, breakLines(cols, words))
		}
		line.AddSeries(s.Name, lineData(s, cols, who.symbol, cmp.Indicator.Unit, words), options...)
	}
	c.Table = seriesTable(cmp.Series, cmp.Years, words)
	c.sketched(func(size sketchSize) *Sketch { return sketchLines(cmp, cols, words, size) })
	c.Marks = comparisonMarks(cmp, cols, words)
	return finish(c, line.Validate, line.JSON)
}

func lineData(s aggregate.Series, cols []column, symbol, unit string, words Words) []opts.LineData {
	data := make([]opts.LineData, len(cols))
	for i, col := range cols {
		data[i].Value = gap
		if col.index < 0 {
			continue
		}
		f := s.Figures[col.index]
		data[i].Name, data[i].Value = Show(f, unit, words), value(f)
		if unverified(f) {
			data[i].Symbol, data[i].SymbolSize = "empty"+hollow(symbol), 9
		}
	}
	return data
}

// hollow is the ECharts name of a symbol's outline, which takes a capital.
func hollow(symbol string) string {
	return string(symbol[0]-'a'+'A') + symbol[1:]
}

// Bars draws one year of a comparison, one bar a unit.
func Bars(cmp aggregate.Comparison, year int, words Words) (Chart, error) {
	c := Chart{ID: "bars", Name: words("%s，%d 年度，逐单位柱", words(cmp.Indicator.Name.ZH), year)}
	at := -1
	for i, y := range cmp.Years {
		if y == year {
			at = i
		}
	}
	cols := make([]column, len(cmp.Series))
	data := make([]opts.BarData, len(cmp.Series))
	for i, s := range cmp.Series {
		cols[i] = column{index: i, label: s.Name}
		data[i].Value = gap
		if at >= 0 && at < len(s.Figures) {
			f := s.Figures[at]
			data[i] = opts.BarData{Name: Show(f, cmp.Indicator.Unit, words), Value: value(f),
				ItemStyle: &opts.ItemStyle{Color: identity[i%Slots].color}}
			if unverified(f) {
				data[i].ItemStyle = &opts.ItemStyle{Color: tokenSheet, BorderColor: identity[i%Slots].color, BorderWidth: 2}
			}
		}
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(axes(cols, cmp.Indicator.Unit, "12", nil, "ƒseries", words)...)
	bar.XAxisList[0].AxisLabel.Interval = "0" // every unit keeps its name
	bar.SetXAxis(names(cols))
	bar.AddSeries(words(cmp.Indicator.Name.ZH), data, bars("", "48"),
		charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "top", Formatter: "{b}", Color: tokenInk, FontSize: 12}))
	c.Table = seriesTable(cmp.Series, cmp.Years, words)
	c.sketched(func(size sketchSize) *Sketch { return sketchBars(cmp, cols, at, words, size) })
	c.Marks = comparisonMarks(oneYear(cmp, at), nil, words)
	return finish(c, bar.Validate, bar.JSON)
}

// oneYear is a comparison of one of its years, the one at a place.
func oneYear(cmp aggregate.Comparison, at int) aggregate.Comparison {
	one := aggregate.Comparison{Indicator: cmp.Indicator}
	for _, s := range cmp.Series {
		if at >= 0 && at < len(s.Figures) {
			s.Figures = s.Figures[at : at+1]
			one.Series = append(one.Series, s)
		}
	}
	return one
}

func seriesColumns(s aggregate.Series) []column {
	return columns(len(s.Figures), func(i int) int { return s.Figures[i].Year }, func(i int) string { return s.Figures[i].Break })
}

// comparisonColumns breaks the axis where any series breaks.
func comparisonColumns(cmp aggregate.Comparison) []column {
	return columns(len(cmp.Years), func(i int) int { return cmp.Years[i] }, func(i int) string {
		for _, s := range cmp.Series {
			if i < len(s.Figures) && s.Figures[i].Break != "" {
				return s.Figures[i].Break
			}
		}
		return ""
	})
}

// seriesTable has a row for each year and a column for each series.
func seriesTable(all []aggregate.Series, years []int, words Words) Table {
	t := Table{Head: []string{words("年度")}}
	for _, s := range all {
		t.Head = append(t.Head, s.Name)
	}
	for i, year := range years {
		row := []string{strconv.Itoa(year)}
		for _, s := range all {
			cell := "—"
			if i < len(s.Figures) {
				cell = tableCell(s.Indicator, s.Figures[i], words)
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// withBasis adds to the table of one series how many reports each figure rests on.
func withBasis(t Table, s aggregate.Series, words Words) Table {
	t.Head = append(t.Head, words("计入报告"))
	for i := range t.Rows {
		cell := "—"
		if i < len(s.Figures) {
			cell = words("%d / %d", s.Figures[i].Basis.Usable, s.Figures[i].Basis.Due)
		}
		t.Rows[i] = append(t.Rows[i], cell)
	}
	return t
}

// tableCell writes a figure with the fraction it stands for.
func tableCell(ind standard.Indicator, f aggregate.Figure, words Words) string {
	unit := ind.Unit
	text := Show(f, unit, words)
	if notInForm(ind, f) {
		text = words("此格式无此项")
	}
	if f.Ratio && f.Defined && f.Small != "fraction" {
		text += words("（%s）", f.Numerator.String()+"/"+f.Denominator.String())
	}
	return text
}
