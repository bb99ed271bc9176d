package extract

import "slices"

// A wordBox is a text box: the shape that it is, and its part of the story of the
// text boxes.
type wordBox struct {
	shape    int
	from, to int // characters from the start of the story
}

// textBoxes reads which shape has which part of the story of text boxes.
func (w *wordFile) textBoxes() []wordBox {
	const size, shape = 22, 14
	table := w.pair(pairBoxes)
	n := (len(table) - 4) / (4 + size)
	var boxes []wordBox
	for i := range max(0, n) {
		boxes = append(boxes, wordBox{
			from: u32(table, 4*i), to: u32(table, 4*i+4),
			shape: u32(table, 4*(n+1)+size*i+shape),
		})
	}
	return boxes
}

// shapeAt returns the shape that hangs on a character of the main text.
func (w *wordFile) shapeAt(cp int) (shape int, ok bool) {
	const size = 26
	table := w.pair(pairShapes)
	n := (len(table) - 4) / (4 + size)
	for i := range max(0, n) {
		if u32(table, 4*i) == cp {
			return u32(table, 4*(n+1)+size*i), true
		}
	}
	return 0, false
}

// drawing reads what a drawing object says: the text of a text box, which follows
// the paragraph it hangs on. Other shapes may be pictures.
func (t *wordText) drawing(p wordPiece, at int) {
	cp := p.from + (at - p.at)
	if !p.narrow {
		cp = p.from + (at-p.at)/2
	}
	shape, ok := t.file.shapeAt(cp)
	if !ok || !t.fields.show() {
		return
	}
	start, end := t.file.boxesStory()
	for _, box := range t.boxes {
		if box.shape != shape {
			continue
		}
		from, to := min(end, start+box.from), min(end, start+box.to)
		inner := wordText{ctx: t.ctx, doc: t.doc, file: t.file} // boxes in boxes do not occur
		if inner.read(from, to) == nil {
			t.after = append(t.after, inner.stack.done()...)
		}
		return
	}
	if slices.Contains(t.file.pictureShapes(), shape) {
		t.doc.Pictures++
	}
}

// pictureShapes returns the shapes that show a picture.
func (w *wordFile) pictureShapes() []int {
	var found []int
	eachDrawing(w.pair(pairDrawings), 0, &found)
	return found
}

// eachDrawing walks the records of a drawing and appends the shapes that have a
// picture.
func eachDrawing(b []byte, depth int, found *[]int) {
	const (
		container, deepest    = 0xf, 20
		shape, shapeInfo      = 0xf004, 0xf00a
		properties, pictureID = 0xf00b, 0x104
	)
	id, picture := 0, false
	for len(b) >= 8 {
		head, kind, size := u16(b, 0), u16(b, 2), u32(b, 4)
		body := part(b, 8, size)
		switch {
		case kind == shapeInfo:
			id = u32(body, 0)
		case kind == properties:
			for i := range head >> 4 {
				picture = picture || u16(body, 6*i)&0x3fff == pictureID
			}
		case head&0xf == container && depth < deepest:
			eachDrawing(body, depth+1, found)
		}
		b = b[min(len(b), 8+size):]
		if kind == 0xf000 && len(b) > 0 { // drawings follow, each behind a byte
			b = b[1:]
		} else if kind == 0xf002 && depth == 0 && len(b) > 0 {
			b = b[1:]
		}
	}
	if picture {
		*found = append(*found, id)
	}
}
