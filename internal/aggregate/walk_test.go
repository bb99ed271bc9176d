package aggregate

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// walked is a year of members of which some count, cut into tallies of a county each.
func walked(r *rand.Rand, n int) *world {
	w := &world{memberIn: make(map[int][]memberYear)}
	for i := range n {
		o := &Owed{Agency: report.Agency{ID: report.AgencyID(rune('a' + i))}, Publication: report.Published, Status: report.Verified}
		m := memberYear{owed: o, counted: &version{VersionValues: store.VersionValues{Year: 2022, Format: standard.F2021}}}
		switch r.IntN(4) {
		case 0:
			o.Publication, m.counted = report.Missing, nil
		case 1:
			o.Status, m.counted = report.NeedsReview, nil
		case 2:
			o.Status = report.Inconsistent
		}
		w.memberIn[2022] = append(w.memberIn[2022], m)
	}
	return w
}

// TestWalk: the basis of a figure is the one that adding each member would give, whatever
// reports have the cell and however they are cut into tallies, and the year's own basis
// stays as it was.
func TestWalk(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for round := range 400 {
		w := walked(r, 1+r.IntN(60))
		var want Basis
		var has []bool
		for _, m := range w.memberIn[2022] {
			usable := m.counted != nil && r.IntN(3) > 0
			if round%5 == 0 {
				usable = m.counted != nil // rows of eight that all have it
			}
			want.add(m.owed, usable)
			if m.counted != nil {
				has = append(has, usable)
			}
		}
		whole := w.basis(2022)
		k := w.walk(2022)
		for at := 0; at < len(has); {
			n := min(1+r.IntN(20), len(has)-at)
			if at+n == len(has) && !anyOf(has[at:]) && r.IntN(2) == 0 {
				break // the last reports are in no tally
			}
			var b bits
			if anyOf(has[at : at+n]) {
				b = newBits(n)
				for i, yes := range has[at : at+n] {
					if yes {
						b.set(i)
					}
				}
			}
			if !k.through(n, b) {
				t.Fatalf("round %d: %d reports at %d of %d do not fit", round, n, at, len(has))
			}
			at += n
		}
		if diff := cmp.Diff(want, k.end()); diff != "" {
			t.Fatalf("round %d: basis (-added +walked):\n%s", round, diff)
		}
		if diff := cmp.Diff(whole, w.basis(2022)); diff != "" {
			t.Fatalf("round %d: the year's basis changed:\n%s", round, diff)
		}
		if k := w.walk(2022); k.through(len(has)+1, nil) || len(has) > 0 && k.through(len(has), newBits(len(has)+8)) {
			t.Fatalf("round %d: a tally of other reports fits", round)
		}
	}
}

func anyOf(list []bool) bool {
	for _, yes := range list {
		if yes {
			return true
		}
	}
	return false
}
