package extract

import (
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// A pdfMark is something painted: an area, a picture, or text. What is painted later
// lies above.
type pdfMark struct {
	box     rect
	color   [3]uint8
	text    bool
	picture bool
	unseen  bool // text in a mode that paints nothing
}

// paint goes through the objects of the page: rulings, pictures, and what decides
// which characters are seen.
func (p *pdfPage) paint() error {
	n, err := p.pdf.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: p.page})
	if err != nil {
		return err
	}
	for i := range n.Count {
		o, err := p.pdf.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: p.page, Index: i})
		if err != nil {
			return err
		}
		if err := p.object(o.PageObject, p.toView, 0); err != nil {
			return err
		}
	}
	return nil
}

// object looks at an object whose space m maps to the page as shown.
func (p *pdfPage) object(o references.FPDF_PAGEOBJECT, m matrix, depth int) error {
	if p.objects++; p.objects > maxObjects {
		return nil
	}
	kind, err := p.pdf.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o})
	if err != nil {
		return err
	}
	switch kind.Type {
	case enums.FPDF_PAGEOBJ_PATH:
		return p.path(o, m)
	case enums.FPDF_PAGEOBJ_IMAGE:
		return p.image(o, m)
	case enums.FPDF_PAGEOBJ_FORM:
		return p.form(o, m, depth)
	case enums.FPDF_PAGEOBJ_TEXT:
		return p.textObject(o, m)
	}
	return nil
}

// form goes through the objects of a form.
func (p *pdfPage) form(o references.FPDF_PAGEOBJECT, m matrix, depth int) error {
	if depth >= maxForms {
		return nil
	}
	own, err := p.pdf.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: o})
	if err != nil {
		return err
	}
	n, err := p.pdf.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: o})
	if err != nil {
		return err
	}
	m = pdfMatrix(own.Matrix).then(m)
	for i := range n.Count {
		inner, err := p.pdf.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: o, Index: uint64(i)})
		if err != nil {
			return err
		}
		if err := p.object(inner.PageObject, m, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// bounds returns the rectangle around an object on the page as shown.
func (p *pdfPage) bounds(o references.FPDF_PAGEOBJECT, m matrix) (rect, error) {
	b, err := p.pdf.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: o})
	if err != nil {
		return rect{}, nil // objects without an extent have no bounds
	}
	return m.rect(rect{float64(b.Left), float64(b.Top), float64(b.Right), float64(b.Bottom)}), nil
}

// image counts a picture that is large enough to hold a table or to hide text.
func (p *pdfPage) image(o references.FPDF_PAGEOBJECT, m matrix) error {
	box, err := p.bounds(o, m)
	if err != nil {
		return err
	}
	if box.width() > 0.4*p.layout.width && box.height() > 60 {
		p.layout.pictures++
	}
	p.marks = append(p.marks, pdfMark{box: box, picture: true})
	return nil
}

// path keeps the rulings that a path draws.
func (p *pdfPage) path(o references.FPDF_PAGEOBJECT, m matrix) error {
	box, err := p.bounds(o, m)
	if err != nil {
		return err
	}
	thin := min(box.width(), box.height()) <= thickest
	if thin && max(box.width(), box.height()) < shortest {
		return nil
	}
	mode, err := p.pdf.FPDFPath_GetDrawMode(&requests.FPDFPath_GetDrawMode{PageObject: o})
	if err != nil {
		return err
	}
	filled := mode.FillMode != enums.FPDF_FILLMODE_NONE
	switch {
	case !filled && !mode.Stroke:
		return nil
	case thin:
		p.layout.rule(box)
		return nil
	}
	return p.outline(o, m, filled, mode.Stroke)
}

// outline goes along the segments of a path: strokes are rulings where they run along
// an axis, and so are filled figures that are thin.
func (p *pdfPage) outline(o references.FPDF_PAGEOBJECT, m matrix, filled, stroked bool) error {
	own, err := p.pdf.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: o})
	if err != nil {
		return err
	}
	n, err := p.pdf.FPDFPath_CountSegments(&requests.FPDFPath_CountSegments{PageObject: o})
	if err != nil {
		return err
	}
	if p.segments += n.Count; p.segments > maxSegments {
		return nil
	}
	pen := pathPen{page: p.layout, stroked: stroked, filled: filled}
	m = pdfMatrix(own.Matrix).then(m)
	for i := range n.Count {
		s, err := p.pdf.FPDFPath_GetPathSegment(&requests.FPDFPath_GetPathSegment{PageObject: o, Index: i})
		if err != nil {
			return err
		}
		at, err := p.pdf.FPDFPathSegment_GetPoint(&requests.FPDFPathSegment_GetPoint{PathSegment: s.PathSegment})
		if err != nil {
			return err
		}
		kind, err := p.pdf.FPDFPathSegment_GetType(&requests.FPDFPathSegment_GetType{PathSegment: s.PathSegment})
		if err != nil {
			return err
		}
		closes, err := p.pdf.FPDFPathSegment_GetClose(&requests.FPDFPathSegment_GetClose{PathSegment: s.PathSegment})
		if err != nil {
			return err
		}
		x, y := m.apply(float64(at.X), float64(at.Y))
		switch kind.Type {
		case enums.FPDF_SEGMENT_MOVETO:
			pen.move(x, y)
		case enums.FPDF_SEGMENT_LINETO:
			pen.line(x, y)
		default:
			pen.curve(x, y)
		}
		if closes.IsClose {
			pen.line(pen.startX, pen.startY)
		}
	}
	pen.end()
	if filled && len(pen.areas) > 0 {
		p.fills(o, pen.areas)
	}
	return nil
}

// fills remembers areas that a path covers with its colour.
func (p *pdfPage) fills(o references.FPDF_PAGEOBJECT, areas []rect) {
	color, opaque := p.color(o)
	if !opaque {
		return
	}
	for _, a := range areas {
		p.marks = append(p.marks, pdfMark{box: a, color: color})
	}
}

// color returns the colour that an object is filled with, and false if it shines
// through.
func (p *pdfPage) color(o references.FPDF_PAGEOBJECT) ([3]uint8, bool) {
	c, err := p.pdf.FPDFPageObj_GetFillColor(&requests.FPDFPageObj_GetFillColor{PageObject: o})
	if err != nil {
		return [3]uint8{}, false
	}
	return [3]uint8{uint8(c.FillColor.R), uint8(c.FillColor.G), uint8(c.FillColor.B)}, c.FillColor.A > 200
}

// textObject remembers text, in which colour and whether it is painted at all.
func (p *pdfPage) textObject(o references.FPDF_PAGEOBJECT, m matrix) error {
	mode, err := p.pdf.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: o})
	if err != nil {
		return err
	}
	box, err := p.bounds(o, m)
	if err != nil {
		return err
	}
	if box.width() < 0.02 || box.height() < 0.02 {
		if err := p.widen(o); err != nil {
			return err
		}
		const around = 12 // about where its characters stand
		box = rect{box.left - 1, box.top - around, box.right + around, box.bottom + 2}
	}
	mark := pdfMark{box: box, text: true}
	switch mode.TextRenderMode {
	case enums.FPDF_TEXTRENDERMODE_INVISIBLE, enums.FPDF_TEXTRENDERMODE_CLIP:
		mark.unseen = true
	case enums.FPDF_TEXTRENDERMODE_FILL, enums.FPDF_TEXTRENDERMODE_FILL_CLIP:
		c, err := p.pdf.FPDFPageObj_GetFillColor(&requests.FPDFPageObj_GetFillColor{PageObject: o})
		if err == nil {
			mark.color = [3]uint8{uint8(c.FillColor.R), uint8(c.FillColor.G), uint8(c.FillColor.B)}
			mark.unseen = c.FillColor.A < 16
		}
	}
	p.marks = append(p.marks, mark)
	return nil
}

// widen gives a text object an extent. The library leaves those without one out of the
// page's characters, and where a font is not embedded a single ideograph has none.
// Stroked text reaches half the width of the stroke further.
func (p *pdfPage) widen(o references.FPDF_PAGEOBJECT) error {
	own, err := p.pdf.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: o})
	if err != nil {
		return err
	}
	stroke := &requests.FPDFTextObj_SetTextRenderMode{PageObject: o, TextRenderMode: enums.FPDF_TEXTRENDERMODE_STROKE}
	if _, err := p.pdf.FPDFTextObj_SetTextRenderMode(stroke); err != nil {
		return err
	}
	_, err = p.pdf.FPDFPageObj_SetMatrix(&requests.FPDFPageObj_SetMatrix{PageObject: o, Transform: own.Matrix})
	return err
}

// sees reports whether a reader of the page sees a character: it stands on the page, is
// painted in another colour than what lies beneath it, and nothing is painted above it.
func (p *pdfPage) sees(g glyph) bool {
	x, y := g.box.centerX(), g.box.centerY()
	if x < 0 || y < 0 || x > p.layout.width || y > p.layout.height {
		return false
	}
	if p.plain {
		return true
	}
	seen, found := false, false
	ground := pdfMark{color: [3]uint8{255, 255, 255}}
	for i := range p.marks {
		switch m := &p.marks[i]; {
		case !m.box.holds(x, y):
		case m.text:
			found = true
			seen = seen || !m.unseen && (ground.picture || apart(m.color, ground.color))
		default:
			seen, ground = false, *m
		}
	}
	return seen || !found
}

// apart reports whether two colours can be told from each other.
func apart(a, b [3]uint8) bool {
	d := 0
	for i := range a {
		d = max(d, max(int(a[i])-int(b[i]), int(b[i])-int(a[i])))
	}
	return d > 24
}

// isPlain reports whether all text of the page is seen: nothing could cover it, and it
// is painted in dark colours.
func (p *pdfPage) isPlain() bool {
	if len(p.marks)*len(p.chars) > 100_000_000 {
		return true // not a page that anybody reads, and the question would take too long
	}
	white := [3]uint8{255, 255, 255}
	for i := range p.marks {
		if m := &p.marks[i]; !m.text || m.unseen || !apart(m.color, white) {
			return false
		}
	}
	return true
}
