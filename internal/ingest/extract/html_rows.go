package extract

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// ofTable reports whether an element is a table's own part.
func (k elementKind) ofTable() bool {
	switch k {
	case tableElement, cellElement, rowElement, rowsElement, columnsElement, columnElement, captionElement:
		return true
	}
	return false
}

// tablePart takes the start tag of a part of a table, or of anything where only such
// parts may stand.
func (p *planter) tablePart(n *html.Node, kind elementKind) {
	inTable := p.inner(tableElement)
	switch kind {
	case tableElement:
		p.openTable(n)
		return
	case cellElement, rowElement, rowsElement, columnsElement, columnElement, captionElement:
		if inTable < 0 {
			return // it stands in no table
		}
	case rawHeadElement:
		if n.DataAtom == atom.Title {
			p.lost = true
			return
		}
		p.attach(n)
		p.raw(n, kind)
		p.lost = p.lost || p.top().kind == columnsElement
		return
	default:
		p.lost = true // it is moved before the table
		return
	}
	if p.inner(captionElement) > inTable {
		p.lost = true // the caption is not closed
		return
	}
	switch kind {
	case cellElement:
		p.closeTo(rowElement, inTable)
		p.need(rowElement)
		p.push(n, kind)
	case rowElement:
		p.closeTo(rowsElement, inTable)
		p.need(rowsElement)
		p.push(n, kind)
	case columnElement:
		p.closeTo(columnsElement, inTable)
		p.need(columnsElement)
		p.attach(n)
	default:
		p.shut(inTable + 1)
		p.push(n, kind)
	}
}

// openTable opens a table. Whether it closes the paragraph before it hangs on the type
// of the document.
func (p *planter) openTable(n *html.Node) {
	if p.top().kind.tabular() {
		p.lost = true // it closes the table around it
		return
	}
	if !p.loose && p.find(atom.P, paragraphElement, true) >= 0 {
		p.lost = p.lost || !p.known
		p.endParagraph()
	}
	p.push(n, tableElement)
}

// inner returns the position of the innermost open element of a kind, -1 where none is.
func (p *planter) inner(kind elementKind) int {
	for i := len(p.open) - 1; i >= 0; i-- {
		if p.open[i].kind == kind {
			return i
		}
	}
	return -1
}

// closeTo closes what is open in a part of the innermost table, and in the table if it has
// no such part open.
func (p *planter) closeTo(kind elementKind, inTable int) {
	if i := p.inner(kind); i > inTable {
		p.shut(i + 1)
		return
	}
	if kind == rowElement {
		if i := p.inner(rowsElement); i > inTable {
			p.shut(i + 1)
			return
		}
	}
	p.shut(inTable + 1)
}

// shut closes elements until only n are open. A cell forgets the dress in it, but not
// what an object in it hides.
func (p *planter) shut(n int) {
	for i := n; i < len(p.open); i++ {
		p.lost = p.lost || p.open[i].kind == objectElement
	}
	p.pop(n)
}

// need opens the part of a table that a cell, row or column must stand in.
func (p *planter) need(kind elementKind) {
	if p.top().kind == kind {
		return
	}
	name := atom.Tbody
	switch kind {
	case rowElement:
		p.need(rowsElement)
		name = atom.Tr
	case columnsElement:
		name = atom.Colgroup
	}
	p.push(p.node(html.ElementNode, name, name.String()), kind)
}

// endTablePart takes the end tag of a part of a table, or of anything where only such
// parts may stand. One that closes nothing is nothing.
func (p *planter) endTablePart(a atom.Atom, kind elementKind) {
	inTable := p.inner(tableElement)
	if inTable < 0 {
		return
	}
	part := -1 // the innermost of that name
	for i := len(p.open) - 1; i >= inTable; i-- {
		if p.open[i].node.DataAtom == a {
			part = i
			break
		}
	}
	switch {
	case kind == captionElement, kind == tableElement:
	case !kind.ofTable():
		p.lost = true // it is taken as in the body, around the table
	case p.inner(captionElement) > inTable, kind == columnElement:
		return
	case p.top().kind == columnsElement && kind != columnsElement:
		p.lost = true // it closes the columns
	case kind == columnsElement && p.top().kind != kind:
		return
	}
	if part >= 0 {
		p.shut(part)
	}
}
