package aggregate

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A grown is a county whose sums of the state before are brought to this one by the
// reports that changed, without reading the others.
type grown struct {
	county standard.RegionCode // as in the register
	code   standard.RegionCode // of its region sums
	sums   []store.Sum         // of the years that changed
	rows   []store.RegionSum   // that say something else

	changes  map[int][]change                      // by year
	moved    map[report.AgencyID]store.CoverageRow // agencies with a report that is new or of another day
	place    map[report.AgencyID]int               // in the roster, where it is asked
	carries  bool                                  // what was carried over may be another
	years    []int                                 // that have tallies now
	was, now map[int]*yearTally
	kept     map[int]store.RegionSum // of the state before
	regions  map[int]*packedYear
	looked   map[int]bool // of which looks and finds say something else
	head     regionHead
}

// newGrown takes what changed in a county, in which nothing else did.
func (t *settler) newGrown(ctx context.Context, county standard.RegionCode, touched []store.Touched) (*grown, error) {
	g := &grown{county: county, code: settledCode(county), changes: make(map[int][]change), was: make(map[int]*yearTally), now: make(map[int]*yearTally),
		kept: make(map[int]store.RegionSum), looked: make(map[int]bool)}
	var rows []store.CoverageRow
	if slices.ContainsFunc(touched, moved) {
		var err error
		if rows, err = t.db.Coverage(ctx, g.code, 0); err != nil {
			return nil, err
		}
	}
	return g, g.take(touched, rows)
}

// grow brings the sums of a county to this state. It is errPatch where they are to be made
// of all its reports.
func (t *settler) grow(g *grown) error {
	if err := g.whole(); err != nil {
		return err
	}
	if err := g.tallies(); err != nil {
		return err
	}
	if err := g.coverage(&world{now: t.today()}); err != nil {
		return err
	}
	return g.regionRows()
}

// moved reports whether a report is new, gone, or of another day: what it is counted as
// then rests on the register and on looks too.
func moved(t store.Touched) bool {
	a, b := t.Before, t.After
	return a == nil || b == nil || a.PublishedOn != b.PublishedOn || !a.FirstFound.Equal(b.FirstFound)
}

// take takes what changed, with the agencies of the county where they are needed.
func (g *grown) take(touched []store.Touched, rows []store.CoverageRow) error {
	if rows != nil {
		g.moved, g.place = make(map[report.AgencyID]store.CoverageRow), make(map[report.AgencyID]int, len(rows))
	}
	for i, row := range rows {
		g.place[row.Agency.ID] = i
	}
	for _, one := range touched {
		c := change{agency: one.Agency}
		if moved(one) {
			at, ok := g.place[one.Agency]
			if !ok {
				return errPatch
			}
			c.place, c.member, g.moved[one.Agency] = at, rows[at].Agency.Kind != standard.Government, rows[at]
		}
		if !one.Sound || one.After == nil {
			return errPatch
		}
		for _, of := range []struct {
			from *store.VersionValues
			to   **version
		}{{one.Before, &c.before}, {one.After, &c.after}} {
			if of.from != nil {
				*of.to = &version{VersionValues: *of.from, cells: newCells(*of.from)}
				g.carries = g.carries || wholeTable(*of.to)
			}
		}
		g.changes[one.Year] = append(g.changes[one.Year], c)
	}
	return nil
}

// before reads the sums of counties of the state before: those of the years that changed,
// or all where one year bears on others.
func (t *settler) before(ctx context.Context, all []*grown) error {
	at := make(map[standard.RegionCode]*grown, len(all))
	var heads, years, regions []store.CountyYear
	for _, g := range all {
		at[g.county], at[g.code] = g, g
		heads = append(heads, store.CountyYear{County: g.county})
	}
	err := t.db.SumsOf(ctx, heads, t.since.Run, tallyMade(), func(s store.Sum) (err error) {
		at[s.County].years, err = unpackYears(s.Body)
		return err
	})
	if err != nil {
		return err
	}
	for _, g := range all {
		regions = append(regions, store.CountyYear{County: g.code})
		for _, year := range g.needed() {
			years, regions = append(years, store.CountyYear{County: g.county, Year: year}), append(regions, store.CountyYear{County: g.code, Year: year})
		}
	}
	err = t.db.SumsOf(ctx, years, t.since.Run, tallyMade(), func(s store.Sum) error {
		one, err := unpackTally(s.Body, s.Year, t.names)
		at[s.County].was[s.Year] = &one
		return err
	})
	if err != nil {
		return err
	}
	return t.db.RegionSumsOf(ctx, regions, t.since.Run, tallyMade(), func(s store.RegionSum) error {
		at[s.Region].kept[s.Year] = s
		return nil
	})
}

// needed are the years whose sums are read.
func (g *grown) needed() []int {
	years := slices.Collect(maps.Keys(g.changes))
	if g.carries || g.moved != nil {
		years = append(years, g.years...)
	}
	if g.carries {
		for year := range g.changes {
			years = append(years, year+1)
		}
	}
	slices.Sort(years)
	return slices.Compact(years)
}

// whole reports that all is there that was to be read.
func (g *grown) whole() error {
	_, head := g.kept[0]
	for _, year := range g.needed() {
		head = head && (g.was[year] != nil || !slices.Contains(g.years, year))
	}
	if !head || g.years == nil {
		return errPatch
	}
	return nil
}

// tallies brings the tallies of the years to this state.
func (g *grown) tallies() error {
	maps.Copy(g.now, g.was)
	years := len(g.years)
	for year, changes := range g.changes {
		was := g.was[year]
		if was == nil { // the first reports of a year
			none := newTally(nil, func(report.AgencyID) bool { return false })
			was, g.years = &none, append(g.years, year)
		}
		now, err := was.patched(changes, func(id report.AgencyID) int { return g.place[id] })
		if err != nil {
			return err
		}
		g.now[year] = &now
		g.sums = append(g.sums, store.Sum{County: g.county, Year: year, Body: now.pack()})
	}
	slices.Sort(g.years)
	g.sums = append(g.sums, store.Sum{County: g.county, Body: packYears(g.years)})
	if len(g.years) > years && g.moved == nil {
		return errPatch
	}
	return nil
}

// coverage brings what is said of publication to this state. w is a world of nothing but
// the time.
func (g *grown) coverage(w *world) error {
	g.regions = make(map[int]*packedYear, len(g.kept))
	for year, row := range g.kept {
		var err error
		if year == 0 {
			g.head, err = unpackHead(row.Body)
		} else {
			g.regions[year], err = unpackRegionYear(year, row.Body)
		}
		if err != nil {
			return err
		}
	}
	for year, changes := range g.changes {
		y := g.regions[year]
		if y == nil {
			return errPatch // beyond what was said of the county
		}
		for _, c := range changes {
			if c.before == nil {
				g.head.Reports++
				g.head.First, g.head.Last = firstYear(g.head.First, year), max(g.head.Last, year)
			}
			if _, told := g.moved[c.agency]; told {
				continue // with all its years
			}
			if at := slices.IndexFunc(g.was[year].outlines, func(o store.VersionValues) bool { return o.Agency == c.agency }); g.was[year].member.isSet(at) {
				y.basis.addReport(c.before.Status, -1)
				y.basis.addReport(c.after.Status, 1)
			}
		}
	}
	for id, row := range g.moved {
		if err := g.move(w, id, row); err != nil {
			return err
		}
	}
	return nil
}

func firstYear(first, year int) int {
	if first == 0 {
		return year
	}
	return min(first, year)
}

// addReport counts a report by its status, or takes it away.
func (b *Basis) addReport(s report.Status, sign int) {
	of := map[report.Status]*int{report.Verified: &b.Verified, report.Inconsistent: &b.Inconsistent, report.NeedsReview: &b.NeedsReview, report.Unreadable: &b.Unreadable}
	if n := of[s]; n != nil {
		*n += sign
	}
	if s.Counts() {
		b.Usable += sign
	}
}

// move takes what an agency was counted as in each year away, and adds what it is counted
// as now: the day of one report may say that another is not late.
func (g *grown) move(w *world, id report.AgencyID, row store.CoverageRow) error {
	was, now := w.alone(row, g.was), w.alone(row, g.now)
	for year, y := range g.regions {
		before, after := regionYear{alive: noYear}, regionYear{alive: noYear}
		was.countCoverage(&before, year)
		now.countCoverage(&after, year)
		kept := g.kept[year]
		if after.alive > before.alive || after.foundAt < before.foundAt {
			return errPatch
		}
		y.alive = min(y.alive, after.alive)
		kept.Found = max(kept.Found, after.foundAt)
		y.basis.takeCounts(before.basis)
		y.basis.addCounts(after.basis)
		y.countAbsent(before.absent, -1)
		y.countAbsent(after.absent, 1)
		kept.OpenAt = y.open()
		g.looked[year] = g.looked[year] || kept.OpenAt != g.kept[year].OpenAt || kept.Found != g.kept[year].Found
		g.kept[year] = kept
	}
	return nil
}

// alone is a world of one agency, with the reports that tallies have of it.
func (w *world) alone(row store.CoverageRow, tallies map[int]*yearTally) *world {
	one := &world{now: w.now, agencies: []store.CoverageRow{row}}
	one.expect(len(tallies))
	for _, t := range tallies {
		for _, o := range t.outlines {
			if o.Agency == row.Agency.ID {
				one.put(version{VersionValues: o})
			}
		}
	}
	one.sortYears()
	return one
}

// countAbsent adds reports that are not there, or takes them away.
func (y *regionYear) countAbsent(list []absentAt, sign int) {
	for _, a := range list {
		one := y.absentBy(a.end)
		one.seen += sign * a.seen
		one.miss += sign * a.miss
	}
	y.absent = slices.DeleteFunc(y.absent, func(a absentAt) bool { return a.seen == 0 && a.miss == 0 })
}

// open is the first moment from which on a good look may say more of an absent report.
func (y *regionYear) open() int64 {
	for _, a := range y.absent { // in the order of their ends
		if a.miss > 0 {
			return a.end
		}
	}
	return 0
}

// regionRows makes the rows of the years whose sums or coverage are others now.
func (g *grown) regionRows() error {
	for year, y := range g.regions {
		sections, err := g.sections(year, y)
		if err != nil {
			return err
		}
		body := y.packWith(sections)
		if row := g.kept[year]; !bytes.Equal(body, row.Body) || g.looked[year] {
			row.Body = body
			g.rows = append(g.rows, row)
		}
	}
	if head := g.head.pack(); !bytes.Equal(head, g.kept[0].Body) {
		g.rows = append(g.rows, store.RegionSum{Region: g.code, Body: head})
	}
	return nil
}

// sections are the packed sums of a year of the region.
func (g *grown) sections(year int, y *packedYear) ([][]byte, error) {
	t := g.now[year]
	if len(g.changes[year]) == 0 {
		sections := slices.Clone(y.sections)
		if g.carries && t != nil && len(g.changes[year-1]) > 0 {
			b, err := t.balance(g.now[year-1])
			sections[len(sections)-balanceSection] = packBalance(b)
			return sections, err
		}
		return sections, nil
	}
	sections, counted := make([][]byte, 0, len(tallied())+len(composed())+tailSections), t.countedOutlines()
	stays := g.stays(year, y)
	for i := range tallied() {
		if stays && &t.sections[i][0] == &g.was[year].sections[i][0] {
			sections = append(sections, y.sections[i])
			continue
		}
		sum, err := t.unitSum(i, counted)
		if err != nil {
			return nil, err
		}
		sections = append(sections, sum.pack(talliedRatio()[i]))
	}
	at := len(tallied())
	for i, c := range composed() {
		s, err := unpackParts(t.sections[at+i], len(c.parts))
		if err != nil {
			return nil, err
		}
		p := partsSum{s.has.count(), s.total, s.parts}
		sections = append(sections, p.pack())
	}
	at += len(composed())
	b, err := g.balance(year, y)
	if err != nil {
		return nil, err
	}
	return append(append(sections, packBalance(b)), t.sections[at+1:at+4]...), nil
}

// stays reports whether a column of a year that is the same says the same: of the same
// agencies, with the same status.
func (g *grown) stays(year int, y *packedYear) bool {
	if g.was[year] == nil || len(y.sections) <= balanceSection {
		return false
	}
	for _, c := range g.changes[year] {
		if c.before == nil || c.before.Status != c.after.Status || c.before.Format != c.after.Format {
			return false
		}
	}
	return true
}

// balance is that of a year: where nothing was carried over that is another now, the link
// to the year before stays.
func (g *grown) balance(year int, y *packedYear) (Balance, error) {
	t := g.now[year]
	if g.carries {
		return t.balance(g.now[year-1])
	}
	b, err := unpackBalance(y.section(balanceSection))
	if err != nil || g.was[year] == nil {
		return b, err
	}
	was, err := g.was[year].balance(nil)
	if err != nil {
		return b, err
	}
	now, err := t.balance(nil)
	b.without(was)
	b.merge(now)
	return b, err
}

// keepGrown keeps what is another now.
func (t *settler) keepGrown(ctx context.Context, k *store.RegionKeeper, g *grown) error {
	for _, s := range g.sums {
		if err := k.PutSum(ctx, s); err != nil {
			return err
		}
	}
	for _, row := range g.rows {
		t.note(g.code, row.Year)
		if err := k.Put(ctx, row); err != nil {
			return err
		}
	}
	return nil
}
