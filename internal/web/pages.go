package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A changesView is what runs brought.
type changesView struct {
	page
	Region  string
	Changes []changeView
	Runs    []runView
	Reviews []reviewDayView
	Regions []link
	Run     store.RunID   // whose changes are shown alone, 0 for the latest of all
	Brought []broughtView // its revised reports, cell by cell
	All     string        // the changes of all runs
}

// A reviewDayView is what one person settled on one day.
type reviewDayView struct{ Day, Text, Href string }

type runView struct {
	ID                       int64
	Href, Brought            string // the data as they stood after it; what it brought
	State, Class, Start, End string
	Portals                  []portalView
	Message                  string
}

type portalView struct {
	Name, State, Text, Message string
}

// changesShown is how many changes the page lists.
const changesShown = 200

// showChanges serves GET /changes.
func (s *Server) showChanges(c echo.Context) error {
	ctx := c.Request().Context()
	region := standard.RegionCode(c.QueryParam("region"))
	asked, err := asOf(c)
	if err != nil {
		return err
	}
	only, err := readRun(c.QueryParam("run"))
	if err != nil {
		return err
	}
	if only > 0 {
		return s.showRun(c, region, only)
	}
	changes, err := s.changesIn(ctx, region, asked)
	if err != nil {
		return err
	}
	runs, err := s.Store.RunsBut(ctx, store.RunReview, 12)
	if err != nil {
		return err
	}
	days, err := s.Store.ReviewDays(ctx, 12)
	if err != nil {
		return err
	}
	rows, err := s.regions(ctx, region)
	if err != nil {
		return err
	}
	v := changesView{page: s.newPage(c), Region: string(region)}
	v.in(v.t("变化"))
	v.Title = v.t("变化：新报告、新版本与各次采集")
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("变化")}}
	v.Changes = v.changes(changes, changesShown)
	v.Regions = []link{{Text: v.t("全部"), Href: v.Href("/changes"), Current: region == ""}}
	for _, row := range rows {
		v.Regions = append(v.Regions, link{Text: v.name(row.Name), Href: v.Href("/changes?region=" + string(row.Code)), Current: row.Code == region, Demo: row.Demo})
	}
	for _, run := range runs {
		if asked == 0 || run.ID <= asked {
			v.Runs = append(v.Runs, v.run(s.runWithin(ctxOf(c), run)))
		}
	}
	for _, d := range days {
		v.Reviews = append(v.Reviews, reviewDayView{Day: d.Last.In(standard.China()).Format(time.DateOnly), Text: v.t("%s：%d 处", d.Name, d.Count),
			Href: v.Lang.href("/?as_of=" + strconv.FormatInt(int64(d.Run), 10))})
	}
	return s.render(c, http.StatusOK, "changes", v)
}

// changesIn are the newest changes of a region. Of a city or a province all changes would
// have to be sorted; those of the units that changed last are found.
func (s *Server) changesIn(ctx context.Context, region standard.RegionCode, asked store.RunID) ([]store.ChangeRow, error) {
	if level := region.Level(); asked == 0 && (level == standard.ProvinceLevel || level == standard.CityLevel) {
		return s.Store.LatestChanges(ctx, region, changesShown)
	}
	return s.Store.ChangesAt(ctx, region, asked, changesShown)
}

// showRun serves GET /changes?run=: what one run brought, whole, with the cells that
// revised reports say otherwise than before.
func (s *Server) showRun(c echo.Context, region standard.RegionCode, id store.RunID) error {
	ctx := c.Request().Context()
	v := changesView{page: s.newPage(c), Region: string(region), Run: id}
	run, err := s.Store.Run(ctx, id)
	if err != nil {
		return v.unknown(err, noRun, strconv.FormatInt(int64(id), 10))
	}
	rows, err := s.Store.ChangesOf(ctx, region, id)
	if err != nil {
		return err
	}
	if v.Brought, err = s.brought(ctx, v.page, rows); err != nil {
		return err
	}
	v.in(v.t("变化"))
	v.Title = v.t("第 %d 次采集带来的变化", id)
	v.All = v.Href("/changes")
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("变化"), Href: v.All}, {Text: v.t("第 %d 次采集", id)}}
	v.Changes = v.changes(rows, len(rows))
	v.Runs = []runView{v.run(s.runWithin(ctxOf(c), run))}
	return s.render(c, http.StatusOK, "changes", v)
}
