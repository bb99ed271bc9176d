package recognise

import (
	"strings"
	"sync"
	"unicode/utf8"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/standard"
)

// An agencyName is a name of an agency as some part of a document writes it.
type agencyName struct {
	name   string // formal, without the regions above it
	core   string // what distinguishes it: 军粮城 of 军粮城街道办事处
	kind   standard.Kind
	region []string // regions written before it, widest first
	formal bool     // written in its formal form
}

// endings turn the end of a name into the formal form, longer ones first.
var endings = [...]struct {
	end, formal string
	kind        standard.Kind
}{
	{"街道办事处", "街道办事处", standard.Street},
	{"街道办", "街道办事处", standard.Street},
	{"街道", "街道办事处", standard.Street},
	{"街", "街道办事处", standard.Street},
	{"镇人民政府", "镇人民政府", standard.Town},
	{"镇政府", "镇人民政府", standard.Town},
	{"镇", "镇人民政府", standard.Town},
	{"乡人民政府", "乡人民政府", standard.Township},
	{"乡政府", "乡人民政府", standard.Township},
	{"乡", "乡人民政府", standard.Township},
	{"苏木人民政府", "苏木人民政府", standard.Township},
	{"苏木", "苏木人民政府", standard.Township},
}

// offices are the ends of the names of departments.
var offices = [...]string{"办公厅", "办公室", "委员会", "管委会", "管理处", "办事处", "局", "委", "厅", "办", "中心", "院", "署", "支队", "总队", "大队", "所", "馆", "联合会", "公司"}

// parseAgency reads the name of an agency. It takes the regions above it off the
// front and adds what a short form leaves out: 汀南区石榴坪镇 is 石榴坪镇人民政府.
func parseAgency(s string) (agencyName, bool) {
	s = strings.Trim(s, "“”\"'《》()（）:：、,，。.·-—_| ")
	s = strings.TrimPrefix(s, "关于")
	if n := runesIn(s); n < 2 || n > 40 || strings.ContainsAny(s, "0123456789，。；：、,;:") {
		return agencyName{}, false
	}
	var a agencyName
	for {
		cut := regionCut(s)
		if cut == 0 {
			break
		}
		if cut == len(s) || governs(s[cut:]) {
			a.name, a.core, a.kind = s[:cut]+"人民政府", s[:cut], standard.Government
			a.formal = s[cut:] == "人民政府"
			return a, true
		}
		if startsAsOffice(s[cut:]) {
			if strings.HasPrefix(s[cut:], "人民政府") {
				a.region = append(a.region, s[:cut])
			}
			break // 上海市人民政府办公厅, 某某开发区管理委员会: the region is part of the name
		}
		a.region = append(a.region, s[:cut])
		s = s[cut:]
	}
	for _, e := range endings {
		stem, ok := strings.CutSuffix(s, e.end)
		if !ok || stem == "" || e.end == "街" && runesIn(stem) < 2 {
			continue
		}
		a.name, a.core, a.kind = stem+e.formal, stem, e.kind
		a.formal = e.end == e.formal
		return a, true
	}
	for _, o := range offices {
		if strings.HasSuffix(s, o) && runesIn(s) > runesIn(o) {
			a.name, a.core, a.kind, a.formal = s, s, standard.Department, true
			return a, true
		}
	}
	return agencyName{}, false
}

// governs reports whether an agency is the government of a region and the other its
// own office: 云东区人民政府 and 云东区人民政府办公室.
func (a agencyName) governs(other agencyName) bool {
	if a.kind != standard.Government || other.kind != standard.Department {
		return false
	}
	rest, ok := strings.CutPrefix(other.name, a.name)
	return ok && (rest == "办公室" || rest == "办公厅")
}

// governs reports whether a text is the rest of the name of a region's government.
func governs(rest string) bool { return rest == "人民政府" || rest == "政府" }

// regionCut returns the length of the region that a name begins with, and 0 where it
// begins with none. The words for regions also stand inside names (沙市区, 红旗路街道):
// a region has at least three characters or is in the roster, and is followed by a
// name, by an office or by nothing.
func regionCut(s string) int {
	for i, r := range s {
		if i == 0 || !regionEnd(r) {
			continue
		}
		end := i + utf8.RuneLen(r)
		rest := s[end:]
		if r == '州' && !strings.HasSuffix(s[:i], "自治") && strings.Contains(rest, "市") {
			continue // 广州市
		}
		next, _ := utf8.DecodeRuneInString(rest)
		if regionEnd(next) && runesIn(s[:end]) < 3 {
			continue // 沙市区, 津市市
		}
		if strings.HasPrefix(rest, "街") || strings.HasPrefix(rest, "镇") || strings.HasPrefix(rest, "乡") {
			continue // 城区街道
		}
		if runesIn(s[:end]) < 3 {
			if _, known := rosterNames()[s[:end]]; !known {
				continue
			}
		}
		return end
	}
	return 0
}

func regionEnd(r rune) bool {
	switch r {
	case '省', '市', '区', '县', '旗', '盟', '州':
		return true
	}
	return false
}

// startsAsOffice reports whether a text cannot be a name of its own.
func startsAsOffice(s string) bool {
	for _, w := range [...]string{"街道", "街", "镇", "乡", "人民政府", "政府", "办事处", "管委会", "管理委员会"} {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

// agencyInTitle returns the name in the title of a report: what stands before the
// words for the report, without the year.
func agencyInTitle(title string) (agencyName, bool) {
	s := simplified(squeezed(title))
	if i := strings.IndexAny(s, "_|"); i > 0 {
		s = s[:i]
	}
	if y, end := yearAtStart(s); y != 0 {
		s = strings.TrimPrefix(strings.TrimPrefix(s[end:], "年"), "度")
	}
	for _, w := range [...]string{"关于公布", "关于发布", "关于印发", "关于"} {
		s = strings.TrimPrefix(s, w)
	}
	cut := len(s)
	for _, w := range [...]string{"政府信息公开", "政务信息公开", "政府政务公开", "政务公开", "信息公开", "年度报告", "年度工作"} {
		if i := strings.Index(s, w); i >= 0 {
			cut = min(cut, i)
		}
	}
	if strings.HasSuffix(s[:cut], "人民") && strings.HasPrefix(s[cut:], "政府") {
		cut += len("政府")
	}
	s = s[:cut]
	for i := range s {
		if y, _ := yearAt(s, i); y != 0 {
			s = s[:i]
			break
		}
	}
	return parseAgency(s)
}

func yearAtStart(s string) (year, end int) {
	if s == "" {
		return 0, 0
	}
	return yearAt(s, 0)
}

// agencyInProse returns the first agency that the prose speaks of as its own: the
// word between two marks that ends as the name of a street or town does.
func agencyInProse(prose []extract.Paragraph) (agencyName, bool) {
	for i := range prose {
		if i == 12 {
			break
		}
		s := simplified(squeezed(prose[i].Text))
		for _, end := range [...]string{"街道", "镇", "乡", "街"} {
			at := strings.Index(s, end)
			if at <= 0 {
				continue
			}
			stem := s[:at]
			if k := strings.LastIndexFunc(stem, clauseMark); k >= 0 {
				_, size := utf8.DecodeRuneInString(stem[k:])
				stem = stem[k+size:]
			}
			for _, w := range [...]string{"本报告由", "本报告是", "在", "由", "关于", "度"} {
				stem = strings.TrimPrefix(stem, w)
			}
			if n := runesIn(stem); n < 2 || n > 14 {
				continue
			}
			if strings.ContainsAny(stem, "各全我本其和与及等") {
				continue // 各街道, 全镇, 我乡
			}
			if a, ok := parseAgency(stem + end); ok && runesIn(a.core) <= 6 {
				return a, true
			}
		}
	}
	return agencyName{}, false
}

// clauseMark reports whether a rune ends what stands before a name.
func clauseMark(r rune) bool {
	return strings.ContainsRune("，。；：、,;:年日（）()“”《》", r) || isDigit(r)
}

// rosterNames maps the name of a region to its code, and to "" where several regions
// share it.
var rosterNames = sync.OnceValue(func() map[string]standard.RegionCode {
	names := make(map[string]standard.RegionCode, 45000)
	add := func(r standard.Region) {
		if _, twice := names[r.Name]; twice {
			names[r.Name] = ""
		} else {
			names[r.Name] = r.Code
		}
	}
	for _, province := range standard.Provinces() {
		add(province)
		for _, city := range standard.RegionsIn(province.Code) {
			add(city)
			for _, county := range standard.RegionsIn(city.Code) {
				add(county)
				for _, street := range standard.RegionsIn(county.Code) {
					add(street)
				}
			}
		}
	}
	return names
})

// inRoster returns the code of the one region of that name, and "" otherwise.
func inRoster(name string) standard.RegionCode { return rosterNames()[name] }

// regionsAbove fills in the regions above an agency: those written before its name
// anywhere, else that of the site, each completed from the national roster. Towns of
// one name are many, and the roster knows only those of today: where nothing but the
// name of the agency leads there, the document must name one of the regions too.
func regionsAbove(a agencyName, others []agencyName, site string, named func(string) bool) []string {
	region := a.region
	for _, o := range others {
		if o.core == a.core && len(o.region) > len(region) {
			region = o.region
		}
	}
	if len(region) == 0 {
		if s, ok := parseAgency(strings.TrimSuffix(strings.TrimSuffix(squeezed(site), "门户网站"), "网站")); ok && s.kind == standard.Government && s.core != a.core {
			region = append(append(region, s.region...), s.core)
		}
	}
	if len(region) > 0 {
		if code := inRoster(region[0]); code != "" {
			return append(pathNames(code.Parent()), region...)
		}
		return region
	}
	if a.kind == standard.Government {
		return witnessedPath(inRoster(a.core), named)
	}
	for _, end := range [...]string{"街道", "镇", "乡", "街道办事处"} {
		if path := witnessedPath(inRoster(a.core+end), named); path != nil {
			return path
		}
	}
	return nil
}

// witnessedPath returns the names of the regions above one where the document names
// one of them.
func witnessedPath(code standard.RegionCode, named func(string) bool) []string {
	if code == "" {
		return nil
	}
	path := pathNames(code.Parent())
	for _, name := range path {
		stem := strings.TrimRightFunc(name, regionEnd)
		if runesIn(stem) >= 2 && named(stem) {
			return path
		}
	}
	return nil
}

func pathNames(code standard.RegionCode) []string {
	var names []string
	for _, r := range standard.RegionPath(code) {
		names = append(names, r.Name)
	}
	return names
}
