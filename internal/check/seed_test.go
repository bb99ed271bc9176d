package check

import (
	"os"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// seed returns the seed's reading: the cells of its record, the prose of its text
// cut into sections by the headings, and the two figures that the prose states.
func seed(t testing.TB) *report.Reading {
	t.Helper()
	var r *report.Reading
	for _, rec := range records(t, "corpus/real/figures.jsonl") {
		if rec.ID == "tj-dongli-junliangcheng-2020" {
			r = rec.reading(t)
		}
	}
	if r == nil {
		t.Fatal("figures.jsonl has no record of the seed")
	}
	text, err := os.ReadFile(shared(t, "corpus/seed/junliangcheng-2020.txt"))
	if err != nil {
		t.Fatal(err)
	}
	r.Title = "政府信息公开工作年度报告"
	headings := []string{"一、总体情况", "2、 主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
		"四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "6、 其他需要报告的事项"}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if n := len(r.Sections); n < len(headings) && line == headings[n] {
			r.Sections = append(r.Sections, report.Section{Number: n + 1, Heading: line})
			continue
		}
		if n := len(r.Sections); n > 0 && n != 2 && n != 3 && n != 4 && line != "" {
			last := &r.Sections[n-1]
			last.Paragraphs = append(last.Paragraphs, report.Paragraph{Number: number, Text: line})
		}
	}
	if len(r.Sections) != 6 {
		t.Fatalf("%d sections found in the seed, want 6", len(r.Sections))
	}
	r.Narrative = []report.Statement{
		{Says: "requests.new/total", Value: report.Count(73), Verb: "受理", Section: 1},
		{Says: "outcome.total/total", Value: report.Count(81), Verb: "处理", Section: 1},
	}
	return r
}

// TestSeed holds what design.md §3 says of the seed: the prose and the table
// disagree, which is a finding, and the version is verified.
func TestSeed(t *testing.T) {
	out := Report(seed(t), Context{Kind: standard.Street})
	if out.Status != report.Verified || len(out.Violations) > 0 || len(out.Problems) > 0 {
		t.Errorf("status %s, violations %q, problems %q; want verified and none", out.Status, out.Violations, out.Problems)
	}
	var got []string
	for _, f := range out.Findings {
		got = append(got, f.Violation())
	}
	want := "cell.unit_in_cell/disclosure form.section_order disclosure.items_as_decisions/disclosure.penalty text.requests_received"
	if strings.Join(got, " ") != want {
		t.Errorf("findings %q, want %s", got, want)
	}
	found := findingsOf(out, "text.requests_received")
	if len(found) != 1 || found[0].Left != "73" || found[0].Right != "81" || found[0].Difference != "-8" ||
		found[0].Severity != report.Warning || found[0].Attribution != report.ByAgency {
		t.Errorf("finding about the text: %+v", found)
	}
}

// BenchmarkSeed is every rule on a real report with its prose; the bound for one
// report is 50 µs.
func BenchmarkSeed(b *testing.B) {
	r := seed(b)
	b.ReportAllocs()
	for b.Loop() {
		Report(r, Context{Kind: standard.Street})
	}
}
