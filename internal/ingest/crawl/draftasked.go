package crawl

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A dataCall is what a script asks for: an address, and what it posts to it.
type dataCall struct {
	address string
	body    map[string]any // nil where it is asked for plainly
	json    bool           // posted as JSON and not as a form
}

const object = `(\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})`

var (
	postsForm = regexp.MustCompile(`\$\.post\(\s*["']([^"']+)["']\s*,\s*` + object)
	postsJSON = regexp.MustCompile(`(?:axios|http|request)\.post\(\s*["']([^"']+)["']\s*,\s*` + object)
	fetches   = regexp.MustCompile(`fetch\(\s*["']([^"']+)["']\s*,\s*\{[^}]*method:\s*["'](?i:post)["'][\s\S]{0,300}?JSON\.stringify\(\s*` + object)
	ajax      = regexp.MustCompile(`\$\.ajax\(\s*\{[\s\S]{0,200}?url:\s*["']([^"']+)["'][\s\S]{0,300}?data:\s*(?:JSON\.stringify\()?\s*` + object)
	bareWord  = regexp.MustCompile(`:\s*([A-Za-z_$][\w$.]*)\s*([,}])`)
	pageName  = regexp.MustCompile(`(?i)^(page|pageno|pagenum|pageindex|pagenumber|current|currentpage|p)$`)
	pageInURL = regexp.MustCompile(`(?i)([?&](?:page|pageno|pagenum|pageindex|pagenumber|current|currentpage|p)=)1?(&|$)`)
	totalName = regexp.MustCompile(`(?i)^(total|count|totalcount|totalrecords?|recordcount|totalelements)$`)
)

// dataCalls returns a few of the requests for data that the scripts of a page make.
func dataCalls(p *page) []dataCall {
	var all []dataCall
	for _, script := range p.doc.Find("script:not([src])").EachIter() {
		words := script.Text()
		for _, kind := range []struct {
			re   *regexp.Regexp
			json bool
		}{{postsForm, false}, {postsJSON, true}, {fetches, true}, {ajax, strings.Contains(words, "JSON.stringify")}} {
			for _, m := range kind.re.FindAllStringSubmatch(words, 3) {
				if body := literalBody(m[2], words); body != nil {
					all = append(all, dataCall{m[1], body, kind.json})
				}
			}
		}
	}
	for _, address := range dataAddresses(p) {
		if !slices.ContainsFunc(all, func(c dataCall) bool { return c.address == address }) {
			all = append(all, dataCall{address: address})
		}
	}
	return all[:min(len(all), 3)]
}

// literalBody reads what a script posts. A name in it stands for the text or number that
// the script gives it, or for 1 where it counts pages.
func literalBody(s, script string) map[string]any {
	s = bareWord.ReplaceAllStringFunc(s, func(m string) string {
		parts := bareWord.FindStringSubmatch(m)
		switch name := parts[1]; {
		case name == "true" || name == "false" || name == "null":
			return m
		case pageName.MatchString(name):
			return ": 1" + parts[2]
		default:
			given := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\s*=\s*("[^"]*"|'[^']*'|\d+)`).FindStringSubmatch(script)
			if given == nil {
				return m
			}
			return ": " + given[1] + parts[2]
		}
	})
	data, err := readData(s)
	if err != nil {
		return nil
	}
	body, _ := data.(map[string]any) // an object, as its pattern has it
	return body
}

// paged writes what is posted as a template in which the page is counted.
func (c dataCall) paged() string {
	if c.body == nil {
		return ""
	}
	if !c.json {
		var all []string
		for _, name := range slices.Sorted(maps.Keys(c.body)) {
			v := url.QueryEscape(word(c.body[name]))
			if pageName.MatchString(name) {
				v = "{n}"
			}
			all = append(all, url.QueryEscape(name)+"="+v)
		}
		return strings.Join(all, "&")
	}
	text, err := json.Marshal(countingPages(c.body))
	if err != nil {
		return ""
	}
	// A brace before a name would begin a placeholder; those of JSON are before quotes.
	return strings.ReplaceAll(string(text), `"`+pageMark+`"`, "{n}")
}

// pageMark stands for the number of the page while a body is written.
const pageMark = "\u2063n"

// countingPages puts the mark in the place of numbers of pages.
func countingPages(object map[string]any) map[string]any {
	out := maps.Clone(object)
	for name, v := range out {
		if inner, ok := v.(map[string]any); ok {
			out[name] = countingPages(inner)
		} else if pageName.MatchString(name) {
			out[name] = pageMark
		}
	}
	return out
}

// asked asks for the data that a page's scripts ask for, and returns the rules of a list
// that is had from there; "" where none of it lists reports.
func (d *drafter) asked(ctx context.Context, p *page, is func(string) bool) (guess, error) {
	for _, call := range dataCalls(p) {
		source := pageInURL.ReplaceAllString(call.address, "${1}{n}${2}")
		body := call.paged()
		first := values{"n": "1", "have": "0"}
		address, err := expand(strings.ReplaceAll(source, "{{", "{"), first)
		if err != nil {
			continue
		}
		posted, err := expandBody(body, first)
		if err != nil {
			continue
		}
		to, err := p.resolve(address)
		if err != nil || to.Host != p.url.Host {
			continue
		}
		f, err := d.crawler.get(ctx, d.crawler.session(d.portal()), request{url: to.String(), form: posted, referer: p.url.String()})
		var fe *FetchError
		if errors.As(err, &fe) {
			continue
		}
		if err != nil {
			return guess{}, err
		}
		data, err := readData(text(f.Body, f.Header.Get("Content-Type"), ""))
		if err != nil {
			continue
		}
		for _, g := range fieldsOf(data, "json", "", is) {
			if g.fields != nil {
				d.partial = append(d.partial, g)
				continue
			}
			g.rules = "source: " + quoted(source) + ", " + g.rules
			if body != "" {
				g.rules += ", body: " + quoted(body)
			}
			if total := totalOf(data, "", 0); total != "" && strings.Contains(source+body, "{n}") {
				g.rules += ", values: {records: " + quoted(total) + "}"
			}
			g.note = "脚本请求的数据 " + call.address
			return g, nil
		}
	}
	return guess{}, nil
}

// totalOf returns the path of the number of all records.
func totalOf(v any, path string, depth int) string {
	node, ok := v.(map[string]any)
	if !ok || depth > 3 {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(node)) {
		if _, number := node[name].(json.Number); number && totalName.MatchString(name) {
			return path + name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(node)) {
		if at := totalOf(node[name], path+name+".", depth+1); at != "" {
			return at
		}
	}
	return ""
}

// portal is what is asked before there is a file.
func (d *drafter) portal() *Portal {
	p := &Portal{ID: d.column.ID, Entries: []Entry{{URL: d.column.URL}}, Networks: d.column.Networks, Polite: usualPace()}
	if d.column.Delay > 0 {
		p.Polite.Delay = d.column.Delay
	}
	return p
}

// byGuess tries the ways in which a page may hold its list, and takes the one by which
// most reports are found. It reports whether there is one.
func (d *drafter) byGuess(ctx context.Context, family *Portal, at *page) (bool, error) {
	if family.List.Source != "" || d.fetched == nil {
		return false, nil
	}
	is := func(title string) bool {
		ok, _ := family.Accepts(strings.TrimSpace(title), at.url.String())
		return ok
	}
	best, most := guess{}, 0
	for _, g := range d.guesses(d.fetched, at, is) {
		if g.fields != nil {
			d.partial = append(d.partial, g)
		} else if n := d.found(g, at); n > most {
			best, most = g, n
		}
	}
	if most == 0 && at.doc != nil {
		g, err := d.asked(ctx, at, is)
		if err != nil {
			return false, err
		}
		if best = g; g.rules != "" {
			most = 1
		}
	}
	if most > 0 {
		d.rules, d.sign, d.entry = best.rules, best.note, d.entry+best.entry
		return true, nil
	}
	if loaded, err := d.loadScripts(ctx, at); !loaded || err != nil {
		return false, err
	}
	return d.byGuess(ctx, family, at)
}

const (
	mostScripts = 2       // of a page that are fetched
	mostScript  = 1 << 18 // bytes of one; what is longer is a library
)

// library finds the names of scripts that many sites share.
var library = regexp.MustCompile(`(?i)jquery|bootstrap|layui|swiper|echarts|vue|react|angular|polyfill|\.min\.js|video|player|slide|tongji|analytics|share|wx`)

// loadScripts fetches a few scripts that a page of its host names, and puts them into
// the page as if they stood there. It reports whether there were any.
func (d *drafter) loadScripts(ctx context.Context, p *page) (loaded bool, err error) {
	if p.doc == nil {
		return false, nil
	}
	tried := 0
	for _, script := range p.doc.Find("script[src]").EachIter() {
		src := script.AttrOr("src", "")
		to, err := p.resolve(src)
		if err != nil || to.Host != p.url.Host || library.MatchString(src) || tried == mostScripts {
			continue
		}
		tried++
		f, err := d.crawler.get(ctx, d.crawler.session(d.portal()), request{url: to.String(), referer: p.url.String()})
		var fe *FetchError
		if errors.As(err, &fe) {
			continue
		}
		if err != nil {
			return false, err
		}
		if len(f.Body) > mostScript {
			continue
		}
		words := unescape(text(f.Body, f.Header.Get("Content-Type"), ""))
		script.RemoveAttr("src").Empty()
		script.Get(0).AppendChild(&html.Node{Type: html.TextNode, Data: words})
		p.text, loaded = p.text+"\n"+words, true
	}
	return loaded, nil
}

// found counts the reports that a page lists by some rules.
func (d *drafter) found(g guess, at *page) (n int) {
	with := *d
	with.rules, with.entry = g.rules, d.entry+g.entry
	p, err := ReadPortal(d.column.ID, strings.NewReader(with.text(nil)))
	if err != nil {
		return 0
	}
	pg, err := readPage(d.fetched, p.List)
	if err != nil {
		return 0
	}
	for _, it := range pg.items(p.rules, p.List, parts(at.url)) {
		if ok, _ := p.judge(it, &p.Entries[0], ""); ok {
			n++
		}
	}
	return n
}
