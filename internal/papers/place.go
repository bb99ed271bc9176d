package papers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"maps"
	"slices"

	"gongkai/internal/draw"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
)

// placeOf is where an operand stands: findings are kept without the places, which
// the reading has.
func placeOf(o report.Operand, r report.Reading) report.Place {
	if !o.Value.Place.IsZero() {
		return o.Value.Place
	}
	return r.Value(o.Cell).Place
}

// Places are where the figures of a finding stand.
func Places(f report.Finding, r report.Reading) []report.Place {
	var list []report.Place
	for _, o := range f.Operands {
		if at := placeOf(o, r); !at.IsZero() {
			list = append(list, at)
		}
	}
	return list
}

// A Source is an original and what was read of it.
type Source struct {
	Body []byte
	Docs []*extract.Document
}

// A Wording gives a text in the language of a picture; nil is the text as it is.
type Wording func(text string, args ...any) string

func (w Wording) say(text string, args ...any) string {
	if w == nil {
		return fmt.Sprintf(text, args...)
	}
	return w(text, args...)
}

// PlacePicture shows some places of an original: of a PDF and of a picture the part of
// the page itself, of any other type the rows of the table around them, drawn again
// from the texts and spans that were read, which the picture says. So is a page that
// cannot be drawn or comes out without its texts. False where none of the places
// stands in a table.
func PlacePicture(ctx context.Context, tokens draw.Tokens, from Source, at []report.Place, caption string, w Wording) (Image, bool, error) {
	for _, doc := range from.Docs {
		for _, block := range doc.Blocks {
			if block.Grid == nil {
				continue
			}
			g, marked := gridOf(block.Grid, at)
			if !marked {
				continue
			}
			g.Caption = caption
			body, err := pagePicture(ctx, tokens, from.Body, doc, block.Grid, g, w)
			if err != nil {
				return Image{}, false, err
			}
			if body == nil {
				g.Foot = w.say("按归档原件第 %d 个表格的文字和行列重绘，不是原件的照片；略去的行以……表示", block.Grid.Number)
				if body, err = tokens.GridPNG(g); err != nil {
					return Image{}, false, err
				}
			}
			image, err := Measure(body, caption)
			return image, err == nil, err
		}
	}
	return Image{}, false, nil
}

// mostPages is on how many pages places are shown: a table seldom spans more.
const mostPages = 3

// pagePicture is the parts of the pages around the marked cells, these framed; nil
// where the original has no pages that can be drawn.
func pagePicture(ctx context.Context, tokens draw.Tokens, body []byte, doc *extract.Document, table *extract.Grid, g draw.Grid, w Wording) ([]byte, error) {
	if doc.Member != "" || doc.Type != extract.PDF && doc.Type != extract.Image {
		return nil, nil
	}
	boxes, texts := boxesOf(table, g)
	var pages []draw.Page
	for _, n := range slices.Sorted(maps.Keys(boxes)) {
		if len(pages) == mostPages {
			break
		}
		page := draw.Page{Boxes: boxes[n], Label: w.say("归档原件第 %d 页", n)}
		var err error
		page.Image, page.Scale, err = extract.DrawPage(ctx, doc.Type, body, n)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil || slices.ContainsFunc(texts[n], func(b [4]int) bool { return !page.Inked(b) }) {
			return nil, nil
		}
		pages = append(pages, page)
	}
	if len(pages) == 0 {
		return nil, nil
	}
	foot := w.say("归档原件页面的图像，只加了红框")
	if left := len(boxes) - len(pages); left > 0 {
		foot += w.say("；另有 %d 页未画", left)
	}
	return tokens.PagesPNG(pages, g.Caption, foot)
}

// boxesOf are the boxes of marked cells by page, and those of them that have a text.
func boxesOf(table *extract.Grid, g draw.Grid) (all, texts map[int][][4]int) {
	all, texts = make(map[int][][4]int), make(map[int][][4]int)
	for i, c := range table.Cells {
		box, page := c.Place.Box, c.Place.Page
		if !g.Cells[i].Marked || page == 0 || box[2] <= box[0] || box[3] <= box[1] {
			continue
		}
		all[page] = append(all[page], box)
		if c.Text != "" {
			texts[page] = append(texts[page], box)
		}
	}
	return all, texts
}

// Measure takes the size of a PNG.
func Measure(body []byte, alt string) (Image, error) {
	size, err := png.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return Image{}, fmt.Errorf("picture of a place: %w", err)
	}
	return Image{PNG: body, Width: size.Width, Height: size.Height, Alt: alt}, nil
}

// gridOf is a table to be drawn, with the cells at some places marked.
func gridOf(table *extract.Grid, at []report.Place) (draw.Grid, bool) {
	g := draw.Grid{Rows: table.Rows, Columns: table.Columns}
	marked := false
	for _, c := range table.Cells {
		cell := draw.GridCell{Row: c.Row, Column: c.Column, RowSpan: c.RowSpan, ColSpan: c.ColSpan, Text: c.Text}
		for _, place := range at {
			if place.Table == table.Number && place.Row == c.Place.Row && place.Column == c.Place.Column {
				cell.Marked, marked = true, true
			}
		}
		g.Cells = append(g.Cells, cell)
	}
	return g, marked
}

// Pictures draws the places of the findings that are put to a unit. The document is
// asked for where there is one to draw, and once; an original that cannot be read
// again leaves the sheet without pictures, which is no reason to go without it.
func Pictures(ctx context.Context, tokens draw.Tokens, findings []report.Finding, r report.Reading,
	source func(context.Context) (Source, error)) (map[string]Image, error) {
	pictures := make(map[string]Image)
	var from Source
	for _, f := range findings {
		at := Places(f, r)
		if f.Severity == report.Notice || len(at) == 0 {
			continue
		}
		if from.Docs == nil {
			var err error
			if from, err = source(ctx); errors.Is(err, report.ErrUnreadable) {
				return pictures, nil
			} else if err != nil {
				return nil, err
			}
		}
		image, ok, err := PlacePicture(ctx, tokens, from, at, f.Violation(), nil)
		if err != nil {
			return nil, err
		}
		if ok {
			pictures[f.Violation()] = image
		}
	}
	return pictures, nil
}
