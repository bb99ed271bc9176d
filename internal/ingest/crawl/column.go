package crawl

import (
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/standard"
)

// A Listing is one list that links a candidate.
type Listing struct {
	Entry  string // address of the entry
	List   string // address of the page of the list
	Column string // name of the column that it is, "" where nothing says it
}

// listing is the list being read.
func (w *walk) listing(listURL string) Listing {
	return Listing{Entry: w.entryOf.URL, List: listURL, Column: w.column}
}

// listed notes that one more list links the candidate. Further pages of the same
// list are the same column.
func (c *Candidate) listed(l Listing) {
	same := func(other Listing) bool { return other.Entry == l.Entry && other.Column == l.Column }
	if !slices.ContainsFunc(c.Listings, same) {
		c.Listings = append(c.Listings, l)
	}
}

// columnName is the name of the column that a list is: as the portal file has it, or
// else as the page calls itself, the links that led to it read, or its title says.
// Of several names the one that says most of annual reports is taken.
func columnName(e *Entry, pg *page, head string) string {
	if e.Column != "" {
		return e.Column
	}
	names := []string{columnMeta(pg), clip(head), pageTitle(pg)}
	if i := slices.IndexFunc(names, standard.ReportColumn); i >= 0 {
		return names[i]
	}
	for _, name := range names {
		if name != "" {
			return name
		}
	}
	return ""
}

// columnMeta is the column by which a government page calls itself in the tags that
// the rules for government websites prescribe.
func columnMeta(pg *page) string {
	if pg.doc == nil {
		return ""
	}
	return clip(pg.doc.Find("meta").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return strings.EqualFold(s.AttrOr("name", ""), "ColumnName")
	}).First().AttrOr("content", ""))
}

func pageTitle(pg *page) string {
	if pg.doc == nil {
		return ""
	}
	return clip(pg.doc.Find("title").First().Text())
}

// longestColumn is how many characters of a name are kept.
const longestColumn = 60

func clip(name string) string {
	name = squeeze(name)
	if runes := []rune(name); len(runes) > longestColumn {
		return string(runes[:longestColumn])
	}
	return name
}
