package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A quotedView lists what reports state of procurement in years whose form has no cell
// for it. Quotations are no figures of ours: they are never summed and never drawn.
type quotedView struct {
	page
	Region    string
	AsOfWords string
	Groups    []quotedGroup
	N         int
	Rows      string // address of the same as rows
}

// A quotedGroup is the quotations of a unit.
type quotedGroup struct {
	Agency link
	Items  []quotedItem
}

type quotedItem struct {
	Year                  int
	Sentence, Yuan, Where string // Where is the sentence in its report
}

// showQuoted serves GET /procurement/:code.
func (s *Server) showQuoted(c echo.Context) error {
	run, err := asOf(c)
	if err != nil {
		return err
	}
	region := standard.RegionCode(c.Param("code"))
	if err := s.narrow(c, region, 0, inPath("/procurement/", "")); err != nil {
		return err
	}
	rows, err := s.regions(c.Request().Context(), region)
	if err != nil {
		return err
	}
	v := quotedView{page: s.newPage(c), Region: string(region)}
	known := false
	for _, row := range rows {
		if row.Code == region {
			v.Region, v.Demo, known = v.name(row.Name), row.Demo, true
		}
	}
	if r, ok := standard.RegionOf(region); ok && !known {
		v.Region, known = v.name(r.Name), true
	}
	if !known {
		return v.unknown(report.ErrNotFound, noRegion, string(region))
	}
	list, err := s.Figures.Procurement(c.Request().Context(), region, run)
	if err != nil {
		return err
	}
	v.in("")
	v.Rows = v.Href("/api/v1/quotations?region=" + string(region))
	v.Title = v.t("%s：正文所写的采购", v.Region)
	v.AsOfWords = v.asOfWords(v.Run)
	v.About = v.t("原句引用，不是表中的数，不相加，不画图。")
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.Region, Href: v.Href("/regions/" + string(region))}, {Text: v.t("正文所写的采购")}}
	v.gather(list)
	return s.render(c, http.StatusOK, "quoted", v)
}

// gather puts the quotations under their units, in the order of the roster.
func (v *quotedView) gather(list []aggregate.Quotation) {
	v.N = len(list)
	for _, q := range list {
		href := v.Href("/agencies/" + string(q.Agency))
		at := slices.IndexFunc(v.Groups, func(g quotedGroup) bool { return g.Agency.Href == href })
		if at < 0 {
			at = len(v.Groups)
			v.Groups = append(v.Groups, quotedGroup{Agency: link{Text: v.name(q.Name), Href: href, Demo: v.Demo}})
		}
		v.Groups[at].Items = append(v.Groups[at].Items, quotedItem{Year: q.Year, Sentence: q.Text, Yuan: charts.Group(q.Yuan),
			Where: v.reportHref(q.Agency, q.Year) + "#p-" + strconv.Itoa(q.Paragraph)})
	}
}
