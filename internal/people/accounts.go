package people

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A NewAccount is an account to be added.
type NewAccount struct {
	Name, Shown string
	Role        store.Role
	Regions     []standard.RegionCode
	Password    string
}

// names are what may be typed to sign in: no name looks like another.
var names = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,31}$`)

// check says what is wrong with a new account, all at once.
func (n *NewAccount) check() error {
	if n.Shown = strings.TrimSpace(n.Shown); n.Shown == "" {
		n.Shown = n.Name
	}
	if !names.MatchString(n.Name) {
		return &report.ParameterError{Name: "name", Got: n.Name, Want: "登录名用 2 到 32 个小写字母、数字、点、横线或下划线"}
	}
	if err := checkShown(n.Shown); err != nil {
		return err
	}
	if err := checkScope(n.Role, n.Regions); err != nil {
		return err
	}
	return checkPassword(n.Name, n.Password)
}

func checkShown(shown string) error {
	if utf8.RuneCountInString(shown) > 40 || strings.ContainsFunc(shown, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return &report.ParameterError{Name: "shown", Got: shown, Want: "姓名或称呼，不超过 40 个字"}
	}
	return nil
}

func checkScope(role store.Role, regions []standard.RegionCode) error {
	if !slices.Contains(store.Roles(), role) {
		return &report.ParameterError{Name: "role", Got: string(role), Want: "viewer、reviewer 或 administrator"}
	}
	for _, code := range regions {
		if n := len(code); strings.Trim(string(code), "0123456789") != "" || n != 2 && n != 4 && n != 6 && n != 9 {
			return &report.ParameterError{Name: "region", Got: string(code), Want: "2、4、6 或 9 位区划代码，例如 120110"}
		}
	}
	return nil
}

// Add adds an account.
func (s *Service) Add(ctx context.Context, by Actor, n NewAccount) (store.AccountID, error) {
	return s.add(ctx, by, n, s.db.AddAccount)
}

// AddFirst adds the first account, an administrator, and is report.ErrNotFound once
// there is one.
func (s *Service) AddFirst(ctx context.Context, by Actor, n NewAccount) (store.AccountID, error) {
	n.Role, n.Regions = store.Administrator, nil
	return s.add(ctx, by, n, s.db.AddFirstAccount)
}

type adder func(context.Context, store.Account, store.Entry) (store.AccountID, error)

func (s *Service) add(ctx context.Context, by Actor, n NewAccount, add adder) (store.AccountID, error) {
	if err := n.check(); err != nil {
		return 0, err
	}
	hash, err := hashPassword(n.Password, s.hashCost)
	if err != nil {
		return 0, err
	}
	a := store.Account{Name: n.Name, Shown: n.Shown, Role: n.Role, Regions: n.Regions, Password: hash, CreatedAt: s.Now()}
	return add(ctx, a, s.entry(by, "account.add", n.Name, "", rights(a)))
}

// rights writes what an account may do.
func rights(a store.Account) string {
	where := "全部区划"
	if len(a.Regions) > 0 {
		where = "区划 " + strings.Trim(fmt.Sprint(a.Regions), "[]")
	}
	role := map[store.Role]string{store.Viewer: "读者", store.Reviewer: "复核员", store.Administrator: "管理员"}[a.Role]
	text := fmt.Sprintf("%s“%s”，%s", role, a.Shown, where)
	if a.Disabled {
		text += "，停用"
	}
	return text
}

// Change changes what an account is called and may do.
func (s *Service) Change(ctx context.Context, by Actor, a store.Account, reason string) error {
	was, err := s.db.Account(ctx, a.ID)
	if err != nil {
		return err
	}
	if err := checkShown(a.Shown); err != nil {
		return err
	}
	if err := checkScope(a.Role, a.Regions); err != nil {
		return err
	}
	a.Name = was.Name
	return s.db.PutAccount(ctx, a, s.entry(by, "account.change", a.Name, reason, rights(was)+" → "+rights(a)))
}

// SetPassword gives an account another password. Its sessions end, but for that of the
// token, which is of whoever changes the own one.
func (s *Service) SetPassword(ctx context.Context, by Actor, id store.AccountID, password, token string) error {
	a, err := s.db.Account(ctx, id)
	if err != nil {
		return err
	}
	if err := checkPassword(a.Name, password); err != nil {
		return err
	}
	hash, err := hashPassword(password, s.hashCost)
	if err != nil {
		return err
	}
	keep := ""
	if token != "" {
		keep = store.HashToken(token)
	}
	return s.db.SetPassword(ctx, id, hash, keep, s.Now(), s.entry(by, "account.password", a.Name, "", ""))
}

// ChangeOwnPassword is SetPassword for who knows the old one. A wrong one is
// ErrRefused, and counts as an attempt to sign in.
func (s *Service) ChangeOwnPassword(ctx context.Context, by Actor, old, password, token string) error {
	try := attempt{account: by.Name, client: by.Client, device: "own " + by.Name}
	if _, err := s.tries.ask(try, s.Now()); err != nil {
		return err
	}
	a, err := s.db.Account(ctx, by.ID)
	if err != nil {
		return err
	}
	ok, err := s.right(ctx, a, true, old)
	if err != nil {
		return err
	}
	if !ok {
		s.tries.fail(try, s.Now())
		return ErrRefused
	}
	s.tries.pass(try)
	return s.SetPassword(ctx, by, by.ID, password, token)
}

// EndSession ends a session of an account.
func (s *Service) EndSession(ctx context.Context, by Actor, id store.AccountID, session string) error {
	a, err := s.db.Account(ctx, id)
	if err != nil {
		return err
	}
	return s.db.EndSession(ctx, id, session, s.entry(by, "session.end", a.Name, "", ""))
}

// Left notes that someone has signed out.
func (s *Service) Left(ctx context.Context, by Actor) error {
	return s.db.Log(ctx, s.entry(by, "logout", by.Name, "", ""))
}

// Account returns an account.
func (s *Service) Account(ctx context.Context, id store.AccountID) (store.Account, error) {
	return s.db.Account(ctx, id)
}
