package aggregate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A Judged is what a rule across reports said of one report: its peers, the looks
// at its portal, its other versions or the whole that it belongs to.
type Judged struct {
	Agency        report.Agency
	Year          int
	Version       store.VersionID // 0 where there is none
	Status        report.Status
	Rule, Subject string
	Result        report.Result
	Why           string         // in Chinese, where Result is open or n/a
	Finding       report.Finding // whole where Result is fail
}

// WithThresholds returns a Service that judges by these thresholds in place of the
// catalogue's.
func (s *Service) WithThresholds(t standard.Thresholds) *Service {
	with := *s
	with.thresholds, with.memory = t, newMemory()
	return &with
}

// Thresholds are those in force in place of the catalogue's.
func (s *Service) Thresholds() standard.Thresholds { return s.thresholds }

// A judge collects what the rules across reports say of a region's reports.
type judge struct {
	ctx  context.Context
	s    *Service
	w    *world
	list []Judged
}

// Judge applies the rules across reports to the reports of a region for the years
// asked for, all where none are. What copy.* say is in Copies.
func (s *Service) Judge(ctx context.Context, q store.Query) ([]Judged, error) {
	// The year before the first is compared with; no earlier one is needed.
	w, err := s.load(ctx, q.Region, store.Query{AsOf: q.AsOf, FromYear: max(q.FromYear-1, 0), ToYear: q.ToYear})
	if err != nil {
		return nil, fmt.Errorf("rules across reports of %s: %w", q.Region, err)
	}
	j := &judge{ctx: ctx, s: s, w: w}
	if err := j.apply(q); err != nil {
		return nil, fmt.Errorf("rules across reports of %s: %w", q.Region, err)
	}
	return j.list, nil
}

// apply applies all rules but those of copied text.
func (j *judge) apply(q store.Query) error {
	for _, step := range []func(store.Query) error{j.publication, j.gone, j.peers, j.rollUps, j.revisions} {
		if err := step(q); err != nil {
			return err
		}
	}
	return nil
}

// asked are the years of the region that a query asks for.
func (w *world) asked(q store.Query) []int {
	return slices.DeleteFunc(w.years(), func(year int) bool {
		return q.FromYear != 0 && year < q.FromYear || q.ToYear != 0 && year > q.ToYear
	})
}

// threshold returns a threshold of a rule that is in force.
func (j *judge) threshold(rule, name string) float64 { return j.s.thresholds.Of(rule, name) }

// say notes an answer other than fail, with its reason.
func (j *judge) say(o Owed, rule, subject string, result report.Result, why string) {
	j.list = append(j.list, Judged{Agency: o.Agency, Year: o.Year, Version: o.Version, Status: o.Status,
		Rule: rule, Subject: subject, Result: result, Why: why})
}

// fail notes a finding. Its rule, version, formula and thresholds are the
// catalogue's; a severity or attribution that is not given is the usual one.
func (j *judge) fail(o Owed, f report.Finding) {
	rule, _ := standard.RuleOf(f.Rule)
	f.RuleVersion, f.Formula, f.Threshold = rule.Version, rule.Formula.ZH, j.s.thresholds.Used(f.Rule)
	if f.Severity == "" {
		f.Severity = report.Severity(rule.Severity)
	}
	if f.Attribution == "" {
		f.Attribution = report.ByUnknown
	}
	j.list = append(j.list, Judged{Agency: o.Agency, Year: o.Year, Version: o.Version, Status: o.Status,
		Rule: f.Rule, Subject: f.Subject, Result: report.Fail, Finding: f})
}

// Findings returns the findings of a region's reports for a year, or all for 0:
// those of the reports themselves and those across reports, by roster order, year
// and rule. Their keys are stable over runs.
func (s *Service) Findings(ctx context.Context, region standard.RegionCode, year int, asOf store.RunID) ([]store.FindingRow, error) {
	return s.FindingsOf(ctx, store.Query{Region: region, FromYear: year, ToYear: year, AsOf: asOf})
}

// FindingsOf is Findings for a query. The words of reports are compared where it
// asks for one year, since a year is compared with the whole province.
func (s *Service) FindingsOf(ctx context.Context, q store.Query) ([]store.FindingRow, error) {
	rows, err := s.db.Findings(ctx, q, 0)
	if err != nil {
		return nil, err
	}
	judged, err := s.Judge(ctx, q)
	if errors.Is(err, report.ErrNotFound) {
		return rows, nil // the register has no agency there, or only had one
	}
	if err != nil {
		return nil, err
	}
	if q.FromYear != 0 && q.FromYear == q.ToYear {
		copies, err := s.Copies(ctx, q.Region, q.FromYear, q.AsOf)
		if err != nil {
			return nil, err
		}
		judged = append(judged, copies.Judged...)
	}
	for _, one := range judged {
		if one.Result == report.Fail && (len(q.Agencies) == 0 || slices.Contains(q.Agencies, one.Agency.ID)) {
			rows = append(rows, one.row())
		}
	}
	order, err := s.order(ctx, q.Region, q.AsOf)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b store.FindingRow) int {
		if a.Agency != b.Agency {
			return order[a.Agency] - order[b.Agency]
		}
		return a.Year - b.Year
	})
	return rows, nil
}

// order is the place of each agency in the roster.
func (s *Service) order(ctx context.Context, region standard.RegionCode, asOf store.RunID) (map[report.AgencyID]int, error) {
	rows, err := s.db.Coverage(ctx, region, asOf)
	if err != nil {
		return nil, err
	}
	at := make(map[report.AgencyID]int, len(rows))
	for i, row := range rows {
		at[row.Agency.ID] = i
	}
	return at, nil
}

// row is a finding as the store has them.
func (one Judged) row() store.FindingRow {
	return store.FindingRow{Finding: one.Finding, Key: one.Finding.Key(one.Agency.ID, one.Year), Agency: one.Agency.ID,
		AgencyName: one.Agency.Name, Year: one.Year, Version: one.Version, Status: one.Status}
}
