package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A part is what the name of an element says it is on the page.
type pagePart uint8

const (
	plainPart pagePart = iota
	chromePart
	crumbPart
	articlePart
)

// partOf says what an element is, from its tag, class and id.
func (w *pageWalk) partOf(n *html.Node, c pageScope) pagePart {
	switch n.DataAtom {
	case atom.Nav, atom.Footer, atom.Aside:
		return chromePart
	case atom.Article, atom.Main:
		return articlePart
	}
	for i := range n.Attr {
		a := &n.Attr[i]
		if a.Key != "class" && a.Key != "id" || a.Val == "" {
			continue
		}
		p, known := w.names[a.Val]
		if !known {
			p = partNamed(a.Val)
			w.names[a.Val] = p
		}
		// Inside the article a class named top or side is the author's, not the theme's.
		if p != plainPart && !(p == chromePart && c.article) {
			return p
		}
	}
	return plainPart
}

// articleNames are the names by which content systems mark the article.
var articleNames = map[string]bool{
	"zoom": true, "zoomcon": true, "trs_editor": true, "trs_editor_view": true, "trs_ueditor": true, "trs_preappend": true,
	"ucap-content": true, "article-content": true, "articlecontent": true, "article_content": true, "article-body": true, "news_content": true,
	"news-content": true, "newscontent": true, "xxgk_content": true, "xxgk-content": true, "pages_content": true, "wzcon": true,
	"j-fontcontent": true, "v_news_content": true, "detail-content": true, "detail_content": true, "bt_content": true, "zwcontent": true,
	"article-con": true, "article_con": true, "con_text": true, "textcontent": true, "text-content": true, "view_content": true,
	"txtcontent": true, "zfxxgk_content": true,
}

// chromeNames are the words by which menus, footers and lists of other articles are
// named.
var chromeNames = map[string]bool{
	"nav": true, "navi": true, "navbar": true, "navigation": true, "menu": true, "submenu": true, "footer": true, "foot": true, "bottom": true,
	"top": true, "topbar": true, "header": true, "head": true, "side": true, "sidebar": true, "aside": true, "left": true, "logo": true,
	"banner": true, "copyright": true, "friend": true, "friendlink": true, "friendlinks": true, "related": true, "relevant": true,
	"share": true, "bshare": true, "bdsharebuttonbox": true, "recommend": true, "hot": true, "pn": true, "prevnext": true, "pager": true,
	"pagination": true, "search": true, "login": true, "toolbar": true, "qrcode": true, "ewm": true, "xgxw": true, "xgwz": true, "tools": true,
}

// crumbNames are the words by which the breadcrumb is named.
var crumbNames = map[string]bool{
	"crumb": true, "crumbs": true, "breadcrumb": true, "breadcrumbs": true, "bread": true, "position": true, "location": true,
	"dqwz": true, "weizhi": true, "curpos": true, "currentpath": true, "wz": true, "curmb": true, "path": true,
}

// bodyWords keep a name that also has a word of chrome from being taken for it:
// the head of an article belongs to the article.
var bodyWords = map[string]bool{
	"article": true, "content": true, "con": true, "main": true, "detail": true, "title": true, "text": true, "body": true, "page": true, "wrap": true, "table": true,
}

// partNamed judges a class or id value: its names whole, then the words in them.
func partNamed(value string) pagePart {
	value = strings.ToLower(value)
	found := plainPart
	for name := range strings.FieldsSeq(value) {
		if articleNames[name] || strings.HasPrefix(name, "vsb_content") {
			return articlePart
		}
		chrome, body := false, false
		for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '-' || r == '_' }) {
			word = strings.TrimRight(word, "0123456789")
			switch {
			case crumbNames[word]:
				return crumbPart
			case chromeNames[word]:
				chrome = true
			case bodyWords[word]:
				body = true
			}
		}
		if chrome && !body {
			found = chromePart
		}
	}
	return found
}

// crumbsIn returns the columns that a breadcrumb names, or nil if text is none. An
// element named as one may hold each column in a paragraph of its own.
func crumbsIn(text string, named bool) []string {
	rest, introduced := text, false
	for _, intro := range []string{"当前位置", "当前所在位置", "您现在的位置", "您现在所在的位置", "您当前的位置", "您的位置", "所在位置", "现在位置", "首页 >", "首页>"} {
		if !strings.HasPrefix(text, intro) {
			continue
		}
		introduced = true
		if !strings.HasPrefix(intro, "首页") {
			rest = strings.TrimLeft(strings.TrimPrefix(text, intro), "是为：: ")
		}
		break
	}
	if !introduced && !named || len(text) > 600 {
		return nil
	}
	crumbs := []string{}
	for name := range strings.FieldsFuncSeq(rest, func(r rune) bool { return strings.ContainsRune(">»›→＞\n/", r) }) {
		if name = strings.TrimSpace(name); name != "" {
			crumbs = append(crumbs, name)
		}
	}
	return crumbs
}
