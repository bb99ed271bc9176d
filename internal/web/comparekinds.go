package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// compareKinds are the drawings of a comparison, in the order in which they are offered.
var compareKinds = []string{"line", "bar", "dot", "rank", "multiples", "asking"}

// kindName is what a drawing is called.
func (p page) kindNameOf(kind string) string {
	return p.t(map[string]string{"line": "折线", "bar": "单年柱", "dot": "单年点", "rank": "排列", "multiples": "小图", "asking": "申请人×结果"}[kind])
}

// oneYear reports whether a drawing shows one year.
func oneYear(kind string) bool {
	return slices.Contains([]string{"bar", "dot", "rank", "asking"}, kind)
}

// Slotted reports whether the drawing tells units by colour and symbol.
func (v compareView) Slotted() bool { return v.Kind == "line" || v.Kind == "bar" }

// perName is what a count is set against.
func (p page) perName(per aggregate.Per) string {
	return p.t(map[aggregate.Per]string{"": "原数", aggregate.PerDecided: "每百件办结", aggregate.PerReport: "每份报告"}[per])
}

// perWords says what a normalised figure is, and what it is not.
func (p page) perWords(per aggregate.Per) string {
	switch per {
	case aggregate.PerDecided:
		return p.t("每百件办结：件数除以同一批报告的办结总计。")
	case aggregate.PerReport:
		return p.t("每份报告：合计除以计入的报告份数；单个单位的数不变。")
	}
	return ""
}

// dotsView is one year of a comparison as points on a common scale, each with its
// interval where it has one.
type dotsView struct {
	Rows          []dotsRow
	Height        float64
	Scale         []charts.Text
	Words         string
	Base          float64
	Ratio, Ranked bool
}

type dotsRow struct {
	Y          float64
	Rank, Name string
	Value      string
	X, Lo, Hi  float64
	Span       bool
	Hollow     bool
	Drawn      bool
	Why        string
}

// The field of the points.
const (
	dotsLeft, dotsRight = 210.0, 640.0
	dotsStep            = 26.0
)

// Narrow is where a place of the drawing stands in that for a phone, where a name stands
// above its line.
func (v dotsView) Narrow(x float64) float64 {
	return 6 + (x-dotsLeft)*348/(dotsRight-dotsLeft)
}

// Down is where the line of a row stands in the drawing for a phone.
func (v dotsView) Down(i int) float64 { return 64 + 46*float64(i) }

// Foot is where the drawing for a phone ends.
func (v dotsView) Foot() float64 { return v.Down(len(v.Rows)-1) + 14 }

// dots draws one year: in the order asked, or ranked.
func (p page) dots(a aggregate.Comparison, year int, ranked bool) (dotsView, charts.Table) {
	entries := a.Ranked(year)
	if !ranked {
		slices.SortStableFunc(entries, func(x, y aggregate.RankEntry) int { return x.At - y.At })
	}
	return p.dotsOf(a.Indicator, entries, year, ranked, func(e aggregate.RankEntry) string { return a.Series[e.At].Name })
}

// dotsOf draws entries in their order on one scale, each with its name.
func (p page) dotsOf(ind standard.Indicator, entries []aggregate.RankEntry, year int, ranked bool, name func(aggregate.RankEntry) string) (dotsView, charts.Table) {
	most := 0.0
	for _, e := range entries {
		if e.Figure.Defined {
			most = max(most, e.Figure.Value, e.Figure.High)
		}
	}
	top := charts.Nice(most)
	if top == 0 {
		top = 1
	}
	v := dotsView{Ratio: ind.Ratio(), Ranked: ranked, Base: 24 + dotsStep*float64(len(entries))}
	v.Height = v.Base + 8
	x := func(n float64) float64 { return dotsLeft + (dotsRight-dotsLeft)*min(n/top, 1) }
	for i := range 3 {
		n := top * float64(i) / 2
		v.Scale = append(v.Scale, charts.Text{X: x(n), Y: 14, Text: strconv.FormatFloat(n, 'f', -1, 64)})
	}
	t := charts.Table{Head: []string{p.t("单位"), p.t("数值"), p.t("分子 / 分母"), p.t("95% 区间"), p.t("位次"), p.t("说明")}}
	for i, e := range entries {
		one := p.rankRow(ind, e, year, top)
		row := dotsRow{Y: 36 + dotsStep*float64(i), Name: name(e), Rank: one.Rank, Why: one.Why, Drawn: e.Figure.Defined,
			Hollow: one.Hollow, Span: e.Figure.High > 0, X: x(e.Figure.Value), Lo: x(e.Figure.Low), Hi: x(e.Figure.High)}
		row.Value = orText(one.Value, one.Why)
		between := "—"
		if row.Span {
			between = fmt.Sprintf("%.1f–%.1f", e.Figure.Low, e.Figure.High)
		}
		v.Rows = append(v.Rows, row)
		v.Words = joined(v.Words, row.Name+" "+row.Value, p.t("，"))
		t.Rows = append(t.Rows, []string{row.Name, row.Value, orText(one.Fraction, "—"), between, orText(one.Rank, "—"), one.Why})
	}
	return v, t
}

// dotsMarks is what a reader of the points must know.
func (p page) dotsMarks(v dotsView) []string {
	marks := []string{p.t("空心：未通过核验")}
	if v.Ratio {
		marks = append(marks, p.t("横线是 95% 区间"))
	}
	if v.Ranked {
		marks = append(marks, p.t("分母不足 30 的不排名，区间重叠的并列，排列只说大小"))
	}
	return marks
}

// A unitsGrid is a small chart for each unit, all on one scale.
type unitsGrid struct {
	Items  []multipleView
	Places []unitsPlace
	Width  float64
	Height float64
	Words  string
}

// A unitsPlace is where a small chart stands in the picture of all.
type unitsPlace struct {
	X, Y float64
	Name string
	One  multipleView
}

// grid draws each unit by itself on the scale of the largest.
func (p page) grid(a aggregate.Comparison) unitsGrid {
	most := 0.0
	for _, s := range a.Series {
		for _, f := range s.Figures {
			if f.Defined {
				most = max(most, f.Value)
			}
		}
	}
	v := unitsGrid{}
	for _, s := range a.Series {
		m := p.multipleOn(aggregate.PeerSeries{Series: s}, "", most)
		m.Name = s.Name
		m.Href = p.Href("/regions/" + string(s.Region))
		if s.Agency.ID != "" {
			m.Href = p.Href("/agencies/" + string(s.Agency.ID))
		}
		m.Fixed, m.Picture = "", ""
		v.Items = append(v.Items, m)
		v.Words = joined(v.Words, s.Name+p.t("：")+m.Words, p.t("；"))
	}
	return v.columns(3)
}

// columns places the charts side by side, so many in a row.
func (v unitsGrid) columns(n int) unitsGrid {
	v.Places = nil
	for i, m := range v.Items {
		v.Places = append(v.Places, unitsPlace{X: float64(i%n) * 280, Y: 24 + float64(i/n)*146, Name: m.Name, One: m})
	}
	v.Width, v.Height = float64(n)*280-20, float64((len(v.Items)+n-1)/n)*146
	return v
}

// drawShape makes the drawings that the templates draw.
func (s *Server) drawShape(v *compareView, a aggregate.Comparison, q compareQuery) (err error) {
	switch q.kind {
	case "dot", "rank":
		dots, table := v.dots(a, v.BarYear, q.kind == "rank")
		v.Drawn.Chart = charts.Chart{ID: q.kind, Name: v.t("%s，%d 年度，逐单位点", v.Name, v.BarYear) + v.t("：") + dots.Words, Table: table, Marks: v.dotsMarks(dots)}
		v.Dots = dots
		v.Drawn.Shape, err = s.shape(v.Lang, "compare", "dots-drawing", dots)
		v.Drawn.Box = [2]float64{760, dots.Height}
	case "multiples":
		v.Grid = v.grid(a)
		lines, err := charts.Lines(a, v.t)
		if err != nil {
			return err
		}
		v.Drawn.Chart = charts.Chart{ID: "multiples", Name: v.t("%s，每个单位一图，同一刻度", v.Name), Table: lines.Table,
			Marks: []string{v.t("空心圈：待复核，线不经过；方块：勾稽不符，照原文"), v.t("缺年不画，不是零；点线：口径变更，两侧不相连")}}
		v.Drawn.Shape, err = s.shape(v.Lang, "agency", "grid-drawing", v.Grid)
		v.Drawn.Box = [2]float64{v.Grid.Width, v.Grid.Height}
		return err
	}
	return err
}

// state is what the address of the comparison says in another drawing or against
// something else.
func (q compareQuery) state(kind string, per aggregate.Per, year int) url.Values {
	out := url.Values{"indicator": {q.indicator}, "units": {strings.Join(q.units, ",")}}
	if q.from != 0 || q.to != 0 {
		out.Set("years", yearText(q.from)+"-"+yearText(q.to))
	}
	if kind != "line" {
		out.Set("chart", kind)
	}
	if oneYear(kind) && year != 0 {
		out.Set("year", strconv.Itoa(year))
	}
	if per != "" {
		out.Set("per", string(per))
	}
	for _, sw := range q.switches() {
		if *sw.on {
			out.Set(sw.name, sw.value)
		}
	}
	return out
}

func yearText(year int) string {
	if year == 0 {
		return ""
	}
	return strconv.Itoa(year)
}

// perOf reads what counts are set against.
func perOf(text string, indicator string) (aggregate.Per, error) {
	per := aggregate.Per(text)
	ind, ok := standard.IndicatorOf(indicator)
	if ok && !per.Fits(ind) {
		if per != aggregate.PerDecided && per != aggregate.PerReport {
			return "", &report.ParameterError{Name: "per", Got: text, Want: "decided（每百件办结）、report（每份报告）或不写"}
		}
		return "", nil // the indicator was changed in the form: what does not fit falls away
	}
	return per, nil
}

// offer links the other drawings, years and bases of the comparison.
func (v *compareView) offer(a aggregate.Comparison, q compareQuery) {
	for _, kind := range compareKinds {
		v.Kinds = append(v.Kinds, link{Text: v.kindNameOf(kind), Href: v.With(q.state(kind, q.per, v.BarYear)), Current: kind == q.kind})
		v.KindList = append(v.KindList, choice{Value: kind, Text: v.kindNameOf(kind), Chosen: kind == q.kind})
	}
	if oneYear(q.kind) {
		for _, year := range a.Years {
			v.BarYears = append(v.BarYears, link{Text: strconv.Itoa(year), Href: v.With(q.state(q.kind, q.per, year)), Current: year == v.BarYear})
		}
	}
	plain, _ := standard.IndicatorOf(q.indicator)
	for _, per := range []aggregate.Per{"", aggregate.PerDecided, aggregate.PerReport} {
		if per.Fits(plain) {
			v.Pers = append(v.Pers, link{Text: v.perName(per), Href: v.With(q.state(q.kind, per, v.BarYear)), Current: per == q.per})
		}
	}
	if len(v.Pers) == 1 || q.kind == "asking" {
		v.Pers = nil
	}
	said := query(q.state(q.kind, q.per, v.BarYear))
	v.Sheet, v.ZIP = v.Href("/compare/sheet?"+said), v.Href("/compare/sheet.zip?"+said)
}
