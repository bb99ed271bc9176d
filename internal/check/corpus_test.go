package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gongkai/internal/report"
	"gongkai/internal/standard"
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

// TestMadeNarrative holds that exactly the figures of the prose that the truth says
// disagree with the table are findings.
func TestMadeNarrative(t *testing.T) {
	disagree := 0
	for _, rec := range records(t, "corpus/made/truth.jsonl") {
		r := rec.reading(t)
		if r == nil {
			continue
		}
		for says, value := range rec.Narrative.Stated {
			n, err := value.Int64()
			if err != nil {
				t.Fatal(err)
			}
			r.Narrative = append(r.Narrative, report.Statement{Says: says, Value: report.Count(n), Sentence: says})
		}
		disagree += len(rec.Narrative.Disagrees)
		var got []string
		for _, f := range Report(r, Context{Kind: rec.kind()}).Findings {
			if strings.HasPrefix(f.Rule, "text.") && f.Place.Paragraph == 0 && strings.Contains(f.Text, "正文写") {
				for _, says := range rec.Narrative.Disagrees {
					if strings.Contains(f.Text, "“"+says+"”") {
						got = append(got, says)
					}
				}
				if !slices.ContainsFunc(rec.Narrative.Disagrees, func(says string) bool { return strings.Contains(f.Text, "“"+says+"”") }) {
					t.Errorf("%s %d: %s of a figure that agrees: %s", rec.File, rec.Year, f.Rule, f.Text)
				}
			}
		}
		if diff := cmp.Diff(sorted(rec.Narrative.Disagrees), sorted(got), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s %d: disagreements (-want +got):\n%s", rec.File, rec.Year, diff)
		}
	}
	if disagree < 9 {
		t.Errorf("%d disagreements; the corpus should hold more", disagree)
	}
}

// TestMadeCarry holds the carried requests of every report against the year before,
// where the corpus has it.
func TestMadeCarry(t *testing.T) {
	all := records(t, "corpus/made/truth.jsonl")
	pairs, broken := 0, 0
	for _, rec := range all {
		r := rec.reading(t)
		if r == nil || rec.Format == standard.F2014 {
			continue
		}
		for _, before := range all {
			if before.Agency != rec.Agency || before.Year != rec.Year-1 || !slices.Equal(before.Region, rec.Region) {
				continue
			}
			previous := before.reading(t)
			if previous == nil {
				continue
			}
			pairs++
			broken += len(rec.CrossYear)
			var got []string
			for _, f := range findingsOf(Report(r, Context{Kind: rec.kind(), Previous: previous}), "year.requests_carry") {
				got = append(got, "requests.carried_in/"+f.Subject)
			}
			if diff := cmp.Diff(sorted(rec.CrossYear), sorted(got), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s %d: carried in (-want +got):\n%s", rec.File, rec.Year, diff)
			}
			break
		}
	}
	if pairs < 60 || broken < 8 {
		t.Errorf("%d pairs of years, %d broken; the corpus should hold more", pairs, broken)
	}
}
