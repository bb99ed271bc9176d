package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A regionView is a line of the list of regions.
type regionView struct {
	Region   link
	Agencies int
	Watched  int
	Reports  int
	Years    string
}

// An emptyView is the home page before anything was read.
type emptyView struct {
	page
	Regions regionsView
}

// A regionsView is the list of regions with the heads that order it.
type regionsView struct {
	Heads []orderHead
	Rows  []regionView
}

// regions puts regions in the order that the address asks for.
func (p page) regions(c echo.Context, rows []regionView) (regionsView, error) {
	o, err := readOrder(c)
	if err != nil {
		return regionsView{}, err
	}
	rows = order(rows, o, func(r regionView, i int) string {
		return column([]string{r.Region.Text, strconv.Itoa(r.Agencies), strconv.Itoa(r.Watched), strconv.Itoa(r.Reports), r.Years}, i)
	})
	heads := p.orderHeads(c, o, "#regions", func(i int) bool { return i > 0 }, p.t("区划"), p.t("应报单位"), p.t("已纳入"), p.t("报告"), p.t("年度"))
	return regionsView{heads, rows}, nil
}

// showHome serves GET /: the overview of the region with most reports, with the
// other regions beneath it.
func (s *Server) showHome(c echo.Context) error {
	run, err := asOf(c)
	if err != nil {
		return err
	}
	rows, root, err := s.Figures.Near(c.Request().Context(), "", run)
	if err != nil {
		return err
	}
	if root != "" {
		return s.overview(c, root, nil)
	}
	best, ok := mainRegion(rows)
	if ok {
		return s.overview(c, best.Code, rows)
	}
	view := emptyView{page: s.newPage(c)}
	view.in(view.t("总览"))
	view.Title = view.t("政府信息公开工作年度报告：归档、核验、比较")
	var list []regionView
	for _, row := range rows {
		list = append(list, view.region(row))
	}
	if view.Regions, err = view.regions(c, list); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "home", view)
}

// mainRegion is the region with most reports, and false where none has any.
func mainRegion(rows []store.RegionRow) (best store.RegionRow, ok bool) {
	for _, row := range rows {
		if row.Reports > best.Reports {
			best, ok = row, true
		}
	}
	return best, ok
}

func (p page) region(row store.RegionRow) regionView {
	v := regionView{Region: link{Text: p.name(row.Name), Href: p.Href("/regions/" + string(row.Code)), Demo: row.Demo},
		Agencies: row.Agencies, Watched: row.Watched, Reports: row.Reports}
	if row.FromYear > 0 {
		v.Years = p.t("%d—%d", row.FromYear, row.ToYear)
	}
	return v
}

// goToBoard serves GET /status: the board of the main region's latest year.
func (s *Server) goToBoard(c echo.Context) error {
	rows, root, err := s.Figures.Near(c.Request().Context(), "", 0)
	if err != nil {
		return err
	}
	best, ok := mainRegion(rows)
	if !ok {
		return report.ErrNotFound
	}
	if root != "" {
		best.Code = root
	}
	p := s.newPage(c)
	return c.Redirect(http.StatusFound, p.Href("/status/"+string(best.Code)+"/"+strconv.Itoa(best.ToYear)))
}
