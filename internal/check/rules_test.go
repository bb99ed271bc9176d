package check

import (
	"slices"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A ruleCase is a reading for which one rule has one answer. why says what is odd
// about it.
type ruleCase struct {
	rule, subject, why string
	want               report.Result
	severity           report.Severity // of the finding, where the case is about it
	r                  *report.Reading
	with               Context
}

func (c ruleCase) check(t *testing.T) {
	t.Helper()
	out := Report(c.r, c.with)
	if got := resultOf(t, out, c.rule, c.subject); got.Result != c.want {
		t.Errorf("%s: %s, want %s", c.why, got.Result, c.want)
	}
	found := 0
	for _, f := range findingsOf(out, c.rule) {
		found++
		if f.Text == "" || f.TextEN == "" || !strings.HasSuffix(f.Text, "。") || f.RuleVersion == 0 || f.Formula == "" {
			t.Errorf("%s: finding is not whole: %+v", c.why, f)
		}
		if rule, _ := standard.RuleOf(c.rule); (f.Threshold != "") != (len(rule.Thresholds) > 0) {
			t.Errorf("%s: threshold %q of %+v", c.why, f.Threshold, rule.Thresholds)
		}
		if strings.Contains(f.Text, "  ") || strings.Contains(f.Text, "%!") {
			t.Errorf("%s: sentence %q", c.why, f.Text)
		}
		if c.severity != "" && f.Severity != c.severity {
			t.Errorf("%s: severity %s, want %s", c.why, f.Severity, c.severity)
		}
	}
	if (found > 0) != (c.want == report.Fail) {
		t.Errorf("%s: %d findings of %s; want them exactly where it fails", c.why, found, c.rule)
	}
}

func f14() *report.Reading { return zeros(standard.F2014, 2016) }
func f19() *report.Reading { return zeros(standard.F2019, 2020) }
func f21() *report.Reading { return zeros(standard.F2021, 2022) }

var street = Context{Kind: standard.Street}

// verbatim sets what stands in a cell beside its amount.
func verbatim(r *report.Reading, code standard.CellCode, amount, text string) *report.Reading {
	set(r, string(code)+"="+amount)
	cell, _ := standard.FormOf(r.Format).Cell(code)
	r.Values[cell.Index].Text = text
	return r
}

func cellCases() []ruleCase {
	return []ruleCase{
		{"cell.not_integer", "requests", "a whole count", report.Pass, "", set(f19(), "requests.new/total=3"), street},
		{"cell.not_integer", "requests", "half a request", report.Fail, "error", set(f19(), "requests.new/total=2.5"), street},
		{"cell.not_integer", "disclosure", "money has decimals", report.Pass, "", set(f19(), "disclosure.procurement.amount=2.5"), street},
		{"cell.negative", "disclosure", "a change may be negative", report.Pass, "", set(f19(), "disclosure.fee.change=-2"), street},
		{"cell.negative", "disclosure", "decisions may not", report.Fail, "error", set(f19(), "disclosure.penalty.decisions=-2"), street},
		{"cell.token", "appeals", "numbers only", report.Pass, "", f21(), street},
		{"cell.token", "appeals", "a slash", report.Fail, "notice", set(f21(), "review.total=/"), street},
		{"cell.token", "appeals", "words", report.Fail, "notice", set(f21(), "review.total=详见附件"), street},
		{"cell.blank", "requests", "no blank", report.Pass, "", f21(), street},
		{"cell.blank", "requests", "one blank", report.Fail, "notice", set(f21(), "requests.new/legal="), street},
		{"cell.blank", "requests", "a whole row blank", report.Fail, "warning", set(f21(), "requests.new/*="), street},
		{"cell.blank", "requests", "a whole column blank", report.Fail, "warning", set(f21(), "*/total="), street},
		{"cell.unit_in_cell", "disclosure", "bare numbers", report.Pass, "", f19(), street},
		{"cell.unit_in_cell", "disclosure", "the unit of the form", report.Fail, "notice", verbatim(f19(), "disclosure.penalty.decisions", "3", "3件"), street},
		{"cell.unit_in_cell", "disclosure", "yuan where 万元 is due", report.Fail, "warning", verbatim(f19(), "disclosure.procurement.amount", "25.1", "251000元"), street},
		{"cell.year_like", "disclosure", "another number", report.Pass, "", set(f19(), "disclosure.penalty.decisions=2018"), street},
		{"cell.year_like", "disclosure", "the year, by a street", report.Fail, "warning", set(f19(), "disclosure.penalty.decisions=2020"), street},
		{"cell.year_like", "disclosure", "the year before, by a department", report.Fail, "notice", set(f19(), "disclosure.penalty.decisions=2019"), Context{Kind: standard.Department}},
		{"cell.too_long", "disclosure", "six digits", report.Pass, "", set(f19(), "disclosure.penalty.decisions=999999"), street},
		{"cell.too_long", "disclosure", "seven digits, by a street", report.Fail, "warning", set(f19(), "disclosure.penalty.decisions=1000000"), street},
		{"cell.too_long", "disclosure", "seven digits, by a city", report.Pass, "", set(f19(), "disclosure.penalty.decisions=1000000"), Context{Kind: standard.Government}},
		{"cell.too_long", "disclosure", "a date, by a city", report.Fail, "warning", set(f19(), "disclosure.penalty.decisions=20200131"), Context{Kind: standard.Government}},
		{"cell.too_long", "disclosure", "a telephone number", report.Fail, "warning", set(f19(), "disclosure.penalty.decisions=13800138000"), Context{Kind: standard.Government}},
		{"cell.too_long", "disclosure", "threshold from the settings", report.Fail, "warning", set(f19(), "disclosure.penalty.decisions=100"),
			Context{Kind: standard.Street, Thresholds: standard.Thresholds{"cell.too_long.digits": 3}}},
	}
}

// noted adds a note of the readers.
func noted(r *report.Reading, rule, subject string) *report.Reading {
	r.Notes = append(r.Notes, report.Note{Rule: rule, Subject: subject, Text: "表 2：" + subject + "。", Place: report.Place{Table: 2}})
	return r
}

// sectioned gives a reading sections with these headings, numbered as they stand.
func sectioned(r *report.Reading, headings ...string) *report.Reading {
	for i, heading := range headings {
		r.Sections = append(r.Sections, report.Section{Number: i + 1, Heading: heading})
	}
	return r
}

// only keeps the sections of these numbers.
func only(r *report.Reading, numbers ...int) *report.Reading {
	r.Sections = slices.DeleteFunc(r.Sections, func(s report.Section) bool { return !slices.Contains(numbers, s.Number) })
	return r
}

func six() []string {
	return []string{"一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
		"四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"}
}

func formCases() []ruleCase {
	return []ruleCase{
		{"form.year_format", "", "the form of the year", report.Pass, "", f21(), street},
		{"form.year_format", "", "an old form", report.Fail, "warning", zeros(standard.F2019, 2022), street},
		{"form.year_format", "", "the first year is lenient", report.Fail, "notice", zeros(standard.F2014, 2019), street},
		{"form.year_format", "", "before the first form", report.NotApplicable, "", zeros(standard.F2014, 2012), street},
		{"form.missing_section", "5", "six sections", report.Pass, "", sectioned(f21(), six()...), street},
		{"form.missing_section", "6", "no section 6", report.Fail, "warning", sectioned(f21(), six()[:5]...), street},
		{"form.missing_section", "2", "no heading, but its table", report.Pass, "", only(sectioned(f21(), six()...), 1, 5, 6), street},
		{"form.missing_section", "", "a workbook has no sections", report.NotApplicable, "", f21(), street},
		{"form.section_order", "", "一 to 六", report.Pass, "", sectioned(f21(), six()...), street},
		{"form.section_order", "", "an Arabic numeral", report.Fail, "notice", sectioned(f21(), "一、总体情况", "2、主动公开", "三、收到", "四、复议", "五、问题", "六、其他"), street},
		{"form.section_order", "", "the readers kept no numbers", report.NotApplicable, "", sectioned(f21(), "总体情况", "主动公开"), street},
		{"form.missing_table", "appeals", "all tables", report.Pass, "", f21(), street},
		{"form.missing_table", "appeals", "no appeals table", report.Fail, "error", set(f21(), "review.*=-", "suit_*=-"), street},
		{"form.image_table", "appeals", "a picture", report.Fail, "warning", noted(f21(), "form.image_table", "appeals"), street},
		{"form.row_set", "requests", "all rows", report.Pass, "", f21(), street},
		{"form.row_set", "requests", "a row is missing", report.Fail, "warning", set(f21(), "outcome.other.rest/*=-"), street},
		{"form.row_set", "其他主动公开文件", "an extra row", report.Fail, "warning", noted(f21(), "form.row_set", "其他主动公开文件"), street},
		{"form.column_set", "requests", "all columns", report.Pass, "", f21(), street},
		{"form.column_set", "requests", "a column is missing", report.Fail, "warning", set(f21(), "*/legal=-"), street},
		{"form.total_blank", "", "no blank", report.Pass, "", f21(), street},
		{"form.total_blank", "", "total blank", report.Fail, "notice", set(f21(), "outcome.granted/total="), street},
		{"form.total_blank", "", "applicants blank", report.Fail, "notice", set(f21(), "outcome.granted/*=", "outcome.granted/total=0"), street},
		{"form.total_blank", "", "a whole row blank", report.Pass, "", set(f21(), "outcome.granted/*="), street},
		{"form.label_drift", "本年处理绝对数量", "another label", report.Fail, "notice", noted(f21(), "form.label_drift", "本年处理绝对数量"), street},
		{"form.duplicate_table", "disclosure", "twice", report.Fail, "warning", noted(f21(), "form.duplicate_table", "disclosure"), street},
		{"form.missing_section", "3", "noted by the readers", report.Fail, "error", noted(set(f21(), "*/*=-"), "form.missing_section", "3"), street},
	}
}

func withinCases() []ruleCase {
	town := Context{Kind: standard.Town}
	county := Context{Agency: &report.Agency{Kind: standard.Department, Region: "120110"}}
	city := Context{Agency: &report.Agency{Kind: standard.Government, Region: "1201"}}
	before := func(pairs ...string) Context { return Context{Previous: set(zeros(standard.F2021, 2021), pairs...)} }
	said := f21()
	said.Narrative = []report.Statement{{Says: "requests.new/total", Value: report.Count(3), Sentence: "收到申请3件"}}
	return []ruleCase{
		{"disclosure.rules_by_body", "", "a town without rules", report.Pass, "", f21(), town},
		{"disclosure.rules_by_body", "", "a town with rules", report.Fail, "warning", set(f21(), "disclosure.rules.in_force=6"), town},
		{"disclosure.rules_by_body", "", "a department of a county", report.Fail, "warning", set(f21(), "disclosure.rules.issued=1"), county},
		{"disclosure.rules_by_body", "", "a city makes rules", report.NotApplicable, "", set(f21(), "disclosure.rules.issued=1"), city},
		{"disclosure.procurement_pair", "", "an amount without projects", report.Fail, "error", set(f19(), "disclosure.procurement.amount=2.5"), street},
		{"disclosure.procurement_pair", "", "projects without an amount", report.Fail, "warning", set(f19(), "disclosure.procurement.projects=2"), street},
		{"disclosure.procurement_unit", "", "the seed's amount", report.Pass, "", verbatim(set(f19(), "disclosure.procurement.projects=21"), "disclosure.procurement.amount", "5225.19", "5225.19万元"), street},
		{"disclosure.procurement_unit", "", "in 元", report.Fail, "warning", verbatim(set(f19(), "disclosure.procurement.projects=6"), "disclosure.procurement.amount", "25.1", "251000元"), street},
		{"disclosure.procurement_unit", "", "much for each project", report.Fail, "warning", set(f19(), "disclosure.procurement.projects=13", "disclosure.procurement.amount=4674560"), Context{Kind: standard.Department}},
		{"disclosure.procurement_unit", "", "much for a street", report.Fail, "warning", set(f19(), "disclosure.procurement.projects=90", "disclosure.procurement.amount=100001"), street},
		{"disclosure.procurement_unit", "", "round in thousands", report.Fail, "warning", set(f19(), "disclosure.procurement.projects=99", "disclosure.procurement.amount=251000"), Context{Kind: standard.Department}},
		{"disclosure.procurement_unit", "", "blank", report.NotApplicable, "", set(f19(), "disclosure.procurement.amount="), street},
		{"disclosure.fee_unit", "", "an amount", report.Pass, "", set(f21(), "disclosure.fee.amount=33.5"), street},
		{"disclosure.fee_unit", "", "round in thousands", report.Fail, "warning", set(f21(), "disclosure.fee.amount=152000"), street},
		{"disclosure.fee_unit", "", "the text says a ten thousandth", report.Fail, "warning", feeInText(), street},
		{"cross.appeals_without_requests", "", "none in two years", report.Fail, "warning", set(f21(), "review.total=1", "review.upheld=1"), before()},
		{"cross.appeals_without_requests", "", "one the year before", report.Pass, "", set(f21(), "review.total=1", "review.upheld=1"), before("requests.new/total=1")},
		{"cross.appeals_exceed_decisions", "", "few", report.Pass, "", set(f21(), "review.total=1", "outcome.total/total=1"), before()},
		{"cross.appeals_exceed_decisions", "", "many", report.Fail, "notice", set(f21(), "review.total=3", "outcome.total/total=1"), before("outcome.total/total=1")},
		{"cross.all_zero", "", "zeros", report.Fail, "notice", f21(), street},
		{"cross.all_zero", "", "zeros beside a statement", report.Fail, "error", said, street},
		{"cross.all_zero", "", "one decision", report.Pass, "", set(f21(), "disclosure.penalty.decisions=1"), street},
		{"cross.all_zero", "", "a cell is absent", report.NotApplicable, "", set(f21(), "review.total=-"), street},
		{"cross.suspicious_row", "", "natural persons", report.Pass, "", row(f21(), "requests.new", "3 1 0 0 0 1 5"), street},
		{"cross.suspicious_row", "", "organisations only", report.Fail, "notice", row(f21(), "requests.new", "0 3 1 0 0 0 4"), street},
		{"cross.suspicious_row", "", "all in 其他", report.Fail, "notice", row(f21(), "requests.new", "0 0 0 0 0 4 4"), street},
		{"cross.suspicious_row", "", "a blank", report.NotApplicable, "", row(f21(), "requests.new", "_ 3 1 0 0 0 4"), street},
	}
}

func feeInText() *report.Reading {
	r := set(f21(), "disclosure.fee.amount=7400")
	r.Narrative = []report.Statement{{Says: "disclosure.fee.amount", Value: report.One * 74 / 100, Sentence: "收费0.74万元"}}
	return r
}

func TestCells(t *testing.T)  { runCases(t, cellCases()) }
func TestForm(t *testing.T)   { runCases(t, formCases()) }
func TestWithin(t *testing.T) { runCases(t, withinCases()) }

func runCases(t *testing.T, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.rule+"/"+strings.ReplaceAll(c.why, "/", " "), c.check)
	}
}
