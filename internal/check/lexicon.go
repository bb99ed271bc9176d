package check

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
	"unicode/utf8"

	"gongkai/internal/report"
)

// A topic says what a word in the prose is a sign of.
type topic uint8

const (
	saysTemplate topic = iota + 1
	saysNone           // 未收到, 未发生: what did not happen follows
	saysRate
	saysWithdrawn
	saysInfoFee
	saysFeeNotice
	saysPeriod
	saysThisYear
	saysSupervision
	saysParts
	saysTypo
)

// A word is what the scan of the prose looks for.
type word struct {
	text  string
	topic topic
	right string   // of a typo: what is usual
	allow []string // of a typo: what may follow it rightly
}

// A lexicon finds all words in one pass: by their first character, then by
// comparison.
type lexicon struct {
	words []word
	first [1 << 16]uint8 // of a character, the list of words that begin with it; stop if it ends a sentence
	lists [][]uint8
}

// stop stands for the list of what begins with a character that ends a sentence: nothing.
const stop = 255

//go:embed typos.csv
var typosCSV string

var words = sync.OnceValue(func() *lexicon {
	l := &lexicon{lists: make([][]uint8, 1)}
	for _, r := range "。；！？\n;" {
		l.first[r] = stop
	}
	for _, signs := range []struct {
		topic topic
		words string
	}{
		{saysTemplate, "XX ×× ×年 填表说明 填写说明 填报说明 编制说明"},
		{saysNone, "未收到 没有收到 未接到 没有接到 未接收 无依申请 未发生 没有发生 未出现 未产生 未引发 未被申请 未被提起 无行政复议 无行政诉讼 无复议 无诉讼"},
		{saysRate, "答复率 办结率 回复率"},
		{saysWithdrawn, "撤回 撤销"},
		{saysInfoFee, "处理费"},
		{saysFeeNotice, "收费通知"},
		{saysPeriod, "统计期限 统计时限 所列数据 数据统计 报告期限"},
		{saysThisYear, "本年 今年"},
		{saysSupervision, "考核 评议 追究 追责 问责"},
		{saysParts, "其中 包括 分别为 分别是 分为"},
	} {
		for _, text := range strings.Fields(signs.words) {
			l.add(word{text: text, topic: signs.topic})
		}
	}
	rows, err := csv.NewReader(strings.NewReader(typosCSV)).ReadAll()
	if err != nil {
		panic("check: typos.csv: " + err.Error())
	}
	for _, row := range rows[1:] {
		l.add(word{text: row[0], topic: saysTypo, right: row[1], allow: strings.Fields(row[2])})
	}
	return l
})

// add files a word under its first character.
func (l *lexicon) add(w word) {
	r, _ := utf8.DecodeRuneInString(w.text)
	if l.first[r] == 0 {
		l.first[r] = uint8(len(l.lists))
		l.lists = append(l.lists, nil)
	}
	at := l.first[r]
	if at == stop || len(l.lists) > stop {
		panic("check: the lexicon has no list for " + w.text)
	}
	l.lists[at] = append(l.lists[at], uint8(len(l.words)))
	l.words = append(l.words, w)
}

// A hit is a word found in the prose.
type hit struct {
	word      *word
	section   int // statutory section, 0 before the first
	paragraph int // number in the document; 0 in a heading or the title
	text      string
	at        int // byte position in text
	from, to  int // of the sentence it stands in
}

// after returns what follows the word in its paragraph.
func (h *hit) after() string { return h.text[h.at+len(h.word.text):] }

// sentence returns the sentence that the word stands in.
func (h *hit) sentence() string { return strings.TrimSpace(h.text[h.from:h.to]) }

// clause returns what stands between the commas around the word.
func (h *hit) clause() string {
	from, to := h.from, h.to
	if i := strings.LastIndexAny(h.text[from:h.at], "，,"); i >= 0 {
		_, size := utf8.DecodeRuneInString(h.text[from+i:])
		from += i + size
	}
	return strings.TrimSpace(h.text[from : h.at+clauseEnd(h.text[h.at:to])])
}

// rest returns the clause from the word on.
func (h *hit) rest() string { return h.text[h.at : h.at+clauseEnd(h.text[h.at:h.to])] }

// clauseEnd returns where the first comma of a text stands, or its length.
func clauseEnd(text string) int {
	if i := strings.IndexAny(text, "，,"); i >= 0 {
		return i
	}
	return len(text)
}

// scan finds all words in a text, each with its sentence.
func (l *lexicon) scan(hits []hit, section, paragraph int, text string) []hit {
	start, first := 0, len(hits)
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if b := text[i]; b >= 0xE0 && b < 0xF0 && i+2 < len(text) {
			r, size = rune(b&0x0F)<<12|rune(text[i+1]&0x3F)<<6|rune(text[i+2]&0x3F), 3
		} else if b >= 0x80 {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if r >= 1<<16 {
			i += size
			continue
		}
		switch list := l.first[r]; list {
		case 0: // most characters: one look decides
		case stop:
			first = endSentence(hits, first, i)
			start = i + size
		default:
			for _, at := range l.lists[list] {
				if w := &l.words[at]; strings.HasPrefix(text[i:], w.text) && !followed(w, text[i+len(w.text):]) {
					hits = append(hits, hit{word: w, section: section, paragraph: paragraph, text: text, at: i, from: start})
				}
			}
		}
		i += size
	}
	endSentence(hits, first, len(text))
	return hits
}

// endSentence tells the hits of a sentence where it ends, and returns the number of
// the next.
func endSentence(hits []hit, first, to int) int {
	for ; first < len(hits); first++ {
		hits[first].to = to
	}
	return first
}

// followed reports whether what follows a typo makes it right.
func followed(w *word, rest string) bool {
	for _, text := range w.allow {
		if strings.HasPrefix(rest, text) {
			return true
		}
	}
	return false
}

// A prose is the text of a report with what was found in it.
type prose struct {
	hits  []hit
	any   bool // there is prose at all
	have  [7]bool
	runes int // characters of section 5 without white space, counted up to enough
}

// enough is the count at which section 5 is long, whatever the settings ask.
const enough = 200

// readProse scans all sections of a report once.
func readProse(r *report.Reading) *prose {
	p := &prose{}
	l := words()
	p.hits = l.scan(p.hits, 0, 0, r.Title)
	for _, section := range r.Sections {
		n := section.Number
		if n < 0 || n > 6 {
			n = 0
		}
		p.have[n] = true
		p.hits = l.scan(p.hits, n, 0, section.Heading)
		for _, paragraph := range section.Paragraphs {
			p.any = true
			p.hits = l.scan(p.hits, n, paragraph.Number, paragraph.Text)
			if n == 5 && p.runes < enough {
				p.runes += solid(paragraph.Text)
			}
		}
	}
	return p
}

// solid counts the characters of a text without white space.
func solid(text string) int {
	n := 0
	for _, r := range text {
		if r != ' ' && r != '\u3000' && r != '\n' && r != '\t' && r != '\u00a0' {
			n++
		}
	}
	return n
}
