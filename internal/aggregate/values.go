package aggregate

import (
	"context"
	"fmt"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Values calls f with every indicator of the agencies of a query and of the regions that
// they lie in, up to the province, a series each: regions in the order of their codes, a
// region before its agencies. One region is in memory at a time.
func (s *Service) Values(ctx context.Context, q store.Query, f func(Series) error) error {
	agencies, err := s.db.Coverage(ctx, q.Region, q.AsOf)
	if err != nil {
		return fmt.Errorf("values: %w", err)
	}
	asked := make(map[report.AgencyID]bool, len(agencies))
	regions := make(map[standard.RegionCode]bool) // true where its own sum is asked for
	for _, a := range agencies {
		asked[a.Agency.ID] = true
		home := peerRegion(a.Agency)
		regions[home] = within(q.Region, home)
		for r := home.Parent(); r != "" && within(q.Region, r); r = r.Parent() {
			regions[r] = true
		}
	}
	for _, region := range ordered(regions) {
		w, err := s.load(ctx, region, store.Query{AsOf: q.AsOf})
		if err != nil {
			return fmt.Errorf("values: %w", err)
		}
		if err := s.values(ctx, w, regions[region], asked, f); err != nil {
			return fmt.Errorf("values of %s: %w", region, err)
		}
	}
	return nil
}

// within reports whether a region is asked for; "" asks for all.
func within(asked, region standard.RegionCode) bool { return asked == "" || asked.Contains(region) }

func ordered(regions map[standard.RegionCode]bool) []standard.RegionCode {
	var list []standard.RegionCode
	for r := range regions {
		list = append(list, r)
	}
	slices.Sort(list)
	return list
}

// values calls f with the series of a region, where its sum is asked for, and with those of
// the agencies that are at home in it.
func (s *Service) values(ctx context.Context, w *world, sum bool, asked map[report.AgencyID]bool, f func(Series) error) error {
	for _, ind := range standard.Indicators() {
		if err := s.prepare(ctx, w, ind); err != nil {
			return err
		}
		if !sum {
			continue
		}
		if err := f(w.regionSeries(ind, w.years())); err != nil {
			return err
		}
	}
	for _, a := range w.agencies {
		if !asked[a.Agency.ID] || peerRegion(a.Agency) != w.region.Code {
			continue
		}
		years := w.agencyYears(a)
		for _, ind := range standard.Indicators() {
			if err := f(w.series(ind, a, years)); err != nil {
				return err
			}
		}
	}
	return nil
}
