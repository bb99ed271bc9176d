package web

import (
	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A flowView is the balance of a year: carried in + new = decided + carried out, as
// printed, over the outcomes that the printed total is made of. What lacks on a side is
// drawn as a gap, so that a picture which balances is one without gaps.
type flowView struct {
	Rows   []flowRow
	Items  []flowItem
	Holds  bool
	Words  string
	Fixed  string // the page of the picture, "" where it has none
	Height float64
}

// A flowRow is a bar of the picture.
type flowRow struct {
	Y, H, TextY float64
	Parts       []flowPart
}

// Labelled reports whether every part of the picture has its name beside it.
func (v *flowView) Labelled() bool {
	for _, row := range v.Rows {
		for _, part := range row.Parts {
			if !part.Label {
				return false
			}
		}
	}
	return true
}

type flowPart struct {
	Class, Name, Value string
	X, W, Middle       float64
	Label              bool // wide enough for its text
	Anchor             string
}

// A flowItem is a line of the table beside the picture.
type flowItem struct {
	Name, Value, Href string
	Sum, Off          bool // a sum of ours; a difference that should be 0
}

// A cellPlace says where the total of a row stands, "" where it is of many reports.
type cellPlace func(row string) string

// flow draws the balance of the requests table, nil where a figure of it is not
// known. The total of outcomes is the printed one; where none is printed it is summed.
func (p page) flow(r report.Reading) *flowView {
	at := func(row string) (report.Amount, bool) { return r.Value(standard.At(row, standard.Total)).Known() }
	var b aggregate.Balance
	var ok [3]bool
	b.In, ok[0] = at("requests.carried_in")
	b.New, ok[1] = at("requests.new")
	b.Out, ok[2] = at("requests.carried_out")
	if !ok[0] || !ok[1] || !ok[2] || b.In+b.New == 0 {
		return nil
	}
	sums := make(map[string]report.Amount)
	for _, row := range standard.Outcomes(r.Format) {
		a, ok := at(row)
		if !ok {
			return nil
		}
		sums[outcomeGroup(row)] += a
		b.Sum += a
	}
	printed, has := at("outcome.total")
	if b.Decided = b.Sum; has {
		b.Decided = printed
	}
	v := p.balance(b, sums, func(row string) string { return "#cell-" + string(standard.At(row, standard.Total)) })
	if !has {
		v.Words += p.t("（表中没有印出总计，用各项之和）")
	}
	return v
}

// balance draws what came in above what went out, and below that the outcomes.
func (p page) balance(b aggregate.Balance, sums map[string]report.Amount, at cellPlace) *flowView {
	whole := max(b.In+b.New, b.Decided+b.Out, b.Sum, report.One).Float()
	v := &flowView{Holds: b.Holds(), Words: p.balanceWords(b), Height: 144}
	in := flowParts(whole, []flowPart{{Class: "f-in", Name: p.t("上年结转")}, {Class: "f-new", Name: p.t("本年新收")}}, []report.Amount{b.In, b.New})
	out := flowParts(whole, []flowPart{{Class: "f-decided", Name: p.t("办结总计")}, {Class: "f-out", Name: p.t("结转下年")}}, []report.Amount{b.Decided, b.Out})
	var parts []flowPart
	var amounts []report.Amount
	for _, g := range p.outcomeNames() {
		parts = append(parts, flowPart{Class: "c-" + g.id, Name: g.name})
		amounts = append(amounts, sums[g.id])
	}
	kinds := flowParts(whole, parts, amounts)
	in = p.flowGap(in, whole, b.In+b.New, -b.Gap())
	out = p.flowGap(out, whole, b.Decided+b.Out, b.Gap())
	kinds = p.flowGap(kinds, whole, b.Sum, b.Rest())
	v.Rows = []flowRow{{Y: 20, H: 26, TextY: 14, Parts: in}, {Y: 70, H: 26, TextY: 64, Parts: out}, {Y: 99, H: 20, TextY: 136, Parts: kinds}}
	v.Items = p.flowItems(b, sums, at)
	return v
}

// flowItems are the figures of the picture in the order of the equation.
func (p page) flowItems(b aggregate.Balance, sums map[string]report.Amount, at cellPlace) []flowItem {
	item := func(name string, a report.Amount, row string) flowItem {
		i := flowItem{Name: name, Value: charts.Group(a)}
		if at != nil && row != "" {
			i.Href = at(row)
		}
		return i
	}
	sum := func(name string, a report.Amount) flowItem {
		return flowItem{Name: name, Value: charts.Group(a), Sum: true}
	}
	off := func(name string, a report.Amount) flowItem {
		return flowItem{Name: name, Value: charts.Group(a), Off: a != 0, Sum: true}
	}
	list := []flowItem{item(p.t("上年结转"), b.In, "requests.carried_in"), item(p.t("本年新收"), b.New, "requests.new"), sum(p.t("收进合计"), b.In+b.New),
		item(p.t("办结总计"), b.Decided, "outcome.total"), item(p.t("结转下年"), b.Out, "requests.carried_out"), sum(p.t("办结与转出合计"), b.Decided+b.Out),
		off(p.t("收进减办结与转出"), b.Gap())}
	for _, g := range p.outcomeNames() {
		list = append(list, item(g.name, sums[g.id], map[string]string{"granted": "outcome.granted", "partial": "outcome.partial"}[g.id]))
	}
	return append(list, sum(p.t("各项办理结果之和"), b.Sum), off(p.t("办结总计减各项之和"), b.Rest()))
}

// balanceWords says the equation, and each difference.
func (p page) balanceWords(b aggregate.Balance) string {
	sign := "="
	if b.Gap() != 0 {
		sign = "≠"
	}
	words := p.t("上年结转 %s + 本年新收 %s %s 办结总计 %s + 结转下年 %s", charts.Group(b.In), charts.Group(b.New), sign, charts.Group(b.Decided), charts.Group(b.Out))
	if gap := b.Gap(); gap != 0 {
		words += p.t("：%s 与 %s，差 %s", charts.Group(b.In+b.New), charts.Group(b.Decided+b.Out), charts.Group(max(gap, -gap)))
	}
	if rest := b.Rest(); rest != 0 {
		words += p.t("；各项办理结果之和 %s，与办结总计 %s 差 %s", charts.Group(b.Sum), charts.Group(b.Decided), charts.Group(max(rest, -rest)))
	}
	if b.Units > 1 && b.Off > 0 {
		words += p.t("；其中 %d 份报告自身两边不等或总计不合", b.Off)
	}
	return words
}

// An outcomeName is a group of outcomes with its name.
type outcomeName struct{ id, name string }

// outcomeNames are the groups of outcomes in the order of the form.
func (p page) outcomeNames() []outcomeName {
	return []outcomeName{{"granted", p.t("予以公开")}, {"partial", p.t("部分公开")}, {"denied", p.t("不予公开")},
		{"unavailable", p.t("无法提供")}, {"unprocessed", p.t("不予处理")}, {"other", p.t("其他处理")}}
}

// flowParts places parts side by side on a line 800 wide.
func flowParts(whole float64, parts []flowPart, amounts []report.Amount) []flowPart {
	x := 0.0
	var out []flowPart
	for i, part := range parts {
		part.Value, part.Anchor = charts.Group(amounts[i]), "middle"
		part.X, part.W = x, 800*amounts[i].Float()/whole
		part.Middle, part.Label = part.X+part.W/2, part.W > textWidth(part.Name+" "+part.Value)
		x += part.W
		if part.W > 0 {
			out = append(out, part)
		}
	}
	return out
}

// flowGap adds what a side lacks behind its parts; what another side lacks is drawn
// there.
func (p page) flowGap(parts []flowPart, whole float64, end, lack report.Amount) []flowPart {
	if lack <= 0 {
		return parts
	}
	g := flowPart{Class: "f-gap", Name: p.t("差"), Value: charts.Group(lack), X: 800 * end.Float() / whole, W: 800 * lack.Float() / whole, Label: true, Anchor: "end"}
	g.Middle = min(g.X+g.W, 800)
	if n := len(parts); n > 0 && parts[n-1].Label {
		last := &parts[n-1]
		last.Label = last.Middle+textWidth(last.Name+" "+last.Value)/2 < g.Middle-textWidth(g.Name+" "+g.Value)
	}
	return append(parts, g)
}

// textWidth is about how wide a text of 12 pixels is.
func textWidth(text string) float64 {
	w := 4.0
	for _, r := range text {
		if r < 0x2000 {
			w += 6.8
		} else {
			w += 12
		}
	}
	return w
}
