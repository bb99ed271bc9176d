package crawl

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// byElements looks for elements that bear the title of a report, and an address in some
// attribute or a call that opens one.
func byElements(p *page, is func(string) bool) (all []guess) {
	if p.doc == nil {
		return nil
	}
	var plain, links, titles []string // of those that bear an address: all together
	add := func(to *[]string, s string) {
		if !slices.Contains(*to, s) {
			*to = append(*to, s)
		}
	}
	for _, s := range p.doc.Find("body *, frameset *").EachIter() {
		title := titlePick(s, is)
		if title == "" || len(all) >= mostTried {
			continue
		}
		for _, a := range s.Get(0).Attr {
			item := selectorOf(s, a.Key)
			g := guess{rules: fmt.Sprintf("item: %s, title: %s", quoted(item), quoted(title)), note: "元素的属性 " + a.Key}
			switch {
			case a.Key == "title" || a.Key == "class" || a.Key == "style" || a.Key == "id":
			case opens(a.Val) && p.addressIn(a.Val) == nil:
				if open := opener(p.text, a.Val); open != "" {
					all = append(all, guess{rules: g.rules + ", link: " + quoted("@"+a.Key) + ", open: " + open, note: "脚本打开的链接 " + shorten(a.Val)})
				}
			case looksLikeURL.MatchString(a.Val) && !placed.MatchString(a.Val):
				add(&plain, item)
				add(&links, "@"+a.Key)
				add(&titles, title)
				g.rules += ", link: " + quoted("@"+a.Key)
				all = append(all, g)
			}
		}
		if open := dataOpener(p.text, s); open != "" {
			all = append(all, guess{rules: fmt.Sprintf("item: %s, title: %s, open: %s", quoted(selectorOf(s, dataKeys(s)[0])), quoted(title), open), note: "脚本由 data- 属性拼成的地址"})
		}
	}
	if len(plain) > 1 {
		all = append(all, guess{rules: fmt.Sprintf("item: %s, title: %s, link: %s", quoted(strings.Join(plain, ", ")), quoted(strings.Join(titles, " | ")), quoted(strings.Join(links, " | "))),
			note: "元素的属性 " + strings.Join(links, " ")})
	}
	return all
}

// placed finds the places of a template for addresses: :id, {id}, ${row.id}.
var placed = regexp.MustCompile(`:([A-Za-z_]\w*)|\$?\{\s*(?:\w+\.)*([A-Za-z_]\w*)\s*\}`)

// titlePick returns the pick of an element's title where it is that of a report: an
// attribute, or its text where that is of one line.
func titlePick(s *goquery.Selection, is func(string) bool) string {
	for _, a := range s.Get(0).Attr {
		if a.Key != "onclick" && a.Key != "href" && len(a.Val) < 300 && is(a.Val) {
			return "@" + a.Key
		}
	}
	if words := squeeze(s.Text()); len(words) < 300 && is(words) {
		return "."
	}
	return ""
}

// selectorOf is a selector of an element and of others like it.
func selectorOf(s *goquery.Selection, attr string) string {
	class, _, _ := strings.Cut(strings.TrimSpace(s.AttrOr("class", "")), " ")
	if plainName.MatchString(class) {
		class = "." + class
	} else {
		class = ""
	}
	return fmt.Sprintf("%s%s[%s]", goquery.NodeName(s), class, attr)
}

// opens reports whether an attribute calls a function.
func opens(v string) bool { return callOpening.MatchString(v) }

var (
	calledWith = regexp.MustCompile(`(\w+)\(([^()]*)\)`)
	joined     = regexp.MustCompile(`(?:'[^']*'|"[^"]*")(?:\s*\+\s*(?:'[^']*'|"[^"]*"|\(\s*\w+\s*[-+]\s*\d+\s*\)|[\w$.]+(?:\(\s*(?:this|['"][\w-]+['"])\s*\))?(?:\.\w+(?:\(\s*['"][\w-]+['"]\s*\))?)?))+`)
	piece      = regexp.MustCompile(`'([^']*)'|"([^"]*)"|\(\s*(\w+)\s*([-+])\s*(\d+)\s*\)|([\w$.]+(?:\(\s*(?:this|['"][\w-]+['"])\s*\))?(?:\.\w+(?:\(\s*['"][\w-]+['"]\s*\))?)?)`)
	dataField  = regexp.MustCompile(`(?:\.data\(\s*['"]|\.attr\(\s*['"]data-|getAttribute\(\s*['"]data-|\.dataset\.)([\w-]+)`)
)

// opener makes list.open of the call of a function that the page's scripts define as
// one that goes to an address joined of texts and of what it is called with; "" where
// that is not so.
func opener(scripts, call string) string {
	m := calledWith.FindStringSubmatch(call)
	if m == nil {
		return ""
	}
	def := regexp.MustCompile(`(?:function\s+` + m[1] + `\s*|` + m[1] + `\s*=\s*function\s*)\(([^)]*)\)\s*\{`).FindStringSubmatchIndex(scripts)
	if def == nil {
		return ""
	}
	params := strings.Split(scripts[def[2]:def[3]], ",")
	body := scripts[def[1]:min(len(scripts), def[1]+600)]
	if i := strings.Index(body, "function "); i > 0 {
		body = body[:i]
	}
	url := template(joined.FindString(body), func(name string) string {
		for i, param := range params {
			if strings.TrimSpace(param) == name {
				return fmt.Sprint(i + 1)
			}
		}
		return ""
	})
	if url == "" {
		return ""
	}
	var words []string
	for arg := range strings.SplitSeq(m[2], ",") {
		if arg = strings.TrimSpace(arg); arg != "" && strings.ContainsRune(`'"`, rune(arg[0])) {
			words = append(words, `['"]([^'"]*)['"]`)
		} else {
			words = append(words, `([^,()]*?)`)
		}
	}
	return fmt.Sprintf("{pattern: %s, url: %s}", quoted(m[1]+`\(\s*`+strings.Join(words, `\s*,\s*`)+`\s*\)`), quoted(url))
}

// template writes an expression that joins texts and names as a template. named says
// under what a name is known to it; "" makes the whole one unknown.
func template(expr string, named func(string) string) string {
	var b strings.Builder
	for _, m := range piece.FindAllStringSubmatch(expr, -1) {
		switch {
		case m[3] != "":
			name := named(m[3])
			if name == "" {
				return ""
			}
			b.WriteString("{" + name + m[4] + m[5] + "}")
		case m[6] != "":
			name := named(m[6])
			if name == "" {
				return ""
			}
			b.WriteString("{" + name + "}")
		default:
			b.WriteString(m[1] + m[2])
		}
	}
	return b.String()
}

// dataKeys returns the data- attributes of an element.
func dataKeys(s *goquery.Selection) (keys []string) {
	for _, a := range s.Get(0).Attr {
		if strings.HasPrefix(a.Key, "data-") {
			keys = append(keys, a.Key)
		}
	}
	return keys
}

// dataOpener makes list.open of an element whose data- attributes a script joins to an
// address.
func dataOpener(scripts string, s *goquery.Selection) string {
	keys := dataKeys(s)
	if len(keys) == 0 {
		return ""
	}
	for _, m := range wholeTemplate.FindAllStringSubmatch(scripts, mostTried) {
		used, known := map[string]string{}, true
		url := placed.ReplaceAllStringFunc(m[1], func(place string) string {
			parts := placed.FindStringSubmatch(place)
			name := parts[1] + parts[2]
			known = known && slices.Contains(keys, "data-"+name)
			used[name] = "@data-" + name
			return "{" + name + "}"
		})
		if known && len(used) > 0 {
			return openOf(url, used)
		}
	}
	for _, expr := range joined.FindAllString(scripts, mostTried) {
		used := map[string]string{}
		url := template(expr, func(name string) string {
			m := dataField.FindStringSubmatch(name)
			if m == nil || !slices.Contains(keys, "data-"+m[1]) {
				return ""
			}
			plain := strings.ReplaceAll(m[1], "-", "_")
			used[plain] = "@data-" + m[1]
			return plain
		})
		if url == "" || len(used) == 0 || !strings.Contains(url, "/") {
			continue
		}
		return openOf(url, used)
	}
	return ""
}

// openOf writes list.open.
func openOf(url string, used map[string]string) string {
	var values []string
	for name, pick := range used {
		values = append(values, fmt.Sprintf("%s: %s", name, quoted(pick)))
	}
	slices.Sort(values)
	return fmt.Sprintf("{url: %s, values: {%s}}", quoted(url), strings.Join(values, ", "))
}

// wholeTemplate is a text that may be a template for addresses.
var wholeTemplate = regexp.MustCompile("[\"'`](/[^\"'`\\s]*(?::[A-Za-z_]|\\{)[^\"'`\\s]*)[\"'`]")

var (
	callOfTexts = regexp.MustCompile(`([A-Za-z_$][\w$.]*)\(((?:\s*(?:'[^'\n]*'|"[^"\n]*"|[\w.]+)\s*,)+\s*(?:'[^'\n]*'|"[^"\n]*"|[\w.]*)\s*)\)`)
	argument    = regexp.MustCompile(`'([^'\n]*)'|"([^"\n]*)"|[\w.]+`)
	pathLike    = regexp.MustCompile(`^[\w.~-]*(?:/[\w.~%-]+)+$|\.s?html?$`)
)

// addedByCalls looks for records that scripts add one by one, with title and address
// among what a function is called with.
func addedByCalls(p *page, is func(string) bool) (all []guess) {
	seen := make(map[string]bool)
	for _, m := range callOfTexts.FindAllStringSubmatch(p.text, 500) {
		var words []string
		title, link := false, false
		for _, arg := range argument.FindAllStringSubmatch(m[2], 20) {
			v := unescapeScript(arg[1] + arg[2])
			switch {
			case v == "":
				words = append(words, `[^,()]*`)
			case !title && is(v):
				title = true
				words = append(words, `["'](?P<title>[^"'']*)["']`)
			case !link && (looksLikeURL.MatchString(v) || pathLike.MatchString(v)):
				link = true
				words = append(words, `["'](?P<link>[^"'']*)["']`)
			case !findDate(v).IsZero():
				words = append(words, `["'](?P<date>[^"'']*)["']`)
			default:
				words = append(words, `["'][^"'']*["']`)
			}
		}
		if !title || !link || seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		pattern := strings.ReplaceAll(regexp.QuoteMeta(m[1])+`\(\s*`+strings.Join(words, `\s*,\s*`), "''", "'")
		all = append(all, guess{rules: "read: text, item: " + quoted(pattern), note: "脚本逐条加入的记录 " + m[1] + "(…)"})
	}
	return all
}
