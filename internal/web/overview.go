package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// An overviewView is the page of a region.
type overviewView struct {
	page
	Region    string
	Code      string
	Year      int
	Part      listPart // of the long tables
	Basis     string   // what the year stands on
	due       int      // reports due in the year
	Years     []link
	Lede      []phrase
	AsOfWords string
	Headlines []headlineView
	Strips    string // how to read the strips
	Matrix    matrixView
	Changes   []changeView
	Demand    figureView
	Outcomes  figureView
	Switch    []link // count or share
	Lens      lensView
	Reviews   figureView
	Suits     figureView
	Purchases figureView
	Activity  []figureView
	Movers    moversView
	Asking    askingView
	Quoted    string                // procurement that other years state in words
	Tables    map[string]figureView // the tables that are pictures too, by their name
	Own       *link                 // the region's own report
	Sorts     []link
	Links     []link
	Others    []regionView  // other regions held, on the home page
	Wide      *regionMatrix // of a region that is told by the regions in it, in place of Matrix
	Regions   regionsView   // the same as a table
}

// A headlineView is a number at the top of a page.
type headlineView struct {
	ID                   string
	Name, Main, Unit, Of string
	Embed                frameLinks
	Href                 string // what it is made of
	Delta                string
	Dominance            string // of a unit that brings over half of the figure
	Strip                stripView
}

// A keyView is an entry of a chart's key.
type keyView struct {
	Class, Text string
	Outlined    bool
}

// A matrixView is units × years.
type matrixView struct {
	Forms  []formSpan
	Years  []yearHead
	Rows   []matrixRow
	Counts []string // published of due, one for each year
	Key    []look
	Folded int // units that are not watched, told in one line
	Parts  partsView
}

type formSpan struct {
	Name string
	Span int
}

type yearHead struct {
	Year    int
	Href    string
	Current bool
}

type matrixRow struct {
	Agency link
	Cells  []cellView
	Told   string // what happened over the years
}

// A changeView is a line of a feed: what one run brought of one agency. Reports
// found together stand in one line, each year a link.
type changeView struct {
	Day, Text string
	Agency    link
	Report    string
	Years     []link
	key       changeKey
}

type changeKey struct {
	run    store.RunID
	agency report.AgencyID
	kind   store.Change
}

// showOverview serves GET /regions/:code.
func (s *Server) showOverview(c echo.Context) error {
	return s.overview(c, standard.RegionCode(c.Param("code")), nil)
}

// overviewOf is the view of a region that an address asks for.
func (s *Server) overviewOf(c echo.Context, region standard.RegionCode) (v overviewView, err error) {
	run, err := asOf(c)
	if err != nil {
		return v, err
	}
	year := 0
	if text := c.QueryParam("year"); text != "" {
		if year, err = parseYear("year", text); err != nil {
			return v, err
		}
	}
	share := c.QueryParam("as") == "share"
	if as := c.QueryParam("as"); as != "" && as != "share" && as != "count" {
		return v, &report.ParameterError{Name: "as", Got: as, Want: "count（件数）或 share（占比）"}
	}
	o, err := s.Figures.Overview(c.Request().Context(), region, year, run)
	if err != nil {
		return v, s.newPage(c).unknown(err, noRegion, string(region))
	}
	part, err := readPart(c.QueryParam("part"))
	if err != nil {
		return v, err
	}
	order, err := listOrder(c.QueryParam("sort"))
	if err != nil {
		return v, err
	}
	grounds, err := readOrderOf(c, "grounds")
	if err != nil {
		return v, err
	}
	if v, err = newOverviewView(s.newPage(c), o, share, listPart{part, order, grounds}); err == nil {
		v.Lens.heads(c, v.page, grounds)
	}
	return v, err
}

func (s *Server) overview(c echo.Context, region standard.RegionCode, others []store.RegionRow) error {
	view, err := s.overviewOf(c, region)
	if err != nil {
		return err
	}
	for _, row := range others {
		if row.Code != region {
			view.Others = append(view.Others, view.region(row))
		}
	}
	if view.Regions, err = view.regions(c, view.Others); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "overview", view)
}

func newOverviewView(p page, o aggregate.Overview, share bool, part listPart) (overviewView, error) {
	p.in(p.t("总览"))
	p.Path = "/regions/" + string(o.Region.Code)
	p.Demo, p.Charts = o.Demo, true
	p.Title = p.t("%s：%d 年度政府信息公开", p.name(o.Region.Name), o.Year)
	if o.Year == 0 {
		p.Title, p.Charts = p.t("%s：政府信息公开", p.name(o.Region.Name)), false
	}
	p.Trail = p.trail(o.Path)
	v := overviewView{page: p, Region: p.name(o.Region.Name), Code: string(o.Region.Code), Year: o.Year, Part: part}
	for _, y := range o.Years {
		at := listPart{1, part.order, part.grounds}.state(y)
		if share {
			at.Set("as", "share")
		}
		v.Years = append(v.Years, link{Text: strconv.Itoa(y), Href: p.With(at), Current: y == o.Year})
	}
	b := basisOf(o)
	v.Lede, v.Basis, v.due = p.overviewLede(o, b), p.basis(b), b.Due
	v.About = sentence(v.Lede)
	v.AsOfWords = p.asOfWords(o.AsOf)
	for _, h := range o.Headline {
		line := p.headline(h)
		line.Embed = p.framed("headline-"+h.ID, "headlines/"+v.Code+"/"+h.ID, joined(v.Region, line.Name, p.t("：")), url.Values{"year": {strconv.Itoa(o.Year)}})
		line.Href = p.madeOf(o, h)
		v.Headlines = append(v.Headlines, line)
	}
	if o.Wide {
		wide := p.regionMatrix(o)
		v.Wide = &wide
	} else {
		v.Matrix = p.matrix(o, part)
	}
	for _, by := range []string{"", orderPinyin, orderCode} {
		v.Sorts = append(v.Sorts, link{Text: p.orderName(by, p.t("名录次序")), Href: p.With(listPart{1, by, part.grounds}.state(o.Year)) + "#matrix", Current: by == part.order})
	}
	v.Changes = p.changes(o.Changes, 6)
	v.Lens = p.lens(v.Code, o.Grounds, part)
	v.Movers = p.movers(o)
	v.Asking = p.asking(o.Asking)
	v.Quoted = p.Href("/procurement/" + v.Code)
	if o.Own != nil && o.Own.Version != 0 {
		v.Own = &link{Text: p.name(o.Own.Agency.Name), Href: p.reportHref(o.Own.Agency.ID, o.Year)}
	}
	v.Links = []link{
		{Text: p.t("%d 年度发布情况", o.Year), Href: p.Href("/status/" + v.Code + "/" + strconv.Itoa(o.Year))},
		{Text: p.t("%d 年度汇总表", o.Year), Href: p.Href("/rollup/" + v.Code + "/" + strconv.Itoa(o.Year))},
		{Text: p.t("关注事项"), Href: p.Href("/leads?region=" + v.Code + "&year=" + strconv.Itoa(o.Year))},
		{Text: p.t("比较各单位"), Href: p.Href("/compare?region=" + v.Code)},
	}
	if o.Wide {
		v.Sorts = nil
	}
	if o.Region.Code == standard.Country {
		v.Links = v.Links[:3]
	}
	v.placeTables()
	err := v.draw(o, share)
	return v, err
}

// madeOf leads from a headline to what it is made of: the cells that are added, each
// unit's figure of a rate, the reports that are counted.
func (p page) madeOf(o aggregate.Overview, h aggregate.Headline) string {
	ind, ok := standard.IndicatorOf(h.ID)
	if !ok {
		return p.Href("/status/" + string(o.Region.Code) + "/" + strconv.Itoa(o.Year))
	}
	format, _ := standard.FormatForYear(o.Year)
	if codes := ind.Formulas[format].Cells(); !h.Figure.Ratio && len(codes) == 1 && !o.Wide {
		return p.Href("/rollup/" + string(o.Region.Code) + "/" + strconv.Itoa(o.Year) + "?cell=" + url.QueryEscape(string(codes[0])) + "#cell")
	}
	return p.Href("/indicators/" + h.ID + "?" + url.Values{"region": {string(o.Region.Code)}, "year": {strconv.Itoa(o.Year)}}.Encode() + "#ranking")
}

// basisOf is what the year of the overview stands on.
func basisOf(o aggregate.Overview) aggregate.Basis {
	for i, y := range o.Years {
		if y == o.Year && i < len(o.ByYear) {
			return o.ByYear[i]
		}
	}
	return aggregate.Basis{}
}

// overviewLede says in sentences what the year's figures are: who published, whose
// tables reconcile, how demand moved over the same units.
func (p page) overviewLede(o aggregate.Overview, b aggregate.Basis) []phrase {
	if o.Year == 0 {
		return []phrase{{Text: p.t("这时还没有查看过这个区划的任何门户，没有报告可看，也不表示没有发布。")}}
	}
	board := p.Href("/status/" + string(o.Region.Code) + "/" + strconv.Itoa(o.Year))
	list := []phrase{{Text: p.t("纳入的 %d 个应报单位中，", b.Due)},
		{Text: p.t("%d 个已发布", b.Published), Href: board, Strong: true}}
	if b.Late > 0 {
		list = append(list, phrase{Text: p.t("（其中 %d 个逾期）", b.Late), Href: p.shows(o, "late")})
	}
	if b.Missing > 0 {
		list = append(list, phrase{Text: p.t("，")}, phrase{Text: p.t("%d 个未发布", b.Missing), Href: p.shows(o, "missing"), Strong: true})
	}
	if b.Unknown > 0 {
		list = append(list, phrase{Text: p.t("，%d 个未能查看", b.Unknown), Href: p.shows(o, "unknown")})
	}
	list = append(list, phrase{Text: p.t("。")})
	if b.Published > 0 {
		list = append(list, phrase{Text: p.t("已发布的报告中 %d 份通过核验", b.Verified), Href: board})
		for _, part := range []struct {
			n          int
			text, show string
		}{{b.Inconsistent, "%d 份勾稽不符", "inconsistent"}, {b.NeedsReview, "%d 份待复核", "needs_review"}, {b.Unreadable, "%d 份无法读取", ""}} {
			if part.n > 0 {
				list = append(list, phrase{Text: p.t("，")}, phrase{Text: p.t(part.text, part.n), Href: p.shows(o, part.show)})
			}
		}
		list = append(list, phrase{Text: p.t("。")})
	}
	list = append(list, p.demandSentence(o)...)
	if b.NotWatched > 0 {
		list = append(list, phrase{Text: p.t("另有 %d 个单位未纳入，不计入任何数字。", b.NotWatched)})
	}
	return list
}

// shows is the board of the year with the reports of one kind alone.
func (p page) shows(o aggregate.Overview, show string) string {
	at := "/status/" + string(o.Region.Code) + "/" + strconv.Itoa(o.Year)
	if show != "" {
		at += "?show=" + show
	}
	return p.Href(at)
}

// demandSentence compares requests over the units that have both years.
func (p page) demandSentence(o aggregate.Overview) []phrase {
	for _, h := range o.Headline {
		if h.ID != "requests_new" || !h.Figure.Known {
			continue
		}
		list := []phrase{{Text: p.t("共新收申请 ")}, {Text: p.t("%s 件", charts.Group(h.Figure.Numerator)), Href: p.madeOf(o, h), Strong: true}}
		if h.MatchedN > 0 && !h.Figure.Cut && h.MatchedBefore.Known {
			list = append(list, phrase{Text: p.t("；两年都有数的 %d 个单位合计 %s 件，上年 %s 件", h.MatchedN,
				charts.Group(h.MatchedNow.Numerator), charts.Group(h.MatchedBefore.Numerator)), Href: p.Href("/indicators/requests_new?" + url.Values{"region": {string(o.Region.Code)}, "year": {strconv.Itoa(o.Year)}}.Encode() + "#ranking")})
		}
		return append(list, phrase{Text: p.t("。")})
	}
	return nil
}

// sentence joins phrases to plain text.
func sentence(list []phrase) string {
	text := ""
	for _, ph := range list {
		text += ph.Text
	}
	return text
}

// trail is the breadcrumb above a page: home, then the regions.
func (p page) trail(path []standard.Region) []link {
	list := []link{{Text: p.t("首页"), Href: p.Href("/")}}
	for _, r := range path {
		list = append(list, link{Text: p.name(r.Name), Href: p.Href("/regions/" + string(r.Code))})
	}
	if n := len(list); n > 1 && list[n-1].Href == p.Href(p.Path) {
		list[n-1].Href = ""
	}
	return list
}

// asOfWords says which state of the data a page shows.
func (p page) asOfWords(run store.RunID) string {
	if p.Pinned {
		return p.t("显示第 %d 次采集之后的状态，不是最新状态。", p.AsOf)
	}
	return p.t("数据截至第 %d 次采集。", run)
}

// headline writes a figure at the top of a page, with the year before. Rates are
// never given a relative change.
func (p page) headline(h aggregate.Headline) headlineView {
	f := h.Figure
	v := headlineView{ID: h.ID, Name: p.label(h.Name), Strip: p.strip(f.Basis), Dominance: p.dominance(f, h.Unit)}
	switch {
	case !f.Known || f.Ratio && !f.Defined:
		v.Main = "—"
		v.Delta = p.t(f.Reason)
		return v
	case f.Ratio && h.Unit != "%":
		v.Main, v.Of = f.Numerator.String(), "/ "+f.Denominator.String()
		v.Unit = p.t(h.Unit)
	case f.Ratio && f.Small == "fraction":
		v.Main, v.Of, v.Unit = f.Numerator.String(), "/ "+f.Denominator.String(), p.t("件")
	case f.Ratio:
		v.Main, v.Unit = strconv.FormatFloat(f.Value, 'f', 1, 64), "%"
		v.Delta = p.t("%s / %s 件", charts.Group(f.Numerator), charts.Group(f.Denominator))
	default:
		v.Main, v.Unit = charts.Group(f.Numerator), p.t(h.Unit)
	}
	v.Delta = joined(v.Delta, p.before(h), p.t("，"))
	return v
}

// dominance says which unit brings over half of a figure, and the figure without it.
func (p page) dominance(f aggregate.Figure, unit string) string {
	d := f.Dominant
	if d == nil {
		return ""
	}
	return p.t("其中 %s 占 %.0f%%，不计它为 %s", p.name(shortName(d.Agency)), 100*d.Share, p.figure(d.Without, unit))
}

func joined(a, b, sep string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + sep + b
}

// before says what the figure was a year ago, over the same units where it is a
// count.
func (p page) before(h aggregate.Headline) string {
	was := h.Previous
	switch {
	case h.Figure.Cut:
		return p.t("与上年口径不同，不比较")
	case !was.Known || was.Ratio && !was.Defined:
		return ""
	case was.Ratio && (h.Unit != "%" || was.Small == "fraction"):
		return p.t("上年 %s / %s", was.Numerator, was.Denominator)
	case was.Ratio:
		return p.t("上年 %.1f%%", was.Value)
	case h.MatchedN > 0 && h.MatchedBefore.Known && h.MatchedBefore.Numerator != 0:
		change := 100 * (h.MatchedNow.Value - h.MatchedBefore.Value) / h.MatchedBefore.Value
		return p.t("%d 个可比单位 %+.1f%%", h.MatchedN, change)
	}
	return p.t("上年 %s", charts.Group(was.Numerator))
}

// changes makes a feed of at most limit lines. Workers mix the reports of agencies,
// so a line gathers what its run found wherever it stands.
func (p page) changes(rows []store.ChangeRow, limit int) []changeView {
	var list []changeView
	for _, row := range rows {
		key := changeKey{row.Run, row.Agency, row.Kind}
		year := link{Text: strconv.Itoa(row.Year)}
		if row.Year > 0 && row.Version != 0 {
			year.Href = p.reportHref(row.Agency, row.Year)
		}
		at := slices.IndexFunc(list, func(c changeView) bool { return row.Kind == store.ChangeNew && c.key == key })
		if at >= 0 {
			list[at].Years = append(list[at].Years, year)
			continue
		}
		if len(list) == limit {
			continue // lines that are there may still grow
		}
		list = append(list, changeView{Day: row.At.In(standard.China()).Format(time.DateOnly), Text: p.retell(row.Text), Report: year.Href, key: key,
			Years:  []link{year},
			Agency: link{Text: p.name(row.AgencyName), Href: p.Href("/agencies/" + string(row.Agency)), Demo: row.Demo}})
	}
	for _, c := range list {
		slices.SortFunc(c.Years, func(a, b link) int { return strings.Compare(b.Text, a.Text) })
	}
	return list
}
