// Package synthetic makes the register and the reports of a country that is real in its
// regions alone, so that what a database of any size costs can be measured.
//
// In: a number of agencies, years, a seed. Out: agencies, and for each its reports of all
// years, the same for the same seed. Every agency is marked as a demonstration, and every
// title says that it is synthetic: no page can show such a figure as that of an agency.
package synthetic

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// Options say how large the country is.
type Options struct {
	Agencies int // at most; 0 for all, some 140,000
	From, To int // report years
	Seed     uint64
}

// Mark begins the title of every synthetic report.
const Mark = "【合成数据】"

// How many departments there are, by the level of their government: the towns of the
// roster and these make some 140,000 agencies.
var departments = map[standard.RegionLevel]int{standard.ProvinceLevel: 45, standard.CityLevel: 40, standard.CountyLevel: 28}

// departmentNames are names that departments have; where there are more departments than
// names they are numbered.
var departmentNames = strings.Fields(`发展和改革委员会 教育局 科学技术局 工业和信息化局 公安局 民政局 司法局 财政局 人力资源和社会保障局 自然资源局 生态环境局
	住房和城乡建设局 交通运输局 水务局 农业农村局 商务局 文化和旅游局 卫生健康委员会 退役军人事务局 应急管理局 审计局 市场监督管理局 统计局 医疗保障局
	城市管理局 政务服务局 信访局 体育局`)

// Agencies yields the agencies in the order of the national roster: of each region its
// government, its departments, and then what lies in it.
func Agencies(o Options) iter.Seq[report.Agency] {
	return func(yield func(report.Agency) bool) {
		left := o.Agencies
		if left == 0 {
			left = -1
		}
		for _, province := range standard.Provinces() {
			if !below(province, o, &left, yield) {
				return
			}
		}
	}
}

// below yields the agencies of a region and of all that lies in it, until none is left.
func below(r standard.Region, o Options, left *int, yield func(report.Agency) bool) bool {
	for _, a := range of(r, o) {
		if *left == 0 || !yield(a) {
			return false
		}
		*left--
	}
	for _, in := range standard.RegionsIn(r.Code) {
		if !below(in, o, left, yield) {
			return false
		}
	}
	return true
}

// of returns the agencies of one region.
func of(r standard.Region, o Options) []report.Agency {
	agency := report.Agency{ID: report.AgencyID(r.Code), Region: r.Code, Watched: true, Demo: true, From: o.From}
	if r.Code.Level() == standard.StreetLevel {
		agency.Name, agency.Short, agency.Kind = town(r.Name)
		return []report.Agency{agency}
	}
	if r.Name == "市辖区" || r.Name == "县" || strings.HasSuffix(r.Name, "直辖县级行政区划") {
		return nil // a heading of the roster, and no region with a government
	}
	agency.Name, agency.Short, agency.Kind = r.Name+"人民政府", r.Name, standard.Government
	all := []report.Agency{agency}
	for i := range departments[r.Code.Level()] {
		name := departmentNames[i%len(departmentNames)]
		if more := i / len(departmentNames); more > 0 {
			name = fmt.Sprintf("%s（%d）", name, more+1)
		}
		d := agency
		d.ID = report.AgencyID(fmt.Sprintf("%s-%02d", r.Code, i+1))
		d.Name, d.Short, d.Kind = r.Name+name, name, standard.Department
		all = append(all, d)
	}
	return all
}

// town names the body that reports for a street or town.
func town(name string) (full, short string, kind standard.Kind) {
	switch {
	case strings.HasSuffix(name, "街道办事处"):
		return name, strings.TrimSuffix(name, "办事处"), standard.Street
	case strings.HasSuffix(name, "街道"):
		return name + "办事处", name, standard.Street
	case strings.HasSuffix(name, "乡"):
		return name + "人民政府", name, standard.Township
	}
	return name + "人民政府", name, standard.Town
}

// Reports returns the reports of an agency by year. Some are missing, and some do not add up.
func Reports(o Options, a report.Agency) []report.Reading {
	rng := rand.New(rand.NewPCG(o.Seed, hash(string(a.ID))))
	unit := newUnit(rng, a.Kind)
	var all []report.Reading
	for year := o.From; year <= o.To; year++ {
		values := unit.year(year)
		if values == nil || rng.IntN(100) < missing {
			continue
		}
		format, _ := standard.FormatForYear(year)
		all = append(all, report.Reading{
			Title: fmt.Sprintf("%s%s%d年政府信息公开工作年度报告", Mark, a.Name, year), Agency: a.Name, Year: year, Format: format,
			Route: "synthetic", Values: values, Published: report.Date{Year: year + 1, Month: 1, Day: 5 + rng.IntN(24)},
		})
	}
	return all
}

// missing is how many of a hundred reports are not there.
const missing = 3

// hash spreads ids over the seeds (FNV-1a).
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
