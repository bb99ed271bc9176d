package draw

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	idraw "image/draw"
	"image/png"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
)

// A Page is the picture of a page of an original with places on it.
type Page struct {
	Image *image.RGBA
	Scale float64  // points of the picture to a point of the page
	Boxes [][4]int // left, top, right, bottom in points of the page from its top left
	Label string   // which page it is
}

// Of a page are shown the boxes with so many points of the page around them; a box
// that holds little more than its digits is framed with room to read them.
const (
	aroundBoxes          = 70
	leastBoxW, leastBoxH = 20.0, 15.0
	frameThick           = 3
	inkBelow             = 140 // of 255, in the paper's grey
)

// at is a box on the picture, wide enough for a frame that covers no digit.
func (p Page) at(b [4]int) image.Rectangle {
	l, t, r, d := float64(b[0]), float64(b[1]), float64(b[2]), float64(b[3])
	if w := leastBoxW - (r - l); w > 0 {
		l, r = l-w/2, r+w/2
	}
	if h := leastBoxH - (d - t); h > 0 {
		t, d = t-h/2, d+h/2
	}
	return image.Rect(int(l*p.Scale), int(t*p.Scale), int(r*p.Scale), int(d*p.Scale))
}

// Inked reports whether anything is printed in a box: where a page brings no type for
// its texts, its picture has none of them.
func (p Page) Inked(b [4]int) bool {
	box := p.at(b).Inset(frameThick).Intersect(p.Image.Bounds())
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if grey, ok := color.GrayModel.Convert(p.Image.RGBAAt(x, y)).(color.Gray); ok && grey.Y < inkBelow {
				return true
			}
		}
	}
	return false
}

// cut frames the boxes and returns the part of the page around them, as wide as the
// page.
func (p Page) cut(c color.Color) image.Rectangle {
	cut := image.Rectangle{}
	for _, b := range p.Boxes {
		frame := p.at(b).Inset(-2).Intersect(p.Image.Bounds())
		Frame(p.Image, frame, frameThick, c)
		cut = cut.Union(frame)
	}
	if cut.Empty() {
		return cut
	}
	reach := int(aroundBoxes * p.Scale)
	whole := p.Image.Bounds()
	return image.Rect(whole.Min.X, cut.Min.Y-reach, whole.Max.X, cut.Max.Y+reach).Intersect(whole)
}

// PagesPNG draws the parts of pages around their boxes one below the other, between a
// caption and a foot. It frames the boxes in the pages' own pictures.
func (t Tokens) PagesPNG(pages []Page, caption, foot string) ([]byte, error) {
	f, err := cardFont()
	if err != nil {
		return nil, fmt.Errorf("font of pages: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: gridText, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("font of pages: %w", err)
	}
	width, height := leastSheet, 0
	cuts := make([]image.Rectangle, len(pages))
	for i, p := range pages {
		if cuts[i] = p.cut(t.Colour("err")); cuts[i].Empty() {
			return nil, fmt.Errorf("mark a page: none of %d boxes lies on it", len(p.Boxes))
		}
		width, height = max(width, cuts[i].Dx()), height+gridLine+2*gridPad+cuts[i].Dy()
	}
	top := Wrap(caption, gridText, float64(width-2*gridPad))
	y := len(top)*gridLine + gridPad
	w := newSheet(face, width, y+height, foot)
	w.lines(top, 0, t.Colour("ink-2"))
	for i, p := range pages {
		w.line(p.Label, gridPad, y+gridLine-gridPad/2, t.Colour("ink-3"))
		y += gridLine + gridPad
		to := image.Rect(0, y, cuts[i].Dx(), y+cuts[i].Dy())
		idraw.Draw(w.img, to, p.Image, cuts[i].Min, idraw.Src)
		w.frame(to, 1, t.Colour("rule-2"))
		y = to.Max.Y + gridPad
	}
	w.lines(w.foot, y, t.Colour("ink-3"))
	var b bytes.Buffer
	if err := png.Encode(&b, w.img); err != nil {
		return nil, fmt.Errorf("draw pages: %w", err)
	}
	return b.Bytes(), face.Close()
}
