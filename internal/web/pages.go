package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"gongkai/internal/standard"
)

// A dataView says what can be downloaded and how to ask for it.
type dataView struct {
	page
	Downloads []downloadView
	Resources []resourceView
	Regions   []regionView
}

type downloadView struct {
	Name, About string
	Links       []link
}

type resourceView struct {
	Path, About, Example string
}

// showData serves GET /data.
func (s *Server) showData(c echo.Context) error {
	rows, err := s.Store.Regions(c.Request().Context())
	if err != nil {
		return err
	}
	v := dataView{page: s.newPage(c)}
	v.in(v.t("数据"))
	v.Title = v.t("数据：下载与接口")
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("数据")}}
	for _, row := range rows {
		v.Regions = append(v.Regions, v.region(row))
		v.Demo = v.Demo || row.Demo && len(rows) == 1
		code := string(row.Code)
		v.Downloads = append(v.Downloads, downloadView{Name: v.name(row.Name), About: v.t("%d 份报告", row.Reports), Links: []link{
			{Text: v.t("报告清单 CSV"), Href: "/api/v1/reports?region=" + code + "&format=csv"},
			{Text: v.t("各格数值 CSV"), Href: "/api/v1/cells?region=" + code + "&format=csv"},
			{Text: v.t("各格数值 XLSX"), Href: "/api/v1/cells?region=" + code + "&format=xlsx"},
			{Text: v.t("问题清单 CSV"), Href: "/api/v1/findings?region=" + code + "&format=csv"},
		}})
	}
	v.Resources = []resourceView{
		{"regions", v.t("区划及其单位数、报告数"), "/api/v1/regions"},
		{"agencies", v.t("单位登记"), "/api/v1/agencies?region=%s"},
		{"reports", v.t("每份报告一行：状态、格式、发布日期"), "/api/v1/reports?region=%s&year=2024"},
		{"cells", v.t("每格一行：数值、状态、版本、原件"), "/api/v1/cells?region=%s&year=2024&format=csv"},
		{"indicators", v.t("指标定义"), "/api/v1/indicators"},
		{"series", v.t("一项指标逐年的值，带分子、分母和覆盖"), "/api/v1/series?units=%s&indicator=requests_new"},
		{"rankings", v.t("一项指标在一个区划一年里的排列"), "/api/v1/rankings?region=%s&indicator=open_rate&year=2024"},
		{"coverage", v.t("谁应报、谁已发布、谁逾期"), "/api/v1/coverage?region=%s&year=2024"},
		{"findings", v.t("规则不成立之处"), "/api/v1/findings?region=%s"},
		{"changes", v.t("每次采集带来的变化"), "/api/v1/changes"},
		{"runs", v.t("各次采集"), "/api/v1/runs"},
	}
	if best, ok := mainRegion(rows); ok {
		for i := range v.Resources {
			v.Resources[i].Example = replaceCode(v.Resources[i].Example, best.Code)
		}
	}
	return s.render(c, http.StatusOK, "data", v)
}

// A changesView is what runs brought.
type changesView struct {
	page
	Region  string
	Changes []changeView
	Runs    []runView
	Regions []link
}

type runView struct {
	ID                       int64
	Href                     string
	State, Class, Start, End string
	Portals                  []portalView
	Message                  string
}

type portalView struct {
	Name, State, Text, Message string
}

// changesShown is how many changes the page lists.
const changesShown = 200

// showChanges serves GET /changes.
func (s *Server) showChanges(c echo.Context) error {
	ctx := c.Request().Context()
	region := standard.RegionCode(c.QueryParam("region"))
	changes, err := s.Store.Changes(ctx, region, changesShown)
	if err != nil {
		return err
	}
	runs, err := s.Store.Runs(ctx, 12)
	if err != nil {
		return err
	}
	rows, err := s.Store.Regions(ctx)
	if err != nil {
		return err
	}
	v := changesView{page: s.newPage(c), Region: string(region)}
	v.in(v.t("变化"))
	v.Title = v.t("变化：新报告、新版本与各次采集")
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("变化")}}
	v.Changes = v.changes(changes, changesShown)
	v.Regions = []link{{Text: v.t("全部"), Href: v.Href("/changes"), Current: region == ""}}
	for _, row := range rows {
		v.Regions = append(v.Regions, link{Text: v.name(row.Name), Href: v.Href("/changes?region=" + string(row.Code)), Current: row.Code == region, Demo: row.Demo})
	}
	for _, run := range runs {
		v.Runs = append(v.Runs, v.run(run))
	}
	return s.render(c, http.StatusOK, "changes", v)
}
