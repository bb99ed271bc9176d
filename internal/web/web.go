// Package web serves the pages of the dashboard.
//
// In: questions in addresses. Out: pages in HTML, each from a view type and a
// template of its own, whole without scripts. A handler parses, asks, shows, and
// returns its error; one error handler makes a page of it. Every visible word goes
// through one catalogue (messages.go). The package computes no figure: what it
// shows, aggregate and store have said, and what it draws, charts has drawn.
package web

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"gongkai/internal/aggregate"
	"gongkai/internal/ingest"
	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Deps is what a Server needs.
type Deps struct {
	Figures *aggregate.Service
	Store   *store.DB
	// Bytes returns an archived original.
	Bytes func(ctx context.Context, hash report.SHA256) ([]byte, error)
	// API adds the routes below /api/v1; nil leaves them out.
	API func(*echo.Group)
	// OpenAPI returns the description of the API; nil where there is none.
	OpenAPI func() ([]byte, error)
	// Exports is the folder of the whole exports; "" where none are made.
	Exports string
	// Watch counts requests, and Metrics serves the counts under /metrics; nil leaves
	// them out.
	Watch   echo.MiddlewareFunc
	Metrics http.Handler
	// Ready returns nil once data can be shown; nil means at once.
	Ready func(ctx context.Context) error
	// Reader reads drafts, and originals that are shown.
	Reader ingest.Reader
	// People knows who may write; nil leaves out all that people do.
	People *people.Service
	Access Access
	// Portals is what administrators do with portals; nil leaves it out.
	Portals *PortalTools
	// Notices is what administrators do with notices; nil leaves it out.
	Notices *NoticeTools
	// Jobs is the queue; nil leaves it out.
	Jobs  Jobs
	Build string // of the program, for ETags
	Log   *slog.Logger
	Now   func() time.Time // the clock; nil means time.Now
}

// A Server serves the dashboard.
type Server struct {
	Deps
	echo   *echo.Echo
	assets *assets
	pages  *pages
	studio *studio
	made   *cache[madePage]
	// errorPace bounds how often one client reports errors.
	errorPace *pace
	draftPace *pace         // bounds how often one client has drafts read
	drafts    *ingest.Turns // of the drafts that are read at a time
	sessions  *scs.SessionManager
	read      readDocuments // by reviewers
}

// New returns a Server. It fails only where a template is broken.
func New(deps Deps) (*Server, error) {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{Deps: deps, echo: echo.New(), errorPace: newPace(2*time.Minute, 5),
		draftPace: newPace(6*time.Second, 10), drafts: ingest.NewTurns(draftsAtATime),
		made: newCache(madePages, func(p madePage) int { return len(p.body) + 1<<10 })}
	var err error
	if _, err = english(); err != nil {
		return nil, fmt.Errorf("texts in English: %w", err)
	}
	if s.assets, err = newAssets(); err != nil {
		return nil, fmt.Errorf("static files: %w", err)
	}
	if s.pages, err = newPages(s.assets); err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	if s.studio, err = newStudio(); err != nil {
		return nil, fmt.Errorf("pictures: %w", err)
	}
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = s.showError
	s.echo.IPExtractor = clients(s.Access.Proxies)
	s.echo.Pre(byAddress)
	if s.People != nil {
		s.sessions = s.People.Sessions(s.Access.Secure)
	}
	s.echo.Use(s.observed)
	if s.Watch != nil {
		s.echo.Use(s.Watch)
	}
	s.echo.Use(s.heardOut, middleware.Recover(), s.securityHeaders, s.accessible)
	s.routes()
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// routes is the whole map of addresses (design.md §5). Each answers in Chinese, and
// in English below /en (byAddress).
func (s *Server) routes() {
	zip := middleware.GzipWithConfig(middleware.GzipConfig{Level: 5, MinLength: 512})
	page := s.echo.Group("", s.tagged, s.kept, zip, s.narrowing)
	both := func(path string, h echo.HandlerFunc) {
		page.Match([]string{http.MethodGet, http.MethodHead}, path, h)
	}
	both("/", s.showHome)
	both("/regions/:code", s.showOverview)
	both("/agencies/:id", s.showAgency)
	both("/agencies/:id/sheet", s.showUnitSheet)
	both("/agencies/:id/sheet.zip", s.zipUnitSheet)
	both("/reports/:agency/:year", s.showReport)
	both("/reports/:agency/:year/cells/*", s.showCell)
	both("/compare", s.showCompare)
	both("/compare/reports", s.showSides)
	both("/compare/sheet", s.showQuestion)
	both("/compare/sheet.zip", s.zipQuestion)
	both("/search", s.showSearch)
	both("/leads", s.showLeads)
	both("/requests/:unit/:year", s.showAsking)
	both("/copies/:code/:year", s.showCopies)
	both("/procurement/:code", s.showQuoted)
	both("/report-error", s.showErrorForm)
	both("/status/:code/:year", s.showBoard)
	both("/status", s.goToBoard)
	both("/rollup/:code/:year", s.showRollUp)
	both("/indicators", s.showIndicators)
	both("/indicators/:id", s.showIndicator)
	both("/methods", s.showMethods)
	both("/changes", s.showChanges)
	s.feedRoutes(both)
	both("/originals/:hash/view", s.showOriginal)
	both("/check", s.showCheck)
	both("/corrections", s.showCorrections)
	s.pictureRoutes(both)
	s.echo.POST("/check", s.checkDraft, zip)
	s.echo.POST("/report-error", s.takeErrorReport, zip, middleware.BodyLimit("64K"))

	plain := func(path string, h echo.HandlerFunc) {
		s.echo.Match([]string{http.MethodGet, http.MethodHead}, path, h)
	}
	s.dataRoutes(both, plain)
	plain("/originals/:hash", s.serveOriginal)
	plain("/static/:name", s.assets.serve)
	plain("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	plain("/readyz", s.serveReady)
	if s.Metrics != nil {
		plain("/metrics", s.watchers(echo.WrapHandler(s.Metrics)))
	}
	plain("/robots.txt", func(c echo.Context) error {
		return c.String(http.StatusOK, "User-agent: *\nDisallow: /originals/\nDisallow: /en/originals/\n")
	})
	plain("/favicon.ico", serveIcon)
	plain("/site.webmanifest", s.serveManifest)
	s.peopleRoutes(zip)
	if s.API != nil {
		s.API(s.echo.Group("/api/v1", zip))
	}
}

// serveReady answers 200 once data can be shown.
func (s *Server) serveReady(c echo.Context) error {
	if s.Ready != nil {
		if err := s.Ready(c.Request().Context()); err != nil {
			return c.String(http.StatusServiceUnavailable, err.Error()+"\n")
		}
	}
	return c.String(http.StatusOK, "ready\n")
}

// policy is the content security policy of every page: nothing but our own files,
// no inline script, no inline style, and no frame around it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// powers are those of a browser that no page of ours uses.
const powers = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"

// securityHeaders goes before every answer; serveOriginal narrows the policy. Data and
// embeds are there for the pages of others, and so are they alone.
func (s *Server) securityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", powers)
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if path := c.Request().URL.Path; strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/embed/") {
			h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		}
		if s.Access.Secure {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		return next(c)
	}
}

// clients tells who asks: the other end of the line, or where that is a proxy of the
// operator's, whom the proxy names. Anybody can write such a name.
func clients(proxies []*net.IPNet) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(p))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// tagged gives pages an ETag made of what they depend on: the program, the data,
// the day (deadlines pass by the clock), the language and the address.
func (s *Server) tagged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		version, mark, err := s.Store.DataState(c.Request().Context())
		if err != nil {
			return err
		}
		c.Set(runKey, version)
		c.Set(markKey, mark)
		day := s.Now().In(standard.China()).Format("20060102")
		tag := fmt.Sprintf(`W/"%s-%s-%d-%s-%s"`, s.Build, s.assets.sum, mark, day, langOf(c))
		h := c.Response().Header()
		h.Set("ETag", tag)
		h.Set("Cache-Control", "no-cache")
		if matches(c.Request().Header.Get("If-None-Match"), tag) {
			return c.NoContent(http.StatusNotModified)
		}
		return next(c)
	}
}

// markKey is under what a request keeps the mark of the data that it shows.
const markKey = "mark"

// runKey is under what a request keeps the run whose data it shows.
const runKey = "run"

// matches reports whether an If-None-Match header names a tag.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimSpace(part); part == "*" || part == tag {
			return true
		}
	}
	return false
}
