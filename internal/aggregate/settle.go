package aggregate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Settle makes what pages of regions read in place of all reports, for the counties in
// which the runs since the last time changed a report, the register or what looking for
// reports came to, and then for the regions above them. It is for the end of a run:
// whoever asks before it is done is told the state before of a wide region, and has the
// sums of a county made.
func (s *Service) Settle(ctx context.Context) error {
	settled, ended, err := s.db.Settled(ctx)
	if err != nil || !settled {
		return err // while a run works nothing can be kept; its own end settles
	}
	plan, err := s.unsettled(ctx, ended)
	if err != nil || plan == nil {
		return err
	}
	if err := s.settleRegions(ctx, plan); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	if err := s.sketch(ctx, plan); err != nil {
		return fmt.Errorf("settle: sketches: %w", err)
	}
	return nil
}

// Unsettled reports whether there is anything for Settle to make.
func (s *Service) Unsettled(ctx context.Context) (bool, error) {
	settled, ended, err := s.db.Settled(ctx)
	if err != nil || !settled {
		return false, err
	}
	plan, err := s.unsettled(ctx, ended)
	return plan != nil, err
}

// A plan says what is to be made so that a state is settled.
type plan struct {
	ended    int64
	since    store.SettledState // the state that is settled, zero for none
	counties []standard.RegionCode
	reports  map[standard.RegionCode][]store.Touched // that are not as they were then
	touched  map[standard.RegionCode][]store.Touched // those of them in counties in which nothing else changed
}

// unsettled returns what is to be settled, nil where the state is settled already.
func (s *Service) unsettled(ctx context.Context, ended int64) (*plan, error) {
	p := &plan{ended: ended, reports: make(map[standard.RegionCode][]store.Touched)}
	state, err := s.db.SettledAt(ctx, tallyMade(), 0)
	if errors.Is(err, report.ErrNotFound) {
		p.counties, err = s.db.Counties(ctx)
		return p, err
	}
	if err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	p.since = state
	unsummed, err := s.db.Unsummed(ctx, tallyMade())
	if err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	if state.Ended == ended && len(unsummed) == 0 {
		return nil, nil
	}
	stirred, err := s.db.Stirred(ctx, state.Run)
	if err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	touched, err := s.db.Touched(ctx, state)
	if err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	for _, one := range touched {
		p.reports[one.County] = append(p.reports[one.County], one)
	}
	p.touched = maps.Clone(p.reports)
	for _, county := range stirred {
		delete(p.touched, county) // more than its reports changed
	}
	p.counties = slices.Concat(unsummed, stirred, slices.Collect(maps.Keys(p.reports)))
	slices.Sort(p.counties)
	p.counties = slices.Compact(p.counties)
	return p, nil
}

// A Sound says whether what is kept of sums is what the reports say.
type Sound struct {
	Counties int                   // looked at
	Kept     int                   // with sums that hold
	Wrong    []standard.RegionCode // whose sums differ from their reports
}

// VerifySums makes all sums again and compares them with those that are kept.
func (s *Service) VerifySums(ctx context.Context) (Sound, error) {
	var sound Sound
	regions, err := s.db.Counties(ctx)
	if err != nil {
		return sound, fmt.Errorf("verify sums: %w", err)
	}
	for _, county := range regions {
		kept, same, err := s.verifyCounty(ctx, county)
		if err != nil {
			return sound, fmt.Errorf("verify sums of %s: %w", county, err)
		}
		sound.Counties++
		if kept {
			sound.Kept++
		}
		if !same {
			sound.Wrong = append(sound.Wrong, county)
		}
	}
	return sound, nil
}

// verifyCounty compares what is kept of one county.
func (s *Service) verifyCounty(ctx context.Context, county standard.RegionCode) (kept, same bool, err error) {
	bodies := make(map[int][]byte)
	err = s.db.EachSum(ctx, county, 0, tallyMade(), func(sum store.Sum) error {
		if sum.County == county {
			bodies[sum.Year] = slices.Clone(sum.Body)
		}
		return nil
	})
	if err != nil {
		return false, false, err
	}
	rows, err := s.db.Coverage(ctx, county, 0)
	if err != nil {
		return false, false, err
	}
	for _, of := range byCounty(rows) {
		if countyOf(of[0].Agency.Region) == county {
			rows = of
			break
		}
	}
	all, err := s.db.Figures(ctx, store.Query{Region: county, Agencies: idsOf(rows)})
	if err != nil {
		return false, false, err
	}
	years, kept := bodies[0]
	fresh := talliesOf(rows, all)
	if kept && !bytes.Equal(years, packYears(yearsOf(fresh))) {
		return kept, false, nil
	}
	for year, t := range fresh {
		if body, ok := bodies[year]; ok && !bytes.Equal(body, t.pack()) {
			return kept, false, nil
		}
	}
	return kept, true, nil
}
