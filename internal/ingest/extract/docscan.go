package extract

import (
	"bytes"
	"html"
	"strings"
)

// A scannedElement is the tag of an element and what stands in it, as bytes.
type scannedElement struct{ tag, inner []byte }

// scanElements returns the elements of a name that do not lie in one another, with
// any prefix.
func scanElements(body []byte, name string) []scannedElement {
	var found []scannedElement
	for {
		open := bytes.IndexByte(body, '<')
		if open < 0 {
			return found
		}
		body = body[open+1:]
		end := bytes.IndexByte(body, '>')
		if end < 0 {
			return found
		}
		tag := body[:end]
		if scannedName(tag) != name {
			continue
		}
		body = body[end+1:]
		if bytes.HasSuffix(tag, []byte("/")) {
			found = append(found, scannedElement{tag: tag})
			continue
		}
		word, _, _ := bytes.Cut(tag, []byte(" "))
		inner, rest, ok := bytes.Cut(body, append(append([]byte("</"), word...), '>'))
		if !ok {
			return found
		}
		found = append(found, scannedElement{tag, inner})
		body = rest
	}
}

// scannedName returns the name in a tag, without its prefix.
func scannedName(tag []byte) string {
	end := bytes.IndexAny(tag, " \t\r\n/")
	if end < 0 {
		end = len(tag)
	}
	name := tag[:end]
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	return string(name)
}

// attribute returns an attribute of the tag.
func (e scannedElement) attribute(name string) string {
	_, rest, ok := bytes.Cut(e.tag, []byte(" "+name+`="`))
	if !ok {
		return ""
	}
	value, _, _ := bytes.Cut(rest, []byte(`"`))
	return html.UnescapeString(string(value))
}

// scanned returns an attribute of the tag, whatever its prefix.
func (e scannedElement) scanned(local string) string {
	if v := e.attribute("w:" + local); v != "" {
		return v
	}
	for field := range strings.FieldsSeq(string(e.tag)) {
		if name, value, ok := strings.Cut(field, "="); ok && (name == local || strings.HasSuffix(name, ":"+local)) {
			return strings.Trim(value, `"'/`)
		}
	}
	return ""
}
