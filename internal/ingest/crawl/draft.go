package crawl

import (
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

// A Column is what a person knows of a portal before there is a file for it: whose
// it is and where its annual reports are listed.
type Column struct {
	ID, Name string
	Region   standard.RegionCode
	URL      string
	Networks []netip.Prefix
	Delay    time.Duration // between requests; 2s if 0
}

// A Draft is a portal file that was written from the look of a column's pages.
type Draft struct {
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
	first, err := d.page(ctx, col.URL)
	if err != nil {
		return nil, fmt.Errorf("draft of %s: %w", col.URL, err)
	}
	d.family, d.sign, err = recogniseAt(first)
	if err != nil {
		return nil, fmt.Errorf("draft of %s: %w", col.URL, err)
	}
	if err := d.through(ctx, first); err != nil {
		return nil, fmt.Errorf("draft of %s: %w", col.URL, err)
	}
	p, err := ReadPortal(col.ID, strings.NewReader(d.text(0)))
	if err != nil {
		return nil, err
	}
	look, err := c.Look(ctx, p)
	if err != nil {
		return nil, err
	}
	// Some reports will be taken down one day; a list that lost a fifth was rebuilt.
	return &Draft{Family: d.family, Sign: d.sign, Text: []byte(d.text(len(look.Candidates) * 4 / 5)), Look: look}, nil
}

// A drafter is a file being written.
type drafter struct {
	crawler      *Crawler
	column       Column
	family, sign string
	entry        string // what the entry says beside its address
}

// page fetches a page by the rules that hold for all portals.
func (d *drafter) page(ctx context.Context, address string) (*page, error) {
	p, err := ReadPortal(d.column.ID, strings.NewReader(d.text(0)))
	if err != nil {
		return nil, err
	}
	f, err := d.crawler.Fetch(ctx, p, address, nil)
	if err != nil {
		return nil, err
	}
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

// through finds out whether the page lists reports, or leads to lists by unit or
// by year. The family is then that of the lists.
func (d *drafter) through(ctx context.Context, first *page) error {
	family, err := ReadPortal(d.column.ID, strings.NewReader(d.text(0)))
	if err != nil {
		return err
	}
	if len(family.Through) > 0 {
		if d.family != "year-tree" {
			d.entry = ", unit: by-column"
		}
		return nil
	}
	if d.listsReports(family, first) {
		return nil
	}
	units, years := hopLinks(first, hop{text: unitLink}), hopLinks(first, hop{text: yearLink})
	to := units
	switch {
	case len(units) >= fewLinks:
		d.entry = ", unit: by-column, through: [" + directory(first) + "]"
	case len(years) >= fewLinks:
		to = years
		d.entry = fmt.Sprintf(", through: [{link: a, text: '%s'}]", yearText)
	default:
		return nil // empty, or a list made by a script we do not know: the look will tell
	}
	behind, err := d.page(ctx, to[0].url.String())
	if err != nil {
		var fe *FetchError
		if errors.As(err, &fe) {
			return nil // the look will tell
		}
		return err
	}
	d.family, d.sign, err = recogniseAt(behind)
	return err
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

// text writes the file.
func (d *drafter) text(expect int) string {
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
	if expect > 0 {
		fmt.Fprintf(&b, "expect: %d\ntried: %s\n", expect, d.crawler.opts.Clock().In(standard.China()).Format(time.DateOnly))
	}
	return b.String()
}
