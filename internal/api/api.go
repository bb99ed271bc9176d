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
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A Server answers the addresses below /api/v1.
type Server struct {
	db        *store.DB
	agg       *aggregate.Service
	resources []resource
}

// New returns a Server over a database and what is computed from it.
func New(db *store.DB, agg *aggregate.Service) *Server {
	s := &Server{db: db, agg: agg}
	s.resources = []resource{
		s.regions(), s.agencies(), s.reports(), s.cells(), s.indicators(), s.series(), s.rankings(),
		s.coverage(), s.findings(), s.changes(), s.runs(), s.differences(), s.leads(), s.rollUp(), s.quotations(), s.fees(), s.copies(), s.errorsByRule(),
	}
	return s
}

// Handler returns the routes of the API, which stand at /api/v1.
func (s *Server) Handler() http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Use(middleware.Recover())
	g := e.Group("/api/v1", allowReading, problems)
	for _, r := range s.resources {
		g.GET("/"+r.name, s.list(r))
	}
	g.GET("/reports/:agency/:year", s.report)
	g.GET("/openapi.json", s.describe)
	g.RouteNotFound("/*", func(echo.Context) error { return errNoResource })
	return readOnly(e)
}

// readOnly answers HEAD as GET (the HTTP server leaves the body out), tells other
// sites that they may read, and refuses every other method.
func readOnly(next http.Handler) http.Handler {
	const allowed = "GET, HEAD, OPTIONS"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
		case http.MethodHead:
			r = r.Clone(r.Context())
			r.Method = http.MethodGet
		case http.MethodOptions:
			w.Header().Set("Allow", allowed)
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Allow-Methods", allowed)
			w.WriteHeader(http.StatusNoContent)
			return
		default:
			w.Header().Set("Allow", allowed)
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
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusMethodNotAllowed)
	_, _ = w.Write(body)
}

var errNoResource = errors.New("no such resource; /api/v1/openapi.json lists them")

// allowReading lets pages of other sites read the answers.
func allowReading(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Access-Control-Allow-Origin", "*")
		c.Response().Header().Set("Access-Control-Expose-Headers", "ETag, Link")
		return next(c)
	}
}

// A problem is an answer of RFC 9457.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Parameter string `json:"parameter,omitempty"`
}

// problems turns the kinds of error into problem details; what it does not know
// goes on to the error handler of the whole server, which logs it.
func problems(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if err == nil || c.Response().Committed {
			return err
		}
		p := problem{Type: "about:blank", Detail: err.Error()}
		var parameter *report.ParameterError
		var httpErr *echo.HTTPError
		switch {
		case errors.As(err, &parameter):
			p.Status, p.Parameter = http.StatusBadRequest, parameter.Name
			p.Detail = parameter.Error()
		case errors.Is(err, report.ErrBadRequest):
			p.Status = http.StatusBadRequest
		case errors.Is(err, report.ErrNotFound), errors.Is(err, errNoResource):
			p.Status = http.StatusNotFound
		case errors.Is(err, report.ErrBusy):
			p.Status = http.StatusServiceUnavailable
			c.Response().Header().Set("Retry-After", "5")
		case errors.As(err, &httpErr):
			p.Status = httpErr.Code
		case errors.Is(err, context.Canceled):
			return err
		default:
			c.Logger().Error(err)
			p.Status, p.Detail = http.StatusInternalServerError, "the answer could not be made; the server's log says why"
		}
		p.Title = http.StatusText(p.Status)
		body, err := json.Marshal(p)
		if err != nil {
			return err
		}
		return c.Blob(p.Status, "application/problem+json", body)
	}
}

// etag names an answer by the data it is made from and by what was asked.
func (s *Server) etag(c echo.Context) (string, error) {
	version, err := s.db.DataVersion(c.Request().Context())
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(c.Request().URL.RequestURI()))
	return `W/"` + strconv.FormatInt(int64(version), 10) + "-" + hex.EncodeToString(sum[:8]) + `"`, nil
}

// unchanged answers 304 where the caller has the current answer, and else sets the
// headers that let it ask so next time.
func (s *Server) unchanged(c echo.Context) (bool, error) {
	tag, err := s.etag(c)
	if err != nil {
		return false, err
	}
	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	for _, known := range strings.Split(c.Request().Header.Get("If-None-Match"), ",") {
		if strings.TrimSpace(known) == tag {
			return true, c.NoContent(http.StatusNotModified)
		}
	}
	return false, nil
}
