package web

import (
	"bytes"
	"strings"
	"unicode"
)

// What stays Chinese on an English page, names and quotations, is told to browsers
// and screen readers by lang="zh". A text does not know whether it will stand
// between tags, in an attribute or in a chart, so it carries marks, and the finished
// page turns them into elements or, where no element may stand, drops them. The
// marks are noncharacters, which no text may interchange.
const (
	openMark  = '\uFDD0'
	closeMark = '\uFDD1'
)

// marks removes the marks; foreign text has none to bring.
var marks = strings.NewReplacer(string(openMark), "", string(closeMark), "")

// asWritten is a name or a quotation: Chinese on every page, and marked on those of
// another language.
func (l lang) asWritten(text string) string {
	if l == zh || !hasHan(text) {
		return text
	}
	return string(openMark) + marks.Replace(text) + string(closeMark)
}

// quoting marks the Chinese words that an English text quotes.
func (l lang) quoting(text string) string {
	if l == zh || !strings.ContainsFunc(text, isChinese) {
		return text
	}
	var b strings.Builder
	inside, held := false, ""
	for _, r := range marks.Replace(text) {
		switch {
		case isChinese(r):
			if !inside {
				b.WriteString(held)
				b.WriteRune(openMark)
				held, inside = "", true
			}
			b.WriteString(held)
			held = ""
			b.WriteRune(r)
		case inside && unicode.IsDigit(r):
			held += string(r) // part of the run where Chinese follows
		default:
			if inside {
				b.WriteRune(closeMark)
			}
			inside = false
			b.WriteString(held)
			held = ""
			b.WriteRune(r)
		}
	}
	if inside {
		b.WriteRune(closeMark)
	}
	return b.String() + held
}

func hasHan(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// isChinese reports whether a rune is Chinese or a sign of Chinese typesetting; the
// quotation marks of both languages are the same.
func isChinese(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r < 0x3030 || r >= 0xff00 && r < 0xff70
}

// wholly are the elements in which no element may stand.
var wholly = map[string]bool{"title": true, "script": true, "style": true, "textarea": true, "option": true}

// A marker turns the marks of a finished page into elements.
type marker struct {
	out   bytes.Buffer
	depth int // of marks, quotations may stand in each other
	plain int // depth of elements in which no element may stand
	svg   int // depth of drawings, which stand in each other
}

// markup turns the marks of a page into elements, and drops those in attributes,
// scripts and titles.
func markup(page []byte) []byte {
	if !bytes.ContainsRune(page, openMark) {
		return page
	}
	var m marker
	for len(page) > 0 {
		at := bytes.IndexByte(page, '<')
		if at < 0 {
			at = len(page)
		}
		m.text(page[:at])
		page = page[at:]
		end := tagEnd(page)
		m.element(page[:end])
		page = page[end:]
	}
	return m.out.Bytes()
}

// tagEnd is where the tag at the beginning of the page ends.
func tagEnd(page []byte) int {
	quote := byte(0)
	for i, b := range page {
		switch {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '"' || b == '\'':
			quote = b
		case b == '>':
			return i + 1
		}
	}
	return len(page)
}

func (m *marker) text(text []byte) {
	tag := "span"
	if m.svg > 0 {
		tag = "tspan"
	}
	for _, r := range string(text) {
		switch r {
		case openMark:
			if m.depth++; m.depth == 1 && m.plain == 0 {
				m.out.WriteString("<" + tag + ` lang="zh">`)
			}
		case closeMark:
			if m.depth == 1 && m.plain == 0 {
				m.out.WriteString("</" + tag + ">")
			}
			m.depth = max(m.depth-1, 0)
		default:
			m.out.WriteRune(r)
		}
	}
	if m.depth > 0 && m.plain == 0 { // a mark never reaches over a tag
		m.out.WriteString("</" + tag + ">")
	}
	m.depth = 0
}

func (m *marker) element(tag []byte) {
	m.out.WriteString(marks.Replace(string(tag)))
	name := strings.TrimLeft(string(tag), "</")
	if i := strings.IndexAny(name, " \t\n/>"); i >= 0 {
		name = name[:i]
	}
	closing := bytes.HasPrefix(tag, []byte("</"))
	switch {
	case wholly[name] && closing:
		m.plain = max(m.plain-1, 0)
	case wholly[name]:
		m.plain++
	case name == "svg" && closing:
		m.svg = max(m.svg-1, 0)
	case name == "svg":
		m.svg++
	}
}
