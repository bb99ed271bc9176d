package aggregate

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Passage is a stretch of text that two reports share, as each has it.
type Passage struct{ Text, Other string }

// passages returns the longest shared stretches of two texts, longest first and at
// most limit, each as it stands in its own text.
func passages(a, b plain, limit int) []Passage {
	where := make(map[uint64]int)
	for i, h := range b.shingles() {
		if _, ok := where[h]; !ok {
			where[h] = i
		}
	}
	type run struct{ from, to, other int } // shingles of a from..to-1, beginning in b at other
	var runs []run
	for i, h := range a.shingles() {
		at, ok := where[h]
		if !ok {
			continue
		}
		if n := len(runs) - 1; n >= 0 && runs[n].to == i && runs[n].other+i-runs[n].from == at {
			runs[n].to++
			continue
		}
		runs = append(runs, run{i, i + 1, at})
	}
	slices.SortStableFunc(runs, func(x, y run) int { return (y.to - y.from) - (x.to - x.from) })
	var list []Passage
	for _, r := range runs[:min(limit, len(runs))] {
		n := r.to - r.from
		list = append(list, Passage{Text: a.cut(r.from, n), Other: b.cut(r.other, n)})
	}
	return list
}

// cut returns the text under n shingles from one on, as it was before it was made
// ready.
func (p plain) cut(from, n int) string {
	last := from + n + shingleLength - 2
	_, size := utf8.DecodeRuneInString(p.text[p.at[last]:])
	return strings.TrimSpace(p.text[p.at[from] : int(p.at[last])+size])
}

// shared returns the stretches of a text whose shingles are all in a set, longest
// first and at most limit.
func shared(p plain, set []uint64, limit int) []string {
	type run struct{ from, n int }
	var runs []run
	for i, h := range p.shingles() {
		if _, in := slices.BinarySearch(set, h); !in {
			continue
		}
		if n := len(runs) - 1; n >= 0 && runs[n].from+runs[n].n == i {
			runs[n].n++
			continue
		}
		runs = append(runs, run{i, 1})
	}
	slices.SortStableFunc(runs, func(x, y run) int { return y.n - x.n })
	var list []string
	for _, r := range runs[:min(limit, len(runs))] {
		list = append(list, p.cut(r.from, r.n))
	}
	return list
}
