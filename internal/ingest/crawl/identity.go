package crawl

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
)

// Identity returns what tells an article of a site from all others, whichever column
// links it: what detail.identity takes from its address, with its host, or else the
// address itself.
func (p *Portal) Identity(address string) string {
	u, err := url.Parse(address)
	if err != nil || p.rules.identity == nil {
		return address
	}
	m := p.rules.identity.FindStringSubmatch(u.RequestURI())
	if len(m) < 2 {
		return address
	}
	return strings.TrimPrefix(u.Host, "www.") + " " + strings.Join(m[1:], " ")
}

var (
	canonicalLink = regexp.MustCompile(`(?is)<link\b[^>]*\brel\s*=\s*["']?canonical["'\s>][^>]*`)
	linkHref      = regexp.MustCompile(`(?is)\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
)

// canonicalWithin is how far into a page its canonical link is looked for.
const canonicalWithin = 64 << 10

// canonical returns the address by which a page calls itself: that of its canonical
// link, if it lies within the portal. A site that names its front page on every page
// says nothing. It is "" where there is none.
func (p *Portal) canonical(f *Fetched) string {
	head := f.Body[:min(len(f.Body), canonicalWithin)]
	if !bytes.Contains(head, []byte("anonical")) && !bytes.Contains(head, []byte("ANONICAL")) {
		return ""
	}
	link := canonicalLink.Find(head)
	if link == nil {
		return ""
	}
	m := linkHref.FindSubmatch(link)
	at, err := url.Parse(f.URL)
	if m == nil || err != nil {
		return ""
	}
	href := strings.ReplaceAll(string(m[1])+string(m[2])+string(m[3]), "&amp;", "&")
	u, err := resolve(at, href)
	if err != nil || !p.allows(u.Host) || isHome(u) {
		return ""
	}
	return u.String()
}
