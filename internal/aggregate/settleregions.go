package aggregate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// settledAhead is for how many years beyond the clock's a region says what will be due:
// nothing needs to change for a deadline to pass.
const settledAhead = 2

// atATime is how many counties are settled in one transaction.
const atATime = 64

// A settler makes the region sums of one state. The rows of a state are read by nobody
// before it is marked, so they may come in many transactions.
type settler struct {
	*Service
	*plan
	run     store.RunID
	names   *interned
	changed map[standard.RegionCode]map[int]bool // years of regions whose sums are others now
}

// settleRegions settles counties and what lies above them, and marks the state.
func (s *Service) settleRegions(ctx context.Context, p *plan) error {
	t := &settler{Service: s, plan: p, names: newInterned(), changed: make(map[standard.RegionCode]map[int]bool)}
	for some := range slices.Chunk(p.counties, atATime) {
		if ok, err := t.settleCounties(ctx, some); err != nil || !ok {
			return err
		}
	}
	for _, digits := range []int{4, 2, 0} {
		if ok, err := t.settleAbove(ctx, digits); err != nil || !ok {
			return err
		}
	}
	_, err := s.db.KeepRegionSums(ctx, p.ended, tallyMade(), true, func(*store.RegionKeeper) error { return nil })
	return err
}

// settledCode is the code under which the sums of what is listed under a county, a city or
// a province itself are kept.
func settledCode(county standard.RegionCode) standard.RegionCode {
	if county.Level() == standard.CountyLevel {
		return county
	}
	return county.Own()
}

// settleCounties makes the sums of some counties; false where a run began meanwhile.
func (t *settler) settleCounties(ctx context.Context, counties []standard.RegionCode) (bool, error) {
	var touched []store.Touched
	for _, county := range counties {
		touched = append(touched, t.touched[county]...)
	}
	if err := t.db.FillTouched(ctx, t.since, touched); err != nil {
		return false, err
	}
	fresh := make(map[standard.RegionCode]map[int]store.RegionSum, len(counties))
	grown, err := t.growAll(ctx, counties, touched)
	if err != nil {
		return false, err
	}
	for _, county := range counties {
		if grown[county] != nil {
			continue
		}
		code := settledCode(county)
		rows, err := t.countyRows(ctx, code)
		if err != nil {
			return false, fmt.Errorf("county %s: %w", county, err)
		}
		fresh[code] = rows
	}
	return t.keep(ctx, fresh, grown)
}

// growAll brings the sums of those counties to this state of which that can be done.
func (t *settler) growAll(ctx context.Context, counties []standard.RegionCode, touched []store.Touched) (map[standard.RegionCode]*grown, error) {
	var all []*grown
	for _, county := range counties {
		n := len(t.touched[county])
		if n == 0 {
			continue
		}
		g, err := t.newGrown(ctx, county, touched[:n])
		touched = touched[n:]
		if err != nil && !errors.Is(err, errPatch) {
			return nil, fmt.Errorf("county %s: %w", county, err)
		}
		if err == nil {
			all = append(all, g)
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	if err := t.before(ctx, all); err != nil {
		return nil, err
	}
	done := make(map[standard.RegionCode]*grown, len(all))
	for _, g := range all {
		err := t.grow(g)
		if err == nil {
			done[g.county] = g
		} else if !errors.Is(err, errPatch) {
			return nil, fmt.Errorf("county %s: %w", g.county, err)
		}
	}
	return done, nil
}

// countyRows makes the rows of a county.
func (t *settler) countyRows(ctx context.Context, code standard.RegionCode) (map[int]store.RegionSum, error) {
	w, err := t.loadSums(ctx, code, 0)
	if noAgencies(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	head := regionHead{Agencies: len(w.agencies), Reports: len(w.list), Demo: w.demo}
	for _, a := range w.agencies {
		if a.Agency.Watched {
			head.Watched++
		}
	}
	for _, v := range w.list {
		if head.First == 0 || v.Year < head.First {
			head.First = v.Year
		}
		head.Last = max(head.Last, v.Year)
	}
	rows := map[int]store.RegionSum{0: {Region: code, Body: head.pack()}}
	first, last := w.reach()
	for year := first; first > 0 && year <= last; year++ {
		y, err := w.yearOf(year)
		if err != nil {
			return nil, err
		}
		rows[year] = rowOf(code, year, &y)
	}
	return rows, nil
}

// reach is from the first year that may be shown of a world to the last that may be before
// anything changes.
func (w *world) reach() (first, last int) {
	see := func(year int) {
		if first == 0 || year < first {
			first = year
		}
		last = max(last, year)
	}
	for _, v := range w.list {
		see(v.Year)
	}
	for _, a := range w.agencies {
		if a.Agency.From != 0 { // whether it is watched or not: regions beside it may be
			see(a.Agency.From)
			see(w.now.Year() + settledAhead)
		}
	}
	return first, last
}

// keep keeps rows that differ from those that hold, and notes which do.
func (t *settler) keep(ctx context.Context, fresh map[standard.RegionCode]map[int]store.RegionSum, grown map[standard.RegionCode]*grown) (bool, error) {
	return t.db.KeepRegionSums(ctx, t.ended, tallyMade(), false, func(k *store.RegionKeeper) error {
		t.run = k.Run()
		for _, region := range slices.Sorted(maps.Keys(fresh)) {
			if err := t.keepRegion(ctx, k, region, fresh[region]); err != nil {
				return fmt.Errorf("region %s: %w", region, err)
			}
		}
		for _, county := range slices.Sorted(maps.Keys(grown)) {
			if err := t.keepGrown(ctx, k, grown[county]); err != nil {
				return fmt.Errorf("county %s: %w", county, err)
			}
		}
		return nil
	})
}

func (t *settler) keepRegion(ctx context.Context, k *store.RegionKeeper, region standard.RegionCode, rows map[int]store.RegionSum) error {
	same := make(map[int]bool)
	var gone []int
	err := t.db.EachRegionSum(ctx, region, k.Run(), tallyMade(), func(was store.RegionSum) error {
		row, ok := rows[was.Year]
		if !ok {
			gone = append(gone, was.Year)
		}
		same[was.Year] = ok && bytes.Equal(row.Body, was.Body) && row.OpenAt == was.OpenAt && row.Found == was.Found
		return nil
	})
	if err != nil {
		return err
	}
	for _, year := range gone {
		t.note(region, year)
		if err := k.End(ctx, region, year); err != nil {
			return err
		}
	}
	for _, year := range slices.Sorted(maps.Keys(rows)) {
		if same[year] {
			continue
		}
		t.note(region, year)
		if err := k.Put(ctx, rows[year]); err != nil {
			return err
		}
	}
	return nil
}

func (t *settler) note(region standard.RegionCode, year int) {
	if t.changed[region] == nil {
		t.changed[region] = make(map[int]bool)
	}
	t.changed[region][year] = true
}

// settleAbove makes the sums of the regions of a level, 0 digits for the country, that
// have changed ones in them.
func (t *settler) settleAbove(ctx context.Context, digits int) (bool, error) {
	years := make(map[standard.RegionCode]map[int]bool)
	for region, of := range t.changed {
		above, ok := aboveOf(region)
		if !ok || len(above) != digits && !(digits == 0 && above == standard.Country) {
			continue
		}
		if years[above] == nil {
			years[above] = make(map[int]bool)
		}
		maps.Copy(years[above], of)
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(years)), atATime) {
		fresh := make(map[standard.RegionCode]map[int]store.RegionSum)
		for _, region := range some {
			rows, err := t.aboveRows(ctx, region, years[region])
			if err != nil {
				return false, fmt.Errorf("region %s: %w", region, err)
			}
			fresh[region] = rows
		}
		if ok, err := t.keepAbove(ctx, fresh, years); err != nil || !ok {
			return ok, err
		}
	}
	return true, nil
}

// aboveOf is the region that the sums of a region add to; false for the country.
func aboveOf(region standard.RegionCode) (standard.RegionCode, bool) {
	if of, own := region.Whose(); own {
		return of, true
	}
	if region == standard.Country {
		return "", false
	}
	if above := region.Parent(); above != "" {
		return above, true
	}
	return standard.Country, true
}

// aboveRows merges the sums of the regions in a region, of the years that changed.
func (t *settler) aboveRows(ctx context.Context, region standard.RegionCode, years map[int]bool) (map[int]store.RegionSum, error) {
	merged := make(map[int]*regionYear)
	var head regionHead
	any := false
	err := t.eachChild(ctx, region, years, func(row store.RegionSum) error {
		if !years[row.Year] {
			return nil
		}
		if row.Year == 0 {
			h, err := unpackHead(row.Body)
			head.merge(h)
			any = true
			return err
		}
		packed, err := unpackRegionYear(row.Year, bytes.Clone(row.Body))
		if err != nil {
			return err
		}
		y, err := packed.all(t.names)
		if err != nil {
			return err
		}
		if merged[row.Year] == nil {
			merged[row.Year] = &regionYear{alive: noYear}
		}
		merged[row.Year].merge(y)
		return nil
	})
	if err != nil {
		return nil, err
	}
	rows := make(map[int]store.RegionSum)
	if any {
		rows[0] = store.RegionSum{Region: region, Body: head.pack()}
	}
	for year, y := range merged {
		rows[year] = store.RegionSum{Region: region, Year: year, Body: y.pack()}
	}
	return rows, nil
}

// fewYears is of how many years the sums of the regions in a region are asked for year by
// year: of more all are read.
const fewYears = 4

// eachChild calls f with the sums of the regions in a region, of some years at least.
func (t *settler) eachChild(ctx context.Context, region standard.RegionCode, years map[int]bool, f func(store.RegionSum) error) error {
	if len(years) > fewYears {
		return t.db.EachChildSum(ctx, region, -1, t.run, tallyMade(), f)
	}
	for year := range years {
		if err := t.db.EachChildSum(ctx, region, year, t.run, tallyMade(), f); err != nil {
			return err
		}
	}
	return nil
}

// keepAbove keeps the rows of the years that were made again; others stay.
func (t *settler) keepAbove(ctx context.Context, fresh map[standard.RegionCode]map[int]store.RegionSum, years map[standard.RegionCode]map[int]bool) (bool, error) {
	return t.db.KeepRegionSums(ctx, t.ended, tallyMade(), false, func(k *store.RegionKeeper) error {
		for _, region := range slices.Sorted(maps.Keys(fresh)) {
			for _, year := range slices.Sorted(maps.Keys(years[region])) {
				t.note(region, year)
				row, ok := fresh[region][year]
				err := k.End(ctx, region, year)
				if ok {
					err = k.Put(ctx, row)
				}
				if err != nil {
					return fmt.Errorf("region %s in %d: %w", region, year, err)
				}
			}
		}
		return nil
	})
}
