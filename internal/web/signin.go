package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A signInView is the page to sign in, or to set the first account up.
type signInView struct {
	desk
	Next    string
	Name    string
	Setup   string // token of the set-up link
	Problem string
}

// deviceCookie marks a browser in which someone has signed in before.
const deviceCookie = "gongkai-device"

// deviceLife is how long that is remembered.
const deviceLife = 365 * 24 * time.Hour

// showLogin serves GET /login.
func (s *Server) showLogin(c echo.Context) error {
	v := signInView{desk: s.newDesk(c, "登录"), Next: localPath(c.QueryParam("next"), "")}
	if _, ok := actor(c); ok {
		return c.Redirect(http.StatusSeeOther, s.home(c, v.Next))
	}
	return s.render(c, http.StatusOK, "login", v)
}

// home is where someone who has signed in begins.
func (s *Server) home(c echo.Context, next string) string {
	if next != "" {
		return next
	}
	if a, ok := actor(c); ok && !a.Role.May(store.Reviewer) {
		return s.newPage(c).Href("/account")
	}
	return s.newPage(c).Href("/admin")
}

// signIn serves POST /login.
func (s *Server) signIn(c echo.Context) error {
	v := signInView{desk: s.newDesk(c, "登录"), Next: localPath(c.FormValue("next"), ""), Name: c.FormValue("name")}
	device := ""
	if cookie, err := c.Cookie(people.CookieName(deviceCookie, s.Access.Secure)); err == nil {
		device = cookie.Value
	}
	a, err := s.People.SignIn(ctxOf(c), v.Name, c.FormValue("password"), c.RealIP(), device)
	var slow *people.SlowDownError
	switch {
	case errors.As(err, &slow):
		seconds := int(slow.After/time.Second) + 1
		c.Response().Header().Set("Retry-After", strconv.Itoa(seconds))
		v.Problem = v.t("尝试次数过多，请 %d 秒后再试。", seconds)
		return s.render(c, http.StatusTooManyRequests, "login", v)
	case errors.Is(err, people.ErrRefused):
		v.Problem = v.t("登录名或密码不对。")
		return s.render(c, http.StatusUnauthorized, "login", v)
	case err != nil:
		return err
	}
	if err := s.begin(c, a); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, s.home(c, v.Next))
}

// begin makes the session of the browser one of an account.
func (s *Server) begin(c echo.Context, a store.Account) error {
	if err := people.Begin(ctxOf(c), s.sessions, a.ID, c.RealIP(), c.Request().UserAgent()); err != nil {
		return err
	}
	c.Set(actorKey, people.Actor{Account: a, Client: c.RealIP()})
	device, err := s.People.Device(ctxOf(c), a.ID)
	if err != nil {
		return err
	}
	c.SetCookie(&http.Cookie{Name: people.CookieName(deviceCookie, s.Access.Secure), Value: device, Path: "/",
		MaxAge: int(deviceLife / time.Second), HttpOnly: true, Secure: s.Access.Secure, SameSite: http.SameSiteLaxMode})
	return nil
}

// signOut serves POST /logout.
func (s *Server) signOut(c echo.Context) error {
	if a, ok := actor(c); ok {
		if err := s.People.Left(ctxOf(c), a); err != nil {
			return err
		}
	}
	if err := s.sessions.Destroy(ctxOf(c)); err != nil {
		return err
	}
	return s.redirect(c, "/login")
}

// setUpToken reports whether a request carries the token of the set-up link.
func (s *Server) setUpToken(token string) bool {
	if s.Access.Setup == nil || token == "" {
		return false
	}
	want, got := sha256.Sum256([]byte(s.Access.Setup())), sha256.Sum256([]byte(token))
	return s.Access.Setup() != "" && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// spentLink says why a set-up link leads nowhere; whether there is an administrator
// already it does not say.
func (s *Server) spentLink(c echo.Context) error {
	return &unknownError{words: s.newPage(c).t("设立管理员的链接只能用一次，重启后换新。已有管理员的，请登录；还没有的，请用最近一次启动时打印的链接。"), cause: report.ErrNotFound}
}

// showSetup serves GET /setup: the first account, by the link that the program printed.
func (s *Server) showSetup(c echo.Context) error {
	n, err := s.Store.CountAccounts(ctxOf(c))
	if err != nil {
		return err
	}
	if n > 0 || !s.setUpToken(c.QueryParam("key")) {
		return s.spentLink(c)
	}
	v := signInView{desk: s.newDesk(c, "设立第一个管理员"), Setup: c.QueryParam("key")}
	return s.render(c, http.StatusOK, "setup", v)
}

// setUp serves POST /setup.
func (s *Server) setUp(c echo.Context) error {
	v := signInView{desk: s.newDesk(c, "设立第一个管理员"), Setup: c.FormValue("key"), Name: c.FormValue("name")}
	if !s.setUpToken(v.Setup) {
		return s.spentLink(c)
	}
	by := people.Actor{Account: store.Account{Name: "set-up"}, Client: c.RealIP()}
	id, err := s.People.AddFirst(ctxOf(c), by, people.NewAccount{Name: v.Name, Shown: c.FormValue("shown"), Password: c.FormValue("password")})
	var wrong *report.ParameterError
	if errors.As(err, &wrong) {
		v.Problem = v.allowed(wrong)
		return s.render(c, http.StatusBadRequest, "setup", v)
	}
	if err != nil {
		return err
	}
	a, err := s.People.Account(ctxOf(c), id)
	if err != nil {
		return err
	}
	if err := s.begin(c, a); err != nil {
		return err
	}
	return s.redirect(c, "/admin")
}
