package charts

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// plain is the catalogue of the tests: Chinese as it stands.
func plain(zh string, args ...any) string {
	if len(args) == 0 {
		return zh
	}
	return fmt.Sprintf(zh, args...)
}

// An option is what the tests look at of an ECharts option.
type option struct {
	XAxis []struct {
		Data []string `json:"data"`
	} `json:"xAxis"`
	Series []struct {
		Name string `json:"name"`
		Type string `json:"type"`
		Data []struct {
			Name   string `json:"name"`
			Value  any    `json:"value"`
			Symbol string `json:"symbol"`
		} `json:"data"`
		MarkLine struct {
			Data []struct {
				XAxis any `json:"xAxis"`
			} `json:"data"`
		} `json:"markLine"`
		MarkArea struct {
			Data [][]struct {
				Name  string `json:"name"`
				XAxis string `json:"xAxis"`
			} `json:"data"`
		} `json:"markArea"`
	} `json:"series"`
}

func read(t *testing.T, c Chart) option {
	t.Helper()
	var o option
	if err := json.Unmarshal(c.Option, &o); err != nil {
		t.Fatalf("%s: %v", c.Option, err)
	}
	return o
}

func parts(year int, known bool, values map[string]int64) aggregate.YearParts {
	y := aggregate.YearParts{Year: year, Known: known, Basis: aggregate.Basis{Due: 3, Usable: 3}}
	for _, id := range []string{"granted", "partial", "denied", "unavailable", "unprocessed", "other", "earlier"} {
		n, ok := values[id]
		y.Parts = append(y.Parts, aggregate.Part{ID: id, Value: report.Count(n), Known: ok})
		y.Total += report.Count(n)
	}
	return y
}

// TestOutcomes holds that a year without reports is a gap and no zero, that a break
// is an empty column with a rule, and that the table says the same.
func TestOutcomes(t *testing.T) {
	full := map[string]int64{"granted": 30, "partial": 10, "denied": 5, "unavailable": 5, "unprocessed": 0, "other": 0}
	old := parts(2018, true, map[string]int64{"granted": 8, "partial": 1, "earlier": 3})
	broken := parts(2019, true, full)
	broken.Break, broken.Cut = "口径", true
	short := parts(2021, true, full)
	short.Basis.Usable = 2
	years := []aggregate.YearParts{old, broken, parts(2020, false, nil), short}
	c, err := Outcomes(years, false, plain)
	if err != nil {
		t.Fatal(err)
	}
	o := read(t, c)
	if diff := cmp.Diff([]string{"2018", " ", "2019", "2020", "2021"}, o.XAxis[0].Data); diff != "" {
		t.Errorf("axis (-want +got):\n%s", diff)
	}
	granted := o.Series[0]
	var values []any
	for _, d := range granted.Data {
		values = append(values, d.Value)
	}
	if diff := cmp.Diff([]any{8.0, "-", 30.0, "-", 30.0}, values); diff != "" {
		t.Errorf("granted (-want +got):\n%s", diff)
	}
	if len(granted.MarkLine.Data) != 1 || granted.MarkLine.Data[0].XAxis != 1.0 {
		t.Errorf("rule of the break: %+v", granted.MarkLine)
	}
	for _, s := range o.Series {
		if s.Name == "不予公开" && s.Data[0].Value != "-" {
			t.Errorf("the form of 2014 has no denials of its own, drawn %v", s.Data[0].Value)
		}
	}
	top := o.Series[len(o.Series)-1]
	if top.Data[2].Name != "50" || top.Data[4].Name != "50 ▽" {
		t.Errorf("above the columns: %q and %q", top.Data[2].Name, top.Data[4].Name)
	}
	want := [][]string{
		{"2018", "8", "1", "—", "—", "—", "—", "3", "12", "3 / 3"},
		{"2019", "30", "10", "5", "5", "0", "0", "—", "50", "3 / 3"},
		{"2020", "—", "—", "—", "—", "—", "—", "—", "—", "3 / 3"},
		{"2021", "30", "10", "5", "5", "0", "0", "—", "50", "2 / 3"},
	}
	if diff := cmp.Diff(want, c.Table.Rows); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

// TestOutcomesShare holds that shares are of what was decided.
func TestOutcomesShare(t *testing.T) {
	c, err := Outcomes([]aggregate.YearParts{parts(2021, true, map[string]int64{"granted": 1, "denied": 2})}, true, plain)
	if err != nil {
		t.Fatal(err)
	}
	o := read(t, c)
	if got := o.Series[0].Data[0].Value; got != 33.33 {
		t.Errorf("share %v", got)
	}
	if got := c.Table.Rows[0][1]; got != "33.3%" {
		t.Errorf("table %q", got)
	}
}

// TestAppeals holds that the fraction counts what was concluded only.
func TestAppeals(t *testing.T) {
	y := aggregate.YearParts{Year: 2021, Known: true}
	for id, n := range map[string]int64{"corrected": 2, "upheld": 5, "other": 1, "pending": 4} {
		y.Parts = append(y.Parts, aggregate.Part{ID: id, Value: report.Count(n), Known: true})
	}
	c, err := Appeals([]aggregate.YearParts{y}, "reviews", "行政复议", plain)
	if err != nil {
		t.Fatal(err)
	}
	o := read(t, c)
	if got := o.Series[len(o.Series)-1].Data[0].Name; got != "2/8" {
		t.Errorf("fraction %q, want 2/8", got)
	}
}

func figure(year int, n int64, status report.Status) aggregate.Figure {
	return aggregate.Figure{Year: year, Known: true, Defined: true, Numerator: report.Count(n), Value: float64(n), Status: status}
}

// TestColumns holds that years whose form lacks the figure are fields with words.
func TestColumns(t *testing.T) {
	ind, _ := standard.IndicatorOf("procurement_total")
	s := aggregate.Series{Indicator: ind, Name: "采购", Years: []int{2017, 2018, 2019, 2020, 2021}, Figures: []aggregate.Figure{
		{Year: 2017}, {Year: 2018}, figure(2019, 7, report.Verified), {Year: 2020, Reason: "没有可计入的报告"}, {Year: 2021},
	}}
	c, err := Columns("procurement", s, plain)
	if err != nil {
		t.Fatal(err)
	}
	fields := read(t, c).Series[0].MarkArea.Data
	if len(fields) != 2 || fields[0][0].XAxis != "2017" || fields[0][1].XAxis != "2018" || fields[1][0].XAxis != "2021" {
		t.Errorf("fields %+v; 2020 has a form that asks for it", fields)
	}
	if fields[0][0].Name == "" {
		t.Error("a field has no words")
	}
	if n := len(c.Table.Head); c.Table.Head[n-1] != "计入报告" || c.Table.Rows[2][n-1] != "0 / 0" {
		t.Errorf("table %v %v; want the reports that each figure rests on", c.Table.Head, c.Table.Rows[2])
	}
}

// TestLines holds that a figure that is not verified is hollow and that nothing is
// joined across what is missing.
func TestLines(t *testing.T) {
	ind, _ := standard.IndicatorOf("requests_new")
	s := aggregate.Series{Indicator: ind, Name: "甲", Figures: []aggregate.Figure{
		figure(2019, 3, report.Verified), {Year: 2020, Reason: "未发布"}, figure(2021, 5, report.NeedsReview),
	}}
	c, err := Lines(aggregate.Comparison{Indicator: ind, Years: []int{2019, 2020, 2021}, Series: []aggregate.Series{s}}, plain)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(c.Option), `"connectNulls":true`) {
		t.Error("the line joins across a gap")
	}
	data := read(t, c).Series[0].Data
	if data[0].Symbol != "" || data[1].Value != "-" || data[2].Symbol != "emptyCircle" {
		t.Errorf("points %+v", data)
	}
	if got := c.Table.Rows[1][1]; got != "未发布" {
		t.Errorf("the table says %q", got)
	}
}

// TestShow holds how figures are written.
func TestShow(t *testing.T) {
	cases := []struct {
		name string
		f    aggregate.Figure
		unit string
		want string
	}{
		{"unknown", aggregate.Figure{Reason: "未发布"}, "件", "未发布"},
		{"unknown without a reason", aggregate.Figure{}, "件", "—"},
		{"zero", aggregate.Figure{Known: true, Defined: true}, "件", "0"},
		{"thousands", aggregate.Figure{Known: true, Defined: true, Numerator: report.Count(1234567)}, "件", "1,234,567"},
		{"few cases", aggregate.Figure{Known: true, Defined: true, Ratio: true, Small: "fraction", Numerator: report.One, Denominator: report.Count(4), Value: 25}, "%", "1/4"},
		{"rate", aggregate.Figure{Known: true, Defined: true, Ratio: true, Value: 43.21}, "%", "43.2%"},
		{"undefined", aggregate.Figure{Known: true, Ratio: true}, "%", "分母为 0"},
	}
	for _, tc := range cases {
		if got := Show(tc.f, tc.unit, plain); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	for text, want := range map[string]string{"-1234.5": "−1,234.5", "999": "999", "1000": "1,000", "0.25": "0.25"} {
		a, err := report.ParseAmount(text)
		if got := Group(a); err != nil || got != want {
			t.Errorf("Group(%s) = %q, want %q (%v)", text, got, want, err)
		}
	}
}

// TestSketch holds that the drawing without scripts keeps the same promises: no
// shape for what is missing, a field with words for what the form lacks, and no
// line across a gap.
func TestSketch(t *testing.T) {
	ind, _ := standard.IndicatorOf("procurement_total")
	c, err := Columns("procurement", aggregate.Series{Indicator: ind, Name: "采购", Figures: []aggregate.Figure{
		{Year: 2018}, figure(2019, 7, report.Verified), {Year: 2020, Reason: "没有可计入的报告"}, {Year: 2021},
	}}, plain)
	if err != nil {
		t.Fatal(err)
	}
	var classes []string
	for _, r := range c.Sketch.Rects {
		classes = append(classes, r.Class)
	}
	if diff := cmp.Diff([]string{"c-plain", "c-field", "c-field"}, classes); diff != "" {
		t.Errorf("shapes (-want +got):\n%s", diff)
	}
	if column := c.Sketch.Rects[0]; column.Y+column.H != c.Sketch.Base || column.Y <= c.Sketch.Top {
		t.Errorf("the column stands at %+v", column)
	}
	requests, _ := standard.IndicatorOf("requests_new")
	s := aggregate.Series{Indicator: requests, Name: "甲", Figures: []aggregate.Figure{
		figure(2019, 3, report.Verified), figure(2020, 4, report.Verified), {Year: 2021}, figure(2022, 5, report.NeedsReview),
	}}
	c, err = Lines(aggregate.Comparison{Indicator: requests, Years: []int{2019, 2020, 2021, 2022}, Series: []aggregate.Series{s}}, plain)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Sketch.Lines); n != 1 || strings.Count(c.Sketch.Lines[0].Points, ",") != 2 {
		t.Errorf("lines %+v", c.Sketch.Lines)
	}
	if dots := c.Sketch.Dots; len(dots) != 3 || dots[0].Hollow || !dots[2].Hollow {
		t.Errorf("dots %+v", dots)
	}
}

// TestPhoneSketch holds that a sketch for a phone is drawn for it: every text lies within
// it, none over another, and no number that has room is left out.
func TestPhoneSketch(t *testing.T) {
	ind, _ := standard.IndicatorOf("requests_new")
	var s aggregate.Series
	s.Indicator, s.Name = ind, "甲"
	for year := 2008; year < 2025; year++ {
		s.Years, s.Figures = append(s.Years, year), append(s.Figures, figure(year, int64(10_000+year), report.Verified))
	}
	columns, err := Columns("requests", s, plain)
	if err != nil {
		t.Fatal(err)
	}
	units := aggregate.Comparison{Indicator: ind, Years: []int{2024}}
	for _, name := range []string{"示例市示例区第一街道办事处", "Yunhe Subdistrict Office", "丙镇", "丁", "戊", "己"} {
		units.Series = append(units.Series, aggregate.Series{Indicator: ind, Name: name, Figures: []aggregate.Figure{figure(2024, 7, report.Verified)}})
	}
	bars, err := Bars(units, 2024, plain)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Chart{columns, bars} {
		if c.Phone.Width != 360 || c.Phone.Left > c.Sketch.Left || c.Phone.Height > c.Sketch.Height {
			t.Fatalf("%s: %v by %v", c.ID, c.Phone.Width, c.Phone.Height)
		}
		texts := append(slices.Clone(c.Phone.Years), c.Phone.Tops...)
		for i, text := range texts {
			half := measure(text.Text) / 2
			if text.X-half < 0 || text.X+half > c.Phone.Width || text.Y > c.Phone.Height || text.Y < 12 {
				t.Errorf("%s: %+v lies outside", c.ID, text)
			}
			for _, other := range texts[:i] {
				if math.Abs(other.X-text.X) < half+measure(other.Text)/2 && math.Abs(other.Y-text.Y) < 12 {
					t.Errorf("%s: %+v lies over %+v", c.ID, text, other)
				}
			}
		}
	}
	if n := len(columns.Phone.Tops); n < 4 || columns.Phone.Tops[n-1].Text != "12,024" || len(columns.Phone.Years) != 17 {
		t.Errorf("numbers %+v, years %+v", columns.Phone.Tops, columns.Phone.Years)
	}
	if got := wrapped("Yunhe Subdistrict Office", 60); !slices.Equal(got, []string{"Yunhe", "Subdistr", "ict", "Office"}) {
		t.Errorf("%q", got)
	}
}

// TestNice holds that a scale ends at or above the greatest value and not far from it.
func TestNice(t *testing.T) {
	for _, v := range []float64{0.3, 1, 1.01, 7, 99, 619, 5225.19, 1e7} {
		if got := Nice(v); got < v || got > 2.01*v {
			t.Errorf("Nice(%v) = %v", v, got)
		}
	}
	if Nice(0) != 0 || Nice(-1) != 0 {
		t.Error("nothing has no scale")
	}
}

// TestHollow holds that a figure that is not verified is hollow in every drawing that
// shows single figures, with scripts and without, and that one that is verified is not.
func TestHollow(t *testing.T) {
	ind, _ := standard.IndicatorOf("requests_new")
	figures := []aggregate.Figure{figure(2021, 3, report.Verified), figure(2022, 4, report.Inconsistent), figure(2023, 5, report.NeedsReview), {Year: 2024, Reason: "未发布"}}
	s := aggregate.Series{Indicator: ind, Name: "甲", Years: []int{2021, 2022, 2023, 2024}, Figures: figures}
	cmp := aggregate.Comparison{Indicator: ind, Years: s.Years, Series: []aggregate.Series{s}}
	columns, err := Columns("requests", s, plain)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := Lines(cmp, plain)
	if err != nil {
		t.Fatal(err)
	}
	bars := make([]Chart, len(s.Years))
	for i, year := range s.Years {
		if bars[i], err = Bars(cmp, year, plain); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []bool{false, true, true, false} {
		if got := strings.Contains(item(t, columns, i), `"color":"@sheet"`); got != want {
			t.Errorf("column %d is hollow: %t, want %t", i, got, want)
		}
		if got := strings.Contains(item(t, lines, i), "empty"); got != want {
			t.Errorf("point %d is hollow: %t, want %t", i, got, want)
		}
		if got := strings.Contains(item(t, bars[i], 0), `"color":"@sheet"`); got != want {
			t.Errorf("bar %d is hollow: %t, want %t", i, got, want)
		}
		if i == 3 {
			if n := len(bars[i].Sketch.Rects) + len(lines.Sketch.Dots) + len(columns.Sketch.Rects); n != 6 {
				t.Errorf("%d shapes without scripts, want three points and three columns: a year without a report has none", n)
			}
			continue
		}
		if got := lines.Sketch.Dots[i].Hollow; got != want {
			t.Errorf("point %d without scripts is hollow: %t", i, got)
		}
		for name, class := range map[string]string{"column": columns.Sketch.Rects[i].Class, "bar": bars[i].Sketch.Rects[0].Class} {
			if got := strings.HasSuffix(class, " open"); got != want {
				t.Errorf("%s %d without scripts is %q", name, i, class)
			}
		}
	}
}

// item is one item of the first series of a chart, as its option has it.
func item(t *testing.T, c Chart, i int) string {
	t.Helper()
	var o struct {
		Series []struct {
			Data []json.RawMessage `json:"data"`
		} `json:"series"`
	}
	if err := json.Unmarshal(c.Option, &o); err != nil || len(o.Series) == 0 || i >= len(o.Series[0].Data) {
		t.Fatalf("no item %d in %s: %v", i, c.Option, err)
	}
	return string(o.Series[0].Data[i])
}
