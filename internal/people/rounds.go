package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A RoundUnit is an agency of a round with what it handed in, nil for nothing.
type RoundUnit struct {
	Agency report.Agency
	Draft  *store.Draft
}

// Rounds returns the rounds that concern an account, newest first.
func (s *Service) Rounds(ctx context.Context, by Actor) ([]store.Round, error) {
	all, err := s.db.Rounds(ctx)
	mine := all[:0]
	for _, r := range all {
		if concerns(by, r) {
			mine = append(mine, r)
		}
	}
	return mine, err
}

// concerns reports whether an account has to do with a round: with the whole of it, or
// with agencies in it.
func concerns(by Actor, r store.Round) bool {
	if by.Covers(r.Region) {
		return true
	}
	for _, own := range by.Regions {
		if strings.HasPrefix(string(own), string(r.Region)) {
			return true
		}
	}
	return false
}

// OtherYear reports whether the draft that a unit handed in was read and is not of the
// round's year.
func (u RoundUnit) OtherYear(year int) bool {
	return u.Draft != nil && u.Draft.Status != report.Unreadable && u.Draft.Year != year
}

// OtherUnit reports whether the draft that a unit handed in calls itself the report of
// somebody else. One that does not say whose it is is taken for the unit's own.
func (u RoundUnit) OtherUnit() bool {
	if u.Draft == nil {
		return false
	}
	says := calling(u.Draft.Says)
	if says == "" {
		return false
	}
	for _, name := range append([]string{u.Agency.Name, u.Agency.Short}, u.Agency.Aliases...) {
		// With or without the regions above it.
		if name = calling(name); name != "" && (strings.HasSuffix(says, name) || strings.HasSuffix(name, says)) {
			return false
		}
	}
	return true
}

// calling is a name without spaces and the word for the house: 某某街道 for 某某街道办事处.
func calling(name string) string {
	name = strings.Join(strings.Fields(name), "")
	for _, house := range []string{"办事处", "人民政府"} {
		if short, ok := strings.CutSuffix(name, house); ok && short != "" {
			return short
		}
	}
	return name
}

// Round returns a round with those of its agencies that an account may see.
func (s *Service) Round(ctx context.Context, by Actor, id store.RoundID) (store.Round, []RoundUnit, error) {
	r, err := s.db.Round(ctx, id)
	if err != nil {
		return r, nil, err
	}
	if !concerns(by, r) {
		return r, nil, ErrForbidden
	}
	agencies, err := s.db.Agencies(ctx, r.Region)
	if err != nil {
		return r, nil, err
	}
	drafts, err := s.db.Drafts(ctx, id)
	var units []RoundUnit
	for _, a := range agencies {
		if !a.Owes(r.Year) || !by.Covers(a.Region) {
			continue
		}
		u := RoundUnit{Agency: a}
		if d, ok := drafts[a.ID]; ok {
			u.Draft = &d
		}
		units = append(units, u)
	}
	return r, units, err
}

// BeginRound begins a round, for whoever answers for the whole region.
func (s *Service) BeginRound(ctx context.Context, by Actor, r store.Round) (store.RoundID, error) {
	agencies, err := s.db.Agencies(ctx, r.Region)
	if err != nil {
		return 0, err
	}
	now := s.Now()
	switch {
	case !by.Covers(r.Region):
		return 0, ErrForbidden
	case !slices.ContainsFunc(agencies, func(a report.Agency) bool { return a.Owes(r.Year) }):
		return 0, &report.ParameterError{Name: "region", Got: string(r.Region), Want: "名录中有单位应当报告这一年度的区划代码，例如 120110"}
	case r.Year < 2008 || r.Year > now.Year():
		return 0, &report.ParameterError{Name: "year", Got: fmt.Sprint(r.Year), Want: "报告年度，2008 年至今年"}
	}
	r.BegunAt, r.BegunBy = now, by.Shown
	id, err := s.db.BeginRound(ctx, r, s.entry(by, "round.begin", "", "", ""))
	if errors.Is(err, report.ErrBusy) && id != 0 {
		return id, &report.ParameterError{Name: "year", Got: fmt.Sprint(r.Year), Want: "没有正在进行的轮次的年度；同一区划同一年度的一轮结束后才能开始下一轮"}
	}
	return id, err
}

// EndRound ends a round; its drafts are erased with it.
func (s *Service) EndRound(ctx context.Context, by Actor, id store.RoundID) error {
	r, err := s.db.Round(ctx, id)
	if err != nil {
		return err
	}
	if !by.Covers(r.Region) {
		return ErrForbidden
	}
	r.EndedAt, r.EndedBy = s.Now(), by.Shown
	return s.db.EndRound(ctx, r, s.entry(by, "round.end", roundName(r), "", fmt.Sprintf("%d handed in, %d checked", r.Handed, r.Checked)))
}

func roundName(r store.Round) string { return fmt.Sprintf("#%d %s/%d", r.ID, r.Region, r.Year) }

// unitOf returns a round and an agency of it that an account may see.
func (s *Service) unitOf(ctx context.Context, by Actor, id store.RoundID, agency report.AgencyID) (store.Round, RoundUnit, error) {
	r, units, err := s.Round(ctx, by, id)
	if err != nil {
		return r, RoundUnit{}, err
	}
	for _, u := range units {
		if u.Agency.ID == agency {
			return r, u, nil
		}
	}
	if a, err := s.db.Agency(ctx, agency); err == nil && !by.Covers(a.Region) {
		return r, RoundUnit{}, ErrForbidden
	}
	return r, RoundUnit{}, fmt.Errorf("agency %s in round %d: %w", agency, id, report.ErrNotFound)
}

// MayHandIn says whether an account may hand in a draft of an agency, before the file is
// read.
func (s *Service) MayHandIn(ctx context.Context, by Actor, id store.RoundID, agency report.AgencyID) error {
	r, _, err := s.unitOf(ctx, by, id, agency)
	if err == nil && !r.Open() {
		return fmt.Errorf("round %d has ended: %w", id, report.ErrNotFound)
	}
	return err
}

// HandInDraft keeps a draft with what the rules came to.
func (s *Service) HandInDraft(ctx context.Context, by Actor, d store.Draft) error {
	if err := s.MayHandIn(ctx, by, d.Round, d.Agency); err != nil {
		return err
	}
	d.At, d.By = s.Now(), by.Shown
	came := fmt.Sprintf("%s: %s, %d errors, %d warnings, %d doubts", d.Name, d.Status, d.Errors, d.Warnings, d.Doubts)
	return s.db.PutDraft(ctx, d, s.entry(by, "round.hand_in", fmt.Sprintf("#%d %s", d.Round, d.Agency), "", came))
}

// Draft returns what an agency handed in.
func (s *Service) Draft(ctx context.Context, by Actor, id store.RoundID, agency report.AgencyID) (store.Round, report.Agency, store.Draft, error) {
	r, u, err := s.unitOf(ctx, by, id, agency)
	if err != nil {
		return r, u.Agency, store.Draft{}, err
	}
	d, err := s.db.Draft(ctx, id, agency)
	return r, u.Agency, d, err
}

// CheckDraft keeps that the office has checked the draft that it saw, or that it has not
// after all. It is for whoever answers for the whole region: who only hands in does not
// check. Where the rules found errors it takes a word on why it may be published.
func (s *Service) CheckDraft(ctx context.Context, by Actor, seen store.Draft, checked bool, note string) error {
	r, u, err := s.unitOf(ctx, by, seen.Round, seen.Agency)
	if err != nil {
		return err
	}
	note = strings.TrimSpace(note)
	switch {
	case !by.Covers(r.Region):
		return ErrForbidden
	case u.Draft == nil || !u.Draft.At.Equal(seen.At):
		return &report.ParameterError{Name: "draft", Want: "最后交来的一份；这份草稿已被新的替换，请重新打开再看"}
	case utf8.RuneCountInString(note) > maxReason:
		return &report.ParameterError{Name: "note", Want: "不超过 1000 个字"}
	case checked && note == "" && (u.Draft.Errors > 0 || u.Draft.Status == report.Unreadable || u.OtherUnit() || u.OtherYear(r.Year)):
		return &report.ParameterError{Name: "note", Want: "还有勾稽不符、没有读出，或者写的是别的单位、别的年度时，写明为什么可以发布"}
	}
	d, action := *u.Draft, "round.unchecked"
	d.CheckedAt, d.CheckedBy, d.Note = time.Time{}, "", ""
	if checked {
		action = "round.checked"
		d.CheckedAt, d.CheckedBy, d.Note = s.Now(), by.Shown, note
	}
	return s.db.CheckDraft(ctx, d, s.entry(by, action, fmt.Sprintf("#%d %s", d.Round, d.Agency), note, d.Name))
}
