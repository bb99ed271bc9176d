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

// Errors returns the error reports that an account may answer: those on agencies of its
// regions, and those on no agency where it is limited to none.
func (s *Service) Errors(ctx context.Context, by Actor, state string, limit int) ([]store.ErrorReport, error) {
	all, err := s.db.ErrorReports(ctx, state, limit)
	if err != nil {
		return nil, err
	}
	mine := all[:0]
	for _, r := range all {
		switch ok, err := s.mayAnswer(ctx, by, r); {
		case err != nil:
			return nil, err
		case ok:
			mine = append(mine, r)
		}
	}
	return mine, nil
}

func (s *Service) mayAnswer(ctx context.Context, by Actor, r store.ErrorReport) (bool, error) {
	if len(by.Regions) == 0 || r.Agency == "" {
		return len(by.Regions) == 0, nil
	}
	a, err := s.db.Agency(ctx, r.Agency)
	if errors.Is(err, report.ErrNotFound) {
		return false, nil // it left the register; whoever is limited to none answers
	}
	return err == nil && by.Covers(a.Region), err
}

// AnswerError answers an error report; the answer is public. A later one takes its
// place, and the audit log keeps both.
func (s *Service) AnswerError(ctx context.Context, by Actor, id int64, state, answer string) error {
	r, err := s.db.ErrorReport(ctx, id)
	if err != nil {
		return err
	}
	if ok, err := s.mayAnswer(ctx, by, r); err != nil || !ok {
		return orForbidden(err)
	}
	answer = strings.TrimSpace(answer)
	if !slices.Contains([]string{store.ErrorOurs, store.ErrorSource, store.ErrorNone}, state) {
		return &report.ParameterError{Name: "state", Got: state, Want: "ours、source 或 none"}
	}
	if answer == "" || utf8.RuneCountInString(answer) > maxReason {
		return &report.ParameterError{Name: "answer", Want: "答复，1 到 1000 个字；答复公开"}
	}
	before := r.State + " " + r.Answer
	r.State, r.Answer, r.AnsweredAt, r.AnsweredBy = state, answer, s.Now(), by.Shown
	return s.db.AnswerErrorReport(ctx, r, s.entry(by, "error.answer", fmt.Sprintf("#%d", id), "", before+" → "+state+" "+answer))
}

func orForbidden(err error) error {
	if err != nil {
		return err
	}
	return ErrForbidden
}

// Note keeps what the office writes down about an agency's report, for itself.
func (s *Service) Note(ctx context.Context, by Actor, agency report.AgencyID, year int, text string) error {
	a, err := s.db.Agency(ctx, agency)
	if err != nil {
		return err
	}
	if !by.Covers(a.Region) {
		return ErrForbidden
	}
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > maxReason {
		return &report.ParameterError{Name: "text", Want: "不超过 1000 个字"}
	}
	n := store.Note{Agency: agency, Year: year, At: s.Now(), Author: by.Shown, Text: text}
	return s.db.AddNote(ctx, n, s.entry(by, "note.add", fmt.Sprintf("%s/%d", agency, year), "", text))
}
