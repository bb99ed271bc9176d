package crawl

import (
	"encoding/base64"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// wrappings are the ways in which a page may wrap its records.
func wrappings() []string { return []string{"base64", "url", "html"} }

// decodings checks list.decode, or that of the hop at a path.
func (c compiler) decodings(all []string, path ...any) {
	if path == nil {
		path = []any{"list"}
	}
	for i, name := range all {
		if !slices.Contains(wrappings(), name) {
			c.wrong(fmt.Sprintf("got %q; want base64, url or html", name)+meant(name, wrappings()...), append(append([]any{}, path...), "decode", i)...)
		}
	}
}

// decoded unwraps records.
func decoded(s string, l List) (string, error) {
	for _, how := range l.Decode {
		switch how {
		case "html":
			s = html.UnescapeString(s)
		case "url":
			plain, err := url.PathUnescape(s)
			if err != nil {
				return "", fmt.Errorf("list.decode url: %w", err)
			}
			s = plain
		case "base64":
			plain, err := unbase64(s)
			if err != nil {
				return "", fmt.Errorf("list.decode base64: %w", err)
			}
			s = text(plain, "", l.Charset)
		}
	}
	return s, nil
}

// unbase64 reads both alphabets of base64, with or without what fills it up.
func unbase64(s string) ([]byte, error) {
	s = strings.Join(strings.Fields(unescapeScript(s)), "")
	s = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(s), "=")
	return base64.RawStdEncoding.DecodeString(s)
}

// recordGroups are the groups of a record's pattern that are what their names say.
func recordGroups() []string { return []string{"link", "title", "date", "unit", "year"} }

// record compiles the pattern of a record of text and lets its groups be the picks of
// their names.
func (c compiler) record(item string, open Open, r *rules, path ...any) *regexp.Regexp {
	at := append(append([]any{}, path...), "item")
	re := c.pattern(item, at...)
	if re == nil {
		if item == "" || item == "a, area" {
			c.wrong(`missing; with read: text give the pattern of a record, such as add\("(?P<title>[^"]*)","(?P<link>[^"]*)"\)`, at...)
		}
		return nil
	}
	names := re.SubexpNames()
	if !slices.Contains(names, "link") && len(open.Values) == 0 && open.URL == "" {
		c.wrong(fmt.Sprintf("pattern %q: want a group (?P<link>…), or open.url with the groups it needs", item), at...)
	}
	of := func(name string) []pick { return []pick{{source: name}} }
	r.link, r.title, r.date, r.unit, r.year = of("link"), of("title"), of("date"), of("unit"), of("year")
	if r.openValues == nil {
		r.openValues = map[string][]pick{}
	}
	for _, name := range names {
		if name != "" && !slices.Contains(recordGroups(), name) {
			r.openValues[name] = of(name)
		}
	}
	return re
}

// recordsIn returns what a pattern matches in a text, each match as an object of its
// groups.
func recordsIn(text string, re *regexp.Regexp) []any {
	all := []any{}
	if re == nil {
		return all
	}
	for _, m := range re.FindAllStringSubmatch(text, mostRecords) {
		object := map[string]any{}
		for i, name := range re.SubexpNames() {
			if name != "" {
				object[name] = html.UnescapeString(unescapeScript(m[i]))
			}
		}
		all = append(all, object)
	}
	return all
}

// mostRecords bounds the records of one page: a page with more is no list.
const mostRecords = 10000
