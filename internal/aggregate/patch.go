package aggregate

import (
	"errors"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A change is what became of one report: before is what the sums were made of, nil where
// there was none.
type change struct {
	agency        report.AgencyID
	before, after *version
	member        bool // sums count its agency
	place         int  // of its agency in the roster
}

// errPatch says that a tally is not what the changes begin with: it is made anew.
var errPatch = errors.New("the sums are of other reports than those that changed")

// A slot is an outline of a patched tally: where it was before, -1 for nowhere, and what
// changed of it, nil for nothing.
type slot struct {
	was    int
	change *change
}

// patched is the tally with what changed: what each report brought is taken away, and
// what it brings now is added. It is, byte for byte, the tally of all its reports.
// place is where an agency stands in the roster; it is asked only where a report is new.
func (t *yearTally) patched(changes []change, place func(report.AgencyID) int) (yearTally, error) {
	slots, err := t.slots(changes, place)
	if err != nil {
		return yearTally{}, err
	}
	p := patch{was: t, slots: slots, columns: make(column, len(t.outlines)), fresh: make(column, len(slots))}
	p.outline()
	for i, ind := range tallied() {
		err := p.column(i, talliedRatio()[i], func(v *version) unitValue { return valueOf(ind, v) })
		if err != nil {
			return yearTally{}, err
		}
	}
	for i, c := range composed() {
		if err := p.parts(len(tallied())+i, c); err != nil {
			return yearTally{}, err
		}
	}
	if err := p.tail(); err != nil {
		return yearTally{}, err
	}
	err = p.column(carrySection(), true, carriedOf)
	return p.now, err
}

// slots finds the outlines that changed, and makes room for those that are new.
func (t *yearTally) slots(changes []change, place func(report.AgencyID) int) ([]slot, error) {
	slots := make([]slot, len(t.outlines), len(t.outlines)+len(changes))
	for i := range slots {
		slots[i].was = i
	}
	for i := range changes {
		c := &changes[i]
		at := slices.IndexFunc(slots, func(s slot) bool { return s.was >= 0 && t.outlines[s.was].Agency == c.agency })
		switch {
		case c.after == nil, (at >= 0) != (c.before != nil):
			return nil, errPatch
		case at < 0:
			behind := slices.IndexFunc(slots, func(s slot) bool {
				if s.was < 0 {
					return s.change.place > c.place
				}
				return place(t.outlines[s.was].Agency) > c.place
			})
			if behind < 0 {
				behind = len(slots)
			}
			slots = slices.Insert(slots, behind, slot{-1, c})
		case t.outlines[slots[at].was].ID != c.before.ID || t.outlines[slots[at].was].Status != c.before.Status:
			return nil, errPatch
		default:
			slots[at].change = c
		}
	}
	return slots, nil
}

// A patch makes one tally of another.
type patch struct {
	was            *yearTally
	now            yearTally
	slots          []slot
	counted        []int      // of the outlines before: which counted report each is, -1 for none
	gone, come     []*version // counted versions that are taken away, and that are added
	columns, fresh column     // room
}

// outline makes the outlines, and finds which versions sums count no more and which now.
func (p *patch) outline() {
	p.counted = make([]int, len(p.was.outlines))
	k := 0
	for i := range p.was.outlines {
		if p.counted[i] = -1; p.was.counts(i) {
			p.counted[i], k = k, k+1
		}
	}
	p.now.county, p.now.sections = p.was.county, make([][]byte, len(p.was.sections))
	p.now.member = newBits(len(p.slots))
	for i, s := range p.slots {
		member := s.was >= 0 && p.was.member.isSet(s.was)
		if s.change == nil {
			p.now.outlines = append(p.now.outlines, p.was.outlines[s.was])
		} else {
			member = member || s.was < 0 && s.change.member
			p.now.outlines = append(p.now.outlines, s.change.after.VersionValues)
		}
		if member {
			p.now.member.set(i)
		}
		counts := p.now.counts(i)
		if counts {
			p.now.counted++
		}
		if s.change == nil {
			continue
		}
		if s.was >= 0 && p.counted[s.was] >= 0 {
			p.gone = append(p.gone, s.change.before)
		}
		if counts {
			p.come = append(p.come, s.change.after)
		}
	}
}

// alike reports whether every version that changed has the value in a column that it had.
func (p *patch) alike(of func(*version) unitValue) bool {
	for _, s := range p.slots {
		if s.change != nil && (s.was < 0 || of(s.change.before) != of(s.change.after)) {
			return false
		}
	}
	return true
}

// column makes a packed column again where a value in it is another.
func (p *patch) column(section int, ratio bool, of func(*version) unitValue) error {
	if p.now.sections[section] = p.was.sections[section]; p.alike(of) {
		return nil
	}
	err := eachValue(p.was.sections[section], len(p.columns), ratio, func(i int, u unitValue) { p.columns[i] = u })
	if err != nil {
		return err
	}
	for i, s := range p.slots {
		if s.change == nil {
			p.fresh[i] = p.columns[s.was]
		} else {
			p.fresh[i] = of(s.change.after)
		}
	}
	p.now.sections[section] = p.fresh.pack(ratio)
	return nil
}

// parts makes the sums of a composition again.
func (p *patch) parts(section int, c composition) error {
	s, err := unpackParts(p.was.sections[section], len(c.parts))
	if err != nil {
		return err
	}
	if len(s.has) == 0 {
		s.has = newBits(p.was.counted)
	}
	fresh := partsOf{has: newBits(p.now.counted), total: s.total, parts: make([]Part, len(c.parts))}
	for i := range fresh.parts {
		fresh.parts[i].Value = s.parts[i].Value
	}
	add := func(v *version, sign report.Amount) bool {
		parts, total, ok := c.of(v)
		for i, a := range parts {
			fresh.parts[i].Value += sign * a
		}
		fresh.total += sign * total
		return ok
	}
	k := 0
	for i, one := range p.slots {
		var has bool
		if one.was >= 0 && p.counted[one.was] >= 0 {
			has = s.has.isSet(p.counted[one.was])
		}
		if one.change != nil {
			if has {
				add(one.change.before, -1)
			}
			has = p.now.counts(i) && add(one.change.after, 1)
		}
		if !p.now.counts(i) {
			continue
		}
		if has {
			fresh.has.set(k)
			for j := range c.parts {
				fresh.parts[j].Known = fresh.parts[j].Known || len(c.parts[j].terms[p.now.outlines[i].Format]) > 0
			}
		}
		k++
	}
	p.now.sections[section] = packParts(fresh)
	return nil
}

// tail makes the sections that are plain sums over the counted reports.
func (p *patch) tail() error {
	at := len(tallied()) + len(composed())
	b, err := unpackBalance(p.was.sections[at])
	if err != nil {
		return err
	}
	b.without(sumBalance(p.gone))
	b.merge(sumBalance(p.come))
	p.now.sections[at] = packBalance(b)
	for i, sum := range []func([]*version) vector{sumAsking, sumGrounds} {
		v, err := unpackVector(p.was.sections[at+1+i])
		if err != nil {
			return err
		}
		v.without(sum(p.gone))
		v.add(sum(p.come))
		p.now.sections[at+1+i] = v.pack()
	}
	cells, err := unpackCellSums(p.was.sections[at+3])
	if err != nil {
		return err
	}
	for _, v := range p.gone {
		cells.count(v, -1)
	}
	for _, v := range p.come {
		cells.count(v, 1)
	}
	p.now.sections[at+3] = cells.pack()
	return nil
}

// without takes the amounts of other reports away.
func (v *vector) without(other vector) {
	if v.usable -= other.usable; v.usable == 0 {
		v.amounts = nil
		return
	}
	for i, a := range other.amounts {
		v.amounts[i] -= a
	}
}

// count adds the cells of a version to sums over reports of any form, or takes them away.
func (s *cellSums) count(v *version, sign int) {
	if _, known := s.of[v.Format]; !known {
		s.cells[v.Format] = slices.Clone(s.in(v.Format))
	}
	s.of[v.Format] += sign
	for format, list := range s.cells {
		form := standard.FormOf(format)
		if form == nil {
			continue
		}
		for i, cell := range form.Cells {
			switch state, amount, known := v.cells.standing(form, cell); {
			case known:
				list[i].sum += report.Amount(sign) * amount
				list[i].counted += sign
			case state == report.Absent:
				list[i].absent += sign
			default:
				list[i].blank += sign
			}
		}
	}
	if s.of[v.Format] == 0 {
		delete(s.of, v.Format)
		delete(s.cells, v.Format)
	}
}
