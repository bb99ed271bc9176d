package aggregate

import (
	"slices"

	"gongkai/internal/report"
)

// A yearBasis is the basis of a year with every counted report usable, made once: the
// figures of the year differ from it only by the reports that lack the cell.
type yearBasis struct {
	basis   Basis
	counted []*Owed // those that sums count, in the order of the members
	tick    []int   // of each of them
}

// yearBasis returns that of a year. It is shared and not to be changed.
func (w *world) yearBasis(year int) *yearBasis {
	if y := w.bases[year]; y != nil {
		return y
	}
	y := &yearBasis{}
	members := w.inYear(year)
	if len(members) > 0 {
		y.basis.Ticks = make([]Tick, 0, len(members))
	}
	for _, m := range members {
		if m.counted != nil {
			y.counted, y.tick = append(y.counted, m.owed), append(y.tick, len(y.basis.Ticks))
		}
		y.basis.add(m.owed, m.counted != nil)
	}
	if len(y.basis.Ticks) == 0 {
		y.basis.Ticks = nil
	}
	if w.bases == nil {
		w.bases = make(map[int]*yearBasis)
	}
	w.bases[year] = y
	return y
}

// A walk goes through the counted reports of a year, from tally to tally, and takes from
// the year's basis those that lack the figure.
type walk struct {
	of    *yearBasis
	basis Basis
	own   bool // the ticks are no longer shared
	at    int  // counted reports so far
	last  int  // where the last tally begins
}

func (w *world) walk(year int) *walk {
	of := w.yearBasis(year)
	return &walk{of: of, basis: of.basis}
}

// through goes through so many counted reports; has says which of them have the figure,
// nil for none. It is false where there are not so many.
func (k *walk) through(counted int, has bits) bool {
	if len(has) != 0 && len(has) != len(newBits(counted)) || k.at+counted > len(k.of.counted) {
		return false
	}
	k.last = k.at
	for i := 0; i < counted; i++ {
		switch {
		case len(has) == 0:
			k.lacks(k.at + i)
		case has[i/8] == 0xFF:
			i |= 7 // eight that have it
		case !has.isSet(i):
			k.lacks(k.at + i)
		}
	}
	k.at += counted
	return true
}

// lacks takes a counted report away from those that are usable.
func (k *walk) lacks(i int) {
	if !k.own {
		k.basis.Ticks, k.own = slices.Clone(k.basis.Ticks), true
	}
	k.basis.Usable--
	k.basis.Ticks[k.of.tick[i]] = tick(k.of.counted[i], false)
}

// agency is the agency of a report of the last tally.
func (k *walk) agency(i int) report.Agency { return k.of.counted[k.last+i].Agency }

// end is the basis of the figure: what no tally knows of is not usable.
func (k *walk) end() Basis {
	for ; k.at < len(k.of.counted); k.at++ {
		k.lacks(k.at)
	}
	return k.basis
}
