package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/standard"
)

// A questionView is one question on one page: an indicator of some units over years,
// each figure with its cells, what to mind, the picture, the files and the citation.
type questionView struct {
	compareView
	Heads   []link // units
	Rows    []questionRow
	Caveats []string
	Back    string
	Cites   citation
}

// A questionRow is a year with the figure of each unit.
type questionRow struct {
	Year  int
	Cells []questionCell
}

type questionCell struct {
	Text, Href string
	Mark       *look
}

// showQuestion serves GET /compare/sheet, with the parameters of /compare.
func (s *Server) showQuestion(c echo.Context) error {
	v, err := s.questionOf(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "compare-sheet", v)
}

// questionOf is the sheet that an address asks for.
func (s *Server) questionOf(c echo.Context) (questionView, error) {
	inner, err := s.compareOf(c)
	if err != nil {
		return questionView{}, err
	}
	v := questionView{compareView: inner}
	v.Charts, v.Path, v.Print = false, "/compare/sheet", "sheet-page"
	v.Title, v.Fixed = v.t("%s：一页资料", v.Name), noZIP(v.Fixed)
	v.Back = v.Href("/compare?" + query(v.query.state(v.query.kind, v.query.per, v.BarYear)))
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("比较"), Href: v.Back}, {Text: v.t("一页资料")}}
	for _, slot := range v.Key {
		v.Heads = append(v.Heads, slot.Agency)
	}
	if v.query.kind == "asking" {
		v.Caveats = []string{v.t("只计申请表各格都有数的报告，行、列与平衡出自同一批报告。")}
	} else {
		v.figures()
	}
	v.Caveats = append(v.Caveats, v.t("没有发布、待复核和无法读取的报告不计入，也不作零。"))
	v.Cites = v.cites(cited{id: "cite-sheet", title: v.Title, medium: "DB/OL", year: v.dataYear(), note: v.dataNote(), address: v.Base + v.Fixed})
	return v, nil
}

// figures sets out the figures of all years, and what to mind of the indicator.
func (v *questionView) figures() {
	for i, year := range v.answer.Years {
		row := questionRow{Year: year}
		for _, series := range v.answer.Series {
			row.Cells = append(row.Cells, v.questionCell(series, series.Figures[i]))
		}
		v.Rows = append(v.Rows, row)
	}
	for _, text := range append([]string{v.Note, v.PerWords}, v.Breaks...) {
		if text != "" {
			v.Caveats = append(v.Caveats, text)
		}
	}
}

// noZIP is the address of the sheet that an archive is of.
func noZIP(address string) string { return strings.Replace(address, "/sheet.zip", "/sheet", 1) }

// questionCell is a figure that leads to its cell, or to the table where its formula
// has several; the figure of a region leads to the comparison of its units.
func (v *questionView) questionCell(s aggregate.Series, f aggregate.Figure) questionCell {
	cell := questionCell{Text: v.figure(f, s.Indicator.Unit)}
	if f.Known && f.Ratio && f.Defined && f.Small != "fraction" {
		cell.Text += v.t("（%s）", charts.Group(f.Numerator)+"/"+charts.Group(f.Denominator))
	}
	if f.Status != "" && f.Known {
		if l := v.statusLook(f.Status); l.Class != "ok" {
			cell.Mark = &l
		}
	}
	if f.Known {
		cell.Href = v.figureHref(s, f)
	}
	return cell
}

// figureHref leads to the cell of a figure, to the table where its formula has several,
// and to the units that the figure of a region is made of.
func (p page) figureHref(s aggregate.Series, f aggregate.Figure) string {
	codes := formulaCells(s, f.Format)
	switch {
	case s.Agency.ID == "":
		return p.Href("/indicators/" + s.Indicator.ID + "?" + url.Values{"region": {string(s.Region)}, "year": {strconv.Itoa(f.Year)}}.Encode())
	case len(codes) == 1:
		return p.cellHref(s.Agency.ID, f.Year, codes[0])
	case len(codes) > 1:
		return p.reportHref(s.Agency.ID, f.Year) + "#cell-" + string(codes[0])
	}
	return p.reportHref(s.Agency.ID, f.Year)
}

// zipQuestion serves GET /compare/sheet.zip: the figures of the sheet, its picture and
// what they are.
func (s *Server) zipQuestion(c echo.Context) error {
	v, err := s.questionOf(c)
	if err != nil {
		return err
	}
	kit := newKit(v.page, v.Title, v.Caveats, v.Cites)
	for _, series := range v.answer.Series {
		for _, f := range series.Figures {
			kit.row(series, f, v.figureAddress(series, f))
		}
	}
	name := v.query.indicator
	if v.query.kind == "asking" {
		kit.head, kit.rows, name = v.Drawn.Table.Head, v.Drawn.Table.Rows, "applicants"
	}
	if v.Drawn.HasPicture() {
		for _, slot := range v.Key {
			if !v.Slotted() {
				break
			}
			v.Drawn.Key = append(v.Drawn.Key, keyView{Class: "s" + strconv.Itoa(slot.Slot), Text: slot.Agency.Text})
		}
		svg, err := s.studio.picture(c.Request().Context(), v.page, v.Drawn, usualWidth)
		if err != nil {
			return err
		}
		kit.add(v.Drawn.ID+".svg", svg)
	}
	return kit.serve(c, "gongkai-"+name)
}

// figureAddress is figureHref for files.
func (p page) figureAddress(s aggregate.Series, f aggregate.Figure) string {
	return p.Base + p.figureHref(s, f)
}

// zipUnitSheet serves GET /agencies/:id/sheet.zip: the ten figures of all years, their
// pictures and what they are.
func (s *Server) zipUnitSheet(c echo.Context) error {
	v, err := s.unitSheetOf(c)
	if err != nil {
		return err
	}
	whole, err := newAgencyView(v.page, v.of)
	if err != nil {
		return err
	}
	kit := newKit(v.page, v.Title, nil, v.Cites)
	for _, id := range sheetIndicators() {
		for _, series := range v.of.Series {
			if series.Indicator.ID != id {
				continue
			}
			for _, f := range series.Figures {
				kit.row(series.Series, f, v.figureAddress(series.Series, f))
			}
			if note := v.label(series.Indicator.Note); note != "" {
				kit.caveats = append(kit.caveats, v.label(series.Indicator.Name)+v.t("：")+note)
			}
		}
		for _, m := range whole.Multiples {
			if m.ID != id {
				continue
			}
			f, err := s.multipleFigure(whole, m)
			if err != nil {
				return err
			}
			svg, err := s.studio.picture(c.Request().Context(), whole.page, f, usualWidth)
			if err != nil {
				return err
			}
			kit.add(id+".svg", svg)
		}
	}
	return kit.serve(c, "gongkai-"+string(v.of.Agency.ID))
}

// formulaCells names the cells of a figure.
func formulaCells(s aggregate.Series, format standard.Format) []standard.CellCode {
	return s.Indicator.Formulas[format].Cells()
}
