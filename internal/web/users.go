package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A usersView is the list of accounts.
type usersView struct {
	desk
	Users   []userRow
	Roles   []pickView
	Problem string
	New     people.NewAccount
	Regions string
}

// A userView is one account, to be changed.
type userView struct {
	desk
	User     userRow
	Roles    []pickView
	Sessions []sessionView
	Problem  string
}

type userRow struct {
	ID                                            int64
	Name, Shown, Role, Regions, Created, Password string
	RoleID, Href, Codes                           string
	Disabled                                      bool
}

// A pickView is an option of a list.
type pickView struct {
	Value, Text string
	Current     bool
}

// roleWord is what a role is called.
func (p page) roleWord(r store.Role) string {
	switch r {
	case store.Administrator:
		return p.t("管理员")
	case store.Reviewer:
		return p.t("复核员")
	}
	return p.t("读者")
}

func (p page) roles(current store.Role) []pickView {
	var list []pickView
	for _, r := range store.Roles() {
		list = append(list, pickView{string(r), p.roleWord(r), r == current})
	}
	return list
}

// user is an account as the pages show it; its password's hash is in none.
func (p page) user(a store.Account) userRow {
	row := userRow{ID: int64(a.ID), Name: a.Name, Shown: a.Shown, Role: p.roleWord(a.Role), RoleID: string(a.Role), Disabled: a.Disabled,
		Created: moment(a.CreatedAt), Password: moment(a.PasswordAt), Href: p.Href("/admin/users/" + strconv.FormatInt(int64(a.ID), 10)),
		Regions: p.t("全部")}
	var codes, names []string
	for _, code := range a.Regions {
		codes = append(codes, string(code))
		name := string(code)
		if r, ok := standard.RegionOf(code); ok {
			name = r.Name
		}
		names = append(names, name)
	}
	if row.Codes = strings.Join(codes, " "); len(names) > 0 {
		row.Regions = strings.Join(names, p.t("、"))
	}
	return row
}

// showUsers serves GET /admin/users.
func (s *Server) showUsers(c echo.Context) error {
	v, err := s.usersView(c)
	if err != nil {
		return err
	}
	v.done(c, map[string]string{"added": "账号已添加。"})
	return s.render(c, http.StatusOK, "users", v)
}

func (s *Server) usersView(c echo.Context) (usersView, error) {
	v := usersView{desk: s.newDesk(c, "账号")}
	v.Roles = v.roles(store.Reviewer)
	all, err := s.Store.Accounts(ctxOf(c))
	for _, a := range all {
		v.Users = append(v.Users, v.user(a))
	}
	return v, err
}

// regionCodes reads codes from a field: split by spaces or commas.
func regionCodes(text string) []standard.RegionCode {
	var codes []standard.RegionCode
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,，、;；\r\n\t", r) }) {
		codes = append(codes, standard.RegionCode(part))
	}
	return codes
}

// addUser serves POST /admin/users.
func (s *Server) addUser(c echo.Context) error {
	a, _ := actor(c)
	n := people.NewAccount{Name: strings.TrimSpace(c.FormValue("name")), Shown: c.FormValue("shown"), Role: store.Role(c.FormValue("role")),
		Regions: regionCodes(c.FormValue("regions")), Password: c.FormValue("password")}
	_, err := s.People.Add(ctxOf(c), a, n)
	var wrong *report.ParameterError
	if errors.As(err, &wrong) {
		v, err := s.usersView(c)
		if err != nil {
			return err
		}
		n.Password = ""
		v.Problem, v.New, v.Regions, v.Roles = v.allowed(wrong), n, c.FormValue("regions"), v.roles(n.Role)
		return s.render(c, http.StatusBadRequest, "users", v)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/admin/users?done=added")
}

// account returns the account that the address names.
func (s *Server) account(c echo.Context) (store.Account, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return store.Account{}, report.ErrNotFound
	}
	return s.People.Account(ctxOf(c), store.AccountID(id))
}

// showUser serves GET /admin/users/:id.
func (s *Server) showUser(c echo.Context) error {
	a, err := s.account(c)
	if err != nil {
		return err
	}
	return s.renderUser(c, a, "", http.StatusOK)
}

func (s *Server) renderUser(c echo.Context, a store.Account, problem string, status int) error {
	v := userView{desk: s.newDesk(c, "账号"), Problem: problem}
	v.User, v.Roles = v.user(a), v.roles(a.Role)
	v.Title = v.t("账号 %s", a.Name)
	var err error
	if v.Sessions, err = s.sessionsOf(c, a.ID); err != nil {
		return err
	}
	v.done(c, map[string]string{"changed": "已保存。", "password": "密码已设，这个账号的登录都已结束。", "session": "那一处登录已结束。"})
	return s.render(c, status, "user", v)
}

// changed leads on after a change, or shows what is wrong with it.
func (s *Server) changed(c echo.Context, a store.Account, err error, done string) error {
	var wrong *report.ParameterError
	if errors.As(err, &wrong) {
		return s.renderUser(c, a, s.newPage(c).allowed(wrong), http.StatusBadRequest)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/admin/users/"+strconv.FormatInt(int64(a.ID), 10)+"?done="+done)
}

// changeUser serves POST /admin/users/:id.
func (s *Server) changeUser(c echo.Context) error {
	a, err := s.account(c)
	if err != nil {
		return err
	}
	by, _ := actor(c)
	now := a
	now.Shown, now.Role = strings.TrimSpace(c.FormValue("shown")), store.Role(c.FormValue("role"))
	now.Regions, now.Disabled = regionCodes(c.FormValue("regions")), c.FormValue("disabled") != ""
	return s.changed(c, a, s.People.Change(ctxOf(c), by, now, c.FormValue("reason")), "changed")
}

// resetPassword serves POST /admin/users/:id/password.
func (s *Server) resetPassword(c echo.Context) error {
	a, err := s.account(c)
	if err != nil {
		return err
	}
	by, _ := actor(c)
	return s.changed(c, a, s.People.SetPassword(ctxOf(c), by, a.ID, c.FormValue("password"), ""), "password")
}

// endUserSession serves POST /admin/users/:id/sessions.
func (s *Server) endUserSession(c echo.Context) error {
	a, err := s.account(c)
	if err != nil {
		return err
	}
	by, _ := actor(c)
	return s.changed(c, a, s.People.EndSession(ctxOf(c), by, a.ID, c.FormValue("session")), "session")
}
