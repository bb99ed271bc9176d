package crawl

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// An Attachment is a file that a report's page links, frames or opens.
type Attachment struct {
	URL  string
	Name string // as the page calls it: the title or text of the link
}

var (
	fileEnding    = regexp.MustCompile(`(?i)\.(docx?|pdf|xlsx?|rtf|wps|et|ofd|zip|rar|txt)$`)
	fileServlet   = regexp.MustCompile(`(?i)downfile|download|DownloadAttach|/attach(ment)?/|/uploadfile/`)
	viewerAddress = regexp.MustCompile(`(?i)viewer\.html?$`)
)

// Attachments returns the files of a report's page in their order, each address
// once. A link counts where its address or its name ends like a file, or where it
// is one of those that servlets for files have. Only the article is searched where
// the portal's rules find it.
func (p *Portal) Attachments(f *Fetched) []Attachment {
	pg, err := readPage(f, List{})
	if err != nil || pg.doc == nil {
		return nil
	}
	within := pg.doc.Selection
	if p.rules.body != nil {
		if article := within.FindMatcher(p.rules.body); article.Length() > 0 {
			within = article
		}
	}
	all := pg.files(within, p.rules.attachments)
	if len(all) == 0 && within != pg.doc.Selection {
		all = pg.files(pg.doc.Selection, p.rules.attachments) // the foot of the page may list them
	}
	return all
}

func (p *page) files(within *goquery.Selection, picks []pick) []Attachment {
	var all []Attachment
	seen := map[string]bool{}
	for _, pk := range picks {
		if pk.selector == nil || pk.attr == "" {
			continue
		}
		for _, s := range within.FindMatcher(pk.selector).EachIter() {
			u := p.addressIn(strings.TrimSpace(s.AttrOr(pk.attr, "")))
			if u == nil {
				continue
			}
			u = p.viewed(u)
			name := squeeze(s.AttrOr("title", ""))
			if name == "" {
				name = squeeze(s.Text())
			}
			if seen[u.String()] || !isFile(u, name) {
				continue
			}
			seen[u.String()] = true
			all = append(all, Attachment{u.String(), name})
		}
	}
	return all
}

// viewed returns the file that a viewer's address shows.
func (p *page) viewed(u *url.URL) *url.URL {
	file := u.Query().Get("file")
	if file == "" || !viewerAddress.MatchString(u.Path) {
		return u
	}
	if inner, err := resolve(u, file); err == nil {
		return inner
	}
	return u
}

func isFile(u *url.URL, name string) bool {
	return fileEnding.MatchString(u.Path) || fileEnding.MatchString(u.RawQuery) ||
		fileServlet.MatchString(u.Path) && !strings.HasSuffix(u.Path, ".html") || fileEnding.MatchString(name)
}
