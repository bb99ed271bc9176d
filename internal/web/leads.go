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

// A leadsView lists what the reports of a region and year give to look at.
type leadsView struct {
	page
	Region, Code string
	Year         int
	Years        []link
	Regions      []link
	Kinds        []link
	Order        string
	AsOfWords    string
	Strip        stripView
	Leads        []leadView
	CSV, JSON    string
}

// A leadView is one lead: a sentence, the cells of its figures, why it stands where it
// stands, and what speaks against reading more into it.
type leadView struct {
	ID      string
	Rank    int
	Kind    string
	Text    []phrase
	Reason  string
	Caveats []string
	Cells   []link
	More    *link // a page that shows the same at length
}

// leadNames are the questions that the kinds of lead answer.
var leadNames = map[aggregate.LeadKind]string{
	aggregate.LeadMover: "新收申请变化最大", aggregate.LeadZero: "两年都有、今年为零", aggregate.LeadGround: "理由的用法与同类不同",
	aggregate.LeadCorrected: "复议诉讼被纠正", aggregate.LeadFee: "逾期未缴费与收费", aggregate.LeadCopied: "正文相同",
	aggregate.LeadSilent: "换了数字没有说明", aggregate.LeadProcurement: "采购额与同类不同", aggregate.LeadNever: "历年没有申请",
}

// showLeads serves GET /leads.
func (s *Server) showLeads(c echo.Context) error {
	ctx := c.Request().Context()
	run, err := asOf(c)
	if err != nil {
		return err
	}
	if err := s.narrowed(c, standard.RegionCode(c.QueryParam("region")), askedYear(c.QueryParam("year"))); err != nil {
		return err
	}
	rows, err := s.regions(ctx, standard.RegionCode(c.QueryParam("region")))
	if err != nil {
		return err
	}
	region, year, err := regionYear(c, rows)
	if err != nil {
		return err
	}
	kind := aggregate.LeadKind(c.QueryParam("kind"))
	if kind != "" && leadNames[kind] == "" {
		return &report.ParameterError{Name: "kind", Got: string(kind), Want: "mover、zero、ground、corrected、fee、copied、silent、procurement 或 never"}
	}
	all, err := s.Figures.Leads(ctx, region, year, run)
	if err != nil {
		return s.newPage(c).unknown(err, noRegion, string(region))
	}
	agencies, err := s.Store.Agencies(ctx, region)
	if err != nil {
		return err
	}
	v := newLeadsView(s.newPage(c), all, kind, agencies)
	v.choose(rows, all, kind)
	return s.render(c, http.StatusOK, "leads", v)
}

// regionYear reads a region and a year from the address; without them they are the
// region with most reports, and 0.
func regionYear(c echo.Context, rows []store.RegionRow) (standard.RegionCode, int, error) {
	best, ok := mainRegion(rows)
	region := standard.RegionCode(c.QueryParam("region"))
	if region == "" {
		if !ok {
			return "", 0, report.ErrNotFound
		}
		region = best.Code
	}
	text := c.QueryParam("year")
	if text == "" {
		return region, 0, nil
	}
	year, err := parseYear("year", text)
	return region, year, err
}

func newLeadsView(p page, l aggregate.Leads, kind aggregate.LeadKind, agencies []report.Agency) leadsView {
	p.in(p.t("关注事项"))
	p.Demo = l.Demo
	p.Title = p.t("%s：%d 年度关注事项", p.name(l.Region.Name), l.Year)
	p.Trail = []link{{Text: p.t("首页"), Href: p.Href("/")}, {Text: p.name(l.Region.Name), Href: p.Href("/regions/" + string(l.Region.Code))}, {Text: p.t("关注事项")}}
	v := leadsView{page: p, Region: p.name(l.Region.Name), Code: string(l.Region.Code), Year: l.Year, Order: p.label(l.Order),
		AsOfWords: p.asOfWords(l.AsOf), Strip: p.strip(l.Basis)}
	v.About = p.t("%s %d 年度报告中的 %d 条关注事项，各有出处和注意。", p.name(l.Region.Name), l.Year, len(l.Leads))
	if l.Year == 0 { // nothing was published yet
		v.Title = p.t("%s：关注事项", p.name(l.Region.Name))
		v.About = v.Title
	}
	names := make(map[report.AgencyID]report.Agency, len(agencies))
	for _, a := range agencies {
		names[a.ID] = a
	}
	for _, one := range l.Leads {
		if kind == "" || one.Kind == kind {
			shown := p.lead(one, v.regionOf(one), names)
			if slices.ContainsFunc(v.Leads, func(l leadView) bool { return l.ID == shown.ID }) {
				shown.ID += "-" + strconv.Itoa(one.Rank)
			}
			v.Leads = append(v.Leads, shown)
		}
	}
	q := url.Values{"region": {v.Code}, "year": {strconv.Itoa(v.Year)}}
	v.JSON = p.Href("/api/v1/leads?" + q.Encode())
	q.Set("format", "csv")
	v.CSV = p.Href("/api/v1/leads?" + q.Encode())
	return v
}

// regionOf is the name of the page's region for a lead that is about it, else "".
func (v *leadsView) regionOf(l aggregate.Lead) string {
	if l.Agency == "" && string(l.Region) == v.Code {
		return v.Region
	}
	return ""
}

// choose makes the links that change what is shown.
func (v *leadsView) choose(rows []store.RegionRow, l aggregate.Leads, kind aggregate.LeadKind) {
	at := func(region string, year int, kind aggregate.LeadKind) string {
		q := url.Values{"region": {region}}
		if year > 0 {
			q.Set("year", strconv.Itoa(year))
		}
		if kind != "" {
			q.Set("kind", string(kind))
		}
		return v.With(q)
	}
	for _, row := range rows {
		if row.Reports == 0 {
			continue
		}
		v.Regions = append(v.Regions, link{Text: v.name(row.Name), Href: at(string(row.Code), 0, kind), Current: row.Code == l.Region.Code, Demo: row.Demo})
		if row.Code == l.Region.Code {
			for y := row.FromYear; y <= row.ToYear; y++ {
				v.Years = append(v.Years, link{Text: strconv.Itoa(y), Href: at(v.Code, y, kind), Current: y == l.Year})
			}
		}
	}
	count := make(map[aggregate.LeadKind]int)
	for _, one := range l.Leads {
		count[one.Kind]++
	}
	v.Kinds = []link{{Text: v.t("全部 %d", len(l.Leads)), Href: at(v.Code, l.Year, ""), Current: kind == ""}}
	for _, k := range aggregate.LeadKinds() {
		if count[k] > 0 || k == kind {
			v.Kinds = append(v.Kinds, link{Text: v.t("%s %d", v.t(leadNames[k]), count[k]), Href: at(v.Code, l.Year, k), Current: k == kind})
		}
	}
}

// lead shows one lead. The unit's name in its sentence leads to the unit.
func (p page) lead(l aggregate.Lead, region string, names map[report.AgencyID]report.Agency) leadView {
	who := string(l.Agency)
	if who == "" {
		who = string(l.Region)
	}
	v := leadView{ID: string(l.Kind) + "-" + who, Rank: l.Rank, Kind: p.t(leadNames[l.Kind]),
		Reason: p.t("同类第 %d；%s：%s", l.Rank, p.Lang.quoting(p.label(l.Reason)), strconv.FormatFloat(l.Weight, 'f', -1, 64))}
	if l.Weight != float64(int64(l.Weight)) {
		v.Reason = p.t("同类第 %d；%s：%s", l.Rank, p.Lang.quoting(p.label(l.Reason)), strconv.FormatFloat(l.Weight, 'f', 2, 64))
	}
	text := minus(p.label(l.Text))
	if l.Agency == "" && region != "" {
		text, l.Name = strings.Replace(text, l.Name, region, 1), region
	}
	before, after, found := strings.Cut(text, l.Name)
	switch {
	case l.Name == "" || !found:
		v.Text = []phrase{{Text: p.Lang.quoting(text)}}
	default:
		href := "/agencies/" + string(l.Agency)
		if l.Agency == "" {
			href = "/regions/" + string(l.Region)
		}
		v.Text = []phrase{{Text: p.Lang.quoting(before)}, {Text: p.name(l.Name), Href: p.Href(href), Strong: true}, {Text: p.Lang.quoting(after)}}
	}
	for _, c := range l.Caveats {
		if text := p.Lang.quoting(p.label(c)); text != "" && !slices.Contains(v.Caveats, text) {
			v.Caveats = append(v.Caveats, text)
		}
	}
	for _, c := range l.Cells {
		v.Cells = append(v.Cells, p.leadCell(c, l, names))
	}
	if l.Kind == aggregate.LeadCopied {
		region := l.Region
		if region.Level() == standard.StreetLevel {
			region = region.Parent()
		}
		v.More = &link{Text: p.t("两处文字并排"), Href: p.Href("/copies/" + string(region) + "/" + strconv.Itoa(l.Year))}
		if l.Agency != "" {
			v.More.Href += "#" + string(l.Agency)
		}
	}
	return v
}

// leadCell names a figure and leads to its cell.
func (p page) leadCell(c aggregate.LeadCell, l aggregate.Lead, names map[report.AgencyID]report.Agency) link {
	text := string(c.Cell)
	for _, format := range slices.Backward(standard.Formats()) {
		if cell, ok := standard.FormOf(format).Cell(c.Cell); ok {
			text = p.shortCell(cell)
			break
		}
	}
	text = p.t("%d 年 %s", c.Year, text)
	if a, ok := names[c.Agency]; ok && c.Agency != l.Agency {
		text = p.name(shortName(a)) + p.t("，") + text
	}
	shown := p.shown(c.Value)
	if a, ok := c.Value.Known(); ok {
		shown = charts.Group(a)
	}
	return link{Text: p.t("%s：%s", text, shown), Href: p.cellHref(c.Agency, c.Year, c.Cell)}
}

// cellHref is the permanent address of a cell.
func (p page) cellHref(id report.AgencyID, year int, code standard.CellCode) string {
	return p.Href("/reports/" + string(id) + "/" + strconv.Itoa(year) + "/cells/" + string(code))
}
