package crawl

import (
	"maps"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/text/encoding"

	"gongkai/internal/report"
)

// An item is one link of a list as it stands there.
type item struct {
	url   *url.URL
	title string
	date  report.Date
	form  string // posted to the address; "" where it is asked for plainly
	unit  string // publisher, or head of the row
	year  int    // head of the column of a matrix
	cut   bool   // the list shows the beginning of the title only
}

// A page is an answer made ready for reading.
type page struct {
	url  *url.URL          // that answered
	base *url.URL          // to which its links are relative
	enc  encoding.Encoding // of its text; nil for UTF-8
	text string            // decoded, with \uXXXX of scripts resolved
	doc  *goquery.Document // nil for JSON and XML
	data any               // decoded JSON or XML
}

var (
	cdata      = regexp.MustCompile(`(?s)<!\[CDATA\[(.*?)\]\]>`)
	unicodeEsc = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)
)

// readPage decodes an answer. Records in CDATA and what scripts write are put into
// the page, since a parser of HTML takes a script for opaque text.
func readPage(f *Fetched, l List) (*page, error) {
	at, err := url.Parse(f.URL)
	if err != nil {
		return nil, err
	}
	p := &page{url: at, base: at}
	p.text, p.enc = textIn(f.Body, f.Header.Get("Content-Type"), l.Charset)
	markup := p.text
	if l.within != nil || len(l.Decode) > 0 {
		if markup, err = p.taken(l); err != nil {
			return nil, err
		}
	}
	switch l.Read {
	case "text":
		p.data = recordsIn(markup, l.record)
	case "json":
		err = p.readJSON(markup, l)
	case "xml":
		p.data, err = readXML(markup)
	default:
		err = p.readHTML(markup)
	}
	p.text = unescape(p.text)
	return p, err
}

// taken returns what the groups of list.within match, one after the other and unwrapped;
// all of the page where there is no such pattern.
func (p *page) taken(l List) (string, error) {
	groups := []string{p.text}
	if l.within != nil {
		groups = nil
		for _, m := range l.within.FindAllStringSubmatch(p.text, -1) {
			groups = append(groups, m[1:]...)
		}
		if groups == nil && isData(l.Read) {
			groups = []string{p.text} // a further page of the list that is nothing but data
		}
	}
	var b strings.Builder
	for _, group := range groups {
		if !isData(l.Read) && len(l.Decode) == 0 {
			group = unescapeScript(group)
		}
		group, err := decoded(group, l)
		if err != nil {
			return "", err
		}
		b.WriteString(group + "\n")
	}
	return b.String(), nil
}

func (p *page) readHTML(markup string) error {
	more := ""
	if records := cdata.FindAllStringSubmatch(markup, -1); len(records) > 0 {
		var b strings.Builder
		b.WriteString(cdata.ReplaceAllString(markup, ""))
		for _, m := range records {
			b.WriteString("<div class=\"record\"><table>" + m[1] + "</table></div>\n")
		}
		markup = b.String()
	}
	if strings.Contains(markup, "document.write") {
		more = written(markup)
	}
	root, err := html.ParseWithOptions(strings.NewReader(markup+more), html.ParseOptionEnableScripting(false))
	if err != nil {
		return err
	}
	p.doc = goquery.NewDocumentFromNode(root)
	if href, ok := p.doc.Find("base[href]").First().Attr("href"); ok {
		if base, err := resolve(p.url, href); err == nil {
			p.base = base
		}
	}
	return nil
}

// resolve makes a link of the page absolute. As in browsers, letters of its query are
// sent in the encoding of the page.
func (p *page) resolve(ref string) (*url.URL, error) {
	if p.enc != nil {
		if i := strings.IndexByte(ref, '?'); i >= 0 {
			if b, err := p.enc.NewEncoder().String(ref[i:]); err == nil {
				ref = ref[:i] + asciiQuery(b)
			}
		}
	}
	return resolve(p.base, ref)
}

func (p *page) readJSON(text string, l List) (err error) {
	if p.data, err = readData(text); err != nil || l.HTML == "" {
		return err
	}
	data := p.data
	if err = p.readHTML(word(follow(data, l.HTML))); err == nil {
		p.data = data
	}
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
		found = p.fromData(r, l, vars)
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
		key := it.url.String() + "\n" + it.form
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
	u, fields := p.link(s, r, l, vars)
	if u == nil {
		return item{}, false
	}
	it := item{url: u, form: p.posted(r, vars, fields), unit: first(s, r.unit), year: yearIn(first(s, r.year))}
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

// link returns the address an item leads to, the first pick that gives one, and the
// fields that list.open takes from it.
func (p *page) link(s *goquery.Selection, r *rules, l List, vars values) (*url.URL, values) {
	fields := values{}
	for name, picks := range r.openValues {
		fields[name] = first(s, picks)
	}
	if len(fields) > 0 {
		if u := p.built("", r, l, vars, fields); u != nil {
			return u, fields
		}
	}
	for _, pk := range r.link {
		v := pk.of(s)
		if v == "" || pk.attr == "" && r.open == nil && !looksLikeURL.MatchString(v) {
			continue
		}
		if u := p.built(v, r, l, vars, fields); u != nil {
			return u, fields
		}
		if u := p.addressIn(v); u != nil {
			return u, fields
		}
	}
	return nil, nil
}

// built returns the address that list.open makes of an item's link and fields, and
// nil where it makes none: a group or a field that the template needs is missing.
func (p *page) built(link string, r *rules, l List, vars, fields values) *url.URL {
	if r.open == nil && len(fields) == 0 || l.Open.URL == "" {
		return nil
	}
	with := values{}
	maps.Copy(with, vars)
	maps.Copy(with, fields)
	for name, v := range fields {
		if v == "" {
			delete(with, name)
		}
	}
	if r.open != nil {
		m := r.open.FindStringSubmatch(link)
		if m == nil {
			return nil
		}
		for i, name := range r.open.SubexpNames() {
			with[strconv.Itoa(i)] = m[i]
			if name != "" {
				with[name] = m[i]
			}
		}
	}
	ref, err := expand(l.Open.URL, with)
	if err != nil {
		return nil
	}
	u, err := p.resolve(ref)
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
		u, err := p.resolve(v)
		if err != nil {
			return nil
		}
		return u
	}
	for _, m := range quotedString.FindAllStringSubmatch(v, -1) {
		if s := m[1] + m[2]; looksLikeURL.MatchString(s) {
			if u, err := p.resolve(s); err == nil {
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
	switch {
	case p.around == '^':
		s = s.ClosestMatcher(p.selector)
	case p.around == '<':
		s = lastBefore(s, p.selector)
	case p.selector != nil:
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

// lastBefore returns the last element before another that a selector matches, in the
// order of the page: the heading above it.
func lastBefore(s *goquery.Selection, m goquery.Matcher) *goquery.Selection {
	for at := s; at.Length() > 0; at = at.Parent() {
		for before := at.Prev(); before.Length() > 0; before = before.Prev() {
			if inside := before.FindMatcher(m); inside.Length() > 0 {
				return inside.Last()
			}
			if before.IsMatcher(m) {
				return before
			}
		}
	}
	return &goquery.Selection{}
}

// fullTitle returns the first title that is not cut, or the longest there is.
func fullTitle(s *goquery.Selection, picks []pick) (title string, cut bool) {
	for _, p := range picks {
		v := p.of(s)
		if p.attr == "href" || p.attr == "src" {
			v = nameInAddress(v)
		}
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
	for _, dots := range []string{"...", "…", "···", "..>"} {
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
