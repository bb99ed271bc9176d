package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// An errorsView is what readers say is wrong, to be answered.
type errorsView struct {
	desk
	Filters []link
	Rows    []errorRow
	Problem string
}

// An errorRow is one error report with its answer.
type errorRow struct {
	ID       int64
	At       string
	About    link
	Demo     bool
	Text     string
	Contact  string
	Choices  []pickView
	Answer   string
	Answered string
}

// An answerView is what everybody may read of an answered error report.
type answerView struct {
	ID       int64
	At       string
	About    link
	Verdict  string
	Class    string
	Answer   string
	Answered string
}

// errorsShown is how many error reports a page has.
const errorsShown = 200

// errorWord is what an answer says of an error report.
func (p page) errorWord(state string) string {
	switch state {
	case store.ErrorOurs:
		return p.t("本站有误，已处理")
	case store.ErrorSource:
		return p.t("原文如此")
	case store.ErrorNone:
		return p.t("核对无误")
	}
	return p.t("待答复")
}

// errorAbout is what an error report is about, with the way there.
func (p page) errorAbout(name string, r store.ErrorReport) link {
	l := link{Text: p.t("本站的一页：%s", r.Page), Href: localPath(r.Page, "")}
	if r.Agency == "" {
		return l
	}
	l = link{Text: p.name(name), Href: p.Href("/agencies/" + string(r.Agency))}
	if r.Year != 0 {
		l = link{Text: p.t("%s %d 年度报告", p.name(name), r.Year), Href: p.reportHref(r.Agency, r.Year)}
	}
	if r.Cell != "" && r.Year != 0 {
		l.Text += p.t("，") + p.anyCell(r.Cell)
		l.Href += "/cells/" + string(r.Cell)
	}
	return l
}

// answers turns answers into views.
func (p page) answers(all []store.Answer) []answerView {
	var list []answerView
	for _, a := range all {
		about := p.errorAbout(a.AgencyName, store.ErrorReport{Page: a.Page, Agency: a.Agency, Year: a.Year, Cell: a.Cell})
		about.Demo = a.Demo
		list = append(list, answerView{ID: a.ID, At: a.At.In(standard.China()).Format(time.DateOnly), About: about, Verdict: p.errorWord(a.State),
			Class: a.State, Answer: a.Answer, Answered: moment(a.AnsweredAt)})
	}
	return list
}

// showErrors serves GET /admin/errors.
func (s *Server) showErrors(c echo.Context) error { return s.renderErrors(c, "", http.StatusOK) }

func (s *Server) renderErrors(c echo.Context, problem string, status int) error {
	a, _ := actor(c)
	v := errorsView{desk: s.newDesk(c, "读者报告的错误"), Problem: problem}
	state := c.QueryParam("state")
	switch state {
	case "":
		state = store.ErrorOpen
	case "all":
		state = ""
	default:
		return &report.ParameterError{Name: "state", Got: state, Want: "all，或不写（待答复）"}
	}
	v.Filters = []link{{Text: v.t("待答复"), Href: v.Href("/admin/errors"), Current: state != ""},
		{Text: v.t("全部"), Href: v.Href("/admin/errors?state=all"), Current: state == ""}}
	all, err := s.People.Errors(ctxOf(c), a, state, errorsShown)
	if err != nil {
		return err
	}
	for _, r := range all {
		row, err := s.errorRow(c, v.page, r)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, row)
	}
	v.done(c, map[string]string{"answered": "已答复，答复公开在更正记录。"})
	return s.render(c, status, "errors", v)
}

func (s *Server) errorRow(c echo.Context, p page, r store.ErrorReport) (errorRow, error) {
	row := errorRow{ID: r.ID, At: moment(r.At), Text: r.Text, Contact: r.Contact, Answer: r.Answer}
	name := string(r.Agency)
	if r.Agency != "" {
		switch a, err := s.Store.Agency(ctxOf(c), r.Agency); {
		case err == nil:
			name, row.Demo = a.Name, a.Demo
		case !errors.Is(err, report.ErrNotFound):
			return row, err
		}
	}
	row.About = p.errorAbout(name, r)
	row.About.Demo = row.Demo
	for _, state := range []string{store.ErrorOurs, store.ErrorSource, store.ErrorNone} {
		row.Choices = append(row.Choices, pickView{state, p.errorWord(state), state == r.State})
	}
	if r.State != store.ErrorOpen {
		row.Answered = p.t("%s 于 %s：%s", r.AnsweredBy, moment(r.AnsweredAt), p.errorWord(r.State))
	}
	return row, nil
}

// answerError serves POST /admin/errors/:id.
func (s *Server) answerError(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return report.ErrNotFound
	}
	a, _ := actor(c)
	err = s.People.AnswerError(ctxOf(c), a, id, c.FormValue("state"), c.FormValue("answer"))
	var wrong *report.ParameterError
	if errors.As(err, &wrong) {
		return s.renderErrors(c, s.newPage(c).allowed(wrong), http.StatusBadRequest)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/admin/errors?done=answered")
}
