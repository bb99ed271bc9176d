package web

import (
	"strconv"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A chainView is the years as a chain: each a bar of what came in beside one of what
// went out, and between two years the link from what was carried out to what was
// carried in.
type chainView struct {
	Links  []chainLink
	Years  []chainYear
	Width  float64
	Broken int
	Words  string
	Fixed  string // the page of the picture
	Phone  tableShape
}

type chainYear struct {
	Year       int
	X          float64
	In, Out    float64 // heights
	InY, OutY  float64
	Text, Href string
	Holds      bool
	Sum, Other string // came in; decided and carried out
	Parts      string // what the outcomes come to, with what was carried out
	Gap, Rest  string // "" where there is none
	Off        int
	Units      int
}

type chainLink struct {
	X1, X2, Middle float64
	Holds          bool
	Text, Words    string
	From, To       int
	Out, In        string
	OutHref        string
	InHref         string
	Both, Torn     int
}

// The field of a chain.
const (
	chainStep  = 96.0
	chainBase  = 120.0
	chainField = 100.0
	chainBar   = 22.0
)

// chain draws the balance of every year, nil for fewer than two.
func (p page) chain(a aggregate.Asking) *chainView {
	if len(a.Chain) < 2 {
		return nil
	}
	most := report.One
	for _, b := range a.Chain {
		most = max(most, b.In+b.New, b.Decided+b.Out)
	}
	v := &chainView{Width: chainStep * float64(len(a.Chain))}
	for i, b := range a.Chain {
		y := p.chainYear(a, b, most)
		y.X = chainStep*float64(i) + 24
		v.Years = append(v.Years, y)
		if i > 0 && b.Linked && a.Chain[i-1].Year == b.Year-1 {
			v.Links = append(v.Links, p.chainLink(a, b, y.X))
			if !b.LinkHolds() {
				v.Broken++
			}
		}
	}
	off := 0
	for _, y := range v.Years {
		if !y.Holds {
			off++
		}
	}
	v.Words = p.t("%d 处衔接中 %d 处接不上；%d 个年度中 %d 个两边不等或总计不合", len(v.Links), v.Broken, len(v.Years), off)
	v.Phone = v.phone()
	return v
}

func (p page) chainYear(a aggregate.Asking, b aggregate.Balance, most report.Amount) chainYear {
	height := func(n report.Amount) float64 { return chainField * n.Float() / most.Float() }
	in, out := height(b.In+b.New), height(b.Decided+b.Out)
	y := chainYear{Year: b.Year, In: in, Out: out, InY: chainBase - in, OutY: chainBase - out, Holds: b.Holds(), Off: b.Off, Units: b.Units,
		Sum: charts.Group(b.In + b.New), Other: charts.Group(b.Decided + b.Out), Parts: charts.Group(b.Sum + b.Out)}
	if gap := b.Gap(); gap != 0 {
		y.Gap = charts.Group(gap)
	}
	if rest := b.Rest(); rest != 0 {
		y.Rest = charts.Group(rest)
	}
	unit := string(a.Agency.ID)
	if unit == "" {
		unit = string(a.Region)
	}
	y.Href = p.Href("/requests/" + unit + "/" + strconv.Itoa(b.Year) + "#flow")
	y.Text = p.t("%d 年：", b.Year) + p.balanceWords(b)
	return y
}

func (p page) chainLink(a aggregate.Asking, b aggregate.Balance, x float64) chainLink {
	l := chainLink{X1: x - chainStep + 2*chainBar + 4, X2: x - 2, From: b.Year - 1, To: b.Year, Holds: b.LinkHolds(), Both: b.Both, Torn: b.Torn,
		Out: charts.Group(b.Before), In: charts.Group(b.After)}
	l.Middle = (l.X1 + l.X2) / 2
	l.Text = l.Out
	if !l.Holds {
		l.Text = l.Out + "≠" + l.In
	}
	if b.Before == b.After && b.Torn > 0 {
		l.Text = l.Out + "*"
	}
	l.Words = p.t("%d 年结转出 %s，%d 年转入 %s", l.From, l.Out, l.To, l.In)
	if b.Torn > 0 && b.Both > 1 {
		l.Words += p.t("；%d 个单位接不上", b.Torn)
	}
	if a.Agency.ID != "" {
		l.OutHref = p.cellHref(a.Agency.ID, l.From, standard.At("requests.carried_out", standard.Total))
		l.InHref = p.cellHref(a.Agency.ID, l.To, standard.At("requests.carried_in", standard.Total))
	}
	return l
}

// table is the chain as figures: a year with the link that leads into it.
func (v *chainView) table(p page) charts.Table {
	t := charts.Table{Head: []string{p.t("年度"), p.t("收进合计"), p.t("办结与转出合计"), p.t("各项之和加转出"), p.t("上年结转出"), p.t("本年转入"), p.t("计入的报告")}}
	links := make(map[int]chainLink)
	for _, l := range v.Links {
		links[l.To] = l
	}
	for _, y := range v.Years {
		row := []string{strconv.Itoa(y.Year), y.Sum, y.Other, y.Parts, "—", "—", strconv.Itoa(y.Units)}
		if l, ok := links[y.Year]; ok {
			row[4], row[5] = l.Out, l.In
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
