package crawl

import (
	"net/url"

	"github.com/PuerkitoBio/goquery"
)

// posted returns what is posted to a link: the template of the rules with the fields of
// the item, and the fields of the form beside them. It is "" where links are plain.
func (p *page) posted(r *rules, vars, fields values) string {
	if r.post == "" && r.form == nil {
		return ""
	}
	with := values{}
	for _, more := range []values{vars, fields} {
		for name, v := range more {
			with[name] = v
		}
	}
	body, err := expandBody(r.post, with)
	if err != nil {
		return "" // asked for plainly, the page will show that it is another
	}
	if r.form == nil || isJSON(body) {
		return body
	}
	return p.withFields(r.form, body)
}

// withFields adds the fields of a form of the page to what is posted, but for those
// that it names itself.
func (p *page) withFields(form goquery.Matcher, posted string) string {
	if p == nil || p.doc == nil {
		return posted
	}
	own, _ := url.ParseQuery(posted) // what it could not read is sent as it is
	for _, f := range formFields(p.doc.FindMatcher(form).First()) {
		if own.Has(f.name) {
			continue
		}
		if posted != "" {
			posted += "&"
		}
		posted += url.QueryEscape(p.encoded(f.name)) + "=" + url.QueryEscape(p.encoded(f.value))
	}
	return posted
}

// encoded is a text in the encoding of the page, in which forms are sent.
func (p *page) encoded(s string) string {
	if p.enc != nil {
		if b, err := p.enc.NewEncoder().String(s); err == nil {
			return b
		}
	}
	return s
}
