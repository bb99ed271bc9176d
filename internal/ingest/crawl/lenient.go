package crawl

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// readData reads JSON, or what scripts have in its place: an object literal with
// bare keys, single quotes, comments or a last comma, wrapped in a call (JSONP) or
// assigned to a name.
func readData(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	strict := d.Decode(&v)
	if strict == nil {
		return v, nil
	}
	i := strings.IndexAny(text, "{[")
	if i < 0 {
		return nil, strict
	}
	p := literal{rest: text[i:]}
	v, err := p.value(0)
	if err != nil {
		return nil, fmt.Errorf("%w; as a literal of a script: %w", strict, err)
	}
	return v, nil
}

// A literal is a value of a script under way.
type literal struct{ rest string }

var errLiteral = errors.New("want an object, a list, a text or a number")

// space leaves out white space and comments.
func (l *literal) space() {
	for {
		l.rest = strings.TrimLeft(l.rest, " \t\r\n\u00a0\ufeff")
		switch {
		case strings.HasPrefix(l.rest, "//"):
			_, l.rest, _ = strings.Cut(l.rest, "\n")
		case strings.HasPrefix(l.rest, "/*"):
			_, l.rest, _ = strings.Cut(l.rest, "*/")
		default:
			return
		}
	}
}

// took reports whether the next mark is c, and passes it.
func (l *literal) took(c byte) bool {
	l.space()
	if l.rest == "" || l.rest[0] != c {
		return false
	}
	l.rest = l.rest[1:]
	return true
}

func (l *literal) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested more than %d deep", maxDepth)
	}
	switch {
	case l.took('{'):
		return l.object(depth)
	case l.took('['):
		return l.list(depth)
	case l.rest == "":
		return nil, errLiteral
	case strings.ContainsRune("'\"`", rune(l.rest[0])):
		return l.text()
	}
	return l.bare()
}

func (l *literal) object(depth int) (any, error) {
	all := map[string]any{}
	for !l.took('}') {
		key, err := l.key()
		if err != nil {
			return nil, err
		}
		if !l.took(':') {
			return nil, fmt.Errorf("no : after the key %s", key)
		}
		if all[key], err = l.value(depth + 1); err != nil {
			return nil, err
		}
		if !l.took(',') && !strings.HasPrefix(l.rest, "}") {
			return nil, fmt.Errorf("no , or } after the key %s", key)
		}
	}
	return all, nil
}

func (l *literal) list(depth int) (any, error) {
	all := []any{}
	for !l.took(']') {
		v, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
		if !l.took(',') && !strings.HasPrefix(l.rest, "]") {
			return nil, errors.New("no , or ] in a list")
		}
	}
	return all, nil
}

func (l *literal) key() (string, error) {
	l.space()
	if l.rest != "" && strings.ContainsRune("'\"", rune(l.rest[0])) {
		return l.text()
	}
	return l.word()
}

// word takes a bare name or number.
func (l *literal) word() (string, error) {
	end := strings.IndexAny(l.rest, " \t\r\n,:{}[]()'\"`;")
	if end <= 0 {
		return "", errLiteral
	}
	w := l.rest[:end]
	l.rest = l.rest[end:]
	return w, nil
}

func (l *literal) bare() (any, error) {
	w, err := l.word()
	switch w {
	case "true", "false":
		return w == "true", err
	case "null", "undefined":
		return nil, err
	}
	var n json.Number
	if err == nil && json.Unmarshal([]byte(w), &n) == nil {
		return n, nil
	}
	if err == nil {
		err = fmt.Errorf("%w, got %s", errLiteral, shorten(w))
	}
	return nil, err
}

// text takes a quoted text, and those that + adds to it.
func (l *literal) text() (string, error) {
	var b strings.Builder
	for {
		quote := l.rest[0]
		s, n, ok := unquoteScript(l.rest[1:], quote)
		if !ok {
			return "", errors.New("a text without its closing quote")
		}
		b.WriteString(s)
		l.rest = l.rest[1+n:]
		at := l.rest
		if !l.took('+') {
			return b.String(), nil
		}
		if l.space(); l.rest == "" || !strings.ContainsRune("'\"`", rune(l.rest[0])) {
			l.rest = at
			return b.String(), nil
		}
	}
}

// unquoteScript reads a script's text up to its closing quote, and returns it with
// the bytes it took, the quote included.
func unquoteScript(s string, quote byte) (text string, n int, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			return b.String(), i + 1, true
		case c == '\\' && i+1 < len(s):
			r, size := scriptEscape(s[i+1:])
			b.WriteString(r)
			i += size
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, false
}

// scriptEscape reads what stands behind a backslash.
func scriptEscape(s string) (text string, size int) {
	switch s[0] {
	case 'n':
		return "\n", 1
	case 't':
		return "\t", 1
	case 'r', '\n':
		return "", 1
	case 'u', 'x':
		digits := map[byte]int{'u': 4, 'x': 2}[s[0]]
		if len(s) > digits {
			var r rune
			if n, err := fmt.Sscanf(s[1:1+digits], "%x", &r); n == 1 && err == nil && utf8.ValidRune(r) {
				return string(r), 1 + digits
			}
		}
	}
	_, size = utf8.DecodeRuneInString(s)
	return s[:size], size
}

// unescapeScript resolves the backslashes of a text that a pattern took out of a
// script.
func unescapeScript(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	text, _, ok := unquoteScript(s+"\x00", 0)
	if !ok {
		return s
	}
	return text
}

// written returns the markup that the scripts of a page write into it with
// document.write and literal texts.
func written(markup string) string {
	var b strings.Builder
	for range mostWritten {
		i := strings.Index(markup, "document.write")
		if i < 0 {
			return b.String()
		}
		markup = strings.TrimPrefix(markup[i+len("document.write"):], "ln")
		l := literal{rest: markup}
		if !l.took('(') {
			continue
		}
		if l.space(); l.rest == "" || !strings.ContainsRune("'\"`", rune(l.rest[0])) {
			continue
		}
		if s, err := l.text(); err == nil {
			b.WriteString(s + "\n")
			markup = l.rest
		}
	}
	return b.String()
}

// mostWritten bounds the calls of document.write that are looked at: a page with more
// is no list.
const mostWritten = 2000
