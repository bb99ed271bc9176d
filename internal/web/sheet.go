package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A sheetView is one unit on one page for a journalist: ten figures with their cells,
// what to mind, the units it can be compared with, the chart files and the citation.
type sheetView struct {
	page
	Agency    link
	Formal    string
	Year      int
	Lede      []phrase
	AsOfWords string
	Status    look
	Report    string
	Figures   []sheetFigure
	Peers     []link
	PeerWords string
	Files     []link
	CSV, JSON string
	Cites     citation
	ZIP       string
	of        aggregate.AgencyView
}

// A sheetFigure is one of the ten figures.
type sheetFigure struct {
	Name, Href string
	Value      string
	Before     string // the year before, where the two compare
	Peers      string // the middle of its peers
	Cells      []link
	Caveat     string
}

// sheetIndicators are the ten figures, in their order.
func sheetIndicators() []string {
	return []string{"requests_new", "requests_closed", "natural_share", "open_rate", "denied_rate", "not_held_rate",
		"unprocessed_rate", "carry_rate", "reviews", "suits"}
}

// showUnitSheet serves GET /agencies/:id/sheet.
func (s *Server) showUnitSheet(c echo.Context) error {
	v, err := s.unitSheetOf(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "unit-sheet", v)
}

// unitSheetOf is the sheet that an address asks for.
func (s *Server) unitSheetOf(c echo.Context) (v sheetView, err error) {
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
	by, err := aggregate.ParsePeerBy(c.QueryParam("peers"))
	if err != nil {
		return v, err
	}
	a, err := s.Figures.AgencyAmong(c.Request().Context(), report.AgencyID(c.Param("id")), by, run)
	if err != nil {
		return v, s.newPage(c).unknown(err, noAgency, c.Param("id"))
	}
	agencies, err := s.Store.Agencies(c.Request().Context(), peerCounty(a.Agency.Region))
	if err != nil {
		return v, err
	}
	v = newSheetView(s.newPage(c), a, year)
	v.peers(a.Agency, agencies)
	v.of = a
	return v, nil
}

// peerCounty is the county that a unit's peers are of.
func peerCounty(code standard.RegionCode) standard.RegionCode {
	if code.Level() == standard.StreetLevel {
		return code.Parent()
	}
	return code
}

// sheetYear is the latest year with a report, or the one asked for.
func sheetYear(a aggregate.AgencyView, asked int) (int, aggregate.Owed) {
	for i := len(a.Years) - 1; i >= 0; i-- {
		if a.Years[i] == asked || asked == 0 && a.Reports[i].Version != 0 {
			return a.Years[i], a.Reports[i]
		}
	}
	return asked, aggregate.Owed{Publication: report.Unknown}
}

func newSheetView(p page, a aggregate.AgencyView, asked int) sheetView {
	year, owed := sheetYear(a, asked)
	p.in("")
	p.Demo, p.Fixed, p.Print = a.Agency.Demo, noZIP(p.Fixed), "sheet-page"
	v := sheetView{page: p, Agency: p.agencyLink(a.Agency), Formal: p.name(a.Agency.Name), Year: year, Lede: p.agencyLede(a), AsOfWords: p.asOfWords(a.AsOf),
		Status: p.owedLook(owed), PeerWords: p.Lang.begin(p.t("%s，%d 个。", p.label(a.Peers.Name), a.Peers.N))}
	for i := range v.Lede {
		if v.Lede[i].Href == "#reports" {
			v.Lede[i].Href = v.Agency.Href + "#reports"
		}
	}
	v.Title = p.t("%s：一页资料", v.Formal)
	if year != 0 {
		v.Title = p.t("%s：%d 年度一页资料", v.Formal, year)
	}
	v.About = v.Title
	v.Trail = append(p.trail(a.Path), v.Agency, link{Text: p.t("一页资料")})
	if owed.Version != 0 {
		v.Report = p.reportHref(a.Agency.ID, year)
	}
	for _, id := range sheetIndicators() {
		if i := slices.IndexFunc(a.Series, func(s aggregate.PeerSeries) bool { return s.Indicator.ID == id }); i >= 0 {
			v.Figures = append(v.Figures, p.sheetFigure(a, a.Series[i], year))
			file := "/charts/agencies/" + string(a.Agency.ID) + "/" + id + peersQuery(a.Peers.By, "?")
			v.Files = append(v.Files, link{Text: p.label(a.Series[i].Indicator.Name), Href: p.Href(file)})
		}
	}
	q := url.Values{"agency": {string(a.Agency.ID)}, "year": {strconv.Itoa(year)}}
	v.JSON = p.Href("/api/v1/cells?" + q.Encode())
	q.Set("format", "csv")
	v.CSV = p.Href("/api/v1/cells?" + q.Encode())
	v.ZIP = p.Href("/agencies/" + string(a.Agency.ID) + "/sheet.zip?year=" + strconv.Itoa(year) + peersQuery(a.Peers.By, "&"))
	v.Cites = p.cites(cited{id: "cite", title: v.Title, medium: "DB/OL", year: p.dataYear(), note: p.dataNote(), address: p.Base + p.Fixed})
	return v
}

// sheetFigure is one figure with the cells of its formula.
func (p page) sheetFigure(a aggregate.AgencyView, s aggregate.PeerSeries, year int) sheetFigure {
	f := sheetFigure{Name: p.label(s.Indicator.Name), Caveat: p.label(s.Indicator.Note),
		Href: p.Href("/compare?indicator=" + s.Indicator.ID + "&units=" + url.QueryEscape(string(a.Agency.ID)))}
	for i, one := range s.Figures {
		if one.Year != year {
			continue
		}
		f.Value = p.figure(one, s.Indicator.Unit)
		if !one.Known || one.Ratio && !one.Defined {
			f.Value = p.retell(one.Reason)
		}
		if i > 0 && !one.Cut && s.Figures[i-1].Known {
			f.Before = p.figure(s.Figures[i-1], s.Indicator.Unit)
		}
		if i < len(s.Bands) && s.Bands[i].N >= 4 {
			f.Peers = strconv.FormatFloat(s.Bands[i].Median, 'f', 1, 64)
		}
		form := standard.FormOf(one.Format)
		for _, code := range s.Indicator.Formulas[one.Format].Cells() {
			if cell, ok := form.Cell(code); ok && one.Version != 0 && len(f.Cells) < 6 {
				f.Cells = append(f.Cells, link{Text: p.shortCell(cell), Href: p.cellHref(a.Agency.ID, year, code)})
			}
		}
	}
	return f
}

// peers links the units of the same kind in the county.
func (v *sheetView) peers(a report.Agency, all []report.Agency) {
	local := func(k standard.Kind) bool {
		return k == standard.Street || k == standard.Town || k == standard.Township
	}
	for _, other := range all {
		if other.ID != a.ID && other.Watched && local(other.Kind) == local(a.Kind) && other.Kind != standard.Government && len(v.Peers) < 12 {
			l := v.agencyLink(other)
			l.Href = v.Href("/compare?units=" + url.QueryEscape(string(a.ID)+","+string(other.ID)))
			v.Peers = append(v.Peers, l)
		}
	}
}
