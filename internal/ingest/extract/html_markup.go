package extract

import "strings"

// A markup is the source of a page with what is known of its tags without parsing it:
// where names, attributes, comments and raw text end, as the tokenizer of HTML has it.
type markup struct {
	src    string
	styles map[string]bool // whether a style value is kept, as far as met
}

// opensName reports whether a character may begin the name of a tag.
func opensName(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// tagSpace reports whether a character is white space inside a tag.
func tagSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// skipSpace returns the position of the next character that is no white space.
func (m *markup) skipSpace(i int) int {
	for i < len(m.src) && tagSpace(m.src[i]) {
		i++
	}
	return i
}

// indexAfter returns the position behind the next mark, the end if there is none.
func (m *markup) indexAfter(from int, mark string) int {
	if i := strings.Index(m.src[from:], mark); i >= 0 {
		return from + i + len(mark)
	}
	return len(m.src)
}

// declarationEnd returns where the comment or declaration at i ends.
func (m *markup) declarationEnd(i int) int {
	rest := m.src[i:]
	switch {
	case !strings.HasPrefix(rest, "<!--"):
		return m.indexAfter(i+2, ">")
	case strings.HasPrefix(rest, "<!-->"):
		return i + 5
	case strings.HasPrefix(rest, "<!--->"):
		return i + 6
	}
	end := m.indexAfter(i+4, "-->")
	if odd := strings.Index(m.src[i+4:end], "--!>"); odd >= 0 {
		end = i + 4 + odd + 4
	}
	return end
}

// nameEnd returns where the name of a tag that begins at i ends.
func (m *markup) nameEnd(i int) int {
	for i < len(m.src) && !tagSpace(m.src[i]) && m.src[i] != '/' && m.src[i] != '>' {
		i++
	}
	return i
}

// name returns the lower-case name of a tag that begins at i.
func (m *markup) name(i int) string { return strings.ToLower(m.src[i:m.nameEnd(i)]) }

// An attribute is where one stands in the source: its key, its value without quotes,
// and all of it.
type attribute struct {
	key        string
	value      string
	start, end int
}

// attribute returns the attribute at i, as the tokenizer has it. The key is empty
// where a slash stands.
func (m *markup) attribute(i int) attribute {
	a := attribute{start: i}
	for i < len(m.src) {
		c := m.src[i]
		if c == '=' && i > a.start || tagSpace(c) || c == '/' || c == '>' {
			break
		}
		i++
	}
	a.key = m.src[a.start:i]
	i = m.skipSpace(i)
	switch {
	case i == len(m.src):
		a.end = i
		return a
	case m.src[i] == '/':
		a.end = i + 1
		return a
	case m.src[i] != '=':
		a.end = i
		return a
	}
	a.value, a.end = m.value(m.skipSpace(i + 1))
	return a
}

// value returns the value of an attribute that begins at i, and where it ends.
func (m *markup) value(i int) (string, int) {
	switch {
	case i == len(m.src) || m.src[i] == '>':
		return "", i
	case m.src[i] == '"' || m.src[i] == '\'':
		n := strings.IndexByte(m.src[i+1:], m.src[i])
		if n < 0 {
			return m.src[i+1:], len(m.src)
		}
		return m.src[i+1 : i+1+n], i + n + 2
	}
	from := i
	for i < len(m.src) && !tagSpace(m.src[i]) && m.src[i] != '>' {
		i++
	}
	return m.src[from:i], i
}

// rawEnd returns where the content of an element ends that only its own tag ends, and
// where the name in that tag begins; and false where the tag is missing, or a script may
// hide it.
func (m *markup) rawEnd(from int, name string) (end, tag int, ok bool) {
	i := from
	for {
		i = m.indexAfter(i, "</")
		if i == len(m.src) {
			return i, i, false
		}
		if to := m.nameEnd(i); isName(m.src[i:to], name) && to < len(m.src) {
			break
		}
	}
	content := m.src[from : i-2]
	if name == "script" && strings.Contains(content, "<!--") && strings.Contains(strings.ToLower(content), "<script") {
		return i, i, false // the inner one may hide the end of the outer
	}
	return i - 2, i, true
}

// idle reports whether nothing asks for an attribute: how an element is dressed or
// placed, unless that may hide it.
func (m *markup) idle(tag string, a attribute) bool {
	if len(a.key) > len("bordercolor") {
		return false
	}
	var lower [len("bordercolor")]byte
	for i := range len(a.key) {
		lower[i] = lowerByte(a.key[i])
	}
	switch string(lower[:len(a.key)]) {
	case "align", "valign", "border", "cellspacing", "cellpadding", "bordercolor", "lang", "face", "size", "nowrap", "xml:lang":
		return true
	case "width":
		return tag != "img"
	case "height":
		return tag == "td" || tag == "th" || tag == "table"
	case "style":
		return !m.styleMatters(a.value)
	}
	return false
}

// isName reports whether s is a name, which is in lower case, in letters of any case.
func isName(s, name string) bool {
	if len(s) != len(name) {
		return false
	}
	for i := range len(s) {
		if lowerByte(s[i]) != name[i] {
			return false
		}
	}
	return true
}

// lowerByte returns a letter of ASCII in lower case.
func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// styleMatters reports whether a style may hide text, or colour the ground it is on.
// Exported pages carry a long one on every element, the same few again and again.
func (m *markup) styleMatters(style string) bool {
	matters, known := m.styles[style]
	if known {
		return matters
	}
	matters = strings.Contains(style, "background") || strings.Contains(style, "&")
	for _, word := range hidingWords {
		matters = matters || strings.Contains(style, word)
	}
	if m.styles == nil {
		m.styles = make(map[string]bool)
	}
	m.styles[style] = matters
	return matters
}
