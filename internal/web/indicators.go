package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
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
	Formulas                   []formulaView
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
	Spread    spreadView
	Slim      spreadView // for a phone
	Pools     []link     // one year, or the years of a form summed
	Pooled    string     // which years are summed, "" for one year
	Ratio     bool
	AllTied   bool // no two of the ranked can be told apart
	Figures   map[string]figureView
	Sorts     []link
	pooled    bool
	sort      string // of the table: "" by rank, pinyin or code
	ranking   aggregate.Ranking
	First     bool // of a wide region: Rows are the first of many
}

// A rankView is a line of a ranking, its interval drawn on a common scale.
type rankView struct {
	Rank        string
	Agency      link
	code        string // of the agency
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

// A formulaView is a formula in the words of the form, and in cell codes where they
// say more.
type formulaView struct {
	Forms, Words, Codes string
}

// formulas writes the formula of each format, those alike together.
func (p page) formulas(ind standard.Indicator) []formulaView {
	var list []formulaView
	for _, format := range standard.Formats() {
		f, ok := ind.Formulas[format]
		if !ok {
			continue
		}
		v := formulaView{Forms: p.formName(format), Words: p.label(f.Words)}
		if v.Words == "" {
			v.Words, v.Codes = p.inWords(format, f), f.String()
		}
		if n := len(list); n > 0 && list[n-1].Codes == v.Codes && list[n-1].Words == v.Words {
			list[n-1].Forms += p.t("、") + v.Forms
			continue
		}
		list = append(list, v)
	}
	slices.SortStableFunc(list, func(a, b formulaView) int { return strings.Compare(a.Forms, b.Forms) })
	return list
}

// inWords writes a formula with the labels of the form.
func (p page) inWords(format standard.Format, f standard.Formula) string {
	form := standard.FormOf(format)
	sum := func(terms []standard.Term) string {
		text := ""
		for i, t := range terms {
			switch {
			case t.Minus:
				text += " − "
			case i > 0:
				text += " + "
			}
			name := string(t.Cell)
			if cell, ok := form.Cell(t.Cell); ok {
				name = p.cellName(cell)
			}
			text += name
		}
		return text
	}
	if len(f.Denominator) == 0 {
		return sum(f.Numerator)
	}
	return p.t("（%s）÷（%s）", sum(f.Numerator), sum(f.Denominator))
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
	v, err := s.indicatorOf(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "indicator", v)
}

// indicatorOf is the view of the indicator that an address asks for.
func (s *Server) indicatorOf(c echo.Context) (v indicatorView, err error) {
	ind, ok := standard.IndicatorOf(c.Param("id"))
	if !ok {
		return v, s.newPage(c).unknown(report.ErrNotFound, noIndicator, c.Param("id"))
	}
	run, err := asOf(c)
	if err != nil {
		return v, err
	}
	rows, err := s.regions(c.Request().Context(), standard.RegionCode(c.QueryParam("region")))
	if err != nil {
		return v, err
	}
	v = newIndicatorView(s.newPage(c), ind)
	best, ok := mainRegion(rows)
	if !ok {
		return v, nil
	}
	root, err := s.Figures.Root(c.Request().Context(), run)
	if err != nil {
		return v, err
	}
	region, year := best.Code, 0
	if root != "" {
		region = root
	}
	if code := c.QueryParam("region"); code != "" {
		region = standard.RegionCode(code)
	}
	if text := c.QueryParam("year"); text != "" {
		if year, err = parseYear("year", text); err != nil {
			return v, err
		}
	}
	ranking, pooled := s.Figures.Ranking, c.QueryParam("pool") == "form"
	if pool := c.QueryParam("pool"); pooled {
		ranking = s.Figures.PooledRanking
	} else if pool != "" {
		return v, &report.ParameterError{Name: "pool", Got: pool, Want: "form（同一格式各年合计）或不写"}
	}
	r, err := ranking(c.Request().Context(), region, ind.ID, year, run)
	if err != nil {
		if wide := s.narrowed(c, region, year); wide != nil {
			return v, wide // there only sums are kept
		}
		return v, v.unknown(err, noRegion, string(region))
	}
	v.pooled = pooled
	if v.sort, err = listOrder(c.QueryParam("sort")); err != nil {
		return v, err
	}
	v.offerPool(r, pooled)
	v.rank(ind, r)
	v.choices(rows, region, r.Year)
	v.place(ind, r)
	return v, nil
}

func newIndicatorView(p page, ind standard.Indicator) indicatorView {
	p.in(p.t("指标"))
	v := indicatorView{page: p, Item: p.indicatorItem(ind), Ratio: ind.Ratio()}
	v.Title, v.About = v.Item.Name, v.Item.Note
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("指标"), Href: v.Href("/indicators")}, {Text: v.Item.Name}}
	return v
}

// choices links the regions that have reports, and the years of the one shown.
func (v *indicatorView) choices(rows []store.RegionRow, region standard.RegionCode, year int) {
	for _, row := range rows {
		if row.Reports == 0 {
			continue
		}
		v.Regions = append(v.Regions, link{Text: v.name(row.Name), Href: v.With(v.keeping(row.Code, 0, v.sort)), Current: row.Code == region, Demo: row.Demo})
		if row.Code != region {
			continue
		}
		v.Demo = row.Demo
		for y := row.FromYear; y <= row.ToYear; y++ {
			v.Years = append(v.Years, link{Text: strconv.Itoa(y), Current: y == year,
				Href: v.With(v.keeping(region, y, v.sort))})
		}
	}
}

// rank shows a ranking, its values on one scale from 0.
func (v *indicatorView) rank(ind standard.Indicator, r aggregate.Ranking) {
	v.Region, v.Year, v.Strip = v.name(r.Region.Name), r.Year, v.strip(r.Basis)
	most := 0.0
	for _, e := range r.Entries {
		if e.Figure.Defined {
			most = max(most, e.Figure.Value, e.Figure.High)
		}
	}
	for _, e := range r.Entries {
		v.Rows = append(v.Rows, v.rankRow(ind, e, r.Year, most))
	}
	v.AllTied = allTied(v.Rows)
	v.order(r)
	if v.First = r.Wide; !r.Wide {
		v.Spread, v.Slim = v.spread(ind, r, spreadWidth), v.spread(ind, r, spreadPhone)
	}
	q := url.Values{"indicator": {ind.ID}, "region": {string(r.Region.Code)}, "year": {strconv.Itoa(r.Year)}}
	if v.pooled {
		q.Set("pool", "1")
	}
	v.JSON = v.Href("/api/v1/rankings?" + q.Encode())
	q.Set("format", "csv")
	v.CSV = v.Href("/api/v1/rankings?" + q.Encode())
	v.Compare = v.Href("/compare?indicator=" + ind.ID + "&region=" + string(r.Region.Code))
}

func (p page) rankRow(ind standard.Indicator, e aggregate.RankEntry, year int, most float64) rankView {
	f := e.Figure
	row := rankView{Agency: p.agencyLink(e.Agency), code: string(e.Agency.ID), Value: charts.Show(f, ind.Unit, p.t)}
	if e.Rank > 0 {
		row.Rank = strconv.Itoa(e.Rank)
		if e.Tied {
			row.Rank = "=" + row.Rank
		}
	}
	if f.Known {
		row.Report = p.reportHref(e.Agency.ID, year)
	}
	if f.Ratio && f.Defined {
		row.Fraction = charts.Group(f.Numerator) + " / " + charts.Group(f.Denominator)
	}
	if f.Status != "" && f.Status != report.Verified {
		look := p.statusLook(f.Status)
		row.Mark, row.Hollow = &look, true
	}
	switch {
	case !f.Known, !f.Defined:
		row.Value, row.Why = "", p.t(f.Reason)
	case e.Rank == 0 && f.Small != "":
		row.Why = p.t("分母小，不排名")
	case e.Rank == 0:
		row.Why = p.t("待复核，不排名")
	}
	if f.Defined && most > 0 {
		row.Drawn, row.Dot = true, 100*f.Value/most
		row.Span, row.Lo, row.Hi = f.High > 0, 100*f.Low/most, 100*f.High/most
	}
	return row
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
