package extract

import "encoding/xml"

// table reads a w:tbl.
func (r *docxReader) table() (*flowTable, error) {
	t := &flowTable{}
	var edges docxEdges
	err := r.rows(t, &edges)
	return t, err
}

// rows reads the children of a table, or of what wraps some of its rows.
func (r *docxReader) rows(t *flowTable, edges *docxEdges) error {
	var visit func(e xml.StartElement) error
	visit = func(e xml.StartElement) error {
		switch xmlName(e) {
		case "w:tblGrid":
			return edges.read(r)
		case "w:tr":
			row, shown, err := r.row(edges)
			if shown && row.shows() {
				t.rows = append(t.rows, row)
			}
			return err
		case "w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo":
			return r.children(visit)
		case "mc:AlternateContent":
			return r.alternate(visit)
		}
		return r.dec.Skip()
	}
	return r.children(visit)
}

// A docxEdges knows where the columns of a table's grid begin.
type docxEdges struct {
	at     []int // of column i; one more for the end of the last
	unsure bool  // a column has no width: the widths say nothing
}

// read reads a w:tblGrid.
func (d *docxEdges) read(r *docxReader) error {
	x := 0
	d.at = append(d.at[:0], 0)
	return r.children(func(e xml.StartElement) error {
		if xmlName(e) == "w:gridCol" && len(d.at) <= mostColumns {
			w := xmlInt(xmlAttr(e, "w"), 0)
			if w <= 0 || w > 100_000 {
				d.unsure = true
			}
			x += w
			d.at = append(d.at, x)
		}
		return r.dec.Skip()
	})
}

// edge returns where column i begins.
func (d *docxEdges) edge(i int) int {
	const wide = 1000
	n := len(d.at)
	switch {
	case n == 0 || d.unsure:
		return i * wide
	case i < n:
		return d.at[i]
	}
	return d.at[n-1] + (i-n+1)*wide
}

// row reads a w:tr; shown is false where it is deleted or hidden.
func (r *docxReader) row(edges *docxEdges) (row flowRow, shown bool, err error) {
	shown = true
	column := 0
	var visit func(e xml.StartElement) error
	visit = func(e xml.StartElement) error {
		switch {
		case !shown:
			return r.dec.Skip()
		case xmlName(e) == "w:trPr":
			return r.children(func(e xml.StartElement) error {
				switch xmlName(e) {
				case "w:gridBefore":
					column = min(mostColumns, max(0, xmlInt(xmlAttr(e, "val"), 0)))
				case "w:tblHeader":
					row.header = xmlOn(e)
				case "w:del", "w:hidden", "w:moveFrom":
					shown = shown && !xmlOn(e)
				}
				return r.dec.Skip()
			})
		case xmlName(e) == "w:tc":
			cell, span, err := r.cell()
			cell.left, cell.right = edges.edge(column), edges.edge(column+span)
			column += span
			row.cells = append(row.cells, cell)
			return err
		}
		switch xmlName(e) {
		case "w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo":
			return r.children(visit)
		}
		return r.dec.Skip()
	}
	err = r.children(visit)
	return row, shown, err
}

// cell reads a w:tc with the number of grid columns that it takes.
func (r *docxReader) cell() (cell flowCell, span int, err error) {
	outer, shaded := r.para, r.shaded
	defer func() { r.para, r.shaded = outer, shaded }()
	r.held++
	r.cells++
	defer func() { r.cells-- }()
	span = 1
	var out docxBlocks
	err = r.children(func(e xml.StartElement) error {
		if xmlName(e) != "w:tcPr" {
			return r.block(e, &out)
		}
		return r.children(func(e xml.StartElement) error {
			switch xmlName(e) {
			case "w:gridSpan":
				span = min(mostColumns, max(1, xmlInt(xmlAttr(e, "val"), 1)))
			case "w:vMerge":
				cell.down = mergeOf(xmlAttr(e, "val"), "restart")
			case "w:hMerge":
				cell.along = mergeOf(xmlAttr(e, "val"), "restart")
			case "w:cellMerge":
				if v := xmlAttr(e, "vMerge"); v != "" {
					cell.down = mergeOf(v, "rest")
				}
			case "w:shd":
				r.shaded = r.shaded || isShade(e)
			case "w:cellDel":
				cell.gone = true
			}
			return r.dec.Skip()
		})
	})
	out.flush()
	cell.content = out.blocks
	return cell, span, err
}

func mergeOf(val, opening string) merge {
	if val == opening {
		return opens
	}
	return continues
}
