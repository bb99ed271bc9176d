package store

import (
	"context"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A QueueRow is a current version that needs review.
type QueueRow struct {
	ID         VersionID
	Agency     report.AgencyID
	AgencyName string
	Region     standard.RegionCode
	Year       int
	Number     int
	Format     standard.Format
	FoundAt    time.Time
	Demo       bool
	Settled    int // cells that people have settled
	Waiting    int // of these, those that wait for a second pair of eyes
}

// Queue returns the current versions that need review, of some regions and all below,
// none for all; the newest report year first, then in roster order.
func (db *DB) Queue(ctx context.Context, regions []standard.RegionCode) ([]QueueRow, error) {
	query := `
		SELECT v.id, v.agency, a.name, a.region, v.year, v.number, r.format, v.found_at, a.demo,
			(SELECT COUNT(*) FROM corrections AS c WHERE c.version = v.id AND c.ended_at = 0),
			(SELECT COUNT(*) FROM corrections AS c WHERE c.version = v.id AND c.ended_at = 0 AND c.from_run = 0)
		FROM readings AS r
		JOIN versions AS v ON v.id = r.version AND v.until_run IS NULL
		JOIN agencies AS a ON a.id = v.agency AND a.until_run IS NULL
		WHERE r.status = ? AND r.until_run IS NULL`
	args := []any{report.NeedsReview}
	for i, code := range regions {
		from, to := within(code)
		if i == 0 {
			query += ` AND (a.region >= ? AND a.region < ?`
		} else {
			query += ` OR a.region >= ? AND a.region < ?`
		}
		args = append(args, from, to)
	}
	if len(regions) > 0 {
		query += `)`
	}
	all, err := collect(ctx, db.read, query+` ORDER BY v.year DESC, a.county, a.position, v.id`, func(row scanner) (q QueueRow, err error) {
		var found int64
		err = row.Scan(&q.ID, &q.Agency, &q.AgencyName, &q.Region, &q.Year, &q.Number, &q.Format, &found, &q.Demo, &q.Settled, &q.Waiting)
		q.FoundAt = fromMillis(found)
		return q, err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("review queue: %w", err)
	}
	return all, nil
}
