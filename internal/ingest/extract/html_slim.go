package extract

import "strings"

// Parsing is most of the cost of a page, and most of what is parsed is dress: exported
// pages carry a long style on every element, and every attribute costs the parser an
// allocation. slim leaves out the attributes that nothing here asks for, and white space
// between the tags of tables. The tree that is parsed from what is left has the same
// elements and the same text, but for white space between tags of tables that stand
// outside one; FuzzSlim holds that. Where a page has what would make the tags hard to
// tell without parsing (SVG, plaintext, nested scripts), it is left as it is.
func slim(page string) string {
	s := slimmer{markup: markup{src: page}, out: make([]byte, 0, len(page))}
	for s.at < len(page) {
		next := strings.IndexByte(page[s.at:], '<')
		if next < 0 || s.at+next+1 == len(page) {
			break
		}
		s.copyTo(s.at + next)
		if !s.piece() {
			return page
		}
	}
	s.copyTo(len(page))
	return string(s.out)
}

// A slimmer copies a page, without what is left out.
type slimmer struct {
	markup
	out    []byte
	at     int  // all before it is done
	tables int  // tables that are open
	spaced bool // the page has elements in whose presence tags of tables may count for nothing
}

// copyTo copies what stands between s.at and end.
func (s *slimmer) copyTo(end int) {
	s.out = append(s.out, s.src[s.at:end]...)
	s.at = end
}

// piece copies what begins with the < at s.at, and returns false if the page had
// better be left as it is.
func (s *slimmer) piece() bool {
	switch c := s.src[s.at+1]; {
	case c == '!' || c == '?':
		s.copyTo(s.declarationEnd(s.at))
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
		i = s.skipSpace(i)
		if i == len(s.src) {
			s.copyTo(i)
			return
		}
		if s.src[i] == '>' {
			s.at = i
			s.copyTo(i + 1)
			return
		}
		a := s.attribute(i)
		style := isName(a.key, "style")
		again := styled && style
		styled = styled || style
		if start && (again || s.idle(name, a)) {
			s.at = a.end
		} else {
			s.at = from
			if from == i {
				s.out = append(s.out, ' ')
			}
			s.copyTo(a.end)
		}
		i = a.end
	}
}

// raw copies the content of an element that ends only with its own tag.
func (s *slimmer) raw(name string) bool {
	end, _, ok := s.rawEnd(s.at, name)
	if ok {
		s.copyTo(end)
	}
	return ok
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
	i := s.skipSpace(s.at)
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
