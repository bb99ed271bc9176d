package extract

import "math"

// A span is the vertical extent of something on a page.
type span struct{ top, bottom float64 }

func (s span) center() float64 { return (s.top + s.bottom) / 2 }

// An alignment is where a cell's text stands in the height of its row.
type alignment int

const (
	middle alignment = iota
	upper
	lower
)

func alignments() []alignment { return []alignment{middle, upper, lower} }

// at returns where a cell from top to bottom would have its one line.
func (a alignment) at(first, last span) float64 {
	switch a {
	case upper:
		return first.center()
	case lower:
		return last.center()
	}
	return (first.top + last.bottom) / 2
}

// A run is a number of neighbouring items that belong to one anchor, or to none.
type run struct {
	from, to int // of the items
	anchor   int // -1 for none
}

// A aligner parts items, from top to bottom, into runs, each of which stands level with
// its anchor: the lines of a label with the figures of its row, the rows of a group with
// the label of the group. Both are in order.
type aligner struct {
	items   []span
	anchors []span
	how     alignment
	longest int                        // items in a run
	lone    func(from, to int) float64 // what it costs that a run has no anchor
	bare    float64                    // what it costs that an anchor has no run
	bonus   func(from, to int) float64 // what a run is worth by itself; nil for nothing
	never   func(from, to int) bool    // which runs cannot have an anchor; nil for none
}

// mostAligned bounds what is aligned: no page that can be read has as much.
const mostAligned = 250_000

// align returns the cheapest runs in order, and their cost.
func (a aligner) align() ([]run, float64) {
	n, m := len(a.items), len(a.anchors)
	if n*m > mostAligned {
		return nil, math.Inf(1)
	}
	cost := make([][]float64, n+1)
	back := make([][]run, n+1)
	for i := range cost {
		cost[i], back[i] = make([]float64, m+1), make([]run, m+1)
		for k := range cost[i] {
			cost[i][k] = math.Inf(1)
		}
	}
	cost[0][0] = 0
	reach := func(i, k int, c float64, r run) {
		if c < cost[i][k] {
			cost[i][k], back[i][k] = c, r
		}
	}
	for k := 0; k <= m; k++ {
		for i := 0; i <= n; i++ {
			c := cost[i][k]
			if math.IsInf(c, 1) {
				continue
			}
			if k < m {
				reach(i, k+1, c+a.bare, run{i, i, k})
			}
			for j := i + 1; j <= min(n, i+a.longest); j++ {
				worth := 0.0
				if a.bonus != nil {
					worth = a.bonus(i, j)
				}
				if a.lone != nil {
					reach(j, k, c+a.lone(i, j)-worth, run{i, j, -1})
				}
				if k < m && (a.never == nil || !a.never(i, j)) {
					off := math.Abs(a.how.at(a.items[i], a.items[j-1]) - a.anchors[k].center())
					reach(j, k+1, c+off-worth, run{i, j, k})
				}
			}
		}
	}
	var runs []run
	for i, k := n, m; i > 0 || k > 0; {
		r := back[i][k]
		runs = append(runs, r)
		i = r.from
		if r.anchor >= 0 {
			k = r.anchor
		}
	}
	for i, j := 0, len(runs)-1; i < j; i, j = i+1, j-1 {
		runs[i], runs[j] = runs[j], runs[i]
	}
	return runs, cost[n][m]
}

// best aligns in each of the ways that cells are set and returns the runs of the
// cheapest.
func (a aligner) best() ([]run, float64) {
	var runs []run
	least := math.Inf(1)
	for _, a.how = range alignments() {
		if r, c := a.align(); c < least-1e-6 {
			runs, least = r, c
		}
	}
	return runs, least
}
