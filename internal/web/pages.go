package web

import (
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
}

// A reviewDayView is what one person settled on one day.
type reviewDayView struct{ Day, Text, Href string }

type runView struct {
	ID                       int64
	Href                     string
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
	changes, err := s.Store.Changes(ctx, region, changesShown)
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
	rows, err := s.Store.Regions(ctx)
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
		v.Runs = append(v.Runs, v.run(run))
	}
	for _, d := range days {
		v.Reviews = append(v.Reviews, reviewDayView{Day: d.Last.In(standard.China()).Format(time.DateOnly), Text: v.t("%s：%d 处", d.Name, d.Count),
			Href: v.Lang.href("/?as_of=" + strconv.FormatInt(int64(d.Run), 10))})
	}
	return s.render(c, http.StatusOK, "changes", v)
}
