package web

import (
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A flowView is the balance of a report: carried in + new = decided + carried out.
type flowView struct {
	Top, Bottom []flowPart
	Holds       bool
	Words       string
}

type flowPart struct {
	Class, Name, Value string
	X, W, Middle       float64
	Label              bool // wide enough for its text
}

// flow draws the balance of the requests table, nil where a figure of it is not
// known.
func (p page) flow(r report.Reading) *flowView {
	at := func(row string) (report.Amount, bool) { return r.Value(standard.At(row, standard.Total)).Known() }
	in, ok1 := at("requests.carried_in")
	fresh, ok2 := at("requests.new")
	out, ok3 := at("requests.carried_out")
	if !ok1 || !ok2 || !ok3 || in+fresh == 0 {
		return nil
	}
	sums := make(map[string]report.Amount)
	decided := report.Amount(0)
	for _, row := range standard.Outcomes(r.Format) {
		a, ok := at(row)
		if !ok {
			return nil
		}
		sums[outcomeGroup(row)] += a
		decided += a
	}
	v := p.balance(in, fresh, out, sums)
	if printed, ok := at("outcome.total"); ok && printed != decided {
		v.Words += p.t("（表中“（七）总计”印作 %s）", printed)
	}
	return v
}

// balance draws what came in above what went out, by groups of outcomes.
func (p page) balance(in, fresh, out report.Amount, sums map[string]report.Amount) *flowView {
	decided := report.Amount(0)
	for _, a := range sums {
		decided += a
	}
	whole := max(in+fresh, decided+out, report.One).Float()
	v := &flowView{Holds: in+fresh == decided+out}
	v.Top = flowParts(whole, []flowPart{{Class: "f-in", Name: p.t("上年结转"), Value: in.String()}, {Class: "f-new", Name: p.t("本年新收"), Value: fresh.String()}}, []report.Amount{in, fresh})
	var parts []flowPart
	var amounts []report.Amount
	for _, g := range p.outcomeNames() {
		parts = append(parts, flowPart{Class: "c-" + g.id, Name: g.name, Value: sums[g.id].String()})
		amounts = append(amounts, sums[g.id])
	}
	parts = append(parts, flowPart{Class: "f-out", Name: p.t("结转下年"), Value: out.String()})
	v.Bottom = flowParts(whole, parts, append(amounts, out))
	sign := "="
	if !v.Holds {
		sign = "≠"
	}
	v.Words = p.t("上年结转 %s + 本年新收 %s %s 各项办理结果 %s + 结转下年 %s", in, fresh, sign, decided, out)
	return v
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
		part.X, part.W = x, 800*amounts[i].Float()/whole
		part.Middle, part.Label = part.X+part.W/2, part.W > 62
		x += part.W
		if part.W > 0 {
			out = append(out, part)
		}
	}
	return out
}
