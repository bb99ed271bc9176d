package aggregate

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shingleLength is the number of characters of a shingle (checks.md §8).
const shingleLength = 8

// A plain is a text made ready to be compared: without titles of documents, names,
// punctuation and the statutory introduction, and with one symbol for each number.
// at holds for each of its characters where it stood in the text, in bytes.
type plain struct {
	text  string
	runes []rune
	at    []int32
}

// introduction are the sentences that the form itself calls for at the beginning.
var introduction = regexp.MustCompile(`信息公开条例.{0,80}(?:编制|制作|公布|要求)|本(?:年度)?(?:报告|年报).{0,40}(?:组成|构成|包括|统计期限|数据|期限|电子版|查阅|下载|编制)` +
	`|(?:如对|如有).{0,30}(?:疑问|联系)|(?:联系|咨询)?电话[：:]|邮政编码|邮编`)

// introductionWords are in every sentence of the introduction; most sentences have
// none of them and need no closer look.
func introductionWords() []string {
	return []string{"条例", "报告", "年报", "如对", "如有", "电话", "邮"}
}

// number stands for every number, so that a copied text with new figures is known.
const number = '#'

// normalise makes a text ready. Names are the unit's own and its regions', the
// longest first.
func normalise(text string, names []string) plain {
	p := plain{text: text, runes: make([]rune, 0, len(text)/3), at: make([]int32, 0, len(text)/3)}
	first := firstRunes(names)
	for _, span := range kept(text) {
		p.add(text, span[0], span[1], names, first)
	}
	return p
}

// firstRunes are the characters that a name or the title of a document begins with.
func firstRunes(names []string) string {
	first := "《"
	for _, name := range names {
		if r, _ := utf8.DecodeRuneInString(name); !strings.ContainsRune(first, r) {
			first += string(r)
		}
	}
	return first
}

// han reports whether a character is one of the usual ideographs, which most are.
func han(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

// kept returns the spans of a text without sentences of the introduction.
func kept(text string) [][2]int {
	var spans [][2]int
	for from := 0; from < len(text); {
		to := len(text)
		if end := strings.IndexAny(text[from:], "。；！？\n"); end >= 0 {
			_, size := utf8.DecodeRuneInString(text[from+end:])
			to = from + end + size
		}
		if sentence := text[from:to]; !introductory(sentence) {
			spans = append(spans, [2]int{from, to})
		}
		from = to
	}
	return spans
}

// introductory reports whether a sentence is one that the form calls for.
func introductory(sentence string) bool {
	return slices.ContainsFunc(introductionWords(), func(word string) bool { return strings.Contains(sentence, word) }) &&
		introduction.MatchString(sentence)
}

// add appends a span of a text.
func (p *plain) add(text string, from, to int, names []string, first string) {
	for i := from; i < to; {
		r, size := utf8.DecodeRuneInString(text[i:])
		if strings.ContainsRune(first, r) {
			if skip := skipped(text[i:to], names); skip > 0 {
				i += skip
				continue
			}
		}
		switch {
		case han(r):
			p.push(r, i)
		case unicode.IsDigit(r):
			if n := len(p.runes); n == 0 || p.runes[n-1] != number {
				p.push(number, i)
			}
		case unicode.IsLetter(r):
			p.push(unicode.ToLower(r), i)
		}
		i += size
	}
}

func (p *plain) push(r rune, at int) {
	p.runes, p.at = append(p.runes, r), append(p.at, int32(at))
}

// skipped returns how many bytes of a name or of a document's title begin a text.
func skipped(text string, names []string) int {
	for _, name := range names {
		if strings.HasPrefix(text, name) {
			return len(name)
		}
	}
	if strings.HasPrefix(text, "《") {
		if end := strings.Index(text, "》"); end > 0 && end < 150 {
			return end + len("》")
		}
	}
	return 0
}

// shingles returns the hashes of all shingles in the order of the text.
func (p plain) shingles() []uint64 {
	n := len(p.runes) - shingleLength + 1
	if n <= 0 {
		return nil
	}
	list := make([]uint64, n)
	for i := range list {
		list[i] = shingleHash(p.runes[i : i+shingleLength])
	}
	return list
}

// shingleHash mixes the characters of a shingle into 64 bits, all of which depend on
// all characters.
func shingleHash(runes []rune) uint64 {
	h := uint64(14695981039346656037)
	for _, r := range runes {
		h = (h ^ uint64(r)) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// setOf sorts shingles and leaves each there once.
func setOf(shingles []uint64) []uint64 {
	set := slices.Clone(shingles)
	slices.Sort(set)
	return slices.Compact(set)
}

// common counts the shingles that two sets share.
func common(a, b []uint64) (n int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// containment is the share of a's shingles that stand in b.
func containment(a, b []uint64) float64 {
	if len(a) == 0 {
		return 0
	}
	return float64(common(a, b)) / float64(len(a))
}

// minus returns the shingles of a that are not in b.
func minus(a, b []uint64) []uint64 {
	if len(b) == 0 {
		return a
	}
	left := make([]uint64, 0, len(a))
	for _, h := range a {
		if _, in := slices.BinarySearch(b, h); !in {
			left = append(left, h)
		}
	}
	return left
}
