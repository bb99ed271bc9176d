package aggregate

import (
	"context"
	"slices"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A part is n of d.
type part struct{ n, d int }

// counters fill the measures of reports that need more than their figures: their
// words, their addresses and their earlier versions.
func (s *Service) counters() map[standard.Measure]func(context.Context, *world, map[owedKey]part) error {
	return map[standard.Measure]func(context.Context, *world, map[owedKey]part) error{
		standard.ReuseMeasure: s.countReuse, standard.Availability: s.countReachable, standard.FixTime: s.countMended,
	}
}

// countReuse counts the shingles of each report that stand in the one of the year
// before. Reports come by agency and year, so one is kept at a time.
func (s *Service) countReuse(ctx context.Context, w *world, counts map[owedKey]part) error {
	var before *copyReport
	return s.db.EachProse(ctx, store.Query{Region: w.region.Code, AsOf: w.run}, func(p *store.Prose) error {
		now := newCopyReport(p)
		if before != nil && before.agency == now.agency && before.year == now.year-1 {
			var all part
			for _, n := range comparedSections() {
				a, b := now.sections[n], before.sections[n]
				if a != nil && b != nil {
					all.n += common(a.set, b.set)
					all.d += len(a.set)
				}
			}
			counts[owedKey{now.agency, now.year}] = all
		}
		before = now
		return nil
	})
}

// countReachable counts the reports that their address still answered with when it
// was last asked. A page that was blocked or did not answer says nothing.
func (s *Service) countReachable(ctx context.Context, w *world, counts map[owedKey]part) error {
	var portals []string
	for _, row := range w.agencies {
		portals = append(portals, row.Portals...)
	}
	slices.Sort(portals)
	for _, portal := range slices.Compact(portals) {
		states, err := s.db.PageStates(ctx, portal, w.run)
		if err != nil {
			return err
		}
		for key, v := range w.versions {
			switch states[v.URL] {
			case store.PageOK:
				counts[key] = part{1, 1}
			case store.PageGone, store.PageMissed:
				counts[key] = part{0, 1}
			}
		}
	}
	return nil
}

// countMended counts the errors of agencies that a later version mended, and the
// days from the first version that had each.
func (s *Service) countMended(ctx context.Context, w *world, counts map[owedKey]part) error {
	return s.db.EachHistory(ctx, store.Query{Region: w.region.Code, AsOf: w.run}, func(all []store.Version) error {
		since := make(map[string]time.Time)
		key := owedKey{all[0].Agency, all[0].Year}
		sum := counts[key]
		for i := range all {
			failing := make(map[string]bool)
			for _, f := range all[i].Findings {
				if f.Severity == report.Error && f.Attribution == report.ByAgency {
					failing[f.Violation()] = true
				}
			}
			for name, first := range since {
				if !failing[name] && all[i].Status.Counts() {
					sum.n += days(first, all[i].FoundAt)
					sum.d++
					delete(since, name)
				}
			}
			for name := range failing {
				if _, known := since[name]; !known {
					since[name] = all[i].FoundAt
				}
			}
		}
		counts[key] = sum
		return nil
	})
}

// A RuleCount is how often a rule failed in a region and year, and for how many
// units (indicators.md §7, errors_by_rule).
type RuleCount struct {
	Rule     standard.Rule
	Format   standard.Format // counts are not comparable between formats
	Severity report.Severity
	Findings int
	Units    []report.AgencyID // in roster order
}

// ErrorsByRule counts the findings of a region's reports of a year by rule, severity
// and format, in the order of the catalogue.
func (s *Service) ErrorsByRule(ctx context.Context, region standard.RegionCode, year int, asOf store.RunID) ([]RuleCount, error) {
	rows, err := s.Findings(ctx, region, year, asOf)
	if err != nil {
		return nil, err
	}
	w, err := s.load(ctx, region, store.Query{AsOf: asOf})
	if err != nil {
		return nil, err
	}
	type key struct {
		rule     string
		severity report.Severity
		format   standard.Format
	}
	counts := make(map[key]*RuleCount)
	var keys []key
	for _, row := range rows {
		k := key{rule: row.Rule, severity: row.Severity}
		if v := w.versions[owedKey{row.Agency, row.Year}]; v != nil {
			k.format = v.Format
		}
		if counts[k] == nil {
			rule, _ := standard.RuleOf(row.Rule)
			counts[k] = &RuleCount{Rule: rule, Format: k.format, Severity: k.severity}
			keys = append(keys, k)
		}
		c := counts[k]
		c.Findings++
		if n := len(c.Units); n == 0 || c.Units[n-1] != row.Agency {
			c.Units = append(c.Units, row.Agency)
		}
	}
	return inCatalogue(keys, func(k key) string { return k.rule }, func(k key) RuleCount { return *counts[k] }), nil
}

// inCatalogue orders keys by the catalogue of rules, those of one rule as they came.
func inCatalogue[K comparable](keys []K, rule func(K) string, of func(K) RuleCount) []RuleCount {
	place := make(map[string]int)
	for i, r := range standard.Rules() {
		place[r.ID] = i
	}
	slices.SortStableFunc(keys, func(a, b K) int { return place[rule(a)] - place[rule(b)] })
	list := make([]RuleCount, len(keys))
	for i, k := range keys {
		list[i] = of(k)
	}
	return list
}
