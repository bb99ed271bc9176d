package extract

import "gongkai/internal/report"

// A blockList gathers the blocks of a document and numbers them.
type blockList struct {
	list              []Block
	paragraphs, grids int
}

// text adds a paragraph.
func (b *blockList) text(text string) *Paragraph {
	return b.paragraph(Paragraph{Text: text})
}

// paragraph adds a copy of p under the next number.
func (b *blockList) paragraph(p Paragraph) *Paragraph {
	b.paragraphs++
	p.Number = b.paragraphs
	p.Place = report.Place{Paragraph: p.Number, Line: p.Place.Line}
	b.list = append(b.list, Block{Paragraph: &p})
	return &p
}

// grid adds g under the next number, and gives its cells the places that go with it.
func (b *blockList) grid(g *Grid) {
	b.grids++
	g.Number = b.grids
	for i := range g.Cells {
		g.Cells[i].Place.Table = b.grids
	}
	b.list = append(b.list, Block{Grid: g})
}
