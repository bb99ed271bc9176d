package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A cellPage is one figure under its permanent address: what stands there, where it
// stands, what it was in other versions and years, and what is made of it.
type cellPage struct {
	page
	Agency       link
	Year         int
	Form         string
	Table        string
	Name, Code   string
	Unit         string
	State, Word  string
	Shown        string
	Raw, Place   string
	Reads        string // the number that was read, where it is not what stands there
	Status       look
	Report       link
	Version      int
	Original     string // the place in the archived original
	Picture      string // of that place
	Embed        frameLinks
	Facts        originalFacts
	Proposals    []proposalView
	Doubts       []string
	Findings     []findingView
	Versions     []cellVersion
	Years        []cellYear
	Line         cellLine
	Indicators   []link
	Before, Next *link // cells beside it in the table
	JSON, CSV    string
	Cites        citation
	Answers      []answerView // to readers who reported an error in it
	Wrong        string       // where to report an error
}

// A proposalView is what one reader proposes for a cell that is not read.
type proposalView struct{ Reader, Text string }

// A cellVersion is the cell in one version of the report.
type cellVersion struct {
	Number  int
	Href    string
	Found   string
	Shown   string
	Status  look
	Current bool
	Differs bool // from the version before
}

// A cellYear is the cell in another year of the agency.
type cellYear struct {
	Year    int
	Href    string
	Shown   string
	Status  look
	Note    string
	Current bool
	value   report.Value
}

// showCell serves GET /reports/:agency/:year/cells/*: the code has a slash of its own.
func (s *Server) showCell(c echo.Context) error {
	year, err := parseYear("year", c.Param("year"))
	if err != nil {
		return err
	}
	run, err := asOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	id := report.AgencyID(c.Param("agency"))
	r, err := s.Store.Report(ctx, id, year, run)
	if errors.Is(err, report.ErrNotFound) {
		return s.showAbsent(c, id, year, run, err)
	}
	if err != nil {
		return err
	}
	shown, at, err := s.chooseVersion(c, r, run)
	if err != nil {
		return err
	}
	p := s.newPage(c)
	form := standard.FormOf(shown.Format)
	if form == nil {
		return p.unknown(report.ErrNotFound, "这一版没有法定表格，也就没有“%s”一格", c.Param("*"))
	}
	cell, ok := form.Cell(standard.CellCode(c.Param("*")))
	if !ok {
		return p.unknown(report.ErrNotFound, "这一年度的格式里没有“%s”一格", c.Param("*"))
	}
	if p.Trail, err = s.trailTo(ctx, p, r.Agency); err != nil {
		return err
	}
	v := newCellPage(p, r, shown, cell)
	if err := s.cellVersions(ctx, &v, r, run, at, cell.Code); err != nil {
		return err
	}
	history, err := s.Store.Figures(ctx, store.Query{Agencies: []report.AgencyID{id}, AsOf: run})
	if err != nil {
		return err
	}
	v.history(history, r, cell)
	answers, err := s.Store.Answers(ctx, "", store.ErrorReport{Agency: id, Year: year, Cell: cell.Code}, correctionsShown)
	if err != nil {
		return err
	}
	v.Answers = v.answers(answers)
	return s.render(c, http.StatusOK, "cell", v)
}

func newCellPage(p page, r store.Report, shown store.Version, cell standard.Cell) cellPage {
	value := shown.Reading.Values[cell.Index]
	p.in("")
	p.Demo = r.Agency.Demo
	name := p.cellName(cell)
	p.Title = p.t("%s %d 年度：%s", p.name(shortName(r.Agency)), r.Year, name)
	reportHref := p.versionHref(r, shown)
	v := cellPage{page: p, Agency: p.agencyLink(r.Agency), Year: r.Year, Form: p.formName(shown.Format), Table: p.tableName(cell.Table),
		Name: name, Code: string(cell.Code), Unit: p.t(string(cell.Unit)), State: value.State.String(), Word: p.stateWord(value),
		Shown: p.printed(value), Raw: visible(value.Text), Place: p.place(value.Place), Status: p.statusLook(shown.Status), Version: shown.Number,
		Report:   link{Text: p.t("%d 年度报告", r.Year), Href: reportHref + "#cell-" + string(cell.Code)},
		Original: p.placeHref(shown.Original, value.Place), Picture: p.placePicture(shown.Original, value.Place), Facts: p.originalFacts(shown)}
	v.Trail = append(v.Trail, link{Text: v.Report.Text, Href: v.Report.Href}, link{Text: name})
	v.About = p.Title + p.t("，") + v.Word + p.t("：") + v.Shown
	if a, ok := value.Known(); ok && strings.TrimSpace(value.Text) != a.String() {
		v.Reads = p.t("读作 %s %s", a, v.Unit)
	}
	if value.State == report.Absent && value.Place.IsZero() {
		v.Place, v.Raw = p.t("原文没有这一栏"), ""
	}
	v.disputes(shown, cell, reportHref)
	v.Indicators = p.indicatorsOf(shown.Format, cell.Code, r)
	v.beside(r, shown, cell)
	q := url.Values{"agency": {string(r.Agency.ID)}, "year": {strconv.Itoa(r.Year)}, "cell": {v.Code}}
	v.JSON = p.Href("/api/v1/cells?" + q.Encode())
	q.Set("format", "csv")
	v.CSV = p.Href("/api/v1/cells?" + q.Encode())
	v.Cites = p.cites(cited{id: "cite", author: p.name(r.Agency.Name), title: p.Title + p.t("：") + p.Lang.agreed(v.Shown+unitAfter(value, v.Unit)), medium: "R/OL",
		year: shown.FoundAt.In(standard.China()).Year(), note: p.t("第 %d 版，SHA-256 %s", shown.Number, shown.Original), address: p.Base + p.Fixed})
	state := url.Values{}
	if shown.Number != r.Current.Number {
		state.Set("version", strconv.Itoa(shown.Number))
	}
	v.Embed = p.framed("cell", fmt.Sprintf("cells/%s/%d/%s", r.Agency.ID, r.Year, cell.Code), p.Title, state)
	v.Wrong = p.wrongHref(url.Values{"agency": {string(r.Agency.ID)}, "year": {strconv.Itoa(r.Year)}, "cell": {v.Code}, "version": {strconv.Itoa(shown.Number)}})
	return v
}

// unitAfter is the unit behind a number.
func unitAfter(v report.Value, unit string) string {
	if v.State != report.Printed {
		return ""
	}
	return " " + unit
}

// versionHref is the page of a report, of a version where it is not the current one.
func (p page) versionHref(r store.Report, shown store.Version) string {
	if shown.Number == r.Current.Number {
		return p.reportHref(r.Agency.ID, r.Year)
	}
	return p.Href(fmt.Sprintf("/reports/%s/%d?version=%d", r.Agency.ID, r.Year, shown.Number))
}

// visible shows what a reader would not see of a text.
func visible(text string) string {
	return strings.NewReplacer("\t", "⇥", "\u00a0", "␣", "\u3000", "□", "\n", "↵").Replace(text)
}

// tableName is what the form calls a table.
func (p page) tableName(t standard.Table) string {
	return p.t(map[standard.Table]string{
		standard.Disclosure: "二、主动公开政府信息情况", standard.Requests: "三、收到和处理政府信息公开申请情况",
		standard.Appeals: "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", standard.Statistics: "政府信息公开工作情况统计表"}[t])
}

// disputes are the doubts about a cell and the findings that use it.
func (v *cellPage) disputes(shown store.Version, cell standard.Cell, reportHref string) {
	readers := []string{v.t("按表格位置读"), v.t("按文字次序读")}
	for _, d := range shown.Reading.Doubts {
		if d.Cell != cell.Code {
			continue
		}
		v.Doubts = append(v.Doubts, v.retell(d.Text))
		for i, proposal := range d.Proposals {
			name := v.t("另一种读法")
			if i < len(readers) {
				name = readers[i]
			}
			v.Proposals = append(v.Proposals, proposalView{name, v.shown(proposal)})
		}
	}
	form := standard.FormOf(shown.Format)
	ids := anchors(shown.Findings)
	for i, f := range shown.Findings {
		if !slices.ContainsFunc(f.Operands, func(op report.Operand) bool { return op.Cell == cell.Code }) {
			continue
		}
		view := v.finding(ids[i], f, form, shown.Original)
		for j, c := range view.Cells {
			view.Cells[j].Href = reportHref + c.Href
		}
		v.Findings = append(v.Findings, view)
	}
}

// indicatorsOf are the indicators whose formula for a format has a cell.
func (p page) indicatorsOf(format standard.Format, code standard.CellCode, r store.Report) []link {
	var list []link
	for _, ind := range standard.Indicators() {
		if slices.Contains(ind.Formulas[format].Cells(), code) {
			list = append(list, link{Text: p.label(ind.Name), Href: p.Href("/compare?indicator=" + ind.ID + "&units=" + url.QueryEscape(string(r.Agency.ID)))})
		}
	}
	return list
}

// beside links the cells before and after it in its table.
func (v *cellPage) beside(r store.Report, shown store.Version, cell standard.Cell) {
	cells := standard.FormOf(shown.Format).TableCells(cell.Table)
	at := slices.IndexFunc(cells, func(c standard.Cell) bool { return c.Code == cell.Code })
	to := func(i int) *link {
		if i < 0 || i >= len(cells) {
			return nil
		}
		return &link{Text: v.cellName(cells[i]), Href: v.cellHref(r.Agency.ID, r.Year, cells[i].Code)}
	}
	v.Before, v.Next = to(at-1), to(at+1)
}

// cellVersions reads the cell in every version of the report.
func (s *Server) cellVersions(ctx context.Context, v *cellPage, r store.Report, run store.RunID, at int, code standard.CellCode) error {
	last := report.Value{}
	for i, head := range r.Versions {
		one, err := s.Store.VersionAt(ctx, head.ID, run)
		if err != nil {
			return err
		}
		value := one.Reading.Value(code)
		href := v.cellHref(r.Agency.ID, r.Year, code)
		if i < len(r.Versions)-1 {
			href += sep(href) + "version=" + strconv.Itoa(head.Number)
		}
		v.Versions = append(v.Versions, cellVersion{Number: head.Number, Found: moment(head.FoundAt), Shown: v.shown(value),
			Status: v.statusLook(head.Status), Href: href, Current: i == at, Differs: i > 0 && (value.State != last.State || value.Amount != last.Amount)})
		last = value
	}
	return nil
}

// sep is what stands between an address and one more parameter.
func sep(href string) string {
	if strings.Contains(href, "?") {
		return "&"
	}
	return "?"
}

// history is the cell in every report of the agency.
func (v *cellPage) history(all []store.VersionValues, r store.Report, cell standard.Cell) {
	slices.SortFunc(all, func(a, b store.VersionValues) int { return cmp.Compare(a.Year, b.Year) })
	for _, one := range all {
		y := cellYear{Year: one.Year, Status: v.statusLook(one.Status), Current: one.Year == r.Year}
		form := standard.FormOf(one.Format)
		var has bool
		if form != nil {
			_, has = form.Cell(cell.Code)
		}
		switch {
		case form == nil:
			y.Note = v.t("没有法定表格")
		case !has:
			y.Note = v.t("%s无此项", v.formName(one.Format))
		default:
			y.value = one.Value(cell.Code)
			y.Shown, y.Href = v.shown(y.value), v.cellHref(r.Agency.ID, one.Year, cell.Code)
			if b, ok := standard.BreakBetween(one.Year-1, one.Year, []standard.CellCode{cell.Code}); ok {
				y.Note = v.label(b.Reason)
			}
		}
		v.Years = append(v.Years, y)
	}
	v.Line = newCellLine(v.page, v.Years)
}

// A cellLine is the small drawing of a cell over the years; a year without a number
// breaks it.
type cellLine struct {
	Lines []string
	Dots  []dotView
	Years []dotView // Title is the year
	Max   string
}

func newCellLine(p page, years []cellYear) cellLine {
	var l cellLine
	most := 0.0
	for _, y := range years {
		most = max(most, y.value.Amount.Float())
	}
	if most == 0 || len(years) < 2 {
		return l
	}
	l.Max = strconv.FormatFloat(most, 'f', -1, 64)
	d := drawing{n: len(years), top: most}
	var run []string
	flush := func() {
		if len(run) > 1 {
			l.Lines = append(l.Lines, strings.Join(run, " "))
		}
		run = nil
	}
	for i, y := range years {
		l.Years = append(l.Years, dotView{X: d.x(i), Title: strconv.Itoa(y.Year)[2:]})
		a, ok := y.value.Known()
		if !ok || y.Note != "" || i > 0 && years[i-1].Year != y.Year-1 {
			flush()
		}
		if !ok {
			continue
		}
		run = append(run, d.point(i, a.Float()))
		dot := dotView{X: d.x(i), Y: d.y(a.Float()), Title: p.t("%d 年：%s", y.Year, y.Shown)}
		if y.Status.Class != "ok" {
			dot.Class = "hollow"
		}
		l.Dots = append(l.Dots, dot)
	}
	flush()
	return l
}
