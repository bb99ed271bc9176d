package check

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

var update = flag.Bool("update", false, "rewrite the precision of the rules on the labelled documents")

// precisionFile is what the page of methods shows.
const precisionFile = "../standard/precision.csv"

// A score counts what one rule found against what is labelled.
type score struct {
	reports                int
	labelled, found, right int
}

// scores are by rule.
type scores map[string]*score

func (s scores) of(rule string) *score {
	if s[rule] == nil {
		s[rule] = &score{}
	}
	return s[rule]
}

// count compares names of the form rule/subject that are labelled and found; every
// rule given looked at one report more.
func (s scores) count(rules, labelled, found []string) {
	for _, rule := range rules {
		s.of(rule).reports++
	}
	ruleOf := func(name string) string { rule, _, _ := strings.Cut(name, "/"); return rule }
	for _, name := range labelled {
		s.of(ruleOf(name)).labelled++
	}
	for _, name := range found {
		one := s.of(ruleOf(name))
		one.found++
		if slices.Contains(labelled, name) {
			one.right++
		}
	}
}

// identities are the rules whose breaches the corpora label.
func identities(format standard.Format) []string {
	var list []string
	for _, rule := range standard.Rules() {
		if rule.Decides && rule.Scope == standard.ScopeReport && rule.For(format) {
			list = append(list, rule.ID)
		}
	}
	return list
}

// madeScores applies the rules to the figures of the made documents.
func madeScores(t *testing.T) scores {
	all := records(t, "corpus/made/truth.jsonl")
	s := make(scores)
	for _, rec := range all {
		r := rec.reading(t)
		if r == nil {
			continue
		}
		s.count(identities(r.Format), rec.Violations, Report(r, Context{Kind: rec.kind()}).Violations)
		stated(t, s, rec)
		for _, before := range all {
			if before.Agency != rec.Agency || before.Year != rec.Year-1 || !slices.Equal(before.Region, rec.Region) || rec.Format == standard.F2014 {
				continue
			}
			if previous := before.reading(t); previous != nil {
				carried(s, rec, r, previous)
			}
			break
		}
	}
	return s
}

// carried scores what is carried between two years.
func carried(s scores, rec record, r, previous *report.Reading) {
	const rule = "year.requests_carry"
	var labelled, found []string
	for _, cell := range rec.CrossYear {
		labelled = append(labelled, rule+"/"+string(standard.CellCode(cell).Column()))
	}
	for _, f := range Report(r, Context{Kind: rec.kind(), Previous: previous}).Findings {
		if f.Rule == rule {
			found = append(found, f.Violation())
		}
	}
	s.count([]string{rule}, labelled, found)
}

// stated scores the figures of the prose, each under the rule that judges it.
func stated(t *testing.T, s scores, rec record) {
	for says, value := range rec.Narrative.Stated {
		n, err := value.Int64()
		if err != nil {
			t.Fatal(err)
		}
		rule := claimOf(says).rule
		r := rec.reading(t)
		r.Narrative = []report.Statement{{Says: says, Value: report.Count(n), Sentence: says}}
		var labelled, found []string
		if slices.Contains(rec.Narrative.Disagrees, says) {
			labelled = []string{rule + "/" + says}
		}
		for _, f := range Report(r, Context{Kind: rec.kind()}).Findings {
			if f.Rule == rule && strings.Contains(f.Text, "“"+says+"”") {
				found = []string{rule + "/" + says}
			}
		}
		s.count([]string{rule}, labelled, found)
	}
}

// realScores applies the identities to records of published reports. A record that
// reconciles labels none; others are not labelled by rule and are left out.
func realScores(t *testing.T) scores {
	s := make(scores)
	for _, rec := range records(t, "corpus/real/figures.jsonl") {
		r := rec.reading(t)
		if r == nil || rec.Reconciles == nil || rec.Reconciles == false {
			continue
		}
		s.count(identities(r.Format), nil, Report(r, Context{Kind: rec.kind()}).Violations)
	}
	return s
}

// TestPrecision holds what the page of methods shows of the rules against what they
// do on the labelled documents.
func TestPrecision(t *testing.T) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.Write([]string{"rule", "corpus", "reports", "labelled", "found", "right"}); err != nil {
		t.Fatal(err)
	}
	corpora := map[string]scores{"made": madeScores(t), "real": realScores(t)}
	for _, rule := range standard.Rules() {
		for _, corpus := range []string{"made", "real"} {
			one, ok := corpora[corpus][rule.ID]
			if !ok {
				continue
			}
			row := []string{rule.ID, corpus, fmt.Sprint(one.reports), fmt.Sprint(one.labelled), fmt.Sprint(one.found), fmt.Sprint(one.right)}
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
			if one.found != one.right || one.labelled != one.right {
				t.Errorf("%s on %s: %d labelled, %d found, %d right; precision and recall are to be 1", rule.ID, corpus, one.labelled, one.found, one.right)
			}
		}
	}
	w.Flush()
	if *update {
		if err := os.WriteFile(precisionFile, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(precisionFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), out.String()); diff != "" {
		t.Errorf("%s is not what the rules do; run this test with -update (-file +rules):\n%s", precisionFile, diff)
	}
}
