package aggregate

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A world is what one answer is computed from: the agencies of a region with what
// looking for their reports came to, and their current versions, all as of a run.
type world struct {
	region   standard.Region
	path     []standard.Region
	demo     bool
	asOf     store.RunID
	run      store.RunID // the run that was asked for, 0 for now
	now      time.Time
	agencies []store.CoverageRow     // in roster order
	at       map[report.AgencyID]int // place of each in agencies
	list     []version               // room for all versions
	versions map[owedKey]*version
	ofAgency map[report.AgencyID][]*version        // ascending by year
	failed   map[owedKey]tally                     // findings of reports, nil unless an indicator needs them
	counts   map[standard.Measure]map[owedKey]part // n of d of reports, where an indicator needs more than figures
	owes     map[owedKey]*Owed                     // what owed said, as far as asked
	rows     []store.CoverageRow                   // what members said, nil until asked
	memberIn map[int][]memberYear                  // what inYear said, as far as asked
	bases    map[int]*yearBasis                    // what yearBasis said, as far as asked
	room     []Owed                                // for what owed finds out
	lineage  lineage                               // who became whom
	wholes   map[int]Figure                        // requests_new of the members by year, nil unless shares are asked for
	sums     *regionSums                           // where the world was loaded without cells
	doubtful bool                                  // a reader counts what needs review too
	ahead    *readAhead                            // what is read while the register is, nil for nothing
}

type owedKey struct {
	agency report.AgencyID
	year   int
}

// A version is a stored version with its cells made ready to be summed.
type version struct {
	store.VersionValues
	cells cells
}

// load reads the world of a region; asOf 0 is now.
func (s *Service) load(ctx context.Context, region standard.RegionCode, q store.Query) (*world, error) {
	q.Region = region
	w, err := s.loadRegister(ctx, region, q.AsOf)
	if err != nil {
		return nil, err
	}
	all, err := s.db.Figures(ctx, q)
	if err != nil {
		return nil, err
	}
	w.add(all)
	return w, nil
}

// loadRegister reads a region with its agencies, without any version.
func (s *Service) loadRegister(ctx context.Context, region standard.RegionCode, asOf store.RunID) (*world, error) {
	w := &world{asOf: asOf, run: asOf, now: s.today(), versions: make(map[owedKey]*version), ofAgency: make(map[report.AgencyID][]*version)}
	var err error
	if err = s.setTime(ctx, w); err != nil {
		return nil, err
	}
	if err = s.setRegion(ctx, w, region); err != nil {
		return nil, err
	}
	if w.agencies, err = s.db.Coverage(ctx, region, asOf); err != nil {
		return nil, err
	}
	if len(w.agencies) == 0 {
		return nil, fmt.Errorf("region %s has no agencies in the register: %w", region, report.ErrNotFound)
	}
	w.at = make(map[report.AgencyID]int, len(w.agencies))
	for i, a := range w.agencies {
		w.at[a.Agency.ID] = i
	}
	w.setLineage()
	w.demo = true
	for _, a := range w.agencies {
		w.demo = w.demo && a.Agency.Demo
	}
	return w, nil
}

func (w *world) add(all []store.VersionValues) {
	w.expect(len(all))
	for _, v := range all {
		w.put(version{VersionValues: v, cells: newCells(v)})
	}
	w.sortYears()
}

// expect makes room for so many versions.
func (w *world) expect(n int) {
	w.list = make([]version, 0, n)
	w.versions = make(map[owedKey]*version, n)
	w.ofAgency = make(map[report.AgencyID][]*version, len(w.agencies))
}

// put adds a version that was expected.
func (w *world) put(v version) {
	w.list = append(w.list, v)
	last := &w.list[len(w.list)-1]
	w.versions[owedKey{v.Agency, v.Year}] = last
	w.ofAgency[v.Agency] = append(w.ofAgency[v.Agency], last)
}

// sortYears puts the versions of each agency in the order of their years.
func (w *world) sortYears() {
	for _, of := range w.ofAgency {
		sort.Slice(of, func(i, j int) bool { return of[i].Year < of[j].Year })
	}
}

// setTime fixes the moment that deadlines are judged at: that of the run asked
// for, or now. AsOf becomes the run whose data are shown.
func (s *Service) setTime(ctx context.Context, w *world) error {
	if w.asOf == 0 {
		var err error
		w.asOf, err = s.db.DataVersion(ctx)
		return err
	}
	run, err := s.db.Run(ctx, w.asOf)
	if err != nil {
		return err
	}
	if !run.FinishedAt.IsZero() {
		w.now = run.FinishedAt
	}
	return nil
}

func (s *Service) setRegion(ctx context.Context, w *world, code standard.RegionCode) error {
	if of, own := code.Whose(); own {
		err := s.setRegion(ctx, w, of)
		w.region = standard.Region{Code: code, Name: w.region.Name + "本级"}
		w.path = append(w.path, w.region)
		return err
	}
	w.path = standard.RegionPath(code)
	if r, ok := standard.RegionOf(code); ok {
		w.region = r
		return nil
	}
	w.region = standard.Region{Code: code, Name: string(code)}
	path, err := s.db.RegionPath(ctx, code)
	if err != nil {
		return err
	}
	if n := len(path); n > 0 && path[n-1].Code == code {
		w.region.Name = path[n-1].Name
	}
	w.path = append(w.path, w.region)
	return nil
}

// members are the agencies that a sum over the region counts: all but the
// governments, whose reports hold the figures of others.
func (w *world) members() []store.CoverageRow {
	if w.rows == nil {
		for _, a := range w.agencies {
			if a.Agency.Kind != standard.Government {
				w.rows = append(w.rows, a)
			}
		}
	}
	return slices.Clip(w.rows)
}

// A memberYear is what a member owes for a year, and the version that sums count, nil
// where there is none.
type memberYear struct {
	owed    *Owed
	counted *version
}

// inYear returns what the members owe for a year, in their order. Every figure of a page
// goes through them.
func (w *world) inYear(year int) []memberYear {
	if list, ok := w.memberIn[year]; ok {
		return list
	}
	if w.memberIn == nil {
		w.memberIn = make(map[int][]memberYear)
	}
	w.memberIn[year] = w.owedIn(w.members(), year)
	return w.memberIn[year]
}

// owedIn returns what some agencies owe for a year.
func (w *world) owedIn(rows []store.CoverageRow, year int) []memberYear {
	list := make([]memberYear, len(rows))
	for i, row := range rows {
		o := w.owedOf(row, year)
		list[i] = memberYear{o, w.counted(*o)}
	}
	return list
}

// own returns the region's own agency, whose report stands beside the sum.
func (w *world) own() (store.CoverageRow, bool) { return w.governmentOf(w.region.Code) }

// governmentOf is the government of a region.
func (w *world) governmentOf(region standard.RegionCode) (store.CoverageRow, bool) {
	for _, a := range w.agencies {
		if a.Agency.Kind == standard.Government && a.Agency.Region == region {
			return a, true
		}
	}
	return store.CoverageRow{}, false
}

// years returns the report years of the region, ascending: from the first that a
// watched agency owes or published to the last that is due or published.
func (w *world) years() []int {
	first, last := 0, 0
	see := func(year int) {
		if first == 0 || year < first {
			first = year
		}
		last = max(last, year)
	}
	for _, a := range w.agencies {
		for _, v := range w.ofAgency[a.Agency.ID] {
			see(v.Year)
		}
		if len(a.Portals) == 0 || a.Agency.From == 0 {
			continue
		}
		for year := a.Agency.From; a.Agency.Owes(year) && w.due(a.Agency, year); year++ {
			see(year)
		}
	}
	if first == 0 {
		return nil
	}
	years := make([]int, 0, last-first+1)
	for year := first; year <= last; year++ {
		years = append(years, year)
	}
	return years
}

// due reports whether the deadline of an agency's report has passed.
func (w *world) due(a report.Agency, year int) bool {
	return !w.now.Before(endOf(a.Deadline(year)))
}

// endOf is the first moment after a deadline.
func endOf(d standard.Deadline) time.Time { return d.Day.AddDate(0, 0, 1) }

// owed says what is known of an agency's report for a year; the zero Owed is that
// of an agency that owes none. Every figure of a page asks it again for every report.
func (w *world) owed(row store.CoverageRow, year int) Owed { return *w.owedOf(row, year) }

// owedOf is owed, shared by all who ask: it is not to be changed.
func (w *world) owedOf(row store.CoverageRow, year int) *Owed {
	key := owedKey{row.Agency.ID, year}
	if o := w.owes[key]; o != nil {
		return o
	}
	if w.owes == nil {
		w.owes = make(map[owedKey]*Owed, len(w.versions))
	}
	if len(w.room) == cap(w.room) {
		w.room = make([]Owed, 0, 256)
	}
	w.room = append(w.room, w.findOwed(row, year))
	o := &w.room[len(w.room)-1]
	w.owes[key] = o
	return o
}

// findOwed finds out what owed says.
func (w *world) findOwed(row store.CoverageRow, year int) Owed {
	a := row.Agency
	v := w.versions[owedKey{a.ID, year}]
	if v == nil && !a.Owes(year) {
		return Owed{Agency: a, Year: year}
	}
	o := Owed{Agency: a, Year: year, Deadline: a.Deadline(year), LastLook: row.Last}
	if v != nil {
		w.published(&o, row, v)
		return o
	}
	switch {
	case len(row.Portals) == 0:
		o.Publication = report.NotWatched
	case !w.due(a, year):
		o.Publication = report.NotDue
	case !row.LastGood().Before(endOf(o.Deadline)):
		o.Publication = report.Missing
	default:
		o.Publication, o.Reason = report.Unknown, row.Reason
	}
	return o
}

func (w *world) published(o *Owed, row store.CoverageRow, v *version) {
	o.Publication, o.Status, o.Format = report.Published, v.Status, v.Format
	o.PublishedOn, o.Version, o.Versions = v.PublishedOn, v.ID, v.Number
	o.After, o.Found = lastBefore(row.Good, v.FirstFound), v.FirstFound
	for rule, n := range v.FindingRules {
		o.count(rule, n)
	}
	slices.Sort(o.Rules)
	end := endOf(o.Deadline)
	if !o.After.Before(end) {
		o.Late, o.LateDays = true, days(o.Deadline.Day, o.After)
	}
	if printed := day(v.PublishedOn); !o.Late && !printed.IsZero() && !printed.Before(end) && !w.migrated(v) {
		o.LateByDate, o.LateDays = true, days(o.Deadline.Day, printed)
	}
}

// count adds a failed rule to the numbers by severity.
func (o *Owed) count(rule string, n int) {
	switch ruleSeverity(rule) {
	case report.Error:
		o.Errors += n
	case report.Warning:
		o.Warnings += n
	default:
		o.Notices += n
		return
	}
	o.Rules = append(o.Rules, rule)
}

func ruleSeverity(id string) report.Severity {
	if rule, ok := standard.RuleOf(id); ok {
		return report.Severity(rule.Severity)
	}
	return report.Notice
}

// migrated reports whether the printed date of a version is that of a move to
// another system: several years of the agency share it (checks.md §9).
func (w *world) migrated(v *version) bool {
	for _, other := range w.ofAgency[v.Agency] {
		if other.Year != v.Year && other.PublishedOn == v.PublishedOn {
			return true
		}
	}
	return false
}

// lastBefore returns the last of the ascending times that is before t, and the
// zero time where none is.
func lastBefore(times []time.Time, t time.Time) time.Time {
	i := sort.Search(len(times), func(i int) bool { return !times[i].Before(t) })
	if i == 0 {
		return time.Time{}
	}
	return times[i-1]
}

func day(d report.Date) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, standard.China())
}

func days(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }
