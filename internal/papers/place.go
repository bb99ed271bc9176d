package papers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"

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

// PlacePicture shows some places of an original: of a PDF the part of the page
// itself, of any other type the rows of the table around them, drawn again from the
// texts and spans that were read, which the picture says. False where none of the
// places stands in a table.
func PlacePicture(ctx context.Context, tokens draw.Tokens, from Source, at []report.Place, caption string) (Image, bool, error) {
	for _, doc := range from.Docs {
		for _, block := range doc.Blocks {
			if block.Grid == nil {
				continue
			}
			g, marked := gridOf(block.Grid, at)
			if !marked {
				continue
			}
			if doc.Type == extract.PDF && doc.Member == "" {
				if image, ok, err := pagePicture(ctx, tokens, from.Body, block.Grid, g, caption); ok || err != nil {
					return image, ok, err
				}
			}
			g.Caption = caption
			g.Foot = fmt.Sprintf("按归档原件第 %d 个表格的文字和行列重绘，不是原件的照片；略去的行以……表示", block.Grid.Number)
			body, err := tokens.GridPNG(g)
			if err != nil {
				return Image{}, false, err
			}
			image, err := Measure(body, g.Caption)
			return image, err == nil, err
		}
	}
	return Image{}, false, nil
}

// pointsAround is how many points of the page above and below the places are shown.
const pointsAround = 70

// pagePicture is the part of a page around the marked cells, these framed. Cells on
// other pages than the first are left out.
func pagePicture(ctx context.Context, tokens draw.Tokens, body []byte, table *extract.Grid, g draw.Grid, caption string) (Image, bool, error) {
	page := 0
	var boxes [][4]int
	for i, c := range table.Cells {
		box := c.Place.Box
		if !g.Cells[i].Marked || c.Place.Page == 0 || box[2] <= box[0] || box[3] <= box[1] {
			continue
		}
		if page == 0 {
			page = c.Place.Page
		}
		if c.Place.Page == page {
			boxes = append(boxes, box)
		}
	}
	if page == 0 {
		return Image{}, false, nil
	}
	picture, scale, err := extract.DrawPDFPage(ctx, body, page)
	if err != nil {
		return Image{}, false, err
	}
	made, err := tokens.Marked(picture, scale, boxes, pointsAround)
	if err != nil {
		return Image{}, false, err
	}
	image, err := Measure(made, caption)
	return image, err == nil, err
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
		image, ok, err := PlacePicture(ctx, tokens, from, at, f.Violation())
		if err != nil {
			return nil, err
		}
		if ok {
			pictures[f.Violation()] = image
		}
	}
	return pictures, nil
}
