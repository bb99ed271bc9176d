package store

import (
	"slices"
	"time"

	"gongkai/internal/report"
)

// A sighting is what the looks through one portal came to.
type sighting struct {
	common []Look // for all agencies of the portal
	good   []time.Time
	own    map[report.AgencyID][]Look // of single agencies, in place of the common look of the run
}

// sightings sorts looks, the oldest first, by their portals.
func sightings(looks []Look) map[string]*sighting {
	all := make(map[string]*sighting)
	for _, l := range looks {
		s := all[l.Portal]
		if s == nil {
			s = &sighting{own: make(map[report.AgencyID][]Look)}
			all[l.Portal] = s
		}
		switch {
		case l.Agency != "":
			s.own[l.Agency] = append(s.own[l.Agency], l)
		default:
			s.common = append(s.common, l)
			if l.Good {
				s.good = append(s.good, l.At)
			}
		}
	}
	return all
}

// addTo adds the looks to what is known of an agency of the portal. Most agencies
// have no look of their own and share the times of the portal.
func (s *sighting) addTo(row *CoverageRow) {
	if s == nil {
		return
	}
	looks, good := s.common, s.good
	if own := s.own[row.Agency.ID]; len(own) > 0 {
		looks, good = merge(s.common, own)
	}
	if len(row.Good) > 0 {
		good = slices.SortedFunc(slices.Values(slices.Concat(row.Good, good)), time.Time.Compare)
	}
	row.Good = good
	if len(looks) == 0 {
		return
	}
	if newest := looks[len(looks)-1]; newest.At.After(row.Last) {
		row.Last, row.Reason = newest.At, newest.Reason
	}
}

// merge puts the looks at one agency in the place of the common looks of their runs.
func merge(common, own []Look) (looks []Look, good []time.Time) {
	replaced := make(map[RunID]bool, len(own))
	for _, l := range own {
		replaced[l.Run] = true
	}
	for _, l := range common {
		if !replaced[l.Run] {
			looks = append(looks, l)
		}
	}
	looks = append(looks, own...)
	slices.SortStableFunc(looks, func(a, b Look) int { return a.At.Compare(b.At) })
	for _, l := range looks {
		if l.Good {
			good = append(good, l.At)
		}
	}
	return looks, good
}
