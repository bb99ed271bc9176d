package crawl

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"gongkai/internal/report"
)

// An item is one link of a list as it stands there.
type item struct {
	url   *url.URL
	title string
	date  report.Date
	unit  string // publisher, or head of the row
	year  int    // head of the column of a matrix
	cut   bool   // the list shows the beginning of the title only
}

// A page is an answer made ready for reading.
type page struct {
	url  *url.URL
	text string            // decoded, with \uXXXX of scripts resolved
	doc  *goquery.Document // nil for JSON and XML
	data any               // decoded JSON or XML
}

var (
	cdata      = regexp.MustCompile(`(?s)<!\[CDATA\[(.*?)\]\]>`)
	unicodeEsc = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)
)

// readPage decodes an answer. Records in CDATA are put into the page, since a
// parser of HTML takes a script for opaque text.
func readPage(f *Fetched, l List) (*page, error) {
	at, err := url.Parse(f.URL)
	if err != nil {
		return nil, err
	}
	p := &page{url: at, text: text(f.Body, f.Header.Get("Content-Type"), l.Charset)}
	switch l.Read {
	case "json":
		err = p.readJSON(l)
	case "xml":
		p.data, err = readXML(p.text)
	}
	if l.Read == "json" || l.Read == "xml" {
		p.text = unescape(p.text)
		return p, err
	}
	markup := p.text
	if records := cdata.FindAllStringSubmatch(markup, -1); len(records) > 0 {
		var b strings.Builder
		b.WriteString(cdata.ReplaceAllString(markup, ""))
		for _, m := range records {
			b.WriteString("<div class=\"record\"><table>" + m[1] + "</table></div>\n")
		}
		markup = b.String()
	}
	p.doc, err = goquery.NewDocumentFromReader(strings.NewReader(markup))
	p.text = unescape(p.text)
	return p, err
}

func (p *page) readJSON(l List) error {
	d := json.NewDecoder(strings.NewReader(p.text))
	d.UseNumber()
	if err := d.Decode(&p.data); err != nil {
		return err
	}
	if l.HTML == "" {
		return nil
	}
	var err error
	p.doc, err = goquery.NewDocumentFromReader(strings.NewReader(word(follow(p.data, l.HTML))))
	return err
}

func unescape(s string) string {
	return unicodeEsc.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseUint(m[2:], 16, 32)
		if err != nil || n < 0x80 || n >= 0xD800 && n < 0xE000 {
			return m
		}
		return string(rune(n))
	})
}

// items returns the links of a page in their order, each address once.
func (p *page) items(r *rules, l List, vars values) []item {
	var found []item
	switch {
	case l.Read == "matrix":
		found = p.matrix(r, l, vars)
	case p.doc == nil:
		found = p.fromJSON(r, l)
	default:
		p.doc.FindMatcher(matcher(r)).Each(func(_ int, s *goquery.Selection) {
			if it, ok := p.item(s, r, l, vars); ok {
				found = append(found, it)
			}
		})
	}
	seen := map[string]int{}
	var all []item
	for _, it := range found {
		key := it.url.String()
		if i, ok := seen[key]; ok {
			if len(it.title) > len(all[i].title) && !it.cut {
				all[i].title, all[i].cut = it.title, false
			}
			continue
		}
		seen[key] = len(all)
		all = append(all, it)
	}
	return all
}

func (p *page) item(s *goquery.Selection, r *rules, l List, vars values) (item, bool) {
	u := p.link(s, r, l, vars)
	if u == nil {
		return item{}, false
	}
	it := item{url: u, unit: first(s, r.unit)}
	it.title, it.cut = fullTitle(s, r.title)
	it.date = findDate(first(s, r.date))
	for around := s; it.date.IsZero() && around.Length() > 0; around = around.Parent() {
		row := isRow(around)
		if !row && around.FindMatcher(anyLink).Length() > 1 {
			break // a date out here may be another link's
		}
		if it.date = findDate(around.Text()); row {
			break
		}
	}
	return it, true
}

// isRow reports whether an element is one line of a list.
func isRow(s *goquery.Selection) bool {
	switch goquery.NodeName(s) {
	case "li", "tr", "dd":
		return true
	}
	return false
}

// link returns the address an item leads to, the first pick that gives one.
func (p *page) link(s *goquery.Selection, r *rules, l List, vars values) *url.URL {
	for _, pk := range r.link {
		v := pk.of(s)
		if v == "" {
			continue
		}
		if r.open != nil {
			if u := p.opened(v, r.open, l.Open.URL, vars); u != nil {
				return u
			}
		}
		if u := p.addressIn(v); u != nil {
			return u
		}
	}
	return nil
}

func (p *page) opened(v string, re *regexp.Regexp, template string, vars values) *url.URL {
	m := re.FindStringSubmatch(v)
	if m == nil {
		return nil
	}
	with := values{}
	for k, x := range vars {
		with[k] = x
	}
	for i, name := range re.SubexpNames() {
		with[strconv.Itoa(i)] = m[i]
		if name != "" {
			with[name] = m[i]
		}
	}
	ref, err := expand(template, with)
	if err != nil {
		return nil
	}
	u, err := resolve(p.url, ref)
	if err != nil {
		return nil
	}
	return u
}

var (
	scriptWords  = regexp.MustCompile(`(?i)^\s*(javascript:|void\()|\.open\(|location|\w+\(`)
	quotedString = regexp.MustCompile(`'([^']*)'|"([^"]*)"`)
	looksLikeURL = regexp.MustCompile(`^(https?:)?//|^\.{0,2}/|\.\w{2,5}($|\?)`)
)

// addressIn reads an attribute that holds an address, or a script that opens one.
func (p *page) addressIn(v string) *url.URL {
	if !scriptWords.MatchString(v) || strings.HasPrefix(v, "http") || strings.HasPrefix(v, "/") {
		u, err := resolve(p.url, v)
		if err != nil {
			return nil
		}
		return u
	}
	for _, m := range quotedString.FindAllStringSubmatch(v, -1) {
		if s := m[1] + m[2]; looksLikeURL.MatchString(s) {
			if u, err := resolve(p.url, s); err == nil {
				return u
			}
		}
	}
	return nil
}

var anyLink = cascadia.MustCompile("a")

// matcher returns the selector of items; every link where a portal gives none.
func matcher(r *rules) goquery.Matcher {
	if r.item == nil {
		return anyLink
	}
	return r.item
}

// of takes the pick's text out of an item.
func (p pick) of(s *goquery.Selection) string {
	if p.selector != nil {
		s = s.FindMatcher(p.selector).First()
	}
	if p.attr != "" {
		return strings.TrimSpace(s.AttrOr(p.attr, ""))
	}
	return squeeze(s.Text())
}

func first(s *goquery.Selection, picks []pick) string {
	for _, p := range picks {
		if v := p.of(s); v != "" {
			return v
		}
	}
	return ""
}

// fullTitle returns the first title that is not cut, or the longest there is.
func fullTitle(s *goquery.Selection, picks []pick) (title string, cut bool) {
	for _, p := range picks {
		v := p.of(s)
		if v == "" {
			continue
		}
		whole, short := trimCut(v)
		if !short && (title == "" || strings.HasPrefix(v, title) || !cut) {
			return v, false
		}
		if len(whole) > len(title) {
			title, cut = whole, short
		}
	}
	return title, cut
}

// trimCut takes the dots off a title that a list has cut.
func trimCut(s string) (string, bool) {
	for _, dots := range []string{"...", "…", "···"} {
		if t, ok := strings.CutSuffix(s, dots); ok {
			return strings.TrimRight(t, ".… "), true
		}
	}
	return s, false
}

// squeeze makes runs of white space one space.
func squeeze(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0' || r == '\u3000'
	}), " ")
}

var datePattern = regexp.MustCompile(`((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})`)

func findDate(s string) report.Date {
	m := datePattern.FindStringSubmatch(s)
	if m == nil {
		return report.Date{}
	}
	y, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return report.Date{}
	}
	return report.Date{Year: y, Month: month, Day: day}
}

// textOf returns the visible text of a page, for judging short ones.
func textOf(markup string) string {
	doc, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		return ""
	}
	s := goquery.NewDocumentFromNode(doc)
	s.Find("script, style").Remove()
	return squeeze(s.Text())
}
