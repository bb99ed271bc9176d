// Package charts turns aggregates into ECharts options and the tables that say the
// same.
//
// In: what aggregate computed. Out: a Chart: its option as JSON, made by
// go-echarts and never by its page renderer, and the table of its figures. Colours
// are names of the page's own tokens ("@o-granted") and functions are names of the
// page's own script ("ƒtotal"), so that an option is data and nothing else. What is
// not known is a gap, never a zero; a break in the series is an empty column with a
// dotted rule. The package asks nothing and adds up nothing.
package charts

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
)

// A Chart is a drawing and the table that says the same.
type Chart struct {
	ID     string // of the element, and of its permanent link
	Name   string // what a screen reader calls it
	Option json.RawMessage
	Table  Table
	Sketch *Sketch
	Phone  *Sketch  // the same for a phone
	Marks  []string // the legend of states, which leaves the page with the drawing
	Low    bool     // half height
}

// A Table holds the figures of a chart as they are shown. The first column names
// the rows.
type Table struct {
	Head []string
	Rows [][]string
	Foot bool // the last row sums the others
}

// Figures reports whether a column holds figures, which stand at the right; what says
// something in every row is words.
func (t Table) Figures(column int) bool {
	words := false
	for _, row := range t.Rows {
		if column >= len(row) {
			continue
		}
		if strings.TrimLeft(row[column], "0123456789") != row[column] || strings.HasPrefix(row[column], "−") || strings.HasPrefix(row[column], "≠") {
			return column > 0
		}
		words = words || row[column] != "—" && row[column] != ""
	}
	return column > 0 && !words
}

// Words translates a text of the product and fills its verbs, as fmt.Sprintf does.
type Words func(zh string, args ...any) string

// A token is the name of a colour or a texture of the page.
const (
	tokenInk     = "@ink"
	tokenSoft    = "@ink-2"
	tokenQuiet   = "@ink-3"
	tokenRule    = "@rule"
	tokenLine    = "@line"
	tokenEdge    = "@rule-2"
	tokenSheet   = "@sheet"
	tokenHatch   = "@pattern:hatch"
	tokenOldForm = "@pattern:oldform"
	tokenPending = "@pattern:pending"
)

// A column is one place on a category axis: a year, or the empty place of a break.
type column struct {
	index int // into the figures, -1 for a break
	label string
	note  string // reason of the break
}

// columns puts the years on an axis with an empty place before each break.
func columns(n int, year func(i int) int, broken func(i int) string) []column {
	var cols []column
	for i := range n {
		if reason := broken(i); reason != "" && i > 0 {
			cols = append(cols, column{index: -1, note: reason})
		}
		cols = append(cols, column{index: i, label: strconv.Itoa(year(i))})
	}
	return cols
}

// names are the labels of an axis. ECharts joins what has the same name, so breaks
// differ by their blanks.
func names(cols []column) []string {
	labels := make([]string, len(cols))
	blanks := ""
	for i, c := range cols {
		if labels[i] = c.label; c.index < 0 {
			blanks += " "
			labels[i] = blanks
		}
	}
	return labels
}

// breakLines draws a dotted rule in the middle of each break.
func breakLines(cols []column, words Words) charts.SeriesOpts {
	var lines []any
	for i, c := range cols {
		if c.index < 0 {
			lines = append(lines, opts.MarkLineNameXAxisItem{Name: words("口径变更"), XAxis: i})
		}
	}
	return func(s *charts.SingleSeries) {
		if lines == nil {
			return
		}
		s.MarkLines = &opts.MarkLines{Data: lines, MarkLineStyle: opts.MarkLineStyle{
			Symbol:    []string{"none", "none"},
			Label:     &opts.Label{Show: opts.Bool(true), Formatter: "{b}", Color: tokenQuiet, FontSize: 11},
			LineStyle: &opts.LineStyle{Type: "dotted", Color: tokenEdge, Width: 1.2},
		}}
	}
}

// axes are the global options of every chart on a category axis; right is the room
// for labels beyond it.
func axes(cols []column, unit, right string, max any, tip types.FuncStr, words Words) []charts.GlobalOpts {
	return []charts.GlobalOpts{
		charts.WithAnimation(false),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{
			Show: opts.Bool(true), Trigger: "axis", Formatter: tip,
			AxisPointer: &opts.AxisPointer{Type: "shadow"},
		}),
		charts.WithGridOpts(opts.Grid{Left: "8", Right: right, Top: "34", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{
			Type: "category", Data: names(cols),
			AxisLine:  &opts.AxisLine{LineStyle: &opts.LineStyle{Color: tokenLine}},
			AxisTick:  &opts.AxisTick{Show: opts.Bool(false)},
			AxisLabel: &opts.AxisLabel{Color: tokenSoft, FontSize: 12, HideOverlap: opts.Bool(true)},
		}),
		charts.WithYAxisOpts(opts.YAxis{
			Type: "value", Name: words(unit), Max: max, MinInterval: minInterval(unit),
			SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: tokenRule}},
			AxisLabel: &opts.AxisLabel{Color: tokenSoft, FontSize: 12, Formatter: "ƒcount"},
		}),
	}
}

// bars sets the stack and the greatest width of columns.
func bars(stack, width string) charts.SeriesOpts {
	return func(s *charts.SingleSeries) { s.Stack, s.BarMaxWidth = stack, width }
}

// minInterval keeps an axis of counts from showing halves.
func minInterval(unit string) float64 {
	if unit == "%" || unit == "万元" || unit == "" {
		return 0
	}
	return 1
}

// finish validates a chart as go-echarts asks and takes its option.
func finish(c Chart, validate func(), option func() map[string]any) (Chart, error) {
	validate()
	b, err := json.Marshal(option())
	if err != nil {
		return Chart{}, fmt.Errorf("chart %s: %w", c.ID, err)
	}
	c.Option = b
	return c, nil
}

// gap is the value of a place with nothing in it; ECharts takes it for no data.
const gap = "-"

// value is what a known figure draws, and a gap otherwise.
func value(f aggregate.Figure) any {
	if !f.Known || f.Ratio && !f.Defined {
		return gap
	}
	return round(f.Value)
}

func round(v float64) float64 { return math.Round(v*100) / 100 }

// Show writes a figure as pages and tables do: a ratio on few cases is a fraction,
// and what is not known says why.
func Show(f aggregate.Figure, unit string, words Words) string {
	switch {
	case !f.Known:
		if f.Reason != "" {
			return words(f.Reason)
		}
		return "—"
	case f.Ratio && f.Small == "fraction":
		return f.Numerator.String() + "/" + f.Denominator.String()
	case f.Ratio && !f.Defined:
		return words("分母为 0")
	case f.Ratio && unit == "%":
		return strconv.FormatFloat(f.Value, 'f', 1, 64) + "%"
	case f.Ratio:
		return strconv.FormatFloat(f.Value, 'f', 1, 64)
	}
	return Group(f.Numerator)
}

// Group writes an amount with commas between thousands.
func Group(a report.Amount) string {
	s := a.String()
	whole, rest := s, ""
	for i := range s {
		if s[i] == '.' {
			whole, rest = s[:i], s[i:]
			break
		}
	}
	sign := ""
	if whole != "" && whole[0] == '-' {
		sign, whole = "−", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + rest
}
