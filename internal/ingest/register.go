package ingest

import (
	"context"
	"slices"
	"strings"
	"sync"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A register finds the agencies of one portal by their names.
type register struct {
	portal *crawl.Portal
	names  []string // of the portal's region and those above it

	mu       sync.RWMutex // guards agencies and byName: pages bring new ones
	agencies []report.Agency
	byName   map[string][]int // name as written → positions
	paths    map[standard.RegionCode][]string
	covered  []report.AgencyID // those whose reports the portal lists
}

// newRegister reads the agencies of the portal's region from the store. A portal of
// a fictitious region knows only fictitious agencies, and a real one only real ones.
func newRegister(ctx context.Context, db *store.DB, p *crawl.Portal) (*register, error) {
	if err := enrolRoster(ctx, db, p); err != nil {
		return nil, err
	}
	return readRegister(ctx, db, p)
}

// readRegister is newRegister for a region that has been met before.
func readRegister(ctx context.Context, db *store.DB, p *crawl.Portal) (*register, error) {
	all, err := db.Agencies(ctx, p.Region)
	if err != nil {
		return nil, err
	}
	path, err := db.RegionPath(ctx, p.Region)
	if err != nil {
		return nil, err
	}
	r := &register{portal: p, byName: make(map[string][]int), paths: make(map[standard.RegionCode][]string)}
	for _, a := range all {
		if a.Demo == p.Demo {
			r.agencies = append(r.agencies, a)
		}
	}
	for _, region := range path {
		r.names = append(r.names, region.Name)
	}
	for i, a := range r.agencies {
		if err := r.addPath(ctx, db, a); err != nil {
			return nil, err
		}
		r.addNames(i, a)
	}
	r.covered = r.coverage()
	return r, nil
}

// above returns the region whose name stands before an agency's: that which it lies
// in, or for a government that which its own region lies in.
func above(a report.Agency) standard.RegionCode {
	if a.Kind == standard.Department {
		return a.Region
	}
	return a.Region.Parent()
}

// addPath looks up the names of the regions above an agency, once for each region.
func (r *register) addPath(ctx context.Context, db *store.DB, a report.Agency) error {
	code := above(a)
	if _, known := r.paths[code]; known {
		return nil
	}
	path, err := db.RegionPath(ctx, code)
	if err != nil {
		return err
	}
	var names []string
	for _, region := range path {
		names = append(names, region.Name)
	}
	r.paths[code] = names
	return nil
}

// addNames enters every way to write an agency: its name, its short name and its
// aliases, alone and behind the regions above it.
func (r *register) addNames(i int, a report.Agency) {
	fronts := []string{""}
	path := r.paths[above(a)]
	for at := range path {
		fronts = append(fronts, strings.Join(path[at:], ""))
	}
	for _, name := range append([]string{a.Name, a.Short}, a.Aliases...) {
		if name == "" {
			continue
		}
		for _, front := range fronts {
			key := plain(front + name)
			if !slices.Contains(r.byName[key], i) {
				r.byName[key] = append(r.byName[key], i)
			}
		}
	}
}

// plain is a name without what lists put into names.
func plain(name string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(" \t\n\u00a0\u3000·.,，。、:：()（）[]【】<>《》“”\"'-—_", c) {
			return -1
		}
		return c
	}, name)
}

// named returns the agency of exactly that name, and nil where there is none or more
// than one.
func (r *register) named(name string) *report.Agency {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if at := r.byName[plain(name)]; len(at) == 1 {
		a := r.agencies[at[0]]
		return &a
	}
	return nil
}

// within returns the one agency whose name stands in a text, and nil where none or
// several do. A name that is part of a longer one does not count beside it. The names
// of governments are in the names of all that lie below them, so they must be met
// exactly.
func (r *register) within(text string) *report.Agency {
	r.mu.RLock()
	defer r.mu.RUnlock()
	text = plain(text)
	var names []string
	for name := range r.byName {
		if len(name) >= shortestName && strings.Contains(text, name) {
			names = append(names, name)
		}
	}
	found := -1
	for _, name := range names {
		if slices.ContainsFunc(names, func(other string) bool { return len(other) > len(name) && strings.Contains(other, name) }) {
			continue
		}
		for _, i := range r.byName[name] {
			if r.agencies[i].Kind == standard.Government {
				continue
			}
			if found >= 0 && found != i {
				return nil
			}
			found = i
		}
	}
	if found < 0 {
		return nil
	}
	a := r.agencies[found]
	return &a
}

// shortestName is the length in bytes of the shortest name that is looked for inside
// a text: three characters.
const shortestName = 9

// ofCandidate returns the agency of a link of a list, and nil where nothing says it.
func (r *register) ofCandidate(c crawl.Candidate) *report.Agency {
	if c.UnitAgency != "" {
		return r.ofUnit(string(c.UnitAgency))
	}
	if a := r.named(c.Unit); a != nil {
		return a
	}
	if a := r.within(c.Unit); a != nil {
		return a
	}
	if c.Cut {
		return nil
	}
	return r.within(c.Title)
}

// ofUnit returns the agency that an entry of the portal file names by its id, or by
// the region whose street, town or government it is.
func (r *register) ofUnit(unit string) *report.Agency {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, a := range r.agencies {
		if isUnit(a, unit) {
			return &a
		}
	}
	return nil
}

// isUnit reports whether an entry's unit, an id or a region, means an agency.
func isUnit(a report.Agency, unit string) bool {
	return string(a.ID) == unit || string(a.Region) == unit && a.Kind != standard.Department
}

// ofReading returns the agency that a report names as its own, and nil where the
// register has none of that name.
func (r *register) ofReading(reading *report.Reading) *report.Agency {
	if reading.Agency == "" {
		return nil
	}
	if a := r.named(strings.Join(reading.Region, "") + reading.Agency); a != nil {
		return a
	}
	return r.named(reading.Agency)
}

// neighbours are the names of the other agencies.
func (r *register) neighbours(a *report.Agency) []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var names []string
	for _, other := range r.agencies {
		if a == nil || other.ID != a.ID {
			names = append(names, other.Name)
		}
	}
	return names
}

// ended are the agencies that became others.
func (r *register) ended() []report.Agency {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []report.Agency
	for _, a := range r.agencies {
		if a.Became != "" {
			list = append(list, a)
		}
	}
	return list
}

// coverage returns the watched agencies whose reports the portal lists: all of its
// region where an entry lists more than one unit, and those that entries name.
func (r *register) coverage() []report.AgencyID {
	var covered []report.AgencyID
	for _, a := range r.agencies {
		if a.Watched && lists(r.portal, a) {
			covered = append(covered, a.ID)
		}
	}
	return covered
}

// ofOneUnit reports whether an entry lists the reports of one agency alone.
func ofOneUnit(e crawl.Entry) bool {
	switch e.Unit {
	case "", crawl.ByTitle, crawl.ByColumn, crawl.ByRow:
		return false
	}
	return true
}
