package extract

// wordShapes are the drawings of a document: where they hang, what they hold.
type wordShapes struct {
	at       map[int]int    // shape by the character of the main text that it hangs on
	boxes    map[int][2]int // part of the story of text boxes, by shape
	pictures map[int]bool   // shapes that show a picture
}

// readShapes reads the drawings of the main text.
func (w *wordFile) readShapes() *wordShapes {
	s := &wordShapes{at: map[int]int{}, boxes: map[int][2]int{}, pictures: map[int]bool{}}
	eachEntry(w.pair(pairShapes), 26, func(from, _ int, anchor []byte) {
		s.at[from] = u32(anchor, 0)
	})
	eachEntry(w.pair(pairBoxes), 22, func(from, to int, box []byte) {
		s.boxes[u32(box, 14)] = [2]int{from, to}
	})
	s.drawings(w.pair(pairDrawings), 0)
	return s
}

// eachEntry calls do for each entry of a table that gives stretches of text
// descriptions of a fixed size.
func eachEntry(table []byte, size int, do func(from, to int, entry []byte)) {
	n := (len(table) - 4) / (4 + size)
	for i := range max(0, n) {
		do(u32(table, 4*i), u32(table, 4*i+4), part(table, 4*(n+1)+size*i, size))
	}
}

// drawings walks the records of a drawing and notes the shapes with a picture.
func (s *wordShapes) drawings(b []byte, depth int) {
	const (
		container, deepest    = 0xf, 20
		blips, drawing        = 0xf000, 0xf002
		shapeInfo, properties = 0xf00a, 0xf00b
		pictureID             = 0x104
	)
	shape := 0
	for len(b) >= 8 {
		head, kind, size := u16(b, 0), u16(b, 2), u32(b, 4)
		body := part(b, 8, size)
		switch {
		case kind == shapeInfo:
			shape = u32(body, 0)
		case kind == properties:
			for i := range head >> 4 {
				if u16(body, 6*i)&0x3fff == pictureID {
					s.pictures[shape] = true
				}
			}
		case head&0xf == container && depth < deepest:
			s.drawings(body, depth+1)
		}
		b = b[min(len(b), 8+size):]
		if depth == 0 && (kind == blips || kind == drawing) && len(b) > 0 {
			b = b[1:] // the kind of the drawing that follows
		}
	}
}

// drawing reads what a drawing shows: the text of a text box, which follows the
// paragraph that it hangs on, or a picture. A shape shows once.
func (t *wordText) drawing(p wordPiece, at int) {
	shape, ok := t.shapes.at[p.position(at)]
	if !ok || !t.story.fields.show() {
		return
	}
	if t.shapes.pictures[shape] {
		t.doc.Pictures++
	}
	box, ok := t.shapes.boxes[shape]
	if !ok {
		return
	}
	delete(t.shapes.boxes, shape)
	start, end := t.file.boxesStory()
	inner := wordText{ctx: t.ctx, doc: t.doc, file: t.file, shapes: &wordShapes{}, labels: map[int]string{}}
	if err := inner.read(min(end, start+box[0]), min(end, start+box[1])); err != nil {
		t.err = err
	}
	t.story.after = append(t.story.after, inner.story.done()...)
}
