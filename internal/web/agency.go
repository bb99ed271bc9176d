package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
)

// An agencyView is the page of one agency: its trends against its peers, its
// reports year by year, and the chain of what was carried over.
type agencyView struct {
	page
	Name, Kind, Code string
	Formal           string
	Aliases          string
	Lede             []phrase
	AsOfWords        string
	Multiples        []multipleView
	Peers            string
	PeersN           int
	Ways             []link // other groups of peers
	PeersCSV, Sheet  string // with the peers that were chosen
	Outcomes         figureView
	Asking           askingView
	Tables           map[string]figureView
	state            url.Values // the choice of peers
	Reports          []agencyReport
	Carry            []carryView
	Broken           int
	Changes          []changeView
	Compare          string
	CSV, JSON        string
}

// An agencyReport is a year of the list.
type agencyReport struct {
	Year      int
	Href      string
	Look      look
	Late      look
	Published string
	Form      string
	Versions  int
	Errors    int
	Warnings  int
	Notices   int
	Reason    string
}

// A carryView is a link of the chain of cases carried over.
type carryView struct {
	From, To   int
	Out, In    string
	OutHref    string
	InHref     string
	Known      bool
	Holds      bool
	Difference string
}

// showAgency serves GET /agencies/:id.
func (s *Server) showAgency(c echo.Context) error {
	view, err := s.agencyOf(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "agency", view)
}

// agencyOf is the view of the agency that an address names.
func (s *Server) agencyOf(c echo.Context) (v agencyView, err error) {
	run, err := asOf(c)
	if err != nil {
		return v, err
	}
	by, err := aggregate.ParsePeerBy(c.QueryParam("peers"))
	if err != nil {
		return v, err
	}
	a, err := s.Figures.AgencyAmong(c.Request().Context(), report.AgencyID(c.Param("id")), by, run)
	if err != nil {
		return v, s.newPage(c).unknown(err, noAgency, c.Param("id"))
	}
	return newAgencyView(s.newPage(c), a)
}

func newAgencyView(p page, a aggregate.AgencyView) (agencyView, error) {
	p.in("")
	p.Demo, p.Charts = a.Agency.Demo, len(a.Years) > 0
	p.Title, p.Path = p.name(a.Agency.Name), "/agencies/"+string(a.Agency.ID)
	p.Trail = append(p.trail(a.Path), link{Text: p.name(shortName(a.Agency))})
	v := agencyView{page: p, Name: p.name(shortName(a.Agency)), Formal: p.name(a.Agency.Name), Kind: p.kindName(a.Agency.Kind), Code: string(a.Agency.ID),
		Aliases: p.names(a.Agency.Aliases)}
	v.Lede = p.agencyLede(a)
	v.About = sentence(v.Lede)
	v.AsOfWords = p.asOfWords(a.AsOf)
	v.Changes = p.changes(a.Changes, 20)
	if len(a.Years) == 0 {
		return v, nil
	}
	v.state = peerState(a.Peers.By)
	for _, s := range a.Series {
		m := p.multiple(s, string(a.Agency.ID))
		at := p.placed(figureView{Chart: charts.Chart{ID: m.ID}}, "agencies/"+v.Code+"/"+m.ID, v.state)
		m.Fixed, m.Picture = at.Fixed, at.Picture
		v.Multiples = append(v.Multiples, m)
	}
	v.Peers, v.Ways = p.label(a.Peers.Name), p.peerWays(a.Peers.By)
	v.PeersN = a.Peers.N
	for i, o := range a.Reports {
		v.Reports = append(v.Reports, p.agencyReport(a.Agency, a.Years[i], o))
	}
	for i, j := 0, len(v.Reports)-1; i < j; i, j = i+1, j-1 {
		v.Reports[i], v.Reports[j] = v.Reports[j], v.Reports[i]
	}
	v.Asking = p.asking(a.Asking)
	v.Tables = p.placeAsking(&v.Asking)
	for _, link := range a.Carry {
		v.Carry = append(v.Carry, p.carry(a.Agency.ID, link))
		if link.Known && !link.Holds {
			v.Broken++
		}
	}
	v.Compare = p.Href("/compare?units=" + url.QueryEscape(v.Code))
	v.JSON = p.Href("/api/v1/cells?agency=" + url.QueryEscape(v.Code))
	v.CSV = v.JSON + "&format=csv"
	v.PeersCSV = p.Href("/api/v1/peers?agency=" + url.QueryEscape(v.Code) + "&peers=" + string(a.Peers.By) + "&format=csv")
	v.Sheet = p.Href("/agencies/" + v.Code + "/sheet" + peersQuery(a.Peers.By, "?"))
	var err error
	v.Outcomes.Chart, err = charts.Outcomes(a.Outcomes, false, p.t)
	v.Outcomes.Self, v.Outcomes.CSV, v.Outcomes.JSON = p.Href(p.Path)+"#outcomes", v.CSV, v.JSON
	v.Outcomes.Note, v.Outcomes.File = p.breakNote(a.Outcomes), v.Name+".png"
	v.Outcomes.Key = outcomesKey(p, a.Outcomes)
	v.Outcomes.Title, v.Outcomes.Of = p.t("申请办理结果"), v.Name
	v.Outcomes.About = p.t("件。柱顶是办结数。")
	v.Outcomes = p.placed(v.Outcomes, "agencies/"+v.Code+"/outcomes", nil)
	return v, err
}

// peerState is what an address says of a choice of peers: nothing for the usual one.
func peerState(by aggregate.PeerBy) url.Values {
	if by == aggregate.PeersByKind {
		return nil
	}
	return url.Values{"peers": {string(by)}}
}

// peersQuery keeps chosen peers in an address; the usual ones need no word.
func peersQuery(by aggregate.PeerBy, sep string) string {
	if by == aggregate.PeersByKind {
		return ""
	}
	return sep + "peers=" + string(by)
}

// peerWays links the page among other peers.
func (p page) peerWays(now aggregate.PeerBy) []link {
	names := map[aggregate.PeerBy]string{aggregate.PeersByKind: "同类单位", aggregate.PeersByLoad: "同类且受理量相近", aggregate.PeersAll: "同一上级的全部单位"}
	var list []link
	for i, by := range aggregate.PeerWays() {
		q := url.Values{"peers": {string(by)}}
		if i == 0 {
			q = nil
		}
		list = append(list, link{Text: p.t(names[by]), Href: p.With(q) + "#peers", Current: by == now})
	}
	return list
}

// outcomesKey is the key of a stack of outcomes.
func outcomesKey(p page, years []aggregate.YearParts) []keyView {
	key := []keyView{
		{"c-granted", p.t("予以公开"), false}, {"c-partial", p.t("部分公开"), true}, {"c-denied", p.t("不予公开"), false},
		{"c-unavailable", p.t("无法提供"), false}, {"c-unprocessed", p.t("不予处理"), false}, {"c-other", p.t("其他处理"), true},
	}
	for _, y := range years {
		if y.Year < 2019 && y.Known {
			return append(key, keyView{"c-oldform", p.t("旧格式的其余答复，不能拆入新分类"), true})
		}
	}
	return key
}

// agencyLede counts the reports and their states, and gives the latest requests.
func (p page) agencyLede(a aggregate.AgencyView) []phrase {
	published, verified, late, missing := 0, 0, 0, 0
	for _, o := range a.Reports {
		switch o.Publication {
		case report.Published:
			published++
			if o.Status == report.Verified {
				verified++
			}
		case report.Missing:
			missing++
		}
		if o.Late || o.LateByDate {
			late++
		}
	}
	if len(a.Years) == 0 {
		return []phrase{{Text: p.t("这个单位没有纳入采集，没有任何报告可看，也不表示没有发布。")}}
	}
	owed := p.t("%d—%d 年度应发布 %d 份年度报告，", a.Years[0], a.Years[len(a.Years)-1], len(a.Years))
	if len(a.Years) == 1 {
		owed = p.t("%d 年度应发布 1 份年度报告，", a.Years[0])
	}
	list := []phrase{{Text: owed},
		{Text: p.t("采到 %d 份", published), Href: "#reports", Strong: true}, {Text: p.t("，其中 %d 份通过核验", verified), Href: "#reports"}}
	if late > 0 {
		list = append(list, phrase{Text: p.t("，%d 份逾期", late), Href: "#reports"})
	}
	if missing > 0 {
		list = append(list, phrase{Text: p.t("，%d 份未发布", missing), Href: "#reports"})
	}
	list = append(list, phrase{Text: p.t("。")})
	for _, s := range a.Series {
		if s.Indicator.ID != "requests_new" {
			continue
		}
		for i := len(s.Figures) - 1; i >= 0; i-- {
			if f := s.Figures[i]; f.Known && f.Status.Counts() {
				return append(list, phrase{Text: p.t("%d 年度新收申请 ", f.Year)},
					phrase{Text: p.t("%s 件", charts.Group(f.Numerator)), Href: p.cellHref(a.Agency.ID, f.Year, s.Indicator.Formulas[f.Format].Cells()[0]), Strong: true}, phrase{Text: p.t("。")})
			}
		}
	}
	return list
}

func (p page) agencyReport(a report.Agency, year int, o aggregate.Owed) agencyReport {
	r := agencyReport{Year: year, Look: p.owedLook(o), Late: p.lateLook(o), Published: day(o.PublishedOn),
		Versions: o.Versions, Errors: o.Errors, Warnings: o.Warnings, Notices: o.Notices, Reason: p.retell(o.Reason)}
	if o.Version != 0 {
		r.Href = p.reportHref(a.ID, year)
		r.Form = p.formName(o.Format)
	}
	return r
}

func (p page) carry(id report.AgencyID, l aggregate.CarryLink) carryView {
	v := carryView{From: l.From, To: l.To, Out: p.shown(l.Out), In: p.shown(l.In), Known: l.Known, Holds: l.Holds,
		OutHref: p.reportHref(id, l.From) + "#cell-requests.carried_out/total", InHref: p.reportHref(id, l.To) + "#cell-requests.carried_in/total"}
	if l.Known && !l.Holds {
		d := l.In.Amount - l.Out.Amount
		v.Difference = charts.Group(d)
		if d > 0 {
			v.Difference = "+" + v.Difference
		}
	}
	return v
}
