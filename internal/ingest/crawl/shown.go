package crawl

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// showsMoreThan reports whether a page shows more than n bytes of text: what stands
// outside of tags, comments, scripts and styles, without white space. It stops as
// soon as it knows, so that a full page costs little; what is short is then looked
// at with care.
func showsMoreThan(markup []byte, n int) bool {
	for len(markup) > 0 {
		i := bytes.IndexByte(markup, '<')
		if i < 0 {
			i = len(markup)
		}
		for _, c := range markup[:i] {
			if c > ' ' {
				n--
			}
		}
		if n < 0 {
			return true
		}
		markup = afterTag(markup[i:])
	}
	return false
}

// shownIn returns about what a page shows, with white space as it stands. It costs a
// small part of a parser, and knows less: what it finds is to be looked for with one.
func shownIn(markup string) string {
	var out strings.Builder
	for rest := []byte(markup); len(rest) > 0; {
		i := bytes.IndexByte(rest, '<')
		if i < 0 {
			i = len(rest)
		}
		out.Write(rest[:i])
		rest = afterTag(rest[i:])
	}
	return html.UnescapeString(out.String())
}

// afterTag returns what follows the tag that markup begins with, and the element
// too where it is one whose text is not shown.
func afterTag(markup []byte) []byte {
	end := ">"
	if bytes.HasPrefix(markup, []byte("<!--")) {
		end = "-->"
	}
	i := bytes.Index(markup, []byte(end))
	if i < 0 {
		return nil
	}
	rest := markup[i+len(end):]
	for _, name := range []string{"script", "style"} {
		if hasName(markup, 1, name) {
			return fromClosing(rest, name)
		}
	}
	return rest
}

// fromClosing returns markup from the closing tag of an element on, and nothing
// where it is never closed.
func fromClosing(markup []byte, name string) []byte {
	for {
		i := bytes.Index(markup, []byte("</"))
		if i < 0 {
			return nil
		}
		if markup = markup[i:]; hasName(markup, 2, name) {
			return markup
		}
		markup = markup[2:]
	}
}

func hasName(markup []byte, at int, name string) bool {
	return len(markup) >= at+len(name) && bytes.EqualFold(markup[at:at+len(name)], []byte(name))
}
