package check

import (
	"strconv"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// text applies the rules about the prose. One scan has found the words that the
// rules look for; each rule judges the sentences they stand in.
func (s *run) text() {
	s.prose = readProse(s.r)
	s.narrative()
	s.denials()
	s.replyRate()
	s.partsSums()
	s.period()
	s.staleYear()
	s.unitName()
	s.typos()
	s.template()
	if s.r.Format != standard.F2014 {
		s.problems()
		s.supervision()
	}
	if s.r.Format == standard.F2021 {
		s.infoFee()
		s.feeUnpaid()
	}
}

// about begins a finding about a place in the prose.
func (s *run) about(rule, subject string, h *hit) report.Finding {
	f := s.finding(rule, subject, nil)
	f.Place = report.Place{Paragraph: h.paragraph}
	f.Attribution = report.ByAgency
	return f
}

// denials judges sentences that deny requests, reviews or suits.
func (s *run) denials() {
	received := "requests.new/total"
	suits := []standard.CellCode{"suit_direct.total", "suit_after_review.total"}
	if s.r.Format == standard.F2014 {
		received, suits = "requests.received", []standard.CellCode{"suit.total"}
	}
	var said [3]bool
	for i := range s.prose.hits {
		h := &s.prose.hits[i]
		if h.word.topic != saysNone {
			continue
		}
		clause := h.rest()
		review, suit := strings.Contains(clause, "复议"), strings.Contains(clause, "诉讼")
		if review && !said[0] {
			said[0] = true
			s.denial("text.no_appeals", "review", h.sentence(), h.paragraph, "review.total")
		}
		if suit && !said[1] {
			said[1] = true
			s.denial("text.no_appeals", "suit", h.sentence(), h.paragraph, suits...)
		}
		if !review && !suit && !said[2] && deniesRequests(clause) {
			said[2] = true
			s.denial("text.no_requests", "", h.sentence(), h.paragraph, standard.CellCode(received))
		}
	}
	s.deniedStatements(said, standard.CellCode(received), suits)
}

// deniedStatements judges what the readers took for a denial and the words of this
// package did not.
func (s *run) deniedStatements(said [3]bool, received standard.CellCode, suits []standard.CellCode) {
	for i := range s.r.Narrative {
		one := &s.r.Narrative[i]
		if one.Value != 0 || !negated(one.Verb) {
			continue
		}
		switch c := claimOf(one.Says); {
		case c.rule == "text.requests_received" && !said[2]:
			said[2] = true
			s.denial("text.no_requests", "", one.Sentence, one.Paragraph, received)
		case c.rule == "text.appeals" && c.subject == "review" && !said[0]:
			said[0] = true
			s.denial("text.no_appeals", "review", one.Sentence, one.Paragraph, "review.total")
		case c.rule == "text.appeals" && c.subject == "suit" && !said[1]:
			said[1] = true
			s.denial("text.no_appeals", "suit", one.Sentence, one.Paragraph, suits...)
		}
	}
}

// deniesRequests reports whether a clause denies all requests, not only those that
// came one way.
func deniesRequests(clause string) bool {
	if !strings.Contains(clause, "申请") {
		return false
	}
	if strings.Contains(clause, "法人") && !strings.Contains(clause, "公民") {
		return false
	}
	for _, narrower := range []string{"信函", "网络", "网上", "在线", "当面", "现场", "传真", "邮件", "邮寄", "纸质",
		"投诉", "举报", "企业", "减免", "费"} {
		if strings.Contains(clause, narrower) {
			return false
		}
	}
	return true
}

// zero judges that some cells come to 0, and notes it for a rule without subjects.
func (s *run) zero(rule string, table side, cells []int32) report.Result {
	result := zeroResult(table)
	if result == report.Open {
		s.open(rule, "", s.unknowns(cells))
	} else {
		s.result(rule, "", result)
	}
	return result
}

func zeroResult(table side) report.Result {
	switch table.positive() {
	case yes:
		return report.Fail
	case no:
		return report.Pass
	case unknown:
		return report.Open
	}
	return report.NotApplicable
}

// denial judges that some totals are 0, as a sentence says.
func (s *run) denial(rule, subject, sentence string, paragraph int, codes ...standard.CellCode) {
	table, cells := s.sideOf(codes...)
	result := zeroResult(table)
	s.result(rule, subject, result)
	if result != report.Fail {
		return
	}
	f := s.finding(rule, subject, cells)
	s.quote(f, 0, sentence, paragraph, cells)
}

// replyRate compares a rate of 100 % with what is carried out. It is a notice:
// requests within their time limit at the end of the year are as they should be.
func (s *run) replyRate() {
	const rule = "text.reply_rate"
	if s.r.Format == standard.F2014 {
		return
	}
	for i := range s.prose.hits {
		h := &s.prose.hits[i]
		if h.word.topic != saysRate || !wholeRate(h.after()) {
			continue
		}
		left, cells := s.sideOf("requests.carried_out/total")
		if s.zero(rule, left, cells) == report.Fail {
			f := s.finding(rule, "", cells)
			f.Left, f.Right = "100%", left.known.String()
			f.Place = report.Place{Paragraph: h.paragraph}
			var b sentence
			b.add("正文写“"+h.clause()+"”，表中", "the text says \""+h.clause()+"\"; the table has ")
			s.list(&b, cells)
			s.say(f, &b)
		}
		return
	}
}

// wholeRate reports whether 100 % follows closely.
func wholeRate(text string) bool {
	if len(text) > 30 {
		text = text[:30]
	}
	for _, whole := range []string{"100%", "100％", "１００％", "百分之百", "百分百"} {
		if strings.Contains(text, whole) {
			return true
		}
	}
	return false
}

// typos reports each pattern of the list once.
func (s *run) typos() {
	const rule = "text.typo"
	if !s.prose.any && s.r.Title == "" {
		return
	}
	seen := make(map[*word]bool)
	for i := range s.prose.hits {
		h := &s.prose.hits[i]
		if h.word.topic != saysTypo || seen[h.word] {
			continue
		}
		seen[h.word] = true
		f := s.about(rule, h.word.text, h)
		f.Left, f.Right = h.word.text, h.word.right
		var b sentence
		b.add("“"+h.word.text+"”，通行写法为“"+h.word.right+"”", "\""+h.word.text+"\", usually \""+h.word.right+"\"")
		s.say(f, &b)
	}
	s.judged(rule, "", len(seen) > 0)
}

// template reports placeholders and filling instructions, once.
func (s *run) template() {
	const rule = "form.template_left"
	if s.noted(rule, "") || !s.prose.any && s.r.Title == "" {
		return
	}
	for i := range s.prose.hits {
		h := &s.prose.hits[i]
		if h.word.topic != saysTemplate || !placeholder(h) {
			continue
		}
		s.result(rule, "", report.Fail)
		f := s.about(rule, "", h)
		f.Left = h.word.text
		var b sentence
		b.add("留有“"+h.word.text+"”：“"+h.clause()+"”", "\""+h.word.text+"\" was left in: \""+h.clause()+"\"")
		s.say(f, &b)
		return
	}
	s.result(rule, "", report.Pass)
}

// placeholder tells a placeholder from letters of a name or an address, and an
// instruction from a document of that name that the prose speaks of.
func placeholder(h *hit) bool {
	if h.word.text == "XX" {
		before := strings.TrimRight(h.text[:h.at], "X")
		after := strings.TrimLeft(h.after(), "X")
		return !asciiWord(lastByte(before)) && !asciiWord(firstByte(after))
	}
	if strings.HasSuffix(h.word.text, "说明") {
		return h.at < 9
	}
	return true
}

func lastByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[len(s)-1]
}

func firstByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

// asciiWord reports whether a byte belongs to a word or an address in Latin letters.
func asciiWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' || b == '/'
}

// problems measures section 5, which the form asks to name problems and remedies.
func (s *run) problems() {
	const rule = "text.problems"
	if !s.prose.have[5] {
		s.result(rule, "", report.NotApplicable)
		return
	}
	least := int(s.threshold(rule, "characters"))
	short := s.prose.runes < least
	s.judged(rule, "", short)
	if !short {
		return
	}
	f := s.finding(rule, "", nil)
	f.Attribution = report.ByAgency
	f.Left, f.Threshold = strconv.Itoa(s.prose.runes), s.limits(rule)
	var b sentence
	b.add("第五部分 "+f.Left+" 字", "section 5 has "+f.Left+" characters")
	s.say(f, &b)
}

// supervision asks it of governments at any level, not of streets or departments.
func (s *run) supervision() {
	const rule = "text.supervision"
	governs := s.kind == standard.Government || s.kind == standard.Town || s.kind == standard.Township
	if !governs || !s.prose.any {
		s.result(rule, "", report.NotApplicable)
		return
	}
	silent := !s.hits(saysSupervision)
	s.judged(rule, "", silent)
	if silent {
		f := s.finding(rule, "", nil)
		f.Attribution = report.ByAgency
		var b sentence
		b.add("正文未提及工作考核、社会评议、责任追究", "the text mentions none of appraisal, public review and accountability")
		s.say(f, &b)
	}
}

// hits reports whether the prose has any word of a topic.
func (s *run) hits(t topic) bool {
	for i := range s.prose.hits {
		h := &s.prose.hits[i]
		if h.word.topic == t {
			return true
		}
	}
	return false
}

// infoFee asks for a word on information-processing fees in section 6. It is never
// compared with the fees of the disclosure table: they are different money.
func (s *run) infoFee() {
	const rule = "text.info_fee"
	if !s.prose.have[6] {
		s.result(rule, "", report.NotApplicable)
		return
	}
	for i := range s.prose.hits {
		h := &s.prose.hits[i]
		if h.section == 6 && h.word.topic == saysInfoFee {
			s.result(rule, "", report.Pass)
			return
		}
	}
	s.result(rule, "", report.Fail)
	f := s.finding(rule, "", nil)
	f.Attribution = report.ByAgency
	var b sentence
	b.add("第六部分未提及信息处理费", "section 6 does not mention information-processing fees")
	s.say(f, &b)
}

// feeUnpaid judges a section 6 that denies any fee notice.
func (s *run) feeUnpaid() {
	const rule = "text.fee_unpaid"
	for i := range s.prose.hits {
		h := &s.prose.hits[i]
		if h.section != 6 || h.word.topic != saysFeeNotice {
			continue
		}
		clause := h.clause()
		before := clause[:strings.Index(clause, h.word.text)]
		if !strings.Contains(before, "未") && !strings.Contains(before, "没有") {
			continue
		}
		unpaid, cells := s.sideOf("outcome.other.fee_unpaid/total")
		if s.zero(rule, unpaid, cells) == report.Fail {
			s.quote(s.finding(rule, "", cells), 0, h.sentence(), h.paragraph, cells)
		}
		return
	}
}
