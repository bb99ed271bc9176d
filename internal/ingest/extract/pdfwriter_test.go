package extract

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf16"
)

// A pdfWriter writes PDF pages with the font that readers bring for Chinese.
type pdfWriter struct {
	pages  []string
	rotate int    // /Rotate of all pages
	turn   string // operators before the content
	forms  []string
}

func (w *pdfWriter) page() { w.pages = append(w.pages, "") }

func (w *pdfWriter) op(format string, args ...any) {
	w.pages[len(w.pages)-1] += fmt.Sprintf(format, args...) + "\n"
}

// text writes at x and y from the top left of an A4 page.
func (w *pdfWriter) text(x, y, size float64, s string) {
	var hex strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&hex, "%04X", u)
	}
	w.op("BT /F1 %.2f Tf 1 0 0 1 %.2f %.2f Tm <%s> Tj ET", size, x, 842-y, hex.String())
}

func (w *pdfWriter) bytes() []byte {
	var b bytes.Buffer
	var at []int
	object := func(body string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	b.WriteString("%PDF-1.5\n")
	var kids, forms []string
	for i := range w.pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", 6+2*i))
	}
	first := 6 + 2*len(w.pages)
	for i := range w.forms {
		forms = append(forms, fmt.Sprintf("/X%d %d 0 R", i, first+i))
	}
	object("<</Type/Catalog/Pages 2 0 R>>")
	object(fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(w.pages), strings.Join(kids, " ")))
	object("<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>")
	object("<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/FontDescriptor 5 0 R/DW 1000/W[1 95 500 814 939 500]>>")
	object("<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>")
	for i, content := range w.pages {
		object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate %d/Resources<</Font<</F1 3 0 R>>/XObject<<%s>>>>/Contents %d 0 R>>", w.rotate, strings.Join(forms, ""), 7+2*i))
		content = w.turn + content
		object(fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content))
	}
	for _, form := range w.forms {
		object(fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Matrix[1 0 0 1 0 0]/Resources<</Font<</F1 3 0 R>>>>/Length %d>>stream\n%s\nendstream", len(form), form))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// A drawing says how a table is drawn.
type drawing struct {
	filled   bool // rulings are thin areas, as browsers print them
	outlines bool // a rectangle around each cell
	bare     bool // no rulings
}

// table draws rows of text from y on, down to the end of the page and on to the next.
func (w *pdfWriter) table(y float64, xs []float64, rows [][]string, how drawing) float64 {
	const height = 20
	line := func(x0, y0, x1, y1 float64) {
		switch {
		case how.bare, how.outlines:
		case how.filled:
			w.op("%.2f %.2f %.2f %.2f re f", x0-0.3, 842-y1-0.3, x1-x0+0.6, y1-y0+0.6)
		default:
			w.op("%.2f %.2f m %.2f %.2f l S", x0, 842-y0, x1, 842-y1)
		}
	}
	for _, row := range rows {
		if y > 780 {
			w.page()
			y = 60
		}
		line(xs[0], y, xs[len(xs)-1], y)
		line(xs[0], y+height, xs[len(xs)-1], y+height)
		for i, text := range row {
			line(xs[i], y, xs[i], y+height)
			if how.outlines {
				w.op("%.2f %.2f %.2f %.2f re S", xs[i], 842-y-height, xs[i+1]-xs[i], float64(height))
			}
			if text != "" {
				w.text(xs[i]+4, y+14, 9, text)
			}
		}
		line(xs[len(row)], y, xs[len(row)], y+height)
		y += height
	}
	return y
}
