package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gongkai/internal/report"
)

// A formerName is an agency under another id, with the last year it reported by it.
type formerName struct {
	id    report.AgencyID
	until int
}

// maxNames bounds how many new names of one agency are followed; a circle in the
// register ends there too.
const maxNames = 4

// formerNames returns the names that an agency had before, the latest first, as the
// register has them now. Mergers and splits are not among them: their extent differs.
func formerNames(ctx context.Context, q querier, agency report.AgencyID) ([]formerName, error) {
	return followNames(ctx, q, agency, `
		SELECT id, to_year FROM agencies
		WHERE heir = ? AND heir <> '' AND became = ? AND to_year > 0 AND until_run IS NULL`)
}

// laterNames returns the ids that an agency reports by since it was renamed, the next
// first, each with the last year of the name before it.
func laterNames(ctx context.Context, q querier, agency report.AgencyID) ([]formerName, error) {
	return followNames(ctx, q, agency, `
		SELECT heir, to_year FROM agencies
		WHERE id = ? AND heir <> '' AND heir <> id AND became = ? AND to_year > 0 AND until_run IS NULL`)
}

// followNames goes from an agency to the one that a query finds for it, of several to that of
// the latest year, and on from there. Most have none: the query does not sort.
func followNames(ctx context.Context, q querier, agency report.AgencyID, query string) (names []formerName, err error) {
	for len(names) < maxNames {
		found, err := collect(ctx, q, query, func(row scanner) (n formerName, err error) {
			return n, row.Scan(&n.id, &n.until)
		}, agency, report.Renamed)
		if err != nil {
			return nil, fmt.Errorf("other names of %s: %w", agency, err)
		}
		if len(found) == 0 {
			break
		}
		next := slices.MinFunc(found, func(a, b formerName) int { return cmp.Or(b.until-a.until, cmp.Compare(a.id, b.id)) })
		if slices.ContainsFunc(names, func(n formerName) bool { return n.id == next.id }) {
			break
		}
		names = append(names, next)
		agency = next.id
	}
	return names, nil
}

// NearVersions returns the current versions of an agency from one year to another, by
// year: those of years that it reported under another name too.
func (db *DB) NearVersions(ctx context.Context, agency report.AgencyID, from, to int) ([]VersionRef, error) {
	all, err := currentVersions(ctx, db.read, agency, from, to)
	if err != nil {
		return nil, err
	}
	return nearVersions(ctx, db.read, agency, from, to, all)
}

// nearVersions is NearVersions of a database or within a transaction, of which it is known
// what the agency has under this name.
func nearVersions(ctx context.Context, q querier, agency report.AgencyID, from, to int, all []VersionRef) ([]VersionRef, error) {
	if len(all) == to-from+1 {
		return all, nil
	}
	before, err := formerNames(ctx, q, agency)
	if err != nil {
		return nil, err
	}
	after, err := laterNames(ctx, q, agency)
	if err != nil {
		return nil, err
	}
	have := func(year int) bool {
		return slices.ContainsFunc(all, func(v VersionRef) bool { return v.Year == year })
	}
	add := func(id report.AgencyID, from, to int) error {
		more, err := currentVersions(ctx, q, id, from, to)
		for _, v := range more {
			if !have(v.Year) {
				all = append(all, v)
			}
		}
		return err
	}
	for _, n := range before {
		if err := add(n.id, from, min(to, n.until)); err != nil {
			return nil, err
		}
	}
	for _, n := range after {
		if err := add(n.id, max(from, n.until+1), to); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b VersionRef) int { return a.Year - b.Year })
	return all, nil
}
