package extract

import (
	"strings"
	"unicode/utf8"
)

// htmlDigits returns the runs of digits in the text of a page, from its source: tags,
// comments, scripts and styles are passed over, the tags of inline elements do not
// end a run, and what a browser does not show is passed over, unless all tables are
// in it.
func htmlDigits(page string) []string {
	d := digitScanner{src: page, out: make([]string, 0, 512)}
	d.page()
	if d.passed && !d.tables {
		d = digitScanner{src: page, out: d.out[:0], all: true}
		d.page()
	}
	return d.out
}

// page goes through a page from tag to tag.
func (d *digitScanner) page() {
	page := d.src
	for i := 0; i < len(page); {
		if d.to == d.from && len(d.copied) == 0 && d.mark == 0 {
			if i = nextDigit(page, i); i == len(page) {
				break
			}
		}
		switch page[i] {
		case '<':
			i = d.tag(i)
		case '&':
			i = d.entity(i)
		default:
			i = d.take(i)
		}
	}
	d.end()
}

// nextDigit returns the position from i on of what may be a digit, a sign or no text. In
// UTF-8 full-width digits and all signs but ASCII's begin with 0xEF or 0xE2, and these and
// ASCII stand within no other character.
func nextDigit(s string, i int) int {
	for i < len(s) {
		switch c := s[i]; {
		case c == '<', c == '&', c == '-', c == 0xE2, c == 0xEF, c >= '0' && c <= '9':
			return i
		}
		i++
	}
	return i
}

// tag passes over the markup at i, and over the content of elements whose content is
// no text. A < that opens no markup is text.
func (d *digitScanner) tag(i int) int {
	s := d.src
	if i+1 >= len(s) {
		return len(s)
	}
	switch c := s[i+1]; {
	case c == '!' || c == '?':
		return afterDeclaration(s, i)
	case c == '/':
	case c|0x20 < 'a' || c|0x20 > 'z':
		d.end()
		return i + 1
	}
	name, end := tagName(s, i+1)
	if breaking(name) {
		d.end()
	}
	i = afterTag(s, end)
	if next := d.behindCovert(name, s[end:i], i); next > i {
		d.end()
		d.passed = true
		return next
	}
	d.tables = d.tables || name == "table"
	return d.behindRaw(name, i)
}

// behindRaw returns where to go on behind a tag that ends at i: behind the content of an
// element whose content is no text. Of style sheets it keeps what they hide.
func (d *digitScanner) behindRaw(name string, i int) int {
	switch name {
	case "script", "title", "textarea", "noscript", "iframe", "noembed", "noframes", "xmp":
		return afterRaw(d.src, i, name)
	case "style":
		end := afterRaw(d.src, i, name)
		d.heedSheet(d.src[i:end])
		return end
	}
	return i
}

// afterDeclaration passes over a comment or a declaration.
func afterDeclaration(s string, i int) int {
	if strings.HasPrefix(s[i:], "<!--") {
		if strings.HasPrefix(s[i:], "<!-->") {
			return i + 5
		}
		return afterMark(s, i+4, "-->")
	}
	return afterMark(s, i+2, ">")
}

// afterMark returns the position behind the next mark from i on, the end if there is none.
func afterMark(s string, i int, mark string) int {
	if j := strings.Index(s[i:], mark); j >= 0 {
		return i + j + len(mark)
	}
	return len(s)
}

// tagName returns the lower-case name of the tag whose name or slash is at i, and
// where the name ends. The names of end tags begin with a slash.
func tagName(s string, i int) (string, int) {
	start, plain := i, true
	for i < len(s) && s[i] > ' ' && s[i] != '>' && (s[i] != '/' || i == start) {
		plain = plain && s[i] < utf8.RuneSelf && (s[i] < 'A' || s[i] > 'Z')
		i++
	}
	if plain {
		return s[start:i], i
	}
	return strings.ToLower(s[start:i]), i
}

// afterTag passes over attributes, whose quoted values may hold a >.
func afterTag(s string, i int) int {
	for i < len(s) {
		switch s[i] {
		case '>':
			return i + 1
		case '=':
			i++
			for i < len(s) && s[i] <= ' ' {
				i++
			}
			if i < len(s) && (s[i] == '"' || s[i] == '\'') {
				n := strings.IndexByte(s[i+1:], s[i])
				if n < 0 {
					return len(s)
				}
				i += n + 2
				continue
			}
			for i < len(s) && s[i] > ' ' && s[i] != '>' {
				i++
			}
		default:
			i++
		}
	}
	return i
}

// afterRaw passes over the content of an element that ends only with its own tag.
func afterRaw(s string, i int, name string) int {
	for {
		j := strings.Index(s[i:], "</")
		if j < 0 {
			return len(s)
		}
		i += j
		if found, end := tagName(s, i+1); found[1:] == name {
			return afterTag(s, end)
		}
		i += 2
	}
}

// breaking reports whether a tag ends the line that text stands on, or sets digits
// apart on it. Tags that nobody knows, as word processors leave them, do not.
func breaking(name string) bool {
	switch strings.TrimPrefix(name, "/") {
	case "p", "div", "td", "th", "tr", "table", "tbody", "thead", "tfoot", "caption", "br", "hr", "li", "ul", "ol", "dl", "dt", "dd",
		"h1", "h2", "h3", "h4", "h5", "h6", "body", "html", "head", "section", "article", "aside", "header", "footer", "nav", "main",
		"center", "blockquote", "pre", "form", "fieldset", "address", "figure", "figcaption", "details", "summary", "legend",
		"option", "select", "sup", "title", "script", "style":
		return true
	}
	return false
}

// entity reads a character reference at i.
func (d *digitScanner) entity(i int) int {
	s := d.src
	j := i + 1
	if j < len(s) && s[j] == '#' {
		return d.numeric(i)
	}
	for j < len(s) && (s[j]|0x20 >= 'a' && s[j]|0x20 <= 'z') {
		j++
	}
	switch name := s[i+1 : j]; name {
	case "zwnj", "zwj", "shy", "lrm", "rlm":
	case "mdash", "ndash", "minus", "horbar", "dash", "hyphen":
		d.dash(-1)
	case "period":
		d.point(-1)
	case "frac", "sup", "there", "blk":
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		d.end()
	default:
		d.end()
	}
	if j < len(s) && s[j] == ';' {
		j++
	}
	return j
}

// numeric reads a reference by number; one that names a digit is a digit.
func (d *digitScanner) numeric(i int) int {
	s := d.src
	j, base := i+2, 10
	if j < len(s) && s[j]|0x20 == 'x' {
		j, base = j+1, 16
	}
	n, start := 0, j
	for ; j < len(s); j++ {
		v := hexValue(s[j])
		if v < 0 || v >= base {
			break
		}
		n = min(n*base+v, 1<<20)
	}
	if j == start {
		d.end()
		return j
	}
	if j < len(s) && s[j] == ';' {
		j++
	}
	switch {
	case n >= '0' && n <= '9':
		d.digit(byte(n), -1)
	case n >= 0xFF10 && n <= 0xFF19:
		d.digit(byte(n-0xFF10)+'0', -1)
	case n == '.':
		d.point(-1)
	case n == '-':
		d.dash(-1)
	case n < utf8.RuneSelf:
		d.end()
	default:
		d.other(rune(n))
	}
	return j
}

// hexValue returns the value of a hexadecimal digit, -1 for any other character.
func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
