package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// An indicatorsView lists all indicators.
type indicatorsView struct {
	page
	Groups []indicatorGroup
}

type indicatorGroup struct {
	ID, Name string
	Items    []indicatorItem
}

// An indicatorItem is one indicator in words.
type indicatorItem struct {
	ID, Name, Unit, Note, Href string
	Version                    int
	Formulas                   []string
}

// An indicatorView is one indicator with its ranking in a region and year.
type indicatorView struct {
	page
	Item      indicatorItem
	Region    string
	Year      int
	Regions   []link
	Years     []link
	Rows      []rankView
	Strip     stripView
	Compare   string
	CSV, JSON string
	Ratio     bool
	AllTied   bool // no two of the ranked can be told apart
}

// A rankView is a line of a ranking, its interval drawn on a common scale.
type rankView struct {
	Rank        string
	Agency      link
	Value       string
	Fraction    string
	Mark        *look
	Report      string
	Why         string
	Dot, Lo, Hi float64
	Drawn, Span bool
	Hollow      bool
}

func (p page) indicatorItem(ind standard.Indicator) indicatorItem {
	return indicatorItem{ID: ind.ID, Name: p.label(ind.Name), Unit: p.t(ind.Unit), Note: p.label(ind.Note), Version: ind.Version,
		Href: p.Href("/indicators/" + ind.ID), Formulas: p.formulas(ind)}
}

// formulas writes the formula of each format, those alike together.
func (p page) formulas(ind standard.Indicator) []string {
	var list, texts []string
	for _, format := range standard.Formats() {
		f, ok := ind.Formulas[format]
		if !ok {
			continue
		}
		text := f.String()
		if n := len(texts); n > 0 && texts[n-1] == text {
			list[n-1] = p.formName(format) + p.t("、") + list[n-1]
			continue
		}
		texts = append(texts, text)
		list = append(list, p.formName(format)+p.t("：")+text)
	}
	return list
}

// showIndicators serves GET /indicators.
func (s *Server) showIndicators(c echo.Context) error {
	v := indicatorsView{page: s.newPage(c)}
	v.in(v.t("指标"))
	v.Title = v.t("指标")
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("指标")}}
	v.Groups = v.indicatorGroups()
	return s.render(c, http.StatusOK, "indicators", v)
}

func (p page) indicatorGroups() []indicatorGroup {
	var groups []indicatorGroup
	for _, ind := range standard.Indicators() {
		if n := len(groups); n == 0 || groups[n-1].ID != ind.Group {
			groups = append(groups, indicatorGroup{ID: ind.Group, Name: p.groupName(ind.Group)})
		}
		g := &groups[len(groups)-1]
		g.Items = append(g.Items, p.indicatorItem(ind))
	}
	return groups
}

// showIndicator serves GET /indicators/:id, with the ranking of a region and year:
// those asked for, or the main region's latest year.
func (s *Server) showIndicator(c echo.Context) error {
	ctx := c.Request().Context()
	ind, ok := standard.IndicatorOf(c.Param("id"))
	if !ok {
		return report.ErrNotFound
	}
	run, err := asOf(c)
	if err != nil {
		return err
	}
	rows, err := s.Store.Regions(ctx)
	if err != nil {
		return err
	}
	v := indicatorView{page: s.newPage(c), Item: indicatorItem{}}
	v.in(v.t("指标"))
	v.Item, v.Ratio = v.indicatorItem(ind), ind.Ratio()
	v.Title, v.About = v.Item.Name, v.Item.Note
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("指标"), Href: v.Href("/indicators")}, {Text: v.Item.Name}}
	best, ok := mainRegion(rows)
	region := standard.RegionCode(c.QueryParam("region"))
	if region == "" {
		region = best.Code
	}
	if !ok {
		return s.render(c, http.StatusOK, "indicator", v)
	}
	year := 0
	if text := c.QueryParam("year"); text != "" {
		if year, err = parseYear("year", text); err != nil {
			return err
		}
	}
	r, err := s.Figures.Ranking(ctx, region, ind.ID, year, run)
	if err != nil {
		return err
	}
	v.Region, v.Year, v.Strip = r.Region.Name, r.Year, v.strip(r.Basis)
	for _, row := range rows {
		v.Demo = v.Demo || row.Code == region && row.Demo
		if row.Reports == 0 {
			continue
		}
		v.Regions = append(v.Regions, link{Text: row.Name, Href: v.With(url.Values{"region": {string(row.Code)}}), Current: row.Code == region, Demo: row.Demo})
		if row.Code == region {
			for y := row.FromYear; y <= row.ToYear; y++ {
				v.Years = append(v.Years, link{Text: strconv.Itoa(y), Current: y == r.Year,
					Href: v.With(url.Values{"region": {string(region)}, "year": {strconv.Itoa(y)}})})
			}
		}
	}
	most := 0.0
	for _, e := range r.Entries {
		if e.Figure.Defined {
			most = max(most, e.Figure.Value, e.Figure.High)
		}
	}
	for _, e := range r.Entries {
		row := rankView{Agency: v.agencyLink(e.Agency), Value: charts.Show(e.Figure, ind.Unit, v.t)}
		if e.Rank > 0 {
			row.Rank = strconv.Itoa(e.Rank)
			if e.Tied {
				row.Rank = "=" + row.Rank
			}
		}
		f := e.Figure
		if f.Known {
			row.Report = v.reportHref(e.Agency.ID, r.Year)
		}
		if f.Ratio && f.Defined {
			row.Fraction = charts.Group(f.Numerator) + " / " + charts.Group(f.Denominator)
		}
		if f.Status != "" && f.Status != report.Verified {
			look := v.statusLook(f.Status)
			row.Mark, row.Hollow = &look, true
		}
		switch {
		case !f.Known, !f.Defined:
			row.Value, row.Why = "", v.t(f.Reason)
		case e.Rank == 0 && f.Small != "":
			row.Why = v.t("分母小，不排名")
		case e.Rank == 0:
			row.Why = v.t("待复核，不排名")
		}
		if f.Defined && most > 0 {
			row.Drawn, row.Dot = true, 100*f.Value/most
			row.Span, row.Lo, row.Hi = f.High > 0, 100*f.Low/most, 100*f.High/most
		}
		v.Rows = append(v.Rows, row)
	}
	v.AllTied = allTied(v.Rows)
	q := url.Values{"indicator": {ind.ID}, "region": {string(region)}, "year": {strconv.Itoa(r.Year)}}
	v.JSON = v.Href("/api/v1/rankings?" + q.Encode())
	q.Set("format", "csv")
	v.CSV = v.Href("/api/v1/rankings?" + q.Encode())
	v.Compare = v.Href("/compare?indicator=" + ind.ID + "&region=" + string(region))
	return s.render(c, http.StatusOK, "indicator", v)
}

// allTied reports whether every ranked unit shares the first rank.
func allTied(rows []rankView) bool {
	n := 0
	for _, row := range rows {
		if row.Rank != "" && row.Rank != "=1" {
			return false
		}
		if row.Rank != "" {
			n++
		}
	}
	return n > 1
}

// A methodsView lists every rule and indicator on one page.
type methodsView struct {
	page
	Rules    []ruleGroup
	Groups   []indicatorGroup
	Breaks   []string
	Statuses []look
}

type ruleGroup struct {
	Name  string
	Rules []ruleView
}

type ruleView struct {
	ID, Name, Formula, Basis, Example, Class, Severity string
	Version                                            int
	Formats, Thresholds                                string
	Decides                                            bool
}

// showMethods serves GET /methods.
func (s *Server) showMethods(c echo.Context) error {
	v := methodsView{page: s.newPage(c)}
	v.in(v.t("方法"))
	v.Title = v.t("方法：规则、指标与口径")
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("方法")}}
	v.Groups = v.indicatorGroups()
	v.Rules = v.ruleGroups()
	for _, b := range standard.Breaks() {
		v.Breaks = append(v.Breaks, v.t("%d｜%d：%s", b.Before, b.After, v.label(b.Reason)))
	}
	return s.render(c, http.StatusOK, "methods", v)
}

func (p page) ruleGroups() []ruleGroup {
	names := map[standard.Scope]string{standard.ScopeReport: "一份报告之内的数字", standard.ScopeCell: "单格", standard.ScopeForm: "表的形状",
		standard.ScopeYear: "与以前各年相比", standard.ScopePeer: "与其他单位相比", standard.ScopeText: "文字叙述", standard.ScopePublication: "发布的时间和地点",
		standard.ScopeReading: "读数是否可靠", standard.ScopeRevision: "与前一版相比"}
	severity := map[standard.Severity]string{"error": "错误", "warning": "警示", "notice": "提示"}
	var groups []ruleGroup
	at := make(map[standard.Scope]int)
	for _, r := range standard.Rules() {
		i, ok := at[r.Scope]
		if !ok {
			i = len(groups)
			at[r.Scope] = i
			groups = append(groups, ruleGroup{Name: p.t(names[r.Scope])})
		}
		v := ruleView{ID: r.ID, Version: r.Version, Name: p.label(r.Name), Formula: p.label(r.Formula), Basis: p.label(r.Basis), Example: p.label(r.Example),
			Class: string(r.Severity), Severity: p.t(severity[r.Severity]), Decides: r.Decides}
		var formats, thresholds []string
		for _, f := range r.Formats {
			formats = append(formats, p.formName(f))
		}
		for _, t := range r.Thresholds {
			thresholds = append(thresholds, t.Name+" = "+strconv.FormatFloat(t.Value, 'f', -1, 64))
		}
		v.Formats, v.Thresholds = strings.Join(formats, p.t("、")), strings.Join(thresholds, p.t("，"))
		groups[i].Rules = append(groups[i].Rules, v)
	}
	return groups
}
