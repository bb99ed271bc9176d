package aggregate

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Passage is a stretch of text that two reports share, as each has it, with what
// stands beside it in its sentences. Of what a district shares there is one side only.
type Passage struct {
	Text, Other         string
	Around, OtherAround Around
}

// Around is what the sentences of a stretch have before it and after it, "" where it
// begins or ends with them. Of much only what is next to the stretch is told, with an
// ellipsis.
type Around struct{ Before, After string }

// aroundMost is how many characters are told at each side.
const aroundMost = 60

// sentenceEnds are the characters after which a sentence begins.
const sentenceEnds = "。！？；\n"

// around returns what stands beside a stretch of a text in its sentences.
func around(text string, from, to int) (a Around) {
	a.Before = text[:from]
	if i := strings.LastIndexAny(a.Before, sentenceEnds); i >= 0 {
		_, size := utf8.DecodeRuneInString(a.Before[i:])
		a.Before = a.Before[i+size:]
	}
	a.After = text[to:]
	if strings.ContainsAny(lastOf(text[:to]), sentenceEnds) {
		a.After = ""
	} else if i := strings.IndexAny(a.After, sentenceEnds); i >= 0 {
		_, size := utf8.DecodeRuneInString(a.After[i:])
		a.After = a.After[:i+size]
	}
	a.Before, a.After = worded(a.Before), worded(a.After)
	if r := []rune(a.Before); len(r) > aroundMost {
		a.Before = "……" + string(r[len(r)-aroundMost:])
	}
	if r := []rune(a.After); len(r) > aroundMost {
		a.After = string(r[:aroundMost]) + "……"
	}
	return a
}

// passages returns the longest shared stretches of two texts, longest first and at
// most limit, each as it stands in its own text.
func passages(a, b plain, limit int) []Passage {
	where := make(map[uint64]int)
	for i, h := range b.shingles() {
		if _, ok := where[h]; !ok {
			where[h] = i
		}
	}
	type run struct{ from, to, other int } // shingles of a from..to-1, beginning in b at other
	var runs []run
	for i, h := range a.shingles() {
		at, ok := where[h]
		if !ok {
			continue
		}
		if n := len(runs) - 1; n >= 0 && runs[n].to == i && runs[n].other+i-runs[n].from == at {
			runs[n].to++
			continue
		}
		runs = append(runs, run{i, i + 1, at})
	}
	slices.SortStableFunc(runs, func(x, y run) int { return (y.to - y.from) - (x.to - x.from) })
	var list []Passage
	for _, r := range runs[:min(limit, len(runs))] {
		n := r.to - r.from
		var p Passage
		p.Text, p.Around = a.cut(r.from, n)
		p.Other, p.OtherAround = b.cut(r.other, n)
		list = append(list, p)
	}
	return list
}

// lastOf is the last character of a text.
func lastOf(text string) string {
	_, size := utf8.DecodeLastRuneInString(text)
	return text[len(text)-size:]
}

// worded is a text without the spaces around it, "" where it has no word.
func worded(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return strings.TrimSpace(text)
}

// cut returns the text under n shingles from one on, as it was before it was made
// ready, with the signs that open and end it, and what stands beside it.
func (p plain) cut(from, n int) (string, Around) {
	begin, last := int(p.at[from]), int(p.at[from+n+shingleLength-2])
	_, size := utf8.DecodeRuneInString(p.text[last:])
	begin = len(strings.TrimRight(p.text[:begin], "（(“《"))
	end := len(p.text) - len(strings.TrimLeft(p.text[last+size:], "，、。！？；：）)”》"))
	return strings.TrimSpace(p.text[begin:end]), around(p.text, begin, end)
}

// shared returns the stretches of a text whose shingles are all in a set, longest
// first and at most limit.
func shared(p plain, set []uint64, limit int) []Passage {
	type run struct{ from, n int }
	var runs []run
	for i, h := range p.shingles() {
		if _, in := slices.BinarySearch(set, h); !in {
			continue
		}
		if n := len(runs) - 1; n >= 0 && runs[n].from+runs[n].n == i {
			runs[n].n++
			continue
		}
		runs = append(runs, run{i, 1})
	}
	slices.SortStableFunc(runs, func(x, y run) int { return y.n - x.n })
	var list []Passage
	for _, r := range runs[:min(limit, len(runs))] {
		text, beside := p.cut(r.from, r.n)
		list = append(list, Passage{Text: text, Around: beside})
	}
	return list
}
