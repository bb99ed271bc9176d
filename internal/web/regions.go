package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// askedBy are the routes that name no place in their path, each with the parameters
// that limit what it answers to a place. Of other such routes a reader whose account is
// limited to regions reads none.
var askedBy = map[string][]string{
	"/compare": {"units", "region"}, "/charts/compare/:name": {"units"}, "/embed/compare/:name": {"units"}, "/compare/reports": {"a"},
	"/leads": {"region"}, "/search": {"region"}, "/corrections": {"region"}, "/indicators/:id": {"region"}, "/charts/indicators/:id/:name": {"region"}, "/embed/indicators/:id/:name": {"region"},
	"/changes": {"region"}, "/changes.atom": {"region"}, "/changes.json": {"region"}, "/feeds/:name": {"region", "agency"},
	"/api/v1/*": {"region", "agency", "units"},
}

// placeless are the routes that tell nothing of any place.
func placeless(c echo.Context) bool {
	route, path := c.Path(), c.Request().URL.Path
	switch route {
	case "/methods", "/indicators", "/check", "/logout", "/data", "/data/api", "/data/dictionary", "/data/guide", "/report-error",
		"/account", "/account/password", "/account/sessions":
		return true
	case "/api/v1/*":
		return path == "/api/v1/openapi.json" || path == "/api/v1/indicators" || path == "/api/v1/dictionary"
	}
	return route == "/admin" || strings.HasPrefix(route, "/admin/") // each asks for the region of what it changes
}

// withinRegions lets a reader whose account is limited to regions read what names a
// place in them, and nothing that names none: what is not known to be theirs is not.
func (s *Server) withinRegions(c echo.Context, a people.Actor) error {
	switch {
	case placeless(c):
		return nil
	case c.Path() == "/":
		return errElsewhere{"/regions/" + string(a.Regions[0])}
	case c.Path() == "/status":
		return errElsewhere{fmt.Sprintf("/status/%s/%d", a.Regions[0], s.Now().In(standard.China()).Year()-1)}
	}
	places, err := s.placesOf(c)
	if err != nil {
		return err
	}
	if len(places) == 0 {
		return people.ErrForbidden
	}
	for _, code := range places {
		if !a.Covers(code) {
			return people.ErrForbidden
		}
	}
	return nil
}

// errElsewhere leads to where the reader may read.
type errElsewhere struct{ path string }

// Error implements error.
func (e errElsewhere) Error() string { return "see " + e.path }

// placesOf are the regions that an address is about: those that its path names, or
// where it names none those of the parameters that limit it. A parameter that names a
// place counts wherever it stands, so that none leads past the path.
func (s *Server) placesOf(c echo.Context) ([]standard.RegionCode, error) {
	var named []string
	for _, name := range []string{"code", "agency", "unit"} {
		if v := c.Param(name); v != "" {
			named = append(named, v)
		}
	}
	if strings.HasPrefix(c.Path(), "/agencies/:id") || strings.Contains(c.Path(), "/agencies/:id/") {
		named = append(named, c.Param("id"))
	}
	if parts := strings.Split(c.Param("*"), "/"); c.Path() == "/api/v1/*" && len(parts) > 1 {
		if parts[0] != "reports" {
			return nil, nil
		}
		named = append(named, parts[1])
	}
	if hash := c.Param("hash"); hash != "" {
		return s.placesOfOriginal(c, report.SHA256(hash))
	}
	q := c.QueryParams()
	limited := len(named) > 0
	for _, name := range []string{"region", "agency", "units", "unit", "a", "b"} {
		values := listed(q, name)
		limited = limited || len(values) > 0 && slices.Contains(askedBy[c.Path()], name)
		for _, v := range values {
			if name == "a" || name == "b" {
				v, _, _ = strings.Cut(v, "/") // of a report: agency/year
			}
			named = append(named, v)
		}
	}
	if !limited {
		return nil, nil
	}
	var codes []standard.RegionCode
	for _, name := range named {
		a, err := s.Store.Agency(ctxOf(c), report.AgencyID(name))
		switch {
		case err == nil:
			codes = append(codes, a.Region)
		case errors.Is(err, report.ErrNotFound):
			codes = append(codes, standard.RegionCode(name))
		default:
			return nil, err
		}
	}
	return codes, nil
}

func listed(q url.Values, name string) []string {
	var all []string
	for _, v := range q[name] {
		for _, one := range strings.Split(v, ",") {
			if one = strings.TrimSpace(one); one != "" {
				all = append(all, one)
			}
		}
	}
	return all
}

// placesOfOriginal are the regions of the agencies whose reports were read from bytes.
func (s *Server) placesOfOriginal(c echo.Context, hash report.SHA256) ([]standard.RegionCode, error) {
	return s.Store.RegionsOfOriginal(ctxOf(c), hash)
}

// limitKey is under what the context of a request keeps the reader whose account is limited
// to regions, where reading is closed: what a page offers beside what it was asked for is of
// those regions alone.
type limitKey struct{}

// covered reports whether a request may tell of a region.
func covered(ctx context.Context, code standard.RegionCode) bool {
	a, limited := ctx.Value(limitKey{}).(people.Actor)
	return !limited || a.Covers(code)
}

// regionsWithin are those of some regions that a request may tell of.
func regionsWithin(ctx context.Context, rows []store.RegionRow) []store.RegionRow {
	return slices.DeleteFunc(slices.Clone(rows), func(r store.RegionRow) bool { return !covered(ctx, r.Code) })
}

// unitsWithin are those of some agencies that a request may tell of.
func unitsWithin(ctx context.Context, all []report.Agency) []report.Agency {
	return slices.DeleteFunc(slices.Clone(all), func(a report.Agency) bool { return !covered(ctx, a.Region) })
}

// runWithin is what a request may tell of a run: of portals of those regions alone.
func (s *Server) runWithin(ctx context.Context, run store.Run) store.Run {
	if _, limited := ctx.Value(limitKey{}).(people.Actor); !limited {
		return run
	}
	ours := make(map[string]bool)
	if s.Portals != nil {
		files, err := s.Portals.List()
		if err != nil {
			s.Log.Error("portal files", "err", err) // none is known to be of the region
		}
		for _, f := range files {
			ours[f.ID] = covered(ctx, standard.RegionCode(f.Region))
		}
	}
	run.Message = "" // it may name any portal
	run.Portals = slices.DeleteFunc(slices.Clone(run.Portals), func(p store.PortalRun) bool { return !ours[p.Portal] })
	return run
}
