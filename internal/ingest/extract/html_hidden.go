package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What a reader of the rendered page does not see is no part of the document:
// elements with display:none and the like, said by the element or by a simple rule
// of a style sheet in the page, and deleted text. Two cases are in doubt and warn
// where digits of a table are concerned: text struck out in a cell that has no other
// figure, and text too small or too white to see.

// hideRules are the selectors of the page's own style sheets that hide what they
// select: tag, .class, #id and tag.class. Other selectors and media rules are not
// judged.
type hideRules map[string]bool

// add takes the rules of a style sheet. A later rule overrides an earlier one.
func (r *hideRules) add(sheet string) {
	if !strings.Contains(sheet, "none") && !strings.Contains(sheet, "hid") {
		return
	}
	sheet = strings.NewReplacer("<!--", "", "-->", "").Replace(withoutComments(sheet))
	for {
		selectors, rest, ok := strings.Cut(sheet, "{")
		if !ok {
			return
		}
		if strings.Contains(selectors, "@") && !strings.Contains(selectors, "@page") {
			sheet = afterBlock(rest)
			continue
		}
		body, after, _ := strings.Cut(rest, "}")
		sheet = after
		e := judgeStyle(body)
		if !e.hides && !e.shows {
			continue
		}
		if *r == nil {
			*r = make(hideRules)
		}
		for sel := range strings.SplitSeq(selectors, ",") {
			sel = strings.TrimSpace(sel)
			if sel != "" && !strings.ContainsAny(sel, " >+~:[*") {
				(*r)[sel] = e.hides
			}
		}
	}
}

// withoutComments removes the comments of a style sheet.
func withoutComments(s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "/*")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteByte(' ')
		_, s, _ = strings.Cut(rest, "*/")
	}
}

// afterBlock returns what follows the block that s is the inside of.
func afterBlock(s string) string {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return s[i+1:]
			}
		}
	}
	return ""
}

// matches reports whether a rule hides an element.
func (r hideRules) matches(tag, class, id string) bool {
	if r[tag] || id != "" && (r["#"+id] || r[tag+"#"+id]) {
		return true
	}
	for name := range strings.FieldsSeq(class) {
		if r["."+name] || r[tag+"."+name] {
			return true
		}
	}
	return false
}

// A styleEffect is what a style says of whether text is seen.
type styleEffect struct {
	hides, shows bool   // hidden, or shown expressly
	barely       string // why the text is left in its place and a reader without it
	white        bool   // the text is white
}

// hidingWords are the words without which a style hides nothing.
var hidingWords = []string{
	"display", "DISPLAY", "visib", "VISIB", "mso-hide", "line-through", "font-size:0", "font-size: 0", "white", "#fff", "#FFF", "(255",
}

// effectOf judges a style. Exported pages carry a long one on every element, the same
// few again and again, and most hide nothing.
func (w *pageWalk) effectOf(style string) styleEffect {
	e, known := w.styles[style]
	if known {
		return e
	}
	for _, word := range hidingWords {
		if strings.Contains(style, word) {
			e = judgeStyle(style)
			break
		}
	}
	w.styles[style] = e
	return e
}

// judgeStyle takes declarations apart.
func judgeStyle(style string) (e styleEffect) {
	for declaration := range strings.SplitSeq(style, ";") {
		property, value, _ := strings.Cut(declaration, ":")
		property = strings.ToLower(strings.TrimSpace(property))
		value = strings.TrimSpace(strings.ToLower(value))
		value = strings.TrimSpace(strings.TrimSuffix(value, "!important"))
		switch property {
		case "display":
			e.hides, e.shows = value == "none", value != "none"
		case "visibility":
			e.hides = e.hides || value == "hidden" || value == "collapse"
		case "mso-hide":
			e.hides = e.hides || value == "all"
		case "text-decoration", "text-decoration-line":
			if strings.Contains(value, "line-through") {
				e.barely = struckOut
			}
		case "font-size":
			if strings.HasPrefix(value, "0") && strings.Trim(value, "0.ptxremc%") == "" {
				e.barely = "字号为零"
			}
		case "color":
			e.white = white(value)
		}
	}
	return e
}

// unseen reports whether a reader does not see an element, and takes note where
// that is in doubt.
func (w *pageWalk) unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Del, atom.S, atom.Strike:
		w.superseded(n)
		return true
	}
	var class, id string
	var e styleEffect
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "class":
			class = a.Val
		case "id":
			id = a.Val
		case "style":
			hidden := e.hides
			e = w.effectOf(a.Val)
			e.hides = e.hides || hidden
		case "hidden":
			e.hides = true
		case "color":
			e.white = e.white || white(a.Val)
		}
	}
	if e.white && e.barely == "" && onWhite(n) {
		e.barely = "白色文字"
	}
	if e.barely == struckOut && !e.hides {
		w.superseded(n)
		return true
	}
	if e.barely != "" && !e.hides {
		w.doubt(n, e.barely)
		return true
	}
	if !e.hides && !e.shows && len(w.survey.rules) > 0 {
		e.hides = w.survey.rules.matches(n.Data, class, id)
	}
	if !e.hides {
		return false
	}
	w.survey.hides = true
	return !w.reveal && !w.switched(n, class, id)
}

// white reports whether a colour is white.
func white(value string) bool {
	value = strings.ToLower(strings.ReplaceAll(value, " ", ""))
	return value == "white" || value == "#fff" || value == "#ffffff" || value == "rgb(255,255,255)"
}

// onWhite reports whether nothing gives a colour to the ground that an element's text
// stands on. A class may, so it counts as one.
func onWhite(n *html.Node) bool {
	for ; n != nil && n.DataAtom != atom.Body; n = n.Parent {
		for i := range n.Attr {
			switch a := &n.Attr[i]; a.Key {
			case "bgcolor", "background", "class":
				return false
			case "style":
				if strings.Contains(a.Val, "background") && !strings.Contains(a.Val, "background:white") && !strings.Contains(a.Val, "background:#fff") {
					return false
				}
			}
		}
	}
	return true
}

// superseded takes note of text that is struck out. Where the cell has another figure
// beside it, that is what stands now; where it has none, a reader may take the cell
// for empty or the stroke for a slip.
func (w *pageWalk) superseded(n *html.Node) {
	cell := n.Parent
	for cell != nil && cell.DataAtom != atom.Td && cell.DataAtom != atom.Th {
		cell = cell.Parent
	}
	if cell == nil || !figureOutside(cell, n) {
		w.doubt(n, struckOut)
	}
}

// figureOutside reports whether a node has a digit that is not within out, nor struck
// out by another element.
func figureOutside(n, out *html.Node) bool {
	switch {
	case n == out, n.DataAtom == atom.Del, n.DataAtom == atom.S, n.DataAtom == atom.Strike:
		return false
	case n.Type == html.TextNode:
		return strings.IndexFunc(n.Data, isDigit) >= 0
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if figureOutside(c, out) {
			return true
		}
	}
	return false
}

// doubt warns once if digits of a table are left out for a reason that a reader may
// judge differently.
func (w *pageWalk) doubt(n *html.Node, why string) {
	if !w.inCell || strings.IndexFunc(plainText(n), isDigit) < 0 {
		return
	}
	for _, have := range w.doc.Warnings {
		if have.Rule == "read.hidden" {
			return
		}
	}
	w.doc.Warnings = append(w.doc.Warnings, Warning{
		Rule: "read.hidden",
		Text: "表格单元格中有未计入的数字（" + why + "：" + squeeze(plainText(n)) + "）；请对照原网页核对",
	})
}

// switched reports whether what is hidden is one of several panes that a reader
// turns to, such as the tab of another year, rather than something left behind: it
// holds a block of text, and it is named a pane, stands beside one like it, or is
// spoken of elsewhere in the page.
func (w *pageWalk) switched(n *html.Node, class, id string) bool {
	switch n.DataAtom {
	case atom.Div, atom.Section, atom.Article, atom.Li, atom.Ul, atom.Dd, atom.Dl:
	default:
		return false
	}
	if !holdsText(n, 100) {
		return false
	}
	lower := strings.ToLower(class)
	for _, word := range []string{"tab", "pane", "swiper", "slide", "collapse", "accordion"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	if class != "" && (sameClass(n.PrevSibling, class, false) || sameClass(n.NextSibling, class, true)) {
		return true
	}
	return id != "" && w.mentioned(id)
}

// holdsText reports whether an element holds so many bytes of text.
func holdsText(n *html.Node, least int) bool {
	for k := range n.Descendants() {
		if k.Type == html.TextNode {
			if least -= len(strings.TrimSpace(k.Data)); least <= 0 {
				return true
			}
		}
	}
	return false
}

// mentioned reports whether the page speaks of an id elsewhere than on its element: as
// "#id" in a link, or as 'id' in a call.
func (w *pageWalk) mentioned(id string) bool {
	if w.ids == nil {
		w.ids = idsIn(w.page)
	}
	return w.ids[id]
}

// idsIn collects what stands in quotes with a # before it, or in single quotes.
func idsIn(page string) map[string]bool {
	ids := make(map[string]bool)
	for i := 0; i < len(page); i++ {
		if page[i] != '"' && page[i] != '\'' {
			continue
		}
		from := i + 1
		if from < len(page) && page[from] == '#' {
			from++
		} else if page[i] == '"' || i > 0 && page[i-1] == '=' {
			continue
		}
		to := from
		for to < len(page) && to-from < 64 && page[to] > ' ' && page[to] != page[i] {
			to++
		}
		if to < len(page) && page[to] == page[i] && to > from {
			ids[page[from:to]] = true
		}
	}
	return ids
}

// sameClass reports whether the element nearest to n, forward or back, has a class
// value.
func sameClass(n *html.Node, class string, forward bool) bool {
	for n != nil && n.Type != html.ElementNode {
		if forward {
			n = n.NextSibling
		} else {
			n = n.PrevSibling
		}
	}
	return n != nil && attr(n, "class") == class
}
