package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A reportView is the page of one report: the statutory tables as published, what
// the checks found, and where everything stands.
type reportView struct {
	page
	Agency    link
	Year      int
	Subtitle  string
	Status    look
	Verdict   []string
	Old       string // where the version shown is not the current one
	Gone      string // since when the report is not where it was published; "" where it is
	Versions  []versionView
	Diff      []diffRow
	DiffTitle string
	DiffProse []sideSection   // sentences that one of the two versions has
	DiffWords string          // how many cells differ, above the tables
	Opening   []paragraphView // what stands before the tables
	Forms     []formView
	Closing   []sectionView // sections 5 and 6
	Findings  []findingView
	Across    []findingView // of rules across reports; of copied text those that somebody decided on
	Doubts    []doubtView
	Notes     []string
	Passed    int // sums of the form that hold
	Flow      *flowView
	Original  originalFacts
	Downloads []link
	Cites     citation
	Beside    []link // views that set the report beside others
	shown     store.Version
	version   string           // that the address asks for
	Corrected []correctionView // what people laid over what was read
	Decide    string           // where findings are decided on
	refs      map[standard.CellCode]*cellRef
}

type versionView struct {
	Number  int
	Href    string
	Found   string
	Status  look
	Current bool
}

// A diffRow is a cell that two versions print differently.
type diffRow struct {
	Label, Before, After, Href string
}

// A sectionView is prose of a statutory section.
type sectionView struct {
	Heading    string
	Paragraphs []paragraphView
}

// A paragraphView is a paragraph whose figures are marked.
type paragraphView struct {
	Number int // in the document, from 1
	Pieces []pieceView
}

type pieceView struct {
	Text, Href string
	Marked     bool
	Odd        bool // the table says otherwise
}

// A findingView is a rule that failed.
type findingView struct {
	ID, Class, Symbol string
	Name, Rule        string
	RuleHref          string
	Text, Formula     string
	Sum               string // operands with their figures
	Right, Diff       string
	Cells             []link
	Place             *link
	Decision          *decisionView
	Picture           string // of the place of its first figure
	PictureOf         string // that place in the original
}

type doubtView struct {
	Text      string
	Rule      string
	Proposals []string
	Cell      *link
}

// originalFacts say whose bytes the figures were read from.
type originalFacts struct {
	Hash, Short, URL, Kind, Size, Time, Route string
	Bytes, View                               string
	HandedIn                                  bool // by a person, and not had from a portal
	Demo                                      bool
}

// showReport serves GET /reports/:agency/:year. Downloads answer from the same
// store.Report, so that they cannot differ from the page.
func (s *Server) showReport(c echo.Context) error {
	year, err := parseYear("year", c.Param("year"))
	if err != nil {
		return err
	}
	view, err := s.reportOf(c)
	if errors.Is(err, report.ErrNotFound) {
		run, bad := asOf(c)
		if bad != nil {
			return bad
		}
		return s.showAbsent(c, report.AgencyID(c.Param("agency")), year, run, err)
	}
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "report", view)
}

// reportOf is the view of the report that an address names.
func (s *Server) reportOf(c echo.Context) (view reportView, err error) {
	year, err := parseYear("year", c.Param("year"))
	if err != nil {
		return view, err
	}
	run, err := asOf(c)
	if err != nil {
		return view, err
	}
	ctx := c.Request().Context()
	r, err := s.Store.Report(ctx, report.AgencyID(c.Param("agency")), year, run)
	if err != nil {
		return view, err
	}
	shown, at, err := s.chooseVersion(c, r, run)
	if err != nil {
		return view, err
	}
	var before *store.Version
	if at > 0 {
		old, err := s.Store.VersionAt(ctx, r.Versions[at-1].ID, run)
		if err != nil {
			return view, err
		}
		before = &old
	}
	p := s.newPage(c)
	if p.Trail, err = s.trailTo(ctx, p, r.Agency); err != nil {
		return view, err
	}
	p.Path = fmt.Sprintf("/reports/%s/%d", r.Agency.ID, r.Year)
	view = newReportView(p, r, shown, before)
	view.version = c.QueryParam("version")
	if view.Gone, err = s.goneWords(ctx, p, r, run); err != nil {
		return view, err
	}
	if err := s.decide(c, &view, shown, run); err != nil {
		return view, err
	}
	if s.People != nil && shown.Number == r.Current.Number && len(view.Findings) > 0 {
		view.Decide = view.Href("/admin/findings/" + string(r.Agency.ID) + "/" + strconv.Itoa(r.Year))
	}
	if view.Flow != nil {
		view.Flow.Fixed = view.placed(figureView{}, strings.TrimPrefix(view.Path, "/")+"/flow", view.state()).Fixed
	}
	return view, nil
}

// goneWords says since when a report is not where it was, and "" where it is.
func (s *Server) goneWords(ctx context.Context, p page, r store.Report, run store.RunID) (string, error) {
	c, err := s.Store.Gone(ctx, r.Agency.ID, r.Year, run)
	switch {
	case errors.Is(err, report.ErrNotFound):
		return "", nil
	case err != nil:
		return "", err
	case c.Kind == store.ChangeSuspected:
		return p.t("%s 查看时网页不在原处，尚待再次查看；存档的原件保留", moment(c.At)), nil
	}
	return p.t("%s 查看时网页仍不在原处；存档的原件保留", moment(c.At)), nil
}

// Heading names the agency and the year.
func (v reportView) Heading() string { return v.t("%s %d 年度", v.Agency.Text, v.Year) }

// state is what the address of the page says beside its path.
func (v reportView) state() url.Values {
	if v.version == "" {
		return nil
	}
	return url.Values{"version": {v.version}}
}

// chooseVersion returns the version that ?version= names, or the current one, and
// its place in the list.
func (s *Server) chooseVersion(c echo.Context, r store.Report, run store.RunID) (store.Version, int, error) {
	text := c.QueryParam("version")
	if text == "" {
		return r.Current, len(r.Versions) - 1, nil
	}
	for i, head := range r.Versions {
		if strconv.Itoa(head.Number) == text {
			v, err := s.Store.VersionAt(c.Request().Context(), head.ID, run)
			return v, i, err
		}
	}
	return store.Version{}, 0, &report.ParameterError{Name: "version", Got: text, Want: fmt.Sprintf("版本序号，1 到 %d", len(r.Versions))}
}

func newReportView(p page, r store.Report, shown store.Version, before *store.Version) reportView {
	p.in("")
	p.Demo = r.Agency.Demo
	p.Title = p.t("%s %d 年度报告", p.name(r.Agency.Name), r.Year)
	v := reportView{page: p, Agency: link{Text: p.name(r.Agency.Name), Href: p.Href("/agencies/" + string(r.Agency.ID)), Demo: r.Agency.Demo},
		Year: r.Year, Status: p.statusLook(shown.Status), shown: shown}
	v.Subtitle = p.reportSubtitle(r, shown)
	v.Versions = p.versions(r, shown)
	if shown.Number != r.Current.Number {
		v.Old = p.reportHref(r.Agency.ID, r.Year)
	}
	v.readFindings(shown)
	v.Verdict = p.verdict(shown, v.Passed, len(v.Findings))
	v.About = sentence([]phrase{{Text: p.Title + p.t("：")}, {Text: v.Status.Word}})
	v.layOut(shown)
	v.correctionNotes(shown)
	v.prose(shown)
	for i, form := range v.Forms {
		v.Forms[i].Embed = v.framed("table-"+form.ID, fmt.Sprintf("tables/%s/%d/%s", r.Agency.ID, r.Year, form.ID), v.t("%s：%s", v.Heading(), form.Title), v.state())
	}
	if before != nil {
		v.DiffTitle = p.t("第 %d 版与第 %d 版的差异", before.Number, shown.Number)
		v.Diff = p.diff(*before, shown)
		sides := sidesView{page: p, Sides: [2]sideView{p.side("a", r, *before), p.side("b", r, shown)}}
		sides.prose([2]store.Version{*before, shown})
		v.DiffProse = changed(sides.Sections)
		v.DiffWords = p.t("与第 %d 版逐格比对：%d 格不同", before.Number, len(v.Diff))
	}
	v.Flow = p.flow(shown.Reading)
	v.Original = p.originalFacts(shown)
	cells, whole := p.cellsOf(r, shown), "/api/v1/reports/"+string(r.Agency.ID)+"/"+strconv.Itoa(r.Year)
	v.Downloads = []link{{Text: "CSV", Href: inForm("csv", cells)}, {Text: "XLSX", Href: inForm("xlsx", cells)}}
	if shown.Number == r.Current.Number { // the rest is told of the version in force
		v.Downloads = append(v.Downloads, link{Text: p.t("带核对公式的工作簿"), Href: inForm("xlsx", p.Href(whole))}, link{Text: "JSON", Href: p.Href(whole)})
	} else {
		v.Downloads = append(v.Downloads, link{Text: "JSON", Href: cells})
	}
	v.Cites = p.citeReport(r.Agency, shown)
	at := string(r.Agency.ID) + "/" + strconv.Itoa(r.Year)
	v.Beside = []link{{Text: p.t("与另一年并排"), Href: p.Href("/compare/reports?a=" + url.QueryEscape(at))}}
	if before != nil {
		v.Beside = append(v.Beside, link{Text: p.t("与另一版并排"), Href: p.Href("/compare/reports?a=" + url.QueryEscape(at+"/"+strconv.Itoa(before.Number)) + "&b=" + url.QueryEscape(at+"/"+strconv.Itoa(shown.Number)))})
	}
	if len(shown.Reading.Values) > 0 {
		v.Beside = append(v.Beside, link{Text: p.t("谁申请，得到什么"), Href: p.Href("/requests/" + at)})
	}
	v.Beside = append(v.Beside, link{Text: p.t("核对单"), Href: p.Href("/papers/sheet/" + at)})
	return v
}

// trailTo is the breadcrumb down to an agency. Regions that the national roster
// does not know have their names in the store.
func (s *Server) trailTo(ctx context.Context, p page, a report.Agency) ([]link, error) {
	code := a.Region
	if code.Level() == standard.StreetLevel {
		code = code.Parent()
	}
	path := standard.RegionPath(code)
	if _, known := standard.RegionOf(code); !known {
		rows, err := s.regions(ctx, a.Region)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row.Code == code {
				path = append(path, standard.Region{Code: code, Name: row.Name})
			}
		}
	}
	return append(p.trail(path), p.agencyLink(a)), nil
}

func (p page) reportSubtitle(r store.Report, v store.Version) string {
	parts := []string{p.formName(v.Format)}
	if d := day(v.PublishedOn); d != "" {
		parts = append(parts, p.t("发布日期 %s", d))
	}
	parts = append(parts, p.t("采到 %s", moment(v.FoundAt)))
	if len(r.Versions) > 1 {
		parts = append(parts, p.t("第 %d 版，共 %d 版", v.Number, len(r.Versions)))
	}
	return strings.Join(parts, " · ")
}

func (p page) versions(r store.Report, shown store.Version) []versionView {
	var list []versionView
	for _, h := range r.Versions {
		list = append(list, versionView{Number: h.Number, Found: moment(h.FoundAt), Status: p.statusLook(h.Status),
			Href: p.Href(fmt.Sprintf("/reports/%s/%d?version=%d", r.Agency.ID, r.Year, h.Number)), Current: h.Number == shown.Number})
	}
	return list
}

// verdict says in sentences what the status rests on.
func (p page) verdict(v store.Version, passed, found int) []string {
	var list []string
	errors := 0
	for _, f := range v.Findings {
		if f.Severity == report.Error {
			errors++
		}
	}
	switch v.Status {
	case report.Verified:
		list = append(list, p.t("法定各格均已读出，两种读法一致；%d 项合计关系全部成立。", passed))
	case report.Inconsistent:
		list = append(list, p.t("%d 处合计关系不成立，%d 项成立。两种读法一致，不符之处在原文；数字按原文照列。", errors, passed))
	case report.NeedsReview:
		list = append(list, p.t("有读数未能确认，待人工复核；这一版的数字不计入任何合计。"))
	default:
		list = append(list, p.t("没有读到法定表格；这一版没有数字可计。"))
	}
	if v.Status == report.Verified && found > 0 {
		list = append(list, p.t("另有 %d 条提示，不影响核验状态。", found))
	}
	if v.Status == report.Inconsistent && errors > 0 {
		return list // the findings beside the tables say the same at length
	}
	for _, problem := range v.Problems {
		list = append(list, p.retell(problem))
	}
	return list
}

// prose puts the narrative around the tables, its figures marked: sections 0 and 1
// before them, what stands beside a table under it, the rest after them.
func (v *reportView) prose(shown store.Version) {
	beside := map[int]string{2: "disclosure", 3: "requests", 4: "appeals"}
	for _, section := range shown.Reading.Sections {
		var paragraphs []paragraphView
		for _, para := range section.Paragraphs {
			if !strings.HasPrefix(para.Text, "第二十条第") {
				paragraphs = append(paragraphs, v.mark(para, shown))
			}
		}
		if len(paragraphs) == 0 {
			continue
		}
		form := slices.IndexFunc(v.Forms, func(f formView) bool { return f.ID == beside[section.Number] })
		switch {
		case form >= 0:
			v.Forms[form].Prose = append(v.Forms[form].Prose, paragraphs...)
		case section.Number <= 1:
			v.Opening = append(v.Opening, paragraphs...)
		default:
			v.Closing = append(v.Closing, sectionView{Heading: v.name(section.Heading), Paragraphs: paragraphs})
		}
	}
}

// mark links the figures of a paragraph to the cells that they speak of.
func (v *reportView) mark(para report.Paragraph, shown store.Version) paragraphView {
	rest := para.Text
	out := paragraphView{Number: para.Number}
	for _, st := range shown.Reading.Narrative {
		number := st.Value.String()
		at := strings.Index(rest, number)
		if st.Paragraph != para.Number || at < 0 {
			continue
		}
		piece := pieceView{Text: number, Marked: true}
		if cell := shown.Reading.Value(standard.CellCode(st.Says)); st.Says != "" && cell.State == report.Printed {
			piece.Href, piece.Odd = "#cell-"+st.Says, cell.Amount != st.Value
		}
		out.Pieces = append(out.Pieces, pieceView{Text: v.name(rest[:at])}, piece)
		rest = rest[at+len(number):]
	}
	out.Pieces = append(out.Pieces, pieceView{Text: v.name(rest)})
	return out
}

// diff lists the cells that two versions print differently.
func (p page) diff(before, after store.Version) []diffRow {
	var rows []diffRow
	form := standard.FormOf(after.Format)
	if form == nil {
		return nil
	}
	for _, cell := range form.Cells {
		was, is := before.Reading.Value(cell.Code), after.Reading.Value(cell.Code)
		if was.State == is.State && was.Amount == is.Amount {
			continue
		}
		rows = append(rows, diffRow{Label: p.cellName(cell), Before: p.shown(was), After: p.shown(is), Href: "#cell-" + string(cell.Code)})
	}
	return rows
}

// shown writes what stands in a cell in words.
func (p page) shown(v report.Value) string {
	switch v.State {
	case report.Printed:
		return charts.Group(v.Amount)
	case report.Blank:
		return p.t("空白")
	case report.Absent:
		return p.t("缺项")
	case report.Unread:
		return p.t("未能确读")
	}
	return p.name(v.Text)
}

// cellName is a cell's row and column.
func (p page) cellName(c standard.Cell) string {
	row := p.label(c.RowLabel)
	if c.Table == standard.Statistics {
		return row
	}
	return row + p.t("，") + p.label(c.ColumnLabel)
}

func (p page) originalFacts(v store.Version) originalFacts {
	o := v.Source
	return originalFacts{Hash: string(o.Hash), Short: short(o.Hash), URL: o.URL, Kind: p.kindWord(o.ContentType), Size: size(o.Size),
		Time: moment(o.FetchedAt), Route: p.routeWords(v.Reading.Route), HandedIn: o.HandedIn != "", Demo: o.Demo,
		Bytes: "/originals/" + string(o.Hash), View: p.Href("/originals/" + string(o.Hash) + "/view")}
}

// citeReport is the reference to what an agency published, in the version shown.
func (p page) citeReport(a report.Agency, v store.Version) citation {
	return p.cites(cited{id: "cite-report", author: p.name(a.Name), title: p.t("%d 年政府信息公开工作年度报告", v.Year), medium: "R/OL", year: v.PublishedOn.Year,
		note:    p.t("第 %d 版，%s 归档，SHA-256 %s，%s", v.Number, day(dateOf(v)), v.Original, p.dataNote()),
		address: p.Base + p.Fixed})
}

// dateOf is the day we archived a version.
func dateOf(v store.Version) report.Date {
	at := v.FoundAt.In(standard.China())
	return report.Date{Year: at.Year(), Month: int(at.Month()), Day: at.Day()}
}
