package web

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"gongkai/internal/api"
	"gongkai/internal/people"

	"gongkai/internal/standard"
	"gongkai/internal/store"
)

const crowdPassword = "五个 不相干 的词 连起来"

// A crowd is a server with everything on, and people of every role who have signed in.
type crowd struct {
	*Server
	portals []PortalFile // that its tools have
	t       *testing.T
	cookies map[string]string // by name; "" is nobody
	tokens  map[string]string // of their forms
}

// persons are who signs in: one of each role, and a reviewer and a viewer of one region.
var persons = map[string]struct {
	role    store.Role
	regions []standard.RegionCode
}{
	"u-administrator": {role: store.Administrator}, "u-reviewer": {role: store.Reviewer}, "u-viewer": {role: store.Viewer},
	"u-local": {store.Reviewer, []standard.RegionCode{fixtureRegion}}, "u-reader": {store.Viewer, []standard.RegionCode{fixtureRegion}},
}

func newCrowd(t *testing.T, access Access) *crowd {
	t.Helper()
	deps := newFixture(t).Deps
	deps.People = people.New(deps.Store, people.Options{Across: deps.Figures.Across})
	deps.API = func(g *echo.Group) {
		g.Any("/*", echo.WrapHandler(api.New(deps.Store, deps.Figures, api.Options{Requests: 1_000_000}).Handler()))
	}
	deps.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("gongkai_up 1\n")) })
	deps.Access = access
	c := &crowd{portals: []PortalFile{{ID: "demo", Name: "示例区人民政府", Region: string(fixtureRegion), Enabled: true, Expect: 100, Text: []byte("id: demo\n")},
		{ID: "real", Name: "东丽区人民政府", Region: "120110", Enabled: true, Text: []byte("id: real\n")}}}
	deps.Portals, deps.Notices, deps.Jobs = c.portalTools(), noticeTools(), newJobs()
	s, err := New(deps)
	if err != nil {
		t.Fatal(err)
	}
	*c = crowd{Server: s, portals: c.portals, t: t, cookies: map[string]string{"": ""}, tokens: make(map[string]string)}
	for name, p := range persons {
		by := people.Actor{Account: store.Account{Name: "test"}}
		if _, err := s.People.Add(t.Context(), by, people.NewAccount{Name: name, Role: p.role, Regions: p.regions, Password: crowdPassword}); err != nil {
			t.Fatal(err)
		}
		c.signIn(name, "")
	}
	return c
}

// signIn signs somebody in from a browser that has cookies already.
func (c *crowd) signIn(name, cookies string) {
	c.t.Helper()
	form := url.Values{"name": {name}, "password": {crowdPassword}}
	for other, cookie := range c.cookies {
		if cookie == cookies && cookies != "" {
			form.Set("token", c.tokens[other]) // of the session that is carried along
		}
	}
	w := send(c.Server, http.MethodPost, "/login", form.Encode(), cookies, true)
	own := people.CookieName("gongkai", c.Access.Secure)
	for _, cookie := range w.Result().Cookies() {
		if cookie.Name == own {
			c.cookies[name] = own + "=" + cookie.Value
		}
	}
	page := send(c.Server, http.MethodGet, "/account", "", c.cookies[name], true).Body.String()
	m := regexp.MustCompile(`name="token" value="([0-9a-f]+)"`).FindStringSubmatch(page)
	if w.Code != http.StatusSeeOther || m == nil {
		c.t.Fatalf("sign in as %s: %d", name, w.Code)
	}
	c.tokens[name] = m[1]
}

func (c *crowd) get(path, who string) *httptest.ResponseRecorder {
	return send(c.Server, http.MethodGet, path, "", c.cookies[who], true)
}

// post sends a form of ours as somebody.
func (c *crowd) post(path, who string, form url.Values) *httptest.ResponseRecorder {
	form = url.Values(http.Header(form).Clone())
	if form == nil {
		form = url.Values{}
	}
	form.Set("token", c.tokens[who])
	return send(c.Server, http.MethodPost, path, form.Encode(), c.cookies[who], true)
}

// Who may come to a route.
const (
	toAll     = "all"     // everybody, reading closed or not
	toReaders = "readers" // everybody, and where reading is closed those who have signed in
	toWatch   = "watch"   // measurements: everybody, and where reading is closed this machine
)

// admitted is the table of every route: who may come, and whether a reader of one region
// may come to it with that region's names ("here"), without them ("free"), or not at all
// ("").
var admitted = map[string]struct{ who, limited string }{
	"/healthz": {toAll, "free"}, "/readyz": {toAll, "free"}, "/robots.txt": {toAll, "free"}, "/favicon.ico": {toAll, "free"},
	"/site.webmanifest": {toAll, "free"}, "/static/:name": {toAll, "free"}, "/login": {toAll, "free"}, "/setup": {toAll, "free"},
	"/metrics": {toWatch, "free"}, "/logout": {toAll, "free"},

	"/": {toReaders, "free"}, "/status": {toReaders, "free"}, "/methods": {toReaders, "free"}, "/indicators": {toReaders, "free"},
	"/check": {toReaders, "free"}, "/report-error": {toReaders, "free"}, "/data": {toReaders, "free"}, "/data/api": {toReaders, "free"},
	"/data/dictionary": {toReaders, "free"}, "/data/guide": {toReaders, "free"},
	"/exports/:name": {toReaders, ""}, "/card/*": {toReaders, ""},
	"/regions/:code": {toReaders, "here"}, "/agencies/:id": {toReaders, "here"}, "/agencies/:id/sheet": {toReaders, "here"},
	"/reports/:agency/:year": {toReaders, "here"}, "/reports/:agency/:year/cells/*": {toReaders, "here"},
	"/status/:code/:year": {toReaders, "here"}, "/rollup/:code/:year": {toReaders, "here"}, "/requests/:unit/:year": {toReaders, "here"},
	"/copies/:code/:year": {toReaders, "here"}, "/papers/circular/:code/:year": {toReaders, "here"}, "/papers/sheet/:agency/:year": {toReaders, "here"},
	"/charts/regions/:code/:name": {toReaders, "here"}, "/charts/agencies/:id/:name": {toReaders, "here"}, "/charts/compare/:name": {toReaders, ""},
	"/charts/reports/:agency/:year/:name": {toReaders, "here"}, "/charts/status/:code/:year/:name": {toReaders, "here"},
	"/embed/regions/:code/:name": {toReaders, "here"}, "/embed/agencies/:id/:name": {toReaders, "here"}, "/embed/compare/:name": {toReaders, ""},
	"/embed/reports/:agency/:year/:name": {toReaders, "here"}, "/embed/status/:code/:year/:name": {toReaders, "here"},
	"/embed/cells/:agency/:year/*": {toReaders, "here"}, "/embed/tables/:agency/:year/:table": {toReaders, "here"}, "/embed/headlines/:code/:id": {toReaders, "here"},
	"/charts/requests/:unit/:year/:name": {toReaders, "here"}, "/embed/requests/:unit/:year/:name": {toReaders, "here"},
	"/agencies/:id/sheet.zip": {toReaders, "here"}, "/procurement/:code": {toReaders, "here"}, "/compare/sheet": {toReaders, ""}, "/compare/sheet.zip": {toReaders, ""},
	"/originals/:hash": {toReaders, ""}, "/originals/:hash/view": {toReaders, ""}, "/originals/:hash/picture": {toReaders, ""},
	"/compare": {toReaders, ""}, "/compare/reports": {toReaders, ""}, "/search": {toReaders, ""}, "/leads": {toReaders, ""},
	"/indicators/:id": {toReaders, ""}, "/charts/indicators/:id/:name": {toReaders, ""}, "/embed/indicators/:id/:name": {toReaders, ""}, "/changes": {toReaders, ""}, "/changes.atom": {toReaders, ""}, "/changes.json": {toReaders, ""},
	"/feeds/:name": {toReaders, ""}, "/corrections": {toReaders, ""}, "/api/v1/*": {toReaders, ""},

	"/account": {"viewer", "free"}, "/account/password": {"viewer", "free"}, "/account/sessions": {"viewer", "free"},
	"/admin": {"reviewer", "free"}, "/admin/review": {"reviewer", "free"}, "/admin/review/next": {"reviewer", "free"},
	"/admin/review/undo": {"reviewer", "free"}, "/admin/review/:version": {"reviewer", "free"},
	"/admin/findings/:agency/:year": {"reviewer", "here"}, "/admin/errors": {"reviewer", "free"}, "/admin/errors/:id": {"reviewer", "free"},
	"/admin/calls/:code/:year": {"reviewer", "here"},
	"/admin/users":             {"administrator", "free"}, "/admin/users/:id": {"administrator", "free"}, "/admin/users/:id/password": {"administrator", "free"},
	"/admin/users/:id/sessions": {"administrator", "free"}, "/admin/audit": {"administrator", "free"}, "/admin/audit.csv": {"administrator", "free"},
	"/admin/corrections/:id": {"administrator", "free"},
	"/admin/notices":         {"administrator", "free"}, "/admin/jobs": {"administrator", "free"}, "/admin/jobs/events": {"administrator", "free"},
	"/admin/portals": {"reviewer", "free"}, "/admin/portals/:id": {"reviewer", "free"}, "/admin/portals/:id/events": {"reviewer", "free"},
	"/admin/portals/:id/file": {"administrator", "free"}, "/admin/portals/:id/hand-in": {"administrator", "free"}, "/admin/portals/:id/address": {"administrator", "free"},
	"/admin/rounds": {"reviewer", "free"}, "/admin/rounds/:id": {"reviewer", "free"}, "/admin/rounds/:id/hand-in": {"reviewer", "free"},
	"/admin/rounds/:id/:agency": {"reviewer", "free"}, "/admin/rounds/:id/:agency/file": {"reviewer", "free"},
}

// at is the address of a route in a region.
func at(route, region string) string {
	for name, value := range map[string]string{":code": region, ":agency": region + "001", ":unit": region + "001", ":year": "2023",
		":hash": strings.Repeat("ab", 32), ":version": "1", ":table": "requests", ":name": "nothing"} {
		route = strings.ReplaceAll(route, name, value)
	}
	if strings.Contains(route, "agencies/:id") {
		route = strings.ReplaceAll(route, ":id", region+"001")
	}
	if strings.Contains(route, "portals/:id") {
		route = strings.ReplaceAll(route, ":id", "demo")
	}
	route = strings.ReplaceAll(route, ":id", "1")
	switch {
	case strings.HasSuffix(route, "cells/"+region), strings.HasSuffix(route, "/*") && strings.Contains(route, "cells"):
		return strings.ReplaceAll(route, "*", "requests.new/total")
	}
	return strings.ReplaceAll(route, "*", "runs")
}

// let reports whether an answer lets in: neither a way to sign in nor a refusal.
func let(w *httptest.ResponseRecorder) bool {
	return w.Code != http.StatusForbidden && w.Code != http.StatusUnauthorized && !strings.Contains(w.Header().Get("Location"), "/login")
}

// TestWhoMayCome walks every route that the router has with everybody, reading open and
// closed: each lets in whom the table names and nobody else. A route without a line in
// the table fails, and so does a line without a route.
func TestWhoMayCome(t *testing.T) {
	for _, closed := range []bool{false, true} {
		c := newCrowd(t, Access{Closed: closed, Setup: func() string { return "" }})
		seen := make(map[string]bool)
		for _, r := range c.echo.Routes() {
			if r.Method == "echo_route_not_found" {
				continue
			}
			entry, ok := admitted[r.Path]
			if !ok {
				t.Errorf("%s %s has no line in the table of who may come", r.Method, r.Path)
				continue
			}
			seen[r.Path] = true
			if r.Method == http.MethodGet {
				c.walk(r.Path, entry.who, entry.limited, closed)
			}
			if r.Method == http.MethodPost {
				c.forge(at(r.Path, string(fixtureRegion)))
			}
		}
		for path := range admitted {
			if !seen[path] {
				t.Errorf("%s is in the table and on no route", path)
			}
		}
	}
}

// walk asks for a route as everybody.
func (c *crowd) walk(route, who, limited string, closed bool) {
	c.t.Helper()
	path := at(route, string(fixtureRegion))
	for name := range c.cookies {
		p := persons[name]
		want := who == toAll || who == toWatch && !closed || who == toReaders && (!closed || name != "") || p.role.May(store.Role(who))
		if len(p.regions) > 0 && closed && limited == "" {
			want = false
		}
		w := c.get(path, name)
		if let(w) != want {
			c.t.Errorf("%s as %q, closed %t: %d %s; let in %t", path, name, closed, w.Code, w.Header().Get("Location"), want)
		}
		if cache := w.Header().Get("Cache-Control"); closed && who != toAll && who != toWatch && cache != "no-store" && !strings.Contains(cache, "private") {
			c.t.Errorf("%s as %q: Cache-Control %q where reading is closed", path, name, cache)
		}
		if limited == "here" && len(p.regions) > 0 && want && (closed || strings.HasPrefix(route, "/admin/")) {
			if w := c.get(at(route, "120110")+"?region="+string(fixtureRegion), name); let(w) && w.Code != http.StatusNotFound {
				c.t.Errorf("%s as %q of another region: %d", at(route, "120110"), name, w.Code)
			}
		}
	}
}

// forge writes without the word of the browser, and without the token of the form.
func (c *crowd) forge(path string) {
	c.t.Helper()
	for name, cookie := range c.cookies {
		if strings.HasSuffix(path, "/check") {
			continue // it keeps nothing
		}
		if w := send(c.Server, http.MethodPost, path, "x=1", cookie, false); let(w) && w.Code != http.StatusMethodNotAllowed {
			c.t.Errorf("POST %s as %q from elsewhere: %d", path, name, w.Code)
		}
		if w := send(c.Server, http.MethodPost, path, "x=1", cookie, true); name != "" && path != "/report-error" && let(w) && w.Code != http.StatusMethodNotAllowed {
			c.t.Errorf("POST %s as %q without a token: %d", path, name, w.Code)
		}
	}
}

// TestWritesByRole holds that nobody writes what the role or the region does not allow,
// even with a form of the own session.
func TestWritesByRole(t *testing.T) {
	c := newCrowd(t, Access{})
	for _, g := range c.workplaces() {
		if g.method != http.MethodPost || g.role == "" {
			continue
		}
		for name, p := range persons {
			if p.role.May(g.role) || name == "" {
				continue
			}
			if w := c.post(at(g.path, string(fixtureRegion)), name, nil); w.Code != http.StatusForbidden {
				t.Errorf("POST %s as %s: %d", g.path, name, w.Code)
			}
		}
	}
	elsewhere := map[string]url.Values{
		"/admin/calls/120110/2020":       {"agency": {"120110008"}, "text": {"x"}},
		"/admin/calls/990101/2020":       {"agency": {"120110008"}, "text": {"x"}},
		"/admin/findings/120110008/2020": {"finding": {"x"}, "verdict": {"confirmed"}},
		"/admin/users":                   {"name": {"evil"}, "role": {"administrator"}, "password": {crowdPassword}},
	}
	for path, form := range elsewhere {
		if w := c.post(path, "u-local", form); w.Code != http.StatusForbidden {
			t.Errorf("POST %s for another region: %d", path, w.Code)
		}
	}
	notes, err := c.Store.Notes(t.Context(), "120110", 2020)
	if err != nil || len(notes) > 0 {
		t.Errorf("notes of another region: %+v, %v", notes, err)
	}
}

// TestMeasurements holds that where reading is closed, measurements are for this machine
// and for the networks named, and that a proxy's word makes nobody this machine.
func TestMeasurements(t *testing.T) {
	c := newCrowd(t, Access{Closed: true, Watchers: networks(t, "198.51.100.0/24")})
	for _, try := range []struct {
		from, header string
		want         int
	}{{"127.0.0.1:1", "", 200}, {"[::1]:1", "", 200}, {"198.51.100.9:1", "", 200}, {"203.0.113.1:1", "", 303}, {"127.0.0.1:1", "203.0.113.1", 303}} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = try.from
		if try.header != "" {
			r.Header.Set("X-Forwarded-For", try.header)
		}
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		if w.Code != try.want {
			t.Errorf("from %s (%s): %d, want %d", try.from, try.header, w.Code, try.want)
		}
	}
}

// TestLimitedReading holds that a reader of one region reads what a parameter limits to
// it, and that no parameter leads past it.
func TestLimitedReading(t *testing.T) {
	c := newCrowd(t, Access{Closed: true})
	for path, want := range map[string]bool{
		"/leads?region=990101": true, "/changes?region=990101": true, "/changes.atom?region=990101": true, "/search?q=x&region=990101": true,
		"/compare?units=990101001": true, "/compare?units=990101001,120110008": false, "/compare/reports?a=990101001/2023": true,
		"/compare/reports?a=120110008/2020": false, "/compare/reports?a=120110008/2020&region=990101": false,
		"/compare/reports?a=990101001/2023&b=120110008/2020": false, "/leads?region=990101&region=120110": false, "/leads?region=99": false,
		"/indicators/open_rate": false, "/indicators/open_rate?region=990101": true, "/indicators/open_rate?region=120110": false,
		"/charts/regions/120110/outcomes?region=990101": false, "/card/regions/120110?region=990101": false,
		"/api/v1/reports?region=990101": true, "/api/v1/reports?region=120110": false, "/api/v1/reports": false, "/api/v1/runs": false,
		"/api/v1/reports/120110008/2020?agency=990101001": false, "/api/v1/reports/990101001/2023": true, "/corrections?region=990101": true,
		"/exports/gongkai.zip?region=990101": false, "/en/regions/120110": false, "/en/regions/990101": true,
	} {
		if w := c.get(path, "u-reader"); let(w) != want {
			t.Errorf("%s: %d, let in %t", path, w.Code, want)
		}
	}
}

// TestOfficeIsPrivate holds that whom the office rings up and what it notes is on its
// own pages alone: no public answer of any route or format has it, nor who reported an
// error and how.
func TestOfficeIsPrivate(t *testing.T) {
	c := newCrowd(t, Access{})
	ctx := t.Context()
	const telephone, person, note, said, contact = "010-5550199", "赵通联", "答应周五之前补发", "我是某某，数字抄错了", "who@reader.example"
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.Store.PutContacts(ctx, []store.Contact{{Agency: "990101006", Person: person, Telephone: telephone}}))
	calls := "/admin/calls/990101/2024"
	if w := c.post(calls, "u-local", url.Values{"agency": {"990101006"}, "text": {note}}); w.Code != http.StatusSeeOther {
		t.Fatalf("keep a note: %d", w.Code)
	}
	report := url.Values{"page": {"/reports/990101001/2023"}, "agency": {"990101001"}, "year": {"2023"}, "cell": {"requests.new/total"}, "text": {said}, "contact": {contact}}
	if w := c.post("/report-error", "", report); w.Code != http.StatusOK {
		t.Fatalf("report an error: %d", w.Code)
	}
	secret := []string{telephone, person, note, said, contact}
	office := c.get(calls, "u-local").Body.String() + c.get("/admin/errors", "u-local").Body.String()
	for _, text := range secret {
		if !strings.Contains(office, text) {
			t.Errorf("the office's own pages do not say %q", text)
		}
	}
	if w := c.post("/admin/errors/1", "u-local", url.Values{"state": {"ours"}, "answer": {"已经对照原件改正"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("answer: %d", w.Code)
	}
	for _, path := range []string{"/corrections", "/reports/990101001/2023/cells/requests.new/total", "/en/corrections"} {
		if !strings.Contains(c.get(path, "").Body.String(), "已经对照原件改正") {
			t.Errorf("%s does not say what was answered", path)
		}
	}
	paths := c.publicPaths()
	for _, path := range paths {
		body := c.get(path, "").Body.String()
		for _, text := range secret {
			if strings.Contains(body, text) {
				t.Errorf("%s says %q", path, text)
			}
		}
	}
	if len(paths) < 100 {
		t.Errorf("only %d public addresses were looked at", len(paths))
	}
}

// publicPaths are addresses of every public route and of every list of the interface, in
// every format.
func (c *crowd) publicPaths() []string {
	var paths []string
	for _, r := range c.echo.Routes() {
		who := admitted[r.Path].who
		if r.Method != http.MethodGet || who != toAll && who != toReaders || strings.HasPrefix(r.Path, "/static/") {
			continue
		}
		for _, lang := range []string{"", "/en"} {
			paths = append(paths, lang+at(r.Path, "990101"))
		}
	}
	for _, name := range []string{"regions", "agencies", "reports", "cells", "indicators", "coverage", "findings", "changes", "runs", "sources", "dictionary", "copies", "fees", "quotations"} {
		for _, format := range []string{"json", "csv", "xlsx"} {
			for _, of := range []string{"", "&region=990101"} {
				paths = append(paths, "/api/v1/"+name+"?format="+format+of)
			}
		}
	}
	paths = append(paths, "/status/990101/2024", "/agencies/990101006", "/changes.atom", "/changes.json", "/feeds/all.atom", "/search?q=补发",
		"/api/v1/reports/990101001/2023", "/api/v1/openapi.json")
	slices.Sort(paths)
	return paths
}

// networks reads networks.
func networks(t *testing.T, texts ...string) []*net.IPNet {
	t.Helper()
	var list []*net.IPNet
	for _, text := range texts {
		_, n, err := net.ParseCIDR(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}
