package extract

import (
	"context"
	"strconv"
)

// readRTF reads a document in Rich Text Format with a tokenizer of its own. Objects
// and pictures are passed over; nothing they name is opened.
func readRTF(ctx context.Context, in input) (*Document, error) {
	doc := &Document{Type: RTF, Route: "rtf"}
	r := newRTFReader(ctx, doc)
	tokens := rtfTokens{src: in.body}
	for {
		t, ok := tokens.next()
		if !ok {
			break
		}
		if err := r.take(t, &tokens); err != nil {
			return nil, err
		}
	}
	r.flush()
	if r.stories[0].stack.full() {
		return nil, errTooMany(in.limits)
	}
	if err := layFlow(ctx, doc, r.stories[0].done(), in.limits); err != nil {
		return nil, err
	}
	if tokens.depth > 0 {
		doc.Warnings = append(doc.Warnings, Warning{
			Rule: "read.truncated", Text: "RTF 文件不完整：有括号没有结束，末尾的内容可能缺失",
		})
	}
	doc.Digits = rtfDigits(in.body)
	return doc, nil
}

// An rtfToken is one lexical element.
type rtfToken struct {
	kind  rtfKind
	word  string // of a control word; the character of a control symbol
	param int
	given bool // a parameter stands behind the word
	text  []byte
}

type rtfKind uint8

const (
	rtfOpen  rtfKind = iota
	rtfClose         // }
	rtfWord          // \word with its parameter
	rtfText          // bytes as they are
	rtfByte          // \'hh, in text
)

// An rtfTokens splits a file into tokens.
type rtfTokens struct {
	src   []byte
	at    int
	depth int // of open groups
}

// next returns the next token, and false at the end.
func (s *rtfTokens) next() (rtfToken, bool) {
	for s.at < len(s.src) {
		switch c := s.src[s.at]; c {
		case '\r', '\n', 0:
			s.at++
		case '{':
			s.at++
			s.depth++
			return rtfToken{kind: rtfOpen}, true
		case '}':
			s.at++
			s.depth--
			return rtfToken{kind: rtfClose}, true
		case '\\':
			return s.control(), true
		default:
			from := s.at
			for s.at < len(s.src) && !isRTFMark(s.src[s.at]) {
				s.at++
			}
			return rtfToken{kind: rtfText, text: s.src[from:s.at]}, true
		}
	}
	return rtfToken{}, false
}

func isRTFMark(c byte) bool {
	return c == '\\' || c == '{' || c == '}' || c == '\r' || c == '\n' || c == 0
}

// control reads a control word or symbol.
func (s *rtfTokens) control() rtfToken {
	s.at++ // the backslash
	if s.at == len(s.src) {
		return rtfToken{kind: rtfText}
	}
	c := s.src[s.at]
	if !isLetter(c) {
		s.at++
		switch {
		case c == '\'':
			b, err := strconv.ParseUint(string(part(s.src, s.at, 2)), 16, 8)
			if err != nil {
				return rtfToken{kind: rtfText}
			}
			s.at += 2
			return rtfToken{kind: rtfByte, text: []byte{byte(b)}}
		case c == '\\', c == '{', c == '}':
			return rtfToken{kind: rtfText, text: s.src[s.at-1 : s.at]}
		}
		return rtfToken{kind: rtfWord, word: string(c)}
	}
	from := s.at
	for s.at < len(s.src) && isLetter(s.src[s.at]) {
		s.at++
	}
	t := rtfToken{kind: rtfWord, word: string(s.src[from:min(s.at, from+32)])}
	from = s.at
	if s.at < len(s.src) && s.src[s.at] == '-' {
		s.at++
	}
	for s.at < len(s.src) && s.src[s.at] >= '0' && s.src[s.at] <= '9' {
		s.at++
	}
	if n, err := strconv.Atoi(string(s.src[from:min(s.at, from+12)])); err == nil {
		t.param, t.given = n, true
	}
	if s.at < len(s.src) && s.src[s.at] == ' ' {
		s.at++
	}
	return t
}

// skip passes over n bytes of binary data.
func (s *rtfTokens) skip(n int) { s.at = min(len(s.src), s.at+max(0, n)) }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
