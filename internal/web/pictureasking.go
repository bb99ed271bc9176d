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
		f, err := s.flowFigure(v.page, v.Asking.Flow)
		if err != nil {
			return v.page, figureView{}, err
		}
		f.Title = v.t("%d 年度收支平衡：上年结转＋本年新收＝办结＋结转下年", v.Asking.Year)
		figures = append(figures, &f)
	}
	if v.Asking.Chain != nil {
		f, err := s.chainFigure(v.page, v.Asking.Chain)
		if err != nil {
			return v.page, figureView{}, err
		}
		figures = append(figures, &f)
	}
	for _, f := range figures {
		f.Of, f.Self, f.CSV, f.JSON = v.Of.Text, v.Asking.Cells+"#"+f.ID, v.Asking.CSV, v.Asking.JSON
		*f = v.placed(*f, v.spot(f.ID), nil)
	}
	return v.chosen(name, figures...)
}

// spot is where a picture of the page stands below /charts.
func (v askingPage) spot(id string) string {
	return "requests/" + v.Asking.Unit + "/" + strconv.Itoa(v.Asking.Year) + "/" + id
}

// flowFigure is the picture of a balance.
func (s *Server) flowFigure(p page, flow *flowView) (figureView, error) {
	shape, err := s.shape(p.Lang, "report", "flow-drawing", flow)
	f := figureView{Chart: charts.Chart{ID: "flow", Name: flow.Words, Table: flow.table(p)}, Title: p.t("收支平衡：上年结转＋本年新收＝办结＋结转下年"),
		Shape: shape, Box: [2]float64{800, 144}, About: flow.Words}
	for _, row := range flow.Rows {
		for _, part := range row.Parts {
			f.Key = append(f.Key, keyView{Class: part.Class, Text: part.Name + " " + part.Value})
		}
	}
	return f, err
}

// chainFigure is the picture of a chain of years.
func (s *Server) chainFigure(p page, chain *chainView) (figureView, error) {
	shape, err := s.shape(p.Lang, "asking", "chain-drawing", chain)
	return figureView{Chart: charts.Chart{ID: "chain", Name: chain.Words, Table: chain.table(p)}, Title: p.t("一年接一年：结转出与转入"),
		Shape: shape, Box: [2]float64{chain.Width, 150}, About: chain.Words + p.t("。"),
		Key: []keyView{{Class: "f-new", Text: p.t("上年结转加本年新收")}, {Class: "f-out", Text: p.t("办结总计加结转下年")}, {Class: "f-gap", Text: p.t("两边不等或接不上")}}}, err
}
