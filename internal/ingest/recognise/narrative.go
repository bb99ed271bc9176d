package recognise

import (
	"strings"
	"unicode/utf8"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// readNarrative reads the figures that the prose states, and divides the prose into
// the statutory sections. A figure says a cell only where its words leave no doubt
// of it: the figure of another year, a part of another figure, a change and an
// approximate number say none. Figures in tables are not looked at.
func readNarrative(paragraphs []extract.Paragraph, format standard.Format, year int) ([]report.Statement, []report.Section) {
	n := &narrator{lexicon: narLexiconOf(), format: narFormat(format), year: narYears(year)}
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
	lexicon *narLexicon
	format  int // index over standard.Formats, -1 for none
	year    narYear
	section int

	statements []report.Statement

	fold    []byte      // the paragraph, simplified and in half width
	ends    []narEnd    // of its sentences
	numbers []narNumber // of one sentence
}

// A narEnd is where a sentence ends in the folded text and in the paragraph.
type narEnd struct{ fold, source int }

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
	var from narEnd
	for _, to := range n.ends {
		s := narSentenceOf{
			narrator: n, p: p, requests: requests,
			text: text[from.fold:to.fold], printed: p.Text[from.source:to.source],
		}
		s.read()
		from = to
	}
}

// narTells reports whether a text has a digit, or a word that may count or deny.
func narTells(text string) bool {
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9', r >= '０' && r <= '９':
			return true
		case r == '件', r == '条', r == '條', r == '项', r == '項', r == '未', r == '无', r == '無':
			return true
		}
	}
	return narSays(text, "没有|沒有")
}

// narLongest is the length in bytes at which a sentence is cut: what goes on for so
// long is none, and must not cost more than its length.
const narLongest = 4000

// folded simplifies a text for comparison: simplified characters, half width, no
// white space. It finds where the sentences end.
func (n *narrator) folded(text string) {
	n.fold, n.ends = n.fold[:0], n.ends[:0]
	table, start := seqFold(), 0
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case seqSpace(r) && r != '\n':
			continue
		case r >= seqHanFirst && r < seqHanFirst+seqHanCount:
			r = table[r-seqHanFirst]
		case r >= 0xff01 && r <= 0xff5e:
			r -= 0xfee0
		}
		n.fold = utf8.AppendRune(n.fold, r)
		long := len(n.fold)-start > narLongest
		if r == '。' || r == '!' || r == '?' || r == '\n' || long {
			start = len(n.fold)
			n.ends = append(n.ends, narEnd{len(n.fold), i + size})
		}
	}
	if k := len(n.ends); k == 0 || n.ends[k-1].fold < len(n.fold) {
		n.ends = append(n.ends, narEnd{len(n.fold), len(text)})
	}
}

// A narSentenceOf is one sentence under way.
type narSentenceOf struct {
	*narrator
	p        *extract.Paragraph
	text     string // folded
	printed  string
	requests bool // the paragraph is about requests

	other bool      // the words speak of another year
	head  string    // what the figure before 其中 says
	part  bool      // the words stand behind 其中
	topic *narTopic // what later words without a topic speak of
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
		words := s.look(before)
		s.state(num, before, words, s.after(i))
		end = num.to
	}
	s.look(s.text[end:])
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
		if next.from >= end {
			break
		}
		if next.counts() {
			return ""
		}
	}
	return rest
}

// look follows of which year the words speak, whether they name a part, and what
// they deny. It returns the words that the lexicon knows.
func (s *narSentenceOf) look(text string) narWords {
	l := s.lexicon
	words := l.scan(text, s.year.number)
	carried := words.meets(&l.carried)
	switch {
	case words.meets(&l.thisYear) || s.year.this != "" && strings.Contains(text, s.year.this):
		s.other = false
	case !carried && (words.meets(&l.otherYear) || s.otherYear(text)):
		s.other = true
	}
	if words.meets(&l.part) {
		s.part = true
	} else if strings.Contains(text, ";") {
		s.part = false
	}
	if words.meets(&l.deny) {
		s.deny(text)
	}
	return words
}

// otherYear reports whether words name a year that is not the report's.
func (s *narSentenceOf) otherYear(words string) bool {
	if s.year.number == 0 {
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

func narFour(s string) bool {
	return len(s) == 4 && (s[:2] == "19" || s[:2] == "20") && s[2] >= '0' && s[2] <= '9' && s[3] >= '0' && s[3] <= '9'
}

// state records one figure. Changes and shares are no figures of a cell.
func (s *narSentenceOf) state(num *narNumber, before string, words narWords, after string) {
	clause := narClause(before)
	inside := words
	if len(clause) < len(before) {
		inside = s.lexicon.scan(clause, s.year.number)
	}
	if inside.meets(&s.lexicon.change) {
		return
	}
	says, verb := s.meaning(num, clause, inside, before, words, after)
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
func (s *narSentenceOf) meaning(num *narNumber, clause string, inside narWords, before string, words narWords, after string) (says, verb string) {
	if s.format < 0 || !num.fits() {
		return "", ""
	}
	behind := s.lexicon.scan(after, s.year.number)
	for _, try := range [...]struct {
		set  narWords
		text string
	}{{inside, clause}, {inside.with(behind), clause + after}, {words, before}, {words.with(behind), before + after}} {
		if r := s.rule(&try.set, num.unit); r != nil {
			s.follow(&try.set)
			return s.says(r, num, try.text), r.found(try.text)
		}
	}
	if s.topic == nil {
		return "", ""
	}
	whole := inside.with(s.topic.set)
	for i := range s.lexicon.rules {
		r := &s.lexicon.rules[i]
		if len(r.need) == 2 && r.need[0].meets(&s.topic.set) && r.need[1].meets(&inside) && r.matches(&whole) {
			return r.says[s.format], r.found(s.topic.word)
		}
	}
	return "", ""
}

// rule returns the first rule that fits.
func (s *narSentenceOf) rule(words *narWords, unit string) *narTest {
	money := narMoney(unit)
	for i := range s.lexicon.rules {
		r := &s.lexicon.rules[i]
		if r.money == money && (!r.requests || s.requests) && r.matches(words) {
			return r
		}
	}
	return nil
}

// follow keeps what words are about for the words that follow.
func (s *narSentenceOf) follow(words *narWords) {
	for i := range s.lexicon.topics {
		if t := &s.lexicon.topics[i]; t.set.meets(words) {
			s.topic = t
			return
		}
	}
}

// says returns the cells of a rule. Requests received or handled are the sum with
// those carried in where the sentence names both as the parts.
func (s *narSentenceOf) says(r *narTest, num *narNumber, words string) string {
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
func (s *narSentenceOf) deny(text string) {
	for s.format >= 0 && !s.other {
		denied, at := narDenial(text)
		if denied == "" {
			return
		}
		words := s.lexicon.scan(denied, s.year.number)
		for i := range s.lexicon.denials {
			d := &s.lexicon.denials[i]
			if says := d.says[s.format]; says != "" && d.matches(&words) {
				s.add(says, narDenier(denied), 0)
			}
		}
		text = text[at+len(denied):]
	}
}

// add records a statement with the sentence as printed.
func (s *narSentenceOf) add(says, verb string, value report.Amount) {
	s.statements = append(s.statements, report.Statement{
		Says: says, Value: value, Verb: verb, Sentence: strings.TrimSpace(s.printed),
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
