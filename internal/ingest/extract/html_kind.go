package extract

import "golang.org/x/net/html/atom"

// An elementKind says how a tag changes the tree (HTML standard §13.2.6.4.7, as
// golang.org/x/net/html has it).
type elementKind uint8

const (
	inlineElement  elementKind = iota // opens where it stands; unknown names are such
	foreignElement                    // has rules of its own that plant does not follow
	dressElement                      // is opened again if closed in the wrong order
	blockElement                      // closes a paragraph
	headingElement
	itemElement      // li
	termElement      // dd, dt
	voidElement      // has no content
	ruleElement      // hr: void, and closes a paragraph
	rawElement       // its content is no markup
	headElement      // void, and belongs to the head while that is open
	buttonElement    // paragraphs outside do not end in it
	tableElement     //
	cellElement      // td, th
	rowElement       // tr
	rowsElement      // tbody, thead, tfoot
	columnsElement   // colgroup
	columnElement    // col
	rootElement      // html
	documentElement  // head, body
	objectElement    // applet, marquee, object: elements outside are out of scope
	formElement      //
	paragraphElement // p
	listElement      // ol, ul: blocks in which a new item closes none outside
	rawHeadElement   // script, style, title, noframes: raw, and of the head
	dividedElement   // a, nobr: dress that does not nest
	captionElement
)

// kindOfElement returns the kind of an element.
func kindOfElement(a atom.Atom) elementKind {
	switch a {
	case atom.P:
		return paragraphElement
	case atom.Td, atom.Th:
		return cellElement
	case atom.Tr:
		return rowElement
	case atom.Tbody, atom.Thead, atom.Tfoot:
		return rowsElement
	case atom.Table:
		return tableElement
	case atom.Colgroup:
		return columnsElement
	case atom.Col:
		return columnElement
	case atom.Caption:
		return captionElement
	case atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U:
		return dressElement
	case atom.A, atom.Nobr:
		return dividedElement
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Center, atom.Details, atom.Dialog, atom.Dir, atom.Div, atom.Dl,
		atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Header, atom.Hgroup, atom.Main, atom.Menu, atom.Nav,
		atom.Search, atom.Section, atom.Summary:
		return blockElement
	case atom.Ol, atom.Ul:
		return listElement
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return headingElement
	case atom.Li:
		return itemElement
	case atom.Dd, atom.Dt:
		return termElement
	case atom.Area, atom.Br, atom.Embed, atom.Img, atom.Wbr, atom.Param, atom.Source, atom.Track, atom.Input:
		return voidElement
	case atom.Hr:
		return ruleElement
	case atom.Base, atom.Basefont, atom.Bgsound, atom.Link, atom.Meta:
		return headElement
	case atom.Script, atom.Style, atom.Title:
		return rawHeadElement
	case atom.Iframe, atom.Noembed, atom.Noscript:
		return rawElement
	case atom.Button:
		return buttonElement
	case atom.Form:
		return formElement
	case atom.Applet, atom.Marquee, atom.Object:
		return objectElement
	case atom.Html:
		return rootElement
	case atom.Head, atom.Body:
		return documentElement
	case atom.Svg, atom.Math, atom.Plaintext, atom.Template, atom.Textarea, atom.Xmp, atom.Noframes, atom.Frameset, atom.Frame,
		atom.Select, atom.Option, atom.Optgroup, atom.Pre, atom.Listing, atom.Image, atom.Keygen,
		atom.Ruby, atom.Rb, atom.Rt, atom.Rp, atom.Rtc:
		return foreignElement
	}
	return inlineElement
}

// special reports whether the end tag of an element around one closes nothing beyond it.
func (k elementKind) special() bool {
	switch k {
	case inlineElement, dressElement, dividedElement:
		return false
	}
	return true
}

// bounds reports whether elements outside one are out of scope in it.
func (k elementKind) bounds() bool {
	switch k {
	case tableElement, cellElement, captionElement, rootElement, objectElement:
		return true
	}
	return false
}

// tabular reports whether an element holds rows, cells or columns and no text.
func (k elementKind) tabular() bool {
	switch k {
	case tableElement, rowsElement, rowElement, columnsElement:
		return true
	}
	return false
}

// lines reports whether an element begins and ends on lines of its own.
func (k elementKind) lines() bool {
	switch k {
	case paragraphElement, blockElement, listElement, itemElement, headingElement, cellElement, tableElement, documentElement:
		return true
	}
	return false
}

// dresses reports whether an element that another closes is opened again behind it.
func (k elementKind) dresses() bool { return k == dressElement || k == dividedElement }
