package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/ingest"
	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// changePortal serves POST /admin/portals/:id: a look now or no more, failures again or one
// less, the portal enabled or not.
func (s *Server) changePortal(c echo.Context) error {
	v, err := s.portalDeskOf(c)
	if err != nil {
		return err
	}
	id, done := v.Portal.ID, ""
	switch do := c.FormValue("do"); do {
	case "refresh":
		done, err = "queued", s.Portals.Refresh(ctxOf(c), id)
	case "stop":
		return s.stopLook(c, id)
	case "enable", "disable":
		if err := s.switchPortal(c, v, do == "enable"); err != nil {
			v.Problem = err.Error()
			return s.render(c, http.StatusBadRequest, "portal", v)
		}
		done = do + "d"
	case "retry":
		var n int
		if n, err = s.Portals.AskAgain(ctxOf(c), id); err == nil && n == 0 {
			return s.redirect(c, "/admin/portals/"+url.PathEscape(id)+"?done=nothing")
		}
		done = "retry"
	case "dismiss":
		number, bad := strconv.ParseInt(c.FormValue("failure"), 10, 64)
		if bad != nil || !slices.ContainsFunc(v.Failures, func(f failureRow) bool { return f.ID == number }) {
			return &report.ParameterError{Name: "failure", Got: c.FormValue("failure"), Want: "本页所列的一项"}
		}
		a, _ := actor(c)
		done, err = "dismissed", s.Store.DismissFailure(ctxOf(c), number, a.Name)
	default:
		return &report.ParameterError{Name: "do", Got: do, Want: "refresh、stop、enable、disable、retry 或 dismiss"}
	}
	if err == nil {
		err = s.audit(c, "portal."+done, id, c.FormValue("failure"))
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/admin/portals/"+url.PathEscape(id)+"?done="+done)
}

// stopLook asks whoever looks at a portal, in this process or another, to leave it.
func (s *Server) stopLook(c echo.Context, id string) error {
	a, _ := actor(c)
	e := store.Entry{At: s.Now(), Account: a.ID, Name: a.Name, Client: a.Client, Action: "portal.stop", Subject: id}
	waited, err := s.Portals.Withdraw(ctxOf(c), id)
	if err != nil {
		return err
	}
	found, err := s.Store.AskStop(ctxOf(c), id, waited, s.Now(), a.Shown, e)
	if err != nil {
		return err
	}
	done := "stop"
	if !found {
		done = "idle"
	}
	return s.redirect(c, "/admin/portals/"+url.PathEscape(id)+"?done="+done)
}

// switchPortal writes into the file of a portal whether it is looked at.
func (s *Server) switchPortal(c echo.Context, v portalDesk, on bool) error {
	text, err := s.Portals.Switched([]byte(v.Text), on)
	if err != nil {
		return err
	}
	return s.Portals.Save(v.Portal.ID, text)
}

// audit notes who did something with a portal.
func (s *Server) audit(c echo.Context, action, subject, detail string) error {
	a, _ := actor(c)
	return s.Store.Log(ctxOf(c), store.Entry{At: s.Now(), Account: a.ID, Name: a.Name, Client: a.Client, Action: action, Subject: subject,
		Reason: strings.TrimSpace(c.FormValue("reason")), Detail: detail})
}

// tryFor is how long a dry run may take: pages are asked at the portal's own pace.
const tryFor = 2 * time.Minute

// editPortal serves POST /admin/portals/:id/file: a dry run of a text, or keeping it.
func (s *Server) editPortal(c echo.Context) error {
	v, err := s.portalDeskOf(c)
	if err != nil {
		return err
	}
	id, by := v.Portal.ID, v.by
	v.Text = strings.ReplaceAll(c.FormValue("text"), "\r\n", "\n")
	file, err := s.Portals.Read([]byte(v.Text))
	if err == nil && !by.Covers(standard.RegionCode(file.Region)) {
		return people.ErrForbidden
	}
	if err != nil {
		v.Problem = err.Error()
		return s.render(c, http.StatusOK, "portal", v)
	}
	if c.FormValue("do") == "save" {
		if err = s.Portals.Save(id, []byte(v.Text)); err == nil {
			if err := s.audit(c, "portal.saved", id, v.Text); err != nil {
				return err
			}
			return s.redirect(c, "/admin/portals/"+url.PathEscape(id)+"?done=saved")
		}
	} else {
		ctx, cancel := context.WithTimeout(ctxOf(c), tryFor)
		defer cancel()
		v.Tried, err = s.Portals.Try(ctx, []byte(v.Text))
		if err == nil {
			err = s.audit(c, "portal.tried", id, "")
		}
	}
	if err != nil {
		v.Problem = err.Error()
	}
	return s.render(c, http.StatusOK, "portal", v)
}

// handIn serves POST /admin/portals/:id/hand-in: a page that a person saved from a
// browser, or a file, for a report of the portal.
func (s *Server) handIn(c echo.Context) error {
	v, err := s.portalDeskOf(c)
	if err != nil {
		return err
	}
	h := ingest.HandIn{By: v.by.Name, Portal: v.Portal.ID}
	if h.Agency, h.Year, err = s.whose(c); err != nil {
		return err
	}
	doc, err := s.uploaded(c)
	if err != nil {
		v.Problem = v.t("没有收到文件，或文件过大；请选择一个文件再交。")
		return s.render(c, http.StatusBadRequest, "portal", v)
	}
	if doc.URL = strings.TrimSpace(c.FormValue("url")); doc.URL != "" {
		if u, bad := url.Parse(doc.URL); bad != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return &report.ParameterError{Name: "url", Got: doc.URL, Want: "http:// 或 https:// 开头的网址"}
		}
	}
	h.Documents = []ingest.Handed{doc}
	summary, err := s.Portals.HandIn(ctxOf(c), h)
	if err != nil {
		if errors.Is(err, report.ErrNotFound) {
			v.Problem = err.Error()
			return s.render(c, http.StatusBadRequest, "portal", v)
		}
		return err
	}
	if t := summary.Total(); t.New+t.Revised+t.Unchanged == 0 {
		v.Problem = v.t("没有认出是谁的、哪一年的报告；请填写机关编号和年度再交。")
		return s.render(c, http.StatusBadRequest, "portal", v)
	}
	if err := s.audit(c, "portal.handed", v.Portal.ID, doc.Name+" "+doc.URL); err != nil {
		return err
	}
	return s.redirect(c, "/admin/portals/"+url.PathEscape(v.Portal.ID)+"?done=kept")
}

// uploaded reads the file of a form.
func (s *Server) uploaded(c echo.Context) (ingest.Handed, error) {
	f, err := c.FormFile("file")
	if err != nil {
		return ingest.Handed{}, err
	}
	r, err := f.Open()
	if err != nil {
		return ingest.Handed{}, err
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	if err == nil && len(body) == 0 {
		err = errors.New("empty")
	}
	return ingest.Handed{Name: f.Filename, Body: body}, err
}

// whose is the agency and the year that a form names, for an account that may.
func (s *Server) whose(c echo.Context) (agency report.AgencyID, year int, err error) {
	if text := strings.TrimSpace(c.FormValue("year")); text != "" {
		if year, err = parseYear("year", text); err != nil {
			return "", 0, err
		}
	}
	agency = report.AgencyID(strings.TrimSpace(c.FormValue("agency")))
	if agency == "" {
		return "", year, nil
	}
	by, _ := actor(c)
	a, err := s.Store.Agency(ctxOf(c), agency)
	switch {
	case errors.Is(err, report.ErrNotFound):
		return "", 0, &report.ParameterError{Name: "agency", Got: string(agency), Want: "名录中的机关编号，或不填"}
	case err == nil && !by.Covers(a.Region):
		return "", 0, people.ErrForbidden
	}
	return agency, year, err
}

// visitAddress serves POST /admin/portals/:id/address: one page that a person names, by
// the same way as those that lists link.
func (s *Server) visitAddress(c echo.Context) error {
	v, err := s.portalDeskOf(c)
	if err != nil {
		return err
	}
	at := ingest.Address{Portal: v.Portal.ID, URL: strings.TrimSpace(c.FormValue("url"))}
	if at.Agency, at.Year, err = s.whose(c); err != nil {
		return err
	}
	v.Address = at.URL
	ctx, cancel := context.WithTimeout(ctxOf(c), tryFor)
	defer cancel()
	summary, err := s.Portals.Visit(ctx, at)
	var wrong *report.ParameterError
	switch {
	case errors.As(err, &wrong):
		v.Problem = v.allowed(wrong)
	case errors.Is(err, context.DeadlineExceeded) && ctxOf(c).Err() == nil:
		v.Problem = v.t("两分钟内没有取得；门户可能正在被采集，请稍后再试。")
	case err != nil:
		return err
	default:
		if v.Problem, err = s.visitProblem(c, v.page, summary); err != nil {
			return err
		}
	}
	if err := s.audit(c, "portal.visited", v.Portal.ID, at.URL); err != nil {
		return err
	}
	if v.Problem != "" {
		return s.render(c, http.StatusBadRequest, "portal", v)
	}
	return s.redirect(c, "/admin/portals/"+url.PathEscape(v.Portal.ID)+"?done=visited")
}

// visitProblem says why a page that was asked for gave no report, "" where it did.
func (s *Server) visitProblem(c echo.Context, p page, summary ingest.Summary) (string, error) {
	if t := summary.Total(); t.New+t.Revised+t.Unchanged > 0 {
		return "", nil
	}
	run, err := s.Store.Run(ctxOf(c), summary.Run)
	if err != nil {
		return "", err
	}
	for _, f := range run.Failures {
		return p.t("没有取得：%s", p.retell(f.Reason)), nil
	}
	for _, r := range run.Portals {
		if r.Message != "" {
			return p.t("没有取得：%s", p.retell(r.Message)), nil
		}
	}
	return p.t("没有认出是谁的、哪一年的报告；请填写机关编号和年度再交。"), nil
}
