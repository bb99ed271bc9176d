package web

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// withinRegions lets a reader whose account is limited to regions read what names a
// place in them, and nothing that names none: what is not known to be theirs is not.
func (s *Server) withinRegions(c echo.Context, a people.Actor) error {
	path := c.Request().URL.Path
	for _, free := range []string{"/methods", "/indicators", "/check", "/account", "/admin", "/logout", "/api/v1/openapi.json", "/api/v1/indicators"} {
		if path == free || strings.HasPrefix(path, free+"/") {
			return nil
		}
	}
	if path == "/" {
		return errElsewhere{"/regions/" + string(a.Regions[0])}
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

// placesOf are the regions that an address is about, "" for the whole country where it
// names something that we do not know.
func (s *Server) placesOf(c echo.Context) ([]standard.RegionCode, error) {
	var named []string
	parts := strings.Split(strings.Trim(c.Request().URL.Path, "/"), "/")
	switch {
	case len(parts) > 1 && (parts[0] == "regions" || parts[0] == "agencies" || parts[0] == "reports" || parts[0] == "status" || parts[0] == "rollup"):
		named = append(named, parts[1])
	case len(parts) > 3 && parts[0] == "api" && parts[2] == "reports":
		named = append(named, parts[3])
	case len(parts) > 1 && parts[0] == "originals":
		return s.placesOfOriginal(c, report.SHA256(parts[1]))
	}
	q := c.QueryParams()
	for _, name := range []string{"region", "agency", "units", "unit"} {
		named = append(named, listed(q, name)...)
	}
	var codes []standard.RegionCode
	for _, name := range named {
		if a, err := s.Store.Agency(ctxOf(c), report.AgencyID(name)); err == nil {
			codes = append(codes, a.Region)
		} else {
			codes = append(codes, standard.RegionCode(name))
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
