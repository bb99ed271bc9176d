package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A Decided is a finding of the current version with what a person made of it.
type Decided struct {
	report.Finding
	Key      string
	Decision *store.Decision // nil where nobody has decided
	Reopened bool            // the figures are others than those decided on
}

// Findings returns the findings of a report with the decisions on them: its own, and
// behind them those across reports. Of a report that is not there it returns the latter.
func (s *Service) Findings(ctx context.Context, by Actor, agency report.AgencyID, year int) (store.Report, []Decided, error) {
	r, err := s.db.Report(ctx, agency, year, 0)
	if errors.Is(err, report.ErrNotFound) && s.Across != nil {
		r.Year = year
		r.Agency, err = s.db.Agency(ctx, agency)
	}
	if err != nil {
		return r, nil, err
	}
	if !by.Covers(r.Agency.Region) {
		return r, nil, ErrForbidden
	}
	decisions, err := s.db.Decisions(ctx, agency, year, 0)
	if err != nil {
		return r, nil, err
	}
	findings := r.Current.Findings
	if s.Across != nil {
		across, err := s.Across(ctx, r.Agency, year, 0)
		if err != nil {
			return r, nil, err
		}
		findings = append(slices.Clone(findings), across...)
	}
	return r, With(decisions, findings, agency, year), nil
}

// DecidedAcross returns the findings across reports on which somebody has decided, as they
// stood after a run. Where nobody has, nothing is computed.
func (s *Service) DecidedAcross(ctx context.Context, a report.Agency, year int, own []report.Finding, asOf store.RunID) ([]Decided, error) {
	decisions, err := s.db.Decisions(ctx, a.ID, year, asOf)
	if err != nil || s.Across == nil {
		return nil, err
	}
	for _, f := range own {
		delete(decisions, f.Key(a.ID, year))
	}
	if len(decisions) == 0 {
		return nil, nil
	}
	across, err := s.Across(ctx, a, year, asOf)
	return slices.DeleteFunc(With(decisions, across, a.ID, year), func(d Decided) bool { return d.Decision == nil }), err
}

// With puts decisions beside the findings that they were taken on.
func With(decisions map[string]store.Decision, findings []report.Finding, agency report.AgencyID, year int) []Decided {
	list := make([]Decided, len(findings))
	for i, f := range findings {
		list[i] = Decided{Finding: f, Key: f.Key(agency, year)}
		if d, ok := decisions[list[i].Key]; ok {
			list[i].Decision, list[i].Reopened = &d, d.Digest != f.Digest()
		}
	}
	return list
}

// maxAnswer bounds what a unit's answer may have, in characters.
const maxAnswer = 4000

// Decide keeps what a reviewer makes of a finding of the current version; no verdict
// takes back what was said before.
func (s *Service) Decide(ctx context.Context, by Actor, agency report.AgencyID, year int, d store.Decision) error {
	_, findings, err := s.Findings(ctx, by, agency, year)
	if err != nil {
		return err
	}
	d.Reason, d.Answer = strings.TrimSpace(d.Reason), strings.TrimSpace(d.Answer)
	if err := checkDecision(d); err != nil {
		return err
	}
	for _, f := range findings {
		if f.Key != d.Key {
			continue
		}
		d.Agency, d.Year, d.Digest = agency, year, f.Digest()
		d.Account, d.Name, d.At = by.ID, by.Shown, s.Now()
		before := "open"
		if f.Decision != nil {
			before = string(f.Decision.Verdict)
		}
		after := string(d.Verdict)
		if after == "" {
			after = "open"
		}
		return s.db.Decide(ctx, d, s.entry(by, "finding."+after, d.Key, d.Reason, fmt.Sprintf("%s → %s", before, after)))
	}
	return report.ErrNotFound
}

func checkDecision(d store.Decision) error {
	switch d.Verdict {
	case "", store.FindingConfirmed:
	case store.FindingDismissed:
		if d.Reason == "" {
			return &report.ParameterError{Name: "reason", Want: "不采纳要写理由"}
		}
	case store.FindingAnswered:
		if d.Answer == "" {
			return &report.ParameterError{Name: "answer", Want: "单位的答复原文"}
		}
	default:
		return &report.ParameterError{Name: "verdict", Got: string(d.Verdict), Want: "confirmed、dismissed 或 answered"}
	}
	if utf8.RuneCountInString(d.Reason) > maxReason || utf8.RuneCountInString(d.Answer) > maxAnswer {
		return &report.ParameterError{Name: "reason", Want: "理由不超过 1000 个字，答复不超过 4000 个字"}
	}
	return nil
}
