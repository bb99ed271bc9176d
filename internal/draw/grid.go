package draw

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	idraw "image/draw"
	"image/png"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// A Grid is a table of a document to be drawn again: its texts and spans as read,
// in our type. It shows where a figure stands; it is no photograph, and says so.
type Grid struct {
	Rows, Columns int
	Cells         []GridCell
	Caption       string // above it: which document and table
	Foot          string // below it: that it is redrawn, and from what
}

// A GridCell is one cell with its spans; rows and columns count from 0.
type GridCell struct {
	Row, Column, RowSpan, ColSpan int
	Text                          string
	Marked                        bool
}

// Sizes of a drawn grid, in pixels; a grid is drawn at twice the size of a screen,
// so that it prints.
const (
	gridText                    = 24.0
	gridLine                    = 33
	gridPad                     = 10
	leastColumn, mostColumn     = 72, 300
	rowsAround, rowsOfHead      = 1, 2
	mostGridCells, gapRowHeight = 4000, 36
	leastSheet                  = 640 // wide, for what stands above and below

	// What a hostile table may cost: so many rows, of so many lines, in so many points.
	mostGridRows, mostGridLines, mostGridHeight, mostGridWidth = 10000, 12, 5000, 6000
)

// A sheet is the layout of a Grid: which rows are shown, and where.
type sheet struct {
	Grid
	x, y   []int // left edges of columns, upper edges of rows; one more for the end
	shown  []bool
	bottom int

	caption []string // in lines
}

// GridPNG draws the rows around the marked cells, with the first rows of the table
// for their labels; rows left out are a gap.
func (t Tokens) GridPNG(g Grid) ([]byte, error) {
	if len(g.Cells) == 0 || len(g.Cells) > mostGridCells || g.Columns < 1 || g.Columns > 60 || g.Rows < 1 || g.Rows > mostGridRows {
		return nil, fmt.Errorf("draw a grid: %d cells in %d rows and %d columns; want 1 to %d cells in %d rows and 60 columns at most",
			len(g.Cells), g.Rows, g.Columns, mostGridCells, mostGridRows)
	}
	g.Cells = g.inside()
	f, err := cardFont()
	if err != nil {
		return nil, fmt.Errorf("font of grids: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: gridText, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("font of grids: %w", err)
	}
	s := layOut(g)
	w := newSheet(face, max(s.x[g.Columns]+gridPad, leastSheet), s.bottom, g.Foot)
	img := w.img
	w.lines(s.caption, 0, t.Colour("ink-2"))
	for _, c := range g.Cells {
		t.cell(w, s, c)
	}
	for r := range g.Rows {
		if s.gapBefore(r) {
			w.line("…", gridPad+6, s.y[r]-10, t.Colour("ink-3"))
		}
	}
	w.lines(w.foot, s.bottom, t.Colour("ink-3"))
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw a grid: %w", err)
	}
	return b.Bytes(), face.Close()
}

// inside are the cells that lie in the grid, their spans cut to it.
func (g Grid) inside() []GridCell {
	var list []GridCell
	for _, c := range g.Cells {
		if c.Row >= 0 && c.Row < g.Rows && c.Column >= 0 && c.Column < g.Columns {
			c.RowSpan, c.ColSpan = max(1, min(c.RowSpan, g.Rows-c.Row)), max(1, min(c.ColSpan, g.Columns-c.Column))
			list = append(list, c)
		}
	}
	return list
}

// layOut chooses the rows and gives columns and rows their sizes.
func layOut(g Grid) sheet {
	s := sheet{Grid: g, x: make([]int, g.Columns+1), y: make([]int, g.Rows+1), shown: make([]bool, g.Rows)}
	s.choose()
	widths := make([]int, g.Columns)
	for i := range widths {
		widths[i] = leastColumn
	}
	for _, c := range g.Cells {
		if c.ColSpan == 1 && c.Column < g.Columns && s.visible(c) {
			widths[c.Column] = max(widths[c.Column], min(mostColumn, mostGridWidth/g.Columns, int(Measure(c.Text, gridText))+2*gridPad))
		}
	}
	s.x[0] = gridPad
	for i, width := range widths {
		s.x[i+1] = s.x[i] + width
	}
	heights := make([]int, g.Rows)
	for r := range heights {
		if s.shown[r] {
			heights[r] = gridLine + 2*gridPad
		}
	}
	for _, c := range g.Cells {
		if s.visible(c) && c.RowSpan == 1 {
			heights[c.Row] = max(heights[c.Row], len(s.lines(c))*gridLine+2*gridPad)
		}
	}
	s.caption = Wrap(g.Caption, gridText, float64(max(s.x[g.Columns]+gridPad, leastSheet)-2*gridPad))
	y := len(s.caption)*gridLine + gridPad
	for r, h := range heights {
		if y+h > mostGridHeight && r > rowsOfHead {
			s.shown[r], h = false, 0 // the rows above say where the figure stands
		}
		if s.gapBefore(r) {
			y += gapRowHeight
		}
		s.y[r] = y
		y += h
	}
	s.y[g.Rows], s.bottom = y, y
	return s
}

// choose marks the rows that are shown: those of the marked cells with what stands
// beside them, and the head of the table.
func (s *sheet) choose() {
	for _, c := range s.Cells {
		if !c.Marked {
			continue
		}
		for r := c.Row - rowsAround; r < c.Row+c.RowSpan+rowsAround; r++ {
			if r >= 0 && r < s.Rows {
				s.shown[r] = true
			}
		}
	}
	for r := range min(rowsOfHead+1, s.Rows) {
		s.shown[r] = true
	}
}

// visible reports whether any row of a cell is shown.
func (s *sheet) visible(c GridCell) bool {
	if c.Row < 0 || c.Row >= s.Rows || c.Column < 0 || c.Column >= s.Columns {
		return false
	}
	return slices.Contains(s.shown[c.Row:min(c.Row+max(c.RowSpan, 1), s.Rows)], true)
}

// gapBefore reports whether rows are left out between a shown row and the last one
// shown before it.
func (s *sheet) gapBefore(r int) bool {
	return s.shown[r] && r > 0 && !s.shown[r-1]
}

func (s *sheet) lines(c GridCell) []string {
	width := s.x[min(c.Column+max(c.ColSpan, 1), s.Columns)] - s.x[c.Column] - 2*gridPad
	lines := Wrap(c.Text, gridText, float64(max(width, int(gridText))))
	if len(lines) > mostGridLines {
		lines = append(lines[:mostGridLines-1], "…")
	}
	return lines
}

// cell draws one cell; a marked one has a ground and a frame.
func (t Tokens) cell(w lettering, s sheet, c GridCell) {
	if !s.visible(c) {
		return
	}
	first, last := c.Row, min(c.Row+max(c.RowSpan, 1), s.Rows)
	for !s.shown[first] {
		first++
	}
	bottom := s.y[first]
	for r := first; r < last; r++ {
		if s.shown[r] {
			bottom = s.end(r)
		}
	}
	box := image.Rect(s.x[c.Column], s.y[first], s.x[min(c.Column+max(c.ColSpan, 1), s.Columns)], bottom)
	frame, thick := t.Colour("rule-2"), 1
	if c.Marked {
		idraw.Draw(w.img, box, image.NewUniform(t.Colour("rev-bg")), image.Point{}, idraw.Src)
		frame, thick = t.Colour("err"), 4
	}
	w.frame(box, thick, frame)
	y := box.Min.Y + gridPad + int(gridText)
	for _, line := range s.lines(c) {
		if y > box.Max.Y {
			break
		}
		w.line(line, box.Min.X+gridPad, y, t.Colour("ink"))
		y += gridLine
	}
}

// end is the lower edge of a shown row.
func (s *sheet) end(r int) int {
	for next := r + 1; next < s.Rows; next++ {
		if s.shown[next] {
			if s.gapBefore(next) {
				return s.y[next] - gapRowHeight
			}
			return s.y[next]
		}
	}
	return s.bottom
}

// A lettering sets lines of one size.
type lettering struct {
	img  *image.RGBA
	face font.Face
	foot []string
}

// newSheet is white paper with room for the lines of a foot below bottom.
func newSheet(face font.Face, width, bottom int, foot string) lettering {
	lines := Wrap(foot, gridText, float64(width-2*gridPad))
	img := image.NewRGBA(image.Rect(0, 0, width, bottom+len(lines)*gridLine+gridPad))
	idraw.Draw(img, img.Bounds(), image.White, image.Point{}, idraw.Src)
	return lettering{img: img, face: face, foot: lines}
}

// lines sets lines one below the other.
func (w lettering) lines(lines []string, y int, c color.Color) {
	for _, line := range lines {
		y += gridLine
		w.line(line, gridPad, y, c)
	}
}

func (w lettering) line(text string, x, y int, c color.Color) {
	d := font.Drawer{Dst: w.img, Src: image.NewUniform(c), Face: w.face, Dot: fixed.P(x, y)}
	d.DrawString(text)
}

func (w lettering) frame(r image.Rectangle, thick int, c color.Color) {
	Frame(w.img, r, thick, c)
}

// Frame draws the outline of a rectangle, its line inside.
func Frame(img *image.RGBA, r image.Rectangle, thick int, c color.Color) {
	ink := image.NewUniform(c)
	for _, side := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+thick)}, {image.Pt(r.Min.X, r.Max.Y-thick), r.Max},
		{r.Min, image.Pt(r.Min.X+thick, r.Max.Y)}, {image.Pt(r.Max.X-thick, r.Min.Y), r.Max},
	} {
		idraw.Draw(img, side, ink, image.Point{}, idraw.Src)
	}
}
