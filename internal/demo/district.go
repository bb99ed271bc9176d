package demo

import (
	"fmt"
	"math/rand/v2"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Case is what is deliberately unusual about a report.
type Case string

// The cases. Each but Regular occurs once; Blocked holds for all years of a unit.
const (
	Regular      Case = ""
	Late         Case = "late"         // published after the deadline
	Missing      Case = "missing"      // never published
	Inconsistent Case = "inconsistent" // a total that does not add up
	Revised      Case = "revised"      // replaced by other figures after the first look
	Contradicted Case = "contradicted" // the prose states another number than the table
	Attachment   Case = "attachment"   // a Word file, linked by a page without tables
	PDFFile      Case = "pdf"          // a PDF file, linked by a page without tables
	Blocked      Case = "blocked"      // stands behind a challenge
	Reset        Case = "reset"        // the first request for it is cut off
)

// A Truth is what one report says, and what is unusual about it.
type Truth struct {
	Agency    report.AgencyID
	Year      int
	Format    standard.Format
	Case      Case
	Published report.Date
	Title     string  // as the list shows it
	URL       string  // "" where Case is Missing
	Cells     Figures // as printed
	Revised   Figures // as printed after the revision; nil unless Case is Revised
}

// The fictitious district. Its codes lie outside the administrative tree, where
// no province begins with 99.
const (
	districtCode = "990101"
	cityName     = "示例市"
	districtName = "示例区"
	firstYear    = 2015
	lastYear     = 2024
)

// A unit is a street office or a town of the fictitious district.
type unit struct {
	code standard.RegionCode
	name string // 云杉街道
	slug string
	kind standard.Kind
}

// units returns the units, named for plants.
func units() []unit {
	names := []struct{ name, slug string }{
		{"云杉", "yunshan"}, {"雪松", "xuesong"}, {"银杏", "yinxing"}, {"紫藤", "ziteng"}, {"木槿", "mujin"}, {"忍冬", "rendong"}, {"连翘", "lianqiao"}, {"丁香", "dingxiang"},
		{"菖蒲", "changpu"}, {"苜蓿", "muxu"}, {"芦苇", "luwei"}, {"鸢尾", "yuanwei"},
	}
	const streets = 8
	all := make([]unit, 0, len(names))
	for i, n := range names {
		u := unit{code: standard.RegionCode(fmt.Sprintf("%s%03d", districtCode, i+1)), name: n.name + "街道", slug: n.slug, kind: standard.Street}
		if i >= streets {
			u = unit{code: standard.RegionCode(fmt.Sprintf("%s%03d", districtCode, 101+i-streets)), name: n.name + "镇", slug: n.slug, kind: standard.Town}
		}
		all = append(all, u)
	}
	return all
}

// office is the unit's formal name.
func (u unit) office() string {
	if u.kind == standard.Town {
		return u.name + "人民政府"
	}
	return u.name + "办事处"
}

// caseOf says what is unusual about a report; unit counts from 0.
func caseOf(unit, year int) Case {
	if unit == blockedUnit {
		return Blocked
	}
	switch [2]int{unit, year} {
	case [2]int{3, 2022}:
		return Late
	case [2]int{5, 2023}:
		return Missing
	case [2]int{1, 2021}:
		return Inconsistent
	case [2]int{6, 2023}:
		return Revised
	case [2]int{2, 2022}:
		return Contradicted
	case [2]int{4, 2020}:
		return Attachment
	case [2]int{0, 2023}:
		return PDFFile
	case [2]int{7, 2019}:
		return Reset
	}
	return Regular
}

const blockedUnit = 11

// district makes all reports of the fictitious district: those of the units, and
// the government's own, which are the sums over all twelve as they truly are.
func district(seed uint64) []Truth {
	var all []Truth
	sums := map[int]*Truth{}
	days := rand.New(rand.NewPCG(seed, 1<<32))
	for i, u := range units() {
		l := newLedger(seed, i)
		for year := firstYear; year <= lastYear; year++ {
			format, f := l.year(year)
			if sums[year] == nil {
				sums[year] = &Truth{Agency: districtCode + "-gov", Year: year, Format: format, Cells: Figures{},
					Published: report.Date{Year: year + 1, Month: 3, Day: 4 + days.IntN(20)}, Title: fmt.Sprintf("%s人民政府%d年政府信息公开工作年度报告", districtName, year)}
			}
			sums[year].Cells.add(f)
			t := Truth{Agency: report.AgencyID(u.code), Year: year, Format: format, Case: caseOf(i, year), Cells: f,
				Published: publishedOn(days, year), Title: titleOf(u, year, i)}
			t.spoil()
			all = append(all, t)
		}
	}
	for year := firstYear; year <= lastYear; year++ {
		all = append(all, *sums[year])
	}
	return all
}

// publishedOn returns a day before the deadline of units.
func publishedOn(days *rand.Rand, year int) report.Date {
	if year <= 2018 {
		return report.Date{Year: year + 1, Month: 3, Day: 1 + days.IntN(27)}
	}
	return report.Date{Year: year + 1, Month: 1, Day: 8 + days.IntN(21)}
}

// titleOf varies as the titles of real lists do.
func titleOf(u unit, year, i int) string {
	switch i % 4 {
	case 1:
		return fmt.Sprintf("%s%s%d年政府信息公开工作年度报告", districtName, u.office(), year)
	case 2:
		return fmt.Sprintf("%d年%s%s政府信息公开工作年度报告", year, districtName, u.name)
	case 3:
		return fmt.Sprintf("%s%s%d年度政府信息公开年度报告", districtName, u.office(), year)
	}
	return fmt.Sprintf("%s%s%d年政府信息公开工作年度报告", districtName, u.name, year)
}

// spoil makes a report what its case says.
func (t *Truth) spoil() {
	switch t.Case {
	case Late:
		t.Published = report.Date{Year: t.Year + 1, Month: 3, Day: 9}
	case Inconsistent:
		t.Cells["outcome.total/total"] += report.Count(3)
	case Revised:
		t.Revised = t.Cells.clone()
		for _, column := range []standard.Applicant{standard.Natural, standard.Total} {
			t.Revised[standard.At("outcome.granted", column)] -= report.Count(2)
			t.Revised[standard.At("outcome.partial", column)] += report.Count(2)
		}
	}
}
