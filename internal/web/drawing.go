package web

import (
	"html/template"
	"strings"

	"gongkai/internal/draw"
)

// A tableShape is what a table of the page shows, as shapes for a picture of its own: the
// page's table works with the reader's hand, the picture leaves the page. The template
// "drawn" writes it.
type tableShape struct {
	Width, Height float64
	Words         string // what a screen reader calls it
	Items         []drawn
}

// drawnWidth is how wide a drawing is, phoneWidth how wide one for a phone.
const (
	drawnWidth = 760.0
	phoneWidth = 332.0
)

// A drawn is one shape; its Kind says which of its places count.
type drawn struct {
	Kind       string // rect, line, dot, text, path
	X, Y, W, H float64
	Class      string
	Text       string // of a text
	Anchor     string // of a text: start, middle, end
	Turn       float64
	D          string // of a path
}

func (d *tableShape) rect(x, y, w, h float64, class string) {
	d.Items = append(d.Items, drawn{Kind: "rect", X: x, Y: y, W: w, H: h, Class: class})
}

// line ends w further and h lower than it begins.
func (d *tableShape) line(x, y, w, h float64, class string) {
	d.Items = append(d.Items, drawn{Kind: "line", X: x, Y: y, W: x + w, H: y + h, Class: class})
}

func (d *tableShape) path(x, y float64, shape, class string) {
	d.Items = append(d.Items, drawn{Kind: "path", X: x, Y: y, D: shape, Class: class})
}

func (d *tableShape) text(x, y float64, text, anchor, class string) {
	if text != "" {
		d.Items = append(d.Items, drawn{Kind: "text", X: x, Y: y, Text: text, Anchor: anchor, Class: class})
	}
}

// turned is a text that rises to the right, for the head of a narrow column.
func (d *tableShape) turned(x, y float64, text string) {
	text = strings.NewReplacer("\u200b", "", "\u00ad", "").Replace(text)
	d.Items = append(d.Items, drawn{Kind: "text", X: x, Y: y, Text: text, Anchor: "start", Turn: -42})
}

// drawn executes a drawing.
func (s *Server) drawn(l lang, d tableShape) (template.HTML, [2]float64, error) {
	shape, err := s.shape(l, "chart", "drawn", d)
	return shape, [2]float64{d.Width, d.Height}, err
}

// shortened cuts a text that is wider than its place.
func shortened(text string, width float64) string {
	if draw.Measure(text, 12) <= width {
		return text
	}
	for runes := []rune(text); len(runes) > 1; {
		runes = runes[:len(runes)-1]
		if draw.Measure(string(runes)+"…", 12) <= width {
			return string(runes) + "…"
		}
	}
	return text
}
