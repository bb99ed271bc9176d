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

// TestRealConflicts holds that the conflicts which the real records note are found:
// those between prose and table, and rules reported below city level.
func TestRealConflicts(t *testing.T) {
	byID := make(map[string]record)
	for _, rec := range records(t, "corpus/real/figures.jsonl") {
		byID[rec.ID] = rec
	}
	for _, c := range []struct {
		id, says string
		value    int64
		rule     string
	}{
		{"tj-dongli-junliangcheng-2020", "requests.new/total", 73, "text.requests_received"},
		{"sh-office-2019", "outcome.unavailable.not_held/total+outcome.unavailable.needs_creation/total+outcome.unavailable.unclear/total", 265, "text.figure"},
		{"sh-office-2019", "outcome.granted/total+outcome.partial/total", 258, "text.figure"},
		{"js-suqian-2024", "review.total", 134, "text.appeals"},
		{"js-suqian-2024", "suit_direct.total+suit_after_review.total", 57, "text.appeals"},
		{"heb-qiaoxi-zhongshan-2021", "disclosure.license.decisions+disclosure.penalty.decisions", 2910, "text.figure"},
	} {
		rec := byID[c.id]
		r := rec.reading(t)
		r.Narrative = []report.Statement{{Says: c.says, Value: report.Count(c.value), Sentence: "原文"}}
		if found := findingsOf(Report(r, Context{Kind: rec.kind()}), c.rule); len(found) != 1 {
			t.Errorf("%s: %d of %s in the text: %d findings of %s, want one", c.id, c.value, c.says, len(found), c.rule)
		}
	}
	noted := 0
	for _, rec := range byID {
		r := rec.reading(t)
		want := slices.ContainsFunc(rec.Implausible, func(s string) bool { return strings.HasPrefix(s, "规章 other than 0") })
		if r == nil || rec.kind() == standard.Department && !want || rec.kind() == standard.Government {
			continue
		}
		with := Context{Kind: rec.kind()}
		if rec.kind() == standard.Department {
			with.Agency = &report.Agency{Kind: standard.Department, Region: "431225"}
		}
		found := findingsOf(Report(r, with), "disclosure.rules_by_body")
		if (len(found) > 0) != want {
			t.Errorf("%s: rules_by_body %+v, want %v", rec.ID, found, want)
		}
		noted += len(found)
	}
	if noted < 4 {
		t.Errorf("%d records with rules below city level; want 4", noted)
	}
}
