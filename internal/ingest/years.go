package ingest

import (
	"context"
	"errors"

	"gongkai/internal/check"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// judge applies the rules to a report of which it is known whose it is and for which
// year: with the two years before it, as they are kept. What a report says and how far
// it may be trusted does not change by it; what contradicts the year before does.
func (w *portalWork) judge(ctx context.Context, f *found, a *report.Agency, year int) error {
	if f.Reading.Format == "" {
		return nil // there is nothing to compare, and its reader has said why
	}
	out, err := w.outcome(ctx, f.Reading, a, year)
	if err == nil {
		f.Outcome = out
	}
	return err
}

// outcome is what the rules say of the report of an agency for a year.
func (w *portalWork) outcome(ctx context.Context, r *report.Reading, a *report.Agency, year int) (check.Outcome, error) {
	before, err := w.Store.Readings(ctx, a.ID, year-2, year-1)
	if err != nil {
		return check.Outcome{}, err
	}
	return check.Report(r, check.Context{Agency: a, Kind: a.Kind, Neighbours: w.register.neighbours(a),
		Previous: before[year-1], Earlier: before[year-2]}), nil
}

// recheck applies the rules again to the two years after one that has changed. Only
// what contradicts other years can change, so a recheck makes no version and no status.
func (w *portalWork) recheck(ctx context.Context, run store.RunID, a *report.Agency, changed int) error {
	after, err := w.Store.CurrentVersions(ctx, a.ID, changed+1, changed+2)
	if err != nil {
		return err
	}
	for _, id := range after {
		v, err := w.Store.Version(ctx, id)
		if err != nil {
			return err
		}
		if v.Format == "" {
			continue
		}
		out, err := w.outcome(ctx, &v.Reading, a, v.Year)
		if err != nil {
			return err
		}
		if out.Status != v.Status {
			// The rules themselves are newer: that is compared before it is published.
			w.log.Warn("rules judge otherwise than they did; compare with `dashboard reread --all`", "agency", a.ID, "year", v.Year,
				"status", v.Status, "now", out.Status)
			continue
		}
		if _, err := w.Store.ReplaceFindings(ctx, run, id, out.Findings); err != nil && !errors.Is(err, report.ErrNotFound) {
			return err
		}
	}
	return nil
}
