package check

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

const realRecords = "corpus/real/figures.jsonl"

// context is what is known of the agency of a real record: departments are of a county,
// unless the record names none below the city.
func (rec *record) context() Context {
	with := Context{Kind: rec.kind()}
	if with.Kind == standard.Department {
		with.Agency = &report.Agency{Kind: standard.Department, Region: "431225"}
		if len(rec.Region) == 1 {
			with.Agency.Region = "31"
		}
	}
	return with
}

// TestReal holds that no rule accuses an agency whose record reconciles: no identity
// fails and, but for what an excerpt cannot show, no finding is an error.
func TestReal(t *testing.T) {
	read, complete := 0, 0
	for _, rec := range records(t, realRecords) {
		r := rec.reading(t)
		if r == nil || rec.Reconciles == nil || rec.Reconciles == false {
			continue
		}
		read++
		out := Report(r, rec.context())
		if len(out.Violations) > 0 {
			t.Errorf("%s: violations %q of a record that reconciles", rec.ID, out.Violations)
		}
		if rec.Complete {
			complete++
		}
		if rec.Complete && out.Status != report.Verified {
			t.Errorf("%s: status %s (%q) of a whole record that reconciles", rec.ID, out.Status, out.Problems)
		}
		for _, f := range out.Findings {
			missing := f.Rule == "form.missing_table" || f.Rule == "form.missing_section"
			if f.Severity == report.Error && (rec.Complete || !missing) {
				t.Errorf("%s: %s accuses a record that reconciles: %s", rec.ID, f.Violation(), f.Text)
			}
		}
	}
	if read < 15 || complete < 4 {
		t.Errorf("%d records tested, %d of them whole; the corpus should hold more", read, complete)
	}
}

// spoken says which cells the words of a narrative check mean, and the rule that judges
// a figure of them.
func spoken() map[string]struct{ says, rule string } {
	const unavailable = "outcome.unavailable.not_held/total+outcome.unavailable.needs_creation/total+outcome.unavailable.unclear/total"
	return map[string]struct{ says, rule string }{
		"unavailable":         {unavailable, "text.figure"},
		"granted and partial": {"outcome.granted/total+outcome.partial/total", "text.figure"},
		"letters received":    {"requests.new/total", "text.requests_received"},
		"received":            {"requests.new/total", "text.requests_received"},
		"answered":            {"outcome.total/total", "text.requests_replied"},
		"handled":             {"outcome.total/total", "text.requests_replied"},
		"carried in":          {"requests.carried_in/total", "text.carried"},
		"carried out":         {"requests.carried_out/total", "text.carried"},
		"reviews":             {"review.total", "text.appeals"},
		"suits":               {"suit_direct.total+suit_after_review.total", "text.appeals"},
		"decisions":           {"disclosure.license.decisions+disclosure.penalty.decisions", "text.figure"},
	}
}

var checkWords = regexp.MustCompile(`^(\d+) ([a-z ]*[a-z])`)

// said reads the number and the words of a narrative check that holds a figure of the
// prose against the tables; ok is false where it holds numbers of the prose against each
// other.
func said(check string) (n int64, words string, ok bool) {
	m := checkWords.FindStringSubmatch(check)
	if m == nil {
		return 0, "", false
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	return n, m[2], err == nil
}

// TestRealNarrative holds every figure of the prose that the records compare: those that
// disagree are found, by the rule that judges them, and those that agree are not.
func TestRealNarrative(t *testing.T) {
	disagree, agree := 0, 0
	for _, rec := range records(t, realRecords) {
		for _, c := range rec.NarrativeChecks {
			n, words, ok := said(c.Check)
			if !ok {
				holdsAlone(t, rec, c.Check, c.Holds)
				if !c.Holds {
					disagree++
				}
				continue
			}
			claim, known := spoken()[words]
			r := rec.reading(t)
			if !known || r == nil {
				if !c.Holds {
					t.Errorf("%s: %s: no rule is known for %q, which the record says disagrees", rec.ID, c.Check, words)
				}
				continue
			}
			r.Narrative = []report.Statement{{Says: claim.says, Value: report.Count(n), Sentence: "原文"}}
			found := findingsOf(Report(r, rec.context()), claim.rule)
			if (len(found) == 1) == c.Holds || len(found) > 1 {
				t.Errorf("%s: %s (holds: %v): %d findings of %s", rec.ID, c.Check, c.Holds, len(found), claim.rule)
			}
			if c.Holds {
				agree++
			} else {
				disagree++
			}
		}
	}
	if disagree < 7 || agree < 9 {
		t.Errorf("%d figures that disagree and %d that agree; the corpus should hold more", disagree, agree)
	}
}

var sumWords = regexp.MustCompile(`^(\d+) = (\d+(?:\+\d+)+)$`)

// holdsAlone asks text.parts_sum about a sum that the prose states: a whole with its
// parts.
func holdsAlone(t *testing.T, rec record, check string, holds bool) {
	t.Helper()
	m := sumWords.FindStringSubmatch(check)
	if m == nil {
		if !holds {
			t.Errorf("%s: %s disagrees and is no sum that a rule is known for", rec.ID, check)
		}
		return
	}
	r := zeros(rec.Format, rec.Year)
	text := "全年共发布信息" + m[1] + "条，分别为" + strings.Join(strings.Split(m[2], "+"), "条、") + "条。"
	result := resultOf(t, Report(writes(r, 1, text), street), "text.parts_sum", "")
	if want := map[bool]report.Result{true: report.Pass, false: report.Fail}[holds]; result.Result != want {
		t.Errorf("%s: %s is %s, want %s", rec.ID, check, result.Result, want)
	}
}

// implausible says which rule finds what a record calls implausible, by how it begins.
func implausible() map[string]string {
	return map[string]string{
		"规章 other than 0":    "disclosure.rules_by_body",
		"penalty: decisions": "disclosure.items_as_decisions",
		"license: decisions": "disclosure.items_as_decisions",
		"normative: made":    "disclosure.unpublished_normative",
	}
}

// TestRealImplausible holds that each figure that a record calls implausible is found,
// and that these rules find none in the records that name none.
func TestRealImplausible(t *testing.T) {
	noted := 0
	for _, rec := range records(t, realRecords) {
		r := rec.reading(t)
		if r == nil {
			continue
		}
		var want []string
		for _, says := range rec.Implausible {
			rule := ""
			for begins, id := range implausible() {
				if strings.HasPrefix(says, begins) {
					rule = id
				}
			}
			if rule == "" {
				t.Errorf("%s: no rule is known for %q", rec.ID, says)
			}
			want = append(want, rule)
			noted++
		}
		if rec.kind() == standard.Government {
			continue // a city makes 规章
		}
		out := Report(r, rec.context())
		for _, rule := range []string{"disclosure.rules_by_body", "disclosure.items_as_decisions", "disclosure.unpublished_normative"} {
			if found := len(findingsOf(out, rule)) > 0; found != slices.Contains(want, rule) {
				t.Errorf("%s: %s found %v, noted %q", rec.ID, rule, found, rec.Implausible)
			}
		}
	}
	if noted < 7 {
		t.Errorf("%d implausible figures; the corpus should hold more", noted)
	}
}

// TestRealYears holds the carried requests of the one unit with two years of prose.
func TestRealYears(t *testing.T) {
	years := make(map[string]map[int]record)
	pairs := 0
	for _, rec := range records(t, realRecords) {
		if years[rec.Agency] == nil {
			years[rec.Agency] = make(map[int]record)
		}
		years[rec.Agency][rec.Year] = rec
	}
	for agency, all := range years {
		for year, rec := range all {
			before, ok := all[year-1]
			out, has := before.Narrative.Numbers["requests_carried_out"]
			in, also := rec.Narrative.Numbers["requests_carried_in"]
			if !ok || !has || !also {
				continue
			}
			pairs++
			last := set(zeros(before.Format, before.Year), "requests.carried_out/total="+out)
			now := set(zeros(rec.Format, rec.Year), "requests.carried_in/total="+in)
			got := resultOf(t, Report(now, Context{Previous: last}), "year.requests_carry", "total").Result
			if (got == report.Pass) != (in == out) {
				t.Errorf("%s: carried out %s, carried in %s: %s", agency, out, in, got)
			}
		}
	}
	if pairs == 0 {
		t.Error("no unit with two years; the corpus should hold one")
	}
}
