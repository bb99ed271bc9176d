// Package judging applies the rules to reports that are kept, beside what is known of their
// agency and of the two years before: when a person has corrected a figure, and when the
// register has changed.
//
// A refresh judges what it reads by itself (internal/ingest), from its own memory. Both must
// say the same of the same report.
package judging

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gongkai/internal/check"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A Judge applies the rules to the reports of a database.
type Judge struct {
	DB         *store.DB
	Thresholds standard.Thresholds // of the settings, in place of the catalogue's
}

// Outcome is what the rules say of a report of an agency for a year.
func (j Judge) Outcome(ctx context.Context, r *report.Reading, agency report.AgencyID, year int) (check.Outcome, error) {
	a, err := j.DB.Agency(ctx, agency)
	if err != nil {
		return check.Outcome{}, err
	}
	others, err := j.DB.Agencies(ctx, a.Region.County())
	if err != nil {
		return check.Outcome{}, err
	}
	return j.among(ctx, r, &a, year, others)
}

// among is Outcome of a report whose agency is one of those of a county.
func (j Judge) among(ctx context.Context, r *report.Reading, a *report.Agency, year int, county []report.Agency) (check.Outcome, error) {
	before, err := j.DB.Readings(ctx, a.ID, year-2, year-1)
	if err != nil {
		return check.Outcome{}, err
	}
	with := check.Context{Agency: a, Kind: a.Kind, Previous: before[year-1].Reading, Earlier: before[year-2].Reading,
		Register: county, Thresholds: j.Thresholds}
	for _, other := range county {
		if other.ID != a.ID {
			with.Neighbours = append(with.Neighbours, other.Name)
		}
	}
	return check.Report(r, with), nil
}

// After applies the rules again to the two years after a report that shows other figures
// now: they are compared with it. A status is for the review of its own report.
func (j Judge) After(ctx context.Context, run store.RunID, agency report.AgencyID, year int) error {
	after, err := j.DB.NearVersions(ctx, agency, year+1, year+2)
	if err != nil {
		return err
	}
	for _, ref := range after {
		v, err := j.DB.Version(ctx, ref.ID)
		if err != nil {
			return err
		}
		if v.Format == "" {
			continue
		}
		out, err := j.Outcome(ctx, &v.Reading, v.Agency, v.Year)
		if err != nil {
			return err
		}
		if out.Status != v.Status {
			continue
		}
		if _, err := j.DB.ReplaceFindings(ctx, run, ref.ID, out.Findings); err != nil {
			return err
		}
	}
	return nil
}

// A verdict is what the rules say of a version now, where it is not what is kept.
type verdict struct {
	ref      store.VersionRef
	findings []report.Finding
}

// A Reason is why reports are judged again, as the change of each is told: a format that
// takes its year.
type Reason string

// The reasons.
const (
	NewRegister   Reason = "名录有改动，%d 年度报告按现在的名录重新核验，核验结果有变"
	NewThresholds Reason = "核验阈值有改动，%d 年度报告按现在的阈值重新核验，核验结果有变"
)

// Counties judges every current report of some counties again, as after a change of the
// register: of a merger no year is compared with the one before. What is found otherwise is
// kept as a run, county by county, and told as a change of ours. It returns how many
// reports that were; what an error has left undone is found when it is asked again.
func (j Judge) Counties(ctx context.Context, counties []standard.RegionCode, why Reason) (changed int, err error) {
	var run store.RunID
	for _, county := range counties {
		all, err := j.county(ctx, county)
		if err == nil && len(all) > 0 && run == 0 {
			run, err = j.DB.StartRun(ctx, "recheck", 0, false)
		}
		for i := 0; i < len(all) && err == nil; i++ {
			if err = j.keep(ctx, run, all[i], why); err == nil {
				changed++
			}
		}
		if err != nil {
			return changed, errors.Join(fmt.Errorf("judge %s again: %w", county, err), j.end(ctx, run, store.RunInterrupted, err.Error()))
		}
	}
	return changed, j.end(ctx, run, store.RunOK, "")
}

// Everything judges all that is kept again where the thresholds are others than those by
// which it was judged.
func (j Judge) Everything(ctx context.Context) (changed int, err error) {
	counties, err := j.DB.Counties(ctx)
	if err != nil {
		return 0, err
	}
	if changed, err = j.Counties(ctx, counties, NewThresholds); err != nil {
		return changed, err
	}
	return changed, j.DB.SetJudgedBy(ctx, j.Thresholds.String(), time.Now())
}

// end ends a run that was begun.
func (j Judge) end(ctx context.Context, run store.RunID, state store.RunState, message string) error {
	if run == 0 {
		return nil
	}
	return j.DB.FinishRun(context.WithoutCancel(ctx), run, state, message)
}

// county finds the reports of a county of which the rules say otherwise now.
func (j Judge) county(ctx context.Context, county standard.RegionCode) (all []verdict, err error) {
	agencies, err := j.DB.Agencies(ctx, county)
	if err != nil {
		return nil, err
	}
	for i := range agencies {
		a := &agencies[i]
		if a.Region.County() != county {
			continue // below a city or province lie counties of their own
		}
		refs, err := j.DB.CurrentVersions(ctx, a.ID, 0, 9999)
		if err != nil {
			return nil, err
		}
		for _, ref := range refs {
			out, same, err := j.again(ctx, ref, a, agencies)
			if err != nil {
				return nil, fmt.Errorf("%s %d: %w", ref.Agency, ref.Year, err)
			}
			if !same {
				all = append(all, verdict{ref, out.Findings})
			}
		}
	}
	return all, nil
}

// again judges a version, and reports whether what is kept of it says the same.
func (j Judge) again(ctx context.Context, ref store.VersionRef, a *report.Agency, county []report.Agency) (out check.Outcome, same bool, err error) {
	v, err := j.DB.Version(ctx, ref.ID)
	if err != nil || v.Format == "" {
		return out, true, err
	}
	out, err = j.among(ctx, &v.Reading, a, ref.Year, county)
	if err != nil || out.Status != v.Status {
		return out, true, err
	}
	same, err = alike(v.Findings, out.Findings)
	return out, same, err
}

// alike reports whether two lists of findings are kept as the same.
func alike(a, b []report.Finding) (bool, error) {
	was, err := json.Marshal(slices.Concat(a, []report.Finding{}))
	if err != nil {
		return false, err
	}
	now, err := json.Marshal(slices.Concat(b, []report.Finding{}))
	return bytes.Equal(was, now), err
}

// keep keeps a verdict and tells of it, in one step.
func (j Judge) keep(ctx context.Context, run store.RunID, v verdict, why Reason) error {
	return j.DB.Write(ctx, func(ctx context.Context, w *store.Writing) error {
		changed, err := w.ReplaceFindings(ctx, run, v.ref.ID, v.findings)
		if err != nil || !changed {
			return err
		}
		return w.AddChange(ctx, store.ChangeRow{Run: run, At: time.Now(), Kind: store.ChangeReread, Agency: v.ref.Agency, Year: v.ref.Year,
			Version: v.ref.ID, Text: fmt.Sprintf(string(why), v.ref.Year)})
	})
}
