package web

import (
	"context"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// Access is what an operator decides about who comes near.
type Access struct {
	Closed bool // reading needs an account too
	Secure bool // behind TLS: cookies are bound to it, and browsers told to stay there
	// Refused says why nobody can sign in here, "" where they can.
	Refused string
	Proxies []*net.IPNet // whose word on the client's address is taken
	// Watchers may read the measurements where reading is closed, beside this machine.
	Watchers []*net.IPNet
	Setup    func() string
}

// Who a request comes from; stored in its context.
const (
	actorKey = "actor"
	tokenKey = "token"
)

// actor returns who is signed in, and false for nobody.
func actor(c echo.Context) (people.Actor, bool) {
	a, ok := c.Get(actorKey).(people.Actor)
	return a, ok
}

// errSignIn says that an address is for those who have signed in.
var errSignIn = errors.New("sign in first")

// limits of what a request may carry, in bytes; a draft has its own.
const maxForm = 256 << 10

// withSession reads whose session a request has. An account that was disabled has none
// from that moment on.
func (s *Server) withSession(next echo.HandlerFunc) echo.HandlerFunc {
	inner := func(c echo.Context) error {
		ctx := c.Request().Context()
		id, token := people.Holder(ctx, s.sessions)
		if id != 0 {
			a, err := s.People.Account(ctx, id)
			switch {
			case errors.Is(err, report.ErrNotFound), err == nil && a.Disabled:
			case err != nil:
				return err
			default:
				c.Set(actorKey, people.Actor{Account: a, Client: c.RealIP()})
				c.Set(tokenKey, token)
			}
		}
		return next(c)
	}
	return echo.WrapMiddleware(s.sessions.LoadAndSave)(inner) // commits before the first byte of the answer
}

// private keeps what is for one person out of every cache.
func private(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "same-origin")
		return next(c)
	}
}

// needs lets those through who may do what a role may.
func (s *Server) needs(role store.Role) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			a, ok := actor(c)
			switch {
			case !ok:
				return errSignIn
			case !a.Role.May(role):
				return people.ErrForbidden
			}
			return next(c)
		}
	}
}

// genuine lets a write through only where it was sent from a page of ours: the browser
// says so, and the form of someone who has signed in carries the token of the session.
func (s *Server) genuine(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			return next(c)
		}
		if !fromUs(r) {
			return errForged
		}
		limit := int64(maxForm)
		if role, more := s.largeForm(c.Path()); more > 0 {
			switch a, ok := actor(c); { // before a large body is read
			case !ok:
				return errSignIn
			case !a.Role.May(role):
				return people.ErrForbidden
			}
			limit += more
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		parse := r.ParseForm
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
			parse = func() error { return r.ParseMultipartForm(maxForm) }
		}
		if err := parse(); err != nil {
			if large := new(http.MaxBytesError); limit > maxForm && errors.As(err, &large) {
				return large
			}
			return &report.ParameterError{Name: "form", Want: "不超过 256 KB 的表单"}
		}
		if _, signedIn := actor(c); signedIn {
			token, _ := c.Get(tokenKey).(string)
			if subtle.ConstantTimeCompare([]byte(r.PostFormValue("token")), []byte(token)) != 1 || token == "" {
				return errForged
			}
		}
		return next(c)
	}
}

// largeForm is who may send a file to a route beside its form, and how many bytes it may
// have; 0 where it takes none.
func (s *Server) largeForm(route string) (store.Role, int64) {
	switch {
	case !strings.HasSuffix(route, handInPath):
		return "", 0
	case strings.HasPrefix(route, "/admin/rounds/"):
		return store.Reviewer, maxDraft
	}
	return store.Administrator, s.Reader.Limits.WithDefaults().Bytes
}

// errForged says that a write did not come from a page of ours.
var errForged = errors.New("the request does not come from a page of this site")

// fromUs reports whether the browser says that a page of ours sent a request. One that
// says nothing is not believed: every browser that knows our pages sends one of the two.
func fromUs(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && origin.Host != "" && origin.Host == r.Host
}

// closed asks for an account where reading is closed.
func (s *Server) closed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		a, ok := actor(c)
		if !ok {
			return errSignIn
		}
		if len(a.Regions) > 0 {
			if err := s.withinRegions(c, a); err != nil {
				return err
			}
			c.SetRequest(c.Request().WithContext(context.WithValue(ctxOf(c), limitKey{}, a)))
		}
		c.Response().Before(func() { keepToOne(c.Response().Header()) })
		return next(c)
	}
}

// keepToOne keeps what only those who have signed in may read out of the caches that
// others share. A browser may keep it and asks again each time.
func keepToOne(h http.Header) {
	if h.Get("Cache-Control") != "no-store" {
		h.Set("Cache-Control", "private, no-cache")
	}
	h.Add("Vary", "Cookie")
}

// watchers lets the measurements be read where reading is closed: from this machine and
// from the networks that the operator names. What a proxy hands on is not of this
// machine.
func (s *Server) watchers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.Access.Closed && !s.mayWatch(c) {
			return errSignIn
		}
		return next(c)
	}
}

func (s *Server) mayWatch(c echo.Context) bool {
	ip := net.ParseIP(c.RealIP())
	for _, n := range s.Access.Watchers {
		if ip != nil && n.Contains(ip) {
			return true
		}
	}
	h := c.Request().Header
	handedOn := h.Get("X-Forwarded-For") != "" || h.Get("Forwarded") != "" || h.Get("X-Real-Ip") != ""
	return ip != nil && ip.IsLoopback() && !handedOn
}

// unguarded are the addresses that answer everybody, reading closed or not.
func unguarded(path string) bool {
	switch path {
	case "/healthz", "/readyz", "/robots.txt", "/favicon.ico", "/site.webmanifest", "/login", "/setup", "/metrics":
		return true
	}
	return strings.HasPrefix(path, "/static/")
}

// accessible puts the session before every route where reading is closed, and before
// those of people alone where it is open: public pages are the same for everybody.
func (s *Server) accessible(next echo.HandlerFunc) echo.HandlerFunc {
	if s.People == nil || !s.Access.Closed {
		return next
	}
	shut := s.withSession(s.closed(next))
	return func(c echo.Context) error {
		if unguarded(c.Request().URL.Path) {
			return next(c)
		}
		return shut(c)
	}
}

// A guard is what a route asks of who comes: for the table that tests walk.
type guard struct {
	method, path string
	role         store.Role // "" for everybody
}

// peopleRoutes are the addresses at which people sign in and work.
func (s *Server) peopleRoutes(zip echo.MiddlewareFunc) {
	if s.People == nil {
		return
	}
	s.sessions.ErrorFunc = s.lostSession
	base := []echo.MiddlewareFunc{zip, private, s.allowed, s.withSession, s.genuine}
	for _, g := range s.workplaces() {
		with := base
		if g.role != "" {
			with = append(append([]echo.MiddlewareFunc{}, base...), s.needs(g.role))
		}
		methods := []string{g.method}
		if g.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		s.echo.Match(methods, g.path, g.handler, with...)
	}
}

// A workplace is a route for people, with the role that it asks for.
type workplace struct {
	guard
	handler echo.HandlerFunc
}

// workplaces is the table of the routes for people.
func (s *Server) workplaces() []workplace {
	get := func(path string, role store.Role, h echo.HandlerFunc) workplace {
		return workplace{guard{http.MethodGet, path, role}, h}
	}
	post := func(path string, role store.Role, h echo.HandlerFunc) workplace {
		return workplace{guard{http.MethodPost, path, role}, h}
	}
	return append([]workplace{
		get("/login", "", s.showLogin), post("/login", "", s.signIn), post("/logout", "", s.signOut),
		get("/setup", "", s.showSetup), post("/setup", "", s.setUp),
		get("/account", store.Viewer, s.showAccount), post("/account/password", store.Viewer, s.changePassword),
		post("/account/sessions", store.Viewer, s.endOwnSession),

		get("/admin", store.Reviewer, s.showDesk),
		get("/admin/review", store.Reviewer, s.showQueue), get("/admin/review/next", store.Reviewer, s.nextItem),
		get("/admin/review/:version", store.Reviewer, s.showItem), post("/admin/review/:version", store.Reviewer, s.settleItem),
		post("/admin/review/undo", store.Reviewer, s.undoReview),
		get("/admin/findings/:agency/:year", store.Reviewer, s.showDecisions),
		post("/admin/findings/:agency/:year", store.Reviewer, s.decideFinding),

		get("/admin/errors", store.Reviewer, s.showErrors), post("/admin/errors/:id", store.Reviewer, s.answerError),
		get("/admin/calls/:code/:year", store.Reviewer, s.showCalls), post("/admin/calls/:code/:year", store.Reviewer, s.keepNote),

		get("/admin/users", store.Administrator, s.showUsers), post("/admin/users", store.Administrator, s.addUser),
		get("/admin/users/:id", store.Administrator, s.showUser), post("/admin/users/:id", store.Administrator, s.changeUser),
		post("/admin/users/:id/password", store.Administrator, s.resetPassword),
		post("/admin/users/:id/sessions", store.Administrator, s.endUserSession),
		get("/admin/audit", store.Administrator, s.showAudit), get("/admin/audit.csv", store.Administrator, s.serveAudit),
		post("/admin/corrections/:id", store.Administrator, s.revokeCorrection),
	}, slices.Concat(s.roundRoutes(get, post), s.portalRoutes(get, post), s.noticeRoutes(get, post), s.jobRoutes(get, post))...)
}

// allowed refuses the whole of it where the operator's settings make it unsafe.
func (s *Server) allowed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.Access.Refused != "" {
			return errRefusedHere
		}
		return next(c)
	}
}

var errRefusedHere = errors.New("nobody can sign in over an open line")

// signInPath is the page to sign in at, from where the way leads back.
func (s *Server) signInPath(c echo.Context) string {
	p := s.newPage(c)
	back := c.Request().URL.RequestURI()
	if c.Request().Method != http.MethodGet || back == "/" {
		return p.Href("/login")
	}
	return p.Href("/login?next=" + url.QueryEscape(langOf(c).href(back)))
}

// localPath returns a path of ours that an address named, or another where it names
// something else: a link must not lead away from here.
func localPath(path, otherwise string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsAny(path, "\\\r\n\t") {
		return otherwise
	}
	return path
}

// A desk is what the pages of people have in common.
type desk struct {
	page
	Who   string
	Token string
	Tabs  []link
	Done  string // what was just done
}

// newDesk begins a page of someone who has signed in.
func (s *Server) newDesk(c echo.Context, title string) desk {
	d := desk{page: s.newPage(c)}
	d.in("")
	d.Title = d.t(title)
	d.Path = c.Request().URL.Path
	a, ok := actor(c)
	if !ok {
		return d
	}
	d.Who = a.Shown
	d.Token, _ = c.Get(tokenKey).(string)
	tab := func(text, path string, role store.Role) {
		if a.Role.May(role) {
			here := d.Path == path || path != "/admin" && strings.HasPrefix(d.Path, path+"/")
			d.Tabs = append(d.Tabs, link{Text: d.t(text), Href: d.Href(path), Current: here})
		}
	}
	tab("工作台", "/admin", store.Reviewer)
	tab("待复核读数", "/admin/review", store.Reviewer)
	if s.Portals != nil {
		tab("门户", "/admin/portals", store.Reviewer)
	}
	tab("报告的错误", "/admin/errors", store.Reviewer)
	tab("草稿报送", "/admin/rounds", store.Reviewer)
	if s.Notices != nil {
		tab("通知", "/admin/notices", store.Administrator)
	}
	if s.Jobs != nil {
		tab("任务", "/admin/jobs", store.Administrator)
	}
	tab("账号", "/admin/users", store.Administrator)
	tab("操作日志", "/admin/audit", store.Administrator)
	tab("我的账号", "/account", store.Viewer)
	return d
}

// done is what a redirect says was done, one of a few words of ours.
func (d *desk) done(c echo.Context, words map[string]string) {
	if text, ok := words[c.QueryParam("done")]; ok {
		d.Done = d.t(text)
	}
}

// redirect leads on after a write, so that loading again does not repeat it.
func (s *Server) redirect(c echo.Context, path string) error {
	return c.Redirect(http.StatusSeeOther, s.newPage(c).Href(path))
}

// ctxOf is the context of a request.
func ctxOf(c echo.Context) context.Context { return c.Request().Context() }
