package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A correctionsView is the public log of corrections: ours apart from the agencies'.
type correctionsView struct {
	page
	Ours      []correctionView
	Rereads   []changeView
	Revisions []changeView
	Answers   []answerView // to what readers reported
	Regions   []link
	Rows      string // address of ours as rows
}

// A correctionView is one correction of ours.
type correctionView struct {
	ID         int64
	At         string
	Agency     link
	Report     link
	Cell       link
	Verdict    string
	Was, Is    string
	Reason, By string
	Ended      string // when it was taken back or replaced
	Again      string // where it is looked at again; "" but in the queue
}

// correctionsShown is how many lines each part of the page has.
const correctionsShown = 200

// showCorrections serves GET /corrections.
func (s *Server) showCorrections(c echo.Context) error {
	ctx := ctxOf(c)
	region := standard.RegionCode(c.QueryParam("region"))
	v := correctionsView{page: s.newPage(c)}
	v.Title, v.Rows = v.t("更正记录"), v.Href("/api/v1/corrections")
	if region != "" {
		v.Rows = v.Href("/api/v1/corrections?region=" + url.QueryEscape(string(region)))
	}
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.Title}}
	asked, err := asOf(c)
	if err != nil {
		return err
	}
	limit := correctionsShown
	if asked > 0 {
		limit = 0 // those of later runs are left out below
	}
	ours, err := s.Store.Corrections(ctx, region, limit)
	if err != nil {
		return err
	}
	v.Ours = v.corrections(knownAt(ours, asked))
	rereads, err := s.Store.ChangesAt(ctx, region, asked, correctionsShown, store.ChangeReread)
	if err != nil {
		return err
	}
	revisions, err := s.Store.ChangesAt(ctx, region, asked, correctionsShown, store.ChangeRevised)
	if err != nil {
		return err
	}
	v.Rereads, v.Revisions = v.changes(rereads, correctionsShown), v.changes(revisions, correctionsShown)
	answers, err := s.Store.Answers(ctx, region, store.ErrorReport{}, correctionsShown)
	if err != nil {
		return err
	}
	if asked > 0 {
		answers = slices.DeleteFunc(answers, func(a store.Answer) bool { return a.AnsweredAt.After(v.RunAt) })
	}
	v.Answers = v.answers(answers)
	rows, err := s.regions(ctx, region)
	if err != nil {
		return err
	}
	v.Regions = []link{{Text: v.t("全部"), Href: v.Href("/corrections"), Current: region == ""}}
	for _, row := range rows {
		v.Regions = append(v.Regions, link{Text: v.name(row.Name), Href: v.Href("/corrections?region=" + string(row.Code)), Current: row.Code == region, Demo: row.Demo})
	}
	return s.render(c, http.StatusOK, "corrections", v)
}

// knownAt are the corrections that had come into force after a run, as they stood then;
// all for 0.
func knownAt(rows []store.CorrectionRow, run store.RunID) (list []store.CorrectionRow) {
	if run == 0 {
		return rows
	}
	for _, r := range rows {
		if r.FromRun > run {
			continue
		}
		if r.UntilRun > run {
			r.EndedAt, r.EndedBy = time.Time{}, ""
		}
		if list = append(list, r); len(list) == correctionsShown {
			break
		}
	}
	return list
}

// corrections turns corrections into views.
func (p page) corrections(rows []store.CorrectionRow) []correctionView {
	var list []correctionView
	for _, r := range rows {
		report := p.reportHref(r.Agency, r.Year)
		v := correctionView{ID: r.ID, At: moment(r.At), Agency: link{Text: r.AgencyName, Href: p.Href("/agencies/" + string(r.Agency)), Demo: r.Demo},
			Report: link{Text: p.t("%d 年度", r.Year), Href: p.Href(fmt.Sprintf("/reports/%s/%d?version=%d", r.Agency, r.Year, r.Number))},
			Reason: r.Reason, By: r.Name, Verdict: p.verdictWords(r.Correction)}
		if r.SecondName != "" {
			v.By += p.t("、") + r.SecondName
		}
		if r.Cell != "" {
			v.Cell = link{Text: p.cellNamed(r.Cell), Href: report + "#cell-" + string(r.Cell)}
			v.Was = p.shown(r.Was)
			if r.Verdict != store.Illegible {
				v.Is = p.shown(r.Value)
			}
		}
		if !r.EndedAt.IsZero() {
			v.Ended = p.t("%s 撤回或改判（%s）", moment(r.EndedAt), r.EndedBy)
		}
		list = append(list, v)
	}
	return list
}

// cellNamed is the name of a cell in whichever form has it.
func (p page) cellNamed(code standard.CellCode) string {
	for _, format := range standard.Formats() {
		if cell, ok := standard.FormOf(format).Cell(code); ok {
			return p.cellName(cell)
		}
	}
	return string(code)
}

// correctionNotes marks the cells of a report that people corrected, and says what was
// read there.
func (v *reportView) correctionNotes(shown store.Version) {
	for _, c := range shown.Corrections {
		note := v.verdictWords(c)
		if c.Cell != "" {
			note = v.t("本站更正：读取结果为 %s，%s", v.page.shown(c.Was), note)
		}
		if c.Reason != "" {
			note += v.t("（%s）", c.Reason)
		}
		by := c.Name
		if c.SecondName != "" {
			by += v.t("、") + c.SecondName
		}
		view := correctionView{ID: c.ID, At: moment(c.At), Verdict: note, By: by}
		if c.Cell != "" {
			view.Cell = link{Text: v.cellNamed(c.Cell), Href: "#cell-" + string(c.Cell)}
		}
		v.Corrected = append(v.Corrected, view)
		if ref := v.refs[c.Cell]; ref != nil {
			ref.Corrected = true
			ref.More = joined(ref.More, note, "\n")
		}
	}
}

// showDesk serves GET /admin: what there is to do.
func (s *Server) showDesk(c echo.Context) error {
	a, _ := actor(c)
	rows, err := s.People.Queue(ctxOf(c), a)
	if err != nil {
		return err
	}
	v := deskView{desk: s.newDesk(c, "工作台"), Queue: len(rows)}
	v.Todo = v.t("%s 份报告待复核", strconv.Itoa(len(rows)))
	errors, err := s.People.Errors(ctxOf(c), a, store.ErrorOpen, errorsShown)
	if err != nil {
		return err
	}
	v.Errors = v.t("%s 条读者报告的错误待答复", strconv.Itoa(len(errors)))
	if v.Calls, err = s.callLinks(c, v.page, a); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "desk", v)
}

// A deskView is where people begin.
type deskView struct {
	desk
	Queue  int
	Todo   string
	Errors string
	Calls  []link // call lists of the latest year
}

// callLinks are the call lists that an account may see: of the latest year that was
// due, by region.
func (s *Server) callLinks(c echo.Context, p page, a people.Actor) ([]link, error) {
	rows, err := s.regions(ctxOf(c), "")
	if err != nil {
		return nil, err
	}
	var list []link
	for _, row := range rows {
		code := row.Code
		if !a.Covers(code) && !within(a.Regions, code) {
			continue
		}
		year := s.Now().In(standard.China()).Year() - 1
		list = append(list, link{Text: p.name(row.Name), Href: p.Href(fmt.Sprintf("/admin/calls/%s/%d", code, year)), Demo: row.Demo})
	}
	return list, nil
}
