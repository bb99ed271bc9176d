package crawl

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

var (
	folderYear = regexp.MustCompile(`/(?:\w*?\D)?(20\d\d)(?:n|nb|nd|年)?\w*/`)
	headYear   = regexp.MustCompile(`\s*(?:19|20)\d\d\s*年?度?\s*`)
)

// unitFromHead returns the unit in the text of the links that led to a list.
func unitFromHead(head string) string { return strings.TrimSpace(headYear.ReplaceAllString(head, " ")) }

const defaultMaxPages = 200

// list reads one list from its first page to its last.
func (w *walk) list(ctx context.Context, address, from, head string) error {
	u, err := resolve(nil, address)
	if err != nil {
		w.failed(address, LookBroken, err)
		return nil
	}
	if w.lists[sameList(u)] {
		return nil
	}
	w.lists[sameList(u)] = true
	l := w.session.portal.List
	p := &pager{walk: w, list: l, head: head, vars: values{}, shown: map[string]bool{}, visited: map[string]bool{}, most: l.Max}
	if p.most == 0 {
		p.most = defaultMaxPages
	}
	f, err := w.get(ctx, request{url: address, referer: from})
	if f == nil {
		return err
	}
	p.visited[sameAddress(f.URL)] = true
	p.first = f.URL
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
	first   string // address of the first page
	vars    values
	last    *page
	shown   map[string]bool // links the list has shown so far
	visited map[string]bool
	n       int // pages read
	have    int // items seen that are no navigation
	most    int
	chosen  int // the template of Next.URL that worked, from 1; 0 while none has
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
	if p.n == 0 && p.list.Source == "" {
		for k, v := range parts(pg.url) {
			p.vars[k] = v
		}
	}
	r := p.walk.session.portal.rules
	for _, re := range r.take {
		p.vars.takeFrom(re, pg.text)
	}
	fresh = p.walk.sort(pg.items(r, p.list, p.vars), p.shown, f.URL, p.head)
	p.n++
	p.have += fresh
	p.count()
	return fresh, nil
}

func (p *pager) count() {
	p.vars["n"] = strconv.Itoa(p.n + 1)
	p.vars["have"] = strconv.Itoa(p.have)
}

// fromSource reads a list whose records are not in the page: the page gives the
// values, the source gives the records.
func (p *pager) fromSource(ctx context.Context, f *Fetched) error {
	pg, err := readPage(f, List{})
	if err != nil {
		p.walk.failed(f.URL, LookBroken, err)
		return nil
	}
	for k, v := range parts(pg.url) {
		p.vars[k] = v
	}
	for _, re := range p.walk.session.portal.rules.take {
		p.vars.takeFrom(re, pg.text)
	}
	for p.count(); p.n < p.most; {
		to, body, err := p.fill(p.list.Source, p.list.Body)
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

func (p *pager) tooLong() {
	p.walk.failed(p.first, LookBroken, fmt.Errorf("%d pages without an end; raise list.max if the list is that long", p.n))
}

// applies returns the first rule for going on that fits the last page.
func (p *pager) applies() (next, bool) {
	for _, rule := range p.walk.session.portal.rules.next {
		if rule.pattern != nil && !p.vars.takeFrom(rule.pattern, p.last.text) {
			continue
		}
		if rule.follow != nil && p.following(rule.follow) == nil {
			continue
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
	if rule.follow != nil && len(rule.URL) == 0 {
		return p.step(ctx, p.following(rule.follow).String(), "")
	}
	if p.complete() {
		return ended, nil
	}
	templates := rule.URL
	if p.chosen > 0 && p.chosen <= len(templates) {
		templates = templates[p.chosen-1 : p.chosen]
	}
	for i, t := range templates {
		to, body, err := p.fill(t, rule.Body)
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

// fill makes the address and the form of a page.
func (p *pager) fill(template, form string) (to, body string, err error) {
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
	if form != "" {
		body, err = expandBody(form, p.vars)
	}
	return u.String(), body, err
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
	f, err := w.crawler.get(ctx, w.session, request{url: to, referer: p.first, form: body})
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
		w.failed(to, stateOf(fe.Kind), fe)
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
