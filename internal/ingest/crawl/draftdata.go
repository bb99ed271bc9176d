package crawl

import (
	"cmp"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A guess is a way in which a page may hold its list: rules as a file has them, to be
// tried on the page. The first by which reports are found is taken.
type guess struct {
	rules string // YAML of the list's keys, in one line
	note  string // what it was seen by, for the person who reads the file
	entry string // what the entry says beside its address
	// fields are those of a record that has a title and no address: a person must say how
	// the address is made of them.
	fields []string
}

// guesses returns ways to read a page that the rules of its family found no report in.
func (d *drafter) guesses(f *Fetched, p *page, is func(title string) bool) []guess {
	var all []guess
	if data, err := readData(p.text); err == nil && !looksLikeHTML(f.Body) {
		all = append(all, fieldsOf(data, "json", "", is)...)
	}
	if strings.Contains(p.text[:min(len(p.text), 200)], "<?xml") {
		if data, err := readXML(p.text); err == nil {
			all = append(all, fieldsOf(data, "xml", "", is)...)
		}
	}
	all = append(all, inScripts(p, is)...)
	all = append(all, inAttributes(p, is)...)
	all = append(all, inIslands(p, is)...)
	all = append(all, addedByCalls(p, is)...)
	all = append(all, byElements(p, is)...)
	return append(all, wholesale()...)
}

// wholesale are ways that are tried on every page: a table of units and years, markup in
// a text of a script, as it is or in base64.
func wholesale() []guess {
	markup := func(quote string) string {
		return fmt.Sprintf(`%[1]s((?:[^%[1]s\\]|\\.)*<(?:a|li|tr)\s(?:[^%[1]s\\]|\\.)*)%[1]s`, quote)
	}
	return []guess{
		{rules: "read: matrix", note: "单位与年度的表格", entry: ", unit: by-row"},
		{rules: "within: " + quoted(markup(`"`)), note: "脚本文字中的网页片段"},
		{rules: "within: " + quoted(markup(`'`)), note: "脚本文字中的网页片段"},
		{rules: "within: " + quoted(base64Call) + ", decode: [base64]", note: "脚本解开的 base64"},
	}
}

// base64Call is the pattern of a script's call that undoes base64.
const base64Call = `atob\(\s*["']([A-Za-z0-9+/=_-]{40,})["']`

var (
	assigned = regexp.MustCompile(`([A-Za-z_$][\w$.]*)\s*=\s*[\[{]`)
	island   = regexp.MustCompile(`(?is)<xml[^>]*>(.*?)</xml>`)
)

// mostTried bounds the places of a page that are tried for data.
const mostTried = 40

// inScripts looks for records in the scripts of a page: data alone, or the value of a
// name.
func inScripts(p *page, is func(string) bool) (all []guess) {
	if p.doc == nil {
		return nil
	}
	for _, script := range p.doc.Find("script:not([src])").EachIter() {
		words := strings.TrimSpace(script.Text())
		if strings.HasPrefix(words, "{") || strings.HasPrefix(words, "[") {
			sign := fmt.Sprintf(`type="%s"`, script.AttrOr("type", ""))
			if id := script.AttrOr("id", ""); id != "" {
				sign = fmt.Sprintf(`id="%s"`, id)
			}
			if data, err := readData(words); err == nil {
				all = append(all, fieldsOf(data, "json", ", within: "+quoted(`<script[^>]*`+regexp.QuoteMeta(sign)+`[^>]*>([\s\S]*?)</script>`), is)...)
			}
			continue
		}
		for i, at := range assigned.FindAllStringSubmatchIndex(words, mostTried) {
			if i == mostTried {
				break
			}
			name := words[at[2]:at[3]]
			if data, err := readData(words[at[1]-1:]); err == nil {
				all = append(all, fieldsOf(data, "json", ", within: "+quoted(regexp.QuoteMeta(name)+`\s*=\s*([\[{][\s\S]*)`), is)...)
			}
		}
	}
	return all
}

// inAttributes looks for data in the attributes of elements.
func inAttributes(p *page, is func(string) bool) (all []guess) {
	if p.doc == nil {
		return nil
	}
	tried := 0
	for _, s := range p.doc.Find("*").EachIter() {
		for _, a := range s.Get(0).Attr {
			v := strings.TrimSpace(a.Val)
			if len(v) < 20 || v[0] != '{' && v[0] != '[' || tried == mostTried {
				continue
			}
			tried++
			within := fmt.Sprintf(`%s="([^"]*)"`, regexp.QuoteMeta(a.Key))
			if strings.Contains(p.text, a.Key+"='") {
				within = fmt.Sprintf(`%s='([^']*)'`, regexp.QuoteMeta(a.Key))
			}
			if data, err := readData(v); err == nil {
				all = append(all, fieldsOf(data, "json", ", within: "+quoted(within)+", decode: [html]", is)...)
			}
		}
	}
	return all
}

// inIslands looks for records in islands of XML.
func inIslands(p *page, is func(string) bool) (all []guess) {
	for _, m := range island.FindAllStringSubmatch(p.text, mostTried) {
		if data, err := readXML(m[1]); err == nil {
			all = append(all, fieldsOf(data, "xml", ", within: "+quoted(`<xml[^>]*>([\s\S]*?)</xml>`), is)...)
		}
	}
	return all
}

// quoted is a text as YAML has it in single quotes.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// A fieldSet counts what the fields of the objects at one path are like.
type fieldSet struct {
	titles, links, dates, others map[string]int
}

// fieldsOf finds the paths of objects that hold the titles of reports, the ones with the
// most first, and the fields that are title, link and date.
func fieldsOf(data any, read, where string, is func(string) bool) []guess {
	sets := make(map[string]*fieldSet)
	collectFields(data, nil, 0, is, sets)
	paths := slices.Collect(maps.Keys(sets))
	most := func(m map[string]int) (string, int) {
		names := slices.Sorted(maps.Keys(m))
		if len(names) == 0 {
			return "", 0
		}
		best := slices.MaxFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(m[a], m[b]), strings.Compare(b, a)) })
		return best, m[best]
	}
	slices.SortFunc(paths, func(a, b string) int {
		_, x := most(sets[a].titles)
		_, y := most(sets[b].titles)
		return cmp.Or(cmp.Compare(y, x), strings.Compare(a, b))
	})
	var all []guess
	for _, path := range paths {
		title, n := most(sets[path].titles)
		link, _ := most(sets[path].links)
		if n == 0 {
			continue
		}
		g := guess{rules: fmt.Sprintf("read: %s%s, item: %s, title: %s", read, where, quoted(cmp.Or(path, ".")), quoted(title)),
			note: fmt.Sprintf("%s 数据中的记录（%s）", strings.ToUpper(read), cmp.Or(path, "."))}
		if link == "" {
			g.fields = slices.Sorted(maps.Keys(sets[path].others))
			all = append(all, g)
			continue
		}
		g.rules += ", link: " + quoted(link)
		if date, _ := most(sets[path].dates); date != "" {
			g.rules += ", date: " + quoted(date)
		}
		all = append(all, g)
	}
	return all
}

// collectFields walks through data. A path leads to objects; what stands in lists has the
// path of the list.
func collectFields(v any, path []string, depth int, is func(string) bool, sets map[string]*fieldSet) {
	if depth > 12 {
		return
	}
	switch node := opened(v).(type) {
	case []any:
		for _, one := range node[:min(len(node), 500)] {
			collectFields(one, path, depth+1, is, sets)
		}
	case map[string]any:
		at := strings.Join(path, ".")
		if sets[at] == nil {
			sets[at] = &fieldSet{map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}}
		}
		sets[at].count(node, "", 0, is)
		for key, inner := range node {
			if !strings.Contains(key, ".") {
				collectFields(inner, append(slices.Clone(path), key), depth+1, is, sets)
			}
		}
	}
}

// count notes what each field of an object is like, those of objects in it too.
func (s *fieldSet) count(object map[string]any, before string, depth int, is func(string) bool) {
	for key, v := range object {
		if inner, ok := v.(map[string]any); ok && depth < 2 {
			if s.count(inner, before+key+".", depth+1, is); word(inner) == "" {
				continue
			}
		}
		w := word(v)
		if _, list := v.([]any); list || w == "" || key == ownText || strings.Contains(key, ".") {
			continue
		}
		name := before + key
		switch {
		case looksLikeURL.MatchString(w) && !scriptName.MatchString(w):
			s.links[name]++
		case is(html.UnescapeString(w)):
			s.titles[name]++
		case !findDate(w).IsZero() && len(w) < 40:
			s.dates[name]++
		case len(w) < 64 && valueName.MatchString(key):
			s.others[name]++
		}
	}
}
