package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plant builds the tree of a page as html.Parse does, at a fraction of the cost: texts
// share the memory of the page, nodes come in batches, attributes that nothing asks for
// are passed over. It follows the rules by which tags imply others, of paragraphs, lists
// and tables too, but not those that mend what is nested wrongly: it returns nil for a
// page on which they would matter, and the parser decides. FuzzPlant holds that the two
// agree wherever plant does not give up.
func plant(page string) *html.Node {
	if strings.IndexByte(page, 0) >= 0 {
		return nil
	}
	p := planter{markup: markup{src: page}}
	p.root = p.node(html.DocumentNode, 0, "")
	for p.at < len(page) && !p.lost {
		p.piece()
	}
	p.body()
	if p.lost {
		return nil
	}
	return p.root
}

// deepest is how deep elements may be nested, less than where html.Parse gives up.
const deepest = 500

// A planter is a tree that grows.
type planter struct {
	markup
	at   int  // all before it is in the tree
	lost bool // the parser must decide

	root  *html.Node
	html  *html.Node
	head  *html.Node
	stage pageStage
	known bool // whether a table may stand in a paragraph is known
	loose bool // it may: the page has no document type
	form  bool // a form has begun and its end tag not been met
	open  []openElement

	names [64]tagNamed     // as far as met
	nodes []html.Node      // not used yet
	attrs []html.Attribute // not used yet
}

// A tagNamed is a name as it stands in a tag, and the element that it means.
type tagNamed struct {
	name string
	atom atom.Atom
	data string
}

// An openElement is one that has not ended.
type openElement struct {
	node *html.Node
	kind elementKind
}

// A pageStage is how far the frame of the page is.
type pageStage uint8

const (
	beforeDoctype pageStage = iota
	beforeHTML
	beforeHead
	inHead
	afterHead
	inBody
)

// piece takes what stands at p.at: text up to the next tag, or a tag.
func (p *planter) piece() {
	from := p.at
	for {
		next := strings.IndexByte(p.src[p.at:], '<')
		if next < 0 {
			p.at = len(p.src)
			p.text(p.src[from:])
			return
		}
		p.at += next
		if p.at+1 == len(p.src) {
			p.lost = true // it is text or not, with what the parser had before
			return
		}
		if c := p.src[p.at+1]; opensName(c) || c == '/' || c == '!' || c == '?' {
			break
		}
		p.at++ // a < that is text
	}
	if p.at > from {
		p.text(p.src[from:p.at])
	}
	p.tag()
}

// tag takes the tag, comment or declaration at p.at.
func (p *planter) tag() {
	switch c := p.src[p.at+1]; {
	case c == '!' || c == '?':
		p.declaration()
	case opensName(c):
		p.startTag()
	case p.at+2 < len(p.src) && opensName(p.src[p.at+2]):
		p.endTag()
	case p.at+2 == len(p.src):
		p.lost = true
	default:
		p.at = p.indexAfter(p.at+2, ">") // </3> is a comment
	}
}

// declaration passes over a comment, and takes note of the document type.
func (p *planter) declaration() {
	end := p.declarationEnd(p.at)
	said := strings.ToLower(p.src[p.at:min(end, p.at+40)])
	if p.stage == beforeDoctype && strings.HasPrefix(said, "<!doctype") {
		p.stage = beforeHTML
		p.known = said == "<!doctype html>"
	}
	p.at = end
}

// text adds text to the element that is open.
func (p *planter) text(s string) {
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	switch {
	case p.stage != inBody:
		if s = strings.TrimLeft(s, " \t\r\n\f"); s == "" {
			return
		}
		p.body()
	case p.top().kind.tabular():
		p.lost = p.lost || strings.Trim(s, " \t\r\n\f") != "" // it is moved before the table
		return
	}
	if idleSpace(p.top().kind, p.top().node.LastChild) && strings.Trim(s, " \t\r\n\f") == "" {
		return
	}
	p.attach(p.node(html.TextNode, 0, s))
}

// idleSpace reports whether white space shows nothing behind a node, or at the beginning
// of an element where there is none: it stands at the beginning of a line.
func idleSpace(in elementKind, behind *html.Node) bool {
	return in.lines() && (behind == nil || behind.Type == html.ElementNode && kindOfElement(behind.DataAtom).lines())
}

// body opens the body, and what must stand before it.
func (p *planter) body() {
	if p.stage < inHead {
		p.openHead()
	}
	if p.stage < inBody {
		p.pop(1) // all but the document element
		p.stage = inBody
		p.push(p.node(html.ElementNode, atom.Body, "body"), documentElement)
	}
}

// openHead opens the head, and what must stand before it.
func (p *planter) openHead() {
	if p.stage < beforeHead {
		p.openHTML(p.node(html.ElementNode, atom.Html, "html"))
	}
	p.stage = inHead
	p.head = p.node(html.ElementNode, atom.Head, "head")
	p.push(p.head, documentElement)
}

// openHTML opens the element around all others.
func (p *planter) openHTML(n *html.Node) {
	if p.stage == beforeDoctype {
		p.known, p.loose = true, true
	}
	p.stage = beforeHead
	p.html = n
	p.push(n, rootElement)
}

// top returns the element that is open, none where the page has not begun.
func (p *planter) top() openElement {
	if len(p.open) == 0 {
		return openElement{node: p.root}
	}
	return p.open[len(p.open)-1]
}

// push opens an element in the one that is open.
func (p *planter) push(n *html.Node, kind elementKind) {
	p.attach(n)
	p.open = append(p.open, openElement{n, kind})
	p.lost = p.lost || len(p.open) > deepest
}

// pop closes elements until only n are open.
func (p *planter) pop(n int) { p.open = p.open[:min(n, len(p.open))] }

// cut closes elements until only n are open. Dress among them would be opened again,
// which is for the parser.
func (p *planter) cut(n int) {
	for i := n + 1; i < len(p.open); i++ {
		if p.open[i].kind.dresses() {
			p.lost = true
		}
	}
	p.pop(n)
}

// attach adds a node to the element that is open.
func (p *planter) attach(n *html.Node) { attachTo(p.top().node, n) }

// attachTo adds a node behind the children of another.
func attachTo(parent, n *html.Node) {
	n.Parent = parent
	if last := parent.LastChild; last != nil {
		last.NextSibling, n.PrevSibling = n, last
	} else {
		parent.FirstChild = n
	}
	parent.LastChild = n
}

// node returns a new node.
func (p *planter) node(kind html.NodeType, a atom.Atom, data string) *html.Node {
	if len(p.nodes) == 0 {
		p.nodes = make([]html.Node, 256)
	}
	n := &p.nodes[0]
	p.nodes = p.nodes[1:]
	n.Type, n.DataAtom, n.Data = kind, a, data
	return n
}
