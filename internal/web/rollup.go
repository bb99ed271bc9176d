package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A rollUpView is the statutory tables summed over the members, beside the
// region's own report.
type rollUpView struct {
	page
	Region, Code string
	Year         int
	Years        []link
	Lede         []phrase
	AsOfWords    string
	Strip        stripView
	Form         string
	Own          *link
	Tables       []rollUpTable
	Members      []rollUpMember
	CSV          string
}

type rollUpTable struct {
	Title      string
	Applicants bool // natural persons and organisations stand apart
	Rows       []rollUpRow
}

// A rollUpRow is a row of the form with its total, or a figure of a form without
// applicants.
type rollUpRow struct {
	Label, Column, Unit string
	Sum                 string
	Counted             string
	Empty               string // members whose cell is blank or absent
	Own, Diff           string
	Result              string // class
	Word                string
	Natural, Orgs       string // of the requests table
}

type rollUpMember struct {
	Agency link
	Look   look
	Report string
}

// showRollUp serves GET /rollup/:code/:year.
func (s *Server) showRollUp(c echo.Context) error {
	year, err := parseYear("year", c.Param("year"))
	if err != nil {
		return err
	}
	run, err := asOf(c)
	if err != nil {
		return err
	}
	r, err := s.Figures.RollUp(c.Request().Context(), standard.RegionCode(c.Param("code")), year, run)
	if err != nil {
		return s.newPage(c).unknown(err, noRegion, c.Param("code"))
	}
	return s.render(c, http.StatusOK, "rollup", newRollUpView(s.newPage(c), r))
}

func newRollUpView(p page, r aggregate.RollUp) rollUpView {
	p.in(p.t("发布情况"))
	p.Demo = r.Demo
	p.Path = "/rollup/" + string(r.Region.Code) + "/" + strconv.Itoa(r.Year)
	p.Title = p.t("%s：%d 年度汇总表", p.name(r.Region.Name), r.Year)
	p.Trail = append(p.trail(r.Path), link{Text: p.t("%d 年度汇总表", r.Year)})
	v := rollUpView{page: p, Region: p.name(r.Region.Name), Code: string(r.Region.Code), Year: r.Year, AsOfWords: p.asOfWords(r.AsOf),
		Strip: p.strip(r.Basis), Form: p.formName(r.Format)}
	for _, y := range r.Years {
		v.Years = append(v.Years, link{Text: strconv.Itoa(y), Href: p.Href("/rollup/" + v.Code + "/" + strconv.Itoa(y)), Current: y == r.Year})
	}
	v.Lede = []phrase{{Text: p.t("%d 个单位的报告相加，", r.Basis.Usable), Strong: true}, {Text: p.t("应计入 %d 个。缺的不补，空白不当作零。", r.Basis.Due)}}
	if r.Own != nil && r.Own.Version != 0 {
		v.Own = &link{Text: p.name(r.Own.Agency.Name), Href: p.reportHref(r.Own.Agency.ID, r.Year)}
		v.Lede = append(v.Lede, phrase{Text: p.t("右侧是本级人民政府自己的报告；只有它写明汇总各单位时才与合计核对。")})
	}
	v.About = sentence(v.Lede)
	titles := map[standard.Table]string{standard.Disclosure: p.t("二、主动公开政府信息情况"), standard.Requests: p.t("三、收到和处理政府信息公开申请情况"),
		standard.Appeals: p.t("四、行政复议、行政诉讼情况"), standard.Statistics: p.t("政府信息公开工作情况统计表")}
	if form := standard.FormOf(r.Format); form != nil {
		for _, t := range form.Tables() {
			v.Tables = append(v.Tables, rollUpTable{Title: titles[t], Applicants: t == standard.Requests, Rows: p.rollUpRows(r, t)})
		}
	}
	for _, m := range r.Members {
		member := rollUpMember{Agency: p.agencyLink(m.Agency), Look: p.owedLook(m)}
		if m.Version != 0 {
			member.Report = p.reportHref(m.Agency.ID, r.Year)
		}
		v.Members = append(v.Members, member)
	}
	v.CSV = p.Href("/api/v1/cells?region=" + v.Code + "&year=" + strconv.Itoa(r.Year) + "&format=csv")
	return v
}

// rollUpRows are the rows of a table: of the requests table one for each row of the
// form, its natural persons and organisations beside the total.
func (p page) rollUpRows(r aggregate.RollUp, t standard.Table) []rollUpRow {
	var rows []rollUpRow
	natural, orgs := report.Amount(0), report.Amount(0)
	for _, c := range r.Cells {
		if c.Cell.Table != t {
			continue
		}
		if t == standard.Requests {
			switch c.Cell.Code.Column() {
			case standard.Natural:
				natural, orgs = c.Sum, 0
				continue
			case standard.Total:
			default:
				orgs += c.Sum
				continue
			}
		}
		row := p.rollUpRow(c, t)
		if t == standard.Requests {
			row.Natural, row.Orgs = charts.Group(natural), charts.Group(orgs)
		}
		rows = append(rows, row)
	}
	return rows
}

func (p page) rollUpRow(c aggregate.RollUpCell, t standard.Table) rollUpRow {
	row := rollUpRow{Label: p.label(c.Cell.RowLabel), Unit: p.t(string(c.Cell.Unit)), Sum: charts.Group(c.Sum), Counted: strconv.Itoa(c.Counted)}
	if t == standard.Disclosure || t == standard.Appeals {
		row.Column = p.label(c.Cell.ColumnLabel)
	}
	if c.Counted == 0 {
		row.Sum = "—"
	}
	if c.Blank > 0 {
		row.Empty = p.t("空白 %d", c.Blank)
	}
	if c.Absent > 0 {
		row.Empty = joined(row.Empty, p.t("缺项 %d", c.Absent), p.t("，"))
	}
	row.Own = p.shown(c.Own)
	if _, ok := c.Own.Known(); !ok {
		return row
	}
	row.Diff = charts.Group(c.Diff)
	switch c.Result {
	case report.Pass:
		row.Result, row.Word = "ok", p.t("相等")
	case report.Fail:
		row.Result, row.Word = "err", p.t("合计与本级不同")
	case report.Open:
		row.Result, row.Word = "none", p.t("不能判断")
	}
	return row
}
