package recognise

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// A narWords is a set of words that the rules know.
type narWords [4]uint64

func (w *narWords) add(bit uint8) { w[bit>>6] |= 1 << (bit & 63) }

func (w narWords) with(o narWords) narWords {
	for i := range w {
		w[i] |= o[i]
	}
	return w
}

// meets reports whether the sets have a word in common.
func (w *narWords) meets(o *narWords) bool {
	return w[0]&o[0]|w[1]&o[1]|w[2]&o[2]|w[3]&o[3] != 0
}

// A narTest is a rule made ready to be tried on sets of words.
type narTest struct {
	narRule
	need []narWords
	bar  narWords
}

// matches reports whether a set of words fits the rule.
func (t *narTest) matches(words *narWords) bool {
	for i := range t.need {
		if !t.need[i].meets(words) {
			return false
		}
	}
	return !t.bar.meets(words)
}

// found returns the word of the text that gave a figure its meaning; of requests
// received it is the verb, however they came.
func (t *narTest) found(text string) string {
	list := t.all[0]
	if t.says[1] == narNew {
		list = "新收|收到|受理|" + list
	}
	for word := range strings.SplitSeq(list, "|") {
		if strings.Contains(text, word) {
			return word
		}
	}
	word, _, _ := strings.Cut(t.all[0], "|")
	return word // the text has the number of the year in its place
}

// A narLexicon finds all words of the rules in one pass over a text: by their first
// character, then by comparison.
type narLexicon struct {
	words   []string
	first   [seqHanCount]uint8 // of a character, the list of words that begin with it
	lists   [][]uint8
	rules   []narTest
	denials []narTest

	change, thisYear, otherYear, carried, deny, part narWords
	last, next                                       narWords // requests carried in, and carried out
	topics                                           [3]narTopic
}

// A narTopic is what words may be about, for the words that follow them.
type narTopic struct {
	word string
	set  narWords
}

var narLexiconOf = sync.OnceValue(func() *narLexicon {
	l := &narLexicon{lists: make([][]uint8, 1)}
	for _, r := range narRules() {
		l.rules = append(l.rules, l.test(r))
	}
	for _, r := range narDenials() {
		l.denials = append(l.denials, l.test(r))
	}
	l.change = l.set("同比|环比|较上|比上|较去|比去|较同|比同|增长|增加了|减少了|下降|上升|增幅|降幅|占比|占总|占全")
	l.thisYear = l.set("本年|今年|全年|年内|年末|本年度|报告期")
	l.otherYear = l.set("去年|上年|上一年|同期|历年|往年|以来")
	l.carried = l.set("结转|转入|继续办理|遗留")
	l.deny = l.set("未|没有|无")
	l.part = l.set("其中")
	l.last, l.next = l.set("上年结转"), l.set("结转下")
	for i, word := range [...]string{"规范性文件", "复议", "诉讼"} {
		l.topics[i] = narTopic{word, l.set(word)}
	}
	return l
})

func (l *narLexicon) test(r narRule) narTest {
	t := narTest{narRule: r}
	for _, all := range r.all {
		t.need = append(t.need, l.set(all))
	}
	if r.none != "" {
		t.bar = l.set(r.none)
	}
	return t
}

// set returns the set of the words that | parts, and teaches them to the lexicon.
func (l *narLexicon) set(words string) (set narWords) {
	for word := range strings.SplitSeq(words, "|") {
		set.add(l.learn(word))
	}
	return set
}

func (l *narLexicon) learn(word string) uint8 {
	for i, have := range l.words {
		if have == word {
			return uint8(i)
		}
	}
	r, _ := utf8.DecodeRuneInString(word)
	if r < seqHanFirst {
		panic("narrative: word " + word + " begins with no Han character")
	}
	list := &l.first[r-seqHanFirst]
	if *list == 0 {
		*list = uint8(len(l.lists))
		l.lists = append(l.lists, nil)
	}
	if len(l.words) == 256 || len(l.lists) == 256 {
		panic("narrative: more words than a set holds")
	}
	l.lists[*list] = append(l.lists[*list], uint8(len(l.words)))
	l.words = append(l.words, word)
	return uint8(len(l.words) - 1)
}

// scan returns the words of a text. The number of the year before or after the
// report's stands for 上年 or 下年 beside 结转.
func (l *narLexicon) scan(text string, year int) (set narWords) {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if year > 0 && (c == '1' || c == '2') && i+4 < len(text) {
				l.scanYear(text, i, year, &set)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r >= seqHanFirst && r < seqHanFirst+seqHanCount {
			if list := l.first[r-seqHanFirst]; list != 0 {
				for _, at := range l.lists[list] {
					if strings.HasPrefix(text[i:], l.words[at]) {
						set.add(at)
					}
				}
			}
		}
		i += size
	}
	return set
}

// scanYear adds what the number of a year means: beside 结转, and behind 比.
func (l *narLexicon) scanYear(text string, at, year int, set *narWords) {
	if !narFour(text[at : at+4]) {
		return
	}
	number := int(text[at]-'0')*1000 + int(text[at+1]-'0')*100 + int(text[at+2]-'0')*10 + int(text[at+3]-'0')
	before, after := text[:at], strings.TrimPrefix(strings.TrimPrefix(text[at+4:], "年"), "度")
	switch {
	case strings.HasSuffix(before, "比"), strings.HasSuffix(before, "较"):
		*set = set.with(l.change)
	case number == year-1 && (strings.HasPrefix(after, "结转") || strings.HasSuffix(before, "结转")):
		*set = set.with(l.last)
	case number == year+1 && strings.HasPrefix(after, "继续办理"),
		number == year+1 && narSays(before[max(0, len(before)-len("结转至")):], "结转|转至|转到|转入"):
		*set = set.with(l.next)
	}
}

// narDenial finds a denial in the words: 未收到, 没有发生, 无行政复议. It returns
// the words from the denial to the next stop, and where they begin.
func narDenial(words string) (denied string, at int) {
	for at < len(words) {
		i, lead := narDenialAt(words[at:])
		if i < 0 {
			return "", 0
		}
		rest := words[at+i:]
		if stop := strings.IndexAny(rest, ",;:()"); stop >= 0 {
			rest = rest[:stop]
		}
		rest, _, _ = strings.Cut(rest, "。")
		if lead {
			return rest, at + i
		}
		at += i + len("未")
	}
	return "", 0
}

// narDenialAt finds the next word that may deny. ok says that what follows it is
// something that can be counted as none.
func narDenialAt(words string) (at int, ok bool) {
	best := -1
	for _, word := range [...]string{"未", "没有", "无"} {
		if i := strings.Index(words, word); i >= 0 && (best < 0 || i < best) {
			best = i
		}
	}
	if best < 0 {
		return -1, false
	}
	rest := words[best:]
	switch {
	case strings.HasPrefix(rest, "未经"), strings.HasPrefix(rest, "未能"), strings.HasPrefix(rest, "未按"), strings.HasSuffix(words[:best], "尚"):
		return best, false
	case strings.HasPrefix(rest, "未"):
		return best, narStarts(rest, "未收|未接|未受理|未曾收|未发生|未产生|未出现|未引发|未引起|未被|未有|未制|未出台|未印发|未实施|未开展|未作出|未因|未提起|未新收|未办理|未涉及")
	case strings.HasPrefix(rest, "没有"):
		return best, !narStarts(rest, "没有现成|没有及时|没有形成")
	}
	return best, narStarts(rest, "无行政|无政府信息公开|无依申请|无因|无申请|无上年|无上一年|无结转|无新收|无公民|无人|无收到|无被|无涉及|无规范性|无政府集中|无集中|无发生|无收取|无收费")
}

// narDenier is the word that denies.
func narDenier(denied string) string {
	switch {
	case strings.HasPrefix(denied, "没有"):
		return "没有"
	case strings.HasPrefix(denied, "无"):
		return "无"
	}
	return denied[:min(len("未收到"), len(denied))]
}
