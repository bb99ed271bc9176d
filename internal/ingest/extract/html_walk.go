package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A pageWalk gathers a Document from a parsed page in one walk.
type pageWalk struct {
	doc    *Document
	blocks blockList
	page   string // the source, for what a tree does not show
	survey *pageSurvey
	limits Limits
	reveal bool // read what is hidden too
	err    error

	sink   *flow // where text goes: the paragraph or the cell
	para   flow
	cell   flow
	inCell bool

	first  pageScope // of the paragraph's first character
	linked int       // characters of the paragraph that are links
	bold   int       // characters of the paragraph that are bold
	filed  bool      // the paragraph leads to a file

	names   map[string]pagePart    // what class and id values say, as far as met
	styles  map[string]styleEffect // what style values do, as far as met
	files   map[string]bool        // links kept so far
	ids     map[string]bool        // that the page speaks of; nil until asked
	article int                    // paragraphs and grids seen inside article containers
	behind  []*Paragraph           // those that follow an article
	left    bool                   // an article has ended and none begun since
}

// A scope is what holds for everything inside an element.
type pageScope struct {
	chrome  bool // in a menu, a footer, a list of other articles
	article bool // in the container of the article
	crumb   bool // in the breadcrumb
	heading bool
	bold    bool
	link    bool
	pre     bool // line breaks of the source are line breaks
	raised  bool // superscript
}

// walkHTML reads the visible text of a page.
func walkHTML(root *html.Node, page string, s *pageSurvey, limits Limits, reveal bool) (*Document, error) {
	w := &pageWalk{
		doc:  &Document{Type: HTML, Title: s.title, Meta: s.meta},
		page: page, survey: s, limits: limits, reveal: reveal,
		names: make(map[string]pagePart), styles: make(map[string]styleEffect), files: make(map[string]bool),
	}
	w.sink = &w.para
	w.children(root, pageScope{})
	w.flush()
	if w.err != nil {
		return nil, w.err
	}
	w.settleBehind()
	w.doc.Blocks = w.blocks.list
	w.doc.Tables = htmlTables(page, reveal)
	return w.doc, nil
}

// children reads what an element holds. Comments are not seen.
func (w *pageWalk) children(n *html.Node, c pageScope) {
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		switch k.Type {
		case html.TextNode:
			w.write(k.Data, c)
		case html.ElementNode:
			w.element(k, c)
		}
	}
}

// write adds text to the paragraph or cell.
func (w *pageWalk) write(s string, c pageScope) {
	if w.sink.empty() && !w.inCell {
		w.first = c
	}
	before := w.sink.runes
	switch {
	case c.pre:
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				w.sink.newline()
			}
			w.sink.text(line)
		}
	case c.raised:
		w.sink.text(raise(s))
	default:
		w.sink.text(s)
	}
	if c.link {
		w.linked += w.sink.runes - before
	}
	if c.bold {
		w.bold += w.sink.runes - before
	}
}

// raise writes superscript digits, so that 5 with the note 2 is not read as 52.
func raise(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0']
		}
		return r
	}, s)
}

// element reads an element by its kind.
func (w *pageWalk) element(n *html.Node, c pageScope) {
	if w.err != nil {
		return
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Template, atom.Noscript, atom.Noembed, atom.Noframes, atom.Select,
		atom.Textarea, atom.Button, atom.Title, atom.Svg, atom.Math, atom.Rp, atom.Rt, atom.Audio, atom.Video:
		return
	case atom.Br:
		w.sink.newline()
		return
	case atom.Img:
		w.picture(n, c)
		return
	case atom.Iframe, atom.Frame, atom.Embed, atom.Object:
		w.frame(n, c)
		return
	}
	if n.DataAtom == 0 && n.Data == "xml" || w.unseen(n) {
		return
	}
	switch n.DataAtom {
	case atom.B, atom.Strong:
		c.bold = true
	case atom.Sup:
		c.raised = true
	case atom.A:
		c.link = true
		w.link(n, c)
	case atom.Table:
		w.table(n, c)
		return
	default:
		if block(n.DataAtom) {
			w.block(n, c)
			return
		}
	}
	w.children(n, c)
}

// block reads an element that begins on a new line.
func (w *pageWalk) block(n *html.Node, c pageScope) {
	entered := false
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		c.heading = true
	case atom.Pre:
		c.pre = true
	case atom.Td, atom.Th:
		if w.inCell { // a small table inside a cell of data
			w.sink.text(" ")
			w.children(n, c)
			return
		}
	}
	switch w.partOf(n, c) {
	case chromePart:
		c.chrome = true
	case crumbPart:
		c.chrome, c.crumb = true, true
	case articlePart:
		entered = !c.article
		c.article = true
	}
	w.brk()
	seen := len(w.blocks.list)
	if entered {
		w.left = false
	}
	w.children(n, c)
	w.brk()
	if entered {
		w.article += len(w.blocks.list) - seen
		w.left = true
	}
}

// brk ends a line: a paragraph outside cells, a line inside.
func (w *pageWalk) brk() {
	if w.inCell {
		w.sink.newline()
	} else {
		w.flush()
	}
}

// flush makes a paragraph of the text gathered so far.
func (w *pageWalk) flush() {
	text, f, c := "", &w.para, w.first
	linked, bold, runes, filed := w.linked, w.bold, f.runes, w.filed
	if !f.empty() {
		text = f.String()
	}
	f.reset()
	w.linked, w.bold, w.filed = 0, 0, false
	if text == "" {
		return
	}
	p := w.blocks.text(text)
	p.Heading = c.heading || bold == runes && bold > 0
	p.Chrome = c.chrome || !c.article && !filed && linked*10 >= runes*7 && linked > 0
	if crumbs := crumbsIn(text, c.crumb); crumbs != nil {
		p.Chrome = true
		w.doc.Meta.Breadcrumb = append(w.doc.Meta.Breadcrumb, crumbs...)
	}
	if w.left {
		w.behind = append(w.behind, p)
	}
}

// settleBehind marks what follows the article as no part of it, unless the
// container was not the article's after all.
func (w *pageWalk) settleBehind() {
	after := 0
	for _, p := range w.behind {
		if !p.Chrome {
			after++
		}
	}
	if w.article < after {
		return
	}
	for _, p := range w.behind {
		p.Chrome = true
	}
}

// block reports whether an element begins on a new line.
func block(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Td, atom.Th, atom.Tr, atom.Tbody, atom.Thead, atom.Tfoot, atom.Caption, atom.Li, atom.Ul, atom.Ol,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Body, atom.Html, atom.Section, atom.Article, atom.Aside,
		atom.Header, atom.Footer, atom.Nav, atom.Main, atom.Center, atom.Blockquote, atom.Pre, atom.Form, atom.Fieldset,
		atom.Dl, atom.Dt, atom.Dd, atom.Hr, atom.Address, atom.Figure, atom.Figcaption, atom.Details, atom.Summary,
		atom.Dir, atom.Menu, atom.Legend, atom.Frameset:
		return true
	}
	return false
}
