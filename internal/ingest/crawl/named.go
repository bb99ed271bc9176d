package crawl

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// valueName is a name that a template can hold.
var valueName = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// reservedNames are the values that the crawler itself gives to templates.
func reservedNames() []string { return []string{"n", "have"} }

// named compiles picks that have names.
func (c compiler) named(all map[string]string, css bool, path ...any) map[string][]pick {
	out := map[string][]pick{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		at := append(append([]any{}, path...), name)
		c.name(name, at)
		out[name] = c.picks(all[name], css, at...)
	}
	return out
}

// name reports a name that no template could use.
func (c compiler) name(name string, at []any) {
	if !valueName.MatchString(name) {
		c.wrong(fmt.Sprintf("name %q: want letters, digits and _, such as cursor", name), at...)
	}
	if slices.Contains(reservedNames(), name) {
		c.wrong(fmt.Sprintf("name %q is the crawler's own; choose another", name), at...)
	}
}

// ownHeaders are those that a portal file may not set: they say who we are, whom we
// ask and how the answer comes.
func ownHeaders() []string {
	return []string{"Accept-Encoding", "Authorization", "Connection", "Content-Length", "Cookie", "Expect", "Forwarded", "From", "Host",
		"If-Modified-Since", "If-None-Match", "Proxy-Authorization", "Range", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Via", "X-Forwarded-For", "X-Real-Ip"}
}

var headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

func (c compiler) headers(all map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch {
		case !headerName.MatchString(name):
			c.wrong(fmt.Sprintf("header %q: want a name such as X-Requested-With", name), "list", "headers", name)
		case slices.Contains(ownHeaders(), http.CanonicalHeaderKey(name)):
			c.wrong("the header "+name+" is the crawler's own; leave it out (polite.user_agent sets the name)", "list", "headers", name)
		case strings.ContainsFunc(all[name], func(r rune) bool { return r < ' ' || r > '~' }):
			c.wrong("want printable ASCII", "list", "headers", name)
		}
	}
}

// valuesOf takes the named picks of a page. One that the page does not have is
// removed, so that the cursor of a former page is not asked for again.
func (v values) valuesOf(p *page, named map[string][]pick) {
	for name, picks := range named {
		s := ""
		if p.data != nil {
			s = firstKey(p.data, picks)
		} else if p.doc != nil {
			s = first(p.doc.Selection, picks)
		}
		if s == "" || s == "false" {
			delete(v, name)
			continue
		}
		v[name] = s
	}
}

// formFields returns what a browser would send of a form's fields: hidden and text
// inputs, chosen options.
func formFields(form *goquery.Selection) []field {
	var all []field
	for _, in := range form.Find("input[name], textarea[name], select[name]").EachIter() {
		name, value := in.AttrOr("name", ""), in.AttrOr("value", "")
		switch goquery.NodeName(in) {
		case "textarea":
			value = in.Text()
		case "select":
			chosen := in.Find("option[selected]").First()
			if chosen.Length() == 0 {
				chosen = in.Find("option").First()
			}
			value = chosen.AttrOr("value", squeeze(chosen.Text()))
		default:
			switch strings.ToLower(in.AttrOr("type", "text")) {
			case "submit", "button", "image", "reset", "file", "password":
				continue
			case "checkbox", "radio":
				if _, on := in.Attr("checked"); !on {
					continue
				}
			}
		}
		all = append(all, field{name, value})
	}
	return all
}

// A field is one of a form that is posted.
type field struct{ name, value string }
