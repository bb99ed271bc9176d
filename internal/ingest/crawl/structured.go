package crawl

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/report"
)

// A record is an object of JSON or XML with those it stands in, the innermost last.
type record struct {
	value  any
	around []any
	key    string // by which the last * of the path was passed
}

// records returns the objects at the first of some paths, split by |, that has any; in a
// path * stands for any key or position.
func records(v any, paths string) []record {
	for path := range strings.SplitSeq(paths, "|") {
		if all := recordsAt(v, strings.TrimSpace(path)); len(all) > 0 {
			return all
		}
	}
	return nil
}

func recordsAt(v any, path string) []record {
	at := []record{{value: v}}
	for key := range strings.SplitSeq(path, ".") {
		if key == "" {
			continue
		}
		var next []record
		for _, r := range at {
			next = append(next, r.step(key)...)
		}
		at = next
	}
	var all []record
	for _, r := range at {
		r.value = opened(r.value)
		list, ok := r.value.([]any)
		switch {
		case ok:
			for _, v := range list {
				all = append(all, record{v, r.around, r.key})
			}
		case r.value != nil:
			all = append(all, r) // a list of one in XML
		}
	}
	return all
}

func (r record) step(key string) []record {
	inside := slices.Concat(r.around, []any{r.value})
	if key != "*" {
		if list, ok := r.value.([]any); ok && strings.Trim(key, "0123456789") != "" {
			var all []record // a key of a list is that of each of its members
			for _, v := range list {
				all = append(all, record{v, r.around, r.key}.step(key)...)
			}
			return all
		}
		if v := follow(r.value, key); v != nil {
			return []record{{v, inside, r.key}}
		}
		return nil
	}
	var all []record
	switch node := r.value.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(node)) {
			all = append(all, record{node[k], inside, k})
		}
	case []any:
		for _, v := range node {
			all = append(all, record{v, inside, r.key})
		}
	}
	return all
}

// first returns the first of its picks that the record has.
func (r record) first(picks []pick) string {
	for _, p := range picks {
		path, outer := strings.CutPrefix(p.source, "^")
		switch {
		case !outer:
			if s := word(follow(r.value, path)); s != "" {
				return s
			}
		case path == "@key":
			if r.key != "" {
				return r.key
			}
		default:
			for _, v := range slices.Backward(r.around) {
				if s := word(follow(v, path)); s != "" {
					return s
				}
			}
		}
	}
	return ""
}

// fromData reads items from an array of objects, of JSON or XML.
func (p *page) fromData(r *rules, l List, vars values) []item {
	var all []item
	path := l.Item
	if l.Read == "text" {
		path = "" // the item is the pattern by which the records were found
	}
	for _, rec := range records(p.data, path) {
		link := rec.first(r.link)
		fields := values{}
		for name, picks := range r.openValues {
			fields[name] = rec.first(picks)
		}
		u := p.built(link, r, l, vars, fields)
		if u == nil && link != "" {
			u, _ = p.resolve(link)
		}
		if u == nil {
			continue
		}
		it := item{url: u, form: p.posted(r, vars, fields), title: textOf(rec.first(r.title)), unit: textOf(rec.first(r.unit)), year: yearIn(rec.first(r.year))}
		it.title, it.cut = trimCut(it.title)
		when := rec.first(r.date)
		if it.date = findDate(when); it.date.IsZero() {
			it.date = unixDate(when)
		}
		all = append(all, it)
	}
	return all
}

// readXML turns elements into objects: an element by its name, several of a name
// as a list, attributes as @name, an element of text alone as that text, and the text of
// others as #text.
func readXML(text string) (any, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // decoded already
	root, err := readElement(d, nil, 0)
	if err != nil {
		return nil, fmt.Errorf("xml: %w", err)
	}
	return root, nil
}

const maxDepth = 100

// ownText is the key of the text of an element that has attributes or elements too.
const ownText = "#text"

// readElement reads up to the end of an element; the outermost ends with the text.
func readElement(d *xml.Decoder, start *xml.StartElement, depth int) (any, error) {
	object, words := map[string]any{}, ""
	if start != nil {
		for _, a := range start.Attr {
			object["@"+a.Name.Local] = a.Value
		}
	}
	for {
		token, err := d.Token()
		if err == io.EOF && start == nil {
			return object, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.CharData:
			words += string(t)
		case xml.EndElement:
			words = strings.TrimSpace(words)
			if len(object) == 0 {
				return words, nil
			}
			if words != "" {
				object[ownText] = words
			}
			return object, nil
		case xml.StartElement:
			if depth >= maxDepth {
				return nil, fmt.Errorf("elements nested more than %d deep", maxDepth)
			}
			inner, err := readElement(d, &t, depth+1)
			if err != nil {
				return nil, err
			}
			switch before := object[t.Name.Local].(type) {
			case nil:
				object[t.Name.Local] = inner
			case []any:
				object[t.Name.Local] = append(before, inner)
			default:
				object[t.Name.Local] = []any{before, inner}
			}
		}
	}
}

// opened is the data that a text holds, where it holds data: some answers have their
// records as a text within the data.
func opened(v any) any {
	s, ok := v.(string)
	if s = strings.TrimSpace(s); !ok || s == "" || s[0] != '{' && s[0] != '[' {
		return v
	}
	if inner, err := readData(s); err == nil {
		return inner
	}
	return v
}

// follow walks down the keys and positions of a path such as data.results.
func follow(v any, path string) any {
	if path == "" || path == "." {
		return v
	}
	for key := range strings.SplitSeq(path, ".") {
		switch node := opened(v).(type) {
		case map[string]any:
			v = node[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil && len(node) > 0 { // a key of a list is that of its first member
				v = follow(node[0], key)
				continue
			}
			if err != nil || i < 0 || i >= len(node) {
				return nil
			}
			v = node[i]
		default:
			return nil
		}
	}
	return v
}

func firstKey(v any, picks []pick) string {
	for _, p := range picks {
		if s := word(follow(v, p.source)); s != "" {
			return s
		}
	}
	return ""
}

func word(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case map[string]any:
		return word(v[ownText])
	case []any:
		if len(v) > 0 {
			return word(v[0])
		}
		return ""
	}
	return fmt.Sprint(v)
}

// unixDate reads seconds or milliseconds since 1970 as a day in China.
func unixDate(s string) report.Date {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1e8 {
		return report.Date{}
	}
	if n > 1e11 {
		n /= 1000
	}
	t := time.Unix(n, 0).In(time.FixedZone("CST", 8*60*60))
	return report.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
}
