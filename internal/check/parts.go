package check

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
)

// partsSums judges sentences that give a total and its parts: 共 12 件，其中 …
func (s *run) partsSums() {
	const rule = "text.parts_sum"
	judged := 0
	for i := range s.prose.hits {
		h := &s.prose.hits[i]
		if h.word.topic != saysParts || h.paragraph == 0 || s.second(i) {
			continue
		}
		total, parts, ok := partsOf(h)
		if !ok {
			continue
		}
		judged++
		s.partsSum(rule, h, total, parts)
	}
	if judged == 0 && s.prose.any {
		s.result(rule, "", report.NotApplicable)
	}
}

// second reports whether the sentence of a hit has been judged by an earlier one:
// a list within a list is not told apart.
func (s *run) second(i int) bool {
	h := &s.prose.hits[i]
	for j := i - 1; j >= 0; j-- {
		before := &s.prose.hits[j]
		if before.paragraph != h.paragraph || before.from != h.from {
			return false
		}
		if before.word.topic == saysParts {
			return true
		}
	}
	return false
}

// partsSum judges one total. With 其中, or where the list ends in 等, the parts need
// only not exceed it; a part equal to the whole is another statement of it.
func (s *run) partsSum(rule string, h *hit, total report.Amount, parts []report.Amount) {
	var sum report.Amount
	whole := false
	for _, part := range parts {
		sum += part
		whole = whole || part == total
	}
	loose := h.word.text == "其中" || strings.Contains(h.text[h.at:h.to], "等")
	subject := s.apart(rule, "", total)
	switch {
	case sum == total, loose && sum < total:
		s.result(rule, subject, report.Pass)
		return
	case loose && whole && len(parts) > 1:
		s.result(rule, subject, report.Open)
		return
	}
	s.result(rule, subject, report.Fail)
	f := s.about(rule, subject, h)
	if loose {
		f.Severity = report.Notice
	}
	f.Left, f.Right, f.Difference = sum.String(), total.String(), (sum - total).String()
	terms := make([]string, len(parts))
	for i, part := range parts {
		terms[i] = part.String()
	}
	var b sentence
	b.add("正文写 "+f.Right+"，分项 "+strings.Join(terms, " + ")+" = "+f.Left+"：“"+h.sentence()+"”",
		"the text says "+f.Right+", its parts "+strings.Join(terms, " + ")+" = "+f.Left+": \""+h.sentence()+"\"")
	s.say(f, &b)
}

// partsOf returns the total before the word and the parts behind it, all with one
// unit. It answers false where the meaning is not clear: no total, another unit,
// counts that are not exact.
func partsOf(h *hit) (total report.Amount, parts []report.Amount, ok bool) {
	from, to := h.from, h.to
	var few [8]quantity
	before := appendQuantities(few[:0], h.text[from:h.at])
	if len(before) == 0 {
		return 0, nil, false
	}
	whole := before[len(before)-1]
	if whole.unit == "" || whole.vague || strings.Contains("年月日号", whole.unit) {
		return 0, nil, false
	}
	lead, gap := h.text[from:from+whole.from], h.text[from+whole.to:h.at]
	if !announced(lead, gap, h.word.text) {
		return 0, nil, false
	}
	for _, q := range appendQuantities(few[:0], h.text[h.at+len(h.word.text):to]) {
		if q.unit != whole.unit {
			continue
		}
		if q.vague {
			return 0, nil, false
		}
		parts = append(parts, q.value)
	}
	least := 2
	if h.word.text == "其中" {
		least = 1
	}
	return whole.value, parts, len(parts) >= least
}

// announced reports whether the number before the word is its total: it stands
// right before the word, or 共 and the like lead to it in its clause.
func announced(lead, gap, word string) bool {
	if utf8.RuneCountInString(strings.Trim(gap, "，,：:（( ")) == 0 {
		return true
	}
	if strings.ContainsAny(gap, "，,") && word != "其中" && strings.Count(gap, "，") > 1 {
		return false
	}
	lead = lead[strings.LastIndexAny(lead, "，,")+1:] // may begin within the comma
	for _, sign := range []string{"共", "总计", "合计", "累计", "总数"} {
		if strings.Contains(lead, sign) {
			return true
		}
	}
	return false
}
