package aggregate

import (
	"hash/maphash"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// templateUnits is the least number of units of which a district's template is told.
const templateUnits = 4

// templates finds what over half of a district's units share in a section, reports
// it once and takes it out of what is compared between units.
func (k *copier) templates() {
	for _, group := range takeTemplates(k.now, k.j.threshold("copy.other_unit", "district")) {
		k.template(group)
	}
}

// A templated is a section of a district's units, with the shingles that are of its
// template.
type templated struct {
	region   standard.RegionCode
	sections []*copySection
	often    []uint64
}

// takeTemplates takes what over half of a district's units share in a section out of what
// is compared of each, and returns the districts and sections where there is such.
func takeTemplates(reports []*copyReport, half float64) []templated {
	var all []templated
	for _, number := range comparedSections() {
		groups := make(map[standard.RegionCode][]*copySection)
		var order []standard.RegionCode
		for _, r := range reports {
			if s := r.sections[number]; s != nil && len(s.set) > 0 {
				if groups[r.region] == nil {
					order = append(order, r.region)
				}
				groups[r.region] = append(groups[r.region], s)
			}
		}
		for _, region := range order {
			group := templated{region: region, sections: groups[region]}
			if len(group.sections) < templateUnits {
				continue
			}
			if group.often = often(group.sections, half); len(group.often) == 0 {
				continue
			}
			for _, s := range group.sections {
				s.own = minus(s.set, group.often)
			}
			all = append(all, group)
		}
	}
	return all
}

// often are the shingles that stand in more than a share of some sections.
func often(group []*copySection, half float64) []uint64 {
	var all []uint64
	for _, s := range group {
		all = append(all, s.set...)
	}
	slices.Sort(all)
	var often []uint64
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to] == all[from] {
			to++
		}
		if float64(to-from) > half*float64(len(group)) {
			often = append(often, all[from])
		}
		from = to
	}
	return often
}

// template tells the template of a section of a district.
func (k *copier) template(group templated) {
	t := Template{Region: group.region, Year: k.year, Section: group.sections[0].section, Of: len(group.sections)}
	var best *copySection
	most := 0
	for _, s := range group.sections {
		n := common(group.often, s.set)
		if 2*n > len(group.often) {
			t.Units++
		}
		if n > most {
			best, most = s, n
		}
	}
	if !k.c.Region.Contains(group.region) {
		return
	}
	t.Passages = slices.DeleteFunc(shared(normalise(best.text, best.report.names), group.often, 3), func(s Passage) bool { return len([]rune(s.Text)) < 2*shingleLength })
	if len(t.Passages) > 0 && 2*t.Units > t.Of {
		k.c.Templates = append(k.c.Templates, t)
	}
}

// otherUnits compares a section with that of every other report of the year. Texts
// that are word for word alike are one set, so that a text of a thousand units is
// compared once.
func (k *copier) otherUnits(number int) {
	const rule = "copy.other_unit"
	var kinds [][]uint64
	var members [][]*copySection
	seed := maphash.MakeSeed()
	known := make(map[uint64][]int)
	kindOf := make(map[*copySection]int)
	for _, r := range k.now {
		s := r.sections[number]
		if s == nil || len(s.own) < k.length(rule) {
			k.short(r, s, number)
			continue
		}
		h := setHash(seed, s.own)
		at := slices.IndexFunc(known[h], func(i int) bool { return slices.Equal(kinds[i], s.own) })
		if at < 0 {
			known[h] = append(known[h], len(kinds))
			kindOf[s] = len(kinds)
			kinds, members = append(kinds, s.own), append(members, []*copySection{s})
			continue
		}
		kind := known[h][at]
		kindOf[s], members[kind] = kind, append(members[kind], s)
	}
	index := newSketchIndex(kinds)
	for kind, list := range members {
		here := slices.ContainsFunc(list, func(s *copySection) bool { _, ok := k.j.w.find(s.report.agency); return ok })
		if here {
			k.likest(index, kinds, members, kind, list)
		}
	}
}

// short notes why a section is not compared with others.
func (k *copier) short(r *copyReport, s *copySection, number int) {
	const rule = "copy.other_unit"
	o, here := k.owed(r)
	switch {
	case !here:
	case !r.prose:
		k.j.say(o, rule, sectionName(number), report.Open, "没有可读的文字")
	case s != nil:
		k.j.say(o, rule, sectionName(number), report.NotApplicable, "除去共用模板后不足 120 字")
	}
}

// likest finds for each section of a kind the other report that holds most of it.
func (k *copier) likest(index *sketchIndex, kinds [][]uint64, members [][]*copySection, kind int, list []*copySection) {
	const rule = "copy.other_unit"
	least := k.j.threshold(rule, "notice")
	best, share := -1, 0.0
	index.candidates(kind, least, func(other int) {
		if c := containment(kinds[kind], kinds[other]); c > share {
			best, share = other, c
		}
	})
	for i, s := range list {
		o, here := k.owed(s.report)
		if !here {
			continue
		}
		other, of := (*copySection)(nil), share
		switch {
		case len(list) > 1: // word for word alike
			other, of = list[(i+1)%len(list)], 1
		case best >= 0:
			other = members[best][0]
		}
		severity := k.severity(rule, of)
		if other == nil || severity == "" {
			k.j.say(o, rule, sectionName(s.section), report.Pass, "")
			continue
		}
		k.pair(o, rule, severity, s, other, of)
	}
}

func setHash(seed maphash.Seed, set []uint64) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	var b [8]byte
	for _, x := range set {
		for i := range b {
			b[i] = byte(x >> (8 * i))
		}
		h.Write(b[:])
	}
	return h.Sum64()
}
