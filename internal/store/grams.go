package store

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode"

	"gongkai/internal/report"
)

// Chinese has no spaces between words, so texts are indexed by pairs of characters:
// every word of two characters is found, and longer ones by the pairs they are made of.

// fold makes one character of what readers take for the same: half width, lower case.
// A text keeps its number of characters, so that what is found can be marked in it.
func fold(r rune) rune {
	switch {
	case r >= 0xff01 && r <= 0xff5e:
		r -= 0xfee0
	case r == 0x3000:
		return ' '
	}
	return unicode.ToLower(r)
}

// Folded is a text as the index compares it.
func Folded(text string) string { return strings.Map(fold, text) }

// gram is the number of a pair of characters.
func gram(a, b rune) uint64 { return uint64(a)<<21 | uint64(b) }

// word reports whether a character belongs to words.
func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// gramsOf returns the pairs of characters of texts, ascending and each once. Pairs do
// not reach across punctuation.
func gramsOf(texts ...string) []uint64 {
	var list []uint64
	for _, text := range texts {
		var last rune
		for _, r := range text {
			if r = fold(r); !word(r) {
				r = 0
			}
			if last != 0 && r != 0 {
				list = append(list, gram(last, r))
			}
			last = r
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// readingGrams are the pairs of characters of what a reading says in words.
func readingGrams(sections []report.Section) []uint64 {
	var texts []string
	for _, s := range sections {
		for _, p := range s.Paragraphs {
			texts = append(texts, p.Text)
		}
	}
	return gramsOf(texts...)
}

// packNumbers keeps ascending numbers as their differences.
func packNumbers(list []uint64) []byte {
	out := make([]byte, 0, 2*len(list))
	var last uint64
	for _, n := range list {
		out = binary.AppendUvarint(out, n-last)
		last = n
	}
	return out
}

// unpackNumbers calls f with the numbers that packNumbers kept until it returns false.
// Damaged bytes end the list.
func unpackNumbers(packed []byte, f func(n uint64) bool) {
	var last uint64
	for len(packed) > 0 {
		d, size := binary.Uvarint(packed)
		if size <= 0 {
			return
		}
		if last += d; !f(last) {
			return
		}
		packed = packed[size:]
	}
}

// holdsAll reports whether packed ascending numbers hold all of an ascending list.
func holdsAll(packed []byte, want []uint64) bool {
	unpackNumbers(packed, func(n uint64) bool {
		if len(want) > 0 && want[0] == n {
			want = want[1:]
		}
		return len(want) > 0 && n <= want[0]
	})
	return len(want) == 0
}
