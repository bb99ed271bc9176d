package aggregate

import (
	"encoding/binary"
	"maps"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A cellSum is one cell of a form summed over counted reports.
type cellSum struct {
	sum                    report.Amount
	counted, absent, blank int
}

func (c *cellSum) add(d cellSum) {
	c.sum += d.sum
	c.counted, c.absent, c.blank = c.counted+d.counted, c.absent+d.absent, c.blank+d.blank
}

// cellSums are the cells of each form that any of the reports has, summed over all of
// them, and how many reports there are of each form.
type cellSums struct {
	of    map[standard.Format]int
	cells map[standard.Format][]cellSum
}

// sumCells sums the cells of some counted reports.
func sumCells(of []*version) cellSums {
	s := cellSums{make(map[standard.Format]int), make(map[standard.Format][]cellSum)}
	for _, v := range of {
		s.of[v.Format]++
	}
	for format := range s.of {
		s.cells[format] = cellsIn(format, of)
	}
	return s
}

// cellsIn sums the cells of a form over reports of any form.
func cellsIn(format standard.Format, of []*version) []cellSum {
	form := standard.FormOf(format)
	if form == nil {
		return nil
	}
	list := make([]cellSum, len(form.Cells))
	for i, cell := range form.Cells {
		for _, v := range of {
			switch state, amount, known := v.cells.standing(form, cell); {
			case known:
				list[i].sum += amount
				list[i].counted++
			case state == report.Absent:
				list[i].absent++
			default:
				list[i].blank++
			}
		}
	}
	return list
}

// in returns the cells of a form over all the reports. What the forms of the reports have
// under the same code is summed already; what none of them has is absent in each.
func (s cellSums) in(format standard.Format) []cellSum {
	form := standard.FormOf(format)
	if list, ok := s.cells[format]; ok || form == nil {
		return list
	}
	own, n := slices.Sorted(maps.Keys(s.of)), 0
	for _, of := range s.of {
		n += of
	}
	list := make([]cellSum, len(form.Cells))
	for i, cell := range form.Cells {
		list[i].absent = n
		for _, format := range own {
			if f := standard.FormOf(format); f != nil {
				if at, ok := f.Index(cell.Code); ok {
					list[i] = s.cells[format][at]
					break
				}
			}
		}
	}
	return list
}

// merge adds the sums of other reports.
func (s *cellSums) merge(other cellSums) {
	if s.has(other) {
		for format, list := range s.cells {
			for i, c := range other.in(format) {
				list[i].add(c)
			}
		}
		for format, n := range other.of {
			s.of[format] += n
		}
		return
	}
	formats := maps.Clone(s.of)
	if formats == nil {
		formats = make(map[standard.Format]int)
	}
	for format, n := range other.of {
		formats[format] += n
	}
	merged := cellSums{formats, make(map[standard.Format][]cellSum, len(formats))}
	for format := range formats {
		list := slices.Clone(s.in(format))
		for i, c := range other.in(format) {
			list[i].add(c)
		}
		merged.cells[format] = list
	}
	*s = merged
}

// has reports whether all forms of other reports are among those of these.
func (s *cellSums) has(other cellSums) bool {
	for format := range other.of {
		if _, ok := s.of[format]; !ok {
			return false
		}
	}
	return s.of != nil
}

// common is the format of most reports, the prescribed one where as many have it.
func (s cellSums) common(year int) standard.Format {
	best, _ := standard.FormatForYear(year)
	for _, format := range slices.Sorted(maps.Keys(s.of)) {
		if s.of[format] > s.of[best] {
			best = format
		}
	}
	return best
}

// pack packs the sums: of a cell that all have and that is 0 one byte.
func (s cellSums) pack() []byte {
	var out []byte
	n := 0
	for _, format := range slices.Sorted(maps.Keys(s.of)) {
		n += s.of[format]
	}
	for _, format := range slices.Sorted(maps.Keys(s.of)) {
		out = appendText(out, string(format))
		out = binary.AppendUvarint(out, uint64(s.of[format]))
		out = binary.AppendUvarint(out, uint64(len(s.cells[format])))
		for _, c := range s.cells[format] {
			whole := c.counted == n
			out = append(out, oneByte(whole)|oneByte(c.sum != 0)<<1)
			if !whole {
				out = binary.AppendUvarint(binary.AppendUvarint(out, uint64(c.counted)), uint64(c.absent))
			}
			if c.sum != 0 {
				out = appendAmounts(out, c.sum)
			}
		}
	}
	return out
}

// unpackCellSums reads what pack wrote.
func unpackCellSums(section []byte) (cellSums, error) {
	s := cellSums{make(map[standard.Format]int), make(map[standard.Format][]cellSum)}
	type marked struct {
		format standard.Format
		whole  []int
	}
	var all []marked
	n := 0
	r := unpacker{left: section}
	for len(r.left) > 0 && !r.bad {
		m := marked{format: standard.Format(r.bytes())}
		s.of[m.format] = int(r.uvarint())
		n += s.of[m.format]
		list := make([]cellSum, r.count())
		for i := range list {
			flags := r.uvarint()
			if flags&1 == 1 {
				m.whole = append(m.whole, i)
			} else {
				list[i].counted, list[i].absent = int(r.uvarint()), int(r.uvarint())
			}
			if flags&2 == 2 {
				list[i].sum = r.amount()
			}
		}
		if form := standard.FormOf(m.format); form == nil && len(list) > 0 || form != nil && len(list) != len(form.Cells) {
			return s, errTally
		}
		s.cells[m.format] = list
		all = append(all, m)
	}
	for _, m := range all {
		list := s.cells[m.format]
		for _, i := range m.whole {
			list[i].counted = n
		}
		for i := range list {
			list[i].blank = n - list[i].counted - list[i].absent
		}
	}
	return s, r.end()
}
