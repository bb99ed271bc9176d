package crawl

import (
	"errors"
	"strings"
	"unicode/utf8"

	"gongkai/internal/standard"
)

// regionOf finds the district whose portal a page is: the one with the longest name
// in the page's title or site name. Of several with that name it is the one whose
// city or province the page names too.
func regionOf(p *page) (standard.RegionCode, error) {
	head := squeeze(p.doc.Find("title").Text())
	for _, meta := range p.doc.Find("meta[name]").EachIter() {
		switch strings.ToLower(meta.AttrOr("name", "")) {
		case "sitename", "contentsource", "author", "keywords", "description":
			head += " " + meta.AttrOr("content", "")
		}
	}
	found := namedIn(head)
	if len(found) > 1 {
		found = within(found, p.text)
	}
	if len(found) != 1 {
		return "", errors.New("the page does not say whose portal it is; give the region code of the government")
	}
	return found[0], nil
}

// namedIn returns the districts of the longest name that a text holds.
func namedIn(text string) []standard.RegionCode {
	var found []standard.RegionCode
	longest := 1
	for _, province := range standard.Provinces() {
		for _, city := range standard.RegionsIn(province.Code) {
			for _, district := range standard.RegionsIn(city.Code) {
				n := utf8.RuneCountInString(district.Name)
				if district.Code.Level() != standard.CountyLevel || n < longest || n < 3 || !strings.Contains(text, district.Name) {
					continue
				}
				if n > longest {
					found, longest = nil, n
				}
				found = append(found, district.Code)
			}
		}
	}
	return found
}

// within returns the districts of which a text names the city or the province.
func within(found []standard.RegionCode, text string) []standard.RegionCode {
	var in []standard.RegionCode
	for _, code := range found {
		for _, r := range standard.RegionPath(code.Parent()) {
			if strings.Contains(text, strings.TrimRight(r.Name, "市省")) {
				in = append(in, code)
				break
			}
		}
	}
	return in
}

// governmentOf names the government of a region in full: 天津市东丽区人民政府.
func governmentOf(code standard.RegionCode) string {
	var b strings.Builder
	for _, r := range standard.RegionPath(code) {
		b.WriteString(r.Name)
	}
	if b.Len() == 0 {
		return ""
	}
	return b.String() + "人民政府"
}

// idFrom makes an id of a host: tjdl of www.tjdl.gov.cn.
func idFrom(host string) string {
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	name = strings.TrimSuffix(strings.TrimPrefix(name, "www."), ".gov.cn")
	return strings.ReplaceAll(name, ".", "-")
}
