package extract

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Some content systems send an empty page and put the article into a script, as a
// string of HTML with escaped quotes. scriptArticle looks for it once the page itself
// has shown no table. A table in a string that is no report (a template kept by the
// theme) has too few of the form's labels and too little text to be taken for one.

// leastArticle is the least length of a string that may be an article, in bytes.
const leastArticle = 300

// scriptArticle adds the article that a script of the page holds to doc, and reports
// whether there was one.
func scriptArticle(ctx context.Context, doc *Document, s *pageSurvey, in input) (bool, error) {
	if in.inScript {
		return false, nil
	}
	var best, script string
	at := 0
	for _, n := range s.scripts {
		text := plainText(n)
		if len(text) < leastArticle {
			continue
		}
		if found, from := longestArticle(text); len(found) > len(best) {
			best, script, at = found, text, from
		}
	}
	if best == "" {
		return false, nil
	}
	in.inScript = true
	inner, err := pageOf(ctx, []byte(best), in)
	if err != nil || !hasStatutoryGrid(inner) && (proseOf(doc) > 300 || proseOf(inner) < 100) {
		return false, nil
	}
	adopt(doc, inner, script[:at])
	return true, nil
}

// proseOf counts the bytes of a document's paragraphs that belong to the article.
func proseOf(d *Document) int {
	n := 0
	for _, b := range d.Blocks {
		if p := b.Paragraph; p != nil && !p.Chrome {
			n += len(p.Text)
		}
	}
	return n
}

// adopt puts the blocks of an article behind those of the page that held it, and takes
// from the fields before the article what the page itself does not say.
func adopt(doc, inner *Document, before string) {
	var blocks blockList
	for _, b := range slices.Concat(doc.Blocks, inner.Blocks) {
		if b.Grid != nil {
			blocks.grid(b.Grid)
		} else {
			blocks.paragraph(*b.Paragraph)
		}
	}
	doc.Blocks = blocks.list
	doc.Links = append(doc.Links, inner.Links...)
	doc.Pictures += inner.Pictures
	doc.Warnings = append(doc.Warnings, inner.Warnings...)
	doc.Digits, doc.Tables = inner.Digits, inner.Tables
	doc.Route += ", article in a script" + inner.Route
	fill := func(field *string, names ...string) {
		if *field == "" {
			*field = fieldBefore(before, names)
		}
	}
	fill(&doc.Meta.ArticleTitle, "title", "articletitle")
	fill(&doc.Meta.PubDate, "date", "pubdate", "publishdate", "publish_time", "publishtime", "created_at")
	fill(&doc.Meta.Source, "publisher", "source", "contentsource")
}

// longestArticle returns the longest string of a script that reads as a report's HTML,
// unescaped, and where it begins.
func longestArticle(script string) (string, int) {
	best, at := "", 0
	for i := 0; i < len(script); i++ {
		switch c := script[i]; c {
		case '/':
			i = afterComment(script, i)
		case '"', '\'', '`':
			end := closing(script, i)
			if end-i > leastArticle && end-i > len(best) {
				if text := unescape(script[i+1 : end]); isArticle(text) && len(text) > len(best) {
					best, at = text, i
				}
			}
			i = end
		}
	}
	return best, at
}

// afterComment returns the last position of a comment that begins at i, or i.
func afterComment(s string, i int) int {
	switch {
	case strings.HasPrefix(s[i:], "/*"):
		return afterMark(s, i+2, "*/") - 1
	case strings.HasPrefix(s[i:], "//") && (i == 0 || s[i-1] != ':'):
		return afterMark(s, i, "\n") - 1
	}
	return i
}

// closing returns the position of the quote that closes the one at i, or the end.
func closing(s string, i int) int {
	quote := s[i]
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case quote:
			return j
		case '\n':
			if quote != '`' {
				return j // no string goes over a line; this quote was something else
			}
		}
	}
	return len(s)
}

// isArticle reports whether a text is HTML and speaks as a report does.
func isArticle(text string) bool {
	return strings.Contains(text, "<") && strings.Contains(text, "政府信息") && strings.Contains(text, "公开") ||
		strings.Contains(text, "<table") && strings.Contains(text, "第二十条")
}

// unescape undoes the escapes of a string of JavaScript or JSON.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n', 'r':
			b = append(b, '\n')
		case 't':
			b = append(b, '\t')
		case 'b', 'f', 'v', '\n':
		case 'u', 'x':
			r, n := hexEscape(s[i:])
			b = utf8.AppendRune(b, r)
			i += n - 1
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

// hexEscape reads u4e00, a surrogate pair u….\u…., or x2d at the beginning of s, and
// returns the character and the length of what was read.
func hexEscape(s string) (rune, int) {
	size := 5
	if s[0] == 'x' {
		size = 3
	}
	unit := func(s string, size int) (rune, bool) {
		if len(s) < size {
			return 0, false
		}
		n, err := strconv.ParseUint(s[1:size], 16, 32)
		return rune(n), err == nil
	}
	r, ok := unit(s, size)
	if !ok {
		return rune(s[0]), 1
	}
	if utf16.IsSurrogate(r) && len(s) >= 11 && s[5:7] == `\u` {
		if low, ok := unit(s[6:], 5); ok {
			return utf16.DecodeRune(r, low), 11
		}
	}
	return r, size
}

// fieldBefore returns the last string that a script gives to one of the names, in
// quotes or not, before the article.
func fieldBefore(script string, names []string) string {
	lower := strings.ToLower(script)
	if len(lower) != len(script) {
		lower = script
	}
	for _, name := range names {
		for end := len(lower); ; {
			i := strings.LastIndex(lower[:end], name)
			if i < 0 {
				break
			}
			end = i
			rest := strings.TrimLeft(script[i+len(name):], `"' `)
			if !strings.HasPrefix(rest, ":") {
				continue
			}
			rest = strings.TrimLeft(rest[1:], " ")
			if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
				if value := squeeze(unescape(rest[1:closing(rest, 0)])); value != "" {
					return value
				}
			}
		}
	}
	return ""
}
