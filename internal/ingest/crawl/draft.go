package crawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/standard"
)

// A Column is what a person knows of a portal before there is a file for it: where
// its annual reports are listed. Whose it is may be left to the page.
type Column struct {
	ID       string              // made of the host if ""
	Name     string              // the region's government if ""
	Region   standard.RegionCode // found in the page's title if ""
	URL      string
	Networks []netip.Prefix
	Delay    time.Duration // between requests; 2s if 0
	// Taken reports an id that is in use; one that is made of the host then gets a
	// number behind it. It may be nil.
	Taken func(id string) bool
}

// A Draft is a portal file that was written from the look of a column's pages.
type Draft struct {
	ID     string
	Family string
	Sign   string // what the page bears that tells the family; "" where nothing does
	Text   []byte // of the file
	Look   *Look  // what a look by the file finds
}

// Draft looks at a column, recognises the family of its pages, and writes the
// portal file with what a look by it finds. The file is a beginning: whoever adds
// it judges by the look whether it is right.
func (c *Crawler) Draft(ctx context.Context, col Column) (*Draft, error) {
	d := drafter{crawler: c, column: col}
	draft, err := d.draft(ctx)
	if err != nil {
		return nil, fmt.Errorf("draft of %s: %w", col.URL, err)
	}
	return draft, nil
}

func (d *drafter) draft(ctx context.Context) (*Draft, error) {
	at, err := resolve(nil, d.column.URL)
	if err != nil {
		return nil, fmt.Errorf("not a web address: %w", err)
	}
	if d.column.ID == "" {
		d.column.ID = freeID(idFrom(at.Host), d.column.Taken)
	}
	if !idPattern.MatchString(d.column.ID) {
		return nil, fmt.Errorf("id %q: want lower case letters, digits and hyphens, such as tj-dongli", d.column.ID)
	}
	first, err := d.page(ctx, d.column.URL)
	if err != nil {
		return nil, err
	}
	if err := d.whose(ctx, first); err != nil {
		return nil, err
	}
	if d.family, d.sign, err = recogniseAt(first); err != nil {
		return nil, err
	}
	if err := d.through(ctx, first); err != nil {
		return nil, err
	}
	d.hints = append(partialHints(d.partial), hints(d.last)...)
	p, err := ReadPortal(d.column.ID, strings.NewReader(d.text(nil)))
	if err != nil {
		return nil, err
	}
	look, err := d.crawler.Look(ctx, p)
	if err != nil {
		return nil, err
	}
	left, err := d.goesOn(ctx, look)
	if err != nil {
		return nil, err
	}
	before := len(look.Candidates)
	if d.next != "" { // by which there is more to be found
		if p, err = ReadPortal(d.column.ID, strings.NewReader(d.text(nil))); err != nil {
			return nil, err
		}
		if look, err = d.crawler.Look(ctx, p); err != nil {
			return nil, err
		}
	}
	if d.next != "" && len(look.Candidates) <= before && left == "" {
		left = "列表似乎还有下一页，照 list.next 没有取到，请改正 list.next"
	}
	if left != "" {
		d.left = left
		look.Good, look.State = false, LookChanged
		look.Problems = append(look.Problems, Problem{URL: d.column.URL, Err: errors.New("the list has more pages than were read; complete list.next as the file says")})
	}
	// Some reports will be taken down one day; a list that lost a fifth was rebuilt.
	p.Expect = len(look.Candidates) * 4 / 5
	return &Draft{ID: d.column.ID, Family: d.family, Sign: d.sign, Text: []byte(d.text(look)), Look: look}, nil
}

// A drafter is a file being written.
type drafter struct {
	crawler      *Crawler
	column       Column
	family, sign string
	entry        string // what the entry says beside its address
	demo         bool   // of a region that does not exist
	last         *page  // the last page on the way to the lists
	fetched      *Fetched
	rules        string // of the list, where the page told them; as the file has them
	next         string // list.next, where it was found out
	left         string // what a person must complete, though reports were found
	partial      []guess
	hints        []string
}

// page fetches a page before there is a file to read it by.
func (d *drafter) page(ctx context.Context, address string) (*page, error) {
	f, err := d.crawler.Fetch(ctx, d.portal(), address, nil)
	if err != nil {
		return nil, err
	}
	d.fetched = f
	return readPage(f, List{})
}

func recogniseAt(p *page) (family, sign string, err error) {
	return recognise("address: " + p.url.String() + "\n" + p.text)
}

var (
	unitLink = regexp.MustCompile(unitText)
	yearLink = regexp.MustCompile(yearText)
)

const (
	unitText = `(街道|镇|乡|办事处|苏木)$`
	yearText = `^\s*20\d\d\s*年?度?\S{0,6}$`
	fewLinks = 2 // of a kind make a directory
)

// through finds out whether the page lists reports, or leads to lists by unit, by
// year, in a frame, or by several of these in turn. The family is then that of the
// lists.
func (d *drafter) through(ctx context.Context, first *page) error {
	d.last = first
	family, err := ReadPortal(d.column.ID, strings.NewReader(d.text(nil)))
	if err != nil {
		return err
	}
	if len(family.Through) > 0 {
		if d.family != "year-tree" {
			d.entry = ", unit: by-column"
		}
		return nil
	}
	var hops []string
	byUnit := false
	for at := first; len(hops) < mostHops && !d.listsReports(family, at); {
		d.last = at
		if guessed, err := d.byGuess(ctx, family, at); guessed || err != nil {
			if err != nil {
				return err
			}
			break
		}
		way := d.way(at)
		if way.hop == "" {
			break // empty, or a list made by a script we do not know: the look will tell
		}
		hops, byUnit = append(hops, way.hop), byUnit || way.units
		var fe *FetchError
		if at, err = d.page(ctx, way.to); errors.As(err, &fe) {
			break // the look will tell
		}
		if err != nil {
			return err
		}
		if d.family, d.sign, err = recogniseAt(at); err != nil {
			return err
		}
		if family, err = ReadPortal(d.column.ID, strings.NewReader(d.text(nil))); err != nil {
			return err
		}
	}
	if byUnit {
		d.entry = ", unit: by-column"
	}
	if len(hops) > 0 {
		d.entry += ", through: [" + strings.Join(hops, ", ") + "]"
	}
	return nil
}

// mostHops bounds the pages that a draft passes before the lists.
const mostHops = 3

// A way leads from a page to others like a list.
type way struct {
	hop   string // as the file says it; "" where nothing leads on
	to    string // the first of them
	units bool
}

// way finds out what a page without reports leads to.
func (d *drafter) way(at *page) way {
	if units := hopLinks(at, hop{text: unitLink}); len(units) >= fewLinks {
		return way{directory(at), units[0].url.String(), true}
	}
	if years := hopLinks(at, hop{text: yearLink}); len(years) >= fewLinks {
		return way{fmt.Sprintf("{link: a, text: '%s'}", yearText), years[0].url.String(), false}
	}
	if w := computed(at); w.hop != "" {
		return w
	}
	for _, tag := range []string{"frame", "iframe"} {
		for _, frame := range at.doc.Find(tag + "[src]").EachIter() {
			if aside.MatchString(frame.AttrOr("name", "") + " " + frame.AttrOr("src", "")) {
				continue
			}
			if u := at.addressIn(frame.AttrOr("src", "")); u != nil && u.Host == at.url.Host {
				which := tag
				if name := frame.AttrOr("name", ""); plainName.MatchString(name) {
					which += "[name=" + name + "]"
				}
				return way{fmt.Sprintf("{link: %q}", which+"@src"), u.String(), false}
			}
		}
	}
	return way{}
}

// aside finds the names of frames that hold no list.
var aside = regexp.MustCompile(`(?i)\b(menu|top|head(er)?|left|foot(er)?|banner|nav|tree)\b|/m\.`)

// computed is the way to lists that a script opens: tabs of years or units whose calls
// make the addresses.
func computed(at *page) way {
	for _, s := range at.doc.Find("[onclick], a[href^='javascript:']").EachIter() {
		words := squeeze(s.Text())
		units := unitLink.MatchString(words)
		if !units && !yearLink.MatchString(words) {
			continue
		}
		for _, attr := range []string{"onclick", "href"} {
			call := s.AttrOr(attr, "")
			open := opener(at.text, call)
			if open == "" {
				continue
			}
			hop := fmt.Sprintf("{item: %s, link: %s, open: %s}", quoted(selectorOf(s, attr)), quoted("@"+attr), open)
			p, err := ReadPortal("way", strings.NewReader(fmt.Sprintf("id: way\nname: way\nregion: \"990101\"\nentries: [{url: %q, through: [%s]}]\n", at.url, hop)))
			if err != nil {
				continue
			}
			to := hopLinks(at, p.rules.hops[&p.Entries[0].Through[0]])
			if len(to) >= fewLinks {
				return way{hop, to[0].url.String(), units}
			}
		}
	}
	return way{}
}

// directory returns the hop that follows a directory of units: the links of the
// list that holds them, since the government's own and others without an ending
// that tells stand there too, or else those with such endings.
func directory(p *page) string {
	for _, a := range p.doc.FindMatcher(anyLink).EachIter() {
		if !unitLink.MatchString(squeeze(a.Text())) {
			continue
		}
		list := a.Closest("ul, ol, dl, table")
		if class, _, _ := strings.Cut(strings.TrimSpace(list.AttrOr("class", "")), " "); plainName.MatchString(class) {
			return fmt.Sprintf("{link: %q}", goquery.NodeName(list)+"."+class+" a")
		}
		if id := list.AttrOr("id", ""); plainName.MatchString(id) {
			return fmt.Sprintf("{link: %q}", "#"+id+" a")
		}
		break
	}
	return fmt.Sprintf("{link: a, text: '%s'}", unitText)
}

// plainName is a name that a selector can hold as it is.
var plainName = regexp.MustCompile(`^[A-Za-z_][\w-]*$`)

// listsReports reports whether a page links reports by the rules of a family.
func (d *drafter) listsReports(p *Portal, first *page) bool {
	if p.List.Source != "" {
		return true
	}
	for _, it := range first.items(p.rules, p.List, parts(first.url)) {
		if ok, _ := p.judge(it, &p.Entries[0], ""); ok {
			return true
		}
	}
	return false
}

// text writes the file, with what the look by it found where there was one. A file
// whose look was not good is left out of refreshes until a person has mended it.
func (d *drafter) text(look *Look) string {
	var b strings.Builder
	col := d.column
	fmt.Fprintf(&b, "id: %s\nname: %s\nregion: %q\n", col.ID, strconv.Quote(col.Name), col.Region)
	if d.family != "" {
		fmt.Fprintf(&b, "family: %s\n", d.family)
	}
	if d.sign != "" {
		fmt.Fprintf(&b, "note: %s\n", strconv.Quote("由列表页特征识别："+d.sign))
	}
	fmt.Fprintf(&b, "entries:\n  - {url: %q%s}\n", col.URL, d.entry)
	switch {
	case d.rules != "" && d.next != "":
		fmt.Fprintf(&b, "list: {%s, next: %s}\n", d.rules, d.next)
	case d.rules+d.next != "":
		fmt.Fprintf(&b, "list: {%s}\n", cmp.Or(d.rules, "next: "+d.next))
	}
	if len(col.Networks) > 0 {
		fmt.Fprintf(&b, "networks: [")
		for i, n := range col.Networks {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(strconv.Quote(n.String()))
		}
		b.WriteString("]\n")
	}
	if col.Delay > 0 {
		fmt.Fprintf(&b, "polite: {delay: %s}\n", col.Delay)
	}
	if d.demo {
		b.WriteString("demo: true\n")
	}
	if look == nil {
		return b.String()
	}
	if !look.Good {
		b.WriteString("enabled: false\n")
	}
	if look.Portal.Expect > 0 {
		fmt.Fprintf(&b, "expect: %d\n", look.Portal.Expect)
	}
	fmt.Fprintf(&b, "tried: %s\n", d.crawler.opts.Clock().In(standard.China()).Format(time.DateOnly))
	if len(look.Candidates) == 0 {
		b.WriteString(toComplete(look, d.hints))
	} else if d.left != "" {
		fmt.Fprintf(&b, "# 待补全：%s；再运行 dashboard portals test 此文件，然后去掉 enabled: false。\n", d.left)
	}
	return b.String()
}
