package web

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/charts"
)

// findAsking finds the balance of a year and the chain of years, of a unit or a region.
func (s *Server) findAsking(c echo.Context, name string) (page, figureView, error) {
	v, err := s.askingOf(c)
	if err != nil {
		return page{}, figureView{}, err
	}
	var figures []*figureView
	if v.Asking.Flow != nil {
		f, err := s.flowFigure(v.page, v.Asking.Flow, forPhone(c))
		if err != nil {
			return v.page, figureView{}, err
		}
		f.Title = v.t("%d 年度收支平衡：上年结转＋本年新收＝办结＋结转下年", v.Asking.Year)
		figures = append(figures, &f)
	}
	if v.Asking.Chain != nil {
		f, err := s.chainFigure(v.page, v.Asking.Chain, forPhone(c))
		if err != nil {
			return v.page, figureView{}, err
		}
		figures = append(figures, &f)
	}
	if v.Asking.Reason == "" {
		drawings, err := s.askingFigures(v, forPhone(c))
		if err != nil {
			return v.page, figureView{}, err
		}
		figures = append(figures, drawings...)
	}
	for _, f := range figures {
		*f = v.placedAsking(*f, v.Asking, v.Of.Text)
	}
	return v.chosen(name, figures...)
}

// placedAsking gives a picture of who asked what its addresses.
func (p page) placedAsking(f figureView, of askingView, name string) figureView {
	f.Of, f.Self, f.CSV, f.JSON = name, of.Cells+"#"+f.ID, of.CSV, of.JSON
	return p.placed(f, "requests/"+of.Unit+"/"+strconv.Itoa(of.Year)+"/"+f.ID, nil)
}

// placeAsking gives the pictures of a view their addresses, and returns those of its
// tables by their names. Their shapes are drawn when asked for.
func (p page) placeAsking(v *askingView) map[string]figureView {
	list := make(map[string]figureView)
	if v.Flow != nil {
		v.Flow.Fixed = p.placedAsking(figureView{Chart: charts.Chart{ID: "flow"}}, *v, v.Name).Fixed
	}
	if v.Chain != nil {
		v.Chain.Fixed = p.placedAsking(figureView{Chart: charts.Chart{ID: "chain"}}, *v, v.Name).Fixed
	}
	if v.Reason == "" {
		list["asking"] = p.placedAsking(p.askingFigure(*v), *v, v.Name)
		if v.Grounds != nil {
			list["split"] = p.placedAsking(p.splitFigure(*v), *v, v.Name)
		}
	}
	return list
}

// flowFigure is the picture of a balance.
func (s *Server) flowFigure(p page, flow *flowView, phone bool) (figureView, error) {
	drawing, width := flow, 800.0
	if phone {
		drawing, width = flow.phone(), phoneWidth
	}
	shape, err := s.shape(p.Lang, "report", "flow-drawing", drawing)
	f := figureView{Chart: charts.Chart{ID: "flow", Name: flow.Words, Table: flow.table(p)}, Title: p.t("收支平衡：上年结转＋本年新收＝办结＋结转下年"),
		Shape: shape, Box: [2]float64{width, drawing.Height}, About: flow.Words}
	for _, row := range flow.Rows {
		for _, part := range row.Parts {
			f.Key = append(f.Key, keyView{Class: part.Class, Text: part.Name + " " + part.Value})
		}
	}
	return f, err
}

// chainFigure is the picture of a chain of years.
func (s *Server) chainFigure(p page, chain *chainView, phone bool) (figureView, error) {
	shape, err := s.shape(p.Lang, "asking", "chain-drawing", chain)
	box := [2]float64{chain.Width, 150}
	if phone {
		shape, box, err = s.drawn(p.Lang, chain.Phone)
	}
	return figureView{Chart: charts.Chart{ID: "chain", Name: chain.Words, Table: chain.table(p)}, Title: p.t("一年接一年：结转出与转入"),
		Shape: shape, Box: box, About: chain.Words + p.t("。"),
		Key: []keyView{{Class: "f-new", Text: p.t("上年结转加本年新收")}, {Class: "f-out", Text: p.t("办结总计加结转下年")}, {Class: "f-gap", Text: p.t("两边不等或接不上")}}}, err
}

// askingFigures are the pictures of the page's tables.
func (s *Server) askingFigures(v askingPage, phone bool) ([]*figureView, error) {
	f := v.askingFigure(v.Asking)
	d, table := v.Asking.draw(v.page)
	f.Table, f.Name = table, d.Words
	if phone {
		d = v.Asking.phone(v.page)
	}
	var err error
	if f.Shape, f.Box, err = s.drawn(v.Lang, d); err != nil || v.Asking.Grounds == nil {
		return []*figureView{&f}, err
	}
	split := v.splitFigure(v.Asking)
	d, split.Table = v.Asking.Grounds.draw(v.page)
	split.Name = d.Words
	if phone {
		d = v.Asking.Grounds.phone(v.page)
	}
	split.Shape, split.Box, err = s.drawn(v.Lang, d)
	return []*figureView{&f, &split}, err
}

// askingFigure is the picture of who asked against what they got, without its shape.
func (p page) askingFigure(v askingView) figureView {
	f := figureView{Chart: charts.Chart{ID: "asking"}, Title: p.t("%d 年度谁申请、得到什么", v.Year), CSV: v.CSV, JSON: v.JSON,
		About: p.t("横条是各类申请人的办理结果构成，右边是印出的办结总计，件。")}
	for _, head := range v.Heads {
		f.Key = append(f.Key, keyView{"c-" + head.id, head.name, head.id == "partial" || head.id == "other"})
	}
	f.Marks = []string{p.t("≠ 表示办结总计不是各项之和"), p.t("没有横条的申请人没有办结的申请")}
	if v.Strip != nil {
		f.Marks = append([]string{v.Strip.Words}, f.Marks...)
	}
	return f
}

// splitFigure is the picture of the grounds of refusal, without its shape.
func (p page) splitFigure(v askingView) figureView {
	f := figureView{Chart: charts.Chart{ID: "split"}, Title: p.t("%d 年度不予公开：不得公开与可以不予公开", v.Year), About: v.Grounds.Words + p.t("。"),
		Key: []keyView{{"c-denied", p.t("不得公开或另有规定"), false}, {"c-may", p.t("可以不予公开（条例第十六条）"), true}}}
	if v.Strip != nil {
		f.Marks = []string{v.Strip.Words}
	}
	return f
}
