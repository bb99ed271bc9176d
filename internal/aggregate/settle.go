package aggregate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
	counties, err := s.unsettled(ctx, ended)
	if err != nil || counties == nil {
		return err
	}
	if err := s.settleRegions(ctx, ended, counties); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	return nil
}

// Unsettled reports whether there is anything for Settle to make.
func (s *Service) Unsettled(ctx context.Context) (bool, error) {
	settled, ended, err := s.db.Settled(ctx)
	if err != nil || !settled {
		return false, err
	}
	counties, err := s.unsettled(ctx, ended)
	return counties != nil, err
}

// unsettled returns the counties that are to be settled: nil where the state is settled
// already, and none where nothing changed but the state.
func (s *Service) unsettled(ctx context.Context, ended int64) ([]standard.RegionCode, error) {
	state, err := s.db.SettledAt(ctx, tallyMade(), 0)
	if errors.Is(err, report.ErrNotFound) {
		all, err := s.db.Counties(ctx)
		return append([]standard.RegionCode{}, all...), err
	}
	if err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	changed, err := s.db.Unsummed(ctx, tallyMade())
	if err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	if state.Ended == ended && len(changed) == 0 {
		return nil, nil
	}
	stirred, err := s.db.Stirred(ctx, state.Run)
	if err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	all := append([]standard.RegionCode{}, changed...)
	all = append(all, stirred...)
	slices.Sort(all)
	return slices.Compact(all), nil
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
