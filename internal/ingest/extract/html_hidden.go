package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What a reader of the rendered page does not see is no part of the document:
// elements with display:none and the like, said by the element or by a simple rule
// of a style sheet in the page, and deleted text. Two cases are in doubt and warn
// where digits of a table are concerned: text struck out, which a reader sees and
// knows to be superseded, and text too small or too white to see.

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
		hides, shows := hiding(body)
		if !hides && !shows {
			continue
		}
		if *r == nil {
			*r = make(hideRules)
		}
		for sel := range strings.SplitSeq(selectors, ",") {
			sel = strings.TrimSpace(sel)
			if sel != "" && !strings.ContainsAny(sel, " >+~:[*") {
				(*r)[sel] = hides
			}
		}
	}
}

// withoutComments removes the comments of a style sheet.
func withoutComments(s string) string {
	for {
		before, rest, ok := strings.Cut(s, "/*")
		if !ok {
			return s
		}
		_, after, _ := strings.Cut(rest, "*/")
		s = before + " " + after
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

// hiding says whether declarations hide an element, or show it expressly.
func hiding(style string) (hides, shows bool) {
	for declaration := range strings.SplitSeq(style, ";") {
		property, value, _ := strings.Cut(declaration, ":")
		property, value = strings.TrimSpace(property), strings.TrimSpace(value)
		value = strings.TrimSpace(strings.TrimSuffix(strings.ToLower(value), "!important"))
		switch strings.ToLower(property) {
		case "display":
			hides, shows = value == "none", value != "none"
		case "visibility":
			hides = hides || value == "hidden" || value == "collapse"
		case "mso-hide":
			hides = hides || value == "all"
		}
	}
	return hides, shows
}

// unseen reports whether a reader does not see an element, and takes note where
// that is in doubt.
func (w *pageWalk) unseen(n *html.Node, c pageScope) bool {
	switch n.DataAtom {
	case atom.Del, atom.S, atom.Strike:
		w.doubt(n, "删除线")
		return true
	}
	var class, id string
	hides, shows := false, false
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "class":
			class = a.Val
		case "id":
			id = a.Val
		case "hidden":
			hides = true
		case "style":
			if w.mayHide(a.Val) {
				h, s := hiding(a.Val)
				hides, shows = hides || h, s
				if !h && w.barelyShown(n, a.Val) {
					return true
				}
			}
		case "color":
			if white(a.Val) && onWhite(n) {
				w.doubt(n, "白色文字")
				return true
			}
		}
	}
	if !hides && !shows && len(w.survey.rules) > 0 {
		hides = w.survey.rules.matches(n.Data, class, id)
	}
	if !hides {
		return false
	}
	w.survey.hides = true
	return !w.reveal && !w.switched(n, class, id)
}

// hidingWords are the words without which a style hides nothing.
var hidingWords = []string{
	"display", "DISPLAY", "visibility", "mso-hide", "line-through", "font-size:0", "font-size: 0",
	"color:#fff", "color: #fff", "color:#FFF", "color: #FFF", "color:white", "color: white", "color:rgb(255", "color: rgb(255",
}

// hidingWordsIn returns those that a page has at all. Exported pages carry a long style
// on every element, and most pages hide nothing.
func hidingWordsIn(page string) []string {
	var words []string
	for _, word := range hidingWords {
		if strings.Contains(page, word) {
			words = append(words, word)
		}
	}
	return words
}

// mayHide tells cheaply whether a style is worth taking apart.
func (w *pageWalk) mayHide(style string) bool {
	for _, word := range w.words {
		if strings.Contains(style, word) {
			return true
		}
	}
	return false
}

// barelyShown judges styles that leave the text in its place and a reader without it.
func (w *pageWalk) barelyShown(n *html.Node, style string) bool {
	for declaration := range strings.SplitSeq(style, ";") {
		property, value, _ := strings.Cut(declaration, ":")
		property, value = strings.TrimSpace(property), strings.TrimSpace(value)
		why := ""
		switch {
		case strings.HasPrefix(property, "text-decoration") && strings.Contains(value, "line-through"):
			why = "删除线"
		case property == "font-size" && strings.HasPrefix(value, "0") && strings.Trim(value, "0.ptxremc%") == "":
			why = "字号为零"
		case property == "color" && white(value) && onWhite(n):
			why = "白色文字"
		}
		if why != "" {
			w.doubt(n, why)
			return true
		}
	}
	return false
}

// white reports whether a colour is white.
func white(value string) bool {
	value = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(value), " ", ""))
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
	if len(plainText(n)) < 100 {
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
	return id != "" && strings.Count(w.page, id) > 1 &&
		(strings.Contains(w.page, `"#`+id+`"`) || strings.Contains(w.page, `'#`+id+`'`) || strings.Contains(w.page, `'`+id+`'`))
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
