package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/store"
)

// sumsHealth holds the sums of regions that are kept against the reports.
func sumsHealth(ctx context.Context, db *store.DB) (diagnosis, error) {
	const what = "各区划合计"
	sound, err := aggregate.New(db, time.Now).VerifySums(ctx)
	switch {
	case err != nil:
		return diagnosis{}, err
	case len(sound.Wrong) > 0:
		return ill(what, fmt.Sprintf("%d 个区划中 %d 个与报告不符，如 %s", sound.Counties, len(sound.Wrong), sound.Wrong[0]),
			"运行 dashboard doctor --sums 重新汇总"), nil
	}
	return well(what, "%d 个区划，已汇总的 %d 个与报告相符", sound.Counties, sound.Kept), nil
}

// sumAgain makes the kept sums of regions again from the reports.
func (s *settings) sumAgain(ctx context.Context) error {
	db, err := store.Open(ctx, s.DB)
	if err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	if err = errors.Join(db.DropSums(ctx), db.DropSketches(ctx)); err == nil {
		err = aggregate.New(db, time.Now).Settle(ctx)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	return nil
}
