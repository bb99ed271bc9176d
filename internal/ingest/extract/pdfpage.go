package extract

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
	"github.com/klippa-app/go-pdfium/structs"
)

func pdfMatrix(m structs.FPDF_FS_MATRIX) matrix {
	return matrix{float64(m.A), float64(m.B), float64(m.C), float64(m.D), float64(m.E), float64(m.F)}
}

// A pdfPage is a page of an open document.
type pdfPage struct {
	pdf    pdfium.Pdfium
	page   requests.Page
	toView matrix // from the page's own space to the page as it is shown
	layout *pageLayout
	text   string // the page's character stream as the library extracts it
	chars  []*responses.GetPageTextStructuredChar

	marks    []pdfMark // what is painted, in order
	plain    bool      // none of it hides text
	objects  int       // looked at so far
	segments int
	hidden   int // digits that a reader does not see
}

// Bounds on what one page may cost. A drawing with more is a picture to us.
const (
	maxObjects  = 200_000
	maxSegments = 50_000
)

// readPDFPage reads what stands on a page.
func readPDFPage(pdf pdfium.Pdfium, document references.FPDF_DOCUMENT, index int) (*pdfPage, error) {
	loaded, err := pdf.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: document, Index: index})
	if err != nil {
		return nil, err
	}
	defer pdf.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
	p := &pdfPage{pdf: pdf, page: requests.Page{ByReference: &loaded.Page}, layout: &pageLayout{number: index + 1}}
	for _, step := range []func() error{p.measure, p.paint, p.upright, p.characters} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// measure finds the size of the page as shown, and how to get there from its space.
func (p *pdfPage) measure() error {
	w, err := p.pdf.FPDF_GetPageWidthF(&requests.FPDF_GetPageWidthF{Page: p.page})
	if err != nil {
		return err
	}
	h, err := p.pdf.FPDF_GetPageHeightF(&requests.FPDF_GetPageHeightF{Page: p.page})
	if err != nil {
		return err
	}
	p.layout.width, p.layout.height = float64(w.PageWidth), float64(h.PageHeight)
	const fine = 64 // device units in a point: the library returns whole ones
	device := func(x, y float64) (float64, float64) {
		var d struct{ x, y float64 }
		to, e := p.pdf.FPDF_PageToDevice(&requests.FPDF_PageToDevice{
			Page: p.page, SizeX: int(math.Ceil(p.layout.width * fine)), SizeY: int(math.Ceil(p.layout.height * fine)),
			PageX: x, PageY: y,
		})
		if e != nil {
			err = e
			return 0, 0
		}
		d.x, d.y = float64(to.DeviceX)/fine, float64(to.DeviceY)/fine
		return d.x, d.y
	}
	const far = 1000
	x0, y0 := device(0, 0)
	x1, y1 := device(far, 0)
	x2, y2 := device(0, far)
	p.toView = matrix{(x1 - x0) / far, (y1 - y0) / far, (x2 - x0) / far, (y2 - y0) / far, x0, y0}
	return err
}

// upright reads the characters, and turns the page if most of its text does not run
// from left to right: a table may be printed sideways on its page.
func (p *pdfPage) upright() error {
	all, err := p.pdf.GetPageTextStructured(&requests.GetPageTextStructured{Page: p.page, Mode: requests.GetPageTextStructuredModeChars})
	if err != nil {
		return err
	}
	p.chars = all.Chars
	p.text = streamOf(all.Chars)
	var ways [4]int // right, down, left, up
	for _, c := range p.chars {
		if r, _ := utf8.DecodeRuneInString(c.Text); unicode.IsSpace(r) || unicode.IsControl(r) {
			continue
		}
		dx, dy := math.Cos(c.Angle), -math.Sin(c.Angle) // the angle is clockwise
		x, y := p.toView.a*dx+p.toView.c*dy, p.toView.b*dx+p.toView.d*dy
		switch {
		case math.Abs(x) < math.Abs(y) && y > 0:
			ways[1]++
		case math.Abs(x) < math.Abs(y):
			ways[3]++
		case x < 0:
			ways[2]++
		default:
			ways[0]++
		}
	}
	w, h := p.layout.width, p.layout.height
	switch most := slices.Max(ways[:]); {
	case most == ways[0]:
		return nil
	case most == ways[1]:
		p.toView = p.toView.then(matrix{b: -1, c: 1, f: w})
		p.layout.width, p.layout.height = h, w
	case most == ways[3]:
		p.toView = p.toView.then(matrix{b: 1, c: -1, e: h})
		p.layout.width, p.layout.height = h, w
	default:
		p.toView = p.toView.then(matrix{a: -1, d: -1, e: w, f: h})
	}
	p.marks, p.layout.rulings, p.layout.pictures, p.objects, p.segments = nil, nil, 0, 0, 0
	return p.paint()
}

// streamOf returns the page's characters in the order of its stream, as the library's
// extraction of plain text does: no box, colour or layout decides what is in it.
func streamOf(chars []*responses.GetPageTextStructuredChar) string {
	var b strings.Builder
	for _, c := range chars {
		b.WriteString(c.Text)
	}
	return b.String()
}

// characters keeps the characters that are seen, with their boxes.
func (p *pdfPage) characters() error {
	p.plain = p.isPlain()
	spaced := false
	for i, c := range p.chars {
		r, _ := utf8.DecodeRuneInString(c.Text)
		if unicode.Is(unicode.Co, r) || r == '\ufffe' || r == '\uffff' {
			r = utf8.RuneError // a glyph whose meaning the font does not tell
		}
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u200b' || r == '\ufeff' || r == '\u00ad' {
			spaced = spaced || !unicode.Is(unicode.Cf, r)
			continue
		}
		box := p.toView.rect(rect{c.PointPosition.Left, c.PointPosition.Top, c.PointPosition.Right, c.PointPosition.Bottom})
		if box.height() < 0.02*box.width() {
			box = boxless(r, box)
		}
		g := glyph{char: r, box: box, order: i, spaced: spaced}
		spaced = false
		if !p.sees(g) {
			if isDigit(r) {
				p.hidden++
			}
			continue
		}
		p.layout.glyphs = append(p.layout.glyphs, g)
	}
	return nil
}

// boxless gives a character of a font that is not embedded, of which only the baseline
// and the width are known, the height that it has in print.
func boxless(r rune, box rect) rect {
	side := box.width()
	if !wide(r) {
		side *= 1.8
	}
	return rect{box.left, box.bottom - 0.86*side, box.right, box.bottom + 0.1*side}
}
