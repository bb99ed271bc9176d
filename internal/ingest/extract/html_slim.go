package extract

import (
	"bytes"
	"strings"
)

// Parsing is most of the cost of a page, and most of what is parsed is dress: exported
// pages carry a long style on every element, and every attribute costs the parser an
// allocation. slim leaves out the attributes that nothing here asks for, and white space
// between the tags of tables. The tree that is parsed from what is left has the same
// elements and the same text, but for white space between tags of tables that stand
// outside one; FuzzSlim holds that. Where a page has what would make the tags hard to
// tell without parsing (SVG, plaintext, nested scripts), it is left as it is.
func slim(page []byte) []byte {
	s := slimmer{src: page, out: make([]byte, 0, len(page)), styles: make(map[string]bool)}
	for s.at < len(page) {
		next := bytes.IndexByte(page[s.at:], '<')
		if next < 0 || s.at+next+1 == len(page) {
			break
		}
		s.copyTo(s.at + next)
		if !s.markup() {
			return page
		}
	}
	s.copyTo(len(page))
	return s.out
}

// A slimmer copies a page, without what is left out.
type slimmer struct {
	src, out []byte
	at       int             // all before it is done
	styles   map[string]bool // whether a style value is kept, as far as met
	tables   int             // tables that are open
	spaced   bool            // the page has elements in whose presence tags of tables may count for nothing
}

// copyTo copies what stands between s.at and end.
func (s *slimmer) copyTo(end int) {
	s.out = append(s.out, s.src[s.at:end]...)
	s.at = end
}

// markup copies what begins with the < at s.at, and returns false if the page had
// better be left as it is.
func (s *slimmer) markup() bool {
	switch c := s.src[s.at+1]; {
	case c == '!' || c == '?':
		s.copyTo(s.declarationEnd())
	case c == '/':
		if s.at+2 < len(s.src) && opensName(s.src[s.at+2]) {
			name := s.name(s.at + 2)
			s.tag(name, false)
			s.betweenCells(name, false)
		} else {
			s.copyTo(s.indexAfter(s.at+2, ">"))
		}
	case opensName(c):
		name := s.name(s.at + 1)
		s.tag(name, true)
		switch name {
		case "svg", "math", "plaintext":
			return false
		case "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript":
			return s.raw(name)
		}
		s.betweenCells(name, true)
	default:
		s.copyTo(s.at + 1)
	}
	return true
}

// opensName reports whether a character may begin the name of a tag.
func opensName(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// tagSpace reports whether a character is white space inside a tag.
func tagSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// indexAfter returns the position behind the next mark, the end if there is none.
func (s *slimmer) indexAfter(from int, mark string) int {
	if i := bytes.Index(s.src[from:], []byte(mark)); i >= 0 {
		return from + i + len(mark)
	}
	return len(s.src)
}

// declarationEnd returns where the comment or declaration at s.at ends.
func (s *slimmer) declarationEnd() int {
	rest := s.src[s.at:]
	switch {
	case !bytes.HasPrefix(rest, []byte("<!--")):
		return s.indexAfter(s.at+2, ">")
	case bytes.HasPrefix(rest, []byte("<!-->")):
		return s.at + 5
	case bytes.HasPrefix(rest, []byte("<!--->")):
		return s.at + 6
	}
	return min(s.indexAfter(s.at+4, "-->"), s.indexAfter(s.at+4, "--!>"))
}

// name returns the lower-case name of a tag that begins at i.
func (s *slimmer) name(i int) string {
	end := i
	for end < len(s.src) && !tagSpace(s.src[end]) && s.src[end] != '/' && s.src[end] != '>' {
		end++
	}
	return strings.ToLower(string(s.src[i:end]))
}

// tag copies the tag at s.at, of a start tag only the attributes that are asked for.
func (s *slimmer) tag(name string, start bool) {
	i := s.at + 1 + len(name)
	if !start {
		i++
	}
	i = min(i, len(s.src)) // a name that grows in lower case is cut off anyway
	s.copyTo(i)
	styled := false // the first style counts
	for {
		from := i
		for i < len(s.src) && tagSpace(s.src[i]) {
			i++
		}
		if i == len(s.src) {
			s.copyTo(i)
			return
		}
		if s.src[i] == '>' {
			s.at = i
			s.copyTo(i + 1)
			return
		}
		key, end := s.attribute(i)
		style := bytes.EqualFold(key, []byte("style"))
		again := styled && style
		styled = styled || style
		if start && (again || s.idle(name, key, i, end)) {
			s.at = end
		} else {
			s.at = from
			if from == i {
				s.out = append(s.out, ' ')
			}
			s.copyTo(end)
		}
		i = end
	}
}

// attribute returns the key of the attribute at i and where its value ends, as the
// tokenizer has it.
func (s *slimmer) attribute(i int) (key []byte, end int) {
	start := i
	for i < len(s.src) {
		c := s.src[i]
		if c == '=' && i > start || tagSpace(c) || c == '/' || c == '>' {
			break
		}
		i++
	}
	key = s.src[start:i]
	for i < len(s.src) && tagSpace(s.src[i]) {
		i++
	}
	switch {
	case i == len(s.src):
		return key, i
	case s.src[i] == '/':
		return key, i + 1
	case s.src[i] != '=':
		return key, i
	}
	i++
	for i < len(s.src) && tagSpace(s.src[i]) {
		i++
	}
	switch {
	case i == len(s.src) || s.src[i] == '>':
		return key, i
	case s.src[i] == '"' || s.src[i] == '\'':
		return key, s.indexAfter(i+1, string(s.src[i]))
	}
	for i < len(s.src) && !tagSpace(s.src[i]) && s.src[i] != '>' {
		i++
	}
	return key, i
}

// idle reports whether nothing asks for an attribute: how an element is dressed or
// placed, unless that may hide it.
func (s *slimmer) idle(tag string, key []byte, from, to int) bool {
	if len(key) > len("bordercolor") {
		return false
	}
	var lower [len("bordercolor")]byte
	for i, c := range key {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	switch string(lower[:len(key)]) {
	case "align", "valign", "border", "cellspacing", "cellpadding", "bordercolor", "lang", "face", "size", "nowrap", "xml:lang":
		return true
	case "width":
		return tag != "img"
	case "height":
		return tag == "td" || tag == "th" || tag == "table"
	case "style":
		value := s.src[from:to]
		keep, known := s.styles[string(value)]
		if !known {
			keep = styleMatters(string(value))
			s.styles[string(value)] = keep
		}
		return !keep
	}
	return false
}

// styleMatters reports whether a style may hide text, or colour the ground it is on.
func styleMatters(style string) bool {
	if strings.Contains(style, "background") || strings.Contains(style, "&") {
		return true
	}
	for _, word := range hidingWords {
		if strings.Contains(style, word) {
			return true
		}
	}
	return false
}

// raw copies the content of an element that ends only with its own tag.
func (s *slimmer) raw(name string) bool {
	i := s.at
	for {
		i = s.indexAfter(i, "</")
		if i == len(s.src) || s.name(i) == name {
			break
		}
	}
	content := s.src[s.at:i]
	if name == "script" && bytes.Contains(content, []byte("<!--")) && bytes.Contains(lowerASCII(content), []byte("<script")) {
		return false // the inner one may hide the end of the outer
	}
	s.copyTo(max(s.at, i-2))
	return true
}

// betweenCells leaves out white space between the tag of a table just copied and one that
// opens a cell or row, or closes a row or the table: no cell holds it.
func (s *slimmer) betweenCells(name string, start bool) {
	switch name {
	case "table":
		if start {
			s.tables++
		} else {
			s.tables = max(0, s.tables-1)
		}
	case "td", "th":
		if start {
			return
		}
	case "tr", "tbody", "thead", "tfoot":
	case "caption", "select", "template", "frameset", "colgroup":
		s.spaced = true
		return
	default:
		return
	}
	i := s.at
	for i < len(s.src) && tagSpace(s.src[i]) {
		i++
	}
	if i == s.at || s.tables == 0 || s.spaced || i+2 >= len(s.src) || s.src[i] != '<' {
		return
	}
	if s.src[i+1] == '/' {
		next := s.name(i + 2)
		if next == "tr" || next == "table" {
			s.at = i
		}
	} else if next := s.name(i + 1); next == "td" || next == "th" || next == "tr" {
		s.at = i
	}
}
