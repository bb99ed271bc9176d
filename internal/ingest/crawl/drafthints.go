package crawl

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

var (
	// dataAddress is an address in a script that may give the records of a list.
	dataAddress = regexp.MustCompile(`["']((?:/|\.{1,2}/|\w+[/.])[\w./-]*(?:api|list|search|query|page|data|json|ajax|servlet)[\w./-]*(?:\?[^"'\s]*)?|/(?:api|list|search|query|data)\b[\w./-]*)["']`)
	scriptName  = regexp.MustCompile(`\.(js|css|png|jpe?g|gif|ico|woff2?)(\?|$)`)
	countOfList = regexp.MustCompile(`共\s*\d+\s*(?:页|条)|\d+\s*/\s*\d+\s*页|第\s*\d+\s*页`)
	recordsVar  = regexp.MustCompile(`(?:var|let|const)\s+(\w+)\s*=\s*\[\s*\{`)
	postback    = regexp.MustCompile(`__doPostBack\([^)]*\)`)
	callOpening = regexp.MustCompile(`^\s*(?:javascript:)?\s*\w+\([^)]*\)`)
)

// hints are what a page shows of how its list may be read, each as a line for the
// person who is to complete the file.
func hints(p *page) []string {
	var all []string
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if p.doc == nil {
		return nil
	}
	for _, address := range dataAddresses(p) {
		say("脚本中有数据地址 %s：若列表由它给出，写 list.source: %q（多页时加 {n}），并写 list.read: json", address, address)
	}
	if m := recordsVar.FindStringSubmatch(p.text); m != nil {
		say("脚本变量 %s 像是记录：写 list.read: json 和 list.within: '%s\\s*=\\s*(\\[[\\s\\S]*?\\]);'，再写 item: \".\"、link、title", m[1], m[1])
	}
	if m := postback.FindString(p.text); m != "" {
		say("翻页由表单提交（%s）：写 list.next: {form: form, body: \"__EVENTTARGET=…&__EVENTARGUMENT={n}\"}", shorten(m))
	}
	for _, tag := range []string{"frame", "iframe"} {
		if n := p.doc.Find(tag + "[src]").Length(); n > 0 {
			say("有 %d 个 %s：若列表在其中，写 through: [{link: %q}]", n, tag, tag+"@src")
		}
	}
	if m := countOfList.FindString(squeeze(p.doc.Text())); m != "" {
		say("页面写有“%s”：翻页的地址写在 list.next，如 \"index_{n}.html from 1\" 或 \"{address}&page={n}\"", m)
	}
	if call := openingCall(p); call != "" {
		say("链接由脚本打开（%s）：写 list.link: \"a@onclick\" 和 list.open: {pattern: …, url: …}", shorten(call))
	}
	if base64Words.MatchString(p.text) {
		say("脚本解开 base64：写 list.within: %s 和 list.decode: [base64]，再写 item、link、title；地址也是 base64 的写 list.open: {url: \"{u|unbase64}\", values: {u: \"@data-u\"}}", quoted(base64Call))
	}
	for _, box := range p.doc.Find("select").EachIter() {
		options := box.Find("option")
		name := box.AttrOr("name", "")
		switch v := options.Last().AttrOr("value", ""); {
		case looksLikeURL.MatchString(v):
			say("下拉框的选项是地址（%s）：写 through: [{link: \"select option@value\"}]", shorten(v))
		case name != "" && options.Length() > 1:
			say("下拉框 %s 有 %d 个选项：若选后提交表单，写 through: [{item: %s, title: \".\", open: {url: \"{address}\", values: {v: \"@value\"}}, form: form, body: %s}]；由单位选项而来的另写 unit: by-column",
				name, options.Length(), quoted("select[name="+name+"] option"), quoted(bodyOfChoice(p, name)))
		}
	}
	if n := p.doc.Find("[data-id], [data-url], [data-href]").Length(); n > 0 {
		say("有 %d 个元素带 data- 属性：地址可由 list.open: {url: \"/…/{id}.html\", values: {id: \"@data-id\"}} 拼成", n)
	}
	return all
}

// base64Words finds a long text that a script undoes.
var base64Words = regexp.MustCompile(base64Call)

// bodyOfChoice is what a form posts when something is chosen in a box.
func bodyOfChoice(p *page, name string) string {
	if strings.Contains(p.text, "__doPostBack") {
		return "__EVENTTARGET=" + name + "&" + name + "={v}"
	}
	return name + "={v}"
}

// partialHints tell of records that have titles and no addresses.
func partialHints(partial []guess) (all []string) {
	for _, g := range partial[:min(len(partial), 2)] {
		var values []string
		for _, f := range g.fields[:min(len(g.fields), 5)] {
			name := f[strings.LastIndexByte(f, '.')+1:]
			values = append(values, fmt.Sprintf("%s: %s", name, quoted(f)))
		}
		all = append(all, fmt.Sprintf("%s有报告标题而没有地址：写 list: {%s, open: {url: \"/…/{id}.html\", values: {%s}}}，url 照门户中任一报告的网址写，只留用得着的字段",
			g.note, g.rules, strings.Join(values, ", ")))
	}
	return all
}

// dataAddresses returns a few addresses of data that the scripts of a page name.
func dataAddresses(p *page) []string {
	var all []string
	for _, script := range p.doc.Find("script:not([src])").EachIter() {
		for _, m := range dataAddress.FindAllStringSubmatch(script.Text(), -1) {
			if !scriptName.MatchString(m[1]) && !slices.Contains(all, m[1]) {
				all = append(all, m[1])
			}
		}
	}
	return all[:min(len(all), 3)]
}

// openingCall returns the first call by which a link opens an article, and "" where
// links are plain.
func openingCall(p *page) string {
	call := ""
	p.doc.Find("a").EachWithBreak(func(_ int, a *goquery.Selection) bool {
		for _, attr := range []string{"onclick", "href"} {
			if v := a.AttrOr(attr, ""); (attr == "onclick" || strings.HasPrefix(v, "javascript:")) && callOpening.MatchString(v) && !strings.Contains(v, "void(") && p.addressIn(v) == nil {
				call = squeeze(v)
			}
		}
		return call == ""
	})
	return call
}

// toComplete is the part of a draft that only a person can write: what was seen, and
// the rules to begin with, as comments.
func toComplete(look *Look, seen []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# 未能由此地址找到报告（%s），请按下面的线索补全，再运行 dashboard portals test 此文件。\n", look.State)
	for _, problem := range look.Problems[:min(len(look.Problems), 3)] {
		fmt.Fprintf(&b, "# 问题：%s\n", strings.ReplaceAll(problem.Err.Error(), "\n", " "))
	}
	for _, line := range seen {
		fmt.Fprintf(&b, "# 线索：%s\n", strings.ReplaceAll(line, "\n", " "))
	}
	b.WriteString(`# 可从下列规则开始（去掉行首的 # 号；各键见 docs/portals.md）：
# list:
#   item: "ul.list li"          # 一条记录所在的元素，JSON 则为数组的路径
#   link: "a@href"              # 记录的地址
#   title: "a@title | a"        # 完整标题
#   date: span                  # 日期
#   next: index_{n}.html from 1 # 下一页
# accept: {title: '年度报告|年报'}
`)
	return b.String()
}
