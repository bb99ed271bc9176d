package aggregate

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Board answers the status board of a region and year; asOf 0 is now.
func (s *Service) Board(ctx context.Context, region standard.RegionCode, year int, asOf store.RunID) (Board, error) {
	w, err := s.load(ctx, region, store.Query{AsOf: asOf})
	if err != nil {
		return Board{}, fmt.Errorf("board of %s in %d: %w", region, year, err)
	}
	years := w.years()
	if year, err = w.chooseYear(years, year); err != nil {
		return Board{}, fmt.Errorf("board of %s: %w", region, err)
	}
	b := Board{Region: w.region, Path: w.path, Demo: w.demo, Year: year, Years: years, AsOf: w.asOf,
		Basis: w.basis(year), Curve: w.curve(year), CurveBefore: w.curve(year - 1)}
	across, err := s.across(ctx, w, year)
	if err != nil {
		return Board{}, fmt.Errorf("board of %s in %d: %w", region, year, err)
	}
	for _, row := range w.agencies {
		r := BoardRow{Owed: w.owed(row, year)}
		if r.Publication == "" {
			continue
		}
		if r.Version != 0 {
			if err := s.fill(ctx, w, &r, across[r.Agency.ID]); err != nil {
				return Board{}, fmt.Errorf("board of %s in %d: %w", region, year, err)
			}
		}
		b.Rows = append(b.Rows, r)
	}
	return b, nil
}

// across are the findings of a year's reports against each other, by agency. What
// the board shows of publication in columns of its own is left out.
func (s *Service) across(ctx context.Context, w *world, year int) (map[report.AgencyID][]report.Finding, error) {
	j := &judge{ctx: ctx, s: s, w: w}
	if err := j.apply(store.Query{Region: w.region.Code, FromYear: year, ToYear: year, AsOf: w.run}); err != nil {
		return nil, err
	}
	shown := []string{"publish.missing", "publish.late", "publish.maybe_late", "rollup.coverage"}
	of := make(map[report.AgencyID][]report.Finding)
	for _, one := range j.list {
		if one.Result == report.Fail && !slices.Contains(shown, one.Rule) {
			of[one.Agency.ID] = append(of[one.Agency.ID], one.Finding)
		}
	}
	return of, nil
}

// fill adds the findings and doubts of a published report.
func (s *Service) fill(ctx context.Context, w *world, r *BoardRow, across []report.Finding) error {
	v, err := s.db.VersionAt(ctx, r.Version, w.run)
	if err != nil {
		return err
	}
	r.Findings, r.Doubts, r.Problems, r.URL = append(v.Findings, across...), v.Reading.Doubts, v.Problems, v.URL
	rank := map[report.Severity]int{report.Error: 0, report.Warning: 1, report.Notice: 2}
	sort.SliceStable(r.Findings, func(i, j int) bool {
		return rank[r.Findings[i].Severity] < rank[r.Findings[j].Severity]
	})
	return nil
}

// curve counts the members' reports of a year by printed date, cumulative. Reports
// without a printed date are not in it.
func (w *world) curve(year int) []CurvePoint {
	var dates []report.Date
	for _, row := range w.members() {
		if v := w.versions[owedKey{row.Agency.ID, year}]; v != nil && !v.PublishedOn.IsZero() {
			dates = append(dates, v.PublishedOn)
		}
	}
	slices.SortFunc(dates, func(a, b report.Date) int { return day(a).Compare(day(b)) })
	var points []CurvePoint
	for i, d := range dates {
		if n := len(points); n > 0 && points[n-1].Day == d {
			points[n-1].Count = i + 1
			continue
		}
		points = append(points, CurvePoint{Day: d, Count: i + 1})
	}
	return points
}

// Owed answers what each agency of a region owes for the years asked for, in
// roster order and by year.
func (s *Service) Owed(ctx context.Context, q store.Query) ([]Owed, error) {
	w, err := s.load(ctx, q.Region, store.Query{AsOf: q.AsOf})
	if err != nil {
		return nil, fmt.Errorf("coverage of %s: %w", q.Region, err)
	}
	var list []Owed
	years := w.years()
	for _, row := range w.agencies {
		for _, year := range years {
			if q.FromYear != 0 && year < q.FromYear || q.ToYear != 0 && year > q.ToYear {
				continue
			}
			if o := w.owed(row, year); o.Publication != "" {
				list = append(list, o)
			}
		}
	}
	return list, nil
}
