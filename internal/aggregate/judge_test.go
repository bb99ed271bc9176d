package aggregate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A told is a version that a test publishes.
type told struct {
	agency   report.AgencyID
	year     int
	url      string // "" for the agency's usual one
	numbers  map[standard.CellCode]int64
	blank    []standard.CellCode
	sections map[int]string
	findings []report.Finding
	status   report.Status // verified where none is given
	printed  report.Date
	found    time.Time // 20 January after the year where none is given
	original report.SHA256
}

// tell publishes a version in a run of its own.
func (f *fixture) tell(v told) {
	f.t.Helper()
	ctx := context.Background()
	run, err := f.db.StartRun(ctx, "refresh", 0, false)
	f.must(err)
	f.run = run
	format, _ := standard.FormatForYear(v.year)
	values := printed(format, v.numbers)
	for _, code := range v.blank {
		set(&values, code, report.Value{State: report.Blank})
	}
	if v.original == "" {
		v.original = report.SHA256(fmt.Sprintf("%s-%d-%d", v.agency, v.year, run))
	}
	if v.status == "" {
		v.status = report.Verified
	}
	if v.found.IsZero() {
		v.found = at(v.year+1, time.January, 20)
	}
	if v.url == "" {
		v.url = fmt.Sprintf("http://demo.example/%s/%d", v.agency, v.year)
	}
	f.must(f.db.PutOriginal(ctx, run, report.Original{Hash: v.original, URL: v.url, FetchedAt: v.found}))
	r := report.Reading{Agency: string(v.agency), Year: v.year, Format: format, Values: values.Values, Published: v.printed}
	for n := 1; n <= 6; n++ {
		if text := v.sections[n]; text != "" {
			r.Sections = append(r.Sections, report.Section{Number: n, Paragraphs: []report.Paragraph{{Number: n, Text: text}}})
		}
	}
	_, _, err = f.db.AddVersion(ctx, run, store.NewVersion{Agency: v.agency, Year: v.year, Status: v.status, Original: v.original,
		URL: v.url, FoundAt: v.found, Reading: r, Findings: v.findings})
	f.must(err)
	f.must(f.db.FinishRun(ctx, run, store.RunOK, ""))
}

// An answer is what a rule is to say of a report.
type answer struct {
	agency  report.AgencyID
	year    int
	rule    string
	subject string
	want    report.Result
}

// A county is a case of the rules across reports: what is published and what is to
// be said of it.
type county struct {
	name    string
	streets int
	publish func(f *fixture)
	want    []answer
}

// TestJudge asks each case and compares the answers it names.
func TestJudge(t *testing.T) {
	for _, c := range counties() {
		t.Run(c.name, func(t *testing.T) {
			f := newCounty(t, c.streets)
			c.publish(f)
			s := New(f.db, today)
			judged, err := s.Judge(context.Background(), store.Query{Region: "990101"})
			f.must(err)
			copies, err := s.Copies(context.Background(), "990101", 0, 0)
			f.must(err)
			judged = append(judged, copies.Judged...)
			for _, w := range c.want {
				expect(t, judged, w)
			}
			whole(t, judged)
		})
	}
}

func expect(t *testing.T, judged []Judged, w answer) {
	t.Helper()
	var got []string
	for _, one := range judged {
		if one.Agency.ID == w.agency && one.Year == w.year && one.Rule == w.rule {
			if one.Subject == w.subject && one.Result == w.want {
				return
			}
			got = append(got, one.Subject+" "+string(one.Result)+" "+one.Why)
		}
	}
	t.Errorf("%s of %s for %d: %q, want %s %s", w.rule, w.agency, w.year, got, w.subject, w.want)
}

// whole holds that every answer has its reason and every finding all its fields,
// and that no report has a finding and a pass of one rule and subject.
func whole(t *testing.T, judged []Judged) {
	t.Helper()
	seen := make(map[string]bool)
	for _, one := range judged {
		f := one.Finding
		key := fmt.Sprint(one.Rule, "/", one.Subject, "@", one.Agency.ID, one.Year)
		if seen[key] {
			t.Errorf("%s is said twice", key)
		}
		seen[key] = true
		rule, known := standard.RuleOf(one.Rule)
		switch {
		case !known || !rule.AcrossReports():
			t.Errorf("%s is no rule across reports", one.Rule)
		case one.Result == report.Fail && (f.Text == "" || f.TextEN == "" || !strings.HasSuffix(f.Text, "。") || f.RuleVersion == 0 ||
			f.Formula == "" || f.Severity == "" || f.Attribution == "" || strings.Contains(f.Text+f.TextEN, "%!")):
			t.Errorf("%s: finding is not whole: %+v", key, f)
		case one.Result == report.Fail && (f.Threshold != "") != (len(rule.Thresholds) > 0):
			t.Errorf("%s: threshold %q", key, f.Threshold)
		case (one.Result == report.Open || one.Result == report.NotApplicable) && one.Why == "":
			t.Errorf("%s: %s without a reason", key, one.Result)
		}
		for _, word := range []string{"造假", "虚报", "抄袭", "隐瞒", "故意", "迟报", "有误"} {
			if strings.Contains(f.Text, word) {
				t.Errorf("%s: says %s; a rule accuses nobody", key, word)
			}
		}
	}
}

// TestEveryRuleAcrossReports holds that the cases answer every rule with pass, fail
// and open; the rules named are decided by printed figures or dates alone.
func TestEveryRuleAcrossReports(t *testing.T) {
	answers := make(map[string]map[report.Result]bool)
	for _, c := range counties() {
		for _, w := range c.want {
			if answers[w.rule] == nil {
				answers[w.rule] = make(map[report.Result]bool)
			}
			answers[w.rule][w.want] = true
		}
	}
	// The rules without an open answer, each with what leaves none.
	closed := map[string]string{
		"peer.outlier":      "it compares printed figures of a group; fewer than 8, or no spread, is n/a",
		"peer.same_numbers": "it compares printed figures",
		"rollup.scope":      "a sentence states the scope or none does",
		"publish.premature": "a printed date lies before the end of the year or not",
		"publish.changed":   "there is a second version or not",
	}
	for _, rule := range standard.Rules() {
		if !rule.AcrossReports() {
			continue
		}
		for _, want := range []report.Result{report.Pass, report.Fail, report.Open} {
			why := closed[rule.ID]
			switch {
			case want == report.Open && why != "" && answers[rule.ID][want]:
				t.Errorf("%s has an open case, though %s", rule.ID, why)
			case want == report.Open && why != "":
			case !answers[rule.ID][want]:
				t.Errorf("%s: no case that is %s", rule.ID, want)
			}
		}
	}
}

// TestFindings merges what reports say alone with what is said across them, under
// keys that stay the same over runs.
func TestFindings(t *testing.T) {
	f := newCounty(t, 4)
	f.watch("990101001", "990101002")
	f.look(at(2023, time.January, 5), true)
	f.tell(told{agency: "990101002", year: 2022, found: at(2023, time.February, 12), findings: []report.Finding{
		{Rule: "requests.balance", Subject: "total", Severity: report.Error, Attribution: report.ByAgency, Text: "示例。"}}})
	s := New(f.db, today)
	f.look(at(2024, time.February, 10), true)
	keys := func() (list []string) {
		rows, err := s.Findings(context.Background(), "990101", 2022, 0)
		f.must(err)
		for _, row := range rows {
			list = append(list, row.Key)
		}
		return list
	}
	first := keys()
	want := []string{"publish.missing@990101001/2022", "requests.balance/total@990101002/2022", "publish.maybe_late@990101002/2022"}
	for _, key := range want {
		if !slices.Contains(first, key) {
			t.Errorf("no finding %s in %q", key, first)
		}
	}
	f.look(at(2024, time.March, 10), true)
	if second := keys(); !slices.Equal(first, second) {
		t.Errorf("after another look the keys are %q, were %q", second, first)
	}
}

// TestLimits: thresholds may be set, and the one used is printed.
func TestLimits(t *testing.T) {
	c := counties()[2]
	f := newCounty(t, c.streets)
	c.publish(f)
	judged, err := New(f.db, today).WithThresholds(standard.Thresholds{"peer.outlier.mad": 1000}).Judge(context.Background(), store.Query{Region: "990101"})
	f.must(err)
	for _, one := range judged {
		if one.Rule == "peer.outlier" && one.Result == report.Fail {
			t.Errorf("with 1000 × MAD: %s", one.Finding.Text)
		}
	}
}
