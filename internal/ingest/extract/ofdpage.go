package extract

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const pointsInMillimetre = 72 / 25.4

// An ofdPage is the Content.xml of a page or of a template.
type ofdPage struct {
	Area      ofdArea `xml:"Area"`
	Templates []struct {
		ID    string `xml:"TemplateID,attr"`
		Order string `xml:"ZOrder,attr"`
	} `xml:"Template"`
	Layers []ofdBlock `xml:"Content>Layer"`
}

// An ofdBlock is a layer, or a block of objects within one.
type ofdBlock struct {
	Texts  []ofdText    `xml:"TextObject"`
	Paths  []ofdDrawing `xml:"PathObject"`
	Images []ofdGraphic `xml:"ImageObject"`
	Blocks []ofdBlock   `xml:"PageBlock"`
}

// An ofdGraphic is what all objects have.
type ofdGraphic struct {
	Boundary string `xml:"Boundary,attr"`
	CTM      string `xml:"CTM,attr"`
	Visible  string `xml:"Visible,attr"`
	Alpha    string `xml:"Alpha,attr"`
}

// An ofdText is a TextObject.
type ofdText struct {
	ofdGraphic
	Size   string `xml:"Size,attr"`
	HScale string `xml:"HScale,attr"`
	Fill   *struct {
		Value string `xml:"Value,attr"`
	} `xml:"FillColor"`
	Codes []ofdCode `xml:"TextCode"`
}

// An ofdCode is a run of characters: where the first stands, and how far each is from
// the one before.
type ofdCode struct {
	X      string `xml:"X,attr"`
	Y      string `xml:"Y,attr"`
	DeltaX string `xml:"DeltaX,attr"`
	DeltaY string `xml:"DeltaY,attr"`
	Text   string `xml:",chardata"`
}

// An ofdDrawing is a PathObject.
type ofdDrawing struct {
	ofdGraphic
	Stroke string `xml:"Stroke,attr"`
	Fill   string `xml:"Fill,attr"`
	Data   string `xml:"AbbreviatedData"`
}

// page lays out a page with the templates beneath it.
func (o *ofdFile) page(name string, templates map[string]string, area ofdArea, number int) (*pageLayout, error) {
	var p ofdPage
	body, err := o.parse(name, &p)
	if err != nil {
		return nil, err
	}
	box, ok := ofdBox(p.Area.Physical)
	if !ok {
		if box, ok = ofdBox(area.Physical); !ok {
			box = rect{0, 0, 210, 297}
		}
	}
	l := &ofdLayout{
		page: &pageLayout{number: number, width: box.width() * pointsInMillimetre, height: box.height() * pointsInMillimetre},
		view: matrix{pointsInMillimetre, 0, 0, pointsInMillimetre, -box.left * pointsInMillimetre, -box.top * pointsInMillimetre},
	}
	for _, t := range p.Templates {
		at, ok := templates[t.ID]
		if !ok {
			continue
		}
		var template ofdPage
		under, err := o.parse(at, &template)
		if err != nil {
			return nil, err
		}
		l.layers(template.Layers, 0)
		o.witness(under)
	}
	l.layers(p.Layers, 0)
	o.witness(body)
	o.hidden += l.hidden
	return l.page, nil
}

// witness takes the texts of a page once more, by its tokens.
func (o *ofdFile) witness(body []byte) {
	d := xml.NewDecoder(bytes.NewReader(body))
	inside := false
	for {
		token, err := d.Token()
		if err == io.EOF || err != nil {
			return
		}
		switch t := token.(type) {
		case xml.StartElement:
			inside = t.Name.Local == "TextCode"
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if inside {
				o.digits.Write(t)
				o.digits.WriteByte('\n')
			}
		}
	}
}

// An ofdLayout lays out the objects of a page.
type ofdLayout struct {
	page   *pageLayout
	view   matrix // from millimetres to points
	order  int
	hidden int
}

func (l *ofdLayout) layers(blocks []ofdBlock, depth int) {
	if depth > maxForms {
		return
	}
	for i := range blocks {
		b := &blocks[i]
		for k := range b.Paths {
			l.path(&b.Paths[k])
		}
		for k := range b.Images {
			if box, ok := ofdBox(b.Images[k].Boundary); ok && b.Images[k].shown() {
				if r := l.view.rect(box); r.width() > 0.4*l.page.width && r.height() > 60 {
					l.page.pictures++
				}
			}
		}
		for k := range b.Texts {
			l.text(&b.Texts[k])
		}
		l.layers(b.Blocks, depth+1)
	}
}

func (g *ofdGraphic) shown() bool {
	return g.Visible != "false" && g.Visible != "0" && g.Alpha != "0"
}

// space returns the way from an object's own space to the page in points.
func (l *ofdLayout) space(g *ofdGraphic) (matrix, bool) {
	box, ok := ofdBox(g.Boundary)
	if !ok {
		return matrix{}, false
	}
	m := matrix{a: 1, d: 1}
	if n := ofdNumbers(g.CTM); len(n) == 6 {
		m = matrix{n[0], n[1], n[2], n[3], n[4], n[5]}
	}
	m.e += box.left
	m.f += box.top
	return m.then(l.view), true
}

// text adds the characters of a text object.
func (l *ofdLayout) text(t *ofdText) {
	m, ok := l.space(&t.ofdGraphic)
	if !ok {
		return
	}
	size, err := strconv.ParseFloat(t.Size, 64)
	if err != nil || !(size > 0 && size < 1000) {
		size = 3.5
	}
	scale := 1.0
	if h, err := strconv.ParseFloat(t.HScale, 64); err == nil && h > 0 && h < 100 {
		scale = h
	}
	white := t.Fill != nil && ofdWhite(t.Fill.Value)
	seen := t.shown() && !white
	x, y := 0.0, 0.0
	for _, c := range t.Codes {
		if v := ofdNumbers(c.X); len(v) > 0 {
			x = v[0]
		}
		if v := ofdNumbers(c.Y); len(v) > 0 {
			y = v[0]
		}
		l.code(c, m, size, scale, x, y, seen)
	}
	l.order++
}

func (l *ofdLayout) code(c ofdCode, m matrix, size, scale, x, y float64, seen bool) {
	text := strings.Trim(c.Text, "\r\n\t")
	dx, dy := ofdDeltas(c.DeltaX), ofdDeltas(c.DeltaY)
	spaced := false
	i := 0
	for _, r := range text {
		advance := size * scale
		if !wide(r) {
			advance *= 0.5
		}
		if !unicode.IsSpace(r) && !unicode.IsControl(r) && r != utf8.RuneError {
			box := m.rect(rect{x, y - 0.8*size, x + advance, y + 0.1*size})
			inside := box.centerX() >= 0 && box.centerY() >= 0 && box.centerX() <= l.page.width && box.centerY() <= l.page.height
			if seen && inside {
				l.page.glyphs = append(l.page.glyphs, glyph{char: r, box: box, order: l.order, spaced: spaced})
			} else if isDigit(r) {
				l.hidden++
			}
			spaced = false
		} else {
			spaced = true
		}
		l.order++
		if i < len(dx) {
			advance = dx[i]
		} else if len(dy) > 0 {
			advance = 0
		}
		if i < len(dy) {
			y += dy[i]
		}
		x += advance
		i++
	}
	l.order++
}

// ofdDeltas reads distances; g n d stands for n times d.
func ofdDeltas(s string) []float64 {
	const most = 100_000
	var out []float64
	fields := strings.Fields(s)
	for i := 0; i < len(fields) && len(out) < most; i++ {
		if fields[i] == "g" && i+2 < len(fields) {
			n, err := strconv.Atoi(fields[i+1])
			d := ofdNumbers(fields[i+2])
			if err != nil || len(d) == 0 {
				return out
			}
			for range min(max(n, 0), most-len(out)) {
				out = append(out, d[0])
			}
			i += 2
			continue
		}
		d := ofdNumbers(fields[i])
		if len(d) == 0 {
			return out
		}
		out = append(out, d[0])
	}
	return out
}

func ofdWhite(value string) bool {
	n := ofdNumbers(value)
	for _, v := range n {
		if v < 240 {
			return false
		}
	}
	return len(n) == 3
}

// path adds the rulings of a path.
func (l *ofdLayout) path(p *ofdDrawing) {
	m, ok := l.space(&p.ofdGraphic)
	stroked, filled := p.Stroke != "false", p.Fill == "true"
	if !ok || !p.shown() || !stroked && !filled {
		return
	}
	pen := pathPen{page: l.page, stroked: stroked, filled: filled}
	var at []float64
	op := ""
	points := map[string]int{"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
	flush := func() {
		if need, ok := points[op]; !ok || len(at) < need {
			return
		}
		switch op {
		case "M", "S":
			pen.move(m.apply(at[0], at[1]))
		case "L":
			pen.line(m.apply(at[0], at[1]))
		case "C":
			pen.line(pen.startX, pen.startY)
		default:
			pen.curve(m.apply(at[len(at)-2], at[len(at)-1]))
		}
		op, at = "", nil
	}
	for f := range strings.FieldsSeq(p.Data) {
		if _, ok := points[f]; ok {
			flush()
			op, at = f, nil
			if f == "C" {
				flush()
			}
			continue
		}
		n, err := strconv.ParseFloat(f, 64)
		if err != nil || math.IsNaN(n) || math.Abs(n) > 1e7 {
			return
		}
		if at = append(at, n); len(at) == points[op] {
			flush()
		}
	}
	pen.end()
}
