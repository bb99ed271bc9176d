package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A callsView is whom the office rings up about a year's reports, for itself: it is on
// no page that others see, and in no export.
type callsView struct {
	desk
	Region  string
	Year    int
	Board   string
	Filters []link
	Heads   []orderHead
	Rows    []callRow
	Date    string
}

// A callRow is one unit to ring up.
type callRow struct {
	boardRow
	ID                string
	Person, Telephone string
	Note, Noted       string
}

// showCalls serves GET /admin/calls/:code/:year.
func (s *Server) showCalls(c echo.Context) error {
	ctx := ctxOf(c)
	a, _ := actor(c)
	year, err := parseYear("year", c.Param("year"))
	if err != nil {
		return err
	}
	code := standard.RegionCode(c.Param("code"))
	if !a.Covers(code) && !within(a.Regions, code) {
		return people.ErrForbidden
	}
	b, err := s.Figures.Board(ctx, code, year, 0)
	if err != nil {
		return s.newPage(c).unknown(err, noRegion, c.Param("code"))
	}
	v := callsView{desk: s.newDesk(c, "通联单"), Year: year, Date: moment(s.Now())}
	v.Region, v.Demo, v.Print = v.name(b.Region.Name), b.Demo, "calls-page"
	v.Title = v.t("%s：%d 年度通联单", v.Region, year)
	v.Board = v.Href(fmt.Sprintf("/status/%s/%d", code, year))
	all := c.QueryParam("show") == "all"
	v.Filters = []link{{Text: v.t("需要联系"), Href: v.Href(v.Path), Current: !all}, {Text: v.t("全部单位"), Href: v.Href(v.Path + "?show=all"), Current: all}}
	contacts, err := s.Store.Contacts(ctx, code)
	if err != nil {
		return err
	}
	notes, err := s.Store.Notes(ctx, code, year)
	if err != nil {
		return err
	}
	decided, err := s.Store.DecisionsIn(ctx, b.Region.Code, year, 0)
	if err != nil {
		return err
	}
	for _, row := range b.Rows {
		if !a.Covers(row.Agency.Region) {
			continue
		}
		r := callRow{boardRow: v.boardRow(row, year, decided[row.Agency.ID]), ID: string(row.Agency.ID)}
		contact, note := contacts[row.Agency.ID], notes[row.Agency.ID]
		r.Person, r.Telephone, r.Note = contact.Person, contact.Telephone, note.Text
		if note.Text != "" {
			r.Noted = v.t("%s，%s", note.Author, moment(note.At))
		}
		if all || r.Note != "" || needsCall(r.boardRow) {
			v.Rows = append(v.Rows, r)
		}
	}
	o, err := readOrder(c)
	if err != nil {
		return err
	}
	v.Rows = order(v.Rows, o, func(r callRow, i int) string {
		return column([]string{r.Agency.Text, r.Person, r.Telephone, r.Look.Word, r.Note}, i)
	})
	v.Heads = v.orderHeads(c, o, "#calls", func(int) bool { return false }, v.t("单位"), v.t("联系人"), v.t("电话"), v.t("缺什么，哪里不符"), v.t("备注"))
	v.done(c, map[string]string{"noted": "已记下。"})
	return s.render(c, http.StatusOK, "calls", v)
}

// within reports whether one of some regions is a part of another.
func within(regions []standard.RegionCode, whole standard.RegionCode) bool {
	return slices.ContainsFunc(regions, func(own standard.RegionCode) bool { return strings.HasPrefix(string(own), string(whole)) })
}

// needsCall reports whether there is something to ring a unit up about.
func needsCall(r boardRow) bool {
	const inOrder = 6
	return urgency(r) < inOrder || len(r.Errors) > 0
}

// keepNote serves POST /admin/calls/:code/:year.
func (s *Server) keepNote(c echo.Context) error {
	a, _ := actor(c)
	year, err := parseYear("year", c.Param("year"))
	if err != nil {
		return err
	}
	if err := s.People.Note(ctxOf(c), a, report.AgencyID(c.FormValue("agency")), year, c.FormValue("text")); err != nil {
		return err
	}
	return s.redirect(c, "/admin/calls/"+c.Param("code")+"/"+strconv.Itoa(year)+"?done=noted#u-"+c.FormValue("agency"))
}
