package aggregate

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Copies is what a region's reports of a year share with others in words (checks.md
// §8). A shared template explains some matches: what over half of a district's units
// share is in Templates, once, and is left out of the pairs.
type Copies struct {
	Region    standard.RegionCode
	Judged    []Judged
	Pairs     []CopyPair
	Templates []Template
	Reuse     []Reuse
}

// A CopyPair is a section that stands in another report for the most part.
type CopyPair struct {
	Rule              string
	Agency, Other     report.AgencyID
	Name, OtherName   string
	Year, OtherYear   int
	Version, OtherOf  store.VersionID
	Section           int
	Share, OtherShare float64 // of its shingles in the other, and of the other's in it
	Passages          []Passage
}

// A Template is what over half of a district's units share in a section.
type Template struct {
	Region   standard.RegionCode
	Year     int
	Section  int
	Units    int // that have most of it
	Of       int // units with the section
	Passages []Passage
}

// Reuse is the share of a section that stands in the unit's report of the year
// before, with what the form itself calls for left out (indicators.md §7, reuse).
type Reuse struct {
	Agency  report.AgencyID
	Year    int
	Section int
	Share   float64
}

// comparedSections are the sections whose words are the unit's own.
func comparedSections() []int { return []int{1, 5, 6} }

// A copySection is one section of one report.
type copySection struct {
	report  *copyReport
	section int
	text    string
	set     []uint64 // shingles
	own     []uint64 // without the template of the district
	order   uint64   // hash of all shingles in their order
}

// A copyReport is the words of one report.
type copyReport struct {
	agency   report.AgencyID
	name     string
	region   standard.RegionCode // county
	year     int
	version  store.VersionID
	names    []string
	sections map[int]*copySection
	prose    bool   // it has words at all
	whole    string // all words, for reports that are one file
	original report.SHA256
	figures  uint64
}

// Copies compares the words of a region's reports for a year, or all for 0, with
// those of the year before and with every other report of the year in the province;
// asOf 0 is now. It is computed once for a data version. Those who ask share the
// answer: it is not to be changed.
func (s *Service) Copies(ctx context.Context, region standard.RegionCode, year int, asOf store.RunID) (Copies, error) {
	return recall(ctx, s, "copies", region, year, asOf, func() (Copies, error) { return s.findCopies(ctx, region, year, asOf) })
}

// findCopies computes what Copies answers.
func (s *Service) findCopies(ctx context.Context, region standard.RegionCode, year int, asOf store.RunID) (Copies, error) {
	c := Copies{Region: region}
	w, err := s.load(ctx, region, store.Query{AsOf: asOf})
	if err != nil {
		return c, fmt.Errorf("copied text in %s: %w", region, err)
	}
	for _, y := range w.asked(store.Query{FromYear: year, ToYear: year}) {
		k := &copier{s: s, j: &judge{ctx: ctx, s: s, w: w}, c: &c, year: y}
		var reports []*copyReport
		if reports, k.files, err = s.copyReports(ctx, w, k.j, y); err != nil {
			return c, fmt.Errorf("copied text in %s: %w", region, err)
		}
		k.judge(reports)
		c.Judged = append(c.Judged, k.j.list...)
	}
	return c, nil
}

// province is what a region's texts are compared within: districts borrow from their
// neighbours.
func province(region standard.RegionCode) standard.RegionCode { return region[:min(2, len(region))] }

// copyReports reads the words of the reports that those of a region and year are compared
// with: the region's own of the year before, those of its districts, and in the rest of
// the province those of the districts in which a sketch may be of words or of a file that
// the region has. files is how many reports elsewhere are of each file here.
func (s *Service) copyReports(ctx context.Context, w *world, j *judge, year int) (list []*copyReport, files map[uint64]int, err error) {
	region := w.region.Code
	list, err = s.copyRead(ctx, store.Query{Region: region, FromYear: year - 1, ToYear: year - 1, AsOf: w.run})
	if err != nil {
		return nil, nil, err
	}
	here := countyOf(region)
	now, err := s.copyRead(ctx, store.Query{Region: here, FromYear: year, ToYear: year, AsOf: w.run})
	if err != nil || len(province(region)) == len(region) || region == standard.Country {
		return append(list, now...), nil, err
	}
	const rule = "copy.other_unit"
	takeTemplates(now, j.threshold(rule, "district"))
	least, long := int(j.threshold(rule, "length"))-shingleLength+1, int(j.threshold(rule, "length"))
	l := newLookout(now, func(r *copyReport) bool { _, ok := w.find(r.agency); return ok }, j.threshold(rule, "notice"), least, long)
	for _, r := range now { // with the year before whole texts are compared
		for _, section := range r.sections {
			section.own = section.set
		}
	}
	e, err := s.look(ctx, l, province(region), here, year, w.run)
	if err != nil {
		return nil, nil, err
	}
	for _, county := range e.counties {
		more, err := s.copyRead(ctx, store.Query{Region: settledCode(county), FromYear: year, ToYear: year, AsOf: w.run})
		if err != nil {
			return nil, nil, err
		}
		now = append(now, more...)
	}
	slices.SortStableFunc(now, func(a, b *copyReport) int { return strings.Compare(string(a.region), string(b.region)) })
	return append(list, now...), e.files, nil
}

// copyRead reads the words of the reports of a query.
func (s *Service) copyRead(ctx context.Context, q store.Query) ([]*copyReport, error) {
	var read []*store.Prose
	if err := s.db.EachProse(ctx, q, func(p *store.Prose) error { read = append(read, p); return nil }); err != nil {
		return nil, err
	}
	list := make([]*copyReport, len(read))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range read {
		g.Go(func() error {
			list[i], read[i] = newCopyReport(read[i]), nil
			return ctx.Err()
		})
	}
	return list, g.Wait()
}

func newCopyReport(p *store.Prose) *copyReport {
	r := &copyReport{agency: p.Agency, name: p.AgencyName, region: peerRegion(report.Agency{Region: p.Region}), year: p.Year,
		version: p.Version, names: namesOf(p), sections: make(map[int]*copySection), original: p.Original}
	v := version{VersionValues: store.VersionValues{Format: p.Format, Values: p.Values}}
	v.cells = cells{values: store.CellsOf(p.Values)}
	r.figures = figuresHash(&v)
	var whole strings.Builder
	for _, section := range p.Sections {
		text := sectionText(section)
		whole.WriteString(strings.Join(strings.Fields(text), ""))
		if !slices.Contains(comparedSections(), section.Number) || text == "" {
			continue
		}
		if before := r.sections[section.Number]; before != nil {
			text = before.text + "\n" + text
		}
		r.sections[section.Number] = &copySection{report: r, section: section.Number, text: text}
	}
	for _, section := range r.sections {
		all := normalise(section.text, r.names).shingles()
		for _, h := range all {
			section.order = (section.order ^ h) * 1099511628211
		}
		section.set = setOf(all)
		section.own = section.set
	}
	r.whole = whole.String()
	r.prose = r.whole != ""
	return r
}

func sectionText(s report.Section) string {
	var b strings.Builder
	for _, p := range s.Paragraphs {
		b.WriteString(p.Text)
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}

// namesOf are the names that a unit's text is full of: its own, without its kind
// too, and its regions', the longest first.
func namesOf(p *store.Prose) []string {
	names := []string{p.AgencyName, p.Short}
	for _, kind := range []string{"街道办事处", "街道", "人民政府", "镇", "乡"} {
		if base := strings.TrimSuffix(p.Short, kind); base != p.Short && len([]rune(base)) > 1 {
			names = append(names, base+"街道办事处", base+"街道", base+"镇人民政府", base+"镇", base+"乡人民政府", base+"乡", base)
		}
	}
	for _, r := range standard.RegionPath(p.Region) {
		names = append(names, r.Name)
	}
	names = slices.DeleteFunc(names, func(s string) bool { return len([]rune(s)) < 2 })
	slices.SortStableFunc(names, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(names)
}

// A copier compares the reports of one year.
type copier struct {
	s    *Service
	j    *judge
	c    *Copies
	year int
	now  []*copyReport
	last map[report.AgencyID]*copyReport

	files map[uint64]int // by textHash, how many reports that were not read are of each file here
}

func (k *copier) judge(reports []*copyReport) {
	k.last = make(map[report.AgencyID]*copyReport)
	for _, r := range reports {
		if r.year == k.year {
			k.now = append(k.now, r)
		} else {
			k.last[r.agency] = r
		}
	}
	k.ownPrevious()
	k.templates()
	for _, section := range comparedSections() {
		k.otherUnits(section)
	}
	k.sameFiles(reports)
}

// owed returns the report in the region asked for, and false for one of another
// region of the province.
func (k *copier) owed(r *copyReport) (Owed, bool) {
	row, ok := k.j.w.find(r.agency)
	if !ok {
		return Owed{}, false
	}
	return k.j.w.owed(row, r.year), true
}

// length is the least number of shingles of a text that is compared.
func (k *copier) length(rule string) int {
	return int(k.j.threshold(rule, "length")) - shingleLength + 1
}

// severity returns how much a share weighs, "" for too little to tell.
func (k *copier) severity(rule string, share float64) report.Severity {
	switch {
	case share >= k.j.threshold(rule, "warning"):
		return report.Warning
	case share >= k.j.threshold(rule, "notice"):
		return report.Notice
	}
	return ""
}

// ownPrevious compares each report with the unit's own of the year before.
func (k *copier) ownPrevious() {
	const rule, problems = "copy.own_previous", "copy.problems"
	for _, r := range k.now {
		o, here := k.owed(r)
		before := k.last[r.agency]
		switch {
		case !here:
			continue
		case before == nil:
			k.j.say(o, rule, "", report.NotApplicable, "没有上年报告")
			k.j.say(o, problems, "", report.NotApplicable, "没有上年报告")
			continue
		case !r.prose || !before.prose:
			k.j.say(o, rule, "", report.Open, "有一年的报告没有可读的文字")
			k.j.say(o, problems, "", report.Open, "有一年的报告没有可读的文字")
			continue
		}
		for _, number := range comparedSections() {
			k.againstLast(o, r.sections[number], before.sections[number])
		}
		k.sameProblems(o, r.sections[5], before.sections[5])
	}
}

func (k *copier) againstLast(o Owed, now, before *copySection) {
	const rule = "copy.own_previous"
	if now == nil || before == nil || len(now.set) < k.length(rule) {
		return
	}
	share := containment(now.set, before.set)
	k.c.Reuse = append(k.c.Reuse, Reuse{Agency: o.Agency.ID, Year: k.year, Section: now.section, Share: share})
	severity := k.severity(rule, share)
	if severity == "" {
		k.j.say(o, rule, sectionName(now.section), report.Pass, "")
		return
	}
	k.pair(o, rule, severity, now, before, share)
}

// sectionName is the subject of a finding about a section.
func sectionName(n int) string { return fmt.Sprintf("section %d", n) }

// sameProblems judges that section 5 is not last year's.
func (k *copier) sameProblems(o Owed, now, before *copySection) {
	const rule = "copy.problems"
	if now == nil || before == nil {
		k.j.say(o, rule, "", report.Open, "有一年没有第五部分")
		return
	}
	alike := now.order == before.order && len(now.set) > shingleLength
	if alike { // the hash says so; the words decide
		alike = slices.Equal(normalise(now.text, now.report.names).runes, normalise(before.text, before.report.names).runes)
	}
	if !alike {
		k.j.say(o, rule, "", report.Pass, "")
		return
	}
	k.j.fail(o, report.Finding{Rule: rule, Attribution: report.ByAgency, Left: fmt.Sprint(k.year), Right: fmt.Sprint(before.report.year),
		Text:   fmt.Sprintf("第五部分与 %d 年报告相同（数字与名称除外）。", before.report.year),
		TextEN: fmt.Sprintf("Section 5 is that of the report for %d, but for numbers and names.", before.report.year)})
}

// pair keeps a section that stands in another report, with the passages of both.
func (k *copier) pair(o Owed, rule string, severity report.Severity, a, b *copySection, share float64) {
	pa, pb := normalise(a.text, a.report.names), normalise(b.text, b.report.names)
	p := CopyPair{Rule: rule, Agency: a.report.agency, Other: b.report.agency, Name: a.report.name, OtherName: b.report.name,
		Year: a.report.year, OtherYear: b.report.year, Version: a.report.version, OtherOf: b.report.version, Section: a.section,
		Share: share, OtherShare: containment(b.own, a.own), Passages: passages(pa, pb, 3)}
	k.c.Pairs = append(k.c.Pairs, p)
	subject := sectionName(a.section)
	if p.Agency != p.Other {
		subject += "/" + string(p.Other)
	}
	k.j.fail(o, report.Finding{Rule: rule, Subject: subject, Severity: severity, Attribution: report.ByAgency,
		Left: fmt.Sprintf("%.2f", p.Share), Right: fmt.Sprintf("%.2f", p.OtherShare),
		Text:   fmt.Sprintf("第 %d 部分有 %.0f%% 的文字片段与%s %d 年报告相同（反向 %.0f%%）。", a.section, 100*p.Share, p.OtherName, p.OtherYear, 100*p.OtherShare),
		TextEN: fmt.Sprintf("%.0f%% of the text fragments of section %d stand in the report of %s for %d (the other way %.0f%%).", 100*p.Share, a.section, p.OtherName, p.OtherYear, 100*p.OtherShare)})
}

// sameFiles finds one file under two units or two years. A page that holds several
// reports is one file too: there the reports differ in their figures.
func (k *copier) sameFiles(all []*copyReport) {
	const rule = "copy.same_file"
	type same struct {
		file    report.SHA256
		text    string
		figures uint64
	}
	files := make(map[report.SHA256]int)
	twins := make(map[same][]*copyReport)
	least := int(k.j.threshold("copy.other_unit", "length"))
	keys := func(r *copyReport) []same {
		list := []same{{file: r.original, text: r.whole, figures: r.figures}}
		if len([]rune(r.whole)) >= least {
			list = append(list, same{text: r.whole, figures: r.figures})
		}
		return list
	}
	for _, r := range all {
		files[r.original]++
		for _, key := range keys(r) {
			twins[key] = append(twins[key], r)
		}
	}
	for _, r := range k.now {
		o, here := k.owed(r)
		if !here {
			continue
		}
		var twin *copyReport
		for _, key := range keys(r) {
			if i := slices.IndexFunc(twins[key], func(other *copyReport) bool { return other != r }); i >= 0 && twin == nil {
				twin = twins[key][i]
			}
		}
		switch {
		case twin != nil:
			k.j.fail(o, report.Finding{Rule: rule, Subject: fmt.Sprintf("%s/%d", twin.agency, twin.year), Attribution: report.ByUnknown,
				Left: string(r.original), Right: string(twin.original),
				Text:   fmt.Sprintf("与%s %d 年度报告是同一文件或全文相同。", twin.name, twin.year),
				TextEN: fmt.Sprintf("It is one file with the report of %s for %d, or has all its words and figures.", twin.name, twin.year)})
		case !r.prose && files[r.original]+k.files[textHash(string(r.original))] > 1:
			k.j.say(o, rule, "", report.Open, "同一文件有多份报告，没有可比的文字")
		default:
			k.j.say(o, rule, "", report.Pass, "")
		}
	}
}
