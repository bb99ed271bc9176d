package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/standard"
)

// A RegionRow is a county that has agencies, with how many.
type RegionRow struct {
	Code     standard.RegionCode
	Name     string            // its own, without the regions above it
	Path     []standard.Region // from the widest down to it
	Demo     bool              // all its agencies are fictitious
	Agencies int
	Watched  int
	Reports  int // current reports of all years
	FromYear int // of the first report, 0 without any
	ToYear   int
}

// Regions returns the counties that have agencies, in the order of their codes. An
// agency of a city or a province stands under that region's own code.
func (db *DB) Regions(ctx context.Context) ([]RegionRow, error) {
	const query = `
		SELECT a.county, COUNT(*), SUM(CASE WHEN a.watched THEN 1 ELSE 0 END),
			MIN(CASE WHEN a.demo THEN 1 ELSE 0 END) = 1,
			COALESCE(SUM(v.reports), 0), COALESCE(MIN(v.first_year), 0), COALESCE(MAX(v.last_year), 0)
		FROM agencies AS a
		LEFT JOIN (
			SELECT agency, COUNT(*) AS reports, MIN(year) AS first_year, MAX(year) AS last_year
			FROM versions WHERE until_run IS NULL GROUP BY agency
		) AS v ON v.agency = a.id
		WHERE a.until_run IS NULL
		GROUP BY a.county ORDER BY a.county`
	all, err := collect(ctx, db.read, query, func(row scanner) (r RegionRow, err error) {
		err = row.Scan(&r.Code, &r.Agencies, &r.Watched, &r.Demo, &r.Reports, &r.FromYear, &r.ToYear)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("regions: %w", err)
	}
	return all, db.NameRegions(ctx, all)
}

// NameRegions sets the names and paths of regions.
func (db *DB) NameRegions(ctx context.Context, all []RegionRow) error {
	names, err := db.regionNames(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		all[i].Path = regionPath(all[i].Code, names)
		all[i].Name = string(all[i].Code)
		if n := len(all[i].Path); n > 0 && all[i].Path[n-1].Code == all[i].Code {
			all[i].Name = all[i].Path[n-1].Name
		}
	}
	return nil
}

// RegionPath returns the regions from the widest down to code, as far as the
// national roster or SetRegionName names them.
func (db *DB) RegionPath(ctx context.Context, code standard.RegionCode) ([]standard.Region, error) {
	names, err := db.regionNames(ctx)
	if err != nil {
		return nil, err
	}
	return regionPath(code, names), nil
}

// regionPath prefers the national roster: a region that it has keeps its name.
func regionPath(code standard.RegionCode, names map[standard.RegionCode]string) []standard.Region {
	path := standard.RegionPath(code)
	if len(path) > 0 {
		return path
	}
	for c := code; c != ""; c = c.Parent() {
		if name := names[c]; name != "" {
			path = append(path, standard.Region{Code: c, Name: name})
		}
	}
	slices.Reverse(path)
	return path
}

// SetRegionName names a region that the national roster does not have, such as the
// fictitious district of the demonstration.
func (db *DB) SetRegionName(ctx context.Context, code standard.RegionCode, name string) error {
	return db.setMeta(ctx, regionMeta+string(code), name)
}

// regionMeta begins the names under which meta keeps the names of regions.
const regionMeta = "region/"

// regionNames returns the names given with SetRegionName.
func (db *DB) regionNames(ctx context.Context) (map[standard.RegionCode]string, error) {
	const query = `SELECT name, value FROM meta WHERE name >= ? AND name < ?`
	names := make(map[standard.RegionCode]string)
	_, err := collect(ctx, db.read, query, func(row scanner) (_ struct{}, err error) {
		var name, value string
		err = row.Scan(&name, &value)
		names[standard.RegionCode(strings.TrimPrefix(name, regionMeta))] = value
		return struct{}{}, err
	}, regionMeta, regionMeta+":")
	if err != nil {
		return nil, fmt.Errorf("names of regions: %w", err)
	}
	return names, nil
}

// setMeta keeps a value under a name, in place of the one before.
func (db *DB) setMeta(ctx context.Context, name, value string) error {
	const query = `
		INSERT INTO meta (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`
	if _, err := db.write.ExecContext(ctx, query, name, value); err != nil {
		return fmt.Errorf("keep %s: %w", name, explain(err))
	}
	return nil
}
