package check

import (
	"slices"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

func doubt(r *report.Reading, rule string, code standard.CellCode) *report.Reading {
	r.Doubts = append(r.Doubts, report.Doubt{Rule: rule, Cell: code, Text: "第 2 个表第 4 行第 4 列：两种读法不一致",
		Proposals: []report.Value{printed("1"), printed("10")}})
	return r
}

func readingCases() []ruleCase {
	var cases []ruleCase
	for _, rule := range standard.Rules() {
		if rule.Scope != standard.ScopeReading && rule.Scope != standard.ScopePublication || rule.ID == "read.near_repair" || rule.AcrossReports() {
			continue
		}
		cases = append(cases, ruleCase{rule.ID, "review.total", "a doubt of " + rule.ID, report.Fail,
			report.Severity(rule.Severity), doubt(f21(), rule.ID, "review.total"), street})
	}
	return cases
}

func TestReading(t *testing.T) {
	cases := readingCases()
	if len(cases) < 9 {
		t.Fatalf("%d reading rules, want 9", len(cases))
	}
	runCases(t, cases)
	for _, c := range cases {
		out := Report(c.r, c.with)
		if out.Status != report.NeedsReview || len(out.Problems) != 1 {
			t.Errorf("%s: status %s, problems %q; a doubt needs review", c.rule, out.Status, out.Problems)
		}
		if f := findingsOf(out, c.rule)[0]; f.Attribution != report.ByReading || f.Left != "1" || f.Right != "10" {
			t.Errorf("%s: %+v", c.rule, f)
		}
	}
}

// TestReadingTold: what the readers had is told as it is printed, and only where they had
// different things.
func TestReadingTold(t *testing.T) {
	unread := report.Value{State: report.Unread, Text: "3O"}
	for _, c := range []struct {
		name        string
		a, b        report.Value
		left, right string
	}{
		{"both could not read it", unread, unread, "", ""},
		{"one could not", unread, printed("30"), "3O", "30"},
		{"a blank beside a number", report.Value{State: report.Blank}, printed("3"), "blank", "3"},
	} {
		r := f21()
		r.Doubts = []report.Doubt{{Rule: "read.confidence", Cell: "review.total", Text: "x", Proposals: []report.Value{c.a, c.b}}}
		if f := findingsOf(Report(r, street), "read.confidence")[0]; f.Left != c.left || f.Right != c.right || len(f.Operands) != 2 {
			t.Errorf("%s: left %q, right %q; want %q, %q", c.name, f.Left, f.Right, c.left, c.right)
		}
	}
}

// TestNearRepair holds checks.md §12: a total read as 1 where 10 is printed. The
// sum fails, the slip is proposed, and the agency is not blamed.
func TestNearRepair(t *testing.T) {
	broken := func() *report.Reading {
		return set(f21(), "review.upheld=8", "review.corrected=2", "review.total=1", "suit_direct.upheld=0")
	}
	for _, c := range []struct {
		why  string
		r    *report.Reading
		want []string
	}{
		{"digits in two cells", doubt(broken(), "read.grid", "review.total"), []string{"合为 10"}},
		{"nothing is doubted", broken(), nil},
		{"another cell is doubted", doubt(broken(), "read.grid", "requests.new/natural"), nil},
		{"neighbours exchanged", doubt(set(f21(), "review.total=2", "review.pending=0", "suit_direct.upheld=0",
			"review.upheld=1", "review.other=1", "review.total=0", "review.pending=2"), "read.anchors", "review.pending"), []string{"互换"}},
		{"a number over two cells", doubt(set(f21(), "review.corrected=23", "review.other=", "review.total=5"), "read.grid", "review.corrected"), []string{"分为 2 与 3"}},
		{"a row shifted", doubt(row(f21(), "outcome.granted", "1 2 0 0 0 3 0"), "read.grid", "outcome.granted/natural"), []string{"右移一列"}},
		{"a digit recognised", doubt(set(f21(), "review.upheld=6", "review.total=8"), "read.confidence", "review.upheld"), []string{"读作 8"}},
		{"a digit, but nothing was recognised", doubt(set(f21(), "review.upheld=6", "review.total=8"), "read.grid", "review.upheld"), nil},
	} {
		t.Run(c.why, func(t *testing.T) {
			out := Report(c.r, street)
			found := findingsOf(out, "read.near_repair")
			if (len(found) > 0) != (len(c.want) > 0) {
				t.Fatalf("%d findings: %+v; want %q", len(found), found, c.want)
			}
			for _, text := range c.want {
				if !slices.ContainsFunc(found, func(f report.Finding) bool {
					return strings.Contains(f.Text, text) && f.Attribution == report.ByReading && f.TextEN != ""
				}) {
					t.Errorf("%+v, want %q", found, text)
				}
			}
			if len(c.want) > 0 && out.Status != report.NeedsReview {
				t.Errorf("status %s", out.Status)
			}
			for _, f := range out.Findings {
				if len(c.want) > 0 && f.Rule == "appeals.sum" && f.Attribution != report.ByReading {
					t.Errorf("the sum is attributed to %s", f.Attribution)
				}
			}
		})
	}
}

// TestRepairsChangeNothing holds that trying repairs leaves the reading as it was.
func TestRepairsChangeNothing(t *testing.T) {
	r := doubt(set(f21(), "review.upheld=8", "review.corrected=2", "review.total=1"), "read.grid", "review.total")
	before := append([]report.Value(nil), r.Values...)
	Report(r, street)
	for i := range before {
		if before[i] != r.Values[i] {
			t.Fatalf("cell %d changed from %+v to %+v", i, before[i], r.Values[i])
		}
	}
}
