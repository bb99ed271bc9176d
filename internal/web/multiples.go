package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
)

// A multipleView is one small chart drawn by the template: the peers' band, their
// median, the line of the agency broken where the series breaks.
type multipleView struct {
	ID, Name, Unit, Href string
	Latest, Year         string
	Bands                []string // polygons
	Medians              []string // polylines
	Lines                []string
	Dots                 []dotView
	Breaks               []float64
	Max                  string
	First, Last          string
	Words                string // for a screen reader
	Empty                string // why nothing is drawn
	Peers                string // the middle of the peers in the latest year
	Fixed, Picture       string // its page and its file, as of the data shown
	Table                charts.Table
}

type dotView struct {
	X, Y  float64
	Class string
	Title string
}

// The field of a small multiple.
const (
	fieldWidth  = 260.0
	fieldHeight = 84.0
	fieldTop    = 10.0
)

// multiple draws one indicator. Nothing joins across a gap or a break, and a
// figure under review is a hollow ring that no line reaches.
func (p page) multiple(s aggregate.PeerSeries, agency string) multipleView {
	return p.multipleOn(s, agency, 0)
}

// multipleOn is multiple on a scale that reaches at least to most.
func (p page) multipleOn(s aggregate.PeerSeries, agency string, most float64) multipleView {
	v := multipleView{ID: s.Indicator.ID, Name: p.label(s.Indicator.Name), Unit: p.t(s.Indicator.Unit),
		Href: p.Href("/compare?indicator=" + s.Indicator.ID + "&units=" + url.QueryEscape(agency))}
	for i, f := range s.Figures {
		if f.Defined {
			most = max(most, f.Value)
		}
		if i < len(s.Bands) && s.Bands[i].N >= 4 {
			most = max(most, s.Bands[i].P75)
		}
	}
	if len(s.Figures) > 0 {
		v.First, v.Last = strconv.Itoa(s.Figures[0].Year), strconv.Itoa(s.Figures[len(s.Figures)-1].Year)
	}
	v.Latest, v.Year, v.Words = p.latest(s)
	top := charts.Nice(most)
	if top == 0 {
		top = 1
	}
	v.Max = strconv.FormatFloat(top, 'f', -1, 64)
	d := drawing{n: len(s.Figures), top: top}
	v.Lines, v.Dots = d.line(s, p)
	v.Bands, v.Medians = d.bands(s)
	for i, f := range s.Figures {
		if i > 0 && f.Break != "" {
			v.Breaks = append(v.Breaks, (d.x(i-1)+d.x(i))/2)
		}
	}
	v.Table, v.Peers = peerTable(p, s), p.peerWords(s)
	if len(v.Dots) == 0 {
		v.Empty = p.t("没有可画的数字")
	}
	return v
}

// peerWords says the quartiles of the peers in the last year that has a figure.
func (p page) peerWords(s aggregate.PeerSeries) string {
	for i := len(s.Figures) - 1; i >= 0 && i < len(s.Bands); i-- {
		if b := s.Bands[i]; s.Figures[i].Defined && b.N >= 4 {
			return p.t("同类 %d 个：%.1f–%.1f，中位 %.1f", b.N, b.P25, b.P75, b.Median)
		} else if s.Figures[i].Defined {
			return p.t("同类有数的 %d 个，不足 4 个", b.N)
		}
	}
	return ""
}

// peerTable holds what a small multiple draws: the figure, and the middle of the
// peers where there are enough of them to draw.
func peerTable(p page, s aggregate.PeerSeries) charts.Table {
	t := charts.Table{Head: []string{p.t("年度"), p.t("本单位"), p.t("同类单位数"), p.t("下四分位"), p.t("中位数"), p.t("上四分位")}}
	for i, f := range s.Figures {
		row := []string{strconv.Itoa(f.Year), charts.Show(f, s.Indicator.Unit, p.t), "—", "—", "—", "—"}
		if i < len(s.Bands) {
			b := s.Bands[i]
			row[2] = strconv.Itoa(b.N)
			if b.N >= 4 {
				for j, v := range []float64{b.P25, b.Median, b.P75} {
					row[3+j] = strconv.FormatFloat(v, 'f', 1, 64)
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// latest is the last known figure with its year, and all figures in words: years
// without one stand behind, those of one reason together.
func (p page) latest(s aggregate.PeerSeries) (text, year, words string) {
	without := make(map[string][]int)
	var reasons []string
	for _, f := range s.Figures {
		shown := charts.Show(f, s.Indicator.Unit, p.t)
		if f.Known {
			words = joined(words, p.t("%d 年 %s", f.Year, shown), p.t("，"))
		} else {
			if without[shown] == nil {
				reasons = append(reasons, shown)
			}
			without[shown] = append(without[shown], f.Year)
		}
		if f.Defined {
			text, year = shown, strconv.Itoa(f.Year)
		}
	}
	for _, reason := range reasons {
		said := reason
		if reason == "—" {
			said = p.t("没有数")
		}
		words = joined(words, p.t("%s 年：%s", p.ranges(without[reason]), p.Lang.later(said)), p.t("；"))
	}
	return text, year, words
}

// ranges writes years, those that follow each other as one range.
func (p page) ranges(years []int) string {
	text := ""
	for i := 0; i < len(years); {
		j := i
		for j+1 < len(years) && years[j+1] == years[j]+1 {
			j++
		}
		one := strconv.Itoa(years[i])
		if j > i {
			one = p.t("%d—%d", years[i], years[j])
		}
		text = joined(text, one, p.t("、"))
		i = j + 1
	}
	return text
}

// A drawing places years and values in the field of a small multiple.
type drawing struct {
	n   int
	top float64
}

func (d drawing) x(i int) float64 {
	if d.n < 2 {
		return fieldWidth / 2
	}
	return 4 + float64(i)*(fieldWidth-8)/float64(d.n-1)
}

func (d drawing) y(v float64) float64 {
	return fieldTop + fieldHeight*(1-min(max(v/d.top, 0), 1.05))
}

func (d drawing) point(i int, v float64) string { return fmt.Sprintf("%.1f,%.1f", d.x(i), d.y(v)) }

func (d drawing) line(s aggregate.PeerSeries, p page) (lines []string, dots []dotView) {
	var run []string
	flush := func() {
		if len(run) > 1 {
			lines = append(lines, strings.Join(run, " "))
		}
		run = nil
	}
	for i, f := range s.Figures {
		if f.Break != "" || !f.Defined {
			flush()
		}
		if !f.Defined {
			continue
		}
		dot := dotView{X: d.x(i), Y: d.y(f.Value), Title: p.t("%d 年：%s", f.Year, charts.Show(f, s.Indicator.Unit, p.t))}
		switch f.Status {
		case report.NeedsReview:
			flush()
			dot.Class = "hollow"
			dots = append(dots, dot)
			continue
		case report.Inconsistent:
			dot.Class = "square"
		}
		run = append(run, d.point(i, f.Value))
		dots = append(dots, dot)
	}
	flush()
	return lines, dots
}

// bands draws the peers' quartiles where there are enough of them.
func (d drawing) bands(s aggregate.PeerSeries) (polygons, medians []string) {
	var up, down, mid []string
	flush := func() {
		if len(up) > 1 {
			polygons = append(polygons, strings.Join(up, " ")+" "+strings.Join(down, " "))
			medians = append(medians, strings.Join(mid, " "))
		}
		up, down, mid = nil, nil, nil
	}
	for i, b := range s.Bands {
		if b.N < 4 || s.Figures[i].Break != "" {
			flush()
		}
		if b.N < 4 {
			continue
		}
		up = append(up, d.point(i, b.P75))
		down = append([]string{d.point(i, b.P25)}, down...)
		mid = append(mid, d.point(i, b.Median))
	}
	flush()
	return polygons, medians
}
