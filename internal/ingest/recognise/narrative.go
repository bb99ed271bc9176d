package recognise

import (
	"strings"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// readNarrative reads the figures that the prose states, and divides the prose into
// the statutory sections. A figure says a cell only where its words leave no doubt
// of it: the figure of another year, a part of another figure, a change and an
// approximate number say none. Figures in tables are not looked at.
func readNarrative(paragraphs []extract.Paragraph, format standard.Format, year int) ([]report.Statement, []report.Section) {
	n := &narrator{format: narFormat(format), year: narYears(year)}
	divider := narDivider{format: format}
	for i := range paragraphs {
		p := &paragraphs[i]
		if p.Chrome {
			continue
		}
		n.section = divider.take(p)
		n.paragraph(p)
	}
	return n.statements, divider.sections
}

// A narrator collects the statements of one report.
type narrator struct {
	format  int // index over standard.Formats, -1 for none
	year    narYear
	section int

	statements []report.Statement

	fold    []byte      // the paragraph, simplified and in half width
	offset  []int       // place of each byte of fold in the paragraph
	numbers []narNumber // of one sentence
}

// narYear is the report year, and how the prose writes it; both empty where it is
// not known.
type narYear struct {
	number int
	this   string // 2020年
}

func narYears(year int) narYear {
	if year == 0 {
		return narYear{}
	}
	return narYear{number: year, this: narItoa(year) + "年"}
}

func narItoa(year int) string {
	return string([]byte{byte('0' + year/1000%10), byte('0' + year/100%10), byte('0' + year/10%10), byte('0' + year%10)})
}

func narFormat(format standard.Format) int {
	for i, f := range standard.Formats() {
		if f == format {
			return i
		}
	}
	return -1
}

// paragraph reads the sentences of a paragraph.
func (n *narrator) paragraph(p *extract.Paragraph) {
	if !narTells(p.Text) {
		return
	}
	n.folded(p.Text)
	text := string(n.fold)
	requests := n.section == 3 || strings.Contains(text, "申请")
	for from := 0; from < len(text); {
		to := from + narSentence(text[from:])
		s := narSentenceOf{narrator: n, p: p, text: text[from:to], from: from, requests: requests}
		s.read()
		from = to
	}
}

// narTells reports whether a text has a digit, or a word that may count or deny.
func narTells(text string) bool {
	return strings.ContainsAny(text, "0123456789０１２３４５６７８９件条條项項次") ||
		strings.Contains(text, "未") || strings.Contains(text, "没有") || strings.Contains(text, "沒有") || strings.ContainsAny(text, "无無")
}

// folded simplifies a text for comparison: simplified characters, half width, no
// white space. It keeps where each byte came from.
func (n *narrator) folded(text string) {
	n.fold, n.offset = n.fold[:0], n.offset[:0]
	table := seqFold()
	for i, r := range text {
		switch {
		case r == '\n':
			r = ' '
		case seqSpace(r):
			continue
		case r >= seqHanFirst && r < seqHanFirst+seqHanCount:
			r = table[r-seqHanFirst]
		case r >= 0xff01 && r <= 0xff5e:
			r -= 0xfee0
		}
		before := len(n.fold)
		n.fold = append(n.fold, string(r)...)
		for range len(n.fold) - before {
			n.offset = append(n.offset, i)
		}
	}
}

// narSentence returns the length of the first sentence of a text.
func narSentence(text string) int {
	for i, r := range text {
		switch r {
		case '。', '!', '?', ' ':
			return i + len(string(r))
		}
	}
	return len(text)
}

// A narSentenceOf is one sentence under way.
type narSentenceOf struct {
	*narrator
	p        *extract.Paragraph
	text     string
	from     int  // of text in the folded paragraph
	requests bool // the paragraph is about requests

	other bool   // the words speak of another year
	head  string // what the figure before 其中 says
	part  bool   // the words stand behind 其中
	topic string // 规范性文件, 复议 or 诉讼: what later words without one speak of
}

// read takes the figures of the sentence in order, and what it denies.
func (s *narSentenceOf) read() {
	s.numbers = narNumbers(s.text, s.numbers[:0])
	end := 0
	for i := range s.numbers {
		num := &s.numbers[i]
		if !num.counts() {
			continue
		}
		before := s.text[end:num.from]
		s.look(before)
		s.deny(before)
		s.state(num, before, s.after(i))
		end = num.to
	}
	s.look(s.text[end:])
	s.deny(s.text[end:])
}

// after returns the words behind a figure that may belong to it: up to the next
// stop, and none where another figure comes first.
func (s *narSentenceOf) after(i int) string {
	rest := s.text[s.numbers[i].to:]
	if stop := strings.IndexAny(rest, ",;:、()"); stop >= 0 {
		rest = rest[:stop]
	}
	rest = strings.TrimSuffix(rest, "。")
	end := s.numbers[i].to + len(rest)
	for _, next := range s.numbers[i+1:] {
		if next.from < end && next.counts() {
			return ""
		}
	}
	return rest
}

// look follows of which year the words speak, and whether they name a part.
func (s *narSentenceOf) look(words string) {
	switch {
	case narSays(words, "本年|今年|全年|年内|年末|本年度|报告期") || s.year.this != "" && strings.Contains(words, s.year.this):
		s.other = false
	case narSays(words, "去年|上年|上一年|同期|历年|往年|以来") && !narCarried(words) || s.otherYear(words):
		s.other = true
	}
	if at := strings.LastIndex(words, "其中"); at >= 0 {
		s.part = true
	} else if strings.Contains(words, ";") {
		s.part = false
	}
}

// otherYear reports whether words name a year that is not the report's.
func (s *narSentenceOf) otherYear(words string) bool {
	if s.year.number == 0 || narCarried(words) {
		return false
	}
	for rest := words; ; {
		at := strings.Index(rest, "年")
		if at < 0 {
			return false
		}
		if at >= 4 && narFour(rest[at-4:at]) && rest[at-4:at+len("年")] != s.year.this {
			return true
		}
		rest = rest[at+len("年"):]
	}
}

// narCarried reports whether words speak of requests carried from or to another
// year, which are figures of this year.
func narCarried(words string) bool {
	return narSays(words, "结转|转入|继续办理|遗留")
}

func narFour(s string) bool {
	return len(s) == 4 && (s[:2] == "19" || s[:2] == "20") && s[2] >= '0' && s[2] <= '9' && s[3] >= '0' && s[3] <= '9'
}

// state records one figure.
func (s *narSentenceOf) state(num *narNumber, before, after string) {
	clause := narClause(before)
	if narSays(clause, "同比|环比|较上|比上|较去|比去|较20|比20|增长|增加了|减少了|下降|上升|增幅|降幅|占比|占") {
		return
	}
	says, verb := s.meaning(num, clause, before, after)
	switch {
	case says == "" && num.han:
		return // 一次 and 两个 are mostly no figures
	case s.other || num.rough || s.part && says != "" && says == s.head:
		says = ""
	}
	if !s.part {
		s.head = says
	}
	if says == narBoth {
		s.add(narReview, verb, 0)
		says = narSuitsOf(s.format)
	}
	s.add(says, verb, num.value())
}

// meaning finds what a figure says: from the words between it and the last stop,
// then with the words behind it, then with all words since the figure before, and
// last with the topic of what was said before.
func (s *narSentenceOf) meaning(num *narNumber, clause, before, after string) (says, verb string) {
	if s.format < 0 || !num.fits() {
		return "", ""
	}
	for _, words := range [...]string{clause, clause + after, before, before + after} {
		if r := s.rule(words, num.unit); r != nil {
			s.topic = narTopic(words, s.topic)
			return s.says(r, num, words), r.found(words, s.year.number)
		}
	}
	if s.topic == "" {
		return "", ""
	}
	for i := range narRules {
		if r := &narRules[i]; len(r.all) == 2 && narSays(s.topic, r.all[0]) && narSays(clause, r.all[1]) && r.matches(s.topic+clause, 0) {
			return r.says[s.format], r.found(s.topic, 0)
		}
	}
	return "", ""
}

// narTopic is what words are about, for the words that follow.
func narTopic(words, topic string) string {
	for _, t := range [...]string{"规范性文件", "复议", "诉讼"} {
		if strings.Contains(words, t) {
			return t
		}
	}
	return topic
}

// says returns the cells of a rule. Requests received or handled are the sum with
// those carried in where the sentence names both as the parts.
func (s *narSentenceOf) says(r *narRule, num *narNumber, words string) string {
	says := r.says[s.format]
	switch {
	case says == narBoth && num.amount != 0:
		return ""
	case says == narNew && !strings.Contains(words, "新收"), says == narTotal && narSays(words, "办理|处理"):
		if s.namesCarried(num) {
			return narNew + "+" + narCarriedIn
		}
	}
	if says == narNew && narChannel(words) && s.channels() > 1 {
		return ""
	}
	return says
}

// namesCarried reports whether the words behind a figure name requests carried in as
// one of its parts.
func (s *narSentenceOf) namesCarried(num *narNumber) bool {
	rest := s.text[num.to:]
	at := strings.Index(rest, "上年结转")
	for _, word := range [...]string{"上年度结转", "上一年度结转", "上一年结转", "去年结转"} {
		if i := strings.Index(rest, word); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	if at < 0 {
		return false
	}
	between := rest[:at]
	return narSays(between, "其中|包括|包含") && strings.Contains(rest, "新收") ||
		strings.HasSuffix(between, "含") || strings.HasSuffix(between, "包括")
}

// channels counts the figures of the sentence that are of one way of applying.
func (s *narSentenceOf) channels() int {
	n, end := 0, 0
	for i := range s.numbers {
		if num := &s.numbers[i]; num.counts() {
			if narChannel(s.text[end:num.from]) {
				n++
			}
			end = num.to
		}
	}
	return n
}

func narChannel(words string) bool {
	return narSays(words, narWay)
}

// deny records the zeros that words state: 未收到…申请, 无行政复议.
func (s *narSentenceOf) deny(words string) {
	for s.format >= 0 && !s.other {
		denied, at := narDenial(words)
		if denied == "" {
			return
		}
		for i := range narDenials {
			d := &narDenials[i]
			if says := d.says[s.format]; says != "" && d.matches(denied, 0) {
				s.add(says, narDenier(denied), 0)
			}
		}
		words = words[at+len(denied):]
	}
}

// add records a statement with the sentence as printed.
func (s *narSentenceOf) add(says, verb string, value report.Amount) {
	from, to := s.offset[s.from], len(s.p.Text)
	if end := s.from + len(s.text); end < len(s.offset) {
		to = s.offset[end]
	}
	s.statements = append(s.statements, report.Statement{
		Says: says, Value: value, Verb: verb,
		Sentence:  strings.TrimSpace(s.p.Text[from:to]),
		Paragraph: s.p.Number, Section: s.section,
	})
}

// narClause returns the words behind the last stop. 、 is a stop only behind a
// figure, which before has none of.
func narClause(before string) string {
	if at := strings.LastIndexAny(before, ",;:()"); at >= 0 {
		return before[at+1:]
	}
	return before
}
