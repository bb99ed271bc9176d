package web

import (
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// draw makes the charts of an overview.
func (v *overviewView) draw(o aggregate.Overview, share bool) (err error) {
	at := v.Part.state(o.Year)
	v.Switch = []link{{Text: v.t("件数"), Href: v.With(at) + "#outcomes", Current: !share}}
	at.Set("as", "share")
	v.Switch = append(v.Switch, link{Text: v.t("占办结比例"), Href: v.With(at) + "#outcomes", Current: share})

	if err := v.drawDemand(o); err != nil {
		return err
	}
	v.Outcomes.Chart, err = charts.Outcomes(o.Outcomes, share, v.t)
	if err != nil {
		return err
	}
	v.Outcomes = v.ofCells(v.Outcomes, outcomeCells(), v.t("依申请公开的办理结果"))
	v.Outcomes.Title = v.outcomesTitle(o)
	v.Outcomes.About = v.t("%s各单位合计，依申请公开办理结果，件。柱顶是办结数；▽ 表示当年有应计入而未计入的报告。", v.name(o.Region.Name))
	v.Outcomes.Note = v.breakNote(o.Outcomes)
	v.Outcomes.Key = outcomesKey(v.page, o.Outcomes)
	if v.Reviews.Chart, err = charts.Appeals(o.Appeals, "reviews", v.t("行政复议结果，逐年堆叠柱"), v.t); err != nil {
		return err
	}
	if v.Suits.Chart, err = charts.Appeals(o.Suits, "suits", v.t("行政诉讼结果，逐年堆叠柱"), v.t); err != nil {
		return err
	}
	v.Reviews = v.ofCells(v.Reviews, appealCells("review"), v.t("行政复议"))
	v.Suits = v.ofCells(v.Suits, appealCells("suit_direct", "suit_after_review"), v.t("行政诉讼"))
	v.Reviews.Title, v.Suits.Title = v.t("行政复议"), v.t("行政诉讼")
	appeals := v.t("件。柱顶为纠正数 / 审结数；审结不含尚未审结。")
	v.Reviews.About, v.Suits.About = appeals, appeals
	if err := v.drawDisclosure(o); err != nil {
		return err
	}
	v.placeAll(share)
	return nil
}

// placeAll gives every figure of the page its addresses, once it has its words.
func (v *overviewView) placeAll(share bool) {
	for _, f := range v.figures() {
		state := url.Values{"year": {strconv.Itoa(v.Year)}}
		if share && f.ID == "outcomes" {
			state.Set("as", "share")
		}
		if v.due == 1 { // a chart of one report does not say so by itself
			f.Marks = append([]string{v.t("%d 年度：%s", v.Year, v.Basis)}, f.Marks...)
		}
		*f = v.placed(*f, "regions/"+v.Code+"/"+f.ID, state)
	}
}

// figures are the charts of the page.
func (v *overviewView) figures() []*figureView {
	list := []*figureView{&v.Demand, &v.Outcomes, &v.Reviews, &v.Suits, &v.Purchases}
	for i := range v.Activity {
		list = append(list, &v.Activity[i])
	}
	return list
}

// drawDemand makes the chart of requests received.
func (v *overviewView) drawDemand(o aggregate.Overview) (err error) {
	s := o.Demand
	s.Name = v.label(s.Indicator.Name)
	if v.Demand.Chart, err = charts.Columns("requests", s, v.t); err != nil {
		return err
	}
	v.Demand = v.ofSeries(v.Demand, s.Indicator.ID, s.Name)
	v.Demand.Note = v.breakNote(o.Outcomes)
	v.Demand.Title = v.t("新收申请")
	for _, f := range s.Figures {
		if f.Year == o.Year && f.Known {
			v.Demand.Title = v.t("%d 年新收申请 %s 件", f.Year, charts.Group(f.Numerator))
			v.Demand.About = v.t("%s各单位合计，件。%s。", v.name(o.Region.Name), v.strip(f.Basis).Words)
		}
	}
	return nil
}

// drawDisclosure makes the charts of procurement and of decisions.
func (v *overviewView) drawDisclosure(o aggregate.Overview) (err error) {
	ind, _ := standard.IndicatorOf("procurement_total")
	bought := aggregate.Series{Indicator: ind, Name: v.label(ind.Name), Years: o.Years, Figures: o.Procurement}
	if v.Purchases.Chart, err = charts.Columns("procurement", bought, v.t); err != nil {
		return err
	}
	v.Purchases = v.ofSeries(v.Purchases, ind.ID, v.label(ind.Name))
	v.Purchases.Title, v.Purchases.About = v.t("政府集中采购"), v.t("各单位合计，%s。", v.t(ind.Unit))
	for _, s := range o.Activity {
		fig := figureView{}
		s.Name = v.label(s.Indicator.Name)
		if fig.Chart, err = charts.Columns(s.Indicator.ID, s, v.t); err != nil {
			return err
		}
		fig = v.ofSeries(fig, s.Indicator.ID, s.Name)
		fig.Title, fig.About = s.Name, v.t("各单位合计，%s。", v.t(s.Indicator.Unit))
		fig.Note = v.label(s.Indicator.Note)
		v.Activity = append(v.Activity, fig)
	}
	return nil
}

// ofSeries adds the addresses of a figure that shows an indicator.
func (v *overviewView) ofSeries(f figureView, indicator, name string) figureView {
	return v.decorate(f, "/api/v1/series?"+url.Values{"units": {v.Code}, "indicator": {indicator}}.Encode(), name)
}

// ofCells adds the addresses of a figure that adds up cells of all years.
func (v *overviewView) ofCells(f figureView, codes []standard.CellCode, name string) figureView {
	return v.decorate(f, cellsPath(v.Code, codes), name)
}

// cellsPath is where the API answers with some cells of a region.
func cellsPath(region string, codes []standard.CellCode) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = string(code)
	}
	return "/api/v1/cells?" + url.Values{"region": {region}, "cell": {strings.Join(names, ",")}}.Encode()
}

func (v *overviewView) decorate(f figureView, path, name string) figureView {
	f.JSON, f.CSV = v.Href(path), v.Href(path+"&format=csv")
	f.Self = v.With(url.Values{"year": {strconv.Itoa(v.Year)}}) + "#" + f.ID
	f.File = v.Region + "-" + name + ".png"
	f.Of = v.Region
	return f
}

// outcomeCells are the totals of all outcomes, of every format.
func outcomeCells() []standard.CellCode {
	codes := []standard.CellCode{"outcome.total/total", "replies.total"}
	seen := make(map[string]bool)
	for _, format := range []standard.Format{standard.F2019, standard.F2021} {
		for _, row := range standard.Outcomes(format) {
			if !seen[row] {
				codes = append(codes, standard.At(row, standard.Total))
			}
			seen[row] = true
		}
	}
	return codes
}

// appealCells are the results of some kinds of dispute.
func appealCells(kinds ...string) []standard.CellCode {
	var codes []standard.CellCode
	for _, kind := range kinds {
		for _, result := range append(standard.AppealResults(), "total") {
			codes = append(codes, standard.CellCode(kind+"."+result))
		}
	}
	return codes
}

// outcomesTitle states the share granted at both ends of the years that the same
// form covers, as fractions of what was decided; without two such years it is a
// plain title.
func (p page) outcomesTitle(o aggregate.Overview) string {
	var known []aggregate.YearParts
	for _, y := range o.Outcomes {
		if y.Cut {
			known = nil
		}
		if y.Known && y.Total > 0 && y.Year >= 2019 {
			known = append(known, y)
		}
	}
	if len(known) < 2 {
		return p.t("申请办理结果的构成")
	}
	first, last := known[0], known[len(known)-1]
	return p.t("公开与部分公开：%d 年 %s / %s 件，%d 年 %s / %s 件",
		first.Year, charts.Group(opened(first)), charts.Group(first.Total),
		last.Year, charts.Group(opened(last)), charts.Group(last.Total))
}

// opened is what was granted in full or in part.
func opened(y aggregate.YearParts) (sum report.Amount) {
	for _, part := range y.Parts {
		if part.ID == "granted" || part.ID == "partial" {
			sum += part.Value
		}
	}
	return sum
}

// breakNote says what the dotted rules of a composition are.
func (p page) breakNote(years []aggregate.YearParts) string {
	note := ""
	for _, y := range years {
		if y.Break != "" {
			note = joined(note, p.t(y.Break), p.t("。"))
		}
	}
	if note != "" {
		note += p.t("。")
	}
	return note
}
