package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// An accountView is one's own account.
type accountView struct {
	desk
	Account  userRow
	Sessions []sessionView
	Problem  string
}

// A sessionView is a browser in which someone has signed in.
type sessionView struct {
	ID, Client, Agent, Began, Seen string
	Current                        bool
}

// showAccount serves GET /account.
func (s *Server) showAccount(c echo.Context) error {
	v, err := s.accountView(c)
	if err != nil {
		return err
	}
	v.done(c, map[string]string{"password": "密码已改，其他浏览器里的登录已结束。", "session": "那一处登录已结束。"})
	return s.render(c, http.StatusOK, "account", v)
}

func (s *Server) accountView(c echo.Context) (accountView, error) {
	a, _ := actor(c)
	v := accountView{desk: s.newDesk(c, "我的账号")}
	v.Account = v.user(a.Account)
	var err error
	v.Sessions, err = s.sessionsOf(c, a.ID)
	return v, err
}

// sessionsOf are the sessions of an account; the browser's own is marked.
func (s *Server) sessionsOf(c echo.Context, id store.AccountID) ([]sessionView, error) {
	all, err := s.Store.Sessions(ctxOf(c), id, s.Now())
	var list []sessionView
	own := store.HashToken(s.sessions.Token(ctxOf(c)))
	for _, one := range all {
		list = append(list, sessionView{ID: one.Token, Client: one.Client, Agent: one.Agent, Began: moment(one.BeganAt),
			Seen: moment(one.SeenAt), Current: one.Token == own})
	}
	return list, err
}

// changePassword serves POST /account/password.
func (s *Server) changePassword(c echo.Context) error {
	a, _ := actor(c)
	err := s.People.ChangeOwnPassword(ctxOf(c), a, c.FormValue("old"), c.FormValue("password"), s.sessions.Token(ctxOf(c)))
	var wrong *report.ParameterError
	var slow *people.SlowDownError
	if err != nil && !errors.As(err, &wrong) && !errors.As(err, &slow) && !errors.Is(err, people.ErrRefused) {
		return err
	}
	if err == nil {
		return s.redirect(c, "/account?done=password")
	}
	v, fault := s.accountView(c)
	if fault != nil {
		return fault
	}
	switch {
	case wrong != nil:
		v.Problem = v.allowed(wrong)
	case slow != nil:
		v.Problem = v.t("尝试次数过多，请 %d 秒后再试。", int(slow.After.Seconds())+1)
	default:
		v.Problem = v.t("原来的密码不对。")
	}
	return s.render(c, http.StatusBadRequest, "account", v)
}

// endOwnSession serves POST /account/sessions.
func (s *Server) endOwnSession(c echo.Context) error {
	a, _ := actor(c)
	if err := s.People.EndSession(ctxOf(c), a, a.ID, c.FormValue("session")); err != nil {
		return err
	}
	return s.redirect(c, "/account?done=session")
}
