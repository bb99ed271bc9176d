package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/standard"
)

// A copiesView shows words that stand in several reports, the passages side by side.
type copiesView struct {
	page
	Region, Code string
	Year         int
	Pairs        []pairView
	Templates    []templateView
	AsOfWords    string
	CSV, JSON    string
}

// A pairView is a section that stands in another report for the most part.
type pairView struct {
	ID                string
	Agency, Other     link
	Section           string
	Share, OtherShare string
	Passages          []aggregate.Passage
}

// A templateView is what over half of a district's units share.
type templateView struct {
	Section   string
	Units, Of int
	Passages  []aggregate.Passage
}

// showCopies serves GET /copies/:code/:year.
func (s *Server) showCopies(c echo.Context) error {
	year, err := parseYear("year", c.Param("year"))
	if err != nil {
		return err
	}
	run, err := asOf(c)
	if err != nil {
		return err
	}
	region := standard.RegionCode(c.Param("code"))
	if err := s.narrow(c, region, year, inPath("/copies/", "/"+strconv.Itoa(year))); err != nil {
		return err
	}
	all, err := s.Figures.Copies(c.Request().Context(), region, year, run)
	if err != nil {
		return s.newPage(c).unknown(err, noRegion, string(region))
	}
	rows, err := s.regions(c.Request().Context(), region)
	if err != nil {
		return err
	}
	v := copiesView{page: s.newPage(c), Code: string(region), Region: string(region), Year: year}
	for _, row := range rows {
		if row.Code == region {
			v.Region, v.Demo = v.name(row.Name), row.Demo
		}
	}
	v.in("")
	v.Title = v.t("%s：%d 年度报告中相同的文字", v.Region, year)
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.Region, Href: v.Href("/regions/" + v.Code)}, {Text: v.t("相同的文字")}}
	v.AsOfWords = v.asOfWords(v.Run)
	for _, pair := range all.Pairs {
		v.Pairs = append(v.Pairs, v.pair(pair))
	}
	for _, t := range all.Templates {
		if t.Year == year {
			v.Templates = append(v.Templates, templateView{v.sectionName(t.Section), t.Units, t.Of, t.Passages})
		}
	}
	v.JSON = v.Href("/api/v1/copies?region=" + v.Code + "&year=" + strconv.Itoa(year))
	v.CSV = v.JSON + "&format=csv"
	return s.render(c, http.StatusOK, "copies", v)
}

func (p page) pair(c aggregate.CopyPair) pairView {
	percent := func(share float64) string { return strconv.FormatFloat(100*share, 'f', 0, 64) + "%" }
	return pairView{ID: string(c.Agency),
		Agency:  link{Text: p.t("%s %d 年", p.name(c.Name), c.Year), Href: p.reportHref(c.Agency, c.Year)},
		Other:   link{Text: p.t("%s %d 年", p.name(c.OtherName), c.OtherYear), Href: p.reportHref(c.Other, c.OtherYear)},
		Section: p.sectionName(c.Section), Share: percent(c.Share), OtherShare: percent(c.OtherShare), Passages: c.Passages}
}

// sectionName is the heading that the form gives a section of prose.
func (p page) sectionName(n int) string {
	return p.t(map[int]string{1: "一、总体情况", 5: "五、存在的主要问题及改进情况", 6: "六、其他需要报告的事项"}[n])
}
