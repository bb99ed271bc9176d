package crawl

import (
	"fmt"
	"slices"
)

// A Hop leads from a page to the pages that its links name.
type Hop struct {
	Link   string `yaml:"link"`   // what to follow: selector@attribute
	Text   string `yaml:"text"`   // pattern that the text of the link must match
	Reject string `yaml:"reject"` // pattern that it must not match
	// Read, Within, Item, Title and Open are those of List, for directories that are
	// data or that a script opens.
	Read   string `yaml:"read"`
	Within string `yaml:"within"`
	Item   string `yaml:"item"`
	Title  string `yaml:"title"`
	Open   Open   `yaml:"open"`
	// Decode is that of List. Body and Form post each link, as in Next: the choice of a
	// unit or a year in a form. The template may use what Open.Values takes.
	Decode []string `yaml:"decode"`
	Body   string   `yaml:"body"`
	Form   string   `yaml:"form"`
}

func (c compiler) hop(h Hop, path ...any) hop {
	at := func(keys ...any) []any { return append(append([]any{}, path...), keys...) }
	data := isData(h.Read)
	if !slices.Contains([]string{"", "html", "json", "xml", "text"}, h.Read) {
		c.wrong(fmt.Sprintf("got %q; want html, json, xml or text", h.Read)+meant(h.Read, "html", "json", "xml", "text"), at("read")...)
	}
	out := hop{text: c.pattern(h.Text, at("text")...), reject: c.pattern(h.Reject, at("reject")...),
		list: List{Read: h.Read, Item: h.Item, Within: h.Within, Decode: h.Decode, Open: h.Open}}
	out.rules.openValues = c.named(h.Open.Values, !data, at("open", "values")...)
	out.rules.open = c.pattern(h.Open.Pattern, at("open", "pattern")...)
	out.rules.within = c.pattern(h.Within, at("within")...)
	out.list.within = out.rules.within
	if err := checkAddress(h.Open.URL); err != nil {
		c.wrong(err.Error(), at("open", "url")...)
	}
	if err := checkTemplate(h.Body); err != nil {
		c.wrong(err.Error(), at("body")...)
	}
	c.decodings(h.Decode, path...)
	out.rules.post, out.rules.form = h.Body, c.selector(h.Form, at("form")...)
	if !data && h.Link == "" && h.Item == "" {
		h.Link = "a@href"
	}
	out.link = c.picks(h.Link, !data, at("link")...)
	out.rules.title = c.picks(h.Title, !data, at("title")...)
	if h.Read == "text" {
		out.list.record = c.record(h.Item, h.Open, &out.rules, path...)
		out.link = out.rules.link
	}
	if !data {
		out.rules.item = c.selector(h.Item, at("item")...)
	}
	return out
}

// hopLinks returns the links that a hop follows, each address once: those of the
// first of its picks that finds any.
func hopLinks(pg *page, h hop) []item {
	picks := h.link
	if len(picks) == 0 {
		picks = []pick{{}}
	}
	for _, pk := range picks {
		r := h.rules
		r.link = []pick{{attr: "href"}, {attr: "src"}, {attr: "onclick"}, {}}
		if pk.attr != "" {
			r.link = []pick{{attr: pk.attr}}
		}
		switch {
		case pg.doc == nil || r.item != nil:
			r.link = []pick{pk}
		case pk.selector != nil:
			r.item = pk.selector
		}
		if len(r.title) == 0 {
			r.title = []pick{{attr: "title"}, {}}
		}
		var to []item
		for _, it := range pg.items(&r, h.list, parts(pg.url)) {
			if (h.text == nil || h.text.MatchString(it.title)) && (h.reject == nil || !h.reject.MatchString(it.title)) {
				to = append(to, it)
			}
		}
		if len(to) > 0 {
			return to
		}
	}
	return nil
}
