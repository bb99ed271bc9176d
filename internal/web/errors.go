package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/report"
)

// An errorView is the page of an error: what happened, why, and where to go on.
type errorView struct {
	page
	Code   int
	Why    string
	Allows string // what a parameter allows
}

// An unknownError says what an address names that we do not have. It is a
// report.ErrNotFound.
type unknownError struct {
	words string // of the page, whole
	cause error
}

func (e *unknownError) Error() string { return e.words }
func (e *unknownError) Unwrap() error { return e.cause }

// unknown names what was asked for where err says that it is not there. The
// sentence has one verb for the name.
func (p page) unknown(err error, sentence, name string) error {
	if !errors.Is(err, report.ErrNotFound) {
		return err
	}
	words := p.t(sentence, p.name(name))
	switch sentence { // what is of us and not of those who publish is there or is not
	case noRun, noIndicator, noChart, noCell, noTable, noHeadline, noOriginal:
		return &unknownError{words: words + p.t("。"), cause: err}
	}
	return &unknownError{words: words + p.t("。它可能没有纳入，也可能尚未读到。"), cause: err}
}

// What addresses name.
const (
	noAgency    = "没有编号为“%s”的单位"
	noRun       = "没有第 %s 次采集"
	noRegion    = "没有区划“%s”，或者其中还没有登记单位"
	noIndicator = "没有指标“%s”"
	noChart     = "这一页没有名为“%s”的图"
	noCell      = "这份报告的格式没有统计项“%s”"
	noTable     = "这份报告没有名为“%s”的表"
	noHeadline  = "这一页没有名为“%s”的数字"
	noOriginal  = "没有指纹为“%s”的原件"
)

// allowed says in the page's language what a parameter may be; other packages say
// it in the language of the API.
func (p page) allowed(e *report.ParameterError) string {
	words := map[string]string{
		"indicator": "“指标”一页中的编号，例如 requests_new",
		"year":      "有报告的年度，四位数字，例如 2024",
		"units":     "单位或区划的编号，用逗号隔开，不宜过多",
	}
	if word, ok := words[e.Name]; ok && !strings.ContainsFunc(e.Want, func(r rune) bool { return r >= 0x2e80 }) {
		return p.t(word)
	}
	return p.retell(e.Want)
}

// showError is the one place where errors become answers.
func (s *Server) showError(err error, c echo.Context) {
	if c.Response().Committed {
		s.Log.Error("answer broken off", "request", requestID(c), "path", c.Request().URL.Path, "err", err)
		return
	}
	if gone := c.Request().Context().Err(); gone != nil && errors.Is(err, gone) {
		s.Log.Debug("reader left", "request", requestID(c), "path", c.Request().URL.Path)
		return // nobody reads an answer
	}
	p := s.newPage(c)
	p.Passing = true
	view := errorView{page: p}
	if s.accessError(err, c, &view) {
		return
	}
	var parameter *report.ParameterError
	var http4 *echo.HTTPError
	var unknown *unknownError
	var large *http.MaxBytesError
	switch {
	case view.Code != 0:
	case errors.As(err, &parameter):
		view.Code, view.Title = http.StatusBadRequest, p.t("地址中的参数不对")
		view.Why = p.t("参数 %s 的值是“%s”。", parameter.Name, p.name(parameter.Got))
		view.Allows = p.allowed(parameter)
	case errors.Is(err, report.ErrBadRequest):
		view.Code, view.Title, view.Why = http.StatusBadRequest, p.t("请求不对"), p.t("地址中有不能理解的内容。")
	case errors.As(err, &unknown):
		view.Code, view.Title = http.StatusNotFound, p.t("没有这一页")
		view.Why = unknown.words
	case errors.Is(err, report.ErrNotFound):
		view.Code, view.Title = http.StatusNotFound, p.t("没有这一页")
		view.Why = p.t("没有查到这个地址所指的单位、年度或原件。它可能没有纳入，也可能尚未读到。")
	case errors.Is(err, report.ErrBusy):
		view.Code, view.Title, view.Why = http.StatusServiceUnavailable, p.t("数据库正忙"), p.t("另一项任务正在写入，请稍后刷新本页。")
		c.Response().Header().Set("Retry-After", "5")
	case errors.Is(err, report.ErrFull), errors.Is(err, syscall.ENOSPC):
		view.Code, view.Title = http.StatusInsufficientStorage, p.t("磁盘已满")
		view.Why = p.t("没有写下任何东西，原有的数据完好，阅读照常。请管理员腾出空间，再试一次；不必重新启动。")
		c.Response().Header().Set("Retry-After", "60")
		s.Log.Error("disk full", "request", requestID(c), "path", c.Request().URL.Path, "err", err)
	case errors.Is(err, report.ErrUnreadable):
		view.Code, view.Title, view.Why = http.StatusUnprocessableEntity, p.t("原件无法显示"), p.why(err)
	case errors.As(err, &http4) && len(s.taken(c)) > 0:
		view.Code, view.Title = http.StatusMethodNotAllowed, p.t("这个地址不接受这种请求")
		view.Why = p.t("%s 不接受 %s 请求。", c.Request().URL.Path, c.Request().Method)
		view.Allows = strings.Join(s.taken(c), ", ")
		c.Response().Header().Set(echo.HeaderAllow, view.Allows)
	case errors.As(err, &large), errors.As(err, &http4) && http4.Code == http.StatusRequestEntityTooLarge:
		view.Code, view.Title = http.StatusRequestEntityTooLarge, p.t("文件太大")
		view.Why = p.t("送来的内容超过了这一页能收的大小。请压缩图片或只送年度报告本身，再试一次。")
		view.Allows = p.mayHold(large)
	case errors.As(err, &http4) && http4.Code == http.StatusTooManyRequests:
		view.Code, view.Title, view.Why = http4.Code, p.t("请求太多"), p.t("来自这个地址的请求太多，请稍后再试。")
	case errors.As(err, &http4) && http4.Code != http.StatusNotFound && http4.Code < 500:
		view.Code, view.Title, view.Why = http4.Code, p.t("请求不对"), p.t("这个请求没有被接受。请回到原来的页面再试一次。")
	case errors.As(err, &http4) && http4.Code < 500:
		view.Code, view.Title = http4.Code, p.t("没有这一页")
		view.Why = p.t("没有 %s 这个地址。请核对，或从下面的入口进入。", c.Request().URL.Path)
	default:
		view.Code, view.Title, view.Why = http.StatusInternalServerError, p.t("出错了"), p.t("这一页没有做成。错误已记入日志。")
		s.Log.Error("page failed", "request", requestID(c), "path", c.Request().URL.Path, "err", err)
	}
	h := c.Response().Header()
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	if err := s.render(c, view.Code, "error", view); err != nil {
		s.Log.Error("error page failed", "request", requestID(c), "err", err)
	}
}

// taken are the methods that an address takes where it does not take the one it was
// asked by; none where it takes it or there is no such address.
func (s *Server) taken(c echo.Context) []string {
	var methods []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		found := s.echo.NewContext(c.Request(), nil)
		s.echo.Router().Find(method, echo.GetPath(c.Request()), found)
		if path := found.Path(); path == "" || strings.HasSuffix(path, "*") {
			continue
		}
		if method == c.Request().Method {
			return nil
		}
		methods = append(methods, method)
	}
	return methods
}

// accessError answers the errors of who may come near: it leads to the page to sign in,
// or says why not. It reports whether it has answered.
func (s *Server) accessError(err error, c echo.Context, view *errorView) bool {
	var elsewhere errElsewhere
	c.Response().Header().Del("ETag")
	switch {
	case errors.As(err, &elsewhere):
		c.Response().Header().Set("Cache-Control", "no-store")
		_ = c.Redirect(http.StatusSeeOther, view.Href(elsewhere.path)) // the reader has gone
		return true
	case errors.Is(err, errSignIn) && strings.HasPrefix(c.Request().URL.Path, "/api/"), errors.Is(err, people.ErrForbidden) && strings.HasPrefix(c.Request().URL.Path, "/api/"):
		status, title := http.StatusUnauthorized, "sign in first: reading is closed here"
		if errors.Is(err, people.ErrForbidden) {
			status, title = http.StatusForbidden, "this account may not read that"
		}
		h := c.Response().Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Type", "application/problem+json")
		body := fmt.Sprintf(`{"type":"about:blank","title":%q,"status":%d}`+"\n", title, status)
		_ = c.Blob(status, "application/problem+json", []byte(body))
		return true
	case errors.Is(err, errSignIn):
		h := c.Response().Header()
		h.Set("Cache-Control", "no-store")
		_ = c.Redirect(http.StatusSeeOther, s.signInPath(c))
		return true
	case errors.Is(err, people.ErrForbidden):
		view.Code, view.Title, view.Why = http.StatusForbidden, view.t("没有这项权限"), view.t("这个账号不能做这件事，或不能看这个区划。请找管理员。")
	case errors.Is(err, errForged):
		view.Code, view.Title, view.Why = http.StatusForbidden, view.t("请求没有被接受"), view.t("这次提交不是从本站页面发出的，或页面已经过时。请回到那一页重新载入再试。")
	case errors.Is(err, errRefusedHere):
		view.Code, view.Title, view.Why = http.StatusForbidden, view.t("这里不能登录"), s.Access.Refused
	}
	return false
}
