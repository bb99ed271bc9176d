package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/papers"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A rollUpView is the statutory tables summed over the members, beside the
// region's own report, cell by cell.
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
	Scope        string // what the own report says of its scope, and what follows
	Says         string // its sentence, as printed
	Tables       []rollUpTable
	GapHeads     []orderHead
	Unfolded     bool // the cells that differ
	Gaps         []rollUpGap
	GapWords     string
	Explainers   []rollUpExplainer
	Picked       *rollUpPicked
	Members      []rollUpMember
	Downloads    []link
	Wide         bool // too many members to name
}

// A rollUpTable is a table of the form: of requests a column for each applicant, else a
// cell a row.
type rollUpTable struct {
	Title string
	Heads []string // of the columns of figures
	Wide  bool     // a cell a row, with the own report in columns of its own
	Rows  []rollUpRow
}

type rollUpRow struct {
	Label, Column, Unit string
	Cells               []rollUpCell
	Own, Diff           string // of a table with a cell a row
	Lacks               int
}

// A rollUpCell is a sum beside the figure of the region's own report.
type rollUpCell struct {
	Href, Label string // to the figures it is made of
	Sum         string
	Own, Diff   string // "" where they are equal or there is none
	Class       string
	Lacks       string // members without a figure
}

// A rollUpGap is a cell whose own figure is another than the sum.
type rollUpGap struct {
	Cell               link
	Sum, Range, Own    string
	Diff, Lacks, Class string
	Word               string
	Explain            []string
}

// orderGaps puts the cells that differ in the order that the address asks for.
func (v *rollUpView) orderGaps(c echo.Context) error {
	o, err := readOrder(c)
	if err != nil {
		return err
	}
	v.Gaps = order(v.Gaps, o, func(g rollUpGap, i int) string {
		return column([]string{g.Cell.Text, g.Sum, g.Range, g.Lacks, g.Own, g.Diff, g.Word, strings.Join(g.Explain, "")}, i)
	})
	v.Unfolded = o.column != 0 || len(v.Gaps) < 25
	v.GapHeads = v.orderHeads(c, o, "#gaps", func(i int) bool { return i > 0 && i < 6 }, v.t("统计项"), v.t("合计"), v.t("全部单位"), v.t("没有数的单位"), v.t("本级报告"), v.t("余数"), v.t("是否对得上"), v.t("可以解释的单位"))
	return nil
}

// A rollUpExplainer is a unit that would explain gaps alone.
type rollUpExplainer struct {
	Agency link
	Cells  int
	How    string
}

// A rollUpPicked is one cell with the figure of each member.
type rollUpPicked struct {
	Name, Sum, Range, Own, Diff string
	OwnHref                     string
	Members                     []rollUpFigure
	Close                       string
}

type rollUpFigure struct {
	Agency link
	Shown  string
	Href   string
	Look   look
	Why    string
}

type rollUpMember struct {
	Agency link
	Look   look
	Report string
}

// sheetType is the type of a workbook.
const sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// showRollUp serves GET /rollup/:code/:year, with the figures of the members for the
// cell that ?cell= names, and the same as a workbook where the address ends in .xlsx.
func (s *Server) showRollUp(c echo.Context) error {
	text, file := strings.CutSuffix(c.Param("year"), ".xlsx")
	year, err := parseYear("year", text)
	if err != nil {
		return err
	}
	run, err := asOf(c)
	if err != nil {
		return err
	}
	ctx, code := c.Request().Context(), standard.RegionCode(c.Param("code"))
	if file || c.QueryParam("cell") != "" {
		after := "/" + c.Param("year")
		if cell := c.QueryParam("cell"); cell != "" {
			after += "?cell=" + url.QueryEscape(cell)
		}
		if err := s.narrow(c, code, year, inPath("/rollup/", after)); err != nil {
			return err
		}
	}
	if file {
		return s.sendRollUp(c, code, year, run)
	}
	sheet, err := s.rollUpFor(ctx, code, year, run, c.QueryParam("cell") != "")
	if err != nil {
		return s.newPage(c).unknown(err, noRegion, c.Param("code"))
	}
	v := newRollUpView(s.newPage(c), sheet.RollUp)
	if err := v.orderGaps(c); err != nil {
		return err
	}
	if err := v.pick(sheet, c.QueryParam("cell")); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "rollup", v)
}

// rollUpFor brings the figures of the members only where they are shown.
func (s *Server) rollUpFor(ctx context.Context, code standard.RegionCode, year int, run store.RunID, members bool) (aggregate.RollUpSheet, error) {
	if members {
		return s.Figures.RollUpSheet(ctx, code, year, run)
	}
	r, err := s.Figures.RollUp(ctx, code, year, run)
	return aggregate.RollUpSheet{RollUp: r}, err
}

func (s *Server) sendRollUp(c echo.Context, code standard.RegionCode, year int, run store.RunID) error {
	sheet, err := s.Figures.RollUpSheet(c.Request().Context(), code, year, run)
	if err != nil {
		return s.newPage(c).unknown(err, noRegion, string(code))
	}
	if standard.FormOf(sheet.Format) == nil {
		return s.newPage(c).unknown(report.ErrNotFound, "%s 年度没有法定表格，也就没有汇总表", strconv.Itoa(sheet.Year))
	}
	var b bytes.Buffer
	p := s.newPage(c)
	words := papers.Words{Say: func(text string, args ...any) string { return plain(p.t(text, args...)) }, Label: func(l standard.Label) string { return plain(p.label(l)) }}
	if err := papers.RollUpBookIn(words, &b, sheet); err != nil {
		return err
	}
	name := p.t("汇总表-%s-%d.xlsx", sheet.Region.Name, sheet.Year)
	c.Response().Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="rollup.xlsx"; filename*=UTF-8''%s`, url.PathEscape(name)))
	return c.Blob(http.StatusOK, sheetType, b.Bytes())
}

// Folds reports whether a column of figures is hidden on a phone until it is asked for:
// of those who may ask, natural persons and the total stay.
func (t rollUpTable) Folds(column int) bool {
	return !t.Wide && column > 0 && column < len(t.Heads)-1
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
	v.scope(r)
	v.About = sentence(v.Lede)
	v.tables(r)
	v.gaps(r)
	for _, m := range r.Members {
		member := rollUpMember{Agency: p.agencyLink(m.Agency), Look: p.owedLook(m)}
		if m.Version != 0 {
			member.Report = p.reportHref(m.Agency.ID, r.Year)
		}
		v.Members = append(v.Members, member)
	}
	at := "?region=" + v.Code + "&year=" + strconv.Itoa(r.Year)
	v.Wide = r.Wide
	v.Downloads = []link{
		{Text: p.t("汇总表工作簿（公式可改）XLSX"), Href: p.Href("/rollup/" + v.Code + "/" + strconv.Itoa(r.Year) + ".xlsx")},
		{Text: p.t("合计与本级对照 CSV"), Href: p.Href("/api/v1/rollup" + at + "&format=csv")},
		{Text: p.t("合计与本级对照 XLSX"), Href: p.Href("/api/v1/rollup" + at + "&format=xlsx")},
		{Text: p.t("合计与本级对照 JSON"), Href: p.Href("/api/v1/rollup" + at)},
		{Text: p.t("各单位各格 CSV"), Href: p.Href("/api/v1/cells" + at + "&format=csv")},
		{Text: p.t("各单位各格 XLSX"), Href: p.Href("/api/v1/cells" + at + "&format=xlsx")},
	}
	if r.Wide { // a workbook has no room for all units
		v.Downloads = v.Downloads[1:5]
	}
	return v
}

// scope says what the own report says of its scope: without its sentence nothing is
// judged.
func (v *rollUpView) scope(r aggregate.RollUp) {
	if r.Own == nil || r.Own.Version == 0 {
		v.Scope = v.t("没有本级报告，各格只有合计。")
		return
	}
	v.Own = &link{Text: v.name(r.Own.Agency.Name), Href: v.reportHref(r.Own.Agency.ID, r.Year)}
	switch s := r.Scope; {
	case !r.Own.Counted():
		v.Scope = v.t("本级报告待复核，暂不对照。")
	case s.Known && s.Whole:
		v.Scope, v.Says = v.t("本级报告写明汇总各单位，逐格核对："), s.Says.Text
	case s.Known:
		v.Scope, v.Says = v.t("本级报告写明只含本级，两个数并列，不作核对："), s.Says.Text
	default:
		v.Scope = v.t("本级报告没有写明是否汇总各单位，两个数并列，不作核对。")
	}
}

// at is the address of the figures that a sum is made of.
func (v *rollUpView) at(code standard.CellCode) string {
	return v.Href(v.Path+"?cell="+url.QueryEscape(string(code))) + "#cell"
}

// tables lays the sums out as the form does.
func (v *rollUpView) tables(r aggregate.RollUp) {
	form := standard.FormOf(r.Format)
	if form == nil {
		return
	}
	titles := map[standard.Table]string{standard.Disclosure: v.t("二、主动公开政府信息情况"), standard.Requests: v.t("三、收到和处理政府信息公开申请情况"),
		standard.Appeals: v.t("四、行政复议、行政诉讼情况"), standard.Statistics: v.t("政府信息公开工作情况统计表")}
	for _, of := range form.Tables() {
		t := rollUpTable{Title: titles[of], Wide: of != standard.Requests, Heads: []string{v.t("合计")}}
		if of == standard.Requests {
			t.Heads = nil
			for _, c := range standard.Columns() {
				t.Heads = append(t.Heads, v.applicantName(c))
			}
		}
		for _, c := range r.Cells {
			if c.Cell.Table != of {
				continue
			}
			if n := len(t.Rows); of != standard.Requests || n == 0 || len(t.Rows[n-1].Cells) == len(t.Heads) {
				row := rollUpRow{Label: v.label(c.Cell.RowLabel)}
				if c.Cell.Unit != "件" {
					row.Unit = v.t(string(c.Cell.Unit))
				}
				if of == standard.Disclosure || of == standard.Appeals {
					row.Column = v.label(c.Cell.ColumnLabel)
				}
				t.Rows = append(t.Rows, row)
			}
			last := &t.Rows[len(t.Rows)-1]
			last.Cells = append(last.Cells, v.cell(c))
			if last.Lacks = c.LeftOut; v.Own != nil {
				last.Own, last.Diff = v.besides(c)
			}
		}
		v.Tables = append(v.Tables, t)
	}
}

// besides is the own report's figure, or what stands there, and the remainder.
func (p page) besides(c aggregate.RollUpCell) (own, diff string) {
	if _, ok := c.Own.Known(); ok {
		diff = signed(c.Diff)
	}
	return p.shown(c.Own), diff
}

// cell is one sum. With members left out it is only the least that the sum can be.
func (v *rollUpView) cell(c aggregate.RollUpCell) rollUpCell {
	cell := rollUpCell{Href: v.at(c.Cell.Code), Label: v.cellName(c.Cell), Sum: v.sumWords(c), Class: gapClass(c)}
	if c.LeftOut > 0 {
		cell.Lacks = v.t("%d 个单位没有数", c.LeftOut)
	}
	if c.Gap() {
		cell.Own, cell.Diff = v.shown(c.Own), signed(c.Diff)
	}
	return cell
}

// sumWords is the sum with its open ends.
func (p page) sumWords(c aggregate.RollUpCell) string {
	if c.Counted == 0 {
		return "—"
	}
	if i := c.Interval(); i.OpenAbove && !i.OpenBelow {
		return "≥ " + charts.Group(c.Sum)
	}
	return charts.Group(c.Sum)
}

// rangeWords is the interval of the sum over all members.
func (p page) rangeWords(c aggregate.RollUpCell) string {
	switch i := c.Interval(); {
	case i.OpenBelow:
		return p.t("不知：增减可为负数")
	case i.OpenAbove:
		return p.t("%s 以上", charts.Group(i.Low))
	default:
		return charts.Group(i.Low)
	}
}

// signed is a difference with its sign.
func signed(a report.Amount) string {
	if a > 0 {
		return "+" + charts.Group(a)
	}
	return minus(charts.Group(a))
}

// hyphened is a number below zero as a machine writes it.
var hyphened = regexp.MustCompile(`(^|[ （(])-(\d)`)

// minus gives the numbers of a text the sign that readers know.
func minus(text string) string { return hyphened.ReplaceAllString(text, "$1−$2") }

// gapClass is the look of a cell beside the own report's: one that was judged and
// differs, or one that differs without a judgement.
func gapClass(c aggregate.RollUpCell) string {
	switch {
	case c.Result == report.Fail:
		return "err"
	case c.Gap():
		return "gap"
	}
	return ""
}

// gaps lists the cells whose own figure is another than the sum.
func (v *rollUpView) gaps(r aggregate.RollUp) {
	if v.Own == nil {
		return
	}
	equal, beside := 0, 0
	for _, c := range r.Cells {
		if _, ok := c.Own.Known(); !ok {
			continue
		}
		beside++
		if !c.Gap() {
			equal++
			continue
		}
		g := rollUpGap{Cell: link{Text: v.cellName(c.Cell), Href: v.at(c.Cell.Code)}, Sum: charts.Group(c.Sum), Range: v.rangeWords(c), Own: v.shown(c.Own),
			Diff: signed(c.Diff), Lacks: strconv.Itoa(c.LeftOut), Class: gapClass(c), Word: v.t("不作核对")}
		switch c.Result {
		case report.Fail:
			g.Word = v.t("合计与本级不同")
		case report.Open:
			g.Word = v.t("不能判断")
		}
		for _, e := range c.Explain {
			g.Explain = append(g.Explain, v.t("%s：%s", v.name(e.Name), v.howWords(e.How)))
		}
		v.Gaps = append(v.Gaps, g)
	}
	v.GapWords = v.t("本级报告有数的 %d 格中，%d 格与合计相等，%d 格有差。余数 = 本级 − 合计。", beside, equal, len(v.Gaps))
	for _, e := range r.Explain {
		v.Explainers = append(v.Explainers, rollUpExplainer{Cells: e.Cells, How: v.howWords(e.How),
			Agency: link{Text: v.name(e.Name), Href: v.Href("/agencies/" + string(e.Agency))}})
	}
}

// howWords says by which figure a unit would explain a gap.
func (p page) howWords(how aggregate.How) string { return p.t(papers.HowWords(how)) }

// pick shows one cell with the figure of each member.
func (v *rollUpView) pick(sheet aggregate.RollUpSheet, code string) error {
	if code == "" {
		return nil
	}
	for _, c := range sheet.Cells {
		if string(c.Cell.Code) != code {
			continue
		}
		v.Picked = &rollUpPicked{Name: v.cellName(c.Cell), Sum: charts.Group(c.Sum), Range: v.rangeWords(c), Close: v.Href(v.Path)}
		if _, ok := c.Own.Known(); ok {
			v.Picked.Own, v.Picked.Diff = v.shown(c.Own), signed(c.Diff)
			v.Picked.OwnHref = v.cellHref(sheet.Own.Agency.ID, sheet.Year, c.Cell.Code)
		}
		for _, m := range sheet.Members {
			f := rollUpFigure{Agency: v.agencyLink(m.Agency), Look: v.owedLook(m.Owed), Why: v.t(m.Why)}
			if m.Values != nil {
				f.Shown, f.Href = v.shown(m.Values[c.Cell.Index]), v.cellHref(m.Agency.ID, sheet.Year, c.Cell.Code)
			}
			v.Picked.Members = append(v.Picked.Members, f)
		}
		return nil
	}
	return &report.ParameterError{Name: "cell", Got: code, Want: "这一年度格式中的统计项代码"}
}
