package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A frameView is a page for the frames of others: one chart, one cell, one table or
// one headline, readable without scripts, with the way back to where it stands.
type frameView struct {
	page
	Home     string // where the figure stands with all around it
	Newer    string // the same as the data stand now, "" where this is now
	Figure   *figureView
	Cell     *frameCellView
	Table    *formView
	Headline *headlineView
	Original string
	Source   string
}

// A frameCellView is one statutory figure.
type frameCellView struct {
	Value, Unit, Words string
	Known              bool
	Look               look
}

// framePolicy lets any page frame ours, which no other address does.
var framePolicy = strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors *", 1)

// newer is the address of a pinned page as the data stand now, where they have moved
// on since.
func (s *Server) newer(c echo.Context, p page) string {
	now, _ := c.Get(runKey).(store.RunID)
	if !p.Pinned || p.AsOf >= now {
		return ""
	}
	return p.Newest
}

// renderFrame answers with a page that others may frame.
func (s *Server) renderFrame(c echo.Context, v frameView) error {
	v.Newer, v.Source = s.newer(c, v.page), v.SourceLine()
	t, err := s.pages.page(v.Lang, "error")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "embed", v); err != nil {
		return fmt.Errorf("frame %s: %w", c.Request().URL.Path, err)
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", framePolicy)
	h.Del("Cross-Origin-Opener-Policy")
	return c.HTMLBlob(http.StatusOK, markup(b.Bytes()))
}

// showFrame serves a chart for a frame.
func (s *Server) showFrame(find finder) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, f, err := find(c, c.Param("name"))
		if err != nil {
			return err
		}
		v := frameView{page: p, Figure: &f, Home: f.Fixed}
		v.Title = joined(f.Of, f.Title, p.t("："))
		return s.renderFrame(c, v)
	}
}

// frameCell serves GET /embed/cells/:agency/:year/*: a cell by its code, slash
// and all.
func (s *Server) frameCell(c echo.Context) error {
	view, err := s.reportOf(c)
	if err != nil {
		return err
	}
	cell := standard.CellCode(c.Param("*"))
	value, known := view.shown.Reading.Value(cell), false
	var term standard.Cell
	if form := standard.FormOf(view.shown.Format); form != nil {
		for _, at := range form.Cells {
			if at.Code == cell {
				term, known = at, true
			}
		}
	}
	if !known {
		return view.unknown(report.ErrNotFound, noCell, string(cell))
	}
	v := frameView{page: view.page, Home: view.reportAt(view.shown) + "#cell-" + string(cell)}
	v.Title = view.t("%s：%s", view.Heading(), view.cellName(term))
	v.Cell = &frameCellView{Value: view.page.shown(value), Unit: view.t(string(term.Unit)), Known: value.State == report.Printed, Look: view.Status,
		Words: joined(string(cell), view.place(value.Place), " · ")}
	v.Original = view.placeHref(view.shown.Original, value.Place)
	return s.renderFrame(c, v)
}

// reportAt is the page of a version.
func (v reportView) reportAt(at store.Version) string {
	return v.Href(v.Path + "?" + url.Values{"version": {strconv.Itoa(at.Number)}}.Encode())
}

// frameTable serves GET /embed/tables/:agency/:year/:table.
func (s *Server) frameTable(c echo.Context) error {
	view, err := s.reportOf(c)
	if err != nil {
		return err
	}
	for i := range view.Forms {
		if view.Forms[i].ID == c.Param("table") {
			v := frameView{page: view.page, Table: &view.Forms[i], Home: view.reportAt(view.shown) + "#" + view.Forms[i].ID, Original: view.Original.View}
			v.Title = view.t("%s：%s", view.Heading(), view.Forms[i].Title)
			return s.renderFrame(c, v)
		}
	}
	return view.unknown(report.ErrNotFound, noTable, c.Param("table"))
}

// frameHeadline serves GET /embed/headlines/:code/:id.
func (s *Server) frameHeadline(c echo.Context) error {
	view, err := s.overviewOf(c, standard.RegionCode(c.Param("code")))
	if err != nil {
		return err
	}
	for i, h := range view.Headlines {
		if h.ID == c.Param("id") {
			v := frameView{page: view.page, Headline: &view.Headlines[i], Home: view.With(url.Values{"year": {strconv.Itoa(view.Year)}})}
			v.Title = view.t("%s %d 年度：%s", view.Region, view.Year, h.Name)
			return s.renderFrame(c, v)
		}
	}
	return view.unknown(report.ErrNotFound, noHeadline, c.Param("id"))
}

// table is the balance as figures.
func (v *flowView) table(p page) charts.Table {
	t := charts.Table{Head: []string{p.t("项"), p.t("件")}}
	for _, item := range v.Items {
		t.Rows = append(t.Rows, []string{item.Name, item.Value})
	}
	return t
}

// table is the curve as figures.
func (v *curveView) table(p page) charts.Table {
	t := charts.Table{Head: []string{p.t("日期"), p.t("累计份数")}}
	for _, row := range v.Rows {
		t.Rows = append(t.Rows, row[:])
	}
	return t
}
