package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gongkai/internal/report"
)

// TestMade holds the violations against every report of the made corpus: all that
// its truth names, and no other.
func TestMade(t *testing.T) {
	read, violations := 0, 0
	for _, rec := range records(t, "corpus/made/truth.jsonl") {
		r := rec.reading(t)
		if r == nil {
			continue
		}
		read++
		violations += len(rec.Violations)
		out := Report(r, Context{Kind: rec.kind()})
		if diff := cmp.Diff(sorted(rec.Violations), sorted(out.Violations), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s %d: violations (-want +got):\n%s", rec.File, rec.Year, diff)
		}
		want := report.Verified
		if len(rec.Violations) > 0 {
			want = report.Inconsistent
		}
		if out.Status != want {
			t.Errorf("%s %d: status %s, want %s: %q", rec.File, rec.Year, out.Status, want, out.Problems)
		}
	}
	if read < 100 || violations < 30 {
		t.Errorf("%d reports with %d violations: the corpus should hold more", read, violations)
	}
}

// TestReal holds that no identity accuses an agency whose record reconciles.
func TestReal(t *testing.T) {
	read := 0
	for _, rec := range records(t, "corpus/real/figures.jsonl") {
		r := rec.reading(t)
		if r == nil || rec.Reconciles == nil {
			continue
		}
		read++
		out := Report(r, Context{Kind: rec.kind()})
		if rec.Reconciles != false && len(out.Violations) > 0 {
			t.Errorf("%s: violations %q of a record that reconciles", rec.ID, out.Violations)
		}
	}
	if read < 15 {
		t.Errorf("%d records tested; the corpus should hold more", read)
	}
}
