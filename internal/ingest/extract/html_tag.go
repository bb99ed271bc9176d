package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// startTag takes the start tag at p.at.
func (p *planter) startTag() {
	from := p.at
	n, end := p.element()
	if end > len(p.src) {
		p.lost = true // the page ends in the tag
		return
	}
	p.at = end
	kind := kindOfElement(n.DataAtom)
	if p.stage != inBody && p.frame(n, kind, from) {
		return
	}
	p.body()
	if p.top().kind.tabular() || kind.ofTable() {
		p.tablePart(n, kind)
		return
	}
	p.inBody(n, kind)
}

// frame takes a tag before the body, and reports whether it does not open the body.
func (p *planter) frame(n *html.Node, kind elementKind, from int) bool {
	switch {
	case kind == rootElement && p.stage <= beforeHTML:
		p.openHTML(n)
	case n.DataAtom == atom.Head && p.stage <= beforeHead:
		p.openHead()
		p.head.Attr = n.Attr
	case n.DataAtom == atom.Body:
		p.body()
		p.top().node.Attr = n.Attr
	case kind == headElement, kind == rawHeadElement, n.DataAtom == atom.Noscript && p.stage <= inHead:
		if p.stage < inHead {
			p.openHead()
		}
		attachTo(p.head, n)
		p.raw(n, kind)
	case kind == rootElement, n.DataAtom == atom.Head:
		p.lost = true // a second one
	default:
		return false
	}
	return true
}

// inBody takes a start tag where text may stand.
func (p *planter) inBody(n *html.Node, kind elementKind) {
	switch kind {
	case inlineElement, dressElement, objectElement:
	case dividedElement:
		p.lost = p.lost || p.find(n.DataAtom, kind, false) >= 0
	case blockElement, listElement, paragraphElement:
		p.endParagraph()
	case headingElement:
		p.endParagraph()
		p.lost = p.lost || p.top().kind == headingElement
	case itemElement, termElement:
		p.endItem(kind)
		p.endParagraph()
	case formElement:
		p.lost = p.lost || p.form
		p.endParagraph()
		p.form = true
	case buttonElement:
		p.lost = p.lost || p.find(atom.Button, kind, false) >= 0
	case ruleElement:
		p.endParagraph()
		p.attach(n)
		return
	case voidElement, headElement:
		p.attach(n)
		return
	case rawElement, rawHeadElement:
		p.attach(n)
		p.raw(n, kind)
		return
	default:
		p.lost = true
	}
	p.push(n, kind)
}

// raw adds the content of an element that only its own tag ends.
func (p *planter) raw(n *html.Node, kind elementKind) {
	if kind == headElement {
		return
	}
	end, tag, ok := p.rawEnd(p.at, n.Data)
	if !ok {
		p.lost = true
		return
	}
	s := newlines(p.src[p.at:end])
	if n.DataAtom == atom.Title {
		s = html.UnescapeString(s)
	}
	if s != "" {
		attachTo(n, p.node(html.TextNode, 0, s))
	}
	p.at = p.tagEnd(tag)
	p.lost = p.lost || p.at > len(p.src)
}

// newlines returns text with the line breaks that a parser makes of others.
func newlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// endTag takes the end tag at p.at.
func (p *planter) endTag() {
	name := p.src[p.at+2 : p.nameEnd(p.at+2)]
	p.at = p.tagEnd(p.at + 2)
	if p.at > len(p.src) {
		p.lost = true
		return
	}
	a, data := p.tagName(name)
	kind := kindOfElement(a)
	if p.stage != inBody {
		if p.stage != inHead || a != atom.Head {
			p.lost = true
			return
		}
		p.pop(1)
		p.stage = afterHead
		return
	}
	if a == atom.Body || a == atom.Html {
		return // what follows is still in the body
	}
	if p.top().kind.tabular() || kind.ofTable() {
		p.endTablePart(a, kind)
		return
	}
	p.endInBody(a, data, kind)
}

// endInBody takes an end tag where text may stand. One that closes nothing is nothing.
func (p *planter) endInBody(a atom.Atom, data string, kind elementKind) {
	switch kind {
	case blockElement, listElement, buttonElement:
		if p.find(a, kind, false) >= 0 {
			p.endImplied()
			p.cut(p.find(a, kind, false))
		}
	case paragraphElement:
		if i := p.find(a, kind, true); i >= 0 {
			p.cut(i)
		} else {
			p.attach(p.node(html.ElementNode, atom.P, "p"))
		}
	case itemElement, termElement, headingElement, objectElement:
		if i := p.find(a, kind, false); i >= 0 {
			p.cut(i)
		}
	case dressElement, dividedElement:
		if p.top().node.DataAtom == a {
			p.pop(len(p.open) - 1)
		} else if p.find(a, kind, false) >= 0 {
			p.lost = true // closed in the wrong order
		}
	case formElement:
		p.endImplied()
		if !p.form || p.top().kind != formElement {
			p.lost = true
			return
		}
		p.form = false
		p.pop(len(p.open) - 1)
	default:
		if a == atom.Br || kind == foreignElement {
			p.lost = true // </br> is <br>
			return
		}
		p.endInline(a, data)
	}
}

// endInline closes an element, unless one is open in it that is special.
func (p *planter) endInline(a atom.Atom, data string) {
	for i := len(p.open) - 1; i >= 0; i-- {
		if n := p.open[i].node; n.DataAtom == a && n.Data == data {
			p.cut(i)
			return
		}
		if p.open[i].kind.special() {
			return
		}
	}
}

// find returns the position of the innermost open element of a name (of any heading,
// where that is the kind) that is in scope, -1 where there is none.
func (p *planter) find(a atom.Atom, kind elementKind, inButton bool) int {
	for i := len(p.open) - 1; i >= 0; i-- {
		o := p.open[i]
		switch {
		case o.node.DataAtom == a, kind == headingElement && o.kind == kind:
			return i
		case o.kind.bounds(), inButton && o.kind == buttonElement, kind == itemElement && o.kind == listElement:
			return -1
		}
	}
	return -1
}

// endParagraph closes the paragraph that is open.
func (p *planter) endParagraph() {
	if i := p.find(atom.P, paragraphElement, true); i >= 0 {
		p.cut(i)
	}
}

// endItem closes the item that another one follows.
func (p *planter) endItem(kind elementKind) {
	for i := len(p.open) - 1; i >= 0; i-- {
		o := p.open[i]
		switch {
		case o.kind == kind:
			p.cut(i)
			return
		case o.kind == paragraphElement, o.node.DataAtom == atom.Div, o.node.DataAtom == atom.Address:
		case o.kind.special():
			return
		}
	}
}

// endImplied closes what needs no end tag.
func (p *planter) endImplied() {
	for {
		switch p.top().kind {
		case itemElement, termElement, paragraphElement:
			p.pop(len(p.open) - 1)
		default:
			return
		}
	}
}

// tagEnd returns where the tag whose name begins at i ends, beyond the page if it does
// not.
func (p *planter) tagEnd(i int) int {
	i = p.nameEnd(i)
	for {
		i = p.skipSpace(i)
		if i == len(p.src) {
			return i + 1
		}
		if p.src[i] == '>' {
			return i + 1
		}
		i = p.attribute(i).end
	}
}

// element returns the element that the start tag at p.at opens, and where the tag ends,
// beyond the page if it does not.
func (p *planter) element() (n *html.Node, end int) {
	i := p.nameEnd(p.at + 1)
	a, name := p.tagName(p.src[p.at+1 : i])
	n = p.node(html.ElementNode, a, name)
	taken, styled := 0, false // the first style counts
	for {
		i = p.skipSpace(i)
		if i == len(p.src) {
			return n, i + 1
		}
		if p.src[i] == '>' {
			break
		}
		a := p.attribute(i)
		i = a.end
		style := isName(a.key, "style")
		if a.key != "" && !(style && styled) && !p.idle(n.Data, a) {
			taken += p.keep(taken, a)
		}
		styled = styled || style
	}
	n.Attr = p.attrs[:taken:taken]
	p.attrs = p.attrs[taken:]
	return n, i + 1
}

// keep puts an attribute behind those of the same element that are kept already, and
// returns how many that adds: of two of a name the first counts.
func (p *planter) keep(taken int, a attribute) int {
	key := lowerName(a.key)
	for i := range taken {
		if p.attrs[i].Key == key {
			return 0
		}
	}
	if taken == len(p.attrs) {
		more := make([]html.Attribute, max(128, 2*taken))
		copy(more, p.attrs[:taken])
		p.attrs = more
	}
	p.attrs[taken] = html.Attribute{Key: key, Val: p.plainValue(a.value)}
	return 1
}

// plainValue returns the value of an attribute without references. The rules for those
// without a semicolon are others than in text, so the tokenizer is asked.
func (p *planter) plainValue(value string) string {
	if strings.IndexByte(value, '&') < 0 && strings.IndexByte(value, '\r') < 0 {
		return value
	}
	quote := `"`
	if strings.Contains(value, quote) {
		quote = "'"
		p.lost = p.lost || strings.Contains(value, quote)
	}
	z := html.NewTokenizer(strings.NewReader("<a a=" + quote + value + quote + ">"))
	z.Next()
	z.TagName()
	_, plain, _ := z.TagAttr()
	return string(plain)
}

// tagName returns the atom and the name of an element. A page has the same few again and
// again.
func (p *planter) tagName(name string) (atom.Atom, string) {
	met := &p.names[(len(name)*7+int(name[0])+int(name[len(name)-1])*3)%len(p.names)]
	if met.name != name {
		*met = tagNamed{name: name}
		met.atom, met.data = lookUp(name)
	}
	return met.atom, met.data
}

// lookUp returns the atom and the name of an element. Most names are atoms, whose strings
// cost nothing.
func lookUp(name string) (atom.Atom, string) {
	var room [16]byte
	if len(name) <= len(room) {
		lower := append(room[:0], name...)
		for i, c := range lower {
			lower[i] = lowerByte(c)
		}
		if a := atom.Lookup(lower); a != 0 {
			return a, a.String()
		}
	}
	return 0, lowerName(name)
}

// lowerName returns a name with its letters of ASCII in lower case.
func lowerName(name string) string {
	for i := range len(name) {
		if 'A' <= name[i] && name[i] <= 'Z' {
			return string(lowerASCII([]byte(name)))
		}
	}
	return name
}
