package crawl

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
)

// Rules say how a portal's pages are read. A preset gives them for a family, and
// a portal file overrides them one by one.
type Rules struct {
	List   List   `yaml:"list"`
	Detail Detail `yaml:"detail"`
	Accept Accept `yaml:"accept"`
	Reject Reject `yaml:"reject"`
	// Through holds for entries that have none of their own.
	Through []Hop `yaml:"through"`
}

// List says how the answer that lists reports is read.
//
// A pick is a selector with an attribute, a@href, or without one for the text;
// alternatives are split by | and the first that is not empty counts. In it . is
// the item itself, ^ before a selector goes up to the nearest element around the
// item, and < back to the last one before it: a heading. Where the answer is JSON or
// XML a pick is a path of keys, with @name for an attribute of XML: data.url,
// rss.channel.item. There * in the path of the array stands for any key, ^name is a
// key of the nearest object around the item that has it, and ^@key the key by which
// * was passed.
type List struct {
	// Read is html (the default), json, xml, text, or matrix: a table of units and
	// years. Records that a page keeps in CDATA of a script are read as if they stood in
	// the page. In text an item is what a pattern matches: its groups link, title, date,
	// unit and year are the record, others are for Open.
	Read    string `yaml:"read"`
	Charset string `yaml:"charset"` // where the pages do not say it rightly: gbk, big5
	// Within is a pattern whose group takes the records out of the answer: the JSON or
	// the markup that a script holds. Every match counts.
	Within string `yaml:"within"`
	// Decode says how the records are wrapped, from the outside in: base64, url, or html
	// for entities.
	Decode []string `yaml:"decode"`
	// Source is the template of the address that gives the records where the page
	// itself does not; Body makes it a posted form.
	Source string `yaml:"source"`
	Body   string `yaml:"body"`
	// Take are patterns whose named groups are taken from the page as values for
	// templates.
	Take []string `yaml:"take"`
	// Values are picks of the page, or paths of its keys, as values for templates by
	// name: hidden fields, cursors, counts (pages, records).
	Values  map[string]string `yaml:"values"`
	Headers map[string]string `yaml:"headers"` // sent beside our own with what asks for lists
	HTML    string            `yaml:"html"`    // in JSON: path of a fragment of HTML that holds the items
	Item    string            `yaml:"item"`    // selector of an item, path of the array, or pattern of a record
	Link    string            `yaml:"link"`    // pick
	// Open makes an address from a link that a script computes.
	Open  Open   `yaml:"open"`
	Title string `yaml:"title"` // pick; the full one first
	Date  string `yaml:"date"`  // pick; found in the text around the link if not given
	Unit  string `yaml:"unit"`  // pick of the publisher
	Year  string `yaml:"year"`  // pick of the report year
	Next  Ways   `yaml:"next"`  // ways to the next page, the first that applies
	Max   int    `yaml:"max"`   // most pages of one list; 200 if not given

	within, record *regexp.Regexp // compiled
}

// isData reports whether records are read that are no markup, so that picks are paths of
// keys or names of groups.
func isData(read string) bool { return read == "json" || read == "xml" || read == "text" }

// readings are the ways to read a list.
func readings() []string { return []string{"html", "json", "xml", "text", "matrix"} }

// Open turns the words of a script, or the fields of a record, into an address.
type Open struct {
	Pattern string `yaml:"pattern"` // that the link's pick must match; not needed with Values
	URL     string `yaml:"url"`     // template with {1} for the first group, or its name
	// Values are picks of the item by name, for the template.
	Values map[string]string `yaml:"values"`
}

// Next is a way from one page of a list to the next.
//
// Templates may use {n} (the page asked for, from 1), {have} (records so far),
// {stem} (the list's address without its extension), {dir} (without its file name)
// and whatever Take and Pattern named, with sums and products: {pages-n+1}.
type Next struct {
	// Pattern must match the page; its groups pages, records and size bound the
	// list.
	Pattern string `yaml:"pattern"`
	// URL are templates of the next page's address, tried in turn until one gives
	// a page that is there and is new.
	URL  []string `yaml:"url"`
	Body string   `yaml:"body"` // template of a form to post
	// Form is the selector of a form of the page: its fields are posted too, those of
	// Body in their place where they have the same name.
	Form string `yaml:"form"`
	// Follow is a pattern of the text of a link to the next page.
	Follow string `yaml:"follow"`
	// Link is a pick of the next page's address, or a path of keys.
	Link string `yaml:"link"`
}

// Detail says what a report's page is.
type Detail struct {
	Body        string `yaml:"body"`        // selector of the article
	Attachments string `yaml:"attachments"` // picks of the files it links
	// Identity is a pattern of the path and query of an article's address: its groups
	// tell the article from all others of the site, whichever column links it.
	Identity string `yaml:"identity"`
}

// Accept says which links are reports.
type Accept struct {
	Title string `yaml:"title"` // pattern
	URL   string `yaml:"url"`   // pattern that the address must match; any if not given
	Years string `yaml:"years"` // report years: 2008- or 2015-2024
}

// Reject says which links are none although Accept would take them.
type Reject struct {
	Title string `yaml:"title"`
	URL   string `yaml:"url"`
}

const (
	firstYear = 2008 // first year that had a Regulation
	lastYear  = 2099
)

// rules are the compiled Rules of one portal.
type rules struct {
	item                    goquery.Matcher // nil for JSON
	link, title, date, unit []pick
	year                    []pick
	values, openValues      map[string][]pick
	within                  *regexp.Regexp
	open                    *regexp.Regexp
	take                    []*regexp.Regexp
	next                    []next
	body                    goquery.Matcher // of an article; nil where no rule finds it
	attachments             []pick
	identity                *regexp.Regexp
	accept, reject          *regexp.Regexp
	acceptURL, rejectURL    *regexp.Regexp
	from, to                int
	hops                    map[*Hop]hop
	// Of a hop whose links are posted: template of what is, and the form of the page
	// whose fields are posted too.
	post string
	form goquery.Matcher
}

type next struct {
	Next
	pattern, follow *regexp.Regexp
	link            []pick
	form            goquery.Matcher
}

type hop struct {
	rules        rules
	list         List
	link         []pick
	text, reject *regexp.Regexp
}

// A pick takes one text out of an item.
type pick struct {
	source   string          // the selector as written; "" and . are the item itself
	selector goquery.Matcher // nil for the item itself
	attr     string          // "" for the text
	around   byte            // ^ for the nearest element around, < for the last before
}

// compiler collects the faults of rules while it compiles them.
type compiler struct {
	wrong func(why string, path ...any)
}

func (p *Portal) compile(wrong func(why string, path ...any)) *rules {
	c := compiler{wrong}
	l := p.List
	r := &rules{hops: map[*Hop]hop{}}
	if l.Read != "" && !slices.Contains(readings(), l.Read) {
		wrong(fmt.Sprintf("got %q; want html, json, xml, text or matrix", l.Read)+meant(l.Read, readings()...), "list", "read")
	}
	if l.Charset != "" && encodingOf(l.Charset) == nil && !strings.EqualFold(l.Charset, "utf-8") {
		wrong(fmt.Sprintf("got %q; want the name of an encoding, such as gbk", l.Charset), "list", "charset")
	}
	css := !isData(l.Read) || l.HTML != ""
	if css {
		r.item = c.selector(l.Item, "list", "item")
	}
	r.link = c.picks(l.Link, css, "list", "link")
	r.title = c.picks(l.Title, css, "list", "title")
	r.date = c.picks(l.Date, css, "list", "date")
	r.unit = c.picks(l.Unit, css, "list", "unit")
	r.year = c.picks(l.Year, css, "list", "year")
	c.decodings(l.Decode)
	r.values = c.named(l.Values, !isData(l.Read), "list", "values")
	r.openValues = c.named(l.Open.Values, css, "list", "open", "values")
	if l.Read == "text" {
		p.List.record = c.record(l.Item, l.Open, r, "list")
	}
	if r.within = c.pattern(l.Within, "list", "within"); r.within != nil && r.within.NumSubexp() == 0 {
		wrong("want a pattern with a group around the records, such as var list = (\\[.*?\\]);", "list", "within")
	}
	c.headers(l.Headers)
	p.List.within = r.within
	r.body = c.selector(p.Detail.Body, "detail", "body")
	r.attachments = c.picks(p.Detail.Attachments, true, "detail", "attachments")
	if r.identity = c.pattern(p.Detail.Identity, "detail", "identity"); r.identity != nil && r.identity.NumSubexp() == 0 {
		wrong("want a pattern with a group, such as art_\\d+_(\\d+)", "detail", "identity")
	}
	r.open = c.pattern(l.Open.Pattern, "list", "open", "pattern")
	for i, t := range l.Take {
		r.take = append(r.take, c.pattern(t, "list", "take", i))
	}
	for i, n := range l.Next {
		at := func(key string) []any { return []any{"list", "next", i, key} }
		r.next = append(r.next, next{n, c.pattern(n.Pattern, at("pattern")...), c.pattern(n.Follow, at("follow")...),
			c.picks(n.Link, !isData(l.Read), at("link")...), c.selector(n.Form, at("form")...)})
		if n.Follow == "" && n.Link == "" && len(n.URL) == 0 && n.Form == "" {
			wrong("want url, follow, link or form", "list", "next", i)
		}
	}
	c.templates(l)
	r.accept = c.pattern(p.Accept.Title, "accept", "title")
	r.reject = c.pattern(p.Reject.Title, "reject", "title")
	r.acceptURL = c.pattern(p.Accept.URL, "accept", "url")
	r.rejectURL = c.pattern(p.Reject.URL, "reject", "url")
	r.from, r.to = c.years(p.Accept.Years)
	for i := range p.Through {
		r.hops[&p.Through[i]] = c.hop(p.Through[i], "through", i)
	}
	for i := range p.Entries {
		for j := range p.Entries[i].Through {
			r.hops[&p.Entries[i].Through[j]] = c.hop(p.Entries[i].Through[j], "entries", i, "through", j)
		}
	}
	return r
}

func (c compiler) templates(l List) {
	check := func(how func(string) error, t string, path ...any) {
		if err := how(t); err != nil {
			c.wrong(err.Error(), path...)
		}
	}
	check(checkAddress, l.Source, "list", "source")
	check(checkTemplate, l.Body, "list", "body")
	check(checkAddress, l.Open.URL, "list", "open", "url")
	for i, n := range l.Next {
		for j, u := range n.URL {
			check(checkAddress, u, "list", "next", i, "url", j)
		}
		check(checkTemplate, n.Body, "list", "next", i, "body")
	}
}

func (c compiler) pattern(s string, path ...any) *regexp.Regexp {
	if s == "" {
		return nil
	}
	re, err := regexp.Compile(s)
	if err != nil {
		c.wrong(fmt.Sprintf("pattern %q: %v", s, err), path...)
	}
	return re
}

func (c compiler) selector(s string, path ...any) goquery.Matcher {
	if s == "" || s == "." {
		return nil
	}
	sel, err := cascadia.Compile(s)
	if err != nil {
		c.wrong(fmt.Sprintf("selector %q: %v", s, err), path...)
		return nil
	}
	return sel
}

func (c compiler) picks(s string, css bool, path ...any) []pick {
	var all []pick
	for part := range strings.SplitSeq(s, "|") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p := pick{source: part}
		if css {
			if part[0] == '^' || part[0] == '<' {
				p.around, part = part[0], strings.TrimSpace(part[1:])
				p.source = part
			}
			if i := attributeMark(part); i >= 0 {
				p.source, p.attr = strings.TrimSpace(part[:i]), part[i+1:]
			}
			if p.around != 0 && (p.source == "" || p.source == ".") {
				c.wrong(fmt.Sprintf("pick %q: want a selector after %c", part, p.around), path...)
			}
			p.selector = c.selector(p.source, path...)
		}
		all = append(all, p)
	}
	return all
}

// attributeMark finds the @ before the name of an attribute: the last one that stands
// in no brackets, since a selector may hold one too.
func attributeMark(pick string) int {
	i := strings.LastIndexByte(pick, '@')
	if i >= 0 && strings.ContainsAny(pick[i:], "]\"')") {
		return -1
	}
	return i
}

// years reads a range such as 2008- or 2015-2024.
func (c compiler) years(s string) (from, to int) {
	from, to = firstYear, lastYear
	if s == "" {
		return from, to
	}
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		b = a
	}
	var err1, err2 error
	if a != "" {
		from, err1 = strconv.Atoi(a)
	}
	if b != "" {
		to, err2 = strconv.Atoi(b)
	}
	if err1 != nil || err2 != nil || from > to {
		c.wrong(fmt.Sprintf("got %q; want a range of years such as 2008- or 2015-2024", s), "accept", "years")
	}
	return from, to
}
