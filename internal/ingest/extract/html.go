package extract

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"gongkai/internal/report"
)

// tagsPerPage bounds the tags of a page, as a multiple of Limits.Pages: each costs
// a node, so a small file could otherwise fill the memory.
const tagsPerPage = 200

// readHTML reads a web page, or a fragment of one.
func readHTML(ctx context.Context, in input) (*Document, error) {
	d := decode(in.body, metaCharset(in.body), charsetOf(in.contentType))
	doc, err := pageOf(ctx, d.text, in)
	if err != nil {
		return nil, err
	}
	doc.Route = d.route + doc.Route
	doc.Warnings = append(d.warnings, doc.Warnings...)
	if len(doc.Blocks) == 0 && len(doc.Links) == 0 && doc.Pictures == 0 {
		return nil, unreadable("网页没有正文，也没有指向文件的链接（内容可能由脚本载入）；请提供正文所在的网址或附件")
	}
	return doc, nil
}

// pageOf reads a page that is UTF-8. Where the page shows no statutory table, what
// its scripts hold and what it hides until a click are looked at too.
func pageOf(ctx context.Context, page []byte, in input) (*Document, error) {
	if bytes.Count(page, []byte("<")) > in.limits.Pages*tagsPerPage {
		return nil, &report.LimitError{Limit: "pages", Max: int64(in.limits.Pages)}
	}
	text := string(page)
	root, err := treeOf(text)
	if err != nil {
		return nil, unreadable("网页无法解析：%v；请用浏览器另存后重试", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	survey := surveyOf(root)
	doc, err := walkHTML(root, text, survey, in.limits, false)
	if err != nil {
		return nil, err
	}
	doc.Digits = htmlDigits(text)
	if cutOff(page) {
		doc.Warnings = append(doc.Warnings, Warning{Rule: "read.truncated", Text: "网页在表格中间中断，后面的内容可能缺失；请重新下载后核对"})
	}
	if hasStatutoryGrid(doc) {
		return doc, nil
	}
	return elsewhere(ctx, doc, root, text, survey, in)
}

// cutOff reports whether a page ends inside a table: one is open, and what closes a page
// is missing too.
func cutOff(page []byte) bool {
	tail := lowerASCII(page[max(0, len(page)-1024):])
	if bytes.Contains(tail, []byte("</html")) || bytes.Contains(tail, []byte("</body")) {
		return false
	}
	lower := lowerASCII(page)
	return bytes.LastIndex(lower, []byte("<table")) > bytes.LastIndex(lower, []byte("</table"))
}

// elsewhere looks for the report where a page that shows no statutory table may
// have it: as text without a table, in a script, or hidden until a click.
func elsewhere(ctx context.Context, doc *Document, root *html.Node, text string, s *pageSurvey, in input) (*Document, error) {
	if rebuildDocument(doc) {
		return doc, nil
	}
	if found, err := scriptArticle(ctx, doc, s, in); found || err != nil {
		return doc, err
	}
	if s.hides {
		shown, err := walkHTML(root, text, s, in.limits, true)
		if err != nil {
			return nil, err
		}
		if hasStatutoryGrid(shown) {
			shown.Digits = doc.Digits
			shown.Warnings = append(shown.Warnings, Warning{
				Rule: "read.hidden", Text: "统计表所在的部分在网页上默认不显示；请核对原网页上读者看到的是否就是这些表格"})
			return shown, nil
		}
	}
	warnImageTable(doc)
	return doc, nil
}

// warnImageTable says that a table may be among the pictures.
func warnImageTable(doc *Document) {
	if doc.Pictures > 0 {
		doc.Warnings = append(doc.Warnings, Warning{
			Rule: "form.image_table",
			Text: fmt.Sprintf("正文没有文字形式的统计表，但有 %d 张图片，表格可能在图片中；需人工录入或索取文字版", doc.Pictures),
		})
	}
}

// treeOf returns the elements of a page as html.Parse has them, but for comments,
// what only dresses, and white space between the tags of tables. Where plant gives up,
// the parser is asked. It refuses elements nested more than 512 deep, which pages with
// inline elements that nobody closes are; those are parsed again without their inline
// elements, which carry no table.
func treeOf(page string) (*html.Node, error) {
	if root := plant(page); root != nil {
		return root, nil
	}
	root, err := html.Parse(strings.NewReader(slim(page)))
	if err != nil && strings.Contains(err.Error(), "512") {
		root, err = html.Parse(bytes.NewReader(withoutInline(page)))
	}
	return root, err
}

// withoutInline drops the tags of inline elements and keeps everything else.
func withoutInline(page string) []byte {
	z := html.NewTokenizer(strings.NewReader(page))
	out := make([]byte, 0, len(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			raw := z.Raw()
			kept := len(out)
			out = append(out, raw...)
			name, _ := z.TagName()
			if inline(atom.Lookup(name)) {
				out = out[:kept]
			}
		default:
			out = append(out, z.Raw()...)
		}
	}
}

// inline reports whether an element only dresses text.
func inline(a atom.Atom) bool {
	switch a {
	case atom.Span, atom.Font, atom.B, atom.Strong, atom.I, atom.Em, atom.U, atom.Big, atom.Small, atom.Nobr, 0:
		return true
	}
	return false
}

// A survey is what must be known of a page before its text is walked.
type pageSurvey struct {
	title   string
	meta    Meta
	rules   hideRules
	scripts []*html.Node
	layout  map[*html.Node]bool // the tables that only place other tables
	hides   bool                // something may be hidden
}

// surveyOf looks through the tree once.
func surveyOf(root *html.Node) *pageSurvey {
	s := &pageSurvey{}
	s.look(root, nil)
	return s
}

// A tableSize counts what a table holds itself and what the tables in it hold.
type tableSize struct{ cells, inner, nested int }

// look visits a node and those below it. t is the table around them, nil outside.
func (s *pageSurvey) look(n *html.Node, t *tableSize) {
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		if k.Type != html.ElementNode {
			continue
		}
		switch k.DataAtom {
		case atom.Title:
			if s.title == "" && k.Namespace == "" {
				s.title = squeeze(plainText(k))
			}
		case atom.Meta:
			s.meta.take(attr(k, "name"), attr(k, "property"), attr(k, "content"))
		case atom.Link:
			if strings.EqualFold(attr(k, "rel"), "canonical") {
				s.meta.Canonical = attr(k, "href")
			}
		case atom.Style:
			s.rules.add(plainText(k))
		case atom.Script:
			s.scripts = append(s.scripts, k)
		case atom.Table:
			s.table(k, t)
		case atom.Td, atom.Th:
			if t != nil {
				t.cells++
			}
			s.look(k, t)
		default:
			s.look(k, t)
		}
	}
}

// table judges whether a table places other tables. A table of data stays one if a
// few of its cells are themselves tables: the form in them is then the smaller part.
func (s *pageSurvey) table(n *html.Node, outer *tableSize) {
	var size tableSize
	s.look(n, &size)
	if outer != nil {
		outer.nested++
		outer.inner += size.cells + size.inner
	}
	if size.nested == 0 || size.cells-size.nested >= 12 && size.inner*2 <= size.cells {
		return
	}
	if s.layout == nil {
		s.layout = make(map[*html.Node]bool)
	}
	s.layout[n] = true
}

// take keeps a meta element if it is one that says what the article is.
func (m *Meta) take(name, property, content string) {
	if name == "" {
		name = property
	}
	if name == "" || content == "" {
		return
	}
	var field *string
	switch strings.ToLower(name) {
	case "articletitle", "og:title":
		field = &m.ArticleTitle
	case "pubdate", "publishdate", "publishedtime", "article:published_time":
		field = &m.PubDate
	case "contentsource", "source":
		field = &m.Source
	case "columnname":
		field = &m.Column
	case "sitename", "og:site_name":
		field = &m.Site
	default:
		return
	}
	if *field == "" {
		*field = squeeze(content)
	}
}

// attr returns the value of an attribute, "" where the element has none.
func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}

// plainText returns the text below a node as it stands.
func plainText(n *html.Node) string {
	if k := n.FirstChild; k != nil && k.NextSibling == nil && k.Type == html.TextNode {
		return k.Data
	}
	var b strings.Builder
	for k := range n.Descendants() {
		if k.Type == html.TextNode {
			b.WriteString(k.Data)
		}
	}
	return b.String()
}
