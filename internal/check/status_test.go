package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestStatus walks the statuses of design.md §3.
func TestStatus(t *testing.T) {
	broken := func() *report.Reading { return set(f21(), "review.total=1") }
	tabled := func(r *report.Reading, table int) *report.Reading {
		for i := range r.Values {
			r.Values[i].Place = report.Place{Table: 1}
			if r.Format == standard.F2021 && i >= 185 {
				r.Values[i].Place.Table = table
			}
		}
		return r
	}
	where := func(r *report.Reading, rule string, table int) *report.Reading {
		r.Doubts = append(r.Doubts, report.Doubt{Rule: rule, Place: report.Place{Table: table}, Text: "存疑"})
		return r
	}
	for _, c := range []struct {
		why         string
		r           *report.Reading
		with        Context
		want        report.Status
		problems    int
		violations  int
		attribution report.Attribution // of the violation
	}{
		{"zeros", f21(), street, report.Verified, 0, 0, ""},
		{"blanks and dashes count as read", set(f21(), "requests.*/*=", "review.*=/"), street, report.Verified, 0, 0, ""},
		{"words count as read", set(f21(), "review.total=无此情况"), street, report.Verified, 0, 0, ""},
		{"an absent table is a fact", set(f21(), "review.*=-", "suit_*=-"), street, report.Verified, 0, 0, ""},
		{"a violation", broken(), street, report.Inconsistent, 1, 1, report.ByAgency},
		{"a violation and a doubted operand", doubt(broken(), "read.disagreement", "review.total"), street, report.NeedsReview, 2, 1, report.ByReading},
		{"a violation and a doubt elsewhere", doubt(broken(), "read.disagreement", "requests.new/total"), street, report.NeedsReview, 2, 1, report.ByAgency},
		{"a violation and a doubt about its table", where(tabled(broken(), 3), "read.grid", 3), street, report.NeedsReview, 2, 1, report.ByReading},
		{"a violation and a doubt about the document", where(tabled(broken(), 3), "read.truncated", 0), street, report.NeedsReview, 2, 1, report.ByUnknown},
		{"a violation and a doubt about the year", where(tabled(broken(), 3), "publish.wrong_year", 0), street, report.NeedsReview, 2, 1, report.ByAgency},
		{"an unread cell", set(f21(), "review.total=?"), street, report.NeedsReview, 1, 0, ""},
		{"an unread cell with its doubt", doubt(set(f21(), "review.total=?"), "read.disagreement", "review.total"), street, report.NeedsReview, 1, 0, ""},
		{"no year", &report.Reading{Agency: "甲镇人民政府", Format: standard.F2021, Values: f21().Values}, street, report.NeedsReview, 1, 0, ""},
		{"no agency", &report.Reading{Year: 2022, Format: standard.F2021, Values: f21().Values}, street, report.NeedsReview, 1, 0, ""},
		{"an agency that the caller knows", &report.Reading{Year: 2022, Format: standard.F2021, Values: f21().Values},
			Context{Agency: &report.Agency{Name: "甲镇人民政府"}}, report.Verified, 0, 0, ""},
		{"an amount without a unit that may be 元", set(f21(), "disclosure.fee.amount=152000"), street, report.NeedsReview, 1, 0, ""},
		{"an amount in 元", verbatim(f21(), "disclosure.fee.amount", "15.2", "152000元"), street, report.Verified, 0, 0, ""},
		{"a large amount in 万元", verbatim(f21(), "disclosure.fee.amount", "152000", "152000万元"), street, report.Verified, 0, 0, ""},
		{"a table twice", noted(f21(), "form.duplicate_table", "disclosure"), street, report.NeedsReview, 1, 0, ""},
		{"an extra row", noted(f21(), "form.row_set", "其他主动公开文件"), street, report.Verified, 0, 0, ""},
		{"no format", &report.Reading{Agency: "甲镇人民政府", Year: 2022, Follow: []string{"P1.docx"}}, street, report.Unreadable, 2, 0, ""},
		{"no cell", set(f21(), "*=-", "*/*=-"), street, report.Unreadable, 1, 0, ""},
		{"values of another form", &report.Reading{Agency: "甲镇人民政府", Year: 2022, Format: standard.F2021, Values: f19().Values}, street, report.Unreadable, 1, 0, ""},
	} {
		t.Run(c.why, func(t *testing.T) {
			out := Report(c.r, c.with)
			if out.Status != c.want || len(out.Problems) != c.problems || len(out.Violations) != c.violations {
				t.Errorf("status %s, problems %q, violations %q; want %s, %d, %d", out.Status, out.Problems, out.Violations, c.want, c.problems, c.violations)
			}
			for _, f := range out.Findings {
				if c.violations > 0 && f.Violation() == out.Violations[0] && f.Attribution != c.attribution {
					t.Errorf("attributed to %s, want %s", f.Attribution, c.attribution)
				}
			}
		})
	}
}

// TestProblems pins the words that the command line prints.
func TestProblems(t *testing.T) {
	r := set(f21(), "review.total=1", "suit_direct.total=?")
	cell, _ := standard.FormOf(r.Format).Cell("suit_direct.total")
	r.Values[cell.Index].Place = report.Place{Table: 3, Row: 4, Column: 10}
	r.Agency = ""
	want := []string{
		"未能确定行政机关",
		"未经复议直接起诉（总计）（suit_direct.total）未能确读：原文为“O”，位于第 3 个表第 4 行第 10 列",
		"行政复议：各项结果合计 0，总计 1，相差 1",
	}
	if diff := cmp.Diff(want, Report(r, Context{}).Problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestKindOfName(t *testing.T) {
	for name, want := range map[string]standard.Kind{
		"军粮城街道办事处": standard.Street, "金牛镇人民政府": standard.Town, "玉带乡人民政府": standard.Township,
		"东丽区人民政府": standard.Government, "麻阳县住房和城乡建设局": standard.Department, "上海市人民政府办公厅": standard.Department,
		"": "", "某某公司": "",
	} {
		if got := kindOfName(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestKeys holds that no two findings of a version have one key.
func TestKeys(t *testing.T) {
	r := f21()
	for range 3 {
		r.Doubts = append(r.Doubts, report.Doubt{Rule: "read.anchors", Text: "存疑"})
	}
	var got []string
	for _, f := range findingsOf(Report(r, street), "read.anchors") {
		got = append(got, f.Key("120110008", 2022))
	}
	want := []string{"read.anchors@120110008/2022", "read.anchors/#2@120110008/2022", "read.anchors/#3@120110008/2022"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestThresholds(t *testing.T) {
	if err := (standard.Thresholds{"year.jump.ratio": 3, "cell.too_long.digits": 6}).Validate(); err != nil {
		t.Error(err)
	}
	err := standard.Thresholds{"year.jump.rate": 3, "jump": 1, "year.leap.ratio": 2}.Validate()
	for _, key := range []string{"year.jump.rate", "jump", "year.leap.ratio"} {
		if err == nil || !strings.Contains(err.Error(), "threshold "+key+":") {
			t.Errorf("%v does not name %s", err, key)
		}
	}
}
