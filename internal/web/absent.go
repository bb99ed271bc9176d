package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// An absentView is the page of a report that is owed and that we do not have: what
// is known of it, and when we last looked.
type absentView struct {
	page
	Agency   link
	Year     int
	Look     look
	Says     string
	Reason   string
	Deadline string
	LastLook string
	Others   []link // years of the agency with a report
}

// showAbsent answers for an agency's year without a report. An agency or a year
// that nobody knows stays the error that it was.
func (s *Server) showAbsent(c echo.Context, id report.AgencyID, year int, run store.RunID, cause error) error {
	a, err := s.Figures.Agency(c.Request().Context(), id, run)
	if err != nil {
		return s.newPage(c).unknown(cause, noAgency, string(id))
	}
	p := s.newPage(c)
	if p.Trail, err = s.trailTo(c.Request().Context(), p, a.Agency); err != nil {
		return err
	}
	p.in("")
	p.Demo = a.Agency.Demo
	p.Title = p.t("%s %d 年度报告", p.name(a.Agency.Name), year)
	v := absentView{page: p, Agency: link{Text: p.name(a.Agency.Name), Href: p.Href("/agencies/" + string(id)), Demo: a.Agency.Demo}, Year: year}
	known := false
	for i, o := range a.Reports {
		if o.Version != 0 {
			v.Others = append(v.Others, link{Text: p.t("%d 年度", a.Years[i]), Href: p.reportHref(id, a.Years[i])})
		}
		if a.Years[i] != year {
			continue
		}
		known = true
		v.Look, v.Reason = p.owedLook(o), p.retell(o.Reason)
		v.Says = p.absence(o.Publication)
		v.LastLook = moment(o.LastLook)
		if !o.Deadline.Day.IsZero() {
			v.Deadline = p.t("%s（%s）", p.spoken(o.Deadline.Day), p.label(o.Deadline.Source))
		}
	}
	if !known {
		return p.unknown(cause, p.t("%s没有 %%s 年度的报告", p.name(a.Agency.Name)), strconv.Itoa(year))
	}
	c.Response().Header().Del("ETag")
	return s.render(c, http.StatusNotFound, "absent", v)
}

// absence says what it means that there is no report.
func (p page) absence(of report.Publication) string {
	switch of {
	case report.Missing:
		return p.t("期限已过，期限后有过有效查看，没有看到这份报告。")
	case report.NotDue:
		return p.t("发布期限还没有到。")
	case report.NotWatched:
		return p.t("这个单位没有纳入采集；没有报告可看，不表示没有发布。")
	}
	return p.t("没有能够查看发布它的网页；没有报告可看，不表示没有发布。")
}
