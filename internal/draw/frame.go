package draw

import (
	"fmt"
	"html"
	"strings"
)

// A Picture is a drawing with all that must leave the page with it.
type Picture struct {
	Lang    string // of its texts: zh-CN or en
	Title   string
	About   string // what is drawn, of whom, in which unit
	Key     []Swatch
	Drawing string // an svg element
	Width   float64
	Height  float64 // of the drawing
	Notes   []string
	Source  string // whose figures, as of when
	Address string // where this stands for ever
	Style   string // rules that the drawing needs
}

// A Swatch is an entry of a key.
type Swatch struct {
	Fill     string // a token's name, or pattern:NAME
	Text     string
	Outlined bool
}

// Sizes of the frame.
const (
	margin    = 28.0
	slim      = 14.0 // the margin of a picture for a phone
	titleSize = 20.0
	textSize  = 13.0
	smallSize = 12.0
)

// A pen writes lines of text one below the other.
type pen struct {
	strings.Builder
	y, width, left float64
}

// Room is how wide the drawing of a picture can be that is so wide as a whole.
func Room(width float64) float64 { return width - 2*marginOf(width-2*slim) }

// marginOf is the margin beside a drawing.
func marginOf(drawing float64) float64 {
	if drawing <= 480 {
		return slim
	}
	return margin
}

// Frame returns the picture as one SVG file: the drawing between its title, its key
// and what it stands on. Nothing in it asks for another file.
func (t Tokens) Frame(p Picture) []byte {
	edge := marginOf(p.Width)
	body := &pen{y: edge, width: p.Width, left: edge}
	body.write(p.Title, titleSize, t["ink"], "700")
	body.write(p.About, textSize, t["ink-2"], "400")
	t.key(body, p.Key)
	body.y += 10
	fmt.Fprintf(body, `<g transform="translate(%.0f %.0f)">%s</g>`, edge, body.y, p.Drawing)
	body.y += p.Height + 12
	for _, note := range p.Notes {
		body.write(note, smallSize, t["ink-2"], "400")
	}
	fmt.Fprintf(body, `<path d="M%.0f %.1fh%.0f" stroke="%s"/>`, edge, body.y+4, p.Width, t["rule"])
	body.y += 10
	body.write(p.Source, smallSize, t["ink-3"], "400")
	body.write(p.Address, smallSize, t["ink-3"], "400")
	width, height := p.Width+2*edge, body.y+edge/2
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" lang="%s" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="%s" role="img"><title>%s</title><desc>%s</desc>`,
		p.Lang, width, height, width, height, Family, html.EscapeString(p.Title), html.EscapeString(p.Source+" "+p.Address))
	if p.Style != "" {
		fmt.Fprintf(&out, "<style>%s</style>", p.Style)
	}
	out.WriteString(Defs(t.paint))
	fmt.Fprintf(&out, `<rect width="100%%" height="100%%" fill="%s"/>%s</svg>`, t["sheet"], body.String())
	return []byte(out.String())
}

// write sets a text in as many lines as it needs.
func (b *pen) write(text string, size float64, colour, weight string) {
	for _, line := range Wrap(text, size, b.width) {
		b.y += size * 1.5
		fmt.Fprintf(b, `<text x="%.0f" y="%.1f" font-size="%.0f" font-weight="%s" fill="%s">%s</text>`,
			b.left, b.y-size*0.35, size, weight, colour, html.EscapeString(line))
	}
}

// key sets the swatches, in as many rows as they need.
func (t Tokens) key(b *pen, key []Swatch) {
	if len(key) == 0 {
		return
	}
	x := b.left
	b.y += 24
	for _, s := range key {
		w := 20 + Measure(s.Text, smallSize) + 18
		if x > b.left && x+w > b.left+b.width {
			x, b.y = b.left, b.y+20
		}
		stroke := ""
		if s.Outlined {
			stroke = fmt.Sprintf(` stroke="%s" stroke-width="0.8"`, t["rule-2"])
		}
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="13" height="13" fill="%s"%s/><text x="%.1f" y="%.1f" font-size="%.0f" fill="%s">%s</text>`,
			x, b.y-11, t.paint(s.Fill), stroke, x+19, b.y, smallSize, t["ink-2"], html.EscapeString(s.Text))
		x += w
	}
}

// paint is the value of a fill attribute.
func (t Tokens) paint(name string) string {
	if pattern, ok := strings.CutPrefix(name, "pattern:"); ok {
		return "url(#t-" + pattern + ")"
	}
	if value, ok := t[name]; ok {
		return value
	}
	return "none"
}

// Measure estimates how wide a text is: a Chinese character is as wide as it is
// high, a letter a little over half of that.
func Measure(text string, size float64) float64 {
	w := 0.0
	for _, r := range text {
		switch {
		case r >= 0xfdd0 && r <= 0xfdef: // noncharacters, marks of the caller
		case r >= 0x2e80, strings.ContainsRune("“”‘’…—→", r): // as Chinese type has them
			w++
		case strings.ContainsRune("iljtf.,:;'|! ()[]/", r):
			w += 0.34
		case r >= 'A' && r <= 'Z', r == '%', r == 'm', r == 'w':
			w += 0.72
		default:
			w += 0.57
		}
	}
	return w * size
}

// Wrap breaks a text into lines no wider than width. Chinese breaks anywhere but
// before a mark; words and numbers stay whole where they fit a line.
func Wrap(text string, size, width float64) []string {
	var lines []string
	line := ""
	for _, piece := range pieces(text) {
		mark := strings.ContainsAny(piece, "，。；：、）》”？！%") && len([]rune(piece)) == 1
		if line != "" && !mark && Measure(line+piece, size) > width {
			lines, line = append(lines, strings.TrimRight(line, " ")), strings.TrimLeft(piece, " ")
			continue
		}
		line += piece
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// pieces cuts a text where a line may break. A run longer than 40 letters, an
// address, may break anywhere.
func pieces(text string) []string {
	var list []string
	word := ""
	flush := func() {
		if word != "" {
			list, word = append(list, word), ""
		}
	}
	for _, r := range text {
		switch {
		case r >= 0x2e80:
			flush()
			list = append(list, string(r))
		case r == ' ':
			word += " "
			flush()
		default:
			if len(word) >= 40 {
				flush()
			}
			word += string(r)
		}
	}
	flush()
	return list
}
