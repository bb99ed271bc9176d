package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A decisionView is what a person made of a finding.
type decisionView struct {
	Verdict  string
	Class    string // confirmed, dismissed, answered or reopened
	Reason   string
	Answer   string
	By       string
	Reopened bool
}

// A decisionsView is the findings of a report, to be decided on.
type decisionsView struct {
	desk
	Report   link
	Year     int
	Findings []decidable
	Problem  string
}

type decidable struct {
	findingView
	Key      string
	Choices  []pickView
	Reason   string
	Answer   string
	Decision *decisionView
	Across   bool // it compares with other reports
}

// decision is what the page says of a decision.
func (p page) decision(d people.Decided) *decisionView {
	if d.Decision == nil {
		return nil
	}
	v := &decisionView{Class: string(d.Decision.Verdict), Verdict: p.judgement(d.Decision.Verdict), Reason: d.Decision.Reason,
		Answer: d.Decision.Answer, By: p.t("%s，%s", d.Decision.Name, moment(d.Decision.At)), Reopened: d.Reopened}
	if d.Reopened {
		v.Class = "reopened"
	}
	return v
}

// judgement is the word for what was made of a finding.
func (p page) judgement(j store.Judgement) string {
	switch j {
	case store.FindingConfirmed:
		return p.t("复核属实")
	case store.FindingDismissed:
		return p.t("不采纳")
	case store.FindingAnswered:
		return p.t("单位已答复")
	}
	return p.t("未处理")
}

// decide puts decisions beside the findings of a report's page.
func (s *Server) decide(c echo.Context, v *reportView, shown store.Version, run store.RunID) error {
	decisions, err := s.Store.Decisions(ctxOf(c), shown.Agency, shown.VersionHead.Year, run)
	if err != nil {
		return err
	}
	if err := s.decideAcross(c, v, shown, decisions, run); err != nil {
		return err
	}
	for i, d := range people.With(decisions, shown.Findings, shown.Agency, shown.VersionHead.Year) {
		if i < len(v.Findings) {
			v.Findings[i].Decision = v.decision(d)
		}
	}
	return nil
}

// decideAcross puts findings across reports on the page of a report's current version: all
// that are soon found, and of copied text those on which somebody has decided.
func (s *Server) decideAcross(c echo.Context, v *reportView, shown store.Version, decisions map[string]store.Decision, run store.RunID) error {
	if v.Old != "" {
		return nil
	}
	a, err := s.Store.AgencyAt(ctxOf(c), shown.Agency, run)
	if err != nil {
		return err
	}
	year := shown.VersionHead.Year
	beside, err := s.Figures.Beside(ctxOf(c), a, year, run)
	if err != nil {
		return err
	}
	across := people.With(decisions, beside, a.ID, year)
	if s.People != nil && len(decisions) > 0 {
		decided, err := s.People.DecidedAcross(ctxOf(c), a, year, slices.Concat(shown.Findings, beside), run)
		if err != nil {
			return err
		}
		across = append(across, decided...)
	}
	ids := anchors(append(slices.Clone(shown.Findings), findingsOf(across)...))[len(shown.Findings):]
	for i, d := range across {
		one := v.finding(ids[i], d.Finding, nil, "")
		one.Decision = v.decision(d)
		v.Across = append(v.Across, one)
	}
	return nil
}

// findingsOf are the findings that people decided on.
func findingsOf(decided []people.Decided) []report.Finding {
	all := make([]report.Finding, len(decided))
	for i, d := range decided {
		all[i] = d.Finding
	}
	return all
}

// showDecisions serves GET /admin/findings/:agency/:year.
func (s *Server) showDecisions(c echo.Context) error { return s.renderDecisions(c, "", http.StatusOK) }

func (s *Server) renderDecisions(c echo.Context, problem string, status int) error {
	year, err := parseYear("year", c.Param("year"))
	if err != nil {
		return err
	}
	a, _ := actor(c)
	r, findings, err := s.People.Findings(ctxOf(c), a, report.AgencyID(c.Param("agency")), year)
	if err != nil {
		return err
	}
	v := decisionsView{desk: s.newDesk(c, "处理问题"), Year: year, Problem: problem}
	v.Demo = r.Agency.Demo
	v.Report = link{Text: r.Agency.Name, Href: v.reportHref(r.Agency.ID, year), Demo: r.Agency.Demo}
	if r.Current.ID == 0 { // the report is not there
		v.Report.Href = v.Href("/agencies/" + string(r.Agency.ID))
	}
	form := standard.FormOf(r.Current.Format)
	ids := anchors(findingsOf(findings))
	for i, d := range findings {
		one := decidable{findingView: v.finding(ids[i], d.Finding, form, r.Current.Original), Key: d.Key, Decision: v.decision(d), Across: i >= len(r.Current.Findings)}
		one.Cells = nil // they lead to the tables, which are on the page of the report
		current := store.Judgement("")
		if d.Decision != nil && !d.Reopened {
			current, one.Reason, one.Answer = d.Decision.Verdict, d.Decision.Reason, d.Decision.Answer
		}
		for _, j := range []store.Judgement{"", store.FindingConfirmed, store.FindingDismissed, store.FindingAnswered} {
			one.Choices = append(one.Choices, pickView{string(j), v.judgement(j), j == current})
		}
		v.Findings = append(v.Findings, one)
	}
	v.done(c, map[string]string{"decided": "已保存。"})
	return s.render(c, status, "decisions", v)
}

// decideFinding serves POST /admin/findings/:agency/:year.
func (s *Server) decideFinding(c echo.Context) error {
	year, err := parseYear("year", c.Param("year"))
	if err != nil {
		return err
	}
	a, _ := actor(c)
	d := store.Decision{Key: c.FormValue("finding"), Verdict: store.Judgement(c.FormValue("verdict")), Reason: c.FormValue("reason"), Answer: c.FormValue("answer")}
	err = s.People.Decide(ctxOf(c), a, report.AgencyID(c.Param("agency")), year, d)
	var wrong *report.ParameterError
	if errors.As(err, &wrong) {
		return s.renderDecisions(c, s.newPage(c).allowed(wrong), http.StatusBadRequest)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, fmt.Sprintf("/admin/findings/%s/%d?done=decided", c.Param("agency"), year))
}
