package aggregate

import (
	"context"
	"errors"
	"maps"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// An elsewhere is what sketches say of the reports of a province's other counties.
type elsewhere struct {
	counties []standard.RegionCode // in which a report may share words or a file with one here
	files    map[uint64]int        // how many reports there are of each file of a report here, by textHash
	fresh    []store.Sketches      // that were not kept
}

// readingsOf are current readings of a county and year, with the run since which the
// register says of the agency what it says.
type readingsOf map[int64]store.RunID

// look has a lookout look through the sketches of a year's reports of a region, but for
// those here. What was not sketched yet is, and kept.
func (s *Service) look(ctx context.Context, l *lookout, region, here standard.RegionCode, year int, asOf store.RunID) (elsewhere, error) {
	e := elsewhere{files: make(map[uint64]int)}
	current, err := s.readingsIn(ctx, store.Query{Region: region, FromYear: year, ToYear: year, AsOf: asOf}, here)
	if err != nil {
		return e, err
	}
	kept, err := s.db.SketchesOf(ctx, region, year, sketchMade)
	if err != nil {
		return e, err
	}
	bodies := make(map[standard.RegionCode][][]byte, len(current))
	for _, one := range kept {
		bodies[one.County] = append(bodies[one.County], one.Body)
	}
	for _, county := range slices.Sorted(maps.Keys(current)) {
		found, err := s.lookThrough(ctx, l, &e, county, year, current[county], bodies[county], asOf)
		if err != nil {
			return e, err
		}
		if found {
			e.counties = append(e.counties, county)
		}
	}
	if len(e.fresh) == 0 {
		return e, nil
	}
	return e, s.keepSketches(ctx, e.fresh)
}

// readingsIn are the current readings of a query by the county that their agencies are
// listed under, but for those here.
func (s *Service) readingsIn(ctx context.Context, q store.Query, here standard.RegionCode) (map[standard.RegionCode]readingsOf, error) {
	refs, err := s.db.ReadingRefs(ctx, q)
	if err != nil {
		return nil, err
	}
	current := make(map[standard.RegionCode]readingsOf)
	var last standard.RegionCode
	var readings readingsOf
	for _, ref := range refs {
		if here.Contains(ref.County) {
			continue
		}
		if ref.County != last || readings == nil {
			if last, readings = ref.County, current[ref.County]; readings == nil {
				readings = make(readingsOf)
				current[ref.County] = readings
			}
		}
		readings[ref.Reading] = ref.Listed
	}
	return current, nil
}

// lookThrough has a lookout look through the current reports of one county.
func (s *Service) lookThrough(ctx context.Context, l *lookout, e *elsewhere, county standard.RegionCode, year int, readings readingsOf, bodies [][]byte, asOf store.RunID) (found bool, err error) {
	see := func(one *sketch) error {
		if listed, ok := readings[one.reading]; !ok || listed != one.listed {
			return nil
		}
		delete(readings, one.reading)
		found = l.sees(one) || found
		if l.files[one.original] {
			e.files[one.original]++
		}
		return nil
	}
	for _, body := range bodies {
		if err := eachSketch(body, see); err != nil {
			return found, err
		}
	}
	if len(readings) == 0 {
		return found, nil
	}
	fresh := make(map[int]*store.Sketches)
	q := store.Query{Region: settledCode(county), FromYear: year, ToYear: year, AsOf: asOf}
	err = s.db.EachProse(ctx, q, func(p *store.Prose) error {
		if listed, ok := readings[p.Reading]; ok && listed == p.Listed {
			addSketch(fresh, county, p)
		}
		return nil
	})
	if err != nil || fresh[year] == nil {
		return found, err
	}
	e.fresh = append(e.fresh, *fresh[year])
	return found, eachSketch(fresh[year].Body, see)
}

// addSketch adds the sketch of a report to those of its year.
func addSketch(all map[int]*store.Sketches, county standard.RegionCode, p *store.Prose) {
	of := all[p.Year]
	if of == nil {
		of = &store.Sketches{County: county, Year: p.Year}
		all[p.Year] = of
	}
	of.Last = max(of.Last, p.Reading)
	of.Body = appendSketch(of.Body, newSketch(p.ReadingRef, newCopyReport(p)))
}

// keepSketches keeps sketches. What could not be kept is made again by the next who asks.
func (s *Service) keepSketches(ctx context.Context, all []store.Sketches) error {
	err := s.db.PutSketches(ctx, sketchMade, all)
	if errors.Is(err, report.ErrBusy) || errors.Is(err, report.ErrFull) {
		return nil
	}
	return err
}

// sketch makes the sketches of the reports that are not as they were in the state before,
// or of all that have none where there was no such state: nobody who reads waits for them.
func (s *Service) sketch(ctx context.Context, p *plan) error {
	counties := p.counties
	if p.since.Run != 0 {
		counties = slices.Sorted(maps.Keys(p.reports))
	}
	for some := range slices.Chunk(counties, atATime) {
		var all []store.Sketches
		for _, county := range some {
			fresh := make(map[int]*store.Sketches)
			if err := s.sketchCounty(ctx, p, county, fresh); err != nil {
				return err
			}
			for _, year := range slices.Sorted(maps.Keys(fresh)) {
				all = append(all, *fresh[year])
			}
		}
		if len(all) == 0 {
			continue
		}
		if err := s.keepSketches(ctx, all); err != nil {
			return err
		}
	}
	return nil
}

// sketchCounty adds the sketches of a county that a plan calls for.
func (s *Service) sketchCounty(ctx context.Context, p *plan, county standard.RegionCode, fresh map[int]*store.Sketches) error {
	q := store.Query{Region: settledCode(county), Since: p.since.Run}
	var known map[int64]store.RunID
	if p.since.Run != 0 {
		for _, one := range p.reports[county] {
			q.Agencies = append(q.Agencies, one.Agency)
			if q.FromYear == 0 || one.Year < q.FromYear {
				q.FromYear = one.Year
			}
			q.ToYear = max(q.ToYear, one.Year)
		}
		slices.Sort(q.Agencies)
		q.Agencies = slices.Compact(q.Agencies)
	} else {
		known = make(map[int64]store.RunID)
		err := s.db.SketchesIn(ctx, county, sketchMade, func(kept store.Sketches) error {
			return eachSketch(kept.Body, func(one *sketch) error { known[one.reading] = one.listed; return nil })
		})
		if err != nil {
			return err
		}
	}
	return s.db.EachProseBut(ctx, q, known, func(p *store.Prose) error { addSketch(fresh, county, p); return nil })
}
