// Package api serves what is known as JSON, CSV and XLSX.
//
// In: a request for a resource with its filters. Out: rows with the same names in
// every form, in an order that does not change between pages, or a problem
// (RFC 9457) that names the parameter at fault. Each resource is one table of
// columns and one function that yields rows, so that its JSON, its CSV header and
// its description cannot differ. The package reads only, and knows no page.
package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"gongkai/internal/aggregate"
	"gongkai/internal/export"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Options are what an operator decides of the API.
type Options struct {
	Build    string           // of the program, for ETags and files
	Requests int              // that a client may make in a Window; 0 means 1,200, below 0 no limit
	Window   time.Duration    // 0 means a minute
	Proxies  []netip.Prefix   // whose word on the client's address is taken
	Now      func() time.Time // the clock; nil means time.Now
	// Published lists the files of the last nightly export; nil where none are made.
	Published func() (export.Listing, error)
}

// A Server answers the addresses below /api/v1.
type Server struct {
	Options
	db        *store.DB
	agg       *aggregate.Service
	limiter   *limiter
	resources []resource
	others    []operation // that are no lists
}

// New returns a Server over a database and what is computed from it.
func New(db *store.DB, agg *aggregate.Service, o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Requests == 0 {
		o.Requests = 1200
	}
	if o.Window == 0 {
		o.Window = time.Minute
	}
	s := &Server{Options: o, db: db, agg: agg, limiter: newLimiter(o.Requests, o.Window)}
	s.resources = []resource{
		s.regions(), s.agencies(), s.reports(), s.cells(), s.indicators(), s.series(), s.rankings(), s.peers(),
		s.coverage(), s.findings(), s.changes(), s.runs(), s.differences(), s.applicants(), s.leads(), s.rollUp(), s.quotations(), s.fees(), s.copies(), s.errorsByRule(),
		s.sources(), s.versions(), s.earlierCells(), s.corrections(), s.rules(), s.dictionary(),
	}
	for _, f := range standard.Formats() {
		s.resources = append(s.resources, s.wide(f))
	}
	s.others = s.operations()
	return s
}

// Handler returns the routes of the API, which stand at /api/v1.
func (s *Server) Handler() http.Handler { return s.readOnly(s.router()) }

// router has one route for each operation that the description names.
func (s *Server) router() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Use(middleware.Recover())
	g := e.Group(root, allowReading, problems, s.limit)
	for _, r := range s.resources {
		g.GET("/"+r.name, s.list(r))
	}
	for _, o := range s.others {
		g.GET(o.route(), o.handle)
	}
	g.RouteNotFound("/*", func(echo.Context) error { return errNoResource })
	return e
}

// root is where the API stands.
const root = "/api/v1"

// readOnly answers HEAD as GET (the HTTP server leaves the body out), tells other
// sites that they may read, and refuses every other method.
func (s *Server) readOnly(next http.Handler) http.Handler {
	const allowed = "GET, HEAD, OPTIONS"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
		case http.MethodHead:
			r = r.Clone(r.Context())
			r.Method = http.MethodGet
		case http.MethodOptions:
			h := w.Header()
			h.Set("Allow", allowed)
			h.Set("Access-Control-Allow-Origin", "*")
			h.Set("Access-Control-Allow-Methods", allowed)
			h.Set("Access-Control-Allow-Headers", "If-None-Match")
			h.Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
			return
		default:
			w.Header().Set("Allow", allowed)
			w.Header().Set("Access-Control-Allow-Origin", "*")
			refuse(w, r.Method)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuse answers a method that would write.
func refuse(w http.ResponseWriter, method string) {
	body, err := json.Marshal(problem{Type: "about:blank", Title: http.StatusText(http.StatusMethodNotAllowed),
		Status: http.StatusMethodNotAllowed, Detail: "method " + method + ": the API is read-only; ask with GET"})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(http.StatusMethodNotAllowed)
	_, _ = w.Write(body)
}

var errNoResource = errors.New("no such resource; /api/v1/openapi.json lists them")

// allowReading lets pages of other sites read the answers.
func allowReading(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, Deprecation, Sunset, Content-Disposition")
		h.Set("Link", "<"+root+`/openapi.json>; rel="service-desc"; type="application/openapi+json", </data/api>; rel="service-doc"`)
		return next(c)
	}
}

const problemType = "application/problem+json"

// A problem is an answer of RFC 9457. Parameter, Got and Allowed are ours.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Parameter string `json:"parameter,omitempty"`
	Got       string `json:"got,omitempty"`
	Allowed   string `json:"allowed,omitempty"`
}

// problems turns the kinds of error into problem details; what it does not know
// goes on to the error handler of the whole server, which logs it.
func problems(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if err == nil || c.Response().Committed {
			return err
		}
		if errors.Is(err, context.Canceled) {
			return err
		}
		p := problemOf(err)
		switch p.Status {
		case http.StatusInternalServerError:
			c.Logger().Error(err)
		case http.StatusServiceUnavailable:
			c.Response().Header().Set("Retry-After", "5")
		}
		body, err := json.Marshal(p)
		if err != nil {
			return err
		}
		h := c.Response().Header()
		for _, name := range []string{"ETag", echo.HeaderContentDisposition} { // of the answer that it is not
			h.Del(name)
		}
		return c.Blob(p.Status, problemType, body)
	}
}

// problemOf says what is wrong, and of a parameter what is allowed.
func problemOf(err error) problem {
	p := problem{Type: "about:blank", Detail: err.Error()}
	var parameter *report.ParameterError
	var httpErr *echo.HTTPError
	switch {
	case errors.As(err, &parameter):
		p.Status, p.Parameter, p.Got, p.Allowed = http.StatusBadRequest, parameter.Name, parameter.Got, parameter.Want
		p.Detail = parameter.Error()
	case errors.Is(err, report.ErrBadRequest):
		p.Status = http.StatusBadRequest
	case errors.Is(err, report.ErrNotFound), errors.Is(err, errNoResource):
		p.Status = http.StatusNotFound
	case errors.As(err, new(errNotAcceptable)):
		p.Status, p.Parameter = http.StatusNotAcceptable, "Accept"
	case errors.Is(err, errTooMany):
		p.Status = http.StatusTooManyRequests
	case errors.Is(err, report.ErrBusy):
		p.Status = http.StatusServiceUnavailable
	case errors.Is(err, report.ErrFull):
		p.Status = http.StatusInsufficientStorage
	case errors.As(err, &httpErr):
		p.Status = httpErr.Code
	default:
		p.Status, p.Detail = http.StatusInternalServerError, "the answer could not be made; the server's log says why"
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// etag names an answer by what it is made from, the program, the data and the day
// (deadlines pass by the clock), and by what was asked, in which form.
func (s *Server) etag(c echo.Context, as string) (string, error) {
	mark, err := s.db.DataMark(c.Request().Context())
	if err != nil {
		return "", err
	}
	day := s.Now().In(standard.China()).Format("20060102")
	sum := sha256.Sum256([]byte(s.Build + " " + day + " " + as + " " + c.Request().URL.RequestURI()))
	return `W/"` + strconv.FormatInt(mark, 10) + "-" + hex.EncodeToString(sum[:8]) + `"`, nil
}

// unchanged answers 304 where the caller has the current answer, and else sets the
// headers that let it ask so next time.
func (s *Server) unchanged(c echo.Context, as string) (bool, error) {
	tag, err := s.etag(c, as)
	if err != nil {
		return false, err
	}
	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	for known := range strings.SplitSeq(c.Request().Header.Get("If-None-Match"), ",") {
		if known = strings.TrimSpace(known); known == "*" || strings.TrimPrefix(known, "W/") == strings.TrimPrefix(tag, "W/") {
			return true, c.NoContent(http.StatusNotModified)
		}
	}
	return false, nil
}

// past refuses a run that never ended: a misspelt number would be an answer about now.
func (s *Server) past(ctx context.Context, run store.RunID) error {
	if run == 0 {
		return nil
	}
	ok, err := s.db.HasRun(ctx, run)
	if err == nil && !ok {
		err = &report.ParameterError{Name: "as_of", Got: strconv.FormatInt(int64(run), 10), Want: "the number of a run that has ended; /api/v1/runs lists them"}
	}
	return err
}
