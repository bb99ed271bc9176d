package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
)

// An errorView is the page of an error: what happened, why, and where to go on.
type errorView struct {
	page
	Code   int
	Why    string
	Allows string // what a parameter allows
}

// showError is the one place where errors become answers.
func (s *Server) showError(err error, c echo.Context) {
	if c.Response().Committed {
		s.Log.Error("answer broken off", "path", c.Request().URL.Path, "err", err)
		return
	}
	p := s.newPage(c)
	view := errorView{page: p}
	var parameter *report.ParameterError
	var http4 *echo.HTTPError
	switch {
	case errors.As(err, &parameter):
		view.Code, view.Title = http.StatusBadRequest, p.t("地址中的参数不对")
		view.Why = p.t("参数 %s 的值是“%s”。", parameter.Name, parameter.Got)
		view.Allows = parameter.Want
	case errors.Is(err, report.ErrBadRequest):
		view.Code, view.Title, view.Why = http.StatusBadRequest, p.t("请求不对"), p.t("地址中有不能理解的内容。")
	case errors.Is(err, report.ErrNotFound):
		view.Code, view.Title = http.StatusNotFound, p.t("没有这一页")
		view.Why = p.t("没有查到这个地址所指的单位、年度或原件。它可能没有纳入，也可能尚未读到。")
	case errors.Is(err, report.ErrBusy):
		view.Code, view.Title, view.Why = http.StatusServiceUnavailable, p.t("数据库正忙"), p.t("另一项任务正在写入，请稍后刷新本页。")
		c.Response().Header().Set("Retry-After", "5")
	case errors.Is(err, report.ErrUnreadable):
		view.Code, view.Title, view.Why = http.StatusUnprocessableEntity, p.t("原件无法显示"), err.Error()
	case errors.As(err, &http4) && http4.Code < 500:
		view.Code, view.Title, view.Why = http4.Code, p.t("没有这一页"), p.t("请核对地址，或从下面的入口进入。")
	default:
		view.Code, view.Title, view.Why = http.StatusInternalServerError, p.t("出错了"), p.t("这一页没有做成。错误已记入日志。")
		s.Log.Error("page failed", "path", c.Request().URL.Path, "err", err)
	}
	h := c.Response().Header()
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	if err := s.render(c, view.Code, "error", view); err != nil {
		s.Log.Error("error page failed", "err", err)
	}
}
