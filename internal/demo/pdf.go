package demo

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"sort"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Sizes of a printed page, in points.
const (
	pageWidth, pageHeight = 595.0, 842.0
	pageMargin            = 48.0
	printSize, printLine  = 10.5, 15.0
	cellSize, cellLine    = 8.0, 11.0
	cellPad               = 3.0
)

// A printer sets an article on pages.
type printer struct {
	font  *sfnt.Font
	buf   sfnt.Buffer
	pages []*strings.Builder
	y     float64 // from the top of the page
	used  map[rune]sfnt.GlyphIndex
	err   error
}

// PDF returns an article as a PDF of A4 pages with its font in it, as a ministry's
// printer driver makes them: ruled tables, which go on over the page.
func PDF(a Article, typeface []byte) ([]byte, error) {
	f, err := sfnt.Parse(typeface)
	if err != nil {
		return nil, fmt.Errorf("PDF document: font: %w", err)
	}
	p := &printer{font: f, used: make(map[rune]sfnt.GlyphIndex)}
	p.turn()
	p.paragraph(a.Title, 16, true)
	for _, part := range a.Parts {
		if part.Table != nil {
			p.table(part.Table)
			continue
		}
		p.paragraph(part.Heading+part.Text, printSize, false)
	}
	if a.Signature != "" {
		p.paragraph(a.Signature, printSize, false)
		p.paragraph(fmt.Sprintf("%d年%d月%d日", a.Published.Year, a.Published.Month, a.Published.Day), printSize, false)
	}
	if p.err != nil {
		return nil, fmt.Errorf("PDF document: %w", p.err)
	}
	return p.file(typeface)
}

func (p *printer) turn() {
	p.pages = append(p.pages, &strings.Builder{})
	p.y = pageMargin
}

func (p *printer) op(format string, args ...any) {
	fmt.Fprintf(p.pages[len(p.pages)-1], format+"\n", args...)
}

// glyph is the number of a character in the font, noted for the file's list of texts.
func (p *printer) glyph(r rune) sfnt.GlyphIndex {
	if g, ok := p.used[r]; ok {
		return g
	}
	g, err := p.font.GlyphIndex(&p.buf, r)
	if err == nil && g == 0 {
		err = fmt.Errorf("the font has no %q", r)
	}
	p.err = errors.Join(p.err, err)
	p.used[r] = g
	return g
}

// width is how wide a text is at a size.
func (p *printer) width(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		sum += p.advance(p.glyph(r))
	}
	return sum * size / 1000
}

// advance is the width of a glyph in thousandths of its size.
func (p *printer) advance(g sfnt.GlyphIndex) float64 {
	w, err := p.font.GlyphAdvance(&p.buf, g, fixed.I(1000), font.HintingNone)
	p.err = errors.Join(p.err, err)
	return float64(w) / 64
}

// wrap breaks a text into lines no wider than width.
func (p *printer) wrap(text string, size, width float64) []string {
	var lines []string
	line := ""
	for _, r := range text {
		if line != "" && !strings.ContainsRune("，。；：、）”》", r) && p.width(line+string(r), size) > width {
			lines, line = append(lines, line), ""
		}
		line += string(r)
	}
	return append(lines, line)
}

// text writes one line with its base at y.
func (p *printer) text(x, y, size float64, s string) {
	var hex strings.Builder
	for _, r := range s {
		fmt.Fprintf(&hex, "%04X", p.glyph(r))
	}
	p.op("BT /F1 %.1f Tf 1 0 0 1 %.2f %.2f Tm <%s> Tj ET", size, x, pageHeight-y, hex.String())
}

func (p *printer) paragraph(text string, size float64, centred bool) {
	line := size * printLine / printSize
	if !centred {
		text = "　　" + text
	}
	for _, s := range p.wrap(text, size, pageWidth-2*pageMargin) {
		if p.y+line > pageHeight-pageMargin {
			p.turn()
		}
		p.y += line
		x := pageMargin
		if centred {
			x = (pageWidth - p.width(s, size)) / 2
		}
		p.text(x, p.y, size, s)
	}
	p.y += line / 3
}

// A printedCell is a cell of a table with its place in rows and columns.
type printedCell struct {
	cell
	row, col int
}

// laid gives the cells of a table their rows and columns.
func (g *grid) laid() (cells []printedCell, width int) {
	for _, c := range g.rows[0] {
		width += c.columns
	}
	open := make([]int, width) // rows that a cell above still reaches down
	for i, row := range g.rows {
		col := 0
		for _, c := range row {
			for col < width && open[col] > 0 {
				col++
			}
			cells = append(cells, printedCell{c, i, col})
			for k := col; k < min(col+c.columns, width); k++ {
				open[k] = c.rows
			}
			col += c.columns
		}
		for k := range open {
			open[k] = max(0, open[k]-1)
		}
	}
	return cells, width
}

// columns shares the page among the columns: those of labels are wide.
func (g *grid) edges(cells []printedCell, width int) []float64 {
	share := make([]float64, width)
	for k := range share {
		share[k] = 1
	}
	for _, c := range cells {
		if c.columns == 1 && len([]rune(c.text)) > 8 {
			share[c.col] = 2.2
		}
	}
	sum := 0.0
	for _, s := range share {
		sum += s
	}
	x := []float64{pageMargin}
	for _, s := range share {
		x = append(x, x[len(x)-1]+s*(pageWidth-2*pageMargin)/sum)
	}
	return x
}

// table sets a ruled table. A row that has no room goes to the next page; what
// reaches over the turn is ruled on both.
func (p *printer) table(g *grid) {
	cells, width := g.laid()
	x := g.edges(cells, width)
	right := func(c printedCell) float64 { return x[min(c.col+c.columns, width)] }
	heights := make([]float64, len(g.rows))
	for _, c := range cells {
		need := float64(len(p.wrap(c.text, cellSize, right(c)-x[c.col]-2*cellPad)))*cellLine + 2*cellPad
		last := min(c.row+c.rows, len(heights)) - 1
		have := 0.0
		for i := c.row; i <= last; i++ {
			have += heights[i]
		}
		if need > have {
			heights[last] += need - have
		}
	}
	for first := 0; first < len(heights); {
		room, last := pageHeight-pageMargin-p.y, first
		for sum := heights[first]; last+1 < len(heights) && sum+heights[last+1] <= room; last++ {
			sum += heights[last+1]
		}
		if heights[first] > room && p.y > pageMargin {
			p.turn()
			continue
		}
		tops := []float64{p.y}
		for i := first; i <= last; i++ {
			tops = append(tops, tops[len(tops)-1]+heights[i])
		}
		for _, c := range cells {
			from, to := max(c.row, first), min(c.row+c.rows-1, last)
			if from > to {
				continue
			}
			top, bottom := tops[from-first], tops[to-first+1]
			p.op("%.2f %.2f %.2f %.2f re S", x[c.col], pageHeight-bottom, right(c)-x[c.col], bottom-top)
			if c.row < first {
				continue // its text stands on the page before
			}
			for k, line := range p.wrap(c.text, cellSize, right(c)-x[c.col]-2*cellPad) {
				p.text(x[c.col]+cellPad, top+cellPad+float64(k+1)*cellLine-2.5, cellSize, line)
			}
		}
		p.y = tops[len(tops)-1]
		if first = last + 1; first < len(heights) {
			p.turn()
		}
	}
	p.y += printLine
}

// file writes the objects of the file: the pages, the font whole, and which character
// each of its glyphs is.
func (p *printer) file(typeface []byte) ([]byte, error) {
	var b bytes.Buffer
	var at []int
	object := func(dict string, stream []byte) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(at))
		if stream == nil {
			fmt.Fprintf(&b, "<<%s>>\nendobj\n", dict)
			return
		}
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		_, err := w.Write(stream)
		p.err = errors.Join(p.err, err, w.Close())
		fmt.Fprintf(&b, "<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream\nendobj\n", dict, z.Len(), z.Bytes())
	}
	b.WriteString("%PDF-1.6\n%\xe5\x85\xac\xe5\xbc\x80\n")
	var kids []string
	for i := range p.pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", 8+2*i))
	}
	object("/Type/Catalog/Pages 2 0 R", nil)
	object(fmt.Sprintf("/Type/Pages/Count %d/Kids[%s]", len(p.pages), strings.Join(kids, " ")), nil)
	object("/Type/Font/Subtype/Type0/BaseFont/GongkaiDemo/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 7 0 R", nil)
	object("/Type/Font/Subtype/CIDFontType0/BaseFont/GongkaiDemo/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 5 0 R/DW 1000/W["+p.widths()+"]", nil)
	object("/Type/FontDescriptor/FontName/GongkaiDemo/Flags 4/FontBBox[-200 -300 1200 1000]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 730/StemV 80/FontFile3 6 0 R", nil)
	object("/Subtype/OpenType", typeface)
	object("", []byte(p.texts()))
	for i, page := range p.pages {
		object(fmt.Sprintf("/Type/Page/Parent 2 0 R/MediaBox[0 0 %.0f %.0f]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R", pageWidth, pageHeight, 9+2*i), nil)
		object("", []byte("0.5 w\n"+page.String()))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes(), p.err
}

// runes are the characters of the file by their glyphs.
func (p *printer) runes() []rune {
	all := make([]rune, 0, len(p.used))
	for r := range p.used {
		all = append(all, r)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := p.used[all[i]], p.used[all[j]]
		return a < b || a == b && all[i] < all[j]
	})
	return all
}

// widths are those of the glyphs that are not as wide as high.
func (p *printer) widths() string {
	var b strings.Builder
	for _, r := range p.runes() {
		fmt.Fprintf(&b, "%d[%.0f]", p.used[r], p.advance(p.used[r]))
	}
	return b.String()
}

// texts is the map from glyphs to characters, without which the text of the file could
// be seen and not read.
func (p *printer) texts() string {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Gongkai def /CMapType 2 def\n" +
		"1 begincodespacerange <0000> <FFFF> endcodespacerange\n")
	for all := p.runes(); len(all) > 0; {
		part := all[:min(100, len(all))]
		all = all[len(part):]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for _, r := range part {
			fmt.Fprintf(&b, "<%04X> <%04X>\n", p.used[r], r)
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end\n")
	return b.String()
}
