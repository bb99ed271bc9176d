package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// An askingView shows who asked against what they got, the balance of the year, the
// chain of years and the grounds of refusal, of a unit or of a region.
type askingView struct {
	ID      string
	Name    string
	Year    int
	Reason  string // why there is nothing to show
	Heads   []outcomeName
	Rows    []askingRow
	Strip   *stripView // of a region
	Flow    *flowView
	Chain   *chainView
	Grounds *groundsView
	Cells   string // address of its own page
	Unit    string // agency or region
	CSV     string
	JSON    string
}

// An askingRow is an applicant with what became of its requests.
type askingRow struct {
	Name  string
	Cells []askingCell
	Bars  []flowPart // of its outcomes, on a line of 100
	Total askingCell // as printed
	Off   string     // what the outcomes come to, where that is another figure
	Sum   bool
}

type askingCell struct {
	Text, Href string
	Zero       bool
}

// A groundsView splits refusals into those that the law calls for and those that it
// leaves to the agency.
type groundsView struct {
	Must, May string
	Bars      []flowPart
	Rows      []groundRow
	Words     string
}

type groundRow struct {
	Name, Value, Href string
	May               bool
	W                 float64
}

// HeadID lets templates name the class of a column.
func (o outcomeName) ID() string { return o.id }

// Name is what a group of outcomes is called.
func (o outcomeName) Name() string { return o.name }

// applicantName is what the form calls an applicant.
func (p page) applicantName(a standard.Applicant) string {
	cell, _ := standard.FormOf(standard.F2021).Cell(standard.At("requests.new", a))
	return p.label(cell.ColumnLabel)
}

func (p page) asking(a aggregate.Asking) askingView {
	unit, v := string(a.Agency.ID), askingView{ID: "asking", Name: p.name(a.Name), Year: a.Year, Reason: p.label(a.Reason), Heads: p.outcomeNames()}
	if unit == "" {
		unit = string(a.Region)
		strip := p.strip(a.Basis)
		v.Strip = &strip
	}
	v.Unit = unit
	v.Cells = p.Href("/requests/" + unit + "/" + strconv.Itoa(a.Year))
	q := url.Values{"year": {strconv.Itoa(a.Year)}}
	if a.Agency.ID != "" {
		q.Set("agency", unit)
	} else {
		q.Set("region", unit)
	}
	v.JSON = p.Href("/api/v1/cells?" + q.Encode())
	v.CSV = v.JSON + "&format=csv"
	v.Chain = p.chain(a)
	if !a.Known {
		return v
	}
	for i, column := range a.Columns {
		v.Rows = append(v.Rows, p.askingRow(a, i, column))
	}
	sums := make(map[string]report.Amount)
	for _, row := range a.Rows {
		sums[row.Group] = row.Values[len(a.Columns)-1]
	}
	v.Flow = p.balance(a.Total, sums, func(row string) string { return p.askedHref(a, standard.At(row, standard.Total)) })
	v.Grounds = p.splitGrounds(a)
	return v
}

// askingRow is one applicant. A single agency's figures lead to their cells; groups of
// several rows lead to the table.
func (p page) askingRow(a aggregate.Asking, i int, column standard.Applicant) askingRow {
	r := askingRow{Name: p.applicantName(column), Sum: column == standard.Total}
	var sum report.Amount
	for _, row := range a.Rows {
		sum += row.Values[i]
	}
	r.Total = askingCell{Text: charts.Group(a.Totals[i]), Zero: a.Totals[i] == 0}
	r.Total.Href = p.askedHref(a, standard.At("outcome.total", column))
	if sum != a.Totals[i] {
		r.Off = charts.Group(sum)
	}
	x := 0.0
	for _, row := range a.Rows {
		value := row.Values[i]
		cell := askingCell{Text: charts.Group(value), Zero: value == 0, Href: p.askedCell(a, row.Group, column)}
		r.Cells = append(r.Cells, cell)
		if sum > 0 && value > 0 {
			w := 100 * value.Float() / sum.Float()
			r.Bars = append(r.Bars, flowPart{Class: "c-" + row.Group, X: x, W: w})
			x += w
		}
	}
	return r
}

// askedHref is where a figure stands: the cell of an agency, or the cells that a sum of
// a region is made of; a region of too many agencies leads to those in it.
func (p page) askedHref(a aggregate.Asking, code standard.CellCode) string {
	switch {
	case a.Agency.ID != "":
		return p.cellHref(a.Agency.ID, a.Year, code)
	case a.Region != "":
		return p.rollUpCell(a.Region, a.Year, code)
	}
	return ""
}

// rollUpCell leads to the figures that a sum over a region is made of, "" where the
// form of the year has no such cell.
func (p page) rollUpCell(region standard.RegionCode, year int, code standard.CellCode) string {
	format, _ := standard.FormatForYear(year)
	form := standard.FormOf(format)
	if form == nil {
		return ""
	}
	if _, ok := form.Cell(code); !ok {
		return ""
	}
	return p.Href("/rollup/" + string(region) + "/" + strconv.Itoa(year) + "?cell=" + url.QueryEscape(string(code)) + "#cell")
}

// askedCell is where the figure of a group stands: its cell, or the first of its cells
// in the table where the form has several.
func (p page) askedCell(a aggregate.Asking, group string, column standard.Applicant) string {
	if group == "granted" || group == "partial" {
		return p.askedHref(a, standard.At("outcome."+group, column))
	}
	if a.Agency.ID == "" {
		if a.Region == "" {
			return ""
		}
		return p.Href("/rollup/" + string(a.Region) + "/" + strconv.Itoa(a.Year) + "#rollup-form")
	}
	for _, row := range standard.Outcomes(standard.F2021) {
		if outcomeGroup(row) == group {
			return p.reportHref(a.Agency.ID, a.Year) + "#cell-" + string(standard.At(row, column))
		}
	}
	return p.reportHref(a.Agency.ID, a.Year) + "#requests"
}

func (p page) splitGrounds(a aggregate.Asking) *groundsView {
	var must, may, most report.Amount
	for _, g := range a.Grounds {
		most = max(most, g.Value)
		if g.May {
			may += g.Value
		} else {
			must += g.Value
		}
	}
	v := &groundsView{Must: charts.Group(must), May: charts.Group(may)}
	v.Words = p.t("不予公开 %s 件：不得公开或另有规定的理由 %s 件，可以不予公开的理由 %s 件", charts.Group(must+may), v.Must, v.May)
	if must+may > 0 {
		w := 100 * must.Float() / (must + may).Float()
		v.Bars = []flowPart{{Class: "c-denied", W: w}, {Class: "c-may", X: w, W: 100 - w}}
	}
	for _, g := range a.Grounds {
		row := groundRow{Name: p.label(g.Name), Value: charts.Group(g.Value), May: g.May}
		if most > 0 {
			row.W = 100 * g.Value.Float() / most.Float()
		}
		row.Href = p.askedHref(a, standard.At(g.Row, standard.Total))
		v.Rows = append(v.Rows, row)
	}
	return v
}

// An askingPage is the page of who asked what.
type askingPage struct {
	page
	Of        link
	Years     []link
	AsOfWords string
	Asking    askingView
	Tables    map[string]figureView
	Lede      []phrase
}

// showAsking serves GET /requests/:unit/:year.
func (s *Server) showAsking(c echo.Context) error {
	v, err := s.askingOf(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "asking", v)
}

// askingOf is the view of the table of requests that an address names.
func (s *Server) askingOf(c echo.Context) (v askingPage, err error) {
	year, err := parseYear("year", c.Param("year"))
	if err != nil {
		return v, err
	}
	run, err := asOf(c)
	if err != nil {
		return v, err
	}
	a, err := s.Figures.Asking(c.Request().Context(), c.Param("unit"), year, run)
	if err != nil {
		return v, s.newPage(c).unknown(err, noAgency, c.Param("unit"))
	}
	p := s.newPage(c)
	v = askingPage{page: p, AsOfWords: p.asOfWords(a.AsOf), Asking: p.asking(a)}
	v.in("")
	v.Demo = a.Demo
	v.Of = link{Text: p.name(a.Name), Href: p.Href("/regions/" + string(a.Region)), Demo: a.Demo}
	if a.Agency.ID != "" {
		v.Of = p.agencyLink(a.Agency)
	}
	v.Title = p.t("%s：%d 年度谁申请、得到什么", v.Of.Text, year)
	v.Trail = []link{{Text: p.t("首页"), Href: p.Href("/")}, v.Of, {Text: p.t("申请与答复")}}
	for _, b := range a.Chain {
		v.Years = append(v.Years, link{Text: strconv.Itoa(b.Year), Href: p.Href("/requests/" + c.Param("unit") + "/" + strconv.Itoa(b.Year)), Current: b.Year == year})
	}
	v.Lede = p.askingLede(a)
	v.About = sentence(v.Lede)
	v.Tables = v.placeAsking(&v.Asking)
	return v, nil
}

// askingLede says in sentences what the year's table is.
func (p page) askingLede(a aggregate.Asking) []phrase {
	if !a.Known {
		return []phrase{{Text: p.label(a.Reason)}, {Text: p.t("。")}}
	}
	t := a.Total
	list := []phrase{{Text: p.t("%d 年度上年结转 %s 件，新收 %s 件，办结 %s 件，结转下年 %s 件。", a.Year, charts.Group(t.In), charts.Group(t.New), charts.Group(t.Decided), charts.Group(t.Out)), Href: "#flow"}}
	for _, row := range a.Rows {
		if row.Group == "denied" {
			list = append(list, phrase{Text: p.t("不予公开 %s 件。", charts.Group(row.Values[len(a.Columns)-1])), Href: "#split"})
		}
	}
	return list
}
