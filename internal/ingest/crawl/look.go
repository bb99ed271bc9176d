package crawl

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A LookState says how a look at a portal, or at one entry of it, ended.
type LookState string

// The states of a look.
const (
	LookOK      LookState = "ok"      // every list was read and gave what was expected
	LookEmpty   LookState = "empty"   // every list was read and none links a report: that proves nothing
	LookBlocked LookState = "blocked" // a challenge or a login stands before a list
	LookChanged LookState = "changed" // a list has vanished, or links fewer reports than expected
	LookClosed  LookState = "closed"  // robots.txt forbids it
	LookBroken  LookState = "broken"  // a list was answered and could not be read this time
	// LookUnreachable is a host that gave no answer: no such name, no connection, no
	// certificate to trust, or a private address that the file does not allow.
	LookUnreachable LookState = "unreachable"
)

// A Look is what the lists of a portal linked at one time.
type Look struct {
	Portal         *Portal
	Started, Ended time.Time
	Entries        []EntryLook // in the order of the portal file
	Pages          []*Fetched  // every answer that lists something; without its body where LookAt handed it on
	Candidates     []Candidate // in the order of the lists, each article once
	Rejected       []Rejection
	Problems       []Problem
	// Good says that every list was read and gave no fewer reports than expected:
	// only then does what is not there say anything.
	Good  bool
	State LookState
}

// An EntryLook is what one entry of the portal file gave.
type EntryLook struct {
	Entry Entry
	State LookState
	Good  bool
	Found int // candidates, those that other entries link too included
	// Layout is a sketch of what its lists are built of, "" where none was read; Alike
	// compares two.
	Layout string
	// Err is what made the state, nil where it is LookOK: of a *FetchError, Answer is
	// the evidence.
	Err error
}

// A Candidate is a link that may be a report.
type Candidate struct {
	URL      string
	Title    string // the full title where the list has it
	Cut      bool   // the list shows the beginning of the title only
	ListDate report.Date
	// Unit is what says whose report it is: the publisher, the head of the row or
	// column, or what the title says beside the words all reports share.
	Unit       string
	UnitAgency report.AgencyID     // of the entry where the portal file names it
	UnitRegion standard.RegionCode // region of that agency
	Year       int                 // 0 where nothing says it
	ListURL    string
	Entry      string // address of the entry
	Why        string // the rule that took it
	// Listings are all lists that link it, the first of which gave the rest.
	Listings []Listing
}

// A Rejection is a link that is no report, with the rule that decided.
type Rejection struct {
	URL, Title, Rule, ListURL string
}

// A Problem is what went wrong with one address.
type Problem struct {
	URL string
	Err error
}

// GoodFor reports whether the look read every list that may hold the reports of an
// agency: its own and those of all agencies. Then a report that it did not find is
// not there.
func (l *Look) GoodFor(agency report.AgencyID) bool {
	if len(l.Candidates) < l.Portal.Expect {
		return false
	}
	seen := false
	for _, e := range l.Entries {
		if own := e.Entry.agency(); own != "" && own != agency {
			continue
		}
		if !e.Good {
			return false
		}
		seen = true
	}
	return seen
}

// region returns the region of an entry that holds the reports of one agency.
func (e Entry) region() standard.RegionCode {
	code, _, _ := strings.Cut(string(e.agency()), "-")
	return standard.RegionCode(code)
}

// Look reads the lists of a portal. It fails only where ctx ends: what a portal
// refuses or breaks is told in the Look.
func (c *Crawler) Look(ctx context.Context, p *Portal) (*Look, error) { return c.LookAt(ctx, p, nil) }

// LookAt is Look, and hands every answer that lists something to keep as it comes, in
// their order and one at a time. The Look then holds what is known of the answers
// without their bodies, so that a long list costs no memory. An error of keep ends
// the look.
func (c *Crawler) LookAt(ctx context.Context, p *Portal, keep func(*Fetched) error) (*Look, error) {
	w := &walk{crawler: c, session: c.session(p), look: &Look{Portal: p, Started: c.opts.Clock()}, seen: map[string]int{}, keep: keep}
	for i := range p.Entries {
		if err := w.entry(ctx, &p.Entries[i]); err != nil {
			return nil, fmt.Errorf("look at %s: %w", p.ID, err)
		}
	}
	w.look.Ended = c.opts.Clock()
	w.look.conclude()
	return w.look, nil
}

// conclude sums the entries up: the state is that of the worst entry.
func (l *Look) conclude() {
	worse := map[LookState]int{LookOK: 0, LookEmpty: 1, LookChanged: 2, LookClosed: 3, LookBlocked: 4, LookBroken: 5, LookUnreachable: 6}
	l.State, l.Good = LookOK, true
	for _, e := range l.Entries {
		l.Good = l.Good && e.Good
		if worse[e.State] > worse[l.State] {
			l.State = e.State
		}
	}
	if len(l.Candidates) < l.Portal.Expect {
		l.Good = false
		if l.State == LookOK || l.State == LookEmpty && len(l.Candidates) > 0 { // with none at all it is empty
			l.State = LookChanged
			l.Problems = append(l.Problems, Problem{URL: l.Portal.Entries[0].URL,
				Err: fmt.Errorf("%d reports linked, %d expected; see whether the portal was rebuilt, then mend the portal file", len(l.Candidates), l.Portal.Expect)})
		}
	}
}

// A walk is one look under way.
type walk struct {
	crawler *Crawler
	session *session
	look    *Look
	seen    map[string]int // identity of a candidate or rejection → its position, -1 for rejections
	current *EntryLook
	shape   shape // of the lists of this entry
	entryOf *Entry
	column  string          // name of the column of the list being read
	lists   map[string]bool // lists of this entry already read
	keep    func(*Fetched) error
}

// page takes an answer as evidence.
func (w *walk) page(f *Fetched) error {
	if w.keep == nil {
		w.look.Pages = append(w.look.Pages, f)
		return nil
	}
	bare := *f
	bare.Body = nil
	w.look.Pages = append(w.look.Pages, &bare)
	return w.keep(f)
}

func (w *walk) entry(ctx context.Context, e *Entry) error {
	w.look.Entries = append(w.look.Entries, EntryLook{Entry: *e, State: LookOK})
	w.current, w.entryOf, w.lists = &w.look.Entries[len(w.look.Entries)-1], e, map[string]bool{}
	w.shape = shape{}
	hops := e.Through
	if hops == nil {
		hops = w.session.portal.Through
	}
	if err := w.through(ctx, request{url: e.URL, referer: w.look.Portal.Entries[0].URL}, "", hops); err != nil {
		return err
	}
	cur := w.current
	cur.Layout = w.shape.sketch()
	switch {
	case cur.State != LookOK:
	case cur.Found == 0:
		w.failed(e.URL, LookEmpty, errors.New("the list was read and links no report; see whether it was rebuilt, then mend the portal file"))
	case cur.Found < e.Expect:
		w.failed(e.URL, LookChanged, fmt.Errorf("%d reports linked, %d expected; see whether the list was rebuilt, then mend the portal file", cur.Found, e.Expect))
	}
	cur.Good = cur.State == LookOK
	return nil
}

// through passes the pages before the lists; head is the text of the links that
// led here.
func (w *walk) through(ctx context.Context, to request, head string, hops []Hop) error {
	if len(hops) == 0 {
		return w.list(ctx, to, head)
	}
	f, err := w.get(ctx, to)
	if f == nil {
		return err
	}
	address := to.url
	h := w.session.portal.rules.hops[&hops[0]]
	pg, err := readPage(f, h.list)
	if err != nil {
		w.failed(address, LookBroken, err)
		return nil
	}
	links := hopLinks(pg, h)
	if len(links) == 0 {
		w.failed(address, LookChanged, errors.New("links nothing that the rules in through follow; mend them if the page was rebuilt"))
	}
	for _, it := range links {
		text := it.title
		if head != "" {
			text = head + " " + text
		}
		if err := w.through(ctx, request{url: it.url.String(), form: it.form, referer: f.URL}, text, hops[1:]); err != nil {
			return err
		}
	}
	return nil
}

// get fetches a page of the lists and keeps it as evidence. On a failure it notes
// the problem and returns nil; an error ends the look.
func (w *walk) get(ctx context.Context, r request) (*Fetched, error) {
	f, err := w.crawler.get(ctx, w.session, r)
	var fe *FetchError
	switch {
	case err == nil:
		if err := w.page(f); err != nil {
			return nil, err
		}
		return f, nil
	case errors.As(err, &fe):
		if fe.Answer != nil {
			if err := w.page(fe.Answer); err != nil {
				return nil, err
			}
		}
		w.failed(r.url, stateOf(fe), err)
		return nil, nil
	}
	return nil, err
}

func stateOf(e *FetchError) LookState {
	switch e.Kind {
	case Private:
		return LookUnreachable
	case Temporary, Broken:
		if e.Answer == nil && e.way {
			return LookUnreachable
		}
	case Blocked:
		return LookBlocked
	case Gone, Foreign:
		return LookChanged
	case Closed:
		return LookClosed
	}
	return LookBroken
}

// failed notes a problem that keeps the entry from being good.
func (w *walk) failed(address string, state LookState, err error) {
	w.problem(address, err)
	if w.current.State == LookOK {
		w.current.State, w.current.Err = state, err
	}
}

func (w *walk) problem(address string, err error) {
	w.look.Problems = append(w.look.Problems, Problem{URL: address, Err: err})
}

// itself takes a page for a report, or for several that stand in it.
func (w *walk) itself(f *Fetched) error {
	pg, err := readPage(f, List{Charset: w.session.portal.List.Charset})
	if err != nil {
		w.failed(f.URL, LookBroken, err)
		return nil
	}
	it := item{url: pg.url, cut: true}
	for _, sel := range []string{"meta[name=ArticleTitle]", "h1", "title"} {
		s := pg.doc.Find(sel).First()
		if it.title = squeeze(s.AttrOr("content", s.Text())); it.title != "" {
			break
		}
	}
	identity := w.session.portal.Identity(it.url.String())
	w.current.Found++
	w.column = w.entryOf.Column
	if w.column == "" {
		w.column = columnMeta(pg)
	}
	if i, seen := w.seen[identity]; seen && i >= 0 {
		w.look.Candidates[i].listed(w.listing(f.URL))
	} else if !seen {
		w.seen[identity] = len(w.look.Candidates)
		w.look.Candidates = append(w.look.Candidates, w.candidate(it, f.URL, "", "page"))
	}
	return nil
}

// sort puts each link of a list page among the candidates or the rejected. It
// returns how many links the list had not shown before.
func (w *walk) sort(found []item, shown map[string]bool, listURL, head string) (fresh int) {
	p := w.session.portal
	for _, it := range found {
		address := it.url.String()
		if shown[address] {
			continue
		}
		shown[address] = true
		ok, rule := p.judge(it, w.entryOf, head)
		if ok || rule != noWords || utf8.RuneCountInString(it.title) >= headlineLength {
			fresh++
		}
		identity := p.Identity(address)
		if i, ok2 := w.seen[identity]; ok2 {
			if ok && i >= 0 {
				w.current.Found++
				w.look.Candidates[i].listed(w.listing(listURL))
			}
			continue
		}
		if !ok {
			w.seen[identity] = -1
			w.look.Rejected = append(w.look.Rejected, Rejection{URL: address, Title: it.title, Rule: rule, ListURL: listURL})
			continue
		}
		w.current.Found++
		w.seen[identity] = len(w.look.Candidates)
		w.session.linked(address, listURL)
		w.look.Candidates = append(w.look.Candidates, w.candidate(it, listURL, head, rule))
	}
	return fresh
}

// headlineLength tells headlines from the words of navigation.
const headlineLength = 8

func (w *walk) candidate(it item, listURL, head, rule string) Candidate {
	e := w.entryOf
	c := Candidate{URL: it.url.String(), Title: it.title, Cut: it.cut || it.title == "" && it.year == 0, ListDate: it.date, Unit: it.unit, UnitAgency: e.agency(), UnitRegion: e.region(),
		Year: YearFromTitle(it.title), ListURL: listURL, Entry: e.URL, Why: rule,
		Listings: []Listing{w.listing(listURL)}}
	if it.year != 0 && (c.Year == 0 || w.session.portal.List.Read == "matrix") {
		c.Year = it.year
	}
	if c.Unit == "" && e.Unit == ByColumn {
		c.Unit = unitFromHead(head)
	}
	if c.Unit == "" {
		c.Unit = UnitFromTitle(it.title)
	}
	switch y, err := strconv.Atoi(e.Year); {
	case c.Year != 0:
	case err == nil:
		c.Year = y
	case e.Year == ByColumn:
		c.Year = shift(yearIn(head), e.Offset)
	case e.Year == ByFolder:
		c.Year = shift(yearOfFolder(it.url), e.Offset)
	}
	return c
}

func shift(year, by int) int {
	if year == 0 {
		return 0
	}
	return year + by
}

// noWords is the rule that leaves out what no word of the title speaks for:
// navigation and the like.
const noWords = "accept.title"

// judge applies the portal's rules to an item in its place. A bare title, such as
// 政府信息公开年度报告, names a column as well as a report: it counts only where the
// list says whose it is and the address is that of an article or a file.
func (p *Portal) judge(it item, e *Entry, head string) (bool, string) {
	address := it.url.String()
	if it.year != 0 && it.unit != "" && p.List.Read == "matrix" {
		if m := find(p.rules.reject, it.title); m != "" {
			return false, "reject.title: " + m
		}
		if ok, rule := p.Accepts(it.unit+strconv.Itoa(it.year)+"年政府信息公开工作年度报告", address); !ok {
			return false, rule
		}
		return true, "matrix"
	}
	if it.title == "" && p.rules.acceptURL != nil {
		ok, rule := p.acceptsAddress(address)
		return ok, rule
	}
	ok, rule := p.Accepts(it.title, address)
	if !ok && it.cut && rule == noWords && cutWords.MatchString(it.title) {
		return true, "cut_title"
	}
	if ok && it.year == 0 && yearIn(it.title) == 0 && UnitFromTitle(it.title) == "" {
		if !digitsInName.MatchString(address) {
			return false, "bare_title.column"
		}
		if e.agency() == "" && e.Unit != ByColumn && it.unit == "" && head == "" {
			return false, "bare_title.unit"
		}
	}
	return ok, rule
}

// cutWords are what the visible beginning of a report's title may hold.
var cutWords = regexp.MustCompile(`政府信息|信息公开|年报|20\d\d年?`)

func yearOfFolder(u *url.URL) int {
	if m := folderYear.FindStringSubmatch(u.Path); m != nil {
		y, _ := strconv.Atoi(m[1])
		return y
	}
	return 0
}
