package check

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// says adds a statement to a reading.
func says(r *report.Reading, code string, value int64, verb string) *report.Reading {
	r.Narrative = append(r.Narrative, report.Statement{Says: code, Value: report.Count(value), Verb: verb,
		Sentence: verb + "申请若干件", Paragraph: 3})
	return r
}

// writes adds a paragraph to a section.
func writes(r *report.Reading, section int, text string) *report.Reading {
	for i := range r.Sections {
		if r.Sections[i].Number == section {
			r.Sections[i].Paragraphs = append(r.Sections[i].Paragraphs, report.Paragraph{Number: 3, Text: text})
			return r
		}
	}
	r.Sections = append(r.Sections, report.Section{Number: section, Heading: six()[section-1],
		Paragraphs: []report.Paragraph{{Number: 3, Text: text}}})
	return r
}

func narrativeCases() []ruleCase {
	const suits = "suit_direct.total+suit_after_review.total"
	new4 := func() *report.Reading { return set(f21(), "requests.new/total=4", "requests.carried_in/total=1") }
	withdrawn := func(total string) *report.Reading {
		return writes(says(set(f21(), "outcome.total/total="+total), "outcome.total/total", 11, "办结"), 1, "申请人主动撤回8件。")
	}
	blankTotal := func(natural string) *report.Reading { // the prose says 5
		return says(set(f21(), "outcome.granted/total=", "outcome.granted/natural="+natural), "outcome.granted/total", 5, "公开")
	}
	return []ruleCase{
		{"text.requests_received", "", "equal to new", report.Pass, "", says(new4(), "requests.new/total", 4, "收到"), street},
		{"text.requests_received", "", "equal to new and carried in", report.Pass, "", says(new4(), "requests.new/total", 5, "收到"), street},
		{"text.requests_received", "", "neither", report.Fail, "warning", says(new4(), "requests.new/total", 6, "收到"), street},
		{"text.requests_received", "", "newly received", report.Fail, "error", says(new4(), "requests.new/total", 6, "新收"), street},
		{"text.requests_received", "", "a blank", report.Open, "", says(set(f21(), "requests.new/total="), "requests.new/total", 6, "新收"), street},
		{"text.requests_received", "", "the statistics table", report.Fail, "warning", says(f14(), "requests.received", 6, "收到"), street},
		{"text.requests_replied", "", "equal", report.Pass, "", says(set(f21(), "outcome.total/total=4"), "outcome.total/total", 4, "答复"), street},
		{"text.requests_replied", "", "not equal", report.Fail, "warning", says(f21(), "outcome.total/total", 4, "答复"), street},
		{"text.requests_replied", "", "a blank", report.Open, "", says(set(f21(), "outcome.total/total="), "outcome.total/total", 4, "答复"), street},
		{"text.withdrawn", "", "handled and withdrawn", report.Pass, "", withdrawn("19"), street},
		{"text.withdrawn", "", "one too many", report.Fail, "notice", withdrawn("20"), street},
		{"text.carried", "requests.carried_out/total", "equal", report.Pass, "", says(set(f21(), "requests.carried_out/total=2"), "requests.carried_out/total", 2, "结转下年"), street},
		{"text.carried", "requests.carried_out/total", "not equal", report.Fail, "error", says(f21(), "requests.carried_out/total", 2, "结转下年"), street},
		{"text.carried", "requests.carried_in/total", "a blank", report.Open, "", says(set(f21(), "requests.carried_in/total=/"), "requests.carried_in/total", 2, "上年结转"), street},
		{"text.appeals", "review", "equal", report.Pass, "", says(set(f21(), "review.total=2"), "review.total", 2, "复议"), street},
		{"text.appeals", "review", "not equal", report.Fail, "warning", says(set(f21(), "review.total=170"), "review.total", 134, "复议"), street},
		{"text.appeals", "suit", "a sum", report.Pass, "", says(set(f21(), "suit_direct.total=25", "suit_after_review.total=52"), suits, 77, "诉讼"), street},
		{"text.appeals", "suit", "another sum", report.Fail, "warning", says(set(f21(), "suit_direct.total=25", "suit_after_review.total=52"), suits, 57, "诉讼"), street},
		{"text.appeals", "suit", "a blank", report.Open, "", says(set(f21(), "suit_direct.total=25", "suit_after_review.total="), suits, 57, "诉讼"), street},
		{"text.normative", "", "equal", report.Pass, "", says(set(f21(), "disclosure.normative.issued=2"), "disclosure.normative.issued", 2, "制发"), street},
		{"text.normative", "", "not equal", report.Fail, "notice", says(f21(), "disclosure.normative.issued", 2, "制发"), street},
		{"text.figure", "disclosure.penalty.decisions", "equal", report.Pass, "", says(set(f21(), "disclosure.penalty.decisions=2"), "disclosure.penalty.decisions", 2, "处罚"), street},
		{"text.figure", "disclosure.penalty.decisions", "not equal", report.Fail, "notice", says(f21(), "disclosure.penalty.decisions", 2, "处罚"), street},
		{"text.figure", "outcome.granted/total", "a blank total, its applicants alike", report.Pass, "", blankTotal("5"), street},
		{"text.figure", "outcome.granted/total", "a blank total, its applicants below", report.Open, "", blankTotal("4"), street},
		{"text.figure", "outcome.granted/total", "a blank total, its applicants above", report.Fail, "notice", blankTotal("6"), street},
	}
}

func proseCases() []ruleCase {
	new1 := func() *report.Reading { return set(f21(), "requests.new/total=1") }
	title := func(text string) *report.Reading { r := f21(); r.Title = text; return r }
	parts := func(text string) *report.Reading { return writes(f21(), 1, text) }
	neighbours := Context{Agency: &report.Agency{Name: "甲街道办事处", Short: "甲街道"}, Neighbours: []string{"乙街道"}}
	return []ruleCase{
		{"text.no_requests", "", "none", report.Pass, "", writes(f21(), 1, "全年未收到政府信息公开申请，上年结转0件。"), street},
		{"text.no_requests", "", "one in the table", report.Fail, "error", writes(new1(), 1, "全年未收到政府信息公开申请。"), street},
		{"text.no_requests", "", "a blank", report.Open, "", writes(set(f21(), "requests.new/total="), 1, "全年未收到政府信息公开申请。"), street},
		{"text.no_requests", "", "from the readers alone", report.Fail, "error", says(new1(), "requests.new/total", 0, "未收到"), street},
		{"text.no_appeals", "review", "none", report.Pass, "", writes(f21(), 4, "未发生行政复议、行政诉讼。"), street},
		{"text.no_appeals", "suit", "one in the table", report.Fail, "error", writes(set(f21(), "suit_direct.total=1"), 4, "未发生行政复议、行政诉讼。"), street},
		{"text.no_appeals", "suit", "a blank", report.Open, "", writes(set(f21(), "suit_direct.total="), 4, "未发生行政诉讼。"), street},
		{"text.parts_sum", "", "no list", report.NotApplicable, "", parts("全年发布信息12条。"), street},
		{"text.parts_sum", "", "parts make the whole", report.Pass, "", parts("共发布301条，分别为8条、1条、48条、4条、240条。"), street},
		{"text.parts_sum", "", "parts make less", report.Fail, "warning", parts("共发布212条，包括2条、51条、97条和46条。"), street},
		{"text.parts_sum", "", "one announced, two listed", report.Fail, "warning", parts("共1项，包括：甲1项，乙2项。"), street},
		{"text.parts_sum", "", "其中 may be less", report.Pass, "", parts("共发布12条，其中甲2条、乙3条。"), street},
		{"text.parts_sum", "", "其中 may not be more", report.Fail, "notice", parts("共发布12条，其中甲10条、乙3条。"), street},
		{"text.parts_sum", "", "a part that is the whole again", report.Open, "", parts("共收到81件，其中答复81件、结转3件。"), street},
		{"text.parts_sum", "", "not exact", report.NotApplicable, "", parts("共发布273余条，包括甲200条、乙70条。"), street},
		{"text.parts_sum", "", "other units", report.NotApplicable, "", parts("共发布12条，包括图片3张、视频2个。"), street},
		{"text.reply_rate", "", "nothing left", report.Pass, "", parts("办结率100%。"), street},
		{"text.reply_rate", "", "three left", report.Fail, "notice", writes(set(f21(), "requests.carried_out/total=3"), 1, "按期答复率为１００％。"), street},
		{"text.info_fee", "", "stated", report.Pass, "", writes(f21(), 6, "本年度未收取信息处理费。"), street},
		{"text.info_fee", "", "silent", report.Fail, "notice", writes(f21(), 6, "无其他需要报告的事项。"), street},
		{"text.info_fee", "", "no section 6", report.NotApplicable, "", f21(), street},
		{"text.fee_unpaid", "", "none", report.Pass, "", writes(f21(), 6, "本年度未发出收费通知。"), street},
		{"text.fee_unpaid", "", "two unpaid", report.Fail, "warning", writes(set(f21(), "outcome.other.fee_unpaid/total=2"), 6, "本年度未发出收费通知。"), street},
		{"text.period", "", "the calendar year", report.Pass, "", parts("所列数据的统计期限自2022年1月1日起至2022年12月31日止。"), street},
		{"text.period", "", "the second year left out", report.Pass, "", parts("统计期限为２０２２年１月１日至１２月３１日。"), street},
		{"text.period", "", "ends early", report.Fail, "error", parts("统计期限自2022年1月1日起至2022年12月20日止。"), street},
		{"text.period", "", "another year", report.Fail, "error", parts("统计期限自2021年1月1日起至2021年12月31日止。"), street},
		{"text.stale_year", "title", "no year", report.Pass, "", title("政府信息公开工作年度报告"), street},
		{"text.stale_year", "title", "the year", report.Pass, "", title("2022年度政府信息公开工作年度报告"), street},
		{"text.stale_year", "title", "another year", report.Fail, "warning", title("2021年度政府信息公开工作年度报告"), street},
		{"text.stale_year", "text", "an earlier year called this year", report.Fail, "warning", parts("本年度（2021年）共发布信息3条。"), street},
		{"text.unit_name", "", "its own name", report.Pass, "", title("甲街道2022年度报告"), neighbours},
		{"text.unit_name", "", "another name", report.Fail, "warning", title("乙街道2022年度报告"), neighbours},
		{"text.unit_name", "", "another signature", report.Fail, "warning", writes(f21(), 6, "乙街道办事处"), neighbours},
		{"text.unit_name", "", "no register", report.NotApplicable, "", title("乙街道2022年度报告"), street},
		{"text.problems", "", "long", report.Pass, "", writes(f21(), 5, "一是更新不够及时，二是解读形式单一，下一步将加强培训、完善机制。"), street},
		{"text.problems", "", "nothing", report.Fail, "warning", writes(f21(), 5, "无。"), street},
		{"text.problems", "", "no section 5", report.NotApplicable, "", f21(), street},
		{"text.supervision", "", "a town that reports it", report.Pass, "", parts("工作考核、社会评议按规定开展。"), Context{Kind: standard.Town}},
		{"text.supervision", "", "a town that does not", report.Fail, "notice", parts("全年发布信息12条。"), Context{Kind: standard.Town}},
		{"text.supervision", "", "a street need not", report.NotApplicable, "", parts("全年发布信息12条。"), street},
		{"text.typo", "", "clean", report.Pass, "", parts("按照国办公开办函〔2021〕30号要求编制。"), street},
		{"text.typo", "", "doubled", report.Fail, "notice", parts("政府信息公开工作工作有序开展。"), street},
		{"text.typo", "", "doubled rightly", report.Pass, "", parts("从事政府信息公开工作工作人员3名。"), street},
		{"form.template_left", "", "clean", report.Pass, "", parts("网址为http://www.example.cn/XXGK/。"), street},
		{"form.template_left", "", "a placeholder", report.Fail, "warning", parts("XX街道办事处全年发布信息12条。"), street},
	}
}

// openTextCases are statements that a blank could make true.
func openTextCases() []ruleCase {
	withdrawn := writes(says(set(f21(), "outcome.total/total="), "outcome.total/total", 11, "办结"), 1, "申请人主动撤回8件。")
	return []ruleCase{
		{"text.withdrawn", "", "a blank total", report.Open, "", withdrawn, street},
		{"text.reply_rate", "", "a blank", report.Open, "", writes(set(f21(), "requests.carried_out/total="), 1, "办结率100%。"), street},
		{"text.normative", "", "a blank", report.Open, "", says(set(f21(), "disclosure.normative.issued="), "disclosure.normative.issued", 2, "制发"), street},
		{"text.fee_unpaid", "", "a blank", report.Open, "", writes(set(f21(), "outcome.other.fee_unpaid/total="), 6, "本年度未发出收费通知。"), street},
	}
}

func TestNarrative(t *testing.T) { runCases(t, slices.Concat(narrativeCases(), openTextCases())) }
func TestProse(t *testing.T)     { runCases(t, proseCases()) }

// TestDenials holds which clauses deny all requests and which only some.
func TestDenials(t *testing.T) {
	for clause, want := range map[string]bool{
		"未收到政府信息公开申请":            true,
		"未收到公民、法人或其他组织的政府信息公开申请": true,
		"没有收到依申请公开件":             true,
		"未收到法人的申请":               false,
		"未收到信函申请":                false,
		"未收到费用减免申请":              false,
		"未收到投诉":                  false,
	} {
		if got := deniesRequests(clause); got != want {
			t.Errorf("%s: %v, want %v", clause, got, want)
		}
	}
}

// TestExcerpt holds that a long sentence is cut around its figure, at characters.
func TestExcerpt(t *testing.T) {
	long := strings.Repeat("前文很长，", 20) + "收到申请73件" + strings.Repeat("，后文很长", 20)
	got := excerpt(long, report.Count(73))
	if !strings.Contains(got, "收到申请73件") || !utf8.ValidString(got) || len(got) > 260 ||
		!strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") {
		t.Errorf("%q", got)
	}
	for _, short := range []string{"收到申请73件", "", "未收到申请"} {
		if got := excerpt(short, 0); got != short {
			t.Errorf("%q: %q", short, got)
		}
	}
}

// TestQuantities holds what is a number in the prose.
func TestQuantities(t *testing.T) {
	type q struct {
		Value string
		Unit  string
		Vague bool
	}
	for text, want := range map[string][]q{
		"收到12件，办结１１件":       {{"12", "件", false}, {"11", "件", false}},
		"发布1,234条、1，234条":   {{"1234", "条", false}, {"1234", "条", false}},
		"点击1234567次":        {{"1234567", "次", false}},
		"273余项，约15条":        {{"273", "项", true}, {"15", "条", true}},
		"占67.84%，共100%":     nil,
		"2020年1月3日":         {{"2020", "年", false}, {"1", "月", false}, {"3", "日", false}},
		"培训30人次":            {{"30", "人次", false}},
		"12345678901234567": nil,
		"第1,23":             {{"1", "", false}, {"23", "", false}},
		"12,345,678件":       {{"12345678", "件", false}},
	} {
		var got []q
		for _, one := range quantities(text) {
			got = append(got, q{one.value.String(), one.unit, one.vague})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// FuzzProse feeds any text to the rules about prose: they answer and do not panic.
func FuzzProse(f *testing.F) {
	f.Add("共发布301条，分别为8条、1条、48条、4条、240条。统计期限自2022年1月1日起至12月31日止", "2022年度报告")
	f.Add("未收到政府信息公开申请；XX街道，申请人撤回8件\xff\xe3\x80", "１２，３４５")
	f.Fuzz(func(t *testing.T, text, title string) {
		r := says(writes(writes(f21(), 1, text), 6, text), "outcome.total/total", 3, "办结")
		r.Title = title
		out := Report(r, Context{Kind: standard.Town, Agency: &report.Agency{Name: "甲镇人民政府"}, Neighbours: []string{"乙镇"}})
		if out.Status != report.Verified {
			t.Errorf("status %s: prose never touches it", out.Status)
		}
	})
}
