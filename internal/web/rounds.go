package web

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/ingest"
	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A roundsView is the rounds in which drafts are collected, and the form to begin one.
type roundsView struct {
	desk
	Rounds  []roundRow
	Problem string
	Region  string // of the form
	Year    string
	Due     string
}

type roundRow struct {
	Href, Region, Due, Begun, Ended string
	Year, Handed, Checked           int
}

// A roundView is one round, unit by unit. It is for the office alone.
type roundView struct {
	desk
	Round   roundRow
	Open    bool
	Whole   bool // the account answers for the whole region: it checks and ends
	Counts  []countView
	Rows    []draftRow
	Units   []pickView
	Problem string
}

// A countView is a state with how many units are in it.
type countView struct {
	Look look
	N    int
}

type draftRow struct {
	Agency             link
	ID                 string
	Look               look
	Name, Href, Handed string
	Result             look // of the rules
	Errors, Warnings   int
	Doubts             int
	OtherYear          string // what the draft says where that is another year
	OtherUnit          string // and where it calls itself another unit's
	Checked, Note      string
	HandIn             string // address of the form for this unit, "" after the end
	Published          string // address of the report
}

// A draftView is what a unit handed in, with what the rules say.
type draftView struct {
	desk
	Agency  link
	Round   roundRow
	Open    bool
	Whole   bool
	File    string
	Seen    string // which draft the form is about
	Row     draftRow
	Check   checkView
	Problem string
}

// roundRoutes are the addresses of rounds.
func (s *Server) roundRoutes(get, post func(path string, role store.Role, h echo.HandlerFunc) workplace) []workplace {
	return []workplace{
		get("/admin/rounds", store.Reviewer, s.showRounds), post("/admin/rounds", store.Reviewer, s.beginRound),
		get("/admin/rounds/:id", store.Reviewer, s.showRound), post("/admin/rounds/:id", store.Reviewer, s.endRound),
		post("/admin/rounds/:id"+handInPath, store.Reviewer, s.handInDraft),
		get("/admin/rounds/:id/:agency", store.Reviewer, s.showDraft), post("/admin/rounds/:id/:agency", store.Reviewer, s.checkRoundDraft),
		get("/admin/rounds/:id/:agency/file", store.Reviewer, s.serveDraft),
	}
}

// showRounds serves GET /admin/rounds.
func (s *Server) showRounds(c echo.Context) error { return s.renderRounds(c, "", http.StatusOK) }

func (s *Server) renderRounds(c echo.Context, problem string, status int) error {
	a, _ := actor(c)
	v := roundsView{desk: s.newDesk(c, "草稿报送"), Problem: problem, Region: c.FormValue("region"), Year: c.FormValue("year"), Due: c.FormValue("due")}
	if v.Region == "" && len(a.Regions) > 0 {
		v.Region = string(a.Regions[0])
	}
	if v.Year == "" {
		v.Year = strconv.Itoa(s.Now().In(standard.China()).Year() - 1)
	}
	all, err := s.People.Rounds(ctxOf(c), a)
	if err != nil {
		return err
	}
	names, err := s.regionNames(c)
	if err != nil {
		return err
	}
	for _, r := range all {
		v.Rounds = append(v.Rounds, v.roundRow(r, names))
	}
	v.done(c, map[string]string{"ended": "这一轮已结束，草稿已全部删除。"})
	return s.render(c, status, "rounds", v)
}

// regionNames are what the regions of the register are called.
func (s *Server) regionNames(c echo.Context) (map[standard.RegionCode]string, error) {
	rows, err := s.regions(ctxOf(c), "")
	names := make(map[standard.RegionCode]string, len(rows))
	for _, r := range rows {
		names[r.Code] = r.Name
	}
	return names, err
}

func (d desk) roundRow(r store.Round, names map[standard.RegionCode]string) roundRow {
	name := names[r.Region]
	if name == "" {
		name = string(r.Region)
	}
	row := roundRow{Href: d.Href(fmt.Sprintf("/admin/rounds/%d", r.ID)), Region: d.name(name), Year: r.Year, Due: day(r.Due),
		Begun: d.t("%s，%s", r.BegunBy, moment(r.BegunAt)), Handed: r.Handed, Checked: r.Checked}
	if !r.Open() {
		row.Ended = d.t("%s，%s", r.EndedBy, moment(r.EndedAt))
	}
	return row
}

// beginRound serves POST /admin/rounds.
func (s *Server) beginRound(c echo.Context) error {
	a, _ := actor(c)
	year, err := parseYear("year", strings.TrimSpace(c.FormValue("year")))
	r := store.Round{Region: standard.RegionCode(strings.TrimSpace(c.FormValue("region"))), Year: year}
	if text := strings.TrimSpace(c.FormValue("due")); text != "" && err == nil {
		var at time.Time
		if at, err = time.Parse(time.DateOnly, text); err != nil {
			err = &report.ParameterError{Name: "due", Got: text, Want: "日期，例如 2026-01-15，或不填"}
		}
		r.Due = report.Date{Year: at.Year(), Month: int(at.Month()), Day: at.Day()}
	}
	var id store.RoundID
	if err == nil {
		id, err = s.People.BeginRound(ctxOf(c), a, r)
	}
	var wrong *report.ParameterError
	if errors.As(err, &wrong) {
		return s.renderRounds(c, s.newPage(c).allowed(wrong), http.StatusBadRequest)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, fmt.Sprintf("/admin/rounds/%d?done=begun", id))
}

// roundID is the number of the round that the address names.
func roundID(c echo.Context) (store.RoundID, error) {
	n, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || n <= 0 {
		return 0, report.ErrNotFound
	}
	return store.RoundID(n), nil
}

// showRound serves GET /admin/rounds/:id.
func (s *Server) showRound(c echo.Context) error { return s.renderRound(c, "", http.StatusOK) }

func (s *Server) renderRound(c echo.Context, problem string, status int) error {
	a, _ := actor(c)
	id, err := roundID(c)
	if err != nil {
		return err
	}
	r, units, err := s.People.Round(ctxOf(c), a, id)
	if err != nil {
		return err
	}
	names, err := s.regionNames(c)
	if err != nil {
		return err
	}
	v := roundView{desk: s.newDesk(c, "草稿报送"), Open: r.Open(), Whole: a.Covers(r.Region), Problem: problem}
	v.Round = v.roundRow(r, names)
	v.Title = v.t("%s：%d 年度草稿报送", v.Round.Region, r.Year)
	owed, err := s.publications(c, r)
	if err != nil {
		return err
	}
	chosen := c.FormValue("agency")
	for _, u := range units {
		row := v.draftRow(r, u, owed[u.Agency.ID])
		v.Rows, v.Demo = append(v.Rows, row), v.Demo || u.Agency.Demo
		v.Units = append(v.Units, pickView{Value: string(u.Agency.ID), Text: shortName(u.Agency), Current: string(u.Agency.ID) == chosen})
		v.count(row.Look)
	}
	v.done(c, map[string]string{"begun": "这一轮已开始。", "handed": "草稿已收下并核对。", "checked": "已标为核对完毕。", "unchecked": "已撤回。"})
	return s.render(c, status, "round", v)
}

// publications is what is known of the publication of a round's reports.
func (s *Server) publications(c echo.Context, r store.Round) (map[report.AgencyID]aggregate.Owed, error) {
	all, err := s.Figures.Owed(ctxOf(c), store.Query{Region: r.Region, FromYear: r.Year, ToYear: r.Year})
	if errors.Is(err, report.ErrNotFound) {
		err = nil // the region has nothing yet
	}
	by := make(map[report.AgencyID]aggregate.Owed, len(all))
	for _, o := range all {
		by[o.Agency.ID] = o
	}
	return by, err
}

// The four states of a unit in a round.
func (p page) roundLooks() []look {
	return []look{{"none", "", p.t("未提交")}, {"rev", "→", p.t("已提交")}, {"due", "✓", p.t("已核对")}, {"ok", "●", p.t("已发布")}}
}

func (v *roundView) count(l look) {
	if v.Counts == nil {
		for _, l := range v.roundLooks() {
			v.Counts = append(v.Counts, countView{Look: l})
		}
	}
	v.Counts[slices.IndexFunc(v.Counts, func(c countView) bool { return c.Look == l })].N++
}

// draftRow is a unit with how far it is.
func (d desk) draftRow(r store.Round, u people.RoundUnit, o aggregate.Owed) draftRow {
	looks, path := d.roundLooks(), fmt.Sprintf("/admin/rounds/%d", r.ID)
	row := draftRow{Agency: d.agencyLink(u.Agency), ID: string(u.Agency.ID), Look: looks[0]}
	if r.Open() {
		row.HandIn = d.Href(path + "?agency=" + string(u.Agency.ID) + "#hand-in")
	}
	if f := u.Draft; f != nil {
		row.Look, row.Name, row.Href = looks[1], f.Name, d.Href(path+"/"+string(u.Agency.ID))
		row.Handed = d.t("%s，%s", f.By, moment(f.At))
		row.Result, row.Errors, row.Warnings, row.Doubts = d.statusLook(f.Status), f.Errors, f.Warnings, f.Doubts
		if u.OtherUnit() {
			row.OtherUnit = d.t("写的是%s", d.name(f.Says))
		}
		if u.OtherYear(r.Year) {
			row.OtherYear = d.t("写的是 %d 年度", f.Year)
			if f.Year == 0 {
				row.OtherYear = d.t("没有读出年度")
			}
		}
		if !f.CheckedAt.IsZero() {
			row.Look, row.Checked, row.Note = looks[2], d.t("%s，%s", f.CheckedBy, moment(f.CheckedAt)), f.Note
		}
	}
	if o.Publication == report.Published {
		row.Look, row.Published = looks[3], d.reportHref(u.Agency.ID, r.Year)
	}
	return row
}

// endRound serves POST /admin/rounds/:id.
func (s *Server) endRound(c echo.Context) error {
	a, _ := actor(c)
	id, err := roundID(c)
	if err != nil {
		return err
	}
	if c.FormValue("sure") == "" {
		return s.renderRound(c, s.newPage(c).t("结束一轮会删除全部草稿，请先勾选确认。"), http.StatusBadRequest)
	}
	if err := s.People.EndRound(ctxOf(c), a, id); err != nil {
		return err
	}
	return s.redirect(c, "/admin/rounds?done=ended")
}

// handInDraft serves POST /admin/rounds/:id/hand-in: the file is checked as /check does,
// and kept until the round ends.
func (s *Server) handInDraft(c echo.Context) error {
	a, _ := actor(c)
	id, err := roundID(c)
	if err != nil {
		return err
	}
	d := store.Draft{Round: id, Agency: report.AgencyID(c.FormValue("agency"))}
	if err := s.People.MayHandIn(ctxOf(c), a, id, d.Agency); err != nil {
		return err
	}
	if d.Name, d.Body, err = uploaded(c); err != nil {
		var wrong *report.ParameterError
		if errors.As(err, &wrong) {
			return s.renderRound(c, s.newPage(c).allowed(wrong), http.StatusBadRequest)
		}
		return err
	}
	r, err := s.Store.Round(ctxOf(c), id)
	if err != nil {
		return err
	}
	if d, err = s.judged(c, d, r.Year); err != nil {
		return err
	}
	if err := s.People.HandInDraft(ctxOf(c), a, d); err != nil {
		return err
	}
	return s.redirect(c, fmt.Sprintf("/admin/rounds/%d?done=handed#u-%s", id, d.Agency))
}

// judged is a draft with what the rules of one report came to.
func (s *Server) judged(c echo.Context, d store.Draft, year int) (store.Draft, error) {
	d.Name = strings.TrimSpace(d.Name[max(strings.LastIndexByte(d.Name, '/'), strings.LastIndexByte(d.Name, '\\'))+1:])
	results, err := s.readDraft(c, d.Name, d.Body)
	switch {
	case errors.Is(err, report.ErrUnreadable):
		d.Status, d.Problem = report.Unreadable, err.Error()
		return d, nil
	case err != nil || len(results) == 0:
		d.Status = report.Unreadable
		return d, err
	}
	first := ofYear(results, year)[0]
	d.Year, d.Says, d.Status, d.Doubts = first.Reading.Year, first.Reading.Agency, first.Outcome.Status, len(first.Reading.Doubts)
	for _, f := range first.Outcome.Findings {
		switch f.Severity {
		case report.Error:
			d.Errors++
		case report.Warning:
			d.Warnings++
		}
	}
	return d, nil
}

// ofYear puts the report of a year first.
func ofYear(results []ingest.Result, year int) []ingest.Result {
	if i := slices.IndexFunc(results, func(r ingest.Result) bool { return r.Reading.Year == year }); i > 0 {
		results[0], results[i] = results[i], results[0]
	}
	return results
}

// showDraft serves GET /admin/rounds/:id/:agency.
func (s *Server) showDraft(c echo.Context) error { return s.renderDraft(c, "", http.StatusOK) }

func (s *Server) renderDraft(c echo.Context, problem string, status int) error {
	a, _ := actor(c)
	id, err := roundID(c)
	if err != nil {
		return err
	}
	r, agency, d, err := s.People.Draft(ctxOf(c), a, id, report.AgencyID(c.Param("agency")))
	if err != nil {
		return err
	}
	names, err := s.regionNames(c)
	if err != nil {
		return err
	}
	v := draftView{desk: s.newDesk(c, "草稿报送"), Open: r.Open(), Whole: a.Covers(r.Region), Problem: problem, Seen: strconv.FormatInt(d.At.UnixMilli(), 10)}
	v.Round, v.Agency, v.Demo = v.roundRow(r, names), v.agencyLink(agency), agency.Demo
	v.Title = v.t("%s：%d 年度草稿", v.name(shortName(agency)), r.Year)
	v.Row = v.draftRow(r, people.RoundUnit{Agency: agency, Draft: &d}, aggregate.Owed{})
	v.File = v.Href(v.Path + "/file")
	v.Check = checkView{page: v.page, Name: v.name(d.Name)}
	results, err := s.readDraft(c, d.Name, d.Body)
	switch {
	case errors.Is(err, report.ErrUnreadable):
		v.Check.Problem = v.why(err)
	case err != nil:
		return err
	case len(results) == 0:
		v.Check.Problem = v.t("文件里没有找到报告。")
	default:
		v.Check.show(ofYear(results, r.Year))
	}
	return s.render(c, status, "draft", v)
}

// checkRoundDraft serves POST /admin/rounds/:id/:agency.
func (s *Server) checkRoundDraft(c echo.Context) error {
	a, _ := actor(c)
	id, err := roundID(c)
	if err != nil {
		return err
	}
	seen, err := strconv.ParseInt(c.FormValue("seen"), 10, 64)
	do := c.FormValue("do")
	if err != nil || do != "checked" && do != "unchecked" {
		return &report.ParameterError{Name: "do", Got: do, Want: "checked 或 unchecked"}
	}
	d := store.Draft{Round: id, Agency: report.AgencyID(c.Param("agency")), At: time.UnixMilli(seen).UTC()}
	err = s.People.CheckDraft(ctxOf(c), a, d, do == "checked", c.FormValue("note"))
	var wrong *report.ParameterError
	if errors.As(err, &wrong) {
		return s.renderDraft(c, s.newPage(c).allowed(wrong), http.StatusBadRequest)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, fmt.Sprintf("/admin/rounds/%d?done=%s#u-%s", id, do, d.Agency))
}

// serveDraft serves GET /admin/rounds/:id/:agency/file: the draft as it was handed in,
// always as a download that nothing runs in.
func (s *Server) serveDraft(c echo.Context) error {
	a, _ := actor(c)
	id, err := roundID(c)
	if err != nil {
		return err
	}
	_, _, d, err := s.People.Draft(ctxOf(c), a, id, report.AgencyID(c.Param("agency")))
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", originalPolicy)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	return c.Blob(http.StatusOK, "application/octet-stream", d.Body)
}
