package aggregate

import "slices"

// A sketch index finds the sets that may contain most of another without comparing
// all pairs. It is a scaled MinHash: of each set it keeps the hashes that are
// divisible by sketchScale, which is the same fixed sample of all shingles for every
// set, so that the share of a sketch found in another estimates containment also
// where one text is much longer than the other. What it proposes is verified on the
// whole sets.
type sketchIndex struct {
	postings []posting // by hash, then set
	sketches [][]uint64
	counts   []int32
}

type posting struct {
	hash uint64
	set  int32
}

// The sample is one shingle in four; a set is proposed if the estimate comes within
// sketchMargin of the share asked for, which is more than three standard deviations
// for the shortest texts that are compared.
const (
	sketchScale  = 4
	sketchMargin = 0.35
)

// newSketchIndex indexes sets; their numbers are their places.
func newSketchIndex(sets [][]uint64) *sketchIndex {
	x := &sketchIndex{sketches: make([][]uint64, len(sets)), counts: make([]int32, len(sets))}
	for i, set := range sets {
		for _, h := range set {
			if h%sketchScale == 0 {
				x.sketches[i] = append(x.sketches[i], h)
				x.postings = append(x.postings, posting{h, int32(i)})
			}
		}
	}
	slices.SortFunc(x.postings, func(a, b posting) int {
		switch {
		case a.hash < b.hash:
			return -1
		case a.hash > b.hash:
			return 1
		}
		return int(a.set - b.set)
	})
	return x
}

// candidates calls f with every other set that may hold the given share of a set.
func (x *sketchIndex) candidates(of int, share float64, f func(set int)) {
	sketch := x.sketches[of]
	var touched []int32
	for _, h := range sketch {
		at, _ := slices.BinarySearchFunc(x.postings, h, func(p posting, h uint64) int {
			if p.hash < h {
				return -1
			}
			return 1 // the first of its hash
		})
		for ; at < len(x.postings) && x.postings[at].hash == h; at++ {
			set := x.postings[at].set
			if x.counts[set] == 0 {
				touched = append(touched, set)
			}
			x.counts[set]++
		}
	}
	slices.Sort(touched)
	least := (share - sketchMargin) * float64(len(sketch))
	for _, set := range touched {
		if int(set) != of && float64(x.counts[set]) >= least {
			f(int(set))
		}
		x.counts[set] = 0
	}
}
