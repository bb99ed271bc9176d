package extract

// apply changes the format of a row by one property change. Cells are named by
// their index, as they were before the change.
func (f *rowFormat) apply(op int, arg []byte) {
	switch op {
	case sprmTDefine:
		f.define(arg)
	case sprmTMerge:
		first, limit := f.cellRange(arg)
		for i := first; i < limit; i++ {
			f.cells[i].along = continues
		}
		if first < limit {
			f.cells[first].along = opens
		}
	case sprmTSplit:
		first, limit := f.cellRange(arg)
		for i := first; i < limit; i++ {
			f.cells[i].along = alone
		}
	case sprmTVertical:
		if len(arg) >= 2 && int(arg[0]) < len(f.cells) {
			f.cells[arg[0]].down = verticalMerge(int(arg[1]))
		}
	case sprmTInsert:
		f.insert(int(arg[0]), int(arg[1]), u16(arg, 2))
	case sprmTDelete:
		first, limit := f.cellRange(arg)
		f.cells = append(f.cells[:first:first], f.cells[limit:]...)
		f.close()
	case sprmTWidth:
		first, limit := f.cellRange(arg)
		for i := first; i < limit; i++ {
			f.cells[i].right = f.cells[i].left + u16(arg, 2)
		}
		f.close()
	case sprmTHeader:
		f.header = arg[0]&1 == 1
	}
}

// define reads a row's definition: the edges of its cells, then what is known of
// each. Trailing descriptions may be left out.
func (f *rowFormat) define(arg []byte) {
	const size = 20 // of a cell's description
	if len(arg) == 0 {
		return
	}
	n := int(arg[0])
	if len(arg) < 1+2*(n+1) {
		return
	}
	f.cells = make([]flowCell, n)
	for i := range f.cells {
		c := &f.cells[i]
		c.left = int(int16(u16(arg, 1+2*i)))
		c.right = int(int16(u16(arg, 3+2*i)))
		bits := u16(arg, 1+2*(n+1)+size*i)
		c.down = verticalMerge(bits >> 5 & 3)
		c.along = merge(bits & 3) // which of 1 and 2 opens is settled below
	}
	f.settleAlong()
}

// settleAlong tells the opening cells of horizontal merges from the continuing
// ones. Descriptions of the format disagree on the two marks; the first of a row
// of marked cells opens in either.
func (f *rowFormat) settleAlong() {
	opening := merge(0)
	for i := range f.cells {
		switch mark := f.cells[i].along; {
		case mark == alone:
			opening = alone
		case opening == alone || mark == opening:
			opening = mark
			f.cells[i].along = opens
		default:
			f.cells[i].along = continues
		}
	}
}

// verticalMerge reads the two bits for vertical merging: merged, and first.
func verticalMerge(bits int) merge {
	switch {
	case bits&2 != 0:
		return opens
	case bits&1 != 0:
		return continues
	}
	return alone
}

// cellRange reads the index of a first cell and of the one after the last.
func (f *rowFormat) cellRange(arg []byte) (first, limit int) {
	limit = min(int(arg[1]), len(f.cells))
	return min(int(arg[0]), limit), limit
}

// insert puts n cells of a width before cell at.
func (f *rowFormat) insert(at, n, width int) {
	if len(f.cells)+n > mostColumns {
		return
	}
	at = min(at, len(f.cells))
	left := 0
	switch {
	case at < len(f.cells):
		left = f.cells[at].left
	case at > 0:
		left = f.cells[at-1].right
	}
	cells := append([]flowCell(nil), f.cells[:at]...)
	for range n {
		cells = append(cells, flowCell{left: left, right: left + width})
		left += width
	}
	f.cells = append(cells, f.cells[at:]...)
	f.close()
}

// close moves the cells together after one changed its width.
func (f *rowFormat) close() {
	for i := 1; i < len(f.cells); i++ {
		c := &f.cells[i]
		width := c.right - c.left
		c.left = f.cells[i-1].right
		c.right = c.left + width
	}
}
