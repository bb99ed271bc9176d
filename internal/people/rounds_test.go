package people

import (
	"errors"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestRound walks a round from its beginning to its end: who answers for the region
// begins, checks and ends it, who answers for a unit hands in for that unit, and of the
// drafts nothing stays.
func TestRound(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	for _, id := range []report.AgencyID{"990101001", "990101002"} {
		b.doubtful(id, 2020)
	}
	office, unit, other := b.person("office", store.Reviewer, "990101"), b.person("unit", store.Reviewer, "990101001"), b.person("other", store.Reviewer, "990102")
	if _, err := b.BeginRound(ctx, unit, store.Round{Region: "990101", Year: 2025}); !errors.Is(err, ErrForbidden) {
		t.Errorf("a unit begins a round: %v", err)
	}
	wrong := new(report.ParameterError)
	for _, r := range []store.Round{{Region: "990101", Year: 1999}, {Region: "990101009", Year: 2025}} {
		if _, err := b.BeginRound(ctx, office, r); !errors.As(err, &wrong) {
			t.Errorf("begin %+v: %v", r, err)
		}
	}
	id, err := b.BeginRound(ctx, office, store.Round{Region: "990101", Year: 2025, Due: report.Date{Year: 2026, Month: 1, Day: 15}})
	b.must(err)
	if again, err := b.BeginRound(ctx, office, store.Round{Region: "990101", Year: 2025}); again != id || !errors.As(err, &wrong) {
		t.Errorf("begin it twice: %d, %v", again, err)
	}
	if _, _, err := b.Round(ctx, other, id); !errors.Is(err, ErrForbidden) {
		t.Errorf("another region sees it: %v", err)
	}
	if _, units, err := b.Round(ctx, unit, id); err != nil || len(units) != 1 {
		t.Errorf("a unit sees %d units, %v; want its own", len(units), err)
	}
	d := store.Draft{Round: id, Agency: "990101001", Name: "草稿.docx", Body: []byte("first"), Status: report.Inconsistent, Errors: 1, Year: 2025}
	b.must(b.HandInDraft(ctx, unit, d))
	d.Agency = "990101002"
	if err := b.HandInDraft(ctx, unit, d); !errors.Is(err, ErrForbidden) {
		t.Errorf("hand in for another unit: %v", err)
	}
	d.Agency = "990102001"
	if err := b.HandInDraft(ctx, office, d); err == nil {
		t.Error("handed in for a unit of another region")
	}
	b.checkDrafts(office, unit, id)
	if err := b.EndRound(ctx, unit, id); !errors.Is(err, ErrForbidden) {
		t.Errorf("a unit ends the round: %v", err)
	}
	b.must(b.EndRound(ctx, office, id))
	r, units, err := b.Round(ctx, office, id)
	b.must(err)
	if r.Open() || r.Handed != 1 || r.Checked != 1 || len(units) != 2 || units[0].Draft != nil {
		t.Errorf("after the end: %+v, %+v", r, units)
	}
	if err := b.HandInDraft(ctx, unit, store.Draft{Round: id, Agency: "990101001"}); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("hand in after the end: %v", err)
	}
	_, err = b.BeginRound(ctx, office, store.Round{Region: "990101", Year: 2025})
	b.must(err)
}

// checkDrafts holds that only the office checks, only what it has seen, and not without a
// word where the rules found errors.
func (b *bench) checkDrafts(office, unit Actor, id store.RoundID) {
	ctx, wrong := b.t.Context(), new(report.ParameterError)
	_, _, seen, err := b.Draft(ctx, office, id, "990101001")
	b.must(err)
	if string(seen.Body) != "first" || seen.By != "unit" {
		b.t.Errorf("the draft: %+v", seen)
	}
	if err := b.CheckDraft(ctx, unit, seen, true, "可以"); !errors.Is(err, ErrForbidden) {
		b.t.Errorf("a unit checks its own draft: %v", err)
	}
	if err := b.CheckDraft(ctx, office, seen, true, " "); !errors.As(err, &wrong) {
		b.t.Errorf("checked with errors and no word: %v", err)
	}
	b.must(b.CheckDraft(ctx, office, seen, true, "按口径说明"))
	b.now = b.now.Add(time.Hour)
	b.must(b.HandInDraft(ctx, unit, store.Draft{Round: id, Agency: "990101001", Name: "二稿.docx", Body: []byte("second"), Status: report.Verified, Year: 2025}))
	if err := b.CheckDraft(ctx, office, seen, true, "x"); !errors.As(err, &wrong) {
		b.t.Errorf("checked a draft that is no more: %v", err)
	}
	_, _, seen, err = b.Draft(ctx, office, id, "990101001")
	b.must(err)
	if !seen.CheckedAt.IsZero() {
		b.t.Errorf("a new draft is checked already: %+v", seen)
	}
	b.must(b.CheckDraft(ctx, office, seen, true, ""))
	b.must(b.CheckDraft(ctx, office, seen, false, ""))
	if r, err := b.db.Round(ctx, id); err != nil || r.Checked != 0 || r.Handed != 1 {
		b.t.Errorf("taken back: %+v, %v", r, err)
	}
	b.must(b.CheckDraft(ctx, office, seen, true, ""))
	log, err := b.db.Audit(ctx, 0, 1)
	b.must(err)
	if log[0].Action != "round.checked" || log[0].Name != "office" {
		b.t.Errorf("the log ends with %+v", log[0])
	}
}
