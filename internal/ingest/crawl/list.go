package crawl

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

var (
	folderYear = regexp.MustCompile(`/(?:\w*?\D)?(20\d\d)(?:n|nb|nd|年)?\w*/`)
	headYear   = regexp.MustCompile(`\s*(?:19|20)\d\d\s*年?度?\s*`)
)

// unitFromHead returns the unit in the text of the links that led to a list.
func unitFromHead(head string) string { return strings.TrimSpace(headYear.ReplaceAllString(head, " ")) }

const defaultMaxPages = 200

// list reads one list from its first page to its last.
func (w *walk) list(ctx context.Context, first request, head string) error {
	address := first.url
	u, err := resolve(nil, address)
	if err != nil {
		w.failed(address, LookBroken, err)
		return nil
	}
	key := sameList(u) + first.form
	if w.lists[key] {
		return nil
	}
	w.lists[key] = true
	l := w.session.portal.List
	p := &pager{walk: w, list: l, head: head, vars: values{}, given: w.entryOf.Values, shown: map[string]bool{}, visited: map[string]bool{}, most: l.Max}
	if p.most == 0 {
		p.most = defaultMaxPages
	}
	first.header = l.Headers
	f, err := w.get(ctx, first)
	if f == nil {
		return err
	}
	p.visited[sameAddress(f.URL)], p.visited[sameAddress(f.URL)+"\n"+first.form] = true, true
	p.first = f.URL
	if w.entryOf.Page {
		return w.itself(f)
	}
	if l.Source != "" {
		return p.fromSource(ctx, f)
	}
	if _, err := p.read(f); err != nil {
		w.failed(address, LookBroken, err)
		return nil
	}
	return p.goOn(ctx)
}

// A pager is one list under way.
type pager struct {
	walk    *walk
	list    List
	head    string
	column  string // name of the column that the list is, "" where nothing says it
	first   string // address of the first page
	vars    values
	given   values // those that the entry gives
	last    *page
	shown   map[string]bool // links the list has shown so far
	visited map[string]bool
	n       int // pages read
	have    int // items seen that are no navigation
	most    int
	// counting is the rule whose pattern counted the list, from 1; 0 while none has.
	counting int
	chosen   int // the template of Next.URL that worked, from 1; 0 while none has
}

func sameAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	return sameList(u)
}

// read takes the items and values of a page, and returns how many links are new.
func (p *pager) read(f *Fetched) (fresh int, err error) {
	pg, err := readPage(f, p.list)
	if err != nil {
		return 0, fmt.Errorf("read list %s: %w", f.URL, err)
	}
	p.last = pg
	if p.n == 0 {
		p.walk.shape.of(pg)
	}
	if p.n == 0 && p.list.Source == "" {
		maps.Copy(p.vars, parts(pg.url))
	}
	r := p.walk.session.portal.rules
	p.takeValues(pg)
	if p.n == 0 && p.column == "" {
		p.column = columnName(p.walk.entryOf, pg, p.head)
	}
	p.walk.column = p.column
	fresh = p.walk.sort(pg.items(r, p.list, p.vars), p.shown, f.URL, p.head)
	p.n++
	p.have += fresh
	p.count()
	return fresh, nil
}

// takeValues takes from a page what templates may use.
func (p *pager) takeValues(pg *page) {
	r := p.walk.session.portal.rules
	for _, re := range r.take {
		p.vars.takeFrom(re, pg.text)
	}
	p.vars.valuesOf(pg, r.values)
	maps.Copy(p.vars, p.given)
}

func (p *pager) count() {
	p.vars["n"] = strconv.Itoa(p.n + 1)
	p.vars["have"] = strconv.Itoa(p.have)
}

// fromSource reads a list whose records are not in the page: the page gives the
// values, the source gives the records.
func (p *pager) fromSource(ctx context.Context, f *Fetched) error {
	pg, err := readPage(f, List{Charset: p.list.Charset})
	if err != nil {
		p.walk.failed(f.URL, LookBroken, err)
		return nil
	}
	p.last = pg
	maps.Copy(p.vars, parts(pg.url))
	p.takeValues(pg)
	p.column = columnName(p.walk.entryOf, pg, p.head)
	for name := range p.walk.session.portal.rules.values {
		if _, known := p.vars[name]; !known {
			p.vars[name] = "" // the first answer has none before it that gave a cursor
		}
	}
	for p.count(); p.n < p.most; {
		to, body, err := p.fill(p.list.Source, p.list.Body, nil)
		if err != nil && p.n > 0 && p.atEnd(p.list.Source, p.list.Body) {
			return nil
		}
		if err == nil && p.n > 0 && !p.list.countsPages() {
			return p.goOn(ctx)
		}
		if err != nil {
			p.walk.failed(f.URL, LookChanged, fmt.Errorf("source of the list: %w; mend take if the page was rebuilt", err))
			return nil
		}
		went, err := p.step(ctx, to, body)
		if err != nil || went != further {
			return err
		}
	}
	p.tooLong()
	return nil
}

// goOn follows the list to its end.
func (p *pager) goOn(ctx context.Context) error {
	for p.n < p.most {
		rule, ok := p.applies()
		if !ok {
			return nil
		}
		went, err := p.nextBy(ctx, rule)
		if err != nil || went != further {
			return err
		}
	}
	p.tooLong()
	return nil
}

// countsPages reports whether the source of a list goes on by itself, by a count or by
// a value of the answer before; where it does not, Next tells the way.
func (l List) countsPages() bool {
	for name := range l.Values {
		if mentions(name, l.Source, l.Body) {
			return true
		}
	}
	return mentions("n", l.Source, l.Body) || mentions("have", l.Source, l.Body)
}

// mentions reports whether a placeholder of any of the templates has a name in it.
func mentions(name string, templates ...string) bool {
	for _, t := range templates {
		for _, m := range placeholder.FindAllStringSubmatch(t, -1) {
			if slices.Contains(namesIn.FindAllString(m[1], -1), name) {
				return true
			}
		}
	}
	return false
}

var namesIn = regexp.MustCompile(`\w+`)

func (p *pager) tooLong() {
	p.walk.failed(p.first, LookBroken, fmt.Errorf("%d pages without an end; raise list.max if the list is that long", p.n))
}

// applies returns the first rule for going on that fits the last page. One that has
// counted the list's pages holds to its end, also where further pages leave the count
// out.
func (p *pager) applies() (next, bool) {
	for i, rule := range p.walk.session.portal.rules.next {
		if rule.pattern != nil && !p.vars.takeFrom(rule.pattern, p.last.text) && (p.counting != i+1 || p.complete()) {
			continue
		}
		if rule.follow != nil && p.following(rule.follow) == nil {
			continue
		}
		if len(rule.link) > 0 && p.linked(rule.link) == nil {
			continue
		}
		if p.atEnd(append(rule.URL, rule.Body)...) {
			continue
		}
		if rule.pattern != nil && p.counted() {
			p.counting = i + 1
		}
		return rule, true
	}
	return next{}, false
}

// An outcome is what came of asking for a further page.
type outcome int

const (
	ended   outcome = iota // there is none, as far as that address says
	further                // it was read
	failed                 // it may be there and could not be had: the problem is noted
)

// nextBy goes to the next page by a rule. Of several templates the first that
// leads to a new page is kept for the rest of the list.
func (p *pager) nextBy(ctx context.Context, rule next) (outcome, error) {
	switch {
	case len(rule.link) > 0 && len(rule.URL) == 0:
		return p.step(ctx, p.linked(rule.link).String(), "")
	case rule.follow != nil && len(rule.URL) == 0:
		return p.step(ctx, p.following(rule.follow).String(), "")
	}
	if p.complete() {
		return ended, nil
	}
	templates := rule.URL
	if len(templates) == 0 { // a form that says itself where it goes
		templates = []string{p.formAction(rule.form)}
	}
	if p.chosen > 0 && p.chosen <= len(templates) {
		templates = templates[p.chosen-1 : p.chosen]
	}
	for i, t := range templates {
		to, body, err := p.fill(t, rule.Body, rule.form)
		if err != nil {
			p.walk.failed(p.first, LookChanged, fmt.Errorf("next page: %w", err))
			return failed, nil
		}
		went, err := p.attempt(ctx, to, body, i == len(templates)-1)
		if err != nil || went == failed {
			return went, err
		}
		if went == further {
			if p.chosen == 0 {
				p.chosen = i + 1
			}
			return further, nil
		}
	}
	return ended, nil
}

// complete reports whether the list's own count says that this was all.
func (p *pager) complete() bool {
	if pages, err := strconv.Atoi(p.vars["pages"]); err == nil {
		return p.n >= pages
	}
	if records, err := strconv.Atoi(p.vars["records"]); err == nil {
		return p.have >= records
	}
	return false
}

// fill makes the address of a page and what is posted to it. The address of a script's
// answer is relative to the list.
func (p *pager) fill(template, body string, form goquery.Matcher) (to, posted string, err error) {
	ref, err := expand(template, p.vars)
	if err != nil {
		return "", "", err
	}
	base, err := url.Parse(p.first)
	if err != nil {
		return "", "", err
	}
	u, err := resolve(base, ref)
	if err != nil {
		return "", "", fmt.Errorf("address %q: %w", ref, err)
	}
	if body != "" {
		if posted, err = expandBody(body, p.vars); err != nil {
			return "", "", err
		}
	}
	if form != nil {
		posted = p.last.withFields(form, posted)
	}
	return u.String(), posted, nil
}

// formAction returns where a form of the last page goes: the page itself where it
// does not say.
func (p *pager) formAction(form goquery.Matcher) string {
	if p.last != nil && p.last.doc != nil && form != nil {
		if u, err := p.last.resolve(p.last.doc.FindMatcher(form).First().AttrOr("action", "")); err == nil {
			return u.String()
		}
	}
	return p.first
}

// linked returns the address of the next page that a pick takes from the last one.
func (p *pager) linked(picks []pick) *url.URL {
	s := ""
	switch {
	case p.last.data != nil:
		s = firstKey(p.last.data, picks)
	case p.last.doc != nil:
		s = first(p.last.doc.Selection, picks)
	}
	if s == "" {
		return nil
	}
	u := p.last.addressIn(s)
	if u == nil || p.visited[sameList(u)] {
		return nil
	}
	return u
}

// atEnd reports whether templates need a value of list.values that the last page does
// not give: a cursor that is empty leads nowhere.
func (p *pager) atEnd(templates ...string) bool {
	for name := range p.walk.session.portal.rules.values {
		if _, known := p.vars[name]; known {
			continue
		}
		if mentions(name, templates...) {
			return true
		}
	}
	return false
}

// following returns the link to the next page that the text of it tells.
func (p *pager) following(re *regexp.Regexp) *url.URL {
	if p.last.doc == nil {
		return nil
	}
	r := &rules{link: []pick{{attr: "href"}, {attr: "onclick"}}, title: []pick{{}, {attr: "title"}}}
	for _, a := range p.last.doc.Find("a").EachIter() {
		if !re.MatchString(squeeze(a.Text())) && !re.MatchString(squeeze(a.AttrOr("title", ""))) {
			continue
		}
		if it, ok := p.last.item(a, r, List{}, nil); ok && !p.visited[sameList(it.url)] {
			return it.url
		}
	}
	return nil
}

// step reads a page that must be there where the list's count says so.
func (p *pager) step(ctx context.Context, to, body string) (outcome, error) {
	if p.complete() && p.n > 0 {
		return ended, nil
	}
	return p.attempt(ctx, to, body, true)
}

// attempt reads one page of the list. A page that is missing, or that repeats what
// was shown, ends the list; it is a fault only where the list itself counts more
// pages and no other address is left to try.
func (p *pager) attempt(ctx context.Context, to, body string, last bool) (outcome, error) {
	key := sameAddress(to) + "\n" + body
	if p.visited[key] {
		return ended, nil
	}
	p.visited[key] = true
	w := p.walk
	f, err := w.crawler.get(ctx, w.session, request{url: to, referer: p.first, form: body, header: p.list.Headers})
	var fe *FetchError
	if err != nil && !errors.As(err, &fe) {
		return failed, err
	}
	if fe != nil {
		return p.missed(to, fe, last)
	}
	if err := w.page(f); err != nil {
		return failed, err
	}
	fresh, err := p.read(f)
	if err != nil {
		w.failed(to, LookBroken, err)
		return failed, nil
	}
	if fresh > 0 {
		return further, nil
	}
	p.n--
	p.count()
	if last && p.counted() && p.n > 0 {
		w.failed(to, LookChanged, fmt.Errorf("page %d of the list shows nothing new although it counts %s", p.n+1, p.countWords()))
		return failed, nil
	}
	return ended, nil
}

// missed judges a page of the list that was not had.
func (p *pager) missed(to string, fe *FetchError, last bool) (outcome, error) {
	w := p.walk
	if fe.Answer != nil {
		if err := w.page(fe.Answer); err != nil {
			return failed, err
		}
	}
	if fe.Kind != Gone {
		w.failed(to, stateOf(fe), fe)
		return failed, nil
	}
	if last && (p.n == 0 || p.counted()) {
		w.failed(to, LookChanged, fmt.Errorf("page %d of the list is missing although it counts %s: %w", p.n+1, p.countWords(), fe))
		return failed, nil
	}
	return ended, nil
}

func (p *pager) counted() bool { return p.vars["pages"] != "" || p.vars["records"] != "" }

func (p *pager) countWords() string {
	switch {
	case p.vars["pages"] != "":
		return p.vars["pages"] + " pages"
	case p.vars["records"] != "":
		return p.vars["records"] + " records"
	}
	return "more"
}
