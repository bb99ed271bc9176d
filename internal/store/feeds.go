package store

import (
	"context"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A FeedQuery says whose news are asked for; the newest come first.
type FeedQuery struct {
	Region standard.RegionCode // it and all below; "" for all
	Agency report.AgencyID     // "" for all
	Rule   string              // of findings; "" for all
	Limit  int
}

// A NewFinding is a finding on a current version with when it was first made as it is.
type NewFinding struct {
	FindingRow
	Region standard.RegionCode
	Demo   bool
	At     time.Time
}

// NewFindings returns the findings on current versions, those of the newest readings
// first. A newer reading that comes to the same finding does not make it new.
func (db *DB) NewFindings(ctx context.Context, q FeedQuery) ([]NewFinding, error) {
	from, to := within(q.Region)
	query := `
		SELECT f.key, f.finding, v.agency, a.name, v.year, v.id, r.status, a.region, a.demo,
			(SELECT MIN(n.started_at) FROM findings AS f2
				JOIN readings AS r2 ON r2.id = f2.reading
				JOIN versions AS v2 ON v2.id = r2.version
				JOIN runs AS n ON n.id = r2.from_run
				WHERE v2.agency = v.agency AND v2.year = v.year AND f2.key = f.key AND f2.finding = f.finding)
		FROM agencies AS a
		JOIN versions AS v ON v.agency = a.id AND v.until_run IS NULL
		JOIN readings AS r ON r.version = v.id AND r.until_run IS NULL
		JOIN findings AS f ON f.reading = r.id
		WHERE a.until_run IS NULL AND a.region >= ? AND a.region < ?`
	args := []any{from, to}
	if q.Agency != "" {
		query += " AND a.id = ?"
		args = append(args, q.Agency)
	}
	if q.Rule != "" {
		query += " AND f.rule = ?"
		args = append(args, q.Rule)
	}
	query += " ORDER BY r.from_run DESC, r.id DESC, f.ordinal LIMIT ?"
	all, err := collect(ctx, db.read, query, func(row scanner) (f NewFinding, err error) {
		var text string
		var at int64
		if err = row.Scan(&f.Key, &text, &f.Agency, &f.AgencyName, &f.Year, &f.Version, &f.Status, &f.Region, &f.Demo, &at); err != nil {
			return f, err
		}
		f.At = fromMillis(at)
		return f, fromJSON(text, &f.Finding)
	}, append(args, q.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("new findings in %s: %w", q.Region, err)
	}
	return all, nil
}

// News returns the changes of some kinds, newest first.
func (db *DB) News(ctx context.Context, q FeedQuery, kinds ...Change) ([]ChangeRow, error) {
	query, args := selectChanges+` WHERE c.kind IN (`+marks(len(kinds))+`)`, []any{last, last}
	if q.Region != "" {
		from, to := within(q.Region)
		query = selectChanges + ` WHERE a.region >= ? AND a.region < ? AND c.kind IN (` + marks(len(kinds)) + `)`
		args = append(args, from, to)
	}
	for _, k := range kinds {
		args = append(args, k)
	}
	if q.Agency != "" {
		query += " AND a.id = ?"
		args = append(args, q.Agency)
	}
	query += " ORDER BY c.id DESC LIMIT ?"
	all, err := collect(ctx, db.read, query, scanChange, append(args, q.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("news in %s: %w", q.Region, err)
	}
	return all, nil
}
