package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"gongkai/internal/store"
)

// picked is the address of the two reports that a form of selects chose, nil where the
// address is no answer of that form. A side whose unit and year are as they were keeps
// its version.
func picked(c echo.Context) url.Values {
	out := url.Values{}
	for _, name := range []string{"a", "b"} {
		unit, year := c.QueryParam(name+"_unit"), c.QueryParam(name+"_year")
		if unit == "" || year == "" {
			return nil
		}
		out.Set(name, unit+"/"+year)
		if was := c.QueryParam(name); len(was) > len(out.Get(name)) && was[:len(out.Get(name))+1] == out.Get(name)+"/" {
			out.Set(name, was)
		}
	}
	if c.QueryParam("cells") == "all" {
		out.Set("cells", "all")
	}
	return out
}

// pickers are the selects of both sides: the watched units of the county that the
// side is of, and the years in which the register has reports of it.
func (s *Server) pickers(ctx context.Context, v *sidesView, sides [2]store.Version) error {
	rows, err := s.regions(ctx, "")
	if err != nil {
		return err
	}
	for i := range v.Sides {
		side := &v.Sides[i]
		a, err := s.Store.Agency(ctx, sides[i].Agency)
		if err != nil {
			return err
		}
		county := peerCounty(a.Region)
		agencies, err := s.Store.Agencies(ctx, county)
		if err != nil {
			return err
		}
		group := choiceGroup{Name: v.name(string(county))}
		from, to := side.Year, side.Year
		for _, row := range rows {
			if row.Code == county {
				group.Name = v.name(row.Name)
				if row.Reports > 0 {
					from, to = min(from, row.FromYear), max(to, row.ToYear)
				}
			}
		}
		for _, other := range unitsWithin(ctx, agencies) {
			if other.Watched || other.ID == a.ID {
				group.Options = append(group.Options, choice{Value: string(other.ID), Text: v.name(shortName(other)), Chosen: other.ID == a.ID})
			}
		}
		side.Units = []choiceGroup{group}
		for year := to; year >= from; year-- {
			side.Pick = append(side.Pick, choice{Value: strconv.Itoa(year), Text: strconv.Itoa(year), Chosen: year == side.Year})
		}
	}
	return nil
}

// changed keeps the sentences of a comparison that only one of the two has.
func changed(sections []sideSection) []sideSection {
	var list []sideSection
	for _, section := range sections {
		section.Rows = slices.DeleteFunc(slices.Clone(section.Rows), func(r sentenceRow) bool { return r.Same })
		if len(section.Rows) > 0 {
			list = append(list, section)
		}
	}
	return list
}
