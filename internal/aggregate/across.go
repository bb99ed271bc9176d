package aggregate

import (
	"context"
	"errors"
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Across returns what the rules across reports find of one report, or of one that is not
// there: against its peers of the county, its looks, its other versions, the whole that it
// belongs to, and the words of others. The group is always the county's, so that a
// finding and the figures that it rests on are the same whoever asks.
func (s *Service) Across(ctx context.Context, a report.Agency, year int, asOf store.RunID) ([]report.Finding, error) {
	county := a.Region
	if len(county) > countyDigits {
		county = county[:countyDigits]
	}
	of, err := recall(ctx, s, "across", county, year, asOf, func() (map[report.AgencyID][]report.Finding, error) {
		return s.acrossCounty(ctx, county, year, asOf)
	})
	if err != nil {
		return nil, fmt.Errorf("findings across reports on %s for %d: %w", a.ID, year, err)
	}
	return of[a.ID], nil
}

// Beside is Across without the words of others, which are compared over a whole province:
// a county and year are judged once for each data version, quickly enough for a page.
func (s *Service) Beside(ctx context.Context, a report.Agency, year int, asOf store.RunID) ([]report.Finding, error) {
	county := a.Region
	if len(county) > countyDigits {
		county = county[:countyDigits]
	}
	judged, err := recall(ctx, s, "beside", county, year, asOf, func() ([]Judged, error) {
		return s.Judge(ctx, store.Query{Region: county, FromYear: year, ToYear: year, AsOf: asOf})
	})
	if errors.Is(err, report.ErrNotFound) {
		return nil, nil // the register had no agency there
	}
	var found []report.Finding
	for _, one := range judged {
		if one.Result == report.Fail && one.Agency.ID == a.ID && one.Year == year {
			found = append(found, one.Finding)
		}
	}
	return found, err
}

// countyDigits is the length of a county's code.
const countyDigits = 6

func (s *Service) acrossCounty(ctx context.Context, county standard.RegionCode, year int, asOf store.RunID) (map[report.AgencyID][]report.Finding, error) {
	of := make(map[report.AgencyID][]report.Finding)
	judged, err := s.Judge(ctx, store.Query{Region: county, FromYear: year, ToYear: year, AsOf: asOf})
	if errors.Is(err, report.ErrNotFound) {
		return of, nil
	}
	if err != nil {
		return nil, err
	}
	copies, err := s.Copies(ctx, county, year, asOf)
	if err != nil {
		return nil, err
	}
	for _, one := range append(judged, copies.Judged...) {
		if one.Result == report.Fail && one.Year == year {
			of[one.Agency.ID] = append(of[one.Agency.ID], one.Finding)
		}
	}
	return of, nil
}
