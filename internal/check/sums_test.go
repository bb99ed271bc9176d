package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A figureCase sets cells of a report of zeros and says what one rule answers.
type figureCase struct {
	rule, subject string
	format        standard.Format
	cells         []string
	want          report.Result
	mark          Mark
	need          int
}

func (c figureCase) run() Outcome {
	form := standard.FormOf(c.format)
	return Report(set(zeros(c.format, form.From), c.cells...), Context{})
}

func figureCases() []figureCase {
	const f14, f19, f21 = standard.F2014, standard.F2019, standard.F2021
	return []figureCase{
		{"requests.balance", "natural", f19, []string{"requests.new/natural=5", "requests.carried_in/natural=1", "outcome.total/natural=4", "requests.carried_out/natural=2"}, report.Pass, 0, 0},
		{"requests.balance", "natural", f19, []string{"requests.new/natural=5", "outcome.total/natural=4"}, report.Fail, 0, 0},
		{"requests.balance", "natural", f19, []string{"requests.new/natural=5", "outcome.total/natural=4", "requests.carried_out/natural="}, report.Open, 0, 1},
		{"requests.balance", "natural", f19, []string{"requests.new/natural=5", "outcome.total/natural=9", "requests.carried_out/natural="}, report.Fail, 0, 0},
		{"requests.balance", "natural", f19, []string{"requests.new/natural=5", "outcome.total/natural=5", "requests.carried_out/natural=/"}, report.Pass, BlankAsZero | ImpliedZero, 0},
		{"requests.balance", "natural", f19, []string{"requests.new/natural=", "outcome.total/natural="}, report.Pass, BlankAsZero, 0},
		{"requests.balance", "natural", f19, []string{"requests.new/natural=详见附件"}, report.Open, 0, 1},
		{"requests.balance", "natural", f19, []string{"requests.new/natural=?"}, report.NotApplicable, 0, 0},
		{"requests.outcome_sum", "total", f21, []string{"outcome.other.rest/total=3", "outcome.total/total=3"}, report.Pass, 0, 0},
		{"requests.outcome_sum", "total", f21, []string{"outcome.other.rest/total=3", "outcome.total/total=4"}, report.Fail, 0, 0},
		{"requests.outcome_sum", "total", f21, []string{"outcome.other.rest/total=3", "outcome.granted/total=", "outcome.total/total=4"}, report.Open, 0, 1},
		{"requests.outcome_sum", "total", f21, []string{"outcome.granted/total=1", "outcome.total/total="}, report.Open, 0, 1},
		{"requests.outcome_sum", "total", f21, []string{"outcome.other.rest/total=-", "outcome.total/total=4"}, report.NotApplicable, 0, 0},
		{"requests.column_sum", "outcome.other", f19, []string{"outcome.other/legal=2", "outcome.other/total=2"}, report.Pass, 0, 0},
		{"requests.column_sum", "outcome.other", f19, []string{"outcome.other/legal=2", "outcome.other/total=1"}, report.Fail, 0, 0},
		{"requests.column_sum", "outcome.other", f19, []string{"outcome.other/*=", "outcome.other/natural=2"}, report.Open, 0, 6},
		{"requests.part_exceeds_total", "natural", f19, []string{"outcome.granted/natural=1", "outcome.total/natural=1"}, report.Pass, 0, 0},
		{"requests.part_exceeds_total", "natural", f19, []string{"outcome.granted/natural=2", "outcome.partial/natural=-", "outcome.total/natural=1"}, report.Fail, 0, 0},
		{"requests.part_exceeds_total", "natural", f19, []string{"outcome.granted/natural=1", "outcome.partial/natural=", "outcome.total/natural=1"}, report.Open, 0, 1},
		{"requests.part_exceeds_total", "requests.new", f19, []string{"requests.new/business=2", "requests.new/total=1"}, report.Fail, 0, 0},
		{"requests.carry_bound", "total", f19, []string{"requests.new/total=2", "requests.carried_out/total=2"}, report.Pass, 0, 0},
		{"requests.carry_bound", "total", f19, []string{"requests.new/total=2", "outcome.total/total=", "requests.carried_out/total=3"}, report.Fail, 0, 0},
		{"requests.carry_bound", "total", f19, []string{"requests.new/total=", "requests.carried_out/total=3"}, report.Open, 0, 1},
		{"appeals.sum", "review", f21, []string{"review.pending=2", "review.total=2"}, report.Pass, 0, 0},
		{"appeals.sum", "suit_after_review", f21, []string{"suit_after_review.upheld=1"}, report.Fail, 0, 0},
		{"appeals.sum", "suit_direct", f21, []string{"suit_direct.upheld=", "suit_direct.total=1"}, report.Open, 0, 1},
		{"appeals.part_exceeds_total", "review", f21, []string{"review.other=1", "review.total=1"}, report.Pass, 0, 0},
		{"appeals.part_exceeds_total", "review", f21, []string{"review.other=2", "review.total=1"}, report.Fail, 0, 0},
		{"appeals.part_exceeds_total", "review", f21, []string{"review.other=2", "review.total="}, report.Open, 0, 1},
		{"statistics.channels_in", "", f14, []string{"requests.online=2", "requests.received=2"}, report.Pass, 0, 0},
		{"statistics.channels_in", "", f14, []string{"requests.online=2", "requests.received=3"}, report.Fail, 0, 0},
		{"statistics.channels_in", "", f14, []string{"requests.online=2", "requests.by_fax=", "requests.received=3"}, report.Open, 0, 1},
		{"statistics.closed", "", f14, []string{"requests.closed_on_time=2", "requests.closed=2"}, report.Pass, 0, 0},
		{"statistics.closed", "", f14, []string{"requests.closed_on_time=2"}, report.Fail, 0, 0},
		{"statistics.closed", "", f14, []string{"requests.closed_on_time=2", "requests.closed="}, report.Open, 0, 1},
		{"statistics.replies", "", f14, []string{"replies.not_exist=2", "replies.total=2"}, report.Pass, 0, 0},
		{"statistics.replies", "", f14, []string{"replies.not_exist=2", "replies.total=1"}, report.Fail, 0, 0},
		{"statistics.replies", "", f14, []string{"replies.not_exist=", "replies.total=1"}, report.Open, 0, 1},
		{"statistics.denied", "", f14, []string{"replies.denied.privacy=2", "replies.denied=2"}, report.Pass, 0, 0},
		{"statistics.denied", "", f14, []string{"replies.denied.privacy=2", "replies.denied=1"}, report.Fail, 0, 0},
		{"statistics.denied", "", f14, []string{"replies.denied.privacy=", "replies.denied=1"}, report.Open, 0, 1},
		{"statistics.replies_closed", "", f14, []string{"replies.total=1", "requests.closed=1"}, report.Pass, 0, 0},
		{"statistics.replies_closed", "", f14, []string{"replies.total=1"}, report.Fail, 0, 0},
		{"statistics.replies_closed", "", f14, []string{"replies.total=1", "requests.closed="}, report.Open, 0, 1},
		{"statistics.closed_bound", "", f14, []string{"requests.received=2", "requests.closed=2"}, report.Pass, 0, 0},
		{"statistics.closed_bound", "", f14, []string{"requests.received=1", "requests.closed=2"}, report.Fail, 0, 0},
		{"statistics.closed_bound", "", f14, []string{"requests.received=", "requests.closed=2"}, report.Open, 0, 1},
		{"statistics.review", "", f14, []string{"review.other=2", "review.total=2"}, report.Pass, 0, 0},
		{"statistics.review", "", f14, []string{"review.other=2", "review.total=1"}, report.Fail, 0, 0},
		{"statistics.review", "", f14, []string{"review.other=", "review.total=1"}, report.Open, 0, 1},
		{"statistics.suit", "", f14, []string{"suit.other=2", "suit.total=2"}, report.Pass, 0, 0},
		{"statistics.suit", "", f14, []string{"suit.other=0", "suit.total=1"}, report.Fail, 0, 0},
		{"statistics.suit", "", f14, []string{"suit.other=/", "suit.total=1"}, report.Open, 0, 1},
		{"statistics.staff", "", f14, []string{"capacity.staff_full_time=2", "capacity.staff=2"}, report.Pass, 0, 0},
		{"statistics.staff", "", f14, []string{"capacity.staff_full_time=2", "capacity.staff=1"}, report.Fail, 0, 0},
		{"statistics.staff", "", f14, []string{"capacity.staff_full_time=", "capacity.staff=1"}, report.Open, 0, 1},
		{"statistics.by_head", "response.web_interviews", f14, []string{"response.web_interviews=1", "response.web_interviews_by_head=1"}, report.Pass, 0, 0},
		{"statistics.by_head", "response.web_interviews", f14, []string{"response.web_interviews_by_head=1"}, report.Fail, 0, 0},
		{"statistics.by_head", "response.press_conferences", f14, []string{"response.press_conferences="}, report.Open, 0, 1},
		{"statistics.normative", "", f14, []string{"proactive.total=1", "proactive.normative=1"}, report.Pass, 0, 0},
		{"statistics.normative", "", f14, []string{"proactive.normative=1"}, report.Fail, 0, 0},
		{"statistics.normative", "", f14, []string{"proactive.normative="}, report.Open, 0, 1},
		{"statistics.channel_bound", "", f14, []string{"proactive.total=3", "proactive.via_website=3", "proactive.via_wechat=3"}, report.Pass, 0, 0},
		{"statistics.channel_bound", "", f14, []string{"proactive.total=3", "proactive.via_website=4"}, report.Fail, 0, 0},
		{"statistics.channel_bound", "", f14, []string{"proactive.total=", "proactive.via_website=4"}, report.Open, 0, 1},
		{"statistics.training", "", f14, []string{"training.people=3", "training.courses=1"}, report.Pass, 0, 0},
		{"statistics.training", "", f14, []string{"training.people=3"}, report.Fail, 0, 0},
		{"statistics.training", "", f14, []string{"training.people=3", "training.courses="}, report.Open, 0, 1},
		{"disclosure.items_negative", "disclosure.fee", f19, []string{"disclosure.fee.prior_items=3", "disclosure.fee.change=-3"}, report.Pass, 0, 0},
		{"disclosure.items_negative", "disclosure.fee", f19, []string{"disclosure.fee.prior_items=2", "disclosure.fee.change=-3"}, report.Fail, 0, 0},
		{"disclosure.items_negative", "disclosure.fee", f19, []string{"disclosure.fee.prior_items=", "disclosure.fee.change=-3"}, report.Open, 0, 1},
		{"disclosure.procurement_pair", "", f19, []string{"disclosure.procurement.projects=1", "disclosure.procurement.amount=2.5"}, report.Pass, 0, 0},
		{"disclosure.procurement_pair", "", f19, []string{"disclosure.procurement.projects=0", "disclosure.procurement.amount=2.5"}, report.Fail, 0, 0},
		{"disclosure.procurement_pair", "", f19, []string{"disclosure.procurement.projects=", "disclosure.procurement.amount=2.5"}, report.Open, 0, 1},
		{"disclosure.procurement_pair", "", f19, []string{"disclosure.procurement.projects=3", "disclosure.procurement.amount=/"}, report.Open, 0, 1},
		{"disclosure.public_total", "disclosure.normative", f19, []string{"disclosure.normative.published=2", "disclosure.normative.public_total=2"}, report.Pass, 0, 0},
		{"disclosure.public_total", "disclosure.normative", f19, []string{"disclosure.normative.published=2", "disclosure.normative.public_total=1"}, report.Fail, 0, 0},
		{"disclosure.public_total", "disclosure.normative", f19, []string{"disclosure.normative.published=2", "disclosure.normative.public_total="}, report.Open, 0, 1},
		{"disclosure.unpublished_rules", "", f19, []string{"disclosure.rules.made=2", "disclosure.rules.published=2"}, report.Pass, 0, 0},
		{"disclosure.unpublished_rules", "", f19, []string{"disclosure.rules.made=2", "disclosure.rules.published=1"}, report.Fail, 0, 0},
		{"disclosure.unpublished_rules", "", f19, []string{"disclosure.rules.made=2", "disclosure.rules.published="}, report.Open, 0, 1},
		{"disclosure.decisions_without_items", "disclosure.penalty", f19, []string{"disclosure.penalty.decisions=9", "disclosure.penalty.change=4"}, report.Pass, 0, 0},
		{"disclosure.decisions_without_items", "disclosure.penalty", f19, []string{"disclosure.penalty.decisions=9"}, report.Fail, 0, 0},
		{"disclosure.decisions_without_items", "disclosure.penalty", f19, []string{"disclosure.penalty.decisions=9", "disclosure.penalty.change="}, report.Open, 0, 1},
		{"disclosure.items_as_decisions", "disclosure.license", f19, []string{"disclosure.license.prior_items=21", "disclosure.license.change=19", "disclosure.license.decisions=41"}, report.Pass, 0, 0},
		{"disclosure.items_as_decisions", "disclosure.license", f19, []string{"disclosure.license.prior_items=21", "disclosure.license.change=19", "disclosure.license.decisions=40"}, report.Fail, 0, 0},
		{"disclosure.items_as_decisions", "disclosure.license", f19, []string{"disclosure.license.prior_items=40", "disclosure.license.decisions=40"}, report.Pass, 0, 0},
		{"disclosure.items_as_decisions", "disclosure.license", f19, []string{"disclosure.license.prior_items=4", "disclosure.license.change=5", "disclosure.license.decisions=9"}, report.Pass, 0, 0},
		{"disclosure.items_as_decisions", "disclosure.license", f19, []string{"disclosure.license.prior_items=21", "disclosure.license.change=", "disclosure.license.decisions=40"}, report.Open, 0, 1},
		{"disclosure.unpublished_normative", "", f19, []string{"disclosure.normative.made=87", "disclosure.normative.public_total=1"}, report.Pass, 0, 0},
		{"disclosure.unpublished_normative", "", f19, []string{"disclosure.normative.made=87"}, report.Fail, 0, 0},
		{"disclosure.unpublished_normative", "", f19, []string{"disclosure.normative.made=87", "disclosure.normative.published="}, report.Open, 0, 1},
		{"disclosure.stock_bound", "disclosure.normative", f21, []string{"disclosure.normative.issued=3", "disclosure.normative.repealed=1", "disclosure.normative.in_force=2"}, report.Pass, 0, 0},
		{"disclosure.stock_bound", "disclosure.normative", f21, []string{"disclosure.normative.issued=3", "disclosure.normative.in_force=2"}, report.Fail, 0, 0},
		{"disclosure.stock_bound", "disclosure.normative", f21, []string{"disclosure.normative.issued=3", "disclosure.normative.in_force="}, report.Open, 0, 1},
		{"cross.appeals_without_requests", "", f21, []string{"review.total=1", "requests.new/total=1"}, report.Pass, 0, 0},
		{"cross.appeals_without_requests", "", f21, []string{"review.total=1"}, report.Open, 0, 2},
		{"cross.appeals_exceed_decisions", "", f21, []string{"review.total=1"}, report.Open, 0, 1},
	}
}

func TestRelations(t *testing.T) {
	for _, c := range figureCases() {
		t.Run(c.rule+"/"+string(c.want), func(t *testing.T) {
			out := c.run()
			got := resultOf(t, out, c.rule, c.subject)
			if got.Result != c.want || got.Mark != c.mark || len(got.Need) != c.need {
				t.Errorf("%v: %s, marks %v, needs %v; want %s, marks %v, %d cells", c.cells,
					got.Result, got.Mark.Names(), got.Need, c.want, c.mark.Names(), c.need)
			}
			failed := false
			for _, f := range findingsOf(out, c.rule) {
				failed = failed || f.Subject == c.subject
			}
			if failed != (c.want == report.Fail) {
				t.Errorf("%v: finding %v, want it exactly where the rule fails", c.cells, failed)
			}
		})
	}
}

// TestSeverityByDirection holds the notes of checks.md §2: the same equation weighs
// differently above and below, and is a violation both ways.
func TestSeverityByDirection(t *testing.T) {
	for _, c := range []struct {
		cell, total string
		rule        string
		above, want report.Severity
	}{
		{"replies.denied.privacy", "replies.denied", "statistics.denied", report.Warning, report.Error},
		{"review.other", "review.total", "statistics.review", report.Error, report.Notice},
		{"suit.other", "suit.total", "statistics.suit", report.Error, report.Notice},
	} {
		for _, direction := range []struct {
			part, total string
			want        report.Severity
		}{{"3", "2", c.above}, {"2", "3", c.want}} {
			r := set(zeros(standard.F2014, 2016), c.cell+"="+direction.part, c.total+"="+direction.total)
			out := Report(r, Context{})
			found := findingsOf(out, c.rule)
			if len(found) != 1 || found[0].Severity != direction.want {
				t.Errorf("%s of %s in %s: %+v, want one %s", direction.part, direction.total, c.rule, found, direction.want)
			}
			if diff := cmp.Diff([]string{c.rule}, keep(out.Violations, c.rule)); diff != "" {
				t.Errorf("%s: violations (-want +got):\n%s", c.rule, diff)
			}
		}
	}
}

func keep(list []string, name string) []string {
	var kept []string
	for _, one := range list {
		if one == name {
			kept = append(kept, one)
		}
	}
	return kept
}

// TestSentences pins what a finding says: figures, both languages, nothing else.
func TestSentences(t *testing.T) {
	r := set(zeros(standard.F2019, 2020),
		"requests.new/natural=5", "requests.new/total=5", "outcome.granted/natural=3", "outcome.granted/total=3",
		"outcome.partial/natural=1", "outcome.partial/total=", "outcome.total/natural=3", "outcome.total/total=2",
		"requests.carried_out/*=0", "requests.carried_out/natural=2", "requests.carried_out/total=9")
	out := Report(r, Context{})
	var got []string
	for _, f := range out.Findings {
		if strings.HasPrefix(f.Rule, "cell.") || strings.HasPrefix(f.Rule, "form.") {
			continue
		}
		got = append(got, f.Violation()+": "+f.Text, f.TextEN)
	}
	want := []string{
		"requests.balance/total: 总计：本年新收 5 + 上年结转 0 = 5，办理结果总计 2 + 结转下年度 9 = 11，相差 6。",
		"Total: new 5 + carried in 0 = 5; total decided 2 + carried out 9 = 11; difference 6.",
		"requests.outcome_sum/natural: 自然人：各项办理结果合计 4（予以公开 3、部分公开 1），办理结果总计 3，相差 1。",
		"Natural persons: the outcomes come to 4 (granted 3, granted in part 1); total decided 3; difference 1.",
		"requests.outcome_sum/total: 总计：各项办理结果合计 3（予以公开 3、1 格无数），办理结果总计 2，相差 1。",
		"Total: the outcomes come to 3 (granted 3, 1 without a number); total decided 2; difference 1.",
		"requests.column_sum/outcome.total: 办理结果总计：六类申请人合计 3（自然人 3），总计 2，相差 1。",
		"Total decided: the six kinds of applicant come to 3 (Natural persons 3); Total 2; difference 1.",
		"requests.column_sum/requests.carried_out: 结转下年度：六类申请人合计 2（自然人 2），总计 9，相差 7。",
		"Carried out: the six kinds of applicant come to 2 (Natural persons 2); Total 9; difference 7.",
		"requests.part_exceeds_total/total: 总计：予以公开 3，大于办理结果总计 2。",
		"Total: granted 3, more than total decided 2.",
		"requests.part_exceeds_total/outcome.total: 办理结果总计：自然人 3，大于总计 2。",
		"Total decided: Natural persons 3, more than Total 2.",
		"requests.carry_bound/total: 总计：结转下年度 9，大于本年新收 5 + 上年结转 0 = 5。",
		"Total: carried out 9, more than new 5 + carried in 0 = 5.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sentences (-want +got):\n%s", diff)
	}
}
