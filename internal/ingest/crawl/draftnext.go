package crawl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// counts are the words in which a page says how many pages a list has, as patterns of a
// portal file; the last are the names that scripts give the number.
func counts() []string {
	return []string{`第\s*\d+\s*页\s*/\s*共\s*(?P<pages>\d+)\s*页`, `\d+\s*/\s*(?P<pages>\d+)\s*页`, `[共分]\s*(?P<pages>\d+)\s*页`,
		`\b(?i:count_?pages?|page_?(?:count|total|nums|sum)|total_?pages?|(?:all|max|sum)_?pages?)["'']?\s*[:=]\s*["'']?(?P<pages>\d+)`}
}

// scriptWays are ways to the next page that scripts join of texts and one number.
func scriptWays(scripts string) (all []string) {
	for _, expr := range joined.FindAllString(scripts, mostTried) {
		names := make(map[string]bool)
		way := template(expr, func(name string) string {
			names[name] = true
			return "n"
		})
		if len(names) != 1 || !pageFile.MatchString(way) {
			continue
		}
		if strings.Contains(way, "{n}") { // a script may count from 0
			all = append(all, way, strings.ReplaceAll(way, "{n}", "{n-1}"))
		} else {
			all = append(all, way)
		}
	}
	return all[:min(len(all), 4)]
}

// pageFile is a template that may name the page of a list.
var pageFile = regexp.MustCompile(`^[\w./-]*\{n([-+]\d+)?\}[\w-]*\.s?html?$|^[\w./-]*\?[\w=&-]*\{n([-+]\d+)?\}$`)

// ways to the next page that are tried where a list says that it has one and nothing
// links it. They are few: each costs the portal a request.
func untoldWays(address string, downwards bool) []string {
	all := []string{"{stem}_{n-1}.{ext}", "{stem}_{n}.{ext}", "{dir}index_{n-1}.html", "{dir}{n}.html"}
	if downwards {
		all = append([]string{"{stem}_{pages-n+1}.{ext}"}, all...)
	}
	if pageInURL.MatchString(address) {
		return []string{pageInURL.ReplaceAllString(address, "${1}{n}${2}")}
	}
	if strings.Contains(address, "?") {
		return []string{"{address}&page={n}", "{address}&p={n}", "{address}&pageNo={n}"}
	}
	return append(all, "{address}?page={n}")
}

// goesOn finds out how a list goes on of which the look has read one page and that has
// more. It returns what is left to a person, "" where nothing is.
func (d *drafter) goesOn(ctx context.Context, look *Look) (left string, err error) {
	if len(look.Candidates) == 0 || d.last == nil || d.fetched == nil || strings.Contains(d.entry, "through:") || len(look.Pages) > 1 {
		return "", nil
	}
	p, err := ReadPortal(d.column.ID, strings.NewReader(d.text(nil)))
	if err != nil {
		return "", err
	}
	pg, err := readPage(d.fetched, p.List)
	if err != nil {
		return "", nil // the look has told
	}
	if pg.data != nil && p.List.Read != "text" {
		if left, err := d.dataGoesOn(pg, len(look.Candidates)+len(look.Rejected)); left+d.next != "" || err != nil {
			return left, err
		}
	}
	if way := postbackWay(pg.text); way != "" {
		d.next = way
		return "", nil
	}
	pattern, pages := counted(pg.text)
	if pages < 2 {
		return "", nil
	}
	left = fmt.Sprintf("列表写明共 %d 页，只读到第一页：写 list.next，如 {pattern: %s, url: \"index_{n-1}.html\"}", pages, quoted(pattern))
	vars := parts(pg.url)
	vars["n"], vars["have"], vars["pages"] = "2", strconv.Itoa(len(look.Candidates)), strconv.Itoa(pages)
	told := scriptWays(pg.text)
	if len(told) == 0 {
		if _, err := d.loadScripts(ctx, pg); err != nil {
			return left, err
		}
		told = scriptWays(pg.text)
	}
	for _, t := range append(told, untoldWays(pg.url.String(), pages > 2)...) {
		fresh, err := d.probe(ctx, p, pg, t, vars, look)
		if err != nil {
			return left, err
		}
		if fresh {
			d.next = fmt.Sprintf("{pattern: %s, url: %s}", quoted(pattern), quoted(t))
			return "", nil
		}
	}
	return left, nil
}

var (
	nextPost   = regexp.MustCompile(`__doPostBack\((?:'|&#39;|\\')([^'&\\]+)(?:'|&#39;|\\'),\s*(?:'|&#39;|\\')([^'&\\]*)(?:'|&#39;|\\')\)["']?[^<>]*>\s*(?:<[^>]*>\s*)*(下一?页)`)
	postedForm = regexp.MustCompile(`(?i)<form[^>]*\bid=["']?([A-Za-z][\w-]*)`)
)

// postbackWay is the way to the next page where a link posts the form of the page.
func postbackWay(text string) string {
	m := nextPost.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	form := "form"
	if id := postedForm.FindStringSubmatch(text); id != nil {
		form = "#" + id[1]
	}
	if pattern, pages := counted(text); pages > 1 && m[2] == "2" {
		return fmt.Sprintf("{pattern: %s, form: %q, body: %q}", quoted(pattern), form, "__EVENTTARGET="+url.QueryEscape(m[1])+"&__EVENTARGUMENT={n}")
	}
	const quote = `(?:''|&#39;)`
	pattern := `__doPostBack\(` + quote + `(?P<target>[^''&]+)` + quote + `,\s*` + quote + `(?P<argument>[^''&]*)` + quote + `\)[^<>]*>\s*(?:<[^>]*>\s*)*` + m[3]
	return fmt.Sprintf("{pattern: '%s', form: %q, body: \"__EVENTTARGET={target}&__EVENTARGUMENT={argument}\"}", pattern, form)
}

// counted returns how many pages a list says that it has, and the pattern of it.
func counted(text string) (pattern string, pages int) {
	for _, pattern := range counts() {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(text); m != nil {
			n, err := strconv.Atoi(m[1])
			if err == nil && n < defaultMaxPages {
				return pattern, n
			}
		}
	}
	return "", 0
}

// probe reports whether an address made by a template lists reports that the look has
// not seen.
func (d *drafter) probe(ctx context.Context, p *Portal, pg *page, template string, vars values, look *Look) (bool, error) {
	ref, err := expand(template, vars)
	if err != nil {
		return false, nil
	}
	to, err := pg.resolve(ref)
	if err != nil || to.Host != pg.url.Host || sameList(to) == sameList(pg.url) {
		return false, nil
	}
	f, err := d.crawler.get(ctx, d.crawler.session(p), request{url: to.String(), referer: pg.url.String()})
	var fe *FetchError
	if errors.As(err, &fe) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	next, err := readPage(f, p.List)
	if err != nil {
		return false, nil
	}
	seen := make(map[string]bool)
	for _, c := range look.Candidates {
		seen[c.URL] = true
	}
	for _, it := range next.items(p.rules, p.List, vars) {
		if ok, _ := p.judge(it, &p.Entries[0], ""); ok && !seen[it.url.String()] {
			return true, nil
		}
	}
	return false, nil
}

var (
	nextName  = regexp.MustCompile(`(?i)^(next|nextpage|nexturl|next_page|next_url)$`)
	tokenName = regexp.MustCompile(`(?i)(token|cursor|after|scroll)`)
)

// dataGoesOn finds out how a list of data goes on.
func (d *drafter) dataGoesOn(pg *page, found int) (left string, err error) {
	link, token := "", ""
	total := totalOf(pg.data, "", 0)
	eachField(pg.data, "", 0, func(path, name, v string) {
		switch {
		case link == "" && nextName.MatchString(name) && looksLikeURL.MatchString(v):
			link = path
		case token == "" && (tokenName.MatchString(name) || nextName.MatchString(name)) && v != "" && v != "false":
			token = path
		}
	})
	n, _ := strconv.Atoi(word(follow(pg.data, total)))
	address := pg.url.String()
	switch {
	case link != "":
		d.next = fmt.Sprintf("{link: %s}", quoted(link))
	case token != "":
		return fmt.Sprintf("数据中有翻页标记 %s：写 list.values: {token: %s} 和 list.next: {url: \"{address}&token={token|query}\"}，参数名以脚本所写为准；由 POST 取得的写 list.next: {url: …, body: '{\"token\":\"{token}\"}'}", token, token), nil
	case n > found && pageInURL.MatchString(address):
		d.next = fmt.Sprintf("{url: %s}", quoted(pageInURL.ReplaceAllString(address, "${1}{n}${2}")))
		d.rules += fmt.Sprintf(", values: {records: %s}", quoted(total))
	case n > found:
		return fmt.Sprintf("数据写明共 %d 条（%s），只读到 %d 条：写 list.values: {records: %s} 和 list.next，如 \"{address}&page={n}\"", n, total, found, total), nil
	}
	return "", nil
}

// eachField walks through the fields of objects that stand in no list.
func eachField(v any, path string, depth int, do func(path, name, value string)) {
	node, ok := opened(v).(map[string]any)
	if !ok || depth > 4 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(node)) {
		switch inner := node[name].(type) {
		case string:
			do(path+name, name, inner)
		case json.Number:
			do(path+name, name, inner.String())
		default:
			eachField(inner, path+name+".", depth+1, do)
		}
	}
}
