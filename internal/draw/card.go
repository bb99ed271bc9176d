package draw

import (
	"bytes"
	"embed"
	"fmt"
	"image"
	"image/color"
	idraw "image/draw"
	"image/png"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

//go:embed font/card.otf
var fonts embed.FS

// A Card is the picture that other sites show beside a link: what the page is, its
// figures in a sentence, whose they are and as of when.
type Card struct {
	Brand, Title, Text, Foot string
}

// Size of a card, as the sites that show them ask.
const (
	CardWidth, CardHeight = 1200, 630
	cardMargin            = 72
)

// cardFont is read once. The file is embedded, so a failure is one of the build,
// and each card reports it.
var cardFont = sync.OnceValues(func() (*opentype.Font, error) {
	file, err := fonts.ReadFile("font/card.otf")
	if err != nil {
		return nil, err
	}
	return opentype.Parse(file)
})

// PNG draws the card in the colours of the page. Characters that the font lacks are
// drawn as its box: the card is no source.
func (t Tokens) PNG(c Card) ([]byte, error) {
	f, err := cardFont()
	if err != nil {
		return nil, fmt.Errorf("font of cards: %w", err)
	}
	img := image.NewRGBA(image.Rect(0, 0, CardWidth, CardHeight))
	fill := func(r image.Rectangle, token string) {
		idraw.Draw(img, r, image.NewUniform(t.Colour(token)), image.Point{}, idraw.Src)
	}
	fill(img.Bounds(), "paper")
	fill(image.Rect(0, 0, 20, CardHeight), "brand")
	fill(image.Rect(cardMargin, CardHeight-128, CardWidth-cardMargin, CardHeight-126), "rule-2")
	w := &writer{img: img, font: f}
	w.write(c.Brand, 30, 96, 1, t.Colour("brand"))
	y := w.write(c.Title, 58, 196, 3, t.Colour("ink"))
	left := (CardHeight - 150 - y) / 50
	w.write(c.Text, 32, y+16, max(left, 1), t.Colour("ink-2"))
	w.write(c.Foot, 24, CardHeight-82, 2, t.Colour("ink-3"))
	if w.err != nil {
		return nil, fmt.Errorf("draw a card: %w", w.err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw a card: %w", err)
	}
	return b.Bytes(), nil
}

// Colour reads a token of the form #rgb or #rrggbb; black otherwise.
func (t Tokens) Colour(token string) color.Color {
	hex := strings.TrimPrefix(t[token], "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		return color.Black
	}
	return color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255}
}

// Typeface returns the font of cards, an OpenType file of the characters of GB 2312.
func Typeface() ([]byte, error) { return fonts.ReadFile("font/card.otf") }

// A writer sets lines of text on a card and keeps the first error.
type writer struct {
	img  idraw.Image
	font *opentype.Font
	err  error
}

// write sets a text from a base line down in at most so many lines, and returns the
// base line after the last. What does not fit ends in an ellipsis.
func (w *writer) write(text string, size float64, y, most int, c color.Color) int {
	if text == "" || w.err != nil {
		return y
	}
	face, err := opentype.NewFace(w.font, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		w.err = err
		return y
	}
	lines := Wrap(text, size, CardWidth-2*cardMargin-size/2)
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = strings.TrimRight(lines[most-1], "，。、；") + "…"
	}
	d := font.Drawer{Dst: w.img, Src: image.NewUniform(c), Face: face}
	for _, line := range lines {
		d.Dot = fixed.P(cardMargin, y)
		d.DrawString(line)
		y += int(size * 1.45)
	}
	w.err = face.Close()
	return y
}
