package recognise

import (
	_ "embed"
	"sync"
	"unicode"
	"unicode/utf8"
)

// traditionalText holds pairs of a traditional and a simplified character. Derived
// from the transliterator Traditional-Simplified of ICU (Unicode licence).
//
//go:embed traditional.txt
var traditionalText string

const (
	firstHan = 0x4e00
	lastHan  = 0x9fff
)

// simplifiedHan maps a traditional character, less firstHan, to its simplified
// one; 0 where it is none.
var simplifiedHan = sync.OnceValue(func() *[lastHan - firstHan + 1]uint16 {
	var table [lastHan - firstHan + 1]uint16
	var from rune
	for _, r := range traditionalText {
		switch {
		case r < firstHan || r > lastHan:
		case from == 0:
			from = r
		default:
			table[from-firstHan] = uint16(r)
			from = 0
		}
	}
	return &table
})

// A plainText is a label without what varies between documents: white space, width,
// punctuation, traditional characters, its number in the list and notes in brackets.
type plainText struct {
	key    []byte // what is left, in UTF-8
	number int    // the number before it: 3 of 3.其他, 7 of （七）总计; 0 without one
	unit   moneyUnit
}

// fold returns the half-width form of a full-width ASCII character.
func fold(r rune) rune {
	if r >= 0xff01 && r <= 0xff5e {
		return r - 0xfee0
	}
	return r
}

// unseen reports whether a rune takes no ink.
func unseen(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\v', '\f', 0xa0, 0x3000, 0xfeff, 0x2060:
		return true
	}
	return r > 0xff && r < 0x3000 && (unicode.IsSpace(r) || r >= 0x200b && r <= 0x200f) // no space lies beyond
}

func openBracket(r rune) bool {
	switch r {
	case '(', '[', '{', '〔', '【', '〈', '﹙':
		return true
	}
	return false
}

func closeBracket(r rune) bool {
	switch r {
	case ')', ']', '}', '〕', '】', '〉', '﹚':
		return true
	}
	return false
}

// plain reduces a label to its key, written into buf.
func plain(buf []byte, text string) plainText {
	p := plainText{key: buf[:0]}
	rest, number := cutNumber(text)
	p.number = number
	han := simplifiedHan()
	depth, mark := 0, 0
	for i, r := range rest {
		if r > 0x7f {
			r = fold(r)
		}
		switch {
		case openBracket(r):
			if depth == 0 && !closes(rest[i:]) {
				continue // a bracket that lost its partner is no note
			}
			if depth == 0 {
				mark = i
			}
			depth++
		case closeBracket(r):
			if depth == 0 {
				continue
			}
			depth--
			if depth == 0 && p.unit == noUnit {
				p.unit = unitInNote(rest[mark:i])
			}
		case depth > 0:
		case r >= firstHan && r <= lastHan:
			if s := han[r-firstHan]; s != 0 {
				r = rune(s)
			}
			if r == '它' { // 其它 is 其他
				r = '他'
			}
			p.key = utf8.AppendRune(p.key, r)
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			p.key = append(p.key, byte(r))
		}
	}
	return p
}

// closes reports whether a closing bracket stands in s.
func closes(s string) bool {
	for _, r := range s {
		if closeBracket(fold(r)) {
			return true
		}
	}
	return false
}

// cutNumber cuts the number of a list item off the front of a label: 1. 1、 １．
// 1） （一） 一、 ① and a bare digit before a Chinese character.
func cutNumber(text string) (rest string, number int) {
	i := 0
	next := func() (rune, int) {
		for i < len(text) {
			r, size := utf8.DecodeRuneInString(text[i:])
			if !unseen(r) {
				return fold(r), size
			}
			i += size
		}
		return 0, 0
	}
	r, size := next()
	if n := circled(r); n > 0 {
		return text[i+size:], n
	}
	bracket := openBracket(r)
	if bracket {
		i += size
		r, size = next()
	}
	arabic := r >= '0' && r <= '9'
	n, digits := 0, 0
	for {
		d := digitOf(r)
		if d < 0 || arabic != (r >= '0' && r <= '9') || digits == 2 {
			break
		}
		if !arabic && r == '十' {
			n = max(n, 1) * 10
		} else if arabic {
			n = n*10 + d
		} else {
			n += d
		}
		digits++
		i += size
		r, size = next()
	}
	switch {
	case digits == 0:
		return text, 0
	case bracket:
		if !closeBracket(r) {
			return text, 0
		}
		return text[i+size:], n
	}
	switch r {
	case '.', '、', ':', ')', ',', '。', '·', '．', '﹒':
		return text[i+size:], n
	}
	if arabic && r >= firstHan && r <= lastHan {
		return text[i:], n
	}
	return text, 0
}

// circled returns the number of ①, ⑴ or ⒈, and 0 for any other rune.
func circled(r rune) int {
	switch {
	case r >= '①' && r <= '⑳':
		return int(r-'①') + 1
	case r >= '⑴' && r <= '⒇':
		return int(r-'⑴') + 1
	case r >= '⒈' && r <= '⒛':
		return int(r-'⒈') + 1
	}
	return 0
}

// digitOf returns the value of an Arabic or Chinese digit, 10 for 十, and -1 for any
// other rune.
func digitOf(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	switch r {
	case '一':
		return 1
	case '二':
		return 2
	case '三':
		return 3
	case '四':
		return 4
	case '五':
		return 5
	case '六':
		return 6
	case '七':
		return 7
	case '八':
		return 8
	case '九':
		return 9
	case '十':
		return 10
	}
	return -1
}
