package extract

import "strings"

// The witness of pages sees what their source says, so it must know by itself what
// of that a browser shows. It knows only what is common: elements that show no text,
// and display:none and its like, said by the element or by a plain rule of a style
// sheet in the page. Where it knows less than the reader the two differ, which is a
// doubt and no mistake.

// silent are the elements whose text is not shown as part of the page, and those
// whose text is no longer said.
func silent(name string) bool {
	switch name {
	case "template", "select", "button", "svg", "math", "rt", "rp", "audio", "video", "del", "s", "strike":
		return true
	}
	return false
}

// covert reports whether the start tag of that name, with these attributes, begins
// something that is not shown.
func (d *digitScanner) covert(name, attributes string) bool {
	if silent(name) {
		return true
	}
	if len(attributes) <= len("hid") || d.veiled == nil && !strings.Contains(attributes, "none") && !strings.Contains(attributes, "hid") &&
		!strings.Contains(attributes, "NONE") && !strings.Contains(attributes, "HID") && !strings.Contains(attributes, "line-through") {
		return false
	}
	hides := false
	for attributes != "" {
		var key, value string
		key, value, attributes = cutAttribute(attributes)
		switch strings.ToLower(key) {
		case "hidden":
			hides = true
		case "style":
			if display, said := veil(value); said {
				hides = display
			}
		case "class":
			for class := range strings.FieldsSeq(value) {
				hides = hides || d.veiled["."+class] || d.veiled[name+"."+class]
			}
		case "id":
			hides = hides || d.veiled["#"+value] || d.veiled[name+"#"+value]
		}
	}
	return hides || d.veiled[name]
}

// behindCovert returns where to go on behind an element that begins with the tag that
// ends at i, if it is not shown, and i otherwise. What lies in many such elements is
// looked through again and again, so that there is an end to it.
func (d *digitScanner) behindCovert(name, attributes string, i int) int {
	if d.all || name[0] == '/' || d.spent > 10*len(d.src) || !d.covert(name, attributes) {
		return i
	}
	next := pass(d.src, i, name)
	d.spent += next - i
	if pane(name, attributes, next-i) {
		return i
	}
	return next
}

// cutAttribute cuts the first attribute off a tag.
func cutAttribute(s string) (key, value, rest string) {
	s = strings.TrimLeft(s, " \t\r\n\f/")
	end := strings.IndexAny(s, "= \t\r\n\f/")
	if end < 0 {
		return strings.TrimSuffix(s, ">"), "", ""
	}
	key, s = s[:end], strings.TrimLeft(s[end:], " \t\r\n\f")
	if end == 0 && !strings.HasPrefix(s, "=") || s == "" {
		return key, "", strings.TrimPrefix(s, "=")
	}
	if s[0] != '=' {
		return key, "", s
	}
	s = strings.TrimLeft(s[1:], " \t\r\n\f")
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		value, rest, _ = strings.Cut(s[1:], s[:1])
		return key, value, rest
	}
	if end = strings.IndexAny(s, " \t\r\n\f>"); end < 0 {
		end = len(s)
	}
	return key, s[:end], s[end:]
}

// veil says what a style makes of an element: whether it hides it, and whether it
// says anything of that.
func veil(style string) (hides, said bool) {
	if !strings.Contains(style, "isplay") && !strings.Contains(style, "ISPLAY") && !strings.Contains(style, "isibil") &&
		!strings.Contains(style, "ISIBIL") && !strings.Contains(style, "so-hide") && !strings.Contains(style, "line-through") {
		return false, false
	}
	for declaration := range strings.SplitSeq(strings.ToLower(style), ";") {
		property, value, _ := strings.Cut(declaration, ":")
		value, _, _ = strings.Cut(strings.TrimSpace(value), "!")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(property) {
		case "display":
			hides, said = value == "none", true
		case "visibility":
			if value == "hidden" || value == "collapse" {
				hides, said = true, true
			}
		case "mso-hide":
			if value == "all" {
				hides, said = true, true
			}
		case "text-decoration", "text-decoration-line":
			if strings.Contains(value, "line-through") {
				hides, said = true, true
			}
		}
	}
	return hides, said
}

// heedSheet keeps the plain selectors that a style sheet hides.
func (d *digitScanner) heedSheet(sheet string) {
	if d.all || !strings.Contains(sheet, "none") && !strings.Contains(sheet, "hid") {
		return
	}
	depth, from := 0, 0 // in braces; where the selectors begin
	for i := 0; i < len(sheet); i++ {
		switch sheet[i] {
		case '{':
			depth++
		case '}':
			depth = max(0, depth-1)
			if depth == 0 {
				d.veiled = veilRule(d.veiled, sheet[from:i])
				from = i + 1
			}
		}
	}
}

// veilRule takes one rule of a style sheet, without its closing brace.
func veilRule(veiled map[string]bool, rule string) map[string]bool {
	selectors, body, _ := strings.Cut(rule, "{")
	hides, said := veil(body)
	if !said || strings.Contains(selectors, "@") || strings.Contains(body, "{") {
		return veiled
	}
	if _, behind, comment := strings.Cut(selectors, "*/"); comment {
		selectors = behind
	}
	for selector := range strings.SplitSeq(strings.TrimPrefix(strings.TrimSpace(selectors), "<!--"), ",") {
		selector = strings.TrimSpace(selector)
		if selector == "" || strings.ContainsAny(selector, " >+~:[*") || veiled == nil && !hides {
			continue
		}
		if veiled == nil {
			veiled = make(map[string]bool)
		}
		veiled[selector] = hides
	}
	return veiled
}

// pane reports whether a hidden element may be one that a reader turns to, such as the
// tab of another year: a long block with a name. Its text counts.
func pane(name, attributes string, length int) bool {
	switch name {
	case "div", "section", "article", "li", "ul", "dd", "dl":
		return length > 100 && (strings.Contains(attributes, "class") || strings.Contains(attributes, "id="))
	}
	return false
}

// pass returns the position behind the element of that name whose start tag ends at
// i: its end tag, or what ends it without one.
func pass(s string, i int, name string) int {
	switch name {
	case "input", "img", "br", "hr", "meta", "link", "col", "embed", "area", "base", "wbr", "source", "track", "param":
		return i
	}
	depth, tables := 1, 0
	for i < len(s) {
		open := strings.IndexByte(s[i:], '<')
		if open < 0 || i+open+1 >= len(s) {
			return len(s)
		}
		i += open
		switch c := s[i+1]; {
		case c == '!' || c == '?':
			i = afterDeclaration(s, i)
			continue
		case c != '/' && (c|0x20 < 'a' || c|0x20 > 'z'):
			i++
			continue
		}
		tag, end := tagName(s, i+1)
		end = afterTag(s, end)
		switch {
		case tag == "/"+name:
			depth--
		case tag == name && !(tables == 0 && endsItself(name, tag)):
			depth++
		}
		switch {
		case depth == 0:
			return end
		case tables == 0 && endsItself(name, tag):
			return i
		case tag == "table":
			tables++
		case tag == "/table":
			tables--
		case tag == "script" || tag == "style" || tag == "textarea":
			end = afterRaw(s, end, tag)
		}
		i = end
	}
	return i
}

// endsItself reports whether a tag ends an element of that name that has no end tag.
func endsItself(name, tag string) bool {
	switch tag {
	case "/table", "/tbody", "tbody":
		return name != "table" && name != "tbody"
	case "tr", "/tr":
		return name != "table" && name != "tbody" && (name != "tr" || tag == "tr")
	case "td", "th", "/td", "/th":
		return name != "table" && name != "tbody" && name != "tr"
	case "p", "div", "table":
		return name == "p"
	case "li":
		return name == "li"
	}
	return false
}
