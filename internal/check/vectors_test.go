package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// blanks returns a reading with every cell blank.
func blanks(format standard.Format, year int) *report.Reading {
	r := zeros(format, year)
	for i := range r.Values {
		r.Values[i] = valueOf("")
	}
	return r
}

// TestVectors holds checks.md §12: real figures and what the rules say of them.
func TestVectors(t *testing.T) {
	r := blanks(standard.F2021, 2022)
	set(r, "requests.new/total=14069", "requests.carried_in/total=560", "requests.carried_out/total=819")
	row(r, "requests.new", "13612 252 0 45 128 32 14069")
	set(r, "outcome.total/total=13810")
	figures := strings.Fields("5548 2168 13 30 11 51 104 85 286 150 3222 180 19 203 148 0 101 5 318 203 965")
	for i, outcome := range standard.Outcomes(standard.F2021) {
		set(r, outcome+"/total="+figures[i])
	}
	set(r, "review.upheld=376", "review.corrected=97", "review.other=196", "review.pending=121", "review.total=790",
		"suit_direct.upheld=16", "suit_direct.corrected=1", "suit_direct.other=12", "suit_direct.pending=27", "suit_direct.total=56",
		"suit_after_review.upheld=74", "suit_after_review.corrected=1", "suit_after_review.other=30", "suit_after_review.pending=51", "suit_after_review.total=156")
	writes(r, 6, "本年度依申请公开收取信息处理费400元。")
	out := Report(r, Context{Kind: standard.Government})
	for _, name := range []string{"requests.balance/total", "requests.column_sum/requests.new", "requests.outcome_sum/total",
		"appeals.sum/review", "appeals.sum/suit_direct", "appeals.sum/suit_after_review", "text.info_fee/"} {
		rule, subject, _ := strings.Cut(name, "/")
		if got := resultOf(t, out, rule, subject); got.Result != report.Pass || got.Mark != 0 {
			t.Errorf("%s: %s %v, want pass", name, got.Result, got.Mark.Names())
		}
	}
	for _, rule := range []string{"text.info_fee", "text.fee_unpaid", "text.figure"} {
		if found := findingsOf(out, rule); len(found) > 0 {
			t.Errorf("400 元 beside 203 unpaid: %s %+v, want no finding", rule, found)
		}
	}
}

// TestVectorsBlank holds the report with blanks for zeros and blank totals.
func TestVectorsBlank(t *testing.T) {
	r := blanks(standard.F2019, 2019)
	row(r, "requests.new", "821 35 _ _ 2 1 859")
	row(r, "requests.carried_in", "18 _ _ _ _ _ 18")
	set(r, "outcome.total/total=805", "requests.carried_out/total=72", "outcome.granted/natural=258", "outcome.granted/business=12",
		"disclosure.procurement.projects=6")
	verbatim(r, "disclosure.procurement.amount", "25.1", "251000元")
	out := Report(r, Context{Kind: standard.Department})
	if got := resultOf(t, out, "requests.column_sum", "requests.new"); got.Result != report.Pass || !slices.Contains(got.Mark.Names(), "blank_as_zero") {
		t.Errorf("column sum of new: %+v, want pass with blank_as_zero", got)
	}
	if got := resultOf(t, out, "requests.balance", "total"); got.Result != report.Pass || got.Mark != 0 {
		t.Errorf("balance: %+v, want pass", got)
	}
	if got := resultOf(t, out, "requests.column_sum", "outcome.granted"); got.Result != report.Open ||
		!slices.Contains(got.Need, standard.CellCode("outcome.granted/total")) {
		t.Errorf("column sum of a row without total: %+v, want open", got)
	}
	if found := findingsOf(out, "form.total_blank"); len(found) == 0 || found[0].Subject != "total" {
		t.Errorf("blank totals: %+v", found)
	}
	found := findingsOf(out, "cell.unit_in_cell")
	if len(found) != 1 || found[0].Severity != report.Warning || !strings.Contains(found[0].Text, "25.1") {
		t.Errorf("unit in the cell: %+v, want a warning with 25.1", found)
	}
	if out.Status != report.Verified || len(out.Marked()) == 0 {
		t.Errorf("status %s, %d marks", out.Status, len(out.Marked()))
	}
}

// TestVectorsText holds the sums of the prose.
func TestVectorsText(t *testing.T) {
	for _, sum := range []string{"71 1 2 12 2 3 3 11 37", "192 64 32 2 94", "301 8 1 48 4 240", "120 11 109", "521 350 19 24 128"} {
		numbers := strings.Fields(sum)
		var parts []string
		for i, n := range numbers[1:] {
			parts = append(parts, fmt.Sprintf("类别%c%s条", 'A'+i, n))
		}
		text := "全年共发布信息" + numbers[0] + "条，分别为" + strings.Join(parts, "、") + "。"
		out := Report(writes(f21(), 1, text), street)
		if got := resultOf(t, out, "text.parts_sum", ""); got.Result != report.Pass {
			t.Errorf("%s: %s, want pass", text, got.Result)
		}
	}
}
