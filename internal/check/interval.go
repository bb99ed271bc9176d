package check

import "gongkai/internal/report"

// A side is one side of a relation: what its cells are known to hold.
type side struct {
	known   report.Amount
	unknown int  // cells that may hold any count from 0 up
	words   int  // of these, cells with words in them
	missing bool // a cell is absent or unread, so nothing can be said
}

// add takes one more value into the side.
func (s *side) add(v *report.Value) {
	switch v.State {
	case report.Printed:
		s.known += v.Amount
	case report.Blank, report.Dash:
		s.unknown++
	case report.Words:
		s.unknown++
		s.words++
	default:
		s.missing = true
	}
}

// equal judges left = right (checks.md §1). An unknown count is anything from 0
// up, so it fails only where the known counts of one side exceed the other side,
// and that side has no unknown.
func equal(left, right side) (report.Result, Mark) {
	switch {
	case left.missing || right.missing:
		return report.NotApplicable, 0
	case left.unknown == 0 && right.unknown == 0:
		if left.known == right.known {
			return report.Pass, 0
		}
		return report.Fail, 0
	case left.unknown == 0 && right.known > left.known,
		right.unknown == 0 && left.known > right.known:
		return report.Fail, 0
	case left.known != right.known || left.words+right.words > 0:
		return report.Open, 0
	case left.unknown == 0 || right.unknown == 0:
		return report.Pass, BlankAsZero | ImpliedZero
	}
	return report.Pass, BlankAsZero
}

// atMost judges left <= right: it fails where the known counts on the left
// already exceed a right side without unknowns.
func atMost(left, right side) report.Result {
	switch {
	case left.missing || right.missing:
		return report.NotApplicable
	case right.unknown == 0 && left.known > right.known:
		return report.Fail
	case left.unknown > 0 || right.unknown > 0:
		return report.Open
	}
	return report.Pass
}

// Sum judges parts = total. An unknown total leaves it open, whatever the parts.
func Sum(parts []report.Value, total report.Value) (report.Result, Mark) {
	var left, right side
	for i := range parts {
		left.add(&parts[i])
	}
	right.add(&total)
	return sum(left, right)
}

// sum is equal for a total that stands alone on the right: a blank there proves
// nothing, and is not taken as 0.
func sum(parts, total side) (report.Result, Mark) {
	if total.unknown > 0 && !parts.missing {
		return report.Open, 0
	}
	return equal(parts, total)
}
